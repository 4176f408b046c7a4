"""三(四) 公示: places, working days, objections, and the village's report."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.notices import NoticePlace, ObjectionKind, PlaceKind
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, RequirementsNotMet
from fanpin.rules.stages import Stage
from fanpin.steps import advance, deliberation, publicity
from tests.conftest import StandingClock
from tests.lists import HEADS, Road, cases_of
from tests.world import World

TWO = ((HEADS[0], "group1"), (HEADS[2], "group2"))


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


def hang(road: Road, place: NoticePlace, day: date, **more):
    values = {"posted_at": road.clock.now(), "where": "公开栏", "address": "", "file_id": None,
              "actor": road.world.actors["cun.gan"]} | more
    publicity.post(road.session, place, posted_on=day, **values, **road.when)


def test_every_group_with_a_household_and_the_platform_is_owed_a_place(world: World, road: Road):
    notice = road.noticed(*TWO)
    assert [(place.kind, place.area_path) for place in notice.places] == [
        (PlaceKind.GROUP, world.areas["group1"].path), (PlaceKind.GROUP, world.areas["group2"].path),
        (PlaceKind.PLATFORM, world.areas["village"].path)]


def test_what_is_not_posted_is_named_by_its_group(session: Session, road: Road):
    notice = road.noticed(*TWO)
    hang(road, notice.places[0], road.clock.today())
    missing = advance.missing(session, cases_of(notice.village_list)[0], Action.PUBLICITY_REPORT, today=road.clock.today())
    assert "第二村民小组" in next(item.reason for item in missing if item.code == "publicity.groups")


def test_the_period_runs_from_the_last_place(session: Session, clock: StandingClock, road: Road, world: World):
    notice = road.noticed(*TWO)
    first, second, platform = notice.places
    hang(road, first, clock.today())
    hang(road, platform, clock.today(), address="https://zfjz.example.invalid/1", file_id=road.screenshot())
    clock.move(days=3)
    hang(road, second, clock.today())
    village_list, actor = notice.village_list, world.actors["cun.gan"]
    clock.set(date(2026, 3, 12))
    with pytest.raises(Invalid, match="公示满5个工作日"):
        publicity.sign_report(session, village_list, signed_by="周村干", signed_on=clock.today(), actor=actor, **road.when)
    clock.set(date(2026, 3, 13))
    publicity.sign_report(session, village_list, signed_by="周村干", signed_on=clock.today(), actor=actor, **road.when)
    publicity.report(session, village_list, actor=actor, **road.when)
    assert {case.stage for case in cases_of(village_list)} == {Stage.TOWNSHIP}


def test_a_place_is_posted_once(road: Road):
    place = road.noticed().places[0]
    hang(road, place, road.clock.today())
    with pytest.raises(AlreadyHandled):
        hang(road, place, road.clock.today())


def test_a_group_cadre_cannot_backdate_a_posting_beyond_the_notice(session: Session, world: World, road: Road):
    place = road.noticed().places[0]
    session.commit()
    set_scope(session, Scope(ScopeKind.LINE, paths=(world.areas["group1"].path,)))
    session.expire_all()
    own = session.scalars(select(NoticePlace).where(NoticePlace.ref == place.ref)).one()
    with pytest.raises(Invalid, match="早于公示的制作日期"):
        hang(road, own, road.clock.today() - timedelta(days=3), actor=world.actors["zu.zhang"])
    hang(road, own, road.clock.today(), actor=world.actors["zu.zhang"])
    assert publicity.heads_at(session, own) == [HEADS[0]] and publicity.waiting_places(session) == []


def test_a_new_notice_voids_the_old_reports_signature(session: Session, world: World, road: Road, clock: StandingClock):
    notice, actor = road.posted(), world.actors["cun.gan"]
    clock.move(days=8)
    publicity.sign_report(session, notice.village_list, signed_by="周村干", signed_on=clock.today(), actor=actor, **road.when)
    publicity.cancel(session, notice, reason="姓名有误", actor=actor, **road.when)
    with pytest.raises(AlreadyHandled):
        publicity.cancel(session, notice, reason="再撤一次", actor=actor, **road.when)
    publicity.issue(session, notice.village_list, platform="", actor=actor, **road.when)
    assert notice.village_list.village_report_on is None


def test_a_notice_whose_list_went_on_stays(session: Session, world: World, road: Road):
    village_list = road.reported()
    with pytest.raises(NotAllowedHere):
        publicity.cancel(session, publicity.current(session, village_list), reason="晚了", actor=world.actors["cun.gan"],
                         **road.when)


def an_objection(road: Road, case, unit: str = "village", who: str = "cun.gan"):
    return publicity.receive(road.session, case, publicity.Reported(ObjectionKind.COMPLAINT, "有车", road.clock.today()),
                             area=road.world.areas[unit], actor=road.world.actors[who], **road.when)


def answer(road: Road, row, who: str = "cun.gan", **more):
    values = {"investigators": "周村干，吴驻村", "finding": "查看行驶证", "upheld": False, "answer": "已答复",
              "answered_on": road.clock.today()} | more
    publicity.answer(road.session, row, actor=road.world.actors[who], **values, **road.when)


def test_the_unit_that_received_it_answers(road: Road):
    row = an_objection(road, cases_of(road.posted().village_list)[0], "township", "xiang.gan")
    with pytest.raises(NotAllowedHere, match="洛泽河镇"):
        answer(road, row)
    answer(road, row, "xiang.gan")
    with pytest.raises(AlreadyHandled):
        answer(road, row, "xiang.gan")


@pytest.mark.parametrize(("more", "field"), [
    ({"investigators": "周村干"}, "investigators"), ({"finding": " "}, "finding"),
    ({"answered_on": date(2026, 2, 1)}, "answered_on")])
def test_an_answer_that_nobody_could_trust_is_refused(road: Road, more: dict, field: str):
    row = an_objection(road, cases_of(road.posted().village_list)[0])
    with pytest.raises(Invalid) as refusal:
        answer(road, row, **more)
    assert field in refusal.value.problems


def test_an_objection_to_measures_belongs_to_the_time_of_help(road: Road, session: Session, world: World):
    case = cases_of(road.posted().village_list)[0]
    with pytest.raises(NotAllowedHere, match="帮扶期间"):
        publicity.receive(session, case, publicity.Reported(ObjectionKind.OBJECTION, "不公", road.clock.today(),
                                                            about_measures=True),
                          area=world.areas["village"], actor=world.actors["cun.gan"], **road.when)


def test_a_household_whose_objection_was_right_blocks_the_list_until_it_is_returned(
        session: Session, world: World, road: Road, clock: StandingClock):
    village_list, actor = road.posted(*TWO).village_list, world.actors["cun.gan"]
    one, other = cases_of(village_list)
    answer(road, an_objection(road, one), upheld=True)
    clock.move(days=8)
    publicity.sign_report(session, village_list, signed_by="周村干", signed_on=clock.today(), actor=actor, **road.when)
    with pytest.raises(RequirementsNotMet) as refusal:
        publicity.report(session, village_list, actor=actor, **road.when)
    assert [(item.subject, item.code) for item in refusal.value.missing] == [(HEADS[0], "publicity.no_upheld")]
    deliberation.send_back(session, one, Action.PUBLICITY_RETURN, {
        "field": "公示内容", "rule": "三(四)", "reason": "有车", "evidence_expected": "车辆说明"}, actor=actor, **road.when)
    publicity.report(session, village_list, actor=actor, **road.when)
    assert (one.stage, other.stage) == (Stage.DELIBERATION, Stage.TOWNSHIP)
