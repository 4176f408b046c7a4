"""Department adapters: what is installed, what a folder or a sheet gives; only `refresh` and `revoke` need the database."""

import json
from datetime import date, datetime
from pathlib import Path

import click
from flask import Flask

from fanpin.adapters import distributions, known, run
from fanpin.adapters.check import check
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.lead_trial import LeadTrial, try_leads
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.run import Usable
from fanpin.adapters.trial import Trial, try_sheet
from fanpin.adapters.versions import PluginRole
from fanpin.cli import Plain, load_settings
from fanpin.cli.adapter_making import certify_command, new_command, reference_command
from fanpin.cli.opening import open_app
from fanpin.clock import Clock
from fanpin.extensions import db, writing
from fanpin.rules.intake import Channel
from fanpin.steps import adapters


@click.group(name="adapter")
def command() -> None:
    """部门适配器：清单、检查、试运行、登记。"""


command.add_command(new_command)
command.add_command(certify_command)
command.add_command(reference_command)


@command.command("list")
def list_command() -> None:
    """列出已安装的适配器、申报渠道和报送出口（不需要数据库）：名称、版本、是谁的、事项、不能启用的原因。"""
    found = run.usable()
    for one in found:
        click.echo(_line(one))
        for problem in one.problems:
            click.echo(f"    不能启用：{problem}")
    good = sum(one.ok for one in found)
    click.echo(f"共{len(found)}个，可用{good}个。")


@command.command("refresh")
def refresh_command() -> None:
    """把已安装的适配器登记到数据库；启动服务时也会自动登记。"""
    app = open_app(load_settings())
    told = register(app)
    click.echo(f"已登记{told.present}个适配器。")
    for label, names in (("新增", told.new), ("已卸载", told.gone), ("不能启用", told.refused)):
        for name in names:
            click.echo(f"{label}  {name}")


@command.command("revoke")
@click.argument("name")
@click.option("--reason", required=True, help="为什么停用。")
def revoke_command(name: str, reason: str) -> None:
    """停用一个适配器的全部版本；装了新版本、重新登记后才能再用。"""
    app = open_app(load_settings())
    with app.app_context(), writing(db.session()) as session:
        many = adapters.revoke(session, name, reason=reason, now=app.extensions["fanpin.clock"].now())
    if not many:
        raise Plain(f"没有登记过可以停用的“{name}”。")
    click.echo(f"已停用{name}的{many}个版本。")


def register(app: Flask, *, now: datetime | None = None) -> adapters.Refreshed:
    """Ask every installed adapter for its declaration, then store them in one transaction (a demo at its own time)."""
    found = run.usable()
    with app.app_context(), writing(db.session()) as session:
        return adapters.refresh(session, found, now=now or app.extensions["fanpin.clock"].now())


@command.command("check")
@click.argument("place", type=click.Path(exists=True, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="样表的数据截止日期，默认今天。")
def check_command(place: Path, as_of: click.DateTime | None) -> None:
    """检查一个目录或一个 .whl 文件里的适配器（不需要安装和数据库）：文件、模块、申报、样表。"""
    findings = check(place, as_of=_day(as_of))
    for finding in findings:
        click.echo(f"{'通过' if finding.good else '问题'}  {finding.text}")
    if not all(finding.good for finding in findings):
        raise Plain(f"有{sum(not finding.good for finding in findings)}个问题。")
    click.echo("检查通过。")


@command.command("run")
@click.argument("name")
@click.option("--ask", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="要处理的表（.xlsx 或 CSV）。")
@click.option("--table", default="", help="按哪一种表读；不写则按表头认。")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="数据截止日期，默认今天。")
def run_command(name: str, ask: Path, table: str, as_of: click.DateTime | None) -> None:
    """用一个适配器处理一张表，逐行输出 JSON（不含证件号码和姓名，不存库）。NAME 是已安装的名称，或一个目录。"""
    one = _usable(name)
    if not one.ok or one.manifest is None:
        raise Plain("不能启用：" + "；".join(one.problems))
    if table and table not in [each.code for each in one.manifest.tables]:
        raise Plain(f"没有“{table}”这种表，只有：{'、'.join(each.code for each in one.manifest.tables)}")
    if one.manifest.role is PluginRole.OUTLET:
        raise Plain(f"{one.manifest.owner}不读表格，不能这样试运行。")
    if one.manifest.role is PluginRole.CHANNEL:
        _run_channel(one.installed, one.manifest, ask, table, _day(as_of))
        return
    try:
        trial = try_sheet(one.installed, one.manifest, ask, as_of=_day(as_of), table=table)
    except AdapterFailed as failed:
        raise Plain(failed.failure.text) from failed
    if trial.refused:
        raise Plain(trial.refused)
    for row in (row for row in trial.mapped if not row.refused):
        click.echo(json.dumps(known.said(row), ensure_ascii=False))
    _rest(trial)


def _run_channel(installed: Installed, manifest: Manifest, ask: Path, table: str, today: date) -> None:
    """Print what a channel says of a platform's export: no key, nothing stored."""
    try:
        trial = try_leads(installed, manifest, ask, today=today, table=table)
    except AdapterFailed as failed:
        raise Plain(failed.failure.text) from failed
    if trial.refused:
        raise Plain(trial.refused)
    for row in trial.mapped:
        if not row.problems:
            click.echo(json.dumps({"row": row.row.number, "lead": known.told(row.lead) if row.lead else None}, ensure_ascii=False))
    _rest(trial)


def _rest(trial: Trial | LeadTrial) -> None:
    for problem in trial.problems:
        click.echo(json.dumps({"row": problem.row, "column": problem.column, "problem": problem.reason}, ensure_ascii=False))
    for notice in (*trial.opened.confirm, *trial.notices):
        click.echo(notice, err=True)


def _usable(name: str) -> Usable:
    if Path(name).is_dir():
        return run.declared(distributions.in_folder(Path(name)))
    installed = distributions.find(name)
    if installed is None:
        names = "、".join(one.entry for one in distributions.installed())
        raise Plain(f"没有装名叫“{name}”的适配器。已装：{names or '无'}")
    return run.declared(installed)


def _line(one: Usable) -> str:
    where = f"{one.installed.entry} {one.installed.version}  {one.installed.digest[:12]}"
    return f"{where}  {one.manifest.owner}  {_told(one.manifest)}" if one.manifest else where



def _told(manifest: Manifest) -> str:
    if manifest.role is PluginRole.CHANNEL:
        return Channel(manifest.channel).title if manifest.channel in set(Channel) else manifest.channel
    return "、".join(manifest.kinds) if manifest.role is PluginRole.DEPARTMENT else manifest.title


def _day(given: object) -> date:
    return given.date() if given is not None else Clock().today()  # type: ignore[attr-defined]
