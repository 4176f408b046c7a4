"""Working days by the State Council's notices."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.rules.holidays_cn import NOTICES, HolidayNotice
from fanpin.rules.workdays import (
    NATIONAL, BeyondCalendar, DayOff, DayOffScope, add_workdays, period, workdays_between,
)

COVERED = st.dates(date(2021, 1, 1), date(2026, 11, 30))
WATER_FESTIVAL = DayOff(date(2026, 4, 14), "5328", "泼水节", "西双版纳州放假通知（样例）")


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize(("posted", "last"), [
    (date(2026, 2, 10), date(2026, 2, 24)),
    (date(2026, 2, 14), date(2026, 2, 28)),
    (date(2026, 3, 9), date(2026, 3, 16)),
    (date(2026, 4, 30), date(2026, 5, 11)),
    (date(2026, 6, 17), date(2026, 6, 25)),
    (date(2026, 9, 18), date(2026, 9, 24)),
    (date(2026, 9, 28), date(2026, 10, 10)),
    (date(2022, 12, 29), date(2023, 1, 6)),
    (date(2024, 2, 8), date(2024, 2, 21)),
])
def test_five_working_days_after_posting_end_on_the_known_day(posted: date, last: date) -> None:
    assert period(posted).last_day == last


@pytest.mark.parametrize(("year", "worked", "spans", "make_up", "off"), [
    (2021, 250, 7, 7, 31), (2022, 249, 7, 7, 31), (2023, 249, 6, 7, 27),
    (2024, 251, 7, 8, 28), (2025, 248, 6, 5, 28), (2026, 248, 7, 6, 33),
])
def test_every_year_has_its_number_of_working_days(year: int, worked: int, spans: int, make_up: int, off: int) -> None:
    notice = next(notice for notice in NOTICES if notice.year == year)
    assert sum(NATIONAL.is_workday(day) for day in days_of(year)) == worked
    assert (len(notice.off), len(notice.worked)) == (spans, make_up)
    assert sum((span.last - span.first).days + 1 for span in notice.off) == off


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: str(notice.year))
def test_a_notice_works_only_weekend_days_and_never_one_that_it_frees(notice: HolidayNotice) -> None:
    for day in notice.worked:
        assert day.weekday() >= 5 and day.year == notice.year
        assert not any(span.first <= day <= span.last for span in notice.off)
    assert notice.issued_on.year == notice.year - 1 and f"〔{notice.year - 1}〕" in notice.document


def test_new_years_eve_of_2022_is_off_by_the_next_years_notice() -> None:
    assert NATIONAL.explain(date(2022, 12, 31)) == "元旦放假"


@pytest.mark.parametrize(("day", "words"), [
    (date(2026, 2, 14), "周六，按国办发明电〔2025〕7号调休上班"),
    (date(2026, 2, 17), "春节放假"),
    (date(2026, 3, 8), "周日"),
    (date(2026, 3, 7), "周六"),
    (date(2026, 3, 9), "工作日"),
    (date(2025, 10, 6), "国庆节、中秋节放假"),
])
def test_every_day_is_explained_in_words(day: date, words: str) -> None:
    assert NATIONAL.explain(day) == words


def test_a_period_lists_the_days_that_did_not_count_with_their_reason() -> None:
    spring = period(date(2026, 2, 10))
    assert spring.first_day == date(2026, 2, 11) and len(spring.counted) == 5
    assert date(2026, 2, 14) in spring.counted
    assert spring.skipped == tuple((date(2026, 2, day), "春节放假") for day in range(15, 24))


@pytest.mark.parametrize(("today", "over", "left"), [
    (date(2026, 3, 9), False, 5), (date(2026, 3, 10), False, 5), (date(2026, 3, 14), False, 1),
    (date(2026, 3, 16), False, 1), (date(2026, 3, 17), True, 0),
])
def test_a_notice_is_over_only_when_its_last_day_has_passed(today: date, over: bool, left: int) -> None:
    notice = period(date(2026, 3, 9))
    assert (notice.over_on(today), notice.workdays_left(today)) == (over, left)


@pytest.mark.parametrize("posted", [date(2026, 12, 25), date(2026, 12, 31), date(2027, 3, 1), date(2020, 6, 1)])
def test_a_period_beyond_the_calendar_is_refused_with_the_year_named(posted: date) -> None:
    with pytest.raises(BeyondCalendar, match="节假日安排的通知，不能推算工作日") as refused:
        period(posted)
    assert str(refused.value.year) in str(refused.value)


def test_a_period_that_ends_on_the_last_day_covered_is_counted() -> None:
    assert period(date(2026, 12, 24)).last_day == NATIONAL.last_day == date(2026, 12, 31)


def test_a_prefectures_own_holiday_stops_the_clock_there_and_nowhere_else() -> None:
    local = NATIONAL.with_regional(WATER_FESTIVAL)
    assert period(date(2026, 4, 9), calendar=local, area_code="532801100201").last_day == date(2026, 4, 17)
    assert period(date(2026, 4, 9), calendar=local, area_code="532601100201").last_day == date(2026, 4, 16)
    assert period(date(2026, 4, 9), calendar=local).last_day == date(2026, 4, 16)
    assert local.explain(date(2026, 4, 14), area_code="532801") == "泼水节放假（西双版纳州放假通知（样例））"


def test_a_holiday_for_part_of_the_people_does_not_stop_the_clock() -> None:
    some = DayOff(date(2026, 4, 14), "5328", "民族节日", "样例", DayOffScope.PART)
    assert NATIONAL.with_regional(some).is_workday(date(2026, 4, 14), area_code="532801")


def test_a_period_needs_a_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        period(date(2026, 3, 9), 0)


@given(posted=COVERED, days=st.integers(1, 15))
def test_the_last_day_is_worked_and_the_count_is_exact(posted: date, days: int) -> None:
    run = period(posted, days)
    assert posted < run.first_day <= run.last_day
    assert all(NATIONAL.is_workday(day) for day in run.counted) and len(run.counted) == days
    assert workdays_between(posted, run.last_day) == days
    assert len(run.counted) + len(run.skipped) == (run.last_day - posted).days
    assert add_workdays(posted, days) == run.last_day and add_workdays(posted, 0) == posted


@given(a=COVERED, b=COVERED)
def test_counting_backwards_is_the_negative(a: date, b: date) -> None:
    assert workdays_between(a, b) == -workdays_between(b, a)
