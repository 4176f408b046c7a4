"""The worker: each owed item once, whole or not at all, tried again, given up visibly; the chores."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fanpin import audit, worker
from fanpin.extensions import db
from fanpin.models.areas import Installation
from fanpin.models.audit import AuditAnchor, AuditEvent
from fanpin.models.events import Event, Exposure
from fanpin.models.outbox import OutboxItem, Submission
from fanpin.models.scoped import ScopeKind, scope_of
from fanpin.models.users import LoginFailure, UserSession
from fanpin.rules.refusals import Invalid
from fanpin.rules.regional import EventKind, EventSource, ExposedBy
from fanpin.steps import accounts, housekeeping, outbox, regional, sessions
from fanpin.steps.outbox import Lane
from fanpin.worker import Worker
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.world import World

Handler = Callable[[Session, Mapping[str, object], datetime], None]
KIND = "test.note"


@pytest.fixture
def owe(session: Session, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Register a handler and owe one item of its kind."""

    def put(handler: Handler, kind: str = KIND) -> int:
        monkeypatch.setitem(outbox.HANDLERS, kind, handler)
        item = outbox.put(session, kind, {"key": "a"}, now=clock.now())
        session.commit()
        return item.id

    return put


def write_note(session: Session, payload: Mapping[str, object], _now: datetime) -> None:
    session.merge(Installation(key=str(payload["key"]), value="done"))


def note_of(session: Session) -> str | None:
    row = session.get(Installation, "a", populate_existing=True)
    session.rollback()
    return row.value if row else None


def item_of(session: Session, number: int) -> OutboxItem:
    item = session.get(OutboxItem, number, populate_existing=True)
    session.expunge(item)
    session.rollback()
    return item


def test_everything_due_is_carried_out_once(app: Flask, session: Session, owe: Callable[..., int]) -> None:
    number = owe(write_note)
    owe(write_note)
    assert worker.drain(app) == 2
    assert note_of(session) == "done"
    assert (item_of(session, number).state, item_of(session, number).attempts) == ("done", 1)
    assert worker.drain(app) == 0


def test_a_job_sees_everything_and_says_why(app: Flask, owe: Callable[..., int]) -> None:
    seen = []
    owe(lambda session, _payload, _now: seen.append(scope_of(session)))
    worker.run_once(app)
    assert seen[0].kind is ScopeKind.SYSTEM and KIND in seen[0].reason


def test_what_fails_is_undone_and_tried_again_later(
        app: Flask, session: Session, clock: StandingClock, owe: Callable[..., int]) -> None:
    fail = [True]

    def half(inner: Session, payload: Mapping[str, object], now: datetime) -> None:
        write_note(inner, payload, now)
        inner.flush()
        if fail:
            raise ConnectionError("县医保局")

    number = owe(half)
    assert worker.drain(app) == 1
    assert note_of(session) is None
    item = item_of(session, number)
    assert (item.state, item.attempts) == ("waiting", 1) and item.due_at > clock.now()
    assert worker.drain(app) == 0
    fail.clear()
    clock.move(minutes=1)
    assert worker.drain(app) == 1
    assert note_of(session) == "done"


def test_after_the_last_attempt_it_becomes_a_dead_letter(
        app: Flask, session: Session, clock: StandingClock, owe: Callable[..., int]) -> None:
    def refuse(_session: Session, _payload: Mapping[str, object], _now: datetime) -> None:
        raise Invalid("平台没有回执。")

    number = owe(refuse)
    for _ in range(outbox.MAX_ATTEMPTS):
        assert worker.drain(app) == 1
        clock.move(hours=1)
    assert worker.drain(app) == 0
    item = item_of(session, number)
    assert (item.state, item.attempts, item.error) == ("dead", outbox.MAX_ATTEMPTS, "平台没有回执。")


def test_an_error_keeps_its_kind_and_place_but_nobodys_data(
        app: Flask, session: Session, owe: Callable[..., int]) -> None:
    def spill(_session: Session, _payload: Mapping[str, object], _now: datetime) -> None:
        raise ValueError("530103199003074567")

    number = owe(spill)
    worker.drain(app)
    assert item_of(session, number).error.startswith("ValueError（test_worker.py:")
    assert "5301" not in item_of(session, number).error


