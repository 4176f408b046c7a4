"""A database per test on every engine asked for, the cast, and a clock that stands still."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fanpin import crypto, security
from fanpin.app import create_app
from fanpin.clock import Clock, at_noon, legal_date
from fanpin.config import Settings
from fanpin.extensions import db
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from tests.world import World, build_world

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


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> crypto.Keyring:
    """Make one key file for all tests."""
    ring = crypto.create_keyring(tmp_path_factory.mktemp("keys") / "keys.json", demo=True)
    crypto.init_keyring(ring)
    security.set_password_profile("test")
    return ring


@pytest.fixture
def clock() -> StandingClock:
    """Stand at noon of 2 March 2026, a Monday."""
    return StandingClock(at_noon(TODAY))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Name this test's own SQLite file; `on_both` swaps in PostgreSQL."""
    return f"sqlite:///{tmp_path / 'fanpin.sqlite'}"


@pytest.fixture
def app(tmp_path: Path, keyring: crypto.Keyring, clock: StandingClock, database_url: str) -> Iterator[Flask]:
    """Build the application on an empty database with the world of the tests."""
    settings = Settings.load({"FANPIN_DATABASE_URL": database_url, "FANPIN_PASSWORD_PROFILE": "test"}, instance=tmp_path)
    application = create_app(settings, clock=clock, keyring=keyring)
    application.testing = True
    application.config["WTF_CSRF_ENABLED"] = False
    application.test_client_class = Browser
    with application.app_context():
        db.metadata.create_all(db.engine)
        yield application
        db.session.remove()
        db.metadata.drop_all(db.engine)
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    """Return the session of the application context, seeing everything."""
    current = db.session()
    set_scope(current, Scope(ScopeKind.SYSTEM, reason="test"))
    return current


@pytest.fixture
def world(session: Session, clock: StandingClock) -> World:
    """People the database with the cast and their areas."""
    built = build_world(session, now=clock.now(), today=clock.today())
    session.commit()
    return built


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without scripts."""
    return app.test_client()


def postgresql_database() -> Iterator[str]:
    """Make an empty PostgreSQL database and drop it afterwards."""
    name = f"fanpin_{os.getpid()}_{datetime.now(UTC):%H%M%S%f}"
    engine = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    try:
        yield POSTGRESQL.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
