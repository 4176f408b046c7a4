"""A nursery of processes to be killed: imports the application once, then forks webs and workers on request."""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from threading import Event

from flask import Flask
from sqlalchemy.orm import Session
from waitress import serve

from fanpin import audit, crypto
from fanpin.app import create_app
from fanpin.clock import Clock
from fanpin.config import Settings
from fanpin.extensions import db
from fanpin.steps import outbox
from fanpin.worker import Worker, discover


@outbox.handles("test.mark")
def mark(session: Session, payload: Mapping[str, object], now: datetime) -> None:
    """Write one event, slowly enough to be killed in the middle."""
    audit.record(session, "system.init", actor="test", now=now, stream=f"mark:{payload['number']}")
    time.sleep(0.01)


def application(instance: Path, key_file: Path, database: str = "") -> Flask:
    """Build the application without opening its database, so that children can share it."""
    told = {"FANPIN_DATABASE_URL": database} if database else {}
    settings = Settings.load(told | {"FANPIN_PASSWORD_PROFILE": "test", "FANPIN_KEY_FILE": str(key_file)}, instance=instance)
    app = create_app(settings, clock=Clock(), keyring=crypto.Keyring.load(key_file))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def stop_at(owner: object, name: str, turn: int, *, seconds: float = 60) -> None:
    """Let this process, at a call of a function, write what it has in hand, say that it is there, and wait to be killed."""
    real: Callable[..., object] = getattr(owner, name)
    calls = []

    def stop(*args: object, **more: object) -> object:
        calls.append(1)
        if len(calls) == turn:
            db.session().flush()
            print("there", flush=True)
            time.sleep(seconds)
        return real(*args, **more)

    setattr(owner, name, stop)


def work(app: Flask) -> None:
    """Be a worker until killed."""
    with Worker(app) as worker:
        worker.run(Event())


def main() -> None:
    """Fork a `web PORT` or a `worker` for each line on standard input and answer with its process number."""
    app = application(Path(sys.argv[1]), Path(sys.argv[2]))
    discover()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        kind, *port = line.split()
        child = os.fork()
        if child == 0:
            os.close(0)
            if kind == "web":
                serve(app, host="127.0.0.1", port=int(port[0]), threads=4, _quiet=True)
            else:
                work(app)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
