"""Village lists and their meetings: 名单、评议会议、村“两委”研究、群众意见."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.cases import Case
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant, Json
from fanpin.rules.stages import Procedure
from fanpin.rules.titles import TitledEnum


class VillageList(Referenced, Scoped, Base):
    """A village's monthly list: its cases are decided as one document and each stays traceable."""

    __tablename__ = "village_list"
    __table_args__ = (UniqueConstraint("area_id", "procedure", "month", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    procedure: Mapped[Procedure] = mapped_column(Code(Procedure))
    month: Mapped[str] = mapped_column(String(7))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    announced_on: Mapped[date | None]
    announced_place: Mapped[str] = mapped_column(String(200), default="")
    opened_by: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    village_report_on: Mapped[date | None]
    village_report_by: Mapped[str] = mapped_column(String(60), default="")
    township_report_on: Mapped[date | None]
    township_report_by: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)
    entries: Mapped[list["ListEntry"]] = relationship(back_populates="village_list", order_by="ListEntry.id")
    __mapper_args__ = {"version_id_col": version}


class ListEntry(Scoped, Base):
    """A case on a list, with the case's round at that time; `left_on` where it was returned or taken off."""

    __tablename__ = "list_entry"
    __table_args__ = (
        UniqueConstraint("list_id", "case_id", "round"),
        Index("ix_list_entry_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("village_list.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    round: Mapped[int]
    left_on: Mapped[date | None]
    left_reason: Mapped[str] = mapped_column(String(200), default="")
    village_list: Mapped[VillageList] = relationship(back_populates="entries")
    case: Mapped[Case] = relationship()


class MeetingKind(TitledEnum):
    """Which meeting of the procedure it was."""

    DELIBERATION = ("deliberation", "村民小组党员和户主评议会议")
    COMMITTEE = ("committee", "村“两委”研究会议")
    REVIEW = ("review", "村（组）党员群众评议会")
    TOWNSHIP = ("township", "乡镇专题会议")


class MeetingRecord(Referenced, Scoped, Base):
    """A meeting about a list: who came from which group, what was said and decided."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_list_id", "list_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("village_list.id"))
    kind: Mapped[MeetingKind] = mapped_column(Code(MeetingKind))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(120))
    host: Mapped[str] = mapped_column(String(60))
    recorder: Mapped[str] = mapped_column(String(60))
    attendance: Mapped[Json] = mapped_column(JSON, default=dict)
    party_members: Mapped[int] = mapped_column(default=0)
    household_heads: Mapped[int] = mapped_column(default=0)
    others: Mapped[int] = mapped_column(default=0)
    summary: Mapped[str] = mapped_column(Text, default="")
    decided: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class Opinion(Referenced, Scoped, Base):
    """A villager's opinion or question about the list or one household: verified, then answered back."""

    __tablename__ = "opinion"
    __table_args__ = (Index("ix_opinion_list_id", "list_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("village_list.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_case.id"))
    speaker: Mapped[str] = mapped_column(String(60), default="")
    content: Mapped[str] = mapped_column(Text)
    raised_on: Mapped[date]
    verified: Mapped[str] = mapped_column(Text, default="")
    verified_by: Mapped[str] = mapped_column(String(60), default="")
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(60))
