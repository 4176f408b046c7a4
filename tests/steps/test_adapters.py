"""Installed adapters: refresh, settings, standing approval, the breaker, and the try with the sample."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.adapters.failures import AdapterFailed, Failure
from fanpin.adapters.run import Usable
from fanpin.adapters.versions import PluginRole
from fanpin.models.adapters import AdapterApproval, AdapterFailure, AdapterRelease, AdapterSetting
from fanpin.models.audit import AuditDetail, AuditEvent
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted
from fanpin.steps import adapter_health, adapter_trials, adapters
from fanpin.worker import drain
from tests.adapters import platforms
from tests.adapters.books import IDS
from tests.adapters.samples import written
from tests.conftest import StandingClock
from tests.registered import certified
from tests.world import World

OFFICER, ANALYST, DECIDER = "bm.medical-insurance", "xian.ban", "xian.zhang"
HANG = Failure("timeout", "适配器处理数据超时，已中止；数据没有采用，请联系适配器的开发人员")
STRANGER = Failure("stranger", "适配器答复了没有询问的对象，整批退回", security=True)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Usable:
    folder = tmp_path_factory.mktemp("invented")
    (folder / "samples").mkdir()
    (folder / "samples" / "stays.csv").write_text(
        f"身份证号,姓名,结算日期,自付\n{IDS[0]},样样,2026-01-12,5\n{IDS[1]},样样,昨天,5\n", encoding="utf-8")
    return run.declared(written(folder))


@pytest.fixture
def release(session: Session, clock: StandingClock, found: Usable) -> AdapterRelease:
    return refreshed(session, clock, found)


def refreshed(session: Session, clock: StandingClock, *found: Usable) -> AdapterRelease:
    adapters.refresh(session, found, now=clock.now())
    return session.scalars(select(AdapterRelease).order_by(AdapterRelease.id.desc())).first()


def upgraded(found: Usable) -> Usable:
    return replace(found, installed=replace(found.installed, version="2", digest="f" * 64))


def tags(session: Session) -> list[str]:
    return [tag for tag in session.scalars(select(AuditEvent.tag).order_by(AuditEvent.id)) if tag.startswith("adapter.")]


def test_a_refresh_stores_what_is_installed_once_and_says_so(session: Session, clock: StandingClock, found: Usable) -> None:
    first = adapters.refresh(session, [found], now=clock.now())
    again = adapters.refresh(session, [found], now=clock.now())
    assert (first.present, first.new, again.new) == (1, ("fanpin-invented ",), ()) and tags(session) == ["adapter.refresh"]
    row = adapters.release_named(session, "fanpin-invented")
    assert row.declared == found.manifest and row.department == "medical_insurance" and row.usable


def test_what_is_gone_or_refused_cannot_be_used(session: Session, clock: StandingClock, found: Usable) -> None:
    release = refreshed(session, clock, found)
    assert adapters.refresh(session, [], now=clock.now()).gone == ("fanpin-invented ",)
    with pytest.raises(NotAllowedHere):
        adapters.release_named(session, "fanpin-invented")
    told = adapters.refresh(session, [replace(found, problems=("不能申报",))], now=clock.now())
    assert told.refused == ("fanpin-invented：不能申报",) and not release.usable
    assert tags(session) == ["adapter.refresh"] * 3


def test_a_channel_is_stored_with_its_role_and_is_no_departments_adapter(
        session: Session, clock: StandingClock, found: Usable, tmp_path: Path, world: World) -> None:
    channel = run.declared(platforms.written(tmp_path))
    release = refreshed(session, clock, found, channel)
    assert (release.name, release.role, release.department) == ("fanpin-channel-invented", PluginRole.CHANNEL, "")
    assert [row.name for row in adapters.present_releases(session)] == ["fanpin-invented"]
    assert adapters.present_releases(session, role=PluginRole.CHANNEL) == [release]
    assert adapters.release_named(session, release.name, role=PluginRole.CHANNEL) is release
    with pytest.raises(NotAllowedHere, match="没有可用的部门适配器"):
        adapters.release_named(session, release.name)
    with pytest.raises(NotAllowedHere, match="申报渠道没有要批准的自动答复"):
        adapters.approve(session, release, document="会议纪要", actor=world.actors[DECIDER], now=clock.now())


def test_an_upgrade_is_a_release_of_its_own(session: Session, clock: StandingClock, found: Usable) -> None:
    old = refreshed(session, clock, found)
    new = refreshed(session, clock, upgraded(found))
    assert old.id != new.id and not old.present and adapters.release_named(session, "fanpin-invented") is new
    with pytest.raises(NotAllowedHere, match="不一致"):
        adapters.installed_of(new)


def test_a_revoked_adapter_stays_out_of_use(session: Session, clock: StandingClock, found: Usable, release: AdapterRelease) -> None:
    assert adapters.revoke(session, release.name, reason="数据有误", now=clock.now()) == 1
    refreshed(session, clock, found)
    assert not release.usable and tags(session)[-1] == "adapter.revoke"


def test_a_standing_approval_is_for_one_release_until_it_is_withdrawn(
        session: Session, world: World, clock: StandingClock, found: Usable, release: AdapterRelease) -> None:
    decider, county = world.actors[DECIDER], world.areas["county"].path
    certified(session, release, now=clock.now())
    adapters.approve(session, release, document="联审〔2026〕3号", actor=decider, now=clock.now())
    with pytest.raises(AlreadyHandled):
        adapters.approve(session, release, document="联审〔2026〕3号", actor=decider, now=clock.now())
    assert adapters.approval_of(session, release, county) is not None
    assert adapters.approval_of(session, release, world.areas["other_county"].path) is None
    new = refreshed(session, clock, upgraded(found))
    assert adapters.approval_of(session, new, county) is None
    adapters.withdraw(session, release, reason="抽查不符", actor=decider, now=clock.now())
    assert adapters.approval_of(session, release, county) is None
    assert session.scalars(select(AdapterApproval)).one().withdrawn_reason == "抽查不符"
    assert {"adapter.approve", "adapter.withdraw"} <= set(tags(session))


def test_only_the_decider_approves_and_only_what_works(session: Session, world: World, clock: StandingClock,
                                                       release: AdapterRelease) -> None:
    for name in (ANALYST, OFFICER):
        with pytest.raises(NotPermitted):
            adapters.approve(session, release, document="x", actor=world.actors[name], now=clock.now())
    with pytest.raises(Invalid):
        adapters.approve(session, release, document=" ", actor=world.actors[DECIDER], now=clock.now())
    certified(session, release, now=clock.now())
    release.problems = ["不能申报"]
    with pytest.raises(NotAllowedHere):
        adapters.approve(session, release, document="x", actor=world.actors[DECIDER], now=clock.now())


def test_a_secret_is_written_and_never_read_back_by_an_event(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    officer, county = world.actors[OFFICER], world.areas["county"].path
    assert adapters.settings_of(session, release.declared, county).items() >= {"line": "100", "password": ""}.items()
    assert adapters.set_settings(session, release, {"line": "7", "password": "canary"}, actor=officer, now=clock.now()) == [
        "line", "password"]
    assert adapters.set_settings(session, release, {"line": "7", "password": ""}, actor=officer, now=clock.now()) == []
    assert adapters.settings_of(session, release.declared, county).items() >= {"line": "7", "password": "canary"}.items()
    assert not any("canary" in payload for payload in session.scalars(select(AuditDetail.payload)))
    stored = session.connection().exec_driver_sql("SELECT value FROM adapter_setting").scalars().all()
    assert len(stored) == 2 and not any(b"canary" in bytes(value) for value in stored)


def test_a_setting_is_checked_and_a_department_sets_its_own_only(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    with pytest.raises(Invalid):
        adapters.set_settings(session, release, {"line": "x" * 401}, actor=world.actors[OFFICER], now=clock.now())
    with pytest.raises(NotPermitted):
        adapters.set_settings(session, release, {"line": "1"}, actor=world.actors["bm.health"], now=clock.now())
    with pytest.raises(NotPermitted):
        adapters.set_settings(session, release, {"line": "1"}, actor=world.actors[DECIDER], now=clock.now())
    assert session.scalars(select(AdapterSetting)).all() == []


def fail(session: Session, world: World, clock: StandingClock, release: AdapterRelease, failure: Failure = HANG) -> None:
    adapter_health.failed(session, release, failure, area_path=world.areas["county"].path, actor="任务", now=clock.now())


def test_five_failures_open_the_breaker_and_one_caller_tries_again(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    for _ in range(adapter_health.OPENS_AFTER):
        assert adapter_health.may_call(session, release, now=clock.now())
        fail(session, world, clock, release)
    assert not adapter_health.may_call(session, release, now=clock.now())
    with pytest.raises(NotAllowedHere, match="超时"):
        adapter_health.require_callable(session, release, now=clock.now())
    clock.move(minutes=5)
    assert [adapter_health.may_call(session, release, now=clock.now()) for _ in range(2)] == [True, False]
    adapter_health.succeeded(session, release, now=clock.now())
    assert adapter_health.may_call(session, release, now=clock.now()) and release.last_ok_at == clock.now()


def test_an_answer_about_a_stranger_opens_the_breaker_at_once(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    fail(session, world, clock, release, STRANGER)
    assert not adapter_health.may_call(session, release, now=clock.now())


def test_a_sheet_at_which_our_reader_fails_is_not_held_against_the_adapter(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    for _ in range(9):
        fail(session, world, clock, release, replace(HANG, blames=False))
    assert adapter_health.may_call(session, release, now=clock.now()) and release.last_failure == HANG.text


def test_every_failure_is_one_sentence_and_one_event(session: Session, world: World, clock: StandingClock,
                                                     release: AdapterRelease) -> None:
    fail(session, world, clock, release)
    clock.move(minutes=1)
    fail(session, world, clock, release, STRANGER)
    assert [row.text for row in adapter_health.failures_of(session, release)] == [STRANGER.text, HANG.text]
    assert tags(session).count("adapter.failed") == 2
    assert session.scalars(select(AdapterFailure.security).order_by(AdapterFailure.id)).all() == [False, True]


def test_a_call_runs_with_no_transaction_open_and_keeps_how_it_went(
        session: Session, world: World, clock: StandingClock, found: Usable, release: AdapterRelease,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.distributions, "find", lambda _name: found.installed)
    county = world.areas["county"].path
    open_then = adapter_health.call(session, release, lambda *_: session.in_transaction(), area_path=county, actor="任务",
                                    now=clock.now())
    assert open_then is False and release.last_ok_at == clock.now()

    def broken(*_: object) -> None:
        raise AdapterFailed(STRANGER)

    with pytest.raises(AdapterFailed):
        adapter_health.call(session, release, broken, area_path=county, actor="任务", now=clock.now())
    session.rollback()
    assert [row.text for row in adapter_health.failures_of(session, release)] == [STRANGER.text]


def test_the_sample_is_tried_by_the_worker_and_told_without_anybodys_data(
        app: Flask, session: Session, world: World, clock: StandingClock, found: Usable, release: AdapterRelease,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.distributions, "find", lambda _name: found.installed)
    adapter_trials.ask(session, release, actor=world.actors[OFFICER], now=clock.now())
    with pytest.raises(NotAllowedHere):
        adapter_trials.ask(session, release, actor=world.actors[OFFICER], now=clock.now())
    session.commit()
    drain(app)
    session.expire_all()
    (told,) = adapter_trials.latest(session, release).result
    assert (told["rows"], told["mapped"], told["facts"]) == (2, 1, [["住院报销后自付费用较高", 1]])
    assert told["problems"] == [[3, "结算日期", "日期看不懂，请按 2026-03-02 的样式填写日期"]] and IDS[0] not in str(told)


def test_a_try_that_fails_is_told_in_one_sentence(
        app: Flask, session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.distributions, "find", lambda _name: None)
    adapter_trials.ask(session, release, actor=world.actors[OFFICER], now=clock.now())
    session.commit()
    drain(app)
    session.expire_all()
    (told,) = adapter_trials.latest(session, release).result
    assert "fanpin adapter refresh" in told["refused"]


def test_installed_adapters_are_those_of_the_distributions() -> None:
    assert "fanpin-medical-insurance" in [one.entry for one in distributions.installed()]
