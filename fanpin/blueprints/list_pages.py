"""What the pages of village lists show: read in a fixed number of statements, whatever the list's length."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import ListEntry, MeetingKind, MeetingRecord, Opinion, VillageList
from fanpin.models.households import Household
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.notices import Notice, Objection
from fanpin.models.township import SpotCheck
from fanpin.rules.actions import Action
from fanpin.rules.refusals import NotAllowedHere
from fanpin.rules.stages import ORDER, Procedure, Stage

HOUSEHOLDS = 20
LISTS = 30
# The act by which households of a list go on, by procedure and stage.
ONWARD = {
    (Procedure.ENTERING, Stage.DELIBERATION): Action.DELIBERATION_SUBMIT,
    (Procedure.ENTERING, Stage.REVIEW): Action.REVIEW_LEAVE,
    (Procedure.ENTERING, Stage.PUBLICITY): Action.PUBLICITY_REPORT,
    (Procedure.ENTERING, Stage.TOWNSHIP): Action.TOWNSHIP_SUBMIT,
    (Procedure.LEAVING, Stage.SURVEY): Action.SURVEY_CONFIRM,
    (Procedure.LEAVING, Stage.PUBLICITY): Action.PUBLICITY_REPORT,
    (Procedure.LEAVING, Stage.TOWNSHIP): Action.TOWNSHIP_SUBMIT,
}
Row = TypeVar("Row", Measure, SpotCheck, Objection)


@dataclass(frozen=True)
class Standing:
    """Where a list stands: its least advanced stage, how many households, since when."""

    stage: Stage | None
    households: int
    since: date | None


NOBODY = Standing(None, 0, None)


@dataclass(frozen=True)
class Listed:
    """One household of a list with what each step has recorded of it."""

    case: Case
    group: Area
    measures: tuple[Measure, ...]
    check: SpotCheck | None
    objections: tuple[Objection, ...]

    @property
    def of_household(self) -> int:
        """Count the measures for the whole household."""
        return sum(row.member_id is None and row.category is not None for row in self.measures)

    @property
    def of_members(self) -> int:
        """Count the persons for whom a measure, or that none is needed, was written."""
        return len({row.member_id for row in self.measures if row.member_id is not None})


def standings(lists: Sequence[VillageList]) -> dict[int, Standing]:
    """Return where each list stands, by its id."""
    rows = db.session.execute(
        select(ListEntry.list_id, Case.stage, func.count(), func.min(Case.stage_since))
        .join(Case, Case.id == ListEntry.case_id)
        .where(ListEntry.list_id.in_([row.id for row in lists]), ListEntry.left_on.is_(None))
        .group_by(ListEntry.list_id, Case.stage)).all()
    found = {}
    for row in lists:
        mine = [(stage, count, since) for list_id, stage, count, since in rows if list_id == row.id]
        under_way = [part for part in mine if part[0] in ORDER]
        least = min(under_way or mine, key=lambda part: ORDER.get(part[0], len(ORDER)), default=None)
        if least is not None:
            found[row.id] = Standing(least[0], sum(part[1] for part in mine), _day(least[2]))
    return found


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def standing(village_list: VillageList) -> Standing:
    """Return where one list stands."""
    return standings([village_list]).get(village_list.id, NOBODY)


def households(village_list: VillageList, *, after: str = "", most: int = HOUSEHOLDS) -> tuple[list[Listed], bool]:
    """Return a page of the list's households, and whether more follow; `after` names the last case already shown."""
    query = select(ListEntry).where(ListEntry.list_id == village_list.id, ListEntry.left_on.is_(None))
    if after:
        last = select(ListEntry.id).join(Case, Case.id == ListEntry.case_id).where(
            ListEntry.list_id == village_list.id, Case.ref == after)
        query = query.where(ListEntry.id > last.scalar_subquery())
    entries = db.session.scalars(
        query.options(joinedload(ListEntry.case).joinedload(Case.household).joinedload(Household.group))
        .order_by(ListEntry.id).limit(most + 1)).all()
    cases = [entry.case for entry in entries[:most] if entry.case is not None]
    ids = [case.id for case in cases]
    measures = _by_case(db.session.scalars(select(Measure).where(
        Measure.case_id.in_(ids), Measure.status != MeasureStatus.STOPPED).order_by(Measure.id)).all())
    checks = _by_case(db.session.scalars(select(SpotCheck).where(
        SpotCheck.case_id.in_(ids), SpotCheck.list_id == village_list.id).order_by(SpotCheck.id)).all())
    objections = _by_case(db.session.scalars(select(Objection).where(
        Objection.case_id.in_(ids), Objection.about_measures.is_(False)).order_by(Objection.id)).all())
    shown = [Listed(case, case.household.group, tuple(measures.get(case.id, ())), (checks.get(case.id) or [None])[-1],
                    tuple(objections.get(case.id, ()))) for case in cases]
    return shown, len(entries) > most


