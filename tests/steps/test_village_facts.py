"""附件2 第八、九项 as the visitors mark them: one person of a household is 空挂, and only that person is found."""

from dataclasses import replace

from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.steps import screening, survey, village_facts
from tests import builders
from tests.conftest import StandingClock
from tests.world import World


def visited(session: Session, world: World, clock: StandingClock, case: Case, **marks: tuple[int, ...]) -> list[tuple[str, str]]:
    """Keep a survey sheet with marks and return what is then found."""
    visit = replace(builders.a_visit(case, clock.today()), **marks)
    survey.record(session, case, visit, actor=world.actors["zhu.cun"], now=clock.now(), today=clock.today())
    return [(row.rule, row.subject_name) for row in screening.screen(session, case, actor="系统", now=clock.now(), today=clock.today())]


def test_one_empty_person_is_a_hit_on_that_person_alone(session: Session, world: World, clock: StandingClock) -> None:
    case = builders.a_case(session, world, now=clock.now(), today=clock.today())
    spouse = case.household.members[1]
    assert visited(session, world, clock, case, empty_registered=(spouse.id,)) == [("c08_person", spouse.name)]


def test_who_shares_no_spending_is_a_hit_of_the_ninth(session: Session, world: World, clock: StandingClock) -> None:
    case = builders.a_case(session, world, now=clock.now(), today=clock.today())
    spouse = case.household.members[1]
    assert visited(session, world, clock, case, not_sharing=(spouse.id,)) == [("c09_apart", spouse.name)]


def test_the_same_mark_again_is_one_fact_and_a_mark_taken_away_counts_no_longer(
        session: Session, world: World, clock: StandingClock) -> None:
    case = builders.a_case(session, world, now=clock.now(), today=clock.today())
    spouse = case.household.members[1]
    for _ in range(2):
        visited(session, world, clock, case, empty_registered=(spouse.id,))
    assert len(village_facts.stated(session, case)) == 1
    assert visited(session, world, clock, case) == [] and village_facts.stated(session, case) == []
