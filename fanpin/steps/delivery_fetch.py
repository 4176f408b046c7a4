"""取数 (附件1): rows of a department's 中间库 or platform, kept and read as the sheet that it would have sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters import connections
from fanpin.adapters.connections import Unconnected
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.reach import Reach
from fanpin.clock import legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.adapters import AdapterRelease, AdapterSetting
from fanpin.models.deliveries import Delivery
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_health, adapters, deliveries, delivery_adapter, delivery_intake, doing, files, outbox

MARK = "mark"
NAME = "取数.csv"


@dataclass(frozen=True)
class Fetched:
    """What came: the rows as a sheet, the mark up to which they reach, and whether they are all that there is."""

    content: bytes
    mark: str
    whole: bool


def ask(session: Session, release: AdapterRelease, *, actor: Actor, now: datetime) -> int:
    """Owe the fetching of every table that the settings lead to; return how many."""
    adapters.permit(session, Action.EXCHANGE_DELIVER, release, actor=actor)
    if not release.usable:
        raise NotAllowedHere("这个适配器现在不能用，不能取数。", action=Action.EXCHANGE_DELIVER.value, clause="附件1")
    values = adapters.settings_of(session, release.declared, doing.ancestor(session, actor.area_path, AreaLevel.COUNTY).path)
    tables = [table for table in release.declared.tables
              if values.get(connections.source_of(table.code)) and values.get(connections.CHOICE) != "sheet"]
    if not tables:
        raise NotAllowedHere("还没有设置从哪里取，请先填写设置。", action=Action.EXCHANGE_DELIVER.value, clause="附件1")
    for table in tables:
        outbox.put_once(session, "delivery.fetch", {"adapter": release.name, "table": table.code, "officer": actor.user_id,
                                                    "area": actor.area_path}, now=now)
    return len(tables)


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
        asked = Delivery(department=release.department, area_path=str(payload["area"]), sent_by_id=payload["officer"])
        actor = delivery_intake.officer_of(session, asked, today=legal_date(now))
        if actor is None:
            return
        code = str(payload["table"])
        values = adapters.settings_of(session, release.declared, actor.area_path)
        since = mark.value if (mark := _mark(session, release, code, actor.area_path)) else ""

        def act(_installed: Installed, manifest: Manifest) -> Fetched:
            source = connections.connected(values, code, folder=self._folder, reach=self._reach.within(manifest.hosts))
            renamed = connections.renamed(values)
            if source is None:
                return Fetched(b"", since, False)
            with Fetching(manifest.table(code), source, today=legal_date(now), since=since, renamed=renamed, lines=True) as fetching:
                return Fetched(fetching.sheet(), fetching.mark, not since)

        try:
            fetched = adapter_health.call(session, release, act, area_path=actor.area_path, actor=actor, now=now)
        except (AdapterFailed, NotAllowedHere, Unconnected):
            # The sentence stands on the adapter's page; the officer tries again when it is mended.
            return
        # At an unchanged mark stand only rows that were fetched before; they come once more with the next new one.
        if fetched.content and (not since or fetched.mark != since):
            with writing(session):
                self._send(session, release, code, fetched, actor=actor, now=now)

    def _send(self, session: Session, release: AdapterRelease, code: str, fetched: Fetched, *, actor: Actor, now: datetime) -> None:
        source = next(one for one in delivery_adapter.sources(release.declared) if one.table == code)
        today = legal_date(now)
        # Only what is new is no whole register: whoever is not in it is not clear.
        sent = deliveries.Sent(as_of=today, covers_from=None, complete=fetched.whole, register_scope=source.scope)
        try:
            deliveries.send(session, self._store, files.Upload(NAME, fetched.content), source, sent,
                            county=doing.ancestor(session, actor.area_path, AreaLevel.COUNTY), actor=actor, now=now, today=today)
        except Invalid:
            # The very same rows were sent before.
            return
        if fetched.mark:
            row = _mark(session, release, code, actor.area_path)
            if row is None:
                row = AdapterSetting(area_path=actor.area_path, department=release.department, adapter=release.name,
                                     key=f"{MARK}_{code}"[:40])
                session.add(row)
            row.value, row.set_by, row.set_at = fetched.mark, actor.name, now


def _mark(session: Session, release: AdapterRelease, code: str, area_path: str) -> AdapterSetting | None:
    return session.scalar(select(AdapterSetting).where(
        AdapterSetting.adapter == release.name, AdapterSetting.area_path == area_path, AdapterSetting.key == f"{MARK}_{code}"[:40]))
