"""Forms of the yearly review: the sheet with a line for each measure, the exit consent."""

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, Form, FormField

from fanpin.blueprints.fields import DayField, LineField, ManyField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.models.measures import Measure
from fanpin.models.reviews import Review, ReviewConclusion
from fanpin.steps.review import Judged

NOTE_LENGTH = 1000
MOST_MEASURES = 60
FITS = ("针对性强，符合该户实际", "基本有针对性", "针对性不强，需要调整")
EFFECTS = ("成效明显", "有一定成效", "成效不明显")
AGREES, REFUSES = "agrees", "refuses"
SAFE_WORDS = "“两不愁三保障”和饮水安全均有保障"
ENDING = ("作为监测对象的定期走访", "专门针对监测对象的帮扶措施")
GOING_ON = ("低保、医保、养老、教育资助等符合条件的普惠政策", "已落实、还没有到期的奖补和岗位按原规定执行", "以后遇到困难，可以随时重新申报")


class MeasureForm(Form):
    """One measure: does it fit, did it work."""

    fit = TickField("针对性", validators=[required("请评议这项措施的针对性。")], choices=[(text, text) for text in FITS])
    effect = TickField("有效性", validators=[required("请评议这项措施的有效性。")], choices=[(text, text) for text in EFFECTS])
    note = LineField("说明", limit=200)


class ReviewForm(HouseForm):
    """The review of one household, point by point of 五(一)."""

    reviewed_on = DayField("评议日期", validators=[required("请填写评议日期。")])
    reviewers = LineField("评议人", validators=[required("请填写评议人。")], limit=200)
    guarantees = NoteField("“两不愁三保障”及饮水安全", validators=[required("请写明保障情况。"), longest(NOTE_LENGTH)])
    measures = FieldList(FormField(MeasureForm), "帮扶措施的针对性和有效性", max_entries=MOST_MEASURES)
    risk_points = NoteField("返贫致贫风险点消除情况", validators=[required("请逐个写明风险点是否消除。"), longest(NOTE_LENGTH)])
    income_stability = NoteField("家庭收入稳定性", validators=[required("请写明收入从哪里来、是否稳定。"), longest(NOTE_LENGTH)])
    spending = NoteField("刚性支出是否可控", validators=[longest(NOTE_LENGTH)])
    motivation = NoteField("家庭成员内生动力", validators=[required("请写明内生动力情况。"), longest(NOTE_LENGTH)])
    conclusion = TickField("评议结论", validators=[required("请选择评议结论。")], choices=ReviewConclusion.choices())
    continued_help = NoteField("继续采取的措施", validators=[longest(NOTE_LENGTH)])

    def seat(self, count: int) -> None:
        """Give every measure its line, whatever was sent."""
        while len(self.measures) > count:
            self.measures.pop_entry()
        while len(self.measures) < count:
            self.measures.append_entry()

    def judged(self, measures: Sequence[Measure]) -> Judged:
        """Return the review as the step wants it."""
        lines = (entry.form for entry in self.measures)
        return Judged(
            reviewed_on=self.reviewed_on.data, guarantees=self.guarantees.data or "", reviewers=self.reviewers.data or "",
            measures={row.id: (line.fit.data or "", _with(line.effect.data, line.note.data))
                      for row, line in zip(measures, lines, strict=True)},
            risk_points=self.risk_points.data or "", income_stability=self.income_stability.data or "",
            spending=self.spending.data or "", motivation=self.motivation.data or "",
            conclusion=ReviewConclusion(self.conclusion.data), continued_help=self.continued_help.data or "")


def filled_with(review: Review | None, measures: Sequence[Measure], **known: Any) -> dict[str, Any]:
    """Return what the sheet comes filled with: what was written before, else what is known of the household."""
    if review is None:
        return known | {"measures": [{} for _ in measures]}
    names = ("reviewed_on", "reviewers", "guarantees", "risk_points", "income_stability", "spending", "motivation",
             "continued_help")
    lines = [_line(review.measures.get(str(row.id), ["", ""])) for row in measures]
    return {name: getattr(review, name) for name in names} | {"conclusion": review.conclusion.value, "measures": lines}


def _with(effect: str | None, note: str | None) -> str:
    return f"{effect}：{note}" if effect and note else effect or ""


def _line(judged: Sequence[str]) -> dict[str, str]:
    effect, _, note = judged[1].partition("：")
    return {"fit": judged[0], "effect": effect, "note": note}


class ConsentForm(HouseForm):
    """The household's informed consent to leaving, or its refusal."""

    informed_of = NoteField("已向农户说明的内容", validators=[required("请写明向农户说明了什么。"), longest(NOTE_LENGTH)])
    agreement = TickField("农户的意见", validators=[required("请选择农户的意见。")],
                       choices=[(AGREES, "同意按程序办理风险消除"), (REFUSES, "不同意")])
    signed_by = LineField("签字人", validators=[required("请填写签字人姓名。")])
    signed_on = DayField("签署日期", validators=[required("请填写签署日期。")])


class OpenForm(HouseForm):
    """The households whose review begins."""

    cases = ManyField("启动成效评议的农户", choices=[])
