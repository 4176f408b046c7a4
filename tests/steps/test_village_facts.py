"""附件2 第八、九项 as the visitors mark them: one person of a household is 空挂, and only that person is found."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import FindingRow
from fanpin.models.outbox import OutboxItem
from fanpin.steps import county, screening, survey, village_facts
from tests import builders
from tests.county import a_case_at_county
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


def test_the_mark_is_screened_as_soon_as_the_departments_are_asked(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    spouse = case.household.members[1]
    village_facts.keep(session, case, {"empty_residence": (spouse.id,)}, seen_on=clock.today(), actor=world.actors["zhu.cun"], now=clock.now())
    county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.flush()
    owed = session.scalars(select(OutboxItem).where(OutboxItem.kind == "county.screen")).one()
    screening.screen_again(session, owed.payload, clock.now())
    found = session.scalars(select(FindingRow).where(FindingRow.case_id == case.id)).all()
    assert [(row.rule, row.subject_name) for row in found] == [("c08_person", spouse.name)]


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
