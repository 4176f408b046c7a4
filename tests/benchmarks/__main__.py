"""Measure fanpin: `python -m tests.benchmarks`, started by script/benchmark."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text

from fanpin import crypto, security
from fanpin.app import create_app
from fanpin.clock import Clock, at_noon
from fanpin.config import Settings
from fanpin.extensions import db
from tests.benchmarks import deliveries, papers, prefecture, report, sheets
from tests.benchmarks.cases import TODAY
from tests.benchmarks.measures import rate
from tests.benchmarks.pages import Pages
from tests.benchmarks.steps import Amounts, Steps

SERVER = os.environ.get("FANPIN_TEST_POSTGRESQL_URL", "")
DATABASES = ("sqlite", "postgresql")
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BARE_COMMITS = 100


def main() -> int:
    """Measure, print the table, and return 1 where a page's statements grow with the data."""
    given = _arguments()
    say = lambda words: print(words, file=sys.stderr, flush=True)  # noqa: E731
    runs: list[report.Measured] = []
    imported: list[deliveries.Import] = []
    with tempfile.TemporaryDirectory(prefix="fanpin-benchmark-") as folder:
        ring = crypto.create_keyring(Path(folder) / "keys.json", demo=True)
        security.set_password_profile("test")
        for count in given.households:
            runs += _size(Path(folder), ring, given, count, say, imported)
        say("screening a county")
        screened = deliveries.screening(Path(folder))
    runs.sort(key=lambda run: (DATABASES.index(run.database), run.households))
    say("papers")
    printed = papers.papers_per_second(3 if given.quick else 10)
    say("sheets")
    read = [sheets.measure(rows) for rows in ((2_000, 4_000) if given.quick else (10_000, 20_000))]
    found = f"{report.table(runs, printed)}\n{sheets.table(read)}\n{deliveries.table(screened, imported)}"
    print(found)
    if given.json:
        given.json.write_text(json.dumps({
            "runs": [asdict(run) for run in runs], "papers": {code: asdict(speed) for code, speed in printed.items()},
            "sheets": [asdict(run) for run in imported]}, indent=1))
    if given.write:
        _write(found)
    growing = report.grown(runs)
    for line in growing:
        say(f"grows: {line}")
    return 1 if growing else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/benchmark", description=main.__doc__)
    parser.add_argument("--households", type=lambda words: [int(word) for word in words.split(",")],
                        help="sizes, separated by commas (default 2000,200000)")
    parser.add_argument("--quick", action="store_true", help="2,000 and 20,000 households, fewer repetitions")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    given = parser.parse_args()
    given.households = sorted(given.households or ([2_000, 20_000] if given.quick else [2_000, 200_000]))
    given.databases = DATABASES if given.database == "both" else (given.database,)
    if "postgresql" in given.databases and not SERVER:
        parser.error("FANPIN_TEST_POSTGRESQL_URL is not set; script/benchmark starts a server and sets it")
    return given


def _size(folder: Path, ring: crypto.Keyring, given: argparse.Namespace, count: int, say: object,
          imported: list[deliveries.Import]) -> Iterator[report.Measured]:
    with _applications(folder / str(count), ring, given.databases) as apps:
        say(f"{count} households: making the data")
        begun = time.perf_counter()
        made = prefecture.build(list(apps.values()), count=count)
        made_in = time.perf_counter() - begun
        for name, app in apps.items():
            say(f"{count} households: measuring {name}")
            yield _measure(name, app, made, made_in, quick=given.quick)
        if count == given.households[0]:
            say("taking in deliveries")
            sizes = (2_000, 4_000) if given.quick else (10_000, 20_000)
            imported += deliveries.imports(next(iter(apps.values())), folder / str(count), sizes)


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


def _write(found: str) -> None:
    before, _mark, _old = PAGE.read_text(encoding="utf-8").partition("<!-- measured -->")
    PAGE.write_text(f"{before}<!-- measured -->\n\n{found}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
