"""Rounds, warnings and key checks, from the first visit to the case that begins; and the month's signatures."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.models.keychecks import KeyCheck
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.warnings import AnalysisSignature, MonthlyAnalysis, Warning
from fanpin.rules.intake import KeyCheckStatus, LeadSource, VisitResult, WarningConclusion
from fanpin.rules.stages import Stage
from fanpin.steps import analysis, intake
from tests.builders import a_household, people
from tests.conftest import StandingClock
from tests.counting import statements
from tests.world import World, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def households(session: Session, world: World, clock: StandingClock) -> list[Household]:
    return [a_household(session, world, now=clock.now(), today=clock.today(), members=people(f"测试阿{name}"))
            for name in "朵普加"]


@pytest.fixture
def round_(households: list[Household], session: Session, world: World, app: Flask) -> Round:
    answer = log_in(app, "cun.gan").post("/analysis/rounds/new", data={
        "village": world.areas["village"].code12, "title": "三月排查", "occasion": "regular", "starts_on": "2026-03-02",
        "ends_on": "2026-03-20", "visitors": "周村干、吴驻村"})
    assert answer.status_code == 302, words(answer)
    return session.scalars(select(Round)).one()


@pytest.fixture
def warning(households: list[Household], session: Session, app: Flask) -> Warning:
    answer = log_in(app, "xian.ban").post(f"/analysis/households/{households[0].ref}/warning", data={
        "source": "department", "department": "medical_insurance", "document": "彝医保函〔2026〕3号", "content": "自付医疗费1.8万元"})
    assert answer.status_code == 302, words(answer)
    return session.scalars(select(Warning)).one()


def visits(session: Session) -> list[RoundVisit]:
    return list(session.scalars(select(RoundVisit).order_by(RoundVisit.id)))


@pytest.mark.parametrize(("username", "leads_to"), [
    ("cun.gan", "/analysis/rounds"), ("zu.zhang", "/analysis/visits"), ("xian.ban", "/analysis/warnings"),
    ("xiang.zhang", "/analysis/warnings"), ("bm.education", "/analysis/signing")])
def test_every_post_begins_at_its_own_page(world: World, app: Flask, username: str, leads_to: str):
    client = log_in(app, username)
    assert client.get("/analysis/").location == leads_to
    assert client.get(leads_to).status_code == 200


def test_round_owes_a_result_for_every_lifted_household(round_: Round, app: Flask, clock: StandingClock):
    client = log_in(app, "cun.gan")
    assert "还差3户" in words(client.get("/analysis/rounds"))
    page = words(client.get("/analysis/visits", query_string={"round": round_.ref}))
    assert all(f"测试阿{name}" in page for name in "朵普加")
    clock.move(days=30)
    assert "逾期，漏排3户" in words(log_in(app, "cun.gan").get("/analysis/rounds"))


def test_round_that_ends_before_it_begins_is_refused(world: World, app: Flask):
    answer = log_in(app, "cun.gan").post("/analysis/rounds/new", data={
        "village": world.areas["village"].code12, "title": "排查", "occasion": "regular", "starts_on": "2026-03-02",
        "ends_on": "2026-03-01", "visitors": "周村干"})
    assert answer.status_code == 422 and "结束日期不能早于开始日期" in words(answer)


def test_no_problem_is_recorded_for_many_households_at_once(round_: Round, session: Session, app: Flask):
    client = log_in(app, "cun.gan")
    refs = [visit.ref for visit in visits(session)[:2]]
    answer = client.post("/analysis/visits/no-problem", data={"visit": refs, "visited_on": "2026-03-02", "round": round_.ref})
    assert answer.status_code == 302
    session.expire_all()
    assert [visit.result for visit in visits(session)] == [VisitResult.NO_PROBLEM, VisitResult.NO_PROBLEM, None]
    assert "已登记2户" in words(client.get(answer.location))


@pytest.mark.parametrize("data", [{}, {"visit": ["\x00", "x" * 500]}, {"visited_on": "2026-03-02"}])
def test_nothing_ticked_says_what_to_do(round_: Round, app: Flask, data: dict[str, object]):
    client = log_in(app, "cun.gan")
    answer = client.post("/analysis/visits/no-problem", data=data)
    page = words(client.get(answer.location))
    assert answer.status_code == 302 and ("请先勾选" in page or "走访日期不对" in page)


def test_risk_that_was_found_leads_on_to_the_proposal(round_: Round, session: Session, app: Flask):
    client, visit = log_in(app, "cun.gan"), visits(session)[0]
    bare = client.post(f"/analysis/visits/{visit.ref}", data={"visited_on": "2026-03-02", "result": "at_risk"})
    assert bare.status_code == 422 and "请填写此项" in words(bare)
    answer = client.post(f"/analysis/visits/{visit.ref}", data={
        "visited_on": "2026-03-02", "result": "at_risk", "note": "户主摔伤，不能务工"})
    assert answer.location.endswith("/propose")
    assert "排查" in words(client.get(answer.location))


def test_group_cadre_records_the_visits_of_the_own_group(round_: Round, session: Session, app: Flask):
    client, visit = log_in(app, "zu.zhang"), visits(session)[0]
    assert "测试阿朵" in words(client.get("/analysis/visits"))
    assert client.post(f"/analysis/visits/{visit.ref}", data={
        "visited_on": "2026-03-02", "result": "away", "note": "在县城务工，电话联系过"}).status_code == 302


def test_household_that_the_round_did_not_owe_may_be_added(round_: Round, session: Session, world: World,
                                                           clock: StandingClock, app: Flask):
    other = a_household(session, world, now=clock.now(), today=clock.today(), members=people("测试远山"), lifted=False)
    client = log_in(app, "cun.gan")
    assert other.ref in words(client.get("/analysis/visits", query_string={"round": round_.ref, "q": "测试远山"}))
    assert client.post(f"/analysis/rounds/{round_.ref}/households/{other.ref}", data={
        "visited_on": "2026-03-02", "result": "changed", "note": "添了一个孩子"}).status_code == 302
    session.expire_all()
    assert round_.households == 4


def test_warning_goes_to_township_and_village_and_comes_back(warning: Warning, session: Session, app: Flask):
    county, township, village = (log_in(app, name) for name in ("xian.ban", "xiang.gan", "cun.gan"))
    assert "没有" in words(village.get("/analysis/warnings"))
    assert "已下发1条" in words(county.get(county.post("/analysis/warnings/dispatch", data={"warning": warning.ref}).location))
    for client in (township, village):
        assert "自付医疗费1.8万元" in words(client.get("/analysis/warnings")) and "签收" in words(client.get("/analysis/warnings"))
        assert client.post(f"/analysis/warnings/{warning.ref}/receive").status_code == 302
    answer = village.post(f"/analysis/warnings/{warning.ref}/verify", data={
        "verified_on": "2026-03-02", "conclusion": "at_risk", "finding": "妻子患大病，借了债"})
    assert answer.location.endswith("/propose")
    session.expire_all()
    assert warning.conclusion is WarningConclusion.AT_RISK and warning.township_received_by == "李乡干"
    again = village.post(f"/analysis/warnings/{warning.ref}/verify", data={
        "verified_on": "2026-03-02", "conclusion": "no_risk", "finding": "没有"})
    assert again.status_code == 409


def test_a_list_of_warnings_tells_who_has_signed_and_an_empty_one_what_to_do(warning: Warning, session: Session, app: Flask):
    assert "按“按今天的数据筛查”" not in words(log_in(app, "xian.ban").get("/analysis/warnings?state=entered"))
    assert log_in(app, "xian.ban").post("/analysis/warnings/dispatch", data={"warning": [warning.ref]}).status_code == 302
    page = words(log_in(app, "cun.gan").get("/analysis/warnings?state=sent"))
    assert "日下发</td>" in page and "下发；" not in page
    assert log_in(app, "cun.gan").post(f"/analysis/warnings/{warning.ref}/receive").status_code == 302
    assert "日下发；村" in words(log_in(app, "cun.gan").get("/analysis/warnings?state=received"))
    assert "按“按今天的数据筛查”" in words(log_in(app, "xian.ban").get("/analysis/warnings?state=entered"))
    assert "按“按今天的数据筛查”" not in words(log_in(app, "cun.gan").get("/analysis/warnings?state=entered"))


def test_warning_without_its_department_or_text_is_refused(households: list[Household], app: Flask):
    answer = log_in(app, "xian.ban").post(f"/analysis/households/{households[0].ref}/warning",
                                          data={"source": "department", "content": "有困难"})
    assert answer.status_code == 422 and "请选择来函的部门" in words(answer) and "有困难" in words(answer)


def test_warning_is_not_verified_before_it_is_sent(warning: Warning, app: Flask):
    answer = log_in(app, "cun.gan").post(f"/analysis/warnings/{warning.ref}/verify", data={
        "verified_on": "2026-03-02", "conclusion": "no_risk", "finding": "没有"})
    assert answer.status_code == 409 and "还没有下发" in words(answer)


def test_household_is_found_for_a_warning_or_a_proposal(households: list[Household], app: Flask):
    page = words(log_in(app, "xian.ban").get("/analysis/find", query_string={"purpose": "warning", "q": "csad"}))
    assert "测试阿朵" in page and f"/analysis/households/{households[0].ref}/warning" in page


def test_settled_proposal_begins_the_case(households: list[Household], session: Session, app: Flask):
    village, county = log_in(app, "cun.gan"), log_in(app, "xian.ban")
    url = f"/analysis/households/{households[0].ref}/propose"
    assert "请写明为什么" in words(village.post(url, data={"reason": ""}))
    assert village.post(url, data={"reason": "妻子患大病"}).status_code == 302
    assert "正等待县级确定" in words(village.post(url, data={"reason": "妻子患大病"}))
    check = session.scalars(select(KeyCheck)).one()
    assert "妻子患大病" in words(county.get("/analysis/key-checks"))
    assert "请选择研判结论" in words(county.post(f"/analysis/key-checks/{check.ref}", data={}))
    assert county.post(f"/analysis/key-checks/{check.ref}", data={"agree": "1"}).status_code == 302
    session.expire_all()
    assert session.scalars(select(Case)).one().stage is Stage.SURVEY
    assert county.post(f"/analysis/key-checks/{check.ref}", data={"agree": "1"}).status_code == 409


def test_declined_proposal_says_why_to_those_who_proposed(households: list[Household], session: Session, app: Flask):
    village, county = log_in(app, "cun.gan"), log_in(app, "xian.ban")
    village.post(f"/analysis/households/{households[0].ref}/propose", data={"reason": "收入下降"})
    check = session.scalars(select(KeyCheck)).one()
    bare = county.post(f"/analysis/key-checks/{check.ref}", data={"agree": "0", "reply": ""})
    assert bare.status_code == 422 and "请写明不列入的理由" in words(bare)
    county.post(f"/analysis/key-checks/{check.ref}", data={"agree": "0", "reply": "已有稳定务工收入"})
    session.expire_all()
    assert check.status is KeyCheckStatus.DECLINED
    assert "已有稳定务工收入" in words(village.get("/analysis/key-checks", query_string={"status": "declined"}))


def test_village_settles_nothing_and_county_proposes_nothing(households: list[Household], session: Session, app: Flask):
    village, county = log_in(app, "cun.gan"), log_in(app, "xian.ban")
    assert county.get(f"/analysis/households/{households[0].ref}/propose").status_code == 403
    village.post(f"/analysis/households/{households[0].ref}/propose", data={"reason": "收入下降"})
    check = session.scalars(select(KeyCheck)).one()
    assert village.post(f"/analysis/key-checks/{check.ref}", data={"agree": "1"}).status_code == 403


def test_departments_sign_the_month_that_the_county_opened(world: World, session: Session, app: Flask):
    county, officer = log_in(app, "xian.ban"), log_in(app, "bm.education")
    wrong = county.post("/analysis/months/new", data={"month": "2026-13", "summary": "x"})
    assert wrong.status_code == 422 and "月份请按" in words(wrong)
    assert county.post("/analysis/months/new", data={"month": "2026-03", "summary": "预警12户"}).status_code == 302
    assert "已经建立" in words(county.post("/analysis/months/new", data={"month": "2026-03", "summary": "预警12户"}))
    month = session.scalars(select(MonthlyAnalysis)).one()
    assert "预警12户" in words(officer.get("/analysis/signing"))
    assert officer.post(f"/analysis/months/{month.ref}/sign", data={"opinion": "无不同意见"}).status_code == 302
    assert officer.post(f"/analysis/months/{month.ref}/sign", data={}).status_code == 409
    assert "无不同意见" in words(county.get("/analysis/months"))
    assert session.scalars(select(AnalysisSignature.department)).all() == ["education"]


def test_neighbours_see_no_warning_and_no_proposal(warning: Warning, app: Flask):
    assert log_in(app, "wai.xian").get("/analysis/warnings").status_code == 200
    assert "自付医疗费" not in words(log_in(app, "wai.xian").get("/analysis/warnings"))
    assert log_in(app, "lin.cun").get(f"/analysis/warnings/{warning.ref}/verify").status_code == 404


def test_lists_ask_the_database_no_more_often_for_more_rows(round_: Round, warning: Warning, session: Session, world: World,
                                                            clock: StandingClock, app: Flask):
    client = log_in(app, "xian.ban")
    pages = ("/analysis/rounds", "/analysis/visits", "/analysis/warnings", "/analysis/key-checks", "/intake/")

    def more(mark: str) -> None:
        for number in range(4):
            home = a_household(session, world, now=clock.now(), today=clock.today(), members=people(f"测试{mark}{'天地玄黄'[number]}"))
            now = clock.now()
            analysis.propose(session, home, reason="大病", actor=world.actors["cun.gan"], now=now)
            analysis.enter_warning(session, home, source=LeadSource.PETITION, department="", document="", content="反映",
                                   actor=world.actors["xian.ban"], now=now, today=clock.today())
            analysis.record_visit(session, round_, home, visited_on=clock.today(), result=VisitResult.NO_PROBLEM, note="",
                                  actor=world.actors["cun.gan"], now=now, today=clock.today())
            intake.register(session, world.areas["group1"], intake.Declaration(
                LeadSource.PETITION, f"测试{mark}", "反映困难", clock.today()), actor=world.actors["cun.gan"], now=now,
                today=clock.today())
        session.commit()

    def count() -> list[int]:
        found = []
        for page in pages:
            with statements() as asked:
                assert client.get(page).status_code == 200
            found.append(len(asked))
        return found

    more("宇")
    few = count()
    more("宙")
    assert count() == few
