"""疑点 rules about the household: monitoring, risks against facts, measures, income, leaving.

The texts of the rules were taken, not the public implementation, which joins conditions that exclude each other
("<0 and >100") and applies rules meant for 已消除 to everybody; `note` says where that was.
"""

from datetime import timedelta

from fanpin.rules.income import FEN, Branch, yuan
from fanpin.rules.members import Health
from fanpin.rules.quality_file import Found, HouseholdFile, rule
from fanpin.rules.risks import MINIMUM_LIVING, MeasureCategory, Risk

M = MeasureCategory
SURVEY, FILE, PLAN, REVIEW, MARK = "survey", "household", "plan", "review", "marking"
MONTH, HALF_YEAR = timedelta(days=31), timedelta(days=183)
ODD_WAGE = 100 * FEN
MOST_LAND = {"farmland": ("耕地面积", 100), "forest": ("林地面积", 200), "returned_forest": ("退耕还林面积", 200)}
AFTER = (("人均纯收入等收入项", "after_income"), ("是否危房户", "after_housing_safe"), ("是否解决安全饮用水", "after_water_safe"))


@rule("1_11_001", "监测对象没有返贫致贫风险", mend=SURVEY)
def no_risk(file: HouseholdFile) -> Found:
    """1_11_001."""
    if (file.monitored or file.eliminated) and not file.risks:
        yield "", "已是监测对象，没有填写返贫致贫风险"


@rule("1_11_002", "监测对象缺识别时间、收入、三保障或饮水", mend=SURVEY)
def lacking(file: HouseholdFile) -> Found:
    """1_11_002."""
    if not (file.monitored or file.eliminated):
        return
    missing = [title for title, value in (
        ("识别时间", file.identified_on), ("收入核算", file.income), ("住房安全", file.housing_safe), ("饮水安全", file.water_safe),
        ("义务教育", file.schooling_safe), ("基本医疗", file.medical_safe)) if value is None]
    if missing:
        yield "", f"已是监测对象，缺{'、'.join(missing)}"


@rule("1_11_004", "风险已消除，消除后的指标不全", mend=SURVEY)
def after_lacking(file: HouseholdFile) -> Found:
    """1_11_004: thirteen columns, which come from the survey of the way out, the account and the marking."""
    if file.eliminated:
        missing = [title for title, name in AFTER if getattr(file, name) is None]
        if missing:
            yield "", f"风险已消除，消除后的{'、'.join(missing)}没有填写"


@rule("1_11_006", "消除风险时仍是危房户", mend=SURVEY)
def unsafe_house(file: HouseholdFile) -> Found:
    """1_11_006."""
    safe = file.after_housing_safe if file.after_housing_safe is not None else file.housing_safe
    if file.going and safe is False:
        yield "", "拟消除或已消除风险，住房安全仍没有保障"


@rule("1_11_007", "消除风险时饮水安全没有解决", mend=SURVEY, note="公开实现不分是否已消除都判；按编号原意只对已消除或正在消除的判")
def unsafe_water(file: HouseholdFile) -> Found:
    """1_11_007."""
    safe = file.after_water_safe if file.after_water_safe is not None else file.water_safe
    if file.going and safe is False:
        yield "", "拟消除或已消除风险，饮水安全仍没有解决"


@rule("1_11_008", "消除风险时有成员没有参加医保", mend=FILE)
def not_insured(file: HouseholdFile) -> Found:
    """1_11_008."""
    if file.going:
        for person in file.persons:
            if person.insured is False and not person.worker_insured:
                yield person.name, "拟消除或已消除风险，没有参加基本医疗保险"


@rule("1_11_009", "帮扶消除却没有帮扶措施", mend=PLAN)
def no_help(file: HouseholdFile) -> Found:
    """1_11_009."""
    if file.elimination_way == "帮扶消除" or file.leaving:
        if not file.measures:
            yield "", "按帮扶消除办理，没有登记帮扶措施"
        elif not any(row.started for row in file.measures):
            yield "", "按帮扶消除办理，帮扶措施都还没有实施"


@rule("1_11_010", "识别超过一个月还没有实施开发式帮扶", mend=PLAN)
def not_begun(file: HouseholdFile) -> Found:
    """1_11_010: asked of households with labour, for whom 四 wants 开发式帮扶."""
    if file.monitored and file.has_labour and _since(file, MONTH) and not any(
            row.category.is_development and row.started for row in file.measures):
        yield "", f"{file.identified_on:%Y年%-m月}识别，超过一个月，开发式帮扶措施尚未实施"


def _since(file: HouseholdFile, time: timedelta) -> bool:
    return file.identified_on is not None and file.today - file.identified_on > time


