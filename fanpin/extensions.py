"""The ambient database object, and the transaction hook without which SQLite loses updates."""

import fcntl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
WAIT_SECONDS = 30.0


class Base(DeclarativeBase):
    """The declarative base of every model."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True, "expire_on_commit": False})
login_manager = LoginManager()


class WriteGate:
    """Let SQLite's writers through one at a time, in the order in which they came.

    SQLite's own busy handler is no queue: under load one writer takes thousands of turns while another
    takes one. Threads queue here; processes take turns on a lock file.
    """

    def __init__(self, lock_file: Path | None) -> None:
        self._lock_file = lock_file
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False
        self._handle: IO[str] | None = None

    def acquire(self) -> None:
        """Wait for this writer's turn; raise TimeoutError where it does not come: somebody forgot to end."""
        turn = threading.Event()
        with self._mutex:
            if not self._held and not self._waiting:
                self._held = True
                turn.set()
            else:
                self._waiting.append(turn)
        try:
            if not turn.wait(WAIT_SECONDS):
                raise TimeoutError("another writer of this process does not end its transaction")
            self._take_file()
        except BaseException:
            self._withdraw(turn)
            raise

    def _take_file(self) -> None:
        if self._lock_file is not None:
            handle = self._lock_file.open("a")
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._handle = handle

    def _withdraw(self, turn: threading.Event) -> None:
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        # The turn came after all, or was used in vain: it is the next one's.
        self.release()

    def release(self) -> None:
        """Hand the turn to whoever has waited longest."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


_gates: dict[str, WriteGate] = {}
_gates_lock = threading.Lock()


def _gate_for(database: str | None) -> WriteGate:
    with _gates_lock:
        if database not in _gates:
            in_memory = not database or database == ":memory:"
            _gates[database or ""] = WriteGate(None if in_memory else Path(f"{database}.gate"))
        return _gates[database or ""]


def _prepare_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000",
                   "secure_delete=ON", "trusted_schema=OFF", "temp_store=MEMORY", "cache_size=-65536",
                   "case_sensitive_like=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: object) -> None:
    if connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    # A connection that writes again before it went back to the pool has kept its turn.
    if "write_gate" not in connection.info:
        gate = _gate_for(connection.engine.url.database)
        gate.acquire()
        connection.info["write_gate"] = gate
    try:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        _leave_gate(connection)
        raise


def _leave_gate(connection: object) -> None:
    gate = connection.info.pop("write_gate", None)
    if gate is not None:
        gate.release()


def _release_on_reset(_dbapi: object, record: object, _state: object) -> None:
    gate = record.info.pop("write_gate", None)
    if gate is not None:
        gate.release()


def _release_on_invalidate(dbapi: object, record: object, _error: object) -> None:
    _release_on_reset(dbapi, record, None)


def _prepare_postgresql(connection: object, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET timezone TO 'UTC'; SET lock_timeout TO '15s'; SET statement_timeout TO '60s'; "
                       "SET idle_in_transaction_session_timeout TO '60s'; SET synchronous_commit TO on")
    connection.commit()


def _begin_postgresql(connection: object) -> None:
    if connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def prepare_engine(engine: Engine) -> None:
    """Attach the transaction hook: readers deferred and read-only, SQLite's writers IMMEDIATE and queued."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        # The gate is left when the transaction has really ended, and again when the pool takes a connection back.
        event.listen(engine, "reset", _release_on_reset)
        event.listen(engine.pool, "invalidate", _release_on_invalidate)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", _begin_postgresql)


def read_only(session: Session) -> None:
    """Make the session's coming transaction a reading one; a write in it is an error."""
    session.connection(execution_options={"read_only": True})


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """Commit what the block did, or nothing of it."""
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
