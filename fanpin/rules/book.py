"""The book: rules as conditions on a sheet that facts add up to; here the ten circumstances of 附件2."""

import re

from fanpin.rules.circumstances import CIRCUMSTANCES
from fanpin.rules.relations import OUTSIDE_KIN
from fanpin.rules.sheet import Book, Measure, Rule
from fanpin.rules.titles import TitledEnum


class RuleSeverity(TitledEnum):
    """How strongly a rule speaks; none of them decides anything."""

    HIT = ("hit", "情形命中，须查实")
    CANDIDATE = ("candidate", "线索，须两项认定")
    NOTE = ("note", "提示，不构成情形")

    @property
    def needs_resolution(self) -> bool:
        """Say whether people must resolve it before the county decides."""
        return self is not RuleSeverity.NOTE


MEASURES: tuple[Measure, ...] = (
    Measure("office", "public_office",
            ("civil_servant", "managed_as_civil", "institution", "state_enterprise", "unknown")),
    Measure("office_other", "public_office", ("off_staff", "welfare_post", "village_cadre")),
    Measure("committee_paid", "village_committee_pay", ("paid",)),
    Measure("car", "vehicle", ("private_car", "unknown")),
    Measure("town_house", "property", ("flat", "town_self_built", "town_shop", "town_business", "unknown")),
    Measure("company", "company", ("91",)),
    Measure("trader", "company", ("92", "93")),
    Measure("operating", "business_activity", ("operating",)),
    Measure("idle", "business_activity", ("idle",)),
    Measure("large", "large_grower", ("large",)),
    Measure("hires", "hired_labour", ("hires",)),
    Measure("split", "hukou_movement", ("split", "merge")),
    Measure("moved_in", "hukou_movement", ("moved_in",)),
    Measure("empty_household", "empty_residence", ("household",)),
    Measure("empty_person", "empty_residence", ("person",)),
    Measure("gone", "person_status", ("dead", "imprisoned", "missing")),
    Measure("apart", "not_sharing", ("not_sharing",)),
    Measure("discipline", "credit_discipline", ("dishonest_debtor", "joint_discipline")),
)

# Facts about kin outside the household count for 第一项 only, and only of the head's parents, spouse and children.
_KIN = ", ".join(f"'{relation.value}'" for relation in sorted(OUTSIDE_KIN, key=lambda relation: relation.value))
OFFICE_REACH = f"(role = 'member' OR (role = 'kin' AND relation IN ({_KIN})))"
MEMBER, WITHIN = "role = 'member'", "role IN ('member', 'household')"

_HIT, _CANDIDATE, _NOTE = RuleSeverity.HIT, RuleSeverity.CANDIDATE, RuleSeverity.NOTE


def _rule(code: str, circumstance: int, severity: RuleSeverity, title: str, condition: str, ask: str, *,
          also: tuple[str, ...] = ()) -> Rule:
    named = {measure.name for measure in MEASURES}
    words = dict.fromkeys(re.findall(r"[a-z_]+", condition))
    evidence = (*(word for word in words if word in named), *also)
    return Rule(code, CIRCUMSTANCES[circumstance].clause, severity, title, condition, ask, evidence,
                circumstance=circumstance)


RULES: tuple[Rule, ...] = (
    _rule("c01_office", 1, _HIT, "国家公职人员", f"{OFFICE_REACH} AND office > 0", "请核实是否为国家公职人员、是否在职"),
    _rule("c01_other_post", 1, _NOTE, "编外、公益性岗位或村干部", f"{OFFICE_REACH} AND office_other > 0",
          "该身份不是国家公职人员，不构成本项情形"),
    _rule("c02_committee", 2, _HIT, "村“三委”干部领薪", f"{MEMBER} AND committee_paid > 0", "请核实任职和定期领取薪酬情况"),
    _rule("c03_car", 3, _HIT, "消费型汽车", f"{MEMBER} AND car > 0", "请核实实际用途，是否属于购买的消费型汽车"),
    _rule("c04_town_house", 4, _HIT, "城镇房产", f"{MEMBER} AND town_house > 0", "请核实来源和用途，是否为购买或自建"),
    _rule("c05_operating", 5, _HIT, "公司、企业实际经营", f"{MEMBER} AND company > 0 AND operating > 0",
          "登记并有实际经营，请核实经营情况", also=("idle",)),
    _rule("c05_unverified", 5, _HIT, "公司、企业经营待核实", f"{MEMBER} AND company > 0 AND operating = 0",
          "请核实是否实际开展经营活动；没有实际经营的不属于本项", also=("idle",)),
    _rule("c05_trader", 5, _NOTE, "个体工商户或合作社", f"{MEMBER} AND trader > 0", "不是公司、企业，不构成本项情形"),
    _rule("c06_large", 6, _HIT, "种植、养殖大户", f"{WITHIN} AND large > 0", "请核实现有规模"),
    _rule("c06_hires", 6, _HIT, "雇工生产经营", f"{WITHIN} AND hires > 0", "请核实是雇工还是换工、帮工"),
    _rule("c07_split", 7, _CANDIDATE, "分户、并户", f"{WITHIN} AND split > 0",
          "请分别认定：是否为享受帮扶支持而故意分户、并户；是否不符合识别条件"),
    _rule("c08_household", 8, _HIT, "空挂户", f"{WITHIN} AND empty_household > 0", "整户空挂，请核实实际居住情况"),
    _rule("c08_person", 8, _HIT, "空挂人口", f"{MEMBER} AND empty_person > 0", "请核实该人员迁入原因和实际居住情况，不影响其他成员"),
    _rule("c08_moved_in", 8, _NOTE, "户口迁入", f"{MEMBER} AND moved_in > 0", "户口为迁入，入户时请看是否实际居住"),
    _rule("c09_gone", 9, _HIT, "死亡、服刑、失踪", f"{MEMBER} AND gone > 0", "请核实；属实的从家庭成员中剔除该人员，不影响整户"),
    _rule("c09_apart", 9, _HIT, "不共享开支或收入", f"{MEMBER} AND apart > 0", "请核实；属实的从家庭成员中剔除该人员，不影响整户"),
    _rule("c10_discipline", 10, _CANDIDATE, "失信惩戒", f"{MEMBER} AND discipline > 0",
          "列入名单本身不构成情形，请分别认定：是否确已纳入失信惩戒；是否不符合识别条件"),
)

CIRCUMSTANCE_BOOK = Book(MEASURES, RULES)


def kinds_behind(circumstance: int) -> tuple[str, ...]:
    """List the kinds of fact that a circumstance rests on, notes left aside."""
    names = dict.fromkeys(name for rule in RULES if rule.circumstance == circumstance and rule.severity.needs_resolution
                          for name in rule.evidence)
    return tuple(dict.fromkeys(CIRCUMSTANCE_BOOK.measure(name).kind for name in names))
