"""Say in one line each what this machine and this installation lack, and what to do about it."""

import ctypes.util
import hashlib
import json
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import click
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from fanpin import sandbox
from fanpin.adapters import distributions
from fanpin.cli import Plain, load_settings
from fanpin.cli.schema import engine_for, sqlite_file, standing
from fanpin.clock import Clock
from fanpin.config import Settings
from fanpin.models.outbox import OutboxItem
from fanpin.resources import directory
from fanpin.rules.workdays import NATIONAL

LIBRARIES = {
    "pango-1.0": "libpango-1.0-0", "pangoft2-1.0": "libpangoft2-1.0-0", "harfbuzz-subset": "libharfbuzz-subset0",
}
WALLS = {
    "children": "子进程", "landlock": "文件访问限制（Landlock）", "landlock_network": "网络限制（Landlock）",
    "landlock_signals": "信号限制（Landlock）", "network_namespace": "独立网络空间",
    "no_new_privileges": "禁止提权", "seccomp": "系统调用限制（seccomp）", "limits": "内存和时间限制",
}
INDISPENSABLE = frozenset({"children", "no_new_privileges", "limits"})
ENOUGH_DISK = 2 << 30
SOON = timedelta(days=45)
SQLITE_WANTED = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"}
POSTGRESQL_WANTED = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
OLDEST_POSTGRESQL = 15


@dataclass(frozen=True)
class Finding:
    """One line of the report; `bad` ones make the command fail, `weak` ones do not."""

    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.mark}  {self.text}"


def good(text: str) -> Finding:
    """Return a line about something in order."""
    return Finding("正常", text)


def weak(text: str) -> Finding:
    """Return a line about something that works but should be better."""
    return Finding("注意", text)


def bad(text: str) -> Finding:
    """Return a line about something that stops the work."""
    return Finding("缺少", text)


@click.command(name="doctor")
def command() -> None:
    """检查这台机器和这个安装：缺什么、怎么办，一项一行。"""
    settings = load_settings()
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        libraries, fonts, walls, plugins, lambda: keys(settings), lambda: disk(settings), lambda: database(settings),
        lambda: calendar(Clock().today()),
    )
    findings = [finding for check in checks for finding in check()]
    for finding in findings:
        click.echo(str(finding))
    wrong = sum(finding.mark == "缺少" for finding in findings)
    if wrong:
        raise Plain(f"有{wrong}项必须先解决。")
    click.echo("可以运行。")


def libraries() -> Iterator[Finding]:
    """Look for the system libraries of the press."""
    for name, package in LIBRARIES.items():
        found = ctypes.util.find_library(name)
        yield good(f"排版库 {found}") if found else bad(f"没有排版库 {name}，文书印不出来。请运行 apt-get install {package}")


def fonts() -> Iterator[Finding]:
    """Compare the bundled fonts with their list."""
    folder = directory("fonts")
    listed = json.loads((folder / "fonts.json").read_text(encoding="utf-8"))
    wrong = [font["file"] for font in listed if not (folder / font["file"]).is_file()
             or hashlib.sha256((folder / font["file"]).read_bytes()).hexdigest() != font["sha256"]]
    yield bad(f"字体缺失或被改动：{'、'.join(wrong)}。请重新安装 fanpin。") if wrong else good(f"字体{len(listed)}种，完整")


def walls() -> Iterator[Finding]:
    """Ask what the kernel gives to confine child processes."""
    for name, present in sandbox.capabilities().items():
        title = WALLS.get(name, name)
        if present:
            yield good(f"隔离：{title}")
        elif name in INDISPENSABLE:
            yield bad(f"隔离：没有{title}，文书和对接程序不能运行。请检查容器或系统的限制。")
        else:
            yield weak(f"隔离：内核没有提供{title}，其余限制仍然有效。建议升级到 6.12 以上的内核，或放宽容器限制。")


