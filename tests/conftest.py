"""A database per test on every engine asked for, the cast, and a clock that stands still."""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import String, create_engine, event, inspect, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fanpin import crypto, security
from fanpin.app import create_app
from fanpin.clock import Clock, at_noon, legal_date
from fanpin.config import Settings
from fanpin.extensions import db
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from tests.world import World, build_world, load_world

# How long an example takes says more about the machine's other work than about the strategy.
hypothesis_settings.register_profile("busy machine", suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("busy machine")

TODAY = date(2026, 3, 2)
POSTGRESQL = os.environ.get("FANPIN_TEST_POSTGRESQL_URL", "")


class StandingClock(Clock):
    """A clock that tests set and move."""

    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return legal_date(self.instant)

    def move(self, days: int = 0, **more: int) -> None:
        """Let time pass."""
        self.instant += timedelta(days=days, **more)

    def set(self, day: date) -> None:
        """Go to noon of a day."""
        self.instant = at_noon(day)


class Browser(FlaskClient):
    """A browser without scripts; each request has a context and a transaction of its own, as on the server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Commit what the test has set up, ask, and look at the database afresh afterwards."""
        db.session.commit()
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        db.session.expire_all()
        return answer


@event.listens_for(Session, "before_flush")
def _as_short_as_declared(session: Session, _context: object, _instances: object) -> None:
    """SQLite keeps any length; whatever PostgreSQL would refuse fails on both."""
    for row in (*session.new, *session.dirty):
        for name, column in inspect(type(row)).columns.items():
            value = getattr(row, name) if name in row.__dict__ else None
            if isinstance(column.type, String) and column.type.length and isinstance(value, str):
                assert len(value) <= column.type.length, f"{type(row).__name__}.{name} holds {len(value)} characters"


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name the one key file of all tests."""
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="session")
def keyring(key_file: Path) -> crypto.Keyring:
    """Make one key file for all tests."""
    ring = crypto.create_keyring(key_file, demo=True)
    crypto.init_keyring(ring)
    security.set_password_profile("test")
    return ring


@pytest.fixture
def clock() -> StandingClock:
    """Stand at noon of 2 March 2026, a Monday."""
    return StandingClock(at_noon(TODAY))


@dataclass
class Templates:
    """Databases made once, to be copied for each test: an empty one and one with the cast, per engine."""

    folder: Path
    keyring: crypto.Keyring
    key_file: Path
    made: dict[str, str] = field(default_factory=dict)

    def url(self, engine: str, *, peopled: bool) -> str:
        """Return the template's address, making it at the first call."""
        name = f"{engine}_{'peopled' if peopled else 'empty'}"
        if name not in self.made:
            self.made[name] = self._new(engine, name)
            self._fill(self.made[name], peopled=peopled)
        return self.made[name]

    def lay(self, engine: str, target: str, *, peopled: bool) -> None:
        """Put a fresh copy of the template in the place of the database at `target`."""
        source = self.url(engine, peopled=peopled)
        if engine == "sqlite":
            path = Path(target.removeprefix("sqlite:///"))
            for leftover in path.parent.glob(f"{path.name}*"):
                leftover.unlink()
            shutil.copy(source.removeprefix("sqlite:///"), path)
        else:
            name = target.rsplit("/", 1)[1]
            _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            create_postgresql(template=source.rsplit("/", 1)[1], name=name)

    def _new(self, engine: str, name: str) -> str:
        return create_postgresql() if engine == "postgresql" else f"sqlite:///{self.folder / name}.sqlite"

    def _fill(self, url: str, *, peopled: bool) -> None:
        application = create_app(_settings(url, self.folder), clock=StandingClock(at_noon(TODAY)), keyring=self.keyring)
        with application.app_context():
            db.metadata.create_all(db.engine)
            if peopled:
                session = db.session()
                set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
                build_world(session, now=at_noon(TODAY), today=TODAY)
                session.commit()
            if db.engine.dialect.name == "sqlite":
                db.session.connection().exec_driver_sql("SELECT 1")
                db.session.remove()
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.session.remove()
            db.engine.dispose()


def _settings(url: str, folder: Path) -> Settings:
    return Settings.load({"FANPIN_DATABASE_URL": url, "FANPIN_PASSWORD_PROFILE": "test"}, instance=folder)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring, key_file: Path) -> Iterator[Templates]:
    """Keep the databases that tests copy."""
    kept = Templates(tmp_path_factory.mktemp("templates"), keyring, key_file)
    yield kept
    for url in kept.made.values():
        if url.startswith("postgresql"):
            drop_postgresql(url)


@pytest.fixture
def engine_name() -> str:
    """Name the database under test; `tests/models` and `tests/steps` go through both."""
    return "sqlite"


@dataclass
class Standing:
    """One application per engine for the whole run: its compiled pages and queries are kept, its database is not."""

    folder: Path
    templates: Templates
    made: dict[str, Flask] = field(default_factory=dict)

    def fresh(self, engine: str, clock: StandingClock, *, peopled: bool) -> Flask:
        """Return the application on an untouched database, as it was when it was made."""
        url = (f"sqlite:///{self.folder / 'fanpin.sqlite'}" if engine == "sqlite"
               else POSTGRESQL.rsplit("/", 1)[0] + f"/fanpin_{os.getpid()}_standing")
        if engine in self.made:
            with self.made[engine].app_context():
                db.engine.dispose()
        self.templates.lay(engine, url, peopled=peopled)
        if engine not in self.made:
            self.made[engine] = create_app(_settings(url, self.folder), clock=clock, keyring=self.templates.keyring)
            self.made[engine].test_client_class = Browser
        application = self.made[engine]
        application.extensions["fanpin.clock"] = clock
        application.testing = True
        application.config["WTF_CSRF_ENABLED"] = False
        return application


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory, templates: Templates) -> Iterator[Standing]:
    """Keep the applications of the run."""
    kept = Standing(tmp_path_factory.mktemp("standing"), templates)
    yield kept
    for application in kept.made.values():
        with application.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
            db.engine.dispose()
        if url.startswith("postgresql"):
            drop_postgresql(url)


@pytest.fixture
def app(standing: Standing, keyring: crypto.Keyring, clock: StandingClock, engine_name: str,
        request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Give the application on this test's own database; with the cast in it where the test asks for the world."""
    crypto.init_keyring(keyring)
    application = standing.fresh(engine_name, clock, peopled="world" in request.fixturenames)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    """Return the session of the application context, seeing everything."""
    current = db.session()
    set_scope(current, Scope(ScopeKind.SYSTEM, reason="test"))
    return current


@pytest.fixture
def world(session: Session) -> World:
    """Return the areas and the cast that the database holds."""
    found = load_world(session)
    session.commit()
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without scripts."""
    return app.test_client()


def create_postgresql(*, template: str = "template0", name: str = "") -> str:
    """Make a PostgreSQL database and return its address."""
    name = name or f"fanpin_{os.getpid()}_{secrets.token_hex(6)}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {template}" + (" ENCODING 'UTF8'" if template == "template0" else ""))
    return POSTGRESQL.rsplit("/", 1)[0] + f"/{name}"


def drop_postgresql(url: str) -> None:
    """Drop a database that `create_postgresql` made."""
    _administer(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")


def _administer(statement: str) -> None:
    engine = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def postgresql_database() -> Iterator[str]:
    """Make an empty PostgreSQL database and drop it afterwards."""
    url = create_postgresql()
    try:
        yield url
    finally:
        drop_postgresql(url)
