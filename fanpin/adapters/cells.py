"""One row of raw cells, whatever read them, into keys and clean values; every refusal is a sentence without the value."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from fanpin.adapters.contract import GREATEST_AMOUNT
from fanpin.adapters.manifest import FOUND, LONGEST_TEXT, LONGEST_WORDS, RESULT, Column, ColumnType, Table
from fanpin.rules import identity, names

Cell = str | int
Raw = object

DAY = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))"
                 r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
MONTH = re.compile(r"(\d{4})(?:-(\d{1,2})|/(\d{1,2})|\.(\d{1,2})|年(\d{1,2})月|(\d{2}))", re.ASCII)
YEAR = re.compile(r"(\d{4})(?:年|年度)?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2199
PHONE = re.compile(r"1[3-9]\d{9}|(?:0\d{2,3}-?)?\d{7,8}|\d{3,5}", re.ASCII)
CODE12 = re.compile(r"\d{12}|\d{9}", re.ASCII)
FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
DAY_HINT = "请按 2026-03-02 的样式填写日期"


class CellProblem(ValueError):
    """Why a cell cannot be taken."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in which column of a row."""

    column: str
    reason: str


@dataclass
class Taken:
    """A row taken apart: keys apart from the other cells; with problems it counts as refused."""

    keys: dict[str, str] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def take(table: Table, raw: Mapping[str, Raw], scales: Mapping[str, int] | None = None) -> Taken:
    """Read a row's raw cells, by canonical name, as the table declares them; every problem is named, not the first."""
    taken = Taken()
    for column in table.all_columns:
        try:
            value = read(column, raw.get(column.name), (scales or {}).get(column.name, 1))
            if value not in ("", None):
                _keep(taken, column, value)
        except CellProblem as problem:
            taken.problems.append(Problem(column.name, str(problem)))
    found = taken.cells.get(RESULT, FOUND) == FOUND
    mended = {problem.column for problem in taken.problems}
    for column in table.columns:
        if column.required and (found or column.type.is_key) and column.name not in mended and blank(raw.get(column.name)):
            taken.problems.append(Problem(column.name, f"“{column.name}”没有填写"))
    return taken


def known(keys: Mapping[str, str]) -> bool:
    """Say whether the keys tell whom a row is about, whatever else is wrong with it."""
    return any(key.value in keys for key in (ColumnType.ID_NUMBER, ColumnType.HEAD_ID)) or (
        ColumnType.HEAD_NAME.value in keys and ColumnType.VILLAGE.value in keys)


def blank(value: Raw) -> bool:
    """Say whether nothing stands in a cell."""
    if not isinstance(value, str):
        return value is None
    return not (value[:1].isalnum() or identity.normalise(value))


def read(column: Column, value: Raw, scale: int = 1) -> Cell | None:
    """Return the clean value of one cell: text, ISO day, whole hundredths, code; raise CellProblem."""
    if blank(value):
        return None
    if isinstance(value, str) and unicodedata.normalize("NFKC", value).strip().upper() in FORMULA_ERRORS:
        raise CellProblem("单元格里是公式错误，请粘贴为数值后重新保存")
    if column.type is ColumnType.AMOUNT:
        return _amount(value, scale)
    return READERS[column.type](value, column)


def _keep(taken: Taken, column: Column, value: Cell) -> None:
    if column.type is ColumnType.CERTIFICATE:
        verdict = identity.check_certificate(str(value))
        if taken.keys.setdefault("id_number", verdict.id_number) != verdict.id_number:
            raise CellProblem("残疾人证号与身份证号不一致，请核对")
        taken.cells[column.name] = f"{verdict.category.value if verdict.category else ''}{verdict.grade}"
    elif column.type.is_key:
        if taken.keys.setdefault(column.type.value, str(value)) != value:
            raise CellProblem("残疾人证号与身份证号不一致，请核对")
    else:
        taken.cells[column.name] = value


def _id(value: Raw, column: Column) -> str:
    verdict = identity.check(value)
    if not verdict.ok:
        raise CellProblem(verdict.problem or "身份证号不对，请核对")
    return verdict.canonical


def _certificate(value: Raw, column: Column) -> str:
    if not isinstance(value, str):
        raise CellProblem(identity.TEXT_FORMAT.replace("身份证号", "残疾人证号").replace("18位", "20位或22位"))
    verdict = identity.check_certificate(value)
    if not verdict.ok:
        raise CellProblem(verdict.problem or "残疾人证号不对，请核对")
    return verdict.canonical


def _name(value: Raw, column: Column) -> str:
    if not isinstance(value, str):
        raise CellProblem("姓名须为文字，请核对是否填错列")
    verdict = names.check_name(value)
    if verdict.problem:
        # The house's sentence names the character, which belongs to the value.
        raise CellProblem("姓名中只能有汉字、字母和间隔号“·”，请核对")
    return verdict.name


def _village(value: Raw, column: Column) -> str:
    digits = _whole_number_text(value)
    written = identity.normalise(digits or str(value))
    if CODE12.fullmatch(written):
        return written.ljust(12, "0")
    if written.isdigit():
        raise CellProblem("行政村代码须为12位（或9位）数字，也可以直接填村名")
    return _text(value, column)


