"""Records with named fields, from a database or a platform, into what the contract calls rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from fanpin.adapters import cells, headers
from fanpin.adapters.headers import HeaderRefused
from fanpin.adapters.manifest import RESULT, Table
from fanpin.adapters.wire import ROWS_AT_A_TIME, Chunk, Problem, ReadRow

Record = Mapping[str, object]
NOT_SINGLE = "不是单一的值，请核对接口"
LONG_NUMBER = 10**14


class RecordsRefused(Exception):
    """The records cannot be read as this table; the words say what to mend in the settings."""


class Records:
    """Reads pages of records as a table; the first page decides which field is which column."""

    def __init__(self, table: Table, renamed: Mapping[str, str], *, asked: bool = False) -> None:
        self._table, self._renamed, self._asked = table, renamed, asked
        self._fields: dict[str, str] = {}
        self._headings: tuple[str, ...] = ()
        self._scales: Mapping[str, int] = {}
        self._count = 0

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the headings of the columns that were recognised, with the units that they name."""
        return self._headings

    def chunks(self, page: Iterable[Record]) -> Iterator[Chunk]:
        """Yield the page's rows with their problems."""
        records = list(page)
        if records and not self._fields:
            self._recognise(records)
        for at in range(0, len(records), ROWS_AT_A_TIME):
            yield self._chunk(records[at:at + ROWS_AT_A_TIME])

    def lines(self, page: Iterable[Record]) -> Iterator[tuple[str, ...]]:
        """Yield the page's records as lines of a sheet under `headings`, each value as it would be typed there."""
        records = list(page)
        if records and not self._fields:
            self._recognise(records)
        for record in records:
            yield tuple(_typed(record.get(field)) for field in self._fields.values())

    def _recognise(self, records: list[Record]) -> None:
        self.recognise(list(dict.fromkeys(field for record in records for field in record)))

    def recognise(self, fields: Sequence[str]) -> Mapping[str, str]:
        """Decide which field is which column; return the fields by the column's canonical name."""
        called = [self._renamed.get(field, field) for field in fields]
        try:
            header = headers.find([called], [self._table])
            if header is None and self._asked:
                # Where nothing was found, an answer may hold the result and none of what a registration has.
                fields = [*fields, *self._needless(called)]
                called = [self._renamed.get(field, field) for field in fields]
                header = headers.find([called], [self._table])
        except HeaderRefused as refused:
            raise RecordsRefused(str(refused)) from None
        if header is None:
            lacking = "、".join(headers.missing([called], self._table))
            raise RecordsRefused(f"“{self._table.title}”还缺这些字段：{lacking}；请在设置的“字段对应”里写明")
        self._fields = {name: fields[place] for name, place in header.places.items()}
        self._headings = tuple(called[place] for place in header.places.values())
        self._scales = header.scales
        return self._fields

    def _needless(self, called: list[str]) -> list[str]:
        """Name the required columns that are lacking and no keys, where the answers say by themselves what was found."""
        says = {headers.plain(name) for name in called} & {headers.plain(name) for name in self._table.column(RESULT).names}
        keys = {column.name for column in self._table.columns if column.type.is_key}
        return [name for name in headers.missing([called], self._table) if name not in keys] if says else []

    def _chunk(self, records: list[Record]) -> Chunk:
        rows, problems, known, refused = [], [], [], 0
        for record in records:
            self._count += 1
            raw = {name: record.get(field) for name, field in self._fields.items()}
            wrong = [Problem(self._count, name, NOT_SINGLE) for name, value in raw.items()
                     if isinstance(value, list | dict | bytes)]
            if not wrong:
                taken = cells.take(self._table, raw, self._scales)
                known += [ReadRow(self._count, taken.keys, {})] if taken.problems and cells.known(taken.keys) else []
                wrong = [Problem(self._count, problem.column, problem.reason) for problem in taken.problems]
            if wrong:
                problems += wrong
                refused += 1
            else:
                rows.append(ReadRow(self._count, taken.keys, taken.cells))
        return Chunk(tuple(rows), tuple(problems), tuple(known), refused)


def _typed(value: object) -> str:
    """Return a value as a sheet would hold it; a number of a card's length shows that it came as one, to be refused."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and value >= LONG_NUMBER:
        return f"{value}.0"
    return NOT_SINGLE if isinstance(value, list | dict | bytes) else str(value)
