"""How a department's sheet ends, why a row matches nobody, and what shows that a kind was told for a county (附件1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from fanpin.rules.titles import TitledEnum

# A complete delivery says for so many days that what is not in it is not there.
FRESH_DAYS = 90


class DeliveryState(TitledEnum):
    """How far a delivery is."""

    WAITING = ("waiting", "等待读取")
    READING = ("reading", "正在读取")
    CONFIRM = ("confirm", "待确认")
    DONE = ("done", "已入库")
    REFUSED = ("refused", "整份退回")
    WITHDRAWN = ("withdrawn", "已撤回")


class UnmatchedReason(TitledEnum):
    """Why a row is in the queue."""

    NAME_DIFFERS = ("name_differs", "姓名不一致")
    UNKNOWN = ("unknown", "查无此人或外县")
    NO_HOUSEHOLD = ("no_household", "没有这一户")


class UnmatchedState(TitledEnum):
    """What became of a row in the queue."""

    OPEN = ("open", "待处理")
    MATCHED = ("matched", "已匹配")
    ASIDE = ("aside", "不采用")


@dataclass(frozen=True)
class Told:
    """What one delivery in force says of its coverage of a kind."""

    kind: str
    as_of: date
    complete: bool


def covered_kinds(told: Iterable[Told], *, on: date) -> frozenset[str]:
    """Return the kinds of which absence means something on the day: told completely, and lately enough."""
    oldest = on - timedelta(days=FRESH_DAYS)
    return frozenset(row.kind for row in told if row.complete and oldest <= row.as_of <= on)
