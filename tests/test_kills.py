"""Fifty kill -9 of web and worker under load: what was acknowledged is there once, whole, and nothing is torn."""

import http.client
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from fanpin import audit, crypto
from fanpin.clock import Clock
from fanpin.extensions import db
from fanpin.models.audit import AuditEvent
from fanpin.models.leads import Guidance
from fanpin.models.outbox import OutboxItem
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.steps import outbox
from fanpin.worker import drain
from tests.conftest import Templates
from tests.kill_harness import application
from tests.world import PASSWORD

KILLS, CLIENTS, ITEMS = 50, 3, 150
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Client(Thread):
    """Post one form after another; after a broken connection the same form goes again under its one-time key."""

    def __init__(self, number: int, port: int, stop: Event) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.stop = number, port, stop
        self.cookie, self.acknowledged, self.sent = "", [], 0

    def run(self) -> None:
        """Log in and work until told to stop; the last form is finished."""
        while not self.cookie and not self.stop.is_set():
            answer = self._post("/login", {"username": "cun.gan", "password": PASSWORD})
            self.cookie = answer[1] if answer and answer[0] in (302, 303) else ""
        while not self.stop.is_set():
            person = f"测试引导{self.number}之{self.sent}"
            self.sent += 1
            fields = {"person": person, "channel": "province", "given_on": datetime.now(UTC).date().isoformat(),
                      "_key": secrets.token_urlsafe(18)}
            if self._until_answered(fields):
                self.acknowledged.append(person)

    def _until_answered(self, fields: dict[str, str]) -> bool:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            answer = self._post("/intake/guide", fields)
            if answer is not None and answer[0] in (302, 303):
                return True
            time.sleep(0.02)
        return False

    def _post(self, path: str, fields: dict[str, str]) -> tuple[int, str] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", path, urlencode(fields), FORM | ({"Cookie": self.cookie} if self.cookie else {}))
            answer = connection.getresponse()
            answer.read()
            cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
            return answer.status, "; ".join(cookies)
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def is_there(process: int) -> bool:
    """Say whether a process still exists."""
    return Path(f"/proc/{process}").exists()


class Nursery:
    """The process that forks webs and workers."""

    def __init__(self, instance: Path, key_file: Path, port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill_harness", instance, key_file], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
        assert self.process.stdout.readline() == "ready\n"
        self.children = {"web": self._fork("web"), "worker": self._fork("worker")}

    def _fork(self, kind: str) -> int:
        self.process.stdin.write(f"{kind} {self.port}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def kill(self, kind: str) -> None:
        """Kill -9 the web or the worker; once it is gone, and its port free, fork another."""
        os.kill(self.children[kind], signal.SIGKILL)
        deadline = time.monotonic() + 10
        while is_there(self.children[kind]) and time.monotonic() < deadline:
            time.sleep(0.005)
        self.children[kind] = self._fork(kind)

    def end(self) -> None:
        """Kill everybody."""
        for child in filter(is_there, self.children.values()):
            os.kill(child, signal.SIGKILL)
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


@pytest.mark.kill
def test_fifty_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path, templates: Templates,
                                                       keyring: crypto.Keyring) -> None:
    templates.lay("sqlite", f"sqlite:///{tmp_path / 'fanpin.sqlite'}", peopled=True)
    key_file = templates.key_file
    app = application(tmp_path, key_file)
    with app.app_context():
        for number in range(ITEMS):
            outbox.put(db.session(), "test.mark", {"number": number}, now=Clock().now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    clients = _under_load(tmp_path, key_file)
    app.extensions["fanpin.clock"].offset = outbox.LEASE * 3
    drain(app)
    with app.app_context():
        _require_whole(clients)
        db.session.remove()
        db.engine.dispose()
    crypto.init_keyring(keyring)


def _under_load(instance: Path, key_file: Path) -> list[Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stop, chance = Event(), random.Random(50)
    nursery = Nursery(instance, key_file, port)
    clients = [Client(number, port, stop) for number in range(CLIENTS)]
    try:
        for client in clients:
            client.start()
        for count in range(KILLS):
            time.sleep(chance.uniform(0.1, 0.5))
            nursery.kill("worker" if count % 2 else "web")
        time.sleep(1)
        stop.set()
        for client in clients:
            client.join(timeout=90)
    finally:
        nursery.end()
    return clients


def _require_whole(clients: list[Client]) -> None:
    session = db.session()
    set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
    there = session.scalars(select(Guidance.person)).all()
    acknowledged = [person for client in clients for person in client.acknowledged]
    assert len(acknowledged) > KILLS
    assert len(there) == len(set(there))
    assert set(acknowledged) <= set(there)
    guided = session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.tag == "intake.guide"))
    assert guided == len(there)
    assert set(session.scalars(select(OutboxItem.state).where(OutboxItem.kind == "test.mark"))) == {"done"}
    marks = session.scalars(select(AuditEvent.stream).where(AuditEvent.stream.startswith("mark:"))).all()
    assert sorted(marks) == sorted(f"mark:{number}" for number in range(ITEMS))
    assert audit.verify(session).whole
