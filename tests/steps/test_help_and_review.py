"""四 and 五(一): measures posted, every monitored household watched on a rhythm, every aspect reviewed, whom the meeting hears."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from fanpin.models.areas import AreaSetting
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind
from fanpin.models.reviews import ReviewConclusion
from fanpin.rules.members import LabourSkill
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.settings import SETTINGS
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import assistance, deliberation, review
from fanpin.steps.deliberation import Attendance
from tests.conftest import StandingClock
from tests.later import a_helped_case, a_reviewed_case, heard, judged
from tests.world import World


def when(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def helped(session: Session, world: World, clock: StandingClock) -> Case:
    return a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)[0]


def visit(session: Session, world: World, clock: StandingClock, case: Case, **changed: object) -> None:
    values = {"visited_on": clock.today(), "income_change": "务工收入按月到账", "spending_change": "医疗支出下降",
              "guarantees_safe": True, "water_safe": True, "note": ""} | changed
    assistance.visit(session, case, **values, **when(world, clock, "zu.zhang"))
    session.flush()


def test_a_monitored_household_is_visited_again_by_the_countys_rhythm(
        session: Session, world: World, clock: StandingClock) -> None:
    case = helped(session, world, clock)
    rhythm = timedelta(days=SETTINGS["visit_days"].default)
    assert assistance.next_visit(session, case, last=assistance.last_visit(session, case)) == case.stage_since + rhythm
    clock.move(days=10)
    visit(session, world, clock, case)
    assert assistance.next_visit(session, case, last=assistance.last_visit(session, case)) == clock.today() + rhythm
    session.add(AreaSetting(area_id=world.areas["county"].id, key="visit_days", value=10, document="县级规定"))
    session.flush()
    assert assistance.next_visit(session, case, last=clock.today()) == clock.today() + timedelta(days=10)


def test_a_visit_looks_at_income_spending_guarantees_and_water(session: Session, world: World, clock: StandingClock) -> None:
    case = helped(session, world, clock)
    for unsafe in ("guarantees_safe", "water_safe"):
        with pytest.raises(Invalid) as refused:
            visit(session, world, clock, case, **{unsafe: False})
        assert set(refused.value.problems) == {"note"}
        visit(session, world, clock, case, **{unsafe: False}, note="水管冻裂，已报修")
    with pytest.raises(Invalid):
        visit(session, world, clock, case, visited_on=clock.today() + timedelta(days=1))


def test_measures_hang_in_the_village_with_place_and_day(session: Session, world: World, clock: StandingClock) -> None:
    case, village = helped(session, world, clock), world.areas["village"]
    for place, posted_on in ((" ", clock.today()), ("公开栏", clock.today() + timedelta(days=1))):
        with pytest.raises(Invalid):
            assistance.post(session, case, village, place=place, posted_on=posted_on, **when(world, clock))
    with pytest.raises(NotPermitted):
        assistance.post(session, case, village, place="公开栏", posted_on=clock.today(), **when(world, clock, "xian.ban"))
    row = assistance.post(session, case, village, place="村务公开栏", posted_on=clock.today(), **when(world, clock))
    assert (row.case_id, row.area_id, row.place, row.posted_on) == (case.id, village.id, "村务公开栏", clock.today())


@pytest.mark.parametrize("aspect", ["guarantees", "risk_points", "income_stability", "motivation", "reviewers"])
def test_a_review_looks_at_every_aspect_of_the_clause(session: Session, world: World, clock: StandingClock, aspect: str) -> None:
    case, measure = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    review.open_review(session, case, **when(world, clock))
    whole = judged(measure, clock.today())
    with pytest.raises(Invalid) as refused:
        review.record(session, case, replace(whole, **{aspect: " "}), **when(world, clock))
    assert set(refused.value.problems) == {aspect}
    assert review.record(session, case, whole, **when(world, clock)).conclusion is ReviewConclusion.STABLE


def may_leave(session: Session, world: World, clock: StandingClock, case: Case) -> set[str]:
    try:
        review.leave(session, case, **when(world, clock))
    except RequirementsNotMet as refused:
        return {item.code for item in refused.missing}
    return set()


def consented(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    review.sign_exit_consent(session, case, informed_of="不再监测帮扶", agrees=True, signed_by=case.household.head_name,
                             signed_on=clock.today(), **when(world, clock))


def test_a_household_without_labour_stays_watched_and_the_bar_lifts_when_labour_returns(
        session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    heard(session, world, case, now=clock.now(), today=clock.today())
    consented(session, world, clock, case)
    head = case.household.head
    head.labour = LabourSkill.LOST
    session.flush()
    assert may_leave(session, world, clock, case) == {"review.stable"}
    head.labour = LabourSkill.WEAK
    session.flush()
    assert may_leave(session, world, clock, case) == set()
    assert (case.procedure, case.stage) == (Procedure.LEAVING, Stage.SURVEY)


def test_the_meeting_of_the_villagers_hears_the_report_and_every_opinion_is_answered(
        session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    listed = deliberation.form_list(session, world.areas["village"], [case], procedure=Procedure.LEAVING, **when(world, clock))
    session.flush()

    def meet(kind: MeetingKind) -> None:
        # Neither Party member nor head of household: any villager of the group is heard here.
        deliberation.meet(session, listed, deliberation.Meeting(
            kind, clock.today(), "村委会", "周村干", "吴驻村", (Attendance("第一村民小组", 0, 0, 12),), "通报情况", True, "同意"),
            **when(world, clock))

    with pytest.raises(NotAllowedHere):
        meet(MeetingKind.DELIBERATION)
    assert may_leave(session, world, clock, case) == {"review.meeting", "elimination.consent"}
    meet(MeetingKind.REVIEW)
    consented(session, world, clock, case)
    opinion = deliberation.add_opinion(session, listed, content="收入是不是真稳定？", speaker="群众", raised_on=clock.today(),
                                       case=case, **when(world, clock))
    session.flush()
    assert may_leave(session, world, clock, case) == {"review.opinions"}
    deliberation.answer_opinion(session, opinion, verified="工资流水已核对", answer="已答复", answered_on=clock.today(),
                                **when(world, clock))
    assert may_leave(session, world, clock, case) == set()


def test_an_unstable_household_stays_in_help_with_the_measure_named(
        session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today(), conclusion=ReviewConclusion.UNSTABLE)
    with pytest.raises(Invalid):
        review.continue_help(session, case, reason=" ", **when(world, clock))
    review.continue_help(session, case, reason="收入不稳定", **when(world, clock))
    assert (case.stage, case.procedure) == (Stage.ASSISTANCE, Procedure.ENTERING)
    clock.set(date(2026, 12, 1))
    review.open_review(session, case, **when(world, clock))
    assert case.stage is Stage.REVIEW
