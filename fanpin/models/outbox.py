"""Side effects owed, one-time form keys, and stored files."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Instant, Json


class OutboxItem(Base):
    """A side effect owed since its transaction; claimed under a lease, retried, at last a dead letter."""

    __tablename__ = "outbox_item"
    __table_args__ = (Index("ix_outbox_item_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[Json] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    claimed_by: Mapped[str] = mapped_column(String(60), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(400), default="")


class Submission(Base):
    """A form that was carried out once: its one-time key, and where its sender was sent on to."""

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(80))
    location: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(Instant)


class StoredFile(Referenced, Scoped, Base):
    """A file in the encrypted store: photo, scan, screenshot, or a finished paper."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(80), index=True)
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(60))
    household_id: Mapped[int | None]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"), index=True)
    added_by: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(Instant)
