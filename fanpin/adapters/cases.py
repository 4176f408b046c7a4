"""A case of the certificate: what was tried, how it ended, what was seen."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from fanpin.adapters.failures import AdapterFailed
from fanpin.rules.titles import TitledEnum


class State(TitledEnum):
    """How a case ended."""

    PASSED = ("passed", "通过")
    FAILED = ("failed", "未通过")
    DEGRADED = ("degraded", "本机条件不足")
    ABSENT = ("absent", "没有提供")


@dataclass(frozen=True)
class Case:
    """One case of the certificate, with what was seen."""

    code: str
    title: str
    state: State
    text: str
    seconds: float = 0.0


def timed(code: str, title: str, act: Callable[[], tuple[object, str]]) -> tuple[object, Case]:
    """Try one case; `act` returns what it saw, and what is wrong with it or "" (or `State.ABSENT`)."""
    began = time.monotonic()
    try:
        value, problem = act()
    except AdapterFailed as failed:
        value, problem = None, failed.failure.text
    seconds = time.monotonic() - began
    if problem == State.ABSENT:
        return value, Case(code, title, State.ABSENT, str(value), seconds)
    return value, Case(code, title, State.FAILED if problem else State.PASSED, problem or "符合", seconds)
