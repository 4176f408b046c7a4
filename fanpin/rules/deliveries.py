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


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A delivery in force that proves absence for its period, but not of the households whose rows it could not take.

    `covers_from` None says that it holds everything up to its day; `number` orders deliveries of one day.
    """

    number: int
    department: str
    kinds: frozenset[str]
    covers_from: date | None
    as_of: date
    refused: frozenset[int] = frozenset()

    def settles(self, earlier: "Proof", kind: str) -> bool:
        """Say whether it tells anew all that an earlier one told of a kind."""
        begins = self.covers_from is None or (earlier.covers_from is not None and self.covers_from <= earlier.covers_from)
        return (kind in self.kinds and self.department == earlier.department and begins
                and (self.as_of, self.number) > (earlier.as_of, earlier.number))


def left_open(proofs: Iterable[Proof]) -> dict[int, frozenset[str]]:
    """Return by household the kinds of which it is not known whether it is absent: its row was refused, and never told since."""
    every = list(proofs)
    found: dict[int, set[str]] = {}
    for proof in every:
        for kind in proof.kinds if proof.refused else ():
            settled = [later for later in every if later.settles(proof, kind)]
            for household in proof.refused:
                if all(household in later.refused for later in settled):
                    found.setdefault(household, set()).add(kind)
    return {household: frozenset(kinds) for household, kinds in found.items()}
