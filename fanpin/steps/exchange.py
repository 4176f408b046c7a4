"""Departments' answers (三(六), 附件1): the one function that accepts a batch, hand verification, the signature."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from fanpin import audit, crypto
from fanpin.adapters.contract import (
    Answer,
    Batch,
    CoverageItem,
    Fact,
    Known,
    Later,
    NotFound,
    Transport,
    Unavailable,
    check_batch,
    derive_check,
)
from fanpin.adapters.desk import desk_batch
from fanpin.models.cases import Case
from fanpin.models.county import Batch as BatchRow
from fanpin.models.county import AnyInquiry, CoverageRow, DirectRequest, FactRow, Inquiry, Question
from fanpin.models.dossier_county import is_present
from fanpin.models.scoped import system_scope, within
from fanpin.rules.actions import Action
from fanpin.rules.checks import CheckState
from fanpin.rules.departments import Department
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Stage
from fanpin.steps import doing, last_answers, outbox
from fanpin.steps.asking import NO_CONSENT, may_be_asked, subject_of

KINDS_OF_ANSWER: dict[type, str] = {Known: "known", NotFound: "not_found", Later: "later", Unavailable: "unavailable"}
BY_HAND = "人工核实"
BY_SYSTEM = "部门系统自动答复"
AUTOMATIC = (Transport.DATABASE, Transport.PLATFORM)
MOST = 200


@dataclass(frozen=True)
class Delivery:
    """What became of a batch: its row, why it was rejected whole, and about whom nothing was kept."""

    batch: BatchRow | None = None
    problems: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()


def accept_batch(session: Session, inquiry: AnyInquiry, batch: Batch, *, actor: Actor | None, now: datetime, today: date,
                 evidence: Mapping[tuple[str, str], str] | None = None) -> Delivery:
    """Write a department's answers to one inquiry: facts, coverage, states; the same batch again changes nothing.

    An answer about anybody not asked rejects the whole batch: nothing is written but the event, which the caller
    commits. Of a person whose consent does not hold today nothing is kept. `evidence` gives, by (token, kind), on
    what an officer's answer by hand rests. Answers reopen an inquiry that was signed. What the province's department
    answers by 直通车 lands beside the county's own question, too. Without an actor the department's own system answers.
    """
    if actor is not None:
        doing.permit(session, Action.OVERSIGHT_ANSWER if isinstance(inquiry, DirectRequest) else Action.COUNTY_ANSWER,
                     actor=actor, subject=inquiry)
    elif batch.source not in AUTOMATIC:
        raise NotAllowedHere("没有人答复的，只能是部门系统的答复。", action=Action.COUNTY_ANSWER.value, clause="三(六)")
    who: Actor | str = actor if actor is not None else BY_SYSTEM
    refuse_closed(session, inquiry)
    asked = {(question.token, question.kind): question for question in inquiry.questions}
    problems = tuple(dict.fromkeys(problem.text for problem in check_batch(batch, asked, today=today)))
    if batch.department.value != inquiry.department:
        problems = ("这批答复不是本部门的，整批退回", *problems)
    if problems:
        _reject(session, inquiry, batch, problems, actor=who, now=now)
        return Delivery(problems=problems)
    digest = crypto.digest(audit.canonical(_plain(batch, evidence or {})))
    if _is_repeated(session, inquiry, digest, [asked[key] for key in batch.answers]):
        return Delivery()
    row = BatchRow(department=inquiry.department, area_path=inquiry.area_path, level=inquiry.level, transport=batch.source.value,
                   as_of=batch.as_of, digest=digest, rows=len(batch.answers), received_at=now, received_from=_name(who))
    session.add(row)
    session.flush()
    household_id, allowed = _basis(session, inquiry, today=today)
    quarantined = []
    beside = _own_questions(session, inquiry) if isinstance(inquiry, DirectRequest) else {}
    # One statement for the whole batch: what is written below supersedes what was answered before.
    session.execute(update(FactRow).where(FactRow.question_id.in_([asked[key].id for key in batch.answers]))
                    .values(superseded=True))
    for key, answer in batch.answers.items():
        question = asked[key]
        if (question.kind, subject_of(question)) in allowed:
            _write_answer(session, row, question, answer, batch, household_id=household_id, by=_name(who), now=now,
                          today=today, evidence=(evidence or {}).get(key, ""))
            _land(session, row, beside.get((question.kind, subject_of(question))), question, answer, batch,
                  household_id=household_id, by=_name(who), now=now, today=today)
        else:
            _keep_out(question, by=_name(who), now=now)
            quarantined.append(question.subject_name)
    inquiry.signed_at, inquiry.signed_by, inquiry.signature_note = None, "", ""
    last_answers.keep(session, [*(asked[key] for key in batch.answers), *beside.values()], row, household_id=household_id)
    audit.record(session, "exchange.accept", actor=who, now=now, stream=audit.case_stream(inquiry.case_id),
                 object=inquiry.ref, area_path=inquiry.area_path,
                 facts={"department": inquiry.department, "transport": batch.source.value, "answers": len(batch.answers),
                        "digest": digest, "quarantined": len(quarantined)})
    outbox.put_once(session, "county.screen", {"case": inquiry.case_id}, now=now)
    return Delivery(row, quarantined=tuple(dict.fromkeys(quarantined)))


def verify_by_hand(session: Session, question: Question, answer: Known, *, evidence: str, actor: Actor, now: datetime,
                   today: date) -> Delivery:
    """Answer by hand what the register could not: an officer of that department, with evidence (三(六))."""
    doing.filled(evidence=evidence)
    if question.state not in (CheckState.NOT_FOUND.value, CheckState.UNAVAILABLE.value):
        raise NotAllowedHere("只有查无此人或暂时无法查询的，才由本部门人工核实。", action="county.answer", clause="三(六)")
    key = (question.token, question.kind)
    batch = desk_batch(Department(question.department), {key: answer}, as_of=today, register_scope=BY_HAND, complete=True)
    return accept_batch(session, question.inquiry, batch, actor=actor, now=now, today=today, evidence={key: evidence})


def _own_questions(session: Session, request: DirectRequest) -> dict[tuple[str, str], Question]:
    """Return the questions that the county's own department was asked in the joint review that still runs."""
    with system_scope(session, reason="直通车答复落到县级核查"):
        rows = session.scalars(
            select(Question).join(Inquiry, Inquiry.id == Question.inquiry_id).join(Case, Case.id == Inquiry.case_id)
            .where(Inquiry.case_id == request.case_id, Inquiry.department == request.department, Case.stage == Stage.COUNTY,
                   Case.procedure == Inquiry.procedure, Case.round == Inquiry.round)
            .options(joinedload(Question.inquiry))).all()
    return {(row.kind, subject_of(row)): row for row in rows}


