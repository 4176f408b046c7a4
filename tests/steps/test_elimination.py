"""Marking ends measures and monitoring; a marking list is one document; a household that is gone is helped no more."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.reviews import ExitConsent, Marking
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotPermitted, RequirementsNotMet
from fanpin.rules.stages import Stage
from fanpin.steps import analysis, elimination
from tests.conftest import StandingClock
from tests.later import a_helped_case, to_be_marked
from tests.world import World


def told(world: World, clock: StandingClock, who: str = "xian.ban", **changed) -> dict:
    return {"marked_on": clock.today(), "way": "帮扶消除", "list_number": "530628-1", "contact": "赵县办",
            "actor": world.actors[who], "now": clock.now(), "today": clock.today()} | changed


def test_marking_ends_case_and_measures(session: Session, world: World, clock: StandingClock) -> None:
    case = to_be_marked(session, world, now=clock.now(), today=clock.today())
    elimination.mark(session, case, **told(world, clock))
    assert (case.stage, case.closed_on) == (Stage.ELIMINATED, clock.today())
    assert session.scalars(select(Measure.status).where(Measure.case_id == case.id)).all() == [MeasureStatus.STOPPED]


def test_only_the_county_analyst_marks(session: Session, world: World, clock: StandingClock) -> None:
    case = to_be_marked(session, world, now=clock.now(), today=clock.today())
    for who in ("cun.gan", "xian.zhang", "wai.xian"):
        with pytest.raises(NotPermitted):
            elimination.mark(session, case, **told(world, clock, who))


@pytest.mark.parametrize(("changed", "field"), [
    ({"way": "随便"}, "way"), ({"list_number": " "}, "list_number"), ({"contact": ""}, "contact"),
])
def test_a_marking_says_way_list_and_contact(session: Session, world: World, clock: StandingClock, changed: dict,
                                             field: str) -> None:
    case = to_be_marked(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(Invalid) as refused:
        elimination.mark(session, case, **told(world, clock, **changed))
    assert field in refused.value.problems


def test_a_marking_follows_the_decision(session: Session, world: World, clock: StandingClock) -> None:
    case = to_be_marked(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(Invalid, match="不能早于县级审定"):
        elimination.mark(session, case, **told(world, clock, marked_on=clock.today() - timedelta(days=1)))


def test_an_older_page_marks_nothing(session: Session, world: World, clock: StandingClock) -> None:
    case = to_be_marked(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(AlreadyHandled):
        elimination.mark(session, case, version=case.version + 1, **told(world, clock))


def test_a_marking_list_is_all_or_nothing_and_names_who_blocks(session: Session, world: World, clock: StandingClock) -> None:
    ready = to_be_marked(session, world, now=clock.now(), today=clock.today())
    blocked = to_be_marked(session, world, now=clock.now(), today=clock.today())
    for row in session.scalars(select(ExitConsent).where(ExitConsent.case_id == blocked.id)):
        row.withdrawn_on = clock.today()
    session.commit()
    with pytest.raises(RequirementsNotMet, match=blocked.household.head_name):
        elimination.mark_list(session, [ready, blocked], **told(world, clock))
    session.rollback()
    assert session.scalars(select(Marking)).all() == [] and ready.stage is Stage.COUNTY
    elimination.mark_list(session, [ready], **told(world, clock))
    assert ready.stage is Stage.ELIMINATED
    with pytest.raises(Invalid):
        elimination.mark_list(session, [], **told(world, clock))


def test_an_eliminated_household_may_come_back_as_a_new_case(session: Session, world: World, clock: StandingClock) -> None:
    case = to_be_marked(session, world, now=clock.now(), today=clock.today())
    elimination.mark(session, case, **told(world, clock))
    check = analysis.propose(session, case.household, reason="再次患病", actor=world.actors["cun.gan"], now=clock.now())
    again = analysis.settle(session, check, agree=True, answer="", actor=world.actors["xian.ban"], now=clock.now(),
                            today=clock.today())
    assert again is not None and again.id != case.id and again.stage is Stage.SURVEY


def test_a_household_that_moved_away_is_helped_no_more(session: Session, world: World, clock: StandingClock) -> None:
    case, measure = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    elimination.depart(session, case, reason="整户迁往四川", actor=world.actors["xian.ban"], now=clock.now(),
                       today=clock.today())
    assert (case.stage, measure.status) == (Stage.DEPARTED, MeasureStatus.STOPPED)
    assert case.household.departed_on == clock.today()
