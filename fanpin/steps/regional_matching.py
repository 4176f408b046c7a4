"""二(四): find the households that an event reaches, by one INSERT … SELECT over what our data can answer."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, func, insert, literal, select, union_all
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.areas import Area
from fanpin.models.county import FactRow
from fanpin.models.events import Event, EventAct, EventArea, Exposure
from fanpin.models.households import Household, Member
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.outbox import OutboxItem
from fanpin.models.relocation import Community, CommunityName
from fanpin.models.scoped import system_scope, within
from fanpin.models.types import Instant
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel, contains, levels_in
from fanpin.rules.regional import REPORTED_KINDS, ExposedBy, outermost
from fanpin.rules.risks import DEVELOPMENT
from fanpin.steps import outbox

# A department's record of a loss may bear a day somewhat before the one that the event was given.
LOOK_BACK = timedelta(days=31)
LONGEST_GROUND = 200
JOB = "regional.match"
BY = "系统查找"
REPEATED_AFTER = timedelta(hours=20)


def match(session: Session, event: Event, *, path: str, added_by: str, now: datetime) -> int:
    """Write down every exposed household of the event's areas within `path` that is not on record yet; return how many.

    Whoever calls has asked the judge: the areas lie in the caller's, and so does `path`. The statement runs outside the
    caller's scope because a department, which enters events, sees no household.
    """
    session.flush()
    with system_scope(session, reason="regional: match exposed households"):
        touched = session.scalars(select(EventArea.area_path).where(EventArea.event_id == event.id)).all()
        paths = shared_with(path, touched)
        sources = list(_sources(session, event)) if paths else []
        if not sources:
            return 0
        found = union_all(*sources).subquery()
        known = select(Exposure.id).where(Exposure.event_id == event.id, Exposure.household_id == Household.id).exists()
        households = (
            select(literal(event.id), Household.id, Household.area_path, func.min(found.c.ground), literal(False),
                   literal(added_by), literal(now, Instant))
            .join(found, found.c.household_id == Household.id)
            .where(within(Household.area_path, tuple(paths)), Household.departed_on.is_(None), ~known)
            .group_by(Household.id, Household.area_path))
        names = ["event_id", "household_id", "area_path", "ground", "by_hand", "added_by", "added_at"]
        return session.execute(insert(Exposure).from_select(names, households), execution_options={"preserve_rowcount": True}).rowcount


def shared_with(path: str, touched: Iterable[str]) -> list[str]:
    """Return the parts of the touched areas that lie within a path."""
    parts = [area if contains(path, area) else path for area in outermost(touched)
             if contains(path, area) or contains(area, path)]
    return outermost(parts)


def owe(session: Session, event: Event, paths: Iterable[str], *, now: datetime) -> None:
    """Leave the matching of an event to the worker, county by county."""
    counties = counties_of(session, paths, AreaLevel.COUNTY)
    for county in counties:
        outbox.put(session, JOB, {"event": event.id, "path": county.path, "last": county is counties[-1]}, now=now)


def stale(session: Session, *, now: datetime) -> list[Event]:
    """List the open events that were matched more than a day ago: departments' records come in after an event was entered."""
    waiting = {item.payload["event"] for item in session.scalars(
        select(OutboxItem).where(OutboxItem.kind == JOB, OutboxItem.state.in_(("waiting", "claimed"))))}
    rows = session.scalars(select(Event).where(Event.closed_on.is_(None), Event.exposed_by != ExposedBy.NAMED,
                                               Event.matched_at < now - REPEATED_AFTER).order_by(Event.id))
    return [event for event in rows if event.id not in waiting]


def owe_again(session: Session, *, now: datetime) -> int:
    """Owe the daily matching of every open event; return of how many."""
    events = stale(session, now=now)
    for event in events:
        touched = session.scalars(select(EventArea.area_path).where(EventArea.event_id == event.id)).all()
        if all(levels_in(path) >= AreaLevel.COUNTY for path in touched):
            outbox.put(session, JOB, {"event": event.id, "path": event.area_path, "last": True}, now=now)
        else:
            owe(session, event, touched, now=now)
    return len(events)


