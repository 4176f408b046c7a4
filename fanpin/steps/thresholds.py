"""Numbers of the warnings that the policy leaves open: what is in force for an area, and stricter ones that it sets."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.findings import WarningThreshold
from fanpin.rules.actions import Action
from fanpin.rules.areas import contains
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.rules.thresholds import LocalThreshold, Resolved, resolve_all, stricter_problem
from fanpin.steps import doing


def history(session: Session, *, area_path: str) -> list[WarningThreshold]:
    """List what the areas on a path have set, the newest first."""
    rows = session.scalars(select(WarningThreshold).order_by(WarningThreshold.valid_from.desc(), WarningThreshold.id.desc()))
    return [row for row in rows if contains(row.area_path, area_path)]


def in_force(session: Session, *, area_path: str, on: date) -> Mapping[str, Resolved]:
    """Return every number in force for an area on a day."""
    local = [LocalThreshold(row.key, row.area_path, row.area_name, row.value, row.document, row.valid_from)
             for row in reversed(history(session, area_path=area_path))]
    return resolve_all(local, area_path=area_path, on=on)


def set_stricter(session: Session, area: Area, *, key: str, value: int, document: str, valid_from: date, actor: Actor,
                 now: datetime, today: date) -> WarningThreshold:
    """Set a stricter number for one's own county; it may make more warnings, never fewer than the default."""
    doing.filled(document=document)
    problem = stricter_problem(key, value)
    if problem:
        raise Invalid({"value": problem})
    if valid_from < today:
        raise Invalid({"valid_from": "生效日期不能早于今天：已经下发的预警不因标准改变。"})
    row = WarningThreshold(area_id=area.id, area_path=area.path, area_name=area.name, key=key, value=value, document=document[:200],
                           valid_from=valid_from, set_by=actor.name, set_at=now)
    doing.permit(session, Action.ANALYSIS_THRESHOLD, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.ANALYSIS_THRESHOLD, actor=actor, now=now, subject=row,
               facts={"key": key, "value": value, "document": document, "valid_from": valid_from.isoformat()})
    return row
