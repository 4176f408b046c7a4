"""二(四) on the screen: an event from its entry to its end, as village, department, county and province meet it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.events import Event, EventPlan, EventResponse, Exposure
from fanpin.models.households import Household
from fanpin.models.rectification import Rectification
from fanpin.models.relocation import Community, CommunityFigure
from fanpin.rules.regional import ExposureResult, RectificationState
from tests.builders import a_case, a_household, people
from tests.conftest import StandingClock
from tests.counting import statements
from tests.world import World, log_in

EVENT = {"kind": "weather", "title": "三月冰雹", "happened_on": "2026-03-02", "source": "watch", "degree": "large",
         "exposed_by": "area", "description": "持续二十分钟"}


def words(answer) -> str:
    return answer.get_data(as_text=True)


def post(client: FlaskClient, url: str, **data: object):
    answer = client.post(url, data=data)
    assert answer.status_code == 302, words(answer)
    return answer


@pytest.fixture
def households(session: Session, world: World, clock: StandingClock) -> list[Household]:
    return [a_household(session, world, now=clock.now(), today=clock.today(), members=people(f"测试阿{name}")) for name in "朵普加"]


def enter(app: Flask, session: Session, world: World, who: str, *places: str, **changed: object) -> Event:
    codes = [world.areas[place].code12 for place in places]
    answer = log_in(app, who).post("/regional/new", data=EVENT | {"areas": codes} | changed)
    assert answer.status_code == 302, words(answer)
    return session.scalars(select(Event).order_by(Event.id.desc())).first()


@pytest.fixture
def event(households: list[Household], app: Flask, session: Session, world: World) -> Event:
    return enter(app, session, world, "xian.ban", "township")


def test_a_department_enters_an_event_and_reads_numbers_but_no_household(
        app: Flask, session: Session, world: World, households: list[Household]):
    client = log_in(app, "bm.agriculture")
    page = words(client.get("/regional/new"))
    assert "洛泽河镇" in page and "发路村民委员会" in page and "逐户指定" in page
    event = enter(app, session, world, "bm.agriculture", "village")
    page = words(client.get(f"/regional/{event.ref}"))
    assert "三月冰雹" in page and "少于5户" in page and "测试阿" not in page and "受影响农户名单" not in page
    assert client.get(f"/regional/{event.ref}/households").status_code == 403
    assert "三月冰雹" in words(client.get("/regional/"))


def test_the_village_finds_the_households_on_its_desk_the_same_day_and_looks_at_them(
        app: Flask, session: Session, event: Event, households: list[Household]):
    client = log_in(app, "cun.gan")
    desk = words(client.get("/"))
    assert "排查受影响农户" in desk and "还差3户" in desk
    page = words(client.get(f"/regional/{event.ref}/households"))
    assert "住在受影响地区" in page and page.count("登记结果") >= 3
    answer = post(client, f"/regional/{event.ref}/households/{households[0].ref}", visited_on="2026-03-02", result="at_risk", note="房屋受损")
    assert answer.location == f"/analysis/households/{households[0].ref}/propose"
    post(client, f"/regional/{event.ref}/unaffected", visited_on="2026-03-02",
         household=[households[1].ref, households[2].ref, households[0].ref])
    assert [row.result for row in session.scalars(select(Exposure).order_by(Exposure.household_id))] == [
        ExposureResult.AT_RISK, ExposureResult.UNAFFECTED, ExposureResult.UNAFFECTED]
    desk = words(client.get("/"))
    assert "排查受影响农户" not in desk and "把有风险的受影响农户提出为重点核查对象" in desk and "测试阿朵家" in desk
    page = words(client.get(f"/regional/{event.ref}/households?state=at_risk"))
    assert "房屋受损" in page and "提出重点核查" in page
    assert "三月冰雹" in words(client.get(f"/households/{households[0].ref}"))
    post(client, f"/analysis/households/{households[0].ref}/propose", reason="冰雹毁房")
    assert "把有风险的受影响农户提出为重点核查对象" not in words(client.get("/"))
    assert "发现返贫致贫风险" in words(log_in(app, "xian.ban").get("/analysis/key-checks"))


@pytest.mark.parametrize(("sent", "said"), [
    ({"result": "affected", "note": "", "visited_on": "2026-03-02"}, "请填写此项"),
    ({"result": "affected", "note": "减产", "visited_on": "2026-03-01"}, "不能早于事件发生的日期"),
    ({"result": "affected", "note": "减产", "visited_on": "2026-03-03"}, "日期不能晚于今天"), ({"note": "减产"}, "请选择结果")])
def test_a_wrong_result_comes_back_with_all_that_was_typed(app: Flask, event: Event, households: list[Household], sent: dict, said: str):
    answer = log_in(app, "cun.gan").post(f"/regional/{event.ref}/households/{households[0].ref}", data=sent)
    assert answer.status_code == 422 and said in words(answer) and sent["note"] in words(answer)


@pytest.mark.parametrize(("changed", "said"), [
    ({"areas": []}, "请至少选择一个受影响的地区"), ({"title": ""}, "请填写事件名称"), ({"exposed_by": "growers"}, "请填写作物或畜禽的名称"),
    ({"exposed_by": "community"}, "请选择集中安置区"), ({"happened_on": "2026-03-03"}, "日期不能晚于今天"), ({"areas": ["530627000000"]}, "请从给出的选项中选择")])
def test_a_wrong_event_comes_back_with_all_that_was_typed(app: Flask, world: World, changed: dict, said: str):
    answer = log_in(app, "xian.ban").post("/regional/new", data=EVENT | {"areas": [world.areas["village"].code12]} | changed)
    assert answer.status_code == 422 and said in words(answer) and "持续二十分钟" in words(answer)


def test_households_are_added_and_taken_out_by_hand_with_a_reason(
        app: Flask, session: Session, world: World, households: list[Household]):
    event = enter(app, session, world, "cun.gan", "village", exposed_by="named")
    client, base = log_in(app, "cun.gan"), f"/regional/{event.ref}/households"
    assert "没有待排查的农户" in words(client.get(base))
    assert "加入名单" in words(client.get(f"{base}?q=测试阿朵"))
    assert client.post(f"{base}/{households[0].ref}/add", data={"reason": ""}).status_code == 422
    post(client, f"{base}/{households[0].ref}/add", reason="屋后滑坡")
    assert "人工加入：屋后滑坡" in words(client.get(base)) and "已在名单上" in words(client.get(f"{base}?q=测试阿朵"))
    post(client, f"{base}/{households[0].ref}/remove", reason="已经搬走")
    assert "已经搬走" in words(client.get(f"{base}?state=removed"))
    answer = client.post(f"{base}/{households[0].ref}/remove", data={"reason": "再移"})
    assert answer.status_code == 422 and "不在受影响农户名单上" in words(answer)


def test_plan_and_response_are_two_records_on_the_desk_until_done(app: Flask, session: Session, event: Event):
    client = log_in(app, "xian.ban")
    assert "制定防范措施" in words(client.get("/"))
    plan = {"measures": "三日内核损到户", "unit": "县农业农村局", "unit_department": "agriculture", "person": "何局长", "due_on": "2026-03-04"}
    answer = client.post(f"/regional/{event.ref}/plan", data=plan | {"due_on": "2026-03-01"})
    assert answer.status_code == 422 and "不能早于今天" in words(answer) and "三日内核损到户" in words(answer)
    post(client, f"/regional/{event.ref}/plan", **plan)
    row = session.scalars(select(EventPlan)).one()
    desk = words(client.get("/"))
    assert ">制定防范措施（" not in desk and "落实防范措施" in desk
    officer = log_in(app, "bm.agriculture")
    assert "三日内核损到户" in words(officer.get("/")) and "三日内核损到户" not in words(log_in(app, "bm.health").get("/"))
    assert "三日内核损到户" in words(log_in(app, "cun.gan").get(f"/regional/{event.ref}"))
    response = {"plan": row.ref, "done": "核损完成，发放种苗", "done_on": "2026-03-02", "helped": "exposed", "evidence": "发放表12号", "finishes": "y"}
    answer = officer.post(f"/regional/{event.ref}/respond", data=response | {"evidence": ""})
    assert answer.status_code == 422 and "请写明凭证" in words(answer)
    post(officer, f"/regional/{event.ref}/respond", **response)
    assert session.scalars(select(EventResponse)).one().households == 3
    assert "落实防范措施" not in words(client.get("/"))
    page = words(client.get(f"/regional/{event.ref}"))
    assert "正在落实帮扶举措" in page and "彝良县农业农村部门" in page and "2026年3月2日完成" in page
    paper = words(client.get(f"/regional/{event.ref}/print"))
    assert "三日内核损到户" in paper and "发放表12号" in paper and "测试阿" not in paper


def test_a_plan_that_is_late_shows_on_the_desk_and_in_the_list(app: Flask, event: Event, clock: StandingClock):
    client = log_in(app, "xian.ban")
    post(client, f"/regional/{event.ref}/plan", measures="核损", unit="县农业农村局", person="何局长", due_on="2026-03-03")
    clock.move(days=3)
    client = log_in(app, "xian.ban")
    assert "逾期" in words(client.get("/")) and "逾期1条" in words(client.get("/regional/"))


def test_an_event_is_corrected_and_spreads(app: Flask, session: Session, world: World, households: list[Household]):
    event = enter(app, session, world, "xian.ban", "sibling_village")
    client, page = log_in(app, "xian.ban"), f"/regional/{event.ref}/edit"
    assert "更正事件" in words(client.get(f"/regional/{event.ref}")) and "现在受影响的地区：发路村民委员会" in words(client.get(page))
    answer = client.post(page, data={"title": "", "degree": "major", "description": "又下了一场"})
    assert answer.status_code == 422 and "又下了一场" in words(answer)
    post(client, page, title="两场冰雹", degree="major", areas=[world.areas["village"].code12])
    shown = words(client.get(f"/regional/{event.ref}"))
    assert "新找到受影响农户3户" in shown and "两场冰雹" in shown and "增加洛泽河村民委员会，新找到3户" in shown
    assert "/edit" not in words(log_in(app, "cun.gan").get(f"/regional/{event.ref}"))


def test_the_list_prints_by_village_only(app: Flask, event: Event, world: World):
    client = log_in(app, "xian.ban")
    answer = client.get(f"/regional/{event.ref}/households/print")
    assert answer.status_code == 422 and "先在名单页选择一个行政村" in words(answer)
    page = words(client.get(f"/regional/{event.ref}/households/print?area={world.areas['village'].code12}"))
    assert "洛泽河村民委员会受影响农户排查单" in page and "共3户" in page and "不得张贴" in page
    assert not re.search(r"\d{17}", page)


def test_an_event_is_reported_on_and_closed_where_it_then_lies(app: Flask, session: Session, world: World, households: list[Household]):
    event = enter(app, session, world, "cun.gan", "village")
    cadre, township = log_in(app, "cun.gan"), log_in(app, "xiang.zhang")
    post(cadre, f"/regional/{event.ref}/escalate", reason="超出村级能力")
    assert "/escalate" in words(township.get(f"/regional/{event.ref}")) and "/escalate" not in words(cadre.get(f"/regional/{event.ref}"))
    refused = cadre.post(f"/regional/{event.ref}/close", data={"conclusion": "没事了"})
    assert refused.status_code == 403 and "由洛泽河镇" in words(refused) and "没事了" in words(refused)
    assert "制定防范措施" in words(township.get("/"))
    page = words(township.get(f"/regional/{event.ref}/close"))
    assert "3户没有排查" in page
    assert township.post(f"/regional/{event.ref}/close", data={"conclusion": "没有成灾"}).status_code == 422
    post(township, f"/regional/{event.ref}/close", conclusion="没有成灾", unseen_reason="冰雹没有落到本村")
    assert "三月冰雹" not in words(township.get("/regional/")) and "三月冰雹" in words(township.get("/regional/?state=closed"))
    assert "未完成事项的说明" in words(cadre.get(f"/regional/{event.ref}"))
    assert cadre.get(f"/regional/{event.ref}/plan").status_code == 409


def test_the_board_goes_down_by_area_and_tells_the_province_no_small_number(app: Flask, event: Event, world: World):
    page = words(log_in(app, "xian.ban").get("/regional/board"))
    assert "洛泽河镇" in page and "<svg" in page and "3户" in page and "打印本页" in page
    assert "发路村民委员会" in words(log_in(app, "xian.ban").get(f"/regional/board?area={world.areas['township'].code12}"))
    assert "当年登记、涉及本地区的区域性风险事件" in words(log_in(app, "xian.ban").get("/figures"))
    page = words(log_in(app, "sheng.ban").get("/regional/board"))
    assert "少于5" in page and "3户" not in page
    assert log_in(app, "ze.ren").get("/regional/board").status_code == 403


def test_pages_ask_no_more_for_more_households_and_events(
        app: Flask, session: Session, world: World, clock: StandingClock, event: Event):
    client = log_in(app, "xian.ban")
    urls = ("/regional/", f"/regional/{event.ref}", f"/regional/{event.ref}/households", "/regional/board", "/regional/communities", "/")

    def asked() -> list[int]:
        counts = []
        for url in urls:
            with statements() as found:
                assert client.get(url).status_code == 200
            counts.append(len(found))
        return counts

    asked()
    before = asked()
    for name in "戊己庚辛":
        a_household(session, world, now=clock.now(), today=clock.today(), members=people(f"测试阿{name}"))
    post(client, f"/regional/{event.ref}/search")
    enter(app, session, world, "xian.ban", "village", title="又一场冰雹")
    assert asked() == before


# Relocation communities.

@pytest.fixture
def community(app: Flask, session: Session, world: World, households: list[Household]) -> Community:
    households[0].relocation_community, households[1].relocation_community = "幸福家园", "幸福小区"
    session.commit()
    post(log_in(app, "xian.ban"), "/regional/communities/new", name="幸福家园", place=world.areas["township"].code12,
         size_class="large", size_source="彝搬〔2019〕2号")
    return session.scalars(select(Community)).one()


def test_spellings_are_joined_by_a_tap_and_the_file_offers_a_choice(
        app: Flask, session: Session, community: Community, households: list[Household]):
    client, page = log_in(app, "xian.ban"), f"/regional/communities/{community.ref}"
    assert "幸福小区（1户）" in words(client.get("/regional/communities"))
    post(client, f"{page}/attach", text="幸福小区")
    assert "2户" in words(client.get(page)) and "幸福小区（1户）" not in words(client.get("/regional/communities"))
    post(client, f"{page}/detach", text="幸福小区")
    cadre = log_in(app, "cun.gan")
    form = words(cadre.get(f"/households/{households[2].ref}/edit"))
    assert '<option value="幸福家园">' in form and "幸福小区" not in form
    assert '<option selected value="幸福小区">' in words(cadre.get(f"/households/{households[1].ref}/edit"))
    sent = {"lifted": "1", "lives_here": "1", "rural_services": "1", "hukou_place": "本村"}
    post(cadre, f"/households/{households[2].ref}/edit", **sent, relocation_community="幸福家园")
    assert session.get(Household, households[2].id).relocation_community == "幸福家园"
    assert cadre.post(f"/households/{households[2].ref}/edit", data=sent | {"relocation_community": "没有的"}).status_code == 422


def test_a_fall_is_an_alarm_on_the_desk_until_it_is_made_an_event(app: Flask, session: Session, community: Community, world: World):
    client, page = log_in(app, "xian.ban"), f"/regional/communities/{community.ref}"
    figure = {"indicator": "employment", "whole": "100", "source": "人社部门月报"}
    answer = client.post(f"{page}/figures", data=figure | {"month": "2026-01", "part": "101"})
    assert answer.status_code == 422 and "不能多于" in words(answer)
    post(client, f"{page}/figures", **figure, month="2026-01", part="92")
    post(log_in(app, "bm.human-resources"), f"{page}/figures", **figure, month="2026-02", part="88")
    assert len(session.scalars(select(CommunityFigure)).all()) == 2
    assert "核实安置区下降的情况" in words(client.get("/"))
    shown = words(client.get(page))
    assert "92.0%（92/100）" in shown and "88.0%（88/100）" in shown and "下降" in shown and "<svg" in shown
    form = words(client.get(f"/regional/new?community={community.ref}"))
    assert "幸福家园就业下滑" in form and f'<option selected value="{community.ref}">' in form
    event = enter(app, session, world, "xian.ban", "county", kind="relocation", exposed_by="community", community=community.ref)
    assert [row.ground for row in session.scalars(select(Exposure).where(Exposure.event_id == event.id))] == ["住在幸福家园"]
    assert "核实安置区下降的情况" not in words(client.get("/")) and "已登记事件" in words(client.get("/regional/communities"))


# Rectification.

def test_a_cause_on_a_case_opens_a_task_that_stays_on_desks_until_it_is_verified(
        app: Flask, session: Session, world: World, clock: StandingClock, households: list[Household]):
    case = a_case(session, world, now=clock.now(), today=clock.today(), household=households[0])
    session.commit()
    county, cadre = log_in(app, "xian.ban"), log_in(app, "cun.gan")
    assert "登记落实不到位并交办整改" in words(county.get(f"/cases/{case.ref}"))
    assert "登记落实不到位并交办整改" not in words(cadre.get(f"/cases/{case.ref}"))
    form = words(county.get(f"/regional/cases/{case.ref}/rectify"))
    assert "洛泽河镇" in form and "彝良县卫健部门" in form and "发路村民委员会" not in form
    task = {"cause": "policy", "finding": "医疗救助没有落实", "demand": "补办救助", "unit": world.areas["village"].code12, "due_on": "2026-03-09"}
    assert county.post(f"/regional/cases/{case.ref}/rectify", data=task | {"unit": world.areas["other_county"].code12}).status_code == 422
    post(county, f"/regional/cases/{case.ref}/rectify", **task)
    row = session.scalars(select(Rectification)).one()
    assert "医疗救助没有落实" in words(cadre.get(f"/cases/{case.ref}")) and "医疗救助没有落实" in words(cadre.get("/"))
    township = log_in(app, "xiang.gan")
    refused = township.post(f"/regional/tasks/{row.ref}/result", data={"result": "代填", "done_on": "2026-03-02"})
    assert refused.status_code == 409 and "由洛泽河村民委员会办理" in words(refused)
    post(cadre, f"/regional/tasks/{row.ref}/result", result="已补办，报销8000元", done_on="2026-03-02")
    assert cadre.get(f"/regional/tasks/{row.ref}/verify").status_code == 403
    assert "整改落实不到位的问题" not in words(cadre.get("/")) and "核验整改" in words(township.get("/"))
    post(township, f"/regional/tasks/{row.ref}/verify", passed="0", verdict="还差两人")
    assert "整改落实不到位的问题" in words(cadre.get("/")) and "还差两人" in words(cadre.get(f"/regional/tasks/{row.ref}"))
    post(cadre, f"/regional/tasks/{row.ref}/result", result="都补办了", done_on="2026-03-02")
    post(township, f"/regional/tasks/{row.ref}/verify", passed="1", verdict="看过报销单")
    session.expire_all()
    assert session.scalars(select(Rectification)).one().state is RectificationState.VERIFIED
    assert "核验整改" not in words(township.get("/")) and "医疗救助没有落实" in words(county.get("/regional/tasks?state=verified"))


def test_a_department_has_its_task_on_its_desk_and_no_other(app: Flask, session: Session, event: Event, world: World):
    county = log_in(app, "xian.ban")
    post(county, f"/regional/{event.ref}/rectify", cause="work", finding="没有核损", demand="三日内核损",
         unit=f"{world.areas['county'].code12}-agriculture", due_on="2026-03-09")
    row = session.scalars(select(Rectification)).one()
    officer = log_in(app, "bm.agriculture")
    assert "没有核损" in words(officer.get("/")) and "没有核损" not in words(log_in(app, "bm.health").get("/"))
    assert log_in(app, "bm.health").get(f"/regional/tasks/{row.ref}").status_code == 404
    post(officer, f"/regional/tasks/{row.ref}/result", result="已核损", done_on="2026-03-02")
    assert "核验整改" in words(log_in(app, "xian.zhang").get("/"))
    assert "没有核损" in words(county.get(f"/regional/{event.ref}"))
