"""Samples of the papers of 三(二)."""

from datetime import date

from fanpin.documents import papers_analysis as analysis
from fanpin.rules.intake import VisitResult, WarningConclusion
from fanpin.steps.paper_data_analysis import QUESTIONS
from tests.documents.samples import COMMITTEE, COUNTY, NAMES, PLACE, TOWNSHIP, VILLAGE

GROUNDS = (analysis.WarningGround(
    rule="住院报销后自付费用较高", clause="附件1 医保部门", department="医保部门", state="",
    sentence="字㬹：住院报销后自付费用较高（自付金额21,300.00元，结算日期2026年1月12日，医保部门，数据截至2026年3月2日），达到默认标准20,000元（县级标准）。"
             "请入户核实是否仍需继续治疗、有没有借债、是否还能报销或救助（附件1 医保部门）。"),)
WARNING_SHEET = analysis.WarningSheet(
    place=PLACE, issuer=COUNTY, number="202603-000127", month="2026年3月", source="医保部门", document="云医保函〔2026〕11号",
    content="2026年2月住院2次，医保报销后累计自付2.6万元。", head_name="字㬹",
    persons=(analysis.WarnedPerson(name="字㬹", relation="户主", id_number="532929197605120017"),
             analysis.WarnedPerson(name="字小样", relation="之孙女", id_number="")),
    dispatched_on=date(2026, 3, 5), township_received="李例山，2026年3月5日", village_received="张样本一，2026年3月6日",
    conclusions=tuple(item.title for item in WarningConclusion), conclusion=WarningConclusion.AT_RISK.title,
    finding="妻子住院自付2.6万元，向亲戚借款1.5万元，儿子停工在家照料。", verified_by="张样本一", verified_on=date(2026, 3, 9),
    grounds=GROUNDS, remark="2026年3月8日补充了1项预警内容，请一并核实。",
)
WARNING_LIST = analysis.WarningList(
    place=VILLAGE, issuer=COUNTY, to=(TOWNSHIP, COMMITTEE), month="2026年3月", contact_name="熊例忠", contact_phone="0872-5520003",
    warnings=tuple(analysis.ListedWarning(
        number=f"202603-{number:06d}", group=f"第{number % 12 + 1}村民小组", head_name=NAMES[number],
        source="医保部门" if number % 2 else "人社部门", content="累计自付2.6万元" if number % 2 else "外出务工人员返乡一个月以上没有复工",
        dispatched_on=date(2026, 3, 5), conclusion=WarningConclusion.NO_RISK.title if number == 2 else "",
        verified_on=date(2026, 3, 9) if number == 2 else None, grounds=GROUNDS if number == 3 else ()) for number in range(1, 12)),
)
ROUND_SHEET = analysis.RoundSheet(
    place=PLACE, issuer=COMMITTEE, round_title="2026年3月定期排查", occasion="定期排查", period_from=date(2026, 3, 1),
    period_to=date(2026, 3, 31), visitors="张样本一、左例芬", head_name="字㬹", lifted=True, focus=("字㬹：大病重病患者",),
    members=(analysis.RoundMember(name="字㬹", relation="户主", age=50, health="患有大病", labour="丧失劳动力", work=""),
             analysis.RoundMember(name="字𬭎龙", relation="之子", age=None, health="健康", labour="普通劳动力", work="县城建筑工地")),
    warnings=("医保部门：累计自付2.6万元",), questions=QUESTIONS, results=tuple(item.title for item in VisitResult),
)
ROUND_REGISTER = analysis.RoundRegister(
    place=VILLAGE, issuer=COMMITTEE, round_title="2026年3月定期排查", occasion="定期排查", period_from=date(2026, 3, 1),
    period_to=date(2026, 3, 31), visitors="张样本一、左例芬", part=1, parts=2, owed=312, seen=1,
    households=tuple(analysis.RoundRow(
        group=f"第{number % 12 + 1}村民小组", head_name=NAMES[number], size=number % 6 + 1, lifted=number % 3 > 0,
        focus="大病重病患者" if number % 4 == 0 else "", result=VisitResult.NO_PROBLEM.title if number == 0 else "",
        visited_on=date(2026, 3, 9) if number == 0 else None, visited_by="左例芬" if number == 0 else "")
        for number in range(len(NAMES))),
)
SAMPLES: dict[str, object] = {"warning_sheet": WARNING_SHEET, "warning_list": WARNING_LIST, "round_sheet": ROUND_SHEET,
                              "round_register": ROUND_REGISTER}
