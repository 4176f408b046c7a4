"""What the pages of 综合分析研判 list, each by a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from fanpin.blueprints.paging import Page, page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.warnings import Warning
from fanpin.rules.departments import Department
from fanpin.rules.titles import TitledEnum


class WarningState(TitledEnum):
    """Where a warning stands on its way to the village and back."""

    ENTERED = ("entered", "待下发")
    SENT = ("sent", "待签收")
    RECEIVED = ("received", "待核实")
    VERIFIED = ("verified", "已核实")


@dataclass(frozen=True)
class Row:
    """A row with its household and place."""

    item: Any
    household: Household | None
    place: str


@dataclass(frozen=True)
class RoundRow:
    """A round with how far it has come."""

    item: Round
    village: str
    done: int
    overdue: bool

    @property
    def owed(self) -> int:
        """Return how many households still owe a result."""
        return self.item.households - self.done


def with_households(rows: Iterable[Any]) -> list[Row]:
    """Put each row beside its household."""
    rows = list(rows)
    found = {row.id: row for row in db.session.scalars(
        select(Household).where(Household.id.in_({row.household_id for row in rows})))}
    names = names_of(row.area_path for row in rows)
    return [Row(row, found.get(row.household_id), names[row.area_path]) for row in rows]


def rounds(*, today: date) -> tuple[Page, list[RoundRow]]:
    """Return a page of rounds, the newest first, each with how many households were seen."""
    page = page_of(select(Round), Round, newest=True)
    ids = [row.id for row in page.rows]
    done = dict(db.session.execute(
        select(RoundVisit.round_id, func.count()).where(RoundVisit.round_id.in_(ids), RoundVisit.visited_on.is_not(None))
        .group_by(RoundVisit.round_id)).all())
    names = dict(db.session.execute(select(Area.id, Area.name).where(Area.id.in_({row.area_id for row in page.rows}))).all())
    shown = [RoundRow(row, names[row.area_id], done.get(row.id, 0), row.ends_on < today) for row in page.rows]
    return page, shown


def in_state(state: WarningState) -> Select[tuple[Warning]]:
    """Return the query for the warnings in one state; received means by the village, who verifies."""
    query = select(Warning)
    if state is WarningState.VERIFIED:
        return query.where(Warning.verified_at.is_not(None))
    query = query.where(Warning.verified_at.is_(None))
    if state is WarningState.ENTERED:
        return query.where(Warning.dispatched_at.is_(None))
    query = query.where(Warning.dispatched_at.is_not(None))
    received = Warning.village_received_at
    return query.where(received.is_not(None) if state is WarningState.RECEIVED else received.is_(None))


def from_whom(warning: Warning) -> str:
    """Say where a warning came from, in words."""
    if warning.department in {department.value for department in Department}:
        return Department(warning.department).title
    return warning.source.title


def days_since(instant: datetime | None, now: datetime) -> int:
    """Count full days since an instant."""
    return 0 if instant is None else (now - instant).days
