"""The first page: what waits for each role, since when, due when; nothing of the neighbours, and never more statements."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.blueprints.desk_work import gist
from fanpin.clock import at_noon
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult, Inquiry, Question, UnaskedStatement
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.deliveries import Delivery
from fanpin.models.households import Household
from fanpin.models.leads import Lead
from fanpin.models.measures import Measure, MeasureStatus, Visit
from fanpin.models.notices import Notice, NoticePlace, PlaceKind
from fanpin.models.surveys import Consent, ConsentSignature
from fanpin.models.users import Grant, User
from fanpin.models.warnings import MonthlyAnalysis
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.intake import Channel, LeadSource, RoundOccasion
from fanpin.rules.risks import MeasureCategory
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import analysis, delivery_template, intake
from fanpin.steps.delivery_intake import Intake
from tests.builders import a_case, a_household, people
from tests.cast import CAST
from tests.conftest import TODAY, StandingClock
from tests.counting import statements
from tests.sheet_makers import sent
from tests.world import World, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


def desk(app: Flask, username: str) -> str:
    answer = log_in(app, username).get("/")
    assert answer.status_code == 200
    return words(answer)


class Filled:
    """Puts work before people."""

    def __init__(self, session: Session, world: World, clock: StandingClock) -> None:
        self.session, self.world, self.now, self.today = session, world, clock.now(), clock.today()
        self.county = world.areas["county"]

    def household(self, name: str) -> Household:
        return a_household(self.session, self.world, now=self.now, today=self.today, members=people(name))

    def case(self, name: str, stage: Stage, *, since: date = TODAY, procedure: Procedure = Procedure.ENTERING) -> Case:
        case = a_case(self.session, self.world, now=self.now, today=self.today, household=self.household(name))
        self.session.execute(update(Case).where(Case.id == case.id).values(
            stage=stage, stage_since=since, procedure=procedure))
        self.session.refresh(case)
        return case

    def lead(self, name: str, *, on: date = TODAY) -> None:
        intake.register(self.session, self.world.areas["group1"], intake.Declaration(
            source=LeadSource.DECLARATION, channel=Channel.SPOKEN, head_name=name, statement="有困难", declared_on=on),
            actor=self.world.actors["cun.gan"], now=at_noon(on), today=self.today)

    def warning(self, name: str, *, sent: bool) -> None:
        row = analysis.enter_warning(
            self.session, self.household(name), source=LeadSource.DEPARTMENT, department="health", document="", content="大病自付高",
            actor=self.world.actors["xian.ban"], now=self.now, today=self.today)
        if sent:
            analysis.dispatch(self.session, [row], actor=self.world.actors["xian.ban"], now=self.now)

    def listed(self, case: Case, number: str) -> VillageList:
        village = self.world.areas["village"]
        row = VillageList(area_id=village.id, area_path=village.path, procedure=case.procedure, month="2026-03", number=number,
                          sequence=self.session.query(VillageList).count() + 1, opened_by="周村干", opened_at=self.now)
        self.session.add(row)
        self.session.flush()
        self.session.add(ListEntry(list_id=row.id, case_id=case.id, round=1, area_path=case.area_path))
        self.session.flush()
        return row

    def notice(self, row: VillageList, *, posted_on: date | None) -> None:
        notice = Notice(list_id=row.id, number=f"公示 {row.number}", issued_on=TODAY, issued_by="周村干", area_path=row.area_path)
        self.session.add(notice)
        self.session.flush()
        self.session.add(NoticePlace(notice_id=notice.id, kind=PlaceKind.GROUP, posted_on=posted_on,
                                     area_path=self.world.areas["group1"].path))

    def inquiry(self, case: Case, department: str, *, due_on: date, state: str = "waiting", signed: bool = False) -> None:
        row = Inquiry(case_id=case.id, case_code=case.code, head_name=case.household.head_name, place="大河村", round=1,
                      procedure=case.procedure, asked_on=TODAY, due_on=due_on, asked_by="赵县办", department=department,
                      area_path=case.area_path, signed_at=self.now if signed else None)
        self.session.add(row)
        self.session.flush()
        self.session.add(Question(inquiry_id=row.id, kind="vehicle.owned", token=row.ref, subject_name="测试", state=state,
                                  department=department, area_path=case.area_path))

    def decision(self, case: Case, *, result: DeterminationResult = DeterminationResult.INCLUDED, reported: bool = False,
                 department: str = "", entry_due: date | None = None) -> None:
        self.session.add(Determination(
            case_id=case.id, procedure=case.procedure, round=1, result=result, decided_on=TODAY, decided_by="孙县审",
            area_path=case.area_path, reported_on=TODAY if reported else None, lead_department=department,
            entry_due_on=entry_due))

    def measure(self, case: Case, status: MeasureStatus) -> None:
        self.session.add(Measure(
            case_id=case.id, household_id=case.household_id, area_path=case.area_path, category=next(iter(MeasureCategory)),
            detail="公益性岗位", status=status, department="agriculture", due_on=TODAY + timedelta(days=9), proposed_by="周村干",
            proposed_at=self.now))

    def visit(self, case: Case, on: date) -> None:
        self.session.add(Visit(case_id=case.id, household_id=case.household_id, area_path=case.area_path, visited_on=on,
                               guarantees_safe=True, water_safe=True, visited_by="周村干"))


@pytest.fixture
def filled(session: Session, world: World, clock: StandingClock) -> Filled:
    return Filled(session, world, clock)


def test_every_role_has_a_first_page(world: World, app: Flask):
    for username in (*CAST, "bm.education"):
        role = CAST[username].role.title if username in CAST else "部门核查员"
        assert f"{role}：待办" in desk(app, username), username


def test_account_without_a_post_says_whom_to_ask(world: World, session: Session, app: Flask, clock: StandingClock):
    session.execute(update(Grant).where(Grant.user_id == world.actors["cun.gan"].user_id).values(revoked_at=clock.now()))
    assert "还没有分配岗位，请联系县级安全管理员" in desk(app, "cun.gan")


def test_village_sees_what_waits_and_by_when(filled: Filled, app: Flask):
    filled.case("测试阿朵", Stage.SURVEY, since=date(2026, 2, 26))
    filled.case("测试阿普", Stage.SURVEY, since=date(2026, 2, 9))
    filled.warning("测试阿加", sent=True)
    page = desk(app, "cun.gan")
    assert "入户调查（2）" in page and "签收预警（1）" in page and "测试阿加家" in page
    # Five working days after 26 February: the 27th, Saturday the 28th (worked in 2026), 2, 3 and 4 March.
    assert "还剩 2 个工作日" in page and "2026年3月4日" in page and "逾期" in page
    assert page.index("测试阿普家") < page.index("测试阿朵家")


def test_warning_moves_from_signing_to_verifying(filled: Filled, session: Session, app: Flask):
    filled.warning("测试阿加", sent=True)
    client = log_in(app, "cun.gan")
    assert "签收预警（1）" in words(client.get("/"))
    warning = words(client.get("/analysis/warnings")).split("/analysis/warnings/")[1][:14]
    client.post(f"/analysis/warnings/{warning}/receive")
    page = words(client.get("/"))
    assert "入户核实预警（1）" in page and "签收预警（1）" not in page
    assert "签收预警（1）" in desk(app, "xiang.gan")


def test_village_follows_its_list_through_notice_to_report(filled: Filled, app: Flask):
    filled.case("测试未列", Stage.DELIBERATION)
    filled.listed(filled.case("测试评议", Stage.DELIBERATION), "名单甲")
    filled.listed(filled.case("测试待公示", Stage.PUBLICITY), "名单乙")
    filled.notice(filled.listed(filled.case("测试待贴", Stage.PUBLICITY), "名单丙"), posted_on=None)
    filled.notice(filled.listed(filled.case("测试公示", Stage.PUBLICITY), "名单丁"), posted_on=date(2026, 2, 26))
    filled.notice(filled.listed(filled.case("测试期满", Stage.PUBLICITY), "名单戊"), posted_on=date(2026, 2, 9))
    page = desk(app, "cun.gan")
    assert "列入村级名单（1）" in page and "测试未列家" in page
    assert "公布名单、评议和“两委”研究（1）" in page and "还没有向群众公布" in page
    assert "制作公示（1）" in page and "张贴公示（1）" in page and "公示期和上报乡镇（2）" in page
    assert "2月14日公示期满，请上报乡镇" in page and "2026年3月4日" in page
    assert "张贴公示（1）" in desk(app, "zu.zhang")


def test_township_sees_its_lists(filled: Filled, app: Flask):
    filled.listed(filled.case("测试阿朵", Stage.TOWNSHIP), "名单甲")
    assert "抽查、开专题会议并上报县级（1）" in desk(app, "xiang.zhang") and "名单甲" in desk(app, "xiang.gan")


def test_round_shows_how_many_are_missed(filled: Filled, session: Session, world: World, app: Flask):
    filled.household("测试阿朵")
    analysis.open_round(session, world.areas["village"], title="二月排查", occasion=RoundOccasion.REGULAR,
                        starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 27), visitors="周村干",
                        actor=world.actors["cun.gan"], now=filled.now)
    page = desk(app, "cun.gan")
    assert "二月排查" in page and "还差1户" in page and "逾期 2 个工作日" in page
    assert "登记排查结果（1）" in desk(app, "zu.zhang")


def test_monitored_household_is_due_when_the_last_visit_is_a_month_ago(filled: Filled, app: Flask):
    seen, late = (filled.case(name, Stage.ASSISTANCE, since=date(2026, 1, 5)) for name in ("测试近访", "测试久访"))
    filled.visit(seen, date(2026, 2, 20))
    filled.visit(late, date(2026, 1, 20))
    page = desk(app, "cun.gan")
    assert "走访监测对象（1）" in page and "测试久访家" in page and "测试近访家" not in page


def test_the_months_dispatch_is_due_in_the_county_until_something_was_sent(filled: Filled, app: Flask):
    page = desk(app, "xian.ban")
    assert "本月到户预警反馈到村（1）" in page and "2026年3月的预警还没有下发" in page and "还剩 21 个工作日" in page
    filled.warning("测试预警", sent=False)
    assert "本月到户预警反馈到村（1）" in desk(app, "xian.ban")
    filled.warning("测试另一", sent=True)
    assert "本月到户预警反馈到村" not in desk(app, "xian.ban")


def test_county_analyst_sees_leads_with_their_clock_and_everything_to_the_marking(filled: Filled, app: Flask):
    filled.lead("测试迟到", on=date(2026, 2, 20))
    filled.warning("测试预警", sent=False)
    filled.case("测试待查", Stage.COUNTY)
    silent = filled.case("测试催办", Stage.COUNTY)
    filled.inquiry(silent, "health", due_on=date(2026, 2, 26))
    filled.decision(filled.case("测试待报", Stage.COUNTY))
    filled.decision(filled.case("测试不纳", Stage.COUNTY), result=DeterminationResult.NOT_INCLUDED)
    filled.decision(filled.case("测试录入", Stage.ASSISTANCE), reported=True, department="agriculture", entry_due=date(2026, 3, 6))
    filled.decision(filled.case("测试标注", Stage.COUNTY, procedure=Procedure.LEAVING), result=DeterminationResult.ELIMINATED)
    page = desk(app, "xian.ban")
    for said in ("受理线索（1）", "逾期 4 个工作日", "下发预警（1）", "发起部门联审（1）", "催办逾期没有答复的部门（1）", "卫健部门：测试催办家",
                 "由有关部门办理", "报县领导小组（1）", "送达不予纳入告知书（1）", "录入全国防返贫监测信息系统（1）", "还剩 4 个工作日",
                 "标注“风险消除”（1）"):
        assert said in page, said


def test_decider_and_leading_group_see_what_is_ready_for_them(filled: Filled, app: Flask):
    ready, waiting = filled.case("测试可定", Stage.COUNTY), filled.case("测试等答", Stage.COUNTY)
    filled.inquiry(ready, "health", due_on=TODAY, state="clear", signed=True)
    filled.inquiry(waiting, "health", due_on=TODAY)
    filled.decision(filled.case("测试待派", Stage.COUNTY), reported=True)
    page = desk(app, "xian.zhang")
    assert "县级确定（1）" in page and "测试可定家" in page and "测试等答家" not in page
    assert "明确帮扶主责部门（1）" in page and "明确帮扶主责部门（1）" in desk(app, "ling.dao")


def test_department_sees_its_own_inquiries_and_months_only(filled: Filled, session: Session, app: Flask):
    filled.inquiry(filled.case("测试待答", Stage.COUNTY), "health", due_on=date(2026, 3, 4))
    filled.inquiry(filled.case("测试待签", Stage.COUNTY), "health", due_on=date(2026, 3, 4), state="clear")
    session.add(MonthlyAnalysis(area_id=filled.county.id, area_path=filled.county.path, month="2026-02", summary="分析",
                                opened_by="赵县办", opened_at=filled.now))
    page = desk(app, "bm.health")
    assert "答复部门核查（1）" in page and "签字确认答复（1）" in page and "还剩 2 个工作日" in page and "2026年2月分析" in page
    assert "测试待答" not in desk(app, "bm.education")


def test_helpers_see_the_measures_that_they_carry(filled: Filled, app: Flask):
    filled.measure(filled.case("测试落实", Stage.ASSISTANCE), MeasureStatus.CONFIRMED)
    filled.measure(filled.case("测试完成", Stage.ASSISTANCE), MeasureStatus.STARTED)
    filled.measure(filled.case("测试提出", Stage.TOWNSHIP), MeasureStatus.PLANNED)
    page = desk(app, "bang.fu")
    assert "落实帮扶措施（1）" in page and "完成帮扶措施（1）" in page and "测试提出" not in page


def test_overseers_are_told_that_the_years_line_is_due(world: World, app: Flask):
    assert "2026年监测底线还没有确定" in desk(app, "zhou.shi") and "2026年监测底线还没有确定" in desk(app, "sheng.ban")


def test_security_administrator_sees_accounts_without_a_grant_and_nothing_of_households(filled: Filled, session: Session,
                                                                                        app: Flask):
    filled.case("测试阿朵", Stage.SURVEY)
    session.execute(update(Grant).where(Grant.user_id == select(User.id).where(User.username == "cun.gan").scalar_subquery())
                    .values(revoked_at=filled.now))
    page = desk(app, "an.quan")
    assert "给账号授权（1）" in page and "周村干" in page and "测试阿朵" not in page


def test_an_administrator_for_whom_nothing_waits_reads_of_accounts_and_not_of_leads(world: World, app: Flask):
    page = desk(app, "an.quan")
    assert "到期的账号和授权" in page and "线索" not in page


def test_a_text_that_is_cut_on_the_desk_says_so():
    assert gist("住院自付8.5万元\n第二行") == "住院自付8.5万元" and gist("") == ""
    assert gist("结算日期2026年1月29日", 12) == "结算日期2026年1月…" and len(gist("长" * 41)) == 40


def test_the_months_data_wait_on_the_departments_desk_until_they_are_sent(
        filled: Filled, session: Session, world: World, clock: StandingClock, app: Flask, tmp_path: Path):
    page = desk(app, "bm.public-security")
    assert "报送本月数据（2）" in page and "交通事故伤亡" in page and "刑事案件致重要劳动力伤亡" in page and "还剩 21 个工作日" in page
    # Last month's sheet is not this month's; a month without news is told by an empty sheet.
    for day, expected in ((date(2026, 2, 27), "报送本月数据（2）"), (TODAY, "报送本月数据（1）")):
        row = sent(session, world, clock, tmp_path, "traffic_injury", [], department="public_security", complete=True,
                   content=delivery_template.blank(kind_of("traffic_injury")), as_of=day)
        number, row.sent_at = row.id, at_noon(day)
        session.commit()
        assert expected in desk(app, "bm.public-security"), day
        session.commit()
        Intake(tmp_path).handle(session, {"delivery": number}, clock.now())
        session.commit()
        row = session.get(Delivery, number)
        assert row.state is DeliveryState.CONFIRM and "一行也没有" in row.notices[0]
        row.state, row.confirmed_at = DeliveryState.WAITING, clock.now()
        session.commit()
        Intake(tmp_path).handle(session, {"delivery": number}, clock.now())
        session.commit()
        assert session.get(Delivery, number).state is DeliveryState.DONE
        assert expected in desk(app, "bm.public-security"), day
    session.execute(update(Delivery).values(state=DeliveryState.WITHDRAWN))
    assert "报送本月数据（2）" in desk(app, "bm.public-security")


def test_the_village_is_asked_for_its_statement_on_each_adult_who_has_not_signed(filled: Filled, session: Session, app: Flask):
    case = filled.case("测试户主", Stage.COUNTY)
    head, spouse, _ = case.household.members
    assert "登记村级证明（2）" in desk(app, "cun.gan")
    consent = Consent(household_id=case.household_id, case_id=case.id, area_path=case.area_path, authorised=True, signed_on=TODAY,
                      recorded_by="周村干", recorded_at=filled.now)
    session.add(consent)
    session.flush()
    session.add(ConsentSignature(consent_id=consent.id, member_id=head.id, signed_on=TODAY, area_path=case.area_path))
    session.commit()
    page = desk(app, "cun.gan")
    assert "登记村级证明（1）" in page and f"测试户主家：{spouse.name}" in page and "登记村级证明" not in desk(app, "xian.ban")
    session.add(UnaskedStatement(case_id=case.id, procedure=case.procedure, round=case.round, member_id=spouse.id, area_path=case.area_path,
                                 member_name=spouse.name, statement="在省外务工", stated_by="周村干", stated_by_id=1, stated_at=filled.now))
    session.commit()
    assert "登记村级证明" not in desk(app, "cun.gan") and "采信村级证明（1）" in desk(app, "xian.ban")


def test_an_officer_for_whom_nothing_waits_reads_where_the_months_data_are_sent(world: World, app: Flask):
    officer = "bm.central-bank"
    assert "每月的数据请从菜单“报送数据”报送" in desk(app, officer) and "报送数据</a>" in desk(app, officer)


@pytest.mark.parametrize("username", ["lin.cun", "wai.cun", "wai.xian"])
def test_neighbours_see_neither_names_nor_counts(filled: Filled, app: Flask, username: str):
    filled.case("测试阿朵", Stage.SURVEY)
    filled.case("测试阿普", Stage.COUNTY)
    filled.lead("测试阿加")
    filled.warning("测试阿山", sent=True)
    page = desk(app, username)
    assert "测试" not in page and not [title for title in ("受理线索", "下发预警", "发起部门联审", "入户调查") if title in page]
    # A county has its own duties of 六, whatever the neighbours do.
    assert ("现在没有待办" in page) is (username != "wai.xian")


def _everything(filled: Filled, number: int) -> None:
    for index in range(number):
        mark = chr(0x4e00 + 7 * number + index)
        filled.lead(f"测试{mark}")
        filled.warning(f"测试甲{mark}", sent=bool(index % 2))
        filled.case(f"测试乙{mark}", Stage.SURVEY)
        filled.case(f"测试丙{mark}", Stage.COUNTY)
        filled.decision(filled.case(f"测试丁{mark}", Stage.COUNTY))
        filled.case(f"测试戊{mark}", Stage.ASSISTANCE, since=date(2026, 1, 5))
        filled.notice(filled.listed(filled.case(f"测试己{mark}", Stage.PUBLICITY), f"名单{mark}"), posted_on=TODAY)


@pytest.mark.parametrize("username", ["cun.gan", "xian.ban"])
def test_desk_asks_the_database_no_more_often_for_more_work(filled: Filled, app: Flask, username: str):
    _everything(filled, 2)
    client = log_in(app, username)
    client.get("/")
    with statements() as few:
        client.get("/")
    _everything(filled, 9)
    filled.session.commit()
    with statements() as many:
        page = words(client.get("/"))
    assert len(many) == len(few) and "只列出前10件，查看全部11件" in page


def test_a_merged_lead_waits_on_the_villages_desk_until_somebody_proposes(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    filled = Filled(session, world, clock)
    household = filled.household("测试甲")
    filled.lead("测试甲")
    lead = session.scalars(select(Lead)).one()
    intake.accept(session, lead, actor=world.actors["xian.ban"], now=clock.now())
    intake.merge(session, lead, household, actor=world.actors["xian.ban"], now=clock.now())
    session.commit()
    assert "提出重点核查对象" in desk(app, "cun.gan") and "提出重点核查对象" in desk(app, "xiang.gan")
    analysis.propose(session, household, reason="医疗支出大", actor=world.actors["cun.gan"], now=clock.now())
    session.commit()
    assert "提出重点核查对象" not in desk(app, "cun.gan")
