"""大中型易地扶贫搬迁集中安置区 of 二(四): communities, the names by which households say that they live there, two indicators."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scope, Shared
from fanpin.models.types import Code, Instant
from fanpin.rules.regional import Indicator, SizeClass


class _CountyWide(Shared):
    """A row of the county that everybody in it may read; its departments, too."""

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """Every department sees its county's communities."""
        return cls.area_path.is_not(None)


class Community(Referenced, _CountyWide, Base):
    """A relocation community of a county (`area_path`): where it lies, and its size class with the source."""

    __tablename__ = "relocation_community"
    __table_args__ = (UniqueConstraint("area_path", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    place_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    address: Mapped[str] = mapped_column(String(120), default="")
    size_class: Mapped[SizeClass] = mapped_column(Code(SizeClass))
    size_source: Mapped[str] = mapped_column(String(200))
    registered_by: Mapped[str] = mapped_column(String(60))
    registered_at: Mapped[datetime] = mapped_column(Instant)


class CommunityName(_CountyWide, Base):
    """A text that stands in households' files for a community: the reference that makes one of many spellings."""

    __tablename__ = "relocation_community_name"
    __table_args__ = (UniqueConstraint("area_path", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("relocation_community.id"), index=True)
    text: Mapped[str] = mapped_column(String(80))
    added_by: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(Instant)


class CommunityFigure(_CountyWide, Base):
    """One indicator of a community in one month; a correction is a new row, the latest counts."""

    __tablename__ = "relocation_figure"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("relocation_community.id"), index=True)
    indicator: Mapped[Indicator] = mapped_column(Code(Indicator))
    month: Mapped[str] = mapped_column(String(7))
    part: Mapped[int]
    whole: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(400), default="")
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
