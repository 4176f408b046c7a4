"""The officer sees how the department's system was asked and asks once more; the county reminds; old answers are greyed."""

import re
from pathlib import Path

import pytest
from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.contract import Fact, Unavailable
from fanpin.models.calls import Reminder
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry
from fanpin.models.outbox import OutboxItem
from fanpin.steps import county
from tests.conftest import StandingClock
from tests.counting import statements
from tests.county import HEAD, a_case_at_county, answered, question_of
from tests.systems import POLICE, asked, call_of, connect, find, inquiry_of
from tests.world import World, log_in

OFFICER = "bm.public-security"


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> Case:
    """A case whose joint review asks a 中间库 that is not there."""
    row = a_case_at_county(session, world, clock)
    find(session, clock, POLICE)
    connect(session, world, clock, POLICE, {"": "database", "_address": f"sqlite:///{tmp_path / 'zjk.sqlite'}", "_ask_vehicles": "v_jdc"})
    county.inquire(session, row, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    return row


def page_of(app: Flask, username: str, endpoint: str, **named: str) -> str:
    with app.test_request_context():
        address = url_for(endpoint, **named)
    answer = log_in(app, username).get(address)
    assert answer.status_code == 200
    return words(answer)


def test_the_officer_sees_what_the_system_was_asked_and_why_it_failed_and_asks_again(
        app: Flask, session: Session, clock: StandingClock, case: Case, tmp_path: Path) -> None:
    inquiry = inquiry_of(session, POLICE).ref
    client = log_in(app, OFFICER)
    assert "等待查询 机动车登记比对" in page_of(app, OFFICER, "county.answer", inquiry=inquiry)
    asked(session, clock, tmp_path)
    page = page_of(app, OFFICER, "county.answer", inquiry=inquiry)
    assert "没有查成，稍后自动再查" in page and "中间库" in page and "已试1次" in page
    answer = client.post(f"/inquiries/{inquiry}/ask-again", follow_redirects=True)
    assert "正在向本部门系统查询" in words(answer) and "等待查询" in words(answer)
    assert [item.payload["table"] for item in session.scalars(select(OutboxItem).where(
        OutboxItem.kind == "inquiry.ask", OutboxItem.state == "waiting"))] == ["vehicles"]


def test_a_ticket_is_shown_with_its_number_and_day_and_stands_on_the_desk_once_it_is_overdue(
        app: Flask, session: Session, clock: StandingClock, case: Case) -> None:
    call = call_of(session, "vehicles")
    call.state, call.ticket, call.due_on, call.asked_at = "ticket", "SL-2026-001", clock.today(), clock.now()
    session.commit()
    assert "受理编号 SL-2026-001" in page_of(app, OFFICER, "county.answer", inquiry=inquiry_of(session, POLICE).ref)
    title = "办理被催办、自动查询没有结果的核查"
    assert title not in page_of(app, OFFICER, "desk.index")
    clock.move(days=1)
    assert "已过期" in page_of(app, OFFICER, "county.answer", inquiry=inquiry_of(session, POLICE).ref)
    assert title in page_of(app, OFFICER, "desk.index")


def test_the_analyst_reminds_from_the_joint_review_and_the_department_reads_it(
        app: Flask, session: Session, case: Case) -> None:
    inquiry = inquiry_of(session, POLICE)
    analyst = log_in(app, "xian.ban")
    answer = analyst.post(f"/inquiries/{inquiry.ref}/remind", follow_redirects=True)
    assert "已催办公安部门" in words(answer) and "自动查询：等待查询 已催办1次" in words(answer)
    assert "今天已经催办过公安部门" in words(analyst.post(f"/inquiries/{inquiry.ref}/remind", follow_redirects=True))
    assert len(session.scalars(select(Reminder)).all()) == 1
    assert "县级催办" in page_of(app, OFFICER, "county.answer", inquiry=inquiry.ref)
    assert "办理被催办" in page_of(app, OFFICER, "desk.index")


def test_the_last_good_answer_is_greyed_with_its_day_on_all_three_pages_and_counts_nowhere(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, POLICE)
    car = Fact(subject=question_of(inquiry, "vehicle", HEAD).token, kind="vehicle", value="private_car", ref="云C测001")
    answered(session, inquiry, world, clock, car)
    session.commit()
    pages = {("county.review", "case"): "xian.ban", ("cases.show", "case"): "xian.ban", ("county.answer", "inquiry"): OFFICER}
    refs = {"case": case.ref, "inquiry": inquiry.ref}
    for (endpoint, name), username in pages.items():
        assert "只供参考" not in page_of(app, username, endpoint, **{name: refs[name]})
    clock.move(days=1)
    answered(session, inquiry, world, clock, instead={row.token: Unavailable("系统升级") for row in inquiry.questions})
    session.commit()
    for (endpoint, name), username in pages.items():
        page = page_of(app, username, endpoint, **{name: refs[name]})
        assert re.search(r"上次有效答复（数据截至2026年3月2日）：[^。]*云C测001[^。]*。只供参考，不算本次答复。", page), endpoint
    assert f"还有{len(inquiry.questions)}项没有答复" in page_of(app, "xian.ban", "county.review", case=case.ref)


def test_an_inquiry_that_no_system_could_answer_is_to_be_answered_and_not_to_be_signed(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, POLICE)
    answered(session, inquiry, world, clock, instead={row.token: Unavailable("系统升级") for row in inquiry.questions})
    session.commit()
    page = page_of(app, OFFICER, "desk.index")
    assert "答复部门核查" in page and "签字确认答复" not in page


def test_the_pages_cost_no_more_with_more_calls_and_old_answers(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    def cost() -> list[int]:
        found = []
        for name, address in (("xian.ban", f"/cases/{case.ref}/county"), (OFFICER, f"/inquiries/{inquiry_of(session, POLICE).ref}")):
            client = log_in(app, name)
            with statements() as seen:
                assert client.get(address).status_code == 200
            found.append(len(seen))
        return found

    def unavailable(departments: list[str]) -> None:
        for inquiry in session.scalars(select(Inquiry).where(Inquiry.department.in_(departments))).all():
            answered(session, inquiry, world, clock)
            clock.move(minutes=1)
            answered(session, inquiry, world, clock, instead={row.token: Unavailable("系统升级") for row in inquiry.questions})
        session.commit()

    unavailable([POLICE])
    before = cost()
    unavailable(["central_bank", "civil_affairs", "housing", "health"])
    assert cost() == before
