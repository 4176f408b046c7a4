"""Upgrade the database to the code's newest revision, and check that it is there."""

import click

from fanpin.cli import Plain, load_settings
from fanpin.cli.schema import differences, engine_for, sqlite_file, standing, upgrade


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
