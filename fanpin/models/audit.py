"""The trail's tables: streams, chained events, salted details, anchors."""

from datetime import datetime

from sqlalchemy import DDL, ForeignKey, Index, LargeBinary, String, event
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.types import Encrypted, Instant, path_column_type


class AuditStream(Base):
    """The head of one chain: a case, a household, a user, or the system."""

    __tablename__ = "audit_stream"

    stream: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int]
    head: Mapped[str] = mapped_column(String(80))


class AuditEvent(Base):
    """Who did what to which object, when, with which outcome; chained to the event before it."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("uq_audit_event_stream_seq", "stream", "seq", unique=True),
        Index("ix_audit_event_actor_at", "actor_id", "at"),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(String(60))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(120))
    tag: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(80))
    area_path: Mapped[str] = mapped_column(path_column_type())
    outcome: Mapped[str] = mapped_column(String(20))
    commitment: Mapped[str] = mapped_column(String(80))
    prev: Mapped[str] = mapped_column(String(80))
    hash: Mapped[str] = mapped_column(String(80))


class AuditDetail(Base):
    """The facts of an event, outside the chain: erasing them leaves the chain whole."""

    __tablename__ = "audit_detail"

    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    payload: Mapped[str] = mapped_column(Encrypted("audit_detail.payload"))


class AuditAnchor(Base):
    """A digest over all stream heads at one moment, to be kept outside the machine."""

    __tablename__ = "audit_anchor"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    last_event_id: Mapped[int]
    streams: Mapped[int]
    root: Mapped[str] = mapped_column(String(80))
    prev: Mapped[str] = mapped_column(String(80))
    seal: Mapped[str] = mapped_column(String(80))


APPEND_ONLY_SQLITE = [
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in ("audit_event", "audit_anchor") for verb in ("UPDATE", "DELETE")
]
APPEND_ONLY_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION fanpin_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$",
    *(f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
      "FOR EACH ROW EXECUTE FUNCTION fanpin_append_only()" for table in ("audit_event", "audit_anchor")),
]


for _statement in APPEND_ONLY_SQLITE:
    event.listen(Base.metadata, "after_create", DDL(_statement).execute_if(dialect="sqlite"))
for _statement in APPEND_ONLY_POSTGRESQL:
    event.listen(Base.metadata, "after_create", DDL(_statement).execute_if(dialect="postgresql"))
