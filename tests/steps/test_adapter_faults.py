"""Faulty adapters in earnest: the worker lives on, one event and one plain sentence are left, and nothing foreign is stored."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.adapters import run
from fanpin.models.adapters import AdapterFailure, AdapterRelease
from fanpin.models.audit import AuditDetail, AuditEvent
from fanpin.models.county import Batch, FactRow
from fanpin.steps import adapter_trials, adapters
from fanpin.worker import drain
from tests.adapters.faulty import with_samples
from tests.conftest import StandingClock
from tests.world import World

FAULTS = {"raises": False, "hangs_before_the_first_answer": False, "exits_without_a_word": False, "says_no_json": False,
          "eats_memory": False, "complains_with_secrets": False, "answers_about_somebody_else": True,
          "hides_an_id_in_words": True, "reads_the_parents_environment": True, "sends_by_udp": True}
OFFICER = "bm.civil-affairs"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_leaves_one_event_one_sentence_and_no_fact(
        name: str, app: Flask, session: Session, world: World, clock: StandingClock, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAP_SECONDS", 2)
    installed = with_samples(name, tmp_path / name)
    sound = run.declared(with_samples("sound", tmp_path / "sound"))
    assert sound.manifest is not None
    # One table is enough: the first failure ends the try.
    manifest = replace(sound.manifest, tables=sound.manifest.tables[:1])
    adapters.refresh(session, [replace(sound, installed=installed, manifest=manifest)], now=clock.now())
    monkeypatch.setattr(adapters.distributions, "find", lambda _name: installed)
    release = session.scalars(select(AdapterRelease)).one()
    adapter_trials.ask(session, release, actor=world.actors[OFFICER], now=clock.now())
    session.commit()
    drain(app)
    session.expire_all()
    (told,) = adapter_trials.latest(session, release).result
    (kept,) = session.scalars(select(AdapterFailure)).all()
    assert told["refused"] == kept.text == release.last_failure and kept.security is FAULTS[name]
    tags = session.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "adapter.failed")).all()
    assert len(tags) == 1
    assert session.scalar(select(func.count()).select_from(FactRow)) == session.scalar(select(func.count()).select_from(Batch)) == 0
    payloads = session.scalars(select(AuditDetail.payload)).all()
    assert not any("53018119600301100X" in payload or "就医" in payload for payload in payloads)
    drain(app)