def _name(who: Actor | str) -> str:
    return who if isinstance(who, str) else who.name


def _land(session: Session, batch_row: BatchRow, own: Question | None, asked: Question, answer: Answer, batch: Batch, *,
          household_id: int, by: str, now: datetime, today: date) -> None:
    """Let the province's answer stand for the county's question where that has none, or where the province found something.

    A registration that the county's department found is never cleared from above: it stays until that department answers anew.
    """
    found = asked.state == CheckState.HIT.value
    if own is None or not (found or asked.state == CheckState.CLEAR.value):
        return
    if not found and (own.state == CheckState.HIT.value or is_present(own, today)):
        return
    with system_scope(session, reason="直通车答复落到县级核查"):
        session.execute(update(FactRow).where(FactRow.question_id == own.id).values(superseded=True))
        _write_answer(session, batch_row, own, _about(answer, own.token), replace(
            batch, coverage=tuple(replace(item, subjects=frozenset({own.token})) for item in batch.coverage
                                  if item.kind == asked.kind and asked.token in item.subjects)),
            household_id=household_id, by=by, now=now, today=today, evidence=asked.evidence)
        own.by_province = True
        own.inquiry.signed_at, own.inquiry.signed_by, own.inquiry.signature_note = None, "", ""


def _about(answer: Answer, token: str) -> Answer:
    """Return the answer under another question's token."""
    return replace(answer, facts=tuple(replace(fact, subject=token) for fact in answer.facts)) if isinstance(answer, Known) else answer


