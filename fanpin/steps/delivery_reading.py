"""What every way of reading a delivery gives: rows with their keys apart, facts under a row token, and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fanpin.adapters.contract import Answer, Fact
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import Kind
from fanpin.rules.duty_tables import DUTIES, KINDS


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Whom a row is about, in canonical form."""

    id_number: str = ""
    name: str = ""
    village: str = ""


@dataclass(frozen=True)
class ReadRow:
    """One row: its number in the sender's file, its keys, what it says, and answers without a fact by kind."""

    number: int
    keys: Keys
    facts: tuple[Fact, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a row, in which column ("" where no column is to blame); never with the value itself."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """A sheet as it was read; not `whole` where a row was refused of which nobody knows whom it is about.

    What its sender must `confirm` before anything is stored, hidden rows above all, stands apart from mere notices.
    """

    rows: tuple[ReadRow, ...]
    troubles: tuple[Trouble, ...] = ()
    notices: tuple[str, ...] = ()
    whole: bool = True
    confirm: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Return how many rows the sheet holds."""
        return len({row.number for row in self.rows} | {trouble.row for trouble in self.troubles})


@dataclass(frozen=True, kw_only=True)
class Source:
    """A table that a department may send: from an installed adapter, or our own form of a kind."""

    name: str
    table: str
    title: str
    kinds: tuple[str, ...]
    scope: str
    version: str = ""
    columns: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Return the one word by which a form names the source."""
        return f"{self.name}:{self.table}"


def kinds_of(department: Department) -> tuple[Kind, ...]:
    """List the kinds that a department may tell: its own, and those that 附件1 lays on it."""
    laid = {code for duty in DUTIES if duty.department is department for code in duty.facts}
    return tuple(kind for kind in KINDS.values() if not kind.village and (department in kind.departments or kind.code in laid))
