"""到户预警信息 of 三(二): entered, dispatched to township and village, received, verified, answered."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scope, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.book_warnings import WarningSeverity
from fanpin.rules.intake import LeadSource, WarningConclusion


class Warning(Referenced, Scoped, Base):
    """One household's warning of one month; due until it is verified. `score` orders the list and decides nothing;
    `remark` says what became of its grounds since.
    """

    __tablename__ = "household_warning"
    __table_args__ = (Index("ix_household_warning_open", "verified_at", "area_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    source: Mapped[LeadSource] = mapped_column(Code(LeadSource))
    department: Mapped[str] = mapped_column(String(40), default="")
    document: Mapped[str] = mapped_column(String(200), default="")
    content: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    dispatched_at: Mapped[datetime | None] = mapped_column(Instant)
    township_received_at: Mapped[datetime | None] = mapped_column(Instant)
    township_received_by: Mapped[str] = mapped_column(String(60), default="")
    village_received_at: Mapped[datetime | None] = mapped_column(Instant)
    village_received_by: Mapped[str] = mapped_column(String(60), default="")
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    verified_by: Mapped[str] = mapped_column(String(60), default="")
    verified_on: Mapped[date | None]
    conclusion: Mapped[WarningConclusion | None] = mapped_column(Code(WarningConclusion))
    finding: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[WarningSeverity | None] = mapped_column(Code(WarningSeverity))
    score: Mapped[int] = mapped_column(default=0)
    remark: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class MonthlyAnalysis(Referenced, Scoped, Base):
    """The county's monthly analysis, in which departments take part and sign."""

    __tablename__ = "monthly_analysis"
    __table_args__ = (UniqueConstraint("area_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    month: Mapped[str] = mapped_column(String(7))
    summary: Mapped[str] = mapped_column(Text, default="")
    opened_by: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """Every department of the county sees the analyses that it is to sign."""
        return cls.id.is_not(None)


class AnalysisSignature(Scoped, Base):
    """A department's signature under a monthly analysis."""

    __tablename__ = "analysis_signature"
    __table_args__ = (UniqueConstraint("analysis_id", "department"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    analysis_id: Mapped[int] = mapped_column(ForeignKey("monthly_analysis.id"))
    department: Mapped[str] = mapped_column(String(40))
    opinion: Mapped[str] = mapped_column(String(400), default="")
    signed_by: Mapped[str] = mapped_column(String(60))
    signed_at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """A department sees its own signatures."""
        return cls.department == scope.department
