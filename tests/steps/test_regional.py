"""二(四) Events: who enters them, whom they reach the same day, what is planned and done, and who may end them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin import authorization
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Batch, FactRow
from fanpin.models.events import Event, EventAct, Exposure
from fanpin.models.households import Household
from fanpin.models.outbox import OutboxItem
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted
from fanpin.rules.regional import Degree, EventKind, EventSource, ExposedBy, ExposureResult
from fanpin.steps import analysis, households, regional, regional_matching, relocation
from fanpin.rules.regional import SizeClass
from tests.builders import a_household, people
from tests.conftest import StandingClock
from tests.counting import statements
from tests.later import a_helped_case
from tests.world import World

TODAY = date(2026, 3, 2)


class Valley:
    """Four households: two in the first group, one in the sibling village, one in the neighbouring county."""

    def __init__(self, session: Session, world: World, clock: StandingClock) -> None:
        self.session, self.world, self.clock = session, world, clock
        self.first = self.home("测试甲", "group1")
        self.second = self.home("测试乙", "group1")
        self.sibling = self.home("测试丙", "sibling_group")
        self.other = self.home("测试丁", "other_group", who="wai.xian")
        session.flush()

    def home(self, name: str, group: str, *, who: str = "xian.ban") -> Household:
        return households.create(
            self.session, actor=self.world.actors[who], now=self.clock.now(), today=self.clock.today(),
            group=self.world.areas[group], people=people(name), lifted=True, lives_here=True, rural_services=True,
            hukou_place="本村", phone="13800000000")

    def act_as(self, who: str) -> None:
        self.session.commit()
        set_scope(self.session, authorization.scope_for(self.world.actors[who]))

    def enter(self, who: str, *places: str, **changed: object) -> Event:
        given = {"kind": EventKind.WEATHER, "title": "三月冰雹", "happened_on": TODAY, "source": EventSource.WATCH,
                 "exposed_by": ExposedBy.AREA, "degree": Degree.LARGE} | changed
        self.act_as(who)
        event = regional.enter(self.session, [self.world.areas[place] for place in places], regional.Reported(**given),
                               actor=self.world.actors[who], now=self.clock.now(), today=TODAY)
        self.session.commit()
        set_scope(self.session, Scope(ScopeKind.SYSTEM, reason="test"))
        return event

    def exposed(self, event: Event) -> set[str]:
        rows = self.session.scalars(select(Household.head_name).join(Exposure, Exposure.household_id == Household.id).where(
            Exposure.event_id == event.id, Exposure.removed_at.is_(None)))
        return set(rows)

    def fact(self, household: Household, kind: str, department: str, *, label: str, day: date = TODAY) -> None:
        batch = Batch(area_path=self.world.areas["county"].path, department=department, transport="sheets", as_of=TODAY,
                      digest="x", rows=1, received_at=self.clock.now(), received_from="何某")
        self.session.add(batch)
        self.session.flush()
        self.session.add(FactRow(batch_id=batch.id, household_id=household.id, area_path=household.area_path, kind=kind,
                                 department=department, date=day, label=label, as_of=TODAY, raw_digest="x"))


@pytest.fixture
def valley(session: Session, world: World, clock: StandingClock) -> Valley:
    return Valley(session, world, clock)


@pytest.mark.parametrize(("who", "place", "exposed"), [
    ("cun.gan", "village", {"测试甲", "测试乙"}), ("zu.zhang", "group1", {"测试甲", "测试乙"}),
    ("xiang.gan", "township", {"测试甲", "测试乙", "测试丙"}), ("xian.ban", "county", {"测试甲", "测试乙", "测试丙"}),
    ("bm.agriculture", "township", {"测试甲", "测试乙", "测试丙"}), ("bm.health", "sibling_village", {"测试丙"}),
    ("zhou.shi", "other_county", {"测试丁"}), ("sheng.ban", "county", {"测试甲", "测试乙", "测试丙"})])
def test_every_level_and_every_department_enters_an_event_and_its_households_are_matched_the_same_day(
        valley: Valley, who: str, place: str, exposed: set[str]) -> None:
    event = valley.enter(who, place)
    assert valley.exposed(event) == exposed
    assert event.matched_at == valley.clock.now()


def test_an_event_touches_several_villages_and_no_household_twice(valley: Valley) -> None:
    event = valley.enter("xian.ban", "sibling_village", "village", "group1")
    assert valley.exposed(event) == {"测试甲", "测试乙", "测试丙"}
    assert [area.name for area in regional.touched(valley.session, event)] == ["洛泽河村民委员会", "发路村民委员会"]
    assert event.area_path == valley.world.areas["township"].path


@pytest.mark.parametrize(("who", "place"), [("cun.gan", "sibling_village"), ("cun.gan", "township"), ("xian.ban", "other_county"),
                                            ("bm.health", "other_village"), ("zhou.shi", "province"), ("jian.cha", "county"),
                                            ("ze.ren", "county"), ("sheng.ting", "county"), ("xi.tong", "county")])
def test_nobody_enters_an_event_beyond_the_own_area_or_without_the_post(valley: Valley, who: str, place: str) -> None:
    with pytest.raises(NotPermitted):
        valley.enter(who, place)


@pytest.mark.parametrize(("changed", "field"), [
    ({"title": " "}, "title"), ({"happened_on": date(2026, 3, 3)}, "happened_on"), ({"exposed_by": ExposedBy.GROWERS}, "word"),
    ({"exposed_by": ExposedBy.COMMUNITY}, "community")])
def test_an_event_that_lacks_something_is_refused(valley: Valley, changed: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        valley.enter("xian.ban", "county", **changed)
    assert field in refused.value.problems


def test_an_event_without_an_area_is_refused(valley: Valley) -> None:
    with pytest.raises(Invalid, match="至少选择一个"):
        valley.enter("xian.ban")


def test_workers_are_found_by_where_they_work_and_not_by_a_sign_that_means_everything(valley: Valley) -> None:
    valley.first.members[0].work = "浙江义乌100%饰品厂"
    valley.second.members[1].work = "昆明餐饮"
    event = valley.enter("xian.ban", "county", kind=EventKind.UNEMPLOYMENT, exposed_by=ExposedBy.WORKERS, word="义乌")
    assert valley.exposed(event) == {"测试甲"}
    ground = valley.session.scalars(select(Exposure.ground).where(Exposure.event_id == event.id)).one()
    assert ground == "成员务工：浙江义乌100%饰品厂"
    assert valley.exposed(valley.enter("xian.ban", "county", exposed_by=ExposedBy.WORKERS, word="%")) == {"测试甲"}
    assert valley.exposed(valley.enter("xian.ban", "county", exposed_by=ExposedBy.WORKERS, word="_")) == set()


def test_growers_and_participants_are_found_by_measures_and_records_of_loss(valley: Valley) -> None:
    helped, measure = a_helped_case(valley.session, valley.world, now=valley.clock.now(), today=TODAY, household=valley.first)
    measure.detail = "种植砂仁12亩"
    valley.fact(valley.sibling, "farm_disaster", "agriculture", label="砂仁")
    by = {"kind": EventKind.PRICE, "word": "砂仁"}
    assert valley.exposed(valley.enter("xian.ban", "county", exposed_by=ExposedBy.GROWERS, **by)) == {"测试甲", "测试丙"}
    assert valley.exposed(valley.enter("xian.ban", "county", exposed_by=ExposedBy.PROJECT, **by)) == {"测试甲"}
    assert helped.household_id == valley.first.id


def test_what_departments_have_registered_is_found_by_kind_and_day(valley: Valley) -> None:
    valley.fact(valley.first, "natural_disaster", "emergency", label="房屋受损")
    valley.fact(valley.second, "natural_disaster", "emergency", label="旧灾", day=TODAY - timedelta(days=90))
    valley.fact(valley.sibling, "fire_loss", "emergency", label="火灾")
    assert valley.exposed(valley.enter("cun.gan", "village", exposed_by=ExposedBy.REPORTED)) == {"测试甲"}
    assert valley.exposed(valley.enter("xian.ban", "county", kind=EventKind.FIRE, exposed_by=ExposedBy.REPORTED)) == {"测试丙"}


def test_residents_of_a_community_are_found_by_every_spelling_of_its_name(valley: Valley) -> None:
    valley.first.relocation_community, valley.sibling.relocation_community = "幸福家园安置区", "幸福家园"
    valley.other.relocation_community = "幸福家园"
    analyst = valley.world.actors["xian.ban"]
    community = relocation.register(
        valley.session, valley.world.areas["township"], name="幸福家园安置区", address="洛泽河镇", size_class=SizeClass.LARGE,
        size_source="彝搬〔2019〕2号", actor=analyst, now=valley.clock.now())
    valley.session.flush()
    by = {"kind": EventKind.RELOCATION, "exposed_by": ExposedBy.COMMUNITY, "community": community}
    assert valley.exposed(valley.enter("xian.ban", "county", **by)) == {"测试甲"}
    relocation.attach(valley.session, community, "幸福家园", actor=analyst, now=valley.clock.now())
    assert valley.exposed(valley.enter("xian.ban", "county", **by)) == {"测试甲", "测试丙"}


def test_named_households_are_added_by_hand_and_anybody_is_taken_out_with_a_reason(valley: Valley) -> None:
    event, cadre, now = valley.enter("cun.gan", "village", exposed_by=ExposedBy.NAMED), valley.world.actors["cun.gan"], valley.clock.now()
    assert valley.exposed(event) == set()
    valley.act_as("cun.gan")
    with pytest.raises(Invalid, match="请填写"):
        regional.expose(valley.session, event, valley.first, reason="", actor=cadre, now=now)
    regional.expose(valley.session, event, valley.first, reason="屋后滑坡", actor=cadre, now=now)
    with pytest.raises(Invalid, match="已经在"):
        regional.expose(valley.session, event, valley.first, reason="屋后滑坡", actor=cadre, now=now)
    assert valley.exposed(event) == {"测试甲"}
    regional.take_out(valley.session, event, valley.first, reason="已经搬走", actor=cadre, now=now)
    assert valley.exposed(event) == set()
    with pytest.raises(Invalid, match="不在受影响农户名单上"):
        regional.take_out(valley.session, event, valley.first, reason="已经搬走", actor=cadre, now=now)
    regional.expose(valley.session, event, valley.first, reason="搬回来了", actor=cadre, now=now)
    assert valley.exposed(event) == {"测试甲"}


def test_looking_again_finds_who_came_meanwhile_and_leaves_those_taken_out(valley: Valley) -> None:
    event, analyst, now = valley.enter("xian.ban", "county"), valley.world.actors["xian.ban"], valley.clock.now()
    regional.take_out(valley.session, event, valley.first, reason="核对有误", actor=analyst, now=now)
    valley.home("测试戊", "group2")
    assert regional.search_again(valley.session, event, actor=analyst, now=now) == 1
    assert regional.search_again(valley.session, event, actor=analyst, now=now) == 0
    assert valley.exposed(event) == {"测试乙", "测试丙", "测试戊"}


def test_a_village_that_looks_again_finds_its_own_households_only(valley: Valley) -> None:
    event = valley.enter("xian.ban", "county")
    valley.home("测试戊", "group2"), valley.home("测试己", "sibling_group")
    valley.act_as("cun.gan")
    assert regional.search_again(valley.session, event, actor=valley.world.actors["cun.gan"], now=valley.clock.now()) == 1


def test_the_households_that_left_are_not_exposed(valley: Valley) -> None:
    valley.first.departed_on = TODAY
    assert valley.exposed(valley.enter("cun.gan", "village")) == {"测试乙"}


def test_an_event_above_the_county_is_matched_county_by_county_by_the_worker(valley: Valley) -> None:
    event = valley.enter("zhou.shi", "prefecture")
    assert event.matched_at is None and valley.exposed(event) == set()
    items = valley.session.scalars(select(OutboxItem).where(OutboxItem.kind == regional_matching.JOB)).all()
    assert len(items) == 2
    for item in (*items, *items):
        regional_matching.match_county(valley.session, item.payload, valley.clock.now())
    assert valley.exposed(event) == {"测试甲", "测试乙", "测试丙", "测试丁"}
    assert valley.session.scalar(select(func.count()).select_from(Exposure)) == 4


def test_an_open_event_is_matched_again_every_day_as_departments_records_come_in(valley: Valley) -> None:
    event = valley.enter("xian.ban", "county", exposed_by=ExposedBy.REPORTED)
    valley.enter("xian.ban", "county", exposed_by=ExposedBy.NAMED)
    assert valley.exposed(event) == set()
    valley.fact(valley.first, "natural_disaster", "emergency", label="房屋受损")
    today, tomorrow = valley.clock.now(), valley.clock.now() + timedelta(hours=21)
    assert regional_matching.owe_again(valley.session, now=today) == 0
    assert regional_matching.owe_again(valley.session, now=tomorrow) == 1
    valley.session.flush()
    assert regional_matching.owe_again(valley.session, now=tomorrow) == 0, "one that is owed is not owed twice"
    item = valley.session.scalars(select(OutboxItem).where(OutboxItem.kind == regional_matching.JOB)).one()
    regional_matching.match_county(valley.session, item.payload, tomorrow)
    assert valley.exposed(event) == {"测试甲"} and event.matched_at == tomorrow
    assert valley.session.scalars(select(EventAct.note).order_by(EventAct.id.desc())).first() == "按最新的档案和部门数据查找，新找到1户"


def test_a_closed_event_is_matched_no_more(valley: Valley) -> None:
    event, analyst = valley.enter("xian.ban", "county"), valley.world.actors["xian.ban"]
    regional.close(valley.session, event, conclusion="未成灾", unseen_reason="没有成灾", actor=analyst, now=valley.clock.now(), today=TODAY)
    valley.home("测试戊", "group2")
    assert regional_matching.owe_again(valley.session, now=valley.clock.now() + timedelta(days=2)) == 0
    regional_matching.match_county(valley.session, {"event": event.id, "path": event.area_path, "last": True}, valley.clock.now())
    assert len(valley.exposed(event)) == 3


def test_matching_asks_no_more_for_many_households(valley: Valley) -> None:
    asked = []
    for number in (0, 6):
        for more in range(number):
            valley.home(f"测试多{'一二三四五六'[more]}", "group2")
        valley.session.commit()
        with statements() as found:
            valley.enter("xian.ban", "county")
        asked.append(len(found))
    assert asked[0] == asked[1]


def test_what_is_found_at_a_household_is_a_ground_for_a_key_check_and_opens_no_case(valley: Valley) -> None:
    event, cadre = valley.enter("xian.ban", "county"), valley.world.actors["cun.gan"]
    valley.act_as("cun.gan")
    when = {"actor": cadre, "now": valley.clock.now(), "today": TODAY}
    with pytest.raises(Invalid, match="请填写"):
        regional.look(valley.session, event, valley.first, visited_on=TODAY, result=ExposureResult.AT_RISK, note="", **when)
    with pytest.raises(Invalid, match="不能早于事件"):
        regional.look(valley.session, event, valley.first, visited_on=TODAY - timedelta(days=1),
                      result=ExposureResult.UNAFFECTED, note="", **when)
    regional.look(valley.session, event, valley.first, visited_on=TODAY, result=ExposureResult.AT_RISK, note="砂仁绝收", **when)
    assert valley.session.scalars(select(Case)).all() == []
    assert analysis.grounds_for(valley.session, valley.first) == ["事件“三月冰雹”，发现返贫致贫风险（2026年3月2日）"]
    seen = regional.look_unaffected(valley.session, event, [valley.first, valley.second], visited_on=TODAY, **when)
    assert seen == 1 and analysis.grounds_for(valley.session, valley.second) == []


def test_a_neighbouring_village_and_county_see_no_household_of_it_and_a_department_none_at_all(valley: Valley) -> None:
    event = valley.enter("xian.ban", "county")
    for who, events, exposures in (("cun.gan", 1, 2), ("lin.cun", 1, 1), ("zu.zhang", 1, 2), ("wai.xian", 0, 0), ("wai.cun", 0, 0),
                                   ("zhou.shi", 1, 3), ("xian.ban", 1, 3)):
        valley.act_as(who)
        assert valley.session.scalar(select(func.count()).select_from(Event)) == events, who
        assert valley.session.scalar(select(func.count()).select_from(Exposure)) == exposures, who
    valley.act_as("bm.health")
    assert valley.session.scalars(select(Event.title)).all() == [event.title]
    with pytest.raises(LookupError):
        valley.session.scalars(select(Exposure)).all()


def test_a_village_does_not_see_its_neighbours_event(valley: Valley) -> None:
    valley.enter("lin.cun", "sibling_village")
    valley.act_as("cun.gan")
    assert valley.session.scalars(select(Event)).all() == []


def test_an_event_is_reported_on_level_by_level_and_ends_where_it_was_reported_to(valley: Valley) -> None:
    event = valley.enter("cun.gan", "village")
    acts = (("cun.gan", "洛泽河镇"), ("xiang.gan", "彝良县"), ("xian.zhang", "昭通市"), ("zhou.shi", "云南省"))
    for who, upper in acts:
        valley.act_as(who)
        with pytest.raises(Invalid):
            regional.escalate(valley.session, event, reason="", actor=valley.world.actors[who], now=valley.clock.now())
        regional.escalate(valley.session, event, reason="超出处置能力", actor=valley.world.actors[who], now=valley.clock.now())
        assert valley.session.get(Area, event.charge_id).name == upper
        with pytest.raises(NotPermitted, match="负责处置"):
            regional.escalate(valley.session, event, reason="再报", actor=valley.world.actors[who], now=valley.clock.now())
    assert len(valley.session.scalars(select(EventAct)).all()) == 5
    end = {"conclusion": "影响消除", "unseen_reason": "", "now": valley.clock.now(), "today": TODAY}
    valley.act_as("xian.zhang")
    with pytest.raises(NotPermitted, match="由云南省负责处置"):
        regional.close(valley.session, event, actor=valley.world.actors["xian.zhang"], **end)


def spread(valley: Valley, event: Event, who: str, *places: str, title: str = "三月冰雹") -> int:
    valley.act_as(who)
    return regional.edit(valley.session, event, regional.Corrected(
        title, Degree.MAJOR, more=tuple(valley.world.areas[place] for place in places)), actor=valley.world.actors[who],
        now=valley.clock.now())


def test_an_event_spreads_to_further_areas_and_reaches_their_households_the_same_day(valley: Valley) -> None:
    event = valley.enter("xian.ban", "village")
    valley.act_as("lin.cun")
    assert valley.session.scalars(select(Event)).all() == []
    assert spread(valley, event, "xian.ban", "sibling_village", "group1", title="特大冰雹") == 1
    assert [area.name for area in regional.touched(valley.session, event)] == ["洛泽河村民委员会", "发路村民委员会"]
    assert (event.title, event.degree, event.area_path) == ("特大冰雹", Degree.MAJOR, valley.world.areas["township"].path)
    valley.act_as("lin.cun")
    assert valley.session.scalars(select(Event.title)).all() == ["特大冰雹"]
    assert len(valley.session.scalars(select(EventAct)).all()) == 2 and valley.exposed(event) == {"测试丙"}
    assert spread(valley, event, "xian.ban") == 0


@pytest.mark.parametrize(("who", "places", "error"), [
    ("cun.gan", (), NotPermitted), ("bm.health", (), NotPermitted), ("bm.agriculture", ("other_county",), Invalid),
    ("xian.zhang", ("other_county",), Invalid), ("wai.xian", (), NotPermitted), ("jian.cha", (), NotPermitted)])
def test_who_may_not_correct_an_event(valley: Valley, who: str, places: tuple[str, ...], error: type) -> None:
    event = valley.enter("bm.agriculture", "village")
    with pytest.raises(error):
        spread(valley, event, who, *places)


def test_the_department_that_entered_an_event_corrects_it(valley: Valley) -> None:
    event = valley.enter("bm.agriculture", "village")
    assert spread(valley, event, "bm.agriculture", "sibling_village") == 1


def test_an_event_closes_with_a_conclusion_and_says_what_was_left(valley: Valley) -> None:
    event, cadre, now = valley.enter("cun.gan", "village"), valley.world.actors["cun.gan"], valley.clock.now()
    valley.act_as("cun.gan")
    ending = {"actor": cadre, "now": now, "today": TODAY}
    with pytest.raises(Invalid, match="请填写"):
        regional.close(valley.session, event, conclusion="", unseen_reason="", **ending)
    with pytest.raises(Invalid, match="还有2户没有排查"):
        regional.close(valley.session, event, conclusion="未成灾", unseen_reason="", **ending)
    regional.close(valley.session, event, conclusion="未成灾", unseen_reason="冰雹没有落到本村", **ending)
    assert (event.closed_on, event.conclusion) == (TODAY, "未成灾\n未完成事项的说明：冰雹没有落到本村")
    with pytest.raises(NotAllowedHere, match="已经办结"):
        regional.expose(valley.session, event, valley.first, reason="补", actor=cadre, now=now)


def test_a_household_may_be_exposed_to_two_events(valley: Valley) -> None:
    valley.enter("cun.gan", "village"), valley.enter("xian.ban", "county", kind=EventKind.PRICE, title="砂仁跌价")
    assert a_household(valley.session, valley.world, now=valley.clock.now(), today=TODAY).id
    assert valley.session.scalar(select(func.count()).where(Exposure.household_id == valley.first.id)) == 2
