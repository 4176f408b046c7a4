"""A fact is in force once, however many people and workers write it at the same time."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fanpin.extensions import db, writing
from fanpin.models.county import Batch, FactRow
from fanpin.models.households import Household
from fanpin.models.scoped import system_scope
from fanpin.steps.delivered_facts import keep_in_sql
from tests.builders import a_household
from tests.conftest import TODAY, StandingClock
from tests.world import World

# As long as the first holds its transaction open for the second to run into.
HELD = 0.5
Row = Mapping[str, object]


@pytest.fixture
def rows(session: Session, world: World, clock: StandingClock) -> list[Row]:
    home = a_household(session, world, now=clock.now(), today=clock.today())
    batch = Batch(department="medical_insurance", area_path=world.areas["county"].path, transport="sheet", as_of=TODAY, digest="",
                  rows=2, received_at=clock.now(), received_from="测试")
    session.add(batch)
    session.commit()
    return [a_fact(home, batch, number) for number in (8, 7)]


def a_fact(home: Household, batch: Batch, number: int | None) -> Row:
    return {"department": "medical_insurance", "area_path": home.area_path, "batch_id": batch.id, "household_id": home.id,
            "member_id": home.members[0].id, "number": number, "kind": "high_medical_cost", "ref_no": "", "date": date(2026, 1, 12),
            "ended": None, "amount": 2_130_000, "value": "", "other": "", "label": "", "as_of": TODAY, "raw_digest": ""}


def test_facts_already_there_are_not_written_again(session: Session, rows: list[Row]) -> None:
    assert keep_in_sql(session, rows[:1]) == {8}
    assert keep_in_sql(session, rows) == {7}
    assert sorted(session.scalars(select(FactRow.number))) == [7, 8]


def test_a_fact_taken_back_can_be_told_again(session: Session, rows: list[Row]) -> None:
    keep_in_sql(session, rows)
    session.execute(update(FactRow).where(FactRow.number == 7).values(superseded=True))
    assert keep_in_sql(session, rows) == {7}
    assert sorted(session.scalars(select(FactRow.superseded).where(FactRow.number == 7))) == [False, True]


def test_facts_without_a_number_are_all_kept(session: Session, rows: list[Row]) -> None:
    unnumbered = [row | {"number": None} for row in rows]
    assert keep_in_sql(session, unnumbered) == keep_in_sql(session, unnumbered) == set()
    assert session.scalar(select(func.count()).select_from(FactRow)) == 4


def test_the_database_itself_refuses_a_second_one_in_force(session: Session, rows: list[Row]) -> None:
    session.add_all(FactRow(**row) for row in (rows[0], rows[0]))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_two_who_write_the_same_at_once_leave_one_and_both_go_on(app: Flask, session: Session, rows: list[Row]) -> None:
    def second() -> set[int]:
        with app.app_context(), system_scope(db.session(), reason="test"), writing(db.session()):
            return keep_in_sql(db.session(), [*reversed(rows)])

    session.rollback()
    with ThreadPoolExecutor(1) as pool:
        written = keep_in_sql(session, rows)
        other = pool.submit(second)
        wait([other], timeout=HELD)
        session.commit()
        assert (written, other.result(timeout=30)) == ({7, 8}, set())
    assert sorted(session.scalars(select(FactRow.number))) == [7, 8]
