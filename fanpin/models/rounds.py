"""定期排查: rounds of a village, and what was found at each household."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.intake import RoundOccasion, VisitResult


class Round(Referenced, Scoped, Base):
    """One round of one village: its period, occasion and visitors."""

    __tablename__ = "visit_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    title: Mapped[str] = mapped_column(String(80))
    occasion: Mapped[RoundOccasion] = mapped_column(Code(RoundOccasion))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    visitors: Mapped[str] = mapped_column(String(200))
    opened_by: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    households: Mapped[int] = mapped_column(default=0)


class RoundVisit(Referenced, Scoped, Base):
    """What the round found at one household; "no problem" is a result, too. Owed until `visited_on` is set."""

    __tablename__ = "round_visit"
    __table_args__ = (UniqueConstraint("round_id", "household_id"), Index("ix_round_visit_household", "household_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("visit_round.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    visited_on: Mapped[date | None]
    result: Mapped[VisitResult | None] = mapped_column(Code(VisitResult))
    note: Mapped[str] = mapped_column(Text, default="")
    visited_by: Mapped[str] = mapped_column(String(60), default="")
