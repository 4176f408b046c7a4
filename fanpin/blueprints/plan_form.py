"""The plan of a household as a form: rows for the household and for each of its members (三(四), 四)."""

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, Form, FormField

from fanpin.blueprints.fields import DayField, LineField, PickField
from fanpin.blueprints.forms import HouseForm
from fanpin.models.cases import Case
from fanpin.models.measures import Measure
from fanpin.models.surveys import Survey
from fanpin.rules.departments import Department
from fanpin.rules.members import LabourState
from fanpin.rules.refusals import Invalid
from fanpin.rules.risks import ANSWERS, MINIMUM_LIVING, MeasureCategory, Risk, needs_referral
from fanpin.steps.deliberation import Planned

HOUSEHOLD = "household"
NONE_NEEDED = "none"
MOST_ROWS = 80
SPARE = 2
CATEGORIES = [("", "请选择"), *MeasureCategory.choices()]
FOR_MEMBERS = [("", "请选择"), (NONE_NEEDED, "无需措施"), *MeasureCategory.choices()]
RISKS = [("", "不针对某一风险"), *Risk.choices()]
DEPARTMENTS = [("", "由乡镇明确"), *Department.choices()]


class RowForm(Form):
    """One measure: for whom, which, against what, carried by whom, until when."""

    whom = PickField("对象")
    category = PickField("措施", choices=FOR_MEMBERS)
    detail = LineField("具体内容", limit=200, render_kw={"list": "measure-items"})
    risk = PickField("针对的风险", choices=RISKS)
    department = PickField("责任部门", choices=DEPARTMENTS)
    due_on = DayField("完成时限")


class PlanForm(HouseForm):
    """All measures of one household."""

    rows = FieldList(FormField(RowForm), "帮扶措施", max_entries=MOST_ROWS)

    def offer(self, case: Case) -> None:
        """Offer the household and its members as those whom a measure is for."""
        people = [(HOUSEHOLD, "整户"), *((member.ref, member.name) for member in case.household.present_members)]
        for entry in self.rows:
            entry.form.whom.choices = people

    def lengthen(self, case: Case) -> None:
        """Add empty rows for the household, as many as still fit."""
        for _ in range(SPARE):
            if len(self.rows) < MOST_ROWS:
                self.rows.append_entry({"whom": HOUSEHOLD})
        self.offer(case)

    def planned(self, case: Case) -> list[Planned]:
        """Return the measures as the step wants them; rows without a category say nothing."""
        members = {member.ref: member.id for member in case.household.present_members}
        found = []
        for entry in self.rows:
            row = entry.form
            if not row.category.data:
                if row.detail.data:
                    row.category.errors = ["请选择措施类别。"]
                    raise Invalid("有一行写了具体内容却没有选措施类别，请选择。")
                continue
            none_needed = row.category.data == NONE_NEEDED
            if none_needed and row.whom.data == HOUSEHOLD:
                row.category.errors = ["“无需措施”只用于家庭成员。"]
                raise Invalid("整户须有帮扶措施，“无需措施”只用于家庭成员。")
            found.append(Planned(
                category=None if none_needed else MeasureCategory(row.category.data), detail=row.detail.data or "",
                member_id=members.get(row.whom.data), risk=Risk(row.risk.data) if row.risk.data else None,
                department=row.department.data or "", due_on=row.due_on.data))
        return found


def rows_for(case: Case, measures: Sequence[Measure], survey: Survey | None,
             labour: LabourState) -> list[dict[str, Any]]:
    """Return the rows that the page comes with: what was planned, else what the risks suggest; each member has one."""
    refs = {member.id: member.ref for member in case.household.members}
    rows = [_kept(row, refs) for row in measures] or _suggested(survey, labour)
    have = {row["whom"] for row in rows}
    rows += [{"whom": member.ref} for member in case.household.present_members if member.ref not in have]
    return sorted(rows, key=lambda row: row["whom"] != HOUSEHOLD)


def suggestions(survey: Survey | None) -> list[tuple[Risk, tuple[MeasureCategory, ...]]]:
    """Name for each risk of the household the kinds of measure that answer it (缺什么补什么)."""
    risks = [Risk(code) for code in survey.risks] if survey else []
    return [(risk, tuple(item for item in MeasureCategory if item in ANSWERS[risk])) for risk in risks
            if risk is not Risk.OTHER]


def _kept(row: Measure, refs: dict[int, str]) -> dict[str, Any]:
    return {"whom": refs.get(row.member_id, HOUSEHOLD), "category": row.category.value if row.category else NONE_NEEDED,
            "detail": row.detail, "risk": row.risk.value if row.risk else "", "department": row.department,
            "due_on": row.due_on}


def _suggested(survey: Survey | None, labour: LabourState) -> list[dict[str, Any]]:
    rows = [{"whom": HOUSEHOLD, "category": kinds[0].value, "risk": risk.value} for risk, kinds in suggestions(survey)]
    if needs_referral(labour, stable_work_income=bool(survey and survey.stable_work_income)):
        rows.append({"whom": HOUSEHOLD, "category": MeasureCategory.SECURITY.value, "detail": MINIMUM_LIVING,
                     "department": Department.CIVIL_AFFAIRS.value})
    if survey and survey.motivation_weak:
        rows.append({"whom": HOUSEHOLD, "category": MeasureCategory.MOTIVATION.value})
    return rows or [{"whom": HOUSEHOLD}]
