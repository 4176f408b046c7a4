"""用样表试一试: an adapter's own sample through both children, asked for on a page and carried out by the worker."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.lead_trial import LeadTrial, try_leads
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.trial import Trial, try_sheet
from fanpin.adapters.versions import PluginRole
from fanpin.clock import legal_date
from fanpin.models.adapters import AdapterRelease, AdapterTrial
from fanpin.models.types import Json
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.duties import KINDS
from fanpin.rules.intake import DifficultyCategory
from fanpin.rules.refusals import NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_health, adapters, doing, outbox

SHOWN = 20
TRY = "adapter.try"


def ask(session: Session, release: AdapterRelease, *, actor: Actor, now: datetime, connection: bool = False) -> AdapterTrial:
    """Owe a try with the sample, or of the connection that the settings name; one still owed is not owed twice."""
    adapters.permit(session, Action.ADAPTER_TRY, release, actor=actor)
    if not release.usable:
        raise NotAllowedHere("这个适配器现在不能用，不能试。", action=Action.ADAPTER_TRY.value, clause="附件1")
    county = doing.ancestor(session, actor.area_path, AreaLevel.COUNTY)
    last = latest(session, release)
    if last is not None and last.done_at is None:
        raise NotAllowedHere("已经在试，请稍候刷新本页。", action=Action.ADAPTER_TRY.value, clause="附件1")
    row = AdapterTrial(area_path=county.path, department=release.department, adapter=release.name, release_id=release.id,
                       asked_by=actor.name, asked_at=now)
    session.add(row)
    doing.note(session, Action.ADAPTER_TRY, actor=actor, now=now, subject=release,
               facts={"adapter": release.name, "version": release.version})
    outbox.put(session, "adapter.connect" if connection else TRY, {"trial": row.id}, now=now)
    return row


def latest(session: Session, release: AdapterRelease) -> AdapterTrial | None:
    """Return the last try in the reader's area."""
    return session.scalar(select(AdapterTrial).where(AdapterTrial.release_id == release.id)
                          .order_by(AdapterTrial.id.desc()).limit(1))


@outbox.handles(TRY)
def carry_out(session: Session, payload: Mapping[str, object], now: datetime) -> None:
    """Send every table's sample through both children and keep what came of it."""
    row = session.get_one(AdapterTrial, payload["trial"])
    release = session.get_one(AdapterRelease, row.release_id)
    if row.done_at is not None:
        return
    settings = adapters.settings_of(session, release.declared, row.area_path)

    def act(installed: Installed, manifest: Manifest) -> list[Json]:
        return [_tried(installed, manifest, table, settings, now) for table in manifest.tables]

    try:
        result = adapter_health.call(session, release, act, area_path=row.area_path, actor=row.asked_by, now=now)
    except (AdapterFailed, NotAllowedHere) as refused:
        result = [{"title": release.title, "refused": str(refused)}]
    row.result, row.done_at = result, now


def _tried(installed: Installed, manifest: Manifest, table: Table, settings: Mapping[str, str], now: datetime) -> Json:
    path = installed.sample(table.code)
    if path is None:
        return {"title": table.title, "refused": "安装包里没有样表"}
    if manifest.role is PluginRole.CHANNEL:
        return told_leads(table, try_leads(installed, manifest, path, today=legal_date(now), table=table.code, settings=settings))
    return told(table, try_sheet(installed, manifest, path, as_of=legal_date(now), table=table.code, settings=settings))


def told(table: Table, trial: Trial) -> Json:
    """Return what a try gave, as the page shows it: counts, kinds, the first problems, nobody's data."""
    return {
        "title": table.title, "refused": trial.refused, "rows": trial.taken + trial.refused_rows,
        "mapped": trial.taken, "refused_rows": trial.refused_rows,
        "facts": [[KINDS[kind].title, many] for kind, many in trial.facts_by_kind.items()],
        "answers": [[KINDS[kind].title, many] for kind, many in trial.answers_by_kind.items()],
        "problems": [[problem.row, problem.column, problem.reason] for problem in trial.problems[:SHOWN]],
        "notices": [*trial.opened.confirm, *trial.notices],
    }


def told_leads(table: Table, trial: LeadTrial) -> Json:
    """Return what a try of a channel gave, as the page shows it: counts, categories, the first problems, nobody's words."""
    return {
        "title": table.title, "refused": trial.refused, "rows": trial.rows, "mapped": trial.told,
        "refused_rows": trial.refused_rows, "answers": [],
        "facts": [[DifficultyCategory(code).title, many] for code, many in trial.by_category.items()],
        "problems": [[problem.row, problem.column, problem.reason] for problem in trial.problems[:SHOWN]],
        "notices": [*trial.opened.confirm, *trial.notices],
    }
