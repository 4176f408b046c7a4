"""What an inquiry has come to: six states without a truth value, so that no "not answered" passes for "clear"."""

from dataclasses import dataclass

from fanpin.rules.titles import TitledEnum


class CheckState(TitledEnum):
    """The state of one question; only hit and clear are present answers."""

    HIT = ("hit", "查到登记")
    CLEAR = ("clear", "登记范围内未查到")
    NOT_FOUND = ("not_found", "查无此人，须人工核实")
    WAITING = ("waiting", "等待答复")
    UNAVAILABLE = ("unavailable", "无法查询")
    STALE = ("stale", "数据过期，须重新查询")

    def __bool__(self) -> bool:
        raise TypeError("a check has no truth value: compare it with a CheckState")

    @property
    def is_present(self) -> bool:
        """Say whether the department has answered; everything else makes the case wait."""
        return self is CheckState.HIT or self is CheckState.CLEAR


@dataclass(frozen=True)
class Check:
    """A state with the sentence that a person reads, and the register that was searched."""

    state: CheckState
    reason: str
    scope: str = ""