def plugins() -> Iterator[Finding]:
    """Look for distributions that run code whenever Python starts: the server's process, too, before anybody looks at them."""
    found = distributions.starting_by_themselves()
    yield bad(f"有安装包随Python启动自动运行代码：{'、'.join(found)}。请马上卸载并查是谁装的；装接口之前先用 fanpin adapter check 检查 .whl 文件。") \
        if found else good("没有随Python启动自动运行的安装包")
    for one in distributions.installed():
        if one.problem:
            yield weak(f"接口 {one.entry}：{one.problem}")


def keys(settings: Settings) -> Iterator[Finding]:
    """Look at the key file without opening it."""
    file = settings.key_file
    if not file.exists():
        yield bad(f"没有密钥文件 {file}。新安装请运行 fanpin init；恢复备份请先放回密钥文件。")
        return
    mode = stat.S_IMODE(file.stat().st_mode)
    yield good(f"密钥文件 {file}，权限 {mode:04o}") if mode == 0o600 else bad(f"密钥文件权限是 {mode:04o}。请运行 chmod 600 {file}")


def disk(settings: Settings) -> Iterator[Finding]:
    """Measure the free space where the instance lies."""
    folder = next(path for path in (settings.instance, *settings.instance.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    words = f"磁盘剩余 {free / (1 << 30):.1f} GB"
    yield good(words) if free >= ENOUGH_DISK else weak(f"{words}，少于 2 GB。请清理磁盘或扩容，磁盘写满时不能办理业务。")


def database(settings: Settings) -> Iterator[Finding]:
    """Open the database as a reader: revision, settings of durability, what the worker could not do."""
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        yield bad(f"还没有数据库（{file}）。请运行 fanpin init。")
        return
    engine = engine_for(settings)
    try:
        found = standing(engine)
        if not found.ready:
            yield bad(f"数据库版本是 {found.current or '空库'}，程序需要 {found.head}。请运行 fanpin db upgrade。")
            return
        yield good(f"数据库版本 {found.current}")
        with engine.connect().execution_options(read_only=True) as connection:
            yield from durability(connection)
            yield from owed(connection)
    except SQLAlchemyError as error:
        yield bad(f"数据库打不开（{type(error).__name__}）。请检查设置 database_url 和数据库是否在运行。")
    finally:
        engine.dispose()


def durability(connection: Connection) -> Iterator[Finding]:
    """Compare the database's settings with those under which nothing acknowledged is lost."""
    sqlite = connection.dialect.name == "sqlite"
    wanted = SQLITE_WANTED if sqlite else POSTGRESQL_WANTED
    asked = {name: str(connection.exec_driver_sql(f"{'PRAGMA' if sqlite else 'SHOW'} {name}").scalar())
             for name in wanted}
    wrong = [f"{name}={value}（应为 {wanted[name]}）" for name, value in asked.items() if value != wanted[name]]
    if not sqlite and connection.dialect.server_version_info[0] < OLDEST_POSTGRESQL:
        wrong.append(f"PostgreSQL 版本低于 {OLDEST_POSTGRESQL}")
    yield bad(f"数据库设置不安全：{'、'.join(wrong)}。请改正后重启数据库。") if wrong else good("数据库设置：断电不丢已办结的业务")


def owed(connection: Connection) -> Iterator[Finding]:
    """Count what the worker gave up."""
    dead = connection.scalar(select(func.count()).select_from(OutboxItem).where(OutboxItem.state == "dead"))
    yield weak(f"有{dead}件后台任务多次失败。请运行 fanpin worker dead 查看。") if dead else good("后台任务没有积压的失败")


def calendar(today: date) -> Iterator[Finding]:
    """Say how far the State Council's notices reach."""
    last = NATIONAL.last_day
    words = f"工作日历到 {last:%Y-%m-%d}"
    if today > last:
        yield bad(f"{words}，已经用完，公示期算不出来。请安装含新一年放假通知的版本。")
    elif today > last - SOON:
        yield weak(f"{words}，快用完了。请在年底前安装含新一年放假通知的版本。")
    else:
        yield good(words)
