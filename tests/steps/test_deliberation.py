"""三(四) 评议: the list made known, who came, every opinion answered, the 两委's decision, measures per household and person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.measures import Measure
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import deliberation
from fanpin.steps.deliberation import Attendance, Planned
from tests.conftest import StandingClock
from tests.lists import HEADS, Road, cases_of, plan_for
from tests.world import World

GROUP1, GROUP2 = "第一村民小组", "第二村民小组"
BOTH = ((HEADS[0], "group1"), (HEADS[1], "group2"))


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


def when(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def lacking(session: Session, world: World, clock: StandingClock, village_list: VillageList) -> list[tuple[str, str]]:
    with pytest.raises(RequirementsNotMet) as refused:
        deliberation.submit(session, village_list, **when(world, clock))
    return [(item.subject, item.code) for item in refused.value.missing]


def test_a_list_is_the_villages_of_a_month_with_a_number_of_its_own(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    first = road.listed(BOTH[0])
    second = road.listed(BOTH[1])
    assert [row.number for row in (first, second)] == ["530628102202-202603-入1", "530628102202-202603-入2"]
    clock.set(date(2026, 4, 1))
    third = road.listed((HEADS[2], "group1"))
    assert (third.month, third.number) == ("2026-04", "530628102202-202604-入1")


def test_who_stands_on_a_list_stands_on_no_other_and_only_at_his_stage(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    on_list = cases_of(road.listed())[0]
    too_early = road.surveyed(HEADS[1])
    village = world.areas["village"]
    for cases in ([on_list], [too_early]):
        with pytest.raises(NotAllowedHere):
            deliberation.form_list(session, village, cases, procedure=Procedure.ENTERING, **when(world, clock))
    for area, cases in ((village, []), (world.areas["group1"], [on_list])):
        with pytest.raises(Invalid):
            deliberation.form_list(session, area, cases, procedure=Procedure.ENTERING, **when(world, clock))


def test_nothing_goes_on_before_all_of_the_clause_is_there_and_each_household_is_named(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.listed(*BOTH)
    found = lacking(session, world, clock, village_list)
    wanted = {"deliberation.announced", "deliberation.meeting", "deliberation.committee", "deliberation.plan", "plan.fits"}
    assert {code for _, code in found} == wanted
    assert {name for name, _ in found} == {HEADS[0], HEADS[1]}


def test_one_household_without_a_plan_holds_the_whole_list_and_is_named(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated(*BOTH)
    first, second = cases_of(village_list)
    deliberation.plan(session, second, plan_for(second)[:1], actor=world.actors["cun.gan"], now=clock.now())
    found = lacking(session, world, clock, village_list)
    assert {name for name, _ in found} == {HEADS[1]}
    assert {first.stage, second.stage} == {Stage.DELIBERATION}
    deliberation.plan(session, second, plan_for(second), actor=world.actors["cun.gan"], now=clock.now())
    deliberation.submit(session, village_list, **when(world, clock))
    assert {first.stage, second.stage} == {Stage.PUBLICITY}


def test_each_person_has_measures_or_a_word_that_none_are_needed(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated()
    case = cases_of(village_list)[0]
    rows = plan_for(case)
    deliberation.plan(session, case, rows[:-1], actor=world.actors["cun.gan"], now=clock.now())
    with pytest.raises(RequirementsNotMet, match="测试小花"):
        deliberation.submit(session, village_list, **when(world, clock))
    own = Planned(MeasureCategory.EDUCATION, "落实助学", member_id=case.household.members[2].id)
    deliberation.plan(session, case, [*rows[:-1], own], actor=world.actors["cun.gan"], now=clock.now())
    session.flush()
    assert len(session.scalars(select(Measure).where(Measure.case_id == case.id)).all()) == len(rows)
    deliberation.submit(session, village_list, **when(world, clock))


def test_measures_are_for_people_of_the_household_and_by_the_village(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    one, other = cases_of(road.listed(*BOTH))
    with pytest.raises(Invalid, match="不是本户成员"):
        deliberation.plan(session, one, [Planned(None, "", member_id=other.household.members[0].id)],
                          actor=world.actors["cun.gan"], now=clock.now())
    with pytest.raises(NotPermitted):
        deliberation.plan(session, one, plan_for(one), actor=world.actors["xiang.gan"], now=clock.now())


def test_a_plan_that_misses_the_risk_or_the_labour_does_not_go_on(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated()
    case = cases_of(village_list)[0]
    persons = [row for row in plan_for(case) if row.member_id is not None]
    for rows in ([Planned(MeasureCategory.EMPLOYMENT, "介绍务工")], [Planned(MeasureCategory.HEALTH, "大病救治", risk=Risk.ILLNESS)]):
        deliberation.plan(session, case, [*rows, *persons], actor=world.actors["cun.gan"], now=clock.now())
        assert lacking(session, world, clock, village_list) == [(HEADS[0], "plan.fits")]
        assert deliberation.plan_problems(session, case, today=clock.today())


def minutes(kind: MeetingKind, held_on: date, *came: Attendance, decided: bool = True) -> deliberation.Meeting:
    return deliberation.Meeting(kind=kind, held_on=held_on, place="村委会", host="周村干", recorder="吴驻村", attendance=came,
                                summary="逐户讨论", decided=decided, decision="同意" if decided else "")


def hold(session: Session, world: World, clock: StandingClock, village_list: VillageList, *came: Attendance,
         kind: MeetingKind = MeetingKind.DELIBERATION, who: str = "cun.gan", **changed: object) -> None:
    deliberation.meet(session, village_list, replace(minutes(kind, clock.today(), *came), **changed), **when(world, clock, who))


def but_for_the_meeting(session: Session, world: World, clock: StandingClock, road: Road) -> VillageList:
    village_list = road.listed(*BOTH)
    deliberation.announce(session, village_list, on=clock.today(), place="公开栏", **when(world, clock))
    for case in cases_of(village_list):
        deliberation.plan(session, case, plan_for(case), actor=world.actors["cun.gan"], now=clock.now())
    return village_list


ABSENT = [
    ("nobody of a group", (Attendance(GROUP1, 3, 8),), {(HEADS[1], "deliberation.meeting")}),
    ("no Party member", (Attendance(GROUP1, 0, 8), Attendance(GROUP2, 0, 8)),
     {(HEADS[0], "deliberation.meeting"), (HEADS[1], "deliberation.meeting")}),
    ("no head of household", (Attendance(GROUP1, 3, 0), Attendance(GROUP2, 2, 0)),
     {(HEADS[0], "deliberation.meeting"), (HEADS[1], "deliberation.meeting")}),
    ("only others of a group", (Attendance(GROUP1, 3, 8), Attendance(GROUP2, 0, 0, 9)), {(HEADS[1], "deliberation.meeting")}),
]


@pytest.mark.parametrize(("came", "missing"), [row[1:] for row in ABSENT], ids=[row[0] for row in ABSENT])
def test_party_members_and_heads_of_the_groups_concerned_attend(
        session: Session, world: World, clock: StandingClock, road: Road, came: tuple[Attendance, ...],
        missing: set[tuple[str, str]]) -> None:
    village_list = but_for_the_meeting(session, world, clock, road)
    hold(session, world, clock, village_list, *came)
    hold(session, world, clock, village_list, Attendance("参会人员", 5, 0), kind=MeetingKind.COMMITTEE)
    assert set(lacking(session, world, clock, village_list)) == missing


def test_groups_may_meet_each_on_its_own(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = but_for_the_meeting(session, world, clock, road)
    for group in (GROUP1, GROUP2):
        hold(session, world, clock, village_list, Attendance(group, 2, 9))
    hold(session, world, clock, village_list, Attendance("参会人员", 5, 0), kind=MeetingKind.COMMITTEE)
    deliberation.submit(session, village_list, **when(world, clock))
    assert {case.stage for case in cases_of(village_list)} == {Stage.PUBLICITY}


def test_the_committees_decide_after_the_meeting_and_must_have_decided(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated()
    seats = Attendance("参会人员", 5, 0)
    hold(session, world, clock, village_list, seats, kind=MeetingKind.COMMITTEE, held_on=clock.today() - timedelta(days=1))
    assert lacking(session, world, clock, village_list) == [(HEADS[0], "deliberation.committee")]
    hold(session, world, clock, village_list, seats, kind=MeetingKind.COMMITTEE, decided=False, decision="")
    assert lacking(session, world, clock, village_list) == [(HEADS[0], "deliberation.committee")]


@pytest.mark.parametrize("changed", [{"place": " "}, {"host": ""}, {"recorder": ""}, {"held_on": date(2026, 3, 3)},
                                     {"decision": " "}, {"attendance": ()}, {"attendance": (Attendance(GROUP1, -1, 3),)}])
def test_minutes_that_say_too_little_are_refused(session: Session, world: World, clock: StandingClock, road: Road,
                                                 changed: dict[str, object]) -> None:
    village_list = road.listed()
    with pytest.raises(Invalid):
        hold(session, world, clock, village_list, Attendance(GROUP1, 3, 8), **changed)


def test_the_list_is_made_known_with_place_and_day(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.listed()
    for on, place in ((clock.today(), " "), (clock.today() + timedelta(days=1), "公开栏")):
        with pytest.raises(Invalid):
            deliberation.announce(session, village_list, on=on, place=place, **when(world, clock))
    deliberation.announce(session, village_list, on=clock.today(), place="各组公开栏、微信群", **when(world, clock))
    assert (village_list.announced_on, village_list.announced_place) == (clock.today(), "各组公开栏、微信群")
    assert (HEADS[0], "deliberation.announced") not in lacking(session, world, clock, village_list)


def test_every_opinion_is_verified_and_answered_back_before_the_list_goes_on(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated(*BOTH)
    first, _ = cases_of(village_list)
    about_one, about_all = (deliberation.add_opinion(
        session, village_list, content="请核实", speaker="到会群众", raised_on=clock.today(), case=case, **when(world, clock))
        for case in (first, None))
    session.flush()
    assert set(lacking(session, world, clock, village_list)) == {(head, "deliberation.opinions") for head in HEADS[:2]}
    for verified, answer in ((" ", "已答复"), ("已核实", " ")):
        with pytest.raises(Invalid):
            deliberation.answer_opinion(session, about_all, verified=verified, answer=answer, answered_on=clock.today(),
                                        **when(world, clock))
    deliberation.answer_opinion(session, about_all, verified="已核实", answer="已答复", answered_on=clock.today(), **when(world, clock))
    assert lacking(session, world, clock, village_list) == [(HEADS[0], "deliberation.opinions")]
    deliberation.answer_opinion(session, about_one, verified="已核实", answer="已答复", answered_on=clock.today(), **when(world, clock))
    deliberation.submit(session, village_list, **when(world, clock))


def test_a_household_that_is_declined_leaves_with_a_reason_and_the_rest_goes_on(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated(*BOTH)
    declined, rest = cases_of(village_list)
    deliberation.decline(session, declined, reason="评议不同意", **when(world, clock))
    assert (declined.stage, declined.reason) == (Stage.NOT_PROPOSED, "评议不同意")
    deliberation.submit(session, village_list, **when(world, clock))
    assert (rest.stage, cases_of(village_list)) == (Stage.PUBLICITY, [rest])


def test_a_returned_household_leaves_its_list_and_the_others_go_on(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated(*BOTH)
    returned, rest = cases_of(village_list)
    deliberation.send_back(session, returned, Action.DELIBERATION_RETURN, {
        "reason": "人口不清", "field": "人口", "rule": "三(三)", "evidence_expected": "户口簿"}, **when(world, clock))
    deliberation.submit(session, village_list, **when(world, clock))
    assert (returned.stage, rest.stage, cases_of(village_list)) == (Stage.SURVEY, Stage.PUBLICITY, [rest])


def test_the_village_alone_leads_its_list(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated()
    for who in ("xiang.gan", "xiang.zhang", "xian.ban", "zu.zhang", "lin.cun"):
        with pytest.raises(NotPermitted):
            deliberation.submit(session, village_list, **when(world, clock, who))


def test_what_has_gone_on_takes_no_meeting_any_more(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.deliberated()
    deliberation.submit(session, village_list, **when(world, clock))
    with pytest.raises(NotAllowedHere):
        hold(session, world, clock, village_list, Attendance(GROUP1, 3, 8))
    case: Case = cases_of(village_list)[0]
    with pytest.raises(NotAllowedHere):
        deliberation.plan(session, case, plan_for(case), actor=world.actors["cun.gan"], now=clock.now())
