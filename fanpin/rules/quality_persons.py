"""疑点 rules about persons, and about the members as a set."""

from fanpin.rules.members import Health, Relation
from fanpin.rules.quality_file import FIELD_TOOL, Found, HouseholdFile, rule
from fanpin.rules.risks import MeasureCategory

FILE, PLAN = "household", "plan"
SCHOOL_PLAN = "雨露计划"


@rule("5_12_008", "16至59岁、健康、不在校，却无劳动力", mend=FILE)
def able_without_labour(file: HouseholdFile) -> Found:
    """5_12_008."""
    for person in file.persons:
        age = person.age(file.today)
        if (age is not None and 16 <= age <= 59 and person.health == {Health.HEALTHY} and person.schooling is None
                and person.labour is not None and not person.labour.is_full):
            yield person.name, f"{age}岁，健康，不在校，劳动技能为“{person.labour.title}”"


@rule("5_15_012", "有雨露计划，没有中、高职学生", mend=PLAN)
def plan_without_student(file: HouseholdFile) -> Found:
    """5_15_012."""
    if file.has(MeasureCategory.EDUCATION, SCHOOL_PLAN) and not any(person.at_vocational_school for person in file.persons):
        yield "", "措施有雨露计划，没有成员在中职、高职就读"


@rule("1111_2", "中、高职学生没有雨露计划", mend=PLAN)
def student_without_plan(file: HouseholdFile) -> Found:
    """1111_2."""
    if file.monitored and not file.has(MeasureCategory.EDUCATION, SCHOOL_PLAN):
        for person in file.persons:
            if person.at_vocational_school:
                yield person.name, "在中职、高职就读，没有登记雨露计划"


@rule("5_15_016", "6至16岁，在校生状况和未上学原因都没有填", mend=FILE)
def no_word_of_school(file: HouseholdFile) -> Found:
    """5_15_016."""
    for person in file.persons:
        age = person.age(file.today)
        if age is not None and 6 <= age <= 16 and person.schooling is None and not person.not_at_school and person.education is None:
            yield person.name, f"{age}岁，在校生状况和未上学原因都没有填写"


@rule("5_15_019", "特困供养人员18至59岁、健康、不是学生", mend=FILE)
def able_in_care(file: HouseholdFile) -> Found:
    """5_15_019."""
    for person in file.persons:
        age = person.age(file.today)
        if (person.destitute not in ("", "不享受") and age is not None and 18 <= age <= 59
                and person.health == {Health.HEALTHY} and person.schooling is None):
            yield person.name, f"特困供养，{age}岁，健康，不是学生"


@rule("member.number", "没有登记身份证号", mend=FILE, source=FIELD_TOOL)
def no_number(file: HouseholdFile) -> Found:
    """The member set of the export: an ID number for everybody."""
    for person in file.persons:
        if not person.has_number:
            yield person.name, "没有登记身份证号"


@rule("member.head", "户主不是一名", mend=FILE, source=FIELD_TOOL)
def one_head(file: HouseholdFile) -> Found:
    """>1 户主, 0 户主."""
    heads = sum(person.relation is Relation.HEAD for person in file.persons)
    if heads != 1:
        yield "", f"这户有{heads}名户主" if heads else "这户没有户主"


@rule("member.spouse", "配偶多于一名", mend=FILE, source=FIELD_TOOL)
def one_spouse(file: HouseholdFile) -> Found:
    """>1 配偶 per household."""
    spouses = sum(person.relation is Relation.SPOUSE for person in file.persons)
    if spouses > 1:
        yield "", f"这户有{spouses}名配偶"


@rule("member.spouse_sex", "户主与配偶性别相同", mend=FILE, source=FIELD_TOOL)
def spouse_sex(file: HouseholdFile) -> Found:
    """户主 and 配偶 of the same sex by digit 17."""
    sexes = [person.sex for person in file.persons if person.relation in (Relation.HEAD, Relation.SPOUSE)]
    if len(sexes) == 2 and sexes[0] is not None and sexes[0] is sexes[1]:
        yield "", "户主与配偶性别相同，请核对身份证号和与户主关系"


@rule("member.schooling", "文化程度和在校生状况没有恰好填一项", mend=FILE, source=FIELD_TOOL)
def schooling_or_education(file: HouseholdFile) -> Found:
    """文化程度 xor 在校生状况; for those not monitored, nulls are too common to be a sign."""
    for person in file.persons:
        if person.education and person.schooling:
            yield person.name, "文化程度和在校生状况都填了，只能填一项"
        elif (file.monitored or file.surveyed) and not person.education and not person.schooling and (
                (age := person.age(file.today)) is None or age > 16 or age < 6):
            yield person.name, "文化程度和在校生状况都没有填"


@rule("member.work", "务工地点和务工时间只填了一项", mend=FILE, source=FIELD_TOOL)
def work_half_told(file: HouseholdFile) -> Found:
    """务工地点 and 务工时间 go together; of households that nobody looks at, half-told work is too common to be a sign."""
    for person in file.persons if file.monitored or file.surveyed else ():
        if bool(person.work) != (person.work_months is not None):
            yield person.name, "填了务工地点没有填务工月数" if person.work else "填了务工月数没有填务工地点"


@rule("member.insurance", "居民医保和职工医保都参加或都没有参加", mend=FILE, source=FIELD_TOOL)
def both_or_neither(file: HouseholdFile) -> Found:
    """Both or neither of 居民医保 and 职工医保; only where both were answered."""
    for person in file.persons:
        if person.insured is not None and person.worker_insured is not None and person.insured == person.worker_insured:
            yield person.name, "居民医保和职工医保都登记为参加" if person.insured else "居民医保和职工医保都登记为没有参加"
