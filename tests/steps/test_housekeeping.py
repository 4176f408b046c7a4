"""Sealing the trail while others write: no event slips in behind its anchor."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.extensions import db, prepare_engine, writing
from fanpin.steps import housekeeping
from tests.conftest import POSTGRESQL, postgresql_database

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, keyring: crypto.Keyring) -> Iterator[Engine]:
    crypto.init_keyring(keyring)
    for url in postgresql_database() if request.param == "postgresql" else (f"sqlite:///{tmp_path / 'a.sqlite'}",):
        made = create_engine(url)
        prepare_engine(made)
        db.metadata.create_all(made)
        yield made
        made.dispose()


def write(session: Session, stream: str) -> None:
    audit.record(session, "system.init", actor="test", now=NOW, stream=stream)


def test_an_anchor_waits_for_the_events_with_smaller_numbers(engine: Engine) -> None:
    def seal() -> None:
        with Session(engine) as session, writing(session):
            housekeeping.seal_trail(session, now=NOW)

    slow = Session(engine)
    write(slow, "case:1")
    if engine.dialect.name == "postgresql":
        # A later number is committed before the earlier one.
        with Session(engine) as session, writing(session):
            write(session, "case:2")
    sealing = threading.Thread(target=seal)
    sealing.start()
    sealing.join(0.5)
    assert sealing.is_alive()
    slow.commit()
    slow.close()
    sealing.join(20)
    with Session(engine) as session:
        report = audit.verify(session)
        session.rollback()
    assert report.whole and report.anchors == 1


def test_the_planner_knows_the_sizes_of_the_tables(engine: Engine) -> None:
    with Session(engine) as session, writing(session):
        for number in range(20):
            write(session, f"case:{number}")
    with Session(engine) as session, writing(session):
        housekeeping.learn_sizes(session)
    if engine.dialect.name == "sqlite":
        with Session(engine) as session:
            known = dict(session.execute(text("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'audit_event'")).all())
        assert known["uq_audit_event_stream_seq"].split()[0] == "20"
