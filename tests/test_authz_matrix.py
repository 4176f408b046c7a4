"""Who may do what where: every page and act, asked as everybody; what the matrix says is what happens, and no word leaks."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fanpin import crypto
from fanpin.extensions import db
from fanpin.rules.roles import PERMISSIONS, Reach, Role
from tests import counties, matrix
from tests.conftest import POSTGRESQL, create_postgresql
from tests.matrix import ANONYMOUS, FORBIDDEN, LOGIN, MAY, NOTHING, PLACES, Line
from tests.settlement import SIGNS, Place
from tests.stage import PostgresqlBefore, SqliteBefore, Stage

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOBODY = "zzzzzzzzzzzzzz"
NUMBERS = re.compile(rb"(?<!\d)(?:\d{17}[\dXx]|1\d{10})(?!\d)")
FLEETING = re.compile(rb'name="_key"[^>]*>|value="[A-Za-z0-9_-]{24}"|[a-z2-9]{14}')
# Pages that only lead on to another one.
LEADING = {"analysis.index", "review.meet"}
LINES = matrix.lines()
ROLES = (ANONYMOUS, *(role.value for role in Role))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> Stage:
    """Open the two counties on SQLite, where everything is asked."""
    folder = tmp_path_factory.mktemp("matrix")
    made = counties.once(tmp_path_factory.mktemp("counties"), keyring)
    return Stage(made.application(folder), made.places, SqliteBefore(folder / "fanpin.sqlite", folder / "before.sqlite"))


@pytest.fixture(scope="module")
def other_stage(tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> Iterator[Stage]:
    """Make the two counties on PostgreSQL, where one of each kind is asked."""
    folder = tmp_path_factory.mktemp("matrix_postgresql")
    url = create_postgresql()
    before = PostgresqlBefore(url)
    app = counties.application(url, folder, keyring)
    yield Stage(app, counties.fill(app, folder), before)
    with app.app_context():
        db.engine.dispose()
    before.drop()


def leaks(places: dict[str, Place], role: str, endpoint: str, answer: TestResponse) -> list[str]:
    """Name what the answer shows that the role must not see."""
    body = answer.get_data() + unquote(str(answer.headers)).encode()
    found = []
    numbers = {number.decode() for number in NUMBERS.findall(body)}
    for key, place in places.items():
        allowed = matrix.readable(role, key, endpoint)
        for kind in ("id", "phone"):
            found += [] if kind in allowed else sorted(numbers & place.canaries[kind])
        for kind, sign in (("name", 0), ("address", 0), ("said", 1), ("reporter", 1)):
            if kind not in allowed and SIGNS[key][sign].encode() in body:
                fine = _narrower(place, allowed) if kind == "name" else frozenset()
                found += sorted(word for word in place.canaries[kind] - fine if word.encode() in body)
    return found


def _narrower(place: Place, allowed: frozenset[str]) -> set[str]:
    return set().union(*(place.canaries.get(kind, ()) for kind in ("asked", "requested", "helped", "mine") if kind in allowed))


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


def test_no_line_is_written_twice():
    said = [(line.endpoint, line.method, line.object) for line in LINES]
    assert sorted(said) == sorted(set(said))


def test_every_role_has_a_column_and_every_cell_its_letters():
    for line in LINES:
        assert set(line.cells) == {*ROLES}
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

@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_the_matrix_says_and_reads_no_more(stage: Stage, role: str):
    wrong = []
    for line in LINES:
        for place in line.places:
            wrong += _wrong(stage, role, line, stage.names(line, place), line.mark(role, place), place)
            if line.other_department and place == "own" and role in [one.value for one in matrix.DEPARTMENTAL]:
                names = stage.names(line, place, wrong_department=True)
                wrong += _wrong(stage, role, line, names, NOTHING, "other department")
    assert wrong == []


@pytest.mark.parametrize("place", PLACES if POSTGRESQL else ())
def test_postgresql_answers_as_the_matrix_says_too(other_stage: Stage, place: str):
    wrong = []
    for role, line in representatives(other_stage.app, place):
        wrong += [f"{role}: {what}" for what in
                  _wrong(other_stage, role, line, other_stage.names(line, place), line.mark(role, place), place)]
    assert wrong == []


def representatives(app: Flask, place: str) -> list[tuple[str, Line]]:
    """Choose one to ask for each action and letter, in turn from all roles: their scopes are what the databases might read differently."""
    asked: Counter[str] = Counter()
    chosen: dict[tuple[str, str, str], tuple[str, Line]] = {}
    for line in LINES:
        guarded = getattr(app.view_functions[line.endpoint], "guard", None)
        if guarded is None or place not in line.places:
            continue
        for role in sorted(ROLES, key=asked.__getitem__):
            kind = (guarded.action or line.endpoint, line.method, line.mark(role, place))
            if kind not in chosen:
                chosen[kind] = (role, line)
                asked[role] += 1
    return list(chosen.values())


def _wrong(stage: Stage, role: str, line: Line, names: dict[str, str], expected: str, where: str) -> list[str]:
    version = stage.version()
    answer = stage.ask(role, line, names, where if where in PLACES else "own")
    what = f"{line.method} {line.endpoint} {where}"
    wrong = [f"{what}: shows {', '.join(shown[:3])}" for shown in [leaks(stage.places, role, line.endpoint, answer)] if shown]
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
    if len(stage.seen) > 1:
        assert pages - set(stage.seen) == LEADING


def test_the_search_finds_words_where_they_are(stage: Stage):
    line = next(line for line in LINES if line.endpoint == "cases.show")
    answer = stage.ask(Role.VILLAGE_CADRE.value, line, stage.names(line, "own"))
    found = leaks(stage.places, Role.SYSTEM_ADMIN.value, line.endpoint, answer)
    assert any(word in found for word in stage.places["own"].canaries["name"])
    assert any(word in found for word in stage.places["own"].canaries["said"])
