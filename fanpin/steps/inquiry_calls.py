"""自动查询 (三(六)): which inquiries a department's own system can answer, what it is asked when, and asking once more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fanpin.adapters import connections
from fanpin.adapters.contract import Transport
from fanpin.adapters.manifest import Table
from fanpin.adapters.questioning import question_kinds
from fanpin.adapters.versions import PluginRole
from fanpin.models.adapters import AdapterRelease, AdapterSetting
from fanpin.models.calls import SystemCall
from fanpin.models.county import Inquiry
from fanpin.models.dossier_county import is_present
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.calls import CallState
from fanpin.rules.refusals import NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import doing, exchange, outbox

KIND = "inquiry.ask"
SYSTEMS = (Transport.DATABASE.value, Transport.PLATFORM.value)


@dataclass(frozen=True)
class Source:
    """A table in a department's own system that answers about persons, as the county has set it."""

    release: AdapterRelease
    table: Table
    transport: str
    kinds: frozenset[str]


def sources(session: Session, county_path: str) -> list[Source]:
    """List what departments' systems may be asked in a county, in two statements."""
    values: dict[str, dict[str, str]] = {}
    for adapter, key, value in session.execute(select(AdapterSetting.adapter, AdapterSetting.key, AdapterSetting.value).where(
            AdapterSetting.area_path == county_path,
            or_(AdapterSetting.key == connections.CHOICE, AdapterSetting.key.startswith(connections.asked_from(""), autoescape=True)))):
        values.setdefault(adapter, {})[key] = value
    connected = [name for name, own in values.items() if own.get(connections.CHOICE) in SYSTEMS and any(
        value for key, value in own.items() if key != connections.CHOICE)]
    if not connected:
        return []
    # Of several versions the newest usable one answers.
    usable = {row.name: row for row in session.scalars(select(AdapterRelease).where(
        AdapterRelease.name.in_(connected), AdapterRelease.present, AdapterRelease.role == PluginRole.DEPARTMENT).order_by(AdapterRelease.id)) if row.usable}
    return [Source(release, table, values[name][connections.CHOICE], frozenset(question_kinds(table)))
            for name, release in sorted(usable.items()) for table in release.declared.tables
            if values[name].get(connections.asked_from(table.code)) and connections.askable(table)]


def owe(session: Session, inquiries: Sequence[Inquiry], *, county_path: str, by: str, now: datetime) -> int:
    """Owe a call for every inquiry that a department's system can answer, in part or whole; return how many."""
    listed = sources(session, county_path)
    if not listed:
        return 0
    session.flush()
    calls = []
    for inquiry in inquiries:
        left = {question.kind for question in inquiry.questions}
        for source in listed:
            if source.release.department == inquiry.department and left & source.kinds:
                left -= source.kinds
                calls.append(_call(inquiry, source, county_path=county_path, by=by, now=now))
    session.add_all(calls)
    _put(session, calls, now=now)
    return len(calls)


def _call(inquiry: Inquiry, source: Source, *, county_path: str, by: str, now: datetime) -> SystemCall:
    return SystemCall(
        inquiry_id=inquiry.id, area_path=inquiry.area_path, department=inquiry.department, county_path=county_path,
        adapter=source.release.name, table_code=source.table.code, table_title=source.table.title[:60],
        release_id=source.release.id, transport=source.transport, owed_at=now, owed_by=by, next_at=now)


def _put(session: Session, calls: Iterable[SystemCall], *, now: datetime) -> None:
    for adapter, table, area in dict.fromkeys((row.adapter, row.table_code, row.county_path) for row in calls):
        outbox.put_once(session, KIND, {"adapter": adapter, "table": table, "area": area}, now=now)


def any_due(session: Session, *, now: datetime) -> bool:
    """Say whether the time of any call has come."""
    return session.scalar(select(SystemCall.id).where(SystemCall.state.in_(_open()), SystemCall.next_at <= now).limit(1)) is not None


def owe_due(session: Session, *, now: datetime) -> int:
    """Owe the calls and collections whose time has come: for the worker's round."""
    rows = session.scalars(select(SystemCall).where(SystemCall.state.in_(_open()), SystemCall.next_at <= now)).all()
    _put(session, rows, now=now)
    return len(rows)


def due(session: Session, *, adapter: str, table: str, county_path: str, now: datetime) -> list[SystemCall]:
    """List the calls to one table of one county's department whose time has come, the oldest first."""
    return list(session.scalars(select(SystemCall).where(
        SystemCall.adapter == adapter, SystemCall.table_code == table, SystemCall.county_path == county_path,
        SystemCall.state.in_(_open()), SystemCall.next_at <= now).order_by(SystemCall.owed_at, SystemCall.id)))


def rests_until(session: Session, call: SystemCall, *, now: datetime) -> datetime | None:
    """Return until when the system rests after a failure, None where nothing is known against it."""
    return session.scalar(select(SystemCall.next_at).where(
        SystemCall.adapter == call.adapter, SystemCall.table_code == call.table_code, SystemCall.county_path == call.county_path,
        SystemCall.state == CallState.FAILED, SystemCall.next_at > now).order_by(SystemCall.next_at).limit(1))


def _open() -> list[CallState]:
    return [state for state in CallState if state.open]


def of_inquiry(session: Session, inquiry: Inquiry) -> list[SystemCall]:
    """List how the department's system was asked about an inquiry."""
    return list(session.scalars(select(SystemCall).where(SystemCall.inquiry_id == inquiry.id).order_by(SystemCall.id)))


def ask_again(session: Session, inquiry: Inquiry, *, actor: Actor, now: datetime, today: date) -> list[SystemCall]:
    """Ask the department's system once more about whoever has no answer that counts; a standing ticket is asked for."""
    doing.permit(session, Action.COUNTY_ASK_AGAIN, actor=actor, subject=inquiry)
    exchange.refuse_closed(session, inquiry)
    county = doing.ancestor(session, inquiry.area_path, AreaLevel.COUNTY)
    open_kinds = {question.kind for question in inquiry.questions if not is_present(question, today)}
    fitting = [source for source in sources(session, county.path)
               if source.release.department == inquiry.department and source.kinds & open_kinds]
    if not open_kinds:
        raise NotAllowedHere("各项都已有有效答复，不用再查询。", action=Action.COUNTY_ASK_AGAIN.value, clause="三(六)")
    if not fitting:
        raise NotAllowedHere("没有设置从本部门系统逐人查询，请在“部门数据接口”里设置，或直接填报。",
                             action=Action.COUNTY_ASK_AGAIN.value, clause="三(六)")
    known = {(row.adapter, row.table_code): row for row in of_inquiry(session, inquiry)}
    rows = []
    for source in fitting:
        row = known.get((source.release.name, source.table.code))
        if row is None:
            row = _call(inquiry, source, county_path=county.path, by=actor.name, now=now)
            session.add(row)
        elif row.state is not CallState.TICKET:
            row.state, row.failed, row.ticket, row.due_on, row.collected = CallState.OWED, 0, "", None, 0
            row.owed_at, row.owed_by, row.transport, row.release_id = now, actor.name, source.transport, source.release.id
        row.next_at = now
        row.version = (row.version or 0) + 1
        rows.append(row)
    _put(session, rows, now=now)
    doing.note(session, Action.COUNTY_ASK_AGAIN, actor=actor, now=now, subject=inquiry,
               facts={"department": inquiry.department, "tables": [row.table_code for row in rows]})
    return rows
