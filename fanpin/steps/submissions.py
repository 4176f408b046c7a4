"""A form is carried out once: its one-time key is written in the same transaction as its effect."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fanpin.models.outbox import Submission
from fanpin.rules.refusals import Refusal


class KeyReused(Refusal):
    """The same one-time key came with other contents."""

    message = "这张表单已经提交过。如需再次办理，请重新打开页面。"


def earlier_answer(session: Session, key: str, *, user_id: int, fingerprint: str) -> str | None:
    """Return where the first submission was sent on to, or None for a new key; raise `KeyReused`."""
    row = session.get(Submission, key)
    if row is None:
        return None
    if row.user_id != user_id or row.fingerprint != fingerprint:
        raise KeyReused
    return row.location


def take(session: Session, key: str, *, user_id: int, fingerprint: str, now: datetime) -> None:
    """Use up the key; a second one at the same time fails on the primary key and is rolled back whole."""
    session.add(Submission(key=key, user_id=user_id, fingerprint=fingerprint, at=now))
    session.flush()


def answer(session: Session, key: str, location: str) -> None:
    """Remember where the submitter was sent on to."""
    session.execute(update(Submission).where(Submission.key == key).values(location=location[:300]))
