"""Risks and measures: what endangers a household, what helps, and whether a plan fits 四."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fanpin.rules.members import LabourState
from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Problem, warn

MOST_RISKS = 5


class Risk(TitledEnum):
    """致贫返贫风险: at most five per household, in order of weight."""

    ILLNESS = ("illness", "因病")
    SCHOOLING = ("schooling", "因学")
    DISABILITY = ("disability", "因残")
    DISASTER = ("disaster", "因自然灾害")
    ACCIDENT = ("accident", "因意外事故")
    INDUSTRY = ("industry", "因产业项目失败")
    EMPLOYMENT = ("employment", "因务工就业不稳")
    LABOUR = ("labour", "缺劳动力")
    HOUSING = ("housing", "住房出现安全问题")
    WATER = ("water", "饮水出现安全问题")
    OTHER = ("other", "其他")


class Disaster(TitledEnum):
    """Kinds of 因自然灾害, with the forest and grassland fires of 二(四)."""

    FLOOD = ("flood", "洪涝灾害")
    GEOLOGICAL = ("geological", "地质灾害")
    DROUGHT = ("drought", "旱灾")
    BIOLOGICAL = ("biological", "生物灾害")
    WEATHER = ("weather", "气象灾害")
    EARTHQUAKE = ("earthquake", "地震灾害")
    FIRE = ("fire", "森林草原火灾")
    OTHER = ("other", "其他自然灾害")


class MeasureCategory(TitledEnum):
    """帮扶措施: the national form's fourteen columns, and 扶志扶智 of 四, which has none there."""

    INDUSTRY = ("industry", "产业帮扶")
    EMPLOYMENT = ("employment", "就业帮扶")
    FINANCE = ("finance", "金融帮扶")
    PUBLIC_POST = ("public_post", "公益岗位帮扶")
    HOUSING = ("housing", "住房安全保障")
    WATER = ("water", "饮水安全保障")
    HEALTH = ("health", "健康帮扶")
    COMPULSORY = ("compulsory", "义务教育保障")
    EDUCATION = ("education", "教育帮扶")
    SECURITY = ("security", "综合保障")
    SOCIAL = ("social", "社会帮扶")
    RELOCATION = ("relocation", "搬迁")
    LIVING = ("living", "生产生活条件改善")
    INFRASTRUCTURE = ("infrastructure", "基础设施建设")
    MOTIVATION = ("motivation", "扶志扶智")

    @property
    def is_development(self) -> bool:
        """Say whether the measure is one of 开发式帮扶: industry, work, finance, public posts."""
        return self in DEVELOPMENT


M = MeasureCategory
DEVELOPMENT = frozenset({M.INDUSTRY, M.EMPLOYMENT, M.FINANCE, M.PUBLIC_POST})
MINIMUM_LIVING, DESTITUTE = "农村低保", "特困供养"
REFERRAL_WORDS = ("低保", "特困")

SUB_ITEMS: dict[MeasureCategory, tuple[str, ...]] = {
    M.INDUSTRY: ("种植", "养殖", "加工", "乡村旅游", "电商", "光伏", "资产收益", "产业奖补", "技术指导", "联农带农", "消费帮扶"),
    M.EMPLOYMENT: ("转移就业", "帮扶车间", "技能培训", "务工奖补", "交通补助", "创业"),
    M.FINANCE: ("脱贫人口小额信贷", "富民贷", "防贫保险"),
    M.PUBLIC_POST: ("乡村公益性岗位", "生态护林员", "保洁", "护路", "管水"),
    M.HOUSING: ("C级危房改造", "D级危房改造", "抗震改造", "公租房"),
    M.WATER: ("供水设施改造", "水质处理", "应急送水"),
    M.HEALTH: ("参保资助", "大病救治", "慢病签约服务", "医疗救助", "先诊疗后付费"),
    M.COMPULSORY: ("控辍保学", "送教上门", "营养改善"),
    M.EDUCATION: ("学前资助", "高中资助", "雨露计划", "助学贷款", "大学资助"),
    M.SECURITY: (MINIMUM_LIVING, DESTITUTE, "残疾人两项补贴", "养老保险代缴", "临时救助", "孤儿和事实无人抚养儿童保障"),
    M.SOCIAL: ("定点帮扶", "东西部协作", "社会组织帮扶", "爱心捐赠"),
    M.RELOCATION: ("易地搬迁", "避险搬迁", "后续扶持"),
    M.LIVING: ("人居环境改善", "生产条件改善", "生活用品"),
    M.INFRASTRUCTURE: ("道路", "用电", "通信", "灌溉"),
    M.MOTIVATION: ("政策宣讲", "技能提升", "结对引导", "积分激励"),
}

