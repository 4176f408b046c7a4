"""The yearly review: every measure judged, three ways on, the household's word, and the year's count."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fanpin.models.reviews import Review, ReviewConclusion
from fanpin.rules.refusals import Invalid, NotAllowedHere, RequirementsNotMet
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import review, review_year
from fanpin.steps.review_year import ReviewState
from tests.conftest import StandingClock
from tests.later import a_helped_case, a_reviewed_case, heard, judged, stand_at
from tests.world import World


def acting(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def consent(session: Session, world: World, clock: StandingClock, case, *, agrees: bool = True, **changed) -> None:
    values = {"informed_of": "监测帮扶停止", "signed_by": "测试㬹", "signed_on": clock.today()} | changed
    review.sign_exit_consent(session, case, agrees=agrees, **values, **acting(world, clock))


def test_every_measure_is_judged(session: Session, world: World, clock: StandingClock) -> None:
    case, measure = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    review.open_review(session, case, **acting(world, clock))
    with pytest.raises(Invalid, match="产业帮扶"):
        review.record(session, case, replace(judged(measure, clock.today()), measures={}), **acting(world, clock))
    with pytest.raises(Invalid, match="产业帮扶"):
        review.record(session, case, replace(judged(measure, clock.today()), measures={measure.id: ("强", " ")}),
                      **acting(world, clock))


def test_weak_stability_names_the_measure_that_goes_on(session: Session, world: World, clock: StandingClock) -> None:
    case, measure = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    review.open_review(session, case, **acting(world, clock))
    weak = judged(measure, clock.today(), conclusion=ReviewConclusion.UNSTABLE)
    with pytest.raises(Invalid) as refused:
        review.record(session, case, weak, **acting(world, clock))
    assert "continued_help" in refused.value.problems
    review.record(session, case, replace(weak, continued_help="再安排公益性岗位"), **acting(world, clock))
    review.continue_help(session, case, reason="收入不稳定", **acting(world, clock))
    assert (case.stage, review.current(session, case)) == (Stage.ASSISTANCE, None)


def test_no_household_leaves_without_meeting_and_consent(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(RequirementsNotMet) as refused:
        review.leave(session, case, **acting(world, clock))
    assert {item.code for item in refused.value.missing} == {"review.meeting", "elimination.consent"}
    heard(session, world, case, now=clock.now(), today=clock.today())
    consent(session, world, clock, case)
    review.leave(session, case, **acting(world, clock))
    assert (case.procedure, case.stage) == (Procedure.LEAVING, Stage.SURVEY)


@pytest.mark.parametrize("conclusion", [ReviewConclusion.UNSTABLE, ReviewConclusion.NO_LABOUR])
def test_only_the_stable_leave(session: Session, world: World, clock: StandingClock, conclusion: ReviewConclusion) -> None:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today(), conclusion=conclusion)
    heard(session, world, case, now=clock.now(), today=clock.today())
    consent(session, world, clock, case)
    with pytest.raises(RequirementsNotMet):
        review.leave(session, case, **acting(world, clock))


def test_the_last_word_of_the_household_counts(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    heard(session, world, case, now=clock.now(), today=clock.today())
    consent(session, world, clock, case)
    consent(session, world, clock, case, agrees=False)
    with pytest.raises(RequirementsNotMet, match="知情同意"):
        review.leave(session, case, **acting(world, clock))


def test_consent_may_be_taken_back_until_the_county_decides(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    stand_at(session, case, Stage.COUNTY, procedure=Procedure.LEAVING)
    consent(session, world, clock, case, agrees=False)


def test_consent_follows_the_review(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    review.open_review(session, case, **acting(world, clock))
    with pytest.raises(NotAllowedHere):
        consent(session, world, clock, case)
    other, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(Invalid, match="不能早于评议日期"):
        consent(session, world, clock, other, signed_on=clock.today() - timedelta(days=1))


def test_a_review_left_open_by_a_refused_leaving_does_not_stand_for_the_next(
        session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    stand_at(session, case, Stage.ASSISTANCE)
    review.open_review(session, case, **acting(world, clock))
    assert review.current(session, case) is None


def test_reviews_of_a_village_begin_together_or_not_at_all(session: Session, world: World, clock: StandingClock) -> None:
    ready, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    unready, _ = a_helped_case(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(RequirementsNotMet, match="还没有登记录入"):
        review.open_reviews(session, [ready, unready], **acting(world, clock))
    assert ready.stage is Stage.ASSISTANCE
    review.open_reviews(session, [ready], **acting(world, clock))
    assert ready.stage is Stage.REVIEW
    with pytest.raises(Invalid):
        review.open_reviews(session, [], **acting(world, clock))


@pytest.mark.parametrize(("days_ago", "reviewed_ago", "state"), [
    (60, None, ReviewState.DUE), (46, None, ReviewState.DUE), (45, None, ReviewState.LATER), (0, None, ReviewState.LATER), (400, None, ReviewState.OVERDUE),
    (800, 400, ReviewState.OVERDUE), (800, 365, ReviewState.DUE), (800, 366, ReviewState.OVERDUE), (800, 10, ReviewState.DONE),
    (800, 100, ReviewState.DUE),
])
def test_a_household_is_due_once_a_year(session: Session, world: World, clock: StandingClock, days_ago: int,
                                        reviewed_ago: int | None, state: ReviewState) -> None:
    clock.move(days=-15)
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True, days_ago=days_ago)
    if reviewed_ago is not None:
        day = clock.today() - timedelta(days=reviewed_ago)
        session.add(Review(
            case_id=case.id, area_path=case.area_path, year=day.year, reviewed_on=day, guarantees="有保障", measures={},
            risk_points="无", income_stability="稳定", motivation="强", conclusion=ReviewConclusion.UNSTABLE,
            reviewers="周村干", recorded_by="周村干", recorded_at=clock.now(), closed=True))
    session.flush()
    path = world.areas["village"].path
    found = review_year.standings(session, area_path=path, today=clock.today(), state=None)
    assert [row.state for row in found] == [state]
    assert review_year.counts(session, area_path=path, today=clock.today())[state] == 1
    assert review_year.counts(session, area_path=world.areas["sibling_village"].path, today=clock.today())[state] == 0
