"""三(六): who may not decide, what follows the decision in which order, and whom a hit removes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.adapters.contract import Fact
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.county import Determination, FindingRow, Inquiry
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.surveys import Survey
from fanpin.models.users import Grant, User
from fanpin.rules.actions import Action
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.departments import BLOCKING_DEPARTMENTS, Department
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Stage
from fanpin.steps import accounts, assistance, county, deliberation, exchange, screening, village_facts
from tests.conftest import StandingClock
from tests.county import HEAD, SPOUSE, a_case_at_county, all_answered, answered
from tests.world import World


def when(world: World, clock: StandingClock, who: str) -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def inquired(session: Session, world: World, clock: StandingClock) -> Case:
    case = a_case_at_county(session, world, clock)
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    return case


def determine(session: Session, world: World, clock: StandingClock, case: Case, actor: Actor | None = None) -> Determination:
    return county.determine(session, case, reason="符合条件", document="1号", actor=actor or world.actors["xian.zhang"],
                            now=clock.now(), today=clock.today())


def a_measure(session: Session, case: Case, clock: StandingClock) -> Measure:
    row = Measure(case_id=case.id, household_id=case.household_id, area_path=case.area_path, category=MeasureCategory.INDUSTRY,
                  detail="发展养鸡", risk=Risk.ILLNESS, department="agriculture", due_on=clock.today() + timedelta(days=60),
                  status=MeasureStatus.CONFIRMED, proposed_by="周村干", proposed_at=clock.now())
    session.add(row)
    session.flush()
    return row


def second_post(session: Session, world: World, clock: StandingClock, username: str, role: Role) -> Actor:
    user = session.scalars(select(User).where(User.username == username)).one()
    row = accounts.grant(session, user, role=role, area=world.areas["county"], valid_from=date(2026, 1, 1), document="测试任命",
                         by="test", now=clock.now())
    session.flush()
    return session.scalars(select(Grant).where(Grant.id == row.id)).one().actor()


def the_car(session: Session, world: World, clock: StandingClock, case: Case) -> FindingRow:
    all_answered(session, case, world, clock, car_of=HEAD)
    return screening.screen(session, case, actor="系统", now=clock.now(), today=clock.today())[0]


def test_whoever_resolved_a_hit_does_not_decide_even_with_a_second_post(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    finding = the_car(session, world, clock, case)
    county.resolve(session, finding, case, kind=ResolutionKind.OUTSIDE_WORDING, clarification="production_vehicle",
                   details={"evidence": "行驶证"}, **when(world, clock, "xian.ban"))
    both = second_post(session, world, clock, "xian.ban", Role.COUNTY_DECIDER)
    with pytest.raises(NotPermitted, match="另一人"):
        determine(session, world, clock, case, both)
    determine(session, world, clock, case)


def test_a_decider_who_resolved_nothing_may_hold_two_posts(session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    all_answered(session, case, world, clock)
    determine(session, world, clock, case, second_post(session, world, clock, "xian.ban", Role.COUNTY_DECIDER))


@pytest.mark.parametrize("silent", sorted(BLOCKING_DEPARTMENTS, key=lambda department: department.value))
def test_nobody_decides_or_declines_while_one_of_the_fifteen_is_silent(
        session: Session, world: World, clock: StandingClock, silent: Department) -> None:
    case = inquired(session, world, clock)
    for inquiry in session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department != silent.value)).all():
        answered(session, inquiry, world, clock)
        exchange.sign(session, inquiry, note="", actor=world.officer(inquiry.department), now=clock.now(), today=clock.today())
    clock.move(days=60)
    for act in (county.determine, county.decline):
        with pytest.raises(RequirementsNotMet) as refused:
            act(session, case, reason="领导已知悉", document="1号", **when(world, clock, "xian.zhang"))
        assert silent.title in refused.value.message
    assert (case.stage, session.scalars(select(Determination)).all()) == (Stage.COUNTY, [])


@pytest.mark.parametrize("who", ["xian.ban", "xian.zhang", "ling.dao", "xiang.zhang", "cun.gan", "bm.education"])
def test_nobody_answers_or_signs_in_a_departments_place(
        session: Session, world: World, clock: StandingClock, who: str) -> None:
    case = inquired(session, world, clock)
    row = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == "civil_affairs")).one()
    answered(session, row, world, clock)
    with pytest.raises(NotPermitted):
        exchange.sign(session, row, note="已知悉", **when(world, clock, who))
    assert row.signed_at is None


def test_a_missing_signature_holds_the_decision_and_names_the_department(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    all_answered(session, case, world, clock)
    row = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == "health")).one()
    row.signed_at = None
    session.flush()
    with pytest.raises(RequirementsNotMet, match="卫健") as refused:
        determine(session, world, clock, case)
    assert {item.code for item in refused.value.missing} == {"county.signed"}


def test_report_lead_measures_and_entry_follow_the_determination_each_with_its_date(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    all_answered(session, case, world, clock)
    measure = a_measure(session, case, clock)
    assign = {"department": Department.AGRICULTURE, **when(world, clock, "ling.dao")}
    with pytest.raises(RequirementsNotMet):
        county.report(session, case, document="报告1号", **when(world, clock, "xian.ban"))
    with pytest.raises(RequirementsNotMet):
        county.assign(session, case, **assign)
    row = determine(session, world, clock, case)
    with pytest.raises(RequirementsNotMet) as refused:
        county.assign(session, case, **assign)
    assert {item.code for item in refused.value.missing} == {"county.reported"}
    clock.move(days=1)
    county.report(session, case, document="报告1号", **when(world, clock, "xian.ban"))
    with pytest.raises(NotAllowedHere):
        assistance.start(session, measure, started_on=clock.today(), note="已落实", **when(world, clock, "bang.fu"))
    clock.move(days=1)
    county.assign(session, case, department=Department.AGRICULTURE, **when(world, clock, "ling.dao"))
    with pytest.raises(RequirementsNotMet) as refused:
        assistance.enter(session, case, number="YN1", entered_on=clock.today(), **when(world, clock, "xian.ban"))
    assert {item.code for item in refused.value.missing} == {"assistance.started"}
    clock.move(days=1)
    assistance.start(session, measure, started_on=clock.today(), note="已落实", **when(world, clock, "bang.fu"))
    clock.move(days=1)
    assistance.enter(session, case, number="YN1", entered_on=clock.today(), **when(world, clock, "xian.ban"))
    assert [day.day for day in (row.decided_on, row.reported_on, row.lead_named_on, measure.started_on, row.entered_on)] == [
        2, 3, 4, 5, 6]
    # Ten working days from the determination of 2 March, whenever the lead department was named.
    assert row.entry_due_on == date(2026, 3, 16)


def test_an_entry_does_not_come_before_the_measures(session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    all_answered(session, case, world, clock)
    measure = a_measure(session, case, clock)
    determine(session, world, clock, case)
    county.report(session, case, document="报告1号", **when(world, clock, "xian.ban"))
    county.assign(session, case, department=Department.AGRICULTURE, **when(world, clock, "ling.dao"))
    clock.move(days=5)
    assistance.start(session, measure, started_on=clock.today(), note="已落实", **when(world, clock, "bang.fu"))
    with pytest.raises(Invalid, match="不能早于帮扶措施开始落实"):
        assistance.enter(session, case, number="YN1", entered_on=clock.today() - timedelta(days=1), **when(world, clock, "xian.ban"))


def the_dead(session: Session, world: World, clock: StandingClock, case: Case, *names: str) -> list[FindingRow]:
    for inquiry in session.scalars(select(Inquiry).where(Inquiry.case_id == case.id)).all():
        facts = [Fact(subject=row.token, kind="person_status", value="dead", date=date(2025, 12, 1)) for row in inquiry.questions
                 if row.kind == "person_status" and row.subject_name in names]
        answered(session, inquiry, world, clock, *facts)
        exchange.sign(session, inquiry, note="", actor=world.officer(inquiry.department), now=clock.now(), today=clock.today())
    return screening.screen(session, case, actor="系统", now=clock.now(), today=clock.today())


@pytest.mark.parametrize(("dead", "included"), [((SPOUSE,), True), ((HEAD, SPOUSE, "测试小花"), False)])
def test_the_ninth_takes_out_the_person_and_leaves_the_household(
        session: Session, world: World, clock: StandingClock, dead: tuple[str, ...], included: bool) -> None:
    case = inquired(session, world, clock)
    for finding in the_dead(session, world, clock, case, *dead):
        assert finding.circumstance == 9
        with pytest.raises(Invalid, match="第九项只剔除该人员"):
            county.resolve(session, finding, case, kind=ResolutionKind.NOT_INCLUDED, clarification="",
                           details={"reasoning": "已去世"}, **when(world, clock, "xian.ban"))
        county.resolve(session, finding, case, kind=ResolutionKind.PERSON_REMOVED, clarification="",
                       details={"reasoning": "已去世"}, **when(world, clock, "xian.ban"))
    if included:
        assert determine(session, world, clock, case).result.value == "included"
        gone = next(member for member in case.household.members if member.name == SPOUSE)
        assert (gone.left_on, gone.left_reason, case.household.size) == (date(2025, 12, 1), "death", 2)
        county.report(session, case, document="报1号", **when(world, clock, "xian.ban"))
        county.assign(session, case, department=Department.AGRICULTURE, **when(world, clock, "ling.dao"))
    else:
        with pytest.raises(RequirementsNotMet) as refused:
            determine(session, world, clock, case)
        assert {item.code for item in refused.value.missing} == {"county.members_left"}


def test_whoever_falls_under_eighth_and_ninth_leaves_once_and_for_the_ninths_reason(
        session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    spouse = next(member for member in case.household.members if member.name == SPOUSE)
    village_facts.keep(session, case, {"empty_residence": [spouse.id]}, seen_on=clock.today(), actor=world.actors["xian.ban"],
                       now=clock.now())
    found = the_dead(session, world, clock, case, SPOUSE)
    assert {finding.circumstance for finding in found} == {8, 9}
    for finding in found:
        county.resolve(session, finding, case, kind=ResolutionKind.PERSON_REMOVED, clarification="",
                       details={"reasoning": "已去世"}, **when(world, clock, "xian.ban"))
    edits = select(func.count()).select_from(AuditEvent).where(AuditEvent.tag == Action.HOUSEHOLD_EDIT.value)
    before = session.scalar(edits)
    determine(session, world, clock, case)
    assert (spouse.left_on, spouse.left_reason) == (date(2025, 12, 1), "death")
    assert session.scalar(edits) == before + 1


def test_a_dead_head_is_replaced_before_the_decision(session: Session, world: World, clock: StandingClock) -> None:
    case = inquired(session, world, clock)
    for finding in the_dead(session, world, clock, case, HEAD):
        county.resolve(session, finding, case, kind=ResolutionKind.PERSON_REMOVED, clarification="",
                       details={"reasoning": "已去世"}, **when(world, clock, "xian.ban"))
    with pytest.raises(Invalid, match="请先在农户档案里变更户主"):
        determine(session, world, clock, case)


@pytest.mark.parametrize("risks", [(Risk.ILLNESS,), (Risk.WATER,)])
def test_water_is_asked_about_and_waited_for_where_it_is_a_named_risk(
        session: Session, world: World, clock: StandingClock, risks: tuple[Risk, ...]) -> None:
    case = a_case_at_county(session, world, clock)
    session.scalars(select(Survey)).one().risks = [risk.value for risk in risks]
    session.flush()
    county.inquire(session, case, **when(world, clock, "xian.ban"))
    row = session.scalars(select(Inquiry).where(Inquiry.department == "water")).one()
    assert row.questions and row.blocking is (Risk.WATER in risks)


@pytest.mark.parametrize("left_out", ["reason", "field", "rule", "evidence_expected"])
def test_a_return_from_the_county_names_field_rule_and_evidence(
        session: Session, world: World, clock: StandingClock, left_out: str) -> None:
    case = inquired(session, world, clock)
    facts = {"reason": "户籍不符", "field": "人口", "rule": "三(六)", "evidence_expected": "户口簿"}
    with pytest.raises(Invalid) as refused:
        deliberation.send_back(session, case, Action.COUNTY_RETURN, facts | {left_out: " "}, **when(world, clock, "xian.ban"))
    assert set(refused.value.problems) == {left_out}
    deliberation.send_back(session, case, Action.COUNTY_RETURN, facts, **when(world, clock, "xian.ban"))
    assert (case.stage, case.round) == (Stage.SURVEY, 2)
