"""What a plugin subclasses: an adapter maps rows to facts, purely; a row hides whom it is about."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from fanpin.adapters import manifest as m
from fanpin.adapters.contract import LENGTHS, Answer, Fact, Known, Later, NotFound, Transport, Unavailable
from fanpin.adapters.manifest import Claim, ColumnType, Manifest, Mode, Setting, Table
from fanpin.adapters.versions import OLDEST, PluginRole
from fanpin.rules.departments import Department

Cell = str | int
# A method named `date` would hide the type from the signatures below it.
Day = date
DATES = (ColumnType.DATE, ColumnType.MONTH, ColumnType.YEAR)
NUMBERS = (ColumnType.AMOUNT, ColumnType.COUNT)
Field = str | int | Day | None


@dataclass(frozen=True)
class Reply:
    """An answer about one row's person and one kind: searched and nothing, not found, later, unavailable."""

    subject: str
    kind: str
    answer: Answer


class Row:
    """One row of a department's table without its keys; `token` stands for the person, household or village."""

    __slots__ = ("cells", "settings", "table", "token")

    def __init__(self, table: Table, token: str, cells: Mapping[str, Cell], settings: Mapping[str, str]) -> None:
        self.table, self.token, self.cells, self.settings = table, token, cells, settings

    def text(self, column: str) -> str:
        """Return the words of a column, "" where it is blank or missing."""
        self.table.column(column)
        return str(self.cells.get(column, ""))

    def code(self, column: str) -> str:
        """Return the code that the department's word stands for, "" where blank."""
        return self.text(column)

    def date(self, column: str) -> Day | None:
        """Return the day of a column."""
        return Day.fromisoformat(text) if (text := self.text(column)) else None

    def fen(self, column: str) -> int | None:
        """Return the amount of a column in hundredths (分 for 元), None where blank."""
        self.table.column(column)
        value = self.cells.get(column)
        return value if isinstance(value, int) else None

    def count(self, column: str) -> int | None:
        """Return the whole number of a column, None where blank."""
        return self.fen(column)

    def fact(self, kind: str, *, ref: str = "", date: Day | None = None, ended: Day | None = None,
             amount: int | None = None, value: str = "", other: str = "", label: str = "") -> Fact:
        """Return a fact about this row's subject."""
        return Fact(subject=self.token, kind=kind, ref=ref[:LENGTHS["ref"]], date=date, ended=ended, amount=amount,
                    value=value, other=other[:LENGTHS["other"]], label=label[:LENGTHS["label"]])

    def nothing(self, kind: str) -> Reply:
        """Say that the register was searched and has nothing."""
        return Reply(self.token, kind, Known())

    def not_found(self, kind: str) -> Reply:
        """Say that the person could not be identified."""
        return Reply(self.token, kind, NotFound())

    def later(self, kind: str, due: Day) -> Reply:
        """Say that the answer comes by that day."""
        return Reply(self.token, kind, Later(due))

    def unavailable(self, kind: str, reason: str) -> Reply:
        """Say that the register could not be searched, and why."""
        return Reply(self.token, kind, Unavailable(reason))

    def declared(self, *kinds: str) -> Iterator[Fact | Reply]:
        """Yield what the claims say of this row, of all kinds or of those named."""
        for claim in self.table.claims:
            if not kinds or claim.kind in kinds:
                yield from self._claimed(claim)

    def _claimed(self, claim: Claim) -> Iterator[Fact | Reply]:
        result = self.code(m.RESULT) if claim.mode is Mode.QUESTION else ""
        if result in ("", m.FOUND):
            if all(self.code(column) in codes for column, codes in claim.only) and (fields := self._fields(claim)):
                # No money is no aid and no cost; beside a value it says more than nothing.
                if fields.get("value") == m.NONE or fields.get("amount") == 0 and "value" not in fields:
                    yield from [self.nothing(claim.kind)] if claim.mode is Mode.QUESTION else []
                else:
                    yield self.fact(claim.kind, **fields)  # type: ignore[arg-type]
        elif result == m.NONE:
            yield self.nothing(claim.kind)
        elif result == m.NOT_FOUND:
            yield self.not_found(claim.kind)
        elif result == m.LATER and (due := self.date(m.DUE)):
            yield self.later(claim.kind, due)
        else:
            yield self.unavailable(claim.kind, self.text(m.REASON) or "部门没有写明原因")

    def _fields(self, claim: Claim) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        for field, columns in claim.fields:
            value = self._value(columns)
            # A word that stands for no code says that this row knows nothing of the kind.
            if field == "value" and not value:
                return {}
            if value not in ("", None):
                fields[field] = value
        return {**fields, **dict(claim.constants)} if fields else {}

    def _value(self, columns: tuple[str, ...]) -> Field:
        kind_of_column = self.table.column(columns[0]).type
        if kind_of_column in DATES:
            return self.date(columns[0])
        if kind_of_column in NUMBERS:
            return self.fen(columns[0])
        return " ".join(filter(None, map(self.text, columns)))


class Plugin:
    """What every plugin declares, whatever its role; class attributes are the declaration.

    `contract` is the version that it was written for; a plugin that does not say was written for the first.
    """

    name: str
    title: str
    contract: int = OLDEST
    tables: tuple[Table, ...] = ()
    settings: tuple[Setting, ...] = ()
    transports: tuple[Transport, ...] = (Transport.SHEET, Transport.DATABASE, Transport.PLATFORM)
    hosts: tuple[str, ...] = ()

    def manifest(self) -> Manifest:
        """Return the declaration as a value."""
        return Manifest(name=self.name, title=self.title, contract=self.contract, tables=tuple(self.tables),
                        settings=tuple(self.settings), transports=tuple(self.transports), hosts=tuple(self.hosts))


class Adapter(Plugin):
    """A department's adapter: class attributes declare it; most need no method of their own.

    Override `of_row` where a row needs a thought, `facts` where one row is not enough; both are pure.
    """

    department: Department
    scope: str = "本县登记范围"
    delay_days: int = 30
    fresh_days: int = 90

    def facts(self, rows: Iterable[Row]) -> Iterable[Fact | Reply]:
        """Return what the rows say; every answer's subject is a row's token."""
        for row in rows:
            yield from self.of_row(row)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return what one row says."""
        return row.declared()

    def manifest(self) -> Manifest:
        """Return the declaration as a value."""
        return replace(
            super().manifest(), role=PluginRole.DEPARTMENT, department=self.department, scope=self.scope,
            delay_days=self.delay_days, fresh_days=self.fresh_days,
            declarative=type(self).of_row is Adapter.of_row and type(self).facts is Adapter.facts)
