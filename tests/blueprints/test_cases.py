"""办理: the list of cases and the page of a case, as people read them."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from fanpin.blueprints import case_list
from fanpin.extensions import db
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.rules.members import Relation
from fanpin.rules.stages import Stage
from fanpin.steps import households, survey
from fanpin.steps.households import Person
from tests.builders import a_case, a_household, a_visit, an_id, people
from tests.conftest import StandingClock
from tests.world import World, log_in


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case(session, world, now=clock.now(), today=clock.today())
    session.commit()
    return row


def test_the_list_says_where_the_household_lives_and_how_long_there_is(app: Flask, case: Case) -> None:
    page = words(log_in(app, "cun.gan").get("/cases"))
    assert "测试㬹" in page and "洛泽河村民委员会第一村民小组" in page
    assert "实地调查" in page and "还剩 5 个工作日" in page


@pytest.mark.parametrize("asked, found", [
    ("", True), ("stage=survey", True), ("stage=county", False), ("procedure=leaving", False), ("kind=marginal", False),
    ("q=测试", True), ("q=李", False), ("overdue=y", False), ("closed=y", False), ("sort=-opened", True),
])
def test_the_list_is_narrowed_by_what_was_asked(app: Flask, case: Case, asked: str, found: bool) -> None:
    page = words(log_in(app, "xian.ban").get(f"/cases?{asked}"))
    assert (f"{case.code}" in page) is found
    assert found or "没有符合条件的农户" in page


def test_a_household_is_found_by_initials_and_by_a_whole_id_number_but_not_by_a_part(app: Flask, case: Case) -> None:
    client, number = log_in(app, "xian.ban"), case.household.members[1].id_number
    assert case.code in words(client.get(f"/cases?q={case.household.head_initials}"))
    looked = client.post("/households/look-up", data={"page": "cases.index", "q": number, "sort": "head"})
    assert number not in looked.location and "sort=head" in looked.location
    assert case.code in words(client.get(looked.location))
    assert case.code in words(client.get(f"/cases?q={number}")) and "q=" not in client.get(f"/cases?q={number}").get_data(as_text=True)
    assert case.code not in words(client.get(f"/cases?q={number[:10]}"))


@pytest.mark.parametrize("asked", ["stage=nowhere", "procedure=x", "area=530000000000", "sort=size"])
def test_a_filter_that_the_page_did_not_offer_is_refused_with_a_sentence(app: Flask, case: Case, asked: str) -> None:
    answer = log_in(app, "xian.ban").get(f"/cases?{asked}")
    assert answer.status_code == 422 and "请从给出的选项中选择" in words(answer)


def test_a_survey_that_takes_too_long_is_overdue(app: Flask, case: Case, clock: StandingClock) -> None:
    clock.set(date(2026, 3, 10))
    page = words(log_in(app, "xian.ban").get("/cases?overdue=y"))
    assert case.code in page and "逾期 1 个工作日" in page


def test_pages_follow_each_other_by_key_in_both_directions(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for head in ("测试甲", "测试乙"):
        a_case(session, world, now=clock.now(), today=clock.today(),
               household=a_household(session, world, now=clock.now(), today=clock.today(), members=people(head, spouse=f"{head}妻")))
    session.commit()
    monkeypatch.setattr(case_list, "ROWS", 1)
    client, seen = log_in(app, "xian.ban"), []
    page = client.get("/cases?sort=head").get_data(as_text=True)
    for _ in range(2):
        seen += re.findall(r"2026-\d{6}", page)
        page = client.get(re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")).get_data(as_text=True)
    seen += re.findall(r"2026-\d{6}", page)
    assert len(set(seen)) == 3 and 'rel="next"' not in page
    back = client.get(re.search(r'rel="prev" href="([^"]+)"', page)[1].replace("&amp;", "&")).get_data(as_text=True)
    assert re.findall(r"2026-\d{6}", back) == [seen[1]]


def test_a_neighbour_sees_neither_the_row_nor_the_page(app: Flask, case: Case) -> None:
    client = log_in(app, "wai.xian")
    assert case.code not in words(client.get("/cases"))
    assert client.get(f"/cases/{case.ref}").status_code == 404


def test_the_page_says_what_is_missing_with_clause_and_reason_and_leads_there(app: Flask, case: Case) -> None:
    answer = log_in(app, "cun.gan").get(f"/cases/{case.ref}")
    page = words(answer)
    assert "下一步：提出纳入监测" in page
    assert "还没有本轮实地调查表，请先入户调查并填写" in page and "三(三)" in page
    assert f'href="/cases/{case.ref}/survey"' in answer.get_data(as_text=True)


def test_the_page_masks_numbers_and_the_reading_leaves_an_event(app: Flask, session: Session, case: Case) -> None:
    text = log_in(app, "cun.gan").get(f"/cases/{case.ref}").get_data(as_text=True)
    assert all(member.id_number not in text for member in case.household.members)
    assert "13800000000" not in text and "138******00" in text
    session.rollback()
    assert "case.read" in session.scalars(select(AuditEvent.tag).where(AuditEvent.object == case.ref)).all()


def test_the_four_panels_refer_to_the_line_without_deciding(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    survey.record(session, case, a_visit(case, clock.today()), actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    session.commit()
    page = words(log_in(app, "xian.ban").get(f"/cases/{case.ref}"))
    assert all(title in page for title in ("收入", "刚性支出", "突出困难", "自主应对能力"))
    assert "5,000.00元" in page and "本地还没有设定监测范围，请按实际情况综合研判" in page


def statements(app: Flask, client, url: str) -> int:
    seen: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_statements_do_not_grow_with_the_household_nor_with_the_list(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    client = log_in(app, "cun.gan")
    page, rows = statements(app, client, f"/cases/{case.ref}"), statements(app, client, "/cases")
    for number in range(3):
        born = date(2015, 1, number + 1)
        households.add_member(session, case.household, Person(f"测试小{'甲乙丙'[number]}", Relation.SON, an_id(born)),
                              actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
        a_case(session, world, now=clock.now(), today=clock.today())
    session.commit()
    assert statements(app, client, f"/cases/{case.ref}") == page
    assert statements(app, client, "/cases") == rows


def test_a_household_that_moved_away_ends_with_a_reason(app: Flask, session: Session, case: Case) -> None:
    client = log_in(app, "xian.ban")
    lacking = client.post(f"/cases/{case.ref}/depart", data={"reason": ""})
    assert lacking.status_code == 422 and "请写明情况和依据" in words(lacking)
    assert client.post(f"/cases/{case.ref}/depart", data={"reason": "全家迁往外省，迁出证明2026-3号"}).status_code == 302
    session.expire_all()
    assert session.get(Case, case.id).stage is Stage.DEPARTED
    assert "全家迁往外省" in words(client.get(f"/cases/{case.ref}"))


def test_the_village_may_not_end_a_case_that_way(app: Flask, case: Case) -> None:
    answer = log_in(app, "cun.gan").post(f"/cases/{case.ref}/depart", data={"reason": "迁出"})
    assert answer.status_code == 403 and "县级业务人员" in words(answer)
