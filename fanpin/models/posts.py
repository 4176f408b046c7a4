"""A post at an area, from a day on and until another; earlier holders stay as history."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from fanpin.models.areas import Area
from fanpin.models.types import Instant


class DatedPost:
    """Who holds it, since when and until when, by which document, and who entered that."""

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    since: Mapped[date]
    until: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(200))
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Instant)

    @declared_attr
    def area(cls) -> Mapped[Area]:
        """Return the area."""
        return relationship(lazy="joined")

    def held_on(self, day: date) -> bool:
        """Say whether the person holds the post on the day."""
        return self.since <= day and (self.until is None or day <= self.until)
