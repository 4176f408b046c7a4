"""A county's eighteen departments send at once, and the worker is killed again and again: in the end all is as if it never was."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.extensions import db
from fanpin.models.deliveries import Delivery
from fanpin.models.outbox import OutboxItem
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.deliveries import DeliveryState
from fanpin.steps import delivery_draft, delivery_intake, delivery_placing, delivery_writing, matching, outbox, screening_month
from fanpin.worker import Worker, drain
from tests.conftest import Templates
from tests.county_sheets import DEPARTMENTS, owe_everything
from tests.kill_harness import application, stop_at
from tests.world import load_world

ROWS, HOUSEHOLDS = 300, 12
MINUTES = outbox.LEASE.seconds // 60 + 1
# Where the workers are killed one after the other: whose function, at which call of it since the worker began.
PLACES: list[tuple[object, str, int]] = [
    (delivery_draft.Draft, "_take", 3), (delivery_placing, "find", 9), (delivery_writing.Writing, "take", 12),
    (delivery_intake, "answer_all", 5), (delivery_intake.Intake, "_finish", 4), (delivery_draft.Draft, "_take", 1)]
# What must be the same in the end; a reference, a moment and a cipher's nonce are new each time.
WRITTEN = {
    "fact": "department, kind, household_id, member_id, number, date, ended, amount, value, label, as_of",
    "unmatched_row": "department, delivery_id, row_number, row_hash, reason, kind, member_id",
    "refused_member": "department, delivery_id, member_id",
    "coverage": "department, kind, complete, covers_to",
    "batch": "department, delivery_id, rows",
    "delivery": "department, state, rows, rows_read, matched, queued, wrong, repeated, quarantined, answered, problems, notices",
}


def main() -> None:
    """Be a worker, some leases later than the clock says, that stops at one place."""
    instance, key_file, later, place = sys.argv[1:]
    signal.alarm(300)
    # The month's screening would open warnings between two deliveries, at another moment in each run.
    matching.CHUNK, screening_month.BY_ITSELF_FROM = 50, 32
    app = application(Path(instance), Path(key_file), url(Path(instance)))
    app.extensions["fanpin.clock"].offset = timedelta(minutes=int(later))
    stop_at(*PLACES[int(place)], seconds=100)
    with Worker(app) as worker:
        worker.run(Event())


def everything(session: Session, store: Path) -> dict[str, object]:
    """Return all that deliveries have written, to SQL and to Parquet."""
    rows: dict[str, object] = {table: sorted(map(repr, session.execute(text(f"SELECT {columns} FROM {table}"))))  # noqa: S608
                               for table, columns in WRITTEN.items()}
    refs = {row.ref: row.department for row in session.scalars(select(Delivery))}
    kept = sorted((store / "facts").rglob("*"))
    return rows | {"parquet": {refs[path.stem]: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept if path.is_file()}}


@contextmanager
def opened(folder: Path, key_file: Path, *, later: int = 0) -> Iterator[tuple[Session, Flask]]:
    """Open an instance as the system, some minutes later than the clock says."""
    app = application(folder, key_file, url(folder))
    app.extensions["fanpin.clock"].offset = timedelta(minutes=later)
    with app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        yield session, app
        db.session.remove()
        db.engine.dispose()


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'fanpin.sqlite'}"


def finished(folder: Path, key_file: Path, *, later: int = 0) -> dict[str, object]:
    """Let a worker that nobody kills do what is left, and return all that was written."""
    with opened(folder, key_file, later=later) as (session, app):
        drain(app)
        session.expire_all()
        assert set(session.scalars(select(OutboxItem.state))) == {"done"}
        assert set(session.scalars(select(Delivery.state))) == {DeliveryState.DONE}
        return everything(session, app.config["FANPIN_SETTINGS"].files_dir)


@pytest.mark.kill
def test_eighteen_departments_at_once_among_kills_are_as_if_nobody_was_killed(
        tmp_path: Path, templates: Templates, keyring: crypto.Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "county"
    folder.mkdir()
    templates.lay("sqlite", url(folder), peopled=True)
    with opened(folder, templates.key_file) as (session, app):
        owe_everything(session, load_world(session), app, rows=ROWS, households=HOUSEHOLDS)
    shutil.copytree(folder, tmp_path / "undisturbed")
    for number in range(len(PLACES)):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.test_county_delivery", folder, templates.key_file, str(number * MINUTES), str(number)],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
        assert process.stdout.readline() == "there\n", PLACES[number][1]
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        process.stdout.close()
    monkeypatch.setattr(matching, "CHUNK", 50)
    disturbed = finished(folder, templates.key_file, later=len(PLACES) * MINUTES)
    undisturbed = finished(tmp_path / "undisturbed", templates.key_file)
    crypto.init_keyring(keyring)
    assert [table for table in undisturbed if disturbed[table] != undisturbed[table]] == []
    assert len(undisturbed["delivery"]) == len(undisturbed["batch"]) == len(DEPARTMENTS) == 18
    assert len(undisturbed["fact"]) > 100 and len(undisturbed["unmatched_row"]) > 100 and undisturbed["refused_member"]
    assert list(tmp_path.rglob("*.new")) == []


if __name__ == "__main__":
    main()
