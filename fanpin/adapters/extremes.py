"""Rows that a department's table may hold at its worst, made from a sound row and the table's own columns."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fanpin.adapters import manifest as m
from fanpin.adapters.contract import GREATEST_AMOUNT
from fanpin.adapters.manifest import LONGEST_TEXT, LONGEST_WORDS, Column, ColumnType, Table
from fanpin.adapters.wire import ReadRow

Cell = str | int
Changes = Mapping[str, Cell | None]
DAYS = (ColumnType.DATE, ColumnType.MONTH, ColumnType.YEAR)
NUMBERS = (ColumnType.AMOUNT, ColumnType.COUNT)
WORDS = {
    "sql": ("数据库语句", "'; DROP TABLE fact; --"),
    "html": ("网页代码", "<script>alert(1)</script><img src=x onerror=alert(1)>"),
    "formula": ("表格公式", "=HYPERLINK(\"http://x.example\",\"点这里\")"),
    "template": ("模板记号", "{{ 7*7 }} {% raw %} %s %(name)s ${x}"),
    "long": ("最长的文字", "长" * LONGEST_TEXT),
    "number": ("夹着的证件号码", "由539999197403129015代办"),
    "rare": ("生僻字和间隔号", "𬭎㬹𠮷·阿依古丽"),
}
# What a citizen tells is kept as it was told, whatever it holds.
TOLD = {
    "long": ("最长的文字", "长" * LONGEST_WORDS),
    "id": ("证件号码和电话", "我的号码是53999919740312901X，电话13800000000"),
    "lines": ("几行文字", "第一行\n\n  第三行\t有空格"),
}


@dataclass(frozen=True)
class Extreme:
    """One sort of bad row; `may_refuse` where the core may refuse the row and the adapter must only not fail."""

    code: str
    title: str
    changes: Callable[[Table], Iterator[Changes]]
    may_refuse: bool = True

    def rows(self, table: Table, row: ReadRow) -> Iterator[ReadRow]:
        """Yield the sound row with each change."""
        for changed in self.changes(table):
            cells = {name: value for name, value in {**row.cells, **changed}.items() if value is not None}
            yield ReadRow(row.number, row.keys, cells)


def extremes(table: Table, as_of: date) -> Iterator[Extreme]:
    """List the sorts that this table can hold."""
    yield Extreme("blank", "只有必填列", lambda given: iter([{column.name: None for column in _optional(given)}]), may_refuse=False)
    yield Extreme("nothing", "什么都没有填", lambda given: iter([{column.name: None for column in _plain(given)}]))
    if any(column.type is ColumnType.TEXT for column in _plain(table)):
        for code, (title, words) in WORDS.items():
            yield Extreme(code, f"文字列里是{title}", lambda given, words=words: _each(given, (ColumnType.TEXT,), words))  # type: ignore[misc]
    if any(column.type is ColumnType.WORDS for column in _plain(table)):
        for code, (title, words) in (WORDS | TOLD).items():
            yield Extreme(f"told_{code}", f"申报人的原话里是{title}",
                          lambda given, words=words: _each(given, (ColumnType.WORDS,), words), may_refuse=False)  # type: ignore[misc]
    if any(column.type in NUMBERS for column in _plain(table)):
        yield Extreme("zero", "数额为零", lambda given: _each(given, NUMBERS, 0))
        yield Extreme("greatest", "数额极大", lambda given: _each(given, NUMBERS, GREATEST_AMOUNT))
    if any(column.type in DAYS for column in _plain(table)):
        for code, title, day in (("old_day", "很早的日期", date(1900, 1, 1)), ("last_day", "截止当日", as_of),
                                 ("future", "截止日以后的日期", as_of + timedelta(days=1)), ("far", "很远的将来", date(2199, 12, 31))):
            yield Extreme(code, title, lambda given, day=day: _each(given, DAYS, day.isoformat()))  # type: ignore[misc]
    if any(column.type is ColumnType.CODE for column in _plain(table)):
        yield Extreme("codes", "每一个可填的选项", _codes)


def outcomes(table: Table) -> Iterator[tuple[str, str]]:
    """List the ways in which a question may end without a fact."""
    if any(claim.mode is m.Mode.QUESTION for claim in table.claims):
        yield from ((m.NONE, "未查到"), (m.NOT_FOUND, "查无此人"), (m.LATER, "稍后答复"), (m.UNAVAILABLE, "暂时无法查询"))


def _plain(table: Table) -> list[Column]:
    return [column for column in table.columns if not column.type.is_key]


def _optional(table: Table) -> list[Column]:
    return [column for column in _plain(table) if not column.required]


def _each(table: Table, types: tuple[ColumnType, ...], value: Cell) -> Iterator[Changes]:
    yield {column.name: value for column in _plain(table) if column.type in types}


def _codes(table: Table) -> Iterator[Changes]:
    for column in _plain(table):
        codes = dict.fromkeys([code for _, code in column.values if code] + ([column.otherwise] if column.otherwise else []))
        yield from ({column.name: code} for code in codes)
