"""Who may do what where: every page and act, asked as everybody; what the matrix says is what happens, and no word leaks."""

import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fanpin import crypto
from fanpin.extensions import db
from fanpin.rules.roles import PERMISSIONS, Reach, Role
from tests import counties, matrix
from tests.conftest import POSTGRESQL, create_postgresql, drop_postgresql
from tests.matrix import ANONYMOUS, FORBIDDEN, LOGIN, MAY, NOTHING, PLACES, Line
from tests.settlement import SIGNS, Place
from tests.world import PASSWORD

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOBODY = "zzzzzzzzzzzzzz"
# What a request may leave behind although it was refused: its traces in the trail.
TRACES = ("audit", "user_session")
NUMBERS = re.compile(rb"(?<!\d)(?:\d{17}[\dXx]|1\d{10})(?!\d)")
FLEETING = re.compile(rb'name="_key"[^>]*>|value="[A-Za-z0-9_-]{24}"|[a-z2-9]{14}')
# Pages that only lead on to another one.
LEADING = {"analysis.index", "review.meet"}
FILES = {"static": "fanpin.css", "bootstrap.static": "css/bootstrap.min.css"}
LINES = matrix.lines()


class Stage:
    """The two counties on one engine, everybody logged in, and the database as it was before each act."""

    def __init__(self, app: Flask, places: dict[str, Place], snapshot: Path | None) -> None:
        self.app, self.places, self.snapshot = app, places, snapshot
        self.tokens = {role: self._log_in(username) for role, username in matrix.WHO.items()}
        self.seen: dict[str, set[str]] = defaultdict(set)
        self._close()
        if snapshot is not None:
            shutil.copy(self._file, snapshot)
            self._watch = sqlite3.connect(self._file)
        self._before = self.contents()

    def _log_in(self, username: str) -> str:
        client = self.app.test_client()
        assert client.post("/login", data={"username": username, "password": PASSWORD}).status_code == 302
        return client.get_cookie("fanpin").value

    @property
    def _file(self) -> str:
        with self.app.app_context():
            return db.engine.url.database

    def _close(self) -> None:
        with self.app.app_context():
            if self.snapshot is not None:
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

    def version(self) -> int:
        """Return SQLite's count of what others have committed."""
        return self._watch.execute("PRAGMA data_version").fetchone()[0] if self.snapshot else 0

    def restore(self) -> None:
        """Undo what an accepted act has changed."""
        if self.snapshot is None:
            self._before = self.contents()
            return
        self._close()
        self._watch.close()
        shutil.copy(self.snapshot, self._file)
        self._watch = sqlite3.connect(self._file)

    def ask(self, role: str, line: Line, names: dict[str, str], place: str = "own") -> TestResponse:
        """Send a request as the role, empty but for what the line gives."""
        client: FlaskClient = self.app.test_client()
        if role != ANONYMOUS:
            client.set_cookie("fanpin", self.tokens[role])
        given = dict(part.split("=") for part in line.given.split("&") if part)
        given = {name: self.places[place].refs.get(value.lstrip("@"), value) for name, value in given.items()}
        answer = client.open(self.address(line.endpoint, names), method=line.method, query_string=given,
                             data=given if line.method == "POST" else None)
        answer.get_data()
        answer.close()
        return answer

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

    def unchanged(self, version: int) -> bool:
        """Say whether nothing but traces was written since."""
        if self.snapshot is not None and self.version() == version:
            return True
        return self.contents() == self._before

    def leaks(self, role: str, endpoint: str, answer: TestResponse) -> list[str]:
        """Name what the answer shows that the role must not see."""
        body = answer.get_data() + unquote(str(answer.headers)).encode()
        found = []
        numbers = {number.decode() for number in NUMBERS.findall(body)}
        for key, place in self.places.items():
            allowed = matrix.readable(role, key, endpoint)
            for kind in ("id", "phone"):
                found += [] if kind in allowed else sorted(numbers & place.canaries[kind])
            for kind, sign in (("name", 0), ("address", 0), ("said", 1), ("reporter", 1)):
                if kind not in allowed and SIGNS[key][sign].encode() in body:
                    fine = self._narrower(place, allowed) if kind == "name" else frozenset()
                    found += sorted(word for word in place.canaries[kind] - fine if word.encode() in body)
        return found

    @staticmethod
    def _narrower(place: Place, allowed: frozenset[str]) -> set[str]:
        return set().union(*(place.canaries.get(kind, ()) for kind in ("asked", "helped", "mine") if kind in allowed))


