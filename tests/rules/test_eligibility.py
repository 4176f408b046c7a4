"""Classes and residence: three classes with their own conditions, and the hukou that decides nothing."""

import pytest

from fanpin.rules.eligibility import HouseholdClass, judge_class, judge_residence, possible_classes
from fanpin.rules.risks import Risk

UNSTABLE, MARGINAL, SUDDEN = HouseholdClass


def test_the_titles_are_the_policys() -> None:
    assert [c.title for c in HouseholdClass] == ["脱贫不稳定户", "边缘易致贫户", "突发严重困难户"]


@pytest.mark.parametrize(("household_class", "lifted", "met", "words"), [
    (UNSTABLE, True, True, "存在返贫风险"), (UNSTABLE, False, False, "不是脱贫户"),
    (MARGINAL, False, True, "存在致贫风险"), (MARGINAL, True, False, "该户是脱贫户"),
])
def test_class_follows_whether_the_household_was_lifted(
    household_class: HouseholdClass, lifted: bool, met: bool, words: str
) -> None:
    verdict = judge_class(household_class, lifted=lifted, risks=[Risk.ILLNESS])
    assert (verdict.met, verdict.clause) == (met, "二(一)") and words in verdict.reason


@pytest.mark.parametrize("lifted", [True, False])
@pytest.mark.parametrize(("large", "drop", "difficulty", "met", "words"), [
    (True, False, "米面靠亲戚接济", True, "刚性支出较大，导致"),
    (False, True, "停缴医保", True, "收入大幅缩减，导致"),
    (True, True, "停缴医保", True, "刚性支出较大、收入大幅缩减"),
    (False, False, "停缴医保", False, "刚性支出较大或收入大幅缩减"),
    (True, False, "  ", False, "请写明"),
])
def test_sudden_trouble_needs_its_cause_and_the_difficulty_and_is_open_to_both_kinds(
    lifted: bool, large: bool, drop: bool, difficulty: str, met: bool, words: str
) -> None:
    verdict = judge_class(
        SUDDEN, lifted=lifted, risks=[Risk.ACCIDENT], large_spending=large, income_drop=drop,
        serious_difficulty=difficulty,
    )
    assert verdict.met is met and words in verdict.reason


@pytest.mark.parametrize("household_class", list(HouseholdClass))
def test_no_class_without_a_risk(household_class: HouseholdClass) -> None:
    verdict = judge_class(
        household_class, lifted=household_class is UNSTABLE, risks=(), large_spending=True, serious_difficulty="缺粮",
    )
    assert not verdict.met and "风险点" in verdict.reason


def test_the_classes_left_open_are_those_that_can_be_judged_well() -> None:
    for lifted in (True, False):
        for household_class in HouseholdClass:
            verdict = judge_class(
                household_class, lifted=lifted, risks=[Risk.OTHER], large_spending=True, serious_difficulty="缺粮",
            )
            assert verdict.met is (household_class in possible_classes(lifted=lifted))


@pytest.mark.parametrize(("lives", "services", "hukou", "met", "words"), [
    (True, True, "", True, "实际在农村生产生活"), (True, True, "四川省", True, "户口在四川省，不影响识别"),
    (False, True, "本村", False, "不在本村实际生产生活"), (True, False, "本村", False, "未享受农村公共服务"),
])
def test_residence_opens_the_door_and_the_hukou_does_not(
    lives: bool, services: bool, hukou: str, met: bool, words: str
) -> None:
    verdict = judge_residence(lives_here=lives, rural_services=services, hukou_place=hukou)
    assert (verdict.met, verdict.clause) == (met, "二(三)") and words in verdict.reason
