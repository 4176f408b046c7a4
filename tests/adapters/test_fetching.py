"""A department's rows are the same whether they come as a sheet, from its 中间库 or from the platform."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert

import fanpin_civil_affairs
from fanpin import sandbox
from fanpin.adapters import distributions, run
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import Problem, ReadRow
from tests.adapters.platform_server import HERE, SECRET, Desk, a_platform
from tests.conftest import POSTGRESQL, TODAY, create_postgresql, drop_postgresql

FOLDER = Path(str(fanpin_civil_affairs.__file__)).parent
RELIEF, AID = fanpin_civil_affairs.RELIEF, fanpin_civil_affairs.AID
SHEET = FOLDER / "samples" / "relief.csv"


def records(path: Path = SHEET) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as sheet:
        return list(csv.DictReader(sheet))


def from_sheet() -> list[ReadRow]:
    with SheetReading(SHEET, [RELIEF]) as reading:
        return [row for chunk in reading for row in chunk.rows]


def fetched(source: Database | Platform, **how: object) -> tuple[list[ReadRow], list[Problem], Fetching]:
    with Fetching(RELIEF, source, today=TODAY, **how) as fetching:  # type: ignore[arg-type]
        chunks = list(fetching)
    return [row for chunk in chunks for row in chunk.rows], [p for chunk in chunks for p in chunk.problems], fetching


def said(rows: list[ReadRow]) -> list[tuple[dict[str, str], dict[str, str | int]]]:
    return [(row.keys, row.cells) for row in rows]


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'zjk.sqlite'}" if request.param == "sqlite" else create_postgresql()
    rows = records()
    table = Table("lszz", MetaData(), *(Column(name, Text) for name in rows[0]), Column("gxsj", Text))
    engine = create_engine(url)
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [{**row, "gxsj": f"2026-02-{at + 1:02d}"} for at, row in enumerate(rows)])
    engine.dispose()
    yield Database(url=url, table="lszz", watermark="gxsj", reach=HERE)
    if request.param == "postgresql":
        drop_postgresql(url)


@pytest.fixture
def desk() -> Desk:
    return Desk(records=list(records()))


@pytest.fixture
def platform(desk: Desk) -> Iterator[Platform]:
    with a_platform(desk) as address:
        yield Platform(url=f"{address}/data", question_url=f"{address}/ask", token_url=f"{address}/token", app_id="fanpin",
                       secret=SECRET, page_size=3, reach=HERE)


def test_the_database_gives_what_the_sheet_gives(database: Database) -> None:
    rows, problems, fetching = fetched(database)
    assert said(rows) == said(from_sheet()) and len(rows) == 8 and problems == []
    assert fetching.mark == "s:2026-02-08"
    assert len(fetched(database, since=fetching.mark)[0]) == 1


def test_the_platform_gives_what_the_sheet_gives_page_by_page(platform: Platform, desk: Desk) -> None:
    rows, problems, _ = fetched(platform)
    assert said(rows) == said(from_sheet()) and problems == []
    assert len(desk.calls) == 4


def test_what_was_fetched_becomes_the_same_facts(platform: Platform) -> None:
    installed = distributions.in_folder(FOLDER)
    manifest = run.declared(installed).manifest
    assert manifest is not None
    rows, _, _ = fetched(platform)
    mapped = list(run.map_rows(installed, manifest, RELIEF, rows, as_of=date(2026, 3, 1)))
    assert [row.facts[0].amount for row in mapped][:3] == [300_000, 150_000, 80_000]


def test_fields_with_names_of_their_own_are_led_to_the_columns_by_a_setting(platform: Platform, desk: Desk) -> None:
    renamed = {"XM": "姓名", "SFZH": "身份证号", "JZJE": "救助金额", "FFRQ": "发放日期"}
    desk.records = [dict(zip(renamed, list(row.values())[:4], strict=True)) for row in records()]
    assert len(fetched(platform, renamed=renamed)[0]) == 8
    with pytest.raises(AdapterFailed, match="还缺这些字段：身份证号.*字段对应"):
        fetched(platform)


def test_each_bad_record_is_refused_with_its_number_and_the_rest_is_taken(platform: Platform, desk: Desk) -> None:
    good = dict(records()[0])
    desk.records = [good, {**good, "身份证号": int(good["身份证号"])}, {**good, "救助金额（元）": [1]}, {**good, "发放日期": "昨天"},
                    {**good, "姓名": None}, good]
    rows, problems, _ = fetched(platform)
    assert [row.number for row in rows] == [1, 6]
    assert [(problem.row, problem.column) for problem in problems] == [
        (2, "身份证号"), (3, "救助金额"), (4, "发放日期"), (5, "姓名")]


def test_an_answer_that_comes_later_leaves_a_ticket_that_fetches_it(platform: Platform, desk: Desk) -> None:
    desk.later = 1
    rows, _, fetching = fetched(platform, question={"persons": []})
    assert rows == [] and fetching.waiting is not None and fetching.waiting.due == date(2026, 3, 5)
    rows, _, fetching = fetched(platform, ticket=fetching.waiting.ticket)
    assert len(rows) == 8 and fetching.waiting is None


def test_a_platform_that_is_down_ends_in_one_sentence(desk: Desk) -> None:
    with pytest.raises(AdapterFailed, match="拒绝连接") as failed:
        fetched(Platform(url="http://127.0.0.1:9/data", reach=HERE))
    assert failed.value.failure.code == "unavailable" and not failed.value.failure.security


def test_what_was_fetched_can_be_kept_as_the_sheet_that_it_might_have_been(
        database: Database, platform: Platform, desk: Desk, tmp_path: Path) -> None:
    for source in (database, platform):
        with Fetching(RELIEF, source, today=TODAY, lines=True) as fetching:
            content = fetching.sheet()
        (tmp_path / "kept.csv").write_bytes(content)
        with SheetReading(tmp_path / "kept.csv", [RELIEF]) as reading:
            assert said([row for chunk in reading for row in chunk.rows]) == said(from_sheet())
    desk.records = [{**records()[0], "身份证号": 530628197403129031}]
    with Fetching(RELIEF, platform, today=TODAY, lines=True) as fetching:
        (tmp_path / "kept.csv").write_bytes(fetching.sheet())
    with SheetReading(tmp_path / "kept.csv", [RELIEF]) as reading:
        assert "数值格式" in reading.opened.refused
    desk.records = []
    with Fetching(RELIEF, platform, today=TODAY, lines=True) as fetching:
        assert fetching.sheet() == b""


def test_nothing_new_is_no_failure(database: Database, platform: Platform, desk: Desk) -> None:
    desk.records = []
    assert fetched(platform)[0] == [] and fetched(database, since="s:2027")[0] == []


def test_the_secret_stands_in_no_argument_and_no_environment(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    start = sandbox.subprocess.Popen
    monkeypatch.setattr(sandbox.subprocess, "Popen", lambda *given, **named: started.append((given, named.get("env")))
                        or start(*given, **named))
    assert len(fetched(platform)[0]) == 8
    assert started and SECRET not in repr(started)
    assert SECRET not in repr(platform)
