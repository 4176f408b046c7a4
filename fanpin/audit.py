"""The only writer of the trail: one event per change and per sensitive read, chained per stream."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, bindparam, func, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.models.audit import AuditAnchor, AuditDetail, AuditEvent, AuditStream
from fanpin.rules.actions import Action
from fanpin.rules.roles import Actor

# Written by table, not by object: four short statements per event, and nothing of the trail stays in the session.
_STREAM = AuditStream.__table__
_AT_STREAM = _STREAM.c.stream == bindparam("taken")
_TAKE_PLACE = update(_STREAM).where(_AT_STREAM).values(seq=_STREAM.c.seq + 1).returning(_STREAM.c.seq, _STREAM.c.head)
_SET_HEAD = update(_STREAM).where(_AT_STREAM).values(head=bindparam("new_head"))
_SET_PLACE = update(_STREAM).where(_AT_STREAM).values(seq=bindparam("new_seq"), head=bindparam("new_head"))
_ADD_STREAM = insert(_STREAM)
_EVENT = AuditEvent.__table__
_ADD_EVENT = insert(_EVENT)
_ADD_DETAIL = insert(AuditDetail.__table__)

AT_ONCE = 500
GENESIS = ""
_PAYLOAD = AuditDetail.__table__.c.payload.type.column.encode()
OUTCOME_DONE = "done"
OUTCOME_SEEN = "seen"
OUTCOME_REFUSED = "refused"

SESSION_EVENTS = {
    "session.login": ("address",),
    "session.failed": ("address", "username"),
    "session.logout": (),
    "session.switch": ("grant",),
    "session.password": (),
    "session.expired": (),
}
OTHER_EVENTS = {
    "analysis.open": ("key_check", "grounds"),
    "paper.issue": ("paper", "number", "digest"),
    "paper.ready": ("paper", "digest", "pages"),
    "paper.failed": ("paper", "problem"),
    "paper.print": ("paper", "prints"),
    "file.add": ("file", "purpose", "digest"),
    "file.read": ("file", "purpose"),
    "file.erase": ("file", "purpose", "digest"),
    "intake.imported": ("channel", "rows", "taken", "repeated", "wrong", "known"),
    "intake.refuse": ("channel", "problem"),
    "county.screen": ("findings", "fresh", "changed"),
    "exchange.accept": ("department", "transport", "answers", "digest", "quarantined"),
    "exchange.ask": ("department", "transport", "table", "persons", "collecting"),
    "exchange.reject": ("department", "transport", "problem"),
    "register.compared": ("rows", "refused", "households", "differing"),
    "register.applied": ("households",),
    "national.settled": ("as_of", "households", "proven"),
    "national.by_hand": ("errand", "reason"),
    "register.exported": ("number", "households", "persons", "files"),
    "register.split": ("department", "rows", "differing"),
    "adapter.refresh": ("adapter", "version", "digest", "state"),
    "adapter.revoke": ("adapter", "version", "digest", "reason"),
    "adapter.withdraw": ("adapter", "version", "digest", "reason"),
    "adapter.certified": ("adapter", "version", "digest", "ok", "failed"),
    "adapter.failed": ("adapter", "version", "code", "security", "detail"),
    "exchange.standing": ("department", "documents"),
    "delivery.accept": ("department", "rows", "matched", "queued", "wrong", "answered", "quarantined"),
    "delivery.refuse": ("department", "problem"),
    "screening.done": ("month", "found", "counts", "untold"),
    "account.reset": ("account",),
    "account.revoke": ("grant",),
    "system.init": ("what",),
    "audit.anchor": ("root",),
}


@dataclass(frozen=True)
class Written:
    """The event just written: its id, stream, place in the stream and hash."""

    event_id: int
    stream: str
    seq: int
    hash: str


def _declared(tag: str) -> bool:
    return tag in SESSION_EVENTS or tag in OTHER_EVENTS or tag in {action.value for action in Action}


def canonical(values: Mapping[str, object]) -> bytes:
    """Return the one byte string that stands for the values: sorted keys, no spaces, UTF-8."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chained(*, stream: str, seq: int, at: datetime, actor: str, actor_id: int | None, tag: str, object: str,
            area_path: str, outcome: str, commitment: str, prev: str) -> str:
    """Return the hash of an event: over all its columns and the hash before it."""
    return crypto.digest(canonical({
        "stream": stream, "seq": seq, "at": at.isoformat(timespec="microseconds"), "actor": actor,
        "actor_id": actor_id or 0, "tag": tag, "object": object, "area_path": area_path, "outcome": outcome,
        "commitment": commitment, "prev": prev,
    }))


