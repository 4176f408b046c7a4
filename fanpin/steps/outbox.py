"""Side effects owed since their transaction: put here, claimed by the worker under a lease."""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import ColumnElement, Connection, String, and_, cast, or_, select, true, update
from sqlalchemy.orm import Session

from fanpin.models.outbox import OutboxItem

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5

Handler = Callable[[Session, Mapping[str, object], datetime], None]
HANDLERS: dict[str, Handler] = {}


class Lane(Enum):
    """Which items a worker takes: what a department's code or system can hold up is kept apart from all other work."""

    ALL = "all"
    INSIDE = "inside"
    OUTSIDE = "outside"


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that carries out one kind of item; it must bear being run twice."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


def put(session: Session, kind: str, payload: Mapping[str, object], *, now: datetime) -> OutboxItem:
    """Owe a side effect, in the transaction that causes it."""
    item = OutboxItem(kind=kind, payload=dict(payload), created_at=now, due_at=now)
    session.add(item)
    return item


def put_once(session: Session, kind: str, payload: Mapping[str, object], *, now: datetime) -> None:
    """Owe a side effect unless the very same one is still waiting: one already taken up may not have seen this change."""
    same = session.scalar(select(OutboxItem.id).where(
        OutboxItem.state == "waiting", OutboxItem.kind == kind,
        cast(OutboxItem.payload, String) == json.dumps(dict(payload))).limit(1))
    if same is None:
        put(session, kind, payload, now=now)


def due(now: datetime, *, outside: Collection[str] = (), lane: Lane = Lane.ALL) -> ColumnElement[bool]:
    """Return the condition on items that may be taken up now: of a lane, where `outside` are the kinds that wait for others."""
    free = or_(OutboxItem.state == "waiting", (OutboxItem.state == "claimed") & (OutboxItem.lease_until < now))
    own = {Lane.ALL: true(), Lane.INSIDE: OutboxItem.kind.not_in(outside), Lane.OUTSIDE: OutboxItem.kind.in_(outside)}
    return and_(free, OutboxItem.due_at <= now, own[lane])


def claim(session: Session, *, worker: str, now: datetime, outside: Collection[str] = (),
          lane: Lane = Lane.ALL) -> OutboxItem | None:
    """Take the lane's oldest due item for this worker, or None; commits the lease."""
    free = due(now, outside=outside, lane=lane)
    query = select(OutboxItem.id).where(free).order_by(OutboxItem.due_at, OutboxItem.id).limit(1)
    if session.get_bind().dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    item_id = session.scalar(query)
    if item_id is None:
        session.rollback()
        return None
    taken = session.execute(
        update(OutboxItem).where(OutboxItem.id == item_id, free)
        .values(state="claimed", claimed_by=worker, lease_until=now + LEASE, attempts=OutboxItem.attempts + 1))
    session.commit()
    return session.get(OutboxItem, item_id, populate_existing=True) if taken.rowcount else None


def renew(connection: Connection, item: OutboxItem, *, now: datetime) -> bool:
    """Hold on to an item that is still in hand; False where it is done or somebody else has it."""
    return bool(connection.execute(update(OutboxItem).where(*_in_hand(item)).values(lease_until=now + LEASE)).rowcount)


def finish(session: Session, item: OutboxItem) -> bool:
    """Mark the item done, in the transaction of its effect; False where another worker has taken it over."""
    return bool(session.execute(update(OutboxItem).where(*_in_hand(item)).values(
        state="done", lease_until=None, error="")).rowcount)


def fail(session: Session, item: OutboxItem, *, error: str, now: datetime) -> None:
    """Put the item back with a growing pause; after the last attempt it becomes a visible dead letter."""
    dead = item.attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=2 ** item.attempts)
    session.execute(update(OutboxItem).where(*_in_hand(item)).values(
        state="dead" if dead else "waiting", due_at=now + pause, lease_until=None, error=error[:400]))


def _in_hand(item: OutboxItem) -> tuple[ColumnElement[bool], ...]:
    # Every claim counts one attempt more: whoever lost the item does not find it under this number.
    return OutboxItem.id == item.id, OutboxItem.state == "claimed", OutboxItem.attempts == item.attempts
