"""疑点 as they were found, and why one was kept: an explanation holds for exactly these facts."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.titles import TitledEnum


class DoubtState(TitledEnum):
    """What became of a 疑点."""

    OPEN = ("open", "待核对")
    EXPLAINED = ("explained", "已说明并保留")
    GONE = ("gone", "已消失")


class DoubtRow(Referenced, Scoped, Base):
    """One 疑点 of one household: rule, person, sentence, since when; and who explained it, for which facts."""

    __tablename__ = "doubt"
    __table_args__ = (UniqueConstraint("household_id", "rule", "person"), Index("ix_doubt_state_area", "state", "area_path", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    rule: Mapped[str] = mapped_column(String(30))
    person: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(80))
    state: Mapped[DoubtState] = mapped_column(Code(DoubtState), default=DoubtState.OPEN)
    since: Mapped[date]
    gone_on: Mapped[date | None]
    explanation: Mapped[str] = mapped_column(String(300), default="")
    explained_digest: Mapped[str] = mapped_column(String(80), default="")
    explained_by: Mapped[str] = mapped_column(String(60), default="")
    explained_at: Mapped[datetime | None] = mapped_column(Instant)
