"""报送数据 (附件1): a department's sheets on their way in, and the rows that match nobody."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.county import DepartmentOwn
from fanpin.models.scoped import Referenced
from fanpin.models.types import Code, Encrypted, Instant
from fanpin.rules.deliveries import DeliveryState, UnmatchedReason, UnmatchedState


class Delivery(Referenced, DepartmentOwn, Base):
    """One sheet that a department sent: what it covers, how far its reading is, and what became of its rows.

    A fetched one has the digest of its `origin`, reaches up to its `mark`, and `follows` another where it tells only what is new.
    """

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_department", "department", "area_path", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(80))
    table: Mapped[str] = mapped_column(String(60), default="")
    source_title: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(40), default="")
    release_id: Mapped[int | None] = mapped_column(ForeignKey("adapter_release.id"))
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_digest: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(120))
    as_of: Mapped[date]
    covers_from: Mapped[date | None]
    complete: Mapped[bool]
    whole: Mapped[bool] = mapped_column(default=True)
    register_scope: Mapped[str] = mapped_column(String(120))
    contact: Mapped[str] = mapped_column(String(60), default="")
    sent_by: Mapped[str] = mapped_column(String(60))
    sent_by_id: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[DeliveryState] = mapped_column(Code(DeliveryState), default=DeliveryState.WAITING)
    refused: Mapped[str] = mapped_column(String(400), default="")
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    rows: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    matched: Mapped[int] = mapped_column(default=0)
    queued: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[list[str]]] = mapped_column(JSON, default=list, deferred=True)
    notices: Mapped[list[str]] = mapped_column(JSON, default=list)
    origin: Mapped[str] = mapped_column(String(64), default="")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    mark: Mapped[str | None] = mapped_column(Encrypted("delivery.mark"))
    confirmed_by: Mapped[str] = mapped_column(String(60), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by: Mapped[str] = mapped_column(String(60), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")

    @property
    def proves_absence(self) -> bool:
        """Say whether who is not in it is not there: it is told complete, and no row was refused of which nobody knows whose."""
        return self.complete and self.whole

    @property
    def progress(self) -> int:
        """Return how much has been read, in per cent."""
        return min(100, 100 * self.rows_read // self.rows) if self.rows else 0


class RefusedMember(DepartmentOwn, Base):
    """Somebody on file of whom a delivery holds a row that was not taken: for that delivery, missing is not absent."""

    __tablename__ = "refused_member"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)


class UnmatchedRow(Referenced, DepartmentOwn, Base):
    """A row about nobody on file, or about somebody of another name: matched by hand, or set aside with the reason."""

    __tablename__ = "unmatched_row"
    __table_args__ = (Index("ix_unmatched_row_open", "state", "area_path", "id"),
                      Index("ix_unmatched_row_hash", "department", "row_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    row_number: Mapped[int]
    row_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    reason: Mapped[UnmatchedReason] = mapped_column(Code(UnmatchedReason))
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str | None] = mapped_column(Encrypted("unmatched_row.name"))
    id_number: Mapped[str | None] = mapped_column(Encrypted("unmatched_row.id_number"))
    village: Mapped[str] = mapped_column(String(80), default="")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    facts: Mapped[str | None] = mapped_column(Encrypted("unmatched_row.facts"))
    state: Mapped[UnmatchedState] = mapped_column(Code(UnmatchedState), default=UnmatchedState.OPEN)
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str] = mapped_column(String(200), default="")