# Which categories answer a risk when a measure does not name its risk itself (缺什么补什么).
ANSWERS: dict[Risk, frozenset[MeasureCategory]] = {
    Risk.ILLNESS: frozenset({M.HEALTH, M.SECURITY}),
    Risk.SCHOOLING: frozenset({M.COMPULSORY, M.EDUCATION}),
    Risk.DISABILITY: frozenset({M.SECURITY, M.HEALTH}),
    Risk.DISASTER: frozenset({M.SECURITY, M.INDUSTRY, M.HOUSING, M.RELOCATION, M.LIVING, M.INFRASTRUCTURE}),
    Risk.ACCIDENT: frozenset({M.SECURITY, M.HEALTH, M.SOCIAL}),
    Risk.INDUSTRY: frozenset({M.INDUSTRY, M.FINANCE, M.EMPLOYMENT}),
    Risk.EMPLOYMENT: frozenset({M.EMPLOYMENT, M.PUBLIC_POST, M.INDUSTRY}),
    Risk.LABOUR: frozenset({M.SECURITY, M.PUBLIC_POST, M.SOCIAL}),
    Risk.HOUSING: frozenset({M.HOUSING, M.RELOCATION}),
    Risk.WATER: frozenset({M.WATER, M.INFRASTRUCTURE}),
    Risk.OTHER: frozenset(MeasureCategory),
}


@dataclass(frozen=True)
class PlannedMeasure:
    """One proposed measure; `person` empty means the whole household."""

    category: MeasureCategory
    detail: str = ""
    risk: Risk | None = None
    person: str = ""

    @property
    def is_referral(self) -> bool:
        """Say whether the measure asks 民政 for 低保 or 特困 (四)."""
        return self.category is M.SECURITY and any(word in self.detail for word in REFERRAL_WORDS)

    def answers(self, risk: Risk) -> bool:
        """Say whether the measure meets the risk: by naming it, or by its kind when it names none."""
        return self.risk is risk if self.risk else self.category in ANSWERS[risk]


def risk_problems(risks: Sequence[Risk]) -> list[Problem]:
    """Check the list of risks alone: one to five, none twice."""
    problems = []
    if not risks:
        problems.append(Problem("risk.none", "请写明至少一个返贫致贫风险点"))
    if len(risks) > MOST_RISKS:
        problems.append(Problem("risk.many", f"风险点最多{MOST_RISKS}个，请只保留最主要的"))
    if len(set(risks)) < len(risks):
        problems.append(Problem("risk.repeated", "同一风险点填了两次，请删去重复的"))
    return problems


def needs_referral(labour: LabourState, *, stable_work_income: bool) -> bool:
    """四: 无劳动能力, or 部分丧失 and no stable income from industry or work."""
    return labour is LabourState.NONE or (labour is LabourState.PARTLY and not stable_work_income)


def plan_problems(
    risks: Collection[Risk],
    labour: LabourState,
    measures: Sequence[PlannedMeasure],
    motivation_weak: bool,
    *,
    stable_work_income: bool = False,
    no_development_reason: str = "",
) -> list[Problem]:
    """四: say where a plan misses a risk, the labour of the household, or its motivation."""
    problems = [
        Problem("plan.uncovered", f"风险“{risk.title}”还没有对应的帮扶措施", subject=risk.title)
        for risk in risks if not any(measure.answers(risk) for measure in measures)
    ]
    problems += _labour_problems(labour, measures, stable_work_income, no_development_reason)
    if motivation_weak and not any(measure.category is M.MOTIVATION for measure in measures):
        problems.append(Problem("plan.motivation", "内生动力不足的，请增加扶志扶智措施"))
    return problems + _breadth_problems(risks, measures)


def _labour_problems(
    labour: LabourState, measures: Sequence[PlannedMeasure], stable_work_income: bool, reason: str
) -> list[Problem]:
    if labour is LabourState.UNKNOWN:
        return [Problem("plan.labour_unknown", "还没有填写家庭成员的劳动力情况，请先补齐")]
    if needs_referral(labour, stable_work_income=stable_work_income):
        if any(measure.is_referral for measure in measures):
            return []
        return [Problem("plan.referral", f"该户{labour.title}，请增加综合保障措施，转民政部门办理农村低保或特困供养")]
    if reason.strip() or any(measure.category.is_development for measure in measures):
        return []
    return [Problem("plan.development", "该户有劳动力，请至少安排一项开发式帮扶（产业、就业、金融、公益岗位），或写明不安排的理由")]


def _breadth_problems(risks: Collection[Risk], measures: Sequence[PlannedMeasure]) -> list[Problem]:
    # What another sentence of 四 asks for anyway is no excess.
    free = {m.category for m in measures if not (m.category.is_development or m.is_referral or m.category is M.MOTIVATION)}
    if len(set(risks)) == 1 and len(free) > 1:
        return [warn("plan.single", "风险单一的实施单项措施，防止陷入福利陷阱；请核对是否需要多项")]
    if len(set(risks)) > 1 and len({measure.category for measure in measures}) == 1:
        return [warn("plan.combined", "风险复杂多样的应因户施策落实综合性帮扶措施；请核对一类措施是否够用")]
    return []
