"""People at work, in a process of their own: each asks for one page after another and looks at it for a moment.

`python -m tests.benchmarks.clients PORT` logs everybody in, says "ready", and for each line of standard input, a
number of seconds, prints how long every page took in milliseconds, by kind, as JSON.
"""

import http.client
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from urllib.parse import urlencode

from fanpin.cli.demo_people import PASSWORD

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Whoever looks at a page does so for this long on average; with everybody here some ten pages a second are asked for.
LOOKING_SECONDS = 0.5
WORKERS = ("cun", "xiang", "xian", "xianshen", "bm-civil-affairs", "bm-medical-insurance")
# The department's officers have a desk alone.
LISTS = {"cun": ("/cases", "/households/"), "xiang": ("/cases", "/households/"), "xian": ("/cases", "/households/"),
         "xianshen": ("/cases",)}
CASE = re.compile(r'href="(/cases/[a-z2-9]{14})"')
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
Took = list[tuple[str, float]]


class Person:
    """Somebody at work, with one connection and one session."""

    def __init__(self, port: int, username: str) -> None:
        self.username, self._connection = username, http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._random, self._cookies = random.Random(username), {}
        page = self._ask("GET", "/login")
        fields = {"username": username, "password": PASSWORD, "csrf_token": TOKEN.search(page)[1]}
        self._ask("POST", "/login", urlencode(fields))
        lists = LISTS.get(username, ())
        cases = CASE.findall(self._ask("GET", "/cases")) if lists else []
        kinds = {"desk": ["/"], "list": list(lists), "case": list(dict.fromkeys(cases))}
        self._pages = {kind: addresses for kind, addresses in kinds.items() if addresses}

    def work(self, until: float) -> Took:
        """Ask for pages of every kind in turn, and return how long each took."""
        took: Took = []
        # The server ends a connection that was idle for as long as a pause between two blocks may last.
        self._connection.close()
        while time.monotonic() < until:
            for kind, addresses in self._pages.items():
                address = self._random.choice(addresses)
                begun = time.perf_counter()
                self._ask("GET", address)
                took.append((kind, (time.perf_counter() - begun) * 1000))
                time.sleep(self._random.uniform(0, 2 * LOOKING_SECONDS))
        return took

    def _ask(self, method: str, address: str, body: str = "") -> str:
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())} if self._cookies else {}
        self._connection.request(method, address, body or None, cookie | (FORM if body else {}))
        answer = self._connection.getresponse()
        page = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self._cookies.update([value.split(";")[0].split("=", 1)])
        if answer.status != (302 if method == "POST" else 200):
            raise RuntimeError(f"{self.username}: {method} {address} answered {answer.status}")
        return page


def main(arguments: Sequence[str]) -> None:
    """Measure as often as told to."""
    people = [Person(int(arguments[0]), username) for username in WORKERS]
    print("ready", flush=True)
    with ThreadPoolExecutor(len(people)) as pool:
        for line in sys.stdin:
            until = time.monotonic() + float(line)
            found: dict[str, list[float]] = defaultdict(list)
            for kind, milliseconds in chain.from_iterable(pool.map(lambda person: person.work(until), people)):
                found[kind].append(milliseconds)
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
