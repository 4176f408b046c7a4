"""kill -9 of the worker in the middle of reading and writing a sheet: it goes on, nobody is written twice, nothing is torn."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select

from fanpin import audit, crypto
from fanpin.extensions import db
from fanpin.models.audit import AuditEvent
from fanpin.models.households import Household, Member
from fanpin.models.register import ChangeState, ImportBatch, ImportChange, ImportState
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.steps import outbox, register_import
from fanpin.worker import Worker, drain
from tests.conftest import Templates
from tests.kill_harness import application
from tests.register import family, sheet
from tests.world import load_world

KILLS, HOUSEHOLDS, CHUNK = 3, 240, 8


def main() -> None:
    """Be a worker, some leases later than the clock says, that writes a few households at a time."""
    register_import.AT_ONCE = CHUNK
    app = application(Path(sys.argv[1]), Path(sys.argv[2]))
    app.extensions["fanpin.clock"].offset = timedelta(minutes=int(sys.argv[3]))
    with Worker(app) as worker:
        print("ready", flush=True)
        worker.run(Event())


def killed(folder: Path, key_file: Path, *, later: int, after: float) -> None:
    """Start a worker and kill it after some time of work."""
    process = subprocess.Popen([sys.executable, "-m", "tests.test_register_kills", folder, key_file, str(later)],
                               stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    assert process.stdout.readline() == "ready\n"
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    process.stdout.close()


@pytest.mark.kill
def test_an_import_killed_again_and_again_is_whole_in_the_end(tmp_path: Path, templates: Templates, keyring: crypto.Keyring) -> None:
    templates.lay("sqlite", f"sqlite:///{tmp_path / 'fanpin.sqlite'}", peopled=True)
    app = application(tmp_path, templates.key_file)
    store, chance, minutes = app.config["FANPIN_SETTINGS"].files_dir, random.Random(6), outbox.LEASE.seconds // 60 + 1
    with app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        world = load_world(session)
        clock = app.extensions["fanpin.clock"]
        content = sheet([row for number in range(1, HOUSEHOLDS + 1) for row in family(number)])
        batch = register_import.upload(session, store, name="表.xlsx", content=content, area=world.areas["county"],
                                       actor=world.actors["xian.ban"], now=clock.now())
        number = batch.id
        session.commit()
        killed(tmp_path, templates.key_file, later=0, after=0.1)
        clock.offset = timedelta(minutes=minutes)
        drain(app)
        session.expire_all()
        batch = session.scalars(select(ImportBatch).where(ImportBatch.id == number)).one()
        assert batch.state is ImportState.COMPARED
        register_import.accept(session, batch, refs=None, kind=None, actor=world.actors["xian.ban"], now=clock.now())
        session.commit()
        seen = []
        for turn in range(2, KILLS + 2):
            killed(tmp_path, templates.key_file, later=turn * minutes, after=chance.uniform(0.05, 0.5))
            session.rollback()
            seen.append(session.scalar(select(func.count()).select_from(Household)))
            session.rollback()
        clock.offset = timedelta(minutes=(KILLS + 3) * minutes)
        drain(app)
        session.expire_all()
        assert sorted(seen) == seen and any(0 < count < HOUSEHOLDS for count in seen), seen
        assert session.scalar(select(func.count()).select_from(Household)) == HOUSEHOLDS
        assert session.scalar(select(func.count()).select_from(Member)) == HOUSEHOLDS * 2
        assert session.scalars(select(Member.id_index).group_by(Member.id_index).having(func.count() > 1)).all() == []
        assert set(session.scalars(select(ImportChange.state))) == {ChangeState.APPLIED}
        assert session.scalars(select(ImportBatch.done)).one() == HOUSEHOLDS
        told = session.scalars(select(AuditEvent.stream).where(AuditEvent.tag == "register.accept",
                                                               AuditEvent.stream.like("household:%"))).all()
        assert len(told) == len(set(told)) == HOUSEHOLDS and audit.verify(session).whole
        db.session.remove()
        db.engine.dispose()
    crypto.init_keyring(keyring)


if __name__ == "__main__":
    main()
