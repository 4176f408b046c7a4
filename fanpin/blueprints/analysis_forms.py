"""The forms of 综合分析研判: rounds, visits, warnings, key checks, the month."""

from wtforms.validators import Regexp

from fanpin.blueprints.fields import DayField, LineField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, refuse, required
from fanpin.rules.departments import Department
from fanpin.rules.intake import LeadSource, RoundOccasion, VisitResult, WarningConclusion

CHOOSE = ("", "请选择")
# 三(二): departments' data, media and petitions; the other sources have desks of their own.
WARNED_BY = (LeadSource.DEPARTMENT, LeadSource.MEDIA, LeadSource.PETITION)


class RoundForm(HouseForm):
    """A round of one village."""

    village = PickField("行政村", [required("请选择行政村。")], choices=[])
    title = LineField("排查名称", [required("请填写排查名称。")], limit=80)
    occasion = PickField("排查由头", [required("请选择排查由头。")], choices=[CHOOSE, *RoundOccasion.choices()])
    starts_on = DayField("开始日期", [required("请填写开始日期。")])
    ends_on = DayField("结束日期", [required("请填写结束日期。")])
    visitors = LineField("排查人员", [required("请填写排查人员。")], limit=200)


class VisitForm(HouseForm):
    """What a round found at one household."""

    visited_on = DayField("走访日期", [required("请填写走访日期。")])
    result = TickField("排查结果", [required("请选择排查结果。")], choices=VisitResult.choices())
    note = NoteField("情况说明", [longest(4000)])


class QuickForm(HouseForm):
    """“No problem” at many households at once."""

    visited_on = DayField("走访日期", [required("请填写走访日期。")])


class WarningForm(HouseForm):
    """A household's warning as it came from a department, the media or a petition."""

    source = PickField("预警来源", [required("请选择预警来源。")],
                       choices=[CHOOSE, *((source.value, source.title) for source in WARNED_BY)])
    department = PickField("来函部门（部门预警的填）", choices=[CHOOSE, *Department.choices()])
    document = LineField("来函文号或报道、信访编号", limit=200)
    content = NoteField("预警内容", [required("请填写预警内容。"), longest(4000)])


class VerifyForm(HouseForm):
    """What verification on the spot found."""

    verified_on = DayField("核实日期", [required("请填写核实日期。")])
    conclusion = TickField("核实结论", [required("请选择核实结论。")], choices=WarningConclusion.choices())
    finding = NoteField("核实情况", [required("请写明入户核实到的情况。")])


class ProposeForm(HouseForm):
    """Why a household should be checked."""

    reason = NoteField("提出理由", [required("请写明为什么提出重点核查。")])


class SettleForm(HouseForm):
    """Whether a proposal becomes a key check."""

    agree = TickField("研判结论", [required("请选择研判结论。")],
                      choices=[("1", "列为重点核查对象，开始入户调查"), ("0", "不列为重点核查对象")])
    reply = NoteField("理由（不列入的必填，会反馈给村、乡）", [longest(400)])

    def validate_reply(self, field: NoteField) -> None:
        """Those who proposed a household read why it was not taken."""
        if self.agree.data == "0" and not field.data:
            raise refuse("请写明不列入的理由，会反馈给提出的村、乡。")


class MonthForm(HouseForm):
    """A month's analysis."""

    month = LineField("月份", [required("请填写月份。"), Regexp(r"20[0-9]{2}-(0[1-9]|1[0-2])", message="月份请按“2026-03”的样子填写。")],
                      limit=7)
    summary = NoteField("分析研判情况", [required("请填写分析研判情况。")])


class SignForm(HouseForm):
    """A department's signature under a month's analysis."""

    opinion = NoteField("本部门意见", [longest(400)])
