"""One realistic sample of every paper: invented people, a real county's form of words, hard names."""

from datetime import date

from fanpin.documents import papers_common as common
from fanpin.documents import papers_household as household
from fanpin.documents import papers_leaving as leaving
from fanpin.documents import papers_offices as offices
from fanpin.documents import papers_village as village

IMPRINT = common.Imprint(
    number="诺和示〔2026〕3号", verify_code="7KQ2M9XRWB4T", issued_on=date(2026, 3, 10),
    event_hash="9f2c41d07be35a86c1d4e7f0a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5",
)
PLACE = common.Place(county="云龙县", township="诺邓镇", village="和平村", group="第3村民小组")
VILLAGE = common.Place(county="云龙县", township="诺邓镇", village="和平村")
COMMITTEE = "诺邓镇和平村村民委员会"
TOWNSHIP = "诺邓镇人民政府"
COUNTY = "云龙县农业农村局"
CONTACTS = (
    common.Contact(unit="和平村村民委员会", phone="0872-5520001"),
    common.Contact(unit="诺邓镇人民政府", phone="0872-5520002"),
    common.Contact(unit="云龙县农业农村局（乡村振兴）", phone="0872-5520003"),
    common.Contact(unit="全国咨询服务电话", phone="12317"),
)
RARE = ("字㬹", "字𬭎龙", "龚䶮")
NAMES = (
    *RARE, "阿依古丽·买买提", "字测试甲", "杨测试乙", "和样例", "木例秀", "岩样光", "玉例香", "普测祥", "罗样贵", "左例芬",
    "段测试", "尹样兰", "李例山", "张样本一", "赵测明", "董例英", "毕样福", "施测花", "鲁例强", "白样梅", "沙测贵", "马例青",
    "余样芳", "茶测林", "熊例忠", "早样丽", "排测永",
)
CLASSES = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
MEASURES = (("产业帮扶", "就业帮扶"), ("健康帮扶",), ("住房安全保障", "综合保障"), ("公益岗位帮扶", "教育帮扶"))


def public_households(count: int = len(NAMES)) -> tuple[common.PublicHousehold, ...]:
    """Return households as the public sees them."""
    return tuple(
        common.PublicHousehold(group=f"第{number % 12 + 1}村民小组", head_name=NAMES[number], size=number % 6 + 1,
                               household_class=CLASSES[number % 3], measures=MEASURES[number % 4])
        for number in range(count)
    )


def listed(count: int, *, lead: bool = False) -> tuple[common.ListedHousehold, ...]:
    """Return households as the offices list them."""
    return tuple(
        common.ListedHousehold(group=row.group, head_name=row.head_name, size=row.size,
                               household_class=row.household_class, measures=row.measures,
                               lead_department="县农业农村局" if lead else "")
        for row in public_households(count)
    )


def notice(**changes: object) -> village.Notice:
    """Return a notice over a weekend, thirty households unless told otherwise."""
    values: dict[str, object] = dict(
        place=VILLAGE, issuer=COMMITTEE, month="2026年3月", line=790000, line_year=2026, households=public_households(),
        first_day=date(2026, 3, 11), last_day=date(2026, 3, 17), workdays=5,
        skipped=(common.SkippedDay(on=date(2026, 3, 14), why="周末"), common.SkippedDay(on=date(2026, 3, 15), why="周末")),
        places=("第1村民小组活动室", "第2村民小组公示栏", "第3村民小组公示栏", "其余各村民小组公示栏"),
        platform="云南省“政府救助平台”", contacts=CONTACTS, office_address="云龙县诺邓镇和平村村委会办公楼一楼便民服务站",
    )
    return village.Notice(**(values | changes))


