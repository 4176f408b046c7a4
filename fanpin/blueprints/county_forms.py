"""Forms of 三(六): decisions, hits, statements about people who have not signed, the officer's answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, Form, FormField, StringField
from wtforms.widgets import DateInput

from fanpin.adapters.contract import Known
from fanpin.adapters.desk import DEFAULT_SCOPE, ROWS, FieldSpec, Outcome, answer_from_form, form_fields
from fanpin.blueprints.case_forms import ReasonForm, VersionForm
from fanpin.blueprints.fields import DayField, LineField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.models.county import FactRow, Question
from fanpin.rules.circumstances import NO, YES, Circumstance, kinds_allowed
from fanpin.rules.clarifications import ResolutionKind, clarifications_for
from fanpin.rules.departments import Department
from fanpin.rules.duties import kind_of
from fanpin.rules.duty_kinds import Kind, Unit
from fanpin.rules.refusals import Invalid

ANSWERS = [(YES, "是"), (NO, "否")]
DEPARTMENTS = [("", "请选择"), *((item.value, item.title) for item in Department)]
TEXT = 500


class DecisionForm(ReasonForm):
    """A decision with its reason and document."""

    document = LineField("文号或会议记录", [required("请填写文号或会议记录。")], limit=80)


class ReportForm(VersionForm):
    """The report to the leading group."""

    document = LineField("报告文号", [required("请填写报告文号。")], limit=80)


class AssignForm(VersionForm):
    """The 帮扶主责部门."""

    department = PickField("帮扶主责部门", [required("请选择帮扶主责部门。")], choices=DEPARTMENTS)


class ReferForm(ReasonForm):
    """A referral to the department that resolves the trouble without monitoring."""

    department = PickField("由哪个部门解决", [required("请选择部门。")], choices=DEPARTMENTS)


class StatementForm(HouseForm):
    """What the village verified about an adult who has not signed."""

    statement = NoteField("村级核实情况", validators=[required("请写明核实的情况。"), longest(1000)])


class SignForm(HouseForm):
    """The department's signature."""

    note = LineField("签字说明（可不填）", limit=400)
    confirmed = BooleanField("本部门对以上答复的准确性、真实性负责", [required("请确认后再签字。")])


class ResolveForm(HouseForm):
    """What people did with a hit, in their own words."""

    kind = TickField("核实结论", [required("请选择核实结论。")])
    clarification = PickField("情况说明")
    reasoning = NoteField("核实情况和理由", validators=[longest(TEXT)])
    evidence = NoteField("核实依据", validators=[longest(TEXT)])
    fact_holds = TickField("")
    fact_reason = NoteField("认定一的理由", validators=[longest(TEXT)])
    criteria_met = TickField("认定二：是否符合二(一)、二(三)的识别条件", choices=ANSWERS)
    criteria_reason = NoteField("认定二的理由", validators=[longest(TEXT)])
    verified = NoteField("查实情况", validators=[longest(TEXT)])
    verifier = LineField("查实人")
    explained_how = LineField("向群众专门说明的方式", limit=120)
    explained_on = DayField("说明日期")
    explained_where = LineField("说明地点", limit=120)
    feedback = NoteField("群众反馈", validators=[longest(TEXT)])

    def offer(self, law: Circumstance, *, about_person: bool) -> None:
        """Offer what the circumstance allows; the two findings only where the clause has two halves."""
        self.kind.choices = [(kind.value, kind.title) for kind in kinds_allowed(law, about_person=about_person)]
        self.clarification.choices = [("", "不选，另行写明理由"), *(
            (row.code, f"{row.title}（{row.carries.title}）") for row in clarifications_for(law.number))]
        if not law.needs_two:
            del self.fact_holds, self.fact_reason, self.criteria_met, self.criteria_reason
            return
        self.fact_holds.label.text = f"认定一：{law.first_finding}"
        self.fact_holds.choices = ANSWERS

    def chosen(self) -> ResolutionKind:
        """Return the conclusion."""
        return ResolutionKind(self.kind.data)

    def details(self) -> dict[str, str]:
        """Return the texts as the record keeps them."""
        names = ("reasoning", "evidence", "fact_holds", "fact_reason", "criteria_met", "criteria_reason", "verified",
                 "verifier", "explained_how", "explained_where", "feedback")
        found = {name: self[name].data for name in names if name in self and self[name].data}
        return found | ({"explained_on": self.explained_on.data.isoformat()} if self.explained_on.data else {})


