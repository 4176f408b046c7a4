"""Forms of 二(四): an event, households by hand, plans, responses, communities, tasks to put right."""

from datetime import date

from flask_wtf.file import FileField
from wtforms import BooleanField, Field
from wtforms.validators import Optional, ValidationError

from fanpin.blueprints.fields import CountField, DayField, LineField, ManyField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.rules.departments import Department
from fanpin.rules.regional import (
    Cause,
    Degree,
    EventKind,
    EventSource,
    ExposedBy,
    ExposureResult,
    HelpedWho,
    Indicator,
    SizeClass,
)
from fanpin.steps.regional import Reported
from fanpin.steps.regional_help import Planned, Responded

CHOOSE = ("", "请选择")
NO_DEPARTMENT = ("", "不是县级部门")
MONTHS = 12


class EventForm(HouseForm):
    """An event or an alarm."""

    kind = PickField("种类", [required("请选择种类。")], choices=[CHOOSE, *EventKind.choices()])
    title = LineField("事件名称", [required("请填写事件名称。")], limit=80)
    happened_on = DayField("发生（发现）日期", [required("请填写日期。")])
    source = PickField("信息来源", [required("请选择信息来源。")], choices=[CHOOSE, *EventSource.choices()])
    degree = PickField("程度", [required("请选择程度。")], choices=Degree.choices())
    document = LineField("文件、通报或预警编号", limit=200)
    description = NoteField("情况说明", [longest(2000)])
    areas = ManyField("受影响的地区", [required("请至少选择一个受影响的地区。")], choices=[])
    exposed_by = TickField("哪些农户可能受影响", [required("请选择怎样查找受影响农户。")], choices=ExposedBy.choices())
    word = LineField("作物或畜禽、务工地或企业、产业项目的名称", limit=40)
    community = PickField("集中安置区", choices=[CHOOSE])

    def reported(self, community: object) -> Reported:
        """Return the event as typed."""
        return Reported(
            kind=EventKind(self.kind.data), title=self.title.data or "", happened_on=self.happened_on.data,
            source=EventSource(self.source.data), exposed_by=ExposedBy(self.exposed_by.data), degree=Degree(self.degree.data),
            document=self.document.data or "", description=self.description.data or "", word=self.word.data or "",
            community=community)


class EditForm(HouseForm):
    """What may be said better of an event later on."""

    title = LineField("事件名称", [required("请填写事件名称。")], limit=80)
    degree = PickField("程度", [required("请选择程度。")], choices=Degree.choices())
    document = LineField("文件、通报或预警编号", limit=200)
    description = NoteField("情况说明", [longest(2000)])
    areas = ManyField("增加受影响的地区", choices=[])


class LookForm(HouseForm):
    """What was found at an exposed household."""

    visited_on = DayField("走访日期", [required("请填写走访日期。")])
    result = TickField("结果", [required("请选择结果。")], choices=ExposureResult.choices())
    note = NoteField("情况说明", [longest(1000)])


class UnaffectedForm(HouseForm):
    """Many households that were not affected."""

    visited_on = DayField("走访日期", [required("请填写走访日期。")])


class ReasonForm(HouseForm):
    """Why a household is added or taken out."""

    reason = LineField("理由", [required("请写明理由。")], limit=150)


class PlanForm(HouseForm):
    """One measure of prevention."""

    measures = NoteField("防范措施", [required("请写明措施。"), longest(2000)])
    unit = LineField("责任单位", [required("请填写责任单位。")], limit=80)
    unit_department = PickField("责任单位是县级部门的，选择部门", choices=[NO_DEPARTMENT, *Department.choices()])
    person = LineField("责任人", [required("请填写责任人。")], limit=60)
    due_on = DayField("完成期限", [required("请填写完成期限。")])
    document = LineField("方案文号", limit=200)

    def planned(self) -> Planned:
        """Return the measure as typed."""
        return Planned(measures=self.measures.data or "", unit=self.unit.data or "", person=self.person.data or "",
                       due_on=self.due_on.data, unit_department=self.unit_department.data or "", document=self.document.data or "")


