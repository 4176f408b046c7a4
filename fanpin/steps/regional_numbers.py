"""二(四), open to whoever counts by event: numbers of events, of their households, of rectification; no names."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.events import Event, EventPlan, EventResponse, Exposure
from fanpin.models.rectification import Rectification
from fanpin.models.scoped import BEYOND, ScopeKind, scope_of, system_scope, within
from fanpin.rules.regional import EventState, ExposureResult, RectificationState, state_of
from fanpin.rules.stages import MONITORED, Procedure


@dataclass(frozen=True)
class Numbers:
    """What became of an event's households: exposed, looked at, touched, with risk, monitored now."""

    exposed: int = 0
    looked: int = 0
    affected: int = 0
    at_risk: int = 0
    monitored: int = 0

    @property
    def owed(self) -> int:
        """Return how many are still to be looked at."""
        return self.exposed - self.looked


@dataclass(frozen=True)
class Standing:
    """An event with its state, its plans and responses counted, and its households' numbers."""

    event: Event
    state: EventState
    plans: int
    overdue: int
    responses: int
    numbers: Numbers


@dataclass(frozen=True)
class YearNumbers:
    """What an area did about events in a year, and what it had put right."""

    events: int
    closed: int
    exposed: int
    looked: int
    at_risk: int
    tasks: int
    tasks_verified: int


@dataclass
class AreaNumbers:
    """One area's open events, their households, and its rectification tasks."""

    area: Area
    events: int = 0
    numbers: Numbers = field(default_factory=Numbers)
    tasks: int = 0
    tasks_overdue: int = 0
    tasks_verified: int = 0


def numbers(session: Session, events: Collection[int], *, path: str) -> dict[int, Numbers]:
    """Count the households of each event within an area, by one statement."""
    if not events:
        return {}
    with counting(session):
        rows = session.execute(
            select(Exposure.event_id, *_counts()).outerjoin(Case, _monitored()).where(
                Exposure.event_id.in_(events), Exposure.removed_at.is_(None), within(Exposure.area_path, (path,)))
            .group_by(Exposure.event_id)).all()
    return {row[0]: Numbers(*(int(value or 0) for value in row[1:])) for row in rows}


def by_area(session: Session, event: Event, area: Area) -> list[tuple[Area, Numbers]]:
    """Count an event's households in each of the areas right below, by two statements; areas without any are left out."""
    below = session.scalars(select(Area).where(Area.parent_id == area.id, Area.valid_to.is_(None)).order_by(Area.code12)).all()
    with counting(session):
        rows = session.execute(
            select(Area.id, *_counts()).join(Exposure, _lies_in(Exposure.area_path)).outerjoin(Case, _monitored())
            .where(Area.id.in_([one.id for one in below]), Exposure.event_id == event.id, Exposure.removed_at.is_(None))
            .group_by(Area.id)).all()
    found = {row[0]: Numbers(*(int(value or 0) for value in row[1:])) for row in rows}
    return [(one, found[one.id]) for one in below if one.id in found]


def standings(session: Session, events: Collection[Event], *, path: str, today: date) -> list[Standing]:
    """Return the events with what is on record about each, in three statements whatever their number."""
    ids = [event.id for event in events]
    late = case((and_(EventPlan.done_on.is_(None), EventPlan.due_on < today), 1), else_=0)
    plans = {row[0]: (row[1], int(row[2] or 0)) for row in session.execute(
        select(EventPlan.event_id, func.count(), func.sum(late)).where(EventPlan.event_id.in_(ids))
        .group_by(EventPlan.event_id))} if ids else {}
    responses = dict(session.execute(select(EventResponse.event_id, func.count()).where(EventResponse.event_id.in_(ids))
                                     .group_by(EventResponse.event_id)).all()) if ids else {}
    found = numbers(session, ids, path=path)
    made = []
    for event in events:
        planned, overdue = plans.get(event.id, (0, 0))
        responded = responses.get(event.id, 0)
        made.append(Standing(
            event, state_of(closed=event.closed_on is not None, plans=planned, responses=responded), planned,
            0 if event.closed_on else overdue, responded, found.get(event.id, Numbers())))
    return made


