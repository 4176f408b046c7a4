"""到户预警 of 三(二): what the monthly screening found, kept from month to month, and the numbers that areas set."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.county import DepartmentOwn
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant, path_column_type
from fanpin.rules.book_warnings import WarningSeverity
from fanpin.rules.findings import FindingState, RunState
from fanpin.rules.intake import WarningConclusion


class HouseholdFinding(Referenced, DepartmentOwn, Base):
    """A rule of the warning book that held for a household: since when, on what evidence, and what became of it."""

    __tablename__ = "household_finding"
    __table_args__ = (UniqueConstraint("household_id", "rule"), Index("ix_household_finding_warning_id", "warning_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    severity: Mapped[WarningSeverity] = mapped_column(Code(WarningSeverity))
    first_month: Mapped[str] = mapped_column(String(7))
    last_month: Mapped[str] = mapped_column(String(7))
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)
    evidence_digest: Mapped[str] = mapped_column(String(80))
    warned: Mapped[list[str]] = mapped_column(JSON, default=list)
    explanation: Mapped[str] = mapped_column(Text)
    state: Mapped[FindingState] = mapped_column(Code(FindingState))
    warning_id: Mapped[int | None] = mapped_column(ForeignKey("household_warning.id"))
    conclusion: Mapped[WarningConclusion | None] = mapped_column(Code(WarningConclusion))
    answer: Mapped[str] = mapped_column(Text, default="")
    verified_on: Mapped[date | None]


class ScreeningRun(Referenced, Scoped, Base):
    """One monthly screening of a county: as of which day, on which feeds, and what it found."""

    __tablename__ = "screening_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    month: Mapped[str] = mapped_column(String(7))
    asof: Mapped[date]
    state: Mapped[RunState] = mapped_column(Code(RunState), default=RunState.WAITING)
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    households: Mapped[int] = mapped_column(default=0)
    facts: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    fresh: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[int] = mapped_column(default=0)
    untold: Mapped[list[str]] = mapped_column(JSON, default=list)


class WarningThreshold(Referenced, Base):
    """A stricter number that an area has set for warnings, with its document and the day from which it is in force."""

    __tablename__ = "warning_threshold"
    __table_args__ = (Index("ix_warning_threshold_area_path", "area_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(path_column_type())
    area_name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[int]
    document: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    set_by: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime] = mapped_column(Instant)
