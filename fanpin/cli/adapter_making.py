"""Make a new adapter and certify one: commands of `fanpin adapter` that need no database."""

import json
from datetime import date
from pathlib import Path

import click

from fanpin.adapters import reference, scaffold
from fanpin.adapters.cases import State
from fanpin.adapters.certify import certify
from fanpin.adapters.contract import Transport
from fanpin.adapters.distributions import Installed, find, in_folder, installed
from fanpin.adapters.report import Report
from fanpin.adapters.scaffold_channel import new_channel
from fanpin.cli import Plain, load_settings
from fanpin.cli.opening import open_app
from fanpin.clock import Clock
from fanpin.documents.printing import PressFailed
from fanpin.extensions import db, writing
from fanpin.rules.departments import Department
from fanpin.rules.intake import Channel
from fanpin.rules.refusals import Refusal
from fanpin.steps import adapter_certificates, adapters

TRANSPORTS = {"sheets": Transport.SHEET, "sql": Transport.DATABASE, "http": Transport.PLATFORM}


@click.command("new")
@click.argument("name")
@click.option("--department", type=click.Choice([department.value for department in Department]),
              help="部门代码；附件1没有点名的部门用 other。")
@click.option("--channel", type=click.Choice([channel.value for channel in Channel if channel.is_platform]),
              help="不是部门适配器，是一个申报平台的渠道。")
@click.option("--kind", "kinds", multiple=True, help="要申报的事项代码，可以写几次；不写则取该部门的第一项。")
@click.option("--title", default="", help="部门的中文名称，默认按部门代码。")
@click.option("--transport", "transports", multiple=True, type=click.Choice(list(TRANSPORTS)),
              help="只接受这些传输方式，可以写几次；不写则都接受。")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="放在哪个目录，默认是当前目录下同名的新目录。")
def new_command(name: str, department: str | None, channel: str | None, kinds: tuple[str, ...], title: str, transports: tuple[str, ...],
                folder: Path | None) -> None:
    """新建一个适配器或申报渠道（不需要数据库）：项目文件、模块、样表、测试，写好就能通过检查。"""
    if (department is None) == (channel is None):
        raise Plain("请写明 --department 或 --channel，二者选一。")
    try:
        if channel is not None:
            files = new_channel(name, Channel(channel), title=title)
        else:
            files = scaffold.new(name, Department(department), title=title, kinds=kinds,
                                 transports=[TRANSPORTS[way] for way in transports])
    except scaffold.Unmakeable as error:
        raise Plain(f"{error}。") from error
    target = folder or Path(name if name.startswith("fanpin-") else f"fanpin-{name}")
    if target.exists() and any(target.iterdir()):
        raise Plain(f"目录 {target} 里已有文件，没有写入。")
    for path, text in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
        click.echo(str(target / path))
    click.echo(f"写好了。接着运行：fanpin adapter check {target}")


@click.command("reference")
@click.option("--markdown", type=click.Path(dir_okay=False, path_type=Path), help="写到文件；不写则打印出来。")
def reference_command(markdown: Path | None) -> None:
    """从程序生成约定参考（不需要数据库）：列、申报、方法、限度、各部门可以申报的事项。"""
    if markdown is None:
        click.echo(reference.page(), nl=False)
    else:
        markdown.write_text(reference.page(), encoding="utf-8")


@click.command("certify")
@click.argument("name")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="样表的数据截止日期，默认今天。")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="把报告写成JSON文件。")
@click.option("--pdf", "pdf_file", type=click.Path(dir_okay=False, path_type=Path), help="把报告印成PDF文件。")
@click.option("--store", is_flag=True, help="把报告存进数据库，县里批准时要看（须已安装并登记）。")
def certify_command(name: str, as_of: object, json_file: Path | None, pdf_file: Path | None, store: bool) -> None:
    """检验一个适配器（不写 --store 就不需要数据库）：约定、样表、极端数据、负荷、隔离。NAME 是已安装的名称，或一个目录。"""
    day: date = as_of.date() if as_of is not None else Clock().today()  # type: ignore[attr-defined]
    # What is stored is about what the server runs: a folder of the same name does not count.
    report = certify(_of_that_name(name) if store else _installed(name), as_of=day)
    for case in report.cases:
        click.echo(f"{case.state.title:　<6}{case.group}：{case.title}：{case.text}")
    if json_file is not None:
        _write(json_file, (json.dumps(report.document(), ensure_ascii=False, indent=1) + "\n").encode())
    if pdf_file is not None:
        _write(pdf_file, _printed(report, demo=False))
    if store:
        _store(report)
    failed = sum(case.state is State.FAILED for case in report.cases)
    if failed:
        raise Plain(f"{report.name} 有{failed}项未通过，不能认证。")
    click.echo(f"{report.name} {report.version} 全部{len(report.cases)}项检验完毕，没有未通过的。")


def _installed(name: str) -> Installed:
    if Path(name).is_dir():
        try:
            return in_folder(Path(name))
        except FileNotFoundError as error:
            raise Plain(f"{error}。") from error
    return _of_that_name(name)


def _of_that_name(name: str) -> Installed:
    found = find(name)
    if found is None:
        known = "、".join(one.entry for one in installed())
        raise Plain(f"没有装名叫“{name}”的适配器，也没有这个目录。已装：{known or '无'}")
    return found


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Plain(f"没有写成 {file}（{error.strerror}）。请换一个存在的、可以写的目录。") from error


def _printed(report: Report, *, demo: bool) -> bytes:
    try:
        return adapter_certificates.printed(report, demo=demo)
    except (PressFailed, Refusal) as error:
        raise Plain(f"报告没有印出来：{error}。请运行 fanpin doctor 查看缺什么。") from error


def _store(report: Report) -> None:
    app = open_app(load_settings())
    pdf = _printed(report, demo=app.config["FANPIN_DEMO_KEYS"])
    with app.app_context(), writing(db.session()) as session:
        release = adapters.registered(session, report.name, report.version, report.digest)
        adapter_certificates.store(session, release, report, pdf, by=adapters.SYSTEM, now=app.extensions["fanpin.clock"].now())
    click.echo("报告已存入数据库，县里可以在“部门数据接口”里下载。")
