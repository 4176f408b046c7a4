"""Monitoring lines: who sets them, which is in force, and that they gate nothing."""

from datetime import date

import pytest

from fanpin.rules.areas import AreaLevel
from fanpin.rules.lines import (
    KNOWN_LINES, LineFactor, SetLine, may_set, missing_factors, national_floor, reference_sentence, resolve,
)

PROVINCE, PREFECTURE, VILLAGE = "/1/", "/1/7/", "/1/7/30/200/"
TODAY = date(2026, 3, 2)
LAST_YEAR = SetLine(PROVINCE, 2025, 870_000, "云农办通〔2025〕1号")


@pytest.mark.parametrize(("level", "amount", "provincial", "met", "words"), [
    (AreaLevel.PROVINCE, 600_000, None, True, "1.5倍（6,000.00元）"),
    (AreaLevel.PROVINCE, 599_999, None, False, "不得低于国家扶贫标准的1.5倍"),
    (AreaLevel.PREFECTURE, 870_000, 870_000, True, "不低于全省监测底线"),
    (AreaLevel.PREFECTURE, 869_999, 870_000, False, "不得低于全省监测底线（8,700.00元）"),
    (AreaLevel.PREFECTURE, 870_000, None, False, "请先由省级确定"),
    (AreaLevel.PREFECTURE, 500_000, 500_000, False, "1.5倍"),
    (AreaLevel.COUNTY, 900_000, 870_000, False, "其他层级不能设定"),
    (AreaLevel.VILLAGE, 900_000, 870_000, False, "其他层级不能设定"),
])
def test_only_province_and_prefecture_set_it_and_never_below_the_level_above(
    level: AreaLevel, amount: int, provincial: int | None, met: bool, words: str
) -> None:
    verdict = may_set(level, amount, provincial=provincial)
    assert (verdict.met, verdict.clause) == (met, "二(二)") and words in verdict.reason


def test_a_newer_national_standard_moves_the_floor_and_rounds_up() -> None:
    assert national_floor() == 600_000 and national_floor(333_333) == 500_000
    assert not may_set(AreaLevel.PROVINCE, 600_000, national_standard=500_000).met


def test_the_known_lines_are_those_that_were_published_and_no_others() -> None:
    assert [(line.year, line.amount) for line in KNOWN_LINES] == [
        (2020, 600_000), (2022, 700_000), (2024, 870_000), (2025, 870_000),
    ]


def test_last_years_line_is_shown_with_its_year_and_marked() -> None:
    line = resolve([LAST_YEAR], VILLAGE, TODAY)
    assert line is not None and line.stale and line.year == 2025
    assert line.note == "2025年监测范围8,700.00元（云农办通〔2025〕1号，未更新）"


def test_this_years_prefecture_line_goes_before_the_provinces() -> None:
    lines = [LAST_YEAR, SetLine(PROVINCE, 2026, 880_000, "省"), SetLine(PREFECTURE, 2026, 900_000, "州")]
    assert resolve(lines, VILLAGE, TODAY).amount == 900_000  # type: ignore[union-attr]
    assert resolve(lines, "/1/8/", TODAY).amount == 880_000  # type: ignore[union-attr]


def test_this_years_provincial_line_goes_before_last_years_prefecture_line() -> None:
    lines = [SetLine(PROVINCE, 2026, 880_000, "省"), SetLine(PREFECTURE, 2025, 870_000, "州")]
    line = resolve(lines, VILLAGE, TODAY)
    assert line is not None and (line.amount, line.stale) == (880_000, False)


@pytest.mark.parametrize("line", [
    SetLine(PROVINCE, 2027, 900_000, "省"), SetLine(PROVINCE, 2026, 900_000, "省", decided_on=date(2026, 3, 3)),
    SetLine("/1/70/", 2026, 900_000, "他州"),
])
def test_a_line_of_another_place_or_a_later_day_is_not_in_force(line: SetLine) -> None:
    assert resolve([line], VILLAGE, TODAY) is None


@pytest.mark.parametrize(("reference", "words"), [(869_999, "，低于2025年"), (870_000, "，不低于2025年"), (None, "还没有核算")])
def test_the_sentence_refers_and_never_decides(reference: int | None, words: str) -> None:
    said = reference_sentence(reference, resolve([LAST_YEAR], VILLAGE, TODAY))
    assert words in said and "仅供参考" in said and "综合研判" in said
    assert "综合研判" in reference_sentence(reference, None)


def test_the_four_factors_are_all_asked_for() -> None:
    assert len(missing_factors({})) == 4
    assert missing_factors({factor.value: "已综合" for factor in LineFactor} | {"prices": " "}) == ("物价指数变化",)
