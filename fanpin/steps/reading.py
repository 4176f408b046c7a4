"""Sensitive reads: each leaves its event before the page is shown."""

from datetime import datetime

from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.outbox import StoredFile
from fanpin.rules.actions import Action
from fanpin.rules.roles import Actor
from fanpin.steps import doing, files


def note(session: Session, action: Action, *, actor: Actor, subject: object, path: str, now: datetime) -> None:
    """Write who looked at what, on the stream of the case or household that it belongs to."""
    if isinstance(subject, StoredFile):
        files.note_read(session, subject, actor=actor, now=now)
        return
    audit.record(session, action.value, actor=actor, now=now, stream=doing.stream_of(subject, actor),
                 object=getattr(subject, "ref", ""), area_path=getattr(subject, "area_path", actor.area_path),
                 outcome=audit.OUTCOME_SEEN, facts={"path": path})
