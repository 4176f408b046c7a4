"""The columns of the national export (`data/national_columns.csv`) and what a cell of each may hold.

The list is ours, put together from what is public, until a real header is supplied; the column `source` says so.
Values are kept as the sheet shows them in their plainest form: titles of code sets, 是 or 否, 1234.50, 2026-03-02, 202603.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from fanpin.rules.dates import read_day, read_month
from fanpin.rules.departments import Department
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.identity import check, check_certificate
from fanpin.rules.income import FEN, parse_yuan
from fanpin.rules.members import Education, Health, LabourSkill, Political, Relation, Schooling, Sex
from fanpin.rules.names import check_name, clean_note
from fanpin.rules.risks import Risk
from fanpin.rules.titles import TitledEnum

FILE = Path(__file__).parents[1] / "data" / "national_columns.csv"
LONGEST = 200
# Excel keeps fifteen digits of a number: what is longer has lost its end already.
MOST_DIGITS = 10**15
Cell = str | int | float | bool | date | None


class Part(TitledEnum):
    """Which part of the row a column belongs to; household columns are repeated for every person."""

    HOUSEHOLD = ("household", "农户")
    MEMBER = ("member", "家庭成员")
    MONITORING = ("monitoring", "监测")
    INCOME = ("income", "收入支出")
    MEASURES = ("measures", "帮扶措施")
    AFTER = ("after", "风险消除后")


class HouseholdKind(TitledEnum):
    """户类型."""

    ORDINARY = ("ordinary", "一般农户")
    LIFTED = ("lifted", "脱贫户")


class EliminationWay(TitledEnum):
    """风险消除方式."""

    HELPED = ("helped", "帮扶消除")
    NATURAL = ("natural", "自然消除")


class Development(TitledEnum):
    """实施开发式帮扶措施情况."""

    DONE = ("done", "已实施")
    NOT_YET = ("not_yet", "尚未实施")


class MinimumLiving(TitledEnum):
    """低保政策情况."""

    RURAL = ("rural", "农村低保")
    URBAN = ("urban", "城市低保")
    NONE = ("none", "不享受")


class Destitute(TitledEnum):
    """特困供养政策情况."""

    RURAL = ("rural", "农村特困")
    URBAN = ("urban", "城市特困")
    NONE = ("none", "不享受")


VALUES: dict[str, type[TitledEnum]] = {
    "household_kind": HouseholdKind, "sex": Sex, "relation": Relation, "education": Education, "schooling": Schooling,
    "health": Health, "labour": LabourSkill, "political": Political, "household_class": HouseholdClass, "risk": Risk,
    "elimination_way": EliminationWay, "development": Development, "minimum_living": MinimumLiving, "destitute": Destitute,
}
# What other offices write for the same; never a guess between two.
ALSO: dict[str, dict[str, str]] = {
    "household_kind": {"普通农户": "一般农户", "非脱贫户": "一般农户", "建档立卡户": "脱贫户"},
    "sex": {"男性": "男", "女性": "女"},
    "relation": {"本人": "户主", "妻": "配偶", "夫": "配偶", "妻子": "配偶", "丈夫": "配偶", "之妻": "配偶", "之夫": "配偶",
                 "子": "之子", "儿子": "之子", "女": "之女", "女儿": "之女", "儿媳": "之儿媳", "女婿": "之女婿", "孙子": "之孙子",
                 "孙女": "之孙女", "外孙": "之外孙子", "外孙子": "之外孙子", "外孙女": "之外孙女", "父亲": "之父", "父": "之父",
                 "母亲": "之母", "母": "之母", "祖父": "之祖父", "祖母": "之祖母", "侄子": "之侄儿", "之侄子": "之侄儿"},
    "education": {"文盲/半文盲": "文盲或半文盲", "文盲": "文盲或半文盲"},
    "labour": {"弱劳动力": "弱劳动力或半劳动力", "半劳动力": "弱劳动力或半劳动力", "弱劳力或半劳力": "弱劳动力或半劳动力"},
    "health": {"大病": "患有大病", "慢性病": "长期慢性病", "患有慢性病": "长期慢性病"},
    "risk": {"因房": "住房出现安全问题", "因水": "饮水出现安全问题", "因安全饮水": "饮水出现安全问题", "因缺劳力": "缺劳动力",
             "缺劳力": "缺劳动力"},
    "minimum_living": {"否": "不享受", "无": "不享受"}, "destitute": {"否": "不享受", "无": "不享受"},
}
SETS = {name: {member.title: member.title for member in titled} | ALSO.get(name, {}) for name, titled in VALUES.items()}
YES_NO = {"是": "是", "有": "是", "已": "是", "否": "否", "无": "否", "未": "否", "没有": "否"}
SEPARATED = re.compile(r"[,，、;；/\s]+")
NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,4})?", re.ASCII)


@dataclass(frozen=True)
class NationalColumn:
    """One column: its title there, what it holds, where it is kept here (`field`), and who answers for it."""

    code: str
    title: str
    synonyms: tuple[str, ...]
    part: Part
    type: str
    values: str
    field: str
    department: Department
    sensitive: str
    source: str

    @property
    def of_person(self) -> bool:
        """Say whether every person of the household has a value of their own."""
        return self.part is Part.MEMBER

    @property
    def kept_here(self) -> bool:
        """Say whether an import may write it: a field of the household's or the person's file."""
        return self.field in WRITABLE

    @property
    def as_text(self) -> bool:
        """Say whether its cells are text in a workbook (numbers of people and accounts always)."""
        return self.type not in ("int", "number", "yuan")


# Everything else is told by records of the procedure, or kept as it came.
WRITABLE = frozenset({
    "household.national_code", "household.phone", "household.address", "household.hukou_place", "household.lifted",
    "household.relocation_community", "member.name", "member.id_number", "member.relation", "member.sex", "member.born_on",
    "member.ethnicity", "member.education", "member.schooling", "member.school", "member.health", "member.labour",
    "member.work", "member.work_months", "member.disability_certificate", "member.insured",
})
REQUIRED = ("village", "name", "relation", "id_number")


@cache
def columns() -> tuple[NationalColumn, ...]:
    """Return the columns in the national order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(NationalColumn(
            row["code"], row["title"], tuple(name for name in row["synonyms"].split("|") if name), Part(row["part"]),
            row["type"], row["values"], row["field"], Department(row["department"]), row["sensitive"], row["source"])
            for row in csv.DictReader(file))


