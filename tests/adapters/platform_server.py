"""A small real exchange platform: paging, tokens that expire, slowness, failures, answers that come later."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from fanpin.adapters.reach import Reach

SECRET = "演示密钥-s3cret"
# The tests' servers stand on this machine, where no department's may.
HERE = Reach(listed=("127.0.0.1", "localhost"))
Record = Mapping[str, object]


@dataclass
class Desk:
    """What the platform holds and how it misbehaves; a test sets only what it is about."""

    records: list[Record] = field(default_factory=list)
    token_life: int = 10**9
    failures: list[int] = field(default_factory=list)
    retry_after: str = ""
    slow: float = 0.0
    drip: float = 0.0
    body: bytes | None = None
    redirect: str = ""
    drop: int = 0
    later: int = 0
    most: int = 10**9
    unpaged: bool = False
    total: int | None = None
    token: str = ""
    uses: int = 0
    tokens: int = 0
    calls: list[str] = field(default_factory=list)
    asked: list[object] = field(default_factory=list)
    # What was posted, by its key: the same key is the same posting, however often it comes.
    posted: dict[str, Record] = field(default_factory=dict)
    withdrawn: list[object] = field(default_factory=list)
    posted_at: str = "2026-03-02T08:30:00+08:00"
    silent: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def new_token(self) -> str:
        """Give out a token; the one before is void."""
        self.tokens += 1
        self.token, self.uses = f"token-{self.tokens}", 0
        return self.token

    def admits(self, header: str) -> bool:
        """Say whether the token is the last one and not used up."""
        self.uses += 1
        return header == f"Bearer {self.token}" and self.uses <= self.token_life


class Handler(BaseHTTPRequestHandler):
    """Answers /token, /data and /ask."""

    protocol_version = "HTTP/1.1"
    desk: Desk

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Give a page, or the answer to an earlier question."""
        asked = parse_qs(urlsplit(self.path).query)
        if self._trouble():
            return
        if self.path.startswith("/notices"):
            self._receipt(asked["ticket"][0])
            return
        if "ticket" in asked:
            self._later_or(asked["ticket"][0])
            return
        records = [row for row in self.desk.records if str(row.get("updated", "")) >= asked.get("since", [""])[0]]
        size, number = int(asked["pageSize"][0]), int(asked["pageNum"][0])
        size, number = min(size, self.desk.most), 1 if self.desk.unpaged else number
        total = {} if self.desk.total is None else {"total": self.desk.total}
        self._say(200, {"code": 0, "data": {"records": records[(number - 1) * size:number * size], **total}})

    def do_POST(self) -> None:
        """Give a token, or take a question."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/token":
            right = sent == {"appId": "fanpin", "appSecret": SECRET}
            self._say(200, {"access_token": self.desk.new_token()}) if right else self._say(401, {})
            return
        if self._trouble():
            return
        self.desk.asked.append(sent)
        if self.path == "/notices/withdraw":
            self.desk.withdrawn.append(sent)
            self._say(200, {"data": {"id": sent["id"]}})
        elif self.path == "/notices":
            self.desk.posted.setdefault(self.headers["Idempotency-Key"], sent)
            self._receipt(self.headers["Idempotency-Key"])
        else:
            self._later_or("ticket-1")

    def _receipt(self, key: str) -> None:
        number = list(self.desk.posted).index(key) + 1
        if self.desk.silent:
            self.connection.close()
            self.close_connection = True
        elif self.desk.later:
            self.desk.later -= 1
            self._say(202, {"data": {"ticket": key}})
        else:
            self._say(200, {"data": {"id": f"GS{number}", "url": f"https://zfjz.example.invalid/{number}", "time": self.desk.posted_at}})

    def _later_or(self, ticket: str) -> None:
        if self.desk.later:
            self.desk.later -= 1
            self._say(202, {"data": {"ticket": ticket, "due": "2026-03-05"}})
        else:
            self._say(200, {"data": {"records": self.desk.records}})

    def _trouble(self) -> bool:
        desk = self.desk
        with desk.lock:
            desk.calls.append(self.path)
            status = desk.failures.pop(0) if desk.failures else 0
            drop = desk.drop > 0
            desk.drop -= drop
        if drop:
            self.connection.close()
            self.close_connection = True
        elif desk.redirect:
            self.send_response(302)
            self.send_header("Location", desk.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif not desk.admits(self.headers.get("Authorization", "")):
            self._say(401, {})
        elif status:
            self._say(status, {}, {"Retry-After": desk.retry_after} if desk.retry_after else {})
        elif desk.body is not None:
            self._send(200, desk.body, {})
        else:
            time.sleep(desk.slow)
            return False
        return True

    def _say(self, status: int, document: object, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, json.dumps(document, ensure_ascii=False).encode(), headers or {})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not self.desk.drip:
            self.wfile.write(content)
            return
        for at in range(len(content)):
            self.wfile.write(content[at:at + 1])
            time.sleep(self.desk.drip)


class Server(ThreadingHTTPServer):
    """Threads that die with the test; a client that goes away is nothing to report."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def a_platform(desk: Desk) -> Iterator[str]:
    """Serve the desk on a free port of this machine and give its address."""
    handler = type("DeskHandler", (Handler,), {"desk": desk})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
