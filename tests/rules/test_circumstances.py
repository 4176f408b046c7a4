"""附件2: what a hit can become, and that nothing but an answer counts as clear."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.rules.checks import CheckState
from fanpin.rules.circumstances import (
    CIRCUMSTANCES, Circumstance, Light, ResolutionDetails, ResolutionKey, judge_resolution, kinds_allowed, light,
    stands_for,
)
from fanpin.rules.clarifications import CLARIFICATIONS, Clarification, ResolutionKind, clarifications_for

TODAY = date(2026, 3, 2)
K = ResolutionKind
WORDING = """有家庭成员或户主的父母、配偶、子女为国家公职人员的。
有家庭成员任“村三委”干部并定期领取薪酬的。
购买了消费型汽车的。
在城镇拥有自建房或购买商品房的、门面房以及其他经营用房的。
在市场监管部门注册登记公司、企业并实际开展经营活动的。
种植、养殖大户或雇佣他人从事生产经营活动的。
为享受监测对象帮扶支持，故意分户、并户，不符合监测对象识别条件的。
空挂户或为套取帮扶支持将户口迁入村组的空挂人口。
死亡人员、服刑人员、失踪人员以及与户主不共享开支或收入的人员。
纳入失信惩戒不符合监测对象识别条件的。""".splitlines()
SPECIAL = ResolutionDetails(
    kind=K.SPECIAL_CASE, verified="户主患大病，车辆购于十年前，估价三千元", verifier="演示乡李某某、演示村王某某",
    explained_how="村民小组会议", explained_where="演示村文化活动室", explained_on="2026-02-27", feedback="没有不同意见")
HOLDS = {"fact_holds": "yes", "fact_reason": "分户三日后即提出申请", "criteria_met": "no", "criteria_reason": "收入稳定，无刚性支出"}
NO_INTENTION = {**HOLDS, "fact_holds": "no", "fact_reason": "儿子结婚后单立户"}
MEETS = {**HOLDS, "criteria_met": "yes", "criteria_reason": "因病支出大，基本生活严重困难"}


def _judge(number: int, resolution: ResolutionDetails, *, about_person: bool = True):
    return judge_resolution(CIRCUMSTANCES[number], resolution, about_person=about_person, today=TODAY)


def test_the_ten_stand_in_the_policys_words() -> None:
    assert [row.wording for row in CIRCUMSTANCES.values()] == WORDING
    assert list(CIRCUMSTANCES) == list(range(1, 11))
    assert Circumstance.of(10).clause == "附件2 第十项"


def test_only_the_seventh_and_the_tenth_need_two_findings() -> None:
    assert [number for number, row in CIRCUMSTANCES.items() if row.needs_two] == [7, 10]


@pytest.mark.parametrize(("number", "code"), [
    (3, "production_vehicle"), (4, "relocation"), (4, "resettlement"), (5, "not_operating"), (5, "sole_trader"),
    (1, "welfare_post"), (2, "group_leader"), (6, "labour_exchange"),
])
def test_what_lies_outside_the_words_has_no_effect_once_evidenced(number: int, code: str) -> None:
    resolution = ResolutionDetails(kind=K.OUTSIDE_WORDING, clarification=code, evidence="行驶证复印件")
    assert _judge(number, resolution).met
    assert "依据" in _judge(number, replace(resolution, evidence=" ")).reason


@pytest.mark.parametrize(("number", "code"), [(5, "deregistered"), (3, "scrapped"), (3, "sold"), (9, "alive")])
def test_a_wrong_fact_has_no_effect_once_evidenced(number: int, code: str) -> None:
    verdict = _judge(number, ResolutionDetails(kind=K.FACT_WRONG, clarification=code, evidence="注销通知书"))
    assert verdict.met and verdict.clause == CIRCUMSTANCES[number].clause


@pytest.mark.parametrize("kind", [K.OUTSIDE_WORDING, K.FACT_WRONG])
@pytest.mark.parametrize("code", ["old_car", "sale_pending"])
def test_an_old_or_cheap_car_is_a_special_case_only(kind: ResolutionKind, code: str) -> None:
    verdict = _judge(3, ResolutionDetails(kind=kind, clarification=code, evidence="估价单"))
    assert not verdict.met and "按“特殊情况”查实并专门说明" in verdict.reason
    assert _judge(3, replace(SPECIAL, clarification=code)).met


def test_a_clarification_of_another_circumstance_does_not_do() -> None:
    verdict = _judge(4, ResolutionDetails(kind=K.OUTSIDE_WORDING, clarification="production_vehicle", evidence="行驶证"))
    assert not verdict.met and "不适用" in verdict.reason
    assert not _judge(4, replace(SPECIAL, clarification="old_car")).met


def test_a_clarification_that_says_the_fact_is_wrong_is_not_outside_the_words() -> None:
    verdict = _judge(3, ResolutionDetails(kind=K.OUTSIDE_WORDING, clarification="sold", evidence="买卖合同"))
    assert not verdict.met and "事实有误" in verdict.reason


def test_a_reason_in_ones_own_words_needs_evidence_too() -> None:
    bare = ResolutionDetails(kind=K.OUTSIDE_WORDING, reasoning="皮卡车用于运输化肥和烤烟")
    assert not _judge(3, bare).met
    assert _judge(3, replace(bare, evidence="村委会核实记录")).met
    assert not _judge(3, ResolutionDetails(kind=K.FACT_WRONG, evidence="村委会核实记录")).met


@pytest.mark.parametrize("change", [
    {"verified": ""}, {"verifier": " "}, {"explained_how": ""}, {"explained_where": ""}, {"explained_on": ""},
    {"explained_on": "上月"}, {"explained_on": "2026-03-03"}, {"feedback": ""},
], ids=["verified", "verifier", "how", "where", "when", "no day", "future", "feedback"])
def test_a_special_case_needs_verification_and_the_explanation_to_the_villagers(change: dict[str, str]) -> None:
    assert _judge(1, SPECIAL).met and _judge(1, SPECIAL).clause == "二(三)"
    assert not _judge(1, replace(SPECIAL, **change)).met


def test_not_including_needs_a_reason() -> None:
    assert not _judge(1, ResolutionDetails(kind=K.NOT_INCLUDED)).met
    assert _judge(1, ResolutionDetails(kind=K.NOT_INCLUDED, reasoning="户主之子为在编教师，工资证明在卷")).met


@pytest.mark.parametrize("number", [7, 10])
@pytest.mark.parametrize("kind", [K.NOT_INCLUDED, K.OUTSIDE_WORDING, K.SPECIAL_CASE])
def test_the_seventh_and_tenth_cannot_be_resolved_by_one_finding(number: int, kind: ResolutionKind) -> None:
    resolution = replace(SPECIAL, kind=kind, reasoning="名单可查", evidence="名单")
    assert "分别认定" in _judge(number, resolution).reason
    for lacking in HOLDS:
        assert "分别认定" in _judge(number, replace(resolution, **{**HOLDS, lacking: " "})).reason


@pytest.mark.parametrize("two", [NO_INTENTION, MEETS], ids=["no-intention", "meets-criteria"])
@pytest.mark.parametrize("number", [7, 10])
def test_an_entry_alone_is_no_hit(number: int, two: dict[str, str]) -> None:
    refused = ResolutionDetails(kind=K.NOT_INCLUDED, reasoning="名单可查", **two)
    assert "没有同时成立" in _judge(number, refused).reason
    assert _judge(number, replace(refused, kind=K.OUTSIDE_WORDING, evidence="核实记录")).met


@pytest.mark.parametrize("number", [7, 10])
def test_with_both_findings_the_circumstance_holds(number: int) -> None:
    assert _judge(number, ResolutionDetails(kind=K.NOT_INCLUDED, reasoning="两项均成立", **HOLDS)).met
    assert not _judge(number, ResolutionDetails(kind=K.OUTSIDE_WORDING, reasoning="无关", evidence="无", **HOLDS)).met


def test_the_ninth_removes_the_person_and_never_the_household() -> None:
    removed = ResolutionDetails(kind=K.PERSON_REMOVED, reasoning="死亡证明在卷")
    assert _judge(9, removed).met
    assert not _judge(9, removed, about_person=False).met
    for kind in (K.NOT_INCLUDED, K.SPECIAL_CASE):
        verdict = _judge(9, replace(SPECIAL, kind=kind, reasoning="死亡"))
        assert not verdict.met and "不影响整户" in verdict.reason
    assert kinds_allowed(CIRCUMSTANCES[9], about_person=True) == (K.FACT_WRONG, K.OUTSIDE_WORDING, K.PERSON_REMOVED)


def test_a_single_empty_person_may_be_removed_but_an_empty_household_may_not() -> None:
    removed = ResolutionDetails(kind=K.PERSON_REMOVED, reasoning="户口迁入后从未居住")
    assert _judge(8, removed, about_person=True).met
    assert not _judge(8, removed, about_person=False).met


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7, 10])
def test_no_other_circumstance_removes_a_person(number: int) -> None:
    assert K.PERSON_REMOVED not in kinds_allowed(CIRCUMSTANCES[number], about_person=True)
    assert not _judge(number, ResolutionDetails(kind=K.PERSON_REMOVED, reasoning="不计入", **HOLDS)).met


def test_only_a_wrong_fact_or_one_outside_the_words_has_no_effect() -> None:
    assert [kind for kind in K if kind.has_no_effect] == [K.FACT_WRONG, K.OUTSIDE_WORDING]


@pytest.mark.parametrize("row", CLARIFICATIONS, ids=lambda row: f"{row.circumstance}-{row.code}")
def test_each_typical_explanation_carries_what_it_says(row: Clarification) -> None:
    two = {7: NO_INTENTION, 10: MEETS}.get(row.circumstance, {})
    resolution = replace(SPECIAL, kind=row.carries, clarification=row.code, evidence="核实记录", **two)
    assert _judge(row.circumstance, resolution).met


@pytest.mark.parametrize("number", list(CIRCUMSTANCES))
def test_each_circumstance_offers_explanations_with_codes_of_their_own(number: int) -> None:
    codes = [row.code for row in clarifications_for(number)]
    assert codes and len(codes) == len(set(codes))


def test_changed_evidence_reopens_a_resolved_hit() -> None:
    key = ResolutionKey(3, "7", "aa")
    assert stands_for(key, ResolutionKey(3, "7", "aa"))
    assert not any(stands_for(key, other) for other in (
        ResolutionKey(3, "7", "ab"), ResolutionKey(3, "8", "aa"), ResolutionKey(4, "7", "aa")))


def test_a_check_has_no_truth_value() -> None:
    for state in CheckState:
        with pytest.raises(TypeError):
            bool(state)


def test_only_hit_and_clear_are_answers() -> None:
    assert [state for state in CheckState if state.is_present] == [CheckState.HIT, CheckState.CLEAR]


def test_without_any_check_a_circumstance_is_not_clear() -> None:
    assert light([], open_hit=False) is Light.UNKNOWN


FAVOUR = {Light.HIT: 0, Light.UNKNOWN: 1, Light.CLEAR: 2}


@given(st.lists(st.sampled_from(CheckState), min_size=1, max_size=14), st.booleans(), st.data())
def test_replacing_a_clear_by_anything_else_is_never_more_favourable(states, open_hit, data) -> None:
    place = data.draw(st.integers(0, len(states) - 1))
    states[place] = CheckState.CLEAR
    before = light(states, open_hit=open_hit)
    states[place] = data.draw(st.sampled_from([state for state in CheckState if state is not CheckState.CLEAR]))
    after = light(states, open_hit=open_hit)
    assert FAVOUR[after] <= FAVOUR[before]
    if not states[place].is_present:
        assert after is not Light.CLEAR
