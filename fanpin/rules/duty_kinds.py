"""Kinds of fact that the joint review asks about named persons who have signed (三(三)、三(六)、附件1)."""

from dataclasses import dataclass

from fanpin.rules.departments import Department
from fanpin.rules.titles import TitledEnum

Values = tuple[tuple[str, str], ...]


class Basis(TitledEnum):
    """On what ground a department may tell a fact (requirements: what may be asked of whom)."""

    DUTY = ("duty", "部门职责（附件1 提供农户信息）")
    CONSENT = ("consent", "农户授权承诺（三(三)）")


class Sensitivity(TitledEnum):
    """How a fact is shown: 个人信息保护法 28 names the last group."""

    ORDINARY = ("ordinary", "一般信息")
    PERSONAL = ("personal", "个人信息")
    SPECIAL = ("special", "敏感个人信息")


class SubjectKind(TitledEnum):
    """Whom a fact is about."""

    PERSON = ("person", "个人")
    HOUSEHOLD = ("household", "农户")
    VILLAGE = ("village", "行政村")


class Unit(TitledEnum):
    """What an amount counts; kept as whole hundredths (分 for 元), only heads as they are."""

    YUAN = ("yuan", "元")
    MU = ("mu", "亩")
    SQUARE_METRE = ("square_metre", "平方米")
    HEADS = ("heads", "人")

    @property
    def scale(self) -> int:
        """Return how many kept units make one shown unit."""
        return 1 if self is Unit.HEADS else 100


class ConsentClass(TitledEnum):
    """The classes of information that a household ticks on its 授权承诺书 (三(三))."""

    HOUSEHOLD_REGISTER = ("household_register", "户籍")
    MARRIAGE = ("marriage", "婚姻")
    VEHICLE = ("vehicle", "机动车")
    REAL_ESTATE = ("real_estate", "不动产")
    BUSINESS = ("business", "市场主体登记")
    EMPLOYMENT = ("employment", "社会保险和就业")
    MEDICAL = ("medical", "医疗支出")
    EDUCATION = ("education", "就学和教育支出")
    RELIEF = ("relief", "社会救助")
    DISABILITY = ("disability", "残疾")
    PUBLIC_OFFICE = ("public_office", "财政供养和公职")
    CREDIT = ("credit", "信用")
    FARMING = ("farming", "农林生产")
    LIVING = ("living", "住房和饮水")


@dataclass(frozen=True)
class Column:
    """One field of a fact as this kind calls it."""

    field: str
    label: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of fact: who answers, on what ground, and what an answer may hold."""

    code: str
    title: str
    departments: tuple[Department, ...]
    basis: Basis
    columns: tuple[Column, ...]
    subject: SubjectKind = SubjectKind.PERSON
    consent_class: ConsentClass | None = None
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    values: Values = ()
    unit: Unit | None = None
    confirms: str | None = None
    asks_kin: bool = False
    adults_only: bool = False
    village: bool = False

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes that `value` may take."""
        return frozenset(code for code, _ in self.values)

    def value_title(self, code: str) -> str:
        """Return the Chinese words of a value, or the code itself where it is unknown."""
        return dict(self.values).get(code, code)

    def label_words(self, label: str) -> str:
        """Return a fact's label as it is read alone: a bare yes or no says what it answers."""
        column = self.column("label")
        return f"{column.label}：{label}" if column and label in ("是", "否") else label

    def column(self, field: str) -> Column | None:
        """Return the column of a field, or None where this kind has none."""
        return next((column for column in self.columns if column.field == field), None)


def columns(*rows: str) -> tuple[Column, ...]:
    """Read "field label" rows; a star after the field says that it must be filled."""
    pairs = [row.split(" ", 1) for row in rows]
    return tuple(Column(field.rstrip("*"), label, field.endswith("*")) for field, label in pairs)


