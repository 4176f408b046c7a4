"""附件2: the ten circumstances, and what people did with a hit on one of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fanpin.rules.checks import CheckState
from fanpin.rules.clarifications import ResolutionKind, clarification
from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Verdict


YES, NO = "yes", "no"


class Concerns(TitledEnum):
    """Whom a circumstance looks at."""

    MEMBERS_AND_KIN = ("members_and_kin", "家庭成员和户主的父母、配偶、子女")
    MEMBERS = ("members", "家庭成员")
    HOUSEHOLD = ("household", "整户")
    HOUSEHOLD_OR_PERSON = ("household_or_person", "整户或个人")
    PERSON = ("person", "个人")


@dataclass(frozen=True)
class Circumstance:
    """One of the ten, in the policy's words."""

    number: int
    wording: str
    title: str
    concerns: Concerns
    needs_two: bool = False
    first_finding: str = ""

    @classmethod
    def of(cls, number: int) -> "Circumstance":
        """Return the circumstance with the number."""
        return CIRCUMSTANCES[number]

    @property
    def clause(self) -> str:
        """Return the clause as papers cite it."""
        return f"附件2 第{'一二三四五六七八九十'[self.number - 1]}项"

    @property
    def removes_person_only(self) -> bool:
        """Say whether a true hit takes the person out and leaves the household in (第九项)."""
        return self.number == 9


_C = Concerns

CIRCUMSTANCES: dict[int, Circumstance] = {row.number: row for row in (
    Circumstance(1, "有家庭成员或户主的父母、配偶、子女为国家公职人员的。", "国家公职人员", _C.MEMBERS_AND_KIN),
    Circumstance(2, "有家庭成员任“村三委”干部并定期领取薪酬的。", "村“三委”干部领薪", _C.MEMBERS),
    Circumstance(3, "购买了消费型汽车的。", "消费型汽车", _C.MEMBERS),
    Circumstance(4, "在城镇拥有自建房或购买商品房的、门面房以及其他经营用房的。", "城镇房产", _C.MEMBERS),
    Circumstance(5, "在市场监管部门注册登记公司、企业并实际开展经营活动的。", "公司、企业", _C.MEMBERS),
    Circumstance(6, "种植、养殖大户或雇佣他人从事生产经营活动的。", "大户或雇工", _C.HOUSEHOLD),
    Circumstance(7, "为享受监测对象帮扶支持，故意分户、并户，不符合监测对象识别条件的。", "故意分户、并户", _C.HOUSEHOLD_OR_PERSON,
                 needs_two=True, first_finding="是否为享受帮扶支持而故意分户、并户"),
    Circumstance(8, "空挂户或为套取帮扶支持将户口迁入村组的空挂人口。", "空挂户、空挂人口", _C.HOUSEHOLD_OR_PERSON),
    Circumstance(9, "死亡人员、服刑人员、失踪人员以及与户主不共享开支或收入的人员。", "死亡、服刑、失踪、不共享开支", _C.PERSON),
    Circumstance(10, "纳入失信惩戒不符合监测对象识别条件的。", "失信惩戒", _C.MEMBERS, needs_two=True,
                 first_finding="是否确已纳入失信惩戒"),
)}


@dataclass(frozen=True)
class ResolutionKey:
    """A resolution stands for exactly this evidence about this person; changed evidence reopens the hit."""

    circumstance: int
    person: str
    evidence_digest: str


@dataclass(frozen=True, kw_only=True)
class ResolutionDetails:
    """What people did with a hit, in their own words: texts as a form brings them and the record keeps them."""

    kind: ResolutionKind
    clarification: str = ""
    reasoning: str = ""
    evidence: str = ""
    # 查实 and 专门说明 of a special case (二(三)): how, when and where the villagers were told, and what they said.
    verified: str = ""
    verifier: str = ""
    explained_how: str = ""
    explained_on: str = ""
    explained_where: str = ""
    feedback: str = ""
    # What 第七 and 第十项 ask twice: the fact (for 第七 the intention), and the criteria of 二(一)、二(三).
    fact_holds: str = ""
    fact_reason: str = ""
    criteria_met: str = ""
    criteria_reason: str = ""

    @property
    def found_twice(self) -> bool:
        """Say whether both findings are on record, each with its reason."""
        answers = {self.fact_holds, self.criteria_met} <= {YES, NO}
        return answers and bool(self.fact_reason.strip() and self.criteria_reason.strip())

    @property
    def circumstance_holds(self) -> bool:
        """Say whether both halves of the clause hold: the fact, and that the criteria are not met."""
        return self.fact_holds == YES and self.criteria_met == NO


def stands_for(resolved: ResolutionKey, found: ResolutionKey) -> bool:
    """Say whether a resolution still answers the finding: same circumstance, person and evidence."""
    return resolved == found


