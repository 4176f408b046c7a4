"""The transaction hook and the write gate: no update is lost, readers cannot write, writers come in turn."""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, inspect, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fanpin import extensions
from fanpin.extensions import WriteGate, prepare_engine, read_only, writing
from tests.conftest import POSTGRESQL, postgresql_database

ENGINES = ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"]
THREADS, TIMES = 4, 50
TABLES = MetaData()
COUNTER = Table("counter", TABLES, Column("id", Integer, primary_key=True), Column("n", Integer),
                Column("version", Integer))


def counting(engine: Engine) -> Engine:
    TABLES.create_all(engine)
    with engine.begin() as connection:
        connection.execute(COUNTER.insert().values(id=1, n=0, version=0))
    return engine


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'counter.sqlite'}")
    prepare_engine(engine)
    yield counting(engine)
    engine.dispose()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    for url in postgresql_database():
        made = create_engine(url)
        prepare_engine(made)
        yield counting(made)
        made.dispose()


def total(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(COUNTER.c.n))


def in_threads(act: Callable[[], None], count: int = THREADS) -> None:
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures


def read_modify_write(engine: Engine) -> None:
    with Session(engine) as session, writing(session):
        seen = session.scalar(select(COUNTER.c.n))
        time.sleep(0.0005)
        session.execute(update(COUNTER).values(n=seen + 1))


def test_no_update_is_lost_by_reading_and_writing_in_one_transaction(sqlite: Engine) -> None:
    in_threads(lambda: [read_modify_write(sqlite) for _ in range(TIMES)])
    assert total(sqlite) == THREADS * TIMES


def test_without_the_hook_sqlite_loses_an_update_and_says_nothing(tmp_path: Path) -> None:
    engine = counting(create_engine(f"sqlite:///{tmp_path / 'bare.sqlite'}"))
    with Session(engine) as first, Session(engine) as second:
        seen_by_first, seen_by_second = (session.scalar(select(COUNTER.c.n)) for session in (first, second))
        first.execute(update(COUNTER).values(n=seen_by_first + 1))
        first.commit()
        second.execute(update(COUNTER).values(n=seen_by_second + 1))
        second.commit()
    assert total(engine) == 1
    engine.dispose()


def test_no_update_is_lost_by_one_conditional_update(engine: Engine) -> None:
    def add() -> None:
        done = 0
        while done < TIMES:
            with Session(engine) as session, writing(session):
                n, version = session.execute(select(COUNTER.c.n, COUNTER.c.version)).one()
                done += session.execute(
                    update(COUNTER).where(COUNTER.c.version == version).values(n=n + 1, version=version + 1)).rowcount

    in_threads(add)
    assert total(engine) == THREADS * TIMES


def test_a_failed_transaction_takes_its_tables_with_it(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        connection.execute(text("CREATE TABLE half (id INTEGER PRIMARY KEY)"))
        connection.execute(update(COUNTER).values(n=7))
        raise ZeroDivisionError
    assert not inspect(engine).has_table("half")
    assert total(engine) == 0


def test_a_reading_session_refuses_to_write_and_the_next_one_may(engine: Engine) -> None:
    with Session(engine) as session:
        read_only(session)
        assert session.scalar(select(COUNTER.c.n)) == 0
        with pytest.raises(DBAPIError, match="(?i)read-?only"):
            session.execute(update(COUNTER).values(n=1))
        session.rollback()
        session.execute(update(COUNTER).values(n=2))
        session.commit()
    assert total(engine) == 2


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    with engine.begin() as writer:
        writer.execute(update(COUNTER).values(n=5))
        with Session(engine) as reader:
            read_only(reader)
            assert reader.scalar(select(COUNTER.c.n)) == 0


def test_one_connection_may_write_twice(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        for n in (1, 2):
            with connection.begin():
                connection.execute(update(COUNTER).values(n=n))
    read_modify_write(sqlite)
    assert total(sqlite) == 3


def test_a_writer_that_failed_or_was_forgotten_leaves_the_gate_open(sqlite: Engine) -> None:
    with pytest.raises(DBAPIError), sqlite.begin() as connection:
        connection.execute(text("INSERT INTO counter (id) VALUES (1)"))
    forgotten = sqlite.connect()
    forgotten.execute(update(COUNTER).values(n=9))
    forgotten.close()
    broken = sqlite.connect()
    broken.execute(update(COUNTER).values(n=9))
    broken.invalidate()
    broken.close()
    in_threads(lambda: read_modify_write(sqlite), count=1)
    assert total(sqlite) == 1


def test_sqlite_runs_with_the_settings_that_keep_what_was_acknowledged(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        values = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                  for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema")}
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1,
                      "trusted_schema": 0}


def test_writing_commits_the_whole_or_nothing(engine: Engine) -> None:
    with Session(engine) as session:
        with pytest.raises(KeyError), writing(session):
            session.execute(update(COUNTER).values(n=3))
            raise KeyError
        assert total(engine) == 0
        with writing(session):
            session.execute(update(COUNTER).values(n=3))
    assert total(engine) == 3


def waiting(gate: WriteGate, act: Callable[[], None]) -> threading.Thread:
    """Start a thread that waits at the gate, and return when it stands in the queue."""
    before = len(gate._waiting)

    def come() -> None:
        gate.acquire()
        act()
        gate.release()

    thread = threading.Thread(target=come)
    thread.start()
    until = time.monotonic() + 10
    while len(gate._waiting) == before and time.monotonic() < until:
        time.sleep(0.001)
    return thread


def test_writers_are_let_through_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    gate, order = WriteGate(tmp_path / "gate"), []
    gate.acquire()
    threads = [waiting(gate, lambda number=number: order.append(number)) for number in range(12)]
    gate.release()
    for thread in threads:
        thread.join(10)
    assert order == list(range(12))


def test_a_newcomer_does_not_overtake_who_waits(tmp_path: Path) -> None:
    gate, order = WriteGate(None), []
    gate.acquire()
    first = waiting(gate, lambda: order.append("waited"))
    gate.release()
    gate.acquire()
    order.append("came later")
    gate.release()
    first.join(10)
    assert order == ["waited", "came later"]


def test_writers_of_other_processes_are_waited_for(tmp_path: Path) -> None:
    gate, done = WriteGate(tmp_path / "gate"), threading.Event()
    with (tmp_path / "gate").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        thread = threading.Thread(target=lambda: (gate.acquire(), done.set(), gate.release()))
        thread.start()
        assert not done.wait(0.2)
    assert done.wait(10)
    thread.join(10)


def test_a_turn_that_never_comes_is_an_error_and_spoils_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "WAIT_SECONDS", 0.05)
    gate = WriteGate(None)
    gate.acquire()
    with pytest.raises(TimeoutError):
        gate.acquire()
    gate.release()
    gate.acquire()
    gate.release()