def record(session: Session, tag: str, *, actor: Actor | str, now: datetime, stream: str, object: str = "",
           area_path: str = "", outcome: str = OUTCOME_DONE, facts: Mapping[str, object] | None = None) -> Written:
    """Write one event in the session's transaction; raise KeyError for a tag that nothing declares.

    `facts` (JSON values) are stored outside the chain under a salt; the chain holds their commitment.
    """
    if not _declared(tag):
        raise KeyError(tag)
    name, actor_id = _named(actor)
    payload = canonical(facts or {})
    salt = secrets.token_bytes(16)
    commitment = crypto.digest(salt + payload)
    connection = session.connection()
    head = connection.execute(_TAKE_PLACE, {"taken": stream}).one_or_none()
    seq, prev = (head.seq, head.head) if head is not None else (1, GENESIS)
    values = {"stream": stream, "seq": seq, "at": now, "actor": name, "actor_id": actor_id, "tag": tag, "object": object,
              "area_path": area_path, "outcome": outcome, "commitment": commitment, "prev": prev}
    digest = chained(**values)
    event_id = connection.execute(_ADD_EVENT, values | {"hash": digest}).inserted_primary_key[0]
    connection.execute(_ADD_DETAIL, {"event_id": event_id, "salt": salt, "payload": payload.decode()})
    if head is not None:
        connection.execute(_SET_HEAD, {"taken": stream, "new_head": digest})
    else:
        # Where two begin one stream at once, the unique place of the event lets only one through.
        connection.execute(_ADD_STREAM, {"stream": stream, "seq": 1, "head": digest})
    return Written(event_id, stream, seq, digest)


@dataclass(frozen=True)
class Entry:
    """One of many events of the same act: its stream, object, area and facts."""

    stream: str
    object: str
    area_path: str
    facts: Mapping[str, object]


def record_many(session: Session, tag: str, entries: Sequence[Entry], *, actor: Actor | str, now: datetime) -> None:
    """Write one event per entry, each on another stream, by a number of statements that does not grow with them."""
    if not _declared(tag):
        raise KeyError(tag)
    if len({entry.stream for entry in entries}) < len(entries):
        raise ValueError("record_many takes one event per stream")
    for first in range(0, len(entries), AT_ONCE):
        _record_chunk(session, tag, entries[first:first + AT_ONCE], *_named(actor), now=now)


def _record_chunk(session: Session, tag: str, entries: Sequence[Entry], name: str, actor_id: int | None, *,
                  now: datetime) -> None:
    connection = session.connection()
    heads = {row.stream: row for row in connection.execute(
        select(_STREAM).where(_STREAM.c.stream.in_([entry.stream for entry in entries])).with_for_update())}
    events, details = [], []
    for entry in entries:
        payload, salt = canonical(entry.facts), secrets.token_bytes(16)
        head = heads.get(entry.stream)
        seq, prev = (head.seq + 1, head.head) if head is not None else (1, GENESIS)
        values = {"stream": entry.stream, "seq": seq, "at": now, "actor": name, "actor_id": actor_id, "tag": tag,
                  "object": entry.object, "area_path": entry.area_path, "outcome": OUTCOME_DONE,
                  "commitment": crypto.digest(salt + payload), "prev": prev}
        events.append(values | {"hash": chained(**values)})
        details.append({"salt": salt, "payload": payload.decode()})
    last = connection.scalar(select(func.max(_EVENT.c.id))) or 0
    connection.execute(_ADD_EVENT, events)
    # Read back rather than returned: SQLite would have the rows go one by one to tell their numbers in order.
    numbers = dict(connection.execute(select(_EVENT.c.stream, _EVENT.c.id).where(
        _EVENT.c.id > last, _EVENT.c.stream.in_([entry.stream for entry in entries]))).all())
    connection.execute(_ADD_DETAIL, [detail | {"event_id": numbers[entry.stream]}
                                     for detail, entry in zip(details, entries, strict=True)])
    known = [row for row in events if row["stream"] in heads]
    fresh = [row for row in events if row["stream"] not in heads]
    if known:
        connection.execute(_SET_PLACE, [{"taken": row["stream"], "new_seq": row["seq"], "new_head": row["hash"]} for row in known])
    if fresh:
        connection.execute(_ADD_STREAM, [{"stream": row["stream"], "seq": row["seq"], "head": row["hash"]} for row in fresh])


def _named(actor: Actor | str) -> tuple[str, int | None]:
    return (actor, None) if isinstance(actor, str) else (f"{actor.name}（{actor.role.title}）", actor.user_id)


def case_stream(case_id: int) -> str:
    """Name the stream of a case."""
    return f"case:{case_id}"


def household_stream(household_id: int) -> str:
    """Name the stream of a household's file."""
    return f"household:{household_id}"


def user_stream(user_id: int) -> str:
    """Name the stream of an account."""
    return f"user:{user_id}"


SYSTEM_STREAM = "system"


