"""六(三): a year's figures, counted from the cases themselves: in, out, how long, returned, back again; no target."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from fanpin import authorization
from fanpin.models.cases import Case, CaseReturn
from fanpin.models.county import Determination
from fanpin.models.notices import Objection, ObjectionKind
from fanpin.models.scoped import set_scope
from fanpin.models.surveys import Survey
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import survey
from fanpin.steps.oversight_figures import Figures, figures
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.counting import statements
from tests.later import a_helped_case
from tests.lists import Road
from tests.world import World


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    session.connection()
    return Road(session, world, clock)


def count(road: Road, place: str = "county", year: int = 2026) -> Figures:
    road.session.flush()
    return figures(road.session, road.world.areas[place], year=year)


def test_a_year_without_cases_is_empty(road: Road) -> None:
    found = count(road)
    assert (found.included, found.eliminated, found.times, found.returns, found.typed_on_average) == (0, 0, (), (), "")


def test_inclusions_and_eliminations_fall_into_their_year_and_area(road: Road) -> None:
    case, _ = a_helped_case(road.session, road.world, entered=True, days_ago=10, **road.when)
    older, _ = a_helped_case(road.session, road.world, entered=True, days_ago=100, **road.when)
    road.session.execute(update(Case).where(Case.id == older.id).values(stage=Stage.ELIMINATED, closed_on=road.clock.today()))
    assert [(count(road, place).included, count(road, place).eliminated) for place in ("county", "village", "other_county")] == [
        (1, 1), (1, 1), (0, 0)]
    assert (count(road, year=2025).included, count(road, year=2025).eliminated) == (1, 0)
    assert case.area_path.startswith(road.world.areas["village"].path)


def test_a_household_that_was_eliminated_and_comes_back_is_a_re_entry(road: Road) -> None:
    household = a_household(road.session, road.world, **road.when)
    first, _ = a_helped_case(road.session, road.world, entered=True, days_ago=100, household=household, **road.when)
    road.session.execute(update(Case).where(Case.id == first.id).values(stage=Stage.ELIMINATED, closed_on=date(2025, 12, 1)))
    road.session.expire_all()
    a_helped_case(road.session, road.world, entered=True, days_ago=5, household=household, **road.when)
    a_helped_case(road.session, road.world, entered=True, days_ago=5, **road.when)
    found = count(road)
    assert (found.included, found.re_entered) == (2, 1)


def test_time_in_each_stage_is_measured_from_move_to_move(road: Road) -> None:
    case = road.surveyed()
    road.clock.move(days=4)
    survey.propose(road.session, case, actor=road.world.actors["cun.gan"], **road.when)
    second = road.surveyed("测试𠮷")
    road.clock.move(days=2)
    survey.propose(road.session, second, actor=road.world.actors["cun.gan"], **road.when)
    times = {row.stage: row for row in count(road).times}
    assert set(times) == {Stage.SURVEY}
    assert (times[Stage.SURVEY].cases, times[Stage.SURVEY].average, times[Stage.SURVEY].longest) == (2, 3.0, 4)
    assert count(road, year=2027).times == ()


def test_returns_objections_and_typed_fields_are_counted(road: Road) -> None:
    case = road.surveyed()
    road.session.execute(update(Survey).where(Survey.case_id == case.id).values(typed_fields=7))
    now, today = road.clock.now(), road.clock.today()
    road.session.add(CaseReturn(
        case_id=case.id, area_path=case.area_path, procedure=Procedure.ENTERING, target=Stage.SURVEY, source=Stage.TOWNSHIP, round=1,
        reason="缺材料", field="收入", rule="三(三)", evidence_expected="流水", returned_by="王乡长", returned_at=now))
    for upheld, answered in ((True, today), (None, None)):
        road.session.add(Objection(
            case_id=case.id, area_path=case.area_path, kind=ObjectionKind.OBJECTION, round=1, content="有车", received_on=today,
            received_unit="村", received_area_id=case.household.area_id, received_by="周村干", upheld=upheld, answered_on=answered))
    found = count(road)
    assert found.returns == ((Stage.TOWNSHIP, 1),)
    assert (found.objections, found.upheld, found.unanswered) == (2, 1, 1)
    assert (found.surveys, found.typed, found.typed_on_average) == (1, 7, "7.0")


def test_a_neighbour_counts_nothing_of_ours(road: Road) -> None:
    a_helped_case(road.session, road.world, entered=True, days_ago=10, **road.when)
    road.session.flush()
    set_scope(road.session, authorization.scope_for(road.world.actors["wai.xian"]))
    assert count(road, "prefecture").included == 0


def test_more_cases_cost_no_more_statements(road: Road) -> None:
    asked = []
    for _ in range(2):
        a_helped_case(road.session, road.world, entered=True, days_ago=10, **road.when)
        road.session.flush()
        area = road.world.areas["province"]
        with statements() as found:
            figures(road.session, area, year=2026)
        asked.append(len(found))
    assert asked[0] == asked[1] <= 17
    assert road.session.query(Determination).count() == 2
    assert road.clock.today() - timedelta(days=10) > date(2026, 1, 1)
