"""The household's file: found, registered, changed, and its numbers shown only for a reason."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from fanpin.extensions import db
from fanpin.models.audit import AuditEvent
from fanpin.models.households import Household, Member
from tests.builders import a_case, a_household, an_id, people
from tests.conftest import StandingClock
from tests.world import World, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def household(session: Session, world: World, clock: StandingClock) -> Household:
    return a_household(session, world, now=clock.now(), today=clock.today(), members=people("测试阿朵"))


def a_head(world: World, **more: str) -> dict[str, str]:
    return {"group": world.areas["group1"].code12, "name": "测试阿普", "id_number": an_id(date(1980, 1, 2)), "lifted": "1",
            "lives_here": "1", "rural_services": "1", "health": "healthy", "labour": "ordinary", "education": "junior",
            "phone": "13800001111", **more}


@pytest.mark.parametrize("wanted", ["测试阿朵", "测试", "csad", "CSAD"])
def test_household_is_found_by_name_and_by_initials(household: Household, app: Flask, wanted: str):
    assert "测试阿朵" in words(log_in(app, "cun.gan").get("/households/", query_string={"q": wanted}))


def test_household_is_found_by_the_full_number_of_any_member_and_by_no_part_of_it(household: Household, app: Flask):
    number = household.members[1].id_number
    client = log_in(app, "cun.gan")
    found = words(client.post("/households/look-up", data={"page": "households.index", "q": number}, follow_redirects=True))
    assert "测试阿朵" in found and "没有找到" not in found
    part = client.post("/households/look-up", data={"page": "households.index", "q": number[:17]}, follow_redirects=True)
    assert "没有找到" in words(part)


@pytest.mark.parametrize("wanted", ["", "\x00", "%", "' or 1=1", "名" * 3000])
def test_odd_questions_get_an_answer(household: Household, app: Flask, wanted: str):
    query = {"q": wanted, "after": "\x00", "area": "\x00x", "kind": "?"}
    assert log_in(app, "cun.gan").get("/households/", query_string=query).status_code == 200


def test_neighbouring_village_finds_nothing_and_opens_nothing(household: Household, app: Flask):
    client = log_in(app, "lin.cun")
    assert "没有找到" in words(client.get("/households/"))
    assert client.get(f"/households/{household.ref}").status_code == 404


def test_list_narrows_by_place_and_kind(household: Household, session: Session, world: World, clock: StandingClock,
                                        app: Flask):
    a_household(session, world, now=clock.now(), today=clock.today(), members=people("测试远山"), lifted=False,
                group=world.areas["sibling_group"])
    client = log_in(app, "xian.ban")
    there = words(client.get("/households/", query_string={"area": world.areas["sibling_village"].code12}))
    assert "测试远山" in there and "测试阿朵" not in there
    lifted = words(client.get("/households/", query_string={"kind": "lifted"}))
    assert "测试阿朵" in lifted and "测试远山" not in lifted


def test_list_goes_on_page_by_page_and_back(session: Session, world: World, clock: StandingClock, app: Flask):
    for number in range(52):
        a_household(session, world, now=clock.now(), today=clock.today(), members=people(f"测试{chr(0x4e00 + number)}")[:1])
    refs = list(session.scalars(select(Household.ref).order_by(Household.id)))
    client = log_in(app, "cun.gan")
    first = words(client.get("/households/"))
    assert refs[49] in first and refs[50] not in first and "下一页" in first and "上一页" not in first
    second = words(client.get("/households/", query_string={"after": refs[49]}))
    assert refs[51] in second and refs[0] not in second and "已到最后一页" in second
    back = words(client.get("/households/", query_string={"before": refs[50]}))
    assert refs[0] in back and refs[50] not in back and "上一页" not in back


def statements(act) -> int:
    seen = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        assert act().status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    return len(seen)


def test_list_and_file_ask_the_database_no_more_often_for_more_rows(household: Household, session: Session, world: World,
                                                                    clock: StandingClock, app: Flask):
    client = log_in(app, "cun.gan")
    pages = ("/households/", f"/households/{household.ref}")
    before = [statements(lambda url=url: client.get(url)) for url in pages]
    for number in range(8):
        a_case(session, world, now=clock.now(), today=clock.today(), household=a_household(
            session, world, now=clock.now(), today=clock.today(), members=people(f"测试{chr(0x4e00 + number)}")))
    after = [statements(lambda url=url: client.get(url)) for url in pages]
    assert after == before


def test_opening_a_file_leaves_an_event_and_shows_no_full_number(household: Household, session: Session, app: Flask):
    page = words(log_in(app, "cun.gan").get(f"/households/{household.ref}"))
    assert "测试阿依·古丽" in page and "配偶" in page and "患有大病" in page
    assert all(member.id_number not in page for member in household.members) and "13800000000" not in page
    tags = list(session.scalars(select(AuditEvent.tag).where(AuditEvent.object == household.ref)))
    assert "household.read" in tags


def test_full_number_is_shown_once_for_a_reason_that_stays_on_record(household: Household, session: Session, app: Flask):
    member = household.members[0]
    client = log_in(app, "cun.gan")
    url = f"/households/members/{member.ref}/unmask"
    assert member.id_number not in words(client.get(url))
    refused = client.post(url, data={"reason": " "})
    assert refused.status_code == 422 and "请填写" in words(refused) and member.id_number not in words(refused)
    assert member.id_number in words(client.post(url, data={"reason": "核对户口簿"}))
    tags = list(session.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "household.unmask")))
    assert len(tags) == 1


def test_department_officer_opens_no_file(household: Household, app: Flask):
    assert log_in(app, "bm.education").get(f"/households/{household.ref}").status_code in (403, 404)
    assert log_in(app, "jian.cha").get(f"/households/{household.ref}").status_code == 200
    assert log_in(app, "jian.cha").post(f"/households/members/{household.members[0].ref}/unmask",
                                        data={"reason": "看看"}).status_code == 403


def test_village_registers_a_household_and_its_people(world: World, session: Session, app: Flask):
    client = log_in(app, "cun.gan")
    assert "第一村民小组" in words(client.get("/households/new"))
    made = client.post("/households/new", data=a_head(world))
    assert made.status_code == 302, words(made)
    row = session.scalars(select(Household)).one()
    assert (row.head_name, row.head_initials, row.size, row.lifted) == ("测试阿普", "csap", 1, True)
    added = client.post(f"/households/{row.ref}/members/new", data={
        "name": "测试阿加", "relation": "spouse", "id_number": an_id(date(1982, 2, 3), man=False), "labour": "ordinary"})
    assert added.status_code == 302, words(added)
    page = words(client.get(f"/households/{row.ref}"))
    assert "已增加家庭成员测试阿加" in page and "女" in page


@pytest.mark.parametrize(("change", "said"), [
    ({"name": ""}, "请填写姓名"), ({"name": "测试1"}, "姓名中不能有数字"), ({"id_number": "123"}, "身份证号"),
    ({"lifted": ""}, "请选择是不是脱贫户"), ({"group": ""}, "请选择村民小组"), ({"group": "99"}, "请从给出的选项中选择"),
    ({"labour": "no"}, "请从给出的选项中选择"), ({"health": "no"}, "请从给出的选项中选择"), ({"born_on": "1976-5"}, "日期不对"),
    ({"phone": "12"}, "电话号码不对"), ({"work_months": "13"}, "最多12个月"), ({"address": "远" * 500}, "最多120个字"),
    ({"disability_certificate": "12"}, "残疾人证号应为20位"), ({"schooling": "primary"}, "只能填一项"),
])
def test_mistakes_in_a_new_file_are_named_and_nothing_typed_is_lost(world: World, session: Session, app: Flask,
                                                                    change: dict[str, str], said: str):
    answer = log_in(app, "cun.gan").post("/households/new", data=a_head(world) | {"work": "在县城打零工"} | change)
    assert answer.status_code == 422 and said in words(answer) and "在县城打零工" in words(answer)
    assert session.scalar(select(Household.id)) is None


def test_same_number_is_not_registered_in_two_households(household: Household, world: World, app: Flask):
    answer = log_in(app, "cun.gan").post("/households/new", data=a_head(world, id_number=household.members[0].id_number))
    assert answer.status_code == 422 and "已登记在另一户" in words(answer)


def test_county_goes_down_to_the_village_before_it_registers(world: World, app: Flask):
    client = log_in(app, "xian.ban")
    assert world.areas["township"].name in words(client.get("/households/new"))
    page = words(client.get("/households/new", query_string={"area": world.areas["village"].code12}))
    assert "第一村民小组" in page and "建立农户档案" in page
    made = client.post(f"/households/new?area={world.areas['village'].code12}", data=a_head(world))
    assert made.status_code == 302, words(made)


def test_editing_keeps_the_numbers_that_are_left_empty(household: Household, session: Session, app: Flask):
    client, member, number = log_in(app, "cun.gan"), household.members[1], household.members[1].id_number
    page = words(client.get(f"/households/members/{member.ref}/edit"))
    assert "不改就留空" in page and number not in page
    assert client.post(f"/households/members/{member.ref}/edit", data={
        "name": member.name, "relation": "spouse", "health": ["serious", "disabled"], "labour": "lost",
        "education": "primary", "insured": "1"}).status_code == 302
    session.expire_all()
    assert (member.id_number, member.health, member.insured) == (number, ["disabled", "serious"], True)
    assert client.post(f"/households/{household.ref}/edit", data={
        "lifted": "0", "lives_here": "1", "rural_services": "1", "address": "测试村1号"}).status_code == 302
    session.expire_all()
    assert (household.phone, household.address, household.lifted) == ("13800000000", "测试村1号", False)


def test_head_leaves_only_after_another_has_become_head(household: Household, session: Session, app: Flask):
    client = log_in(app, "cun.gan")
    head, spouse, child = household.members
    gone = {"left_on": "2026-03-01", "reason": "death"}
    refused = client.post(f"/households/members/{head.ref}/depart", data=gone)
    assert refused.status_code == 422 and "请先把另一位成员改为户主" in words(refused)
    changed = client.post(f"/households/{household.ref}/head", data={
        "head": spouse.ref, f"to_{head.ref}": "spouse", f"to_{child.ref}": "daughter"})
    assert changed.status_code == 302, words(changed)
    assert client.post(f"/households/members/{head.ref}/depart", data=gone).status_code == 302
    session.expire_all()
    assert (household.head_name, household.size) == (spouse.name, 2)


def test_change_of_head_without_the_old_heads_relation_is_refused(household: Household, app: Flask):
    answer = log_in(app, "cun.gan").post(f"/households/{household.ref}/head", data={"head": household.members[1].ref})
    assert answer.status_code == 422 and "2名户主" in words(answer)


def test_kin_and_focus_groups_are_recorded_with_their_source(household: Household, app: Flask):
    client = log_in(app, "cun.gan")
    assert client.post(f"/households/{household.ref}/kin/new", data={
        "name": "测试阿山", "relation": "son", "id_number": an_id(date(2000, 1, 1))}).status_code == 302
    wrong = client.post(f"/households/{household.ref}/kin/new", data={"name": "测试阿山", "relation": "sibling"})
    assert wrong.status_code == 422
    focus = f"/households/members/{household.members[1].ref}/focus"
    assert "请写明依据" in words(client.post(focus, data={"group": "serious_illness", "since": "2026-01-01"}))
    assert client.post(focus, data={"group": "serious_illness", "since": "2026-01-01", "source": "医保清单"}).status_code == 302
    page = words(client.get(f"/households/{household.ref}"))
    assert "测试阿山" in page and "大病重病患者" in page and "医保清单" in page


def test_member_of_another_village_is_not_reached_by_reference(household: Household, session: Session, app: Flask):
    member = session.scalars(select(Member)).first()
    assert log_in(app, "lin.cun").get(f"/households/members/{member.ref}/edit").status_code == 404
