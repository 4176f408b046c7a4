"""The last good answer is kept and shown beside a question that has none, and never counts."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.adapters.contract import Fact, Unavailable
from fanpin.models.calls import LastAnswer
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry
from fanpin.rules.checks import CheckState
from fanpin.rules.refusals import RequirementsNotMet
from fanpin.rules.stages import Stage
from fanpin.steps import county, last_answers, withdrawal
from fanpin.steps.last_answers import LastGood
from tests.conftest import TODAY, StandingClock
from tests.county import HEAD, SPOUSE, a_case_at_county, all_answered, answered, question_of
from tests.world import World

POLICE = "public_security"


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case_at_county(session, world, clock)
    inquire(session, row, world, clock)
    return row


def inquire(session: Session, case: Case, world: World, clock: StandingClock) -> None:
    county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()


def inquiry_of(session: Session, case: Case) -> Inquiry:
    return session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.round == case.round,
                                                 Inquiry.department == POLICE)).one()


def last_of(session: Session, case: Case, name: str, clock: StandingClock) -> LastGood | None:
    inquiry = inquiry_of(session, case)
    return last_answers.beside(session, [inquiry], today=clock.today()).get(question_of(inquiry, "vehicle", name).id)


def unanswered(session: Session, case: Case, world: World, clock: StandingClock) -> None:
    """Let the department say that it cannot search any longer."""
    inquiry = inquiry_of(session, case)
    answered(session, inquiry, world, clock, instead={row.token: Unavailable("系统升级") for row in inquiry.questions})
    session.commit()


def a_car(session: Session, case: Case) -> Fact:
    return Fact(subject=question_of(inquiry_of(session, case), "vehicle", HEAD).token, kind="vehicle", value="private_car", ref="云C测001")


def test_what_was_known_is_kept_when_the_register_cannot_be_searched_and_no_decision_rests_on_it(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    all_answered(session, case, world, clock)
    answered(session, inquiry_of(session, case), world, clock, a_car(session, case))
    session.commit()
    assert last_of(session, case, HEAD, clock) is None
    clock.move(days=1)
    unanswered(session, case, world, clock)
    head, spouse = (last_of(session, case, name, clock) for name in (HEAD, SPOUSE))
    assert head is not None and (head.state, head.as_of, [row.ref_no for row in head.facts]) == (CheckState.HIT, TODAY, ["云C测001"])
    assert spouse is not None and (spouse.state, spouse.facts) == (CheckState.CLEAR, ())
    with pytest.raises(RequirementsNotMet, match="公安"):
        county.determine(session, case, reason="", document="测〔2026〕1号", actor=world.actors["xian.zhang"], now=clock.now(),
                         today=clock.today())


def test_it_is_kept_from_one_round_to_the_next_and_grown_old_it_is_the_last_good_one(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    all_answered(session, case, world, clock)
    session.execute(update(Case).where(Case.id == case.id).values(round=2, stage=Stage.COUNTY))
    session.commit()
    session.refresh(case)
    clock.move(days=1)
    inquire(session, case, world, clock)
    last = last_of(session, case, HEAD, clock)
    assert last is not None and last.as_of == TODAY
    all_answered(session, case, world, clock)
    session.commit()
    clock.move(days=91)
    last = last_of(session, case, HEAD, clock)
    assert last is not None and last.as_of == TODAY + timedelta(days=1)


def test_the_newest_good_answer_takes_the_older_one_s_place(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    answered(session, inquiry_of(session, case), world, clock, a_car(session, case))
    clock.move(days=1)
    answered(session, inquiry_of(session, case), world, clock)
    clock.move(days=1)
    unanswered(session, case, world, clock)
    last = last_of(session, case, HEAD, clock)
    assert last is not None and (last.state, last.as_of) == (CheckState.CLEAR, TODAY + timedelta(days=1))
    assert len(session.scalars(select(LastAnswer).where(LastAnswer.kind == "vehicle")).all()) == 3


def test_nothing_is_kept_of_whoever_takes_the_authorisation_back(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    all_answered(session, case, world, clock)
    session.commit()
    withdrawal.withdraw(session, case, withdrawn_on=clock.today(), reason="本人要求", actor=world.actors["cun.gan"], now=clock.now(),
                        today=clock.today())
    session.commit()
    assert last_of(session, case, HEAD, clock) is None
    assert session.scalars(select(LastAnswer).where(LastAnswer.department == POLICE)).all() == []
