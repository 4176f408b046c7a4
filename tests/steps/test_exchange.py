"""Departments' answers: matched, kept, superseded, kept out, repeated, rejected, verified by hand, signed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.adapters.contract import Batch, CoverageItem, Fact, Known, Later, NotFound, Transport, Unavailable
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.county import CoverageRow, FactRow, Inquiry, Question
from fanpin.models.county import Batch as BatchRow
from fanpin.models.outbox import OutboxItem
from fanpin.models.scoped import set_scope
from fanpin.authorization import scope_for
from fanpin.rules.departments import Department
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted
from fanpin.steps import county, exchange, survey
from tests.conftest import StandingClock
from tests.county import a_case_at_county, answered, question_of
from tests.world import World


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case_at_county(session, world, clock)
    county.inquire(session, row, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    return row


def inquiry_of(session: Session, case: Case, department: Department) -> Inquiry:
    return session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == department.value)).one()


def deliver(session: Session, world: World, clock: StandingClock, inquiry: Inquiry, batch: Batch, **more: object) -> exchange.Delivery:
    return exchange.accept_batch(session, inquiry, batch, actor=world.officer(inquiry.department), now=clock.now(),
                                 today=clock.today(), **more)


def car(question: Question, plate: str = "云C测001") -> Fact:
    return Fact(subject=question.token, kind="vehicle", value="private_car", ref=plate, date=date(2024, 5, 1))


def a_batch(inquiry: Inquiry, answers: dict[Question, object], *, as_of: date, department: Department | None = None) -> Batch:
    known = [question for question, answer in answers.items() if isinstance(answer, Known)]
    coverage = tuple(CoverageItem(kind=question.kind, subjects=frozenset({question.token}), register_scope="本县登记范围",
                                  covers_to=as_of, complete=True) for question in known)
    return Batch(department=department or Department(inquiry.department), source=Transport.SHEET, as_of=as_of,
                 coverage=coverage, answers={(question.token, question.kind): answer for question, answer in answers.items()})


def test_a_hit_is_kept_with_its_fact_coverage_event_and_a_screening_is_owed(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.PUBLIC_SECURITY)
    question = question_of(inquiry, "vehicle", "测试㬹")
    deliver(session, world, clock, inquiry, a_batch(inquiry, {question: Known((car(question),))}, as_of=clock.today()))
    fact = session.scalars(select(FactRow)).one()
    assert (question.state, question.answer, question.as_of) == ("hit", "known", clock.today())
    assert (fact.kind, fact.ref_no, fact.member_id, fact.superseded) == ("vehicle", "云C测001", question.member_id, False)
    assert session.scalars(select(CoverageRow.register_scope)).all() == ["本县登记范围"]
    assert "exchange.accept" in session.scalars(select(AuditEvent.tag)).all()
    assert [item.payload for item in session.scalars(select(OutboxItem).where(OutboxItem.kind == "county.screen"))] == [
        {"case": case.id}]


@pytest.mark.parametrize("answer, complete, state", [
    (Known(), True, "clear"), (Known(), False, "unavailable"), (NotFound(), True, "not_found"),
    (Later(date(2026, 3, 6)), True, "waiting"), (Unavailable("系统维护"), True, "unavailable"),
])
def test_no_answer_passes_for_clear_but_a_complete_search(
        session: Session, world: World, clock: StandingClock, case: Case, answer: object, complete: bool, state: str) -> None:
    inquiry = inquiry_of(session, case, Department.PUBLIC_SECURITY)
    question = question_of(inquiry, "vehicle", "测试㬹")
    batch = a_batch(inquiry, {question: answer}, as_of=clock.today())
    if not complete:
        batch = Batch(department=batch.department, source=batch.source, as_of=batch.as_of, answers=batch.answers, coverage=tuple(
            CoverageItem(kind=item.kind, subjects=item.subjects, register_scope=item.register_scope,
                         covers_to=item.covers_to, complete=False) for item in batch.coverage))
    deliver(session, world, clock, inquiry, batch)
    assert question.state == state


def test_an_answer_about_anybody_not_asked_rejects_the_whole_batch_and_leaves_an_event(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.PUBLIC_SECURITY)
    question = question_of(inquiry, "vehicle", "测试㬹")
    batch = a_batch(inquiry, {question: Known((car(question),))}, as_of=clock.today())
    stranger = Batch(department=batch.department, source=batch.source, as_of=batch.as_of, coverage=batch.coverage,
                     answers={**batch.answers, ("0" * 14, "vehicle"): Known()})
    done = deliver(session, world, clock, inquiry, stranger)
    session.commit()
    assert done.problems and done.batch is None
    assert question.state == "waiting" and session.scalars(select(FactRow)).all() == []
    assert "exchange.reject" in session.scalars(select(AuditEvent.tag)).all()


def test_one_screening_is_owed_however_many_departments_answer_until_the_worker_takes_it_up(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    def owed() -> list[str]:
        return list(session.scalars(select(OutboxItem.state).where(OutboxItem.kind == "county.screen").order_by(OutboxItem.id)))

    for department in (Department.PUBLIC_SECURITY, Department.HOUSING):
        inquiry = inquiry_of(session, case, department)
        deliver(session, world, clock, inquiry, a_batch(inquiry, {inquiry.questions[0]: Known()}, as_of=clock.today()))
    assert owed() == ["waiting"]
    session.execute(update(OutboxItem).values(state="claimed"))
    inquiry = inquiry_of(session, case, Department.FORESTRY)
    deliver(session, world, clock, inquiry, a_batch(inquiry, {inquiry.questions[0]: Known()}, as_of=clock.today()))
    assert owed() == ["claimed", "waiting"]


def test_a_batch_of_another_department_is_rejected(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.PUBLIC_SECURITY)
    question = question_of(inquiry, "vehicle", "测试㬹")
    batch = a_batch(inquiry, {question: Known()}, as_of=clock.today(), department=Department.HOUSING)
    assert "不是本部门" in deliver(session, world, clock, inquiry, batch).problems[0]


def test_another_departments_officer_may_not_answer(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.PUBLIC_SECURITY)
    batch = a_batch(inquiry, {inquiry.questions[0]: NotFound()}, as_of=clock.today())
    with pytest.raises(NotPermitted):
        exchange.accept_batch(session, inquiry, batch, actor=world.officer("housing"), now=clock.now(), today=clock.today())


def test_the_same_batch_again_changes_nothing_but_an_older_one_after_another_is_news(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.PUBLIC_SECURITY)
    question = question_of(inquiry, "vehicle", "测试㬹")
    first = a_batch(inquiry, {question: Known((car(question),))}, as_of=clock.today())
    second = a_batch(inquiry, {question: Known()}, as_of=clock.today())
    deliver(session, world, clock, inquiry, first)
    clock.move(hours=1)
    assert deliver(session, world, clock, inquiry, first) == exchange.Delivery()
    assert len(session.scalars(select(BatchRow)).all()) == 1
    deliver(session, world, clock, inquiry, second)
    assert question.state == "clear" and [row.superseded for row in session.scalars(select(FactRow))] == [True]
    clock.move(hours=1)
    deliver(session, world, clock, inquiry, first)
    assert question.state == "hit"
    assert sorted(row.superseded for row in session.scalars(select(FactRow))) == [False, True]


def test_nothing_is_kept_about_a_person_whose_consent_no_longer_holds(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    consent = survey.consent_of(session, case)
    assert consent is not None
    consent.withdrawn_on = clock.today()
    inquiry = inquiry_of(session, case, Department.PUBLIC_SECURITY)
    question = question_of(inquiry, "vehicle", "测试㬹")
    done = deliver(session, world, clock, inquiry, a_batch(inquiry, {question: Known((car(question),))}, as_of=clock.today()))
    assert done.quarantined == ("测试㬹",)
    assert question.state == "unavailable" and "授权已失效" in question.reason
    assert session.scalars(select(FactRow)).all() == []


def test_an_officer_verifies_by_hand_with_evidence_whom_the_register_does_not_know(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.PUBLIC_SECURITY)
    question = question_of(inquiry, "vehicle", "测试㬹")
    when = {"actor": world.officer("public_security"), "now": clock.now(), "today": clock.today()}
    with pytest.raises(NotAllowedHere):
        exchange.verify_by_hand(session, question, Known(), evidence="派出所走访", **when)
    deliver(session, world, clock, inquiry, a_batch(inquiry, {question: NotFound()}, as_of=clock.today()))
    with pytest.raises(Invalid):
        exchange.verify_by_hand(session, question, Known(), evidence=" ", **when)
    exchange.verify_by_hand(session, question, Known(), evidence="派出所走访记录2026-12号", **when)
    assert (question.state, question.by_hand, question.evidence) == ("clear", True, "派出所走访记录2026-12号")


def test_a_department_signs_only_when_everything_is_answered_and_new_answers_reopen_it(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.HOUSING)
    when = {"actor": world.officer("housing"), "now": clock.now(), "today": clock.today()}
    with pytest.raises(Invalid, match="还没有有效答复"):
        exchange.sign(session, inquiry, note="", **when)
    answered(session, inquiry, world, clock)
    exchange.sign(session, inquiry, note="", **when)
    assert inquiry.signed_by
    with pytest.raises(AlreadyHandled):
        exchange.sign(session, inquiry, note="", **when)
    clock.move(hours=1)
    deliver(session, world, clock, inquiry, a_batch(inquiry, {inquiry.questions[0]: Unavailable("补查")}, as_of=clock.today()))
    assert inquiry.signed_at is None


def test_an_officer_sees_the_running_inquiries_of_the_own_department_only(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    actor = world.officer("housing")
    set_scope(session, scope_for(actor))
    rows = exchange.to_answer(session, actor=actor, today=clock.today())
    assert [row.department for row in rows] == ["housing"]
    assert exchange.to_answer(session, actor=world.officer("emergency") if "bm.emergency" in world.actors else
                              world.officer("water"), today=clock.today())[0].department == "water"


def test_nobody_answers_for_a_joint_review_that_is_over(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.HOUSING)
    case.round += 1
    session.flush()
    with pytest.raises(NotAllowedHere):
        answered(session, inquiry, world, clock)
    assert exchange.to_answer(session, actor=world.officer("housing"), today=clock.today()) == []


def test_old_answers_do_not_stay_present(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, Department.HOUSING)
    deliver(session, world, clock, inquiry, a_batch(
        inquiry, {inquiry.questions[0]: Known()}, as_of=clock.today() - timedelta(days=91)))
    assert inquiry.questions[0].state == "stale"
