"""Records with named fields, from a database or a platform, into what the contract calls rows."""

from collections.abc import Iterable, Iterator, Mapping

from fanpin.adapters import cells, headers
from fanpin.adapters.headers import HeaderRefused
from fanpin.adapters.manifest import Table
from fanpin.adapters.wire import ROWS_AT_A_TIME, Chunk, Problem, ReadRow

Record = Mapping[str, object]
NOT_SINGLE = "不是单一的值，请核对接口"


class RecordsRefused(Exception):
    """The records cannot be read as this table; the words say what to mend in the settings."""


class Records:
    """Reads pages of records as a table; the first page decides which field is which column."""

    def __init__(self, table: Table, renamed: Mapping[str, str]) -> None:
        self._table, self._renamed = table, renamed
        self._fields: dict[str, str] = {}
        self._scales: Mapping[str, int] = {}
        self._count = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that were recognised."""
        return tuple(self._fields)

    def chunks(self, page: Iterable[Record]) -> Iterator[Chunk]:
        """Yield the page's rows with their problems."""
        records = list(page)
        if records and not self._fields:
            self._recognise(records)
        for at in range(0, len(records), ROWS_AT_A_TIME):
            yield self._chunk(records[at:at + ROWS_AT_A_TIME])

    def _recognise(self, records: list[Record]) -> None:
        fields = list(dict.fromkeys(field for record in records for field in record))
        called = [self._renamed.get(field, field) for field in fields]
        try:
            header = headers.find([called], [self._table])
        except HeaderRefused as refused:
            raise RecordsRefused(str(refused)) from None
        if header is None:
            lacking = "、".join(headers.missing([called], self._table))
            raise RecordsRefused(f"“{self._table.title}”还缺这些字段：{lacking}；请在设置的“字段对应”里写明")
        self._fields = {name: fields[place] for name, place in header.places.items()}
        self._scales = header.scales

    def _chunk(self, records: list[Record]) -> Chunk:
        rows, problems, refused = [], [], 0
        for record in records:
            self._count += 1
            raw = {name: record.get(field) for name, field in self._fields.items()}
            wrong = [Problem(self._count, name, NOT_SINGLE) for name, value in raw.items()
                     if isinstance(value, list | dict | bytes)]
            if not wrong:
                taken = cells.take(self._table, raw, self._scales)
                wrong = [Problem(self._count, problem.column, problem.reason) for problem in taken.problems]
            if wrong:
                problems += wrong
                refused += 1
            else:
                rows.append(ReadRow(self._count, taken.keys, taken.cells))
        return Chunk(tuple(rows), tuple(problems), refused)
