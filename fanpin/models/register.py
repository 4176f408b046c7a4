"""Sheets imported into the register: one batch each, every household's differences, the rows that were not taken."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Encrypted, Instant, bytewise
from fanpin.rules.titles import TitledEnum


class ImportState(TitledEnum):
    """How far an import has come."""

    READING = ("reading", "正在读取和比对")
    REFUSED = ("refused", "没有读成")
    COMPARED = ("compared", "待处理差异")
    WITHDRAWN = ("withdrawn", "已作废")


class ChangeState(TitledEnum):
    """What became of one household's differences."""

    OPEN = ("open", "待处理")
    ACCEPTED = ("accepted", "已接受，待写入")
    APPLIED = ("applied", "已写入")
    REJECTED = ("rejected", "不接受")
    FAILED = ("failed", "没有写成")


class ChangeKind(TitledEnum):
    """What sort of difference comes first; a household may have several (`flags`)."""

    NEW = ("new", "新的农户")
    MEMBERS = ("members", "增加家庭成员")
    CHANGED = ("changed", "信息有变化")
    TOLD = ("told", "与办理记录或在册成员不一致")
    BLOCKED = ("blocked", "不能写入")


class ImportBatch(Referenced, Scoped, Base):
    """One uploaded sheet: its file, what was read, and how far it has come."""

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_digest", "digest", "area_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(80))
    state: Mapped[ImportState] = mapped_column(Code(ImportState))
    phase: Mapped[str] = mapped_column(String(40), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    notices: Mapped[list[str]] = mapped_column(JSON, default=list)
    unknown: Mapped[list[str]] = mapped_column(JSON, default=list)
    rows: Mapped[int] = mapped_column(default=0)
    refused_rows: Mapped[int] = mapped_column(default=0)
    households: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    report_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(60))
    created_by_id: Mapped[int]
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class ImportChange(Referenced, Scoped, Base):
    """One household of the sheet that differs from what is on file: the whole of it, its differences, what was decided."""

    __tablename__ = "import_change"
    __table_args__ = (
        Index("ix_import_change_batch_state", "batch_id", "state", "id"),
        Index("ix_import_change_batch_kind", "batch_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    head_name: Mapped[str] = mapped_column(bytewise(60))
    kind: Mapped[ChangeKind] = mapped_column(Code(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(Code(ChangeState))
    rows: Mapped[str] = mapped_column(String(40), default="")
    # JSON: the household as read, and the differences as shown; encrypted whole, for it holds numbers of people.
    household: Mapped[str] = mapped_column(Encrypted("import_change.household"))
    differences: Mapped[str] = mapped_column(Encrypted("import_change.differences"))
    before: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(400), default="")
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class ImportProblem(Scoped, Base):
    """Why a row was not taken: its number, the column's title as its sender wrote it, the sentence; never the value."""

    __tablename__ = "import_problem"
    __table_args__ = (Index("ix_import_problem_batch_row", "batch_id", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str] = mapped_column(String(300))
