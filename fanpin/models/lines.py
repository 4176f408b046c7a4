"""Monitoring lines as set by the province and the prefectures (二(二))."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced
from fanpin.models.types import Instant, Json, path_column_type


class MonitoringLine(Referenced, Base):
    """One area's line for one year, in fen per head, with the document and the four factors."""

    __tablename__ = "monitoring_line"
    __table_args__ = (UniqueConstraint("area_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(path_column_type())
    year: Mapped[int]
    amount: Mapped[int]
    document: Mapped[str] = mapped_column(String(200))
    decided_on: Mapped[date | None]
    factors: Mapped[Json] = mapped_column(JSON, default=dict)
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Instant)