def kinds_allowed(circumstance: Circumstance, *, about_person: bool) -> tuple[ResolutionKind, ...]:
    """List what people may do with a hit on this circumstance, as the form offers it."""
    return tuple(kind for kind in ResolutionKind if not _kind_objection(circumstance, kind, about_person))


def judge_resolution(circumstance: Circumstance, resolution: ResolutionDetails, *, about_person: bool,
                     today: date) -> Verdict:
    """Judge whether a resolution may stand, and say what it lacks (附件2、二(三))."""
    kind = resolution.kind
    objection = _kind_objection(circumstance, kind, about_person) or _two_objection(circumstance, resolution)
    if not objection and kind.has_no_effect:
        objection = _no_effect_objection(circumstance, resolution)
    if not objection and kind is ResolutionKind.SPECIAL_CASE:
        objection = _special_objection(circumstance, resolution, today)
    if not objection and kind in (ResolutionKind.NOT_INCLUDED, ResolutionKind.PERSON_REMOVED):
        objection = "" if resolution.reasoning.strip() else "请写明核实情况和理由"
    clause = "二(三)" if kind is ResolutionKind.SPECIAL_CASE else circumstance.clause
    return Verdict(not objection, objection or f"{kind.title}，材料齐全", clause)


def _kind_objection(circumstance: Circumstance, kind: ResolutionKind, about_person: bool) -> str:
    if kind is ResolutionKind.PERSON_REMOVED:
        if circumstance.number not in (8, 9) or not about_person:
            return "“人员剔除”只用于第九项人员和第八项的空挂人口"
    elif circumstance.removes_person_only and not kind.has_no_effect:
        return "第九项只剔除该人员，不影响整户纳入；属实的请选择“人员剔除”"
    return ""


def _two_objection(circumstance: Circumstance, resolution: ResolutionDetails) -> str:
    if not circumstance.needs_two or resolution.kind is ResolutionKind.FACT_WRONG:
        return ""
    if not resolution.found_twice:
        return f"本项须分别认定并写明理由：一是{circumstance.first_finding}；二是是否符合二(一)、二(三)的识别条件"
    if resolution.kind is ResolutionKind.OUTSIDE_WORDING and resolution.circumstance_holds:
        return "两项认定都成立，属于本条款所指，不能按“不属于条款所指”处理"
    if not resolution.kind.has_no_effect and not resolution.circumstance_holds:
        return "两项认定没有同时成立，不属于本条款所指，请选择“不属于条款所指”"
    return ""


def _no_effect_objection(circumstance: Circumstance, resolution: ResolutionDetails) -> str:
    if resolution.clarification:
        row = clarification(circumstance.number, resolution.clarification)
        if row is None:
            return f"所选说明不适用于{circumstance.clause}"
        if row.carries is ResolutionKind.SPECIAL_CASE:
            return f"“{row.title}”仍属于本条款所指，确需纳入的请按“特殊情况”查实并专门说明"
        if row.carries is not resolution.kind:
            return f"“{row.title}”应按“{row.carries.title}”处理"
    elif not resolution.reasoning.strip():
        return "请选择一项说明，或写明理由"
    return "" if resolution.evidence.strip() else "请写明核实依据（证明、凭证或核实记录）"


def _special_objection(circumstance: Circumstance, resolution: ResolutionDetails, today: date) -> str:
    if resolution.clarification and clarification(circumstance.number, resolution.clarification) is None:
        return f"所选说明不适用于{circumstance.clause}"
    if not resolution.verified.strip() or not resolution.verifier.strip():
        return "特殊情况确需纳入的，请写明查实情况和查实人"
    if not resolution.explained_how.strip() or not resolution.explained_where.strip():
        return "请登记对群众的专门说明：方式、日期和地点"
    try:
        explained_on = date.fromisoformat(resolution.explained_on)
    except ValueError:
        return "请按 2026-03-02 的样式填写对群众专门说明的日期"
    if explained_on > today:
        return "对群众专门说明的日期不能晚于今天"
    return "" if resolution.feedback.strip() else "请写明群众听取说明后的反馈（没有意见也请写明）"


class Light(TitledEnum):
    """How a circumstance shows on the page of a case; only CLEAR says that nothing stands in the way."""

    HIT = ("hit", "有情形，待处理")
    UNKNOWN = ("unknown", "尚未查清")
    CLEAR = ("clear", "未发现该情形")


def light(states: Iterable[CheckState], *, open_hit: bool) -> Light:
    """Sum up the checks behind a circumstance; without every answer present it is never clear (design §1 (5))."""
    known = list(states)
    if open_hit:
        return Light.HIT
    return Light.CLEAR if known and all(state.is_present for state in known) else Light.UNKNOWN
