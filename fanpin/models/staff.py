"""Who answers for an area and who is fit for the work (六(一)、六(二)): responsible persons, training, plans, hand-overs."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.areas import Area
from fanpin.models.posts import DatedPost
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant
from fanpin.models.users import User
from fanpin.rules.oversight import ResponsibleKind
from fanpin.rules.roles import Role


class ResponsiblePerson(DatedPost, Referenced, Scoped, Base):
    """Who answers for an area."""

    __tablename__ = "responsible_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ResponsibleKind] = mapped_column(Code(ResponsibleKind))
    post: Mapped[str] = mapped_column(String(120))


class Training(Referenced, Scoped, Base):
    """One training session of an area: when, about what, by whom."""

    __tablename__ = "training"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    held_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    trainer: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(120), default="")
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    attendance: Mapped[list["TrainingAttendance"]] = relationship(back_populates="training", order_by="TrainingAttendance.id")


class TrainingAttendance(Scoped, Base):
    """That an account's holder took part, and when; it lies where the person works, whoever held the training."""

    __tablename__ = "training_attendance"
    __table_args__ = (UniqueConstraint("training_id", "user_id"), Index("ix_training_attendance_user_id", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    held_on: Mapped[date]
    training: Mapped[Training] = relationship(back_populates="attendance")
    user: Mapped[User] = relationship()


class WorkPlan(Referenced, Scoped, Base):
    """One published version of an area's plan for a year; a later one replaces it and leaves it as it was."""

    __tablename__ = "work_plan"
    __table_args__ = (UniqueConstraint("area_id", "year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    year: Mapped[int]
    number: Mapped[int]
    document: Mapped[str] = mapped_column(String(200))
    monitored: Mapped[str] = mapped_column(Text)
    responsibilities: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    steps: Mapped[str] = mapped_column(Text)
    published_on: Mapped[date]
    published_by: Mapped[str] = mapped_column(String(60))
    published_at: Mapped[datetime] = mapped_column(Instant)
    area: Mapped[Area] = relationship(lazy="joined")


class Handover(Referenced, Scoped, Base):
    """What one administrator handed to the next, so that the work goes on."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    role: Mapped[Role] = mapped_column(Code(Role))
    from_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    handed_on: Mapped[date]
    items: Mapped[str] = mapped_column(Text)
    open_matters: Mapped[str] = mapped_column(Text, default="")
    witness: Mapped[str] = mapped_column(String(60))
    document: Mapped[str] = mapped_column(String(200), default="")
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    giver: Mapped[User] = relationship(foreign_keys=[from_id])
    taker: Mapped[User] = relationship(foreign_keys=[to_id])
