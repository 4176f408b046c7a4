"""How a department's adapter fares: a breaker in the database, one sentence and one event for every failure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed, Failure
from fanpin.adapters.manifest import Manifest
from fanpin.extensions import writing
from fanpin.models.adapters import AdapterFailure, AdapterRelease
from fanpin.models.scoped import system_scope
from fanpin.rules.refusals import NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapters

OPENS_AFTER = 5
PAUSE = timedelta(minutes=5)
SHOWN = 20
Result = TypeVar("Result")


def may_call(session: Session, release: AdapterRelease, *, now: datetime) -> bool:
    """Say whether the adapter may be called; after the pause one caller is let through to try, the others wait on."""
    if not release.usable or release.known_wrong:
        return False
    if release.failures < OPENS_AFTER:
        return True
    taken = session.execute(
        update(AdapterRelease).where(AdapterRelease.id == release.id, AdapterRelease.open_until <= now)
        .values(open_until=now + PAUSE).execution_options(synchronize_session="fetch"))
    return bool(taken.rowcount)


def require_callable(session: Session, release: AdapterRelease, *, now: datetime) -> None:
    """Refuse while the breaker is open, with the sentence of its last failure."""
    if release.known_wrong:
        raise NotAllowedHere(release.known_wrong, action="", clause="附件1")
    if not may_call(session, release, now=now):
        raise NotAllowedHere(f"适配器连续出错，已暂停调用，稍后自动再试。最近一次：{release.last_failure or '不能启用'}",
                             action="", clause="附件1")


def succeeded(session: Session, release: AdapterRelease, *, now: datetime) -> None:
    """Close the breaker."""
    session.execute(update(AdapterRelease).where(AdapterRelease.id == release.id)
                    .values(failures=0, open_until=None, last_ok_at=now).execution_options(synchronize_session="fetch"))


def failed(session: Session, release: AdapterRelease, failure: Failure, *, area_path: str, actor: Actor | str,
           now: datetime) -> None:
    """Keep the failure for the department's page, write its event, and open the breaker after five in a row.

    An answer that breaks the boundary opens it at once; a sheet at which our own reader failed opens nothing. The
    caller commits: nothing else of the call is kept.
    """
    weight = 0 if not failure.blames else OPENS_AFTER if failure.security else 1
    session.execute(
        update(AdapterRelease).where(AdapterRelease.id == release.id)
        .values(failures=AdapterRelease.failures + weight, open_until=now + PAUSE, last_failed_at=now, last_failure=failure.text[:200]).execution_options(synchronize_session="fetch"))
    with system_scope(session, reason="登记适配器故障"):
        session.add(AdapterFailure(
            area_path=area_path, department=release.department, adapter=release.name, release_id=release.id,
            version=release.version, code=failure.code, text=failure.text[:200], detail=failure.detail[:80],
            security=failure.security, at=now))
        session.flush()
    audit.record(session, "adapter.failed", actor=actor, now=now, stream=f"adapter:{release.name}", object=release.ref,
                 area_path=area_path, outcome=audit.OUTCOME_REFUSED,
                 facts={"adapter": release.name, "version": release.version, "code": failure.code,
                        "security": failure.security, "detail": failure.detail})


def call(session: Session, release: AdapterRelease, act: Callable[[Installed, Manifest], Result], *, area_path: str,
         actor: Actor | str, now: datetime) -> Result:
    """Call an adapter with no transaction open, and commit how it went; a failure is kept and raised again.

    What the session held is committed first: on SQLite nobody else could write while a department's code runs.
    """
    session.commit()
    # Whoever tries after a pause takes its turn by writing, though the caller was only reading.
    with writing(session):
        require_callable(session, release, now=now)
    installed, manifest = adapters.installed_of(release), release.declared
    session.commit()
    try:
        result = act(installed, manifest)
    except AdapterFailed as error:
        with writing(session):
            failed(session, release, error.failure, area_path=area_path, actor=actor, now=now)
        raise
    with writing(session):
        succeeded(session, release, now=now)
    return result


def failures_of(session: Session, release: AdapterRelease) -> list[AdapterFailure]:
    """List the release's last failures in the reader's area."""
    return list(session.scalars(select(AdapterFailure).where(AdapterFailure.release_id == release.id)
                                .order_by(AdapterFailure.at.desc(), AdapterFailure.id.desc()).limit(SHOWN)))
