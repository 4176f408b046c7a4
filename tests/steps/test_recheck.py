"""Before each decision the household is screened again with the facts of the day, and a leaving waits for its warnings."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import FactRow, FindingRow, Inquiry, Question
from fanpin.models.findings import HouseholdFinding
from fanpin.models.outbox import OutboxItem
from fanpin.models.warnings import Warning
from fanpin.rules.findings import FindingState
from fanpin.rules.intake import WarningConclusion
from fanpin.rules.refusals import RequirementsNotMet
from fanpin.rules.stages import Procedure
from fanpin.steps import analysis, county, deliveries
from fanpin.steps.delivery_intake import Intake
from fanpin.steps.recheck import recheck, warn_at_once
from tests.conftest import StandingClock
from tests.county import HEAD, a_case_at_county, all_answered, answered, question_of
from tests.sheet_makers import ID, NAME, sent
from tests.world import World


def deliver(session: Session, world: World, clock: StandingClock, store: Path, case: Case, paid: str = "21300") -> deliveries.Delivery:
    head = case.household.members[0]
    row = sent(session, world, clock, store, "high_medical_cost",
               [{ID: head.id_number, NAME: head.name, "自付金额": paid, "结算日期": "2026-01-12"}], department="medical_insurance")
    number = row.id
    session.commit()
    Intake(store).handle(session, {"delivery": number}, clock.now())
    session.commit()
    return row


def leaving(session: Session, world: World, clock: StandingClock) -> Case:
    case = a_case_at_county(session, world, clock, procedure=Procedure.LEAVING)
    county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    all_answered(session, case, world, clock)
    session.commit()
    return case


def lacking(session: Session, world: World, clock: StandingClock, case: Case) -> set[str]:
    with pytest.raises(RequirementsNotMet) as refused:
        county.determine(session, case, reason="稳定", document="测〔2026〕1号", actor=world.actors["xian.zhang"], now=clock.now(),
                         today=clock.today())
    session.rollback()
    return {item.code for item in refused.value.missing}


def test_a_leaving_waits_for_the_verification_of_what_a_department_says_of_the_household(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    case = leaving(session, world, clock)
    assert "elimination.warnings" not in lacking(session, world, clock, case)
    deliver(session, world, clock, tmp_path, case)
    assert "elimination.warnings" in lacking(session, world, clock, case)
    item = session.scalars(select(OutboxItem).where(OutboxItem.kind == "screening.household")).one()
    warn_at_once(session, item.payload, clock.now())
    warning = session.scalars(select(Warning)).one()
    assert HEAD in warning.content and "住院报销后自付费用较高" in warning.content
    when = {"now": clock.now(), "today": clock.today()}
    analysis.dispatch(session, [warning], actor=world.actors["xian.ban"], now=clock.now())
    analysis.verify(session, warning, conclusion=WarningConclusion.NO_RISK, finding="费用已由医疗救助解决", verified_on=clock.today(),
                    actor=world.actors["cun.gan"], **when)
    session.commit()
    assert "elimination.warnings" not in lacking(session, world, clock, case)


def test_looking_again_finds_and_never_clears(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    case = leaving(session, world, clock)
    deliver(session, world, clock, tmp_path, case)
    again = {"actor": world.actors["xian.zhang"], "now": clock.now(), "today": clock.today()}
    recheck(session, [case], **again)
    recheck(session, [case], **again)
    assert len(session.scalars(select(Warning)).all()) == 1
    session.execute(update(FactRow).where(FactRow.number.is_not(None)).values(superseded=True))
    recheck(session, [case], **again)
    assert session.scalars(select(HouseholdFinding.state)).all() == [FindingState.CURRENT]


def test_an_entering_case_is_not_kept_out_by_a_warning(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    case = a_case_at_county(session, world, clock)
    county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    all_answered(session, case, world, clock)
    deliver(session, world, clock, tmp_path, case)
    county.determine(session, case, reason="符合", document="测〔2026〕1号", actor=world.actors["xian.zhang"], now=clock.now(),
                     today=clock.today())
    assert session.scalars(select(Warning.household_id)).all() == [case.household_id]


def test_a_car_that_came_after_the_last_screening_stops_the_determination(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    all_answered(session, case, world, clock, car_of=HEAD)
    assert session.scalars(select(FindingRow)).all() == []
    session.commit()
    assert "county.hits" in lacking(session, world, clock, case)


def test_an_answer_that_grew_old_stops_the_determination(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    all_answered(session, case, world, clock)
    inquiry = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == "public_security")).one()
    question = question_of(inquiry, "vehicle", HEAD)
    session.execute(update(Question).where(Question.id == question.id).values(as_of=clock.today() - timedelta(days=91)))
    session.commit()
    assert "county.inquiries" in lacking(session, world, clock, case)


def test_answered_again_it_is_present_again(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    inquiry = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == "public_security")).one()
    answered(session, inquiry, world, clock)
    assert {question.state for question in inquiry.questions} == {"clear"}
