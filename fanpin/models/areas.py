"""The tree of areas: immutable ids, paths of ids, statistical codes with validity."""

from datetime import date

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.types import Json, path_column_type
from fanpin.rules.areas import AreaLevel


class Area(Base):
    """One area, from the province (level 1) to a villagers' group (level 6)."""

    __tablename__ = "area"
    __table_args__ = (Index("ix_area_parent_code", "parent_id", "code12"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    level: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    code12: Mapped[str] = mapped_column(String(14), index=True)
    path: Mapped[str] = mapped_column(path_column_type(), unique=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    details: Mapped[Json] = mapped_column(JSON, default=dict)

    @property
    def kind(self) -> AreaLevel:
        """Return the level as the enum."""
        return AreaLevel(self.level)

    @property
    def county_code(self) -> str:
        """Return the six digits of the county (shorter for a prefecture or the province)."""
        return self.code12[:6]


class RegionalDayOff(Base):
    """A prefecture's own legal holiday; it stops the clock only where it is for everybody."""

    __tablename__ = "regional_day_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_prefix: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    whole_population: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(80))
    document: Mapped[str] = mapped_column(String(200))


class AreaSetting(Base):
    """A county's own value for one of `rules.settings`, with the document that sets it."""

    __tablename__ = "area_setting"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]
    document: Mapped[str] = mapped_column(String(200))


class Installation(Base):
    """What this database is: production or demo, its clock offset, its national basis."""

    __tablename__ = "installation"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(400))
