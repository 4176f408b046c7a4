"""三(三): each adult authorises for himself, and what was authorised can be taken back, with all that rests on it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import AT_PROVINCE, DirectRequest, FactRow, FindingRow, Inquiry, Question
from fanpin.rules.checks import CheckState
from fanpin.rules.duties import KINDS
from fanpin.rules.duty_kinds import Basis, ConsentClass
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.stages import Stage
from fanpin.steps import county, screening, survey, withdrawal
from tests.builders import a_case
from tests.conftest import TODAY, StandingClock
from tests.county import CHILD, HEAD, SPOUSE, a_case_at_county, all_answered, answered
from tests.world import World

ALL = tuple(ConsentClass)


def when(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def sign(session: Session, world: World, clock: StandingClock, case: Case, ticked: dict[int, list[ConsentClass]],
         classes: tuple[ConsentClass, ...] = ALL) -> None:
    adults = survey.adults(case.household.members, TODAY)
    survey.sign(session, case, applied_on=TODAY, reason="妻子患病", truth_declared=True, authorised=True, classes=classes,
                signed_on=TODAY, signers=adults, written_by="", witness="", valid_until=TODAY + timedelta(days=365),
                ticked=ticked, **when(world, clock))
    session.flush()


def member(case: Case, name: str) -> int:
    return next(one.id for one in case.household.members if one.name == name)


def asked_about(session: Session, name: str) -> set[ConsentClass]:
    kinds = session.scalars(select(Question.kind).where(Question.subject_name == name))
    return {KINDS[kind].consent_class for kind in kinds if KINDS[kind].consent_class}


def test_each_adult_is_asked_only_about_what_that_person_ticked(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    sign(session, world, clock, case, {member(case, SPOUSE): [ConsentClass.MEDICAL]})
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    assert asked_about(session, SPOUSE) == {ConsentClass.MEDICAL}
    assert ConsentClass.VEHICLE in asked_about(session, HEAD) and ConsentClass.MEDICAL in asked_about(session, CHILD)


def test_the_heads_ticks_speak_for_the_children_and_nobody_elses(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    sign(session, world, clock, case, {member(case, SPOUSE): list(ALL)},
         classes=tuple(item for item in ALL if item is not ConsentClass.MEDICAL))
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    assert ConsentClass.MEDICAL not in asked_about(session, CHILD) | asked_about(session, HEAD)
    assert ConsentClass.MEDICAL in asked_about(session, SPOUSE)


def test_a_signature_under_nothing_is_no_signature(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=TODAY)
    with pytest.raises(Invalid, match=SPOUSE):
        sign(session, world, clock, case, {member(case, SPOUSE): []})


def test_a_withdrawal_stops_what_is_asked_and_drops_what_was_answered(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    all_answered(session, case, world, clock, car_of=HEAD)
    screening.screen(session, case, **when(world, clock, "xian.ban"))
    told = withdrawal.would_stop(session, case)
    assert told.inquiries == 0 and told.answers > 0
    assert withdrawal.withdraw(session, case, withdrawn_on=TODAY, reason="户主到村委会提出", **when(world, clock)) == told
    session.flush()
    on_consent = [row for row in session.scalars(select(Question)) if KINDS[row.kind].basis is Basis.CONSENT]
    assert {row.state for row in on_consent} == {CheckState.UNAVAILABLE.value}
    assert all("收回授权" in row.reason and row.inquiry.signed_at is None for row in on_consent)
    assert [row.superseded for row in session.scalars(select(FactRow))] == [True]
    assert [row.current for row in session.scalars(select(FindingRow))] == [False]
    with pytest.raises(RequirementsNotMet) as refused:
        county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang"))
    assert "county.joint_review" in {item.code for item in refused.value.missing} or len(refused.value.missing) > 0


def test_after_a_withdrawal_no_department_can_answer_until_all_is_signed_again(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    withdrawal.withdraw(session, case, withdrawn_on=TODAY, reason="户主提出", **when(world, clock))
    session.flush()
    inquiry = session.scalars(select(Inquiry).where(Inquiry.department == "public_security")).one()
    clock.move(hours=1)
    answered(session, inquiry, world, clock)
    on_consent = [row for row in inquiry.questions if KINDS[row.kind].basis is Basis.CONSENT]
    assert {row.state for row in on_consent} == {CheckState.UNAVAILABLE.value}
    sign(session, world, clock, case, {})
    clock.move(hours=1)
    answered(session, inquiry, world, clock)
    assert {row.state for row in on_consent} == {CheckState.CLEAR.value}


def test_while_a_household_is_helped_open_questions_stop_and_what_was_decided_stays(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    all_answered(session, case, world, clock)
    member_id = member(case, HEAD)
    asked = DirectRequest(
        case_id=case.id, area_path=case.area_path, department="public_security", case_code="", head_name="", place="",
        procedure=case.procedure, round=case.round, blocking=False, asked_on=TODAY, due_on=TODAY, asked_by="赵", ground="省外购车")
    asked.questions = [Question(department="public_security", area_path=case.area_path, level=AT_PROVINCE, kind="vehicle",
                                token="a" * 14, member_id=member_id, subject_name=HEAD)]
    session.add(asked)
    session.flush()
    session.execute(update(Case).where(Case.id == case.id).values(stage=Stage.ASSISTANCE))
    session.refresh(case)
    stopped = withdrawal.withdraw(session, case, withdrawn_on=TODAY, reason="提出", **when(world, clock))
    assert (stopped.inquiries, stopped.answers) == (1, 0)
    assert asked.questions[0].state == CheckState.UNAVAILABLE.value
    kept = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id)).all()
    assert kept and all(row.signed_at is not None for row in kept)


def test_only_a_standing_authorisation_of_an_open_case_is_taken_back_and_by_the_village(
        session: Session, world: World, clock: StandingClock) -> None:
    bare = a_case(session, world, now=clock.now(), today=TODAY)
    with pytest.raises(NotAllowedHere, match="没有可以收回的授权"):
        withdrawal.withdraw(session, bare, withdrawn_on=TODAY, reason="提出", **when(world, clock))
    case = a_case_at_county(session, world, clock)
    with pytest.raises(NotPermitted):
        withdrawal.withdraw(session, case, withdrawn_on=TODAY, reason="提出", **when(world, clock, "xian.ban"))
    for wrong in ({"reason": " "}, {"withdrawn_on": TODAY + timedelta(days=1)}, {"withdrawn_on": TODAY - timedelta(days=1)}):
        with pytest.raises(Invalid):
            withdrawal.withdraw(session, case, **{"withdrawn_on": TODAY, "reason": "提出"} | wrong, **when(world, clock))
    withdrawal.withdraw(session, case, withdrawn_on=TODAY, reason="提出", **when(world, clock))
    with pytest.raises(NotAllowedHere):
        withdrawal.withdraw(session, case, withdrawn_on=TODAY, reason="再提", **when(world, clock))
    assert case.stage is Stage.COUNTY
