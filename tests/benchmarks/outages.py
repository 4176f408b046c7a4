"""What pages take while three departments' adapters die at once and a fourth hangs, beside the same without, in one run.

The server is the real one, web and worker, on a demo county, in an environment of its own in which the faulty adapters
are installed; a second worker goes on with the others while one waits for the hanging adapter. Each is tried again as
soon as its last try has ended, and the breaker, which would spare the workers after five failures, is closed again
each time. Blocks without and with (A B B A) take turns, so that what else the machine does falls on both.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.app import create_app
from fanpin.config import Settings
from fanpin.extensions import db, read_only, writing
from fanpin.models.adapters import AdapterRelease
from fanpin.models.scoped import system_scope
from fanpin.models.users import Grant, User
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_health, adapter_trials
from tests.adapters.faulty import FOLDER, with_samples
from tests.benchmarks.measures import percentile

ROOT = Path(__file__).parents[2]
# What each does, by the fault that it is made of; the last waits until it is ended.
FAULTS = {"exits_without_a_word": "fanpin-outage-exits", "raises": "fanpin-outage-raises", "says_half_an_answer": "fanpin-outage-breaks-off",
          "hangs_before_the_first_answer": "fanpin-outage-hangs"}
NAMED = '''"""A fault under a name of its own."""

from well import answer

from {fault} import Fault


class Named(Fault):
    name, title = "{name}", "停用试验（{fault}）"


fanpin_adapter = answer(Named)
'''
OFFICER = "bm-civil-affairs"
ORDER = "ABBA"
# As long as the worker may still have the hanging adapter in hand; and between two looks at what is owed.
SETTLED_SECONDS, LOOK_SECONDS = 60, 0.25
START_SECONDS = 120
KINDS = {"desk": "desks", "list": "lists", "case": "cases"}


@dataclass
class Blocks:
    """All blocks of one sort: what pages took in milliseconds by kind, seconds of processor time, tries by adapter.

    `each` is the 95th percentile of every block: blocks of one sort that differ show how restless the machine was.
    """

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: float = 0.0
    web_cpu: float = 0.0
    worker_cpu: float = 0.0
    tries: Counter[str] = field(default_factory=Counter)
    each: list[float] = field(default_factory=list)

    def percentile(self, kind: str, share: float) -> float:
        """Return the percentile of a kind of page, in milliseconds."""
        return percentile(self.took[kind], share)


@dataclass(frozen=True)
class Outage:
    """The blocks without and with."""

    households: int
    without: Blocks
    broken: Blocks


def measure(room: Path, *, households: int, rounds: int, seconds: float) -> Outage:
    """Make the county and measure so many rounds of four blocks."""
    python = _environment(room / "env")
    instance, log = room / "instance", room / "log"
    told = {"FANPIN_INSTANCE": str(instance), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    subprocess.run([python, "-m", "fanpin.cli", "demo", "make", "--households", str(households)], env=told, check=True,
                   stdout=subprocess.DEVNULL)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sorts = {"A": Blocks(), "B": Blocks()}
    with (_explained(log), _running([python, "-m", "fanpin.cli", "serve", "--port", str(port)], log, env=told) as server,
          _running([python, "-m", "fanpin.cli", "worker", "run"], log, env=told) as second):
        _await(port, server)
        trouble = Trouble(create_app(Settings.load({}, instance=instance)))
        with _running([sys.executable, "-m", "tests.benchmarks.clients", str(port)], log, cwd=ROOT, talking=True) as clients:
            clients.stdout.readline()
            workers = [*_children(server.pid), second.pid]
            _ask(clients, 5)
            for sort in ORDER * rounds:
                trouble.settle()
                _block(sorts[sort], clients, server.pid, workers, seconds, trouble if sort == "B" else None)
    return Outage(households, sorts["A"], sorts["B"])


class Trouble:
    """Has every faulty adapter tried again as soon as its last try has ended."""

    def __init__(self, app: Flask) -> None:
        self.app, self.tries = app, Counter[str]()
        self._stop, self._thread = Event(), Thread()

    def begin(self) -> None:
        """Go on from a thread until ended."""
        self.tries, self._stop = Counter(), Event()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def end(self) -> Counter[str]:
        """Owe nothing more, and return how often each adapter was called to its end."""
        self._stop.set()
        self._thread.join()
        return self.tries

    def settle(self) -> None:
        """Wait until the worker has nothing of it in hand."""
        until = time.monotonic() + SETTLED_SECONDS
        while any(not self._ended(session, release) for session, release in self._releases()) and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    def _run(self) -> None:
        first = True
        while first or not self._stop.wait(LOOK_SECONDS):
            for session, release in self._releases():
                if self._ended(session, release):
                    self.tries[release.name] += 0 if first else 1
                    self._again(session, release)
            first = False

    def _releases(self) -> Iterator[tuple[Session, AdapterRelease]]:
        with self.app.app_context(), system_scope(db.session(), reason="benchmark"):
            session = db.session()
            read_only(session)
            numbers = session.scalars(select(AdapterRelease.id).where(AdapterRelease.name.in_(FAULTS.values()), AdapterRelease.present)).all()
            session.commit()
            for number in numbers:
                read_only(session)
                yield session, session.get_one(AdapterRelease, number)
                session.commit()

    def _ended(self, session: Session, release: AdapterRelease) -> bool:
        last = adapter_trials.latest(session, release)
        return last is None or last.done_at is not None

    def _again(self, session: Session, release: AdapterRelease) -> None:
        session.commit()
        now = self.app.extensions["fanpin.clock"].now()
        with writing(session):
            adapter_health.succeeded(session, release, now=now)
            adapter_trials.ask(session, release, actor=_officer(session), now=now)


def _officer(session: Session) -> Actor:
    return session.scalars(select(Grant).join(User, Grant.user_id == User.id).where(User.username == OFFICER)).one().actor()


def _block(block: Blocks, clients: subprocess.Popen[str], web: int, workers: Sequence[int], seconds: float, trouble: Trouble | None) -> None:
    def spent() -> tuple[float, float]:
        return _cpu(web), sum(_cpu(worker, children=True) for worker in workers)

    before = spent()
    if trouble is not None:
        trouble.begin()
    found = _ask(clients, seconds)
    for kind, took in found.items():
        block.took[kind] += took
    block.each.append(percentile([one for took in found.values() for one in took], 0.95))
    if trouble is not None:
        block.tries += trouble.end()
    block.seconds += seconds
    block.web_cpu, block.worker_cpu = (so_far + now - then for so_far, now, then in
                                       zip((block.web_cpu, block.worker_cpu), spent(), before, strict=True))


def _ask(clients: subprocess.Popen[str], seconds: float) -> Mapping[str, list[float]]:
    clients.stdin.write(f"{seconds}\n")
    clients.stdin.flush()
    if answer := clients.stdout.readline():
        return json.loads(answer)
    raise RuntimeError("nobody asks for pages any more")


def _children(process: int) -> list[int]:
    found = [Path(path) for path in Path(f"/proc/{process}/task").glob("*/children")]
    return [int(number) for path in found for number in path.read_text(encoding="ascii").split()]


def _cpu(process: int, *, children: bool = False) -> float:
    """Return the seconds of processor time of a process, on wish with those of its children that have ended."""
    values = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, values[11:15 if children else 13])) / os.sysconf("SC_CLK_TCK")


def _environment(folder: Path) -> Path:
    """Make an environment of what is installed here, and install the faulty adapters in it; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    # Linked, not copied: the libraries are large, and the confined children may read below their own prefix only.
    shutil.copytree(sysconfig.get_path("purelib"), packages, copy_function=os.link, symlinks=True, dirs_exist_ok=True)
    points, modules = [], {"well"}
    for fault, name in FAULTS.items():
        module = name.replace("-", "_")
        (packages / f"{module}.py").write_text(NAMED.format(fault=fault, name=name), encoding="utf-8")
        points.append(f"{name} = {module}")
        modules.add(fault)
    for module in modules:
        shutil.copy(FOLDER / f"{module}.py", packages)
    shutil.copytree(with_samples("well", folder / "samples").folder / "samples", packages / "samples")
    about = packages / "fanpin_outages-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: fanpin-outages\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("\n".join(["[fanpin.adapters]", *points, ""]), encoding="utf-8")
    return folder / "bin" / "python"


