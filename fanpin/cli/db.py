"""Upgrade the database to the code's newest revision, and check that it is there."""

import csv
from pathlib import Path

import click

from fanpin.cli import Plain, load_settings
from fanpin.cli.opening import open_app
from fanpin.cli.schema import differences, engine_for, sqlite_file, standing, upgrade
from fanpin.clock import Clock
from fanpin.extensions import db, writing
from fanpin.models.scoped import system_scope
from fanpin.steps import areas, installation

BY = "服务器管理员（命令行）"


@click.group(name="db")
def command() -> None:
    """数据库版本：升级和检查。"""


@command.command("upgrade")
def upgrade_command() -> None:
    """把数据库升级到程序需要的版本；失败时数据库不变。"""
    settings = load_settings()
    engine = engine_for(settings)
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise Plain(f"还没有数据库（{file}）。新安装请运行 fanpin init。")
    try:
        before = standing(engine)
        after = before if before.ready else upgrade(engine)
    finally:
        engine.dispose()
    if before == after:
        click.echo(f"数据库已是最新版本 {after.current}，不用升级。")
    else:
        click.echo(f"数据库已从 {before.current or '空库'} 升级到 {after.current}。")


@command.command("current")
def current_command() -> None:
    """显示数据库的版本和程序需要的版本。"""
    engine = engine_for(load_settings())
    try:
        found = standing(engine)
    finally:
        engine.dispose()
    click.echo(f"数据库：{found.current or '空库'}；程序需要：{found.head}。")


@command.command("check")
def check_command() -> None:
    """检查数据库的表与程序完全一致。"""
    engine = engine_for(load_settings())
    try:
        found = standing(engine)
        if not found.ready:
            raise Plain(f"数据库版本是 {found.current or '空库'}，程序需要 {found.head}。请运行 fanpin db upgrade。")
        wrong = differences(engine)
    finally:
        engine.dispose()
    if wrong:
        raise Plain("数据库的表与程序不一致：\n" + "\n".join(f"- {difference}" for difference in wrong))
    click.echo(f"数据库版本 {found.current}，表与程序完全一致。")


@command.command("groups")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def groups_command(file: Path) -> None:
    """登记村民小组：CSV 文件两列，村代码（十二位）和组名；全部登记或全部不登记。"""
    app = open_app(load_settings())
    clock: Clock = app.extensions["fanpin.clock"]
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.reader(lines) if any(cell.strip() for cell in row)]
    if any(len(row) != 2 for row in rows):
        raise Plain(f"{file} 每行应有两列：村代码,组名。没有登记。")
    with app.app_context():
        session = db.session()
        with writing(session), system_scope(session, reason=BY):
            for code, name in rows:
                areas.add_group(session, areas.by_code(session, code), name, today=clock.today())
            installation.note(session, f"村民小组{len(rows)}个", by=BY, now=clock.now())
    click.echo(f"登记了{len(rows)}个村民小组。")
