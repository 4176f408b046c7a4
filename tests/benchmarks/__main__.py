"""Measure fanpin: `python -m tests.benchmarks`, started by script/benchmark."""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text

from fanpin import crypto, security
from fanpin.app import create_app
from fanpin.clock import Clock, at_noon
from fanpin.config import Settings
from fanpin.extensions import db
from tests.benchmarks import county, deliveries, outages, papers, prefecture, report, sheets, transports
from tests.benchmarks.cases import TODAY
from tests.benchmarks.measures import rate
from tests.benchmarks.pages import Pages
from tests.benchmarks.steps import Amounts, Steps

SERVER = os.environ.get("FANPIN_TEST_POSTGRESQL_URL", "")
DATABASES = ("sqlite", "postgresql")
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BARE_COMMITS = 100


def main() -> int:
    """Measure, print the tables, and return 1 where a page's statements grow with the data."""
    given = _arguments()
    security.set_password_profile("test")
    growing: list[str] = []
    with tempfile.TemporaryDirectory(prefix="fanpin-benchmark-") as folder:
        run = Run(given, Path(folder), crypto.create_keyring(Path(folder) / "keys.json", demo=True), growing)
        for name in given.only:
            _say(name)
            found = f"{getattr(run, name)()}\n\n{_imprint()}"
            print(found, flush=True)
            if given.write:
                _write(name, found)
    for line in growing:
        _say(f"grows: {line}")
    return 1 if growing else 0


@dataclass(frozen=True)
class Run:
    """One run: each part measures one thing and returns its tables as Markdown; pages that grow are kept in `growing`."""

    given: argparse.Namespace
    folder: Path
    ring: crypto.Keyring
    growing: list[str]

    def pages(self) -> str:
        """Measure writing, whole pages and bare queries at every size on every database."""
        runs = [run for count in self.given.households for run in self._size(count)]
        runs.sort(key=lambda run: (DATABASES.index(run.database), run.households))
        self.growing.extend(report.grown(runs))
        if self.given.json:
            self.given.json.write_text(json.dumps([asdict(run) for run in runs], indent=1))
        return report.table(runs)

    def papers(self) -> str:
        """Measure printing."""
        return report.papers_table(papers.papers_per_second(3 if self.given.quick else 10))

    def sheets(self) -> str:
        """Measure the register's sheets through the browser."""
        return sheets.table([sheets.measure(rows) for rows in self._rows])

    def deliveries(self) -> str:
        """Measure a county's screening, and departments' sheets on their way in."""
        screened = deliveries.screening(self.folder)
        with _applications(self.folder / "deliveries", self.ring, ("sqlite",)) as apps:
            prefecture.build(list(apps.values()), count=min(self.given.households))
            imported = deliveries.imports(apps["sqlite"], self.folder / "deliveries", self._rows)
        return deliveries.table(screened, imported)

    def transports(self) -> str:
        """Measure every transport beside the bare library that reads the same."""
        return transports.table(transports.carried(3_000 if self.given.quick else transports.ROWS))

    def county(self) -> str:
        """Measure eighteen departments' sheets in one go, and the memory of those who read."""
        sizes = (1_000, 5_000) if self.given.quick else county.SIZES
        at_once = county.taken(500 if self.given.quick else county.ROWS)
        return county.table(at_once, county.flat(sizes), county.children(sizes))

    def outages(self) -> str:
        """Measure pages while adapters are down, on a demo county."""
        few = self.given.quick
        room = self.folder / "outages"
        room.mkdir()
        return outages.table(outages.measure(room, households=180 if few else 2_000, rounds=1 if few else 3, seconds=40 if few else 60))

    @property
    def _rows(self) -> tuple[int, int]:
        return (2_000, 4_000) if self.given.quick else (10_000, 20_000)

    def _size(self, count: int) -> Iterator[report.Measured]:
        with _applications(self.folder / str(count), self.ring, self.given.databases) as apps:
            _say(f"{count} households: making the data")
            begun = time.perf_counter()
            made = prefecture.build(list(apps.values()), count=count)
            made_in = time.perf_counter() - begun
            for name, app in apps.items():
                _say(f"{count} households: measuring {name}")
                yield _measure(name, app, made, made_in, quick=self.given.quick)