@contextmanager
def _running(command: Sequence[object], log: Path, *, talking: bool = False, **more: object) -> Iterator[subprocess.Popen[str]]:
    """Run a program that writes what it complains to a file, and end it; `talking`, it answers on its standard output."""
    pipe = subprocess.PIPE if talking else None
    with log.open("a", encoding="utf-8") as complaints:
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe or complaints, stderr=complaints, text=True,
                                   **more)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        if talking:
            process.stdin.close()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@contextmanager
def _explained(log: Path) -> Iterator[None]:
    """Tell with an error what the server and the clients complained last."""
    try:
        yield
    except Exception as error:
        error.add_note(log.read_text(encoding="utf-8")[-2000:] if log.exists() else "")
        raise


def _await(port: int, server: subprocess.Popen[str]) -> None:
    until = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(LOOK_SECONDS)
    raise RuntimeError("the server did not start")


def table(found: Outage) -> str:
    """Return the comparison as Markdown."""
    without, broken = found.without, found.broken
    tries = ", ".join(f"{name.removeprefix('fanpin-outage-')} {broken.tries[name]}" for name in FAULTS.values())
    return "\n".join([
        "### Pages while three adapters die and one hangs (without / with)", "",
        "| pages | asked for | p50 ms | p95 ms | ratio of p95 |", "| -- | -- | -- | -- | -- |",
        *(_row(title, without, broken, kind) for kind, title in KINDS.items()), "",
        f"{found.households:,} households, {without.seconds:.0f} s of each. Calls that ended: {tries}. Processor time: web {without.web_cpu:.0f} / "
        f"{broken.web_cpu:.0f} s, workers and their children {without.worker_cpu:.0f} / {broken.worker_cpu:.0f} s. p95 of each block, ms: "
        f"{_each(without)} / {_each(broken)}."])


def _each(blocks: Blocks) -> str:
    return ", ".join(f"{one:.0f}" for one in blocks.each)


def _row(title: str, without: Blocks, broken: Blocks, kind: str) -> str:
    slowest = without.percentile(kind, 0.95), broken.percentile(kind, 0.95)
    return (f"| {title} | {len(without.took[kind])} / {len(broken.took[kind])} | {without.percentile(kind, 0.5):.0f} / "
            f"{broken.percentile(kind, 0.5):.0f} | {slowest[0]:.0f} / {slowest[1]:.0f} | {slowest[1] / slowest[0]:.2f} |")