@outbox.handles(JOB)
def match_county(session: Session, payload: Mapping[str, object], now: datetime) -> None:
    """Match a part of an event, and say so where it found somebody; running twice adds nothing."""
    event = session.scalars(select(Event).where(Event.id == payload["event"])).one()
    if event.closed_on is not None:
        return
    found = match(session, event, path=str(payload["path"]), added_by=BY, now=now)
    if payload["last"]:
        event.matched_at = now
    if found:
        session.add(EventAct(event_id=event.id, area_path=event.area_path, action=Action.REGIONAL_EXPOSE, actor=BY, at=now,
                             note=f"按最新的档案和部门数据查找，新找到{found}户"))
        audit.record(session, Action.REGIONAL_EXPOSE.value, actor=BY, now=now, stream=f"event:{event.id}", object=event.ref,
                     area_path=event.area_path, facts={"found": found})


def _sources(session: Session, event: Event) -> Iterator[Select[tuple[int, str]]]:
    """Yield for each way in which our data may know an exposed household the query of (household, ground)."""
    by, word = event.exposed_by, event.exposed_word
    if by is ExposedBy.NAMED:
        return
    if REPORTED_KINDS.get(event.kind):
        yield _reported(event)
    if by is ExposedBy.AREA:
        yield _of(Household.id, literal("住在受影响地区"))
    elif by is ExposedBy.COMMUNITY:
        yield _community(session, event)
    elif by is ExposedBy.GROWERS:
        yield _facts(("farm_disaster", "forest_disaster"), FactRow.label.contains(word, autoescape=True), "受灾登记：", FactRow.label)
        yield _measures(word, "帮扶措施：")
    elif by is ExposedBy.PROJECT:
        yield _measures(word, "参与项目：")
    elif by is ExposedBy.WORKERS:
        yield _of(Member.household_id, literal("成员务工：").concat(Member.work)).where(
            Member.left_on.is_(None), Member.work.contains(word, autoescape=True))
        yield _facts(("not_back_at_work",), FactRow.label.contains(word, autoescape=True), "未复工：", FactRow.label)


def _of(household: ColumnElement[int], ground: ColumnElement[str]) -> Select[tuple[int, str]]:
    shortened = func.substr(ground, 1, LONGEST_GROUND, type_=String)
    return select(household.label("household_id"), shortened.label("ground"))


def _facts(kinds: tuple[str, ...], condition: ColumnElement[bool], said: str, label: ColumnElement[str]) -> Select[tuple[int, str]]:
    return _of(FactRow.household_id, literal(said).concat(label)).where(
        FactRow.kind.in_(kinds), FactRow.superseded.is_(False), FactRow.ended.is_(None), condition)


def _reported(event: Event) -> Select[tuple[int, str]]:
    return _facts(REPORTED_KINDS[event.kind], FactRow.date >= event.happened_on - LOOK_BACK, "部门已登记：", FactRow.label)


def _measures(word: str, said: str) -> Select[tuple[int, str]]:
    return _of(Measure.household_id, literal(said).concat(Measure.detail)).where(
        Measure.category.in_(DEVELOPMENT), Measure.status != MeasureStatus.STOPPED, Measure.detail.contains(word, autoescape=True))


def _community(session: Session, event: Event) -> Select[tuple[int, str]]:
    community = session.scalars(select(Community).where(Community.id == event.community_id)).one()
    names = select(CommunityName.text).where(CommunityName.community_id == community.id)
    return _of(Household.id, literal(f"住在{community.name}")).where(
        within(Household.area_path, (community.area_path,)), Household.relocation_community.in_(names))


def counties_of(session: Session, paths: Iterable[str], level: int) -> list[Area]:
    """List the counties that lie in any of the areas."""
    return list(session.scalars(select(Area).where(
        Area.level == level, Area.valid_to.is_(None), within(Area.path, tuple(outermost(paths)))).order_by(Area.code12)))