PARTS = ("pages", "papers", "sheets", "deliveries", "transports", "outages", "county")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/benchmark", description=main.__doc__)
    parser.add_argument("--only", type=lambda words: words.split(","), default=list(PARTS), metavar="PART,PART",
                        help=f"parts, separated by commas (default all: {','.join(PARTS)})")
    parser.add_argument("--households", type=lambda words: [int(word) for word in words.split(",")],
                        help="sizes, separated by commas (default 2000,200000)")
    parser.add_argument("--quick", action="store_true", help="2,000 and 20,000 households, fewer repetitions")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures of the pages there, too")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md, each in its place")
    given = parser.parse_args()
    given.households = sorted(given.households or ([2_000, 20_000] if given.quick else [2_000, 200_000]))
    given.databases = DATABASES if given.database == "both" else (given.database,)
    if unknown := [name for name in given.only if name not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}, only {', '.join(PARTS)}")
    if "pages" in given.only and "postgresql" in given.databases and not SERVER:
        parser.error("FANPIN_TEST_POSTGRESQL_URL is not set; script/benchmark starts a server and sets it")
    return given


def _measure(name: str, app: Flask, made: prefecture.Prefecture, made_in: float, *, quick: bool) -> report.Measured:
    steps = Steps(app, made)
    pages = Pages(app, made, steps.cases_for_pages())
    times = 20 if quick else 60
    found = pages.measure(times)
    queries = pages.queries(times * 2)
    rates = steps.measure(Amounts(60, 2, 40, 10) if quick else Amounts())
    return report.Measured(name, made.households, made_in, _bare_commits(app), os.getloadavg()[0], rates, found, queries)


def _bare_commits(app: Flask) -> float:
    """Return how many empty-handed durable commits per second this disk allows: the ceiling of one commit per act."""
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE bare (n INTEGER)"))

        def commit() -> None:
            with db.engine.begin() as connection:
                connection.execute(text("INSERT INTO bare VALUES (1)"))

        found = rate([commit] * BARE_COMMITS)
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE bare"))
    return found.per_second


class _StandingClock(Clock):
    """Noon of one day, so that every run sees the same limits."""

    def now(self) -> datetime:
        return at_noon(TODAY)


@contextmanager
def _applications(folder: Path, ring: crypto.Keyring, databases: Sequence[str]) -> Iterator[dict[str, Flask]]:
    folder.mkdir()
    name = f"fanpin_benchmark_{os.getpid()}_{datetime.now(UTC):%H%M%S}"
    urls = {"sqlite": f"sqlite:///{folder / 'fanpin.sqlite'}", "postgresql": f"{SERVER.rsplit('/', 1)[0]}/{name}"}
    if "postgresql" in databases:
        _on_server(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    apps = {database: _application(folder, urls[database], ring) for database in databases}
    try:
        yield apps
    finally:
        for app in apps.values():
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
        if "postgresql" in databases:
            _on_server(f"DROP DATABASE {name} WITH (FORCE)")
        for file in folder.glob("fanpin.sqlite*"):
            file.unlink()


def _application(folder: Path, url: str, ring: crypto.Keyring) -> Flask:
    settings = Settings.load({"FANPIN_DATABASE_URL": url, "FANPIN_PASSWORD_PROFILE": "test"}, instance=folder)
    app = create_app(settings, clock=_StandingClock(), keyring=ring)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def _on_server(statement: str) -> None:
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _imprint() -> str:
    """Say which command printed tables, of which commit, and how busy the machine was at the end."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, cwd=PAGE.parent, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    command = shlex.join(["script/benchmark", *sys.argv[1:]])
    return f"*`{command}`, {datetime.now(UTC):%Y-%m-%d}, commit {commit}, load {os.getloadavg()[0]:.1f}*"


def _write(name: str, found: str) -> None:
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{found}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
