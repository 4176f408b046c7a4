"""三(四) 公示: every group's public place and the platform, five working days from the last, objections, the village's report."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area, RegionalDayOff
from fanpin.models.cases import Case
from fanpin.models.dossiers import period_of
from fanpin.models.notices import Notice, NoticePlace, Objection, ObjectionKind, PlaceKind
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.stages import Stage
from fanpin.steps import deliberation, publicity, survey
from fanpin.steps.publicity import Reported
from tests.conftest import StandingClock
from tests.later import a_helped_case
from tests.lists import HEADS, Road, cases_of
from tests.world import World

BOTH = ((HEADS[0], "group1"), (HEADS[1], "group2"))
BACK = {"reason": "查实有车", "field": "财产", "rule": "附件2", "evidence_expected": "行驶证"}


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


def when(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def _picture(session: Session, world: World, clock: StandingClock) -> int:
    return Road(session, world, clock).screenshot()


def hang(session: Session, world: World, clock: StandingClock, place: NoticePlace, who: str = "cun.gan",
         **changed: object) -> None:
    platform = place.kind is PlaceKind.PLATFORM
    values = {"posted_at": clock.now(), "posted_on": clock.today(), "where": "" if platform else "公开栏",
              "address": "https://zfjz.example.invalid/1" if platform else "", "file_id": _picture(session, world, clock) if platform else None} | changed
    publicity.post(session, place, **values, **when(world, clock, who))


def lacking(session: Session, world: World, clock: StandingClock, notice: Notice) -> set[tuple[str, str]]:
    with pytest.raises(RequirementsNotMet) as refused:
        publicity.report(session, notice.village_list, **when(world, clock))
    return {(item.subject, item.code) for item in refused.value.missing}


def codes(session: Session, world: World, clock: StandingClock, notice: Notice) -> set[str]:
    return {code for _, code in lacking(session, world, clock, notice)}


def signed(session: Session, world: World, clock: StandingClock, notice: Notice) -> None:
    publicity.sign_report(session, notice.village_list, signed_by="周村干", signed_on=clock.today(), **when(world, clock))


def object_to(session: Session, world: World, clock: StandingClock, case: Case, *, who: str = "cun.gan", place: str = "village",
              kind: ObjectionKind = ObjectionKind.OBJECTION, **more: object) -> Objection:
    row = publicity.receive(session, case, Reported(kind, "他家有车", clock.today(), **more), area=world.areas[place],
                            **when(world, clock, who))
    session.flush()
    return row


def answered(session: Session, world: World, clock: StandingClock, row: Objection, *, who: str = "cun.gan",
             **changed: object) -> None:
    values = {"investigators": "周村干、吴驻村", "finding": "查看行驶证，是农用三轮车", "upheld": False, "answer": "已当面答复",
              "answered_on": clock.today()} | changed
    publicity.answer(session, row, **values, **when(world, clock, who))


def test_a_notice_owes_each_group_with_a_listed_household_and_the_platform(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    one = road.noticed((HEADS[0], "group1"), (HEADS[2], "group1"))
    assert [(place.kind, place.place) for place in one.places] == [
        (PlaceKind.GROUP, "第一村民小组"), (PlaceKind.PLATFORM, "云南省“政府救助平台”")]
    both = road.noticed((HEADS[1], "group2"), ("测试又一", "group1"))
    assert [place.place for place in both.places] == ["第一村民小组", "第二村民小组", "云南省“政府救助平台”"]


def test_the_period_runs_from_the_last_place_over_five_full_working_days(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    notice = road.noticed(*BOTH)
    code = world.areas["village"].code12
    for days, place in zip((0, 1, 2), notice.places, strict=True):
        assert period_of(session, notice, area_code=code) is None
        clock.set(date(2026, 3, 2) + timedelta(days=days))
        hang(session, world, clock, place)
    assert period_of(session, notice, area_code=code).last_day == date(2026, 3, 11)
    clock.set(date(2026, 3, 11))
    with pytest.raises(Invalid, match="满5个工作日"):
        signed(session, world, clock, notice)
    assert codes(session, world, clock, notice) == {"publicity.five_days", "publicity.report"}
    clock.set(date(2026, 3, 12))
    signed(session, world, clock, notice)
    publicity.report(session, notice.village_list, **when(world, clock))
    assert {case.stage for case in cases_of(notice.village_list)} == {Stage.TOWNSHIP}


@pytest.mark.parametrize("missing", [PlaceKind.GROUP, PlaceKind.PLATFORM])
def test_no_place_may_be_left_out(session: Session, world: World, clock: StandingClock, road: Road, missing: PlaceKind) -> None:
    notice = road.noticed()
    for place in notice.places:
        if place.kind is not missing:
            hang(session, world, clock, place)
    clock.move(days=30)
    wanted = "publicity.groups" if missing is PlaceKind.GROUP else "publicity.platform"
    assert codes(session, world, clock, notice) == {wanted, "publicity.five_days", "publicity.report"}


def test_a_prefectures_own_holiday_does_not_count(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    session.add(RegionalDayOff(day=date(2026, 3, 4), code_prefix="5306", title="测试节", document="测试文号", whole_population=True))
    session.flush()
    notice = road.posted()
    village = session.get(Area, notice.village_list.area_id)
    assert period_of(session, notice, area_code=village.code12).last_day == date(2026, 3, 10)


def test_a_posting_says_where_and_the_platform_keeps_its_page(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    notice = road.noticed()
    board, platform = notice.places
    wrong = [(board, {"where": " "}), (platform, {"address": ""}), (platform, {"file_id": None}),
             (board, {"posted_on": date(2026, 3, 3)}), (board, {"posted_on": date(2026, 3, 1)}),
             (board, {"posted_at": clock.now() + timedelta(minutes=1)})]
    for place, changed in wrong:
        with pytest.raises(Invalid):
            hang(session, world, clock, place, **changed)
    hang(session, world, clock, board, "zu.zhang")
    assert (board.posted_by, board.posted_on) == ("郑组长", clock.today())
    with pytest.raises(AlreadyHandled):
        hang(session, world, clock, board)
    with pytest.raises(NotPermitted):
        hang(session, world, clock, platform, "lin.cun")


def test_a_cancelled_notice_starts_the_five_days_anew(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    notice = road.posted()
    clock.set(date(2026, 3, 6))
    publicity.cancel(session, notice, reason="姓名印错", **when(world, clock))
    second = publicity.issue(session, notice.village_list, platform="", **when(world, clock))
    assert second.number != notice.number
    for place in second.places:
        hang(session, world, clock, place)
    clock.set(date(2026, 3, 10))
    assert "publicity.five_days" in codes(session, world, clock, second)


@pytest.mark.parametrize("kind", list(ObjectionKind))
def test_objection_and_complaint_alike_hold_the_list_until_answered(
        session: Session, world: World, clock: StandingClock, road: Road, kind: ObjectionKind) -> None:
    notice = road.posted(*BOTH)
    case, _ = cases_of(notice.village_list)
    row = object_to(session, world, clock, case, kind=kind)
    clock.set(date(2026, 3, 10))
    signed(session, world, clock, notice)
    assert lacking(session, world, clock, notice) == {(HEADS[0], "publicity.objections")}
    answered(session, world, clock, row)
    publicity.report(session, notice.village_list, **when(world, clock))


@pytest.mark.parametrize(("who", "place"), [("cun.gan", "village"), ("xiang.gan", "township"), ("xian.ban", "county")])
@pytest.mark.parametrize("kind", list(ObjectionKind))
def test_the_unit_that_received_it_investigates_and_nobody_else(
        session: Session, world: World, clock: StandingClock, road: Road, who: str, place: str, kind: ObjectionKind) -> None:
    case = cases_of(road.posted().village_list)[0]
    row = object_to(session, world, clock, case, who=who, place=place, kind=kind)
    assert row.received_unit == world.areas[place].name
    for other in {"cun.gan", "xiang.gan", "xian.ban"} - {who}:
        with pytest.raises((NotAllowedHere, NotPermitted), match="受理单位|管辖范围"):
            answered(session, world, clock, row, who=other)
    answered(session, world, clock, row, who=who)
    assert row.answered_on == clock.today()
    with pytest.raises(AlreadyHandled):
        answered(session, world, clock, row, who=who)


def test_two_people_investigate_and_say_what_they_found(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    row = object_to(session, world, clock, cases_of(road.posted().village_list)[0])
    for changed in ({"investigators": "周村干"}, {"investigators": " "}, {"finding": " "}, {"answer": ""},
                    {"answered_on": date(2026, 3, 3)}, {"answered_on": date(2026, 3, 1)}):
        with pytest.raises(Invalid):
            answered(session, world, clock, row, **changed)


def test_nobody_need_give_his_name(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    case = cases_of(road.posted().village_list)[0]
    assert object_to(session, world, clock, case).reporter is None
    named = object_to(session, world, clock, case, reporter="测试邻居", contact="13900000000")
    assert (named.reporter, named.contact) == ("测试邻居", "13900000000")


def test_an_objection_that_was_right_sends_the_household_back_and_the_others_go_on(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    notice = road.posted(*BOTH)
    wrong, right = cases_of(notice.village_list)
    with pytest.raises(NotAllowedHere, match="没有查实的异议"):
        deliberation.send_back(session, wrong, Action.PUBLICITY_RETURN, BACK, **when(world, clock))
    answered(session, world, clock, object_to(session, world, clock, wrong), upheld=True)
    clock.set(date(2026, 3, 10))
    signed(session, world, clock, notice)
    assert lacking(session, world, clock, notice) == {(HEADS[0], "publicity.no_upheld")}
    deliberation.send_back(session, wrong, Action.PUBLICITY_RETURN, BACK, **when(world, clock))
    publicity.report(session, notice.village_list, **when(world, clock))
    assert (wrong.stage, wrong.round, right.stage) == (Stage.DELIBERATION, 2, Stage.TOWNSHIP)


def test_a_returned_household_is_posted_anew_and_old_objections_do_not_stand_in_its_way(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    notice = road.posted()
    case = cases_of(notice.village_list)[0]
    answered(session, world, clock, object_to(session, world, clock, case), upheld=True)
    deliberation.send_back(session, case, Action.PUBLICITY_RETURN, BACK, **when(world, clock))
    assert case in deliberation.listable(session, world.areas["village"], case.procedure)
    again = deliberation.form_list(session, world.areas["village"], [case], procedure=case.procedure, **when(world, clock))
    session.flush()
    with pytest.raises(NotAllowedHere):
        publicity.issue(session, again, platform="", **when(world, clock))
    with pytest.raises(RequirementsNotMet) as refused:
        deliberation.submit(session, again, **when(world, clock))
    assert "deliberation.meeting" in {item.code for item in refused.value.missing}
    assert survey.current(session, case) is not None


def test_a_notice_is_made_once_and_for_households_that_are_all_there(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    with pytest.raises(NotAllowedHere):
        publicity.issue(session, road.deliberated(), platform="", **when(world, clock))
    notice = road.noticed((HEADS[1], "group2"))
    with pytest.raises(Invalid, match="已经制作过"):
        publicity.issue(session, notice.village_list, platform="", **when(world, clock))


def test_posted_measures_may_be_objected_to_and_are_answered(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    row = object_to(session, world, clock, case, about_measures=True)
    assert (row.about_measures, row.notice_id) == (True, None)
    answered(session, world, clock, row)
    assert row.answered_on == clock.today()


def test_measures_are_not_objected_to_before_help_begins(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    case = cases_of(road.posted().village_list)[0]
    with pytest.raises(NotAllowedHere, match="帮扶期间"):
        object_to(session, world, clock, case, about_measures=True)


def test_the_village_reports_for_itself(session: Session, world: World, clock: StandingClock, road: Road) -> None:
    notice = road.posted()
    clock.set(date(2026, 3, 10))
    signed(session, world, clock, notice)
    assert (notice.village_list.village_report_by, notice.village_list.village_report_on) == ("周村干", date(2026, 3, 10))
    for who in ("xiang.gan", "xiang.zhang", "xian.ban", "zu.zhang", "lin.cun"):
        with pytest.raises(NotPermitted):
            publicity.report(session, notice.village_list, **when(world, clock, who))
    assert session.scalars(select(NoticePlace.posted_on)).all() == [date(2026, 3, 2)] * 2
