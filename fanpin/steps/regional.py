"""二(四) 防止规模性返贫: enter events, match and look at exposed households, report on, close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.events import Event, EventAct, EventArea, EventPlan, Exposure
from fanpin.models.households import Household
from fanpin.models.relocation import Community
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel, contains, levels_in
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted
from fanpin.rules.regional import Degree, EventKind, EventSource, ExposedBy, ExposureResult, common, outermost
from fanpin.rules.roles import Actor
from fanpin.steps import doing
from fanpin.steps.regional_matching import match, owe

CLAUSE = "二(四)"


@dataclass(frozen=True)
class Reported:
    """An event as it is entered."""

    kind: EventKind
    title: str
    happened_on: date
    source: EventSource
    exposed_by: ExposedBy
    degree: Degree = Degree.UNKNOWN
    document: str = ""
    description: str = ""
    word: str = ""
    community: Community | None = None


def enter(session: Session, areas: Sequence[Area], reported: Reported, *, actor: Actor, now: datetime, today: date) -> Event:
    """Enter an event and match its exposed households at once; above a county the worker does it county by county."""
    _check(areas, reported, today)
    kept = set(outermost(area.path for area in areas))
    charge = _charge_of(session, actor)
    event = Event(
        area_path=common(kept), kind=reported.kind, title=reported.title.strip(), happened_on=reported.happened_on,
        source=reported.source, degree=reported.degree, document=reported.document, description=reported.description,
        exposed_by=reported.exposed_by, exposed_word=reported.word.strip() if reported.exposed_by.asks else "",
        community_id=reported.community.id if reported.community and reported.exposed_by is ExposedBy.COMMUNITY else None,
        charge_id=charge.id, charge_path=charge.path, department=actor.department, entered_by=actor.name, entered_on=today,
        entered_at=now)
    doing.permit(session, Action.REGIONAL_ENTER, actor=actor, subject=event)
    session.add(event)
    session.flush()
    session.add_all(EventArea(event_id=event.id, area_id=area.id, area_path=area.path) for area in areas if area.path in kept)
    exposed = _match(session, event, sorted(kept), actor=actor, now=now)
    _remember(session, event, Action.REGIONAL_ENTER, f"找到{exposed}户" if event.matched_at else "正在分县查找", actor=actor, now=now)
    doing.note(session, Action.REGIONAL_ENTER, actor=actor, now=now, subject=event,
               facts={"kind": event.kind.value, "title": event.title, "areas": sorted(kept), "exposed": exposed})
    return event


def _check(areas: Sequence[Area], reported: Reported, today: date) -> None:
    problems: dict[str, str] = {}
    if not areas:
        problems["areas"] = "请至少选择一个受影响的地区。"
    if not reported.title.strip():
        problems["title"] = "请填写事件名称。"
    if reported.exposed_by.asks and not reported.word.strip():
        problems["word"] = f"请填写{reported.exposed_by.asks}的名称，用来查找农户。"
    if reported.exposed_by is ExposedBy.COMMUNITY and reported.community is None:
        problems["community"] = "请选择集中安置区；没有的，先在“集中安置区”里登记。"
    if problems:
        raise Invalid(problems)
    doing.not_future(today, happened_on=reported.happened_on)


def _charge_of(session: Session, actor: Actor) -> Area:
    """Return whose an actor's event is to handle: the own area's, a group's event the village's."""
    return doing.ancestor(session, actor.area_path, min(actor.level, AreaLevel.VILLAGE))


def _match(session: Session, event: Event, paths: Sequence[str], *, actor: Actor, now: datetime) -> int:
    if all(levels_in(path) >= AreaLevel.COUNTY for path in paths):
        event.matched_at = now
        return match(session, event, path=event.area_path, added_by=actor.name, now=now)
    event.matched_at = None
    owe(session, event, paths, now=now)
    return 0


@dataclass(frozen=True)
class Corrected:
    """What may be said better of an event later on; whom it may reach is not changed, only widened by areas."""

    title: str
    degree: Degree
    document: str = ""
    description: str = ""
    more: tuple[Area, ...] = ()


def edit(session: Session, event: Event, corrected: Corrected, *, actor: Actor, now: datetime) -> int:
    """Correct an event or let it spread to further areas; return how many more households are exposed."""
    doing.permit(session, Action.REGIONAL_EDIT, actor=actor, subject=event)
    doing.filled(title=corrected.title)
    still_open(event)
    _own_or_in_charge(session, event, actor)
    if any(not contains(actor.area_path, area.path) for area in corrected.more):
        raise Invalid({"areas": "只能增加本辖区内的地区。"})
    event.title, event.degree = corrected.title.strip(), corrected.degree
    event.document, event.description = corrected.document, corrected.description
    fresh = _spread(session, event, corrected.more)
    found = _match(session, event, fresh, actor=actor, now=now) if fresh else 0
    note = f"增加{'、'.join(area.name for area in corrected.more if area.path in fresh)}，新找到{found}户" if fresh else "更正内容"
    _remember(session, event, Action.REGIONAL_EDIT, note, actor=actor, now=now)
    doing.note(session, Action.REGIONAL_EDIT, actor=actor, now=now, subject=event,
               facts={"title": event.title, "degree": event.degree.value, "areas": fresh, "found": found})
    return found


def _spread(session: Session, event: Event, more: Sequence[Area]) -> list[str]:
    """Add the areas that the event does not touch yet, and let those who belong to them see what was done so far."""
    known = [area.path for area in touched(session, event)]
    wide = outermost([*known, *(area.path for area in more)])
    fresh = sorted({area.path for area in more if area.path in wide} - set(known))
    session.add_all(EventArea(event_id=event.id, area_id=area.id, area_path=area.path)
                    for area in {area.path: area for area in more}.values() if area.path in fresh)
    before, event.area_path = event.area_path, common(wide)
    if event.area_path != before:
        for act in session.scalars(select(EventAct).where(EventAct.event_id == event.id, EventAct.area_path == before)):
            act.area_path = event.area_path
    return fresh


def search_again(session: Session, event: Event, *, actor: Actor, now: datetime) -> int:
    """Look for exposed households once more in one's area, after data came in; what is on record stays as it is."""
    doing.permit(session, Action.REGIONAL_EXPOSE, actor=actor, subject=event)
    still_open(event)
    found = match(session, event, path=actor.area_path, added_by=actor.name, now=now)
    _remember(session, event, Action.REGIONAL_EXPOSE, f"重新查找，新找到{found}户", actor=actor, now=now)
    doing.note(session, Action.REGIONAL_EXPOSE, actor=actor, now=now, subject=event, facts={"found": found})
    return found


