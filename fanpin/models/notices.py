"""公示 of 三(四): the notice, its places, objections and complaints."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.deliberation import VillageList
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Encrypted, Instant
from fanpin.rules.titles import TitledEnum


class PlaceKind(TitledEnum):
    """The two kinds of place that 三(四) names."""

    GROUP = ("group", "村民小组公开场所")
    PLATFORM = ("platform", "云南省“政府救助平台”")


class Notice(Referenced, Scoped, Base):
    """One notice of one list; each place has its own date, the period runs from the last of them."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_list_id", "list_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("village_list.id"))
    number: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date]
    issued_by: Mapped[str] = mapped_column(String(60))
    cancelled_on: Mapped[date | None]
    cancelled_reason: Mapped[str] = mapped_column(String(200), default="")
    village_list: Mapped[VillageList] = relationship()
    places: Mapped[list["NoticePlace"]] = relationship(back_populates="notice", order_by="NoticePlace.id")


class NoticePlace(Referenced, Scoped, Base):
    """Where the notice hangs: a group's public place, or the platform with address, time and screenshot."""

    __tablename__ = "notice_place"
    __table_args__ = (Index("ix_notice_place_notice_id", "notice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    kind: Mapped[PlaceKind] = mapped_column(Code(PlaceKind))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    place: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    posted_at: Mapped[datetime | None] = mapped_column(Instant)
    posted_on: Mapped[date | None]
    posted_by: Mapped[str] = mapped_column(String(60), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    removed_on: Mapped[date | None]
    # A cancelled notice that stands on the platform, or may stand there, is to be taken down there.
    down_due: Mapped[bool] = mapped_column(default=False)
    down_on: Mapped[date | None]
    down_by: Mapped[str] = mapped_column(String(60), default="")
    notice: Mapped[Notice] = relationship(back_populates="places")


class ObjectionKind(TitledEnum):
    """异议 and 举报 are handled alike, by the unit that received them."""

    OBJECTION = ("objection", "异议")
    COMPLAINT = ("complaint", "举报")


class Objection(Referenced, Scoped, Base):
    """An objection or complaint against a notice or posted measures: received, investigated, answered."""

    __tablename__ = "objection"
    __table_args__ = (Index("ix_objection_case_id", "case_id"), Index("ix_objection_open", "answered_on", "area_path"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ObjectionKind] = mapped_column(Code(ObjectionKind))
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    round: Mapped[int]
    about_measures: Mapped[bool] = mapped_column(default=False)
    content: Mapped[str] = mapped_column(Text)
    reporter: Mapped[str | None] = mapped_column(Encrypted("objection.reporter"))
    contact: Mapped[str | None] = mapped_column(Encrypted("objection.contact"))
    received_on: Mapped[date]
    received_unit: Mapped[str] = mapped_column(String(80))
    received_area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    received_by: Mapped[str] = mapped_column(String(60))
    investigators: Mapped[str] = mapped_column(String(120), default="")
    finding: Mapped[str] = mapped_column(Text, default="")
    upheld: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    answered_by: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
