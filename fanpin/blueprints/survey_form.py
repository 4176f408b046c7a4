"""The survey sheet as a form: filled from what is on record, read back as a visit (三(三))."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField
from wtforms.validators import Optional

from fanpin.blueprints.fields import CountField, DayField, LineField, ManyField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, YuanField, longest, required
from fanpin.models.cases import Case
from fanpin.models.households import Household, IncomeRecord, Member
from fanpin.models.surveys import Survey
from fanpin.rules.eligibility import HouseholdClass, possible_classes
from fanpin.rules.income import LINES, Branch, IncomeStatement, Line, children, yuan
from fanpin.rules.members import Health, Relation, Schooling, age_on
from fanpin.rules.risks import MOST_RISKS, Risk
from fanpin.rules.stages import Procedure
from fanpin.rules.survey import GUARANTEE_TITLES, Guarantees, Judgement, SurveyItem
from fanpin.steps.survey import Known, Visit

ITEM_LENGTH = 1000
SAFE, UNSAFE = "yes", "no"
GUARANTEE_CHOICES = [(SAFE, "有保障"), (UNSAFE, "无保障")]
RISK_CHOICES = [("", "无"), *Risk.choices()]
YEAR_MONTHS = 12
GROUND_LENGTH = 200
class SurveyForm(HouseForm):
    """Ten items, five judgements, risks, class, account, guarantees, conclusion, and who signed."""

    uncounted = frozenset({"version", "visited_on", "household_signed"})
    visited_on = DayField("入户日期", validators=[required("请填写入户日期。")])
    visitors = LineField("入户调查人", validators=[required("请填写入户调查人姓名。")], limit=120)
    household_signed = BooleanField("农户已在调查表上签字")
    household_class = TickField("监测对象类别")
    class_reason = NoteField("基本生活出现严重困难的具体情况", validators=[longest(ITEM_LENGTH)])
    period_from = DayField("核算期起", validators=[required("请填写核算期的起日。")])
    period_to = DayField("核算期止", validators=[required("请填写核算期的止日。")])
    claims = YuanField("理赔收入", validators=[Optional()])
    compliant_spending = YuanField("合规自付支出", validators=[Optional()])
    other_spending = YuanField("其他刚性支出", validators=[Optional()])
    heads_now = CountField("现有人口")
    heads_year = CountField("核算期人口")
    motivation_weak = BooleanField("内生动力不足，需要扶志扶智")
    stable_work_income = BooleanField("有稳定的产业或就业收入")
    no_development_reason = NoteField("不安排开发式帮扶的理由", validators=[longest(ITEM_LENGTH)])
    empty_registered = ManyField("空挂人口（户口在本户、本人不在本村生产生活的）", choices=[])
    not_sharing = ManyField("与户主不共享开支或收入的人", choices=[])
    conclusion = NoteField("调查结论", validators=[longest(ITEM_LENGTH)])

    def offer(self, household: Household) -> None:
        """Offer the classes that the household's kind leaves open (二(一))."""
        self.household_class.choices = [(item.value, item.title) for item in possible_classes(lifted=household.lifted)]
        people = [(str(member.id), f"{member.name}（{member.relation.title}）") for member in household.present_members]
        self.empty_registered.choices = people
        self.not_sharing.choices = [(number, name) for (number, name), member in zip(people, household.present_members, strict=True)
                                    if member.relation is not Relation.HEAD]

    @property
    def items(self) -> list[Any]:
        """Return the fields of the ten items in their order."""
        return [self[f"item_{item.value}"] for item in SurveyItem]

    @property
    def judgements(self) -> list[Any]:
        """Return the fields of the five judgements in their order."""
        return [self[f"judgement_{judgement.value}"] for judgement in Judgement]

    @property
    def judged(self) -> list[tuple[Any, Any]]:
        """Pair each judgement with the field of its ground."""
        return [(self[f"judgement_{judgement.value}"], self[f"ground_{judgement.value}"]) for judgement in Judgement]

    @property
    def risks(self) -> list[Any]:
        """Return the fields of the risks in order of weight."""
        return [self[f"risk_{place}"] for place in range(1, MOST_RISKS + 1)]

    @property
    def guarantees(self) -> list[Any]:
        """Return the fields of 两不愁三保障 and water."""
        return [self[f"guarantee_{name}"] for name in GUARANTEE_TITLES]

    @property
    def account(self) -> list[tuple[Branch, list[tuple[Line, Any, int]]]]:
        """Return each branch with its lines, their fields and depth, totals first."""
        return [(branch, [(line, self[f"income_{line.code}"], depth) for line, depth in _below(branch.value)])
                for branch in Branch]

    def visit(self) -> Visit:
        """Return the sheet as the step wants it."""
        chosen = self.household_class.data
        return Visit(
            visited_on=self.visited_on.data, visitors=split_names(self.visitors.data or ""),
            household_signed=self.household_signed.data,
            items={item.value: self[f"item_{item.value}"].data or "" for item in SurveyItem},
            judgements={item.value: self[f"judgement_{item.value}"].data or "" for item in Judgement},
            risks=tuple(Risk(field.data) for field in self.risks if field.data),
            household_class=HouseholdClass(chosen) if chosen else None, class_reason=self.class_reason.data or "",
            conclusion=self.conclusion.data or "", income=self._statement(), guarantees=self._guarantees(),
            motivation_weak=self.motivation_weak.data, stable_work_income=self.stable_work_income.data,
            no_development_reason=self.no_development_reason.data or "", typed_fields=self.typed,
            grounds={item.value: self[f"ground_{item.value}"].data or "" for item in Judgement},
            empty_registered=tuple(int(code) for code in self.empty_registered.data or ()),
            not_sharing=tuple(int(code) for code in self.not_sharing.data or ()))

    def _statement(self) -> IncomeStatement | None:
        amounts = {code: self[f"income_{code}"].data for code in LINES if _given(self[f"income_{code}"])}
        others = (self.claims, self.compliant_spending, self.other_spending)
        if not amounts and not any(_given(field) for field in others):
            return None
        return IncomeStatement(
            period_from=self.period_from.data, period_to=self.period_to.data, amounts=amounts,
            claims=self.claims.data or 0, compliant_spending=self.compliant_spending.data or 0,
            other_spending=self.other_spending.data or 0, heads_now=self.heads_now.data or 0,
            heads_year=self.heads_year.data or 0)

    def _guarantees(self) -> Guarantees | None:
        found = {name: self[f"guarantee_{name}"].data for name in GUARANTEE_TITLES}
        if not any(found.values()):
            return None
        return Guarantees(**{name: value == SAFE if value else None for name, value in found.items()})


