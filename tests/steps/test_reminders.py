"""催办: by hand once a day, by itself once in a working day, and only where something is owed."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.adapters.contract import Later
from fanpin.models.audit import AuditEvent
from fanpin.models.calls import Reminder
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry
from fanpin.rules.refusals import AlreadyHandled, NotAllowedHere, NotPermitted
from fanpin.steps import county, reminders
from tests.conftest import StandingClock
from tests.county import a_case_at_county, all_answered, answered
from tests.world import World

BANK = "central_bank"


@pytest.fixture
def inquiry(session: Session, world: World, clock: StandingClock) -> Inquiry:
    case = a_case_at_county(session, world, clock)
    rows = county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    return next(row for row in rows if row.department == BANK)


def by_itself(session: Session, clock: StandingClock) -> list[str]:
    """Let the worker remind; return whom."""
    before = set(session.scalars(select(Reminder.id)))
    many = reminders.remind_where_due(session, now=clock.now(), today=clock.today())
    session.commit()
    found = [row.department for row in session.scalars(select(Reminder)) if row.id not in before]
    assert len(found) == many
    return found


def test_the_analyst_reminds_once_a_day_and_it_is_recorded(
        session: Session, world: World, clock: StandingClock, inquiry: Inquiry) -> None:
    analyst = world.actors["xian.ban"]
    told = [reminders.remind(session, inquiry, actor=analyst, now=clock.now(), today=clock.today()) for _ in range(2)]
    session.commit()
    assert told == [True, False]
    (kept,) = session.scalars(select(Reminder)).all()
    assert (kept.department, kept.sent_by, kept.sent_on) == (BANK, analyst.name, clock.today())
    assert session.scalars(select(AuditEvent.tag).where(AuditEvent.object == inquiry.ref)).all() == ["county.remind"]
    clock.move(days=1)
    assert reminders.remind(session, inquiry, actor=analyst, now=clock.now(), today=clock.today())


def test_nobody_else_reminds_and_nothing_is_reminded_of_that_is_signed_or_over(
        session: Session, world: World, clock: StandingClock, inquiry: Inquiry) -> None:
    when = {"now": clock.now(), "today": clock.today()}
    with pytest.raises(NotPermitted):
        reminders.remind(session, inquiry, actor=world.officer(BANK), **when)
    case = session.get_one(Case, inquiry.case_id)
    all_answered(session, case, world, clock)
    with pytest.raises(AlreadyHandled):
        reminders.remind(session, inquiry, actor=world.actors["xian.ban"], **when)
    session.execute(update(Case).where(Case.id == case.id).values(round=2))
    with pytest.raises(NotAllowedHere):
        reminders.remind(session, inquiry, actor=world.actors["xian.ban"], **when)


def test_a_department_is_reminded_by_itself_after_its_limit_once_in_a_working_day(
        session: Session, clock: StandingClock, inquiry: Inquiry) -> None:
    assert inquiry.due_on == date(2026, 3, 9) and by_itself(session, clock) == []
    clock.move(days=8)
    assert BANK in by_itself(session, clock) and by_itself(session, clock) == []
    clock.move(days=4)
    assert clock.today() == date(2026, 3, 14) and by_itself(session, clock) == []
    clock.move(days=2)
    assert BANK in by_itself(session, clock)


def test_a_department_that_does_not_keep_its_own_day_is_reminded_before_the_limit(
        session: Session, world: World, clock: StandingClock, inquiry: Inquiry) -> None:
    later = Later(date(2026, 3, 4))
    answered(session, inquiry, world, clock, instead={row.token: later for row in inquiry.questions})
    session.commit()
    clock.move(days=2)
    assert by_itself(session, clock) == []
    clock.move(days=1)
    assert by_itself(session, clock) == [BANK]
