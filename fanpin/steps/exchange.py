"""Departments' answers (三(六), 附件1): the one function that accepts a batch, hand verification, the signature."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.adapters.contract import (
    Answer,
    Batch,
    CoverageItem,
    Fact,
    Known,
    Later,
    NotFound,
    Unavailable,
    check_batch,
    derive_check,
)
from fanpin.models.cases import Case
from fanpin.models.county import Batch as BatchRow
from fanpin.models.county import CoverageRow, FactRow, Inquiry, Question
from fanpin.models.dossier_county import is_present
from fanpin.models.scoped import system_scope
from fanpin.rules.actions import Action
from fanpin.rules.checks import CheckState
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Stage
from fanpin.steps import doing, outbox

class BatchRejected(Invalid):
    """A batch that answers about somebody who was not asked about, or does not fit its kinds: nothing of it is kept."""


KINDS_OF_ANSWER: dict[type, str] = {Known: "known", NotFound: "not_found", Later: "later", Unavailable: "unavailable"}


def accept_batch(session: Session, inquiry: Inquiry, batch: Batch, *, actor: Actor, now: datetime, today: date,
                 evidence: Mapping[tuple[str, str], str] | None = None) -> BatchRow | None:
    """Write a department's answers to one inquiry: facts, coverage, states; the same batch again changes nothing.

    An answer about anybody not asked rejects the whole batch (`BatchRejected`; the caller notes it). `evidence` gives, by
    (token, kind), on what an officer's answer by hand rests. Answers reopen an inquiry that was signed.
    """
    doing.permit(session, Action.COUNTY_ANSWER, actor=actor, subject=inquiry)
    _refuse_closed(session, inquiry)
    asked = {(question.token, question.kind): question for question in inquiry.questions}
    problems = check_batch(batch, asked, today=today)
    if problems:
        raise BatchRejected("；".join(dict.fromkeys(problem.text for problem in problems)))
    digest = crypto.digest(audit.canonical(_plain(batch, evidence or {})))
    if session.scalar(select(BatchRow.id).where(BatchRow.department == inquiry.department, BatchRow.digest == digest)):
        return None
    row = BatchRow(department=inquiry.department, area_path=inquiry.area_path, transport=batch.source.value,
                   as_of=batch.as_of, digest=digest, rows=len(batch.answers), received_at=now, received_from=actor.name)
    session.add(row)
    session.flush()
    household_id = _household_of(session, inquiry)
    for key, answer in batch.answers.items():
        _write_answer(session, row, asked[key], answer, batch, household_id=household_id, actor=actor, now=now,
                      today=today, evidence=(evidence or {}).get(key, ""))
    inquiry.signed_at, inquiry.signed_by = None, ""
    doing.note(session, Action.COUNTY_ANSWER, actor=actor, now=now, subject=inquiry,
               facts={"department": inquiry.department, "answers": len(batch.answers), "digest": digest})
    outbox.put(session, "county.screen", {"case": inquiry.case_id}, now=now)
    return row


def sign(session: Session, inquiry: Inquiry, *, note: str, actor: Actor, now: datetime, today: date) -> None:
    """Sign for accuracy and truth (对准确性、真实性负责), once every question has a present answer."""
    doing.permit(session, Action.COUNTY_SIGN, actor=actor, subject=inquiry)
    _refuse_closed(session, inquiry)
    if inquiry.signed_at is not None:
        raise AlreadyHandled(by=inquiry.signed_by, at=inquiry.signed_at)
    open_ones = [question.subject_name for question in inquiry.questions if not is_present(question, today)]
    if open_ones:
        raise Invalid(f"以下人员还没有有效答复，不能签字：{'、'.join(dict.fromkeys(open_ones))}。查无此人或暂时无法查询的，请人工核实并写明依据。")
    inquiry.signed_at, inquiry.signed_by, inquiry.signature_note = now, actor.name, note[:400]
    doing.note(session, Action.COUNTY_SIGN, actor=actor, now=now, subject=inquiry,
               facts={"department": inquiry.department, "questions": len(inquiry.questions)})


def new_token() -> str:
    """Return the opaque token under which one person is asked about, in one inquiry."""
    return secrets.token_hex(7)


def _refuse_closed(session: Session, inquiry: Inquiry) -> None:
    with system_scope(session, reason="部门答复时核对办理环节"):
        standing = session.execute(select(Case.stage, Case.round, Case.procedure)
                                   .where(Case.id == inquiry.case_id)).one()
    if standing.stage is not Stage.COUNTY or (standing.round, standing.procedure) != (inquiry.round, inquiry.procedure):
        raise NotAllowedHere("这次联审已经结束，不用再答复。", action="county.answer", clause="三(六)")


def _household_of(session: Session, inquiry: Inquiry) -> int:
    with system_scope(session, reason="部门答复归入农户"):
        return session.scalars(select(Case.household_id).where(Case.id == inquiry.case_id)).one()


def note_rejected(session: Session, inquiry: Inquiry, batch: Batch, problem: str, *, actor: Actor,
                  now: datetime) -> None:
    """Write down that a batch was rejected; in a transaction of its own, since the refusal undid the other."""
    audit.record(session, "exchange.reject", actor=actor, now=now, stream=audit.case_stream(inquiry.case_id),
                 object=inquiry.ref, area_path=inquiry.area_path, outcome=audit.OUTCOME_REFUSED,
                 facts={"department": inquiry.department, "transport": batch.source.value, "problem": problem})


def _write_answer(session: Session, batch_row: BatchRow, question: Question, answer: Answer, batch: Batch, *,
                  household_id: int, actor: Actor, now: datetime, today: date, evidence: str) -> None:
    own = [item for item in batch.coverage if item.kind == question.kind and question.token in item.subjects]
    check = derive_check(answer, subject=question.token, kind=question.kind, as_of=batch.as_of, coverage=own, today=today)
    session.execute(update(FactRow).where(FactRow.question_id == question.id).values(superseded=True))
    if isinstance(answer, Known):
        session.add_all(_fact_row(batch_row, question, fact, batch, household_id) for fact in answer.facts)
        session.add_all(_coverage_row(batch_row, question, item) for item in own)
    question.state, question.answer = check.state.value, KINDS_OF_ANSWER[type(answer)]
    question.reason = check.reason[:200]
    question.as_of = batch.as_of if check.state in (CheckState.HIT, CheckState.CLEAR, CheckState.STALE) else None
    question.later_due = answer.due if isinstance(answer, Later) else None
    question.by_hand, question.evidence = bool(evidence), evidence[:400]
    question.answered_by, question.answered_at = actor.name, now


def _fact_row(batch_row: BatchRow, question: Question, fact: Fact, batch: Batch, household_id: int) -> FactRow:
    return FactRow(
        department=question.department, area_path=question.area_path, batch_id=batch_row.id, question_id=question.id,
        household_id=household_id, member_id=question.member_id, kin_id=question.kin_id, kind=fact.kind, ref_no=fact.ref,
        date=fact.date, ended=fact.ended, amount=fact.amount, value=fact.value, other=fact.other, label=fact.label,
        as_of=batch.as_of, raw_digest=crypto.digest(repr(fact).encode()))


def _coverage_row(batch_row: BatchRow, question: Question, item: CoverageItem) -> CoverageRow:
    return CoverageRow(
        department=question.department, area_path=question.area_path, batch_id=batch_row.id, question_id=question.id,
        kind=item.kind, register_scope=item.register_scope, covers_from=item.covers_from, covers_to=item.covers_to,
        complete=item.complete, digest=crypto.digest(repr((item.kind, question.token, item.covers_to)).encode()))


def _plain(batch: Batch, evidence: Mapping[tuple[str, str], str]) -> dict[str, object]:
    answers: Sequence[object] = sorted(
        [token, kind, KINDS_OF_ANSWER[type(answer)], repr(asdict(answer)), evidence.get((token, kind), "")]
        for (token, kind), answer in batch.answers.items())
    covered = sorted(repr((item.kind, sorted(item.subjects), item.register_scope, item.covers_from, item.covers_to,
                           item.complete)) for item in batch.coverage)
    return {"department": batch.department.value, "as_of": batch.as_of.isoformat(), "answers": answers, "coverage": covered}