LEAFLET = household.Leaflet(place=VILLAGE, contacts=CONTACTS)
LEAD = household.LeadSheet(
    place=PLACE, channel="云南省“政府救助平台”（他人代举）", platform_number="YNJZ202603020017", declared_on=date(2026, 3, 2),
    declared_by="左例芬", relation="同村邻居", phone="13900000000", head_name="字㬹", id_number="532929197001010013",
    address="云龙县诺邓镇和平村第3村民小组8号", categories=("医疗困难", "生活困难"),
    own_words="去年十月住院两次，报销以后自己还出了三万多。\n儿子在外打工，厂里停工，两个月没有寄钱回来。",
    attachments=("住院结算单2张", "诊断证明1张"), received_by="张样本一", received_on=date(2026, 3, 2),
    accept_due_on=date(2026, 3, 4), mode="他人代为申报", area_code="532929100201", accepted="熊例忠，2026年3月3日",
)
APPLICATION = household.Application(
    place=PLACE, head_name="字㬹", address="云龙县诺邓镇和平村第3村民小组8号", phone="13900000000", lifted=True,
    members=(
        household.ConsentMember(name="字㬹", relation="户主", id_number="532929197001010013", adult=True),
        household.ConsentMember(name="阿依古丽·买买提", relation="配偶", id_number="532929197203040026", adult=True),
        household.ConsentMember(name="字𬭎龙", relation="之子", id_number="532929199805060035", adult=True, away=True),
        household.ConsentMember(name="字小样", relation="之孙女", id_number="", adult=False),
    ),
    kin=(household.KinPerson(name="字样外", relation="之女"),),
    reason="本人去年两次住院，自付费用3万多元；儿子务工的工厂停工，家里收入减少，还款和生活开支有困难。",
    classes=("户籍和家庭成员关系", "机动车", "不动产登记", "市场主体登记", "社会保险、务工", "医疗费用和救助", "教育支出和资助", "残疾人证"),
    valid_from=None, valid_until=date(2028, 3, 4), written_by="张样本一", witness="杨测试乙",
)
SURVEY = household.SurveySheet(
    place=PLACE, case_code="532929-2026-0007", leaving=False, head_name="字㬹", visited_on=date(2026, 3, 4),
    visitors=("张样本一（驻村工作队员）", "左例芬（村委会副主任）"),
    residence=(common.Answer(title="常住情况", value="实际在农村生产生活、享受农村公共服务及待遇；户口在本村"),),
    members=(
        household.SurveyMember(name="字㬹", relation="户主", age=56, health="患有大病", labour="弱劳动力或半劳动力",
                               schooling="非在校", work="在家务农"),
        household.SurveyMember(name="阿依古丽·买买提", relation="配偶", age=54, health="健康", labour="普通劳动力",
                               schooling="非在校", work="在家务农"),
        household.SurveyMember(name="字𬭎龙", relation="之子", age=27, health="健康", labour="技能劳动力",
                               schooling="非在校", work="省外务工，停工两个月"),
        household.SurveyMember(name="字小样", relation="之孙女", age=5, health="健康", labour="无劳动力",
                               schooling="学前教育", work="—"),
    ),
    items=tuple(common.Answer(title=title, value=value) for title, value in (
        ("人口", "4口人，3人常住，1人省外务工"), ("收入", "务工收入中断，其余为种玉米、养猪收入"),
        ("住房", "砖木结构，2018年加固，安全等级B级"), ("饮水", "自来水入户，全年不断水"), ("财产", "无车辆、无城镇住房"),
        ("从业", "2人务农，1人务工停工"), ("健康", "户主患重病，定期复查"), ("劳动力", "普通劳动力1人，技能劳动力1人"),
        ("就学", "1人上幼儿园"), ("家庭变故", "2025年10月户主住院两次"),
    )),
    judgements=tuple(household.Judgement(title=title, verdict=verdict, ground=ground) for title, verdict, ground in (
        ("收入稳定性", "大幅缩减", "主要劳动力停工两个月"), ("产业持续性", "能够持续", "玉米6亩、生猪4头"),
        ("就业稳定性", "已经失业", "工厂停工，尚未找到新岗位"), ("因病因灾因意外等刚性支出", "支出较大，难以承受", "自付3万多元"),
        ("“两不愁三保障”及饮水安全", "全部有保障", "逐项查看"),
    )),
    income_period="2025年3月至2026年2月",
    income=tuple(household.MoneyLine(title=title, amount=amount) for title, amount in (
        ("工资性收入", 1860000), ("生产经营性收入", 1420050), ("财产性收入", 0), ("转移性收入", 388000), ("生产经营性支出", -560000),
        ("合规自付医疗支出", 3120000),
    )),
    income_per_head=777012, line=790000, line_year=2026,
    guarantees=tuple(household.Guarantee(title=title, safe=safe, note=note) for title, safe, note in (
        ("不愁吃", True, ""), ("不愁穿", True, ""), ("义务教育", True, "无适龄儿童"), ("基本医疗", True, "全家参保"),
        ("住房安全", True, "B级"), ("饮水安全", True, "自来水"),
    )),
    risks=("因病", "因务工就业不稳"), household_class="脱贫不稳定户", class_reason="脱贫户，存在返贫风险",
    conclusion="刚性支出较大、务工收入中断，存在返贫风险，建议提交评议。",
)
MINUTES = village.Minutes(
    place=VILLAGE, issuer=COMMITTEE, kind="村民小组党员和户主评议会议", leaving=False, month="2026年3月", list_number="532929100201-202603-01",
    announced_on=date(2026, 3, 6), announced_place="第3、第5村民小组公示栏", held_on=date(2026, 3, 8),
    venue="和平村第3村民小组活动室", host="左例芬", recorder="董例英",
    attendance=(
        village.GroupAttendance(group="第3村民小组", party_members=4, household_heads=21, others=2),
        village.GroupAttendance(group="第5村民小组", party_members=3, household_heads=17),
    ),
    households=(
        village.DiscussedHousehold(group="第3村民小组", head_name="字㬹", size=4, household_class="脱贫不稳定户",
                                   report="看病自付多，儿子停工；大家认为情况属实。", result="同意提交公示",
                                   measures=("健康帮扶", "就业帮扶"), votes="同意46，不同意0，弃权1"),
        village.DiscussedHousehold(group="第5村民小组", head_name="龚䶮", size=2, household_class="边缘易致贫户",
                                   report="老两口，房屋漏雨；有人问是否有存款，已核实。", result="同意提交公示",
                                   measures=("住房安全保障",)),
    ),
    opinions=(
        village.OpinionAnswered(speaker="鲁例强", content="龚䶮家的儿子在县城有工作，是否一起生活？",
                                verified="经核实，儿子已单独立户，平时不共同生活。", answer="会上当场说明，提出人认可。",
                                answered_on=date(2026, 3, 8)),
        village.OpinionAnswered(speaker="", content="希望尽快修水沟。", verified="与名单无关，已转村委会。",
                                answer="列入村里今年计划。", answered_on=date(2026, 3, 9)),
    ),
    summary="主持人宣读名单，逐户通报入户调查情况，请大家发表意见。", decision="同意将2户6人提交村“两委”研究。",
    committee=village.CommitteeDecision(held_on=date(2026, 3, 9), host="段测试", present=("段测试", "左例芬", "董例英", "毕样福"),
                                        decision="同意2户6人拟纳入，逐户逐人提出帮扶措施，按规定公示。"),
)
MEASURES_NOTICE = village.MeasuresNotice(
    place=VILLAGE, issuer=COMMITTEE, households=public_households(6), posted_on=date(2026, 4, 2),
    places=("村委会公示栏", "有关村民小组公示栏"), contacts=CONTACTS,
)
VILLAGE_REPORT = village.VillageReport(
    place=VILLAGE, issuer=COMMITTEE, to=TOWNSHIP, leaving=False, month="2026年3月", list_number="532929100201-202603-01",
    households=listed(8), meeting_on=date(2026, 3, 8), attendance=47, opinions=2, committee_on=date(2026, 3, 9),
    notice_number="诺和示〔2026〕3号", first_day=date(2026, 3, 11), last_day=date(2026, 3, 17), objections=1,
    objections_upheld=0, contact_name="左例芬", contact_phone="0872-5520001",
)
MEASURES_PLAN = village.MeasuresPlan(
    place=PLACE, issuer=TOWNSHIP, head_name="字㬹", size=4, household_class="脱贫不稳定户", risks=("因病", "因务工就业不稳"),
    lead_department="县医疗保障局", national_number="",
    measures=(
        village.PlannedMeasure(person="字㬹", category="健康帮扶", detail="大病救治、医疗救助，签约家庭医生", risk="因病",
                               department="县医疗保障局", helper="施测花", due_on=date(2026, 6, 30)),
        village.PlannedMeasure(person="字𬭎龙", category="就业帮扶", detail="推荐县内岗位，给予交通补助", risk="因务工就业不稳",
                               department="县人力资源和社会保障局", helper="赵测明", due_on=None, result="4月8日已上岗",
                               started_on=date(2026, 4, 8), evidence=True),
    ),
)
TOWNSHIP_REVIEW = offices.TownshipReview(
    place=VILLAGE, issuer=TOWNSHIP, leaving=False, month="2026年3月", list_number="532929100201-202603-01",
    households=tuple(
        offices.ReviewedHousehold(group=row.group, head_name=row.head_name, size=row.size,
                                  household_class=row.household_class, checked=number % 2 == 0,
                                  finding="入户查看，与村级材料一致" if number % 2 == 0 else "", measures=row.measures,
                                  opinion="同意上报")
        for number, row in enumerate(listed(8))
    ),
    checked_on=date(2026, 3, 19), checkers="李例山、尹样兰", meeting_on=date(2026, 3, 20), meeting_host="白样梅",
    meeting_present="白样梅、李例山、尹样兰、沙测贵", decision="同意8户上报县级联审，逐户明确帮扶措施。",
)
TOWNSHIP_REPORT = offices.TownshipReport(
    place=VILLAGE, issuer=TOWNSHIP, to=COUNTY, leaving=False, month="2026年3月", list_number="532929100201-202603-01",
    households=listed(8), village_report_number="诺和报〔2026〕3号", checked=4, checked_on=date(2026, 3, 19),
    check_result="抽查情况与村级材料一致。", meeting_on=date(2026, 3, 20), contact_name="李例山", contact_phone="0872-5520002",
)
DEPARTMENTS = ("教育", "公安", "民政", "财政", "人社", "自然资源", "住建", "农业农村", "卫健", "市场监管", "林草", "医保", "统计（调查）",
               "残联", "人民银行")