def _consent(code: str, title: str, department: Department, consent_class: ConsentClass, *rows: str,
             subject: SubjectKind = SubjectKind.PERSON, sensitivity: Sensitivity = Sensitivity.PERSONAL,
             values: Values = (), unit: Unit | None = None, confirms: str | None = None, asks_kin: bool = False,
             adults_only: bool = False, village: bool = False) -> Kind:
    return Kind(code=code, title=title, departments=(department,), basis=Basis.CONSENT, columns=columns(*rows),
                subject=subject, consent_class=consent_class, sensitivity=sensitivity, values=values, unit=unit,
                confirms=confirms, asks_kin=asks_kin, adults_only=adults_only, village=village)


D, C, S, U, SPECIAL = Department, ConsentClass, SubjectKind, Unit, Sensitivity.SPECIAL
SAME: Values = (("same", "与登记一致"), ("differs", "与登记不一致"))

_PUBLIC_SECURITY = (
    _consent("household_registration", "姓名、身份证和户籍", D.PUBLIC_SECURITY, C.HOUSEHOLD_REGISTER, "value* 核准结果",
             "label 登记姓名（不一致时填写）", "ref 户号", "date 户口登记日期", "ended 迁出或注销日期", confirms="member.name",
             values=(*SAME, ("moved_out", "已迁出"), ("cancelled", "户口已注销"))),
    _consent("family_relation", "同户成员及与户主关系", D.PUBLIC_SECURITY, C.HOUSEHOLD_REGISTER, "value* 核准结果",
             "label 登记的与户主关系（不一致时填写）", "other 登记的户主姓名", confirms="member.relation",
             values=(*SAME, ("not_in_register", "不在同一户口"))),
    _consent("hukou_movement", "分户、并户、迁入情况", D.PUBLIC_SECURITY, C.HOUSEHOLD_REGISTER, "value* 变动类型",
             "date* 变动日期", "label 登记的原因", values=(("split", "分户"), ("merge", "并户"), ("moved_in", "迁入"))),
    _consent("person_status", "死亡、服刑、失踪情况", D.PUBLIC_SECURITY, C.HOUSEHOLD_REGISTER, "value* 情况",
             "date* 发生日期", "ended 结束日期（刑满、寻回）", "ref 文书号", sensitivity=SPECIAL,
             values=(("dead", "死亡"), ("imprisoned", "服刑"), ("missing", "失踪"))),
    _consent("vehicle", "机动车", D.PUBLIC_SECURITY, C.VEHICLE, "value* 车辆类型和使用性质", "ref* 号牌号码",
             "date 初次登记日期", "ended 注销、报废或转出日期", "label 品牌型号",
             values=(("private_car", "小型载客汽车（非营运）"), ("unknown", "用途登记不明的汽车"), ("freight", "货运车辆"),
                     ("operating", "营运载客车辆"), ("farm", "农用车、拖拉机"), ("special", "专项作业车"),
                     ("motorcycle", "摩托车"), ("disabled_aid", "残疾人专用代步车"))),
)

_MONEY_OFFICES = (
    _consent("public_office", "国家公职人员", D.FINANCE, C.PUBLIC_OFFICE, "value* 身份类别", "label* 单位",
             "date 起始日期", "ended 退休或离职日期", asks_kin=True, adults_only=True,
             values=(("civil_servant", "公务员"), ("managed_as_civil", "参照公务员法管理人员"), ("institution", "事业单位在编人员"),
                     ("state_enterprise", "国有企业管理人员"), ("unknown", "财政供养，类别不明"), ("off_staff", "编外、劳务派遣人员"),
                     ("welfare_post", "公益性岗位"), ("village_cadre", "村（社区）干部"))),
    _consent("village_committee_pay", "村“三委”任职和薪酬", D.FINANCE, C.PUBLIC_OFFICE, "value* 任职和领酬情况",
             "label 职务", "date 任职日期", "ended 卸任日期", "amount 月报酬", unit=U.YUAN, adults_only=True,
             values=(("paid", "任村“三委”干部并定期领取薪酬"), ("unpaid", "任村“三委”干部，无固定薪酬"),
                     ("group_leader", "村（居）民小组长等，非“三委”干部"))),
    _consent("credit_discipline", "失信惩戒", D.CENTRAL_BANK, C.CREDIT, "value* 名单类别", "ref 文书号或案号",
             "date* 列入日期", "ended 退出日期", sensitivity=SPECIAL, adults_only=True,
             values=(("dishonest_debtor", "失信被执行人"), ("joint_discipline", "失信联合惩戒对象"))),
)

