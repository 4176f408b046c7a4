"""二(四) 防范措施 and 帮扶举措 are two records; numbers by event and by area; relocation communities; rectification."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.events import Event, EventPlan
from fanpin.models.rectification import Rectification
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted
from fanpin.rules.regional import Cause, EventState, ExposureResult, HelpedWho, Indicator, RectificationState, SizeClass
from fanpin.steps import rectification, regional, regional_help, regional_numbers, relocation
from tests.builders import a_case
from tests.conftest import StandingClock
from tests.counting import statements
from tests.later import a_helped_case
from tests.steps.test_regional import TODAY, Valley
from tests.world import World


@pytest.fixture
def valley(session: Session, world: World, clock: StandingClock) -> Valley:
    return Valley(session, world, clock)


@pytest.fixture
def event(valley: Valley) -> Event:
    return valley.enter("xian.ban", "county")


def a_plan(valley: Valley, event: Event, who: str, **changed: object) -> EventPlan:
    given = {"measures": "组织核损、补种", "unit": "县农业农村局", "person": "何局长", "due_on": TODAY + timedelta(days=5)} | changed
    valley.act_as(who)
    return regional_help.plan(valley.session, event, regional_help.Planned(**given), actor=valley.world.actors[who],
                              now=valley.clock.now(), today=TODAY)


def a_response(valley: Valley, event: Event, who: str, of_plan: EventPlan | None = None, **changed: object):
    given = {"done": "发放种苗", "done_on": TODAY, "helped": HelpedWho.EXPOSED, "evidence": "发放表"} | changed
    valley.act_as(who)
    return regional_help.respond(valley.session, event, regional_help.Responded(**given), of_plan=of_plan,
                                 actor=valley.world.actors[who], now=valley.clock.now(), today=TODAY)


def standing(valley: Valley, event: Event) -> regional_numbers.Standing:
    valley.act_as("xian.ban")
    return regional_numbers.standings(valley.session, [event], path=valley.world.areas["county"].path, today=TODAY)[0]


@pytest.mark.parametrize("who", ["cun.gan", "xiang.zhang", "xian.ban", "ling.dao", "bm.agriculture", "zhou.shi", "sheng.ban"])
def test_every_level_and_department_plans_and_responds(valley: Valley, event: Event, who: str) -> None:
    plan = a_plan(valley, event, who)
    assert plan.area_path == valley.world.actors[who].area_path and standing(valley, event).state is EventState.PLANNED
    response = a_response(valley, event, who, plan, finishes=True)
    assert (response.plan_id, plan.done_on) == (plan.id, TODAY)
    assert standing(valley, event).state is EventState.RESPONDING


def test_a_plan_names_unit_person_and_a_day_that_has_not_passed(valley: Valley, event: Event) -> None:
    for changed, field in (({"unit": ""}, "unit"), ({"person": " "}, "person"), ({"measures": ""}, "measures"),
                           ({"due_on": TODAY - timedelta(days=1)}, "due_on")):
        with pytest.raises(Invalid) as refused:
            a_plan(valley, event, "xian.ban", **changed)
        assert list(refused.value.problems) == [field]


def test_a_response_counts_the_households_of_its_own_area_from_the_list(valley: Valley, event: Event) -> None:
    valley.act_as("cun.gan")
    when = {"actor": valley.world.actors["cun.gan"], "now": valley.clock.now(), "today": TODAY}
    regional.look(valley.session, event, valley.first, visited_on=TODAY, result=ExposureResult.AT_RISK, note="绝收", **when)
    regional.look(valley.session, event, valley.second, visited_on=TODAY, result=ExposureResult.AFFECTED, note="减产", **when)
    counted = [a_response(valley, event, who, helped=helped).households for who, helped in (
        ("cun.gan", HelpedWho.AT_RISK), ("cun.gan", HelpedWho.AFFECTED), ("cun.gan", HelpedWho.EXPOSED),
        ("xian.ban", HelpedWho.EXPOSED), ("bm.agriculture", HelpedWho.EXPOSED), ("lin.cun", HelpedWho.AT_RISK))]
    assert counted == [1, 2, 2, 3, 3, 0]
    assert a_response(valley, event, "cun.gan", helped=HelpedWho.OTHERS, households=7, helped_note="沿河散户").households == 7


@pytest.mark.parametrize(("changed", "field"), [
    ({"done": ""}, "done"), ({"evidence": ""}, "evidence"), ({"done_on": date(2026, 3, 3)}, "done_on"),
    ({"helped": HelpedWho.OTHERS}, "households"), ({"helped": HelpedWho.OTHERS, "households": 1}, "helped_note"),
    ({"finishes": True}, "plan")])
def test_a_response_that_lacks_something_is_refused(valley: Valley, event: Event, changed: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        a_response(valley, event, "xian.ban", **changed)
    assert field in refused.value.problems


def test_a_plan_of_the_county_is_carried_out_by_the_village_and_ended_by_the_county(valley: Valley, event: Event) -> None:
    plan = a_plan(valley, event, "xian.ban")
    assert a_response(valley, event, "cun.gan", plan).plan_id == plan.id
    with pytest.raises(Invalid, match="由上级制定"):
        a_response(valley, event, "cun.gan", plan, finishes=True)
    a_response(valley, event, "xian.ban", plan, finishes=True)
    with pytest.raises(AlreadyHandled):
        a_response(valley, event, "xian.ban", plan, finishes=True)


def test_a_plan_that_nobody_carried_out_is_overdue_after_its_day(valley: Valley, event: Event) -> None:
    a_plan(valley, event, "xian.ban", due_on=TODAY)
    path = valley.world.areas["county"].path
    late = [regional_numbers.standings(valley.session, [event], path=path, today=TODAY + timedelta(days=days))[0].overdue for days in (0, 1)]
    assert late == [0, 1]


# Numbers.

def test_numbers_say_how_many_are_exposed_looked_at_with_risk_and_monitored(valley: Valley, event: Event) -> None:
    a_helped_case(valley.session, valley.world, now=valley.clock.now(), today=TODAY, entered=True, household=valley.first)
    valley.act_as("cun.gan")
    regional.look(valley.session, event, valley.first, visited_on=TODAY, result=ExposureResult.AT_RISK, note="绝收",
                  actor=valley.world.actors["cun.gan"], now=valley.clock.now(), today=TODAY)
    valley.act_as("xian.ban")
    found = regional_numbers.by_area(valley.session, event, valley.world.areas["township"])
    assert [(area.name, numbers.exposed, numbers.looked, numbers.affected, numbers.at_risk, numbers.monitored, numbers.owed)
            for area, numbers in found] == [("洛泽河村民委员会", 2, 1, 1, 1, 1, 1), ("发路村民委员会", 1, 0, 0, 0, 0, 1)]
    assert standing(valley, event).numbers == regional_numbers.Numbers(3, 1, 1, 1, 1)


def test_the_board_counts_by_area_in_as_many_statements_for_two_as_for_many(valley: Valley, event: Event) -> None:
    asked = []
    for place, who in (("township", "xiang.gan"), ("prefecture", "zhou.shi")):
        valley.act_as(who)
        with statements() as found:
            rows = regional_numbers.board(valley.session, valley.world.areas[place], today=TODAY)
        asked.append(len(found))
    assert asked[0] == asked[1] <= 5
    assert {row.area.name: (row.events, row.numbers.exposed) for row in rows} == {"彝良县": (1, 3), "镇雄县": (0, 0)}


# Relocation communities.

@pytest.fixture
def community(valley: Valley):
    row = relocation.register(
        valley.session, valley.world.areas["township"], name="幸福家园", address="镇上", size_class=SizeClass.LARGE,
        size_source="彝搬〔2019〕2号", actor=valley.world.actors["xian.ban"], now=valley.clock.now())
    valley.session.commit()
    return row


def a_figure(valley: Valley, community, month: str, part: int, whole: int = 100, who: str = "xian.ban",
             indicator: Indicator = Indicator.EMPLOYMENT):
    valley.act_as(who)
    return relocation.record(valley.session, community, indicator=indicator, month=month, part=part, whole=whole,
                             source="人社部门月报", note="", actor=valley.world.actors[who], now=valley.clock.now(), today=TODAY)


def community_of(valley: Valley, who: str = "xian.ban") -> relocation.CommunityStanding:
    valley.act_as(who)
    return relocation.standings(valley.session, path=valley.world.actors[who].area_path)[0]


def test_a_community_carries_two_indicators_with_their_history_and_a_fall_is_an_alarm(valley: Valley, community) -> None:
    assert community_of(valley).alarm is False
    a_figure(valley, community, "2026-01", 92), a_figure(valley, community, "2026-02", 92)
    a_figure(valley, community, "2026-02", 80, indicator=Indicator.INTEGRATION)
    assert [row.worse for row in community_of(valley).indicators] == [False, False]
    a_figure(valley, community, "2026-02", 88, who="bm.human-resources")
    found = community_of(valley)
    assert [row.worse for row in found.indicators] == [True, False] and found.alarm
    assert (found.indicators[0].before.part, found.indicators[0].latest.part) == (92, 88)
    history = relocation.months(valley.session, [community.id])[community.id, Indicator.EMPLOYMENT]
    assert [(row.month, row.part) for row in history] == [("2026-02", 88), ("2026-01", 92)]


def test_an_alarm_ends_when_it_was_made_an_event(valley: Valley, community) -> None:
    a_figure(valley, community, "2026-01", 92), a_figure(valley, community, "2026-02", 91)
    event = valley.enter("xian.ban", "county", exposed_by=regional.ExposedBy.COMMUNITY, community=community)
    found = community_of(valley)
    assert (found.alarm, found.event.id) == (False, event.id)


@pytest.mark.parametrize(("month", "part", "whole", "field"), [
    ("2026-02", 1, 0, "whole"), ("2026-02", 11, 10, "part"), ("2026-04", 1, 10, "month")])
def test_a_figure_that_cannot_be_is_refused(valley: Valley, community, month: str, part: int, whole: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        a_figure(valley, community, month, part, whole)
    assert field in refused.value.problems


def test_spellings_become_one_community_and_no_spelling_means_two(valley: Valley, community) -> None:
    valley.first.relocation_community, valley.second.relocation_community = "幸福家园小区", "幸福家园"
    valley.other.relocation_community = "幸福家园"
    valley.act_as("xian.ban")
    path, analyst = valley.world.areas["county"].path, valley.world.actors["xian.ban"]
    assert relocation.unattached(valley.session, path=path) == [("幸福家园小区", 1)]
    assert community_of(valley).households == 1
    relocation.attach(valley.session, community, "幸福家园小区", actor=analyst, now=valley.clock.now())
    assert relocation.unattached(valley.session, path=path) == [] and community_of(valley).households == 2
    with pytest.raises(Invalid, match="已经归入"):
        relocation.attach(valley.session, community, "幸福家园小区", actor=analyst, now=valley.clock.now())
    with pytest.raises(Invalid, match="已经归入"):
        relocation.register(valley.session, valley.world.areas["township"], name="幸福家园小区", address="", actor=analyst,
                            size_class=SizeClass.MEDIUM, size_source="x", now=valley.clock.now())
    relocation.detach(valley.session, community, "幸福家园小区", actor=analyst, now=valley.clock.now())
    with pytest.raises(Invalid):
        relocation.detach(valley.session, community, "幸福家园", actor=analyst, now=valley.clock.now())
    assert community_of(valley, "cun.gan").households == 1 and relocation.names(valley.session) == ["幸福家园"]
    valley.act_as("wai.xian")
    assert relocation.names(valley.session) == []
    assert relocation.unattached(valley.session, path=valley.world.areas["other_county"].path) == [("幸福家园", 1)]


def test_who_may_not_register_a_community(valley: Valley) -> None:
    for who, place, error in (("cun.gan", "village", NotPermitted), ("xian.ban", "county", Invalid), ("wai.xian", "township", Invalid)):
        with pytest.raises(error):
            relocation.register(valley.session, valley.world.areas[place], name="甲", address="", size_class=SizeClass.LARGE,
                                size_source="x", actor=valley.world.actors[who], now=valley.clock.now())


# Rectification.

def a_task(valley: Valley, subject: object, who: str = "xian.ban", **changed: object) -> Rectification:
    given = {"cause": Cause.WORK, "finding": "去年大病没有发现", "demand": "补做排查", "area": valley.world.areas["village"],
             "due_on": TODAY + timedelta(days=7)} | changed
    valley.act_as(who)
    return rectification.give(valley.session, subject, rectification.Task(**given), actor=valley.world.actors[who],
                              now=valley.clock.now(), today=TODAY)


def mend(valley: Valley, row: Rectification, who: str, **changed: object) -> None:
    given = {"result": "已补查12户", "done_on": TODAY, "evidence_file_id": None} | changed
    valley.act_as(who)
    rectification.mend(valley.session, row, actor=valley.world.actors[who], now=valley.clock.now(), today=TODAY, **given)


def verify(valley: Valley, row: Rectification, who: str, *, passed: bool = True, verdict: str = "现场看过") -> None:
    valley.act_as(who)
    rectification.verify(valley.session, row, passed=passed, verdict=verdict, actor=valley.world.actors[who],
                         now=valley.clock.now(), today=TODAY)


@pytest.mark.parametrize("who", ["xiang.gan", "xian.ban", "zhou.shi"])
def test_county_township_and_prefecture_record_the_cause_on_a_case_or_an_event(valley: Valley, event: Event, who: str) -> None:
    case = a_case(valley.session, valley.world, now=valley.clock.now(), today=TODAY, household=valley.first)
    of_case, of_event = a_task(valley, case, who), a_task(valley, event, who)
    assert (of_case.case_id, of_case.event_id, of_event.event_id) == (case.id, None, event.id)
    assert of_case.about == f"测试甲户（{case.code}）" and of_event.unit == "洛泽河村民委员会"


@pytest.mark.parametrize("who", ["cun.gan", "bm.health", "sheng.ban", "jian.cha"])
def test_nobody_else_gives_such_a_task(valley: Valley, event: Event, who: str) -> None:
    with pytest.raises(NotPermitted):
        a_task(valley, event, who)


def test_a_task_is_mended_by_its_unit_and_verified_by_somebody_else(valley: Valley, event: Event) -> None:
    row = a_task(valley, event)
    for who in ("lin.cun", "xiang.gan", "xian.ban", "bm.health"):
        with pytest.raises((NotPermitted, NotAllowedHere)):
            mend(valley, row, who)
    with pytest.raises(NotAllowedHere, match="还没有登记结果"):
        verify(valley, row, "xiang.gan")
    mend(valley, row, "cun.gan")
    with pytest.raises(AlreadyHandled):
        mend(valley, row, "zhu.cun")
    verify(valley, row, "xiang.gan", passed=False, verdict="还差3户")
    assert (row.state, row.returns) == (RectificationState.OPEN, 1)
    mend(valley, row, "cun.gan")
    verify(valley, row, "xiang.gan")
    assert row.state is RectificationState.VERIFIED
    with pytest.raises(AlreadyHandled):
        verify(valley, row, "xian.ban")


def test_a_township_is_verified_from_above_and_the_county_by_another_person(valley: Valley, event: Event) -> None:
    row = a_task(valley, event, area=valley.world.areas["township"])
    mend(valley, row, "xiang.gan")
    for who, said in (("xiang.gan", "须由另一人核验"), ("xiang.zhang", "由上一级核验")):
        with pytest.raises(NotPermitted, match=said):
            verify(valley, row, who)
    verify(valley, row, "xian.ban")
    own = a_task(valley, event, area=valley.world.areas["county"])
    mend(valley, own, "xian.ban")
    with pytest.raises(NotPermitted, match="另一人"):
        verify(valley, own, "xian.ban")
    verify(valley, own, "xian.zhang")
    assert own.state is RectificationState.VERIFIED


def test_a_department_sees_and_mends_its_own_task_only(valley: Valley, event: Event) -> None:
    row = a_task(valley, event, area=valley.world.areas["county"], department="health")
    a_task(valley, event, area=valley.world.areas["county"], department="education")
    valley.act_as("bm.health")
    assert [task.unit for task in valley.session.scalars(select(Rectification))] == ["彝良县卫健部门"]
    for who in ("bm.education", "xian.ban"):
        with pytest.raises(NotAllowedHere, match="由彝良县卫健部门办理"):
            mend(valley, row, who)
    mend(valley, row, "bm.health")
    verify(valley, row, "xian.ban")
    assert row.state is RectificationState.VERIFIED


@pytest.mark.parametrize(("who", "changed", "field"), [
    ("xian.ban", {"finding": ""}, "finding"), ("xian.ban", {"demand": ""}, "demand"), ("xian.ban", {"due_on": TODAY - timedelta(days=1)}, "due_on"),
    ("xiang.gan", {"area": "county"}, "unit"), ("xian.ban", {"area": "group1"}, "unit"), ("xian.ban", {"area": "village", "department": "health"}, "unit"),
    ("xian.ban", {"area": "other_village"}, "unit")])
def test_a_task_that_lacks_something_is_refused(valley: Valley, event: Event, who: str, changed: dict, field: str) -> None:
    if "area" in changed:
        changed = changed | {"area": valley.world.areas[changed["area"]]}
    with pytest.raises(Invalid) as refused:
        a_task(valley, event, who, **changed)
    assert field in refused.value.problems


def test_the_board_counts_tasks_until_they_are_verified(valley: Valley, event: Event) -> None:
    row = a_task(valley, event, due_on=TODAY)
    a_task(valley, event)
    valley.act_as("xian.ban")
    board = {found.area.name: found for found in regional_numbers.board(
        valley.session, valley.world.areas["county"], today=TODAY + timedelta(days=1))}
    assert (board["洛泽河镇"].tasks, board["洛泽河镇"].tasks_overdue, board["洛泽河镇"].tasks_verified) == (2, 1, 0)
    mend(valley, row, "cun.gan")
    verify(valley, row, "xian.ban")
    board = {found.area.name: found for found in regional_numbers.board(valley.session, valley.world.areas["county"], today=TODAY)}
    assert (board["洛泽河镇"].tasks, board["洛泽河镇"].tasks_verified) == (1, 1)


def test_a_years_figures_count_events_households_and_tasks_of_the_area(valley: Valley, event: Event) -> None:
    mend(valley, a_task(valley, event), "cun.gan")
    valley.act_as("cun.gan")
    regional.look(valley.session, event, valley.first, visited_on=TODAY, result=ExposureResult.AT_RISK, note="绝收",
                  actor=valley.world.actors["cun.gan"], now=valley.clock.now(), today=TODAY)
    valley.act_as("xian.ban")
    year = {place: regional_numbers.of_year(valley.session, valley.world.areas[place], first=date(2026, 1, 1), last=date(2026, 12, 31))
            for place in ("county", "sibling_village")}
    assert year["county"] == regional_numbers.YearNumbers(1, 0, 3, 1, 1, 1, 0)
    assert year["sibling_village"] == regional_numbers.YearNumbers(1, 0, 1, 0, 0, 0, 0)
    before = regional_numbers.of_year(valley.session, valley.world.areas["county"], first=date(2025, 1, 1), last=date(2025, 12, 31))
    assert before == regional_numbers.YearNumbers(0, 0, 0, 0, 0, 0, 0)
