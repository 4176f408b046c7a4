"""Lines: who sets them and how low they may be. Progress: what is counted, what is late, for whom how exactly."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from fanpin import authorization
from fanpin.models.scoped import set_scope
from fanpin.rules.lines import LineFactor
from fanpin.rules.refusals import Invalid, NotPermitted
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import oversight
from fanpin.steps.progress import Column, Overdue, progress
from tests.conftest import StandingClock
from tests.counting import statements
from tests.later import a_helped_case, stand_at
from tests.world import World

FACTORS = {factor.value: "已综合考虑" for factor in LineFactor}


def set_line(session: Session, world: World, clock: StandingClock, who: str = "sheng.ban", place: str = "province",
             **changed):
    values = {"year": 2026, "amount": 900_000, "document": "云农办通〔2026〕1号", "decided_on": date(2026, 1, 20),
              "factors": FACTORS} | changed
    return oversight.set_line(session, world.areas[place], actor=world.actors[who], now=clock.now(), today=clock.today(),
                              **values)


def test_province_and_prefecture_set_their_own_lines(session: Session, world: World, clock: StandingClock) -> None:
    set_line(session, world, clock)
    set_line(session, world, clock, "zhou.shi", "prefecture", amount=950_000)
    found = oversight.line_for(session, world.areas["village"].path, clock.today())
    assert (found.amount, found.stale) == (950_000, False)


@pytest.mark.parametrize(("who", "place"), [("zhou.shi", "province"), ("sheng.ban", "prefecture"), ("xian.zhang", "province")])
def test_nobody_sets_the_line_of_another_area(session: Session, world: World, clock: StandingClock, who: str,
                                              place: str) -> None:
    set_line(session, world, clock)
    with pytest.raises(NotPermitted):
        set_line(session, world, clock, who, place)


@pytest.mark.parametrize(("changed", "field"), [
    ({"amount": 599_999}, "amount"), ({"factors": {"prices": "x"}}, "factors"), ({"document": ""}, "document"),
    ({"decided_on": date(2026, 3, 3)}, "decided_on"), ({"year": 1999}, "year"), ({"year": 9999}, "year"),
])
def test_a_line_that_breaks_a_rule_is_refused(session: Session, world: World, clock: StandingClock, changed: dict,
                                              field: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_line(session, world, clock, **changed)
    assert field in refused.value.problems


def test_a_prefecture_is_never_below_the_province(session: Session, world: World, clock: StandingClock) -> None:
    with pytest.raises(Invalid, match="请先由省级确定"):
        set_line(session, world, clock, "zhou.shi", "prefecture")
    set_line(session, world, clock)
    with pytest.raises(Invalid, match="不得低于全省监测底线"):
        set_line(session, world, clock, "zhou.shi", "prefecture", amount=899_900)


@pytest.mark.parametrize(("day", "overdue"), [(date(2026, 1, 31), False), (date(2026, 2, 1), True)])
def test_the_province_owes_its_line_in_january_and_a_prefecture_none(
        session: Session, world: World, day: date, overdue: bool) -> None:
    standings, _ = oversight.standings(session, world.areas["village"].path, today=day)
    assert [(row.area.name, row.overdue) for row in standings] == [("云南省", overdue), ("昭通市", False)]


def test_a_prefecture_overtaken_by_the_province_is_named(session: Session, world: World, clock: StandingClock) -> None:
    set_line(session, world, clock)
    set_line(session, world, clock, "zhou.shi", "prefecture", amount=910_000)
    set_line(session, world, clock, amount=920_000)
    standings, rows = oversight.standings(session, world.areas["prefecture"].path, today=clock.today())
    assert [row.below_province for row in standings] == [False, True] and len(rows) == 2


def test_progress_counts_by_area_what_stands_where(session: Session, world: World, clock: StandingClock) -> None:
    helped, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    leaving, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    stand_at(session, leaving, Stage.PUBLICITY, procedure=Procedure.LEAVING)
    total, rows = progress(session, world.areas["township"], today=clock.today())
    assert (total.stages[Column.ASSISTANCE], total.stages[Column.LEAVING], total.monitored) == (1, 1, 2)
    assert {row.area.name: row.monitored for row in rows} == {"洛泽河村民委员会": 2, "发路村民委员会": 0}
    assert helped.area_path.startswith(rows[0].area.path)


def test_progress_counts_what_is_late(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), days_ago=13)
    county = world.areas["county"]
    total, _ = progress(session, county, today=clock.today())
    assert total.late == 0
    case.stage_since = clock.today() - timedelta(days=32)
    session.flush()
    total, _ = progress(session, county, today=clock.today() + timedelta(days=2))
    assert total.overdue == {Overdue.ENTRY: 1, Overdue.INQUIRY: 0, Overdue.DIRECT: 0, Overdue.VISIT: 1, Overdue.REVIEW: 0}
    total, rows = progress(session, world.areas["group1"], today=clock.today() + timedelta(days=380))
    assert total.overdue[Overdue.REVIEW] == 1 and rows == []


def test_progress_stays_within_the_scope(session: Session, world: World, clock: StandingClock) -> None:
    a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    session.flush()
    set_scope(session, authorization.scope_for(world.actors["wai.xian"]))
    total, _ = progress(session, world.areas["prefecture"], today=clock.today())
    assert total.monitored == 0


def test_progress_asks_as_much_for_two_counties_as_for_one_prefecture(session: Session, world: World, clock: StandingClock) -> None:
    asked = []
    progress(session, world.areas["prefecture"], today=clock.today())
    for place in ("prefecture", "province"):
        with statements() as found:
            progress(session, world.areas[place], today=clock.today())
        asked.append(len(found))
    assert asked[0] == asked[1] <= 7
