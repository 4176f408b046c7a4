"""Serve the pages, and keep two workers alive beside them: nothing waits for a department that hangs."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from types import FrameType

import click
from flask import Flask
from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from fanpin.cli import Plain, load_settings
from fanpin.cli.adapter import register
from fanpin.cli.opening import open_app
from fanpin.config import Settings
from fanpin.steps.outbox import Lane

THREADS = 8
CONNECTIONS = 1000
IDLE_CONNECTION_SECONDS = 30
CLEANUP_SECONDS = 5
FORM_OVERHEAD = 1 << 20
FIRST_PAUSE, LONGEST_PAUSE, STEADY_SECONDS = 1.0, 60.0, 60.0
GRACE_SECONDS = 10.0

log = logging.getLogger("fanpin.serve")


@click.command(name="serve")
@click.option("--host", help="监听地址；默认只有本机能访问（127.0.0.1）。")
@click.option("--port", type=int, help="端口，默认 8000。")
@click.option("--no-worker", is_flag=True, help="不带起后台任务（另用 fanpin worker run 运行时）。")
def command(host: str | None, port: int | None, no_worker: bool) -> None:
    """启动网页服务和后台任务；Ctrl+C 或 SIGTERM 停止。"""
    settings = load_settings(host=host, port=port)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    app = open_app(settings)
    if app.config["FANPIN_DEMO_KEYS"] and not settings.loopback:
        raise Plain("演示数据只能在本机打开，没有启动。请去掉 --host，或用 fanpin init 建立正式安装。")
    for refused in register(app).refused:
        log.warning("adapter refused: %s", refused)
    listening = _listen(app, settings)
    supervisors = [] if no_worker else [Supervisor(worker_command(settings.instance, lane)) for lane in (Lane.INSIDE, Lane.OUTSIDE)]
    signal.signal(signal.SIGTERM, _end)
    try:
        for supervisor in supervisors:
            supervisor.start()
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        click.echo(f"已启动：http://{shown}:{settings.port}/  按 Ctrl+C 停止。")
        listening.run()
    finally:
        listening.close()
        for supervisor in supervisors:
            supervisor.tell()
        for supervisor in supervisors:
            supervisor.stop()


def worker_command(instance: Path, lane: Lane) -> list[str]:
    """Return how to start a worker that ends with this process."""
    return [sys.executable, "-m", "fanpin.cli", "--instance", str(instance), "worker", "run", "--lane", lane.value, "--parent",
            str(os.getpid())]


class Supervisor(Thread):
    """Starts the worker, starts it again when it ends, with growing pauses while it keeps ending at once."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(name="supervisor", daemon=True)
        self._arguments = list(arguments)
        self._stopping = Event()
        self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Keep one worker alive until told to stop."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            self.process = subprocess.Popen(self._arguments, stdin=subprocess.DEVNULL)
            self.starts += 1
            while self.process.poll() is None and not self._stopping.wait(0.1):
                pass
            if self._stopping.is_set():
                break
            pause = FIRST_PAUSE if time.monotonic() - began > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE)
            log.error("the worker ended with code %s; starting it again in %.0f s", self.process.returncode, pause)
            self._stopping.wait(pause)
        self._end_worker()

    def tell(self) -> None:
        """Let the worker end when it has finished what it has in hand."""
        self._stopping.set()

    def stop(self) -> None:
        """Tell the worker to end, and return when it is gone."""
        self.tell()
        if self.is_alive():
            self.join(GRACE_SECONDS + 5)

    def _end_worker(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _listen(app: Flask, settings: Settings) -> BaseWSGIServer | MultiSocketServer:
    return create_server(
        app, sockets=[_bind(settings)], threads=THREADS, connection_limit=CONNECTIONS,
        channel_timeout=IDLE_CONNECTION_SECONDS, cleanup_interval=CLEANUP_SECONDS, asyncore_use_poll=True,
        max_request_body_size=(settings.max_upload_mb << 20) + FORM_OVERHEAD, ident=None,
        clear_untrusted_proxy_headers=False, expose_tracebacks=False)


def _bind(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise Plain(f"不能在 {settings.host}:{settings.port} 上启动（{error.strerror}）。"
                    "可能已经启动过一个；也可以用 --port 换一个端口。") from None


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