@rule("1_11_011", "风险已消除，没有监测联系人或电话", mend=MARK)
def no_contact(file: HouseholdFile) -> Found:
    """1_11_011."""
    if file.eliminated and not (file.contact and file.phone):
        yield "", "风险已消除，监测联系人或联系电话没有填写"


@rule("3_11_008", "因饮水纳入，消除时没有饮水措施", mend=PLAN, note="公开实现对所有饮水已解决的户都判；按规则意思只对风险含饮水的户判")
def no_water_measure(file: HouseholdFile) -> Found:
    """3_11_008."""
    if file.going and Risk.WATER in (file.risks or ()) and file.water_safe and not file.has(M.WATER):
        yield "", "风险含饮水出现安全问题，现已解决，没有登记饮水安全保障措施"


@rule("4_11_006", "饮水风险与饮水情况不一致", mend=SURVEY)
def water_contradicts(file: HouseholdFile) -> Found:
    """4_11_006."""
    if file.surveyed and file.water_safe is False and Risk.WATER not in file.risks:
        yield "", "饮水安全没有保障，风险里没有“饮水出现安全问题”"
    if file.surveyed and not file.going and Risk.WATER in file.risks and file.water_safe:
        yield "", "风险有“饮水出现安全问题”，饮水安全登记为有保障"


@rule("4_11_007", "基本医疗与因病风险不一致", mend=SURVEY)
def medical_contradicts(file: HouseholdFile) -> Found:
    """4_11_007."""
    if file.surveyed and file.medical_safe is False and not {Risk.ILLNESS, Risk.DISABILITY, Risk.ACCIDENT} & set(file.risks):
        yield "", "基本医疗没有保障，风险里没有因病、因残或因意外事故"


@rule("4_11_008", "义务教育与家庭成员不一致", mend=SURVEY)
def schooling_contradicts(file: HouseholdFile) -> Found:
    """4_11_008."""
    ages = [person.age(file.today) for person in file.persons]
    if file.surveyed and file.schooling_safe is False and None not in ages and not any(6 <= age <= 16 for age in ages):
        yield "", "义务教育没有保障，家里没有6至16岁的人"


@rule("4_11_009", "风险为缺劳动力，家里劳动力并不缺", mend=FILE, note="5_11_029与此同义：四人及以上的户，半数以上有劳动力也判")
def no_lack_of_labour(file: HouseholdFile) -> Found:
    """4_11_009, 5_11_029."""
    if Risk.LABOUR not in (file.risks or ()) or not file.persons:
        return
    able = sum(person.labour is not None and person.labour.has_labour for person in file.persons)
    if able == len(file.persons) or (len(file.persons) >= 4 and able * 2 >= len(file.persons)):
        yield "", f"风险有“缺劳动力”，{len(file.persons)}人中{able}人有劳动力"


@rule("4_11_010", "消除风险时人均收入低于监测范围", mend=SURVEY)
def below_line(file: HouseholdFile) -> Found:
    """4_11_010: told, and never a gate (二(三): 重要参考)."""
    income = file.after_income or (file.income if file.leaving else None)
    if file.going and income is not None and file.line is not None and income.per_head is not None and income.per_head < file.line:
        yield "", f"人均纯收入{yuan(income.per_head)}元，低于监测范围{yuan(file.line)}元"


@rule("4_11_011", "整户无劳动力却消除风险", mend=REVIEW)
def no_labour_leaves(file: HouseholdFile) -> Found:
    """4_11_011; 五(一): 对无劳动能力的持续落实社会保障措施，长期跟踪监测."""
    if file.going and file.persons and file.labour_told and file.known_labour and not file.has_labour:
        yield "", "整户无劳动力，拟消除或已消除风险；无劳动能力的应长期跟踪监测"


@rule("4_11_012", "有就业、公益岗帮扶，消除后没有工资收入", mend=SURVEY)
def no_wage(file: HouseholdFile) -> Found:
    """4_11_012."""
    if file.after_income is not None and (file.has(M.EMPLOYMENT) or file.has(M.PUBLIC_POST)) and not file.after_income.total(Branch.WAGES):
        yield "", "有就业或公益岗位帮扶，消除后工资性收入为0"


@rule("4_11_013", "有低保、特困、残补，消除后没有转移性收入", mend=SURVEY)
def no_transfer(file: HouseholdFile) -> Found:
    """4_11_013."""
    if (file.after_income is not None and file.has(M.SECURITY, "低保", "特困", "残疾人")
            and not file.after_income.total(Branch.TRANSFER)):
        yield "", "有低保、特困或残疾人补贴，消除后转移性收入为0"


