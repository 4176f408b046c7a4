"""The warning book: what each department provides of rural households (附件1) becomes a household's warning (三(二)).

The wording warns by itself: every fact inside it. Numbers stand only where the policy leaves one open (“较高”), or say
what is looked at first. Nothing here includes anybody, and nothing excludes.
"""

import re

from fanpin.rules.departments import Department as D
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.sheet import YEAR_DAYS, Book, Measure, Rule
from fanpin.rules.titles import TitledEnum


class WarningSeverity(TitledEnum):
    """In what order warnings are looked at; every one of them stays due until it is verified."""

    URGENT = ("urgent", "请优先核实")
    ORDINARY = ("ordinary", "请核实")

    @property
    def weight(self) -> int:
        """Return what a finding of this severity adds to the order of a household's warning."""
        return 10 if self is WarningSeverity.URGENT else 3


_FATAL = ("disabled", "dead")

WARNING_MEASURES: tuple[Measure, ...] = (
    Measure("student", "student_away"),
    Measure("student_fees", "student_away", adds=True),
    Measure("traffic", "traffic_injury", within_days=YEAR_DAYS),
    Measure("traffic_grave", "traffic_injury", _FATAL, within_days=YEAR_DAYS),
    Measure("crime", "crime_injury", within_days=YEAR_DAYS),
    Measure("crime_grave", "crime_injury", _FATAL, within_days=YEAR_DAYS),
    Measure("relief", "temporary_relief", within_days=YEAR_DAYS),
    Measure("not_back", "not_back_at_work", for_months=1),
    Measure("not_back_long", "not_back_at_work", for_months=3),
    Measure("bad_house", "dangerous_house", within_days=YEAR_DAYS),
    Measure("worst_house", "dangerous_house", ("D",), within_days=YEAR_DAYS),
    Measure("farm", "farm_disaster", within_days=YEAR_DAYS),
    Measure("farm_area", "farm_disaster", adds=True, within_days=YEAR_DAYS),
    Measure("water_short", "water_shortage"),
    Measure("water_short_long", "water_shortage", for_months=1),
    Measure("disaster", "natural_disaster", within_days=YEAR_DAYS),
    Measure("disaster_loss", "natural_disaster", adds=True, within_days=YEAR_DAYS),
    Measure("fire", "fire_loss", within_days=YEAR_DAYS),
    Measure("fire_cost", "fire_loss", adds=True, within_days=YEAR_DAYS),
    Measure("forest", "forest_disaster", within_days=YEAR_DAYS),
    Measure("forest_area", "forest_disaster", adds=True, within_days=YEAR_DAYS),
    Measure("method_wrong", "income_method", ("to_correct",), within_days=YEAR_DAYS),
    Measure("medical_paid", "high_medical_cost", adds=True, within_days=YEAR_DAYS),
    Measure("disability", "disabled_person"),
    Measure("disability_severe", "disabled_person", ("severe",)),
)
# Columns of the household's sheet that are no measure.
LIFTED = "lifted"
LIMITS = ("medical_paid", "medical_paid_lifted", "medical_urgent", "tuition_urgent", "farm_area_urgent", "loss_urgent",
          "relief_urgent")
_MEDICAL = f"(medical_paid >= t_medical_paid OR ({LIFTED} = 1 AND medical_paid >= t_medical_paid_lifted))"


def _rule(code: str, kind: str, condition: str, ask: str, *, urgent: str = "", clause: str = "", title: str = "") -> Rule:
    named = {measure.name for measure in WARNING_MEASURES}
    words = dict.fromkeys(re.findall(r"[a-z_]+", condition))
    evidence = tuple(word for word in words if word in named)
    return Rule(code, clause or f"附件1 {kind_of(kind).departments[0].title}", WarningSeverity.ORDINARY,
                title or kind_of(kind).title, condition, ask, evidence, urgent)


