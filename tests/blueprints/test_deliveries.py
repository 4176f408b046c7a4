"""The department's page of deliveries, the county's queue, and the month's screening, as people see them."""

from io import BytesIO

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.findings import HouseholdFinding, ScreeningRun
from fanpin.models.households import Household
from fanpin.models.outbox import OutboxItem
from fanpin.models.warnings import Warning
from fanpin.rules.intake import WarningConclusion
from fanpin.steps import analysis
from fanpin.worker import drain
from tests.builders import a_household, an_id
from tests.conftest import StandingClock
from tests.sheet_makers import ID, NAME, a_sheet
from tests.world import World, log_in

BILL = "form:high_medical_cost"
SENT = {"source": BILL, "as_of": "2026-03-01", "complete": "yes", "register_scope": "本县登记范围"}


@pytest.fixture
def home(session: Session, world: World, clock: StandingClock) -> Household:
    row = a_household(session, world, now=clock.now(), today=clock.today(), lifted=False)
    session.commit()
    return row


def rows(home: Household) -> list[dict[str, object]]:
    head, spouse = home.members[:2]
    paid = {"自付金额": "21300", "结算日期": "2026-01-12"}
    return [{ID: head.id_number, NAME: head.name} | paid, {ID: spouse.id_number, NAME: "测别名"} | paid,
            {ID: an_id(home.members[0].born_on), NAME: "测外县"} | paid, {ID: "530628", NAME: head.name} | paid | {"自付金额": "许多"}]


def upload(client: FlaskClient, content: bytes, **more: str) -> object:
    return client.post("/deliveries/new", data={**SENT, **more, "file": (BytesIO(content), "数据.xlsx")},
                       content_type="multipart/form-data")


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


@pytest.fixture
def officer(app: Flask, home: Household) -> FlaskClient:
    return log_in(app, "bm.medical-insurance")


@pytest.fixture
def delivered(app: Flask, session: Session, home: Household, officer: FlaskClient) -> Delivery:
    assert upload(officer, a_sheet(rows(home))).status_code == 302
    session.expire_all()
    drain(app)
    session.expire_all()
    return session.scalars(select(Delivery)).one()


def test_a_department_sends_a_sheet_and_reads_where_every_row_went(
        app: Flask, session: Session, home: Household, officer: FlaskClient) -> None:
    answer = upload(officer, a_sheet(rows(home)))
    waiting = officer.get(answer.location)
    assert "等待读取" in waiting.get_data(as_text=True) and waiting.headers["Refresh"] == "3"
    session.rollback()
    drain(app)
    page = officer.get(answer.location)
    said = page.get_data(as_text=True)
    assert "已入库" in said and "Refresh" not in page.headers
    assert "自付金额" in said and "许多" not in said
    listed = text(officer, "/deliveries/")
    assert "2行没有匹配到本县农户" in listed


def test_several_files_are_sent_at_once_known_by_their_headers_and_shown_in_their_order(
        app: Flask, session: Session, home: Household, officer: FlaskClient) -> None:
    head = home.members[0]
    aid = a_sheet([{ID: head.id_number, NAME: head.name, "近12个月救助金额": "300", "最近一次日期": "2026-01-02"}])
    bills = a_sheet(rows(home))
    chosen = [(BytesIO(bills), "费用.xlsx"), (BytesIO(aid), "救助.xlsx"), (BytesIO(bills), "费用（又一份）.xlsx")]
    answer = officer.post("/deliveries/new", data={**SENT, "source": "", "file": chosen},
                          content_type="multipart/form-data", follow_redirects=True)
    said = answer.get_data(as_text=True)
    assert "已收到2份" in said and "没有收：费用（又一份）.xlsx" in said and answer.headers["Refresh"] == "3"
    assert said.index("费用.xlsx") < said.index("救助.xlsx") and "即将读取" in said and "前面还有1份" in said
    analyst = log_in(app, "xian.ban")
    seen = analyst.get("/analysis/screening")
    assert "医保部门：按表头识别（费用.xlsx）" in seen.get_data(as_text=True) and seen.headers["Refresh"] == "3"
    session.rollback()
    drain(app)
    session.expire_all()
    told = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert [(row.source, row.table, row.state.value) for row in told] == [
        ("form", "high_medical_cost", "done"), ("form", "medical_aid", "done")]
    assert "Refresh" not in officer.get("/deliveries/").headers


