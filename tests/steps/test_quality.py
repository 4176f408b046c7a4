"""疑点 of households on file: found now, kept for lists by the worker, explained and kept, open again when the facts change."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from fanpin.extensions import db
from fanpin.models.audit import AuditEvent
from fanpin.models.households import Household
from fanpin.models.quality import DoubtRow, DoubtState
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotPermitted
from fanpin.steps import households, quality, survey
from fanpin.worker import Worker
from tests.builders import a_case, a_household, a_visit, people
from tests.conftest import StandingClock
from tests.world import World


@pytest.fixture
def home(session: Session, world: World, clock: StandingClock) -> Household:
    """A household in which the head's phone, schooling and insurance leave questions once it is surveyed."""
    row = a_household(session, world, now=clock.now(), today=clock.today(), members=people())
    case = a_case(session, world, now=clock.now(), today=clock.today(), household=row)
    survey.record(session, case, a_visit(case, clock.today()), actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    households.edit(session, row, {"phone": "1380000"}, actor=world.actors["cun.gan"], now=clock.now())
    session.commit()
    return row


def codes(session: Session, home: Household, clock: StandingClock) -> dict[str, quality.Standing]:
    return {one.doubt.rule.code: one for one in quality.standing(session, [home.id], today=clock.today())}


def tell(session: Session, world: World, clock: StandingClock, home: Household, who: str = "cun.gan", **changed: str) -> DoubtRow:
    one = codes(session, home, clock)["phone"]
    given = {"rule": "phone", "person": "", "digest": one.digest, "explanation": "座机，已核实"} | changed
    return quality.explain(session, home, **given, actor=world.actors[who], now=clock.now(), today=clock.today())


def judge(app: Flask, session: Session) -> None:
    session.commit()
    with Worker(app) as worker:
        worker.judge()
    session.expire_all()
    set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))


def kept(session: Session) -> dict[str, DoubtState]:
    return {row.rule: row.state for row in session.scalars(select(DoubtRow))}


def test_what_does_not_fit_is_found_at_once(session: Session, home: Household, clock: StandingClock) -> None:
    found = codes(session, home, clock)
    assert "phone" in found and not found["phone"].explained and found["phone"].row is None
    assert "5_15_020" not in found


def test_an_explanation_is_kept_with_who_and_when_and_opens_again_when_the_facts_change(
        app: Flask, session: Session, world: World, home: Household, clock: StandingClock) -> None:
    row = tell(session, world, clock, home)
    assert (row.state, row.explained_by, row.explained_at) == (DoubtState.EXPLAINED, "周村干", clock.now())
    assert codes(session, home, clock)["phone"].explained
    judge(app, session)
    assert kept(session)["phone"] is DoubtState.EXPLAINED
    # 4_11_006 tells of water: its sentence changes with the facts, and so does the digest.
    assert session.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "quality.explain")).all() == ["quality.explain"]
    row.explained_digest = "facts that were otherwise"
    found = codes(session, home, clock)["phone"]
    assert found.changed and not found.explained
    judge(app, session)
    assert kept(session)["phone"] is DoubtState.EXPLAINED
    quality.refresh(session, [home.id], today=clock.today())
    assert kept(session)["phone"] is DoubtState.OPEN


def test_what_is_gone_is_no_longer_listed_and_may_come_back(
        app: Flask, session: Session, world: World, home: Household, clock: StandingClock) -> None:
    judge(app, session)
    assert kept(session)["phone"] is DoubtState.OPEN
    households.edit(session, home, {"phone": "13800000000"}, actor=world.actors["cun.gan"], now=clock.now())
    judge(app, session)
    row = session.scalars(select(DoubtRow).where(DoubtRow.rule == "phone")).one()
    assert (row.state, row.gone_on) == (DoubtState.GONE, clock.today())
    clock.instant += timedelta(days=1)
    households.edit(session, home, {"phone": "138"}, actor=world.actors["cun.gan"], now=clock.now())
    judge(app, session)
    session.refresh(row)
    assert (row.state, row.since) == (DoubtState.OPEN, clock.today())


def test_the_worker_judges_what_changed_and_each_day_what_is_under_way(
        app: Flask, session: Session, home: Household, clock: StandingClock) -> None:
    judge(app, session)
    numbers, progress = quality.due(session, today=clock.today())
    assert (numbers, progress) == ([], {})
    numbers, progress = quality.due(session, today=clock.today() + timedelta(days=1))
    assert numbers == [home.id] and set(progress) == {quality.CURSOR, quality.DAY}


def test_an_explanation_must_say_something_about_what_is_there(
        session: Session, world: World, home: Household, clock: StandingClock) -> None:
    with pytest.raises(Invalid):
        tell(session, world, clock, home, explanation=" ")
    with pytest.raises(AlreadyHandled):
        tell(session, world, clock, home, digest="older")
    for who in ("xian.zhang", "jian.cha", "lin.cun"):
        with pytest.raises(NotPermitted):
            tell(session, world, clock, home, who=who)


def test_statements_do_not_grow_with_the_households(
        session: Session, world: World, home: Household, clock: StandingClock) -> None:
    more = [a_household(session, world, now=clock.now(), today=clock.today(), members=people(f"测试{chr(0x4e00 + number)}"))
            for number in range(5)]
    session.commit()
    counts = []
    for numbers in ([home.id], [home.id, *(row.id for row in more)]):
        seen: list[str] = []
        listener = lambda *given: seen.append(given[2])  # noqa: B023, E731
        session.expunge_all()
        event.listen(db.engine, "before_cursor_execute", listener)
        quality.standing(session, numbers, today=clock.today())
        event.remove(db.engine, "before_cursor_execute", listener)
        counts.append(sum(statement.startswith("SELECT") for statement in seen))
    assert counts[0] == counts[1]
