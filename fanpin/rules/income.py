"""家庭收入支出: the lines of the national form and the formula; money is integer fen, shown in yuan."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Problem, warn

FEN = 100
MOST = 10**10
ODD_WAGE = 100 * FEN
PLAIN_AMOUNT = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?")


def yuan(fen: int) -> str:
    """Return an amount as people write it: 123450 → "1,234.50"."""
    sign, amount = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{amount // FEN:,}.{amount % FEN:02d}"


def parse_yuan(text: str) -> int:
    """Return the fen that a typed amount in yuan means; raise ValueError with what to do."""
    typed = unicodedata.normalize("NFKC", text).replace("¥", "").removesuffix("元").strip()
    if not typed:
        raise ValueError("请填写金额，没有就填0")
    if typed.startswith(("-", "−")):
        raise ValueError("金额不能为负数")
    if "万" in typed:
        raise ValueError("请以元为单位填写，例如1.5万元写15000")
    match = PLAIN_AMOUNT.fullmatch(typed) if typed.isascii() else None
    if match is None:
        raise ValueError("金额应为数字，最多两位小数，例如1234.5")
    fen = int(match[1].replace(",", "")) * FEN + int((match[2] or "").ljust(2, "0"))
    if fen > MOST:
        raise ValueError("金额过大，请核对是否多写了几位")
    return fen


class Branch(TitledEnum):
    """The five branches; the last is taken off."""

    WAGES = ("a", "工资性收入")
    BUSINESS = ("b", "生产经营性收入")
    PROPERTY = ("c", "财产性收入")
    TRANSFER = ("d", "转移性收入")
    COSTS = ("e", "生产经营性支出")


@dataclass(frozen=True)
class Line:
    """One line of the account; a branch's own code (`a`) is its root and may carry a total alone."""

    code: str
    title: str
    parent: str

    @property
    def branch(self) -> Branch:
        """Return the branch by the first letter."""
        return Branch(self.code[0])


def _lines() -> dict[str, Line]:
    tree = {
        "a": "务工 行业部门公益岗 乡镇公益岗 村级公益岗 自主采摘",
        "b": "种植 养殖 林果 其他经营",
        "c": "资产收益分红 土地流转 金融贷款项目 代种代养 其他财产性收入",
        "d": "计划生育金 低保金 特困供养金 养老金或离退休金 生态补偿金 其他转移性收入",
        "d5": "退耕还林 公益林 草原奖补 移民补助 其他生态补偿",
        "d6": "种粮补贴 地力补贴 农业保险补助 高龄补贴 优抚金 残疾人补贴 教育补助 救灾款 失能老人补贴 赡养费 "
              "取暖费 物价补贴 社会救济 防贫保险 捐赠和赔偿 产业奖励 就业奖励 其他",
        "e": "种植支出 养殖支出 林果支出 其他经营支出",
    }
    lines = {branch.value: Line(branch.value, branch.title, "") for branch in Branch}
    for parent, titles in tree.items():
        words = titles.split()
        for number, title in enumerate(words, start=1):
            code = f"{parent}{number:02d}" if len(words) > 9 else f"{parent}{number}"
            lines[code] = Line(code, title, parent)
    return lines


LINES: dict[str, Line] = _lines()


def children(code: str) -> tuple[Line, ...]:
    """Return the lines directly under a line."""
    return tuple(line for line in LINES.values() if line.parent == code)


@dataclass(frozen=True)
class IncomeStatement:
    """One account over a period: amounts by line, claims paid out (理赔), spending, and the two head counts."""

    period_from: date
    period_to: date
    amounts: Mapping[str, int] = field(default_factory=dict)
    claims: int = 0
    compliant_spending: int = 0
    other_spending: int = 0
    heads_now: int = 0
    heads_year: int = 0

    def total(self, branch: Branch) -> int:
        """Return the sum of a branch's lines."""
        return sum(fen for code, fen in self.amounts.items() if code[:1] == branch.value)

    @property
    def net(self) -> int:
        """Return 家庭纯收入 = A + B + C + D − E."""
        return sum(self.total(branch) for branch in Branch if branch is not Branch.COSTS) - self.total(Branch.COSTS)

    @property
    def per_head(self) -> int | None:
        """Return 家庭人均纯收入 by the year's head count, to the nearest fen; None without heads."""
        return _share(self.net, self.heads_year)

    @property
    def reference(self) -> int:
        """Return 纳入监测对象的收入参考范围 = 纯收入 + 理赔收入 − 合规自付支出."""
        return self.net + self.claims - self.compliant_spending

    @property
    def reference_per_head(self) -> int | None:
        """Return the reference per head by the year's head count; a reference, never a gate (二(三))."""
        return _share(self.reference, self.heads_year)


