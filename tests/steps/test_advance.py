"""The one door: order, papers, version, duties kept apart, one event per act."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case, CaseAct
from fanpin.rules.refusals import AlreadyHandled, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.stages import Stage
from fanpin.steps import survey
from fanpin.steps.advance import advance
from fanpin.rules.actions import Action
from tests.builders import a_case, a_visit
from tests.conftest import StandingClock
from tests.world import World


def test_a_case_is_opened_at_survey_with_an_event(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=clock.today())
    assert (case.stage, case.round, case.version) == (Stage.SURVEY, 1, 1)
    tags = session.scalars(select(AuditEvent.tag).where(AuditEvent.stream == audit.case_stream(case.id))).all()
    assert "analysis.open" in tags


def test_nothing_is_proposed_without_papers_and_all_that_lacks_is_named(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(RequirementsNotMet) as refused:
        survey.propose(session, case, actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    codes = {missing.code for missing in refused.value.missing}
    assert {"survey.done", "survey.application", "survey.consent"} <= codes
    assert case.stage is Stage.SURVEY


def test_an_unproposed_household_needs_no_consent_but_a_survey_and_a_reason(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=clock.today())
    who = world.actors["cun.gan"]
    survey.record(session, case, a_visit(case, clock.today(), proposed=False), actor=who, now=clock.now(), today=clock.today())
    survey.not_propose(session, case, reason="收入稳定", actor=who, now=clock.now(), today=clock.today())
    assert case.stage is Stage.NOT_PROPOSED
    assert case.closed_on == clock.today()


def test_an_act_of_another_stage_is_refused_with_its_clause(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(NotAllowedHere) as refused:
        advance(session, case, Action.TOWNSHIP_SUBMIT, actor=world.actors["xiang.zhang"], now=clock.now(), today=clock.today())
    assert refused.value.clause == "三(五)"


def test_a_neighbour_may_not_act(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(NotPermitted):
        survey.not_propose(session, case, reason="x", actor=world.actors["wai.cun"], now=clock.now(), today=clock.today())


def test_the_slower_of_two_people_is_told_so(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=clock.today())
    who = world.actors["cun.gan"]
    survey.record(session, case, a_visit(case, clock.today(), proposed=False), actor=who, now=clock.now(), today=clock.today())
    session.flush()
    session.execute(update(Case).where(Case.id == case.id).values(version=Case.version + 1)
                    .execution_options(synchronize_session=False))
    with pytest.raises(AlreadyHandled):
        survey.not_propose(session, case, reason="收入稳定", actor=who, now=clock.now(), today=clock.today())
    assert session.scalars(select(CaseAct).where(CaseAct.case_id == case.id)).all() == []


def test_the_trail_of_a_case_verifies_and_a_changed_word_is_found(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=clock.today())
    session.commit()
    assert audit.verify(session).whole
    session.connection().exec_driver_sql(
        "DROP TRIGGER audit_event_append_only ON audit_event" if session.get_bind().dialect.name == "postgresql"
        else "DROP TRIGGER audit_event_no_update")
    session.connection().exec_driver_sql(f"UPDATE audit_event SET actor = '别人' WHERE stream = 'case:{case.id}'")
    assert not audit.verify(session).whole
