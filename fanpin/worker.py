"""The worker: carries out what the outbox owes, and keeps house."""

import logging
import os
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from threading import Event, Thread
from typing import Self

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fanpin import steps
from fanpin.adapters.reach import Reach
from fanpin.clock import Clock, legal_date
from fanpin.config import Settings
from fanpin.extensions import db, read_only, writing
from fanpin.models.outbox import OutboxItem
from fanpin.models.scoped import system_scope
from fanpin.rules.refusals import Refusal
from fanpin.steps import (
    adapter_certificates, adapter_connections, adapter_known, adapter_trials, channel_fetch, channel_reading, delivery_fetch, delivery_folder,
    delivery_retention, fetch_plans, housekeeping, national_sheets, outbox, papers, posting_jobs, quality, regional_matching, register_export,
    register_import, register_retention, screening_month, sessions,
)
from fanpin.steps.delivery_intake import Intake
from fanpin.steps.inquiry_asking import Jobs as InquiryJobs
from fanpin.steps.inquiry_calls import any_due, owe_due
from fanpin.steps.outbox import Lane
from fanpin.steps.reminders import remind_where_due

IDLE_SECONDS = 0.3
SEAL_SECONDS = 5.0
TIDY_SECONDS = 60.0
LEARN_SECONDS = 6 * 3600.0
MATCH_SECONDS = 3600.0
JUDGE_SECONDS = 10.0
ERASE_SECONDS = 3600.0
MONTH_SECONDS = 3600.0
FETCH_SECONDS = 60.0
KNOWN_SECONDS = 600.0
ASK_SECONDS = 30.0
REMIND_SECONDS = 1800.0
# Four times in a lease: three may fail.
RENEW_SECONDS = outbox.LEASE.total_seconds() / 4
OVERTAKEN = "处理时间过长，已由另一个程序接手。"
TOO_OFTEN = "处理这一项时程序多次中断，已停止重试。"

log = logging.getLogger("fanpin.worker")


def discover() -> dict[str, outbox.Handler]:
    """Import every step, so that handlers register, and return them by kind."""
    for info in iter_modules(steps.__path__):
        import_module(f"{steps.__name__}.{info.name}")
    return dict(outbox.HANDLERS)


