"""An application on the two counties, everybody logged in, and a database that goes back to what it was."""

import re
import shutil
import sqlite3
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fanpin.blueprints.guard import LOADED
from fanpin.extensions import db
from tests import matrix
from tests.conftest import create_postgresql, drop_postgresql
from tests.matrix import ANONYMOUS, Line
from tests.settlement import Place
from tests.world import PASSWORD

# What a request may leave behind although it was refused: its traces in the trail.
TRACES = ("audit", "user_session")
FILES = {"static": "fanpin.css", "bootstrap.static": "css/bootstrap.min.css"}


class Before(Protocol):
    """The database as it was before the acts; nobody else is connected when it is kept or put back."""

    def keep(self) -> None:
        """Keep it as it is now."""

    def restore(self) -> None:
        """Put it back."""

    def version(self) -> str:
        """Return a mark that moves on whenever somebody commits a change, and seldom otherwise."""


class SqliteBefore:
    """A copy of the file."""

    def __init__(self, file: Path, copy: Path) -> None:
        self._file, self._copy = file, copy

    def keep(self) -> None:
        shutil.copy(self._file, self._copy)
        self._watch = sqlite3.connect(self._file)

    def restore(self) -> None:
        self._watch.close()
        shutil.copy(self._copy, self._file)
        self._watch = sqlite3.connect(self._file)

    def version(self) -> str:
        return str(self._watch.execute("PRAGMA data_version").fetchone()[0])


class PostgresqlBefore:
    """A second database, of which the first is made again."""

    def __init__(self, url: str) -> None:
        self._url, self._name, self._copy = url, url.rsplit("/", 1)[1], ""

    def keep(self) -> None:
        self._copy = create_postgresql(template=self._name)

    def restore(self) -> None:
        drop_postgresql(self._url)
        create_postgresql(template=self._copy.rsplit("/", 1)[1], name=self._name)

    def version(self) -> str:
        with db.engine.connect() as connection:
            return connection.exec_driver_sql("SELECT pg_current_wal_insert_lsn()::text").scalar_one()

    def drop(self) -> None:
        """Drop both."""
        for url in filter(None, (self._url, self._copy)):
            drop_postgresql(url)


class Stage:
    """The two counties on one engine, everybody logged in, and the database as it was before each act."""

    def __init__(self, app: Flask, places: dict[str, Place], before: Before) -> None:
        self.app, self.places, self._before = app, places, before
        self.tokens = {role: self._log_in(username) for role, username in matrix.WHO.items()}
        self.seen: dict[str, set[str]] = defaultdict(set)
        self._close()
        before.keep()
        self._untouched = self.contents()

    def _log_in(self, username: str) -> str:
        client = self.app.test_client()
        assert client.post("/login", data={"username": username, "password": PASSWORD}).status_code == 302
        return client.get_cookie("fanpin").value

    def _close(self) -> None:
        with self.app.app_context():
            if db.engine.dialect.name == "sqlite":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()

    def contents(self) -> str:
        """Return a digest of every row but the traces."""
        with self.app.app_context(), db.engine.connect() as connection:
            found = sha256()
            for table in db.metadata.sorted_tables:
                if not table.name.startswith(TRACES):
                    rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}" ORDER BY 1').fetchall()
                    found.update(repr((table.name, rows)).encode())
            return found.hexdigest()

    def version(self) -> str:
        """Return a mark that moves on whenever somebody commits a change, and seldom otherwise."""
        with self.app.app_context():
            return self._before.version()

    def restore(self) -> None:
        """Undo what an accepted act has changed."""
        self._close()
        self._before.restore()

    def ask(self, role: str, line: Line, names: dict[str, str], place: str = "own") -> TestResponse:
        """Send a request as the role, empty but for what the line gives."""
        given = self.given(line, place)
        return self.send(role, self.address(line.endpoint, names), line.method, query_string=given,
                         data=given if line.method == "POST" else None)

    def send(self, role: str, address: str, method: str, **more: object) -> TestResponse:
        """Send any request as the role and read the whole answer."""
        client: FlaskClient = self.app.test_client()
        if role != ANONYMOUS:
            client.set_cookie("fanpin", self.tokens[role])
        answer = client.open(address, method=method, **more)
        answer.get_data()
        answer.close()
        return answer

    def given(self, line: Line, place: str = "own") -> dict[str, str]:
        """Return what the line gives besides the address; @ names something of the place."""
        pairs = dict(part.split("=") for part in line.given.split("&") if part)
        return {name: self.places[place].refs.get(value.lstrip("@"), value) for name, value in pairs.items()}

    def address(self, endpoint: str, names: dict[str, str]) -> str:
        """Return the address of an endpoint with the names filled in."""
        rule = next(rule for rule in self.app.url_map.iter_rules() if rule.endpoint == endpoint)
        path = re.sub(r"<path:filename>", FILES.get(endpoint, ""), rule.rule)
        path = path.replace("<string:code>", self.places["own"].refs["code"])
        return re.sub(r"<(?:ref:)?(\w+)>", lambda part: names[part[1]], path)

    def names(self, line: Line, place: str, *, wrong_department: bool = False) -> dict[str, str]:
        """Return the references of a line's objects in a place."""
        wanted = line.other_department if wrong_department else line.object
        return {_part(name): self._reference(name, place) for name in filter(None, wanted.split("+"))}

    def _reference(self, name: str, place: str) -> str:
        """Return an object's reference; where a place has none of that name, another of its kind does as well."""
        refs = self.places[place].refs
        return refs.get(name) or refs.get(f"{name.split('_')[0]}_helped") or self.places["own"].refs[name]

    def unchanged(self, version: str) -> bool:
        """Say whether nothing but traces was written since."""
        return self.version() == version or self.contents() == self._untouched


def _part(name: str) -> str:
    """Return the part of the address that names such an object."""
    if name in LOADED:
        return name
    return {"list_paper": "paper"}.get(name) or {"list": "village_list"}.get(name.split("_")[0], name.split("_")[0])
