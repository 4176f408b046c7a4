"""The one clock: UTC instants, legal dates in Asia/Shanghai, and a demo's offset."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock:
    """Tell the time, shifted by an offset that only a demo database has."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC) + self.offset

    def today(self) -> date:
        """Return the legal date."""
        return legal_date(self.now())


def legal_date(instant: datetime) -> date:
    """Return the date in Asia/Shanghai on which an instant falls."""
    return instant.astimezone(SHANGHAI).date()


def at_noon(day: date) -> datetime:
    """Return noon in Asia/Shanghai of a day, as UTC: for demo data and tests."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI).astimezone(UTC)


def start_of(day: date, *, days: int = 0) -> datetime:
    """Return the first instant of a day (or of one some days later) in Asia/Shanghai, as UTC."""
    first = day + timedelta(days=days)
    return datetime(first.year, first.month, first.day, tzinfo=SHANGHAI).astimezone(UTC)
