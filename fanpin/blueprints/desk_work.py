"""Work that waits, as the first page shows it: groups of the same kind, the first ten of each, and how many in all."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from fanpin.authorization import may
from fanpin.blueprints.links import link
from fanpin.models.dossiers import calendar
from fanpin.rules import workdays
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.roles import Actor
from fanpin.rules.settings import SETTINGS
from fanpin.steps import doing

SHOWN = 10


@dataclass(frozen=True)
class Item:
    """One thing that waits: whom it concerns, where, since when, due when, and the page on which it is done."""

    text: str
    path: str = ""
    since: date | None = None
    due: date | None = None
    url: str = ""
    note: str = ""
    left: int | None = None


@dataclass(frozen=True)
class Group:
    """Work of one kind: what to do, by which clause, in whose hands, how much of it, and its first items."""

    title: str
    clause: str
    hands: str
    count: int
    items: tuple[Item, ...] = ()
    url: str = ""


@dataclass
class Bench:
    """Who looks at the desk and when; calendar and settings are read once."""

    session: Session
    actor: Actor
    today: date
    now: datetime
    known: workdays.Calendar = field(init=False)
    code: str | None = field(init=False, default=None)
    _days: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.known = calendar(self.session)
        if self.actor.level >= AreaLevel.COUNTY:
            self.code = doing.ancestor(self.session, self.actor.area_path, AreaLevel.COUNTY).code12

    def days(self, key: str) -> int:
        """Return the county's number for a setting."""
        if key not in self._days:
            self._days[key] = (SETTINGS[key].default if self.code is None
                               else doing.setting(self.session, self.actor.area_path, key))
        return self._days[key]

    def due(self, begun: date, key: str) -> date | None:
        """Return the last working day of a limit; None where it lies beyond the calendar."""
        try:
            return workdays.add_workdays(begun, self.days(key), calendar=self.known, area_code=self.code)
        except workdays.BeyondCalendar:
            return None

    def left(self, due: date | None) -> int | None:
        """Return the working days that are left, None where no limit runs or the calendar ends."""
        if due is None:
            return None
        try:
            return workdays.workdays_between(self.today, due, calendar=self.known, area_code=self.code)
        except workdays.BeyondCalendar:
            return None

    def before(self, days: int) -> date:
        """Return the day that many days ago."""
        return self.today - timedelta(days=days)

    def group(self, title: str, clause: str, query: Select[Any], make: Callable[[Any], Item], *, oldest: Any, hands: str = "",
              url: str = "", options: Sequence[Any] = ()) -> Group:
        """Count a kind of work and show the first ten, the longest waiting first."""
        entity = query.column_descriptions[0]["entity"]
        count = self.session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
        rows = self.session.execute(query.options(*options).order_by(oldest, entity.id).limit(SHOWN)).unique().all()
        items = (make(row[0] if len(row) == 1 else row) for row in rows)
        return Group(title, clause, hands or self.actor.role.title, count,
                     tuple(replace(item, left=self.left(item.due)) for item in items), url)


def waiting(groups: Iterable[Group | None]) -> list[Group]:
    """Leave out what does not wait."""
    return [group for group in groups if group is not None and group.count]


def month_end(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def gist(text: str, most: int = 40) -> str:
    """Return a text's first line; one that is cut says so, lest half a number or a day be read as the whole."""
    line = (text.splitlines() or [""])[0]
    return line if len(line) <= most else f"{line[:most - 1]}…"


def page_to_propose(bench: Bench, ref: str) -> str:
    """Return the page on which a household is proposed as key check, or its file for who may only look (三(二))."""
    proposes = may(bench.actor, Action.ANALYSIS_PROPOSE, area_path=bench.actor.area_path)
    return link("analysis.propose" if proposes else "households.show", household=ref)


def page_of_case(endpoint: str, ref: str) -> str:
    """Return the page for an act on a case, or the case's own page."""
    return link(endpoint, case=ref) or link("cases.show", case=ref)