def explain(statement: IncomeStatement) -> tuple[str, ...]:
    """Return the account as sentences with their numbers, as papers and pages show it."""
    s = statement
    parts = [_branch_sentence(s, branch) for branch in Branch]
    parts.append(
        "家庭纯收入＝" + "＋".join(yuan(s.total(b)) for b in Branch if b is not Branch.COSTS)
        + f"－{yuan(s.total(Branch.COSTS))}＝{yuan(s.net)}元"
    )
    if s.per_head is not None:
        parts.append(f"家庭人均纯收入＝{yuan(s.net)}÷{s.heads_year}人＝{yuan(s.per_head)}元")
    parts.append(
        f"收入参考范围＝纯收入{yuan(s.net)}＋理赔{yuan(s.claims)}－合规自付{yuan(s.compliant_spending)}＝{yuan(s.reference)}元"
    )
    if s.reference_per_head is not None:
        parts.append(f"人均参考＝{yuan(s.reference)}÷{s.heads_year}人＝{yuan(s.reference_per_head)}元")
    if s.other_spending:
        parts.append(f"另有其他刚性支出{yuan(s.other_spending)}元，不计入上式，供综合研判")
    return tuple(parts)


def income_problems(statement: IncomeStatement) -> list[Problem]:
    """Name what does not add up; only what cannot be true is an error."""
    s = statement
    found = _period_problems(s) + _amount_problems(s)
    if s.heads_year < 1 or s.heads_now < 1:
        found.append(Problem("income.heads", "家庭人口数至少为1人，请核对"))
    if 0 < s.total(Branch.WAGES) < ODD_WAGE:
        found.append(warn("income.wages", "工资性收入不足100元，请核对单位是不是元"))
    return found


def _period_problems(s: IncomeStatement) -> list[Problem]:
    if s.period_to < s.period_from:
        return [Problem("income.period", "核算期的止日早于起日，请核对")]
    if not _is_year(s.period_from, s.period_to):
        return [warn("income.period_length", "核算期不是12个月，请核对起止日期或说明原因")]
    return []


def _amount_problems(s: IncomeStatement) -> list[Problem]:
    found = []
    for code, fen in s.amounts.items():
        line = LINES.get(code)
        if line is None:
            found.append(Problem("income.line", f"没有编号为{code}的收支项目"))
        elif fen < 0:
            found.append(Problem("income.negative", f"“{line.title}”不能为负数；亏损请填在生产经营性支出", subject=line.title))
        elif fen and any(s.amounts.get(child) for child in _descendants(code)):
            found.append(Problem("income.twice", f"“{line.title}”既填了合计又填了细项，请只填一种", subject=line.title))
    for amount, title in (
        (s.claims, "理赔收入"), (s.compliant_spending, "合规自付支出"), (s.other_spending, "其他刚性支出"),
    ):
        if amount < 0:
            found.append(Problem("income.negative", f"“{title}”不能为负数", subject=title))
    return found


def _descendants(code: str) -> tuple[str, ...]:
    below = [line.code for line in children(code)]
    return tuple(below + [deeper for child in below for deeper in _descendants(child)])


def _branch_sentence(s: IncomeStatement, branch: Branch) -> str:
    named = [
        f"{LINES[code].title}{yuan(fen)}元"
        for code, fen in sorted(s.amounts.items()) if fen and code in LINES and code[0] == branch.value and len(code) > 1
    ]
    return f"{branch.title}{yuan(s.total(branch))}元" + (f"（{'、'.join(named)}）" if named else "")


def _is_year(first: date, last: date) -> bool:
    after = last + timedelta(days=1)
    return (after.year - first.year, after.month, after.day) == (1, first.month, first.day) or (
        (first.month, first.day) == (2, 29) and after == date(first.year + 1, 3, 1)
    )


def _share(fen: int, heads: int) -> int | None:
    return (2 * fen + heads) // (2 * heads) if heads > 0 else None
