"""The last good answer about each person, department and kind: kept to be shown greyed, never to be counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fanpin.models.calls import LastAnswer
from fanpin.models.cases import Case
from fanpin.models.county import AT_COUNTY, Batch, FactRow, Inquiry, Question
from fanpin.models.dossier_county import PRESENT, is_present
from fanpin.models.scoped import system_scope
from fanpin.rules.checks import CheckState
from fanpin.steps.asking import NO_CONSENT, subject_of


def keep(session: Session, questions: Sequence[Question], batch: Batch, *, household_id: int) -> None:
    """Keep the county's answers that a batch has just given, each in place of the one before it."""
    good = {(row.department, row.kind, subject_of(row)): row for row in questions
            if row.level == AT_COUNTY and row.state in PRESENT and row.answered_at == batch.received_at}
    if not good:
        return
    # A provincial officer's answer may land beside the county's question, which that officer never sees.
    with system_scope(session, reason="保存最近一次有效答复"):
        known = {(row.department, row.kind, row.subject): row for row in session.scalars(
            select(LastAnswer).where(LastAnswer.household_id == household_id))}
        for key, question in good.items():
            row = known.get(key)
            if row is None:
                row = LastAnswer(household_id=household_id, department=key[0], kind=key[1], subject=key[2])
                session.add(row)
            row.area_path, row.question_id, row.batch_id = question.area_path, question.id, batch.id
            row.state, row.reason, row.as_of = question.state, question.reason, question.as_of
        session.flush()


@dataclass(frozen=True)
class LastGood:
    """An earlier answer beside a question that has none: its state, sentence, day, and the facts of that time."""

    state: CheckState
    reason: str
    as_of: date
    facts: tuple[FactRow, ...]


def beside(session: Session, inquiries: Sequence[Inquiry], *, today: date) -> dict[int, LastGood]:
    """Return the last good answers to the county's questions that have no answer that counts, in three statements.

    Nothing is shown of a person whose authorisation no longer covers it.
    """
    open_ones = [(inquiry, row) for inquiry in inquiries for row in inquiry.questions
                 if not is_present(row, today) and row.reason != NO_CONSENT]
    if not open_ones:
        return {}
    with system_scope(session, reason="最近一次有效答复属于哪一户"):
        households = dict(session.execute(select(Case.id, Case.household_id).where(
            Case.id.in_({inquiry.case_id for inquiry, _ in open_ones}))).all())
    known = {(row.household_id, row.department, row.kind, row.subject): row for row in session.scalars(
        select(LastAnswer).where(LastAnswer.household_id.in_(set(households.values()))))}
    found = {row.id: last for inquiry, row in open_ones if (last := known.get(
        (households[inquiry.case_id], row.department, row.kind, subject_of(row)))) is not None}
    facts: dict[tuple[int | None, int], list[FactRow]] = defaultdict(list)
    if found:
        for fact in session.scalars(select(FactRow).where(
                FactRow.question_id.in_({last.question_id for last in found.values()})).order_by(FactRow.id)):
            facts[fact.question_id, fact.batch_id].append(fact)
    return {number: LastGood(CheckState(last.state), last.reason, last.as_of, tuple(facts[last.question_id, last.batch_id]))
            for number, last in found.items()}


def forget_questions(session: Session, questions: Sequence[Question], *, household_id: int) -> None:
    """Delete what may no longer be shown, because the authorisation was taken back."""
    for question in questions:
        session.execute(delete(LastAnswer).where(
            LastAnswer.household_id == household_id, LastAnswer.department == question.department,
            LastAnswer.kind == question.kind, LastAnswer.subject == subject_of(question)))


def forget_delivery(session: Session, delivery_id: int) -> None:
    """Delete what rested on a delivery that its department has withdrawn."""
    session.execute(delete(LastAnswer).where(LastAnswer.batch_id.in_(select(Batch.id).where(Batch.delivery_id == delivery_id))))
