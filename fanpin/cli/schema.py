"""Bring the database's tables to what the code expects: numbered revisions, one transaction, no ini file."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine

from fanpin import models
from fanpin.cli import Plain
from fanpin.config import Settings
from fanpin.extensions import db, prepare_engine
from fanpin.resources import directory

MODELS = models
UPGRADE_LOCK = 0x66616E70696E
OPTIONS = {"transactional_ddl": True, "render_as_batch": True, "compare_type": True, "compare_server_default": True}
logging.getLogger("alembic").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Standing:
    """Where a database stands: its revision (None: empty or not ours yet) and the newest one of the code."""

    current: str | None
    head: str

    @property
    def ready(self) -> bool:
        """Say whether the code may work with the database."""
        return self.current == self.head


def engine_for(settings: Settings) -> Engine:
    """Return an engine of our own with the transaction hook, free of the application."""
    engine = create_engine(settings.database_url, hide_parameters=True)
    prepare_engine(engine)
    return engine


def sqlite_file(settings: Settings) -> Path | None:
    """Return the database's file, or None where the database is a server's."""
    return Path(settings.database_url.removeprefix("sqlite:///")) if settings.sqlite else None


def scripts() -> ScriptDirectory:
    """Return the numbered revisions, which lie flat in `migrations/`."""
    folder = directory("migrations")
    return ScriptDirectory(folder, version_locations=[folder])


def head() -> str:
    """Name the newest revision."""
    return scripts().get_current_head() or ""


def standing(engine: Engine) -> Standing:
    """Read where the database stands, changing nothing."""
    with engine.connect().execution_options(read_only=True) as connection:
        return Standing(_current(connection), head())


def require_ready(settings: Settings) -> None:
    """Refuse a database that is missing, older or newer than the code, and say what to run."""
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise Plain(f"还没有数据库（{file}）。新安装请运行 fanpin init；试用请运行 fanpin demo。")
    engine = engine_for(settings)
    try:
        found = standing(engine)
    finally:
        engine.dispose()
    if found.current is None:
        raise Plain("数据库还是空的。新安装请运行 fanpin init；已有数据请先用 fanpin restore 恢复。")
    _require_known(found.current)
    if not found.ready:
        raise Plain(f"数据库是旧版本（{found.current}），程序需要 {found.head}。请先备份（fanpin backup），再运行 fanpin db upgrade。")


def upgrade(engine: Engine, *, to: str = "head") -> Standing:
    """Run what is missing up to the revision in one transaction: the database is old or new, never between."""
    revisions = scripts()

    def steps(current: tuple[str, ...], _context: MigrationContext) -> list[Any]:
        if current:
            _require_known(current[0])
        return revisions._upgrade_revs(to, current)

    with _alone(engine) as connection:
        with EnvironmentContext(Config(), revisions, fn=steps) as environment:
            environment.configure(connection=connection, target_metadata=db.metadata, **OPTIONS)
            environment.run_migrations()
        return Standing(_current(connection), head())


def differences(engine: Engine) -> list[str]:
    """Name each difference between the database's tables and the models."""
    with engine.connect().execution_options(read_only=True) as connection:
        context = MigrationContext.configure(connection, opts={**OPTIONS, "target_metadata": db.metadata})
        return [repr(difference) for difference in compare_metadata(context, db.metadata)]


def _require_known(revision: str) -> None:
    try:
        scripts().get_revision(revision)
    except CommandError:
        raise Plain(f"数据库的版本 {revision} 比程序新，程序不认识。请换用较新的程序，或恢复升级前的备份。") from None


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Give one transaction in which nobody else upgrades and SQLite lets tables be rebuilt."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if engine.dialect.name == "sqlite":
            # A pragma of no effect inside a transaction, so it goes first; the check below makes up for it.
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                _lock(connection)
                yield connection
                _check_references(connection)
        finally:
            if engine.dialect.name == "sqlite":
                driver.execute("PRAGMA foreign_keys=ON")


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise Plain(f"升级后有记录指向不存在的记录（表 {broken[0]}），已全部撤销，数据库没有改变。请联系开发人员。")
