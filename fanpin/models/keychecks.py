"""重点核查对象 of 三(二): proposed by village or township, settled by the county analyst."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.intake import KeyCheckStatus


class KeyCheck(Referenced, Scoped, Base):
    """A household proposed for checking, with the leads, warnings and visits that it rests on."""

    __tablename__ = "key_check"
    __table_args__ = (Index("ix_key_check_status_area", "status", "area_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    grounds: Mapped[list[str]] = mapped_column(JSON, default=list)
    status: Mapped[KeyCheckStatus] = mapped_column(Code(KeyCheckStatus))
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    settled_by: Mapped[str] = mapped_column(String(60), default="")
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(String(400), default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_case.id"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
