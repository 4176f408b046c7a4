"""Two households in neighbouring counties, and a session that sees what a person sees."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fanpin.authorization import scope_for
from fanpin.extensions import Base
from fanpin.models.cases import Case
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.households import Household
from fanpin.models.scoped import Scoped, set_scope
from fanpin.rules.stages import Procedure
from fanpin.steps import households
from tests.builders import a_case, people
from tests.conftest import StandingClock
from tests.world import World

SCOPED = sorted((mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Scoped)),
                key=lambda cls: cls.__name__)


@dataclass(frozen=True)
class Two:
    """A household with a case in the village, and one in the neighbouring county."""

    ours: Household
    case: Case
    theirs: Household


def two_households(session: Session, world: World, clock: StandingClock) -> Two:
    """Write the two households, the case standing on a village's list."""
    case = a_case(session, world, now=clock.now(), today=clock.today())
    theirs = households.create(
        session, actor=world.actors["wai.xian"], now=clock.now(), today=clock.today(), group=world.areas["other_group"],
        people=people("测试镇雄"), lifted=True, lives_here=True, rural_services=True, hukou_place="本村", phone="13800000000")
    village = world.areas["village"]
    listed = VillageList(area_id=village.id, area_path=village.path, procedure=Procedure.ENTERING, month="2026-03",
                         sequence=1, number="1", opened_by="周村干", opened_at=clock.now())
    listed.entries = [ListEntry(case=case, round=1, area_path=case.area_path)]
    session.add(listed)
    session.commit()
    return Two(case.household, case, theirs)


def look(session: Session, world: World, username: str) -> Session:
    """Let the session see what the person sees, remembering nothing."""
    session.commit()
    session.expunge_all()
    set_scope(session, scope_for(world.actors[username]))
    return session
