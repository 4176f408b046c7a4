"""Forms of help: start and finish a measure, add one, name a helper, post, visit, enter."""

from collections.abc import Sequence

from wtforms import Field
from wtforms.validators import Optional

from fanpin.blueprints.case_forms import VersionForm
from fanpin.blueprints.fields import DayField, LineField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.models.households import Member
from fanpin.rules.departments import Department
from fanpin.rules.risks import MeasureCategory, Risk

SAFE, UNSAFE = "safe", "unsafe"
SAFETY = [(SAFE, "有保障"), (UNSAFE, "出现问题")]
NO_CHANGE = "与上次相比没有明显变化"
UNCHANGED = {"income_change": NO_CHANGE, "spending_change": NO_CHANGE, "guarantees": SAFE, "water": SAFE}
NOTE_LENGTH = 1000


class StartForm(HouseForm):
    """A measure has begun."""

    started_on = DayField("开始落实日期", validators=[required("请填写开始落实的日期。")])
    note = NoteField("怎样落实的", validators=[required("请写明怎样落实、落实了多少。"), longest(NOTE_LENGTH)])


class FinishForm(HouseForm):
    """A measure is completed."""

    finished_on = DayField("完成日期", validators=[required("请填写完成日期。")])
    result = NoteField("成效", validators=[required("请写明取得的成效，例如增收多少、解决了什么。"), longest(NOTE_LENGTH)])


class AddForm(HouseForm):
    """One more measure for the household or one of its members."""

    category = PickField("措施类别", validators=[required("请选择措施类别。")],
                         choices=[("", "请选择"), *MeasureCategory.choices()])
    detail = LineField("具体措施", validators=[required("请写明具体措施。")], limit=200)
    member = PickField("帮扶对象", choices=[], validate_choice=True)
    risk = PickField("针对的风险", choices=[("", "不单独针对某一项"), *Risk.choices()])
    department = PickField("负责部门", validators=[required("请选择负责落实的部门。")],
                           choices=[("", "请选择"), *Department.choices()])
    due_on = DayField("计划完成日期", validators=[Optional()])

    def offer(self, members: Sequence[Member]) -> None:
        """Offer the household and its members as those helped."""
        self.member.choices = [("", "全户"), *((row.ref, f"{row.name}（{row.relation.title}）") for row in members)]

    @property
    def chosen_category(self) -> MeasureCategory:
        """Return the category as the enum."""
        return MeasureCategory(self.category.data)

    @property
    def chosen_risk(self) -> Risk | None:
        """Return the risk as the enum, None for none."""
        return Risk(self.risk.data) if self.risk.data else None


class HelperForm(HouseForm):
    """Who carries the measure out."""

    helper = TickField("责任人", validators=[required("请选择责任人。")], choices=[])


class PostForm(HouseForm):
    """Where the measures hang."""

    place = LineField("公示地点", validators=[required("请填写公示地点。")], limit=120)
    posted_on = DayField("公示日期", validators=[required("请填写公示日期。")])


class VisitForm(HouseForm):
    """A monitoring visit; it comes filled in with "nothing changed"."""

    visited_on = DayField("走访日期", validators=[required("请填写走访日期。")])
    income_change = NoteField("收入变化", validators=[required("请写明收入有无变化。"), longest(NOTE_LENGTH)])
    spending_change = NoteField("支出变化", validators=[required("请写明支出有无变化。"), longest(NOTE_LENGTH)])
    guarantees = TickField("“两不愁三保障”", validators=[required("请选择。")], choices=SAFETY)
    water = TickField("饮水安全", validators=[required("请选择。")], choices=SAFETY)
    note = NoteField("发现的问题和处理", validators=[longest(NOTE_LENGTH)])

    def safe(self, field: Field) -> bool:
        """Say whether the answer is that all is well."""
        return field.data == SAFE


class EnterForm(VersionForm):
    """The entry in the national system."""

    number = LineField("全国系统中的编号", validators=[required("请填写全国系统中的监测对象编号。")], limit=60)
    entered_on = DayField("录入日期", validators=[required("请填写录入日期。")])
