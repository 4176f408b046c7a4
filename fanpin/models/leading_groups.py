"""Leading groups of 六(一), their 数据管理和共享联席会议, and what these decided."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.areas import Area
from fanpin.models.posts import DatedPost
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant, Json
from fanpin.rules.oversight import GroupPost


class GroupMember(DatedPost, Referenced, Scoped, Base):
    """A member of an area's leading group."""

    __tablename__ = "leading_group_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    post: Mapped[GroupPost] = mapped_column(Code(GroupPost))
    unit: Mapped[str] = mapped_column(String(120))


class JointMeeting(Referenced, Scoped, Base):
    """One joint meeting: its period, the agenda frozen when it was called, who came, the minutes."""

    __tablename__ = "joint_meeting"
    __table_args__ = (Index("ix_joint_meeting_area_id_held_on", "area_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    title: Mapped[str] = mapped_column(String(120))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(120))
    host: Mapped[str] = mapped_column(String(60))
    period_from: Mapped[date]
    period_to: Mapped[date]
    agenda: Mapped[Json] = mapped_column(JSON, default=dict)
    present: Mapped[list[str]] = mapped_column(JSON, default=list)
    minutes: Mapped[str] = mapped_column(Text, default="")
    called_by: Mapped[str] = mapped_column(String(60))
    called_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    area: Mapped[Area] = relationship(lazy="joined")
    decisions: Mapped[list["MeetingDecision"]] = relationship(back_populates="meeting", order_by="MeetingDecision.id")
    __mapper_args__ = {"version_id_col": version}


class MeetingDecision(Referenced, Scoped, Base):
    """What a joint meeting decided: which unit does what by when, and what came of it."""

    __tablename__ = "meeting_decision"
    __table_args__ = (Index("ix_meeting_decision_open", "done_on", "due_on", "area_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("joint_meeting.id"), index=True)
    content: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date]
    progress: Mapped[str] = mapped_column(Text, default="")
    done_on: Mapped[date | None]
    followed_by: Mapped[str] = mapped_column(String(60), default="")
    followed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    meeting: Mapped[JointMeeting] = relationship(back_populates="decisions", lazy="joined")
    __mapper_args__ = {"version_id_col": version}