def to_answer(session: Session, *, actor: Actor, today: date) -> list[Inquiry]:
    """List the department's inquiries whose joint review still runs: unsigned first, those due first."""
    with system_scope(session, reason="部门待答复的核查"):
        return list(session.scalars(
            select(Inquiry).join(Case, Case.id == Inquiry.case_id)
            .where(Inquiry.department == actor.department, within(Inquiry.area_path, (actor.area_path,)),
                   Case.stage == Stage.COUNTY, Case.round == Inquiry.round, Case.procedure == Inquiry.procedure)
            .order_by(Inquiry.signed_at.is_not(None), Inquiry.due_on, Inquiry.id).limit(MOST)
            .options(selectinload(Inquiry.questions))))


def sign(session: Session, inquiry: Inquiry, *, note: str, actor: Actor, now: datetime, today: date) -> None:
    """Sign for accuracy and truth (对准确性、真实性负责), once every question has a present answer."""
    doing.permit(session, Action.COUNTY_SIGN, actor=actor, subject=inquiry)
    refuse_closed(session, inquiry)
    if inquiry.signed_at is not None:
        raise AlreadyHandled(by=inquiry.signed_by, at=inquiry.signed_at)
    open_ones = [question.subject_name for question in inquiry.questions if not is_present(question, today)]
    if open_ones:
        raise Invalid(f"以下人员还没有有效答复，不能签字：{'、'.join(dict.fromkeys(open_ones))}。"
                      "查无此人或暂时无法查询的，请人工核实并写明依据。")
    inquiry.signed_at, inquiry.signed_by, inquiry.signature_note = now, actor.name, note[:400]
    doing.note(session, Action.COUNTY_SIGN, actor=actor, now=now, subject=inquiry,
               facts={"department": inquiry.department, "questions": len(inquiry.questions)})


def refuse_closed(session: Session, inquiry: AnyInquiry) -> None:
    """Refuse where the joint review (or the case) that the inquiry belongs to has ended."""
    with system_scope(session, reason="部门答复时核对办理环节"):
        standing = session.execute(select(Case.stage, Case.round, Case.procedure)
                                   .where(Case.id == inquiry.case_id)).one()
    if isinstance(inquiry, DirectRequest):
        if standing.stage.ended:
            raise NotAllowedHere("这一户已经办结，不用再答复。", action=Action.OVERSIGHT_ANSWER.value, clause="六(一)")
        return
    if standing.stage is not Stage.COUNTY or (standing.round, standing.procedure) != (inquiry.round, inquiry.procedure):
        raise NotAllowedHere("这次联审已经结束，不用再答复。", action="county.answer", clause="三(六)")


def _basis(session: Session, inquiry: AnyInquiry, *, today: date) -> tuple[int, frozenset[tuple[str, str]]]:
    """Return the household of the inquiry, and the (kind, subject) pairs that duty or consent allows today."""
    with system_scope(session, reason="部门答复归入农户、核对授权"):
        case = session.scalars(select(Case).where(Case.id == inquiry.case_id)).one()
        return case.household_id, may_be_asked(session, case, today=today)


def _is_repeated(session: Session, inquiry: AnyInquiry, digest: str, questions: Sequence[Question]) -> bool:
    """Say whether the questions' answers are this very batch: an older one that comes again after another is news."""
    received = session.scalar(select(func.max(BatchRow.received_at)).where(
        BatchRow.department == inquiry.department, BatchRow.digest == digest))
    # What was kept out for want of consent is looked at again: the consent may have been signed meanwhile.
    return received is not None and all(question.answered_at == received and question.reason != NO_CONSENT
                                        for question in questions)


