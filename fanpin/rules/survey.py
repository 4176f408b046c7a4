"""实地调查 (三(三)): ten items, five judgements, guarantees, and what is still missing of a survey."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from fanpin.rules.income import IncomeStatement
from fanpin.rules.risks import Risk, risk_problems
from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Problem, warn


class SurveyItem(TitledEnum):
    """The ten items that a visit checks."""

    POPULATION = ("population", "人口")
    INCOME = ("income", "收入")
    HOUSING = ("housing", "住房")
    WATER = ("water", "饮水")
    PROPERTY = ("property", "财产")
    OCCUPATION = ("occupation", "从业")
    HEALTH = ("health", "健康")
    LABOUR = ("labour", "劳动力")
    SCHOOLING = ("schooling", "就学")
    CHANGE = ("change", "家庭变故")

    @property
    def prompt(self) -> str:
        """Return what the visitor asks and looks at."""
        return PROMPTS[self]


PROMPTS = {
    SurveyItem.POPULATION: "现有几口人？谁常住、谁外出？近一年有无出生、死亡、婚嫁、迁入迁出？",
    SurveyItem.INCOME: "近12个月工资、生产经营、财产、转移收入各有多少？生产经营支出多少？",
    SurveyItem.HOUSING: "现住房是什么结构，安全等级是几级？有无漏雨、裂缝、滑坡隐患？",
    SurveyItem.WATER: "水从哪里来？水量、水质、取水距离怎样？一年中有无断水？",
    SurveyItem.PROPERTY: "有无车辆、城镇住房或门面、大型农机具？各作什么用？",
    SurveyItem.OCCUPATION: "每个劳动力从事什么？在哪里务工？发展什么种植养殖？",
    SurveyItem.HEALTH: "家里有无大病、慢性病、残疾、失能老人？看病自付多少？",
    SurveyItem.LABOUR: "谁能正常劳动？谁只能轻度劳动？谁不能劳动？",
    SurveyItem.SCHOOLING: "谁在上学？在哪里上、读几年级？一年花费多少？有无辍学？",
    SurveyItem.CHANGE: "近一年有无生病住院、受灾、意外事故、失业、产业失败等变故？",
}


class Judgement(TitledEnum):
    """The five judgements that a visit makes."""

    INCOME_STABILITY = ("income_stability", "收入稳定性")
    INDUSTRY_CONTINUITY = ("industry_continuity", "产业持续性")
    EMPLOYMENT_STABILITY = ("employment_stability", "就业稳定性")
    RIGID_SPENDING = ("rigid_spending", "因病因灾因意外等刚性支出")
    GUARANTEES = ("guarantees", "“两不愁三保障”及饮水安全")

    @property
    def answers(self) -> "type[TitledEnum]":
        """Return the scale that the judgement is answered on."""
        return SCALES[self]


class IncomeStability(TitledEnum):
    """Answers on 收入稳定性."""

    STABLE = ("stable", "稳定")
    UNSTABLE = ("unstable", "不稳定")
    SHARPLY_DOWN = ("sharply_down", "大幅缩减")


class IndustryContinuity(TitledEnum):
    """Answers on 产业持续性."""

    CONTINUING = ("continuing", "能够持续")
    AT_RISK = ("at_risk", "有中断风险")
    STOPPED = ("stopped", "已经中断")
    NO_INDUSTRY = ("no_industry", "没有产业")


class EmploymentStability(TitledEnum):
    """Answers on 就业稳定性."""

    STABLE = ("stable", "稳定")
    UNSTABLE = ("unstable", "不稳定")
    LOST = ("lost", "已经失业")
    NO_WORK = ("no_work", "没有务工就业")


class RigidSpending(TitledEnum):
    """Answers on 刚性支出."""

    NONE = ("none", "没有大额支出")
    BEARABLE = ("bearable", "有支出，能够承受")
    LARGE = ("large", "支出较大，难以承受")


class GuaranteeState(TitledEnum):
    """Answers on 两不愁三保障 and drinking water."""

    SAFE = ("safe", "全部有保障")
    AT_RISK = ("at_risk", "存在隐患")
    UNSAFE = ("unsafe", "有未保障的")


SCALES: dict[Judgement, type[TitledEnum]] = {
    Judgement.INCOME_STABILITY: IncomeStability,
    Judgement.INDUSTRY_CONTINUITY: IndustryContinuity,
    Judgement.EMPLOYMENT_STABILITY: EmploymentStability,
    Judgement.RIGID_SPENDING: RigidSpending,
    Judgement.GUARANTEES: GuaranteeState,
}

GUARANTEE_TITLES = {
    "food": "不愁吃", "clothing": "不愁穿", "housing": "住房安全",
    "schooling": "义务教育", "medical": "基本医疗", "water": "饮水安全",
}


@dataclass(frozen=True)
class Guarantees:
    """两不愁三保障 and water, each safe, not safe, or (None) not looked at; no school-age child means safe."""

    food: bool | None = None
    clothing: bool | None = None
    housing: bool | None = None
    schooling: bool | None = None
    medical: bool | None = None
    water: bool | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the titles of what was not looked at."""
        return self._titles(None)

    @property
    def unsafe(self) -> tuple[str, ...]:
        """Return the titles of what is not guaranteed."""
        return self._titles(False)

    def _titles(self, state: bool | None) -> tuple[str, ...]:
        return tuple(GUARANTEE_TITLES[f.name] for f in fields(self) if getattr(self, f.name) is state)


