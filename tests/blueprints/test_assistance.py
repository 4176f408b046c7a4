"""The pages of help: what a department reads and does, what village and county add, what nobody else sees."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.measures import Measure, MeasurePosting, MeasureStatus, Visit
from fanpin.rules.risks import MeasureCategory
from tests.conftest import StandingClock
from tests.counting import statements
from tests.later import a_helped_case
from tests.world import World, log_in


@pytest.fixture
def helped(session: Session, world: World, clock: StandingClock):
    found = a_helped_case(session, world, now=clock.now(), today=clock.today(), days_ago=4)
    session.commit()
    return found


@pytest.fixture
def entered(session: Session, world: World, clock: StandingClock):
    found = a_helped_case(session, world, now=clock.now(), today=clock.today(), days_ago=4, entered=True)
    session.commit()
    return found


def words(answer) -> str:
    return answer.get_data(as_text=True)


def fresh(session: Session, query):
    session.rollback()
    return session.scalar(query)


def test_the_desk_of_a_department_lists_its_measures_with_place_and_limit(app: Flask, helped):
    page = words(log_in(app, "bang.fu").get("/assistance"))
    assert "发展生态养鸡200只" in page and "洛泽河村民委员会第一村民小组" in page and "待落实（1）" in page
    assert "13800000000" not in page


def test_another_department_reads_nothing(app: Flask, helped, session: Session):
    _, measure = helped
    session.get(Measure, measure.id).department = "water"
    session.commit()
    client = log_in(app, "bang.fu")
    assert "没有待落实的措施" in words(client.get("/assistance"))
    assert client.get(f"/measures/{measure.ref}/start").status_code == 404


def test_a_helper_sees_how_to_reach_the_household_but_no_case(app: Flask, helped):
    case, _ = helped
    client = log_in(app, "bang.fu")
    page = words(client.get(f"/assistance/households/{case.household.ref}"))
    assert "138******00" in page and "测试小花" in page and "大病" not in page
    assert client.get(f"/cases/{case.ref}/measures").status_code == 404


def test_a_measure_is_started_and_finished(app: Flask, helped, session: Session, clock: StandingClock):
    _, measure = helped
    client = log_in(app, "bang.fu")
    assert "登记开始落实" in words(client.get(f"/measures/{measure.ref}/start"))
    client.post(f"/measures/{measure.ref}/start", data={"started_on": clock.today().isoformat(), "note": "鸡苗已发放"})
    assert "鸡苗已发放" in words(client.get(f"/measures/{measure.ref}/finish"))
    client.post(f"/measures/{measure.ref}/finish", data={"finished_on": clock.today().isoformat(), "result": "增收3000元"})
    assert fresh(session, select(Measure.status).where(Measure.id == measure.id)) is MeasureStatus.DONE
    assert "增收3000元" in words(client.get("/assistance?status=done"))


@pytest.mark.parametrize(("changed", "said"), [
    ({"note": ""}, "请写明怎样落实"), ({"started_on": "明天"}, "日期不对"), ({"started_on": ""}, "请填写开始落实的日期"),
    ({"started_on": "2027-01-01"}, "日期不能晚于今天"), ({"started_on": "2026-01-01"}, "不能早于明确主责部门的日期"),
])
def test_wrong_words_about_a_start_come_back_with_what_to_do(app: Flask, helped, changed: dict[str, str], said: str):
    answer = log_in(app, "bang.fu").post(f"/measures/{helped[1].ref}/start", data={
        "started_on": "2026-03-01", "note": "鸡苗已发放"} | changed)
    assert answer.status_code == 422 and said in words(answer)
    assert changed.get("note", "鸡苗已发放") in words(answer)


def test_village_reads_help_and_county_does_not_post(app: Flask, entered):
    case, _ = entered
    page = words(log_in(app, "cun.gan").get(f"/cases/{case.ref}/measures"))
    assert "农业农村部门" in page and "鸡苗已发放" in page and "登记公示" in page and "YN-TEST-1" in page
    county = log_in(app, "xian.ban")
    assert "登记公示" not in words(county.get(f"/cases/{case.ref}/measures"))
    assert county.post(f"/cases/{case.ref}/measures/post", data={}).status_code == 403
    assert log_in(app, "wai.cun").get(f"/cases/{case.ref}/measures").status_code == 404


def test_a_measure_is_added_for_one_person_and_gets_a_helper(app: Flask, entered, session: Session, world: World):
    case, _ = entered
    client, child = log_in(app, "cun.gan"), case.household.members[2]
    page = words(client.get(f"/cases/{case.ref}/measures/add"))
    assert "因病" in page and "测试小花" in page
    client.post(f"/cases/{case.ref}/measures/add", data={
        "category": "education", "detail": "申请教育资助", "member": child.ref, "risk": "", "department": "agriculture",
        "due_on": ""})
    added = fresh(session, select(Measure).where(Measure.category == MeasureCategory.EDUCATION))
    assert (added.member_id, added.status) == (child.id, MeasureStatus.CONFIRMED)
    form = words(client.get(f"/measures/{added.ref}/helper"))
    assert "陈责任" in form
    ref = form.split('name="helper"')[1].split('value="')[1].split('"')[0]
    client.post(f"/measures/{added.ref}/helper", data={"helper": ref})
    assert "陈责任" in words(client.get(f"/cases/{case.ref}/measures"))


@pytest.mark.parametrize("data", [
    {}, {"category": "nothing", "detail": "x", "department": "agriculture"},
    {"category": "health", "detail": "x" * 300, "department": "health"},
    {"category": "health", "detail": "x", "department": "health", "member": "aaaaaaaaaaaaaa"},
    {"category": "health", "detail": "x", "department": "moon"},
])
def test_odd_measures_are_refused_with_a_sentence(app: Flask, entered, data: dict[str, str]):
    answer = log_in(app, "cun.gan").post(f"/cases/{entered[0].ref}/measures/add", data=data)
    assert answer.status_code == 422 and "请更正后再提交" in words(answer)


def test_without_a_helper_the_page_says_whom_to_ask(app: Flask, entered, session: Session):
    session.get(Measure, entered[1].id).department = "water"
    session.commit()
    page = words(log_in(app, "cun.gan").get(f"/measures/{entered[1].ref}/helper"))
    assert "水利部门在本县还没有帮扶责任人账号" in page


def test_measures_are_posted_in_the_village(app: Flask, entered, session: Session):
    case, _ = entered
    client = log_in(app, "cun.gan")
    assert "洛泽河村民委员会公示栏" in words(client.get(f"/cases/{case.ref}/measures/post"))
    client.post(f"/cases/{case.ref}/measures/post", data={"place": "第一村民小组公示栏", "posted_on": "2026-03-02"})
    assert fresh(session, select(MeasurePosting.place)) == "第一村民小组公示栏"


def test_a_visit_without_change_is_one_tap(app: Flask, entered, session: Session):
    case, _ = entered
    client = log_in(app, "zu.zhang")
    page = words(client.get(f"/cases/{case.ref}/visits"))
    assert "今天走访，没有变化" in page
    hidden = page.split("今天走访，没有变化")[0].rsplit("<form", 1)[1]
    data = dict(part.split('" value="')[0:2] for part in hidden.split('name="')[1:])
    client.post(f"/cases/{case.ref}/visits", data={name: value.split('"')[0] for name, value in data.items()})
    row = fresh(session, select(Visit))
    assert row.guarantees_safe and row.water_safe and row.visited_by == "郑组长"
    assert "2026年3月2日" in words(client.get(f"/cases/{case.ref}/measures"))


def test_a_visit_with_trouble_asks_what_was_done(app: Flask, entered, session: Session):
    answer = log_in(app, "cun.gan").post(f"/cases/{entered[0].ref}/visits", data={
        "visited_on": "2026-03-02", "income_change": "减少", "spending_change": "增加", "guarantees": "safe",
        "water": "unsafe", "note": ""})
    assert answer.status_code == 422 and "请填写此项" in words(answer) and "减少" in words(answer)
    assert fresh(session, select(func.count()).select_from(Visit)) == 0


def test_the_entry_has_a_clock_and_waits_for_a_measure(app: Flask, helped, session: Session, clock: StandingClock):
    case, measure = helped
    client = log_in(app, "xian.ban")
    page = words(client.get(f"/cases/{case.ref}/enter"))
    assert "还没有任何帮扶措施开始落实" in page and "还剩" in page
    row = session.get(Measure, measure.id)
    row.status, row.started_on = MeasureStatus.STARTED, clock.today()
    session.commit()
    assert client.post(f"/cases/{case.ref}/enter", data={"number": ""}).status_code == 422
    client.post(f"/cases/{case.ref}/enter", data={"number": "YN530628-0001", "entered_on": "2026-03-02"})
    assert "YN530628-0001" in words(client.get(f"/cases/{case.ref}/measures"))


def test_an_entry_from_an_older_page_is_told_so(app: Flask, entered):
    answer = log_in(app, "xian.ban").post(f"/cases/{entered[0].ref}/enter", data={
        "number": "YN-2", "entered_on": "2026-03-02", "version": "77"})
    assert answer.status_code == 409


def test_the_desk_costs_the_same_for_one_measure_and_for_twenty(app: Flask, entered, session: Session, clock: StandingClock):
    case, _ = entered

    def add(count: int) -> None:
        session.add_all(Measure(
            case_id=case.id, household_id=case.household_id, area_path=case.area_path, category=MeasureCategory.HEALTH,
            detail=f"第{number}项", department="agriculture", status=MeasureStatus.CONFIRMED, proposed_by="周村干",
            proposed_at=clock.now(), due_on=clock.today() + timedelta(days=number)) for number in range(count))
        session.commit()

    client = log_in(app, "bang.fu")
    add(1)
    with statements() as one:
        client.get("/assistance")
    add(19)
    with statements() as many:
        assert "第18项" in words(client.get("/assistance"))
    assert len(many) == len(one)