@pytest.fixture(scope="module", params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> Iterator[Stage]:
    """Open the two counties on an engine."""
    folder = tmp_path_factory.mktemp("matrix")
    if request.param == "sqlite":
        made = counties.once(tmp_path_factory.mktemp("counties"), keyring)
        yield Stage(made.application(folder), made.places, folder / "before.sqlite")
        return
    url = create_postgresql()
    app = counties.application(url, folder, keyring)
    yield Stage(app, counties.fill(app, folder), None)
    with app.app_context():
        db.engine.dispose()
    drop_postgresql(url)


def _part(name: str) -> str:
    """Return the part of the address that names such an object."""
    if name == "key_check":
        return name
    return {"list_paper": "paper"}.get(name) or {"list": "village_list"}.get(name.split("_")[0], name.split("_")[0])


def outcome(answer: TestResponse) -> str:
    """Return the letter of the matrix for an answer."""
    if answer.status_code in (302, 303):
        # Who logs out is led to the same page, but was let in.
        return LOGIN if answer.location.split("?")[0] == "/login" and "Clear-Site-Data" not in answer.headers else MAY
    return {200: MAY, 409: MAY, 422: MAY, 403: FORBIDDEN, 404: NOTHING}.get(answer.status_code, str(answer.status_code))


def plain(answer: TestResponse) -> bytes:
    """Return a body without what differs from one asking to the next."""
    return FLEETING.sub(b"", answer.get_data())


# The matrix itself.

def test_every_endpoint_and_method_has_a_line(app: Flask):
    there = {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods & {*METHODS}}
    assert sorted(there ^ {(line.endpoint, line.method) for line in LINES}) == []


def test_every_role_has_a_column_and_every_cell_its_letters():
    for line in LINES:
        assert set(line.cells) == {ANONYMOUS, *(role.value for role in Role)}
        for role, cell in line.cells.items():
            assert len(cell) == 1 if not line.object or role == ANONYMOUS else len(cell) == len(PLACES), (line.endpoint, role)
            assert set(cell) <= {MAY, FORBIDDEN, NOTHING, LOGIN}, (line.endpoint, role, cell)


def test_the_matrix_and_the_policy_table_know_the_same_holders(app: Flask):
    differing = []
    for line in LINES:
        action = getattr(getattr(app.view_functions[line.endpoint], "guard", None), "action", None)
        if action is None:
            continue
        may = {role.value for role in PERMISSIONS[action].roles}
        marked = {role for role, cell in line.cells.items() if MAY in cell}
        # Who may act, but on nothing that this address names, is written n; nobody is marked without a permission.
        differing += [f"{line.endpoint}: {role}" for role in sorted(marked - may)]
        differing += [f"{line.endpoint}: {role}" for role in sorted(may - marked) if FORBIDDEN in line.cells[role]]
    assert differing == []


def test_no_permission_reaches_anywhere():
    assert [row.action for row in PERMISSIONS.values() if row.reach is Reach.ANYWHERE] == []


@pytest.mark.parametrize("method", METHODS)
def test_an_undeclared_method_is_refused_before_anything_else(stage: Stage, method: str):
    for rule in stage.app.url_map.iter_rules():
        if method not in rule.methods:
            line = next(line for line in LINES if line.endpoint == rule.endpoint)
            for role in (ANONYMOUS, Role.COUNTY_ANALYST.value):
                names = dict.fromkeys(rule.arguments, NOBODY)
                asked = Line(rule.endpoint, method, line.object, "", "", {})
                assert stage.ask(role, asked, names).status_code == 405, rule.endpoint


# The matrix as it is lived.

def asked(stage: Stage, role: str) -> list[tuple[Line, str]]:
    """List what is asked as a role: all of it on SQLite, one of each kind on PostgreSQL."""
    everything = [(line, place) for line in LINES for place in line.places]
    if stage.snapshot is not None:
        return everything
    chosen = {}
    for line, place in everything:
        guarded = getattr(stage.app.view_functions[line.endpoint], "guard", None)
        if guarded is not None and (line.method == "GET" or line.mark(role, place) != MAY):
            chosen.setdefault((guarded.action or line.endpoint, place, line.mark(role, place)), (line, place))
    return list(chosen.values())


@pytest.mark.parametrize("role", [ANONYMOUS, *(role.value for role in Role)])
def test_a_role_gets_what_the_matrix_says_and_reads_no_more(stage: Stage, role: str):
    wrong = []
    for line, place in asked(stage, role):
        wrong += _wrong(stage, role, line, stage.names(line, place), line.mark(role, place), place)
        if line.other_department and place == "own" and role in [one.value for one in matrix.DEPARTMENTAL]:
            names = stage.names(line, place, wrong_department=True)
            wrong += _wrong(stage, role, line, names, NOTHING, "other department")
    assert wrong == []


def _wrong(stage: Stage, role: str, line: Line, names: dict[str, str], expected: str, where: str) -> list[str]:
    version = stage.version()
    answer = stage.ask(role, line, names, where if where in PLACES else "own")
    what = f"{line.method} {line.endpoint} {where}"
    wrong = [f"{what}: shows {', '.join(leaks[:3])}" for leaks in [stage.leaks(role, line.endpoint, answer)] if leaks]
    got = outcome(answer)
    if got != expected:
        wrong.append(f"{what}: {got} instead of {expected} ({answer.status_code})")
    if got == MAY:
        if line.method == "GET" and answer.status_code == 200:
            stage.seen[line.endpoint].add(role)
        if line.method != "GET" and stage.version() != version:
            stage.restore()
    elif not stage.unchanged(version):
        wrong.append(f"{what}: was refused, yet something was written")
    if expected == NOTHING and names and where in ("other", "other department") and line.method == "GET":
        nobody = stage.ask(role, line, dict.fromkeys(names, NOBODY))
        if (nobody.status_code, plain(nobody)) != (answer.status_code, plain(answer)):
            wrong.append(f"{what}: tells what exists elsewhere from what does not exist")
    return wrong


# The test of the tests.

def test_every_page_was_shown_to_somebody(stage: Stage):
    """Words can leak only on a page that opens; a page on an unfit object would make the search vain."""
    pages = {line.endpoint for line in LINES if line.method == "GET"}
    if stage.snapshot is not None and len(stage.seen) > 1:
        assert pages - set(stage.seen) == LEADING


def test_the_search_finds_words_where_they_are(stage: Stage):
    line = next(line for line in LINES if line.endpoint == "cases.show")
    answer = stage.ask(Role.VILLAGE_CADRE.value, line, stage.names(line, "own"))
    found = stage.leaks(Role.SYSTEM_ADMIN.value, line.endpoint, answer)
    assert any(word in found for word in stage.places["own"].canaries["name"])
    assert any(word in found for word in stage.places["own"].canaries["said"])
