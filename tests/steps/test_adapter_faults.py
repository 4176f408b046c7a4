"""Every faulty adapter in earnest, through worker, trail and page: one event, one plain sentence, nothing foreign stored."""

import html
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.adapters import run
from fanpin.adapters.run import Usable
from fanpin.models.adapters import AdapterFailure, AdapterRelease
from fanpin.models.audit import AuditDetail, AuditEvent
from fanpin.models.county import Batch, FactRow
from fanpin.rules.refusals import NotAllowedHere
from fanpin.steps import adapter_trials, adapters
from fanpin.worker import drain
from tests.adapters.faulty import ENDS, SECRET, Ends, reached_for, with_samples
from tests.conftest import StandingClock
from tests.world import World, log_in

OFFICER, ANALYST = "bm.civil-affairs", "xian.ban"
PERSON = "53018119600301100X"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAP_SECONDS", 2)
    monkeypatch.setattr(run, "LOAD_SECONDS", 3)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Usable:
    """Ask the sound one once: the faults of its answers declare what it declares."""
    return run.declared(with_samples("sound", tmp_path_factory.mktemp("sound")))


@pytest.fixture
def reasons(tmp_path: Path) -> Iterator[dict[str, str]]:
    with reached_for(tmp_path) as found:
        yield found


@pytest.mark.parametrize("name", ENDS)
def test_each_fault_ends_as_the_table_says_for_the_worker_the_trail_and_the_page(
        name: str, app: Flask, session: Session, world: World, clock: StandingClock, sound: Usable, reasons: dict[str, str],
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end, installed = ENDS[name], with_samples(name, tmp_path / name, reason=reasons.get(name, SECRET))
    monkeypatch.setattr(adapters.distributions, "find", lambda _name: installed)
    adapters.refresh(session, [_found(end, installed, sound)], now=clock.now())
    session.commit()
    release = session.scalars(select(AdapterRelease)).one()
    # One that does not even load belongs to no department: the county's own staff see why it is out of use.
    whom = OFFICER if release.department else ANALYST
    with pytest.raises(NotAllowedHere) if end.refused else nullcontext():
        adapter_trials.ask(session, release, actor=world.actors[whom], now=clock.now())
    session.commit()
    drain(app)
    session.expire_all()
    release = session.scalars(select(AdapterRelease)).one()
    page = html.unescape(log_in(app, whom).get(f"/adapters/{release.ref}").get_data(as_text=True))
    failures = session.scalars(select(AdapterFailure)).all()
    failed = session.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "adapter.failed")).all()
    assert len(failures) == len(failed) == (1 if end.codes else 0)
    if end.refused:
        assert any(end.refused in problem and problem in page for problem in release.problems) and "不能启用" in page
    elif end.codes:
        (kept,), (told,) = failures, adapter_trials.latest(session, release).result
        assert kept.code in end.codes.split() and kept.security is end.security
        assert told["refused"] == kept.text == release.last_failure and kept.text in page
        assert ("越界，已记安全事件" in page) is end.security
    else:
        (told,) = adapter_trials.latest(session, release).result
        assert not told["refused"] and "没有故障" in page
        assert all(end.problem in reason and reason in page for _, _, reason in told["problems"]) and bool(told["problems"]) is bool(end.problem)
    assert session.scalar(select(func.count()).select_from(FactRow)) == session.scalar(select(func.count()).select_from(Batch)) == 0
    written = [page.replace(release.digest, ""), *session.scalars(select(AuditDetail.payload))]
    assert not any(word in text for text in written for word in (PERSON, SECRET))
    assert drain(app) == 0


def _found(end: Ends, installed: object, sound: Usable) -> Usable:
    if end.refused:
        return run.declared(installed)
    assert sound.manifest is not None
    # One table is enough: the first failure ends the try.
    return replace(sound, installed=installed, manifest=replace(sound.manifest, tables=sound.manifest.tables[:1]))
