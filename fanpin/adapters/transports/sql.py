"""The 中间库: rows of one table or view that are newer than the last batch's watermark.

Runs in the core's child with the network and the secrets; the plugin never sees a statement or an address.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, func, select, text, type_coerce
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import NullType

from fanpin.adapters.reach import Reach, Unreachable

WRITTEN_WRONGLY = "中间库地址的写法不对，应像 postgresql+psycopg://用户:口令@主机:端口/库名"
CONNECT_SECONDS = 3
STATEMENT_SECONDS = 60
CHUNK = 500
MOST_ROWS = 200_000
MARK = "fanpin_mark"
PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "oracle": 1521, "mssql": 1433, "dm": 5236, "kingbase": 54321}
# Everything else that an address may carry could lead to another host, a socket or a file.
CARRIED = frozenset({"sslmode", "charset", "service_name", "driver", "encrypt", "trustservercertificate"})
ASKING_SECONDS = 10
ASKING_ATTEMPTS = 2
PAUSE_SECONDS = 1.0
MOST_ANSWERS = 20_000
NUMBER_LENGTH = 18

Row = Mapping[str, object]


class DatabaseFailed(Exception):
    """The 中间库 gave no rows; the sentence is for the department's page and names no address or password."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where a department's rows lie: all of it settings, none of it code."""

    url: str = field(repr=False)
    table: str
    schema: str = ""
    watermark: str = ""
    reach: Reach = Reach()

    @property
    def port(self) -> int | None:
        """Return the one port that the child must be able to connect to."""
        try:
            url = make_url(self.url)
        except ArgumentError:
            return None
        return url.port or PORTS.get(url.get_backend_name())

    def problem(self) -> str:
        """Say what a person must mend in these settings."""
        try:
            url = make_url(self.url)
        except (ArgumentError, ValueError):
            return WRITTEN_WRONGLY
        if url.get_backend_name() == "sqlite":
            return "" if not url.host and not url.query else WRITTEN_WRONGLY
        if not url.host:
            return "请在中间库地址里写明主机"
        if strange := sorted(set(map(str.lower, url.query)) - CARRIED):
            return f"中间库地址里不能带这些参数：{'、'.join(strange)}"
        return self.reach.problem(url.host)

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the file that the child must be able to read, where the database is one."""
        try:
            url = make_url(self.url)
        except ArgumentError:
            return ()
        return (Path(url.database),) if url.get_backend_name() == "sqlite" and url.database else ()


@dataclass(frozen=True)
class Page:
    """Some rows, and the watermark up to which they reach."""

    rows: list[Row]
    watermark: str


def pages(database: Database, *, since: str = "") -> Iterator[Page]:
    """Read what is at or after the watermark, oldest first, a few hundred rows at a time."""
    engine = _engine(database)
    try:
        with _reading(engine) as connection:
            table = _table(connection, database)
            yield from _pages(connection, table, database, since)
    except SQLAlchemyError as error:
        raise DatabaseFailed(f"中间库没有给出数据（{type(error).__name__}），请核对地址、账号和权限") from None
    finally:
        engine.dispose()


@dataclass(frozen=True)
class AskedBy:
    """By which field persons are asked about, and which fields are read: no other leaves the department's database."""

    key: str
    fields: tuple[str, ...]
    certificate: bool = False


def about(database: Database, persons: Sequence[str], choose: Callable[[Sequence[str]], AskedBy], *,
          sleep: Callable[[float], None] = time.sleep) -> Iterator[list[Row]]:
    """Read the rows about these ID numbers; a connection that fails before the first row is tried once more."""
    engine = _engine(database)
    try:
        for attempt in range(1, ASKING_ATTEMPTS + 1):
            begun = False
            try:
                with _reading(engine, seconds=ASKING_SECONDS) as connection:
                    for rows in _about(connection, _table(connection, database), persons, choose):
                        begun = True
                        yield rows
                return
            except OperationalError:
                if begun or attempt == ASKING_ATTEMPTS:
                    raise
                sleep(PAUSE_SECONDS * (0.5 + random.random() / 2))
    except SQLAlchemyError as error:
        raise DatabaseFailed(f"中间库没有给出数据（{type(error).__name__}），请核对地址、账号和权限") from None
    finally:
        engine.dispose()


