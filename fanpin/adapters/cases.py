"""A case of the certificate: what was tried, how it ended, what was seen."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.manifest import Table
from fanpin.adapters.wire import Opened, Problem
from fanpin.rules.titles import TitledEnum

WHOLE, WALLS = "安装和申报", "隔离条件"
# So many rows stand for all in a sentence, and in a try that costs a call each.
SHOWN = 3


class State(TitledEnum):
    """How a case ended."""

    PASSED = ("passed", "通过")
    FAILED = ("failed", "未通过")
    DEGRADED = ("degraded", "本机条件不足")
    ABSENT = ("absent", "没有提供")


@dataclass(frozen=True)
class Case:
    """One case of the certificate, with what was seen; `group` is the table that it is about, or what all tables share."""

    code: str
    group: str
    title: str
    state: State
    text: str
    seconds: float = 0.0


def timed(table: Table, code: str, title: str, act: Callable[[], tuple[object, str]]) -> tuple[object, Case]:
    """Try one case of a table; `act` returns what it saw, and what is wrong with it or "" (or `State.ABSENT`)."""
    code, began = f"{table.code}.{code}", time.monotonic()
    try:
        value, problem = act()
    except AdapterFailed as failed:
        value, problem = None, failed.failure.text
    seconds = time.monotonic() - began
    if problem == State.ABSENT:
        return value, Case(code, table.title, title, State.ABSENT, str(value), seconds)
    seen = value if isinstance(value, str) and value else "符合"
    return value, Case(code, table.title, title, State.FAILED if problem else State.PASSED, problem or seen, seconds)


def misread(table: Table, opened: Opened, problems: Sequence[Problem]) -> str:
    """Say what keeps a sample from being read as its table, "" where it is read whole."""
    if opened.refused:
        return opened.refused
    if opened.table != table.code:
        return "样表被认成了另一种表"
    if problems:
        shown = "；".join(f"第{problem.row}行{problem.column}：{problem.reason}" for problem in problems[:SHOWN])
        return f"有{len(problems)}个问题：{shown}"
    return ""
