"""Once a day each adapter answers about its known persons: right ones are dated, a wrong one stops the adapter in every county."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.distributions import Installed
from fanpin.models.adapters import AdapterFailure, AdapterRelease
from fanpin.models.audit import AuditEvent
from fanpin.models.outbox import OutboxItem
from fanpin.rules.refusals import NotAllowedHere
from fanpin.steps import adapter_health, adapter_known
from tests.conftest import StandingClock
from tests.registered import registered
from tests.world import World

SAMPLES = ("settlements", "twelve_months")


@pytest.fixture
def release(session: Session, world: World, clock: StandingClock) -> AdapterRelease:
    row = registered(session, now=clock.now())
    session.commit()
    return row


@pytest.fixture
def samples(release: AdapterRelease, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the adapter's samples lie where a test can change them."""
    installed = adapter_known.adapters.installed_of(release)
    for table in SAMPLES:
        sample = installed.sample(table)
        assert sample is not None
        for file in (sample, sample.with_suffix(".jsonl")):
            shutil.copy(file, tmp_path)
    monkeypatch.setattr(Installed, "sample", lambda _self, table: tmp_path / f"{table}.csv")
    return tmp_path


def compared(session: Session, clock: StandingClock, release: AdapterRelease) -> AdapterRelease:
    number = release.id
    session.commit()
    adapter_known.compare(session, {"release": number}, clock.now())
    session.commit()
    session.refresh(release)
    return release


def test_right_answers_are_dated_and_the_next_comparison_is_due_a_day_later(
        session: Session, clock: StandingClock, release: AdapterRelease) -> None:
    assert adapter_known.due(session, now=clock.now()) == [release.id]
    compared(session, clock, release)
    assert (release.known_at, release.known_rows, release.known_wrong, release.failures) == (clock.now(), 8, "", 0)
    assert adapter_known.due(session, now=clock.now()) == []
    clock.move(days=1)
    assert adapter_known.due(session, now=clock.now()) == [release.id]
    for _ in range(2):
        adapter_known.owe(session, [release.id], now=clock.now())
    assert len(session.scalars(select(OutboxItem).where(OutboxItem.kind == "adapter.known")).all()) == 1


@pytest.mark.parametrize(("old", "new"), [("1409050", "1409051"), ('"facts": []', '"facts": [{"kind": "high_medical_cost"}]'), ("{", "no json {")])
def test_a_wrong_answer_stops_the_adapter_until_it_answers_rightly(
        session: Session, clock: StandingClock, release: AdapterRelease, samples: Path, old: str, new: str) -> None:
    file = samples / "settlements.jsonl"
    right = file.read_text(encoding="utf-8")
    assert old in right
    file.write_text(right.replace(old, new, 1), encoding="utf-8")
    compared(session, clock, release)
    assert "对已知人员答错" in release.known_wrong and release.known_at is None
    (kept,) = session.scalars(select(AdapterFailure)).all()
    assert (kept.code, kept.security, kept.department) == ("known_wrong", True, release.department)
    assert session.scalars(select(AuditEvent.tag)).all().count("adapter.failed") == 1
    # The pause of the breaker is over long since; still nobody calls it.
    clock.move(days=1)
    with pytest.raises(NotAllowedHere, match="对已知人员答错"):
        adapter_health.require_callable(session, release, now=clock.now())
    file.write_text(right, encoding="utf-8")
    compared(session, clock, release)
    assert release.known_wrong == ""
    adapter_health.require_callable(session, release, now=clock.now())


def test_a_known_person_who_is_not_answered_any_more_is_a_wrong_answer(
        session: Session, clock: StandingClock, release: AdapterRelease, samples: Path) -> None:
    sheet = samples / "settlements.csv"
    sheet.write_text("\n".join(sheet.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    assert "第5行" in compared(session, clock, release).known_wrong


def test_an_adapter_without_known_persons_is_neither_right_nor_wrong(
        session: Session, clock: StandingClock, release: AdapterRelease, samples: Path) -> None:
    for table in SAMPLES:
        (samples / f"{table}.jsonl").unlink()
    compared(session, clock, release)
    assert (release.known_at, release.known_wrong, release.known_tried_at) == (None, "", clock.now())