def expose(session: Session, event: Event, household: Household, *, reason: str, actor: Actor, now: datetime) -> Exposure:
    """Add a household by hand, or take it in again after it was taken out, with the reason."""
    doing.permit(session, Action.REGIONAL_EXPOSE, actor=actor, subject=household)
    doing.filled(reason=reason)
    still_open(event)
    row = exposure_of(session, event, household)
    if row is not None and row.removed_at is None:
        raise Invalid("这户已经在受影响农户名单上。")
    if row is None:
        row = Exposure(event_id=event.id, household_id=household.id, area_path=household.area_path)
        session.add(row)
    row.ground, row.by_hand, row.added_by, row.added_at = f"人工加入：{reason}"[:200], True, actor.name, now
    row.removed_at, row.removed_by, row.removed_reason = None, "", ""
    doing.note(session, Action.REGIONAL_EXPOSE, actor=actor, now=now, subject=row,
               facts={"event": event.ref, "added": True, "reason": reason})
    return row


def take_out(session: Session, event: Event, household: Household, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a household out by hand, with the reason; it stays on record as taken out."""
    row = _listed(session, event, household)
    doing.permit(session, Action.REGIONAL_EXPOSE, actor=actor, subject=row)
    doing.filled(reason=reason)
    still_open(event)
    row.removed_at, row.removed_by, row.removed_reason = now, actor.name, reason[:200]
    doing.note(session, Action.REGIONAL_EXPOSE, actor=actor, now=now, subject=row,
               facts={"event": event.ref, "added": False, "reason": reason})


def look(session: Session, event: Event, household: Household, *, visited_on: date, result: ExposureResult, note: str,
         actor: Actor, now: datetime, today: date) -> Exposure:
    """Record what was found at an exposed household; it is a ground for 三(二) and opens no case by itself."""
    row = _listed(session, event, household)
    doing.permit(session, Action.REGIONAL_VISIT, actor=actor, subject=row)
    still_open(event)
    doing.not_future(today, visited_on=visited_on)
    if visited_on < event.happened_on:
        raise Invalid({"visited_on": "走访日期不能早于事件发生的日期。"})
    if result is not ExposureResult.UNAFFECTED:
        doing.filled(note=note)
    row.visited_on, row.result, row.note, row.visited_by = visited_on, result, note, actor.name
    doing.note(session, Action.REGIONAL_VISIT, actor=actor, now=now, subject=row,
               facts={"event": event.ref, "result": result.value})
    return row


def look_unaffected(session: Session, event: Event, households: Sequence[Household], *, visited_on: date, actor: Actor,
                    now: datetime, today: date) -> int:
    """Record “not affected” for many households at once; those answered meanwhile keep their answer."""
    owed = set(session.scalars(select(Exposure.household_id).where(
        Exposure.event_id == event.id, Exposure.removed_at.is_(None), Exposure.visited_on.is_(None),
        Exposure.household_id.in_([household.id for household in households]))))
    for household in households:
        if household.id in owed:
            look(session, event, household, visited_on=visited_on, result=ExposureResult.UNAFFECTED, note="", actor=actor,
                 now=now, today=today)
    return len(owed)


def exposure_of(session: Session, event: Event, household: Household) -> Exposure | None:
    """Return the household's row in the event's list, taken out or not."""
    return session.scalar(select(Exposure).where(Exposure.event_id == event.id, Exposure.household_id == household.id))


def _listed(session: Session, event: Event, household: Household) -> Exposure:
    row = exposure_of(session, event, household)
    if row is None or row.removed_at is not None:
        raise Invalid("这户不在受影响农户名单上，请先加入。")
    return row


def escalate(session: Session, event: Event, *, reason: str, actor: Actor, now: datetime) -> None:
    """Report an event on: from now on the level above handles it; the levels below go on looking and responding."""
    doing.permit(session, Action.REGIONAL_ESCALATE, actor=actor, subject=event)
    doing.filled(reason=reason)
    still_open(event)
    _in_charge(session, event, actor)
    here = doing.area_of(session, event.charge_id)
    if here.level == AreaLevel.PROVINCE:
        raise NotAllowedHere("省级已是最高一级。", action=Action.REGIONAL_ESCALATE.value, clause=CLAUSE)
    upper = doing.ancestor(session, event.charge_path, AreaLevel(here.level - 1))
    event.charge_id, event.charge_path = upper.id, upper.path
    _remember(session, event, Action.REGIONAL_ESCALATE, f"{here.name}报{upper.name}：{reason}", actor=actor, now=now)
    doing.note(session, Action.REGIONAL_ESCALATE, actor=actor, now=now, subject=event, facts={"to": upper.name, "reason": reason})


def close(session: Session, event: Event, *, conclusion: str, unseen_reason: str, actor: Actor, now: datetime, today: date) -> None:
    """Close an event with a conclusion; households nobody has looked at, and plans not carried out, ask for a reason."""
    doing.permit(session, Action.REGIONAL_CLOSE, actor=actor, subject=event)
    doing.filled(conclusion=conclusion)
    still_open(event)
    _in_charge(session, event, actor)
    left = unfinished(session, event)
    if any(left) and not unseen_reason.strip():
        raise Invalid({"unseen_reason": f"还有{left[0]}户没有排查、{left[1]}条防范措施没有完成；确需办结的，请写明理由。"})
    event.conclusion = conclusion + (f"\n未完成事项的说明：{unseen_reason}" if unseen_reason.strip() else "")
    event.closed_on, event.closed_by = today, actor.name
    _remember(session, event, Action.REGIONAL_CLOSE, conclusion, actor=actor, now=now)
    doing.note(session, Action.REGIONAL_CLOSE, actor=actor, now=now, subject=event,
               facts={"conclusion": conclusion, "unseen": left[0], "unfinished": left[1]})


def unfinished(session: Session, event: Event) -> tuple[int, int]:
    """Count the households that nobody has looked at and the plans that nobody has carried out."""
    owed = session.scalar(select(func.count()).select_from(Exposure).where(
        Exposure.event_id == event.id, Exposure.removed_at.is_(None), Exposure.visited_on.is_(None))) or 0
    plans = session.scalar(select(func.count()).select_from(EventPlan).where(
        EventPlan.event_id == event.id, EventPlan.done_on.is_(None))) or 0
    return owed, plans


def in_charge(event: Event, actor: Actor) -> bool:
    """Say whether the event is the actor's level's to handle (or that of somebody below)."""
    return contains(actor.area_path, event.charge_path)


def touched(session: Session, event: Event) -> list[Area]:
    """List the areas that an event touches."""
    return list(session.scalars(select(Area).join(EventArea, EventArea.area_id == Area.id)
                                .where(EventArea.event_id == event.id).order_by(Area.code12)))


def visible(*, closed: bool, path: str) -> object:
    """Return the query of the events, open or closed, that touch an area; the scope narrows it further."""
    concerns = select(EventArea.event_id).where(within(EventArea.area_path, (path,)))
    wider = [f"/{'/'.join(path.strip('/').split('/')[:depth])}/" for depth in range(1, levels_in(path) + 1)]
    concerns = concerns.union(select(EventArea.event_id).where(EventArea.area_path.in_(wider)))
    state = Event.closed_on.is_not(None) if closed else Event.closed_on.is_(None)
    return select(Event).where(state, Event.id.in_(concerns))


def still_open(event: Event) -> None:
    """Raise `NotAllowedHere` for an event that is closed."""
    if event.closed_on is not None:
        raise NotAllowedHere("这个事件已经办结。", action="regional", clause=CLAUSE)


def _in_charge(session: Session, event: Event, actor: Actor) -> None:
    if not in_charge(event, actor):
        name = doing.area_of(session, event.charge_id).name
        raise NotPermitted(f"这个事件现在由{name}负责处置，由那里上报或办结。", action="regional", clause=CLAUSE)


def _own_or_in_charge(session: Session, event: Event, actor: Actor) -> None:
    if actor.department and actor.department != event.department:
        raise NotPermitted("这个事件不是本部门登记的，请由登记的部门或负责处置的一级更正。", action="regional", clause=CLAUSE)
    _in_charge(session, event, actor)


def _remember(session: Session, event: Event, action: Action, text: str, *, actor: Actor, now: datetime) -> None:
    path = event.area_path if contains(actor.area_path, event.area_path) else actor.area_path
    session.add(EventAct(event_id=event.id, area_path=path, action=action, note=text,
                         actor=f"{actor.area_name} {actor.name}"[:120], at=now))