@dataclass(frozen=True)
class Report:
    """What verification found: counts, and the first broken place of each broken stream."""

    streams: int
    events: int
    anchors: int
    broken: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Say whether nothing was found broken."""
        return not self.broken


def verify(session: Session, *, stream: str | None = None) -> Report:
    """Recompute every hash of one stream or of all, and every anchor; name the first bad row of each stream."""
    broken: list[str] = []
    heads = {row.stream: row for row in session.scalars(select(AuditStream))}
    query = select(AuditEvent).order_by(AuditEvent.stream, AuditEvent.seq)
    if stream is not None:
        query = query.where(AuditEvent.stream == stream)
    events, current, bad = 0, "", False
    seq, prev = 0, GENESIS
    last: dict[str, tuple[int, str]] = {}
    for row in session.scalars(query.execution_options(yield_per=2000)):
        events += 1
        if row.stream != current:
            current, seq, prev, bad = row.stream, 0, GENESIS, False
        if bad:
            continue
        problem = _problem(row, seq + 1, prev)
        if problem:
            broken.append(f"{row.stream}#{row.seq}：{problem}")
            bad = True
        seq, prev = row.seq, row.hash
        last[row.stream] = (row.seq, row.hash)
    for name, head in heads.items():
        if (stream is None or name == stream) and last.get(name) != (head.seq, head.head):
            broken.append(f"{name}：这条链的末端与最后一条记录不符")
    broken.extend(f"{name}：这条链有记录而没有末端" for name in last if name not in heads)
    broken.extend(_bad_details(session, stream))
    anchors, bad_anchors = (0, []) if stream else _verify_anchors(session)
    return Report(len(last), events, anchors, tuple(broken + bad_anchors))


def _problem(row: AuditEvent, seq: int, prev: str) -> str:
    if row.seq != seq:
        return f"缺少第{seq}条记录"
    if row.prev != prev:
        return "与前一条记录接不上"
    expected = chained(stream=row.stream, seq=row.seq, at=row.at, actor=row.actor, actor_id=row.actor_id, tag=row.tag,
                       object=row.object, area_path=row.area_path, outcome=row.outcome, commitment=row.commitment,
                       prev=row.prev)
    return "" if expected == row.hash else "内容被改动过"


def _bad_details(session: Session, stream: str | None) -> Iterable[str]:
    # The bytes as stored: who changed them has not kept them readable, and that must not stop the verification.
    stored = type_coerce(AuditDetail.payload, LargeBinary)
    query = select(AuditEvent.stream, AuditEvent.seq, AuditEvent.commitment, AuditDetail.salt, stored).join(
        AuditDetail, AuditDetail.event_id == AuditEvent.id)
    if stream is not None:
        query = query.where(AuditEvent.stream == stream)
    for name, seq, commitment, salt, payload in session.execute(query.execution_options(yield_per=2000)):
        try:
            whole = crypto.digest(bytes(salt) + crypto.decrypt(bytes(payload), aad=_PAYLOAD)) == commitment
        except (crypto.DecryptionError, TypeError):
            whole = False
        if not whole:
            yield f"{name}#{seq}：事实内容被改动过"


def anchor(session: Session, *, now: datetime) -> AuditAnchor:
    """Seal all stream heads up to now into one root, chained to the anchor before it."""
    last_event = session.scalar(select(func.max(AuditEvent.id))) or 0
    root, streams = _root(session, last_event)
    before = session.scalar(select(AuditAnchor).order_by(AuditAnchor.id.desc()).limit(1))
    prev = before.seal if before else GENESIS
    row = AuditAnchor(at=now, last_event_id=last_event, streams=streams, root=root, prev=prev,
                      seal=crypto.seal("audit", f"{root}|{prev}".encode()).hex())
    session.add(row)
    return row


def _root(session: Session, last_event: int) -> tuple[str, int]:
    tops = (select(AuditEvent.stream, func.max(AuditEvent.seq).label("seq"))
            .where(AuditEvent.id <= last_event).group_by(AuditEvent.stream).subquery())
    heads = session.execute(
        select(AuditEvent.stream, AuditEvent.seq, AuditEvent.hash)
        .join(tops, (tops.c.stream == AuditEvent.stream) & (tops.c.seq == AuditEvent.seq))).all()
    # Sorted here, not by the database: databases sort text differently, and the verifier outside must get the same.
    return crypto.digest(canonical({"heads": sorted(list(head) for head in heads)})), len(heads)


def _verify_anchors(session: Session) -> tuple[int, list[str]]:
    broken: list[str] = []
    prev, count = GENESIS, 0
    for row in session.scalars(select(AuditAnchor).order_by(AuditAnchor.id)):
        count += 1
        root, _ = _root(session, row.last_event_id)
        if row.prev != prev or root != row.root:
            broken.append(f"第{row.id}次封存：封存过的记录被改动过")
        if row.seal != crypto.seal("audit", f"{row.root}|{row.prev}".encode()).hex():
            broken.append(f"第{row.id}次封存：封存值不是本系统的")
        prev = row.seal
    return count, broken
