"""The demo's events of 二(四): something waits on every desk concerned, and everything was done by whom it belongs to."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.cli.demo_regional import FOUND, Regional
from fanpin.models.events import Event, EventPlan, EventResponse, Exposure
from fanpin.models.rectification import Rectification
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.regional import RectificationState
from fanpin.steps import relocation
from tests.builders import a_household, people
from tests.conftest import StandingClock
from tests.world import World

POSTS = {"cun": "cun.gan", "cun2": "lin.cun", "xian": "xian.ban", "bm-agriculture": "bm.agriculture",
         "bm-human-resources": "bm.human-resources"}


def test_the_demo_has_events_at_every_stage(session: Session, world: World, clock: StandingClock) -> None:
    for name, group in (("甲", "group1"), ("乙", "group1"), ("丙", "group2"), ("丁", "group2"), ("戊", "sibling_group")):
        a_household(session, world, now=clock.now(), today=clock.today(), group=world.areas[group], members=people(f"测试{name}"))
    session.commit()
    villages = [world.areas["village"], world.areas["sibling_village"]]
    said = Regional(session, {post: world.actors[name] for post, name in POSTS.items()}, villages, today=clock.today()).tell()
    session.commit()
    set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
    assert said == "区域性风险事件2件、集中安置区1个、整改任务2项"
    frost, slide = session.scalars(select(Event).order_by(Event.id))
    assert (frost.entered_on, frost.department, slide.charge_path) == (
        clock.today() - timedelta(days=12), "agriculture", world.areas["township"].path)
    looked = session.scalars(select(Exposure).where(Exposure.visited_on.is_not(None))).all()
    assert len(looked) == len(FOUND) + 1 and len(session.scalars(select(Exposure)).all()) == 6
    assert [row.done_on is None for row in session.scalars(select(EventPlan).order_by(EventPlan.id))] == [False, True]
    assert session.scalars(select(EventResponse)).one().households == 2
    assert [row.state for row in session.scalars(select(Rectification).order_by(Rectification.id))] == [
        RectificationState.DONE, RectificationState.OPEN]
    assert [row.alarm for row in relocation.standings(session, path=world.areas["county"].path)] == [True]
