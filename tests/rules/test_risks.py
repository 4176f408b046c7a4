"""Plans by risk, labour and motivation (四)."""

import pytest

from fanpin.rules.members import LabourState
from fanpin.rules.risks import (
    ANSWERS, DEVELOPMENT, SUB_ITEMS, MeasureCategory, PlannedMeasure, Risk, needs_referral, plan_problems, risk_problems,
)
from fanpin.rules.verdicts import errors, warnings

M, R, L = MeasureCategory, Risk, LabourState
HEALTH, WORK, FARM = PlannedMeasure(M.HEALTH), PlannedMeasure(M.EMPLOYMENT), PlannedMeasure(M.INDUSTRY)
LOW = PlannedMeasure(M.SECURITY, detail="农村低保")
AID = PlannedMeasure(M.SECURITY, detail="临时救助")


def test_eleven_risks_and_fifteen_categories_of_which_four_are_development() -> None:
    assert len(Risk) == 11 and len(MeasureCategory) == 15
    assert {m.title for m in MeasureCategory if m.is_development} == {"产业帮扶", "就业帮扶", "金融帮扶", "公益岗位帮扶"}
    assert set(ANSWERS) == set(Risk) and set(SUB_ITEMS) == set(MeasureCategory) and all(SUB_ITEMS.values())
    assert DEVELOPMENT < set(MeasureCategory)


@pytest.mark.parametrize(("risks", "labour", "measures", "weak", "stable", "reason", "expected"), [
    ([R.ILLNESS], L.HAS, [HEALTH, WORK], False, False, "", []),
    ([R.ILLNESS], L.HAS, [HEALTH], False, False, "", ["plan.development"]),
    ([R.ILLNESS], L.HAS, [HEALTH], False, False, "唯一劳动力须全天护理病人", []),
    ([R.ILLNESS], L.HAS, [WORK], False, False, "", ["plan.uncovered"]),
    ([R.ILLNESS], L.HAS, [PlannedMeasure(M.SOCIAL, risk=R.ILLNESS), WORK], False, False, "", []),
    ([R.ILLNESS], L.HAS, [PlannedMeasure(M.HEALTH, risk=R.DISABILITY), WORK], False, False, "", ["plan.uncovered"]),
    ([R.LABOUR], L.NONE, [LOW], False, False, "", []),
    ([R.LABOUR], L.NONE, [AID], False, False, "", ["plan.referral"]),
    ([R.LABOUR], L.NONE, [PlannedMeasure(M.SOCIAL, detail="低保")], False, False, "", ["plan.referral"]),
    ([R.LABOUR], L.PARTLY, [AID], False, False, "", ["plan.referral"]),
    ([R.LABOUR], L.PARTLY, [AID], False, True, "", ["plan.development"]),
    ([R.LABOUR], L.PARTLY, [PlannedMeasure(M.PUBLIC_POST)], False, True, "", []),
    ([R.LABOUR], L.UNKNOWN, [LOW], False, False, "", ["plan.labour_unknown"]),
    ([R.ILLNESS], L.HAS, [HEALTH, WORK], True, False, "", ["plan.motivation"]),
    ([R.ILLNESS], L.HAS, [HEALTH, WORK, PlannedMeasure(M.MOTIVATION)], True, False, "", []),
    ([R.ILLNESS, R.WATER], L.HAS, [HEALTH, WORK], False, False, "", ["plan.uncovered"]),
    ([R.ILLNESS], L.HAS, [], False, False, "", ["plan.uncovered", "plan.development"]),
])
def test_a_plan_is_judged_by_every_sentence_of_the_fourth_part(
    risks: list[Risk], labour: LabourState, measures: list[PlannedMeasure], weak: bool, stable: bool, reason: str,
    expected: list[str],
) -> None:
    found = plan_problems(risks, labour, measures, weak, stable_work_income=stable, no_development_reason=reason)
    assert [problem.code for problem in errors(found)] == expected


def test_one_risk_with_many_measures_is_a_warning_against_the_welfare_trap() -> None:
    many = [HEALTH, AID, PlannedMeasure(M.LIVING), WORK]
    found = plan_problems([R.ILLNESS], L.HAS, many, False)
    assert [problem.code for problem in warnings(found)] == ["plan.single"] and not errors(found)


def test_measures_that_the_law_asks_for_anyway_are_no_excess() -> None:
    found = plan_problems([R.ILLNESS], L.NONE, [HEALTH, LOW, PlannedMeasure(M.MOTIVATION)], True)
    assert found == []


def test_several_risks_with_one_kind_of_measure_ask_for_a_second_look() -> None:
    found = plan_problems([R.EMPLOYMENT, R.INDUSTRY], L.HAS, [FARM], False)
    assert [problem.code for problem in found] == ["plan.combined"] and not found[0].is_error


@pytest.mark.parametrize(("labour", "stable", "needed"), [
    (L.NONE, True, True), (L.NONE, False, True), (L.PARTLY, False, True), (L.PARTLY, True, False), (L.HAS, False, False),
])
def test_referral_follows_labour_and_stable_income(labour: LabourState, stable: bool, needed: bool) -> None:
    assert needs_referral(labour, stable_work_income=stable) is needed


@pytest.mark.parametrize(("risks", "codes"), [
    ([], ["risk.none"]), (list(Risk)[:5], []), (list(Risk)[:6], ["risk.many"]), ([R.OTHER, R.OTHER], ["risk.repeated"]),
])
def test_one_to_five_risks_none_twice(risks: list[Risk], codes: list[str]) -> None:
    assert [problem.code for problem in risk_problems(risks)] == codes
