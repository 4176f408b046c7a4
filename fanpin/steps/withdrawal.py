"""三(三): an authorisation taken back. Nothing more is asked on it, and no answer given on it is used any longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from fanpin.models.cases import Case
from fanpin.models.county import AnyInquiry, FactRow, FindingRow, Question
from fanpin.models.dossier_county import PRESENT
from fanpin.rules.actions import Action
from fanpin.rules.checks import CheckState
from fanpin.rules.duties import KINDS
from fanpin.rules.duty_kinds import Basis
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Stage
from fanpin.steps import doing, last_answers
from fanpin.steps.survey import consent_of


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawn authorisation stops: open inquiries, and answers that are no longer used."""

    inquiries: int
    answers: int


def would_stop(session: Session, case: Case) -> Withdrawal:
    """Count what a withdrawal would stop, for the page that asks whether it is meant."""
    touched = _resting_on_consent(session, case)
    return Withdrawal(len({question.inquiry_id for question in touched if question.inquiry.signed_at is None}),
                      sum(question.state in PRESENT for question in touched))


def withdraw(session: Session, case: Case, *, withdrawn_on: date, reason: str, actor: Actor, now: datetime,
             today: date) -> Withdrawal:
    """Take the authorisation back (三(三)): nothing more is asked on it, and no answer given on it is used any longer."""
    doing.permit(session, Action.SURVEY_WITHDRAW, actor=actor, subject=case)
    row = consent_of(session, case)
    if row is None or not row.authorised or row.withdrawn_on is not None:
        raise NotAllowedHere("本户没有可以收回的授权。", action=Action.SURVEY_WITHDRAW.value, clause="三(三)")
    if not case.open:
        raise NotAllowedHere("本户已经办结，授权到办结为止，不需要收回。", action=Action.SURVEY_WITHDRAW.value, clause="三(三)")
    doing.filled(reason=reason)
    doing.not_future(today, withdrawn_on=withdrawn_on)
    if row.signed_on is not None and withdrawn_on < row.signed_on:
        raise Invalid({"withdrawn_on": "收回日期不能早于签署日期。"})
    stopped = would_stop(session, case)
    touched = _resting_on_consent(session, case)
    row.withdrawn_on = withdrawn_on
    _stop_asking(session, case, touched, withdrawn_on)
    last_answers.forget_questions(session, touched, household_id=case.household_id)
    doing.note(session, Action.SURVEY_WITHDRAW, actor=actor, now=now, subject=case,
               facts={"consent": row.ref, "reason": reason, "inquiries": stopped.inquiries, "answers": stopped.answers})
    return stopped


def _resting_on_consent(session: Session, case: Case) -> list[Question]:
    """List the questions that only the authorisation allows, the 直通车 included: before the decision all, later the open ones."""
    rows = session.scalars(select(Question).join(AnyInquiry, AnyInquiry.id == Question.inquiry_id).where(
        AnyInquiry.case_id == case.id, AnyInquiry.procedure == case.procedure).options(selectinload(Question.inquiry))).all()
    undecided = case.stage is Stage.COUNTY
    return [row for row in rows if (undecided or row.inquiry.signed_at is None)
            and (row.kind not in KINDS or KINDS[row.kind].basis is not Basis.DUTY)]


def _stop_asking(session: Session, case: Case, questions: Sequence[Question], on: date) -> None:
    if not questions:
        return
    numbers = [question.id for question in questions]
    kept = set(session.scalars(select(FactRow.id).where(FactRow.question_id.in_(numbers))))
    session.execute(update(FactRow).where(FactRow.question_id.in_(numbers)).values(superseded=True))
    for question in questions:
        question.state, question.answer = CheckState.UNAVAILABLE.value, ""
        question.reason = f"{on.year}年{on.month}月{on.day}日收回授权，不再查询，已有答复不再使用"
        question.as_of, question.by_hand, question.evidence = None, False, ""
        question.inquiry.signed_at, question.inquiry.signed_by = None, ""
    for finding in session.scalars(select(FindingRow).where(FindingRow.case_id == case.id, FindingRow.current.is_(True))):
        # What was found in answers that are no longer used is found anew when they are given anew.
        finding.current = not kept & set(finding.evidence)
