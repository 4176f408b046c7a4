"""附件1 录入、标注: what is to be done in the national system, the sheets made for it, and what proved it done."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.adapters.parcels import Errand
from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.titles import TitledEnum


class TaskState(TitledEnum):
    """Whether it is done there; only the system's own export, or an officer's word with a reason, ends a task."""

    OPEN = ("open", "待核对")
    PROVEN = ("proven", "导出表已证实")
    BY_HAND = ("by_hand", "人工确认")


class SheetState(TitledEnum):
    """How far a sheet has come."""

    MAKING = ("making", "正在生成")
    READY = ("ready", "可以下载")
    FAILED = ("failed", "没有生成")


class NationalSheet(Referenced, Scoped, Base):
    """One workbook in the national system's column order: households to enter, to mark or to correct there."""

    __tablename__ = "national_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    errand: Mapped[Errand] = mapped_column(Code(Errand))
    number: Mapped[str] = mapped_column(String(60))
    state: Mapped[SheetState] = mapped_column(Code(SheetState))
    problem: Mapped[str] = mapped_column(String(300), default="")
    outlet: Mapped[str] = mapped_column(String(60))
    households: Mapped[int] = mapped_column(default=0)
    persons: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(60))
    created_by_id: Mapped[int]


class NationalTask(Referenced, Scoped, Base):
    """One household to be entered, marked or corrected in the national system; a correction names the columns."""

    __tablename__ = "national_task"
    __table_args__ = (
        Index("ix_national_task_state", "state", "area_path"),
        Index("uq_national_task_open", "household_id", "errand", unique=True, sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")))

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    errand: Mapped[Errand] = mapped_column(Code(Errand))
    state: Mapped[TaskState] = mapped_column(Code(TaskState))
    # Codes of the national table's columns, with the person's name before a colon where it is a person's.
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    opened_on: Mapped[date]
    opened_by: Mapped[str] = mapped_column(String(60))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("national_sheet.id"))
    closed_on: Mapped[date | None]
    closed_by: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
