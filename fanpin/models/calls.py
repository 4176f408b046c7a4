"""Calls to departments' own systems about an inquiry, reminders of it, and the last good answer that a question had."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.county import DepartmentOwn
from fanpin.models.scoped import Referenced
from fanpin.models.types import Code, Instant, path_column_type
from fanpin.rules.calls import CallState


class SystemCall(Referenced, DepartmentOwn, Base):
    """One inquiry's questions as one table of the department's system is asked them; asked again, it is the same row."""

    __tablename__ = "system_call"
    __table_args__ = (UniqueConstraint("inquiry_id", "adapter", "table_code"), Index("ix_system_call_due", "state", "next_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"))
    county_path: Mapped[str] = mapped_column(path_column_type())
    adapter: Mapped[str] = mapped_column(String(60))
    table_code: Mapped[str] = mapped_column(String(60))
    table_title: Mapped[str] = mapped_column(String(60))
    release_id: Mapped[int] = mapped_column(ForeignKey("adapter_release.id"))
    transport: Mapped[str] = mapped_column(String(20))
    state: Mapped[CallState] = mapped_column(Code(CallState), default=CallState.OWED)
    owed_at: Mapped[datetime] = mapped_column(Instant)
    owed_by: Mapped[str] = mapped_column(String(60))
    next_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    asked: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(String(200), default="")
    ticket: Mapped[str] = mapped_column(String(200), default="")
    due_on: Mapped[date | None]
    collected: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Reminder(DepartmentOwn, Base):
    """催办: a department was reminded of an inquiry; at most once a day, by a person or by itself."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("inquiry_id", "sent_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"))
    sent_on: Mapped[date]
    sent_at: Mapped[datetime] = mapped_column(Instant)
    sent_by: Mapped[str] = mapped_column(String(60))


class LastAnswer(DepartmentOwn, Base):
    """The last good answer about a person (or household), department and kind: shown greyed, never counted."""

    __tablename__ = "last_answer"
    __table_args__ = (UniqueConstraint("household_id", "department", "kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    subject: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[date]