def test_a_delivery_that_no_worker_takes_any_more_says_so(session: Session, home: Household, officer: FlaskClient) -> None:
    upload(officer, a_sheet(rows(home)))
    session.expire_all()
    session.execute(update(OutboxItem).values(state="dead"))
    session.commit()
    assert "已停止，请联系系统管理员" in text(officer, "/deliveries/")


def test_the_refused_rows_come_back_in_the_departments_own_columns(officer: FlaskClient, delivered: Delivery) -> None:
    answer = officer.get(f"/deliveries/{delivered.ref}/errors")
    sheet = sheets.read(answer.get_data())
    assert [str(cell) for cell in sheet.rows[0].cells] == ["退回原因", ID, NAME, "自付金额", "结算日期", "原表行号"]
    assert len(sheet.rows) == 2 and "须是数字" in str(sheet.rows[1].cells[0]) and sheet.rows[1].cells[-1] == "5"


def test_nothing_typed_is_lost_and_each_field_says_what_to_do(officer: FlaskClient) -> None:
    answer = officer.post("/deliveries/new", data={**SENT, "as_of": "2027-01-01", "register_scope": "本县参保人员"})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "请选择要报送的表" in said and "本县参保人员" in said
    late = upload(officer, b"x", as_of="2027-01-01")
    assert "不能晚于今天" in late.get_data(as_text=True)


def test_an_empty_form_can_be_fetched_and_another_departments_cannot(officer: FlaskClient) -> None:
    answer = officer.get(f"/deliveries/form?source={BILL}")
    header = sheets.read(answer.get_data()).rows[1].cells
    assert [str(cell) for cell in header] == [ID, NAME, "自付金额", "结算日期"]
    assert officer.get("/deliveries/form?source=form:vehicle").status_code == 404


def test_a_delivery_is_taken_back_with_a_reason(session: Session, officer: FlaskClient, delivered: Delivery) -> None:
    address = f"/deliveries/{delivered.ref}/withdraw"
    assert officer.post(address, data={}).status_code == 422
    assert officer.post(address, data={"reason": "少一个乡"}).status_code == 302
    assert "少一个乡" in text(officer, f"/deliveries/{delivered.ref}")


def test_the_county_matches_by_hand_or_sets_aside(app: Flask, session: Session, home: Household, delivered: Delivery) -> None:
    analyst = log_in(app, "xian.ban")
    listed = text(analyst, "/unmatched/")
    assert "测别名" in listed and "测外县" in listed and "姓名不一致" in listed
    by_name = {row.name: row for row in session.scalars(select(UnmatchedRow))}
    page = text(analyst, f"/unmatched/{by_name['测别名'].ref}")
    assert home.members[1].name in page and "请核对是否同一人" in page and home.members[1].id_number not in page
    assert "相同" in page
    member = home.members[1].ref
    refs = {name: row.ref for name, row in by_name.items()}
    session.rollback()
    assert analyst.post(f"/unmatched/{refs['测别名']}/match/{member}").status_code == 302
    assert analyst.post("/unmatched/aside", data={"row": refs["测外县"], "reason": ""}).status_code == 302
    assert "测外县" in text(analyst, "/unmatched/")
    assert analyst.post("/unmatched/aside", data={"row": refs["测外县"], "reason": "户籍在外县"}).status_code == 302
    assert "户籍在外县" in text(analyst, "/unmatched/?state=aside")


