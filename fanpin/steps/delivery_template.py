"""Our own form of a kind: for a department that has no adapter yet, a sheet with the kind's columns in its own words."""

from datetime import date
from decimal import Decimal, InvalidOperation

from fanpin import sheets
from fanpin.adapters.contract import LENGTHS, Fact, fact_errors
from fanpin.adapters.desk import DEFAULT_SCOPE
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import Column, Kind, SubjectKind, Unit
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.identity import check
from fanpin.steps.delivery_reading import Keys, Reading, ReadRow, Source, Trouble, kinds_of

NAME = "form"
ID, WHO, VILLAGE = "id_number", "name", "village"
KEYS = {
    SubjectKind.PERSON: {ID: ("身份证号", "身份证号码", "证件号码", "公民身份号码"), WHO: ("姓名",)},
    SubjectKind.HOUSEHOLD: {ID: ("户主身份证号", "户主身份证号码", "户主证件号码", "身份证号", "身份证号码"), WHO: ("户主姓名", "户主", "姓名")},
    SubjectKind.VILLAGE: {VILLAGE: ("行政村", "村名", "村", "行政村代码")},
}
NUMERIC_ID = "身份证号须为文本格式：请把该列设为文本后重新填写（数字格式已丢失后几位，不能修复）"


def sources(department: Department) -> tuple[Source, ...]:
    """List the forms that a department may fill in, one for each of its kinds."""
    return tuple(Source(name=NAME, table=kind.code, title=f"{kind.title}（平台统一表）", kinds=(kind.code,), scope=DEFAULT_SCOPE,
                        columns=tuple(titles(kind))) for kind in kinds_of(department))


def titles(kind: Kind) -> list[str]:
    """List the columns of a kind's form."""
    return [names[0] for names in KEYS[kind.subject].values()] + [_title(column) for column in kind.columns]


def blank(kind: Kind) -> bytes:
    """Return an empty form as xlsx, every column as text, with the words that may stand in it."""
    above = [f"{kind.title}：{_hint(kind)}"]
    return sheets.write([sheets.Column(title, width=20) for title in titles(kind)], [], sheet=kind.title[:20], above=above)


def read(content: bytes, as_of: date, *, kind_code: str) -> Reading:
    """Read a filled form; a row is taken whole or refused whole, with the column and what to do."""
    kind = kind_of(kind_code)
    sheet = sheets.read(content)
    names = {sheets.plain_title(name): code for code, known in KEYS[kind.subject].items() for name in known}
    names |= {sheets.plain_title(_title(column)): column.field for column in kind.columns}
    key = VILLAGE if kind.subject is SubjectKind.VILLAGE else ID
    header = sheets.find_header(sheet, names, [key, *(column.field for column in kind.columns if column.required)])
    rows: list[ReadRow] = []
    troubles: list[Trouble] = []
    for row in sheets.rows_below(sheet, header):
        read_row, wrong = _row(row, header, kind, as_of, sheet.formulas)
        troubles += wrong
        if read_row is not None:
            rows.append(read_row)
    confirm = (f"含{sheet.hidden_rows}行隐藏行（可能是筛选造成的），它们也会读入，请确认",) if sheet.hidden_rows else ()
    notices = tuple(f"隐藏的工作表“{name}”没有读取" for name in sheet.hidden_sheets)
    return Reading(tuple(rows), tuple(troubles), notices, not troubles, confirm)


def _row(row: sheets.Row, header: sheets.Header, kind: Kind, as_of: date,
         formulas: frozenset[tuple[int, int]]) -> tuple[ReadRow | None, list[Trouble]]:
    place = header.columns
    troubles = [Trouble(row.number, header.titles[column], "单元格是公式，请粘贴为数值后再报送")
                for column in place.values() if (row.number, column) in formulas]
    keys, wrong = _keys(row, header, kind, as_of)
    troubles += wrong
    values: dict[str, object] = {}
    for column in kind.columns:
        if column.field in place:
            try:
                values[column.field] = _value(row.at(place[column.field]), column, kind)
            except ValueError as error:
                troubles.append(Trouble(row.number, _title(column), str(error)))
    if troubles:
        return None, troubles
    fact = Fact(subject=str(row.number), kind=kind.code, **values)  # type: ignore[arg-type]
    named = {column.field: _title(column) for column in kind.columns}
    troubles = [Trouble(row.number, named.get(name, ""), text) for name, text in fact_errors(fact, as_of=as_of).items()]
    return (None, troubles) if troubles else (ReadRow(row.number, keys, (fact,)), [])


def _keys(row: sheets.Row, header: sheets.Header, kind: Kind, as_of: date) -> tuple[Keys, list[Trouble]]:
    def text(code: str) -> str:
        cell = row.at(header.columns[code]) if code in header.columns else None
        return "" if cell is None else str(cell).strip()

    if kind.subject is SubjectKind.VILLAGE:
        return Keys(village=text(VILLAGE)), [] if text(VILLAGE) else [Trouble(row.number, "行政村", "请填写行政村")]
    title = header.titles[header.columns[ID]]
    if isinstance(row.at(header.columns[ID]), int | float):
        return Keys(), [Trouble(row.number, title, NUMERIC_ID)]
    verdict = check(text(ID).lstrip("'"), today=as_of)
    if not verdict.ok:
        return Keys(), [Trouble(row.number, title, verdict.problem or "身份证号不对，请核对")]
    return Keys(id_number=verdict.canonical, name=text(WHO)), []


def _value(cell: sheets.Cell, column: Column, kind: Kind) -> object:
    empty = cell is None or cell == ""
    if column.field in ("date", "ended"):
        return None if empty else sheets.day_of(cell)
    if column.field == "amount":
        return None if empty else _amount(cell, kind)
    text = "" if empty else str(cell).strip()
    if column.field == "value":
        return _code(text, kind)
    if len(text) > LENGTHS[column.field]:
        raise ValueError(f"超过{LENGTHS[column.field]}个字，请精简")
    return text


def _amount(cell: sheets.Cell, kind: Kind) -> int:
    scale = kind.unit.scale if kind.unit else 1
    try:
        amount = Decimal(str(cell).replace(",", "").strip()) * scale
    except InvalidOperation as error:
        raise ValueError("请填写数字，不带单位") from error
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise ValueError("请填写不小于0的数，最多两位小数" if scale > 1 else "请填写不小于0的整数")
    return int(amount)


def _code(text: str, kind: Kind) -> str:
    words = {title: code for code, title in kind.values} | {code: code for code in kind.codes}
    if text and text not in words:
        raise ValueError(f"请填写下列之一：{'、'.join(title for _, title in kind.values)}")
    return words.get(text, "")


def _title(column: Column) -> str:
    return column.label.split("（")[0]


def _hint(kind: Kind) -> str:
    parts = [f"数额单位为{kind.unit.title}"] if kind.unit and kind.unit is not Unit.HEADS else []
    if kind.values:
        value = kind.column("value")
        parts.append(f"“{value.label if value else '取值'}”填：{'、'.join(title for _, title in kind.values)}")
    return "；".join([*parts, "日期写成2026-03-02，身份证号为文本"])
