"""The list of cases: filters, order, paging by key, and each row's limit, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination, Inquiry
from fanpin.models.dossiers import calendar
from fanpin.models.households import Household
from fanpin.models.scoped import within
from fanpin.rules import workdays
from fanpin.rules.areas import AreaLevel
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.roles import Actor
from fanpin.rules.settings import SETTINGS
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import doing, households

ROWS = 30
DAY = timedelta(days=1)
SORTS = {"since": Case.stage_since, "opened": Case.opened_on, "head": Household.head_name}
LONGEST_WAIT = 400


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the list was asked for; every value is checked already."""

    stage: Stage | None = None
    procedure: Procedure | None = None
    household_class: HouseholdClass | None = None
    area: Area | None = None
    text: str = ""
    overdue: bool = False
    closed: bool = False
    sort: str = "since"
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Row:
    """One case of the list with its place and its limit."""

    case: Case
    place: str
    due: date | None
    left: int | None


@dataclass(frozen=True)
class Page:
    """One page of the list and the keys of its neighbours ("" where there is none)."""

    rows: tuple[Row, ...]
    previous: str
    next: str


def page(wanted: Wanted, *, actor: Actor, today: date) -> Page:
    """Read one page of the cases that the actor's scope holds."""
    column, descending = SORTS[wanted.sort.lstrip("-")], wanted.sort.startswith("-")
    backwards = bool(wanted.before)
    query = _narrowed(wanted, actor=actor, today=today)
    key = _read_key(wanted.before or wanted.after, column)
    if key is not None:
        query = query.where(_beyond(column, key, upwards=descending == backwards))
    down = descending != backwards
    query = query.order_by(column.desc() if down else column, Case.id.desc() if down else Case.id).limit(ROWS + 1)
    found = list(db.session.scalars(query))
    more, cases = len(found) > ROWS, found[:ROWS]
    if backwards:
        cases.reverse()
    rows = tuple(_rows(cases, actor=actor, today=today))
    earlier = more if backwards else key is not None
    later = bool(backwards) or more
    first, last = (_key(cases[0], column), _key(cases[-1], column)) if cases else ("", "")
    return Page(rows, first if earlier else "", last if later else "")


def places_below(actor: Actor) -> list[Area]:
    """List the areas one level below the actor's own, to narrow the list by."""
    return list(db.session.scalars(select(Area).where(Area.parent_id == actor.area_id, Area.valid_to.is_(None))
                                   .order_by(Area.code12)))


def _narrowed(wanted: Wanted, *, actor: Actor, today: date) -> Select[tuple[Case]]:
    query = select(Case).join(Case.household).options(contains_eager(Case.household))
    query = query.where(Case.closed_on.is_not(None) if wanted.closed else Case.closed_on.is_(None))
    if wanted.stage:
        query = query.where(Case.stage == wanted.stage)
    if wanted.procedure:
        query = query.where(Case.procedure == wanted.procedure)
    if wanted.household_class:
        query = query.where(Case.household_class == wanted.household_class)
    if wanted.area:
        query = query.where(within(Case.area_path, (wanted.area.path,)))
    if wanted.text:
        query = query.where(Case.household_id.in_(households.search(wanted.text).with_only_columns(Household.id)))
    return query.where(_overdue(actor, today)) if wanted.overdue else query


def _overdue(actor: Actor, today: date) -> ColumnElement[bool]:
    silent = select(Inquiry.id).where(
        Inquiry.case_id == Case.id, Inquiry.procedure == Case.procedure, Inquiry.round == Case.round,
        Inquiry.blocking.is_(True), Inquiry.signed_at.is_(None), Inquiry.due_on < today).exists()
    unentered = select(Determination.id).where(
        Determination.case_id == Case.id, Determination.entered_on.is_(None), Determination.entry_due_on < today).exists()
    return or_(
        and_(Case.stage == Stage.SURVEY, Case.stage_since <= _survey_started_before(actor, today)),
        and_(Case.stage == Stage.COUNTY, silent), and_(Case.stage == Stage.ASSISTANCE, unentered))


