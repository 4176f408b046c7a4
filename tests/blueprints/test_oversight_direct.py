"""信息筛查直通车 on the screen: asked at the case, answered at the province, read at the county; not a word more goes up."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.county import DirectRequest
from fanpin.rules.roles import Role
from fanpin.steps import county
from tests.cast import Part
from tests.conftest import StandingClock
from tests.county import CHILD, HEAD, SPOUSE, a_case_at_county
from tests.world import World, employ, log_in

NUMBER = re.compile(r"\d{17}[\dX]")


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    employ(session, world, Part("sheng.gong", "省公安", Role.PROVINCIAL_OFFICER, "province", "public_security"), now=clock.now(),
           today=clock.today())
    found = a_case_at_county(session, world, clock)
    county.inquire(session, found, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    return found


def ask(app: Flask, case: Case, session: Session) -> DirectRequest:
    client = log_in(app, "xian.ban")
    page = words(client.get(f"/cases/{case.ref}/direct?department=public_security"))
    code = next(code for code in re.findall(r'name="codes"[^>]*value="([^"]+)"', page) if code.startswith("vehicle."))
    answer = client.post(f"/cases/{case.ref}/direct", data={
        "department": "public_security", "codes": [code], "ground": "省外购车，县级查不到", "due_on": "2026-03-09"})
    assert answer.status_code == 302, words(answer)
    session.rollback()
    return session.scalars(select(DirectRequest)).one()


def fields(request: DirectRequest, outcome: str, **more: str) -> dict[str, str]:
    question = request.questions[0]
    given = {"outcome": outcome} | more
    return {"as_of": "2026-03-02", "register_scope": "全省登记范围", "complete": "yes"} | {
        f"{question.ref}-{name}": value for name, value in given.items()}


def test_a_request_goes_up_and_its_answer_comes_back_marked_as_the_province_s(app: Flask, session: Session, case: Case):
    request = ask(app, case, session)
    assert "还有1项" in words(log_in(app, "xian.ban").get("/direct"))
    province = log_in(app, "sheng.gong")
    assert "答复信息筛查直通车" in words(province.get("/")) and request.number in words(province.get("/requests"))
    answer = province.post(f"/requests/{request.ref}", data=fields(request, "found"))
    assert answer.status_code == 422 and "缺少" in words(answer)
    province.post(f"/requests/{request.ref}", data=fields(request, "found", value="private_car", ref="云A测0001"))
    assert "查到登记" in words(province.get(f"/requests/{request.ref}"))
    page = words(log_in(app, "xian.ban").get(f"/cases/{case.ref}/county"))
    assert "公安部门（省级）" in page and "省级答复" in page and "云A测0001" in page
    assert "已答复" in words(log_in(app, "xian.ban").get("/direct"))


def test_the_province_reads_the_names_asked_about_and_nothing_else(app: Flask, session: Session, case: Case):
    request = ask(app, case, session)
    client = log_in(app, "sheng.gong")
    page = words(client.get(f"/requests/{request.ref}"))
    assert HEAD in page and NUMBER.findall(page) == [case.household.head.id_number]
    for told in (SPOUSE, CHILD, "洛泽河", "村民小组", "大病", case.code, "户主"):
        assert told not in page, told
    for path in ("/requests", "/"):
        page = words(client.get(path))
        assert HEAD not in page and not NUMBER.search(page) and "彝良县" in page
    assert client.get(f"/cases/{case.ref}").status_code == client.get(f"/households/{case.household.ref}").status_code == 404
    for path in ("/cases", "/households/", "/inquiries", "/oversight", "/progress", "/figures"):
        assert client.get(path).status_code == 403, path
    assert "oversight.answer" in session.scalars(select(AuditEvent.tag).where(AuditEvent.outcome == "seen")).all()


def test_another_province_department_and_the_county_s_own_see_no_request(app: Flask, session: Session, case: Case):
    request = ask(app, case, session)
    assert log_in(app, "sheng.ting").get(f"/requests/{request.ref}").status_code == 404
    assert request.number not in words(log_in(app, "sheng.ting").get("/requests"))
    officer = log_in(app, "bm.public-security")
    assert officer.get(f"/requests/{request.ref}").status_code == officer.get(f"/inquiries/{request.ref}").status_code == 404
    assert words(officer.get("/inquiries")).count(HEAD) == 1


def test_a_late_province_stands_on_the_county_s_desk(app: Flask, session: Session, case: Case, clock: StandingClock):
    ask(app, case, session)
    assert "催办逾期没有答复的省级部门" not in words(log_in(app, "xian.ban").get("/"))
    clock.move(days=8)
    assert "催办逾期没有答复的省级部门" in words(log_in(app, "xian.ban").get("/"))
    assert "逾期" in words(log_in(app, "sheng.gong").get("/"))


def test_what_may_not_be_asked_is_said_with_its_reason_and_typed_words_are_kept(app: Flask, session: Session, case: Case):
    client = log_in(app, "xian.ban")
    page = words(client.get(f"/cases/{case.ref}/direct?department=finance"))
    assert "省级财政部门还没有直通车账号" in page
    answer = client.post(f"/cases/{case.ref}/direct", data={"department": "public_security", "codes": [], "ground": "省外购车",
                                                             "due_on": "2026-03-09"})
    assert answer.status_code == 422 and "请选择要查询的人员和事项" in words(answer) and "省外购车" in words(answer)
    answer = client.post(f"/cases/{case.ref}/direct", data={"department": "public_security", "codes": ["vehicle.m999"],
                                                             "ground": "省外购车", "due_on": "2026-03-09"})
    assert answer.status_code == 422 and "请从给出的选项中选择" in words(answer)
