"""The 中间库 on SQLite and PostgreSQL: only what is new, only reading, and plain words where it fails."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, create_engine, insert

from fanpin.adapters.reach import Reach
from fanpin.adapters.transports import sql
from fanpin.adapters.transports.sql import Database, DatabaseFailed
from tests.adapters.platform_server import HERE
from tests.conftest import POSTGRESQL, create_postgresql, drop_postgresql

ROWS = 1201


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    url = f"sqlite:///{tmp_path / '中间库.sqlite'}" if request.param == "sqlite" else create_postgresql()
    engine = create_engine(url)
    table = Table("低保对象", MetaData(), Column("证件号码", Text), Column("number", Integer), Column("updated", DateTime))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [
            {"证件号码": f"5306{number:014d}", "number": number, "updated": datetime(2026, 1 + number // 1000, 1 + number % 28, 8)}
            for number in range(ROWS)])
    engine.dispose()
    yield url
    if request.param == "postgresql":
        drop_postgresql(url)


def read(address: str, *, since: str = "", watermark: str = "updated", table: str = "低保对象") -> tuple[list[str], str]:
    found = list(sql.pages(Database(url=address, table=table, watermark=watermark, reach=HERE), since=since))
    return [str(row["证件号码"]) for page in found for row in page.rows], found[-1].watermark if found else since


def test_all_rows_come_in_pages_oldest_first(address: str) -> None:
    pages = list(sql.pages(Database(url=address, table="低保对象", watermark="number", reach=HERE)))
    assert [len(page.rows) for page in pages] == [500, 500, 201]
    assert [row["number"] for page in pages for row in page.rows] == list(range(ROWS))
    assert list(pages[0].rows[0]) == ["证件号码", "number", "updated"]


def test_the_next_reading_begins_where_the_last_one_ended_and_repeats_that_moment(address: str) -> None:
    everything, mark = read(address)
    again, same = read(address, since=mark)
    assert 0 < len(again) < 60 and set(again) < set(everything) and same == mark


@pytest.mark.parametrize("watermark", ["number", "updated", "证件号码"])
def test_the_mark_may_be_a_number_a_moment_or_a_text(address: str, watermark: str) -> None:
    everything, mark = read(address, watermark=watermark)
    assert len(everything) == ROWS
    assert 1 <= len(read(address, watermark=watermark, since=mark)[0]) < 60


def test_without_a_mark_everything_is_read_each_time(address: str) -> None:
    assert len(read(address, watermark="")[0]) == ROWS
    assert read(address, watermark="")[1] == ""


def test_a_mark_is_a_value_and_never_a_statement(address: str) -> None:
    assert read(address, watermark="证件号码", since="s:' OR 1=1 --")[0] != []
    assert read(address, watermark="证件号码", since="s:9' OR '1'='1")[0] == []
    assert len(read(address)[0]) == ROWS


def test_a_table_or_field_that_is_not_there_is_named(address: str) -> None:
    with pytest.raises(DatabaseFailed, match="没有“nix; DROP TABLE 低保对象”这张表"):
        read(address, table="nix; DROP TABLE 低保对象")
    with pytest.raises(DatabaseFailed, match="没有增量字段“stand”"):
        read(address, watermark="stand")
    assert len(read(address)[0]) == ROWS


def test_too_many_rows_are_given_up(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "MOST_ROWS", 600)
    with pytest.raises(DatabaseFailed, match="增量字段"):
        read(address)


def test_nothing_can_be_written(address: str) -> None:
    engine = sql._engine(Database(url=address, table="t", reach=HERE))
    with pytest.raises(Exception, match="read-?only"), sql._reading(engine) as connection:
        connection.exec_driver_sql('DELETE FROM "低保对象"')
    engine.dispose()
    assert len(read(address)[0]) == ROWS


@pytest.mark.parametrize(("address", "words"), [
    ("", "写法不对"), ("nonsense", "写法不对"), ("nodb://x", "驱动"), ("oracle://user:geheim@host/x", "驱动"), ("sqlite://", "完整路径"),
    ("sqlite:////nowhere/x.sqlite", "没有给出数据"), ("postgresql+psycopg://user:geheim@127.0.0.1:9/x", "没有给出数据"),
])
def test_an_address_that_leads_nowhere_is_said_without_its_password(address: str, words: str) -> None:
    with pytest.raises(DatabaseFailed, match=words) as failed:
        list(sql.pages(Database(url=address, table="t", reach=Reach(listed=(*HERE.listed, "x", "host")))))
    assert "geheim" not in str(failed.value) and "geheim" not in repr(Database(url=address, table="t"))
