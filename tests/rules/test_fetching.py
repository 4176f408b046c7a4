"""By themselves: once in each period, from its hour on; and whole again long before absence means anything no more."""

from datetime import date, datetime

import pytest

from fanpin.rules.deliveries import FRESH_DAYS
from fanpin.rules.fetching import LONGEST_WHOLE_DAYS, Rhythm, is_stale, period, whole_due


@pytest.mark.parametrize(("rhythm", "hour", "local", "begun"), [
    (Rhythm.DAILY, 2, datetime(2026, 3, 2, 1, 59), date(2026, 3, 1)), (Rhythm.DAILY, 2, datetime(2026, 3, 2, 2, 0), date(2026, 3, 2)),
    (Rhythm.WEEKLY, 2, datetime(2026, 3, 2, 1, 0), date(2026, 2, 23)), (Rhythm.WEEKLY, 2, datetime(2026, 3, 8, 23, 0), date(2026, 3, 2)),
    (Rhythm.MONTHLY, 6, datetime(2026, 3, 1, 5, 0), date(2026, 2, 1)), (Rhythm.MONTHLY, 6, datetime(2026, 3, 31, 5, 0), date(2026, 3, 1)),
    (Rhythm.NEVER, 0, datetime(2026, 3, 2, 12, 0), None)])
def test_a_period_begins_at_its_hour(rhythm: Rhythm, hour: int, local: datetime, begun: date | None) -> None:
    assert period(rhythm, hour, local) == begun


@pytest.mark.parametrize(("last", "due"), [(None, True), (date(2026, 1, 31), True), (date(2026, 2, 1), False), (date(2026, 3, 2), False)])
def test_the_whole_is_fetched_again_after_its_days(last: date | None, due: bool) -> None:
    assert whole_due(last, 30, today=date(2026, 3, 2)) is due


def test_a_whole_register_is_fetched_again_before_it_is_stale() -> None:
    assert LONGEST_WHOLE_DAYS < FRESH_DAYS


@pytest.mark.parametrize(("mark", "stale"), [
    ("t:2025-12-01T08:00:00", True), ("d:2025-12-01", True), ("s:2025-12-01 08:00", True), ("d:2025-12-02", False),
    ("n:20251201", False), ("s:A-17", False), ("", False)])
def test_a_register_to_which_nothing_came_for_long_is_stale_where_its_mark_tells_the_day(mark: str, stale: bool) -> None:
    assert is_stale(mark, today=date(2026, 3, 2)) is stale
