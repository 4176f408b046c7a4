"""附件1 录入、标注: what is to be done in the national system stays open until its own export proves it, or an officer says so."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.adapters.parcels import Errand
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.households import Household
from fanpin.models.measures import Measure
from fanpin.models.national import NationalTask, TaskState
from fanpin.models.register import ChangeState, ImportBatch, ImportChange
from fanpin.models.reviews import Marking
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import doing, national
from fanpin.steps.national import Difference
from fanpin.steps.register_compare import Compared

BY_EXPORT = "全国系统导出表"
AT_ONCE = 500
WHO = "："


@dataclass(frozen=True)
class Seen:
    """What the national system's export says of one household: whether its risk is marked as gone, which columns differ."""

    marked: bool
    differing: frozenset[str]


def refresh(session: Session, area: Area, *, by: str, today: date) -> None:
    """Open a task for whoever is decided and not yet entered or marked; close what the department's export has proved."""
    open_tasks(session, Errand.ENTER, _ids(session, _to_enter(area)), by=by, today=today)
    open_tasks(session, Errand.MARK, _ids(session, _to_mark(area)), by=by, today=today)
    export = national.latest(session, county_path=area.path)
    if export is None:
        return
    for errand, difference in ((Errand.ENTER, Difference.NOT_ENTERED), (Errand.MARK, Difference.NOT_MARKED)):
        differing = national.differing(export, difference, county_path=area.path).with_only_columns(Household.id)
        open_tasks(session, errand, _ids(session, differing), by=by, today=today)
    waiting = _ids(session, select(NationalTask.household_id).where(
        NationalTask.state == TaskState.OPEN, NationalTask.errand != Errand.CHANGE, within(NationalTask.area_path, (area.path,))))
    told: dict[int, bool] = {}
    for first in range(0, len(waiting), AT_ONCE):
        told |= {number: all(fact.value == national.ELIMINATED for fact in facts)
                 for number, facts in national.told(session, export, waiting[first:first + AT_ONCE]).items()}
    _prove(session, [number for number, marked in told.items() if not marked], Errand.ENTER, on=export.as_of)
    _prove(session, [number for number, marked in told.items() if marked], Errand.MARK, on=export.as_of)


def seen_in(compared: Iterable[Compared]) -> dict[int, Seen]:
    """Return what an export says of the households on file, before those without a difference are left out."""
    return {made.record.id: Seen((made.sheet.told | made.sheet.extra).get("eliminated") == "是", frozenset(columns_of(made.differences)))
            for made in compared if made.record is not None and not made.blocked}


def columns_of(differences: Iterable[object]) -> list[str]:
    """Name each differing column, behind the person's name where it is a person's."""
    named = ((getattr(one, "person"), getattr(one, "code")) for one in differences)
    return list(dict.fromkeys(f"{person}{WHO}{code}" if person else code for person, code in named))


def settle(session: Session, batch: ImportBatch, seen: Mapping[int, Seen], *, now: datetime, today: date) -> None:
    """Let the export that was read prove tasks done; one that names everybody opens tasks for those whom it lacks."""
    on = batch.exported_on
    if on is None:
        return
    entered = [number for number, one in seen.items() if not one.marked]
    proven = _prove(session, entered, Errand.ENTER, on=on, batch=batch)
    proven += _prove(session, [number for number, one in seen.items() if one.marked], Errand.MARK, on=on, batch=batch)
    proven += _prove_changes(session, batch, seen, on)
    area = doing.area_of(session, batch.area_id)
    there = set(entered)
    open_tasks(session, Errand.MARK, [number for number in _ids(session, _marked_by(area, on)) if number in there],
               by=batch.created_by, today=today)
    if batch.whole:
        lacking = [number for number in _ids(session, _entered_by(area, on)) if number not in seen]
        open_tasks(session, Errand.ENTER, lacking, by=batch.created_by, today=today)
    batch.proven = proven
    audit.record(session, "national.settled", actor="导入", now=now, stream=audit.user_stream(batch.created_by_id), object=batch.ref,
                 area_path=batch.area_path, facts={"as_of": on.isoformat(), "households": len(seen), "proven": proven})


def correct_there(session: Session, batch: ImportBatch, *, by: str, today: date) -> int:
    """Open a task for each household whose differences were rejected: ours is right, so it is corrected there."""
    if batch.exported_on is None:
        return 0
    rows = session.execute(select(ImportChange.household_id, ImportChange.area_path, ImportChange.differences).where(
        ImportChange.batch_id == batch.id, ImportChange.state == ChangeState.REJECTED, ImportChange.household_id.is_not(None))).all()
    columns = {row.household_id: [f"{told['person']}{WHO}{told['code']}" if told["person"] else told["code"]
                                  for told in json.loads(row.differences)] for row in rows}
    opened = open_tasks(session, Errand.CHANGE, list(columns), by=by, today=today)
    for first in range(0, len(columns), AT_ONCE):
        numbers = list(columns)[first:first + AT_ONCE]
        for task in session.scalars(select(NationalTask).where(
                NationalTask.household_id.in_(numbers), NationalTask.errand == Errand.CHANGE, NationalTask.state == TaskState.OPEN)):
            task.columns = columns[task.household_id]
    return opened


