"""Numbers that the policy leaves open: a default with its source, and areas that may only make more warnings."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.rules.sheet import months_before
from fanpin.rules.thresholds import THRESHOLDS, LocalThreshold, resolve, resolve_all, stricter_problem

DAY = date(2026, 3, 2)
COUNTY, OTHER, PREFECTURE = "/1/2/3/", "/1/2/4/", "/1/2/"


def local(value: int, *, area: str = COUNTY, name: str = "演示县", since: date = date(2026, 1, 1),
          key: str = "medical_paid") -> LocalThreshold:
    return LocalThreshold(key, area, name, value, f"演政发〔2026〕{value}号", since)


def test_without_a_local_number_the_default_says_where_it_comes_from() -> None:
    found = resolve("medical_paid", [], area_path=COUNTY, on=DAY)
    assert (found.value, found.whose) == (2_000_000, "默认") and "政策未规定" in found.document
    assert found.said.startswith("默认标准20,000元（")


def test_an_areas_stricter_number_is_in_force_from_its_day_with_its_document() -> None:
    rows = [local(1_500_000)]
    assert resolve("medical_paid", rows, area_path=COUNTY, on=date(2025, 12, 31)).value == 2_000_000
    found = resolve("medical_paid", rows, area_path=COUNTY, on=DAY)
    assert found.said == "演示县标准15,000元（演政发〔2026〕1500000号）"


def test_a_neighbours_number_means_nothing_here_and_a_prefectures_reaches_its_counties() -> None:
    assert resolve("medical_paid", [local(100, area=OTHER)], area_path=COUNTY, on=DAY).value == 2_000_000
    assert resolve("medical_paid", [local(900_000, area=PREFECTURE)], area_path=COUNTY, on=DAY).value == 900_000


def test_the_strictest_of_all_levels_counts_and_of_one_level_the_newest() -> None:
    rows = [local(900_000, area=PREFECTURE), local(1_500_000), local(1_000_000, since=date(2026, 2, 1))]
    assert resolve("medical_paid", rows, area_path=COUNTY, on=DAY).value == 900_000
    assert resolve("medical_paid", rows[1:], area_path=COUNTY, on=DAY).value == 1_000_000
    assert resolve("medical_paid", [rows[2], local(1_800_000, since=DAY)], area_path=COUNTY, on=DAY).value == 1_800_000


@pytest.mark.parametrize(("key", "value", "said"), [
    ("medical_paid", 2_000_001, "只能使预警更多"), ("medical_paid", 0, "大于0"), ("car", 5, "没有这一项"),
])
def test_a_number_that_would_make_fewer_warnings_is_refused(key: str, value: int, said: str) -> None:
    assert said in stricter_problem(key, value)


def test_a_stricter_number_is_taken() -> None:
    assert stricter_problem("medical_paid", 1) == "" == stricter_problem("relief_urgent", 1)


@given(st.lists(st.tuples(st.sampled_from(sorted(THRESHOLDS)), st.integers(1, 10**9), st.sampled_from(
    [COUNTY, OTHER, PREFECTURE, "/"]), st.dates(date(2025, 1, 1), date(2027, 1, 1)))))
def test_whatever_areas_set_no_number_is_ever_looser_than_its_default(rows: list[tuple[str, int, str, date]]) -> None:
    known = [local(value, key=key, area=area, since=since) for key, value, area, since in rows]
    for key, found in resolve_all(known, area_path=COUNTY, on=DAY).items():
        assert found.value <= THRESHOLDS[key].default


@pytest.mark.parametrize(("day", "months", "expected"), [
    (date(2026, 3, 2), 1, date(2026, 2, 2)), (date(2026, 3, 31), 1, date(2026, 2, 28)), (date(2026, 1, 15), 1, date(2025, 12, 15)),
    (date(2024, 3, 31), 1, date(2024, 2, 29)), (date(2026, 1, 31), 12, date(2025, 1, 31)), (date(2026, 2, 28), 3, date(2025, 11, 28)),
])
def test_a_month_before_is_the_same_day_or_that_months_last(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected
