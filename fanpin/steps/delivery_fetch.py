"""取数 (附件1): rows of a department's 中间库 or platform, kept and read as the sheet that it would have sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters import connections
from fanpin.adapters.connections import Unconnected
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.reach import Reach
from fanpin.clock import legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.adapters import AdapterFetch, AdapterPlan, AdapterRelease
from fanpin.models.deliveries import Delivery
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.fetching import WHOLE_DAYS, is_stale, updated_on, whole_due
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_health, adapters, deliveries, delivery_adapter, delivery_intake, doing, fetch_chains, files, outbox
from fanpin.steps.fetch_chains import Reached

NAME = "取数.csv"
# What was arranged is tried again after one, two, four and eight hours, then at the next period.
MOST_TRIES = 5


@dataclass(frozen=True)
class Fetched:
    """What came: the rows as a sheet, the mark up to which they reach, and whether nothing was held back."""

    content: bytes
    mark: str
    whole: bool = True


def ask(session: Session, release: AdapterRelease, *, actor: Actor, now: datetime, anew: bool = False) -> int:
    """Owe the fetching of every table that the settings lead to, of what is new or of everything `anew`; return how many."""
    adapters.permit(session, Action.EXCHANGE_DELIVER, release, actor=actor)
    if not release.usable:
        raise NotAllowedHere("这个适配器现在不能用，不能取数。", action=Action.EXCHANGE_DELIVER.value, clause="附件1")
    many = owe(session, release, officer_id=actor.user_id, area_path=actor.area_path, now=now, anew=anew)
    if not many:
        raise NotAllowedHere("还没有设置从哪里取，请先填写设置。", action=Action.EXCHANGE_DELIVER.value, clause="附件1")
    return many


def owe(session: Session, release: AdapterRelease, *, officer_id: int, area_path: str, now: datetime, anew: bool = False,
        by_itself: bool = False) -> int:
    """Owe the fetching of each table in an officer's name."""
    tables = fetched_tables(session, release, doing.ancestor(session, area_path, AreaLevel.COUNTY).path)
    for table in tables:
        payload = {"adapter": release.name, "table": table.code, "officer": officer_id, "area": area_path}
        payload |= {"anew": True} if anew else {}
        payload |= {"tries": 1} if by_itself else {}
        outbox.put_once(session, "delivery.fetch", payload, now=now)
    return len(tables)


def fetched_tables(session: Session, release: AdapterRelease, area_path: str) -> list[Table]:
    """List the tables that the county's settings lead to."""
    values = adapters.settings_of(session, release.declared, area_path)
    return connections.fetched_tables(release.declared.tables, values)


def standing(session: Session, release: AdapterRelease, table: str, area_path: str) -> Reached:
    """Say how far a table has been fetched from where the settings lead now."""
    values = adapters.settings_of(session, release.declared, area_path)
    return fetch_chains.reached(session, release, table, area_path=area_path, origin=fetch_chains.origin_of(values, release, table))


def in_office(session: Session, officer_id: int, department: str, area_path: str, *, today: date) -> Actor | None:
    """Return an officer as still in office for the department and county, or None."""
    return delivery_intake.officer_of(session, Delivery(department=department, area_path=area_path, sent_by_id=officer_id), today=today)


