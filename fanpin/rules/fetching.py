"""When a department's data are fetched by themselves, and when as a whole again (附件1)."""

from datetime import date, datetime, timedelta

from fanpin.rules.deliveries import FRESH_DAYS
from fanpin.rules.titles import TitledEnum

# What only tells of new rows cannot tell of rows that are gone: well before a whole register is stale it is fetched again.
WHOLE_DAYS = 30
LONGEST_WHOLE_DAYS = FRESH_DAYS * 2 // 3


class Rhythm(TitledEnum):
    """How often an adapter fetches by itself."""

    NEVER = ("never", "不自动取数")
    DAILY = ("daily", "每天")
    WEEKLY = ("weekly", "每周一")
    MONTHLY = ("monthly", "每月1日")


class Folder(TitledEnum):
    """Whether sheets are taken from the department's folder, and what each of them is."""

    NONE = ("none", "不从文件夹收")
    PART = ("part", "收，每份只是一部分（未查全）")
    WHOLE = ("whole", "收，每份都是整张表（附有 .ok 文件的算已查全）")


def period(rhythm: Rhythm, hour: int, local: datetime) -> date | None:
    """Return the first day of the newest period whose hour has come (local: Asia/Shanghai); None where nothing is fetched."""
    if rhythm is Rhythm.NEVER:
        return None
    day = (local - timedelta(hours=hour)).date()
    if rhythm is Rhythm.WEEKLY:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if rhythm is Rhythm.MONTHLY else day


def updated_on(mark: str) -> date | None:
    """Return the day that a mark tells ("t:2026-03-02T08:00", "d:2026-03-02", "s:2026-03-02 08:00"), None where it is no day."""
    sort, _, value = mark.partition(":")
    try:
        return date.fromisoformat(value[:10]) if sort in ("t", "d", "s") else None
    except ValueError:
        return None


def is_stale(mark: str, *, today: date) -> bool:
    """Say whether nothing has come into the register for so long that it proves nothing: perhaps nobody keeps it any more."""
    last = updated_on(mark)
    return last is not None and today - last > timedelta(days=FRESH_DAYS)


def whole_due(last_whole: date | None, days: int, *, today: date) -> bool:
    """Say whether the register must be fetched whole: never yet, or so many days ago that vanished rows might mislead."""
    return last_whole is None or today - last_whole >= timedelta(days=days)