def _reject(session: Session, inquiry: AnyInquiry, batch: Batch, problems: Sequence[str], *, actor: Actor | str,
            now: datetime) -> None:
    audit.record(session, "exchange.reject", actor=actor, now=now, stream=audit.case_stream(inquiry.case_id),
                 object=inquiry.ref, area_path=inquiry.area_path, outcome=audit.OUTCOME_REFUSED,
                 facts={"department": inquiry.department, "transport": batch.source.value, "problem": "；".join(problems)})


def _keep_out(question: Question, *, by: str, now: datetime) -> None:
    question.state, question.answer, question.reason = CheckState.UNAVAILABLE.value, "", NO_CONSENT
    question.as_of, question.later_due, question.by_hand, question.evidence = None, None, False, ""
    question.answered_by, question.answered_at, question.delivery_id, question.release_id = by, now, None, None


def _write_answer(session: Session, batch_row: BatchRow, question: Question, answer: Answer, batch: Batch, *,
                  household_id: int, by: str, now: datetime, today: date, evidence: str) -> None:
    own = [item for item in batch.coverage if item.kind == question.kind and question.token in item.subjects]
    check = derive_check(answer, subject=question.token, kind=question.kind, as_of=batch.as_of, coverage=own, today=today)
    if isinstance(answer, Known):
        session.add_all(_fact_row(batch_row, question, fact, batch, household_id) for fact in answer.facts)
        session.add_all(_coverage_row(batch_row, question, item) for item in own)
    question.state, question.answer = check.state.value, KINDS_OF_ANSWER[type(answer)]
    question.reason = check.reason[:200]
    # What was found is as of the batch; that nothing was is as of the day up to which the register was searched.
    searched = max((item.covers_to for item in own if item.complete), default=batch.as_of)
    question.as_of = (searched if check.state is CheckState.CLEAR
                      else batch.as_of if check.state in (CheckState.HIT, CheckState.STALE) else None)
    question.later_due = answer.due if isinstance(answer, Later) else None
    question.by_hand, question.evidence, question.by_province = bool(evidence), evidence[:400], False
    question.answered_by, question.answered_at, question.delivery_id, question.release_id = by, now, None, None


def _fact_row(batch_row: BatchRow, question: Question, fact: Fact, batch: Batch, household_id: int) -> FactRow:
    return FactRow(
        department=question.department, area_path=question.area_path, level=question.level, batch_id=batch_row.id,
        question_id=question.id, household_id=household_id, member_id=question.member_id, kin_id=question.kin_id, kind=fact.kind, ref_no=fact.ref,
        date=fact.date, ended=fact.ended, amount=fact.amount, value=fact.value, other=fact.other, label=fact.label,
        as_of=batch.as_of, raw_digest=crypto.digest(repr(fact).encode()))


def _coverage_row(batch_row: BatchRow, question: Question, item: CoverageItem) -> CoverageRow:
    return CoverageRow(
        department=question.department, area_path=question.area_path, level=question.level, batch_id=batch_row.id,
        question_id=question.id, kind=item.kind, register_scope=item.register_scope, covers_from=item.covers_from, covers_to=item.covers_to,
        complete=item.complete, digest=crypto.digest(repr((item.kind, question.token, item.covers_to)).encode()))


def _plain(batch: Batch, evidence: Mapping[tuple[str, str], str]) -> dict[str, object]:
    answers: Sequence[object] = sorted(
        [token, kind, KINDS_OF_ANSWER[type(answer)], repr(asdict(answer)), evidence.get((token, kind), "")]
        for (token, kind), answer in batch.answers.items())
    covered = sorted(repr((item.kind, sorted(item.subjects), item.register_scope, item.covers_from, item.covers_to,
                           item.complete)) for item in batch.coverage)
    return {"department": batch.department.value, "as_of": batch.as_of.isoformat(), "answers": answers, "coverage": covered}
