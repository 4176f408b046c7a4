"""No order of acts, no wrong hands and no two people at once get a case further than its papers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.orm import Session

from fanpin.rules.actions import Action as A
from fanpin.rules.stages import Stage
from tests.steps.memory import PAPERS, Told
from tests.steps.walk import ROAD, Walk
from tests.world import World

LONG = bool(os.environ.get("FANPIN_TEST_LONG"))
EXAMPLES, STEPS = (300, 50) if LONG else (20, 15)


@pytest.fixture
def engine_name() -> str:
    """One database is enough here: what differs between them is tested case by case."""
    return "sqlite"


def test_no_walk_gets_a_case_further_than_its_papers(session: Session, world: World) -> None:
    machine = type("OnThisDatabase", (Walk,), {"session": session, "world": world})
    run_state_machine_as_test(machine, settings=settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=not LONG, database=None,
        phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate], suppress_health_check=list(HealthCheck)))


def far_along(session: Session, world: World, *acts: A) -> tuple[Walk, Told]:
    """Lead one household along the given acts, each with all its papers."""
    walk = type("OnThisDatabase", (Walk,), {"session": session, "world": world})()
    told = walk.told[0]
    walk.open(told)
    for action in acts:
        walk.prepare(told)
        walk.attempt(told, action)
    return walk, told


def test_the_road_can_be_walked_to_its_end(session: Session, world: World) -> None:
    walk, told = far_along(session, world, *ROAD)
    assert told.stage is Stage.ELIMINATED
    walk.memory_and_record_agree()
    walk.teardown()


@contextmanager
def supposing(walk: Walk, told: Told) -> Iterator[None]:
    """Let something happen and take it back, in the database and in memory."""
    before, day = dict(vars(told)), walk.calendar.day
    told.papers, told.objections = set(told.papers), list(told.objections)
    told.listing = told.listing and replace(told.listing, papers=set(told.listing.papers), on_it=[told])
    walk.session.flush()
    with walk.session.begin_nested() as nested:
        yield
        nested.rollback()
    walk.session.expire_all()
    vars(told).update(before)
    walk.calendar.day = day


def test_no_place_is_left_without_each_of_its_papers(session: Session, world: World) -> None:
    walk, told = far_along(session, world)
    tried = 0
    for action in ROAD:
        for paper in PAPERS[told.place]:
            if paper not in told.have:
                with supposing(walk, told):
                    walk.prepare(told, paper)
                    assert not walk.ready(told, action), f"{action} needs no {paper}"
                    walk.try_what_is_not_due(told)
                tried += 1
        walk.prepare(told)
        walk.try_what_is_not_due(told)
        walk.attempt(told, action)
    assert told.stage is Stage.ELIMINATED
    # The list of the way out is the only one made before its place: for the review.
    assert tried == sum(len(papers) for papers in PAPERS.values()) - 1


@pytest.mark.parametrize("far", [2, 11], ids=["on the way in", "on the way out"])
def test_an_objection_stops_the_report_until_it_is_answered_and_for_good_where_it_was_right(
        session: Session, world: World, far: int) -> None:
    walk, told = far_along(session, world, *ROAD[:far])
    for then in ("dismissed", "upheld"):
        walk.prepare(told)
        with supposing(walk, told):
            walk.hands.object(told)
            session.flush()
            walk.attempt(told, A.PUBLICITY_REPORT)
            assert told.stage is Stage.PUBLICITY
            walk.hands.answer(told, upheld=then == "upheld")
            walk.attempt(told, A.PUBLICITY_REPORT)
            assert (told.stage is Stage.TOWNSHIP) is (then == "dismissed")


@pytest.mark.parametrize("refusal", [(A.SURVEY_KEEP,), (*ROAD[10:13], A.COUNTY_KEEP), (*ROAD[10:14], A.COUNTY_KEEP)],
                         ids=["by the survey", "by the county", "by the county after its decision"])
def test_a_second_leaving_asks_for_every_paper_again(session: Session, world: World, refusal: tuple[A, ...]) -> None:
    walk, told = far_along(session, world, *ROAD[:10], *refusal, A.REVIEW_OPEN)
    walk.calendar.day += timedelta(days=1)
    walk.prepare(told, "review meeting")
    walk.attempt(told, A.REVIEW_LEAVE)
    assert told.stage is Stage.REVIEW
    for action in ROAD[9:]:
        walk.attempt(told, action)
        walk.prepare(told)
        walk.attempt(told, action)
    assert told.stage is Stage.ELIMINATED
    walk.memory_and_record_agree()


def test_a_returned_household_makes_its_papers_again(session: Session, world: World) -> None:
    walk, told = far_along(session, world, *ROAD[:5], A.COUNTY_RETURN)
    for action in ROAD[:5]:
        walk.attempt(told, action)
        walk.prepare(told)
        walk.attempt(told, action)
    assert (told.stage, told.round) == (Stage.COUNTY, 2)
    walk.memory_and_record_agree()
