"""Departments' sheets in, warnings on desks, answers to the joint review by plugins and desks: on the demo's real input."""

from collections import Counter

from sqlalchemy import func, select

from fanpin.models.cases import Case
from fanpin.models.county import Batch, Determination, DeterminationResult, FactRow, Inquiry, Question
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.findings import HouseholdFinding, ScreeningRun
from fanpin.models.warnings import Warning
from fanpin.rules.checks import CheckState
from fanpin.rules.deliveries import DeliveryState, UnmatchedReason
from fanpin.rules.duty_kinds import Basis
from fanpin.rules.duty_tables import KINDS
from fanpin.rules.stages import Stage
from fanpin.steps.findings import BY_SCREENING
from tests.conftest import TODAY
from tests.journeys.conftest import Demo

PLANTED = {"farm_truck": "vehicle", "old_car": "vehicle", "dead_member": "person_status", "brother_inside": "public_office",
           "father_official": "public_office", "resettlement": "property", "cancelled_firm": "company",
           "split_household": "hukou_movement", "paid_debtor": "credit_discipline"}


def test_every_sheet_was_read_by_the_departments_own_adapter_and_none_was_refused(demo: Demo) -> None:
    sent = demo.session.scalars(select(Delivery)).all()
    assert len(sent) >= 16 and {row.state for row in sent} == {DeliveryState.DONE}
    assert all(row.version and row.source == f"fanpin-{row.department.replace('_', '-')}" for row in sent)
    assert [(row.department, row.table, row.problems) for row in sent if row.wrong] == []


def test_the_national_systems_export_agrees_with_what_the_county_has_entered_and_marked(demo: Demo) -> None:
    told = {row.household_id: row for row in demo.session.scalars(select(FactRow).where(FactRow.kind == "national_entry"))}
    entered = demo.session.execute(select(Case, Determination).join(Determination, Determination.case_id == Case.id).where(
        Determination.result == DeterminationResult.INCLUDED, Determination.entered_on.is_not(None)).order_by(Case.id)).all()
    latest = {case.household_id: (case, decided) for case, decided in entered}
    assert set(told) == set(latest) and len(told) > 5
    for household_id, (case, decided) in latest.items():
        marked = case.stage is Stage.ELIMINATED
        assert (told[household_id].value, told[household_id].ref_no) == ("eliminated" if marked else "monitored", decided.national_number)


def test_what_was_planted_reached_the_cases_through_those_sheets(demo: Demo) -> None:
    for code, kind in PLANTED.items():
        source = demo.session.scalars(
            select(Batch.delivery_id).join(FactRow, FactRow.batch_id == Batch.id).join(Question, Question.id == FactRow.question_id)
            .join(Inquiry, Inquiry.id == Question.inquiry_id)
            .where(Inquiry.case_id == demo.case(code).id, FactRow.kind == kind)).all()
        assert source and None not in source, code


def test_one_joint_review_is_answered_by_plugins_and_desks_and_signed_by_officers_and_standing_approval(demo: Demo) -> None:
    case = demo.case("farm_truck")
    questions = demo.session.scalars(select(Question).join(Inquiry).where(Inquiry.case_id == case.id)).all()
    by_sheet = {question.department for question in questions if question.delivery_id is not None}
    by_desk = {question.department for question in questions if question.delivery_id is None}
    assert {"public_security", "finance", "natural_resources", "market", "central_bank", "health"} <= by_sheet
    assert {"education", "housing", "agriculture", "statistics"} <= by_desk
    assert {question.state for question in questions} == {CheckState.HIT, CheckState.CLEAR}
    signed = dict(demo.session.execute(select(Inquiry.department, Inquiry.signed_by).where(Inquiry.case_id == case.id)).all())
    assert all(signed.values()) and signed["central_bank"] == "常设批准" and signed["finance"].startswith("何演")


def test_who_is_not_in_a_complete_sheet_is_clear_and_who_was_not_asked_about_left_nothing(demo: Demo) -> None:
    case = demo.case("objection_refuted")
    vehicles = demo.session.scalars(select(Question).join(Inquiry).where(Inquiry.case_id == case.id, Question.kind == "vehicle")).all()
    assert vehicles and all(question.state == CheckState.CLEAR and question.delivery_id for question in vehicles)
    persons = demo.session.scalars(select(Delivery).where(Delivery.table == "persons")).one()
    assert persons.quarantined > 0 and any("没有保存" in notice for notice in persons.notices)
    consent = [code for code, kind in KINDS.items() if kind.basis is Basis.CONSENT and not kind.village]
    assert demo.session.scalars(select(FactRow.kind).where(FactRow.kind.in_(consent), FactRow.question_id.is_(None))).all() == []


def test_strangers_and_names_that_differ_wait_in_the_queue(demo: Demo) -> None:
    reasons = Counter(demo.session.scalars(select(UnmatchedRow.reason)))
    assert reasons[UnmatchedReason.UNKNOWN] >= 10 and reasons[UnmatchedReason.NAME_DIFFERS] >= 3


def test_the_month_was_screened_and_says_what_nobody_told(demo: Demo) -> None:
    run = demo.session.scalars(select(ScreeningRun)).one()
    assert run.month == f"{TODAY:%Y-%m}" and run.households > 180 and run.warnings > 10
    assert run.untold == ["income_method"]


def test_each_warning_names_people_facts_and_source_and_is_on_the_desks(demo: Demo) -> None:
    warnings = demo.session.scalars(select(Warning).where(Warning.document == BY_SCREENING)).all()
    assert len(warnings) >= demo.session.scalars(select(ScreeningRun.warnings)).one()
    assert all(row.dispatched_at and "演" in row.content and "部门" in row.content and "核实" in row.content for row in warnings)
    verified = [row for row in warnings if row.verified_at]
    assert verified and len(verified) < len(warnings) and all(row.conclusion and row.finding for row in verified)
    answered = demo.session.scalars(select(HouseholdFinding).where(HouseholdFinding.conclusion.is_not(None))).all()
    assert {row.warning_id for row in answered} == {row.id for row in verified}


def test_a_household_has_one_warning_a_month(demo: Demo) -> None:
    twice = demo.session.execute(select(Warning.household_id).where(Warning.document == BY_SCREENING).group_by(
        Warning.household_id).having(func.count() > 1)).all()
    assert twice == []
