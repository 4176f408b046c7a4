"""Typical explanations of a hit, each with what it allows: a table for 附件2 (domain practice, not the policy's text)."""

from dataclasses import dataclass

from fanpin.rules.titles import TitledEnum


class ResolutionKind(TitledEnum):
    """What people may do with a hit; a true hit is never without effect (二(三)、附件2)."""

    FACT_WRONG = ("fact_wrong", "事实有误")
    OUTSIDE_WORDING = ("outside_wording", "不属于条款所指")
    NOT_INCLUDED = ("not_included", "属实，不予纳入")
    SPECIAL_CASE = ("special_case", "属实，特殊情况确需纳入")
    PERSON_REMOVED = ("person_removed", "人员剔除")

    @property
    def has_no_effect(self) -> bool:
        """Say whether the hit falls away; only a wrong fact or one outside the words does."""
        return self in (ResolutionKind.FACT_WRONG, ResolutionKind.OUTSIDE_WORDING)


@dataclass(frozen=True)
class Clarification:
    """One typical explanation of a hit on one circumstance, and the one resolution that it can carry."""

    circumstance: int
    code: str
    title: str
    carries: ResolutionKind


_WRONG, _OUTSIDE, _SPECIAL = ResolutionKind.FACT_WRONG, ResolutionKind.OUTSIDE_WORDING, ResolutionKind.SPECIAL_CASE

CLARIFICATIONS: tuple[Clarification, ...] = (
    Clarification(1, "mistaken_identity", "同名或证件错误，不是本人", _WRONG),
    Clarification(1, "left_office", "已退休、离职或被辞退", _WRONG),
    Clarification(1, "welfare_post", "公益性岗位，不是国家公职人员", _OUTSIDE),
    Clarification(1, "off_staff", "编外、合同制或劳务派遣人员", _OUTSIDE),
    Clarification(1, "village_cadre", "村（社区）干部（按第二项判断）", _OUTSIDE),
    Clarification(1, "not_named_kin", "与户主不是父母、配偶、子女关系且不在户内", _OUTSIDE),
    Clarification(2, "mistaken_identity", "同名或证件错误，不是本人", _WRONG),
    Clarification(2, "term_over", "任期已满，不再任职", _WRONG),
    Clarification(2, "no_regular_pay", "没有定期领取薪酬", _OUTSIDE),
    Clarification(2, "group_leader", "村民小组长，不是村“三委”干部", _OUTSIDE),
    Clarification(3, "mistaken_identity", "同名或证件错误，不是本人", _WRONG),
    Clarification(3, "sold", "已卖出，尚未过户", _WRONG),
    Clarification(3, "scrapped", "已报废，尚未注销", _WRONG),
    Clarification(3, "name_lent", "亲友借名登记，不是本户购买", _WRONG),
    Clarification(3, "production_vehicle", "货运、营运、农用等生产用车", _OUTSIDE),
    Clarification(3, "not_a_car", "摩托车、三轮车、拖拉机等，不是汽车", _OUTSIDE),
    Clarification(3, "disabled_aid", "残疾人专用代步车", _OUTSIDE),
    Clarification(3, "old_car", "车辆老旧、价值低", _SPECIAL),
    Clarification(3, "sale_pending", "因病等急难正在变卖", _SPECIAL),
    Clarification(4, "mistaken_identity", "同名或证件错误，不是本人", _WRONG),
    Clarification(4, "transferred", "已转让，尚未过户", _WRONG),
    Clarification(4, "relocation", "易地扶贫搬迁安置房", _OUTSIDE),
    Clarification(4, "resettlement", "拆迁安置房", _OUTSIDE),
    Clarification(4, "homestead", "农村宅基地上的住房", _OUTSIDE),
    Clarification(4, "share_only", "仅有份额或继承未分割", _SPECIAL),
    Clarification(5, "mistaken_identity", "同名、证件错误或被冒名登记", _WRONG),
    Clarification(5, "deregistered", "已注销或吊销", _WRONG),
    Clarification(5, "not_operating", "没有实际开展经营活动（无年报、无开票、无纳税）", _OUTSIDE),
    Clarification(5, "sole_trader", "个体工商户，不是公司、企业", _OUTSIDE),
    Clarification(5, "cooperative_member", "农民专业合作社成员", _OUTSIDE),
    Clarification(5, "collective_company", "村集体公司挂名法定代表人", _OUTSIDE),
    Clarification(6, "mistaken_identity", "登记错误，不是本户", _WRONG),
    Clarification(6, "below_threshold", "规模未达到本县大户标准", _OUTSIDE),
    Clarification(6, "kept_for_cooperative", "为合作社、企业代养", _OUTSIDE),
    Clarification(6, "labour_exchange", "季节性换工、帮工，不是雇工", _OUTSIDE),
    Clarification(6, "crop_failed", "受灾绝收、疫病清栏", _SPECIAL),
    Clarification(7, "wrong_record", "登记错误，没有分户或并户", _WRONG),
    Clarification(7, "married_out", "婚嫁分户", _OUTSIDE),
    Clarification(7, "before_monitoring", "分户、并户与享受帮扶支持无关", _OUTSIDE),
    Clarification(7, "meets_criteria", "符合监测对象识别条件", _OUTSIDE),
    Clarification(8, "wrong_record", "核实有误，实际在本村生产生活", _WRONG),
    Clarification(8, "married_in", "婚嫁、投靠等迁入并实际居住", _OUTSIDE),
    Clarification(9, "alive", "本人健在，登记错误", _WRONG),
    Clarification(9, "released", "已刑满释放并回家生活", _WRONG),
    Clarification(9, "found", "已寻回", _WRONG),
    Clarification(9, "shares_income", "学生、外出务工、服役等，仍与户主共享开支或收入", _OUTSIDE),
    Clarification(10, "mistaken_identity", "同名或证件错误，不是本人", _WRONG),
    Clarification(10, "settled", "已履行完毕，应当退出名单", _WRONG),
    Clarification(10, "meets_criteria", "符合监测对象识别条件", _OUTSIDE),
)


def clarifications_for(circumstance: int) -> tuple[Clarification, ...]:
    """List the typical explanations of a circumstance, as a form offers them."""
    return tuple(row for row in CLARIFICATIONS if row.circumstance == circumstance)


def clarification(circumstance: int, code: str) -> Clarification | None:
    """Return the explanation with the code, or None where the circumstance does not know it."""
    return next((row for row in CLARIFICATIONS if (row.circumstance, row.code) == (circumstance, code)), None)
