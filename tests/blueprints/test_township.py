"""The township's pages: spot checks, measures, the 专题会议, and the report by a second person."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.deliberation import MeetingKind, MeetingRecord
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.township import SpotCheck
from fanpin.rules.stages import Stage
from fanpin.steps import deliberation, township
from tests.conftest import StandingClock
from tests.counting import statements
from tests.lists import HEADS, Road, cases_of
from tests.world import World, log_in

TWO = ((HEADS[0], "group1"), (HEADS[2], "group2"))
MINUTES = {"held_on": "2026-03-10", "place": "镇政府", "host": "王乡长", "recorder": "李乡干", "summary": "逐户研究",
           "decided": "y", "decision": "同意上报", "attendance-0-party_members": "5"}


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


def reviewed(road: Road, *places: tuple[str, str]):
    """Return a list on which the township has done everything but send it."""
    village_list, actor = road.reported(*places), road.world.actors["xiang.gan"]
    for case in cases_of(village_list):
        township.check(road.session, village_list, case, checked_on=road.clock.today(), checkers="李乡干", agrees=True,
                       finding="", actor=actor, **road.when)
    township.confirm_measures(road.session, village_list, {}, actor=actor, now=road.clock.now())
    road.meet(village_list, MeetingKind.TOWNSHIP, deliberation.Attendance("参会人员", 5, 0))
    township.sign_report(road.session, village_list, signed_by="王乡长", signed_on=road.clock.today(), actor=actor,
                         **road.when)
    return village_list


def test_the_township_finds_the_lists_that_wait_for_it(app: Flask, road: Road):
    road.reported(*TWO)
    page = words(log_in(app, "xiang.gan").get("/township"))
    assert "第1批拟纳入名单" in page and "洛泽河村民委员会" in page and "2026年3月10日" in page
    assert log_in(app, "cun.gan").get("/township").status_code == 403


def test_a_list_names_what_the_township_still_owes(app: Flask, road: Road):
    village_list = road.reported(*TWO)
    page = words(log_in(app, "xiang.gan").get(f"/lists/{village_list.ref}/township"))
    for said in ("乡镇还没有抽查核实", "还没有乡镇专题会议记录和决定", "乡镇还没有逐户明确帮扶措施", "三(五)"):
        assert said in page


def test_a_spot_check_is_recorded_and_a_difference_needs_words(app: Flask, session: Session, road: Road):
    village_list = road.reported()
    case = cases_of(village_list)[0]
    client, url = log_in(app, "xiang.gan"), f"/lists/{village_list.ref}/households/{case.ref}/check"
    sent = {"checked_on": "2026-03-10", "checkers": "李乡干、王乡长", "agrees": "no"}
    refused = client.post(url, data=sent)
    assert refused.status_code == 422 and "请填写此项" in words(refused)
    page = words(client.post(url, data={**sent, "finding": "住房已加固"}, follow_redirects=True))
    assert "住房已加固" in page and "有问题" in page
    assert session.scalars(select(SpotCheck.agrees)).one() is False


def test_a_household_of_another_list_is_not_checked_here(app: Flask, session: Session, road: Road):
    one = road.reported((HEADS[0], "group1"))
    other = road.reported((HEADS[2], "group2"))
    answer = log_in(app, "xiang.gan").post(f"/lists/{one.ref}/households/{cases_of(other)[0].ref}/check", data={
        "checked_on": "2026-03-10", "checkers": "李乡干", "agrees": "yes"})
    assert answer.status_code == 409 and "不在这份名单上" in words(answer)
    assert session.scalar(select(func.count()).select_from(SpotCheck)) == 0


def test_measures_are_fixed_household_by_household_with_their_department(app: Flask, session: Session, road: Road):
    village_list = road.reported()
    rows = session.scalars(select(Measure).where(Measure.category.is_not(None)).order_by(Measure.id)).all()
    client = log_in(app, "xiang.gan")
    assert "大病救治" in words(client.get(f"/lists/{village_list.ref}/measures"))
    wrong = client.post(f"/lists/{village_list.ref}/measures", data={f"department_{rows[0].ref}": "treasury"})
    assert wrong.status_code == 422 and "请从给出的选项中选择" in words(wrong)
    client.post(f"/lists/{village_list.ref}/measures", data={
        f"department_{rows[0].ref}": "health", f"department_{rows[1].ref}": "human_resources"})
    assert [row.department for row in rows] == ["health", "human_resources"]
    assert all(row.status is MeasureStatus.CONFIRMED for row in rows)


def test_the_meeting_is_the_townships_own_kind(app: Flask, session: Session, road: Road):
    village_list = road.reported()
    client = log_in(app, "xiang.gan")
    missing = client.post(f"/lists/{village_list.ref}/township-meeting", data={**MINUTES, "summary": ""})
    assert missing.status_code == 422 and "请写明逐户讨论的情况" in words(missing)
    assert "同意上报" in words(client.post(f"/lists/{village_list.ref}/township-meeting", data=MINUTES,
                                           follow_redirects=True))
    assert session.scalars(select(MeetingRecord.kind).order_by(MeetingRecord.id.desc())).first() is MeetingKind.TOWNSHIP


def test_the_report_is_signed(app: Flask, road: Road):
    village_list = road.reported()
    client = log_in(app, "xiang.gan")
    assert client.post(f"/lists/{village_list.ref}/township-report", data={"signed_by": ""}).status_code == 422
    page = words(client.post(f"/lists/{village_list.ref}/township-report", follow_redirects=True,
                             data={"signed_by": "王乡长", "signed_on": "2026-03-10"}))
    assert "2026年3月10日，王乡长签署" in page


def test_the_leader_sends_the_whole_list_to_the_county(app: Flask, road: Road):
    village_list = reviewed(road, *TWO)
    assert "上报县级" not in words(log_in(app, "xiang.gan").get(f"/lists/{village_list.ref}/township"))
    client = log_in(app, "xiang.zhang")
    assert "上报县级" in words(client.get(f"/lists/{village_list.ref}/township"))
    page = words(client.post(f"/lists/{village_list.ref}/township-submit", data={}, follow_redirects=True))
    assert "2户已上报县级确定" in page and all(case.stage is Stage.COUNTY for case in cases_of(village_list))


def test_a_cadre_may_not_send_the_list_and_a_list_with_gaps_stays(app: Flask, session: Session, road: Road):
    village_list = reviewed(road)
    assert log_in(app, "xiang.gan").post(f"/lists/{village_list.ref}/township-submit", data={}).status_code == 403
    village_list.township_report_on = None
    answer = log_in(app, "xiang.zhang").post(f"/lists/{village_list.ref}/township-submit", data={})
    assert answer.status_code == 422 and "请登记乡镇上报报告及签字" in words(answer)
    assert cases_of(village_list)[0].stage is Stage.TOWNSHIP


def test_one_household_goes_back_to_the_village_and_the_others_stay(app: Flask, session: Session, road: Road):
    village_list = road.reported(*TWO)
    one, other = cases_of(village_list)
    log_in(app, "xiang.gan").post(f"/cases/{one.ref}/return-from-township", data={
        "version": str(one.version), "field": "住房情况", "rule": "三(五)", "reason": "住房等级不符", "evidence_expected": "住房鉴定"})
    assert one.stage is Stage.SURVEY and one.round == 2 and cases_of(village_list) == [other]


def test_the_index_costs_no_more_with_more_lists(app: Flask, road: Road):
    road.reported((HEADS[0], "group1"))
    client = log_in(app, "xiang.gan")
    client.get("/township")
    with statements() as few:
        client.get("/township")
    for head in ("测试甲", "测试乙"):
        road.reported((head, "group1"))
    client = log_in(app, "xiang.gan")
    client.get("/township")
    with statements() as many:
        client.get("/township")
    assert len(many) == len(few)
