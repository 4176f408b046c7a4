"""催办 (三(六)): a department is reminded of what it has not answered, at most once a day."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.calls import Reminder, SystemCall
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry, Question
from fanpin.models.dossiers import calendar
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.calls import CallState
from fanpin.rules.checks import CheckState
from fanpin.rules.refusals import AlreadyHandled
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Stage
from fanpin.steps import doing, exchange

BY_ITSELF = "到期自动催办"
MOST = 500


def remind(session: Session, inquiry: Inquiry, *, actor: Actor, now: datetime, today: date) -> bool:
    """Remind the department of an inquiry that it has not signed; False where it was reminded today already."""
    doing.permit(session, Action.COUNTY_REMIND, actor=actor, subject=inquiry)
    exchange.refuse_closed(session, inquiry)
    if inquiry.signed_at is not None:
        raise AlreadyHandled(by=inquiry.signed_by, at=inquiry.signed_at)
    if session.scalar(select(Reminder.id).where(Reminder.inquiry_id == inquiry.id, Reminder.sent_on == today)) is not None:
        return False
    session.add(_reminder(inquiry, by=actor.name, now=now, today=today))
    doing.note(session, Action.COUNTY_REMIND, actor=actor, now=now, subject=inquiry,
               facts={"department": inquiry.department, "due": inquiry.due_on.isoformat()})
    return True


def remind_where_due(session: Session, *, now: datetime, today: date) -> int:
    """Remind the departments whose limit, or whose own promise, has passed, on a working day of the county and once in it; return how many."""
    late = or_(
        Inquiry.due_on < today,
        select(Question.id).where(Question.inquiry_id == Inquiry.id, Question.state == CheckState.WAITING.value,
                                  Question.later_due < today).exists(),
        select(SystemCall.id).where(SystemCall.inquiry_id == Inquiry.id, SystemCall.state == CallState.TICKET,
                                    SystemCall.due_on < today).exists())
    reminded = select(Reminder.id).where(Reminder.inquiry_id == Inquiry.id, Reminder.sent_on == today).exists()
    rows = session.scalars(
        select(Inquiry).join(Case, Case.id == Inquiry.case_id)
        .where(Case.stage == Stage.COUNTY, Case.round == Inquiry.round, Case.procedure == Inquiry.procedure,
               Inquiry.signed_at.is_(None), late, ~reminded).order_by(Inquiry.due_on, Inquiry.id).limit(MOST)).all()
    days = calendar(session)
    works: dict[str, bool] = {}
    sent = 0
    for inquiry in rows:
        code = doing.ancestor(session, inquiry.area_path, AreaLevel.COUNTY).code12
        if works.setdefault(code, days.is_workday(today, area_code=code)):
            sent += 1
            session.add(_reminder(inquiry, by=BY_ITSELF, now=now, today=today))
            audit.record(session, Action.COUNTY_REMIND.value, actor=BY_ITSELF, now=now, stream=audit.case_stream(inquiry.case_id),
                         object=inquiry.ref, area_path=inquiry.area_path,
                         facts={"department": inquiry.department, "due": inquiry.due_on.isoformat()})
    return sent


def _reminder(inquiry: Inquiry, *, by: str, now: datetime, today: date) -> Reminder:
    return Reminder(inquiry_id=inquiry.id, area_path=inquiry.area_path, department=inquiry.department, sent_on=today, sent_at=now,
                    sent_by=by)
