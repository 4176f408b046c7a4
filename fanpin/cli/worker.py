"""Run the worker, and look after what it could not do."""

import logging
import os
import signal
from threading import Event
from types import FrameType

import click
from flask import Flask
from sqlalchemy import select, update

from fanpin import worker
from fanpin.cli import Plain, load_settings
from fanpin.cli.opening import open_app
from fanpin.clock import SHANGHAI, Clock
from fanpin.extensions import db, read_only, writing
from fanpin.models.outbox import OutboxItem
from fanpin.steps.outbox import Lane


@click.group(name="worker")
def command() -> None:
    """后台任务：打印文书、送达、封存审计记录。"""


@command.command("run")
@click.option("--parent", type=int, hidden=True)
@click.option("--lane", type=click.Choice([lane.value for lane in Lane]), default=Lane.ALL.value,
              help="all 做全部；outside 只做要等部门接口的；inside 做其余的。")
def run_command(parent: int | None, lane: str) -> None:
    """一直运行，收到 SIGTERM 后做完手上的一件再退出（fanpin serve 会自动带起两个，各管一类）。"""
    settings = load_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    stop = _Stop(parent)
    with worker.Worker(open_app(settings), lane=Lane(lane)) as running:
        running.run(stop)


@command.command("drain")
def drain_command() -> None:
    """把现在到期的任务做完就退出。"""
    click.echo(f"做完了{worker.drain(open_app(load_settings()))}件。")


@command.command("dead")
@click.option("--retry", "number", type=int, metavar="ID", help="再试这一件。")
def dead_command(number: int | None) -> None:
    """列出多次失败、已停止重试的任务；--retry 再试一件。"""
    app = open_app(load_settings())
    with app.app_context():
        _list_dead() if number is None else _retry(app, number)


def _list_dead() -> None:
    session = db.session()
    read_only(session)
    rows = session.scalars(select(OutboxItem).where(OutboxItem.state == "dead").order_by(OutboxItem.id)).all()
    for row in rows:
        since = row.created_at.astimezone(SHANGHAI)
        click.echo(f"{row.id}  {row.kind}  {since:%Y-%m-%d %H:%M}  试过{row.attempts}次  {row.error}")
    click.echo(f"共{len(rows)}件。" + ("查明原因后用 fanpin worker dead --retry ID 再试。" if rows else ""))
    session.rollback()


def _retry(app: Flask, number: int) -> None:
    clock: Clock = app.extensions["fanpin.clock"]
    session = db.session()
    with writing(session):
        found = session.execute(update(OutboxItem).where(OutboxItem.id == number, OutboxItem.state == "dead")
                                .values(state="waiting", attempts=0, due_at=clock.now(), error=""))
    if not found.rowcount:
        raise Plain(f"没有编号为 {number} 的失败任务。用 fanpin worker dead 查看。")
    click.echo(f"第{number}件会马上再试。")


class _Stop(Event):
    """Set by SIGTERM and SIGINT, and when the server that started this worker is gone."""

    def __init__(self, parent: int | None) -> None:
        super().__init__()
        self._parent = parent
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told)

    def is_set(self) -> bool:
        """Say whether it is time to end."""
        return super().is_set() or (self._parent is not None and os.getppid() != self._parent)

    def _told(self, _number: int, _frame: FrameType | None) -> None:
        self.set()
