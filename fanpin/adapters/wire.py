"""What crosses the boundary between the core and its children: JSON with a schema, nothing else."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from fanpin.adapters.channel import ToldLead
from fanpin.adapters.contract import Fact
from fanpin.adapters.manifest import LONGEST_WORDS, Manifest, Table
from fanpin.adapters.parcels import Item

ROWS_AT_A_TIME = 500
LARGEST_ANSWER = 5 << 20
# What the refusal of a sheet says that is none of the tables it was to be.
NO_HEADER = "没有找到表头"
MOST_FACTS = 20
# What a frame begins with that holds a piece of a file.
FILE = b"\0"

Token = Annotated[str, Meta(max_length=40)]
Code = Annotated[str, Meta(max_length=60)]
Words = Annotated[str, Meta(max_length=200)]
Cell = str | int
# A field named `date` would hide the type from the fields below it.
Day = date


class Problem(Struct, frozen=True):
    """What is wrong in which column, "" where no column is to blame; `row` is the number in the sender's file."""

    row: int
    column: str
    reason: str


class ReadRow(Struct, frozen=True):
    """One row as a transport read it: its number in the sender's file, whom it is about, and the other cells."""

    number: int
    keys: dict[str, str]
    cells: dict[str, Cell]


class Opened(Struct, frozen=True):
    """What a transport found: which table, where, and what the sender should know."""

    table: str
    place: str
    rows: int
    columns: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    refused: str = ""


class Chunk(Struct, frozen=True):
    """Some rows and problems; `last` ends the reading, with notices about the whole.

    `known` are the refused rows of which at least is known whom they are about, without their cells.
    """

    rows: tuple[ReadRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    known: tuple[ReadRow, ...] = ()
    refused_rows: int = 0
    last: bool = False
    notices: tuple[str, ...] = ()
    refused: str = ""


class Open(Struct, frozen=True, tag="open"):
    """Ask a sheet child to look at the file that came in the frames before."""

    tables: tuple[Table, ...]


class Received(Struct, frozen=True):
    """Say how much of a file has come."""

    size: int


class Lines(Struct, frozen=True, tag="lines"):
    """Ask a sheet child for rows as their sender wrote them, after it was opened."""

    numbers: tuple[int, ...]


class Written(Struct, frozen=True):
    """The heading and the rows asked for, as text."""

    titles: tuple[str, ...]
    lines: dict[int, tuple[str, ...]]


class AskFacts(Struct, frozen=True, tag="facts"):
    """Ask a department's adapter what the rows of a table say."""

    table: str
    settings: dict[str, str]
    rows: list[tuple[str, dict[str, Cell]]]


class AskLeads(Struct, frozen=True, tag="leads"):
    """Ask a channel which declarations the rows of a table are."""

    table: str
    settings: dict[str, str]
    rows: list[tuple[str, dict[str, Cell]]]


class Deliver(Struct, frozen=True, tag="deliver"):
    """Ask an outlet for the parcels of some items, each under its token."""

    items: list[tuple[str, Item]]


# A frame without content asks for the declaration.
Request = AskFacts | AskLeads | Deliver


class FactOut(Struct, frozen=True, tag="fact", forbid_unknown_fields=True, omit_defaults=True):
    """A fact on its way out of a plugin."""

    subject: Token
    kind: Code
    ref: Words = ""
    date: Day | None = None
    ended: Day | None = None
    amount: int | None = None
    value: Words = ""
    other: Words = ""
    label: Words = ""

    def fact(self) -> Fact:
        """Return it as the contract's value."""
        return Fact(**msgspec.structs.asdict(self))


class ReplyOut(Struct, frozen=True, tag="reply", forbid_unknown_fields=True, omit_defaults=True):
    """An answer without a fact on its way out of a plugin."""

    subject: Token
    kind: Code
    answer: Annotated[str, Meta(pattern=r"^(none|not_found|later|unavailable)$")]
    due: date | None = None
    reason: Words = ""


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """All that a plugin says of one request."""

    items: list[FactOut | ReplyOut]


class LeadOut(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A declaration on its way out of a channel."""

    subject: Token
    number: Words
    declared_on: Day | None
    statement: Annotated[str, Meta(max_length=LONGEST_WORDS)]
    categories: tuple[Code, ...] = ()
    relation: Words = ""

    def lead(self) -> ToldLead:
        """Return it as the contract's value."""
        return ToldLead(**msgspec.structs.asdict(self))


class Leads(Struct, frozen=True, forbid_unknown_fields=True):
    """All that a channel says of one request."""

    items: list[LeadOut]


Title = Annotated[str, Meta(max_length=200)]
# Sealed words are longer than what they stand for: room for some two thousand listed households.
Cells = Annotated[str, Meta(max_length=2000)]
Whole = Annotated[str, Meta(max_length=200_000)]


class ParcelOut(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A parcel on its way out of an outlet."""

    token: Token
    title: Title = ""
    text: Whole = ""
    headings: Annotated[list[Title], Meta(max_length=400)] = []
    rows: Annotated[list[list[Cells]], Meta(max_length=5000)] = []
    post: Annotated[dict[Code, Whole | int | list[dict[Code, Cells | int]]], Meta(max_length=60)] = {}


class Parcels(Struct, frozen=True, forbid_unknown_fields=True):
    """All the parcels of one request."""

    items: list[ParcelOut]


class Declared(Struct, frozen=True, forbid_unknown_fields=True):
    """What an entry point declares, or why it cannot be used."""

    manifest: Manifest | None = None
    refused: Annotated[str, Meta(max_length=400)] = ""


encode = msgspec.json.Encoder().encode
