"""Write made-up rows fast, into several databases at once: executemany on SQLite, COPY on PostgreSQL."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Column, Connection, Date, Table, func, select, text

from fanpin import crypto
from fanpin.extensions import db, writing
from fanpin.models.types import REF_ALPHABET, Code, Encrypted, Instant
from fanpin.steps import housekeeping

Row = Mapping[str, Any]
AT_ONCE = 20_000
ABSENT = object()


class Bulk:
    """Rows of any table, prepared once by the column types' own rules and written to every database."""

    def __init__(self, apps: Sequence[Flask], *, seed: int) -> None:
        self.apps = apps
        self.random = Random(seed)
        self._ids: dict[str, int] = {}

    def next_id(self, table: Table) -> int:
        """Return a fresh id of the table, the same in every database."""
        if table.name not in self._ids:
            self._ids[table.name] = max(self._last(app, table) for app in self.apps)
        self._ids[table.name] += 1
        return self._ids[table.name]

    def _last(self, app: Flask, table: Table) -> int:
        with app.app_context(), db.engine.begin() as connection:
            return connection.scalar(select(func.max(table.columns["id"]))) or 0

    def ref(self) -> str:
        """Return a public reference; drawn fast, for nobody needs to be unable to guess it here."""
        return "".join(self.random.choices(REF_ALPHABET, k=14))

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        """Write the rows; columns that are not named get the model's default."""
        columns = list(table.columns)
        makers = [self._maker(column) for column in columns]
        for chunk in _chunks(rows):
            prepared = [tuple(maker(row) for maker in makers) for row in chunk]
            for app in self.apps:
                with app.app_context(), db.engine.begin() as connection:
                    _insert(connection, table, prepared)

    def finish(self, tables: Iterable[Table]) -> None:
        """Let PostgreSQL go on counting behind the ids that were given, and let both learn the sizes as they do by themselves."""
        for app in self.apps:
            with app.app_context(), writing(db.session()) as session:
                housekeeping.learn_sizes(session)
                if session.get_bind().dialect.name == "postgresql":
                    for table in tables:
                        if "id" in table.columns:
                            session.execute(text(
                                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                                f"(SELECT coalesce(max(id), 1) FROM {table.name}))"))
                    session.execute(text("ANALYZE"))

    def _maker(self, column: Column[Any]) -> Callable[[Row], Any]:
        name, bind, found = column.name, _binder(column), column.default
        if name == "ref":
            return lambda row: row[name] if name in row else self.ref()
        default = None if found is None else bind(found.arg if found.is_scalar else found.arg(None))

        def make(row: Row) -> Any:
            value = row.get(name, ABSENT)
            return default if value is ABSENT else None if value is None else bind(value)

        return make


def _binder(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, Encrypted):
        place = kind.column.encode()
        return lambda value: crypto.encrypt(value, aad=place)
    if isinstance(kind, Code):
        return lambda value: getattr(value, "value", value)
    if isinstance(kind, JSON):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(kind, Instant):
        return lambda value: value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return date.isoformat if isinstance(kind, Date) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor = connection.connection.driver_connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(table.columns))})', rows)
        return
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
