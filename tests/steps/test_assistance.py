"""Help of 四: who starts what and when, who may be named, the clock of the entry, the rhythm of visits."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import authorization
from fanpin.models.cases import Case
from fanpin.models.county import Determination
from fanpin.models.households import Household, Member
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.scoped import OutOfScope, Scope, ScopeKind, set_scope
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import accounts, assistance
from tests.conftest import StandingClock
from tests.later import a_helped_case, stand_at
from tests.world import World


def start(session: Session, world: World, clock: StandingClock, measure: Measure, who: str = "bang.fu", **changed):
    values = {"started_on": clock.today(), "note": "鸡苗已发放"} | changed
    assistance.start(session, measure, actor=world.actors[who], now=clock.now(), today=clock.today(), **values)


def test_the_lead_department_starts_its_measure(session: Session, world: World, clock: StandingClock) -> None:
    _, measure = a_helped_case(session, world, now=clock.now(), today=clock.today())
    start(session, world, clock, measure)
    assert (measure.status, measure.started_on) == (MeasureStatus.STARTED, clock.today())


def test_another_department_and_the_village_do_not(session: Session, world: World, clock: StandingClock) -> None:
    _, measure = a_helped_case(session, world, now=clock.now(), today=clock.today())
    measure.department = "water"
    for who in ("bang.fu", "cun.gan"):
        with pytest.raises(NotPermitted):
            start(session, world, clock, measure, who)


def test_no_measure_starts_before_its_lead_department_was_named(
        session: Session, world: World, clock: StandingClock) -> None:
    _, measure = a_helped_case(session, world, now=clock.now(), today=clock.today(), days_ago=3)
    with pytest.raises(Invalid, match="不能早于明确主责部门"):
        start(session, world, clock, measure, started_on=clock.today() - timedelta(days=4))
    start(session, world, clock, measure, started_on=clock.today() - timedelta(days=3))


def test_no_measure_starts_before_the_county_has_determined(session: Session, world: World, clock: StandingClock) -> None:
    case, measure = a_helped_case(session, world, now=clock.now(), today=clock.today())
    stand_at(session, case, Stage.COUNTY)
    with pytest.raises(NotAllowedHere):
        start(session, world, clock, measure)


def test_a_measure_ends_after_it_began(session: Session, world: World, clock: StandingClock) -> None:
    _, measure = a_helped_case(session, world, now=clock.now(), today=clock.today())
    start(session, world, clock, measure)
    rest = {"actor": world.actors["bang.fu"], "now": clock.now(), "today": clock.today()}
    with pytest.raises(Invalid):
        assistance.finish(session, measure, finished_on=clock.today() - timedelta(days=1), result="增收", **rest)
    assistance.finish(session, measure, finished_on=clock.today(), result="户均增收3000元", **rest)
    assert measure.status is MeasureStatus.DONE


def test_helpers_see_measures_and_people_but_no_case(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today())
    session.flush()
    set_scope(session, authorization.scope_for(world.actors["bang.fu"]))
    assert len(session.scalars(select(Measure)).all()) == 1
    assert len(session.scalars(select(Household)).all()) == 1
    assert len(session.scalars(select(Member)).all()) == 3
    with pytest.raises(OutOfScope):
        session.scalars(select(Case)).all()
    with pytest.raises(OutOfScope):
        session.scalars(select(Determination)).all()


@pytest.mark.parametrize(("stage", "procedure", "seen"), [
    (Stage.TOWNSHIP, Procedure.ENTERING, 0), (Stage.COUNTY, Procedure.ENTERING, 0), (Stage.ASSISTANCE, Procedure.ENTERING, 1),
    (Stage.REVIEW, Procedure.ENTERING, 1), (Stage.PUBLICITY, Procedure.LEAVING, 1),
])
def test_a_department_sees_a_household_only_while_it_is_helped(
        session: Session, world: World, clock: StandingClock, stage: Stage, procedure: Procedure, seen: int) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today())
    stand_at(session, case, stage, procedure=procedure)
    session.expunge_all()
    set_scope(session, authorization.scope_for(world.actors["bang.fu"]))
    assert len(session.scalars(select(Household)).all()) == seen
    set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))


def test_only_a_helper_of_the_department_may_be_named(session: Session, world: World, clock: StandingClock) -> None:
    _, measure = a_helped_case(session, world, now=clock.now(), today=clock.today())
    rest = {"actor": world.actors["cun.gan"], "now": clock.now(), "today": clock.today()}
    assert [user.name for user in assistance.helpers_for(session, measure, today=clock.today())] == ["陈责任"]
    with pytest.raises(Invalid):
        assistance.name_helper(session, measure, world.actors["bang.fu"].user_id, **rest)
    assistance.name_helper(session, measure, world.actors["ze.ren"].user_id, **rest)
    assert measure.helper_id == world.actors["ze.ren"].user_id
    accounts.disable(session, accounts.by_username(session, "ze.ren"), by=world.actors["xi.tong"], now=clock.now())
    assert assistance.helpers_for(session, measure, today=clock.today()) == []


def test_nothing_is_entered_before_a_measure_has_begun(session: Session, world: World, clock: StandingClock) -> None:
    case, measure = a_helped_case(session, world, now=clock.now(), today=clock.today())
    rest = {"actor": world.actors["xian.ban"], "now": clock.now(), "today": clock.today()}
    with pytest.raises(RequirementsNotMet, match="还没有任何帮扶措施开始落实"):
        assistance.enter(session, case, number="YN-1", entered_on=clock.today(), **rest)
    start(session, world, clock, measure)
    assistance.enter(session, case, number="YN-1", entered_on=clock.today(), **rest)
    assert case.household.national_code == "YN-1"


def test_an_entry_does_not_come_before_the_determination(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True, days_ago=5)
    with pytest.raises(Invalid, match="不能早于确定日期"):
        assistance.enter(session, case, number="YN-1", entered_on=clock.today() - timedelta(days=6),
                         actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())


def test_a_visit_with_trouble_says_which(session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today())
    told = {"visited_on": clock.today(), "income_change": "无", "spending_change": "无", "guarantees_safe": True,
            "water_safe": False, "actor": world.actors["zu.zhang"], "now": clock.now(), "today": clock.today()}
    with pytest.raises(Invalid):
        assistance.visit(session, case, note="", **told)
    assistance.visit(session, case, note="水管破裂，已报水利站", **told)
    assert assistance.last_visit(session, case) == clock.today()
    assert assistance.next_visit(session, case, last=clock.today()) == clock.today() + timedelta(days=31)
