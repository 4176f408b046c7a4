"""The compiler: one text per book and day, and nothing but comparisons of known columns gets in."""

from dataclasses import replace
from datetime import date

import pytest

from fanpin.rules.book import CIRCUMSTANCE_BOOK, RULES
from fanpin.screening.compile import ConditionRefused, check_condition, compile_book

DAY = date(2026, 3, 2)
NAMES = frozenset({"role", "car", "office"})


def test_the_text_depends_on_book_and_day_only() -> None:
    assert compile_book(CIRCUMSTANCE_BOOK, DAY) is compile_book(CIRCUMSTANCE_BOOK, DAY)
    assert compile_book(CIRCUMSTANCE_BOOK, DAY) != compile_book(CIRCUMSTANCE_BOOK, date(2026, 3, 3))


def test_facts_become_a_sheet_findings_and_evidence() -> None:
    assert [name for name, _ in compile_book(CIRCUMSTANCE_BOOK, DAY).tables] == ["fact", "sheet", "finding", "evidence"]


def test_no_rule_can_hold_without_evidence() -> None:
    for rule in RULES:
        assert "> 0" in rule.condition and " OR " not in rule.condition.split(") AND ")[-1]


@pytest.mark.parametrize("condition", [
    "car > 0 AND (SELECT 1) > 0", "car > 0; DROP TABLE fact", "car > 0 -- all", "income > 0", "role = 'x'' OR 1'",
    "car > 0 OR load_extension('x') > 0", "role = \"member\"", "car > 0 /* all */",
])
def test_anything_but_comparisons_of_known_columns_is_refused(condition: str) -> None:
    with pytest.raises(ConditionRefused):
        check_condition(condition, NAMES)
    rule = replace(RULES[0], condition=condition)
    with pytest.raises(ConditionRefused):
        compile_book(replace(CIRCUMSTANCE_BOOK, rules=(rule,)), DAY)


def test_comparisons_of_known_columns_are_let_through() -> None:
    check_condition("role IN ('member', 'kin') AND NOT (car >= 2 OR office <> 0)", NAMES)
