"""The pages of a notice: posted everywhere, five working days, objections answered, the whole list reported."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.deliberation import VillageList
from fanpin.models.notices import Notice, NoticePlace, Objection, ObjectionKind, PlaceKind
from fanpin.models.outbox import StoredFile
from fanpin.rules.stages import Stage
from fanpin.steps import deliberation, publicity
from tests.conftest import StandingClock
from tests.lists import HEADS, Road, cases_of
from tests.world import World, log_in

TWO = ((HEADS[0], "group1"), (HEADS[2], "group2"))
FOUND = {"investigators": "周村干、吴驻村", "finding": "查看行驶证", "upheld": "no", "reply": "是农用三轮车",
         "answered_on": "2026-03-02"}


def words(answer) -> str:
    return answer.get_data(as_text=True)


def picture() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    out.seek(0)
    return out, "公示栏.png"


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


def place_of(notice: Notice, kind: PlaceKind) -> NoticePlace:
    return next(place for place in notice.places if place.kind is kind)


def test_the_notice_shows_only_what_the_public_may_see_and_owes_every_group(app: Flask, session: Session, road: Road,
                                                                          world: World):
    village_list = road.deliberated(*TWO)
    deliberation.submit(session, village_list, actor=world.actors["cun.gan"], **road.when)
    client = log_in(app, "cun.gan")
    page = words(client.get(f"/lists/{village_list.ref}/notice"))
    assert "第一村民小组、第二村民小组的公开场所" in page and "因病" not in page and "测试小花" not in page
    page = words(client.post(f"/lists/{village_list.ref}/notice", data={"platform": "政府救助平台"}, follow_redirects=True))
    assert "洛泽河村民委员会公示〔2026〕1号" in page and "还有3处没有张贴或发布" in page


def test_a_second_notice_of_the_same_list_is_refused(app: Flask, session: Session, road: Road):
    notice = road.noticed()
    answer = log_in(app, "cun.gan").post(f"/lists/{notice.village_list.ref}/notice", data={"platform": ""})
    assert answer.status_code == 422 and "已经制作过公示" in words(answer)


def test_the_clock_names_the_days_that_count_and_why_others_do_not(app: Flask, road: Road):
    page = words(log_in(app, "cun.gan").get(f"/notices/{road.posted(*TWO).ref}"))
    assert "还剩 5 个工作日" in page and "2026年3月9日结束" in page and "周六" in page and "张贴当天" in page


def test_a_group_cadre_sees_and_posts_the_place_of_the_own_group_alone(app: Flask, session: Session, road: Road,
                                                                       world: World):
    notice = road.noticed(*TWO)
    mine, other = [place for place in notice.places if place.kind is PlaceKind.GROUP]
    client = log_in(app, "zu.zhang")
    page = words(client.get("/notice-places"))
    assert "第一村民小组" in page and "第二村民小组" not in page and "救助平台”</th>" not in page
    page = words(client.get(f"/notice-places/{mine.ref}"))
    assert HEADS[0] in page and HEADS[2] not in page
    assert client.get(f"/notice-places/{other.ref}").status_code == 404
    assert client.get(f"/notices/{notice.ref}").status_code == 404
    answer = client.post(f"/notice-places/{mine.ref}", data={
        "where": "一组公开栏", "posted_on": "2026-03-02", "posted_time": "09:30", "file": picture()})
    assert answer.location.endswith("/notice-places")
    assert mine.posted_by == "郑组长" and mine.place == "一组公开栏" and mine.file_id is not None


def test_the_platform_asks_for_address_and_screenshot(app: Flask, session: Session, road: Road):
    notice = road.noticed()
    place = place_of(notice, PlaceKind.PLATFORM)
    client = log_in(app, "cun.gan")
    sent = {"address": "https://zfjz.example.invalid/1", "posted_on": "2026-03-02", "posted_time": "10:00"}
    assert "请上传平台发布页面的截图" in words(client.post(f"/notice-places/{place.ref}", data=sent))
    assert "请填写此项" in words(client.post(f"/notice-places/{place.ref}", data={**sent, "address": "", "file": picture()}))
    client.post(f"/notice-places/{place.ref}", data={**sent, "file": picture()})
    assert place.address == "https://zfjz.example.invalid/1" and place.posted_on.isoformat() == "2026-03-02"
    assert session.scalars(select(StoredFile.media_type)).one() == "image/jpeg"


@pytest.mark.parametrize(("wrong", "said"), [
    ({"posted_on": "2026-03-03"}, "日期不能晚于今天"),
    ({"posted_time": "23:59"}, "时间不能晚于现在"),
    ({"posted_time": "上午"}, "时间不对"),
    ({"posted_on": "2026-02-27"}, "早于公示的制作日期"),
    ({"where": ""}, "请填写此项"),
    ({"file": (io.BytesIO(b"MZ not a picture"), "a.jpg")}, "只接收JPG、PNG照片或PDF扫描件"),
])
def test_a_posting_that_cannot_be_is_refused_at_its_field(app: Flask, road: Road, wrong: dict, said: str):
    place = place_of(road.noticed(), PlaceKind.GROUP)
    answer = log_in(app, "cun.gan").post(f"/notice-places/{place.ref}", data={
        "where": "公开栏", "posted_on": "2026-03-02", "posted_time": "09:30", **wrong})
    assert answer.status_code == 422 and said in words(answer) and place.posted_on is None


def test_a_cancelled_notice_is_posted_no_more_and_a_new_one_starts_afresh(app: Flask, session: Session, road: Road):
    notice = road.noticed()
    place, village_list = place_of(notice, PlaceKind.GROUP), notice.village_list
    client = log_in(app, "cun.gan")
    assert client.post(f"/notices/{notice.ref}/cancel", data={"reason": ""}).status_code == 422
    page = words(client.post(f"/notices/{notice.ref}/cancel", data={"reason": "户主姓名有误"}, follow_redirects=True))
    assert "公示已撤销" in page and "户主姓名有误" in page
    answer = client.post(f"/notice-places/{place.ref}", data={
        "where": "公开栏", "posted_on": "2026-03-02", "posted_time": "09:30"})
    assert answer.status_code == 409 and "已经撤销" in words(answer)
    client.post(f"/lists/{village_list.ref}/notice", data={"platform": ""})
    assert session.scalar(select(func.count()).select_from(Notice).where(Notice.cancelled_on.is_(None))) == 1


def test_an_objection_may_come_without_a_name_and_two_people_answer_it(app: Flask, session: Session, road: Road):
    notice = road.posted(*TWO)
    case = cases_of(notice.village_list)[0]
    client = log_in(app, "cun.gan")
    page = words(client.post(f"/cases/{case.ref}/objections/new", data={
        "kind": "complaint", "received_on": "2026-03-02", "content": "他家有小轿车"}, follow_redirects=True))
    assert "匿名" in page and "他家有小轿车" in page
    row = session.scalars(select(Objection)).one()
    assert row.kind is ObjectionKind.COMPLAINT and row.notice_id == notice.id and row.reporter is None
    alone = client.post(f"/objections/{row.ref}", data={**FOUND, "investigators": "周村干"})
    assert alone.status_code == 422 and "由两人以上调查" in words(alone)
    assert "不属实" in words(client.post(f"/objections/{row.ref}", data=FOUND, follow_redirects=True))
    assert row.upheld is False and row.answered_by == "周村干"


def test_who_reported_is_read_by_the_unit_that_received_it_alone(app: Flask, session: Session, road: Road, world: World):
    case = cases_of(road.posted().village_list)[0]
    row = publicity.receive(
        session, case, publicity.Reported(ObjectionKind.OBJECTION, "收入不实", road.clock.today(), reporter="测试邻居",
                                          contact="13800000000"),
        area=world.areas["township"], actor=world.actors["xiang.gan"], **road.when)
    session.commit()
    ours, theirs = (words(log_in(app, name).get(f"/objections/{row.ref}")) for name in ("xiang.gan", "cun.gan"))
    assert "测试邻居" in ours and "13800000000" not in ours and "登记答复" in ours
    assert "测试邻居" not in theirs and "由受理单位保密" in theirs and "登记答复" not in theirs
    answer = log_in(app, "cun.gan").post(f"/objections/{row.ref}", data=FOUND)
    assert answer.status_code == 409 and row.answered_on is None


def test_an_objection_that_was_right_sends_the_household_back_and_no_other(app: Flask, session: Session, road: Road,
                                                                          world: World):
    notice = road.posted(*TWO)
    one, other = cases_of(notice.village_list)
    client = log_in(app, "cun.gan")
    facts = {"version": str(one.version), "field": "公示内容", "rule": "三(四)", "reason": "有小轿车", "evidence_expected": "车辆说明"}
    early = client.post(f"/cases/{one.ref}/return-from-notice", data=facts)
    assert early.status_code == 409 and "没有查实的异议或举报" in words(early)
    row = publicity.receive(session, one, publicity.Reported(ObjectionKind.OBJECTION, "有车", road.clock.today()),
                            area=world.areas["village"], actor=world.actors["cun.gan"], **road.when)
    session.commit()
    client.post(f"/objections/{row.ref}", data={**FOUND, "upheld": "yes", "finding": "有小轿车一辆"})
    assert "有小轿车一辆" in words(client.get(f"/cases/{one.ref}/return-from-notice"))
    client.post(f"/cases/{one.ref}/return-from-notice", data=facts)
    assert one.stage is Stage.DELIBERATION and other.stage is Stage.PUBLICITY
    assert cases_of(notice.village_list) == [other]


def test_the_report_is_signed_after_the_five_days_and_the_whole_list_goes_on(app: Flask, clock: StandingClock,
                                                                            session: Session, road: Road):
    village_list = road.posted(*TWO).village_list
    client = log_in(app, "cun.gan")
    sent = {"signed_by": "周村干", "signed_on": "2026-03-02"}
    early = client.post(f"/lists/{village_list.ref}/report/sign", data=sent)
    assert early.status_code == 422 and "公示满5个工作日以后才能签署" in words(early)
    assert client.post(f"/lists/{village_list.ref}/report", data={}).status_code == 422
    clock.move(days=8)
    client = log_in(app, "cun.gan")
    client.post(f"/lists/{village_list.ref}/report/sign", data={**sent, "signed_on": "2026-03-10"})
    assert "2户转入乡镇审核" in words(client.get(f"/lists/{village_list.ref}/report"))
    page = words(client.post(f"/lists/{village_list.ref}/report", data={}, follow_redirects=True))
    assert "2户已上报乡镇审核" in page
    assert {case.stage for case in cases_of(session.scalars(select(VillageList)).one())} == {Stage.TOWNSHIP}


def test_an_open_objection_holds_the_whole_list_and_is_named(app: Flask, clock: StandingClock, session: Session,
                                                            road: Road, world: World):
    notice = road.posted(*TWO)
    one, _ = cases_of(notice.village_list)
    publicity.receive(session, one, publicity.Reported(ObjectionKind.OBJECTION, "有车", road.clock.today()),
                      area=world.areas["village"], actor=world.actors["cun.gan"], **road.when)
    clock.move(days=8)
    answer = log_in(app, "cun.gan").post(f"/lists/{notice.village_list.ref}/report", data={})
    assert answer.status_code == 422 and f"{HEADS[0]}" in words(answer) and "还有1件异议或举报没有调查答复" in words(answer)


def test_the_township_reads_the_notice_and_may_not_report_for_the_village(app: Flask, road: Road):
    notice = road.posted()
    client = log_in(app, "xiang.gan")
    page = words(client.get(f"/notices/{notice.ref}"))
    assert "登记村级报告签署" not in page and "撤销公示" not in page
    assert client.post(f"/lists/{notice.village_list.ref}/report", data={}).status_code == 403
