"""The worker asks departments' systems (三(六)): at most 500 persons a call, each answer landing once, a failure in one sentence."""

import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from fanpin import audit
from fanpin.adapters import connections, questioning
from fanpin.adapters.connections import Unconnected
from fanpin.adapters.contract import Batch, Later, Transport, Unavailable
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.questioning import MOST_PERSONS, Person, Told
from fanpin.adapters.reach import Reach
from fanpin.adapters.transports.remote import Waiting
from fanpin.clock import legal_date, start_of
from fanpin.extensions import writing
from fanpin.models.adapters import AdapterRelease
from fanpin.models.calls import SystemCall
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry
from fanpin.rules import calls as rules
from fanpin.rules.calls import CallState
from fanpin.rules.refusals import NotAllowedHere
from fanpin.rules.stages import Stage
from fanpin.steps import adapter_health, adapters, exchange, inquiry_answers, inquiry_calls, outbox, standing
from fanpin.steps.inquiry_answers import Proof, Wanted

BY = "系统"
NOT_CONNECTED = "没有设置从哪里查询，请核对“部门数据接口”的设置"
ENDED = "这次联审已经结束，没有查询"
NOBODY = "没有可以查询的人：都已答复，或授权已失效"
FAILED = "自动查询没有成功："


@dataclass(frozen=True)
class Part:
    """One inquiry's share in a call, as it stood when the call was made."""

    call_id: int
    version: int
    inquiry_id: int
    wanted: tuple[Wanted, ...] = ()


@dataclass
class Round:
    """One call: shares of inquiries, all persons whose rows may come back, and the ticket that it collects."""

    transport: Transport
    parts: list[Part] = field(default_factory=list)
    persons: dict[str, Person] = field(default_factory=dict)
    ticket: str = ""


