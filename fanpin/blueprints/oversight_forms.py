"""Forms of 六: leading groups, meetings, tasks, responsible persons, training, plans, hand-overs, findings."""

from wtforms.validators import Optional

from fanpin.blueprints.fields import DayField, LineField, ManyField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.rules.oversight import ConductKind, ConductSource, Consequence, GroupPost, TaskKind
from fanpin.rules.roles import ADMINISTRATORS, Role

TEXT = 1000
LONG_TEXT = 4000
CHOOSE = ("", "请选择")


class MemberForm(HouseForm):
    """A member of the leading group."""

    post = PickField("职务", [required("请选择职务。")], choices=[CHOOSE, *GroupPost.choices()])
    name = LineField("姓名", [required("请填写姓名。")])
    unit = LineField("单位和职务", [required("请填写单位和职务。")], limit=120)
    since = DayField("从哪天起", [required("请填写日期。")])
    document = LineField("依据文件", [required("请填写成立或调整领导小组的文件。")], limit=200)


class UntilForm(HouseForm):
    """Until when somebody held a post."""

    until = DayField("到哪天止", [required("请填写日期。")])


class MeetingForm(HouseForm):
    """A joint meeting to be called: when, where, about which period."""

    title = LineField("会议名称", [required("请填写会议名称。")], limit=120)
    held_on = DayField("开会日期", [required("请填写开会日期。")])
    place = LineField("地点", [required("请填写地点。")], limit=120)
    host = LineField("主持人", [required("请填写主持人。")])
    period_from = DayField("统计从", [required("请填写统计期的第一天。")])
    period_to = DayField("统计到", [required("请填写统计期的最后一天。")])


class MinutesForm(HouseForm):
    """Who was there and what was said."""

    present = ManyField("到会的领导小组成员", choices=[])
    others = LineField("其他到会人员（用顿号隔开）", limit=400)
    minutes = NoteField("会议记录", validators=[required("请填写会议记录。"), longest(LONG_TEXT)])


class MeetingDecisionForm(HouseForm):
    """One thing that the meeting decided."""

    content = NoteField("决定事项", validators=[required("请填写决定事项。"), longest(TEXT)])
    unit = LineField("责任单位", [required("请填写责任单位。")], limit=120)
    due_on = DayField("完成期限", [required("请填写完成期限。")])


class ProgressForm(HouseForm):
    """How far a decision has come."""

    progress = NoteField("落实情况", validators=[required("请填写落实情况。"), longest(TEXT)])
    done_on = DayField("完成日期（还没有完成的不填）", [Optional()])


class DirectForm(HouseForm):
    """What the province's department is asked, about whom, why, by when."""

    codes = ManyField("查询哪些人的哪些事项", choices=[])
    ground = NoteField("申请理由", validators=[required("请写明申请理由，如“省外就读，县级查不到”。"), longest(400)])
    due_on = DayField("请在哪天前答复", [required("请填写答复期限。")])


class TaskForm(HouseForm):
    """A task for one or more areas."""

    kind = TickField("种类", [required("请选择督导、督查或调度。")], choices=TaskKind.choices())
    areas = ManyField("由哪些地方回复", choices=[])
    title = LineField("标题", [required("请填写标题。")], limit=120)
    content = NoteField("要求", validators=[required("请写明要求。"), longest(LONG_TEXT)])
    document = LineField("文号（可不填）", limit=200)
    due_on = DayField("回复期限", [required("请填写回复期限。")])


class ReplyForm(HouseForm):
    """A reply to a task."""

    text = NoteField("回复", validators=[required("请填写回复。"), longest(LONG_TEXT)])


class JudgeForm(HouseForm):
    """What the issuer thinks of a reply."""

    verdict = TickField("意见", [required("请选择认可或退回。")], choices=[("accept", "认可"), ("return", "退回，重新回复")])
    opinion = NoteField("说明（退回的写明还缺什么）", validators=[longest(TEXT)])
    due_on = DayField("新的回复期限（退回的填写）", [Optional()])


