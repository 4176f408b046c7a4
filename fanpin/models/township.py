"""乡镇审核 of 三(五): spot checks (the 专题会议 is a meeting of `deliberation`)."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped


class SpotCheck(Referenced, Scoped, Base):
    """The township's check of one household of a list, in its case's round."""

    __tablename__ = "spot_check"
    __table_args__ = (Index("ix_spot_check_list_id", "list_id"), Index("ix_spot_check_case_id", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("village_list.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    round: Mapped[int]
    checked_on: Mapped[date]
    checkers: Mapped[str] = mapped_column(String(120))
    agrees: Mapped[bool]
    finding: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(60))