def test_the_county_screens_dispatches_and_the_department_reads_what_was_found(
        app: Flask, session: Session, world: World, clock: StandingClock, officer: FlaskClient, delivered: Delivery) -> None:
    analyst = log_in(app, "xian.ban")
    assert "按月筛查部门数据" in text(analyst, "/")
    session.rollback()
    assert analyst.post("/analysis/screening/run").status_code == 302
    assert "筛查正在进行" in _followed(analyst, "/analysis/screening/run")
    drain(app)
    page = text(analyst, "/analysis/screening")
    assert "已完成" in page and "不能：没有查全或有退回的行" in page and "不能：没有报送" in page
    assert "按月筛查部门数据" not in text(analyst, "/")
    listed = text(analyst, "/analysis/warnings?state=entered")
    assert "住院报销后自付费用较高" in listed and "达到默认标准20,000元" in listed
    warning = session.scalars(select(Warning)).one()
    session.rollback()
    analyst.post("/analysis/warnings/dispatch", data={"warning": warning.ref})
    when = {"now": clock.now(), "today": clock.today()}
    session.expire_all()
    analysis.verify(session, session.scalars(select(Warning)).one(), conclusion=WarningConclusion.AT_RISK, finding="仍在治疗",
                    verified_on=clock.today(), actor=world.actors["cun.gan"], **when)
    session.commit()
    said = text(officer, "/deliveries/")
    assert "存在风险，启动识别1户" in said and "100%" in said
    assert session.scalars(select(HouseholdFinding.conclusion)).all() == [WarningConclusion.AT_RISK]
    assert len(session.scalars(select(ScreeningRun)).all()) == 1


def _followed(client: FlaskClient, address: str) -> str:
    return client.post(address, follow_redirects=True).get_data(as_text=True)


def test_what_weighs_most_is_listed_first_and_nothing_is_left_out(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    analyst = world.actors["xian.ban"]
    homes = [a_household(session, world, now=clock.now(), today=clock.today()) for _ in range(3)]
    for home, score in zip(homes, (3, 20, 10), strict=True):
        row = analysis.enter_warning(session, home, source=analysis.LeadSource.MEDIA, department="", document="", content=f"第{score}分",
                                     actor=analyst, now=clock.now(), today=clock.today())
        row.score = score
    session.commit()
    listed = text(log_in(app, "xian.ban"), "/analysis/warnings?state=entered")
    assert listed.index("第20分") < listed.index("第10分") < listed.index("第3分")


def test_the_numbers_are_public_in_the_county_and_only_its_analyst_makes_them_stricter(app: Flask, session: Session, world: World) -> None:
    assert "20,000元" in text(log_in(app, "cun.gan"), "/analysis/thresholds")
    assert log_in(app, "cun.gan").get("/analysis/thresholds/new").status_code == 403
    analyst = log_in(app, "xian.ban")
    typed = {"key": "medical_paid", "amount": "25000", "document": "彝防〔2026〕5号", "valid_from": "2026-03-02"}
    refused = analyst.post("/analysis/thresholds/new", data=typed)
    assert refused.status_code == 422 and "只能使预警更多" in refused.get_data(as_text=True)
    assert analyst.post("/analysis/thresholds/new", data=typed | {"amount": "15000"}).status_code == 302
    said = text(analyst, "/analysis/thresholds")
    assert "彝良县：彝防〔2026〕5号" in said and "15,000元" in said


def test_times_are_counted_and_not_paid(app: Flask, session: Session, world: World) -> None:
    analyst = log_in(app, "xian.ban")
    typed = {"key": "relief_urgent", "amount": "", "count": "2", "document": "彝防〔2026〕5号", "valid_from": "2026-03-02"}
    assert analyst.post("/analysis/thresholds/new", data=typed | {"count": ""}).status_code == 422
    assert analyst.post("/analysis/thresholds/new", data=typed).status_code == 302
    assert "2次" in text(analyst, "/analysis/thresholds")


def test_hidden_rows_are_confirmed_on_the_page_that_says_them(app: Flask, session: Session, home: Household, officer: FlaskClient) -> None:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as made:
        page = made.add_worksheet("数据")
        for at, row in enumerate([dict(zip(rows(home)[0], rows(home)[0], strict=True)), *rows(home)[:2]]):
            page.write_row(at, 0, list(row.values()))
        page.set_row(2, options={"hidden": True})
    shown = upload(officer, content.getvalue()).location
    session.rollback()
    drain(app)
    said = text(officer, shown)
    assert "还没有入库，等您确认" in said and "含1行隐藏行" in said and "确认报送的数据" in text(officer, "/")
    assert officer.post(f"{shown}/confirm").status_code == 302
    session.rollback()
    drain(app)
    assert "报送人已确认：含1行隐藏行" in text(officer, shown) and "等您确认" not in text(officer, shown)
