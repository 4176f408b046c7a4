"""三(二): who was missed by a round is shown as missed, and a warning waits on the list however old it is."""

from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.rounds import RoundVisit
from fanpin.rules.intake import LeadSource, RoundOccasion
from fanpin.steps import analysis
from tests.builders import a_household, people
from tests.conftest import StandingClock
from tests.world import World, log_in


def test_a_round_with_missed_households_is_overdue_after_its_last_day(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    for head in ("测试甲", "测试乙"):
        a_household(session, world, now=clock.now(), today=clock.today(), members=people(head))
    actor = world.actors["cun.gan"]
    analysis.open_round(session, world.areas["village"], title="三月排查", occasion=RoundOccasion.REGULAR,
                        starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 20), visitors="周村干", actor=actor, now=clock.now())
    visits = session.scalars(select(RoundVisit)).all()
    analysis.record_no_problem(session, visits[:1], visited_on=clock.today(), actor=actor, now=clock.now(), today=clock.today())
    for day, shown in ((date(2026, 3, 20), "还差1户"), (date(2026, 3, 21), "逾期，漏排1户")):
        clock.set(day)
        assert shown in log_in(app, "cun.gan").get("/analysis/rounds").get_data(as_text=True)
    analysis.record_no_problem(session, visits, visited_on=clock.today(), actor=actor, now=clock.now(), today=clock.today())
    page = log_in(app, "cun.gan").get("/analysis/rounds").get_data(as_text=True)
    assert "全部排完" in page and "漏排1户" not in page


def test_a_warning_waits_on_the_villages_list_until_it_is_verified(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    household = a_household(session, world, now=clock.now(), today=clock.today())
    analyst = world.actors["xian.ban"]
    row = analysis.enter_warning(session, household, source=LeadSource.PETITION, department="", document="", content="来信反映",
                                 actor=analyst, now=clock.now(), today=clock.today())
    session.flush()
    analysis.dispatch(session, [row], actor=analyst, now=clock.now())
    clock.set(date(2026, 9, 1))
    assert household.head_name in log_in(app, "cun.gan").get("/analysis/warnings").get_data(as_text=True)
    analysis.receive(session, row, actor=world.actors["cun.gan"], now=clock.now())
    page = log_in(app, "cun.gan").get("/analysis/warnings?state=received").get_data(as_text=True)
    assert household.head_name in page