WARNING_RULES: tuple[Rule, ...] = (
    _rule("w_student", "student_away", "student > 0", "请入户核实上学费用由谁承担、是否影响家庭生活",
          urgent="student_fees >= t_tuition_urgent"),
    _rule("w_traffic", "traffic_injury", "traffic > 0", "请入户核实伤情、医疗费用和赔偿、家庭劳动力变化", urgent="traffic_grave > 0"),
    _rule("w_crime", "crime_injury", "crime > 0", "请入户核实家庭劳动力变化、医疗费用和救助情况", urgent="crime_grave > 0"),
    _rule("w_relief", "temporary_relief", "relief > 0", "请入户核实致困原因是否消除，救助后生活是否稳定",
          urgent="relief >= t_relief_urgent"),
    _rule("w_not_back", "not_back_at_work", "not_back > 0", "请入户核实未复工原因、家庭收入是否大幅减少", urgent="not_back_long > 0"),
    _rule("w_house", "dangerous_house", "bad_house > 0", "请入户核实是否居住在该房屋、有没有其他安全住房", urgent="worst_house > 0"),
    _rule("w_farm", "farm_disaster", "farm > 0", "请入户核实受灾损失、保险赔付和恢复生产情况", urgent="farm_area >= t_farm_area_urgent"),
    _rule("w_water", "water_shortage", "water_short > 0", "请入户核实水量、水质、取水方便程度和供水保证率", urgent="water_short_long > 0"),
    _rule("w_disaster", "natural_disaster", "disaster > 0", "请入户核实人员、住房和生产受损情况，是否需要安置",
          urgent="disaster_loss >= t_loss_urgent"),
    _rule("w_fire", "fire_loss", "fire > 0", "请入户核实住房和财产损失，是否有安全住处", urgent="fire_cost >= t_loss_urgent"),
    _rule("w_forest", "forest_disaster", "forest > 0", "请入户核实林地受损和收入影响", urgent="forest_area >= t_farm_area_urgent"),
    _rule("w_income_method", "income_method", "method_wrong > 0", "请按统计部门意见重新核算该户收入"),
    _rule("w_medical", "high_medical_cost", _MEDICAL, "请入户核实是否仍需继续治疗、有没有借债、是否还能报销或救助",
          urgent="medical_paid >= t_medical_urgent"),
    _rule("w_disability", "disabled_person", "disability > 0", "请入户核实照料负担、两项补贴和劳动能力，登记为重点人群",
          urgent="disability_severe > 0 AND not_back > 0"),
    # 二(一): 刚性支出较大或收入大幅缩减; both at once are looked at first.
    _rule("w_both", "high_medical_cost", f"not_back > 0 AND {_MEDICAL}",
          "务工收入中断又有大额医疗支出，请优先入户，核实基本生活是否出现严重困难", urgent="not_back > 0", clause="二(一)",
          title="收入减少与刚性支出同时出现"),
)

WARNING_BOOK = Book(WARNING_MEASURES, WARNING_RULES, by_household=True, limits=LIMITS)

# Kinds that arrive in bulk but are about a village: for matching and for the books of the county, no household's warning.
OF_VILLAGES = ("village_income", "rural_population")
# What the county itself wrote into the national system: it says of a household nothing but what was determined here,
# so it is compared with the cases (`steps/national.py`) and is no sign of a risk.
OF_OUR_OWN_WORK = ("national_entry",)
# 二(一) 重点关注: which feed says that a person belongs to which focus group (`rules.members.FocusGroup`).
FOCUS_OF = {("disabled_person", "severe"): "severe_disability", ("disabled_person", "mind"): "mind_disability"}


def limits_behind(rule: Rule) -> tuple[str, ...]:
    """List the numbers that decide whether the rule warns."""
    words = re.findall(r"t_([a-z_]+)", rule.condition)
    return tuple(dict.fromkeys(word for word in words if word in LIMITS))


def monthly_kinds(department: D) -> tuple[str, ...]:
    """List the kinds of fact that a department tells every month, for warnings go to the villages by the month (三(二))."""
    return tuple(dict.fromkeys(measure.kind for measure in WARNING_MEASURES if department in kind_of(measure.kind).departments))


def department_of(rule: Rule) -> D:
    """Return the department whose facts the rule rests on first."""
    return kind_of(WARNING_BOOK.kinds_of(rule)[0]).departments[0]
