"""Forms that the pages of a village list share: minutes, a signed report, a return, a confirmation."""

from wtforms import BooleanField, FieldList, Form, FormField
from wtforms.validators import Optional

from fanpin.blueprints.case_forms import VersionForm
from fanpin.blueprints.fields import CountField, DayField, LineField, ManyField, PickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.models.deliberation import MeetingKind
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps.deliberation import Attendance, Meeting

NOTE_LENGTH = 2000
MOST_GROUPS = 60
STAGES = [("", "全部环节"), *((stage.value, stage.title) for stage in (
    Stage.REVIEW, Stage.SURVEY, Stage.DELIBERATION, Stage.PUBLICITY, Stage.TOWNSHIP, Stage.COUNTY))]
PROCEDURES = [("", "纳入和消除"), *Procedure.choices()]


class ConfirmForm(HouseForm):
    """A confirmation without anything to type."""


class ReasonForm(HouseForm):
    """A confirmation with its reason."""

    reason = NoteField("理由", validators=[required("请写明理由。"), longest(500)])


class AttendanceForm(Form):
    """Who came from one group."""

    party_members = CountField("党员", validators=[Optional()])
    household_heads = CountField("户主", validators=[Optional()])
    others = CountField("其他", validators=[Optional()])


class MeetingForm(HouseForm):
    """The minutes of a meeting about a list."""

    held_on = DayField("会议日期", validators=[required("请填写会议日期。")])
    place = LineField("地点", validators=[required("请填写地点。")], limit=120)
    host = LineField("主持人", validators=[required("请填写主持人。")])
    recorder = LineField("记录人", validators=[required("请填写记录人。")])
    attendance = FieldList(FormField(AttendanceForm), "到会人数", max_entries=MOST_GROUPS)
    summary = NoteField("会议情况", validators=[required("请写明逐户讨论的情况。"), longest(NOTE_LENGTH)])
    decided = BooleanField("会议已作出决定")
    decision = NoteField("会议决定", validators=[longest(NOTE_LENGTH)])

    def seat(self, groups: list[str]) -> None:
        """Give every group its line, in the given order, whatever was sent."""
        while len(self.attendance) > len(groups):
            self.attendance.pop_entry()
        while len(self.attendance) < len(groups):
            self.attendance.append_entry()

    def meeting(self, kind: MeetingKind, groups: list[str]) -> Meeting:
        """Return the minutes as the step wants them."""
        came = tuple(
            Attendance(group, line.party_members.data or 0, line.household_heads.data or 0, line.others.data or 0)
            for group, line in zip(groups, (entry.form for entry in self.attendance), strict=True))
        return Meeting(kind=kind, held_on=self.held_on.data, place=self.place.data or "", host=self.host.data or "",
                       recorder=self.recorder.data or "", attendance=came, summary=self.summary.data or "",
                       decided=self.decided.data, decision=self.decision.data or "")


class ReportForm(HouseForm):
    """Who signed the report, and when."""

    signed_by = LineField("签字人", validators=[required("请填写签字人姓名。")])
    signed_on = DayField("签字日期", validators=[required("请填写签字日期。")])


class ReturnForm(VersionForm):
    """A return: the field, the rule and the evidence expected."""

    field = LineField("哪一项内容", validators=[required("请指明是哪一项内容。")], limit=120)
    rule = LineField("依据的条款或规则", validators=[required("请写明依据。")], limit=200)
    reason = NoteField("退回理由", validators=[required("请写明理由。"), longest(500)])
    evidence_expected = LineField("希望补充的材料", validators=[required("请写明希望补充什么材料。")], limit=400)

    def facts(self) -> dict[str, str]:
        """Return what the row of the table asks for."""
        return {name: self[name].data or "" for name in ("field", "rule", "reason", "evidence_expected")}


class FilterForm(Form):
    """What narrows the index."""

    procedure = PickField("程序", choices=PROCEDURES)
    stage = PickField("环节", choices=STAGES)


class ListForm(HouseForm):
    """The households that go on a new list."""

    cases = ManyField("农户")


class AnnounceForm(HouseForm):
    """When and where the list was made known."""

    on = DayField("公布日期", validators=[required("请填写公布日期。")])
    place = LineField("公布地点", validators=[required("请填写在哪里公布。")], limit=200)


class OpinionForm(HouseForm):
    """A villager's opinion or question."""

    raised_on = DayField("提出日期", validators=[required("请填写提出日期。")])
    speaker = LineField("提出人")
    about = PickField("关于")
    content = NoteField("意见或疑问", validators=[required("请写明意见内容。"), longest(1000)])


class AnswerForm(HouseForm):
    """What was verified, and how the speaker was answered."""

    verified = NoteField("核实情况", validators=[required("请写明怎样核实、核实到什么。"), longest(1000)])
    reply = NoteField("答复内容", validators=[required("请写明怎样答复。"), longest(1000)])
    answered_on = DayField("答复日期", validators=[required("请填写答复日期。")])