def large_spending(judgements: Mapping[str, str]) -> bool:
    """二(一): 刚性支出较大, as the visitors judged it."""
    return judgements.get(Judgement.RIGID_SPENDING.value) == RigidSpending.LARGE.value


def income_drop(judgements: Mapping[str, str]) -> bool:
    """二(一): 收入大幅缩减, as the visitors judged it."""
    return judgements.get(Judgement.INCOME_STABILITY.value) == IncomeStability.SHARPLY_DOWN.value


def answered_items(items: Mapping[str, str]) -> frozenset[str]:
    """Return the codes of the items with words in them."""
    return frozenset(item.value for item in SurveyItem if items.get(item.value, "").strip())


def answered_judgements(judgements: Mapping[str, str]) -> frozenset[str]:
    """Return the codes of the judgements answered on their own scale."""
    return frozenset(
        j.value for j in Judgement if judgements.get(j.value) in {answer.value for answer in j.answers}
    )


def survey_problems(
    *,
    items: Mapping[str, str],
    judgements: Mapping[str, str],
    guarantees: Guarantees | None,
    statement: IncomeStatement | None,
    risks: Sequence[Risk],
    visitors: Sequence[str],
    visited_on: date,
    today: date,
    proposed: bool = True,
) -> list[Problem]:
    """三(三): name what is missing; a household that is not proposed needs no risk and no account of income."""
    problems = _visit_problems(visitors, visited_on, today) + _unanswered(items, judgements)
    problems += _guarantee_problems(guarantees, judgements, risks)
    if proposed:
        problems += risk_problems(risks)
        if statement is None:
            problems.append(Problem("survey.income", "请填写家庭收入支出核算"))
    if statement and Risk.ILLNESS in risks and statement.compliant_spending == 0:
        problems.append(warn("survey.illness", "风险点有“因病”，但合规自付支出为0，请核对"))
    return problems


def _visit_problems(visitors: Sequence[str], visited_on: date, today: date) -> list[Problem]:
    problems = []
    if not any(name.strip() for name in visitors):
        problems.append(Problem("survey.visitors", "请登记入户调查人（驻村队员、乡村干部）"))
    if visited_on > today:
        problems.append(Problem("survey.future", "入户日期晚于今天，请核对"))
    return problems


def _unanswered(items: Mapping[str, str], judgements: Mapping[str, str]) -> list[Problem]:
    done, judged = answered_items(items), answered_judgements(judgements)
    return [
        Problem("survey.item", f"请填写“{item.title}”：{item.prompt}", subject=item.title)
        for item in SurveyItem if item.value not in done
    ] + [
        Problem("survey.judgement", f"请对“{judgement.title}”作出判断", subject=judgement.title)
        for judgement in Judgement if judgement.value not in judged
    ]


def _guarantee_problems(
    guarantees: Guarantees | None, judgements: Mapping[str, str], risks: Sequence[Risk]
) -> list[Problem]:
    if guarantees is None:
        return [Problem("survey.guarantees", "请逐项填写“两不愁三保障”及饮水安全状况")]
    problems = [
        Problem("survey.guarantee", f"请查清“{title}”是否有保障", subject=title) for title in guarantees.missing
    ]
    judged = judgements.get(Judgement.GUARANTEES.value)
    if judged == GuaranteeState.SAFE.value and guarantees.unsafe:
        problems.append(warn("survey.contradiction", f"判断为全部有保障，但{'、'.join(guarantees.unsafe)}填了无保障，请核对"))
    for risk, safe in ((Risk.HOUSING, guarantees.housing), (Risk.WATER, guarantees.water)):
        if risk in risks and safe:
            problems.append(warn("survey.contradiction", f"风险点有“{risk.title}”，但该项填了有保障，请核对"))
    return problems
