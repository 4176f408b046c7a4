"""kill -9 of the worker in the middle of a platform's export: no lead is there twice, and none is lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.adapters import distributions, run
from fanpin.extensions import db
from fanpin.models.audit import AuditEvent
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.models.outbox import OutboxItem
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.intake import LeadImportState
from fanpin.steps import adapters, channel_reading, channels, files, outbox
from fanpin.worker import Worker, drain
from tests.conftest import POSTGRESQL, Templates, create_postgresql, drop_postgresql
from tests.kill_harness import application, stop_at
from tests.world import World, load_world

NAME, ROWS = "fanpin-channel-province", 7
MINUTES = outbox.LEASE.seconds // 60 + 1
# Where a worker stops to be killed: whose function, its name, at which call; a fifth attempt must be left to succeed.
PLACES: dict[str, tuple[object, str, int]] = {
    "nothing is read": (channel_reading, "_read", 1),
    "everything is read and nothing is written": (channel_reading, "_write", 1),
    "some leads are made": (channel_reading, "_lead", 4),
    "all leads are written and nothing is committed": (channels, "households_of", 1),
}


def main() -> None:
    """Be a worker, some leases later than the clock says, that stops at one place."""
    instance, key_file, url, later, place = sys.argv[1:]
    app = application(Path(instance), Path(key_file), url)
    app.extensions["fanpin.clock"].offset = timedelta(minutes=int(later))
    with Worker(app) as worker:
        stop_at(*PLACES[place])
        print("ready", flush=True)
        worker.run(Event())


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def url(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates) -> Iterator[str]:
    """Lay a peopled database for processes to share."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'fanpin.sqlite'}"
        templates.lay("sqlite", address, peopled=True)
        yield address
    else:
        address = create_postgresql(template=templates.url("postgresql", peopled=True).rsplit("/", 1)[1])
        yield address
        drop_postgresql(address)


def owe_reading(session: Session, world: World, store: Path, clock: object) -> None:
    """Register the channel, and bring an export of it."""
    installed = distributions.find(NAME)
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())  # type: ignore[attr-defined]
    village, day = world.areas["village"].name, clock.today().isoformat()  # type: ignore[attr-defined]
    lines = ["受理编号,申请时间,申请人,所在村（社区）,申请事由"]
    lines += [f"YN{number},{day},测试阿朵,{village},第{number}个困难" for number in range(ROWS)]
    channels.upload(session, store, files.Upload("导出.csv", "\n".join([*lines, ""]).encode()), channels.offered(session)[0],
                    area=world.areas["county"], actor=world.actors["xian.ban"], now=clock.now())  # type: ignore[attr-defined]
    session.commit()


@pytest.mark.kill
def test_an_export_killed_everywhere_is_whole_in_the_end(
        tmp_path: Path, templates: Templates, keyring: crypto.Keyring, url: str) -> None:
    app = application(tmp_path, templates.key_file, url)
    with app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        clock = app.extensions["fanpin.clock"]
        owe_reading(session, load_world(session), app.config["FANPIN_SETTINGS"].files_dir, clock)
        for number, place in enumerate(PLACES):
            _kill(tmp_path, templates.key_file, url, number * MINUTES, place)
            assert session.scalars(select(Lead)).all() == [], place
            session.rollback()
        clock.offset = timedelta(minutes=len(PLACES) * MINUTES)
        drain(app)
        session.expire_all()
        assert set(session.scalars(select(OutboxItem.state))) == {"done"}
        row = session.scalars(select(LeadImport)).one()
        assert (row.state, row.rows, row.taken, row.repeated, row.wrong) == (LeadImportState.DONE, ROWS, ROWS, 0, 0)
        assert sorted(session.scalars(select(Lead.statement))) == [f"第{number}个困难" for number in range(ROWS)]
        assert session.scalars(select(AuditEvent.tag)).all().count("intake.imported") == 1
        assert audit.verify(session).whole
        db.session.remove()
        db.engine.dispose()
    crypto.init_keyring(keyring)


def _kill(folder: Path, key_file: Path, url: str, later: int, place: str) -> None:
    process = subprocess.Popen([sys.executable, "-m", "tests.test_channel_kills", folder, key_file, url, str(later), place],
                               stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["ready\n", "there\n"], place
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    process.stdout.close()


if __name__ == "__main__":
    main()
