"""Accounts from the machine itself, for emergencies: each act is in the trail, no stored secret is ever shown."""

from datetime import date

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fanpin.cli import load_settings
from fanpin.cli.opening import open_app
from fanpin.clock import Clock
from fanpin.extensions import db, read_only, writing
from fanpin.models.scoped import system_scope
from fanpin.models.users import User
from fanpin.rules.roles import Role
from fanpin.steps import accounts, areas

BY = "服务器管理员（命令行）"


@click.group(name="user")
def command() -> None:
    """账号：应急建立、重置密码、查看名单（都会记入审计）。"""


@command.command("create")
@click.argument("username")
@click.option("--name", required=True, help="使用人姓名。")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="角色。")
@click.option("--area", required=True, metavar="CODE", help="行政区划代码（六位、九位、十二位，小组十四位）。")
@click.option("--department", default="", metavar="CODE", help="部门代码（部门人员才写）。")
@click.option("--document", required=True, help="授权依据：文件或审批单号。")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="权限到期日。")
def create_command(username: str, name: str, role: str, area: str, department: str, document: str,
                   until: object) -> None:
    """建立账号并授权，显示一次性密码。"""
    app = open_app(load_settings())
    with app.app_context():
        session, clock = db.session(), _clock(app)
        with writing(session), system_scope(session, reason=BY):
            place = areas.by_code(session, area)
            user, secret = accounts.create(session, username=username, name=name, organisation=place.name, by=BY,
                                           now=clock.now())
            accounts.grant(session, user, role=Role(role), area=place, department=department, document=document,
                           valid_from=clock.today(), valid_to=_day(until), by=BY, now=clock.now())
    _show(secret)


@command.command("reset")
@click.argument("username")
def reset_command(username: str) -> None:
    """重置密码：结束该账号的全部登录，显示新的一次性密码。"""
    app = open_app(load_settings())
    with app.app_context():
        session = db.session()
        with writing(session), system_scope(session, reason=BY):
            secret = accounts.reset(session, accounts.by_username(session, username), by=BY, now=_clock(app).now())
    _show(secret)


@command.command("list")
def list_command() -> None:
    """列出全部账号和权限。"""
    app = open_app(load_settings())
    with app.app_context():
        session = db.session()
        read_only(session)
        with system_scope(session, reason=BY):
            for line in _lines(session, _clock(app).today()):
                click.echo(line)
        session.rollback()


def _lines(session: Session, today: date) -> list[str]:
    lines = []
    for user in session.scalars(select(User).options(selectinload(User.grants)).order_by(User.username)):
        posts = [f"{grant.role.title}·{grant.area.name}{'·' + grant.department if grant.department else ''}"
                 for grant in user.grants if grant.in_force_on(today)]
        state = "" if user.usable_on(today) else "（已停用或过期）"
        lines.append(f"{user.username}  {user.name}{state}  {'；'.join(posts) or '没有权限'}")
    return lines


def _show(secret: accounts.Secret) -> None:
    click.echo(f"用户名：{secret.username}（{secret.name}）")
    click.echo(f"一次性密码（只显示这一次，登录后要改）：{secret.password}")


def _clock(app: Flask) -> Clock:
    return app.extensions["fanpin.clock"]


def _day(value: object) -> date | None:
    return value.date() if value is not None else None
