"""What a rule answers: a verdict with its reason and clause, or a problem with how grave it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from fanpin.rules.titles import TitledEnum


@dataclass(frozen=True)
class Verdict:
    """Whether a condition of the policy is met, why, and by which clause."""

    met: bool
    reason: str
    clause: str


class Severity(TitledEnum):
    """An error must be mended; a warning is read, and may stay with its reason."""

    ERROR = ("error", "须更正")
    WARNING = ("warning", "请核对")


@dataclass(frozen=True)
class Problem:
    """One thing that does not fit: a stable code, a sentence in Chinese, how grave, about whom."""

    code: str
    text: str
    severity: Severity = Severity.ERROR
    subject: str = ""

    @property
    def is_error(self) -> bool:
        """Say whether the problem must be mended before the work goes on."""
        return self.severity is Severity.ERROR


def warn(code: str, text: str, *, subject: str = "") -> Problem:
    """Return a problem that people read and may explain."""
    return Problem(code, text, Severity.WARNING, subject)


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that must be mended."""
    return [problem for problem in problems if problem.is_error]


def warnings(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that may stay with a reason."""
    return [problem for problem in problems if not problem.is_error]
