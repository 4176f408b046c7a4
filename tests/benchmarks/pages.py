"""Measure reading: whole pages as a browser gets them, and the bare queries behind list and search."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, select

from fanpin.authorization import scope_for
from fanpin.cli.demo_people import PASSWORD
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.models.scoped import set_scope
from fanpin.steps import households
from tests.benchmarks.measures import Spread, counting, spread, timed
from tests.benchmarks.prefecture import Prefecture

WARM = 3
FIRST_PAGE = 51
PLACE = (Household.area_path, Household.id)
DESKS = {"cun": "村干部", "xiang": "乡镇干部", "xian": "县级业务人员"}


@dataclass(frozen=True)
class Page:
    """One page as measured: its times, its bytes before and after compression, and its statements at most."""

    name: str
    time: Spread
    size: int
    squeezed: int
    statements: int


@dataclass(frozen=True)
class Query:
    """One bare query as measured, its rows taken into objects."""

    name: str
    time: Spread


class Pages:
    """The pages and queries that are measured, on one database."""

    def __init__(self, app: Flask, made: Prefecture, cases: Sequence[tuple[str, str]]) -> None:
        self.app, self.made, self.cases = app, made, cases
        self._clients: dict[str, FlaskClient] = {}
        with app.app_context():
            self.engine = db.engine

    def measure(self, times: int) -> list[Page]:
        """Ask for every page the given number of times."""
        return [self._page(name, username, addresses, times) for name, username, addresses in self._wanted()]

    def _wanted(self) -> Iterator[tuple[str, str, Sequence[str]]]:
        sample = self.made.sample
        for username, title in DESKS.items():
            yield f"desk: {username} ({title})", username, ["/"]
        yield "list of cases: county", "xian", ["/cases"]
        yield "list of cases: prefecture", "zhou", ["/cases"]
        yield "list of households: county", "xian", ["/households/"]
        yield "list of households: prefecture", "zhou", ["/households/"]
        yield "case", "xian", [f"/cases/{case}" for case, _household in self.cases]
        yield "household", "xian", [f"/households/{household}" for _case, household in self.cases]
        yield "search by ID number: county", "xian", [f"/households/?q={row.head_id_number}" for row in sample]
        yield "search by ID number: prefecture", "zhou", [f"/households/?q={row.head_id_number}" for row in sample]
        yield "search by name: prefecture", "zhou", [f"/households/?q={row.head_name}" for row in sample]
        yield "search by initials: prefecture", "zhou", [
            f"/households/?q={households.initials(row.head_name)}" for row in sample]

    def _page(self, name: str, username: str, addresses: Sequence[str], times: int) -> Page:
        client, seconds, statements, body = self._client(username), [], 0, b""
        for number, address in zip(range(WARM + times), cycle(addresses)):
            with counting(self.engine) as counter:
                took, found = _asked(client, address)
            if number >= WARM:
                seconds.append(took)
                statements, body = max(statements, counter.statements), max(body, found, key=len)
        return Page(name, spread(seconds), len(body), len(gzip.compress(body, 6)), statements)

    def _client(self, username: str) -> FlaskClient:
        if username not in self._clients:
            client = self.app.test_client()
            answer = client.post("/login", data={"username": username, "password": PASSWORD})
            if answer.status_code not in (302, 303):
                raise RuntimeError(f"{username} could not log in: {answer.status_code}")
            self._clients[username] = client
        return self._clients[username]

    def queries(self, times: int) -> list[Query]:
        """Run the queries behind list and search as the prefecture's officer, whose scope holds every household."""
        sample = cycle(self.made.sample)
        first = select(Household).where(Household.departed_on.is_(None)).order_by(*PLACE).limit(FIRST_PAGE)
        cases = select(Case).where(Case.closed_on.is_(None)).order_by(Case.stage_since, Case.id).limit(FIRST_PAGE)

        def search(text: Callable[[], str]) -> Callable[[], Select]:
            return lambda: households.search(text()).order_by(*PLACE).limit(FIRST_PAGE)

        return [
            self._query("first page of households", lambda: first, times),
            self._query("first page of cases", lambda: cases, times),
            self._query("exact ID number", search(lambda: next(sample).head_id_number), times),
            self._query("exact name", search(lambda: next(sample).head_name), times),
            self._query("initials", search(lambda: households.initials(next(sample).head_name)), times),
        ]

    def _query(self, name: str, query: Callable[[], Select], times: int) -> Query:
        seconds = []
        for number in range(WARM + times):
            with self.app.app_context():
                session = db.session()
                set_scope(session, scope_for(self.made.actors["zhou"]))
                session.connection(execution_options={"read_only": True})
                took = timed(lambda: session.scalars(query()).all())
                if number >= WARM:
                    seconds.append(took)
        return Query(name, spread(seconds))


def _asked(client: FlaskClient, address: str) -> tuple[tuple[float, float], bytes]:
    kept = []
    took = timed(lambda: kept.append(client.get(address)))
    answer = kept[0]
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return took, answer.get_data()
