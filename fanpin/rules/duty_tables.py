"""The tables: duties of 附件1 in their own words, and which department answers each fact of 三(六)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fanpin.rules.departments import BLOCKING_DEPARTMENTS, Department, DutyKind
from fanpin.rules.duty_feeds import FEED_KINDS
from fanpin.rules.duty_kinds import REVIEW_KINDS, Kind, SubjectKind
from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Problem

KINDS: dict[str, Kind] = {kind.code: kind for kind in (*REVIEW_KINDS, *FEED_KINDS)}

_D, _K = Department, DutyKind


def kind_of(code: str) -> Kind:
    """Return the kind with the code; an unknown code is a programming error."""
    return KINDS[code]


@dataclass(frozen=True)
class Duty:
    """One duty of 附件1 in its own words, with the kinds of fact that come of it."""

    department: Department
    kind: DutyKind
    wording: str
    facts: tuple[str, ...] = ()


DUTIES: tuple[Duty, ...] = (
    Duty(_D.EDUCATION, _K.PROVIDE, "提供在民办高等学校或沿海发达地区公办高等学校就读的学生信息", ("student_away",)),
    Duty(_D.EDUCATION, _K.CONFIRM, "核准监测对象就学及省内就读学生受资助情况", ("schooling", "student_aid")),
    Duty(_D.PUBLIC_SECURITY, _K.CONFIRM, "核准监测对象姓名、户籍、公民身份证、同户成员等信息",
         ("household_registration", "family_relation", "hukou_movement", "person_status")),
    Duty(_D.PUBLIC_SECURITY, _K.COMPARE, "提供并比对监测对象家庭拥有机动车信息", ("vehicle",)),
    Duty(_D.PUBLIC_SECURITY, _K.PROVIDE, "提供因交通事故致伤、致残、致亡的农户信息", ("traffic_injury",)),
    Duty(_D.PUBLIC_SECURITY, _K.PROVIDE, "提供因各类刑事案件造成家庭重要劳动力致伤、致残、致亡的农户信息", ("crime_injury",)),
    Duty(_D.CIVIL_AFFAIRS, _K.CHECK, "核查监测对象享受低保、特困供养等情况", ("dibao",)),
    Duty(_D.CIVIL_AFFAIRS, _K.PROVIDE, "提供给予临时救助的农户或个人信息", ("temporary_relief",)),
    Duty(_D.HUMAN_RESOURCES, _K.CHECK, "核查监测对象参加养老保险及务工等情况", ("pension", "labour_outwork")),
    Duty(_D.HUMAN_RESOURCES, _K.PROVIDE, "提供家庭原有外出务工人员，但因各种原因一个月以上未复工农户信息", ("not_back_at_work",)),
    Duty(_D.NATURAL_RESOURCES, _K.PROVIDE, "提供监测对象购买商品房、门面房等不动产登记证信息", ("property",)),
    Duty(_D.HOUSING, _K.RATE, "核查认定监测对象住房面积、住房等级、配套设施等情况", ("house_grade",)),
    Duty(_D.HOUSING, _K.PROVIDE, "提供新认定为 C、D 级危房的农户信息", ("dangerous_house",)),
    Duty(_D.AGRICULTURE, _K.CONFIRM,
         "核准监测对象发展种养殖业面积（规模）、水产养殖面积、联结农民专业合作社的情况以及村级集体经济收入等情况",
         ("land_and_herd", "large_grower", "village_income")),
    Duty(_D.AGRICULTURE, _K.PROVIDE, "提供受病虫害、旱灾、泥石流等灾害影响种养殖生产的农户信息", ("farm_disaster",)),
    Duty(_D.WATER, _K.CONFIRM, "核准监测对象饮水保障情况", ("water_supply",)),
    Duty(_D.WATER, _K.PROVIDE, "提供饮水未完全保障的农户信息", ("water_shortage",)),
    Duty(_D.HEALTH, _K.PROVIDE, "提供监测对象疾病救治信息", ("disease_treatment",)),
    Duty(_D.EMERGENCY, _K.PROVIDE, "提供受地质灾害、地震、气象条件突变等自然灾害影响的农户信息和因发生火灾造成损失的农户信息",
         ("natural_disaster", "fire_loss")),
    Duty(_D.MARKET, _K.CONFIRM, "核准监测对象注册登记公司、企业等相关信息", ("company",)),
    Duty(_D.FORESTRY, _K.CONFIRM, "核准监测对象拥有林地、生态补偿、护林员收入等情况", ("forest_income",)),
    Duty(_D.FORESTRY, _K.PROVIDE, "提供受林草有害生物、森林火灾影响的农户信息", ("forest_disaster",)),
    Duty(_D.STATISTICS, _K.PROVIDE, "提供乡村人口等情况", ("rural_population",)),
    Duty(_D.STATISTICS, _K.GUIDE, "指导相关收入核算", ("income_method",)),
    Duty(_D.RURAL_REVITALIZATION, _K.PROVIDE, "综合部门信息形成到户预警信息，及时分解下发到各乡镇和行政村"),
    Duty(_D.RURAL_REVITALIZATION, _K.ENTER, "监测对象信息在全国防返贫监测信息系统中的录入和标注工作",
         ("national_entry",)),
    Duty(_D.MEDICAL_INSURANCE, _K.PROVIDE, "提供家庭成员因病住院医保报销后自付费用较高的农户信息", ("high_medical_cost",)),
    Duty(_D.MEDICAL_INSURANCE, _K.CHECK, "核查监测对象享受重特大疾病救助情况", ("medical_aid",)),
    Duty(_D.DISABLED_FEDERATION, _K.CHECK, "核查监测对象残疾人口、证件等情况", ("disability",)),
    Duty(_D.DISABLED_FEDERATION, _K.PROVIDE, "提供家庭成员有一、二类重度残疾人和三、四级智力或精神残疾人的农户信息",
         ("disabled_person",)),
    Duty(_D.OTHER, _K.CHECK, "核查、提供职责范围内的相关情况、数据",
         ("public_office", "village_committee_pay", "credit_discipline", "business_activity", "hired_labour",
          "marriage", "medical_cost", "elder_care", "empty_residence", "not_sharing")),
)


def duties_of(department: Department) -> tuple[Duty, ...]:
    """List the duties of a department in the order of 附件1."""
    return tuple(duty for duty in DUTIES if duty.department is department)


class FactOfReview(TitledEnum):
    """What 三(六) has the departments go over again: two summaries and nine facts."""

    ASSETS = ("assets", "家庭资产信息")
    BASICS = ("basics", "基本信息")
    REGISTER = ("register", "户口")
    HOUSE = ("house", "房产")
    VEHICLE = ("vehicle", "车辆")
    OFFICE = ("office", "国家公职人员")
    BUSINESS = ("business", "经营实体")
    HEALTH = ("health", "健康状况")
    SCHOOLING = ("schooling", "就学情况")
    OUTWORK = ("outwork", "外出务工")
    RELATIONS = ("relations", "家庭成员关系")


class Source(TitledEnum):
    """Who says that this department answers this fact."""

    ANNEX = ("annex", "附件1")
    COUNTY = ("county", "县级分工")


@dataclass(frozen=True)
class Answerer:
    """Which department answers a fact of the review with which kinds, and who says so."""

    fact: FactOfReview
    department: Department
    kinds: tuple[str, ...]
    source: Source


_F, _ANNEX, _COUNTY = FactOfReview, Source.ANNEX, Source.COUNTY

# business_activity is asked once a company is known; empty_residence and not_sharing are seen by the visitors.
FACTS_OF_REVIEW: tuple[Answerer, ...] = (
    Answerer(_F.REGISTER, _D.PUBLIC_SECURITY, ("household_registration", "hukou_movement"), _ANNEX),
    Answerer(_F.RELATIONS, _D.PUBLIC_SECURITY, ("family_relation",), _ANNEX),
    Answerer(_F.VEHICLE, _D.PUBLIC_SECURITY, ("vehicle",), _ANNEX),
    Answerer(_F.BASICS, _D.PUBLIC_SECURITY, ("person_status",), _COUNTY),
    Answerer(_F.SCHOOLING, _D.EDUCATION, ("schooling", "student_aid"), _ANNEX),
    Answerer(_F.RELATIONS, _D.CIVIL_AFFAIRS, ("marriage",), _COUNTY),
    Answerer(_F.BASICS, _D.CIVIL_AFFAIRS, ("dibao",), _ANNEX),
    Answerer(_F.OFFICE, _D.FINANCE, ("public_office", "village_committee_pay"), _COUNTY),
    Answerer(_F.OUTWORK, _D.HUMAN_RESOURCES, ("labour_outwork",), _ANNEX),
    Answerer(_F.BASICS, _D.HUMAN_RESOURCES, ("pension",), _ANNEX),
    Answerer(_F.HOUSE, _D.NATURAL_RESOURCES, ("property",), _ANNEX),
    Answerer(_F.HOUSE, _D.HOUSING, ("house_grade",), _ANNEX),
    Answerer(_F.ASSETS, _D.AGRICULTURE, ("land_and_herd", "large_grower"), _ANNEX),
    Answerer(_F.BUSINESS, _D.AGRICULTURE, ("hired_labour",), _COUNTY),
    Answerer(_F.BASICS, _D.WATER, ("water_supply",), _ANNEX),
    Answerer(_F.HEALTH, _D.HEALTH, ("disease_treatment",), _ANNEX),
    Answerer(_F.BUSINESS, _D.MARKET, ("company",), _ANNEX),
    Answerer(_F.ASSETS, _D.FORESTRY, ("forest_income",), _ANNEX),
    Answerer(_F.HEALTH, _D.MEDICAL_INSURANCE, ("medical_aid",), _ANNEX),
    Answerer(_F.HEALTH, _D.MEDICAL_INSURANCE, ("medical_cost",), _COUNTY),
    Answerer(_F.BASICS, _D.STATISTICS, ("income_method",), _ANNEX),
    Answerer(_F.HEALTH, _D.DISABLED_FEDERATION, ("disability",), _ANNEX),
    Answerer(_F.ASSETS, _D.CENTRAL_BANK, ("credit_discipline",), _COUNTY),
)


def review_problems(rows: Sequence[Answerer] = FACTS_OF_REVIEW) -> tuple[Problem, ...]:
    """Name every fact without an answerer, blocking department without a question and kind asked amiss (三(六))."""
    return (*_unanswered(rows), *_silent(rows), *_amiss(rows))


def _unanswered(rows: Sequence[Answerer]) -> Iterable[Problem]:
    answered = {row.fact for row in rows if row.kinds}
    for fact in FactOfReview:
        if fact not in answered:
            yield Problem("fact_unanswered", f"“{fact.title}”没有部门答复，请在县级分工中指定部门", subject=fact.value)


def _silent(rows: Sequence[Answerer]) -> Iterable[Problem]:
    asked = {row.department for row in rows if row.kinds}
    for department in BLOCKING_DEPARTMENTS:
        if department not in asked:
            text = f"{department.title}参加联审，但没有分到要答复的事项"
            yield Problem("department_unasked", text, subject=department.value)


def _amiss(rows: Sequence[Answerer]) -> Iterable[Problem]:
    times = Counter((row.department, code) for row in rows for code in row.kinds)
    for (department, code), count in times.items():
        kind = KINDS.get(code)
        if kind is None:
            yield Problem("kind_unknown", f"没有“{code}”这一事项", subject=code)
        elif count > 1:
            yield Problem("kind_twice", f"“{kind.title}”向{department.title}重复分配", subject=code)
        elif kind.village or kind.subject is SubjectKind.VILLAGE:
            yield Problem("kind_not_for_review", f"“{kind.title}”不由部门逐户答复，不列入联审", subject=code)
