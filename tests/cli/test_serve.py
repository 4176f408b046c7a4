"""Serving: one web process and its worker, started again when it dies, ended together and quickly."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fanpin.cli import serve
from fanpin.cli.init import founded
from fanpin.clock import Clock
from fanpin.config import Settings
from fanpin.extensions import db, writing
from fanpin.steps import installation
from tests.cli.conftest import Run, fanpin


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(met: Callable[[], object], seconds: float = 20) -> object:
    """Return the first true answer, or fail."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := met():
            return answer
        time.sleep(0.05)
    raise AssertionError("it never happened")


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    threads = Path(f"/proc/{process}/task").glob("*/children") if listed.exists() else ()
    return [int(number) for path in threads for number in path.read_text(encoding="ascii").split()]


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def answers(port: int) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/no-such-page", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


@pytest.fixture
def served(instance: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FANPIN_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "fanpin.cli", "--instance", str(instance), "serve", "--port", str(port)],
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(port))
        yield process, port
    finally:
        process.kill()
        process.wait()


def both(process: int) -> list[int]:
    return until(lambda: workers if len(workers := children(process)) == 2 else None)


def test_server_and_workers_live_and_end_together(served: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = served
    first, other = both(process.pid)
    os.kill(first, signal.SIGKILL)
    second = until(lambda: [number for number in children(process.pid) if number not in (first, other)])[0]
    assert answers(port) == 404
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    assert time.monotonic() - began < 10 and not alive(second) and not alive(other)


def test_a_worker_does_not_outlive_a_killed_server(served: tuple[subprocess.Popen[bytes], int]) -> None:
    process, _port = served
    workers = both(process.pid)
    # A worker takes a moment until it watches.
    time.sleep(3)
    process.kill()
    process.wait()
    until(lambda: not any(map(alive, workers)))


def test_a_taken_port_is_told_plainly(run: Run) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--port", str(taken.getsockname()[1]), "--no-worker")
    assert result.exit_code == 1 and "--port" in result.stderr


def test_a_demo_serves_this_machine_only(tmp_path: Path) -> None:
    folder, clock = tmp_path / "demo", Clock()
    settings = Settings.load({"FANPIN_PASSWORD_PROFILE": "test"}, instance=folder)
    with founded(settings, demo=True, now=clock.now()) as app, app.app_context(), writing(db.session()) as session:
        installation.mark(session, kind=installation.DEMO)
    result = fanpin(folder, "serve", "--host", "0.0.0.0", FANPIN_HTTPS="true", FANPIN_TRUSTED_HOSTS="fanpin.example",
                    FANPIN_PASSWORD_PROFILE="production")
    assert result.exit_code == 1 and "只能在本机" in result.stderr


def test_other_hosts_need_https_and_names(run: Run) -> None:
    result = run("serve", "--host", "0.0.0.0")
    assert result.exit_code == 1 and "trusted_hosts" in result.stderr


def test_a_worker_that_keeps_ending_is_started_with_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "FIRST_PAUSE", 0.05)
    supervisor = serve.Supervisor([sys.executable, "-c", "raise SystemExit(3)"])
    began = time.monotonic()
    supervisor.start()
    until(lambda: supervisor.starts >= 4)
    assert time.monotonic() - began >= 0.1 + 0.2 + 0.4
    supervisor.stop()
    assert not supervisor.is_alive()
