"""Monitoring lines (二(二)): who may set which, which one is in force, and the sentence that refers to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.income import FEN, yuan
from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Verdict

CLAUSE = "二(二)"
# 脱贫攻坚期国家扶贫标准: its 1.5-fold was 6000 yuan in 2020, by the policy's own words.
NATIONAL_STANDARD = 4000 * FEN


class LineFactor(TitledEnum):
    """What the province weighs when it sets its line."""

    CONDITIONS = ("conditions", "全省社会经济发展条件")
    PRICES = ("prices", "物价指数变化")
    INCOME = ("income", "农村居民可支配收入增幅")
    MINIMUM_LIVING = ("minimum_living", "农村低保标准调整")


@dataclass(frozen=True)
class KnownLine:
    """A line that was published: year, amount in fen, and the document as far as it is known."""

    year: int
    amount: int
    document: str
    whose: str


# Lines of years that are not here were not found; none is invented.
KNOWN_LINES: tuple[KnownLine, ...] = (
    KnownLine(2020, 6000 * FEN, "云巩固振兴组〔2021〕1号", "国家底线"),
    KnownLine(2022, 7000 * FEN, "公开报道，文号未查到", "云南省"),
    KnownLine(2024, 8700 * FEN, "公开报道，文号未查到", "云南省"),
    KnownLine(2025, 8700 * FEN, "云农办通〔2025〕1号", "云南省"),
)


@dataclass(frozen=True)
class SetLine:
    """A line on record for one area (by its path) and year, in fen per head."""

    area_path: str
    year: int
    amount: int
    document: str
    decided_on: date | None = None


@dataclass(frozen=True)
class LineInForce:
    """The line that a household is compared with on a day; `stale` says that this year's is not set yet."""

    amount: int
    year: int
    document: str
    area_path: str
    stale: bool

    @property
    def note(self) -> str:
        """Return the line as pages and papers show it."""
        mark = "，未更新" if self.stale else ""
        return f"{self.year}年监测范围{yuan(self.amount)}元（{self.document}{mark}）"


def national_floor(national_standard: int = NATIONAL_STANDARD) -> int:
    """Return 1.5 times the national standard, rounded up to the fen."""
    return -(-national_standard * 3 // 2)


def may_set(
    level: AreaLevel, amount: int, *, provincial: int | None = None, national_standard: int = NATIONAL_STANDARD
) -> Verdict:
    """二(二): only province and 州市 set the line; 州市 ≥ province ≥ 1.5 × the national standard."""
    floor = national_floor(national_standard)
    if level not in (AreaLevel.PROVINCE, AreaLevel.PREFECTURE):
        return Verdict(False, "监测底线由省和州（市）确定，其他层级不能设定", CLAUSE)
    if amount < floor:
        return Verdict(False, f"不得低于国家扶贫标准的1.5倍（{yuan(floor)}元）", CLAUSE)
    if level is AreaLevel.PROVINCE:
        return Verdict(True, f"不低于国家扶贫标准的1.5倍（{yuan(floor)}元）", CLAUSE)
    if provincial is None:
        return Verdict(False, "还没有全省监测底线，请先由省级确定", CLAUSE)
    if amount < provincial:
        return Verdict(False, f"不得低于全省监测底线（{yuan(provincial)}元）", CLAUSE)
    return Verdict(True, f"不低于全省监测底线（{yuan(provincial)}元）", CLAUSE)


def missing_factors(factors: dict[str, str]) -> tuple[str, ...]:
    """Return the titles of the four factors that have no words yet."""
    return tuple(factor.title for factor in LineFactor if not factors.get(factor.value, "").strip())


def resolve(lines: Iterable[SetLine], area_path: str, on: date) -> LineInForce | None:
    """Return the newest line up to the year that reaches the area; in one year the smaller area's own goes first."""
    reaching = [
        line for line in lines
        if line.year <= on.year and contains(line.area_path, area_path)
        and (line.decided_on is None or line.decided_on <= on)
    ]
    if not reaching:
        return None
    line = max(reaching, key=lambda candidate: (candidate.year, len(candidate.area_path)))
    return LineInForce(line.amount, line.year, line.document, line.area_path, stale=line.year < on.year)


def reference_sentence(reference_per_head: int | None, line: LineInForce | None) -> str:
    """Say how a household stands to the line: 重要参考, never a gate (二(三))."""
    if line is None:
        return "本地还没有设定监测范围，请按实际情况综合研判"
    if reference_per_head is None:
        return f"{line.note}；人均收入还没有核算。仅供参考，请综合研判"
    side = "低于" if reference_per_head < line.amount else "不低于"
    return f"人均{yuan(reference_per_head)}元，{side}{line.note}。仅供参考，不作为纳入或不纳入的唯一依据，请综合研判"
