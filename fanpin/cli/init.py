"""Make a real installation: folder, keys, database, areas, lines, and three administrators."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from flask import Flask

from fanpin.app import create_app
from fanpin.cli import Plain, load_settings
from fanpin.cli.schema import engine_for, sqlite_file, standing, upgrade
from fanpin.clock import Clock
from fanpin.config import Settings
from fanpin.crypto import create_keyring
from fanpin.extensions import db, writing
from fanpin.models.scoped import system_scope
from fanpin.steps import areas
from fanpin.steps.installation import ADMINISTRATORS, PRODUCTION, Installed, install

BY = "fanpin init"
PRIVATE = 0o700


@click.command(name="init")
@click.option("--county", required=True, metavar="CODE6", help="县（市、区）的六位代码，例如昭阳区 530602。")
@click.option("--admin-names", nargs=3, default=tuple(role.title for _, role in ADMINISTRATORS),
              metavar="系统 安全 审计", help="三名管理员的姓名，依次是系统、安全、审计管理员；应是三个人。")
def command(county: str, admin_names: tuple[str, str, str]) -> None:
    """建立正式安装：目录、密钥、数据库、行政区划、监测底线、三名管理员。"""
    settings = load_settings()
    _require_county(county)
    clock = Clock()
    with founded(settings, demo=False, now=clock.now()) as app, app.app_context():
        session = db.session()
        with writing(session), system_scope(session, reason=BY):
            made = install(session, county_code=county, kind=PRODUCTION, names=admin_names, by=BY, now=clock.now(),
                           today=clock.today())
    _report(settings, made)


@contextmanager
def founded(settings: Settings, *, demo: bool, now: datetime) -> Iterator[Flask]:
    """Give the application on a new, empty database with new keys; what fails takes its new files with it."""
    _require_nothing_there(settings)
    for folder in (settings.instance, settings.files_dir):
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    _require_empty_store(settings)
    try:
        create_keyring(settings.key_file, demo=demo, now=now)
        engine = engine_for(settings)
        try:
            upgrade(engine)
        finally:
            engine.dispose()
        app = create_app(settings)
        yield app
    except BaseException:
        _remove(settings)
        raise
    with app.app_context():
        db.engine.dispose()


def _require_county(code: str) -> None:
    if not any(row.code == code and row.level == areas.AreaLevel.COUNTY for row in areas.divisions()):
        raise Plain(f"{code} 不是云南省的县（市、区）代码。请写六位代码，例如昭阳区 530602。")


def _require_nothing_there(settings: Settings) -> None:
    file = sqlite_file(settings)
    if file is not None and file.exists():
        raise Plain(f"这里已经有数据库（{file}），没有改动。要另建安装，请用 --instance 指定别的目录。")
    if settings.key_file.exists():
        raise Plain(f"这里已经有密钥文件（{settings.key_file}），没有改动。它可能属于某个备份，请先移到安全的地方。")
    if file is None:
        engine = engine_for(settings)
        try:
            if standing(engine).current is not None:
                raise Plain("这个 PostgreSQL 数据库已经有数据，没有改动。请另建一个空库。")
        finally:
            engine.dispose()


def _require_empty_store(settings: Settings) -> None:
    if any(settings.files_dir.iterdir()):
        raise Plain(f"{settings.files_dir} 里还有别的安装留下的文件，它们要用那时的密钥才能读。请移走，或用 --instance 另指目录。")


def _remove(settings: Settings) -> None:
    file = sqlite_file(settings)
    shutil.rmtree(settings.files_dir, ignore_errors=True)
    settings.key_file.unlink(missing_ok=True)
    if file is not None:
        for path in (file, *(Path(f"{file}{end}") for end in ("-wal", "-shm", ".gate"))):
            path.unlink(missing_ok=True)


def _report(settings: Settings, made: Installed) -> None:
    click.echo(f"安装好了：{made.county}，{made.areas}个行政区划，{made.lines}条监测底线。目录：{settings.instance}")
    click.echo(f"密钥文件：{settings.key_file}。请现在就复制一份，与备份分开保管；丢了它，数据就读不出来。")
    click.echo("三名管理员的一次性密码（只显示这一次，第一次登录要改）：")
    for secret in made.secrets:
        click.echo(f"  {secret.username:<10}{secret.password}  {secret.name}")
    click.echo("下一步：fanpin db groups 登记村民小组，fanpin serve 启动。")
