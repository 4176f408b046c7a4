"""Kinds of fact that 附件1 has departments provide of rural households, students and villages: basis duty."""

from fanpin.rules.departments import Department as D
from fanpin.rules.duty_kinds import Basis, Kind, Sensitivity, SubjectKind, Unit, Values, columns

HOUSEHOLD, VILLAGE, SPECIAL = SubjectKind.HOUSEHOLD, SubjectKind.VILLAGE, Sensitivity.SPECIAL
INJURY: Values = (("injured", "致伤"), ("disabled", "致残"), ("dead", "致亡"))


def _duty(code: str, title: str, department: D, *rows: str, subject: SubjectKind = SubjectKind.PERSON,
          sensitivity: Sensitivity = Sensitivity.PERSONAL, values: Values = (), unit: Unit | None = None) -> Kind:
    return Kind(code=code, title=title, departments=(department,), basis=Basis.DUTY, columns=columns(*rows),
                subject=subject, sensitivity=sensitivity, values=values, unit=unit)


FEED_KINDS: tuple[Kind, ...] = (
    _duty("student_away", "民办高校或沿海公办高校在读", D.EDUCATION, "value* 学校类型", "label* 学校和所在地",
          "date 入学日期", "ended 离校日期", "amount 本学年自付费用", unit=Unit.YUAN,
          values=(("private_province", "民办高等学校（省内）"), ("private_coastal", "民办高等学校（沿海发达地区）"),
                  ("private_elsewhere", "民办高等学校（省外其他地区）"), ("coastal", "沿海发达地区公办高等学校"))),
    _duty("traffic_injury", "交通事故伤亡", D.PUBLIC_SECURITY, "value* 后果", "date* 发生日期", "ref 事故编号",
          sensitivity=SPECIAL, values=INJURY),
    _duty("crime_injury", "刑事案件致重要劳动力伤亡", D.PUBLIC_SECURITY, "value* 后果", "date* 发生日期",
          "label 受害人是否家庭重要劳动力", "ref 案件编号", sensitivity=SPECIAL, values=INJURY),
    _duty("temporary_relief", "临时救助", D.CIVIL_AFFAIRS, "amount* 救助金额", "date* 救助日期", "label 救助原因",
          unit=Unit.YUAN),
    _duty("not_back_at_work", "一个月以上未复工", D.HUMAN_RESOURCES, "date* 未复工起始日期", "ended 复工日期", "label 原外出务工地和原因"),
    _duty("dangerous_house", "新认定C、D级危房", D.HOUSING, "value* 等级", "date* 认定日期", "ref 鉴定编号",
          "label 是否唯一住房", subject=HOUSEHOLD, values=(("C", "C级"), ("D", "D级"))),
    _duty("farm_disaster", "病虫害、旱灾、泥石流等影响种养殖", D.AGRICULTURE, "value* 灾种", "date* 受灾日期", "amount 受灾面积",
          "label 作物或畜种", subject=HOUSEHOLD, unit=Unit.MU,
          values=(("pest", "病虫害"), ("drought", "旱灾"), ("debris_flow", "泥石流"), ("other", "其他灾害"))),
    _duty("village_income", "村级集体经济收入", D.AGRICULTURE, "amount* 年收入", "date* 年度截止日", subject=VILLAGE, unit=Unit.YUAN,
          sensitivity=Sensitivity.ORDINARY),
    _duty("water_shortage", "饮水未完全保障", D.WATER, "value* 问题", "date* 开始日期", "ended 恢复日期", subject=HOUSEHOLD,
          values=(("quantity", "水量"), ("quality", "水质"), ("distance", "取水方便程度"), ("reliability", "供水保证率"))),
    _duty("natural_disaster", "自然灾害", D.EMERGENCY, "value* 灾种", "date* 发生日期", "amount 损失金额", "label 损失情况",
          subject=HOUSEHOLD, unit=Unit.YUAN,
          values=(("geological", "地质灾害"), ("earthquake", "地震"), ("weather", "气象条件突变"), ("other", "其他自然灾害"))),
    _duty("fire_loss", "火灾损失", D.EMERGENCY, "date* 发生日期", "amount 损失金额", "label 损失情况", subject=HOUSEHOLD,
          unit=Unit.YUAN),
    _duty("forest_disaster", "林草有害生物、森林火灾", D.FORESTRY, "value* 灾种", "date* 发生日期", "amount 受灾面积",
          subject=HOUSEHOLD, unit=Unit.MU, values=(("pest", "林草有害生物"), ("fire", "森林火灾"))),
    _duty("rural_population", "乡村人口", D.STATISTICS, "amount* 人口数", "date* 统计时点", subject=VILLAGE, unit=Unit.HEADS,
          sensitivity=Sensitivity.ORDINARY),
    _duty("income_method", "收入核算方法", D.STATISTICS, "value* 指导意见", "label 须更正之处", "date 指导日期", subject=HOUSEHOLD,
          sensitivity=Sensitivity.ORDINARY, values=(("sound", "核算方法正确"), ("to_correct", "核算方法须更正"))),
    _duty("high_medical_cost", "住院报销后自付费用较高", D.MEDICAL_INSURANCE, "amount* 自付金额", "date* 结算日期",
          sensitivity=SPECIAL, unit=Unit.YUAN),
    _duty("disabled_person", "重度或三、四级智力、精神残疾", D.DISABLED_FEDERATION, "value* 类别和等级", "date* 发证日期",
          "ended 有效期止", sensitivity=SPECIAL, values=(("severe", "一、二级重度残疾"), ("mind", "三、四级智力或精神残疾"))),
    # The office's own work in the national system: it repeats what the county has determined and asks the household
    # nothing, so it stands on the duty of 附件1 (录入和标注) and on no signature.
    _duty("national_entry", "全国系统录入标注情况", D.RURAL_REVITALIZATION, "value* 录入标注情况", "date* 识别或标注日期", "label 监测对象类别",
          "ref 户编号", subject=HOUSEHOLD, values=(("monitored", "已录入为监测对象"), ("eliminated", "已标注风险消除"))),
)
