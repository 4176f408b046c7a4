"""How long there is: days by which something is due, with the working days left, for any number of rows at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from fanpin.blueprints.guard import today
from fanpin.extensions import db
from fanpin.models.dossiers import calendar
from fanpin.rules import workdays


@dataclass(frozen=True)
class Due:
    """A day by which something is due, and the working days left (None beyond the calendar)."""

    day: date
    left: int | None


def dues(days: Collection[date | None], *, area_code: str | None = None) -> dict[date, Due]:
    """Say for each day how many working days are left, by one reading of the calendar."""
    known = calendar(db.session())
    return {day: Due(day, _left(known, day, area_code)) for day in set(days) if day is not None}


def _left(known: workdays.Calendar, day: date, area_code: str | None) -> int | None:
    try:
        return workdays.workdays_between(today(), day, calendar=known, area_code=area_code)
    except workdays.BeyondCalendar:
        return None
