"""The demo: make a small county, name its accounts, drive one household in and out."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from flask import Flask

from fanpin.app import create_app
from fanpin.cli import Plain, load_settings
from fanpin.cli.adapter import register
from fanpin.cli.demo_county import BEGUN_BEFORE, Build
from fanpin.cli.demo_people import PASSWORD, STAFF
from fanpin.cli.demo_planted import told_stories
from fanpin.cli.demo_sheets import known, save
from fanpin.cli.init import founded
from fanpin.cli.journey import travel
from fanpin.cli.schema import sqlite_file
from fanpin.clock import Clock
from fanpin.config import Settings
from fanpin.extensions import db, read_only
from fanpin.models.scoped import system_scope
from fanpin.rules.duties import Department
from fanpin.worker import drain

DEMO_DAY = "2026-03-02"
FEWEST, DEFAULT, MOST = 180, 2000, 400_000
ISO_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group(name="demo")
def command() -> None:
    """演示：一个小县，假人真事，仅限本机。"""


@command.command()
@click.option("--if-missing", is_flag=True, help="已经有数据库就不动它。")
@click.option("--fresh", is_flag=True, help="删掉原来的演示数据，重新建立。")
@click.option("--households", "count", type=click.IntRange(FEWEST, MOST), default=DEFAULT, show_default=True,
              help="多少户：不到1000户是三个村的小县，其余是12个乡镇、120个村。")
@click.option("--today", type=ISO_DAY, default=DEMO_DAY, show_default=True, help="演示当作今天的日期。")
def make(if_missing: bool, fresh: bool, count: int, today: date) -> None:
    """建立演示县：行政区划、各岗位账号、农户和各环节的办理。"""
    settings = load_settings()
    file = sqlite_file(settings)
    if file is not None and file.exists():
        if if_missing:
            click.echo(f"演示数据已在 {settings.instance}，没有改动。")
            return
        if not fresh:
            raise Plain(f"{file} 已经存在。要重建演示请加 --fresh，要另建请用 --instance 指定目录。")
        _remove_demo(settings)
    day = today.date()
    offset = (day - Clock().today()).days
    click.echo(f"正在建立演示县（以{day:%Y-%m-%d}为今天）……")
    with founded(settings, demo=True, now=Clock(timedelta(days=offset)).now()) as app:
        register(app, now=Clock(timedelta(days=offset)).now())
        with app.app_context():
            build = Build(db.session(), settings.files_dir, count=count, today=day, say=click.echo,
                          work=lambda at: _work(app, at))
            build.found(offset=offset)
            told = build.tell()
            db.session.remove()
    click.echo(told)


def _work(app: Flask, at: datetime) -> None:
    """Let the worker carry out what is owed, at an instant of the demo's own history."""
    app.extensions["fanpin.clock"] = Clock(at - Clock().now())
    drain(app)


def _remove_demo(settings: Settings) -> None:
    if not settings.key_file.exists() or '"demo": true' not in settings.key_file.read_text(encoding="utf-8"):
        raise Plain(f"{settings.instance} 里不是演示数据，没有删除。")
    shutil.rmtree(settings.instance)


@command.command()
def accounts() -> None:
    """列出演示账号。"""
    click.echo(f"演示账号（密码都是 {PASSWORD}，仅限本机演示）：")
    for post in STAFF:
        department = f"，{Department(post.department).title}" if post.department else ""
        click.echo(f"  {post.username:<24}{post.name}　{post.role.title}{department}")
    click.echo(f"  {'system / security / audit':<24}系统、安全、审计三个管理员")
    click.echo("  其他乡镇和村的账号：cun-、zhucun- 加村代码后六位，xiang-、xiangzhang- 加乡镇代码后三位，例如 cun-102204。")


@command.command(name="sheets")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="放在这个目录的 sheets 子目录里。")
@click.option("--households", "count", type=click.IntRange(FEWEST, MOST), default=DEFAULT, show_default=True, help="演示县的户数。")
@click.option("--today", type=ISO_DAY, default=DEMO_DAY, show_default=True, help="演示当作今天的日期。")
def write_sheets(out: Path, count: int, today: date) -> None:
    """写出各部门报送的表：和 fanpin demo make 用的一样，可以在部门页面上自己报送一遍。"""
    day = today.date()
    for line in save(known(count, today=day, begun=day - BEGUN_BEFORE), out / "sheets"):
        click.echo(line)


@command.command()
def stories() -> None:
    """列出设定的故事：哪一户、哪个个案、到哪里看、为什么这样结束。"""
    app = create_app(load_settings())
    with app.app_context():
        session = db.session()
        read_only(session)
        with system_scope(session, reason="demo stories"):
            told = told_stories(session)
        for line in told or ["没有设定的故事。演示数据用 fanpin demo make 建立。"]:
            click.echo(line)


@command.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="文书和数据库放在这个目录。")
@click.option("--today", type=ISO_DAY, default=DEMO_DAY, show_default=True, help="从哪一天开始。")
def journey(out: Path, today: date) -> None:
    """带一户人家走完全程：纳入、帮扶、评议、风险消除；打印每一步，留下全部文书，最后核验审计链。"""
    settings = load_settings(instance=out / "instance")
    if (out / "instance").exists():
        shutil.rmtree(out / "instance")
    out.mkdir(parents=True, exist_ok=True)
    day = today.date()
    clock = Clock(timedelta(days=(day - Clock().today()).days))
    with founded(settings, demo=True, now=clock.now()) as app:
        whole = travel(app, settings, out, today=day, say=click.echo, print_papers=drain)
    if not whole:
        raise SystemExit(1)


