"""Certificates: made by the worker, kept for one digest, asked for by an administrator, required for a standing approval."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters import certify, run
from fanpin.models.adapters import AdapterApproval, AdapterCertificate, AdapterRelease
from fanpin.models.audit import AuditEvent
from fanpin.rules.refusals import NotAllowedHere, NotPermitted
from fanpin.steps import adapter_certificates, adapters
from fanpin.worker import drain
from tests.adapters.faulty import with_samples
from tests.conftest import StandingClock
from tests.registered import certified
from tests.world import World

ADMIN, DECIDER = "xi.tong", "xian.zhang"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certify, "LOAD_ROWS", 50)


def installed(session: Session, clock: StandingClock, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AdapterRelease:
    found = run.declared(with_samples(name, folder / name))
    adapters.refresh(session, [found], now=clock.now())
    monkeypatch.setattr(adapters.distributions, "find", lambda _name: found.installed)
    return session.scalars(select(AdapterRelease).order_by(AdapterRelease.id.desc())).first()


@pytest.fixture
def release(session: Session, clock: StandingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AdapterRelease:
    return installed(session, clock, "sound", tmp_path, monkeypatch)


def made(app: Flask, session: Session, release: AdapterRelease) -> AdapterCertificate:
    session.commit()
    drain(app)
    session.expire_all()
    return adapters.certificate_of(session, release)


def test_the_worker_makes_the_report_and_prints_it(app: Flask, session: Session, world: World, clock: StandingClock,
                                                   release: AdapterRelease) -> None:
    adapter_certificates.ask(session, release, actor=world.actors[ADMIN], now=clock.now())
    with pytest.raises(NotAllowedHere, match="正在检验"):
        adapter_certificates.ask(session, release, actor=world.actors[ADMIN], now=clock.now())
    row = made(app, session, release)
    assert row.ok and row.problem == "" and row.report["digest"] == row.digest == release.digest
    assert {case["code"] for case in row.report["cases"]} >= {"declaration", "relief.reach", "relief.load", "walls"}
    assert adapter_certificates.paper_of(session, release).startswith(b"%PDF-")
    tags = session.scalars(select(AuditEvent.tag).order_by(AuditEvent.id)).all()
    assert [tag for tag in tags if tag.startswith("adapter.cert")] == ["adapter.certify", "adapter.certified"]
    assert release.failures == 0


def test_a_faulty_one_gets_a_report_that_says_why_and_no_approval(
        app: Flask, session: Session, world: World, clock: StandingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = installed(session, clock, "throws_dice", tmp_path, monkeypatch)
    adapter_certificates.ask(session, release, actor=world.actors[ADMIN], now=clock.now())
    row = made(app, session, release)
    assert not row.ok and "两个进程" in str(row.report)
    with pytest.raises(NotAllowedHere, match="没有通过的认证报告"):
        adapters.approve(session, release, document="联审〔2026〕3号", actor=world.actors[DECIDER], now=clock.now())


def test_what_is_installed_otherwise_than_registered_is_not_certified(
        app: Flask, session: Session, world: World, clock: StandingClock, release: AdapterRelease, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(adapters.files_of(release), digest="f" * 64)
    monkeypatch.setattr(adapters.distributions, "find", lambda _name: other)
    adapter_certificates.ask(session, release, actor=world.actors[ADMIN], now=clock.now())
    row = made(app, session, release)
    assert not row.ok and "fanpin adapter refresh" in row.problem and row.done_at is not None


def test_an_approval_rests_on_a_certificate_of_this_digest(session: Session, world: World, clock: StandingClock,
                                                           release: AdapterRelease) -> None:
    decider = world.actors[DECIDER]
    with pytest.raises(NotAllowedHere, match="没有通过的认证报告"):
        adapters.approve(session, release, document="联审〔2026〕3号", actor=decider, now=clock.now())
    certificate = certified(session, release, now=clock.now())
    adapters.approve(session, release, document="联审〔2026〕3号", actor=decider, now=clock.now())
    assert session.scalars(select(AdapterApproval)).one().certificate_id == certificate.id
    upgraded = replace(run.declared(adapters.files_of(release)), installed=replace(adapters.files_of(release), version="2", digest="f" * 64))
    adapters.refresh(session, [upgraded], now=clock.now())
    newer = adapters.registered(session, release.name, "2", "f" * 64)
    assert adapters.certificate_of(session, newer) is None
    with pytest.raises(NotAllowedHere, match="还没有登记"):
        adapters.registered(session, release.name, "2", "e" * 64)


def test_the_newest_certificate_counts(session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    certified(session, release, now=clock.now())
    certified(session, release, now=clock.now(), ok=False)
    with pytest.raises(NotAllowedHere):
        adapters.approve(session, release, document="x", actor=world.actors[DECIDER], now=clock.now())


def test_only_the_system_administrator_asks(session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    for name in ("xian.ban", DECIDER, "bm.civil-affairs"):
        with pytest.raises(NotPermitted):
            adapter_certificates.ask(session, release, actor=world.actors[name], now=clock.now())
