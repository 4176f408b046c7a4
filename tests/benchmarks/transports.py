"""How fast rows come in by each transport, beside the bare library that reads the same in the same run."""

import csv
import http.client
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import python_calamine
from sqlalchemy import Column, MetaData, Text, create_engine, insert, select
from sqlalchemy import Table as SqlTable

from fanpin.adapters.fetching import Fetching
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.sql import Database
from tests.adapters.books import HEADING, STAYS, book, delimited, line
from tests.adapters.platform_server import HERE, SECRET, Desk, a_platform
from tests.benchmarks.cases import TODAY

ROWS, PAGE = 10_000, 500


@dataclass(frozen=True)
class Carried:
    """Rows per second by one transport: by the bare library, and as the core takes them, child, header and cells included."""

    transport: str
    rows: int
    bare: float
    taken: float


def carried(rows: int = ROWS) -> list[Carried]:
    """Read the same rows by every transport."""
    lines = [line(number % 900, 自付=f"{number}.50") for number in range(rows)]
    with tempfile.TemporaryDirectory(prefix="fanpin-transports-") as room:
        folder = Path(room)
        workbook, text = book(folder / "a.xlsx", [HEADING, *lines]), delimited(folder / "a.csv", [HEADING, *lines])
        database = _filled(f"sqlite:///{folder / 'a.sqlite'}", lines)
        with _platform(lines) as platform:
            ways: list[tuple[str, Callable[[], int], Callable[[], int]]] = [
                ("sheet, xlsx (python-calamine)", lambda: _bare_xlsx(workbook), lambda: _sheet(workbook)),
                ("sheet, CSV (csv)", lambda: _bare_csv(text), lambda: _sheet(text)),
                ("中间库 on SQLite (SQLAlchemy)", lambda: _bare_sql(database), lambda: _fetched(database)),
                ("platform, pages of 500 (http.client, json)", lambda: _bare_http(platform), lambda: _fetched(platform))]
            return [Carried(name, rows, _rate(bare, rows), _rate(taken, rows)) for name, bare, taken in ways]


def table(measured: list[Carried]) -> str:
    """Return the rates as Markdown."""
    out = ["### Transports", "", "| transport (bare library) | rows | bare | taken | share |", "| -- | -- | -- | -- | -- |"]
    out += [f"| {row.transport} | {row.rows:,} | {row.bare:,.0f} rows/s | {row.taken:,.0f} rows/s | {row.taken / row.bare:.0%} |"
            for row in measured]
    return "\n".join([*out, ""])


def _rate(read: Callable[[], int], rows: int) -> float:
    begun = time.perf_counter()
    found = read()
    seconds = time.perf_counter() - begun
    if found != rows:
        raise RuntimeError(f"{found} rows came instead of {rows}")
    return rows / seconds


def _sheet(path: Path) -> int:
    with SheetReading(path, [STAYS]) as reading:
        return sum(len(chunk.rows) for chunk in reading)


def _fetched(source: Database | Platform) -> int:
    with Fetching(STAYS, source, today=TODAY) as fetching:
        return sum(len(chunk.rows) for chunk in fetching)


def _bare_xlsx(path: Path) -> int:
    return len(python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 1


def _bare_csv(path: Path) -> int:
    with open(path, encoding="utf-8", newline="") as content:
        return len(list(csv.reader(content))) - 1


def _bare_sql(database: Database) -> int:
    engine = create_engine(database.url)
    with engine.connect() as connection:
        found = connection.execute(select(SqlTable(database.table, MetaData(), autoload_with=connection))).all()
    engine.dispose()
    return len(found)


def _bare_http(platform: Platform) -> int:
    place = urlsplit(platform.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port)
    connection.request("POST", "/token", json.dumps({"appId": platform.app_id, "appSecret": platform.secret}))
    token = json.loads(connection.getresponse().read())["access_token"]
    found, page = 0, 1
    while True:
        connection.request("GET", f"{place.path}?pageNum={page}&pageSize={PAGE}", headers={"Authorization": f"Bearer {token}"})
        records = json.loads(connection.getresponse().read())["data"]["records"]
        found, page = found + len(records), page + 1
        if len(records) < PAGE:
            connection.close()
            return found


def _filled(url: str, lines: list[list[object]]) -> Database:
    engine = create_engine(url)
    stays = SqlTable("stays", MetaData(), *(Column(name, Text) for name in HEADING))
    stays.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(stays), [dict(zip(HEADING, row, strict=True)) for row in lines])
    engine.dispose()
    return Database(url=url, table="stays", reach=HERE)


@contextmanager
def _platform(lines: list[list[object]]) -> Iterator[Platform]:
    with a_platform(Desk(records=[dict(zip(HEADING, row, strict=True)) for row in lines])) as address:
        yield Platform(url=f"{address}/data", token_url=f"{address}/token", app_id="fanpin", secret=SECRET, page_size=PAGE, reach=HERE)


if __name__ == "__main__":
    print(table(carried()))
