"""Our own form of a kind: for a department that has no adapter yet, a sheet with the kind's columns in its own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from fanpin import sheets
from fanpin.adapters.contract import Fact, fact_errors
from fanpin.adapters.desk import DEFAULT_SCOPE
from fanpin.adapters.flow import parts
from fanpin.adapters.manifest import (
    Table, amount, bulk, code, count, day, head_id, head_name, id_number, person_name, text, village,
)
from fanpin.adapters.manifest import Column as TableColumn
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.run import MappedRow
from fanpin.adapters.wire import Problem, ReadRow
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import Basis, Column, Kind, SubjectKind, Unit
from fanpin.rules.duty_tables import kind_of
from fanpin.steps.delivery_adapter import coming
from fanpin.steps.delivery_reading import Coming, Source, kinds_of

NAME = "form"
KEYS = {
    SubjectKind.PERSON: (id_number("身份证号", "身份证号码", "证件号码", "公民身份号码"), person_name("姓名", required=False)),
    SubjectKind.HOUSEHOLD: (head_id("户主身份证号", "户主身份证号码", "户主证件号码", "身份证号", "身份证号码"),
                            head_name("户主姓名", "户主", "姓名")),
    SubjectKind.VILLAGE: (village("行政村", "村名", "村", "行政村代码", required=True),),
}


def sources(department: Department) -> tuple[Source, ...]:
    """List the forms that a department may fill in, one for each of its kinds."""
    return tuple(Source(name=NAME, table=kind.code, title=f"{kind.title}（平台统一表）", kinds=(kind.code,), scope=DEFAULT_SCOPE,
                        columns=tuple(titles(kind))) for kind in kinds_of(department))


def titles(kind: Kind) -> list[str]:
    """List the columns of a kind's form."""
    return [column.name for column in KEYS[kind.subject]] + [_title(column) for column in kind.columns]


def blank(kind: Kind) -> bytes:
    """Return an empty form as xlsx, every column as text, with the words that may stand in it."""
    above = [f"{kind.title}：{_hint(kind)}"]
    return sheets.write([sheets.Column(title, width=20) for title in titles(kind)], [], sheet=kind.title[:20], above=above)


@contextmanager
def reading(sheet: bytes, as_of: date, *, kind_code: str) -> Iterator[Coming]:
    """Read a filled form; a row is taken whole or refused whole, with the column and what to do."""
    kind = kind_of(kind_code)
    with SheetReading(sheet, [table_of(kind)]) as chunks:
        asked = frozenset([kind.code] if kind.basis is Basis.CONSENT else [])
        # The child has it now.
        del sheet
        yield coming(chunks.opened, parts(chunks, lambda rows: [_mapped(row, kind, as_of) for row in rows], asked), asked)


def table_of(kind: Kind) -> Table:
    """Return a kind's form as a table, which the same readers know as those of the departments."""
    return Table(kind.code, kind.title, (*KEYS[kind.subject], *(_column(column, kind) for column in kind.columns)),
                 (bulk(kind.code),))


def _column(column: Column, kind: Kind) -> TableColumn:
    title, required = _title(column), column.required
    if column.field in ("date", "ended"):
        return day(title, required=required)
    if column.field == "amount":
        return (count if kind.unit is Unit.HEADS else amount)(title, required=required)
    if column.field == "value":
        return code(title, values={words: value for value, words in kind.values} | {value: value for value in kind.codes},
                    required=required)
    return text(title, required=required)


def _mapped(row: ReadRow, kind: Kind, as_of: date) -> MappedRow:
    cells = {column.field: row.cells.get(_title(column)) for column in kind.columns}
    fields = {name: date.fromisoformat(str(value)) if name in ("date", "ended") else value
              for name, value in cells.items() if value is not None}
    fact = Fact(subject=str(row.number), kind=kind.code, **fields)  # type: ignore[arg-type]
    titles_of = {column.field: _title(column) for column in kind.columns}
    wrong = fact_errors(fact, as_of=as_of)
    return MappedRow(row, () if wrong else (fact,), problems=tuple(
        Problem(row.number, titles_of.get(name, ""), words) for name, words in wrong.items()))


def _title(column: Column) -> str:
    return column.label.split("（")[0]


def _hint(kind: Kind) -> str:
    words = [f"数额单位为{kind.unit.title}"] if kind.unit and kind.unit is not Unit.HEADS else []
    if kind.values:
        value = kind.column("value")
        words.append(f"“{value.label if value else '取值'}”填：{'、'.join(title for _, title in kind.values)}")
    return "；".join([*words, "日期写成2026-03-02，身份证号为文本"])
