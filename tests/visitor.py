"""A person at a served instance, by HTTP and nothing else: logs in, reads pages, sends forms with what the page hid in them."""

import re
import socket
import time
import uuid
from collections.abc import Callable
from http.cookiejar import CookieJar
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

PATIENCE = 60.0
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')


class Visitor:
    """One browser: its cookies, and the last page's address."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        """Return a page."""
        with self._opener.open(urljoin(self._address, path), timeout=PATIENCE) as answer:
            return answer.read().decode()

    def links(self, path: str, pattern: str) -> list[str]:
        """Return the addresses on a page that fit."""
        found = re.findall(r'href="([^"]+)"', self.get(path))
        return list(dict.fromkeys(link for link in found if re.search(pattern, link)))

    def post(self, path: str, *, page: str = "", **fields: str | tuple[str, bytes]) -> str:
        """Send the form that a page shows, as its path says; return where one is led."""
        hidden = dict(_hidden(self.get(page or path)))
        boundary = uuid.uuid4().hex
        parts = b"".join(_part(boundary, name, value) for name, value in {**hidden, **fields}.items())
        request = Request(urljoin(self._address, path), parts + f"--{boundary}--\r\n".encode(), {
            "Content-Type": f"multipart/form-data; boundary={boundary}", "Origin": self._address, "Referer": urljoin(self._address, path)})
        with self._opener.open(request, timeout=PATIENCE) as answer:
            return urlsplit(answer.url).path

    def log_in(self, username: str, password: str) -> None:
        """Log in."""
        assert self.post("/login", username=username, password=password) != "/login"


def _hidden(page: str) -> list[tuple[str, str]]:
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', found)) for found in HIDDEN.findall(page)]
    return [(found["name"], found.get("value", "")) for found in inputs if "name" in found]


def _part(boundary: str, name: str, value: str | tuple[str, bytes]) -> bytes:
    file, content = value if isinstance(value, tuple) else ("", value.encode())
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listening(port: int) -> bool:
    """Say whether somebody listens."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def plain(page: str) -> str:
    """Return the words of a page, to be read where a test fails."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def wait_until(true: Callable[[], bool], why: Callable[[], str] = str) -> None:
    """Wait for something that another process does; `why` tells what is to be seen instead."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, why()
        time.sleep(0.2)
