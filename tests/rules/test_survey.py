"""The survey of 三(三): ten items, five judgements, guarantees."""

from datetime import date
from typing import Any

import pytest

from fanpin.rules.income import IncomeStatement
from fanpin.rules.risks import Risk
from fanpin.rules.survey import (
    SCALES, Guarantees, Judgement, SurveyItem, answered_items, answered_judgements, income_drop, large_spending,
    survey_problems,
)

TODAY = date(2026, 3, 2)
SAFE = Guarantees(food=True, clothing=True, housing=True, schooling=True, medical=True, water=True)
FULL: dict[str, Any] = {
    "items": {item.value: "已查清" for item in SurveyItem},
    "judgements": {judgement.value: next(iter(judgement.answers)).value for judgement in Judgement},
    "guarantees": SAFE,
    "statement": IncomeStatement(date(2025, 3, 1), date(2026, 2, 28), compliant_spending=100, heads_now=1, heads_year=1),
    "risks": [Risk.ILLNESS],
    "visitors": ["测试队员"],
    "visited_on": TODAY,
    "today": TODAY,
}


def test_ten_items_and_five_judgements_in_the_policys_order() -> None:
    assert "、".join(item.title for item in SurveyItem) == "人口、收入、住房、饮水、财产、从业、健康、劳动力、就学、家庭变故"
    assert len(Judgement) == 5 and set(SCALES) == set(Judgement)
    assert all(item.prompt.endswith("？") for item in SurveyItem)


def test_a_full_survey_has_no_problem() -> None:
    assert survey_problems(**FULL) == []


@pytest.mark.parametrize("item", list(SurveyItem))
def test_every_item_is_asked_for(item: SurveyItem) -> None:
    items = FULL["items"] | {item.value: " "}
    assert [(p.code, p.subject) for p in survey_problems(**FULL | {"items": items})] == [("survey.item", item.title)]
    assert len(answered_items(items)) == 9


@pytest.mark.parametrize("judgement", list(Judgement))
@pytest.mark.parametrize("answer", [None, "", "好"])
def test_every_judgement_is_asked_for_on_its_own_scale(judgement: Judgement, answer: str | None) -> None:
    judgements = FULL["judgements"] | {judgement.value: answer}
    found = survey_problems(**FULL | {"judgements": judgements})
    assert [(p.code, p.subject) for p in found] == [("survey.judgement", judgement.title)]
    assert len(answered_judgements(judgements)) == 4


@pytest.mark.parametrize(("changes", "code"), [
    ({"visitors": []}, "survey.visitors"), ({"visitors": [" "]}, "survey.visitors"),
    ({"visited_on": date(2026, 3, 3)}, "survey.future"), ({"guarantees": None}, "survey.guarantees"),
    ({"guarantees": Guarantees(True, True, None, True, True, True)}, "survey.guarantee"),
    ({"risks": []}, "risk.none"), ({"statement": None}, "survey.income"),
])
def test_what_is_missing_is_an_error(changes: dict[str, Any], code: str) -> None:
    found = survey_problems(**FULL | changes)
    assert [(p.code, p.is_error) for p in found] == [(code, True)]


def test_a_household_that_is_not_proposed_needs_neither_risk_nor_account() -> None:
    assert survey_problems(**FULL | {"risks": [], "statement": None, "proposed": False}) == []


@pytest.mark.parametrize(("changes", "words"), [
    ({"statement": IncomeStatement(date(2025, 3, 1), date(2026, 2, 28))}, "合规自付支出为0"),
    ({"risks": [Risk.HOUSING]}, "住房出现安全问题"), ({"risks": [Risk.WATER]}, "饮水出现安全问题"),
    ({"guarantees": Guarantees(True, True, True, True, False, True)}, "基本医疗填了无保障"),
])
def test_contradictions_are_warnings(changes: dict[str, Any], words: str) -> None:
    found = survey_problems(**FULL | changes)
    assert [p.is_error for p in found] == [False] and words in found[0].text


def test_guarantees_tell_not_looked_at_from_not_safe() -> None:
    seen = Guarantees(food=True, clothing=True, housing=False, schooling=None, medical=True, water=False)
    assert seen.missing == ("义务教育",) and seen.unsafe == ("住房安全", "饮水安全")


def test_the_signs_of_sudden_trouble_come_from_the_judgements() -> None:
    assert large_spending({"rigid_spending": "large"}) and not large_spending({"rigid_spending": "bearable"})
    assert income_drop({"income_stability": "sharply_down"}) and not income_drop({})
