"""The register's sheets: imports with every household's differences, exports, and the departments' parts to be signed."""

from datetime import date, datetime

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scope, Scoped
from fanpin.models.types import Code, Encrypted, Instant, Json, bytewise
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
    # The national system's own export: as of which day, whether it names everybody, how many tasks it proved done.
    exported_on: Mapped[date | None]
    whole: Mapped[bool] = mapped_column(default=False)
    proven: Mapped[int] = mapped_column(default=0)
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
    household: Mapped[str] = mapped_column(Encrypted("import_change.household"), deferred=True)
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


class ExportKind(TitledEnum):
    """Which households an export holds."""

    MONITORED = ("monitored", "监测对象（含风险已消除的）")
    LIFTED = ("lifted", "脱贫户和监测对象")
    ALL = ("all", "全部在册农户")


EXPORT_NAMES = {ExportKind.MONITORED: "监测对象", ExportKind.LIFTED: "脱贫户和监测对象", ExportKind.ALL: "全部农户"}


class ExportBatch(Referenced, Scoped, Base):
    """One export in the national column order; one for reporting is split by department for signing (六(一))."""

    __tablename__ = "export_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[ExportKind] = mapped_column(Code(ExportKind))
    reason: Mapped[str] = mapped_column(String(200))
    for_signing: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str] = mapped_column(String(60))
    problem: Mapped[str] = mapped_column(String(300), default="")
    households: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    persons: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(60))
    created_by_id: Mapped[int]
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    files: Mapped[list["ExportFile"]] = relationship(order_by="ExportFile.place")


class ExportFile(Referenced, Scoped, Base):
    """One workbook of an export; a large export has several, each small enough to be imported again."""

    __tablename__ = "export_file"
    __table_args__ = (UniqueConstraint("batch_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("export_batch.id"))
    place: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    households: Mapped[int]
    persons: Mapped[int]


class _DepartmentOwn(Scoped):
    """A row that one department sees as its own."""

    department: Mapped[str] = mapped_column(String(40))

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """A department sees its own rows and no others."""
        return cls.department == scope.department


class ColumnPart(Referenced, _DepartmentOwn, Base):
    """One department's columns of an export batch: screened, compared, then signed or questioned by it (六(一))."""

    __tablename__ = "column_part"
    __table_args__ = (UniqueConstraint("batch_id", "department"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("export_batch.id"))
    number: Mapped[str] = mapped_column(String(60))
    area_name: Mapped[str] = mapped_column(String(80))
    columns: Mapped[list[str]] = mapped_column(JSON)
    rows: Mapped[int]
    filled: Mapped[Json] = mapped_column(JSON)
    # JSON of the department's rows: who, and its own columns alone; compressed, then encrypted whole.
    content: Mapped[str] = mapped_column(Encrypted("column_part.content"), deferred=True)
    # JSON of what its own facts say otherwise.
    differences: Mapped[str] = mapped_column(Encrypted("column_part.differences"), deferred=True)
    compared: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Instant)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_by: Mapped[str] = mapped_column(String(60), default="")
    statement: Mapped[str] = mapped_column(String(300), default="")


class ColumnQuestion(Referenced, _DepartmentOwn, Base):
    """A difference that a department found in its columns: a question, answered before it signs."""

    __tablename__ = "column_question"
    __table_args__ = (UniqueConstraint("part_id", "household_id", "person", "column"),
                      Index("ix_column_question_answered", "answered_at", "area_path"))

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("column_part.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    head_name: Mapped[str] = mapped_column(String(60))
    person: Mapped[str] = mapped_column(String(60), default="")
    column: Mapped[str] = mapped_column(String(40))
    ours: Mapped[str | None] = mapped_column(Encrypted("column_question.ours"))
    text: Mapped[str] = mapped_column(Encrypted("column_question.text"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[str] = mapped_column(String(60))
    answer: Mapped[str] = mapped_column(String(300), default="")
    corrected: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[str] = mapped_column(String(60), default="")