class RespondForm(HouseForm):
    """What was done."""

    plan = PickField("落实哪一条防范措施", choices=[("", "不在防范措施之内")])
    done = NoteField("帮扶举措", [required("请写明做了什么。"), longest(2000)])
    done_on = DayField("落实日期", [required("请填写日期。")])
    helped = TickField("帮扶了哪些农户", [required("请选择帮扶了哪些农户。")], choices=HelpedWho.choices())
    households = CountField("户数（另外说明的填）", [Optional()])
    helped_note = LineField("是哪些农户（另外说明的填）", limit=200)
    evidence = LineField("凭证", limit=200)
    file = FileField("上传凭证")
    finishes = BooleanField("这条防范措施已经全部落实完成")

    def responded(self, file_id: int | None) -> Responded:
        """Return the response as typed."""
        return Responded(
            done=self.done.data or "", done_on=self.done_on.data, helped=HelpedWho(self.helped.data),
            households=self.households.data, helped_note=self.helped_note.data or "", evidence=self.evidence.data or "",
            evidence_file_id=file_id, finishes=bool(self.finishes.data))


class EscalateForm(HouseForm):
    """Why the level above is to handle an event."""

    reason = NoteField("上报理由", [required("请写明理由。"), longest(400)])


class CloseForm(HouseForm):
    """How an event ended."""

    conclusion = NoteField("办结结论", [required("请写明结论。"), longest(1000)])
    unseen_reason = NoteField("未完成事项的说明", [longest(400)])


class CommunityForm(HouseForm):
    """A relocation community."""

    name = LineField("安置区名称", [required("请填写名称。")], limit=80)
    place = PickField("所在乡镇、行政村", [required("请选择所在地。")], choices=[CHOOSE])
    address = LineField("详细地址", limit=120)
    size_class = TickField("规模", [required("请选择规模。")], choices=SizeClass.choices())
    size_source = LineField("规模依据（文件名称或文号）", [required("请填写依据。")], limit=200)


class AttachForm(HouseForm):
    """A text in households' files that means the community."""

    text = LineField("名称", [required("请选择名称。")], limit=80)


class FigureForm(HouseForm):
    """One indicator of one month."""

    indicator = PickField("项目", [required("请选择项目。")], choices=Indicator.choices())
    month = PickField("月份", [required("请选择月份。")], choices=[])
    part = CountField("其中", [required("请填写数量。")])
    whole = CountField("总数", [required("请填写数量。")])
    source = LineField("数据来源", [required("请填写数据来源。")], limit=200)
    note = LineField("说明", limit=400)

    def validate_part(self, field: Field) -> None:
        """A part is no more than the whole."""
        if field.data is not None and self.whole.data is not None and field.data > self.whole.data:
            raise ValidationError("不能多于总数。")


class TaskForm(HouseForm):
    """What was not carried out, and who is to put it right."""

    cause = TickField("原因", [required("请选择原因。")], choices=Cause.choices())
    finding = NoteField("发现的问题", [required("请写明问题。"), longest(1000)])
    demand = NoteField("整改要求", [required("请写明要求。"), longest(1000)])
    unit = PickField("责任单位", [required("请选择责任单位。")], choices=[CHOOSE])
    person = LineField("责任人", limit=60)
    due_on = DayField("整改期限", [required("请填写期限。")])


class MendForm(HouseForm):
    """What was put right."""

    result = NoteField("整改结果", [required("请写明结果。"), longest(2000)])
    done_on = DayField("完成日期", [required("请填写日期。")])
    file = FileField("上传凭证")


class VerifyForm(HouseForm):
    """Whether it was put right indeed."""

    passed = TickField("核验结论", [required("请选择结论。")], choices=[("1", "已整改到位，核验通过"), ("0", "没有整改到位，退回继续整改")])
    verdict = NoteField("核验情况", [required("请写明怎样核验、看到什么。"), longest(1000)])


def recent_months(today: date) -> list[tuple[str, str]]:
    """Return the last twelve months as choices, the present one first."""
    made = []
    for back in range(MONTHS):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        made.append((f"{year}-{month + 1:02d}", f"{year}年{month + 1}月"))
    return made
