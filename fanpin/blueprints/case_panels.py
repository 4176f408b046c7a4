"""The four panels of judgement on the page of a case, and its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fanpin.blueprints.answers import JointReview
from fanpin.models.households import GuaranteeRecord, Household, IncomeRecord, Member
from fanpin.models.surveys import Survey
from fanpin.rules.income import yuan
from fanpin.rules.lines import LineInForce, reference_sentence
from fanpin.rules.members import Education, Health, Person, Schooling, age_on, household_labour
from fanpin.rules.privacy import mask_id
from fanpin.rules.risks import Risk
from fanpin.rules.survey import Guarantees, Judgement, SurveyItem
from fanpin.rules.titles import TitledEnum

NOT_YET = "还没有调查"
GUARANTEE_FIELDS = ("food", "clothing", "housing", "schooling", "medical", "water")


@dataclass(frozen=True)
class Panel:
    """One panel as the component takes it."""

    title: str
    rows: tuple[tuple[str, str, str], ...]
    verdict: str
    tone: str = "neutral"


@dataclass(frozen=True)
class PersonShown:
    """One member as the component takes it; the number is masked."""

    name: str
    relation: str
    sex: str
    age: str
    id: str
    schooling: str
    health: str
    labour: str
    note: str
    url: str = ""


def panels(household: Household, survey: Survey | None, income: IncomeRecord | None, guarantees: GuaranteeRecord | None,
           line: LineInForce | None, joint: JointReview, *, today: date) -> tuple[Panel, ...]:
    """Return the four panels, from what was surveyed and what departments answered."""
    judged: Mapping[str, str] = survey.judgements if survey else {}
    return (_income(income, line, judged), _spending(income, judged, joint),
            _difficulty(household, survey, guarantees, judged), _own_means(household, survey, judged, joint, today))


def _judgement(judged: Mapping[str, str], judgement: Judgement) -> tuple[str, str, str]:
    code = judged.get(judgement.value)
    known = {answer.value: answer.title for answer in judgement.answers}
    return (judgement.title, known.get(code or "", NOT_YET), "")


def _income(row: IncomeRecord | None, line: LineInForce | None, judged: Mapping[str, str]) -> Panel:
    statement = row.statement() if row else None
    share = statement.reference_per_head if statement else None
    rows = [_judgement(judged, Judgement.INCOME_STABILITY)]
    if row is not None and statement is not None:
        period = f"{row.period_from:%Y年%-m月}至{row.period_to:%Y年%-m月}"
        rows = [("人均参考收入", f"{yuan(share)}元" if share is not None else "没有人口数", period),
                ("家庭纯收入", f"{yuan(statement.net)}元", f"按{statement.heads_year}人核算"), *rows]
    below = line is not None and share is not None and share < line.amount
    return Panel("收入", tuple(rows), reference_sentence(share, line), "warn" if below else "neutral")


def _spending(row: IncomeRecord | None, judged: Mapping[str, str], joint: JointReview) -> Panel:
    rows = [_judgement(judged, Judgement.RIGID_SPENDING)]
    if row is not None:
        rows += [("合规自付支出", f"{yuan(row.compliant_spending)}元", ""),
                 ("其他刚性支出", f"{yuan(row.other_spending)}元", ""), ("理赔收入", f"{yuan(row.claims)}元", "")]
    rows += [(title, text, "医保部门") for kind, title in (("medical_cost", "住院自付"), ("medical_aid", "医疗救助"))
             for text in joint.facts(kind)]
    heavy = judged.get(Judgement.RIGID_SPENDING.value) == "large"
    return Panel("刚性支出", tuple(rows), "支出较大，难以承受" if heavy else "", "warn" if heavy else "neutral")


def _difficulty(household: Household, survey: Survey | None, guarantees: GuaranteeRecord | None,
                judged: Mapping[str, str]) -> Panel:
    risks = "、".join(Risk(code).title for code in survey.risks) if survey else ""
    found = Guarantees(**{name: getattr(guarantees, name) for name in GUARANTEE_FIELDS}) if guarantees else None
    ill = [f"{member.name}（{titles(Health, member.health)}）" for member in household.present_members
           if member.health and Health.HEALTHY.value not in member.health]
    rows = [("风险点", risks or ("没有" if survey else NOT_YET), ""), _judgement(judged, Judgement.GUARANTEES),
            ("患病、残疾成员", "、".join(ill) or "没有", "")]
    change = survey.items.get(SurveyItem.CHANGE.value, "") if survey else ""
    if change:
        rows.append(("家庭变故", change, ""))
    unsafe = found.unsafe if found else ()
    seen = f"（{guarantees.seen_on:%Y年%-m月%-d日}入户查看）" if guarantees else ""
    safe = f"“两不愁三保障”及饮水安全有保障{seen}" if found else ""
    verdict = f"没有保障：{'、'.join(unsafe)}{seen}" if unsafe else safe
    return Panel("突出困难", tuple(rows), verdict, "bad" if unsafe else "warn" if risks else "neutral")


def _own_means(household: Household, survey: Survey | None, judged: Mapping[str, str], joint: JointReview,
               today: date) -> Panel:
    members = household.present_members
    labour = household_labour([Person(name=member.name, relation=member.relation, born_on=member.born_on,
                                      labour=member.labour) for member in members], today=today)
    work = [f"{member.name}（{member.work}）" for member in members if member.work]
    rows = [("劳动力", labour.title, ""), ("务工", "、".join(work) or "没有登记", ""),
            _judgement(judged, Judgement.INDUSTRY_CONTINUITY), _judgement(judged, Judgement.EMPLOYMENT_STABILITY)]
    rows += [(title, text, source) for kind, title, source in (
        ("labour_outwork", "务工登记", "人社部门"), ("land_and_herd", "种养殖", "农业农村部门"),
        ("dibao", "低保、特困", "民政部门"))
        for text in joint.facts(kind)]
    if survey is not None and survey.motivation_weak:
        rows.append(("内生动力", "不足，需要扶志扶智", ""))
    return Panel("自主应对能力", tuple(rows), "", "warn" if labour.value == "none" else "neutral")


def titles(kind: type[TitledEnum], codes: Sequence[str]) -> str:
    """Return the words of codes, and what is no code as it is."""
    known = {item.value: item.title for item in kind}
    return "、".join(known.get(code, code) for code in codes)


def people(household: Household, unsigned: Sequence[tuple[int, str]], *, today: date, url: str) -> tuple[PersonShown, ...]:
    """Return the household's present members for the table."""
    barred = {member_id for member_id, _ in unsigned}
    return tuple(_person(member, today, member.id in barred, url) for member in household.present_members)


def _person(member: Member, today: date, unsigned: bool, url: str) -> PersonShown:
    learned = titles(Schooling, [member.schooling]) if member.schooling else titles(Education, [member.education])
    notes = [text for text in (member.work, "未签授权" if unsigned else "") if text]
    return PersonShown(
        name=member.name, relation=member.relation.title, sex=member.sex.title if member.sex else "",
        age=str(age_on(member.born_on, today)) if member.born_on else "", id=mask_id(member.id_number),
        schooling=learned, health=titles(Health, member.health), labour=member.labour.title if member.labour else "",
        note="，".join(notes), url=url)
