"""What every act shares: ask the judge, check the stage, write the event."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit, authorization
from fanpin.models.areas import Area, AreaSetting
from fanpin.models.cases import Case, CaseReturn, began_in_round, first_round_that_counts
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.events import Event
from fanpin.models.households import Household
from fanpin.rules import stages
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotFound
from fanpin.rules.roles import Actor
from fanpin.rules.settings import SETTINGS
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps.advance import earlier_acts


def permit(session: Session, action: Action, *, actor: Actor, subject: object | None = None) -> None:
    """Ask the judge about an act on a row (a case also by who did its earlier acts)."""
    authorization.require(
        actor, action, area_path=getattr(subject, "area_path", None), department=getattr(subject, "department", None),
        earlier=earlier_acts(session, subject) if isinstance(subject, Case) else ())


def stream_of(subject: object, actor: Actor) -> str:
    """Name the stream to which events about the subject belong."""
    case_id = subject.id if isinstance(subject, Case) else getattr(subject, "case_id", None)
    if case_id is not None:
        return audit.case_stream(case_id)
    household_id = subject.id if isinstance(subject, Household) else getattr(subject, "household_id", None)
    if household_id is not None:
        return audit.household_stream(household_id)
    list_id = subject.id if isinstance(subject, VillageList) else getattr(subject, "list_id", None)
    if list_id is not None:
        return f"list:{list_id}"
    event_id = subject.id if isinstance(subject, Event) else getattr(subject, "event_id", None)
    if event_id is not None:
        return f"event:{event_id}"
    return audit.user_stream(actor.user_id)


def note(session: Session, action: Action, *, actor: Actor, now: datetime, subject: object,
         facts: Mapping[str, object] | None = None) -> audit.Written:
    """Write the act's event on the subject's stream."""
    session.flush()
    return audit.record(session, action.value, actor=actor, now=now, stream=stream_of(subject, actor),
                        object=getattr(subject, "ref", ""), area_path=getattr(subject, "area_path", actor.area_path),
                        facts=facts)


def at_stage(case: Case, action: Action, *allowed: Stage, procedure: Procedure | None = None) -> None:
    """Raise `NotAllowedHere` unless the case stands at one of the stages (and in the procedure)."""
    if case.stage in allowed and (procedure is None or case.procedure is procedure):
        return
    places = "、".join(stage.title for stage in allowed)
    clause = stages.clause_of(action)
    raise NotAllowedHere(f"“{action.title}”在“{places}”环节办理，本户现在处于“{case.stage.title}”。",
                         action=action.value, clause=clause)


def filled(**values: str | None) -> None:
    """Raise `Invalid` naming every value that is empty; keys are field names."""
    lacking = {name: "请填写此项。" for name, value in values.items() if not (value or "").strip()}
    if lacking:
        raise Invalid(lacking)


def not_future(today: date, **days: date | None) -> None:
    """Raise `Invalid` for a day that has not come yet."""
    wrong = {name: "日期不能晚于今天。" for name, value in days.items() if value is not None and value > today}
    if wrong:
        raise Invalid(wrong)


def first_round(session: Session, case: Case, stage: Stage) -> int:
    """Return the earliest round whose records of the stage still count for the case."""
    if case.round == 1:
        return 1
    returns = list(session.scalars(select(CaseReturn).where(CaseReturn.case_id == case.id)))
    return first_round_that_counts(returns, case.procedure, stage, began=began_in_round(session, case))


def area_of(session: Session, area_id: int) -> Area:
    """Return the area, or raise `NotFound`."""
    area = session.get(Area, area_id)
    if area is None:
        raise NotFound
    return area


def ancestor(session: Session, path: str, level: AreaLevel) -> Area:
    """Return the area of the level on a path; raise `NotFound` where the path does not reach it."""
    ids = path.strip("/").split("/")
    if len(ids) < level:
        raise NotFound
    return area_of(session, int(ids[level - 1]))


def setting(session: Session, path: str, key: str) -> int:
    """Return the county's number for the key, or the default of `rules.settings`."""
    county = ancestor(session, path, AreaLevel.COUNTY)
    row = session.get(AreaSetting, (county.id, key))
    return row.value if row else SETTINGS[key].default


def listed_in(session: Session, case: Case, procedure: Procedure) -> ListEntry | None:
    """Return the entry by which the case stands on an open list of the procedure."""
    return session.scalar(
        select(ListEntry).join(VillageList, VillageList.id == ListEntry.list_id)
        .where(ListEntry.case_id == case.id, ListEntry.left_on.is_(None), VillageList.procedure == procedure)
        .order_by(ListEntry.id.desc()).limit(1))


def cases_on(village_list: VillageList) -> list[Case]:
    """List the cases that still stand on the list."""
    return [entry.case for entry in village_list.entries if entry.left_on is None]


def leave_list(session: Session, case: Case, *, today: date, reason: str) -> None:
    """Take the case off whatever open list it stands on (returned, ended)."""
    for entry in session.scalars(select(ListEntry).where(ListEntry.case_id == case.id, ListEntry.left_on.is_(None))):
        entry.left_on, entry.left_reason = today, reason[:200]