_ASSETS = (
    _consent("property", "不动产", D.NATURAL_RESOURCES, C.REAL_ESTATE, "value* 类型和所在地", "ref* 不动产单元号或证号",
             "date 登记日期", "ended 注销或转移日期", "amount 建筑面积", "label 坐落（县、乡镇）", unit=U.SQUARE_METRE,
             values=(("flat", "城镇商品房"), ("town_self_built", "城镇自建房"), ("town_shop", "城镇门面房"),
                     ("town_business", "城镇其他经营用房"), ("unknown", "城镇房产，性质不明"), ("relocation", "易地扶贫搬迁安置房"),
                     ("resettlement", "拆迁安置房"), ("homestead", "农村宅基地房屋"), ("rural_other", "农村其他房屋"))),
    _consent("company", "公司、企业等市场主体", D.MARKET, C.BUSINESS, "value* 主体类型", "ref* 统一社会信用代码",
             "label 担任的角色", "date 成立日期", "ended 注销或吊销日期", adults_only=True,
             values=(("91", "公司、企业"), ("92", "个体工商户"), ("93", "农民专业合作社"))),
    _consent("business_activity", "实际经营情况", D.MARKET, C.BUSINESS, "value* 经营情况", "ref* 统一社会信用代码",
             "date 核实日期", "label 依据（年报、纳税、开票）", adults_only=True,
             values=(("operating", "实际开展经营活动"), ("idle", "未实际经营"))),
    _consent("large_grower", "种植、养殖规模", D.AGRICULTURE, C.FARMING, "value* 规模认定", "amount 面积",
             "label 作物或畜种、数量", "date 认定日期", "ended 停止日期", subject=S.HOUSEHOLD, unit=U.MU,
             values=(("large", "达到本县种植、养殖大户标准"), ("ordinary", "一般农户规模"))),
    _consent("hired_labour", "雇工生产经营", D.AGRICULTURE, C.FARMING, "value* 用工情况", "amount 雇工人数",
             "label 从事的生产经营", "date 起始日期", "ended 结束日期", subject=S.HOUSEHOLD, unit=U.HEADS,
             values=(("hires", "雇佣他人从事生产经营"), ("exchange", "季节性换工、帮工"))),
    _consent("land_and_herd", "种养殖、水产面积和联结合作社", D.AGRICULTURE, C.FARMING, "value* 项目", "amount 面积",
             "label 内容", "date 核准日期", "ended 停止日期", subject=S.HOUSEHOLD, unit=U.MU,
             values=(("crop", "种植"), ("livestock", "养殖"), ("aquaculture", "水产养殖"), ("cooperative", "联结农民专业合作社"))),
    _consent("forest_income", "林地、生态补偿、护林员收入", D.FORESTRY, C.FARMING, "value* 项目", "amount 年收入",
             "label 林地面积或聘期", "date 起始日期", "ended 结束日期", subject=S.HOUSEHOLD, unit=U.YUAN,
             values=(("forest_land", "拥有林地"), ("compensation", "生态补偿"), ("ranger", "护林员报酬"))),
)

