"""Import and export of the register's sheets through the browser, beside bare reading of the same file; memory, too.

`python -m tests.benchmarks.sheets ROWS FILE` prints one size as JSON; each size is measured in a process of its own.
"""

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from fanpin import crypto, security
from fanpin.app import create_app
from fanpin.clock import Clock, at_noon
from fanpin.config import Settings
from fanpin.extensions import db
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.worker import Worker
from tests.benchmarks.cases import TODAY
from tests.register import family, sheet
from tests.world import build_world, log_in

BARE = ("import sys, time; from python_calamine import CalamineWorkbook; begun = time.perf_counter(); "
        "CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python(); print(time.perf_counter() - begun)")
PEOPLE = 4


@dataclass(frozen=True)
class Imported:
    """One size: seconds of bare reading, of upload to differences, of writing, of the same file again, of export; MB."""

    rows: int
    bare: float
    compared: float
    written: float
    again: float
    exported: float
    memory_mb: int
    child_mb: int

    @property
    def whole(self) -> float:
        """Return the seconds from the file to the last household written."""
        return self.compared + self.written


class _StandingClock(Clock):
    def now(self) -> object:
        return at_noon(TODAY)


def measure(rows: int) -> Imported:
    """Measure one size in a process of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory(prefix="fanpin-sheet-") as room:
        path = Path(room) / "sheet.xlsx"
        path.write_bytes(made(rows // PEOPLE))
        done = subprocess.run([sys.executable, "-m", "tests.benchmarks.sheets", str(rows), str(path)], check=True,
                              capture_output=True, text=True)
    return Imported(**json.loads(done.stdout.splitlines()[-1]))


def table(runs: Sequence[Imported]) -> str:
    """Return the table of the page, with how the time grows from the first size to the last."""
    lines = ["### The register's sheets (SQLite, through the browser, audit written)", "",
             "| rows | bare reading | upload to differences | writing | in all | same file again | export | memory | reading child |",
             "|---|---|---|---|---|---|---|---|---|"]
    lines += [f"| {run.rows:,} | {run.bare:.2f} s | {run.compared:.1f} s | {run.written:.1f} s | **{run.whole:.1f} s** | {run.again:.1f} s "
              f"| {run.exported:.1f} s | {run.memory_mb} MB | {run.child_mb} MB |" for run in runs]
    first, last = runs[0], runs[-1]
    return "\n".join([*lines, "", f"{last.rows // first.rows} times the rows take {last.whole / first.whole:.1f} times the time.", ""])


def _measured(rows: int, path: Path, folder: Path) -> Imported:
    app = _application(folder)
    bare = float(subprocess.run([sys.executable, "-c", BARE, str(path)], check=True, capture_output=True, text=True).stdout)
    with app.app_context():
        client = log_in(app, "xian.ban")
    with Worker(app) as worker:
        place, compared = _timed(lambda: _upload(client, worker, path))
        written = _timed(lambda: _accept(client, worker, place))[1]
        again = _timed(lambda: _upload(client, worker, path))[1]
        exported = _timed(lambda: _export(client, worker))[1]
    usage, child = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return Imported(rows, bare, compared, written, again, exported, usage.ru_maxrss >> 10, child.ru_maxrss >> 10)


def made(households: int) -> bytes:
    """Return the workbook of so many invented households."""
    return sheet([row for number in range(1, households + 1) for row in family(number, people=PEOPLE)])


def _application(folder: Path) -> Flask:
    ring = crypto.create_keyring(folder / "keys.json", demo=True)
    security.set_password_profile("test")
    settings = Settings.load({"FANPIN_DATABASE_URL": f"sqlite:///{folder / 'fanpin.sqlite'}", "FANPIN_PASSWORD_PROFILE": "test"},
                             instance=folder)
    app = create_app(settings, clock=_StandingClock(), keyring=ring)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.metadata.create_all(db.engine)
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="benchmark"))
        build_world(session, now=at_noon(TODAY), today=TODAY)
        session.commit()
    return app


def _timed(work: object) -> tuple[object, float]:
    begun = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begun


def _upload(client: FlaskClient, worker: Worker, path: Path) -> str:
    answer = client.post("/register/", data={"file": (io.BytesIO(path.read_bytes()), "导出表.xlsx")},
                         content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    worker.drain()
    page = client.get(answer.location).get_data(as_text=True)
    assert "待处理差异" in page, page
    return answer.location


def _accept(client: FlaskClient, worker: Worker, place: object) -> None:
    assert client.post(f"{place}/accept", data={"all": "1"}).status_code == 302
    worker.drain()
    assert "待处理（0）" in client.get(str(place)).get_data(as_text=True)


def _export(client: FlaskClient, worker: Worker) -> None:
    answer = client.post("/exports/", data={"kind": "all", "reason": "测速"})
    assert answer.status_code == 302
    worker.drain()
    assert "下载第1份" in client.get(answer.location).get_data(as_text=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="fanpin-sheets-") as room:
        print(json.dumps(asdict(_measured(int(sys.argv[1]), Path(sys.argv[2]), Path(room)))))
