"""附件1 录入和标注: what the national system holds beside our cases; it names differences, and people act on them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import Batch, CoverageRow, Determination, DeterminationResult, FactRow
from fanpin.models.deliveries import Delivery
from fanpin.models.households import Household
from fanpin.models.reviews import Marking
from fanpin.models.scoped import within
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.titles import TitledEnum

KIND = "national_entry"
MONITORED, ELIMINATED = "monitored", "eliminated"


class Difference(TitledEnum):
    """How the national system and our cases may differ."""

    NOT_ENTERED = ("not_entered", "已确定、全国系统未见")
    NO_CASE = ("no_case", "全国系统在监测、本系统没有在办")
    NOT_MARKED = ("not_marked", "本系统已消除、全国系统未标注")


@dataclass(frozen=True)
class Export:
    """The latest whole export: as of which day, and how many of its rows found no household by themselves."""

    batch_id: int
    as_of: date
    unplaced: int


@dataclass(frozen=True)
class State:
    """What the latest export says of one household: its facts, none where it is not seen there."""

    as_of: date
    unplaced: int
    facts: tuple[FactRow, ...]


def latest(session: Session, *, county_path: str) -> Export | None:
    """Return the county's latest complete export in force; an incomplete one shows no absence."""
    row = session.execute(
        select(Batch.id, Batch.as_of, Delivery.queued + Delivery.repeated + Delivery.wrong)
        .join(Delivery, Delivery.id == Batch.delivery_id).join(CoverageRow, CoverageRow.batch_id == Batch.id)
        .where(CoverageRow.kind == KIND, CoverageRow.complete, Delivery.state == DeliveryState.DONE,
               within(Batch.area_path, (county_path,)))
        .order_by(Batch.as_of.desc(), Batch.id.desc()).limit(1)).first()
    return Export(*row) if row else None


def state_of(session: Session, case: Case, *, county_path: str) -> State | None:
    """Say what the national system holds of the case's household, or None where no export has come."""
    export = latest(session, county_path=county_path)
    if export is None:
        return None
    return State(export.as_of, export.unplaced, tuple(told(session, export, [case.household_id]).get(case.household_id, ())))


def told(session: Session, export: Export, households: list[int]) -> dict[int, list[FactRow]]:
    """Return what the export says of households."""
    found: dict[int, list[FactRow]] = {}
    for row in session.scalars(select(FactRow).where(*_of(export), FactRow.household_id.in_(households)).order_by(FactRow.id)):
        found.setdefault(row.household_id or 0, []).append(row)
    return found


def differing(export: Export, difference: Difference, *, county_path: str) -> Select[tuple[Household]]:
    """Select the households that differ in one way; what was decided or marked after the export's day is none."""
    return select(Household).where(within(Household.area_path, (county_path,)), _differs(export, difference))


def _differs(export: Export, difference: Difference) -> ColumnElement[bool]:
    of_household = Case.household_id == Household.id
    if difference is Difference.NOT_ENTERED:
        determined = select(Determination.id).where(
            Determination.case_id == Case.id, Determination.procedure == Procedure.ENTERING,
            Determination.result == DeterminationResult.INCLUDED, Determination.decided_on <= export.as_of).exists()
        helped = or_(Case.stage.in_((Stage.ASSISTANCE, Stage.REVIEW)), Case.procedure == Procedure.LEAVING)
        return (select(Case.id).where(of_household, Case.closed_on.is_(None), helped, determined).exists()
                & ~_monitored(export).exists())
    marked = (select(func.max(Marking.marked_on)).join(Case, Case.id == Marking.case_id)
              .where(of_household).correlate(Household).scalar_subquery())
    begun = select(func.max(FactRow.date)).where(*_monitors(export)).correlate(Household).scalar_subquery()
    alone = ~select(Case.id).where(of_household, Case.closed_on.is_(None)).exists() & _monitored(export).exists()
    if difference is Difference.NOT_MARKED:
        return alone & (marked >= begun) & (marked <= export.as_of)
    return alone & or_(marked.is_(None), marked < begun)


def _of(export: Export) -> tuple[ColumnElement[bool], ...]:
    return FactRow.batch_id == export.batch_id, FactRow.kind == KIND, FactRow.superseded.is_(False)


def _monitors(export: Export) -> tuple[ColumnElement[bool], ...]:
    return *_of(export), FactRow.value == MONITORED, FactRow.household_id == Household.id


def _monitored(export: Export) -> Select[tuple[int]]:
    return select(FactRow.id).where(*_monitors(export))
