"""三(五) 乡镇审核: spot check, 专题会议, measures per household, report to the county; all of the list or nothing."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.township import SpotCheck
from fanpin.models.users import Grant, User
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.roles import Role
from fanpin.rules.stages import Stage
from fanpin.steps import accounts, deliberation, township
from fanpin.steps.deliberation import Attendance
from tests.conftest import StandingClock
from tests.lists import HEADS, Road, cases_of
from tests.world import World

BOTH = ((HEADS[0], "group1"), (HEADS[1], "group2"))
ALL = {"township.spot_check", "township.meeting", "township.measures", "township.report"}


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


def when(world: World, clock: StandingClock, who: str = "xiang.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def check(session: Session, world: World, clock: StandingClock, village_list: VillageList, *, number: int = 0,
          agrees: bool = True, finding: str = "与上报一致", who: str = "xiang.gan", **changed: object) -> SpotCheck:
    values = {"checked_on": clock.today(), "checkers": "李乡干、王乡长"} | changed
    return township.check(session, village_list, cases_of(village_list)[number], agrees=agrees, finding=finding, **values,
                          **when(world, clock, who))


def sign(session: Session, world: World, clock: StandingClock, village_list: VillageList, **changed: object) -> None:
    values = {"signed_by": "王乡长", "signed_on": clock.today()} | changed
    township.sign_report(session, village_list, **values, **when(world, clock, "xiang.zhang"))


def lacking(session: Session, world: World, clock: StandingClock, village_list: VillageList) -> set[tuple[str, str]]:
    with pytest.raises(RequirementsNotMet) as refused:
        township.submit(session, village_list, **when(world, clock, "xiang.zhang"))
    return {(item.subject, item.code) for item in refused.value.missing}


def ready(session: Session, world: World, clock: StandingClock, road: Road, *places: tuple[str, str]) -> VillageList:
    village_list = road.reported(*places)
    check(session, world, clock, village_list)
    road.meet(village_list, MeetingKind.TOWNSHIP, Attendance("参会人员", 5, 0))
    township.confirm_measures(session, village_list, {}, actor=world.actors["xiang.gan"], now=clock.now())
    sign(session, world, clock, village_list)
    return village_list


def test_nothing_reaches_the_county_before_all_four_are_done(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.reported(*BOTH)
    assert lacking(session, world, clock, village_list) == {(head, code) for head, _ in BOTH for code in ALL}
    check(session, world, clock, village_list)
    road.meet(village_list, MeetingKind.TOWNSHIP, Attendance("参会人员", 5, 0))
    assert {code for _, code in lacking(session, world, clock, village_list)} == {"township.measures", "township.report"}
    township.confirm_measures(session, village_list, {}, actor=world.actors["xiang.gan"], now=clock.now())
    sign(session, world, clock, village_list)
    township.submit(session, village_list, **when(world, clock, "xiang.zhang"))
    assert {case.stage for case in cases_of(village_list)} == {Stage.COUNTY}


def test_a_spot_check_that_differs_holds_the_list_and_names_the_household(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = ready(session, world, clock, road, *BOTH)
    with pytest.raises(Invalid):
        check(session, world, clock, village_list, number=1, agrees=False, finding=" ")
    check(session, world, clock, village_list, number=1, agrees=False, finding="人口不符")
    assert lacking(session, world, clock, village_list) == {(HEADS[1], "township.spot_check")}
    check(session, world, clock, village_list, number=1)
    township.submit(session, village_list, **when(world, clock, "xiang.zhang"))


def test_the_check_of_a_household_that_was_returned_does_not_stand_for_the_list(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = ready(session, world, clock, road, *BOTH)
    checked, other = cases_of(village_list)
    deliberation.send_back(session, checked, Action.TOWNSHIP_RETURN, {
        "field": "住房", "rule": "三(五)", "reason": "不符", "evidence_expected": "鉴定"},
        **when(world, clock, "xiang.gan"))
    session.flush()
    assert lacking(session, world, clock, village_list) == {(other.household.head_name, "township.spot_check")}


@pytest.mark.parametrize("changed", [{"checkers": " "}, {"checked_on": date(2026, 3, 11)}])
def test_a_spot_check_says_who_and_when(session: Session, world: World, clock: StandingClock, road: Road,
                                        changed: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        check(session, world, clock, road.reported(), **changed)


def test_a_household_of_another_list_is_not_checked_here(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    one, other = road.reported(BOTH[0]), road.noticed(BOTH[1]).village_list
    with pytest.raises(NotAllowedHere):
        township.check(session, one, cases_of(other)[0], checked_on=clock.today(), checkers="李乡干", agrees=True, finding="",
                       **when(world, clock))


def test_measures_are_fixed_household_by_household_with_who_carries_them(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.reported(*BOTH)
    numbers = [case.id for case in cases_of(village_list)]
    wanted = select(Measure).where(Measure.case_id.in_(numbers), Measure.category.is_not(None))
    rows = session.scalars(wanted).all()
    given = {row.id: "medical_insurance" if row.risk else "human_resources" for row in rows}
    township.confirm_measures(session, village_list, given, actor=world.actors["xiang.gan"], now=clock.now())
    assert {row.case_id for row in rows} == {case.id for case in cases_of(village_list)}
    assert {(row.status, row.department) for row in rows} == {
        (MeasureStatus.CONFIRMED, "medical_insurance"), (MeasureStatus.CONFIRMED, "human_resources")}
    with pytest.raises(Invalid):
        township.confirm_measures(session, village_list, {}, actor=world.actors["xiang.gan"], now=clock.now())


def test_a_meeting_of_the_village_is_no_meeting_of_the_township(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.reported()
    for kind in (MeetingKind.COMMITTEE, MeetingKind.DELIBERATION, MeetingKind.TOWNSHIP):
        with pytest.raises((NotAllowedHere, NotPermitted)):
            deliberation.meet(session, village_list, deliberation.Meeting(
                kind, clock.today(), "会议室", "周村干", "吴驻村", (Attendance("参会人员", 5, 0),), "", True, "同意"),
                **when(world, clock, "cun.gan"))
    assert (HEADS[0], "township.meeting") in lacking(session, world, clock, village_list)


@pytest.mark.parametrize("changed", [{"signed_by": ""}, {"signed_on": date(2026, 3, 11)}])
def test_a_report_is_signed_by_somebody_today_or_before(session: Session, world: World, clock: StandingClock, road: Road,
                                                        changed: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        sign(session, world, clock, road.reported(), **changed)


def test_only_the_leader_sends_the_list(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = ready(session, world, clock, road)
    for who in ("xiang.gan", "cun.gan", "xian.ban", "xian.zhang", "lin.cun"):
        with pytest.raises(NotPermitted):
            township.submit(session, village_list, **when(world, clock, who))


def test_whoever_proposed_a_household_does_not_send_it_to_the_county(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = ready(session, world, clock, road)
    cadre = session.scalars(select(User).where(User.username == "cun.gan")).one()
    row = accounts.grant(session, cadre, role=Role.TOWNSHIP_LEADER, area=world.areas["township"], valid_from=date(2026, 1, 1),
                         document="测试任命", by="test", now=clock.now())
    session.flush()
    both = session.scalars(select(Grant).where(Grant.id == row.id)).one().actor()
    with pytest.raises(NotPermitted, match="另一人"):
        township.submit(session, village_list, actor=both, now=clock.now(), today=clock.today())


def test_a_returned_household_leaves_its_list_and_its_measures_are_proposed_anew(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = ready(session, world, clock, road, *BOTH)
    returned, rest = cases_of(village_list)
    facts = {"reason": "人口不符", "field": "人口", "rule": "三(三)", "evidence_expected": "户口簿"}
    with pytest.raises(Invalid):
        deliberation.send_back(session, returned, Action.TOWNSHIP_RETURN, facts | {"evidence_expected": ""}, **when(world, clock))
    deliberation.send_back(session, returned, Action.TOWNSHIP_RETURN, facts, **when(world, clock))
    statuses = session.scalars(select(Measure.status).where(Measure.case_id == returned.id)).all()
    assert set(statuses) == {MeasureStatus.PLANNED}
    check(session, world, clock, village_list)
    township.submit(session, village_list, **when(world, clock, "xiang.zhang"))
    assert (returned.stage, returned.round, rest.stage) == (Stage.SURVEY, 2, Stage.COUNTY)