def _survey_started_before(actor: Actor, today: date) -> date:
    """Return the last day on which a survey must have begun for its limit to be over."""
    days, code = _limit(actor, "survey_workdays"), _county_code(actor)
    begun, known = today - DAY, calendar(db.session())
    try:
        while workdays.workdays_between(begun, today - DAY, calendar=known, area_code=code) < days:
            begun -= DAY
    except workdays.BeyondCalendar:
        return today - timedelta(days=2 * days)
    return begun


def _limit(actor: Actor, key: str) -> int:
    return doing.setting(db.session(), actor.area_path, key) if actor.level >= AreaLevel.COUNTY else SETTINGS[key].default


def _county_code(actor: Actor) -> str | None:
    if actor.level < AreaLevel.COUNTY:
        return None
    return doing.ancestor(db.session(), actor.area_path, AreaLevel.COUNTY).code12


def _rows(cases: Sequence[Case], *, actor: Actor, today: date) -> list[Row]:
    if not cases:
        return []
    names, due = place_names([case.area_path for case in cases]), limits(cases, actor=actor, today=today)
    return [Row(case, names.get(case.area_path, ""), *due.get(case.id, (None, None))) for case in cases]


def place_names(paths: Sequence[str]) -> dict[str, str]:
    """Name village and group of each group's path."""
    wanted = {path for path in paths} | {_above(path) for path in paths}
    names = {row.path: row.name for row in db.session.execute(select(Area.path, Area.name).where(Area.path.in_(wanted)))}
    return {path: names.get(_above(path), "") + names.get(path, "") for path in set(paths)}


def _above(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[0] + "/"


def limits(cases: Sequence[Case], *, actor: Actor, today: date) -> dict[int, tuple[date, int]]:
    """Return (last day, working days left) of the cases that have a limit at their stage."""
    ids = [case.id for case in cases]
    asked = {row.case_id: row.due for row in db.session.execute(
        select(Inquiry.case_id, func.min(Inquiry.due_on).label("due"))
        .join(Case, and_(Case.id == Inquiry.case_id, Case.round == Inquiry.round, Case.procedure == Inquiry.procedure))
        .where(Inquiry.case_id.in_(ids), Inquiry.signed_at.is_(None), Inquiry.blocking.is_(True)).group_by(Inquiry.case_id))}
    entry = {row.case_id: row.entry_due_on for row in db.session.execute(
        select(Determination.case_id, Determination.entry_due_on).where(
            Determination.case_id.in_(ids), Determination.entered_on.is_(None), Determination.entry_due_on.is_not(None)))}
    known, code = calendar(db.session()), _county_code(actor)
    days = _limit(actor, "survey_workdays")
    found = {}
    for case in cases:
        try:
            due = _due(case, asked, entry, days=days, known=known, code=code)
            if due is not None:
                found[case.id] = due, workdays.workdays_between(today, due, calendar=known, area_code=code)
        except workdays.BeyondCalendar:
            continue
    return found


def _due(case: Case, asked: Mapping[int, date], entry: Mapping[int, date], *, days: int, known: workdays.Calendar,
         code: str | None) -> date | None:
    if case.stage is Stage.SURVEY:
        return workdays.add_workdays(case.stage_since, days, calendar=known, area_code=code)
    if case.stage is Stage.COUNTY:
        return asked.get(case.id)
    return entry.get(case.id) if case.stage is Stage.ASSISTANCE else None


def _key(case: Case, column: Any) -> str:
    value = case.household.head_name if column is Household.head_name else getattr(case, column.key)
    return f"{value.isoformat() if isinstance(value, date) else value}~{case.id}"


def _read_key(text: str, column: Any) -> tuple[Any, int] | None:
    value, _, number = text.rpartition("~")
    if not (value and number.isascii() and number.isdigit() and len(number) < 16):
        return None
    if column is Household.head_name:
        return value, int(number)
    try:
        return date.fromisoformat(value), int(number)
    except ValueError:
        return None


def _beyond(column: Any, key: tuple[Any, int], *, upwards: bool) -> ColumnElement[bool]:
    """Return the condition of the rows behind the key: larger ones when `upwards`, which reads the order of the query."""
    value, number = key
    if upwards:
        return or_(column > value, and_(column == value, Case.id > number))
    return or_(column < value, and_(column == value, Case.id < number))
