"""What the departments' answers of 三(六) amount to: who is waited for, who has still to sign; pure, and never kinder for silence."""

from collections.abc import Iterable
from dataclasses import dataclass

from fanpin.rules.checks import CheckState


@dataclass(frozen=True)
class Answered:
    """One blocking department: the states of its questions today, and whether an officer or a standing approval signed."""

    department: str
    states: tuple[CheckState, ...]
    signed: bool

    @property
    def present(self) -> bool:
        """Say whether every question has an answer that counts."""
        return all(state.is_present for state in self.states)


def waiting(rows: Iterable[Answered]) -> tuple[str, ...]:
    """Name the departments that the case waits for: no silence, no old answer and no unknown person passes for clear."""
    return tuple(row.department for row in rows if not row.present)


def unsigned(rows: Iterable[Answered]) -> tuple[str, ...]:
    """Name the departments that have answered and not signed."""
    return tuple(row.department for row in rows if row.present and not row.signed)