def board(session: Session, area: Area, *, today: date) -> list[AreaNumbers]:
    """Count open events, their households and rectification in each area right below (or in itself), in five statements."""
    below = list(session.scalars(select(Area).where(Area.parent_id == area.id, Area.valid_to.is_(None)).order_by(Area.code12)))
    rows = {row.id: AreaNumbers(row) for row in below or [area]}
    here = Area.id.in_(list(rows))
    touching = or_(_lies_in(Event.area_path), and_(Area.path >= Event.area_path, Area.path < Event.area_path.concat(BEYOND)))
    for number, count in session.execute(select(Area.id, func.count()).join(Event, touching).where(
            here, Event.closed_on.is_(None)).group_by(Area.id)):
        rows[number].events = count
    open_events = select(Event.id).where(Event.closed_on.is_(None))
    with counting(session):
        for number, *counted in session.execute(
                select(Area.id, *_counts()).join(Exposure, _lies_in(Exposure.area_path)).outerjoin(Case, _monitored())
                .where(here, Exposure.event_id.in_(open_events), Exposure.removed_at.is_(None)).group_by(Area.id)):
            rows[number].numbers = Numbers(*(int(value or 0) for value in counted))
    unverified = Rectification.state != RectificationState.VERIFIED
    overdue = and_(Rectification.state == RectificationState.OPEN, Rectification.due_on < today)
    for number, waiting, late, done in session.execute(
            select(Area.id, _sum(unverified), _sum(overdue), _sum(~unverified))
            .join(Rectification, _lies_in(Rectification.area_path)).where(here).group_by(Area.id)):
        rows[number].tasks, rows[number].tasks_overdue, rows[number].tasks_verified = int(waiting), int(late), int(done)
    return list(rows.values())


def of_year(session: Session, area: Area, *, first: date, last: date) -> YearNumbers:
    """Count the events entered between two days that touch an area, its households of them, and its tasks, in three statements."""
    began = Event.entered_on.between(first, last)
    events, closed = session.execute(select(func.count(), func.count(Event.closed_on)).where(began, _touching(area.path))).one()
    exposed, looked, at_risk = session.execute(
        select(func.count(), func.count(Exposure.visited_on), _sum(Exposure.result == ExposureResult.AT_RISK))
        .join(Event, Event.id == Exposure.event_id)
        .where(began, Exposure.removed_at.is_(None), within(Exposure.area_path, (area.path,)))).one()
    tasks, verified = session.execute(
        select(func.count(), _sum(Rectification.state == RectificationState.VERIFIED)).where(
            within(Rectification.area_path, (area.path,)), Rectification.opened_on.between(first, last))).one()
    return YearNumbers(events, closed, exposed, looked, int(at_risk or 0), tasks, int(verified or 0))


def _touching(path: str) -> ColumnElement[bool]:
    """Return the condition that an event's area lies in an area, or the area in it."""
    return Event.lies_in(path, path + BEYOND)


def events_of(session: Session, household_id: int) -> list[tuple[Event, Exposure]]:
    """List the events that reach a household, with the ground and what was found, the newest first."""
    return [(row[0], row[1]) for row in session.execute(
        select(Event, Exposure).join(Exposure, Exposure.event_id == Event.id)
        .where(Exposure.household_id == household_id, Exposure.removed_at.is_(None)).order_by(Event.id.desc()))]


def _counts() -> tuple[ColumnElement[int], ...]:
    touched = (ExposureResult.AFFECTED, ExposureResult.AT_RISK)
    return (func.count(), func.count(Exposure.visited_on), _sum(Exposure.result.in_(touched)),
            _sum(Exposure.result == ExposureResult.AT_RISK), func.count(Case.id))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _monitored() -> ColumnElement[bool]:
    return and_(Case.household_id == Exposure.household_id, Case.closed_on.is_(None),
                or_(Case.stage.in_(MONITORED), Case.procedure == Procedure.LEAVING))


def _lies_in(column: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(column >= Area.path, column < Area.path.concat(BEYOND))


@contextmanager
def counting(session: Session) -> Iterator[None]:
    """Let a department, which sees no household, count those of its county: numbers only."""
    scope = scope_of(session)
    if scope is None or scope.kind is not ScopeKind.DEPARTMENT:
        yield
        return
    with system_scope(session, reason="regional: numbers for a department"):
        yield
