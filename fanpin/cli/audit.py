"""Verify, seal and export the trail."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.cli import Plain, load_settings
from fanpin.cli.opening import open_app
from fanpin.clock import Clock
from fanpin.extensions import db, read_only, writing
from fanpin.models.audit import AuditAnchor, AuditEvent, AuditStream
from fanpin.steps import housekeeping

FORMAT = "fanpin-audit-1"
EVENT_COLUMNS = ("stream", "seq", "at", "actor", "actor_id", "tag", "object", "area_path", "outcome", "commitment",
                 "prev", "hash")
ANCHOR_COLUMNS = ("id", "at", "last_event_id", "streams", "root", "prev", "seal")


@click.group(name="audit")
def command() -> None:
    """审计记录：核验、封存、导出。"""


@command.command("verify")
@click.option("--stream", metavar="NAME", help="只核验一条链，例如 case:12。")
@click.option("--export", "target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="同时导出为逐行 JSON，可用 script/verify-audit 在别的电脑上核验（不含个人信息）。")
def verify_command(stream: str | None, target: Path | None) -> None:
    """逐条重算审计记录；有改动就指出在哪里，并以退出码 1 结束。"""
    app = open_app(load_settings())
    with app.app_context():
        session = db.session()
        read_only(session)
        report = audit.verify(session, stream=stream)
        if target is not None:
            with target.open("x", encoding="utf-8") as file:
                file.writelines(exported(session, stream))
            click.echo(f"已导出到 {target}。")
        session.rollback()
    click.echo(f"核验了{report.streams}条链、{report.events}条记录、{report.anchors}次封存。")
    if not report.whole:
        raise Plain("审计记录被改动过，请立即报告审计管理员并保留现场：\n" + "\n".join(f"- {place}" for place in report.broken))
    click.echo("没有发现改动。")


@command.command("anchor")
def anchor_command() -> None:
    """现在就封存一次，并显示封存值；请抄存到本机以外。"""
    app = open_app(load_settings())
    with app.app_context():
        session = db.session()
        clock: Clock = app.extensions["fanpin.clock"]
        with writing(session):
            anchor = housekeeping.seal_trail(session, now=clock.now())
    click.echo(f"第{anchor.id}次封存：到第{anchor.last_event_id}条记录，共{anchor.streams}条链。")
    click.echo(f"封存值：{anchor.root}")


def exported(session: Session, stream: str | None = None) -> Iterator[str]:
    """Return the trail as lines of JSON: a header, events in the order of their ids, heads, anchors."""
    yield _line({"type": "header", "format": FORMAT, "stream": stream})
    events = select(AuditEvent).order_by(AuditEvent.id)
    heads = select(AuditStream).order_by(AuditStream.stream)
    if stream is not None:
        events, heads = events.where(AuditEvent.stream == stream), heads.where(AuditStream.stream == stream)
    for event in session.scalars(events.execution_options(yield_per=2000)):
        yield _line({"type": "event", "id": event.id, **_values(event, EVENT_COLUMNS)})
    for head in session.scalars(heads):
        yield _line({"type": "head", "stream": head.stream, "seq": head.seq, "hash": head.head})
    if stream is None:
        for anchor in session.scalars(select(AuditAnchor).order_by(AuditAnchor.id)):
            yield _line({"type": "anchor", **_values(anchor, ANCHOR_COLUMNS)})


def _values(row: AuditEvent | AuditAnchor, columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in columns} | {"at": row.at.isoformat(timespec="microseconds")}


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"