class Worker:
    """One worker on one application; a context manager, for its press is a process of its own.

    A handler is called with no transaction open, and what it leaves uncommitted is committed together with the item's
    end. One that takes long reads first, ends its reading, and writes at the end: on SQLite nobody else can write
    while it has written.
    """

    def __init__(self, app: Flask, *, lane: Lane = Lane.ALL) -> None:
        self.app, self.lane = app, lane
        self.name = f"{socket.gethostname()}:{os.getpid()}"[:60]
        settings: Settings = app.config["FANPIN_SETTINGS"]
        self._limits = sessions.Limits(
            idle=timedelta(minutes=settings.idle_minutes), admin_idle=timedelta(minutes=settings.admin_idle_minutes),
            absolute=timedelta(hours=settings.absolute_hours))
        self._store = settings.files_dir
        self._press = papers.Press(settings.files_dir, demo=app.config["FANPIN_DEMO_KEYS"])
        demo, store, exchange = app.config["FANPIN_DEMO_KEYS"], settings.files_dir, settings.files_dir.parent / "exchange"
        reach = Reach.of(settings.exchange_hosts, settings.database_url)
        self._folders = delivery_folder.Jobs(store, exchange)
        # What calls a department's code or system: it may take long, and nothing else shall wait for it.
        outside = (
            adapter_certificates.Jobs(demo=demo).handlers | adapter_connections.Jobs(exchange, reach).handlers
            | delivery_fetch.Jobs(store, exchange, reach).handlers | Intake(store).handlers
            | InquiryJobs(exchange, reach).handlers | channel_fetch.Jobs(store, exchange, reach).handlers
            | channel_reading.Jobs(store).handlers | posting_jobs.Jobs(store, reach).handlers
            | national_sheets.Jobs(store, demo=demo).handlers)
        self.outside = frozenset({*outside, adapter_known.COMPARE, adapter_trials.TRY})
        self.handlers = discover() | outside | {"paper.render": self._press.handle} | self._folders.handlers
        self.handlers |= register_import.Jobs(store).handlers | register_export.Jobs(store, demo=demo).handlers
        self.handlers |= screening_month.MonthlyScreening(store).handlers
        self._chores: list[tuple[float, Callable[[], None]]] = [
            (SEAL_SECONDS, self.seal), (TIDY_SECONDS, self.tidy), (LEARN_SECONDS, self.learn), (MATCH_SECONDS, self.match),
            (JUDGE_SECONDS, self.judge), (ERASE_SECONDS, self.erase), (MONTH_SECONDS, self.screen_where_due),
            (FETCH_SECONDS, self.fetch_where_due), (KNOWN_SECONDS, self.compare_known),
            (FETCH_SECONDS, self.look_into_folders),
            (ASK_SECONDS, self.ask_where_due), (REMIND_SECONDS, self.remind_where_due)]
        self._done_at = [0.0] * len(self._chores)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._press.close()

    def run(self, stop: Event) -> None:
        """Work until told to stop; the item in hand is finished first. Who waits for others keeps no house."""
        while not stop.is_set():
            worked = self.run_once()
            if self.lane is not Lane.OUTSIDE:
                self.keep_house()
            if not worked:
                stop.wait(IDLE_SECONDS)

    def run_once(self) -> bool:
        """Carry out the oldest due item, if there is one, and say whether there was."""
        with self.app.app_context():
            session = db.session()
            now = self._now()
            if not self._anything_due(session, now):
                return False
            item = outbox.claim(session, worker=self.name, now=now, outside=self.outside, lane=self.lane)
            # Ends the reading that the claim left open: a handler decides itself when it begins to write.
            session.commit()
            if item is None:
                return False
            session.expunge(item)
            # Whatever the item does has ended when its lease is let go.
            with self._holding(item):
                self._carry_out(session, item)
            return True

    def drain(self) -> int:
        """Carry out everything that is due and return how much it was."""
        done = 0
        while self.run_once():
            done += 1
        return done

    def keep_house(self) -> None:
        """Do the chores whose time has come."""
        for number, (seconds, chore) in enumerate(self._chores):
            if time.monotonic() - self._done_at[number] >= seconds:
                self._done_at[number] = time.monotonic()
                chore()

    def seal(self) -> None:
        """Anchor the trail when it is due."""
        with self.app.app_context():
            session = db.session()
            read_only(session)
            due = housekeeping.anchor_due(session, now=self._now())
            session.commit()
            if due:
                with writing(session):
                    housekeeping.seal_trail(session, now=self._now())

    def tidy(self) -> None:
        """End expired sessions and forget what is old."""
        with self.app.app_context():
            session = db.session()
            with writing(session):
                housekeeping.end_expired_sessions(session, limits=self._limits, now=self._now())
                housekeeping.forget(session, now=self._now())

    def erase(self) -> None:
        """Erase sheets whose time is over."""
        with self.app.app_context():
            session = db.session()
            with system_scope(session, reason="到期清理"), writing(session):
                register_retention.forget(session, self._store, now=self._now())
                delivery_retention.forget(session, self._store, now=self._now())
                self._folders.forget(session, now=self._now())

    def learn(self) -> None:
        """Let the database look at its tables, so that it finds the short way through them."""
        with self.app.app_context():
            session = db.session()
            with writing(session):
                housekeeping.learn_sizes(session)

    def judge(self) -> None:
        """Judge the households of which something changed, some hundreds in a transaction, for the lists of 疑点."""
        with self.app.app_context():
            session = db.session()
            today = legal_date(self._now())
            with system_scope(session, reason="疑点"):
                read_only(session)
                numbers, progress = quality.due(session, today=today)
                session.commit()
                for first in range(0, len(numbers), quality.JUDGED_AT_ONCE):
                    with writing(session):
                        quality.refresh(session, numbers[first:first + quality.JUDGED_AT_ONCE], today=today)
                if progress:
                    with writing(session):
                        quality.note_progress(session, progress)

    def match(self) -> None:
        """Owe the daily matching of open events (二(四)): departments' records come in after an event was entered."""
        with self.app.app_context():
            session = db.session()
            read_only(session)
            with system_scope(session, reason="worker: match open events"):
                due = bool(regional_matching.stale(session, now=self._now()))
                session.commit()
                if due:
                    with writing(session):
                        regional_matching.owe_again(session, now=self._now())

    def screen_where_due(self) -> None:
        """Owe the month's screening of counties where nobody has asked for it."""
        with self.app.app_context():
            session = db.session()
            with writing(session), system_scope(session, reason="按月筛查"):
                screening_month.ask_where_due(session, now=self._now())

    def fetch_where_due(self) -> None:
        """Owe the fetching that officers arranged, once in each period."""
        with self.app.app_context():
            session = db.session()
            read_only(session)
            with system_scope(session, reason="自动取数"):
                due = fetch_plans.due(session, now=self._now())
                session.commit()
                if due:
                    with writing(session):
                        fetch_plans.owe(session, due, now=self._now())

    def look_into_folders(self) -> None:
        """Owe the sending of sheets that departments laid into their folders."""
        with self.app.app_context():
            session = db.session()
            read_only(session)
            with system_scope(session, reason="收表的文件夹"):
                found = self._folders.look(session)
                session.commit()
                if found:
                    with writing(session):
                        self._folders.owe(session, found, now=self._now())

    def compare_known(self) -> None:
        """Owe the daily comparison of what each adapter says of its known persons."""
        with self.app.app_context():
            session = db.session()
            read_only(session)
            with system_scope(session, reason="已知人员核对"):
                due = adapter_known.due(session, now=self._now())
                session.commit()
                if due:
                    with writing(session):
                        adapter_known.owe(session, due, now=self._now())

    def ask_where_due(self) -> None:
        """Owe the calls to departments' systems whose pause is over, and the tickets whose day has come."""
        with self.app.app_context():
            session = db.session()
            with system_scope(session, reason="自动查询"):
                read_only(session)
                due = any_due(session, now=self._now())
                session.commit()
                if due:
                    with writing(session):
                        owe_due(session, now=self._now())

    def remind_where_due(self) -> None:
        """Remind departments of what they have not answered in time, once in a working day."""
        with self.app.app_context():
            session = db.session()
            with writing(session), system_scope(session, reason="到期自动催办"):
                remind_where_due(session, now=self._now(), today=legal_date(self._now()))

    @contextmanager
    def _holding(self, item: OutboxItem) -> Iterator[None]:
        """Renew the lease from a thread of its own for as long as the item is in hand; a killed worker renews nothing."""
        engine, over = db.engine, Event()

        def renew() -> None:
            while not over.wait(RENEW_SECONDS):
                try:
                    with engine.begin() as connection:
                        outbox.renew(connection, item, now=self._now())
                except (SQLAlchemyError, TimeoutError) as error:
                    # On SQLite the handler may be writing just now: nobody else can take the item meanwhile.
                    log.info("%s %s: the lease was not renewed: %s", item.kind, item.id, type(error).__name__)

        thread = Thread(target=renew, name=f"lease-{item.id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _carry_out(self, session: Session, item: OutboxItem) -> None:
        now = self._now()
        try:
            if item.attempts > outbox.MAX_ATTEMPTS:
                raise _Interrupted(TOO_OFTEN)
            handler = self.handlers[item.kind]
            with system_scope(session, reason=f"outbox: {item.kind}"):
                handler(session, item.payload, now)
                if not outbox.finish(session, item):
                    raise _Overtaken(OVERTAKEN)
                session.commit()
        except Exception as error:
            # Whatever a handler meets is this item's failure; it is kept, shown and tried again.
            session.rollback()
            words = _words(error)
            log.warning("%s %s, attempt %s: %s", item.kind, item.id, item.attempts, words)
            with writing(session):
                outbox.fail(session, item, error=words, now=now)

    def _anything_due(self, session: Session, now: datetime) -> bool:
        read_only(session)
        found = session.scalar(select(OutboxItem.id).where(outbox.due(now, outside=self.outside, lane=self.lane)).limit(1))
        session.commit()
        return found is not None

    def _now(self) -> datetime:
        clock: Clock = self.app.extensions["fanpin.clock"]
        return clock.now()


def run_once(app: Flask) -> bool:
    """Carry out one due item: for tests."""
    with Worker(app) as worker:
        return worker.run_once()


def drain(app: Flask) -> int:
    """Carry out everything due and return how much it was: for tests, the demo and the journey."""
    with Worker(app) as worker:
        return worker.drain()


class _Interrupted(Refusal):
    """The process ended again and again with this item in hand."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class _Overtaken(_Interrupted):
    """This process stood still for longer than its lease, and another worker has the item: what is not committed is undone."""


def _words(error: Exception) -> str:
    # An exception's text may hold a person's data; its kind and place do not.
    if isinstance(error, Refusal):
        return error.message
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__}（{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}）"
