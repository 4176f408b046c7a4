"""三(六) 县级确定: whom departments are asked about, hits, the decision and the dates that follow it in order."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import FindingRow, Inquiry, Question
from fanpin.models.surveys import Consent
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.departments import BLOCKING_DEPARTMENTS, Department
from fanpin.rules.duty_kinds import ConsentClass
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.roles import Role
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import accounts, asking, county, households, screening
from fanpin.rules.members import Relation
from tests.builders import an_id
from tests.conftest import TODAY, StandingClock
from tests.county import CHILD, HEAD, SPOUSE, a_case_at_county, all_answered
from tests.registered import registered
from tests.world import World


def when(world: World, clock: StandingClock, who: str) -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def inquired(session: Session, world: World, clock: StandingClock, **more: object) -> Case:
    case = a_case_at_county(session, world, clock, **more)
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    return case


def lacking(refused: pytest.ExceptionInfo[RequirementsNotMet]) -> set[str]:
    return {item.code for item in refused.value.missing}


def test_the_fifteen_are_asked_at_once_with_a_limit_and_may_be_asked_only_once(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    rows = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id)).all()
    assert {row.department for row in rows if row.blocking} == {item.value for item in BLOCKING_DEPARTMENTS}
    assert {row.due_on.isoformat() for row in rows} == {"2026-03-09"}
    with pytest.raises(NotAllowedHere):
        county.inquire(session, case, **when(world, clock, "xian.ban"))


def test_an_adult_who_has_not_signed_is_asked_about_nothing_and_a_child_under_the_heads_name(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock, signers=(HEAD,))
    names = set(session.scalars(select(Question.subject_name)))
    assert SPOUSE not in names and {HEAD, CHILD} <= names
    with pytest.raises(RequirementsNotMet) as refused:
        county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang"))
    assert "county.not_asked" in lacking(refused)


def test_kin_outside_the_household_are_asked_about_public_office_only(
        session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    households.add_kin(session, case.household, name="测试远方", relation=Relation.SON, id_number=an_id(TODAY.replace(year=2000)),
                       **when(world, clock, "cun.gan"))
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    assert session.scalars(select(Question.kind).where(Question.subject_name == "测试远方")).all() == ["public_office"]


def test_without_a_consent_that_holds_no_department_is_asked(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    consent = session.scalars(select(Consent).where(Consent.case_id == case.id)).one()
    consent.classes = [item.value for item in ConsentClass if item is not ConsentClass.VEHICLE]
    consent.withdrawn_on = clock.today()
    with pytest.raises(Invalid, match="补签授权承诺书"):
        county.inquire(session, case, **when(world, clock, "xian.ban"))


def test_the_villages_statement_stands_in_for_a_signature_once_the_county_accepts_it(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock, signers=(HEAD,))
    spouse = next(member for member in case.household.members if member.name == SPOUSE)
    row = county.state_unasked(session, case, spouse.id, statement="在省外务工，未回村，名下无大额资产", **when(world, clock, "cun.gan"))
    county.accept_unasked(session, case, row, actor=world.actors["xian.ban"], now=clock.now())
    assert row.accepted_by == "赵县办"
    with pytest.raises(AlreadyHandled):
        county.accept_unasked(session, case, row, actor=world.actors["xian.ban"], now=clock.now())
    all_answered(session, case, world, clock)
    county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang"))


def test_no_statement_about_somebody_who_has_signed(session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    with pytest.raises(Invalid):
        county.state_unasked(session, case, case.household.members[0].id, statement="x", **when(world, clock, "cun.gan"))


def test_silence_of_one_department_stops_the_decision_and_names_it(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    with pytest.raises(RequirementsNotMet) as refused:
        county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang"))
    assert "county.inquiries" in lacking(refused) and "人民银行" in refused.value.message


def a_hit(session: Session, world: World, clock: StandingClock) -> tuple[Case, FindingRow]:
    case = inquired(session, world, clock)
    all_answered(session, case, world, clock, car_of=HEAD)
    return case, screening.screen(session, case, actor="系统", now=clock.now(), today=clock.today())[0]


def resolve(session: Session, world: World, clock: StandingClock, case: Case, finding: FindingRow, kind: ResolutionKind,
            clarification: str = "", **details: str) -> None:
    county.resolve(session, finding, case, kind=kind, clarification=clarification, details=details,
                   **when(world, clock, "xian.ban"))


def test_a_hit_waits_for_people_and_a_farm_truck_is_outside_the_words(
        session: Session, world: World, clock: StandingClock) -> None:
    case, finding = a_hit(session, world, clock)
    with pytest.raises(RequirementsNotMet) as refused:
        county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang"))
    assert lacking(refused) == {"county.hits"}
    resolve(session, world, clock, case, finding, ResolutionKind.OUTSIDE_WORDING, "production_vehicle", evidence="行驶证")
    assert county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang")).document == "1号"


def test_an_old_car_is_a_special_case_and_needs_verification_and_explanation(
        session: Session, world: World, clock: StandingClock) -> None:
    case, finding = a_hit(session, world, clock)
    with pytest.raises(Invalid, match="特殊情况"):
        resolve(session, world, clock, case, finding, ResolutionKind.OUTSIDE_WORDING, "old_car", evidence="照片")
    resolve(session, world, clock, case, finding, ResolutionKind.SPECIAL_CASE, "old_car", verified="车龄14年，价值低",
            verifier="王乡长", explained_how="村民大会", explained_on="2026-03-01", explained_where="村委会", feedback="无异议")
    county.determine(session, case, reason="特殊情况", document="1号", **when(world, clock, "xian.zhang"))


def test_a_true_hit_is_not_included_and_ends_only_with_the_letter(
        session: Session, world: World, clock: StandingClock) -> None:
    case, finding = a_hit(session, world, clock)
    resolve(session, world, clock, case, finding, ResolutionKind.NOT_INCLUDED, reasoning="家用轿车，去年购买")
    with pytest.raises(RequirementsNotMet) as refused:
        county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang"))
    assert lacking(refused) == {"county.no_true_hit"}
    row = county.decline(session, case, reason="购买消费型汽车", document="1号", **when(world, clock, "xian.zhang"))
    with pytest.raises(RequirementsNotMet) as refused:
        county.not_include(session, case, reason="已送达", **when(world, clock, "xian.ban"))
    assert lacking(refused) == {"county.letter"}
    assert row.result.title == "不予纳入" and case.stage is Stage.COUNTY


def test_whoever_resolved_a_hit_does_not_decide_on_the_household(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    with pytest.raises(NotPermitted):
        county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.ban"))


def test_decision_report_and_lead_department_come_in_this_order_each_with_its_date(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    all_answered(session, case, world, clock)
    with pytest.raises(RequirementsNotMet):
        county.report(session, case, document="报告1号", **when(world, clock, "xian.ban"))
    row = county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang"))
    with pytest.raises(AlreadyHandled):
        county.determine(session, case, reason="符合条件", document="1号", **when(world, clock, "xian.zhang"))
    clock.move(days=1)
    county.report(session, case, document="报告1号", **when(world, clock, "xian.ban"))
    clock.move(days=1)
    county.assign(session, case, department=Department.AGRICULTURE, **when(world, clock, "ling.dao"))
    assert case.stage is Stage.ASSISTANCE
    assert [str(day) for day in (row.decided_on, row.reported_on, row.lead_named_on, row.entry_due_on)] == [
        "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-16"]


def test_a_household_whose_trouble_a_department_resolves_is_referred(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    all_answered(session, case, world, clock)
    county.refer(session, case, reason="住房改造后风险解除", department=Department.HOUSING, **when(world, clock, "xian.zhang"))
    assert case.stage is Stage.REFERRED and case.closed_on == clock.today()


def test_a_refused_elimination_goes_back_to_help(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock, procedure=Procedure.LEAVING)
    county.keep_helping(session, case, reason="收入还不稳定", **when(world, clock, "xian.zhang"))
    assert (case.stage, case.procedure) == (Stage.ASSISTANCE, Procedure.ENTERING)


def test_a_further_department_is_asked_what_its_adapter_answers_once_it_has_an_officer_in_the_county(
        session: Session, world: World, clock: StandingClock) -> None:
    """三(六) “等部门”: nobody is asked who could not sign, and an adapter alone asks nobody."""
    registered(session, now=clock.now(), department="other")
    case = a_case_at_county(session, world, clock)
    assert Department.OTHER not in {plan.department for plan in county.planned(session, case, today=clock.today())}
    user, _ = accounts.create(session, username="bm.shuiwu", name="何税务", by="测试", now=clock.now())
    post = accounts.grant(session, user, role=Role.DEPARTMENT_OFFICER, area=world.areas["county"], valid_from=clock.today(),
                          document="授权1号", by="测试", now=clock.now(), department="other")
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    asked = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == "other")).one()
    assert asked.blocking and {question.kind for question in asked.questions} == {"medical_aid", "medical_cost"}
    assert {(question.kind, f"m{question.member_id}") for question in asked.questions} <= asking.may_be_asked(
        session, case, today=clock.today())
    post.revoked_at = clock.now()
    assert Department.OTHER not in {plan.department for plan in county.planned(session, case, today=clock.today())}
