"""附件2 on one case: findings come, go, and start anew when their evidence changes."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.contract import Fact
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.county import FindingRow, Inquiry
from fanpin.rules.stages import Procedure
from fanpin.steps import county, screening
from tests.conftest import StandingClock
from tests.county import HEAD, a_case_at_county, answered, question_of
from tests.world import World


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case_at_county(session, world, clock)
    county.inquire(session, row, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    return row


def police(session: Session, case: Case) -> Inquiry:
    return session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == "public_security")).one()


def with_car(session: Session, world: World, clock: StandingClock, case: Case, plate: str) -> None:
    inquiry = police(session, case)
    question = question_of(inquiry, "vehicle", HEAD)
    clock.move(minutes=1)
    answered(session, inquiry, world, clock, Fact(subject=question.token, kind="vehicle", value="private_car", ref=plate))


def screen(session: Session, case: Case, clock: StandingClock) -> list[FindingRow]:
    return screening.screen(session, case, actor="系统", now=clock.now(), today=clock.today())


def test_a_private_car_is_a_finding_that_says_whose_and_what_to_find_out(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    with_car(session, world, clock, case, "云C测001")
    found = screen(session, case, clock)
    assert [(row.circumstance, row.subject_name, row.current) for row in found] == [(3, HEAD, True)]
    assert HEAD in found[0].explanation and "附件2 第三项" in found[0].explanation


def test_screening_twice_changes_nothing_and_leaves_one_event(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    with_car(session, world, clock, case, "云C测001")
    first = screen(session, case, clock)
    assert screen(session, case, clock) == first
    assert session.scalars(select(AuditEvent.tag)).all().count("county.screen") == 1


def test_changed_evidence_starts_a_finding_anew_and_a_fact_that_went_takes_it_away(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    with_car(session, world, clock, case, "云C测001")
    old = screen(session, case, clock)[0]
    with_car(session, world, clock, case, "云C测002")
    new = screen(session, case, clock)
    assert [row.current for row in new] == [True] and new[0].id != old.id and not old.current
    clock.move(minutes=1)
    answered(session, police(session, case), world, clock)
    assert screen(session, case, clock) == []
    assert not any(session.scalars(select(FindingRow.current)))


def test_the_same_fact_delivered_again_keeps_the_finding(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    with_car(session, world, clock, case, "云C测001")
    old = screen(session, case, clock)[0]
    clock.move(minutes=1)
    answered(session, police(session, case), world, clock)
    screen(session, case, clock)
    with_car(session, world, clock, case, "云C测001")
    assert [row.id for row in screen(session, case, clock)] == [old.id]


def test_nobody_is_screened_on_the_way_out(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    with_car(session, world, clock, case, "云C测001")
    case.procedure = Procedure.LEAVING
    assert screen(session, case, clock) == []


def test_the_owed_screening_finds_the_case(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    with_car(session, world, clock, case, "云C测001")
    screening.screen_again(session, {"case": case.id}, clock.now())
    assert session.scalars(select(FindingRow.circumstance)).all() == [3]
