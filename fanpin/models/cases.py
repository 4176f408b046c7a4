"""The household's case: where it stands, every act on it, every return."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.households import Household
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.actions import Action
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.stages import ORDER, Procedure, Stage


class Case(Referenced, Scoped, Base):
    """One case of one household; at most one is open. Only `steps/advance.py` changes its stage."""

    __tablename__ = "monitoring_case"
    __table_args__ = (
        Index("uq_monitoring_case_open_household", "household_id", unique=True,
              sqlite_where=text("closed_on IS NULL"), postgresql_where=text("closed_on IS NULL")),
        Index("ix_monitoring_case_stage_area", "stage", "area_path", "id"),
        Index("ix_monitoring_case_area_id", "area_path", "id"),
        Index("ix_monitoring_case_open_since", "stage_since", "id",
              sqlite_where=text("closed_on IS NULL"), postgresql_where=text("closed_on IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    procedure: Mapped[Procedure] = mapped_column(Code(Procedure))
    stage: Mapped[Stage] = mapped_column(Code(Stage))
    round: Mapped[int] = mapped_column(default=1)
    ruleset: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    opened_on: Mapped[date]
    stage_since: Mapped[date]
    closed_on: Mapped[date | None]
    household_class: Mapped[HouseholdClass | None] = mapped_column(Code(HouseholdClass))
    reason: Mapped[str] = mapped_column(Text, default="")
    household: Mapped[Household] = relationship()

    @property
    def code(self) -> str:
        """Return the case's number as people write it: year and sequence."""
        return f"{self.opened_on.year}-{self.id:06d}"

    @property
    def open(self) -> bool:
        """Say whether the case is still under way."""
        return self.closed_on is None


class CaseAct(Scoped, Base):
    """One act through the one door: who, when, from where to where, under which round."""

    __tablename__ = "case_act"
    __table_args__ = (Index("ix_case_act_case_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    action: Mapped[str] = mapped_column(String(40))
    procedure: Mapped[Procedure] = mapped_column(Code(Procedure))
    source: Mapped[Stage] = mapped_column(Code(Stage))
    target: Mapped[Stage] = mapped_column(Code(Stage))
    round: Mapped[int]
    actor_id: Mapped[int]
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Instant)
    on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")


class CaseReturn(Scoped, Base):
    """A return: the field, the rule and the evidence expected; records from its target on must be made anew."""

    __tablename__ = "case_return"
    __table_args__ = (Index("ix_case_return_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    procedure: Mapped[Procedure] = mapped_column(Code(Procedure))
    target: Mapped[Stage] = mapped_column(Code(Stage))
    source: Mapped[Stage] = mapped_column(Code(Stage))
    round: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(String(120))
    rule: Mapped[str] = mapped_column(String(200))
    evidence_expected: Mapped[str] = mapped_column(String(400))
    returned_by: Mapped[str] = mapped_column(String(120))
    returned_at: Mapped[datetime] = mapped_column(Instant)


def began_in_round(session: Session, case: Case) -> int:
    """Return the round in which the present procedure began, a leaving with its review: one refused counts for no later."""
    if case.procedure is Procedure.ENTERING:
        return 1
    return session.scalar(select(func.max(CaseAct.round)).where(
        CaseAct.case_id == case.id, CaseAct.action == Action.REVIEW_OPEN.value)) or 1


def first_round_that_counts(returns: list[CaseReturn], procedure: Procedure, stage: Stage, *, began: int = 1) -> int:
    """Return the earliest round whose records of `stage` still count: a return voids its target and all after it."""
    rounds = [row.round for row in returns
              if row.procedure is procedure and ORDER[row.target] <= ORDER[stage]]
    return max([began, *rounds])