class AnswerForm(HouseForm):
    """A department's answers to one inquiry; a field per question is added when it is built."""

    as_of = DayField("数据截止日期", [required("请填写数据截止日期。")])
    register_scope = LineField("查询范围", [required("请写明查询范围，如：本县登记范围。")], limit=120)
    complete = PickField("是否查全该范围", [required("请选择是否查全。")], choices=[("yes", "已查全"), ("no", "未查全")])
    rest = BooleanField("其余没有填写结果的事项，均已查询，未查到登记")


class _Part(Form):
    """The fields of one question; what was typed stays text until the contract reads it."""

    specs: tuple[FieldSpec, ...] = ()


def answer_form(questions: Sequence[Question], facts: Mapping[int, Sequence[FactRow]], typed: Mapping[str, str],
                data: Mapping[str, Any]) -> AnswerForm:
    """Build the form of an inquiry from the kinds asked, filled with what was answered before."""
    fields: dict[str, Any] = {}
    for question in questions:
        rows = _rows(question, facts.get(question.id, ()), typed)
        fields[question.ref] = FormField(_part(kind_of(question.kind), rows, by_hand=question.state in BY_HAND))
    filled = {question.ref: _before(question, facts.get(question.id, ())) for question in questions}
    return type("InquiryForm", (AnswerForm,), fields)(data={
        "register_scope": DEFAULT_SCOPE, "complete": "yes", **data, **filled})


BY_HAND = ("not_found", "unavailable")


def _rows(question: Question, facts: Sequence[FactRow], typed: Mapping[str, str]) -> int:
    shown = max([row for row in range(2, ROWS + 1)
                 if any(name.startswith(f"{question.ref}-") and name.endswith(f"-{row}") for name in typed)], default=1)
    wanted = shown + 1 if typed.get("more") == question.ref else shown
    return min(max(wanted, len(facts), 1), ROWS)


def _part(kind: Kind, rows: int, *, by_hand: bool) -> type[_Part]:
    specs = form_fields(kind, rows=rows)
    fields: dict[str, Any] = {spec.name: _field(spec) for spec in specs}
    if by_hand:
        fields["evidence"] = LineField("人工核实的依据", limit=400)
    return type("Part", (_Part,), {**fields, "specs": specs})


def _field(spec: FieldSpec) -> Field:
    if spec.type == "choice":
        return PickField(spec.label, choices=[("", "请选择"), *spec.choices])
    if spec.type == "date":
        return StringField(spec.label, widget=DateInput())
    return LineField(spec.label, limit=spec.longest or 40)


def _before(question: Question, facts: Sequence[FactRow]) -> dict[str, str]:
    """Return an earlier answer as the form shows it."""
    if question.answer == "known":
        filled = {"outcome": (Outcome.FOUND if facts else Outcome.NONE).value}
        for number, fact in enumerate(facts[:ROWS]):
            filled |= {name if number == 0 else f"{name}-{number + 1}": text for name, text in _fact(fact).items()}
        return filled
    due = question.later_due.isoformat() if question.later_due else ""
    return {"outcome": question.answer, "due": due} if question.answer else {}


def _fact(row: FactRow) -> dict[str, str]:
    unit = kind_of(row.kind).unit or Unit.HEADS
    amount = "" if row.amount is None else f"{row.amount / unit.scale:.2f}" if unit.scale > 1 else str(row.amount)
    return {"ref": row.ref_no, "date": row.date.isoformat() if row.date else "", "amount": amount, "value": row.value,
            "ended": row.ended.isoformat() if row.ended else "", "other": row.other, "label": row.label}


def read_answers(form: AnswerForm, questions: Sequence[Question]) -> tuple[dict[tuple[str, str], Any], dict[Question, str]]:
    """Return the answers by (token, kind), and for those verified by hand the evidence; errors go to their fields."""
    answers: dict[tuple[str, str], Any] = {}
    evidence: dict[Question, str] = {}
    wrong = False
    for question in questions:
        part = form[question.ref].form
        typed = {spec.name: part[spec.name].data or "" for spec in part.specs}
        key = (question.token, question.kind)
        if not typed["outcome"]:
            if form.rest.data:
                answers[key] = Known()
            continue
        try:
            answers[key] = answer_from_form(kind_of(question.kind), typed, subject=question.token, as_of=form.as_of.data)
        except Invalid as refusal:
            wrong = True
            for name, message in refusal.problems.items():
                target = part[name if name in part else "outcome"]
                target.errors = [*target.errors, message]
        if "evidence" in part and part["evidence"].data:
            evidence[question] = part["evidence"].data
    if wrong:
        raise Invalid("有的答复没有填好，请按标出的提示更正。")
    if not answers:
        raise Invalid("还没有填写任何一项的查询结果。")
    return answers, evidence