def _text(value: Raw, column: Column) -> str:
    if isinstance(value, bool):
        value = "是" if value else "否"
    if isinstance(value, datetime):
        value = value.date()
    written = _whole_number_text(value) or str(value)
    try:
        return " ".join(names.clean_note(written, LONGEST_TEXT).split())
    except ValueError:
        raise CellProblem(f"超过{LONGEST_TEXT}个字，请精简") from None


def _words(value: Raw, column: Column) -> str:
    """Return what was told as it stands; only signs that nobody sees are taken out."""
    try:
        return names.clean_note(_whole_number_text(value) or str(value), LONGEST_WORDS)
    except ValueError:
        raise CellProblem(f"超过{LONGEST_WORDS}个字，请人工登记这一条") from None


def _phone(value: Raw, column: Column) -> str:
    written = identity.normalise(_whole_number_text(value) or str(value)).removeprefix("+86").replace("—", "-")
    if not PHONE.fullmatch(written):
        raise CellProblem("电话号码不对，请填手机号或带区号的固定电话，不知道的留空")
    return written


def _whole_number_text(value: Raw) -> str:
    """Return the digits of a number that a sheet keeps as a float."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return ""


def _date(value: Raw, column: Column) -> str:
    if isinstance(value, datetime):
        return _checked(value.date())
    if isinstance(value, date):
        return _checked(value)
    parts = DAY.fullmatch(_written(value))
    if not parts:
        raise CellProblem(f"日期看不懂，{DAY_HINT}")
    return _day(*[int(part) for part in parts.groups() if part is not None])


def _month(value: Raw, column: Column) -> str:
    if isinstance(value, (date, datetime)):
        return _checked(date(value.year, value.month, 1))
    parts = MONTH.fullmatch(_written(value))
    if parts:
        return _day(*[int(part) for part in parts.groups() if part is not None], 1)
    if DAY.fullmatch(_written(value)):
        return _date(value, column)[:8] + "01"
    raise CellProblem("年月看不懂，请按 2026-03 的样式填写")


def _year(value: Raw, column: Column) -> str:
    if isinstance(value, (date, datetime)):
        return _checked(date(value.year, 12, 31))
    parts = YEAR.fullmatch(_written(value))
    if not parts:
        raise CellProblem("年度看不懂，请按 2026 的样式填写")
    return _day(int(parts[1]), 12, 31)


def _written(value: Raw) -> str:
    """Return a day as it was written; a bare number below eight digits may be any calendar's count of days."""
    digits = _whole_number_text(value)
    if not isinstance(value, str) and len(digits) not in (4, 6, 8):
        raise CellProblem(f"日期是数值而不是日期格式，{DAY_HINT}")
    return unicodedata.normalize("NFKC", digits or str(value)).strip()


def _day(year: int, month: int, day: int) -> str:
    try:
        return _checked(date(year, month, day))
    except ValueError:
        raise CellProblem(f"没有这一天，{DAY_HINT}") from None


def _checked(day: date) -> str:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellProblem(f"年份不对，{DAY_HINT}")
    return day.isoformat()


def _amount(value: Raw, scale: int) -> int:
    number = _number(value) * scale * 100
    # A sheet's own arithmetic leaves a trace in the last binary digits.
    rounded = number.to_integral_value()
    if abs(number - rounded) > (Decimal("0.0001") if isinstance(value, float) else 0):
        raise CellProblem("小数超过两位，请四舍五入到分")
    if rounded < 0:
        raise CellProblem("不能是负数，请核对")
    if rounded > GREATEST_AMOUNT:
        raise CellProblem("数额过大，请核对")
    return int(rounded)


def _count(value: Raw, column: Column) -> int:
    number = _number(value)
    if number != number.to_integral_value() or not 0 <= number <= 10**9:
        raise CellProblem("须是不小于零的整数，请核对")
    return int(number)


def _number(value: Raw) -> Decimal:
    if isinstance(value, bool) or isinstance(value, (date, datetime)):
        raise CellProblem("须是数字，请核对单元格格式")
    written = unicodedata.normalize("NFKC", str(value)).strip().replace(",", "").removeprefix("¥").removesuffix("元")
    try:
        number = Decimal(written.strip())
    except InvalidOperation:
        raise CellProblem("须是数字，请核对") from None
    if not number.is_finite():
        raise CellProblem("须是数字，请核对")
    return number


def _code(value: Raw, column: Column) -> str:
    word = spoken(value)
    for said, code in column.values:
        if spoken(said) == word:
            return code
    if column.otherwise is not None:
        return column.otherwise
    listed = list(dict.fromkeys(said for said, _ in column.values))
    shown = "、".join(listed[:12]) + ("……" if len(listed) > 12 else "")
    raise CellProblem(f"不在可填的范围内，请填：{shown}")


def spoken(value: Raw) -> str:
    """Return a word as it is compared: without width, space and case."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return identity.normalise(_whole_number_text(value) or str(value))


READERS = {
    ColumnType.ID_NUMBER: _id, ColumnType.HEAD_ID: _id, ColumnType.NAME: _name, ColumnType.HEAD_NAME: _name,
    ColumnType.VILLAGE: _village, ColumnType.CERTIFICATE: _certificate, ColumnType.TEXT: _text,
    ColumnType.DATE: _date, ColumnType.MONTH: _month, ColumnType.YEAR: _year, ColumnType.COUNT: _count,
    ColumnType.CODE: _code, ColumnType.PHONE: _phone, ColumnType.WORDS: _words,
}
