"""The pages of the yearly review: the village's year, the sheet, the three ways on, the household's word."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.reviews import ExitConsent, Review, ReviewConclusion
from fanpin.rules.stages import Procedure, Stage
from tests.conftest import StandingClock
from tests.counting import statements
from tests.later import a_helped_case, a_reviewed_case, heard
from tests.world import World, log_in


@pytest.fixture
def entered(session: Session, world: World, clock: StandingClock):
    found = a_helped_case(session, world, now=clock.now(), today=clock.today(), days_ago=90, entered=True)
    session.commit()
    return found


@pytest.fixture
def reviewed(session: Session, world: World, clock: StandingClock):
    found = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    session.commit()
    return found


def words(answer) -> str:
    return answer.get_data(as_text=True)


def case_now(session: Session, case: Case) -> Case:
    session.rollback()
    session.refresh(case)
    return case


SHEET = {
    "reviewed_on": "2026-03-02", "reviewers": "周村干、吴驻村", "guarantees": "均有保障", "risk_points": "因病风险已消除",
    "income_stability": "养鸡收入稳定", "spending": "可控", "motivation": "主动发展产业", "conclusion": "stable",
    "continued_help": "", "measures-0-fit": "针对性强，符合该户实际", "measures-0-effect": "成效明显", "measures-0-note": "增收5000元",
}


def test_the_village_sees_who_is_due_and_begins_all_at_once(app: Flask, entered, session: Session):
    case, _ = entered
    client = log_in(app, "cun.gan")
    page = words(client.get("/reviews"))
    assert "今年待评议（1）" in page and "2026年12月2日" in page and "启动所勾选各户的评议" in page
    assert client.post("/reviews/open", data={"cases": [case.ref]}).status_code in (302, 303)
    assert case_now(session, case).stage is Stage.REVIEW
    assert "登记评议" in words(client.get("/reviews?state=under_way"))


def test_one_blocked_household_stops_the_whole_village_and_is_named(
        app: Flask, entered, session: Session, world: World, clock: StandingClock):
    blocked, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), days_ago=90)
    session.commit()
    answer = log_in(app, "cun.gan").post("/reviews/open", data={"cases": [entered[0].ref, blocked.ref]})
    assert answer.status_code == 422 and "录入全国防返贫监测信息系统" in words(answer)
    assert case_now(session, entered[0]).stage is Stage.ASSISTANCE


def test_the_year_costs_the_same_for_one_household_and_for_four(app: Flask, entered, session: Session, world: World,
                                                                clock: StandingClock):
    client = log_in(app, "xian.ban")
    with statements() as one:
        client.get("/reviews")
    for _ in range(3):
        a_helped_case(session, world, now=clock.now(), today=clock.today(), days_ago=90, entered=True)
    session.commit()
    with statements() as four:
        assert "今年待评议（4）" in words(client.get("/reviews"))
    assert len(four) == len(one)


def test_neighbours_find_nobody(app: Flask, entered):
    client = log_in(app, "wai.cun")
    assert "这里没有监测对象" in words(client.get("/reviews"))
    assert client.post("/reviews/open", data={"cases": [entered[0].ref]}).status_code == 422
    assert client.get(f"/cases/{entered[0].ref}/review").status_code == 404


def test_one_review_begins_and_its_sheet_is_kept(app: Flask, entered, session: Session):
    case, measure = entered
    client = log_in(app, "cun.gan")
    assert "进入成效评议" in words(client.get(f"/cases/{case.ref}/review/open"))
    client.post(f"/cases/{case.ref}/review/open", data={"version": case.version})
    page = words(client.get(f"/cases/{case.ref}/review/record"))
    assert "识别时的风险：因病" in page and "发展生态养鸡200只" in page
    assert client.post(f"/cases/{case.ref}/review/record", data=SHEET).status_code in (302, 303)
    session.rollback()
    row = session.scalar(select(Review))
    assert row.measures == {str(measure.id): ["针对性强，符合该户实际", "成效明显：增收5000元"]}
    again = words(client.get(f"/cases/{case.ref}/review/record"))
    assert 'value="增收5000元"' in again and "因病风险已消除" in again


@pytest.mark.parametrize(("changed", "said"), [
    ({"conclusion": ""}, "请选择评议结论"), ({"conclusion": "maybe"}, "请从给出的选项中选择"),
    ({"measures-0-fit": ""}, "请评议这项措施的针对性"), ({"conclusion": "unstable"}, "请写明继续采取的具体措施"),
    ({"reviewed_on": "2026-13-01"}, "日期不对"), ({"motivation": "好" * 2000}, "最多1000个字"),
])
def test_an_incomplete_sheet_comes_back_with_what_to_do(app: Flask, reviewed, changed: dict[str, str], said: str):
    answer = log_in(app, "cun.gan").post(f"/cases/{reviewed[0].ref}/review/record", data=SHEET | changed)
    assert answer.status_code == 422 and said in words(answer) and "养鸡收入稳定" in words(answer)


def test_the_page_lists_what_leaving_lacks_and_where_it_is_done(app: Flask, reviewed):
    case, _ = reviewed
    page = words(log_in(app, "cun.gan").get(f"/cases/{case.ref}/review"))
    assert "还没有村（组）党员群众评议会记录" in page and "请登记农户签署的风险消除知情同意书" in page
    assert f"/cases/{case.ref}/review/consent" in page and f"/cases/{case.ref}/review/meeting" in page
    assert "针对性强" in page


def test_the_household_is_told_what_ends_and_may_refuse(app: Flask, reviewed, session: Session):
    case, _ = reviewed
    client, url = log_in(app, "cun.gan"), f"/cases/{reviewed[0].ref}/review/consent"
    page = words(client.get(url))
    assert "消除后不再继续的" in page and "消除后照样享受的" in page
    given = {"informed_of": "监测停止，普惠政策照旧", "signed_by": "测试㬹", "signed_on": "2026-03-02"}
    assert client.post(url, data=given).status_code == 422
    client.post(url, data=given | {"agreement": "refuses"})
    session.rollback()
    assert session.scalars(select(ExitConsent.agrees)).all() == [False]
    assert "不同意" in words(client.get(f"/cases/{case.ref}/review"))


def test_a_stable_household_leaves_after_meeting_and_consent(
        app: Flask, reviewed, session: Session, world: World, clock: StandingClock):
    case, _ = reviewed
    client = log_in(app, "cun.gan")
    assert "/lists/new" in client.get(f"/cases/{case.ref}/review/meeting").location
    heard(session, world, case, now=clock.now(), today=clock.today())
    session.commit()
    assert "/lists/" in client.get(f"/cases/{case.ref}/review/meeting").location
    assert "还不能办理" in words(client.get(f"/cases/{case.ref}/review/leave"))
    client.post(f"/cases/{case.ref}/review/consent", data={
        "informed_of": "监测停止", "signed_by": "测试㬹", "signed_on": "2026-03-02", "agreement": "agrees"})
    client.post(f"/cases/{case.ref}/review/leave", data={"version": str(case.version)})
    case = case_now(session, case)
    assert (case.procedure, case.stage) == (Procedure.LEAVING, Stage.SURVEY)


def test_an_unstable_household_goes_on_being_helped(app: Flask, session: Session, world: World, clock: StandingClock):
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today(), conclusion=ReviewConclusion.UNSTABLE)
    session.commit()
    client = log_in(app, "cun.gan")
    page = words(client.get(f"/cases/{case.ref}/review/continue"))
    assert "继续技术指导" in page
    assert client.post(f"/cases/{case.ref}/review/continue", data={"reason": ""}).status_code == 422
    assert client.post(f"/cases/{case.ref}/review/continue", data={"reason": "收入不稳", "version": "99"}).status_code == 409
    client.post(f"/cases/{case.ref}/review/continue", data={"reason": "收入不稳", "version": str(case.version)})
    assert case_now(session, case).stage is Stage.ASSISTANCE


def test_the_township_records_but_does_not_send_on(app: Flask, reviewed):
    client, case = log_in(app, "xiang.gan"), reviewed[0]
    assert client.get(f"/cases/{case.ref}/review/record").status_code == 200
    assert client.post(f"/cases/{case.ref}/review/leave").status_code == 403
