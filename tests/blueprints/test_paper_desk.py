"""Papers where a clerk looks for them: on the page of a warning, of a round, of an area; issued by whom they concern."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.documents.catalogue import from_json
from fanpin.models.households import Household
from fanpin.models.papers import Paper
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.warnings import Warning
from fanpin.rules.intake import LeadSource, RoundOccasion
from fanpin.steps import analysis
from fanpin.steps.paper_data_analysis import PART, parts_of
from tests.builders import a_household
from tests.conftest import TODAY, StandingClock
from tests.world import World, log_in


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def issued(session: Session, code: str) -> list[Paper]:
    session.rollback()
    return list(session.scalars(select(Paper).where(Paper.code == code).order_by(Paper.id)))


@pytest.fixture
def warning(session: Session, world: World, clock: StandingClock) -> Warning:
    household = a_household(session, world, now=clock.now(), today=TODAY)
    analyst = world.actors["xian.ban"]
    row = analysis.enter_warning(session, household, source=LeadSource.DEPARTMENT, department="medical_insurance",
                                 document="", content="住院自付2.6万元", actor=analyst, now=clock.now(), today=TODAY)
    session.flush()
    analysis.dispatch(session, [row], actor=analyst, now=clock.now())
    analysis.open_round(session, world.areas["village"], title="三月排查", occasion=RoundOccasion.REGULAR, starts_on=TODAY,
                        ends_on=TODAY, visitors="村干部", actor=world.actors["cun.gan"], now=clock.now())
    session.commit()
    return row


def test_the_sheet_of_a_warning_is_printed_from_the_page_that_answers_it(
        app: Flask, session: Session, warning: Warning) -> None:
    client = log_in(app, "cun.gan")
    assert f"/paper-desk/warnings/{warning.ref}" in client.get(f"/analysis/warnings/{warning.ref}/verify").get_data(as_text=True)
    answer = client.post(f"/paper-desk/warnings/{warning.ref}")
    assert answer.status_code == 302
    row, = issued(session, "warning_sheet")
    assert answer.location == f"/papers/{row.ref}" and row.household_id == warning.household_id
    assert "住院自付2.6万元" in row.data and "家" in words(client.get(answer.location))
    assert log_in(app, "xian.zhang").post(f"/paper-desk/warnings/{warning.ref}").status_code == 403


def test_the_months_list_of_a_village_is_the_countys_to_issue_and_the_villages_to_read(
        app: Flask, session: Session, world: World, warning: Warning) -> None:
    code = world.areas["village"].code12
    county, village = log_in(app, "xian.ban"), log_in(app, "cun.gan")
    assert "出具到户预警信息清单（2026年3月，1条）" in words(county.get(f"/paper-desk/?area={code}"))
    assert "出具到户预警信息清单" not in words(village.get("/paper-desk/"))
    sent = {"code": "warning_list", "area": code, "month": "2026-03"}
    assert village.post("/paper-desk/issue", data=sent).status_code == 403
    assert county.post("/paper-desk/issue", data=sent).status_code == 302
    row, = issued(session, "warning_list")
    assert [each.content for each in from_json(row.code, row.data).warnings] == ["住院自付2.6万元"]
    assert row.number in words(village.get("/paper-desk/"))
    assert village.get(f"/papers/{row.ref}").status_code == 200


def test_a_month_without_warnings_has_no_list_and_an_area_of_somebody_else_none_at_all(
        app: Flask, world: World, warning: Warning) -> None:
    county = log_in(app, "xian.ban")
    sent = {"code": "warning_list", "area": world.areas["village"].code12, "month": "2026-02"}
    empty = county.post("/paper-desk/issue", data=sent)
    assert empty.status_code == 409 and "没有下发到本村的预警" in words(empty)
    assert county.post("/paper-desk/issue", data=sent | {"area": world.areas["other_village"].code12}).status_code == 404
    assert county.post("/paper-desk/issue", data=sent | {"code": "passport"}).status_code == 422
    whole = county.post("/paper-desk/issue", data=sent | {"area": world.areas["county"].code12})
    assert whole.status_code == 422 and "请选择一个行政村" in words(whole)


def test_the_sheets_of_a_round_are_printed_before_the_visit(app: Flask, session: Session, warning: Warning) -> None:
    client = log_in(app, "cun.gan")
    row, visit = session.scalars(select(Round)).one(), session.scalars(select(RoundVisit)).one()
    assert "打印排查登记册" in words(client.get(f"/analysis/visits?round={row.ref}"))
    assert "打印排查表" in words(client.get(f"/analysis/visits/{visit.ref}"))
    assert client.post(f"/paper-desk/visits/{visit.ref}").status_code == 302
    assert client.post(f"/paper-desk/rounds/{row.ref}").status_code == 302
    sheet, = issued(session, "round_sheet")
    filled = from_json(sheet.code, sheet.data)
    assert filled.warnings == ("医保部门：住院自付2.6万元",) and filled.result == "" and len(filled.questions) == 11
    assert client.post(f"/paper-desk/rounds/{row.ref}", data={"code": "round_sheet"}).status_code == 302
    blank = from_json("round_sheet", issued(session, "round_sheet")[1].data)
    assert blank.blank and blank.head_name == "" and blank.members == () and blank.round_title == "三月排查"
    register, = issued(session, "round_register")
    assert (from_json(register.code, register.data).owed, register.about) == (1, f"visit_round:{row.id}")


@pytest.mark.parametrize(("rows", "parts"), [(1, 1), (PART, 1), (PART + 1, 2), (10 * PART, 10)])
def test_a_long_list_is_printed_in_parts(rows: int, parts: int) -> None:
    assert parts_of(rows) == parts


def test_books_are_issued_at_their_own_level(app: Flask, session: Session, world: World, warning: Warning) -> None:
    county = log_in(app, "xian.ban")
    page = words(county.get("/paper-desk/"))
    assert "出具监测帮扶情况公开（2026年第一季度）" in page and "监测对象台账" not in page
    sent = {"code": "figures", "area": world.areas["county"].code12, "month": "2026-Q1"}
    assert county.post("/paper-desk/issue", data=sent).status_code == 302
    row, = issued(session, "figures")
    assert from_json(row.code, row.data).total.monitored == "0"
    assert county.post("/paper-desk/issue", data=sent | {"month": "2026"}).status_code == 422
    empty = county.post("/paper-desk/issue", data={"code": "ledger_county", "area": world.areas["county"].code12})
    assert empty.status_code == 409 and "没有监测对象" in words(empty)
    assert log_in(app, "cun.gan").post("/paper-desk/issue", data=sent).status_code in (403, 404)


def test_the_sheet_of_changes_is_printed_from_the_households_file(
        app: Flask, session: Session, world: World, warning: Warning) -> None:
    client = log_in(app, "cun.gan")
    household = session.scalars(select(Household)).one()
    assert "打印人口变更、信息更新单" in words(client.get(f"/households/{household.ref}"))
    answer = client.post(f"/paper-desk/households/{household.ref}")
    assert answer.status_code == 302
    row, = issued(session, "change_sheet")
    assert len(from_json(row.code, row.data).members) == len(household.present_members)
    assert row.number in words(client.get(f"/households/{household.ref}"))
