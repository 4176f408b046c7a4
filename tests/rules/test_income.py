"""The account of income and spending, and money as people type it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.rules.income import (
    LINES, Branch, IncomeStatement, children, explain, income_problems, parse_yuan, yuan,
)

YEAR = (date(2025, 3, 1), date(2026, 2, 28))
PLAIN = IncomeStatement(
    *YEAR, amounts={"a1": 1_200_000, "b2": 300_000, "d2": 240_000, "d51": 10_000, "e2": 100_000},
    claims=50_000, compliant_spending=900_000, other_spending=20_000, heads_now=3, heads_year=4,
)


def codes_of(statement: IncomeStatement) -> list[tuple[str, bool]]:
    return [(problem.code, problem.is_error) for problem in income_problems(statement)]


def test_net_income_is_the_four_branches_less_costs() -> None:
    assert [PLAIN.total(branch) for branch in Branch] == [1_200_000, 300_000, 0, 250_000, 100_000]
    assert PLAIN.net == 1_650_000
    assert PLAIN.per_head == 412_500


def test_the_reference_adds_claims_and_takes_off_compliant_spending_only() -> None:
    assert PLAIN.reference == 1_650_000 + 50_000 - 900_000
    assert PLAIN.reference_per_head == 200_000


@pytest.mark.parametrize(("net", "heads", "share"), [(100, 3, 33), (200, 3, 67), (1, 2, 1), (-100, 3, -33), (5, 0, None)])
def test_shares_go_to_the_nearest_fen_and_nobody_divides_by_no_heads(net: int, heads: int, share: int | None) -> None:
    amounts = {"a1": net} if net > 0 else {"e1": -net}
    assert IncomeStatement(*YEAR, amounts=amounts, heads_now=1, heads_year=heads).per_head == share


def test_a_plain_account_has_no_problem() -> None:
    assert codes_of(PLAIN) == []


@pytest.mark.parametrize(("changes", "code", "error"), [
    ({"period_from": date(2025, 4, 1)}, "income.period_length", False),
    ({"period_to": date(2025, 2, 1)}, "income.period", True),
    ({"amounts": {"a1": 9_900}}, "income.wages", False),
    ({"amounts": {"a1": 1}}, "income.wages", False),
    ({"amounts": {"b1": -1}}, "income.negative", True),
    ({"amounts": {"z1": 1}}, "income.line", True),
    ({"amounts": {"d": 100, "d51": 100}}, "income.twice", True),
    ({"amounts": {"d5": 100, "d51": 100}}, "income.twice", True),
    ({"claims": -1}, "income.negative", True),
    ({"compliant_spending": -1}, "income.negative", True),
    ({"heads_year": 0}, "income.heads", True),
])
def test_what_does_not_add_up_is_named(changes: dict[str, object], code: str, error: bool) -> None:
    values = {"period_from": YEAR[0], "period_to": YEAR[1], "heads_now": 1, "heads_year": 1} | changes
    assert codes_of(IncomeStatement(**values)) == [(code, error)]  # type: ignore[arg-type]


@pytest.mark.parametrize("amounts", [{"a1": 10_000}, {"a1": 0}, {"a": 500_000}, {"d5": 100, "d6": 100}, {"d": 0, "d51": 5}])
def test_totals_alone_and_zeros_are_fine(amounts: dict[str, int]) -> None:
    assert codes_of(IncomeStatement(*YEAR, amounts=amounts, heads_now=1, heads_year=1)) == []


@pytest.mark.parametrize(("first", "last"), [
    (date(2025, 3, 1), date(2026, 2, 28)), (date(2023, 3, 1), date(2024, 2, 29)), (date(2024, 10, 1), date(2025, 9, 30)),
    (date(2024, 2, 29), date(2025, 2, 28)), (date(2025, 1, 1), date(2025, 12, 31)),
])
def test_twelve_months_are_recognised(first: date, last: date) -> None:
    assert codes_of(IncomeStatement(first, last, heads_now=1, heads_year=1)) == []


def test_the_explanation_carries_the_numbers_and_the_formula() -> None:
    said = "\n".join(explain(PLAIN))
    assert "工资性收入12,000.00元（务工12,000.00元）" in said
    assert "家庭纯收入＝12,000.00＋3,000.00＋0.00＋2,500.00－1,000.00＝16,500.00元" in said
    assert "16,500.00÷4人＝4,125.00元" in said
    assert "理赔500.00－合规自付9,000.00＝8,000.00元" in said and "8,000.00÷4人＝2,000.00元" in said
    assert "其他刚性支出200.00元" in said


def test_without_heads_the_explanation_divides_nothing() -> None:
    assert "÷" not in "".join(explain(IncomeStatement(*YEAR)))


def test_the_tree_hangs_together() -> None:
    assert all(line.parent in LINES or line.parent == "" for line in LINES.values())
    assert [line.code for line in children("d5")] == ["d51", "d52", "d53", "d54", "d55"]
    assert len(children("d6")) == 18 and LINES["d601"].branch is Branch.TRANSFER
    assert sum(line.parent == "" for line in LINES.values()) == 5


@pytest.mark.parametrize(("typed", "fen"), [
    ("0", 0), ("1234.5", 123_450), ("1,234.5", 123_450), ("１２３４．５０元", 123_450), (" ¥8700 ", 870_000),
    ("￥12,345,678.09", 1_234_567_809), ("0.01", 1), ("007", 700),
])
def test_amounts_are_read_as_people_type_them(typed: str, fen: int) -> None:
    assert parse_yuan(typed) == fen


@pytest.mark.parametrize(("typed", "words"), [
    ("", "没有就填0"), ("元", "没有就填0"), ("-5", "不能为负数"), ("−5", "不能为负数"), ("1.5万", "以元为单位"),
    ("1,23", "应为数字"), ("1.234", "最多两位小数"), ("1e5", "应为数字"), ("五百", "应为数字"), ("1 000", "应为数字"),
    ("٣", "应为数字"), ("999999999999", "金额过大"), ("1.", "应为数字"), (".5", "应为数字"),
])
def test_other_amounts_are_refused_with_the_way_to_mend(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_yuan(typed)


@given(st.integers(0, 10**10))
def test_what_is_shown_reads_back_the_same(fen: int) -> None:
    assert parse_yuan(yuan(fen)) == fen


def test_a_loss_shows_its_sign() -> None:
    assert yuan(-5) == "-0.05" and yuan(-123_456) == "-1,234.56"
