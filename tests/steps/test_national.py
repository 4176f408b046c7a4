"""The national system's export beside our cases: three differences, and nothing is entered or closed by it."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import FactRow
from fanpin.models.deliveries import Delivery
from fanpin.models.households import Household
from fanpin.models.warnings import Warning
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.stages import Stage
from fanpin.steps import deliveries, elimination, national
from fanpin.steps.delivery_intake import Intake
from fanpin.steps.national import Difference
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.later import a_helped_case, to_be_marked
from tests.sheet_makers import sent
from tests.world import World

DEPARTMENT, KIND = "rural_revitalization", "national_entry"
Export = Callable[..., Delivery]


@pytest.fixture
def export(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> Export:
    # The very same file is taken once only: each export has a running number in a column that nothing reads.
    running = count(1)

    def act(*households: Household, state: str = "已录入为监测对象", day: str = "2026-01-01", complete: bool = True,
            as_of: date | None = None) -> Delivery:
        number_of_export = next(running)
        rows = [{"序号": str(number_of_export), "户主身份证号": home.members[0].id_number, "户主姓名": home.head_name, "录入标注情况": state, "识别或标注日期": day,
                 "户编号": f"53062800{home.id}"} for home in households]
        row = sent(session, world, clock, tmp_path, KIND, rows, department=DEPARTMENT, complete=complete, as_of=as_of)
        number = row.id
        session.commit()
        Intake(tmp_path).handle(session, {"delivery": number}, clock.now())
        session.commit()
        session.refresh(row)
        assert (row.state, row.wrong) == (DeliveryState.DONE, 0), row.problems
        return row

    return act


def other(session: Session, world: World, clock: StandingClock) -> Household:
    row = a_household(session, world, now=clock.now(), today=clock.today())
    session.commit()
    return row


def helped(session: Session, world: World, clock: StandingClock) -> Case:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    session.commit()
    return case


def differences(session: Session, world: World) -> dict[Difference, list[int]]:
    path = world.areas["county"].path
    latest = national.latest(session, county_path=path)
    assert latest is not None
    return {one: [row.id for row in session.scalars(national.differing(latest, one, county_path=path))] for one in Difference}


def test_determined_here_and_not_in_the_national_system(
        session: Session, world: World, clock: StandingClock, export: Export) -> None:
    case, somebody = helped(session, world, clock), other(session, world, clock)
    export(somebody)
    assert differences(session, world) == {
        Difference.NOT_ENTERED: [case.household_id], Difference.NO_CASE: [somebody.id], Difference.NOT_MARKED: []}
    export(case.household)
    assert set(map(tuple, differences(session, world).values())) == {()}


def test_what_was_determined_after_the_exports_day_is_no_difference(
        session: Session, world: World, clock: StandingClock, export: Export) -> None:
    helped(session, world, clock)
    export(other(session, world, clock), as_of=clock.today() - timedelta(days=60), day="2025-06-01")
    assert differences(session, world)[Difference.NOT_ENTERED] == []


def test_eliminated_here_and_not_marked_there(
        session: Session, world: World, clock: StandingClock, export: Export) -> None:
    case = to_be_marked(session, world, now=clock.now(), today=clock.today())
    elimination.mark(session, case, marked_on=clock.today(), way="帮扶消除", list_number="1", contact="赵县办",
                     actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    export(case.household)
    assert differences(session, world) == {
        Difference.NOT_ENTERED: [], Difference.NO_CASE: [], Difference.NOT_MARKED: [case.household_id]}
    export(case.household, as_of=clock.today() - timedelta(days=1))
    assert differences(session, world)[Difference.NOT_MARKED] == [case.household_id]
    export(case.household, state="已标注风险消除")
    assert differences(session, world)[Difference.NOT_MARKED] == []


def test_the_same_row_counts_in_every_export_and_one_taken_back_leaves_the_former(
        session: Session, world: World, clock: StandingClock, export: Export) -> None:
    case = helped(session, world, clock)
    export(case.household)
    second = export(case.household)
    assert session.scalar(select(func.count()).select_from(FactRow)) == 2
    assert differences(session, world)[Difference.NOT_ENTERED] == []
    deliveries.withdraw(session, second, reason="报错了", actor=world.officer(DEPARTMENT), now=clock.now())
    session.commit()
    assert differences(session, world)[Difference.NOT_ENTERED] == []


def test_an_incomplete_export_shows_no_absence(session: Session, world: World, clock: StandingClock, export: Export) -> None:
    case = helped(session, world, clock)
    export(other(session, world, clock), complete=False)
    assert national.state_of(session, case, county_path=world.areas["county"].path) is None


def test_the_export_enters_closes_and_warns_of_nothing(
        session: Session, world: World, clock: StandingClock, export: Export) -> None:
    case, somebody = helped(session, world, clock), other(session, world, clock)
    export(case.household, somebody, state="已标注风险消除")
    session.refresh(case)
    assert (case.stage, case.closed_on) == (Stage.ASSISTANCE, None)
    assert session.scalars(select(Case.household_id)).all() == [case.household_id]
    assert session.scalar(select(func.count()).select_from(Warning)) == 0