def _label(line: Line) -> str:
    if not line.parent:
        return f"{line.title}合计"
    return f"{line.title}合计" if children(line.code) else line.title


for _item in SurveyItem:
    setattr(SurveyForm, f"item_{_item.value}", NoteField(_item.title, validators=[longest(ITEM_LENGTH)]))
for _judgement in Judgement:
    setattr(SurveyForm, f"judgement_{_judgement.value}",
            TickField(_judgement.title, choices=_judgement.answers.choices()))
    setattr(SurveyForm, f"ground_{_judgement.value}", LineField(f"{_judgement.title}的依据", limit=GROUND_LENGTH))
for _place in range(1, MOST_RISKS + 1):
    setattr(SurveyForm, f"risk_{_place}", PickField(f"第{_place}风险点", choices=RISK_CHOICES))
for _name, _title in GUARANTEE_TITLES.items():
    setattr(SurveyForm, f"guarantee_{_name}", TickField(_title, choices=GUARANTEE_CHOICES))
for _line in LINES.values():
    setattr(SurveyForm, f"income_{_line.code}", YuanField(_label(_line), validators=[Optional()]))


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of a line, whatever stands between them."""
    for mark in "，,；;/　":
        text = text.replace(mark, "、")
    return tuple(name.strip() for name in text.replace(" ", "、").split("、") if name.strip())


def filled_with(case: Case, known: Known, *, visitor: str, today: date) -> dict[str, Any]:
    """Return what the sheet comes filled with: this round's own, else the last one's, else the household's file."""
    members = case.household.present_members
    values = {"visited_on": today, "visitors": visitor, "heads_now": len(members), "heads_year": len(members),
              "period_from": year_before(today)[0], "period_to": year_before(today)[1]}
    values |= {f"item_{code}": text for code, text in from_file(members, today).items()}
    if known.survey is not None:
        values |= _from_survey(case, known.survey, own=known.own)
    if known.income is not None:
        own = known.own and known.income.id == known.survey.income_record_id
        values |= _from_account(known.income, own=own)
    if known.guarantees is not None:
        values |= {f"guarantee_{name}": SAFE if getattr(known.guarantees, name) else UNSAFE
                   for name in GUARANTEE_TITLES}
    return values


