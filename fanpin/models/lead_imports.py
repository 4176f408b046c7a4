"""Exports of the three platforms of 三(一) on their way in: one row for each file, with what became of its rows."""

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Encrypted, Instant
from fanpin.rules.intake import Channel, LeadImportState


class LeadImport(Referenced, Scoped, Base):
    """One export of a platform: its file as it came, how far its reading is, and how its rows ended."""

    __tablename__ = "lead_import"
    __table_args__ = (Index("ix_lead_import_digest", "digest", "area_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    adapter: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(40), default="")
    table: Mapped[str] = mapped_column(String(60), default="")
    # No foreign key: a stored file may belong to a lead, and a lead to an import.
    file_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(120))
    # Where it was fetched from, and up to which mark; blank for a file that somebody brought.
    origin: Mapped[str] = mapped_column(String(64), default="")
    mark: Mapped[str | None] = mapped_column(Encrypted("lead_import.mark"))
    state: Mapped[LeadImportState] = mapped_column(Code(LeadImportState), default=LeadImportState.WAITING)
    refused: Mapped[str] = mapped_column(String(400), default="")
    created_by: Mapped[str] = mapped_column(String(60))
    created_by_id: Mapped[int]
    created_as: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    rows: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    none: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[list[str]]] = mapped_column(JSON, default=list, deferred=True)
    notices: Mapped[list[str]] = mapped_column(JSON, default=list)

    @property
    def under_way(self) -> bool:
        """Say whether the file is still being read."""
        return self.state in (LeadImportState.WAITING, LeadImportState.READING)
