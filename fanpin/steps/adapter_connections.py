"""试取 (附件1): the first rows of a department's 中间库 or platform, looked at and not kept, when a county tries its settings."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from fanpin.adapters import connections
from fanpin.adapters.connections import Unconnected
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.lead_trial import try_lead_source
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.reach import Reach
from fanpin.adapters.trial import try_source
from fanpin.adapters.versions import PluginRole
from fanpin.clock import legal_date
from fanpin.models.adapters import AdapterRelease, AdapterTrial
from fanpin.models.types import Json
from fanpin.rules.refusals import NotAllowedHere
from fanpin.steps import adapter_health, adapter_trials, adapters, outbox


class Jobs:
    """What the worker does of it; databases that are files must lie in one folder, all others within reach."""

    def __init__(self, folder: Path, reach: Reach = Reach()) -> None:
        self._folder, self._reach = folder, reach

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {"adapter.connect": self.carry_out}

    def carry_out(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Try each table's source and keep what came of it for the page."""
        row = session.get_one(AdapterTrial, payload["trial"])
        release = session.get_one(AdapterRelease, row.release_id)
        if row.done_at is not None:
            return
        values = adapters.settings_of(session, release.declared, row.area_path)

        def act(installed: Installed, manifest: Manifest) -> list[Json]:
            return [self._tried(installed, manifest, table, values, now) for table in manifest.tables
                    if values.get(connections.source_of(table.code))]

        try:
            result = adapter_health.call(session, release, act, area_path=row.area_path, actor=row.asked_by, now=now)
        except (AdapterFailed, NotAllowedHere) as refused:
            result = [{"title": release.title, "refused": str(refused)}]
        nothing: list[Json] = [{"title": release.title, "refused": "还没有设置从哪里取，请先填写设置"}]
        row.result, row.done_at = result or nothing, now

    def _tried(self, installed: Installed, manifest: Manifest, table: Table, values: Mapping[str, str], now: datetime) -> Json:
        title = f"{table.title}（试取）"
        try:
            source = connections.connected(values, table.code, folder=self._folder, reach=self._reach.within(manifest.hosts))
            renamed = connections.renamed(values)
            if source is None:
                return {"title": title, "refused": "设置的是按表格报送，没有取"}
            if manifest.role is PluginRole.CHANNEL:
                leads = try_lead_source(installed, manifest, table, source, today=legal_date(now), renamed=renamed, settings=values)
                return adapter_trials.told_leads(table, leads) | {"title": title}
            trial = try_source(installed, manifest, table, source, today=legal_date(now), renamed=renamed, settings=values)
        except (Unconnected, AdapterFailed) as failed:
            return {"title": title, "refused": str(failed)}
        return adapter_trials.told(table, trial) | {"title": title}