def sources(known: Known) -> dict[str, str]:
    """Say where what came filled in was taken from: the sheet's parts by name."""
    if known.own:
        return {}
    said = {"facts": "农户档案的家庭成员登记，请与实际核对"}
    if known.survey is not None:
        said["facts"] = f"{_day(known.survey.visited_on)}的调查表，请与实际核对"
    if known.income is not None:
        first, last = known.income.period_from, known.income.period_to
        said["income"] = f"上一次核算（{_day(first)}至{_day(last)}），请按本次核算期改正"
    if known.guarantees is not None:
        said["guarantees"] = f"{_day(known.guarantees.seen_on)}的记录，请逐项核对"
    return said


def year_before(today: date) -> tuple[date, date]:
    """Return the twelve whole months before the month of a day."""
    first = today.replace(day=1)
    return first.replace(year=first.year - 1), first - timedelta(days=1)


def from_file(members: Sequence[Member], today: date) -> dict[str, str]:
    """Return what the members' file already says about the ten items."""
    if not members:
        return {}
    people = "、".join(f"{member.name}（{member.relation.title}{_age(member, today)}）" for member in members)
    return {
        "population": f"在册{len(members)}人：{people}。",
        **_each("health", members, lambda member: "、".join(Health(code).title for code in member.health)),
        **_each("labour", members, lambda member: member.labour.title if member.labour else ""),
        **_each("occupation", members, lambda member: member.work),
        **_each("schooling", members, lambda member: _school(member)),
    }


def _each(code: str, members: Sequence[Member], said: Any) -> dict[str, str]:
    known = [f"{member.name}：{said(member)}" for member in members if said(member)]
    return {code: "；".join(known) + "。"} if known else {}


def _school(member: Member) -> str:
    titles = {item.value: item.title for item in Schooling}
    at_school = titles.get(member.schooling, "")
    if not at_school:
        return ""
    return f"{at_school}（{member.school}）" if member.school else at_school


def _age(member: Member, today: date) -> str:
    return f"，{age_on(member.born_on, today)}岁" if member.born_on else ""


def _from_survey(case: Case, row: Survey, *, own: bool) -> dict[str, Any]:
    values: dict[str, Any] = {f"item_{code}": text for code, text in row.items.items()}
    values |= {f"risk_{place}": code for place, code in enumerate(row.risks[:MOST_RISKS], start=1)}
    # What was judged on one road is not carried over to the other: people look again.
    if row.case_id == case.id and row.procedure is case.procedure:
        values |= {f"judgement_{code}": answer for code, answer in row.judgements.items()}
        values |= {f"ground_{code}": text for code, text in row.grounds.items()}
        values |= {"conclusion": row.conclusion}
    if case.procedure is Procedure.ENTERING or own:
        values |= {"household_class": row.household_class.value if row.household_class else None,
                   "class_reason": row.class_reason}
    values |= {"empty_registered": [str(number) for number in row.empty_registered],
               "not_sharing": [str(number) for number in row.not_sharing], "motivation_weak": row.motivation_weak, "stable_work_income": row.stable_work_income,
               "no_development_reason": row.no_development_reason}
    if own:
        values |= {"visited_on": row.visited_on, "visitors": "、".join(row.visitors),
                   "household_signed": row.household_signed}
    return values


def _from_account(row: IncomeRecord, *, own: bool) -> dict[str, Any]:
    values: dict[str, Any] = {f"income_{code}": fen for code, fen in row.amounts.items() if code in LINES}
    values |= {"claims": row.claims or None, "compliant_spending": row.compliant_spending or None,
               "other_spending": row.other_spending or None}
    if own:
        values |= {"period_from": row.period_from, "period_to": row.period_to, "heads_now": row.heads_now,
                   "heads_year": row.heads_year}
    return values


def _below(code: str, depth: int = 0) -> list[tuple[Line, int]]:
    found = [(LINES[code], depth)]
    for line in children(code):
        found += _below(line.code, depth + 1)
    return found


def totals(amounts: Mapping[str, int]) -> dict[str, str]:
    """Return each branch's sum as people write it."""
    return {branch.value: yuan(sum(fen for code, fen in amounts.items() if code[:1] == branch.value))
            for branch in Branch}


def _given(field: YuanField) -> bool:
    return bool(field.raw_data and field.raw_data[0].strip())


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"
