"""取申报 (三(一)): new declarations of a platform's 中间库 or interface, kept and read as the export that it would have given."""

from collections.abc import Mapping, Sequence
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
from fanpin.adapters.versions import PluginRole
from fanpin.clock import legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.adapters import AdapterFetch, AdapterRelease
from fanpin.models.lead_imports import LeadImport
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.intake import LeadImportState
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_health, adapters, channel_reading, channels, delivery_fetch, doing, fetch_chains, files, outbox
from fanpin.steps.delivery_fetch import Fetched

FETCH = "channel.fetch"


def ask(session: Session, release: AdapterRelease, *, actor: Actor, now: datetime) -> int:
    """Owe the fetching of every table that the county's settings lead to; return how many."""
    doing.permit(session, Action.INTAKE_IMPORT, actor=actor)
    if release.role is not PluginRole.CHANNEL or not release.usable or actor.level is not AreaLevel.COUNTY:
        raise NotAllowedHere("只能由县级从能用的申报渠道取数。", action=Action.INTAKE_IMPORT.value, clause="三(一)")
    tables = delivery_fetch.fetched_tables(session, release, actor.area_path)
    if not tables:
        raise NotAllowedHere("还没有设置从哪里取，请先在“部门数据接口”里填写这个渠道的设置。", action=Action.INTAKE_IMPORT.value,
                             clause="三(一)")
    for table in tables:
        outbox.put_once(session, FETCH, {"adapter": release.name, "table": table.code, "user": actor.user_id,
                                         "role": actor.role.value, "area": actor.area_path}, now=now)
    doing.note(session, Action.INTAKE_IMPORT, actor=actor, now=now, subject=release,
               facts={"channel": release.declared.channel, "adapter": release.name, "version": release.version})
    return len(tables)


def outcomes(session: Session, releases: Sequence[AdapterRelease], area_path: str) -> dict[str, AdapterFetch]:
    """Return what the last fetching of each channel came to."""
    return {row.adapter: row for row in session.scalars(select(AdapterFetch).where(
        AdapterFetch.adapter.in_([release.name for release in releases]), AdapterFetch.area_path == area_path).order_by(AdapterFetch.at))}


class Jobs:
    """What the worker does of it."""

    def __init__(self, store: Path, folder: Path, reach: Reach = Reach()) -> None:
        self._store, self._folder, self._reach = store, folder, reach

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {FETCH: self.fetch}

    def fetch(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Fetch what is new of one table and import it in the clerk's name; fetched twice, each declaration is on file once."""
        read_only(session)
        release = adapters.release_named(session, str(payload["adapter"]), role=PluginRole.CHANNEL)
        code, path = str(payload["table"]), str(payload["area"])
        actor = channel_reading.sender_of(session, int(str(payload["user"])), str(payload["role"]), path, today=legal_date(now))
        if actor is None:
            return
        values = adapters.settings_of(session, release.declared, path)
        origin = fetch_chains.origin_of(values, release, code)
        since = _mark(session, release, origin, path)

        def act(_installed: Installed, manifest: Manifest) -> Fetched:
            source = connections.connected(values, code, folder=self._folder, reach=self._reach.within(manifest.hosts))
            if source is None:
                raise Unconnected("设置的是按表格上传，没有取")
            with Fetching(manifest.table(code), source, today=legal_date(now), since=since, renamed=connections.renamed(values),
                          lines=True) as fetching:
                return Fetched(fetching.sheet(), fetching.mark)

        try:
            fetched = adapter_health.call(session, release, act, area_path=path, actor=actor, now=now)
            if fetched.content and not (since and fetched.mark == since):
                self._keep(session, release, code, fetched, origin, actor=actor, now=now)
                return
            words = "没有新的申报"
        except (AdapterFailed, NotAllowedHere, Unconnected, Invalid) as failed:
            words = delivery_fetch.words_of(failed)
        session.rollback()
        delivery_fetch.note(session, release.name, release.department, code, path, words, now=now)

    def _keep(self, session: Session, release: AdapterRelease, code: str, fetched: Fetched, origin: str, *, actor: Actor,
              now: datetime) -> None:
        with writing(session):
            row = channels.upload(session, self._store, files.Upload(delivery_fetch.NAME, fetched.content), release,
                                  area=doing.ancestor(session, actor.area_path, AreaLevel.COUNTY), actor=actor, now=now)
            row.origin, row.mark = origin, fetched.mark or None
            delivery_fetch.note(session, release.name, release.department, code, actor.area_path, "取到新的申报，正在导入", now=now)


def _mark(session: Session, release: AdapterRelease, origin: str, area_path: str) -> str:
    """Return up to where declarations were fetched and imported; what was sent back is fetched again."""
    return session.scalar(select(LeadImport.mark).where(
        LeadImport.adapter == release.name, LeadImport.area_path == area_path, LeadImport.origin == origin,
        LeadImport.state != LeadImportState.REFUSED, LeadImport.mark.is_not(None)).order_by(LeadImport.id.desc()).limit(1)) or ""