_LIVES = (
    _consent("schooling", "就学情况", D.EDUCATION, C.EDUCATION, "value* 就学状态", "label 学校、年级和所在地", "date 入学日期",
             "ended 离校日期", values=(("enrolled", "在校"), ("suspended", "休学"), ("dropped_out", "失学、辍学"),
                                       ("graduated", "毕业"))),
    _consent("student_aid", "省内就读受资助情况", D.EDUCATION, C.EDUCATION, "amount* 本学年资助金额", "value 学校所在地",
             "label 资助项目", "date 发放日期", unit=U.YUAN,
             values=(("province", "省内"), ("coastal", "省外沿海发达地区"), ("elsewhere", "省外其他地区"))),
    _consent("marriage", "婚姻登记", D.CIVIL_AFFAIRS, C.MARRIAGE, "value* 登记状态", "other 配偶姓名", "date 登记日期",
             adults_only=True, values=(("married", "已婚"), ("divorced", "离婚"), ("widowed", "丧偶"))),
    _consent("dibao", "低保、特困供养", D.CIVIL_AFFAIRS, C.RELIEF, "value* 救助类型", "amount 月发放金额", "date 起始月份",
             "ended 停发日期", "label 停发原因", unit=U.YUAN,
             values=(("dibao", "农村低保"), ("urban_dibao", "城市低保"), ("destitute", "特困供养"))),
    _consent("elder_care", "失能老年", D.CIVIL_AFFAIRS, C.RELIEF, "value* 评估等级", "date 评估日期", "ended 有效期止",
             sensitivity=SPECIAL, adults_only=True,
             values=(("disabled", "失能（中度及以上）"), ("partly", "轻度失能"), ("able", "能力完好"))),
    _consent("labour_outwork", "务工情况", D.HUMAN_RESOURCES, C.EMPLOYMENT, "value* 务工地区", "label 就业单位",
             "date 外出或上岗日期", "ended 返回或离岗日期", "amount 月收入", unit=U.YUAN,
             values=(("county", "县内"), ("prefecture", "县外州（市）内"), ("province", "州（市）外省内"), ("outside", "省外"),
                     ("welfare_post", "公益性岗位"))),
    _consent("pension", "养老保险", D.HUMAN_RESOURCES, C.EMPLOYMENT, "value* 参保情况", "amount 月领取金额", "date 参保日期",
             "ended 停保日期", unit=U.YUAN, adults_only=True,
             values=(("resident", "城乡居民养老保险"), ("employee", "职工养老保险"))),
    _consent("house_grade", "住房面积、等级、配套设施", D.HOUSING, C.LIVING, "value* 住房等级", "amount 住房面积",
             "label 配套设施", "date 鉴定日期", subject=S.HOUSEHOLD, unit=U.SQUARE_METRE,
             values=(("A", "A级"), ("B", "B级"), ("C", "C级"), ("D", "D级"))),
    _consent("water_supply", "饮水保障", D.WATER, C.LIVING, "value* 保障情况", "label 供水方式", "date 核准日期",
             subject=S.HOUSEHOLD, values=(("secure", "已保障"), ("partly", "未完全保障"))),
    _consent("disease_treatment", "疾病救治", D.HEALTH, C.MEDICAL, "value* 救治类别", "date 确诊日期", "ended 结束日期",
             sensitivity=SPECIAL, values=(("serious", "大病重病救治"), ("heavy_chronic", "负担较重的慢性病"),
                                          ("chronic", "慢性病签约管理"), ("other", "其他救治"))),
    _consent("medical_aid", "重特大疾病救助", D.MEDICAL_INSURANCE, C.MEDICAL, "amount* 近12个月救助金额", "date 最近一次日期",
             sensitivity=SPECIAL, unit=U.YUAN),
    _consent("medical_cost", "住院报销后自付费用", D.MEDICAL_INSURANCE, C.MEDICAL, "amount* 近12个月自付金额",
             "date 最近一次结算日期", sensitivity=SPECIAL, unit=U.YUAN),
    _consent("disability", "残疾人口和证件", D.DISABLED_FEDERATION, C.DISABILITY, "value* 类别和等级", "date 发证日期",
             "ended 有效期止", sensitivity=SPECIAL,
             values=(("severe", "一、二级重度残疾"), ("mind", "三、四级智力或精神残疾"), ("other", "三、四级其他残疾"))),
)

# The visitors of 三(三) see these; no department's register does.
_VILLAGE = (
    _consent("empty_residence", "空挂情况", D.OTHER, C.HOUSEHOLD_REGISTER, "value* 核实结果", "label 核实依据",
             "date 核实日期", village=True, values=(("household", "整户空挂"), ("person", "空挂人口"))),
    _consent("not_sharing", "不共享开支或收入", D.OTHER, C.HOUSEHOLD_REGISTER, "value* 核实结果", "label 核实依据",
             "date 核实日期", village=True, values=(("not_sharing", "与户主不共享开支或收入"),)),
)

REVIEW_KINDS: tuple[Kind, ...] = (*_PUBLIC_SECURITY, *_MONEY_OFFICES, *_ASSETS, *_LIVES, *_VILLAGE)
