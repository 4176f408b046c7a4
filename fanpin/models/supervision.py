"""督导、督查、调度 of 六(一)(二), and what 六(三) finds: tasks with their replies, findings with their consequence."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.areas import Area
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.oversight import ConductKind, ConductSource, Consequence, TaskKind, TaskState


class SupervisionTask(Referenced, Scoped, Base):
    """A task that a higher level gave to one area; it lies in the area that has to reply."""

    __tablename__ = "supervision_task"
    __table_args__ = (
        Index("ix_supervision_task_state", "state", "due_on", "area_path"),
        Index("ix_supervision_task_issuer_id", "issuer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(Code(TaskKind))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    issuer_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[TaskState] = mapped_column(Code(TaskState), default=TaskState.OPEN)
    issued_by: Mapped[str] = mapped_column(String(60))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    area: Mapped[Area] = relationship(foreign_keys=[area_id], lazy="joined")
    issuer: Mapped[Area] = relationship(foreign_keys=[issuer_id], lazy="joined")
    replies: Mapped[list["TaskReply"]] = relationship(back_populates="task", order_by="TaskReply.id")
    __mapper_args__ = {"version_id_col": version}

    def overdue_on(self, day: date) -> bool:
        """Say whether a reply is owed and late."""
        return self.state.waits_for_reply and self.due_on < day


class TaskReply(Scoped, Base):
    """One reply, and what the issuer thought of it."""

    __tablename__ = "task_reply"
    __table_args__ = (Index("ix_task_reply_task_id", "task_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("supervision_task.id"))
    text: Mapped[str] = mapped_column(Text)
    replied_on: Mapped[date]
    replied_by: Mapped[str] = mapped_column(String(60))
    accepted: Mapped[bool | None]
    opinion: Mapped[str] = mapped_column(Text, default="")
    judged_by: Mapped[str] = mapped_column(String(60), default="")
    judged_on: Mapped[date | None]
    task: Mapped[SupervisionTask] = relationship(back_populates="replies")


class ConductFinding(Referenced, Scoped, Base):
    """Falsification or neglect found in an area, its consequence, and how it was followed up."""

    __tablename__ = "conduct_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[ConductKind] = mapped_column(Code(ConductKind))
    source: Mapped[ConductSource] = mapped_column(Code(ConductSource))
    found_on: Mapped[date]
    facts: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(120))
    consequence: Mapped[Consequence] = mapped_column(Code(Consequence))
    demanded: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    result: Mapped[str] = mapped_column(Text, default="")
    done_on: Mapped[date | None]
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    followed_by: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)
    area: Mapped[Area] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}
