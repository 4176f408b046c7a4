"""三(五) 乡镇审核: on the basis of spot checks, by a meeting, household by household, by a second person."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.deliberation import MeetingKind
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.stages import Stage
from fanpin.steps import deliberation, township
from tests.conftest import StandingClock
from tests.lists import HEADS, Road, cases_of
from tests.world import World

TWO = ((HEADS[0], "group1"), (HEADS[2], "group2"))


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


def check(road: Road, village_list, case, *, agrees: bool = True, finding: str = ""):
    return township.check(road.session, village_list, case, checked_on=road.clock.today(), checkers="李乡干", agrees=agrees,
                          finding=finding, actor=road.world.actors["xiang.gan"], **road.when)


def ready(road: Road, *places: tuple[str, str]):
    village_list, actor = road.reported(*places), road.world.actors["xiang.gan"]
    check(road, village_list, cases_of(village_list)[0])
    township.confirm_measures(road.session, village_list, {}, actor=actor, now=road.clock.now())
    road.meet(village_list, MeetingKind.TOWNSHIP, deliberation.Attendance("参会人员", 6, 0))
    township.sign_report(road.session, village_list, signed_by="王乡长", signed_on=road.clock.today(), actor=actor,
                         **road.when)
    return village_list


def test_the_leader_sends_on_what_was_checked_and_met_about(session: Session, world: World, road: Road):
    village_list = ready(road, *TWO)
    assert len(township.submit(session, village_list, actor=world.actors["xiang.zhang"], **road.when)) == 2
    assert {case.stage for case in cases_of(village_list)} == {Stage.COUNTY}


def test_a_cadre_does_not_send_it_on(session: Session, world: World, road: Road):
    with pytest.raises(NotPermitted, match="乡镇负责人"):
        township.submit(session, ready(road), actor=world.actors["xiang.gan"], **road.when)


def test_a_spot_check_that_found_something_holds_the_whole_list(session: Session, world: World, road: Road):
    village_list = ready(road, *TWO)
    other = cases_of(village_list)[1]
    check(road, village_list, other, agrees=False, finding="住房等级不符")
    with pytest.raises(RequirementsNotMet) as refusal:
        township.submit(session, village_list, actor=world.actors["xiang.zhang"], **road.when)
    assert [(item.subject, item.code) for item in refusal.value.missing] == [(HEADS[2], "township.spot_check")]
    check(road, village_list, other, finding="已经核对")
    assert len(township.submit(session, village_list, actor=world.actors["xiang.zhang"], **road.when)) == 2


def test_a_difference_is_put_into_words(road: Road):
    village_list = road.reported()
    with pytest.raises(Invalid):
        check(road, village_list, cases_of(village_list)[0], agrees=False)


def test_a_household_is_checked_on_its_own_list(road: Road):
    one, other = road.reported((HEADS[0], "group1")), road.reported((HEADS[2], "group2"))
    with pytest.raises(NotAllowedHere, match="不在这份名单上"):
        check(road, one, cases_of(other)[0])


def test_a_returned_household_takes_its_measures_back_to_the_village(session: Session, world: World, road: Road):
    village_list = ready(road, *TWO)
    one, other = cases_of(village_list)
    deliberation.send_back(session, one, Action.TOWNSHIP_RETURN, {
        "field": "住房", "rule": "三(五)", "reason": "不符", "evidence_expected": "鉴定"}, actor=world.actors["xiang.gan"],
        **road.when)
    states = {case.id: {row.status for row in session.scalars(select(Measure).where(Measure.case_id == case.id))}
              for case in (one, other)}
    assert states == {one.id: {MeasureStatus.PLANNED}, other.id: {MeasureStatus.CONFIRMED}}


def test_nothing_is_recorded_for_a_list_that_is_not_here(session: Session, world: World, road: Road):
    village_list, actor = road.posted().village_list, world.actors["xiang.gan"]
    with pytest.raises(NotAllowedHere):
        township.sign_report(session, village_list, signed_by="王乡长", signed_on=road.clock.today(), actor=actor, **road.when)
    with pytest.raises(NotAllowedHere):
        township.confirm_measures(session, village_list, {}, actor=actor, now=road.clock.now())
    with pytest.raises(NotAllowedHere):
        road.meet(village_list, MeetingKind.TOWNSHIP, deliberation.Attendance("参会人员", 5, 0))
