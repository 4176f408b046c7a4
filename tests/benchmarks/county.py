"""Eighteen departments' sheets in one go, and the memory of the worker that reads them: alone, `python -m tests.benchmarks.county`."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from fanpin import crypto, security
from fanpin.adapters.reading import SheetReading
from fanpin.clock import Clock
from fanpin.extensions import db
from fanpin.models.deliveries import Delivery
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.departments import Department
from fanpin.steps import screening_month
from fanpin.worker import drain
from tests.adapters.books import HEADING, STAYS, book, line
from tests.county_sheets import DEPARTMENTS, owe_everything
from tests.kill_harness import application
from tests.world import build_world

ROWS, SIZES, HOUSEHOLDS, FORTY = 10_000, (1_000, 10_000, 50_000), 200, 40
ONE = (Department.MEDICAL_INSURANCE,)


@dataclass(frozen=True)
class Taken:
    """What a worker read: how many sheets and rows, for how long, and the most memory that it held."""

    sheets: int
    rows: int
    seconds: float
    worker_mb: float


@dataclass(frozen=True)
class Read:
    """The most memory that the child held that reads a workbook of so many rows and columns: its library holds the whole sheet."""

    rows: int
    columns: int
    child_mb: float


def taken(rows: int, *, departments: Sequence[Department] = DEPARTMENTS, households: int = HOUSEHOLDS) -> Taken:
    """Let departments send so many rows each, and a worker of its own read them all."""
    with tempfile.TemporaryDirectory(prefix="fanpin-county-") as folder:
        _owe(Path(folder), rows, departments, households)
        said = subprocess.run([sys.executable, "-m", "tests.benchmarks.county", "--read", folder], check=True, capture_output=True)
        return Taken(len(departments), rows, **json.loads(said.stdout))


def flat(sizes: Sequence[int] = SIZES) -> list[Taken]:
    """Read one sheet of each size, each by a worker of its own."""
    return [taken(rows, departments=ONE) for rows in sizes]


def children(sizes: Sequence[int] = SIZES) -> list[Read]:
    """Let the reading child read workbooks of four columns and of forty."""
    found = []
    with tempfile.TemporaryDirectory(prefix="fanpin-reader-") as folder:
        for rows, more in ((rows, more) for rows in sizes for more in (0, FORTY - len(HEADING))):
            lines = ([*line(number % 900, 自付=f"{number}.50"), *["内容"] * more] for number in range(rows - 1))
            path = book(Path(folder) / "a.xlsx", [[*HEADING, *(f"列{number}" for number in range(more))], *lines])
            with SheetReading(path, [STAYS]) as reading:
                for _ in reading:
                    pass
                found.append(Read(rows, len(HEADING) + more, _most_mb(str(reading._child._process._popen.pid))))
    return found


def table(county: Taken, sizes: Sequence[Taken], read: Sequence[Read]) -> str:
    """Return all as Markdown; the ratio is to the smallest sheet."""
    lines = ["### A county's sheets in one go, and the memory of those who read", "",
             "| sheets | rows each | read and written | rows/s | worker, most | ratio |", "| -- | -- | -- | -- | -- | -- |"]
    lines += [f"| {row.sheets} | {row.rows:,} | {row.seconds:.0f} s | {row.sheets * row.rows / row.seconds:,.0f} | "
              f"{row.worker_mb:.0f} MB | {row.worker_mb / sizes[0].worker_mb:.2f} |" for row in (*sizes, county)]
    lines += ["", "| rows of a workbook | columns | reading child, most |", "| -- | -- | -- |"]
    lines += [f"| {row.rows:,} | {row.columns} | {row.child_mb:.0f} MB |" for row in read]
    return "\n".join([*lines, ""])


def _most_mb(process: str = "self") -> float:
    """Return the most memory that a process held since its program began; what it was forked from does not count."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def _owe(folder: Path, rows: int, departments: Sequence[Department], households: int) -> None:
    crypto.init_keyring(crypto.create_keyring(folder / "keys.json", demo=True))
    security.set_password_profile("test")
    app = application(folder, folder / "keys.json", _url(folder))
    with app.app_context():
        db.metadata.create_all(db.engine)
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="benchmark"))
        clock: Clock = app.extensions["fanpin.clock"]
        world = build_world(session, now=clock.now(), today=clock.today())
        session.commit()
        owe_everything(session, world, app, rows=rows, households=households, departments=departments)
        db.session.remove()
        db.engine.dispose()


def _read(folder: Path) -> None:
    """Be the worker, and say how it went."""
    # The month's screening is another piece of work.
    screening_month.BY_ITSELF_FROM = 32
    app = application(folder, folder / "keys.json", _url(folder))
    begun = time.perf_counter()
    drain(app)
    seconds = time.perf_counter() - begun
    with app.app_context():
        set_scope(db.session(), Scope(ScopeKind.SYSTEM, reason="benchmark"))
        states = set(db.session.scalars(select(Delivery.state)))
    if states != {DeliveryState.DONE}:
        raise SystemExit(f"not every sheet was read: {states}")
    print(json.dumps({"seconds": seconds, "worker_mb": _most_mb()}))


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'fanpin.sqlite'}"


def main() -> None:
    """Measure and print, or be the worker that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of each of the eighteen sheets")
    parser.add_argument("--sizes", type=lambda words: [int(word) for word in words.split(",")], default=SIZES)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        _read(given.read)
    else:
        print(table(taken(given.rows), flat(given.sizes), children(given.sizes)))


if __name__ == "__main__":
    main()
