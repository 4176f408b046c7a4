"""自动取数 (附件1): when an adapter fetches by itself, in the name of the officer who arranged it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.clock import SHANGHAI, legal_date
from fanpin.models.adapters import AdapterFetch, AdapterPlan, AdapterRelease
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.fetching import LONGEST_WHOLE_DAYS, Folder, Rhythm, period
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapters, delivery_fetch, doing

LEFT = "安排自动取数的{}已不在本部门岗位，自动取数已停，请在岗的核查员核对后重新保存"


def plan_of(session: Session, adapter: str, area_path: str) -> AdapterPlan | None:
    """Return what is arranged for an adapter in a county."""
    return session.scalar(select(AdapterPlan).where(AdapterPlan.adapter == adapter, AdapterPlan.area_path == area_path))


def fetches_of(session: Session, adapter: str, area_path: str) -> dict[str, AdapterFetch]:
    """Return what the last fetching of each table came to."""
    return {row.table: row for row in session.scalars(select(AdapterFetch).where(
        AdapterFetch.adapter == adapter, AdapterFetch.area_path == area_path))}


def arrange(session: Session, release: AdapterRelease, *, rhythm: Rhythm, hour: int, whole_days: int, actor: Actor, now: datetime,
            folder: Folder = Folder.NONE) -> AdapterPlan:
    """Arrange when the adapter fetches by itself, and what it takes from its folder, answered for by the officer who says so; the present period is not owed."""
    adapters.permit(session, Action.EXCHANGE_DELIVER, release, actor=actor)
    wrong = {}
    if not 0 <= hour <= 23:
        wrong["hour"] = "请选择0到23时。"
    if not 1 <= whole_days <= LONGEST_WHOLE_DAYS:
        wrong["whole_days"] = f"请填写1到{LONGEST_WHOLE_DAYS}天：整表隔得太久，已经没有的人看不出来。"
    if wrong:
        raise Invalid(wrong)
    county = doing.ancestor(session, actor.area_path, AreaLevel.COUNTY)
    row = plan_of(session, release.name, county.path)
    if row is None:
        row = AdapterPlan(area_path=county.path, department=release.department, adapter=release.name)
        session.add(row)
    row.rhythm, row.hour, row.whole_days, row.folder, row.stopped = rhythm, hour, whole_days, folder, ""
    row.owed = period(rhythm, hour, now.astimezone(SHANGHAI))
    row.set_by, row.set_by_id, row.set_at = actor.name, actor.user_id, now
    doing.note(session, Action.EXCHANGE_DELIVER, actor=actor, now=now, subject=row, facts={
        "department": release.department, "adapter": release.name, "rhythm": rhythm.value, "hour": hour, "whole_days": whole_days,
        "folder": folder.value})
    return row


def due(session: Session, *, now: datetime) -> list[int]:
    """List the plans of which a period has begun that nobody has seen to."""
    local = now.astimezone(SHANGHAI)
    rows = session.scalars(select(AdapterPlan).where(AdapterPlan.rhythm != Rhythm.NEVER, AdapterPlan.stopped == ""))
    return [row.id for row in rows if (begun := period(row.rhythm, row.hour, local)) is not None
            and (row.owed is None or begun > row.owed)]


def owe(session: Session, numbers: list[int], *, now: datetime) -> int:
    """Owe what is due, once in each period, in the name of whoever arranged it and is still in office; return how many tables."""
    many = 0
    for row in session.scalars(select(AdapterPlan).where(AdapterPlan.id.in_(numbers)).order_by(AdapterPlan.id)):
        row.owed = period(row.rhythm, row.hour, now.astimezone(SHANGHAI))
        if delivery_fetch.in_office(session, row.set_by_id, row.department, row.area_path, today=legal_date(now)) is None:
            row.stopped = LEFT.format(row.set_by)
            continue
        try:
            release = adapters.release_named(session, row.adapter)
        except NotAllowedHere:
            # The adapter's page says that it cannot be used; the next period tries again.
            continue
        many += delivery_fetch.owe(session, release, officer_id=row.set_by_id, area_path=row.area_path, now=now, by_itself=True)
    return many
