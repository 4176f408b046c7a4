"""已知人员核对: once a day each adapter answers about its own known persons; one that answers wrongly is called no more."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fanpin.adapters import known
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.versions import PluginRole
from fanpin.clock import legal_date
from fanpin.extensions import writing
from fanpin.models.adapters import AdapterRelease
from fanpin.models.areas import Area
from fanpin.models.users import Grant
from fanpin.rules.refusals import NotAllowedHere
from fanpin.rules.roles import Role
from fanpin.steps import adapter_health, adapters, outbox

COMPARE = "adapter.known"
EVERY = timedelta(days=1)
SYSTEM = "系统"


def due(session: Session, *, now: datetime) -> list[int]:
    """List the departments' releases that nobody has compared for a day."""
    rows = session.scalars(select(AdapterRelease).where(
        AdapterRelease.present, AdapterRelease.role == PluginRole.DEPARTMENT,
        or_(AdapterRelease.known_tried_at.is_(None), AdapterRelease.known_tried_at <= now - EVERY)))
    return [row.id for row in rows if row.usable]


def owe(session: Session, numbers: list[int], *, now: datetime) -> None:
    """Owe the comparison of each."""
    for number in numbers:
        outbox.put_once(session, COMPARE, {"release": number}, now=now)


@outbox.handles(COMPARE)
def compare(session: Session, payload: Mapping[str, object], now: datetime) -> None:
    """Let a release answer about its known persons; a wrong answer stops it in every county until it answers rightly."""
    release = session.get_one(AdapterRelease, payload["release"])
    try:
        installed, manifest = adapters.installed_of(release), release.declared
    except NotAllowedHere:
        return
    session.commit()
    try:
        compared = known.compare(installed, manifest, as_of=legal_date(now))
        known.require_right(compared)
    except AdapterFailed as error:
        with writing(session):
            release.known_tried_at = now
            if error.failure.code == known.CODE:
                release.known_wrong = error.failure.text[:200]
            for path in _counties(session, release.department):
                adapter_health.failed(session, release, error.failure, area_path=path, actor=SYSTEM, now=now)
        return
    with writing(session):
        release.known_tried_at, release.known_rows = now, compared.rows
        if compared.rows:
            release.known_at = now
        if release.known_wrong:
            release.known_wrong = ""
            adapter_health.succeeded(session, release, now=now)


def _counties(session: Session, department: str) -> list[str]:
    """List where the department has officers, who read of it on their page; the whole installation where it has none."""
    paths = session.scalars(select(Area.path).join(Grant, Grant.area_id == Area.id).where(
        Grant.role == Role.DEPARTMENT_OFFICER, Grant.department == department, Grant.revoked_at.is_(None)).distinct().order_by(Area.path)).all()
    return list(paths) or list(session.scalars(select(Area.path).order_by(Area.id).limit(1)))