class Jobs:
    """What the worker does of it."""

    def __init__(self, store: Path, folder: Path, reach: Reach = Reach()) -> None:
        self._store, self._folder, self._reach = store, folder, reach

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {"delivery.fetch": self.fetch}

    def fetch(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Fetch what is new of one table and send it in the officer's name; fetched twice, it is taken once."""
        read_only(session)
        release = adapters.release_named(session, str(payload["adapter"]))
        actor = in_office(session, int(str(payload["officer"])), release.department, str(payload["area"]), today=legal_date(now))
        if actor is None:
            return
        code, area_path = str(payload["table"]), actor.area_path
        values = adapters.settings_of(session, release.declared, area_path)
        origin = fetch_chains.origin_of(values, release, code)
        stands = fetch_chains.reached(session, release, code, area_path=area_path, origin=origin)
        if stands.under_way:
            self._put(session, release, code, area_path, "上一次取来的还没有读完或还没有确认，这次没有再取", now=now)
            return
        anew = bool(payload.get("anew")) or whole_due(stands.whole_on, _whole_days(session, release, area_path), today=legal_date(now))
        since = "" if anew else stands.mark

        def act(_installed: Installed, manifest: Manifest) -> Fetched:
            source = connections.connected(values, code, folder=self._folder, reach=self._reach.within(manifest.hosts))
            renamed = connections.renamed(values)
            if source is None:
                raise Unconnected("设置的是按表格报送，没有取")
            with Fetching(manifest.table(code), source, today=legal_date(now), since=since, renamed=renamed, lines=True) as fetching:
                return Fetched(fetching.sheet(), fetching.mark, fetching.whole)

        try:
            fetched = adapter_health.call(session, release, act, area_path=area_path, actor=actor, now=now)
        except (AdapterFailed, NotAllowedHere, Unconnected) as failed:
            self._put(session, release, code, area_path, words_of(failed), now=now)
            _again(session, payload, now=now)
            return
        # At an unchanged mark stand only rows that were fetched before; they come once more with the next new one.
        if not fetched.content or (since and fetched.mark == since):
            self._put(session, release, code, area_path, "没有新的行" if since else "取到的表是空的，没有报送", now=now)
            return
        self._send(session, release, code, fetched, origin, stands.last if since else None, actor=actor, now=now)

    def _send(self, session: Session, release: AdapterRelease, code: str, fetched: Fetched, origin: str, follows: Delivery | None, *,
              actor: Actor, now: datetime) -> None:
        source = next(one for one in delivery_adapter.sources(release.declared) if one.table == code)
        today, follows_id = legal_date(now), follows.id if follows is not None else None
        doubt = _doubt(fetched, today=today)
        # Only what is new is no whole register: whoever is not in it is not clear, and whoever is gone from it is not told.
        sent = deliveries.Sent(as_of=today, covers_from=None, complete=follows is None and not doubt, register_scope=source.scope,
                               contact=actor.name)
        words = "新的行" if follows is not None else f"一张表（{doubt}，不能证明查全）" if doubt else "整张表"
        try:
            with writing(session):
                row = deliveries.send(
                    session, self._store, files.Upload(NAME, fetched.content), source, sent, now=now, today=today,
                    county=doing.ancestor(session, actor.area_path, AreaLevel.COUNTY), actor=actor)
                row.origin, row.follows_id, row.mark = origin, follows_id, fetched.mark or None
                session.flush()
                note(session, release.name, release.department, code, actor.area_path, f"取到{words}，已报送", now=now, delivery_id=row.id)
        except Invalid as refused:
            self._put(session, release, code, actor.area_path, words_of(refused), now=now)

    def _put(self, session: Session, release: AdapterRelease, code: str, area_path: str, words: str, *, now: datetime) -> None:
        session.commit()
        with writing(session):
            note(session, release.name, release.department, code, area_path, words, now=now)


def note(session: Session, adapter: str, department: str, table: str, area_path: str, words: str, *, now: datetime,
         delivery_id: int | None = None) -> None:
    """Keep what the fetching of a table came to."""
    row = session.scalar(select(AdapterFetch).where(
        AdapterFetch.adapter == adapter, AdapterFetch.area_path == area_path, AdapterFetch.table == table))
    if row is None:
        row = AdapterFetch(area_path=area_path, department=department, adapter=adapter, table=table)
        session.add(row)
    row.at, row.words, row.delivery_id = now, words[:200], delivery_id


def _doubt(fetched: Fetched, *, today: date) -> str:
    """Say why what was fetched as a whole may not be the whole register of today; "" where it is."""
    if not fetched.whole:
        return "平台不分页也没有给总数"
    return f"最近更新是{updated_on(fetched.mark)}，太久没有更新" if is_stale(fetched.mark, today=today) else ""


def _again(session: Session, payload: Mapping[str, object], *, now: datetime) -> None:
    """Owe what was arranged and failed once more, after a pause that doubles; an officer who asked tries again himself."""
    tries = int(str(payload.get("tries", 0)))
    if 0 < tries < MOST_TRIES:
        with writing(session):
            outbox.put(session, "delivery.fetch", {**payload, "tries": tries + 1}, now=now).due_at = now + timedelta(hours=2 ** (tries - 1))


def _whole_days(session: Session, release: AdapterRelease, area_path: str) -> int:
    days = session.scalar(select(AdapterPlan.whole_days).where(
        AdapterPlan.adapter == release.name, AdapterPlan.area_path == area_path))
    return WHOLE_DAYS if days is None else days


def words_of(refused: Exception) -> str:
    """Return why nothing was fetched, as the page shows it."""
    if isinstance(refused, Invalid):
        return "；".join(refused.problems.values())
    return refused.failure.text if isinstance(refused, AdapterFailed) else str(refused)