def test_nothing_waits_for_what_hangs_at_a_department(
        app: Flask, session: Session, owe: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = owe(write_note), owe(write_note, "adapter.try")
    with Worker(app, lane=Lane.INSIDE) as inside, Worker(app, lane=Lane.OUTSIDE) as outside:
        monkeypatch.setitem(outside.handlers, "adapter.try", write_note)
        assert inside.drain() == 1
        assert (item_of(session, ours).state, item_of(session, theirs).state) == ("done", "waiting")
        assert outside.drain() == 1
        assert item_of(session, theirs).state == "done" and inside.drain() == outside.drain() == 0


def test_whatever_calls_an_adapter_is_outside(app: Flask) -> None:
    with Worker(app) as running:
        calling = {kind for kind, handler in running.handlers.items()
                   if any(name in vars(import_module(handler.__module__)) for name in ("adapter_health", "certify"))}
        assert calling == running.outside


def test_an_item_that_nobody_handles_is_kept(app: Flask, session: Session, clock: StandingClock) -> None:
    item = outbox.put(session, "no.such.kind", {}, now=clock.now())
    session.commit()
    assert worker.drain(app) == 1
    assert item_of(session, item.id).error.startswith("KeyError")


def test_a_lost_workers_item_is_taken_over_when_its_lease_is_over(
        app: Flask, session: Session, clock: StandingClock, owe: Callable[..., int]) -> None:
    number = owe(write_note)
    assert outbox.claim(session, worker="lost", now=clock.now()).id == number
    session.commit()
    assert worker.drain(app) == 0
    clock.move(seconds=outbox.LEASE.total_seconds() + 1)
    assert worker.drain(app) == 1
    assert (item_of(session, number).state, item_of(session, number).attempts) == ("done", 2)


def test_who_works_for_longer_than_a_lease_keeps_the_item(
        app: Flask, session: Session, clock: StandingClock, owe: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RENEW_SECONDS", 0.01)
    runs, taken = [], []

    def slow(_session: Session, _payload: Mapping[str, object], _now: datetime) -> None:
        runs.append(1)
        for _ in range(3):
            clock.move(seconds=outbox.LEASE.total_seconds() - 1)
            _until(lambda: item_of(session, number).lease_until > clock.now() + timedelta(seconds=2))
        taken.append(outbox.claim(session, worker="another", now=clock.now()))
        session.rollback()

    number = owe(slow)
    assert worker.drain(app) == 1
    assert (runs, taken, item_of(session, number).state, item_of(session, number).attempts) == ([1], [None], "done", 1)


def test_who_stood_still_for_longer_than_a_lease_leaves_no_second_effect(
        app: Flask, session: Session, clock: StandingClock, owe: Callable[..., int]) -> None:
    def overtaken(inner: Session, payload: Mapping[str, object], now: datetime) -> None:
        clock.move(seconds=outbox.LEASE.total_seconds() + 1)
        assert outbox.claim(session, worker="another", now=clock.now()).id == number
        session.commit()
        write_note(inner, payload, now)

    number = owe(overtaken)
    worker.run_once(app)
    item = item_of(session, number)
    assert note_of(session) is None
    assert (item.state, item.claimed_by, item.attempts, item.error) == ("claimed", "another", 2, "")


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_an_item_that_kills_its_worker_again_and_again_is_given_up(
        app: Flask, session: Session, owe: Callable[..., int]) -> None:
    number = owe(write_note)
    session.execute(update(OutboxItem).where(OutboxItem.id == number).values(attempts=outbox.MAX_ATTEMPTS))
    session.commit()
    assert worker.drain(app) == 1
    assert item_of(session, number).state == "dead" and note_of(session) is None


def test_others_can_write_while_a_job_has_not_written_yet(app: Flask, owe: Callable[..., int]) -> None:
    written = threading.Event()

    def visit() -> None:
        with app.app_context():
            db.session.merge(Installation(key="visitor", value="was here"))
            db.session.commit()
            written.set()

    def slow(_session: Session, _payload: Mapping[str, object], _now: datetime) -> None:
        thread = threading.Thread(target=visit)
        thread.start()
        assert written.wait(10)
        thread.join(10)

    owe(slow)
    worker.run_once(app)
    assert written.is_set()


def test_a_worker_told_to_stop_finishes_the_item_in_hand(
        app: Flask, session: Session, owe: Callable[..., int]) -> None:
    stop = threading.Event()

    def told(inner: Session, payload: Mapping[str, object], now: datetime) -> None:
        stop.set()
        write_note(inner, payload, now)

    first, second = owe(told), owe(told)
    with Worker(app) as running:
        running.run(stop)
    assert (item_of(session, first).state, item_of(session, second).state) == ("done", "waiting")


def test_every_step_that_handles_something_is_found() -> None:
    found = worker.discover()
    assert found == outbox.HANDLERS
    assert all(handler.__module__.startswith(("fanpin.steps.", "tests.")) for handler in found.values())


def note_event(session: Session, clock: StandingClock) -> None:
    audit.record(session, "system.init", actor="test", now=clock.now(), stream=audit.SYSTEM_STREAM)
    session.commit()


def anchors(session: Session) -> int:
    count = session.scalar(select(func.count()).select_from(AuditAnchor))
    session.rollback()
    return count


def test_the_trail_is_sealed_every_ten_minutes_in_which_it_grew(
        app: Flask, session: Session, clock: StandingClock) -> None:
    with Worker(app) as running:
        running.seal()
        assert anchors(session) == 0
        note_event(session, clock)
        running.seal()
        note_event(session, clock)
        running.seal()
        assert anchors(session) == 1
        clock.move(seconds=housekeeping.ANCHOR_AFTER.total_seconds())
        running.seal()
        clock.move(days=1)
        running.seal()
        assert anchors(session) == 2
    assert audit.verify(session).whole


def test_a_busy_trail_is_sealed_by_the_number_of_its_events(
        app: Flask, session: Session, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "ANCHOR_EVENTS", 2)
    with Worker(app) as running:
        for _ in range(4):
            note_event(session, clock)
            running.seal()
    assert anchors(session) == 2


def test_sessions_past_their_limits_end_with_an_event_and_are_forgotten_later(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    user = accounts.by_username(session, "cun.gan")
    sessions.start(session, user, place="here", address="192.0.2.1", now=clock.now(), today=clock.today())
    session.commit()
    with Worker(app) as running:
        running.tidy()
        assert session.scalar(select(UserSession.ended_at)) is None
        session.rollback()
        clock.move(hours=1)
        running.tidy()
        assert session.scalar(select(UserSession.ended_at)) == clock.now()
        tags = session.scalars(select(AuditEvent.tag).where(AuditEvent.stream == audit.user_stream(user.id))).all()
        session.rollback()
        assert tags.count("session.expired") == 1
        clock.move(days=40)
        running.tidy()
    assert session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_only_what_was_for_a_while_is_forgotten(app: Flask, session: Session, clock: StandingClock) -> None:
    old = clock.now() - timedelta(days=100)
    for at, name in ((old, "old"), (clock.now(), "new")):
        session.add(Submission(key=name, user_id=1, fingerprint="f", at=at))
        session.add(LoginFailure(username=name, place="p", failures=3, last_at=at))
        for state in ("done", "dead", "waiting"):
            session.add(OutboxItem(kind=name, payload={}, state=state, created_at=at, due_at=at))
    session.commit()
    with Worker(app) as running:
        running.tidy()
    assert session.scalars(select(Submission.key)).all() == ["new"]
    assert session.scalars(select(LoginFailure.username)).all() == ["new"]
    left = session.execute(select(OutboxItem.kind, OutboxItem.state)).all()
    assert ("old", "done") not in left and len(left) == 5


def test_an_open_event_finds_the_households_that_came_meanwhile_a_day_later(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    event = regional.enter(session, [world.areas["county"]], regional.Reported(
        EventKind.WEATHER, "冰雹", clock.today(), EventSource.WATCH, ExposedBy.AREA), actor=world.actors["xian.ban"],
        now=clock.now(), today=clock.today())
    a_household(session, world, now=clock.now(), today=clock.today())
    session.commit()
    with Worker(app) as running:
        running.match()
        assert not running.run_once()
        clock.move(days=1)
        running.match()
        running.drain()
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Exposure)) == 1
    assert session.scalar(select(Event.matched_at).where(Event.id == event.id)) == clock.now()
