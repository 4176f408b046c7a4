"""What nobody asks for: seal the trail, end sessions that ran out, forget what was only for a while."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.audit import AuditAnchor, AuditEvent
from fanpin.models.outbox import OutboxItem, Submission
from fanpin.models.users import LoginFailure, UserSession
from fanpin.steps.sessions import FORGET_FAILURES, Limits

ANCHOR_AFTER = timedelta(minutes=10)
ANCHOR_EVENTS = 1000
KEEP_SESSIONS = timedelta(days=30)
KEEP_SUBMISSIONS = timedelta(days=2)
KEEP_DONE = timedelta(days=30)
AT_ONCE = 500
ROWS_LOOKED_AT = 1000
SYSTEM = "系统"


def anchor_due(session: Session, *, now: datetime) -> bool:
    """Say whether the trail grew since the last anchor, and by enough or for long enough."""
    newest = session.scalar(select(func.max(AuditEvent.id))) or 0
    last = session.scalar(select(AuditAnchor).order_by(AuditAnchor.id.desc()).limit(1))
    if last is None:
        return newest > 0
    grown = newest - last.last_event_id
    return grown >= ANCHOR_EVENTS or (grown > 0 and now - last.at >= ANCHOR_AFTER)


def seal_trail(session: Session, *, now: datetime) -> AuditAnchor:
    """Anchor the trail while nobody writes to it: an event with a smaller number must not come after its anchor."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE audit_event, audit_anchor IN SHARE ROW EXCLUSIVE MODE"))
    anchor = audit.anchor(session, now=now)
    session.flush()
    return anchor


def end_expired_sessions(session: Session, *, limits: Limits, now: datetime) -> int:
    """End the sessions that are past their limits, each with its event."""
    rows = session.scalars(
        select(UserSession).where(UserSession.ended_at.is_(None), or_(
            UserSession.seen_at < now - limits.idle, UserSession.started_at < now - limits.absolute))
        .order_by(UserSession.id).limit(AT_ONCE)).all()
    for row in rows:
        row.ended_at = now
        audit.record(session, "session.expired", actor=SYSTEM, now=now, stream=audit.user_stream(row.user_id),
                     object=row.user.ref)
    return len(rows)


def forget(session: Session, *, now: datetime) -> int:
    """Delete ended sessions, used form keys, old failures and finished jobs; the trail keeps what matters of them."""
    old = (
        delete(UserSession).where(UserSession.ended_at < now - KEEP_SESSIONS),
        delete(Submission).where(Submission.at < now - KEEP_SUBMISSIONS),
        delete(LoginFailure).where(LoginFailure.last_at < now - FORGET_FAILURES),
        delete(OutboxItem).where(OutboxItem.state == "done", OutboxItem.due_at < now - KEEP_DONE),
    )
    return sum(session.execute(statement).rowcount for statement in old)


def learn_sizes(session: Session) -> None:
    """Tell SQLite's planner how large the tables are; without it a list of cases reads every household first.

    PostgreSQL's autovacuum sees to this by itself. The limit keeps it short, however large the tables.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"PRAGMA analysis_limit={ROWS_LOOKED_AT}"))
        session.execute(text("ANALYZE"))
