"""What every way of reading a delivery gives, part by part: rows with their keys apart, what they say, and what is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fanpin.adapters.contract import Answer, Fact
from fanpin.adapters.flow import Part
from fanpin.adapters.manifest import ColumnType
from fanpin.adapters.run import MappedRow
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
    """One row: its number in the sender's file, its keys, what it says, and answers without a fact by kind.

    A `refused` row was not taken; it is here because it is known whom it is about.
    """

    number: int
    keys: Keys
    facts: tuple[Fact, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    refused: bool = False


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a row, in which column ("" where no column is to blame); never with the value itself."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A sheet while it is read: how many lines it has, what its sender should know, the kinds that it answers about.

    What its sender must `confirm` before anything is read, hidden rows above all, stands apart from mere notices.
    """

    lines: int
    notices: tuple[str, ...]
    confirm: tuple[str, ...]
    questions: frozenset[str]
    parts: Iterator[Part]


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


def read_row(mapped: MappedRow) -> ReadRow:
    """Keep whom a row is about: the person named, else the head of the household."""
    given = mapped.row.keys
    person = given.get(ColumnType.ID_NUMBER.value, "")
    keys = Keys(id_number=person or given.get(ColumnType.HEAD_ID.value, ""), village=given.get(ColumnType.VILLAGE.value, ""),
                name=given.get(ColumnType.NAME.value, "") if person else given.get(
                    ColumnType.HEAD_NAME.value, given.get(ColumnType.NAME.value, "")))
    return ReadRow(mapped.row.number, keys, mapped.facts, dict(mapped.answers), mapped.refused)


def kinds_of(department: Department) -> tuple[Kind, ...]:
    """List the kinds that a department may tell: its own, and those that 附件1 lays on it."""
    laid = {code for duty in DUTIES if duty.department is department for code in duty.facts}
    return tuple(kind for kind in KINDS.values() if not kind.village and (department in kind.departments or kind.code in laid))
