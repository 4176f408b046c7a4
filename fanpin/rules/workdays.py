"""Working days (三(四): 公示5个工作日), by the State Council's notices and prefectures' own days off."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from fanpin.rules.holidays_cn import NOTICES, HolidayNotice
from fanpin.rules.refusals import Refusal
from fanpin.rules.titles import TitledEnum

DAY = timedelta(days=1)
SATURDAY = 5
WEEKDAYS = "一二三四五六日"


class BeyondCalendar(Refusal):
    """A day lies in a year whose notice is not loaded; no period may end there by guess."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year
        self.message = f"本系统还没有国务院办公厅关于{year}年节假日安排的通知，不能推算工作日；请联系管理员载入通知后再办理"


class DayOffScope(TitledEnum):
    """Whom a local day off frees; only one for everybody stops the clock."""

    ALL = ("all", "全体")
    PART = ("part", "部分人员")


@dataclass(frozen=True)
class DayOff:
    """One local day off: the areas by the beginning of their code, for whom, and the document that orders it."""

    day: date
    area: str
    title: str
    document: str
    scope: DayOffScope = DayOffScope.ALL


@dataclass(frozen=True)
class Calendar:
    """Loaded notices and local days off; outside the notices' years it answers nothing.

    The notice of a year may still free or claim the last days of the year before.
    """

    notices: tuple[HolidayNotice, ...]
    regional: tuple[DayOff, ...] = field(default=())

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years covered, ascending."""
        return tuple(sorted(notice.year for notice in self.notices))

    @property
    def last_day(self) -> date:
        """Return the last day covered."""
        return date(self.years[-1], 12, 31)

    def with_regional(self, *days: DayOff) -> "Calendar":
        """Return the calendar with more local days off."""
        return replace(self, regional=self.regional + days)

    def is_workday(self, day: date, *, area_code: str | None = None) -> bool:
        """Say whether the day is worked in the area; raise BeyondCalendar outside the notices' years."""
        self._require(day)
        if self._local(day, area_code):
            return False
        if day in self._worked:
            return True
        return day not in self._off and day.weekday() < SATURDAY

    def explain(self, day: date, *, area_code: str | None = None) -> str:
        """Say in words why the day is worked or not."""
        self._require(day)
        if local := self._local(day, area_code):
            return f"{local.title}放假（{local.document}）"
        if day in self._worked:
            return f"周{WEEKDAYS[day.weekday()]}，按{self._worked[day]}调休上班"
        if day in self._off:
            return f"{self._off[day]}放假"
        return f"周{WEEKDAYS[day.weekday()]}" if day.weekday() >= SATURDAY else "工作日"

    @cached_property
    def _covered(self) -> frozenset[int]:
        return frozenset(notice.year for notice in self.notices)

    @cached_property
    def _off(self) -> dict[date, str]:
        return {
            day: span.title for notice in self.notices for span in notice.off for day in _through(span.first, span.last)
        }

    @cached_property
    def _worked(self) -> dict[date, str]:
        return {day: notice.document for notice in self.notices for day in notice.worked}

    def _require(self, day: date) -> None:
        if day.year not in self._covered:
            raise BeyondCalendar(day.year)

    def _local(self, day: date, area_code: str | None) -> DayOff | None:
        if area_code is None:
            return None
        return next(
            (off for off in self.regional
             if off.day == day and off.scope is DayOffScope.ALL and area_code.startswith(off.area)),
            None,
        )


# Prefectures' own days off (州庆, 火把节, 泼水节, 三月街 …) are loaded with their document; none is assumed here.
NATIONAL = Calendar(NOTICES)


@dataclass(frozen=True)
class Period:
    """A run of working days with its first and last, and every day in between that did not count, with why."""

    first_day: date
    last_day: date
    counted: tuple[date, ...]
    skipped: tuple[tuple[date, str], ...]

    def over_on(self, today: date) -> bool:
        """Say whether the last day has fully passed (it ends at 24:00)."""
        return today > self.last_day

    def workdays_left(self, today: date) -> int:
        """Count the working days that are still to come or under way."""
        return sum(day >= today for day in self.counted)


def period(
    posted_on: date, days: int = 5, *, calendar: Calendar = NATIONAL, area_code: str | None = None
) -> Period:
    """Count working days from the day after posting (民法典 201: the first day does not count)."""
    if days < 1:
        raise ValueError("a period has at least one day")
    counted: list[date] = []
    skipped: list[tuple[date, str]] = []
    day = posted_on
    while len(counted) < days:
        day += DAY
        if calendar.is_workday(day, area_code=area_code):
            counted.append(day)
        else:
            skipped.append((day, calendar.explain(day, area_code=area_code)))
    return Period(counted[0], counted[-1], tuple(counted), tuple(skipped))


def add_workdays(day: date, n: int, *, calendar: Calendar = NATIONAL, area_code: str | None = None) -> date:
    """Return the n-th working day after a day; none added is the day itself."""
    if n == 0:
        return day
    return period(day, n, calendar=calendar, area_code=area_code).last_day


def workdays_between(a: date, b: date, *, calendar: Calendar = NATIONAL, area_code: str | None = None) -> int:
    """Count the working days after `a` up to and including `b`; negative when `b` comes first."""
    if b < a:
        return -workdays_between(b, a, calendar=calendar, area_code=area_code)
    return sum(calendar.is_workday(day, area_code=area_code) for day in _through(a + DAY, b))


def _through(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY
