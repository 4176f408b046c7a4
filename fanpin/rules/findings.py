"""What the monthly screening keeps from month to month: new, still true, gone, or not known; pure functions (三(二)).

A feed that was not told says nothing: what it had found before is then not known, and never gone.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from fanpin.rules.titles import TitledEnum


class FindingState(TitledEnum):
    """Whether a rule still holds for a household."""

    CURRENT = ("current", "成立")
    GONE = ("gone", "不再成立")
    UNKNOWN = ("unknown", "数据缺失，不能判断")


class RunState(TitledEnum):
    """How far a monthly screening is."""

    WAITING = ("waiting", "等待筛查")
    DONE = ("done", "已完成")
    FAILED = ("failed", "没有完成")


class Change(Enum):
    """What this month says of a finding."""

    NEW = "new"
    GREW = "grew"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"
    UNKNOWN = "unknown"

    @property
    def warns(self) -> bool:
        """Say whether people hear of it: something that nobody was warned of yet."""
        return self in (Change.NEW, Change.GREW)


@dataclass(frozen=True)
class Before:
    """A finding as the last month left it: its evidence, and all evidence of which people were ever warned."""

    evidence: frozenset[str]
    warned: frozenset[str]
    state: FindingState


def change_of(before: Before | None, evidence: frozenset[str] | None, *, told: bool) -> Change:
    """Compare a rule's evidence with last month's; `told` says that all its feeds were delivered, whole and fresh."""
    if evidence is not None:
        if before is None:
            return Change.NEW
        if not evidence <= before.warned:
            return Change.GREW
        return Change.SAME if evidence == before.evidence and before.state is FindingState.CURRENT else Change.CHANGED
    if before is None:
        raise ValueError("nothing before and nothing now is no finding")
    return Change.GONE if told else Change.UNKNOWN


def score(weights: Iterable[int], *, focus: bool, monitored: bool) -> int:
    """Add up what puts a household's warning higher on the list; it orders attention and decides nothing (二(一))."""
    return sum(weights) + (2 if focus else 0) + (1 if monitored else 0)


def untold_kinds(kinds_of: Mapping[str, Collection[str]], told: Collection[str]) -> tuple[str, ...]:
    """List the kinds of all rules that no complete, fresh delivery tells."""
    every = dict.fromkeys(kind for kinds in kinds_of.values() for kind in kinds)
    return tuple(kind for kind in every if kind not in told)