class Jobs:
    """What the worker does of it; databases that are files must lie in one folder, all others within reach."""

    def __init__(self, folder: Path, reach: Reach = Reach(), *, jitter: Callable[[], float] = random.random) -> None:
        self._folder, self._reach, self._jitter = folder, reach, jitter

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {inquiry_calls.KIND: self.ask}

    def ask(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Ask one table of a department's system about whoever is due, or collect what it has promised."""
        adapter, code, area = (str(payload[name]) for name in ("adapter", "table", "area"))
        where = {"adapter": adapter, "table": code, "county_path": area}
        if due := inquiry_calls.due(session, **where, now=now):
            self._ask(session, due, adapter, code, area, now=now)
        session.commit()
        if inquiry_calls.due(session, **where, now=now):
            # More persons than one call may hold, or another ticket.
            outbox.put_once(session, inquiry_calls.KIND, dict(payload), now=now)

    def _ask(self, session: Session, due: Sequence[SystemCall], adapter: str, code: str, area: str, *, now: datetime) -> None:
        today = legal_date(now)
        try:
            release = adapters.release_named(session, adapter)
            table = _table(release, code)
        except NotAllowedHere as refusal:
            # What it was asked by an earlier version, that one's declaration says.
            known = _table(session.get_one(AdapterRelease, due[0].release_id), code)
            self._fail(session, _round(session, due, known, today=today), refusal.message, now=now, final=True)
            return
        if self._rest(session, due, now=now):
            return
        asked = _round(session, due, table, today=today)
        values = adapters.settings_of(session, release.declared, area)
        if not asked.persons:
            self._land(session, asked, Told(), release, table, values, now=now)
            return
        _note(session, asked, now=now)
        self._call(session, asked, release, table, values, area, now=now)

    def _rest(self, session: Session, due: Sequence[SystemCall], *, now: datetime) -> bool:
        """Let those who come new to a system that has just failed wait with it; say whether they do."""
        until = inquiry_calls.rests_until(session, due[0], now=now)
        if until is None or any(row.state is not CallState.OWED for row in due):
            return False
        for row in due:
            row.next_at = min(until, now + rules.LONGEST_JOINED)
        return True

    def _call(self, session: Session, asked: Round, release: AdapterRelease, table: Table, values: Mapping[str, str], area: str, *,
              now: datetime) -> None:
        def act(installed: Installed, manifest: Manifest) -> Told:
            reach, renamed = self._reach.within(manifest.hosts), connections.renamed(values)
            source = connections.connected(values, table.code, folder=self._folder, reach=reach, asking=True)
            if source is None:
                raise Unconnected(NOT_CONNECTED)
            return questioning.ask(installed, manifest, table, source, list(asked.persons.values()), number=secrets.token_hex(8),
                                   today=legal_date(now), renamed=renamed, settings=values, ticket=asked.ticket)

        try:
            told = adapter_health.call(session, release, act, area_path=area, actor=BY, now=now)
        except (AdapterFailed, NotAllowedHere, Unconnected) as failed:
            self._fail(session, asked, str(failed), now=now)
            return
        if told.waiting is not None:
            self._wait(session, asked, told.waiting, now=now)
        else:
            self._land(session, asked, told, release, table, values, now=now)

    def _land(self, session: Session, asked: Round, told: Told, release: AdapterRelease, table: Table, values: Mapping[str, str], *,
              now: datetime) -> None:
        manifest, today = release.declared, legal_date(now)
        proof = Proof(asked.transport, manifest.scope, values.get(connections.whole_register(table.code)) == connections.YES,
                      manifest.delay_days)
        for part in asked.parts:
            with writing(session):
                call, inquiry = _taken(session, part, state=CallState.DONE, done_at=now, failure="", failed=0)
                if call is None or inquiry is None:
                    continue
                if not part.wanted:
                    call.failure = NOBODY
                batch = inquiry_answers.batch_of(inquiry, part.wanted, told, proof, today=today)
                problems = _accept(session, inquiry, batch, release_id=release.id, now=now, today=today)
                if problems:
                    call.state, call.failure = CallState.STOPPED, "；".join(problems)[:200]

    def _wait(self, session: Session, asked: Round, waiting: Waiting, *, now: datetime) -> None:
        """Keep the ticket; a day that the system only repeats, or that has passed, is told once."""
        today = legal_date(now)
        for part in asked.parts:
            with writing(session):
                before = session.get_one(SystemCall, part.call_id)
                moved = not asked.ticket or before.due_on is None or waiting.due > max(before.due_on, today)
                due_on = waiting.due if moved else before.due_on
                collected = before.collected + 1 if asked.ticket else 0
                next_at = rules.next_collecting(collected, opens=start_of(waiting.due), now=now, jitter=self._jitter())
                call, inquiry = _taken(session, part, state=CallState.TICKET, ticket=waiting.ticket, due_on=due_on, failure="",
                                       failed=0, collected=collected, next_at=next_at)
                if call is not None and inquiry is not None and moved:
                    batch = inquiry_answers.batch_of_all(inquiry, part.wanted, Later(waiting.due), asked.transport, today=today)
                    _accept(session, inquiry, batch, release_id=None, now=now, today=today)

    def _fail(self, session: Session, asked: Round, sentence: str, *, now: datetime, final: bool = False) -> None:
        """Let the questions be unavailable with a plain sentence, and try again later, a few times."""
        today, jitter = legal_date(now), self._jitter()
        session.commit()
        for part in asked.parts:
            with writing(session):
                failed = session.get_one(SystemCall, part.call_id).failed + 1
                next_at = None if final else rules.next_try(failed, now=now, jitter=jitter)
                call, inquiry = _taken(session, part, state=CallState.FAILED if next_at else CallState.STOPPED, failure=sentence[:200],
                                       failed=failed, next_at=next_at or now)
                if call is not None and inquiry is not None:
                    batch = inquiry_answers.batch_of_all(inquiry, part.wanted, Unavailable(f"{FAILED}{sentence}"), asked.transport,
                                                         today=today)
                    _accept(session, inquiry, batch, release_id=None, now=now, today=today)


def _table(release: AdapterRelease, code: str) -> Table:
    found = next((table for table in release.declared.tables if table.code == code), None)
    if found is None:
        raise NotAllowedHere(NOT_CONNECTED, action="", clause="三(六)")
    return found


def _round(session: Session, due: Sequence[SystemCall], table: Table, *, today: date) -> Round:
    """Put together whom one call is about: a ticket's inquiries, else as many as five hundred persons allow."""
    ticket = next((row.ticket for row in due if row.ticket), "")
    kinds = questioning.question_kinds(table)
    asked = Round(Transport(due[0].transport), ticket=ticket)
    for call in due:
        if call.ticket != ticket:
            continue
        inquiry = _inquiry(session, call.inquiry_id)
        case = session.scalars(select(Case).where(Case.id == inquiry.case_id)).one()
        wanted = inquiry_answers.wanted(session, case, inquiry, table, kinds, transport=asked.transport, promised=bool(ticket),
                                        today=today) if _runs(case, inquiry) else []
        persons = inquiry_answers.everybody(case, inquiry) if ticket and wanted else [
            person for item in wanted for person in item.persons]
        more = asked.persons | {person.id_number: person for person in persons}
        if len(more) > MOST_PERSONS and asked.persons and not ticket:
            break
        asked.persons = more
        asked.parts.append(Part(call.id, call.version, call.inquiry_id, tuple(wanted)))
    return asked


def _note(session: Session, asked: Round, *, now: datetime) -> None:
    """Write down, before anything leaves, about how many persons of which inquiry the department's system is asked."""
    session.commit()
    with writing(session):
        for part in asked.parts:
            inquiry = _inquiry(session, part.inquiry_id)
            call = session.get_one(SystemCall, part.call_id)
            call.asked_at, call.asked = now, call.asked + 1
            audit.record(session, "exchange.ask", actor=BY, now=now, stream=audit.case_stream(inquiry.case_id), object=inquiry.ref,
                         area_path=inquiry.area_path, facts={
                             "department": inquiry.department, "transport": asked.transport.value, "table": call.table_code,
                             "persons": len({person for item in part.wanted for person in item.persons}),
                             "collecting": bool(asked.ticket)})


def _inquiry(session: Session, inquiry_id: int) -> Inquiry:
    return session.scalars(select(Inquiry).where(Inquiry.id == inquiry_id).options(selectinload(Inquiry.questions))).one()


def _runs(case: Case, inquiry: Inquiry) -> bool:
    return case.stage is Stage.COUNTY and (case.round, case.procedure) == (inquiry.round, inquiry.procedure)


def _taken(session: Session, part: Part, **values: object) -> tuple[SystemCall | None, Inquiry | None]:
    """Move the call on, once: whoever comes second finds another version and does nothing; no inquiry where the review ended."""
    moved = session.execute(
        update(SystemCall).where(SystemCall.id == part.call_id, SystemCall.version == part.version)
        .values(version=part.version + 1).execution_options(synchronize_session=False))
    if moved.rowcount == 0:
        return None, None
    call = session.scalars(select(SystemCall).where(SystemCall.id == part.call_id).execution_options(populate_existing=True)).one()
    for name, value in values.items():
        setattr(call, name, value)
    inquiry = _inquiry(session, part.inquiry_id)
    case = session.scalars(select(Case).where(Case.id == inquiry.case_id)).one()
    if _runs(case, inquiry):
        return call, inquiry
    call.state, call.failure = CallState.DONE, ENDED
    return call, None


def _accept(session: Session, inquiry: Inquiry, batch: Batch, *, release_id: int | None, now: datetime,
            today: date) -> tuple[str, ...]:
    """Hand the answers to the one function that accepts them; return why they were rejected whole."""
    if not batch.answers:
        return ()
    done = exchange.accept_batch(session, inquiry, batch, actor=None, now=now, today=today)
    if done.batch is not None and release_id is not None:
        for question in inquiry.questions:
            if (question.token, question.kind) in batch.answers:
                question.release_id = release_id
        standing.sign(session, inquiry, today=today, now=now)
    return done.problems
