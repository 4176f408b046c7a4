"""Sensitive reads: each leaves its event before the page is shown."""

from datetime import datetime

from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.rules.actions import Action
from fanpin.rules.roles import Actor


def note(session: Session, action: Action, *, actor: Actor, subject: object, path: str, now: datetime) -> None:
    """Write who looked at what."""
    if isinstance(subject, Case):
        stream = audit.case_stream(subject.id)
    elif isinstance(subject, Household):
        stream = audit.household_stream(subject.id)
    else:
        stream = audit.user_stream(actor.user_id)
    audit.record(session, action.value, actor=actor, now=now, stream=stream,
                 object=getattr(subject, "ref", ""), area_path=getattr(subject, "area_path", actor.area_path),
                 facts={"path": path})