@rule("4_11_015", "措施有低保或特困，成员都没有标明", mend=FILE)
def nobody_on_relief(file: HouseholdFile) -> Found:
    """4_11_015."""
    for word, name in ((MINIMUM_LIVING[-2:], "minimum_living"), ("特困", "destitute")):
        told = [getattr(person, name) for person in file.persons]
        if file.has(M.SECURITY, word) and any(told) and not any(value and value != "不享受" for value in told):
            yield "", f"措施有{word}，没有成员标明享受{word}"


@rule("4_11_016", "有残疾人补贴，家里没有残疾人证", mend=FILE)
def no_certificate(file: HouseholdFile) -> Found:
    """4_11_016."""
    if file.has(M.SECURITY, "残疾人") and not any(person.certificate for person in file.persons):
        yield "", "措施有残疾人补贴，没有成员登记残疾人证"


@rule("5_11_032", "有劳动力却只有综合保障", mend=PLAN)
def only_relief(file: HouseholdFile) -> Found:
    """5_11_032; 四: 对有劳动力的，坚持开发式帮扶方针."""
    if file.monitored and not file.going and file.has_labour and file.measures and all(
            row.category is M.SECURITY for row in file.measures):
        yield "", "家里有劳动力，只有综合保障措施"


@rule("5_12_007", "有劳动力，识别半年以上没有开发式帮扶", mend=PLAN)
def no_development(file: HouseholdFile) -> Found:
    """5_12_007."""
    if file.monitored and not file.going and file.has_labour and _since(file, HALF_YEAR) and not any(
            row.category.is_development for row in file.measures):
        yield "", f"{file.identified_on:%Y年%-m月}识别，超过半年，没有开发式帮扶措施"


@rule("5_14", "土地面积不合常理", mend=FILE, note="公开实现写成“小于0且大于100”，永远不成立；按规则意思判小于0或大于上限")
def land(file: HouseholdFile) -> Found:
    """5_14_x."""
    for code, (title, most) in MOST_LAND.items():
        area = file.land.get(code)
        if area is not None and not 0 <= area <= most:
            yield "", f"{title}{area:g}亩，请核对是否超过{most}亩或填错单位"


@rule("5_15_013", "风险为务工就业不稳，家里没有劳动力", mend=FILE, note="2_11_006与此同义")
def nobody_to_work(file: HouseholdFile) -> Found:
    """5_15_013, 2_11_006."""
    if Risk.EMPLOYMENT in (file.risks or ()) and file.labour_told and file.known_labour and not file.has_labour:
        yield "", "风险有“因务工就业不稳”，成员都无劳动力或丧失劳动力"


@rule("5_15_014", "风险为务工就业不稳，没有务工信息", mend=FILE)
def nobody_works(file: HouseholdFile) -> Found:
    """5_15_014."""
    if Risk.EMPLOYMENT in (file.risks or ()) and not any(person.works for person in file.persons):
        yield "", "风险有“因务工就业不稳”，没有成员登记务工"


@rule("5_15_015", "风险为因病，没有患病的成员", mend=FILE)
def nobody_ill(file: HouseholdFile) -> Found:
    """5_15_015."""
    told = [person.health for person in file.persons if person.health]
    if Risk.ILLNESS in (file.risks or ()) and told and not any(
            {Health.SERIOUS, Health.CHRONIC} & states for states in told):
        yield "", "风险有“因病”，没有成员患大病或长期慢性病"


@rule("5_15_020", "风险为因病，合规自付支出为0", mend=SURVEY)
def no_medical_spending(file: HouseholdFile) -> Found:
    """5_15_020."""
    if Risk.ILLNESS in (file.risks or ()) and file.income is not None and not file.income.compliant_spending:
        yield "", "风险有“因病”，合规自付支出为0"


@rule("5_15_023", "工资性收入大于0、不足100元", mend=SURVEY)
def odd_wage(file: HouseholdFile) -> Found:
    """5_15_023."""
    if file.income is not None and 0 < file.income.total(Branch.WAGES) < ODD_WAGE:
        yield "", f"工资性收入{yuan(file.income.total(Branch.WAGES))}元，请核对单位是不是元"


@rule("phone", "户联系电话不是11位", mend=FILE, source="全国系统导出数据核对（公开工具）")
def phone(file: HouseholdFile) -> Found:
    """Phone length."""
    digits = "".join(char for char in file.phone if char.isdigit())
    if (file.monitored or file.eliminated or file.surveyed) and digits and len(digits) not in (11, 12):
        yield "", "户联系电话位数不对，请核对"
