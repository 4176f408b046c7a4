"""二(四) The small rules of events: areas in areas, states, shares that fall."""

import pytest

from fanpin.rules.areas import AreaLevel
from fanpin.rules.duties import KINDS
from fanpin.rules.regional import (
    REPORTED_KINDS,
    EventKind,
    EventState,
    ExposedBy,
    Indicator,
    above,
    common,
    outermost,
    share_in_tenths,
    state_of,
    worsened,
)


def test_the_policys_words_are_all_kinds_of_event() -> None:
    titles = {kind.title for kind in EventKind}
    assert titles >= {"气象灾害", "地震灾害", "地质灾害", "森林草原火灾", "生物灾害", "大宗农副产品价格持续大幅下滑", "农村劳动力失业明显增多",
                      "乡村产业项目失败"}


def test_facts_that_tell_of_an_event_are_such_as_departments_provide_of_households() -> None:
    told = {kind for kinds in REPORTED_KINDS.values() for kind in kinds}
    assert told and {KINDS[kind].basis.value for kind in told} == {"duty"}


@pytest.mark.parametrize(("paths", "expected"), [
    (["/1/2/", "/1/2/3/", "/1/20/"], ["/1/2/", "/1/20/"]), (["/1/2/3/", "/1/2/3/"], ["/1/2/3/"]), ([], []),
    (["/1/2/30/", "/1/2/3/"], ["/1/2/3/", "/1/2/30/"])])
def test_an_area_within_another_is_left_out(paths: list[str], expected: list[str]) -> None:
    assert outermost(paths) == expected


@pytest.mark.parametrize(("paths", "expected"), [
    (["/1/2/3/"], "/1/2/3/"), (["/1/2/3/", "/1/2/30/"], "/1/2/"), (["/1/2/", "/1/2/3/"], "/1/2/"), (["/1/2/", "/9/2/"], ""), ([], "")])
def test_the_smallest_common_area(paths: list[str], expected: str) -> None:
    assert common(paths) == expected


@pytest.mark.parametrize(("closed", "plans", "responses", "state"), [
    (False, 0, 0, EventState.WATCHING), (False, 1, 0, EventState.PLANNED), (False, 1, 2, EventState.RESPONDING),
    (False, 0, 1, EventState.RESPONDING), (True, 0, 0, EventState.CLOSED)])
def test_the_state_follows_from_what_is_on_record(closed: bool, plans: int, responses: int, state: EventState) -> None:
    assert state_of(closed=closed, plans=plans, responses=responses) is state


@pytest.mark.parametrize(("before", "now", "worse"), [
    ((90, 100), (89, 100), True), ((90, 100), (90, 100), False), ((90, 100), (45, 50), False), ((1, 3), (33, 100), True),
    (None, (1, 2), False), ((1, 2), (0, 0), False), ((0, 0), (1, 2), False)])
def test_any_fall_of_a_share_is_a_fall(before: tuple[int, int] | None, now: tuple[int, int], worse: bool) -> None:
    assert worsened(before, now) is worse


@pytest.mark.parametrize(("part", "whole", "tenths"), [(1, 3, 333), (2, 3, 667), (5, 5, 1000), (0, 7, 0), (1, 0, None)])
def test_a_share_is_told_to_a_tenth_of_a_percent(part: int, whole: int, tenths: int | None) -> None:
    assert share_in_tenths(part, whole) == tenths


def test_each_level_has_one_above_but_the_province() -> None:
    assert [above(level) for level in AreaLevel] == [None, *list(AreaLevel)[:-1]]


def test_only_what_is_looked_for_by_a_word_asks_for_one() -> None:
    assert [by for by in ExposedBy if by.asks] == [ExposedBy.GROWERS, ExposedBy.WORKERS, ExposedBy.PROJECT]
    assert all(indicator.part and indicator.whole for indicator in Indicator)
