"""全国防返贫监测信息系统: what is to be entered, marked or corrected there, in its own order of columns.

The order is data of this plugin: a county that has the system's real header replaces COLUMNS, or names single columns
otherwise by the setting. The codes before the signs of equality are those of fanpin's national table.
"""

from fanpin.adapters import Errand, Item, Outlet, Parcel, Setting, Transport, hookimpl

COLUMNS = """
province=省 prefecture=市 county=县 township=乡 village=村 group=村民小组 household_code=户编号 head_code=户主编号 head_name=户主姓名
head_id=户主证件号码 phone=户联系电话 address=家庭住址 hukou_place=户籍所在地 household_kind=户类型 relocation=易地搬迁安置点 size=家庭人口数 bank=开户银行名称
account=银行卡号 dangerous_house=是否危房户 house_grade=危房级别 house_area=住房面积 safe_water=是否解决安全饮用水 toilet=是否有卫生厕所
production_power=是否通生产用电 living_power=是否通生活用电 broadcast=是否通广播电视 road_kind=入户路类型 main_road_distance=与村主干路距离
cooperative=是否加入农民专业合作组织 leader=是否有龙头企业带动 farmland=耕地面积 forest=林地面积 returned_forest=退耕还林面积 fruit=林果面积 grassland=牧草地面积
waters=水域面积 standard=识别标准 lifted_year=脱贫年度 registrar=信息采集人 registrar_phone=信息采集人联系电话 person_code=人编号 name=姓名 sex=性别
id_kind=证件类型 id_number=证件号码 relation=与户主关系 born_on=出生日期 ethnicity=民族 political=政治面貌 education=文化程度 schooling=在校生状况
school=学校名称 not_at_school=义务教育阶段未上学原因 mandarin=是否会讲普通话 health=健康状况 illness=患病名称 labour=劳动技能 work_place=务工所在地
work_months=务工时间 employer=务工企业名称 abroad=是否国外务工 work_channel=就业渠道 industry=产业分类 public_post_kind=公益性岗位类型
public_post_months=公益性岗位月数 disability_kind=残疾类别 disability_grade=残疾等级 disability_certificate=残疾人证号
disability_year=残疾证办证年度 resident_insurance=是否参加城乡居民基本医疗保险 worker_insurance=是否参加城镇职工基本医疗保险
commercial_insurance=是否参加商业补充医疗保险 serious_aid=是否接受大病医疗救助 other_health_help=是否接受其他健康扶贫 pension_insurance=是否参加城乡居民基本养老保险
minimum_living=低保政策情况 destitute=特困供养政策情况 class=监测对象类别 identified=识别监测时间 risk_1=致贫/返贫风险1 risk_2=致贫/返贫风险2
risk_3=致贫/返贫风险3 risk_4=致贫/返贫风险4 risk_5=致贫/返贫风险5 eliminated=风险是否已消除 elimination_way=风险消除方式 eliminated_on=风险消除时间
safety_net=是否兜底保障户 class_0=监测对象类别0 identified_0=识别监测时间0 eliminated_0=风险是否已消除0 income_from=收入核算期起 income_to=收入核算期止
income_a=工资性收入 income_a1=务工收入 income_a2=行业部门公益岗收入 income_a3=乡镇公益岗收入 income_a4=村级公益岗收入 income_a5=自主采摘收入
income_b=生产经营性收入 income_b1=种植收入 income_b2=养殖收入 income_b3=林果收入 income_b4=其他经营收入 income_c=财产性收入 income_c1=资产收益扶贫分红收入
income_c2=土地流转收入 income_c3=金融贷款项目收入 income_c4=代种代养收入 income_c5=其他财产性收入 income_d=转移性收入 income_d1=计划生育金 income_d2=低保金
income_d3=特困供养金 income_d4=养老保险金 income_d5=生态补偿金 income_d616=产业奖励 income_d617=就业奖励 income_d6=其他转移性收入 income_e=生产经营性支出
income_e1=种植支出 income_e2=养殖支出 income_e3=林果支出 income_e4=其他经营支出 net_income=家庭纯收入 heads_year=年度家庭人口数 heads_now=当前家庭人口数
per_head=家庭人均纯收入 claims=理赔收入 compliant_spending=合规自付支出 reference=纳入监测对象的收入参考范围 measure_industry=产业帮扶
measure_employment=就业帮扶 measure_finance=金融帮扶 measure_public_post=公益岗位帮扶 measure_public_post_note=公益岗位帮扶备注
measure_housing=住房安全保障 measure_water=饮水安全保障 measure_health=健康帮扶 measure_compulsory=义务教育保障 measure_education=教育帮扶
measure_security=综合保障 measure_social=社会帮扶 measure_relocation=搬迁 measure_living=生产生活条件改善 measure_infrastructure=基础设施建设
development=实施开发式帮扶措施情况 after_heads=风险消除后家庭人口数 after_a=风险消除后工资性收入 after_b=风险消除后生产经营性收入 after_c=风险消除后财产性收入
after_d=风险消除后转移性收入 after_e=风险消除后生产经营性支出 after_net=风险消除后家庭纯收入 after_per_head=风险消除后人均纯收入 after_compliant=风险消除后合规自付支出
after_dangerous_house=风险消除后是否危房户 after_safe_water=风险消除后是否解决安全饮用水 after_contact=风险消除后监测联系人
after_contact_phone=风险消除后监测联系电话
"""
ORDER = tuple(pair.partition("=")[::2] for pair in COLUMNS.split())
MARKED = {"eliminated": "是"}


class NationalSystem(Outlet):
    """Writes one row per person, the household's columns repeated, as the national system's own sheets do."""

    name = "fanpin-outlet-national-system"
    title = "全国防返贫监测信息系统录入和标注表"
    contract = 2
    errands = (Errand.ENTER, Errand.MARK, Errand.CHANGE)
    settings = (Setting(name="renamed", title="改用的列名", hint="写成 户联系电话=联系电话，用顿号隔开"),)
    transports = (Transport.SHEET,)

    def deliver(self, item: Item) -> Parcel:
        """Return the rows of a household; one to be marked says that its risk is gone."""
        renamed = dict(pair.split("=", 1) for pair in item.settings["renamed"].replace("，", "、").split("、") if "=" in pair)
        shared = {**item.values, **(MARKED if item.errand is Errand.MARK else {})}
        return Parcel(title=item.errand.title, headings=tuple(renamed.get(title, title) for _, title in ORDER),
                      rows=tuple(tuple({**shared, **row}.get(code, "") for code, _ in ORDER) for row in item.rows))


@hookimpl
def fanpin_adapter() -> Outlet:
    """Return the outlet."""
    return NationalSystem()