def _about(connection: Connection, table: Table, persons: Sequence[str],
           choose: Callable[[Sequence[str]], AskedBy]) -> Iterator[list[Row]]:
    asked = choose([column.name for column in table.columns])
    key = table.columns[asked.key]
    # Both ways of writing the last X, rather than a function over the column: an index on it stays useful.
    numbers = list(dict.fromkeys(written for number in persons for written in (number, number.lower())))
    wanted = func.substr(key, 1, NUMBER_LENGTH) if asked.certificate else key
    query, count = select(*(table.columns[name] for name in asked.fields)).where(wanted.in_(numbers)), 0
    with connection.execution_options(stream_results=True, yield_per=CHUNK).execute(query) as result:
        for part in result.mappings().partitions(CHUNK):
            count += len(part)
            if count > MOST_ANSWERS:
                raise DatabaseFailed(f"对{len(persons)}人查出的超过{MOST_ANSWERS}行，请核对表或视图是否设置正确")
            yield [{str(name): value for name, value in row.items()} for row in part]


def _pages(connection: Connection, table: Table, database: Database, since: str) -> Iterator[Page]:
    query, reached, count = select(table), since, 0
    if database.watermark:
        column = table.columns[database.watermark]
        if connection.dialect.name == "sqlite":
            # SQLite keeps moments as whoever wrote them wrote them: compare them as they stand.
            column = type_coerce(column, NullType())
        # Equal ones again: a row may have come within the same instant; an old one changes nothing.
        query = query.add_columns(column.label(MARK)).order_by(column)
        query = query.where(column >= _typed(since)) if since else query
    with connection.execution_options(stream_results=True, yield_per=CHUNK).execute(query) as result:
        for part in result.mappings().partitions(CHUNK):
            count += len(part)
            if count > MOST_ROWS:
                raise DatabaseFailed(f"一次超过{MOST_ROWS}行，请设置增量字段或分批提供")
            if database.watermark and (last := part[-1][MARK]) is not None:
                reached = _written(last)
            yield Page([{str(name): value for name, value in row.items() if name != MARK} for row in part], reached)


def _engine(database: Database) -> Engine:
    if problem := database.problem():
        raise DatabaseFailed(problem)
    url = make_url(database.url)
    try:
        if url.get_backend_name() == "sqlite":
            return create_engine(_read_only(url), poolclass=NullPool)
        url.get_dialect().import_dbapi()
        number = database.reach.addresses(url.host or "", database.port or 0, database=url.database or "")[0]
        arguments: dict[str, object] = {}
        if url.get_backend_name() in ("postgresql", "mysql"):
            arguments["connect_timeout"] = CONNECT_SECONDS
        if url.get_driver_name() in ("psycopg", "psycopg2"):
            # The certificate is checked for the name; what is connected to is the number that was judged.
            arguments["hostaddr"] = number
        else:
            url = url.set(host=number)
        return create_engine(url, poolclass=NullPool, connect_args=arguments)
    except Unreachable as error:
        raise DatabaseFailed(str(error)) from None
    except (NoSuchModuleError, ImportError):
        raise DatabaseFailed("服务器上没有这种数据库的驱动，请管理员先安装") from None


def _read_only(url: URL) -> URL:
    if not url.database or url.database == ":memory:":
        raise DatabaseFailed("请写明SQLite文件的完整路径")
    return url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})


@contextmanager
def _reading(engine: Engine, *, seconds: int = STATEMENT_SECONDS) -> Iterator[Connection]:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(postgresql_readonly=True)
            connection.execute(text(f"SET statement_timeout = {seconds * 1000}"))
        yield connection


def _table(connection: Connection, database: Database) -> Table:
    try:
        table = Table(database.table, MetaData(), schema=database.schema or None, autoload_with=connection)
    except NoSuchTableError:
        raise DatabaseFailed(f"中间库里没有“{database.table}”这张表或视图，或没有读取权限") from None
    if database.watermark and database.watermark not in table.columns:
        raise DatabaseFailed(f"“{database.table}”没有增量字段“{database.watermark}”")
    return table


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return f"t:{value.isoformat()}"
    if isinstance(value, date):
        return f"d:{value.isoformat()}"
    if isinstance(value, int | Decimal):
        return f"n:{value}"
    return f"s:{value}"


def _typed(mark: str) -> object:
    sort, _, value = mark.partition(":")
    if sort == "t":
        return datetime.fromisoformat(value)
    if sort == "d":
        return date.fromisoformat(value)
    return Decimal(value) if sort == "n" else value
