"""Every requirement has an example that meets it and one that does not; the examples differ in one place."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from fanpin.rules.dossier import (
    Consent,
    Determination,
    Dossier,
    JointReview,
    Meeting,
    Opinions,
    Plan,
    Publicity,
    Review,
    Survey,
    Township,
)
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.requirements import REQUIREMENTS
from fanpin.rules.risks import Risk
from fanpin.rules.stages import TABLE
from fanpin.rules.survey import Judgement, SurveyItem

TODAY = date(2026, 3, 16)
BEFORE = TODAY - timedelta(days=10)
GROUPS = frozenset({"第一村民小组", "第二村民小组"})

MEETING = Meeting(
    held_on=BEFORE, place="村委会", host="周村干", recorder="吴驻村", party_members=3, household_heads=12,
    groups_present=GROUPS, decided=True, decision="同意")

# Everything is on record; no case would have all of it at once, so no requirement is met by accident of another.
COMPLETE = Dossier(
    case_code="2026-000001", head_name="测试㬹", procedure="entering", stage="survey", round=1, today=TODAY, groups=GROUPS,
    survey=Survey(
        visited_on=BEFORE, items=frozenset(item.value for item in SurveyItem),
        judgements=frozenset(judgement.value for judgement in Judgement), visitors=("周村干", "吴驻村"),
        household_signed=True, risks=(Risk.ILLNESS,), household_class=HouseholdClass.UNSTABLE, class_problem="",
        residence_problem="", has_income=True, has_guarantees=True, conclusion="存在返贫风险"),
    consent=Consent(
        application_signed=True, truth_declared=True, authorised=True, head_signed=True, adults=("测试㬹",),
        signed_adults=("测试㬹",), valid_until=TODAY),
    announced_on=BEFORE, announced_place="公开栏", meeting=MEETING, committee=MEETING,
    opinions=Opinions(total=2, unverified=0, unanswered=0),
    plan=Plan(household_measures=1, persons_without=(), problems=(), confirmed_by_township=True, started=1),
    publicity=Publicity(
        number="1", groups_owed=GROUPS, groups_posted=GROUPS, platform_posted=True, ended=True, last_day=BEFORE,
        clock_problem="", open_objections=0, upheld_objections=0, report_signed=True),
    township=Township(spot_checks=1, spot_check_problems=(), meeting=MEETING, report_signed=True),
    joint_review=JointReview(
        asked=16, waiting=(), unsigned=(), not_asked_unaccepted=(), unresolved_hits=(), not_included_hits=(),
        special_cases=(), remaining_members=1),
    determination=Determination(
        result="included", decided_on=BEFORE, reported_on=BEFORE, lead_department="agriculture",
        measures_started_on=BEFORE, entered_on=BEFORE, letter_issued=True),
    review=Review(
        reviewed_on=BEFORE, complete=True, conclusion="stable", named_measure=True, no_labour=False, meeting=MEETING,
        exit_consent_signed=True, marked=True),
    unverified_warnings=(),
)


def _with(part: str, **changes: Any) -> Dossier:
    """Return the complete dossier with one part changed, or without it."""
    return replace(COMPLETE, **{part: replace(getattr(COMPLETE, part), **changes) if changes else None})


UNMET = [
    ("survey.done", _with("survey"), "入户调查"),
    ("survey.ten_items", _with("survey"), "还没有实地调查表"),
    ("survey.ten_items", _with("survey", items=frozenset(item.value for item in list(SurveyItem)[:9])), "只填了9项"),
    ("survey.five_judgements", _with("survey"), "还没有实地调查表"),
    ("survey.five_judgements", _with("survey", judgements=frozenset({"rigid_spending"})), "只填了1项"),
    ("survey.visitors", _with("survey"), "入户调查人"),
    ("survey.visitors", _with("survey", visitors=()), "入户调查人"),
    ("survey.visitors", _with("survey", household_signed=False), "农户在调查表上的签字"),
    ("survey.risks", _with("survey"), "风险点"),
    ("survey.risks", _with("survey", risks=()), "风险点"),
    ("survey.income", _with("survey"), "收入支出"),
    ("survey.income", _with("survey", has_income=False), "收入支出"),
    ("survey.guarantees", _with("survey"), "两不愁三保障"),
    ("survey.guarantees", _with("survey", has_guarantees=False), "两不愁三保障"),
    ("survey.residence", _with("survey"), "还没有实地调查表"),
    ("survey.residence", _with("survey", residence_problem="长期在城镇居住"), "长期在城镇居住"),
    ("survey.class", _with("survey"), "类别"),
    ("survey.class", _with("survey", household_class=None), "类别"),
    ("survey.class", _with("survey", class_problem="不是脱贫户"), "不是脱贫户"),
    ("survey.conclusion", _with("survey"), "结论"),
    ("survey.conclusion", _with("survey", conclusion=""), "结论"),
    ("survey.application", _with("consent"), "申请"),
    ("survey.application", _with("consent", application_signed=False), "申请"),
    ("survey.consent", _with("consent"), "户主还没有签署"),
    ("survey.consent", _with("consent", head_signed=False), "户主还没有签署"),
    ("survey.consent", _with("consent", truth_declared=False), "两项内容"),
    ("survey.consent", _with("consent", authorised=False), "两项内容"),
    ("survey.consent", _with("consent", valid_until=TODAY - timedelta(days=1)), "有效期"),
    ("deliberation.announced", _with("announced_on"), "公布"),
    ("deliberation.announced", replace(COMPLETE, announced_place=""), "公布"),
    ("deliberation.meeting", _with("meeting"), "会议记录"),
    ("deliberation.meeting", _with("meeting", party_members=0), "党员和户主"),
    ("deliberation.meeting", _with("meeting", household_heads=0), "党员和户主"),
    ("deliberation.meeting", _with("meeting", groups_present=frozenset({"第一村民小组"})), "第二村民小组"),
    ("deliberation.opinions", _with("opinions", unverified=1), "1条群众意见"),
    ("deliberation.opinions", _with("opinions", unanswered=2), "2条群众意见"),
    ("deliberation.committee", _with("committee"), "两委"),
    ("deliberation.committee", _with("committee", decided=False), "两委"),
    ("deliberation.committee", _with("committee", held_on=BEFORE - timedelta(days=1)), "评议会议之后"),
    ("deliberation.plan", _with("plan"), "帮扶措施"),
    ("deliberation.plan", _with("plan", household_measures=0), "帮扶措施"),
    ("deliberation.plan", _with("plan", persons_without=("测试小花",)), "测试小花"),
    ("plan.fits", _with("plan"), "帮扶措施"),
    ("plan.fits", _with("plan", problems=("没有针对因病的措施",)), "没有针对因病的措施"),
    ("publicity.groups", _with("publicity"), "制作公示"),
    ("publicity.groups", _with("publicity", groups_posted=frozenset({"第一村民小组"})), "第二村民小组"),
    ("publicity.platform", _with("publicity"), "政府救助平台"),
    ("publicity.platform", _with("publicity", platform_posted=False), "政府救助平台"),
    ("publicity.five_days", _with("publicity"), "制作公示"),
    ("publicity.five_days", _with("publicity", ended=False), "还没有满5个工作日"),
    ("publicity.five_days", _with("publicity", ended=False, last_day=None), "张贴齐全"),
    ("publicity.five_days", _with("publicity", clock_problem="放假安排尚未发布"), "放假安排尚未发布"),
    ("publicity.objections", _with("publicity", open_objections=1), "1件异议"),
    ("publicity.no_upheld", _with("publicity", upheld_objections=1), "退回"),
    ("publicity.report", _with("publicity"), "上报报告"),
    ("publicity.report", _with("publicity", report_signed=False), "上报报告"),
    ("township.spot_check", _with("township"), "抽查"),
    ("township.spot_check", _with("township", spot_checks=0), "抽查"),
    ("township.spot_check", _with("township", spot_check_problems=("人口不符",)), "人口不符"),
    ("township.meeting", _with("township"), "专题会议"),
    ("township.meeting", _with("township", meeting=None), "专题会议"),
    ("township.meeting", _with("township", meeting=replace(MEETING, decided=False)), "专题会议"),
    ("township.measures", _with("plan"), "帮扶措施"),
    ("township.measures", _with("plan", confirmed_by_township=False), "帮扶措施"),
    ("township.report", _with("township"), "上报报告"),
    ("township.report", _with("township", report_signed=False), "上报报告"),
    ("county.inquiries", _with("joint_review"), "联审"),
    ("county.inquiries", _with("joint_review", asked=0), "联审"),
    ("county.inquiries", _with("joint_review", waiting=("医保部门",)), "医保部门"),
    ("county.signed", _with("joint_review", unsigned=("公安部门",)), "公安部门"),
    ("county.not_asked", _with("joint_review", not_asked_unaccepted=("测试阿依·古丽",)), "测试阿依·古丽"),
    ("county.hits", _with("joint_review", unresolved_hits=("第三类：名下有车辆",)), "第三类"),
    ("county.no_true_hit", _with("joint_review", not_included_hits=("第四类：有商品房",)), "不得纳入"),
    ("county.members_left", _with("joint_review", remaining_members=0), "没有家庭成员"),
    ("county.determined", _with("determination"), "确定纳入"),
    ("county.determined", _with("determination", result="not_included"), "确定纳入"),
    ("county.determined_out", _with("determination"), "审定同意消除"),
    ("county.determined_out", COMPLETE, "审定同意消除"),
    ("county.not_included", _with("determination"), "不予纳入"),
    ("county.not_included", COMPLETE, "不予纳入"),
    ("county.letter", _with("determination"), "告知书"),
    ("county.letter", _with("determination", letter_issued=False), "告知书"),
    ("county.reported", _with("determination"), "领导小组"),
    ("county.reported", _with("determination", reported_on=None), "领导小组"),
    ("county.lead", _with("determination"), "主责部门"),
    ("county.lead", _with("determination", lead_department=""), "主责部门"),
    ("assistance.started", _with("determination"), "措施"),
    ("assistance.started", _with("determination", measures_started_on=None), "措施"),
    ("assistance.entered", _with("determination"), "录入"),
    ("assistance.entered", _with("determination", entered_on=None), "录入"),
    ("review.done", _with("review"), "成效评议"),
    ("review.done", _with("review", complete=False), "成效评议"),
    ("review.continued", _with("review"), "还没有成效评议"),
    ("review.continued", _with("review", conclusion="unstable", named_measure=False), "具体措施"),
    ("review.stable", _with("review"), "风险稳定消除"),
    ("review.stable", _with("review", conclusion="unstable"), "风险稳定消除"),
    ("review.stable", _with("review", no_labour=True), "无劳动能力"),
    ("review.meeting", _with("review"), "评议会"),
    ("review.meeting", _with("review", meeting=None), "评议会"),
    ("review.meeting", _with("review", meeting=replace(MEETING, decided=False)), "评议会"),
    ("review.opinions", _with("opinions", unanswered=1), "1条群众意见"),
    ("elimination.consent", _with("review"), "知情同意书"),
    ("elimination.consent", _with("review", exit_consent_signed=False), "知情同意书"),
    ("elimination.warnings", replace(COMPLETE, unverified_warnings=None), "还没有查看"),
    ("elimination.warnings", replace(COMPLETE, unverified_warnings=("2026年3月",)), "2026年3月"),
    ("elimination.marked", _with("review"), "标注"),
    ("elimination.marked", _with("review", marked=False), "标注"),
]

# What is met not by the complete dossier but by this one; and what is met although something is absent.
MET = {
    "county.determined_out": [_with("determination", result="eliminated")],
    "county.not_included": [_with("determination", result="not_included")],
    "survey.consent": [COMPLETE, _with("consent", valid_until=None)],
    "deliberation.opinions": [COMPLETE, _with("opinions")],
    "deliberation.committee": [COMPLETE, _with("meeting")],
    "publicity.objections": [COMPLETE, _with("publicity")],
    "publicity.no_upheld": [COMPLETE, _with("publicity")],
    "review.continued": [COMPLETE, _with("review", conclusion="unstable"), _with("review", named_measure=False)],
    "review.opinions": [COMPLETE, _with("opinions")],
}


@pytest.mark.parametrize(("code", "dossier", "words"), UNMET)
def test_a_requirement_that_is_not_met_says_what_is_missing(code: str, dossier: Dossier, words: str) -> None:
    found = REQUIREMENTS[code].missing(dossier, subject="测试㬹户")
    assert found is not None
    assert words in found.reason
    assert (found.code, found.clause, found.subject) == (code, REQUIREMENTS[code].clause, "测试㬹户")


@pytest.mark.parametrize(("code", "dossier"), [(code, d) for code in REQUIREMENTS for d in MET.get(code, [COMPLETE])])
def test_a_requirement_is_met_by_what_it_asks_for(code: str, dossier: Dossier) -> None:
    assert REQUIREMENTS[code].missing(dossier) is None


def test_every_requirement_has_an_example_that_does_not_meet_it() -> None:
    assert {code for code, _, _ in UNMET} == set(REQUIREMENTS)


def test_every_requirement_is_asked_for_by_a_row_of_the_table() -> None:
    asked = {requirement.code for row in TABLE.values() for requirement in row.requires}
    assert set(REQUIREMENTS) - asked == set()


def test_a_requirement_reads_no_part_that_it_does_not_name() -> None:
    """A requirement whose part was not loaded would say "missing" of what is on record."""
    fields = {
        "survey": ("survey",), "consent": ("consent",), "plan": ("plan",), "publicity": ("publicity",),
        "deliberation": ("announced_on", "announced_place", "meeting", "committee", "opinions"),
        "township": ("township",), "joint_review": ("joint_review",), "determination": ("determination",),
        "review": ("review",), "warnings": ("unverified_warnings",),
    }
    for code, requirement in REQUIREMENTS.items():
        dossier = MET.get(code, [COMPLETE])[0]
        unnamed = [name for part, names in fields.items() if part not in requirement.needs for name in names]
        blank = replace(dossier, **{name: "" if name == "announced_place" else None for name in unnamed})
        assert requirement.check(blank) == "", code


def test_a_code_names_its_step_and_every_clause_is_one_of_the_policy() -> None:
    for code, requirement in REQUIREMENTS.items():
        assert requirement.code == code
        assert requirement.clause in {"二(一)", "二(三)", "三(三)", "三(四)", "三(五)", "三(六)", "四", "五(一)", "五(二)",
                                      "附件1", "附件2"}
        assert requirement.title
