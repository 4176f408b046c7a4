"""The trail on the screen: who saw or changed what, whole or broken, and no word about any household."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.blueprints import trail as page_of_trail
from fanpin.models.audit import AuditAnchor, AuditEvent
from fanpin.rules.actions import Action
from tests.builders import a_case
from tests.conftest import StandingClock
from tests.counting import statements
from tests.world import World, log_in


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock):
    found = a_case(session, world, now=clock.now(), today=clock.today())
    found.household.national_code = "YN-TEST-9"
    session.commit()
    return found


def words(answer) -> str:
    return answer.get_data(as_text=True)


def body(page: str) -> str:
    return page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""


def test_every_declared_event_has_words():
    declared = {action.value for action in Action} | set(audit.SESSION_EVENTS) | set(audit.OTHER_EVENTS)
    assert declared == set(page_of_trail.titles())


@pytest.mark.parametrize("about", ["code", "national", "case_ref", "household_ref"])
def test_who_saw_and_changed_a_household_is_found_by_any_of_its_numbers(app: Flask, case, about: str):
    log_in(app, "xian.ban").get(f"/cases/{case.ref}")
    log_in(app, "cun.gan").get(f"/households/{case.household.ref}")
    number = {"code": case.code, "national": "YN-TEST-9", "case_ref": case.ref, "household_ref": case.household.ref}[about]
    page = words(log_in(app, "shen.ji").get("/trail", query_string={"about": number}))
    assert "赵县办（县级业务人员）" in page and "查看办理情况" in page and "周村干（村干部）" in page and "登记和修改农户档案" in page
    assert "测试" not in page and "大病" not in page


def test_reads_and_acts_are_told_apart(app: Flask, case):
    log_in(app, "xian.ban").get(f"/cases/{case.ref}")
    rows = body(words(log_in(app, "shen.ji").get("/trail", query_string={"about": case.code}))).split("<tr>")
    seen = [row for row in rows if "查看办理情况" in row]
    done = [row for row in rows if "建立办理件" in row]
    assert seen and all(">查看</span>" in row for row in seen) and done and all(">办理</span>" in row for row in done)


@pytest.mark.parametrize(("query", "found"), [
    ({"who": "周村干"}, True), ({"who": "cun.gan"}, True), ({"who": "没有此人"}, False), ({"tag": "analysis.open"}, True),
    ({"tag": "survey.sign"}, False), ({"day_from": "2026-03-02", "day_to": "2026-03-02"}, True),
    ({"day_to": "2026-03-01"}, False), ({"day_from": "2026-03-03"}, False), ({"about": "2026-999999"}, False),
    ({"about": "没有"}, False), ({"day_to": "9999-12-31"}, True),
])
def test_the_search_narrows_by_person_matter_and_day(app: Flask, case, session: Session, query: dict, found: bool):
    client = log_in(app, "shen.ji")
    page = words(client.get("/trail", query_string={"who": "周村干"} | query if "tag" not in query else query))
    assert ("没有符合条件的记录" not in page) is found


@pytest.mark.parametrize(("query", "status"), [
    ({"day_from": "昨天"}, 422), ({"tag": "nothing"}, 422), ({"about": "x" * 500}, 422), ({"before": "x"}, 200),
    ({"before": "9" * 40}, 200), ({"about": "'; --"}, 200), ({"who": "\x00"}, 200), ({"about": "2026-" + "9" * 12}, 200),
])
def test_odd_questions_are_answered_with_a_sentence(app: Flask, case, query: dict[str, str], status: int):
    assert log_in(app, "shen.ji").get("/trail", query_string=query).status_code == status


def test_pages_go_on_by_key_at_the_same_cost(app: Flask, case, session: Session, clock: StandingClock, world: World):
    client = log_in(app, "shen.ji")
    with statements() as few:
        client.get("/trail")
    for number in range(60):
        audit.record(session, "file.read", actor=world.actors["xian.ban"], now=clock.now(), stream="list:1", object=str(number),
                     area_path=world.areas["county"].path)
    session.commit()
    with statements() as many:
        first = words(client.get("/trail?tag=file.read"))
    assert len(many) == len(few) and first.count("查看材料") >= 50
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = words(client.get(following))
    assert body(second).count("<tr>") == 10 and "首页" not in second


def test_an_administrator_sees_his_own_area(app: Flask, case, session: Session, world: World, clock: StandingClock):
    audit.record(session, "file.read", actor=world.actors["wai.xian"], now=clock.now(), stream="list:2",
                 area_path=world.areas["other_county"].path)
    session.commit()
    page = words(log_in(app, "shen.ji").get("/trail"))
    assert "尤外县" not in page and "周村干" in page


def test_the_look_itself_is_on_record(app: Flask, case, session: Session):
    log_in(app, "shen.ji").get("/trail")
    session.rollback()
    assert session.scalars(select(AuditEvent.actor).where(AuditEvent.tag == "audit.read")).all() == ["杨审计（审计管理员）"]


def test_a_changed_word_is_found_whole_and_by_household(app: Flask, case, session: Session):
    client = log_in(app, "shen.ji")
    assert "没有发现改动" in words(client.post("/trail/verify"))
    assert "没有发现改动" in words(client.post("/trail/verify", data={"about": case.code}))
    session.connection().exec_driver_sql("DROP TRIGGER audit_event_no_update")
    session.connection().exec_driver_sql(f"UPDATE audit_event SET actor = '别人' WHERE stream = 'case:{case.id}' AND seq = 1")
    session.commit()
    for data in ({}, {"about": case.code}):
        page = words(client.post("/trail/verify", data=data))
        assert f"case:{case.id}#1：内容被改动过" in page and "请保留现场" in page
    assert "没有找到" in words(client.post("/trail/verify", data={"about": "2026-777777"}))


def test_the_trail_is_sealed_by_hand(app: Flask, case, session: Session):
    client = log_in(app, "shen.ji")
    assert "还没有封存过" in words(client.get("/trail/anchors"))
    client.post("/trail/anchors")
    session.rollback()
    root = session.scalars(select(AuditAnchor.root)).one()
    assert root in words(client.get("/trail/anchors")) and audit.verify(session).whole


@pytest.mark.parametrize("username", ["xi.tong", "an.quan", "xian.zhang", "jian.cha"])
def test_nobody_else_reads_the_trail(app: Flask, world: World, username: str):
    client = log_in(app, username)
    assert client.get("/trail").status_code == client.post("/trail/verify").status_code == 403
    assert client.get("/trail/anchors").status_code == 403
