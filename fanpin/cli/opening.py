"""Open the installation that a command is about: a database that fits the code, keys that fit the database."""

import click
from flask import Flask

from fanpin.app import create_app
from fanpin.cli import Plain
from fanpin.cli.schema import require_ready
from fanpin.clock import Clock
from fanpin.config import Settings
from fanpin.extensions import db, read_only
from fanpin.models.areas import Installation
from fanpin.rules.workdays import NATIONAL
from fanpin.steps.installation import DEMO, KIND, PRODUCTION


def open_app(settings: Settings) -> Flask:
    """Return the application on a database that fits the code and belongs to the keys."""
    require_ready(settings)
    app = create_app(settings)
    with app.app_context():
        click.get_current_context().call_on_close(db.engine.dispose)
        kind = kind_of_database()
    _require_same_kind(kind, demo_keys=app.config["FANPIN_DEMO_KEYS"])
    if kind == PRODUCTION:
        _require_calendar(app.extensions["fanpin.clock"])
    return app


def kind_of_database() -> str:
    """Say whether the database is a demo or a production one."""
    session = db.session()
    read_only(session)
    row = session.get(Installation, KIND)
    session.rollback()
    if row is None:
        raise Plain("数据库里没有安装记录。请重新运行 fanpin init，或恢复备份。")
    return row.value


def _require_same_kind(kind: str, *, demo_keys: bool) -> None:
    if kind == PRODUCTION and demo_keys:
        raise Plain("正式数据库不能使用演示密钥。请放回本安装的密钥文件（权限 0600）。")
    if kind == DEMO and not demo_keys:
        raise Plain("演示数据库不能使用正式密钥。请为演示另建安装目录。")


def _require_calendar(clock: Clock) -> None:
    if clock.today() > NATIONAL.last_day:
        raise Plain(f"工作日历只到 {NATIONAL.last_day:%Y-%m-%d}，公示期算不出来，没有启动。请安装含新一年放假通知的版本。")
