"""kill -9 of the worker in the middle of a delivery and of a month: no fact, no row of the queue, no warning is there twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.extensions import db
from fanpin.models.audit import AuditEvent
from fanpin.models.county import Batch, CoverageRow, FactRow
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.findings import HouseholdFinding, ScreeningRun
from fanpin.models.outbox import OutboxItem
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.models.warnings import Warning
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.findings import RunState
from fanpin.rules.intake import LeadSource
from fanpin.steps import (
    analysis, delivery_draft, delivery_intake, delivery_placing, delivery_writing, findings, matching, outbox, screening_month,
)
from fanpin.worker import Worker, drain
from tests.builders import a_household, an_id
from tests.conftest import POSTGRESQL, Templates, create_postgresql, drop_postgresql
from tests.kill_harness import application, stop_at
from tests.sheet_makers import ID, NAME, sent
from tests.world import World, load_world

HOUSEHOLDS, WARNED, STRANGERS = 8, 4, 3
KIND, DEPARTMENT, PAID, SETTLED = "high_medical_cost", "medical_insurance", "自付金额", "结算日期"
MINUTES = outbox.LEASE.seconds // 60 + 1
# Where a worker stops to be killed: whose function, its name, at which call.
PLACES: dict[str, tuple[object, str, int]] = {
    "the first rows are read": (delivery_draft.Draft, "_take", 1),
    "a part of the rows is matched": (delivery_placing, "find", 2),
    "a part of the rows is written": (delivery_writing.Writing, "take", 2),
    "all facts are written and nothing is committed": (delivery_intake, "answer_all", 1),
    "a household's warning is written": (findings, "_keep_evidence", 1),
    "a part of the month is written": (findings, "_keep_evidence", 2),
}


def main() -> None:
    """Be a worker, some leases later than the clock says, that stops at one place."""
    instance, key_file, url, later, place = sys.argv[1:]
    # Whoever does not come to the place ends, and is missed.
    signal.alarm(120)
    findings.AT_A_TIME, matching.CHUNK, screening_month.BY_ITSELF_FROM = 3, 4, 32
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


class Town:
    """A county whose workers are killed, each some leases after the one before."""

    def __init__(self, folder: Path, key_file: Path, url: str, app: Flask) -> None:
        self.folder, self.key_file, self.url, self.app, self.later = folder, key_file, url, app, 0

    def killed(self, place: str) -> None:
        """Start a worker and kill it where it stops."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.test_delivery_kills", self.folder, self.key_file, self.url, str(self.later), place],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
        assert [process.stdout.readline() for _ in range(2)] == ["ready\n", "there\n"], place
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        process.stdout.close()
        self.later += MINUTES

    def finished(self, session: Session) -> None:
        """Let a worker that nobody kills do what is left."""
        self.app.extensions["fanpin.clock"].offset = timedelta(minutes=self.later)
        drain(self.app)
        session.expire_all()
        assert set(session.scalars(select(OutboxItem.state))) == {"done"}


def owe_reading(session: Session, world: World, app: Flask) -> None:
    """Enter households, some of them with an open warning, and send a sheet about all of them and some strangers."""
    clock, store = app.extensions["fanpin.clock"], app.config["FANPIN_SETTINGS"].files_dir
    day = (clock.today() - timedelta(days=10)).isoformat()
    homes = [a_household(session, world, now=clock.now(), today=clock.today(), lifted=False) for _ in range(HOUSEHOLDS)]
    for home in homes[:WARNED]:
        analysis.enter_warning(session, home, source=LeadSource.MEDIA, department="", document="", content="妻子住院",
                               actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    rows = [{ID: home.members[0].id_number, NAME: home.members[0].name, PAID: "21300", SETTLED: day} for home in homes]
    rows += [{ID: an_id(clock.today().replace(year=1970 + number)), NAME: "测外县", PAID: "100", SETTLED: day}
             for number in range(STRANGERS)]
    sent(session, world, clock, store, KIND, rows, department=DEPARTMENT, complete=True)
    session.commit()


def count(session: Session, model: type) -> int:
    found = session.scalar(select(func.count()).select_from(model))
    return found or 0


@pytest.mark.kill
def test_a_delivery_and_a_month_killed_everywhere_are_whole_in_the_end(
        tmp_path: Path, templates: Templates, keyring: crypto.Keyring, url: str) -> None:
    app = application(tmp_path, templates.key_file, url)
    with app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        world = load_world(session)
        town = Town(tmp_path, templates.key_file, url, app)
        owe_reading(session, world, app)
        _read_among_kills(session, town)
        clock = app.extensions["fanpin.clock"]
        screening_month.ask(session, world.areas["county"], actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
        session.commit()
        town.killed("a part of the month is written")
        town.killed("a part of the month is written")
        session.rollback()
        town.finished(session)
        assert session.scalars(select(ScreeningRun.state)).one() is RunState.DONE
        assert count(session, Warning) == count(session, HouseholdFinding) == count(session, FactRow) == HOUSEHOLDS
        assert all(text.count("住院报销后自付费用较高") == 1 for text in session.scalars(select(Warning.content)))
        assert len(set(session.scalars(select(FactRow.number)))) == HOUSEHOLDS
        assert session.scalars(select(AuditEvent.tag)).all().count("screening.done") == 1
        assert audit.verify(session).whole
        db.session.remove()
        db.engine.dispose()
    crypto.init_keyring(keyring)


def _read_among_kills(session: Session, town: Town) -> None:
    """Kill the readers, each further on, and one who looks again at a household; what is written is written once."""
    *reading, looking, _ = PLACES
    for place in reading:
        town.killed(place)
        assert [count(session, model) for model in (FactRow, UnmatchedRow, Batch, CoverageRow)] == [0, 0, 0, 0], place
        session.rollback()
    town.killed(looking)
    town.finished(session)
    row = session.scalars(select(Delivery)).one()
    assert (row.state, row.matched, row.queued, row.repeated, row.wrong) == (DeliveryState.DONE, HOUSEHOLDS, STRANGERS, 0, 0)
    assert [count(session, model) for model in (FactRow, UnmatchedRow, Batch, CoverageRow, Warning)] == [WARNED, STRANGERS, 1, 1, WARNED]
    assert session.scalars(select(AuditEvent.tag)).all().count("delivery.accept") == 1
    looked = session.scalars(select(OutboxItem).where(OutboxItem.kind == "screening.household")).all()
    assert len(looked) == len({item.payload["household"] for item in looked}) == WARNED


if __name__ == "__main__":
    main()