class PersonForm(HouseForm):
    """Who answers for an area."""

    area = PickField("地区", [required("请选择地区。")], choices=[])
    kind = PickField("责任", [required("请选择责任。")], choices=[])
    name = LineField("姓名", [required("请填写姓名。")])
    post = LineField("职务", [required("请填写职务。")], limit=120)
    since = DayField("从哪天起", [required("请填写日期。")])
    document = LineField("依据文件", [required("请填写依据文件。")], limit=200)


class TrainingForm(HouseForm):
    """A training that was held."""

    title = LineField("培训名称", [required("请填写培训名称。")], limit=120)
    held_on = DayField("日期", [required("请填写日期。")])
    trainer = LineField("授课人", [required("请填写授课人。")], limit=120)
    place = LineField("地点（可不填）", limit=120)
    content = NoteField("内容", validators=[required("请填写内容，如政策、程序、信息录入。"), longest(TEXT)])


class AttendanceForm(HouseForm):
    """Who of the accounts shown took part."""

    came = ManyField("参加的人", choices=[])


class PlanForm(HouseForm):
    """A work plan: 明确监测范围、工作责任及方法、步骤."""

    year = PickField("年度", [required("请选择年度。")], choices=[])
    document = LineField("文件名称和文号", [required("请填写文件名称和文号。")], limit=200)
    published_on = DayField("印发日期", [required("请填写印发日期。")])
    monitored = NoteField("监测范围", validators=[required("请写明监测范围。"), longest(LONG_TEXT)])
    responsibilities = NoteField("工作责任", validators=[required("请写明工作责任。"), longest(LONG_TEXT)])
    method = NoteField("方法", validators=[required("请写明方法。"), longest(LONG_TEXT)])
    steps = NoteField("步骤", validators=[required("请写明步骤。"), longest(LONG_TEXT)])


class HandoverForm(HouseForm):
    """What one administrator handed to the next."""

    role = PickField("岗位", [required("请选择岗位。")],
                     choices=[CHOOSE, *((role.value, role.title) for role in Role if role in ADMINISTRATORS)])
    giver = PickField("移交人", [required("请选择移交人。")], choices=[])
    taker = PickField("接收人", [required("请选择接收人。")], choices=[])
    handed_on = DayField("交接日期", [required("请填写交接日期。")])
    items = NoteField("移交内容", validators=[required("请写明移交内容，如账号、密钥、备份、资料。"), longest(TEXT)])
    open_matters = NoteField("没有办完的事（可不填）", validators=[longest(TEXT)])
    witness = LineField("监交人", [required("请填写监交人。")])
    document = LineField("文号（可不填）", limit=200)


class ConductForm(HouseForm):
    """Falsification or neglect that was found."""

    area = PickField("发生在哪里", [required("请选择地区。")], choices=[])
    kind = TickField("问题", [required("请选择问题的种类。")], choices=ConductKind.choices())
    source = TickField("怎样发现", [required("请选择怎样发现的。")], choices=ConductSource.choices())
    found_on = DayField("发现日期", [required("请填写发现日期。")])
    facts = NoteField("查实的情况", validators=[required("请写明查实的情况。"), longest(LONG_TEXT)])
    unit = LineField("责任单位", [required("请填写责任单位。")], limit=120)
    consequence = TickField("怎样处理", [required("请选择怎样处理。")], choices=Consequence.choices())
    demanded = NoteField("处理要求", validators=[required("请写明处理要求。"), longest(TEXT)])
    document = LineField("文号", [required("请填写文号。")], limit=200)
    due_on = DayField("办结期限", [required("请填写办结期限。")])


class ResultForm(HouseForm):
    """What was done about a finding."""

    result = NoteField("处理结果", validators=[required("请填写处理结果。"), longest(LONG_TEXT)])
    done_on = DayField("办结日期（还没有办结的不填）", [Optional()])