@cache
def by_code() -> Mapping[str, NationalColumn]:
    """Return the columns by their codes."""
    return {column.code: column for column in columns()}


def only_ours() -> bool:
    """Say whether no column was yet taken from a real header of the national system."""
    return all(column.source == "ours" for column in columns())


def columns_of(department: Department) -> tuple[NationalColumn, ...]:
    """List the columns for whose truth and accuracy a department answers (六(一))."""
    return tuple(column for column in columns() if column.department is department)


def parse(column: NationalColumn, cell: Cell) -> str:
    """Return the cell in its plainest form; raise ValueError with what to do. Never echo what was typed."""
    return PARSERS[column.type](column, cell)


def _text(_column: NationalColumn, cell: Cell) -> str:
    if isinstance(cell, (int, float)) and abs(cell) >= MOST_DIGITS:
        raise ValueError("长号码须为文本格式：请把该列设为“文本”后重新录入完整的号码")
    return clean_note(_plain(cell), LONGEST).replace("\n", " ")


def _plain(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _name(_column: NationalColumn, cell: Cell) -> str:
    verdict = check_name(cell if isinstance(cell, str) else "0")
    if verdict.problem:
        raise ValueError(verdict.problem)
    return verdict.name


def _id(_column: NationalColumn, cell: Cell) -> str:
    verdict = check(cell)
    if verdict.ok:
        return verdict.canonical
    if isinstance(cell, str) and (certificate := check_certificate(cell)).ok:
        # Field offices put the 残疾人证 where the ID number belongs: its first eighteen are the ID number.
        return certificate.canonical
    raise ValueError(verdict.problem)


def _certificate(_column: NationalColumn, cell: Cell) -> str:
    if not isinstance(cell, str):
        raise ValueError("残疾人证号须为文本格式：请把该列设为“文本”后重新录入完整的号码")
    verdict = check_certificate(cell)
    if not verdict.ok:
        raise ValueError(verdict.problem)
    return verdict.canonical


def _phone(_column: NationalColumn, cell: Cell) -> str:
    text = "".join(_plain(cell).split())
    if not re.fullmatch(r"[+]?[0-9-]{5,20}", text, re.ASCII):
        raise ValueError("电话只填数字，多个电话请只留一个")
    return text


def _account(_column: NationalColumn, cell: Cell) -> str:
    if not isinstance(cell, str) or re.fullmatch(r"[\d.]+E[+]?\d+", cell, re.ASCII | re.IGNORECASE):
        raise ValueError("银行卡号须为文本格式：请把该列设为“文本”后重新录入完整的卡号")
    return "".join(cell.split())[:40]


def _int(_column: NationalColumn, cell: Cell) -> str:
    text = _plain(cell).strip()
    if isinstance(cell, bool) or not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise ValueError("请填写整数")
    return str(int(text))


def _number(_column: NationalColumn, cell: Cell) -> str:
    text = _plain(cell).replace(",", "").strip()
    if isinstance(cell, bool) or not NUMBER.fullmatch(text):
        raise ValueError("请填写数字")
    return f"{float(text):.4f}".rstrip("0").rstrip(".")


def _yuan(_column: NationalColumn, cell: Cell) -> str:
    if isinstance(cell, (bool, date)):
        raise ValueError("请填写金额")
    text = f"{cell:.2f}" if isinstance(cell, float) else str(cell).strip()
    sign = "-" if text.startswith(("-", "−")) else ""
    fen = parse_yuan(text.lstrip("-−"))
    return f"{sign if fen else ''}{fen // FEN}.{fen % FEN:02d}"


def _bool(_column: NationalColumn, cell: Cell) -> str:
    answer = YES_NO.get(_plain(cell).strip())
    if answer is None:
        raise ValueError("请填“是”或“否”")
    return answer


def _day(_column: NationalColumn, cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return read_day(_as_text(cell)).isoformat()


def _month(_column: NationalColumn, cell: Cell) -> str:
    day = cell if isinstance(cell, date) else read_month(_as_text(cell))
    return f"{day.year}{day.month:02d}"


def _as_text(cell: Cell) -> str:
    # A six- or eight-digit number is a month or day written without signs; a serial of five digits is refused.
    return str(cell) if isinstance(cell, (str, int)) and not isinstance(cell, bool) else ""


def _code(column: NationalColumn, cell: Cell) -> str:
    known = SETS[column.values]
    title = known.get(_plain(cell).strip())
    if title is None:
        raise ValueError(f"不在规定的选项里，应为{'、'.join(list(dict.fromkeys(known.values()))[:6])}"
                         + ("等" if len(set(known.values())) > 6 else ""))
    return title


def _multi(column: NationalColumn, cell: Cell) -> str:
    titles = {_code(column, part) for part in SEPARATED.split(_plain(cell).strip()) if part}
    return ",".join(member.title for member in VALUES[column.values] if member.title in titles)


PARSERS: dict[str, Callable[[NationalColumn, Cell], str]] = {
    "text": _text, "place": _text, "name": _name, "id": _id, "certificate": _certificate, "phone": _phone,
    "account": _account, "int": _int, "number": _number, "yuan": _yuan, "bool": _bool, "day": _day, "month": _month,
    "code": _code, "multi": _multi,
}