def _by_case(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def cases(village_list: VillageList, stage: Stage) -> list[Case]:
    """List everybody for an act on the whole list; raise `NotAllowedHere` unless all stand at the stage."""
    found = [entry.case for entry in db.session.scalars(
        select(ListEntry).join(Case, Case.id == ListEntry.case_id)
        .where(ListEntry.list_id == village_list.id, ListEntry.left_on.is_(None), Case.closed_on.is_(None))
        .options(joinedload(ListEntry.case).joinedload(Case.household).selectinload(Household.members))
        .order_by(ListEntry.id))]
    if not found or any(case.stage is not stage for case in found):
        raise NotAllowedHere(f"整份办理要求名单上的农户都处于“{stage.title}”环节，这份名单现在不是。", action="", clause="三(四)")
    return found


def gone(village_list: VillageList) -> list[ListEntry]:
    """List the households that left the list, with why."""
    return list(db.session.scalars(
        select(ListEntry).where(ListEntry.list_id == village_list.id, ListEntry.left_on.is_not(None))
        .options(joinedload(ListEntry.case).joinedload(Case.household)).order_by(ListEntry.id).limit(HOUSEHOLDS)))


def meetings(village_list: VillageList, *kinds: MeetingKind) -> list[MeetingRecord]:
    """List the meetings about the list, of the kinds asked for or all."""
    return list(db.session.scalars(
        select(MeetingRecord).where(MeetingRecord.list_id == village_list.id,
                                    MeetingRecord.kind.in_(kinds or tuple(MeetingKind))).order_by(MeetingRecord.id)))


def opinions(village_list: VillageList) -> list[Opinion]:
    """List the opinions on the list."""
    return list(db.session.scalars(
        select(Opinion).where(Opinion.list_id == village_list.id).order_by(Opinion.id).limit(100)))


def notices(village_list: VillageList) -> list[Notice]:
    """List the list's notices, the newest first."""
    return list(db.session.scalars(
        select(Notice).where(Notice.list_id == village_list.id).order_by(Notice.id.desc()).limit(10)))


def groups(village_list: VillageList) -> list[str]:
    """Name the villagers' groups of the households on the list, in the order of their codes."""
    paths = select(Case.area_path).join(ListEntry, ListEntry.case_id == Case.id).where(
        ListEntry.list_id == village_list.id, ListEntry.left_on.is_(None))
    return list(db.session.scalars(select(Area.name).where(Area.path.in_(paths)).order_by(Area.code12)))


def village(village_list: VillageList) -> Area:
    """Return the list's village."""
    return db.session.scalars(select(Area).where(Area.id == village_list.area_id)).one()


def title(village_list: VillageList) -> str:
    """Name a list as people speak of it."""
    year, month = village_list.month.split("-")
    kind = "拟纳入名单" if village_list.procedure is Procedure.ENTERING else "拟消除风险名单"
    return f"{year}年{int(month)}月第{village_list.sequence}批{kind}"


def attended(meeting: MeetingRecord) -> str:
    """Say how many came from each group."""
    return "；".join(f"{group}{sum(numbers)}人" for group, numbers in meeting.attendance.items())