JOINT_REVIEW = offices.JointReview(
    place=PLACE, issuer=COUNTY, case_code="532929-2026-0007", leaving=False, head_name="字㬹", household_class="脱贫不稳定户",
    answers=tuple(
        offices.DepartmentAnswer(
            department=name, facts="户口、家庭成员关系；机动车" if name == "公安" else "职责范围内的重点信息",
            answer="名下有农用三轮车1辆，其余未查到" if name == "公安" else "本县登记范围内未查到", scope="本县登记，3人",
            as_of=date(2026, 3, 22), officer="早样丽", signed_on=date(2026, 3, 24), by_hand=name == "残联",
        ) for name in DEPARTMENTS
    ),
    unasked=("字𬭎龙（村里核实：在省外务工，没有公职，名下没有车辆）",),
    hits=(offices.ResolvedHit(circumstance=3, title="购买了消费型汽车的", explanation="查到农用三轮车1辆，2016年登记",
                              resolution="不在该项所指范围：农用车辆，不是消费型汽车（派出所、村委会现场核实）"),),
    opinion="部门联审完成，一项命中已查明不在所列情形之内，符合纳入条件，建议确定为监测对象。",
)
COUNTY_REPLY = offices.CountyReply(
    place=VILLAGE, issuer=COUNTY, to=TOWNSHIP, leaving=False, month="2026年3月",
    request_title="诺邓镇人民政府关于和平村2026年3月拟纳入防止返贫监测对象名单审核情况的报告", request_number="诺政报〔2026〕12号",
    departments=DEPARTMENTS, households=listed(7, lead=True), refused=1, decided_on=date(2026, 3, 26),
    refusals=(offices.RefusedHousehold(group="第5村民小组", head_name="字测试甲", reason="住房困难可由农房改造政策解决。"),),
    leading_group="县巩固脱贫攻坚推进乡村振兴领导小组", copies=("县医疗保障局", "县人力资源和社会保障局", "县住房和城乡建设局"),
    contact_name="熊例忠", contact_phone="0872-5520003", entry_due_on=date(2026, 4, 10),
)
NOT_INCLUDED = household.NotIncluded(
    place=PLACE, issuer=COUNTY, head_name="字测试甲", applied_on=date(2026, 3, 2), application_number="532929-2026-0009",
    decided_on=date(2026, 3, 26),
    reasons=("家庭成员或近亲属存在附件2第一项情形。", "家里的住房困难可以由现有的农房改造政策解决。"),
    solutions=("住房：已转云龙县住房和城乡建设局，4月15日前上门查看，电话0872-5520004。",),
    contact=CONTACTS[2], recheck_days=15, recheck=CONTACTS[1],
)
SPECIAL_CASE = offices.SpecialCase(
    place=PLACE, issuer=COUNTY, head_name="龚䶮", circumstance=3, circumstance_title="购买了消费型汽车的",
    facts=(offices.VerifiedFact(by="县公安局交警大队", on=date(2026, 3, 23), finding="名下小型面包车1辆，2012年登记，已连续3年未检验",
                                evidence="登记信息、现场照片"),
           offices.VerifiedFact(by="和平村村委会", on=date(2026, 3, 24), finding="车辆已不能行驶，用来堆放杂物", evidence="照片3张、邻居2人说明")),
    reason="车辆老旧报废，没有使用价值，不反映家庭消费能力。", remaining_risk="房屋漏雨，老两口无力维修，刚性支出不可控。",
    township_opinion="情况属实，同意作特殊情况办理。", county_opinion="同意作为特殊情况纳入，并向群众说明。", explained_on=date(2026, 3, 25),
    explained_how="第5村民小组户主会", attendance=19, villagers_opinion="听取说明后没有不同意见。", recorder="董例英",
)
REVIEW_SHEET = leaving.ReviewSheet(
    place=PLACE, case_code="532929-2026-0007", head_name="字㬹", size=4, household_class="脱贫不稳定户",
    included_on=date(2026, 3, 26), year=2026, reviewed_on=date(2026, 10, 15), guarantees="逐项查看，全部有保障。",
    measures=(leaving.MeasureReviewed(title="健康帮扶", fit="对路：针对看病开支", effect="医疗救助1.8万元，已按时复查"),
              leaving.MeasureReviewed(title="就业帮扶", fit="对路：儿子县内上岗", effect="每月收入3600元，已稳定6个月")),
    risk_points="看病支出已可控；务工收入已恢复。", income_stability="稳定，人均纯收入高于监测范围参考线。", spending="可控。",
    motivation="愿意靠劳动增收，新养牛2头。", conclusion="风险稳定消除", continued_help="", reviewers=("张样本一", "左例芬", "段测试"),
)
EXIT_CONSENT = leaving.ExitConsentForm(
    place=PLACE, head_name="字㬹", size=4, household_class="脱贫不稳定户", included_on=date(2026, 3, 26),
    reviewed_on=date(2026, 10, 15), risks_resolved=("因病", "因务工就业不稳"),
    ending=("作为监测对象的每月走访", "仅针对监测对象的就业交通补助"), continuing=("城乡居民基本医疗保险和医疗救助", "家庭医生签约服务"),
    contacts=CONTACTS, written_by="张样本一", witness="杨测试乙",
)
MARKING_LIST = leaving.MarkingList(
    place=VILLAGE, issuer=COUNTY, month="2026年11月", prepared_by="熊例忠", checked_by="余样芳",
    responsible=("县级责任人余样芳", "信息录入责任人熊例忠"),
    households=tuple(
        leaving.MarkedHousehold(township="诺邓镇", village="和平村", group=row.group, head_name=row.head_name, size=row.size,
                                household_class=row.household_class, way="帮扶消除", decided_on=date(2026, 11, 20),
                                reply_number="云农复〔2026〕41号", national_number=f"5329290000{number:04d}")
        for number, row in enumerate(listed(5), start=1)
    ),
)
SAMPLES: dict[str, object] = {
    "leaflet": LEAFLET, "lead": LEAD, "application": APPLICATION, "survey": SURVEY, "minutes": MINUTES, "notice_in": notice(),
    "notice_out": notice(households=public_households(4), line=None, line_year=None), "village_report": VILLAGE_REPORT,
    "township_review": TOWNSHIP_REVIEW, "township_report": TOWNSHIP_REPORT, "joint_review": JOINT_REVIEW,
    "county_reply": COUNTY_REPLY, "not_included": NOT_INCLUDED, "special_case": SPECIAL_CASE, "measures_plan": MEASURES_PLAN,
    "measures_notice": MEASURES_NOTICE, "review_sheet": REVIEW_SHEET, "exit_consent": EXIT_CONSENT, "marking_list": MARKING_LIST,
}
