"""A child that dies between two chunks: what it did not read is never taken for what is not there."""

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert

from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import Chunk
from tests.adapters.books import HEADING, STAYS, delimited, line
from tests.adapters.platform_server import HERE
from tests.conftest import TODAY

LINES = [line(number % 900, 自付=f"{number}.50") for number in range(1200)]


def sheet(folder: Path) -> SheetReading:
    return SheetReading(delimited(folder / "a.csv", [HEADING, *LINES]), [STAYS])


def database(folder: Path) -> Fetching:
    engine = create_engine(f"sqlite:///{folder / 'a.sqlite'}")
    table = Table("stays", MetaData(), *(Column(name, Text) for name in HEADING))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [dict(zip(HEADING, row, strict=True)) for row in LINES])
    engine.dispose()
    return Fetching(STAYS, Database(url=f"sqlite:///{folder / 'a.sqlite'}", table="stays", reach=HERE), today=TODAY)


@pytest.mark.parametrize("source", [sheet, database])
def test_a_child_that_was_killed_between_two_chunks_fails_the_whole(tmp_path: Path, source: object) -> None:
    opened: AbstractContextManager[SheetReading | Fetching] = source(tmp_path)  # type: ignore[operator]
    with opened as reading:
        chunks: Iterator[Chunk] = iter(reading)
        assert len(next(chunks).rows) == 500
        process = reading._child._process
        assert process is not None
        os.kill(process._popen.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process._popen.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(AdapterFailed):
            list(chunks)