def close_by_hand(session: Session, task: NationalTask, *, reason: str, actor: Actor, now: datetime, today: date) -> None:
    """Take an officer's word, with the reason, that there is nothing more to be done there."""
    doing.permit(session, Action.ASSISTANCE_ENTER, actor=actor, subject=task)
    doing.filled(reason=reason)
    if task.state is not TaskState.OPEN:
        raise AlreadyHandled(by=task.closed_by)
    task.state, task.closed_on, task.closed_by, task.reason = TaskState.BY_HAND, today, actor.name, reason.strip()[:200]
    session.flush()
    audit.record(session, "national.by_hand", actor=actor, now=now, stream=audit.household_stream(task.household_id), object=task.ref,
                 area_path=task.area_path, facts={"errand": task.errand.value, "reason": task.reason})


def open_tasks(session: Session, errand: Errand, numbers: Collection[int], *, by: str, today: date) -> int:
    """Open a task for each household that has none of the kind open, and was not settled by an officer since the last decision."""
    opened = 0
    wanted = sorted(set(numbers))
    for first in range(0, len(wanted), AT_ONCE):
        chunk = wanted[first:first + AT_ONCE]
        has = set(session.scalars(select(NationalTask.household_id).where(
            NationalTask.household_id.in_(chunk), NationalTask.errand == errand,
            or_(NationalTask.state == TaskState.OPEN, _settled_by_hand(errand)))))
        for number, path in session.execute(select(Household.id, Household.area_path).where(Household.id.in_(set(chunk) - has))):
            session.add(NationalTask(household_id=number, area_path=path, errand=errand, state=TaskState.OPEN, opened_on=today, opened_by=by))
            opened += 1
    session.flush()
    return opened


def _settled_by_hand(errand: Errand) -> object:
    """An officer's word holds until the county decides anew about the household; a new difference is a new question."""
    if errand is Errand.CHANGE:
        return NationalTask.id.is_(None)
    return (NationalTask.state == TaskState.BY_HAND) & ~_decided(NationalTask.household_id, NationalTask.closed_on)


def _prove(session: Session, numbers: Collection[int], errand: Errand, *, on: date, batch: ImportBatch | None = None) -> int:
    """Close the open tasks of households that the export shows as wanted; one older than the decision proves nothing of it."""
    proven, wanted = 0, list(numbers)
    for first in range(0, len(wanted), AT_ONCE):
        for task in session.scalars(select(NationalTask).where(
                NationalTask.state == TaskState.OPEN, NationalTask.errand == errand,
                NationalTask.household_id.in_(wanted[first:first + AT_ONCE]), ~_decided(NationalTask.household_id, on))):
            _proven(task, on, batch)
            proven += 1
    return proven


def _prove_changes(session: Session, batch: ImportBatch, seen: Mapping[int, Seen], on: date) -> int:
    proven, wanted = 0, list(seen)
    for first in range(0, len(wanted), AT_ONCE):
        for task in session.scalars(select(NationalTask).where(
                NationalTask.state == TaskState.OPEN, NationalTask.errand == Errand.CHANGE, NationalTask.opened_on <= on,
                NationalTask.household_id.in_(wanted[first:first + AT_ONCE]))):
            if not seen[task.household_id].differing & set(task.columns):
                _proven(task, on, batch)
                proven += 1
    return proven


def _proven(task: NationalTask, on: date, batch: ImportBatch | None) -> None:
    task.state, task.closed_on, task.closed_by = TaskState.PROVEN, on, BY_EXPORT
    task.import_id = batch.id if batch is not None else None


def _decided(household: object, after: object) -> object:
    return select(Determination.id).join(Case, Case.id == Determination.case_id).where(
        Case.household_id == household, Determination.decided_on > after).exists()


def _ids(session: Session, query: Select[tuple[int]]) -> list[int]:
    return list(session.scalars(query))


def _included(*conditions: object) -> object:
    return select(Determination.id).where(
        Determination.case_id == Case.id, Determination.procedure == Procedure.ENTERING,
        Determination.result == DeterminationResult.INCLUDED, *conditions).exists()


def _helped(area: Area) -> Select[tuple[int]]:
    """Select the households of open cases past the naming of the lead department."""
    return select(Case.household_id).where(
        within(Case.area_path, (area.path,)), Case.closed_on.is_(None),
        or_(Case.stage.in_((Stage.ASSISTANCE, Stage.REVIEW)), Case.procedure == Procedure.LEAVING))


def _to_enter(area: Area) -> Select[tuple[int]]:
    # 三(六): the entry follows the first measure.
    begun = select(Measure.id).where(Measure.case_id == Case.id, Measure.started_on.is_not(None)).exists()
    return _helped(area).where(_included(Determination.entered_on.is_(None)), begun)


def _entered_by(area: Area, on: date) -> Select[tuple[int]]:
    return _helped(area).where(_included(Determination.entered_on <= on))


def _to_mark(area: Area) -> Select[tuple[int]]:
    agreed = select(Determination.id).where(
        Determination.case_id == Case.id, Determination.procedure == Procedure.LEAVING, Determination.round == Case.round,
        Determination.result == DeterminationResult.ELIMINATED).exists()
    return select(Case.household_id).where(within(Case.area_path, (area.path,)), Case.closed_on.is_(None),
                                           Case.procedure == Procedure.LEAVING, Case.stage == Stage.COUNTY, agreed)


def _marked_by(area: Area, on: date) -> Select[tuple[int]]:
    monitored = select(Case.household_id).where(Case.closed_on.is_(None), within(Case.area_path, (area.path,)))
    return select(Case.household_id).join(Marking, Marking.case_id == Case.id).where(
        within(Case.area_path, (area.path,)), Marking.marked_on <= on, Case.household_id.not_in(monitored)).distinct()
