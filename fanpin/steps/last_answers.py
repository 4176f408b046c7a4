"""The last good answer about each person, department and kind: kept to be shown greyed, never to be counted."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fanpin.models.calls import LastAnswer
from fanpin.models.county import AT_COUNTY, Batch, Question
from fanpin.models.dossier_county import PRESENT
from fanpin.models.scoped import system_scope
from fanpin.steps.asking import subject_of


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


def forget_questions(session: Session, questions: Sequence[Question], *, household_id: int) -> None:
    """Delete what may no longer be shown, because the authorisation was taken back."""
    for question in questions:
        session.execute(delete(LastAnswer).where(
            LastAnswer.household_id == household_id, LastAnswer.department == question.department,
            LastAnswer.kind == question.kind, LastAnswer.subject == subject_of(question)))


def forget_delivery(session: Session, delivery_id: int) -> None:
    """Delete what rested on a delivery that its department has withdrawn."""
    session.execute(delete(LastAnswer).where(LastAnswer.batch_id.in_(select(Batch.id).where(Batch.delivery_id == delivery_id))))
