"""The choice of transport as settings: whence a department's tables come is a county's decision, never an adapter's code."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from fanpin.adapters.contract import Transport
from fanpin.adapters.manifest import ColumnType, Manifest, Mode, Setting, SettingType, Table
from fanpin.adapters.reach import Reach
from fanpin.adapters.transports.http import Platform, Post
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.versions import PluginRole

PREFIX = "transport"
CHOICE = PREFIX
ADDRESS, TOKEN_ADDRESS, APPLICATION, SECRET, SCHEMA, FIELDS, RECORDS = (
    f"{PREFIX}_{name}" for name in ("address", "token_address", "application", "secret", "schema", "fields", "records"))
# What a key column holds by which a person can be asked about: the first that a table has.
ASKED_BY = (ColumnType.ID_NUMBER, ColumnType.CERTIFICATE, ColumnType.HEAD_ID)
YES, NO = "yes", "no"
POSTING, WITHDRAWING, NUMBER, PAGE, TIME = (f"{PREFIX}_{name}" for name in ("post", "withdraw", "number", "page", "time"))
BY_HAND = "hand"
PAIR = re.compile(r"[，,、；;\s]+")


class Unconnected(ValueError):
    """The settings do not lead to the department's system; the words say which of them is to be mended."""


def settings_of(manifest: Manifest) -> tuple[Setting, ...]:
    """Return the settings that the core adds to a plugin's own, by its role."""
    if manifest.role is PluginRole.OUTLET:
        return outlet_settings(manifest.transports)
    return settings(manifest.transports, manifest.tables)


def settings(transports: Sequence[Transport], tables: Sequence[Table]) -> tuple[Setting, ...]:
    """Return the settings that the core adds to an adapter's own, for the transports that it takes."""
    ways = [way for way in (Transport.DATABASE, Transport.PLATFORM) if way in transports]
    # A register that may only be asked about named persons is never fetched as a whole.
    fetched = [table for table in tables if all(claim.mode is Mode.BULK for claim in table.claims)]
    asked = [table for table in tables if askable(table)]
    if not ways or not (fetched or asked):
        return ()
    choices = ((Transport.SHEET.value, Transport.SHEET.title), *((way.value, way.title) for way in ways))
    return (
        Setting(name=CHOICE, title="数据怎么来", type=SettingType.CHOICE, default=Transport.SHEET.value, choices=choices),
        Setting(name=ADDRESS, title="中间库或平台的地址", secret=True,
                hint="中间库如 postgresql+psycopg://用户:口令@10.0.0.1/库名；平台如 https://10.0.0.1"),
        *(Setting(name=source_of(table.code), title=f"“{table.title}”取自",
                  hint="中间库：表或视图名，空格后可写增量字段；平台：接口路径") for table in fetched),
        *(setting for table in asked for setting in _asked(table)),
        Setting(name=FIELDS, title="字段对应", hint="代码字段写成 ZJHM=身份证号、XM=姓名"),
        Setting(name=SCHEMA, title="中间库的模式（schema）"),
        Setting(name=TOKEN_ADDRESS, title="平台令牌的路径", hint="如 /token；固定令牌的平台不填"),
        Setting(name=APPLICATION, title="平台的应用编号"),
        Setting(name=SECRET, title="平台的密钥或固定令牌", secret=True),
        Setting(name=RECORDS, title="平台答复里的记录", default="data.records"),
    )


def outlet_settings(transports: Sequence[Transport]) -> tuple[Setting, ...]:
    """Return the settings that the core adds to an outlet that may send to a platform."""
    if Transport.PLATFORM not in transports:
        return ()
    choices = ((BY_HAND, "经办人员自己发布"), (Transport.PLATFORM.value, "由系统发送到平台"))
    return (
        Setting(name=CHOICE, title="怎么发布", type=SettingType.CHOICE, default=BY_HAND, choices=choices),
        Setting(name=ADDRESS, title="平台的地址", secret=True, hint="如 https://10.0.0.1"),
        Setting(name=POSTING, title="发布的接口路径", hint="如 /notices"),
        Setting(name=WITHDRAWING, title="撤下的接口路径", hint="如 /notices/withdraw；不填的，由经办人员自己撤下"),
        Setting(name=TOKEN_ADDRESS, title="平台令牌的路径", hint="如 /token；固定令牌的平台不填"),
        Setting(name=APPLICATION, title="平台的应用编号"),
        Setting(name=SECRET, title="平台的密钥或固定令牌", secret=True),
        Setting(name=NUMBER, title="平台答复里的编号", default=Post.number_path),
        Setting(name=PAGE, title="平台答复里的网址", default=Post.address_path),
        Setting(name=TIME, title="平台答复里的发布时间", default=Post.time_path),
    )


def posts(values: Mapping[str, str], *, withdraws: bool = False, reach: Reach = Reach()) -> Post | None:
    """Return where a county's postings (or withdrawals) go, None where a clerk does it; raise Unconnected in plain words."""
    path = values.get(WITHDRAWING if withdraws else POSTING, "")
    if values.get(CHOICE, "") != Transport.PLATFORM.value or withdraws and not path:
        return None
    address = values.get(ADDRESS, "").rstrip("/")
    if not (address and path):
        raise Unconnected("还没有填写平台的地址和发布的接口路径")
    platform = Platform(url=_joined(address, path), token_url=_joined(address, values.get(TOKEN_ADDRESS, "")),
                        app_id=values.get(APPLICATION, ""), secret=values.get(SECRET, ""), reach=reach)
    if problems := platform.problems():
        raise Unconnected("；".join(problems))
    return Post(platform=platform, number_path=values.get(NUMBER, "") or Post.number_path,
                address_path=values.get(PAGE, "") or Post.address_path, time_path=values.get(TIME, "") or Post.time_path)


def source_of(table: str) -> str:
    """Name the setting that says whence a table comes."""
    return f"{PREFIX}_from_{table}"


def fetched_tables(tables: Sequence[Table], values: Mapping[str, str]) -> list[Table]:
    """List the tables that the settings lead to a 中间库 or a platform for."""
    return [table for table in tables if values.get(source_of(table.code)) and values.get(CHOICE) != Transport.SHEET.value]


def _asked(table: Table) -> tuple[Setting, Setting]:
    return (
        Setting(name=asked_from(table.code), title=f"“{table.title}”逐人查询取自",
                hint="联审发起后按被查询人的身份证号自动查询。中间库：表或视图名；平台：查询接口的路径。不填的由核查员填报"),
        Setting(name=whole_register(table.code), title=f"“{table.title}”的中间库里没有这个人时", type=SettingType.CHOICE,
                default=NO, choices=((NO, "不能算“未查到”，由核查员人工核实"),
                                     (YES, "算“未查到”：这张表或视图就是登记范围内的全部记录，并随时更新")),
                hint="只对中间库起作用；平台要对每个人写明查询结果"))


def askable(table: Table) -> bool:
    """Say whether a department's system can be asked about single persons in this table."""
    return (any(claim.mode is Mode.QUESTION for claim in table.claims)
            and any(column.type in ASKED_BY for column in table.columns))


def asked_from(table: str) -> str:
    """Name the setting that says where persons are asked about."""
    return f"{PREFIX}_ask_{table}"


def whole_register(table: str) -> str:
    """Name the setting by which a department declares that who is not in its table is not in its register."""
    return f"{PREFIX}_whole_{table}"


def is_ours(name: str) -> bool:
    """Say whether a setting is the core's: it never reaches a plugin."""
    return name == PREFIX or name.startswith(f"{PREFIX}_")


def connected(values: Mapping[str, str], table: str, *, folder: Path | None = None,
              reach: Reach = Reach(), asking: bool = False) -> Database | Platform | None:
    """Return where a table comes from, or is asked about; None where it comes as a sheet; raise Unconnected in plain words.

    A database that is a file must lie in `folder`: a setting must not lead to the platform's own. `reach` says which
    hosts may be connected to.
    """
    named = asked_from(table) if asking else source_of(table)
    way, place, _, rest = values.get(CHOICE, ""), *values.get(named, "").strip().partition(" ")
    address = values.get(ADDRESS, "")
    if way not in (Transport.DATABASE.value, Transport.PLATFORM.value) or not place:
        return None
    if not address:
        raise Unconnected("还没有填写中间库或平台的地址")
    if way == Transport.DATABASE.value:
        database = Database(url=address, table=place, schema=values.get(SCHEMA, ""), watermark="" if asking else rest.strip(),
                            reach=reach)
        if problem := database.problem():
            raise Unconnected(problem)
        if any(folder is None or not file.resolve().is_relative_to(folder.resolve()) for file in database.files):
            raise Unconnected("SQLite文件须放在安装目录下的 exchange 目录里")
        return database
    base = address.rstrip("/")
    platform = Platform(
        url=_joined(base, place), token_url=_joined(base, values.get(TOKEN_ADDRESS, "")),
        app_id=values.get(APPLICATION, ""), secret=values.get(SECRET, ""),
        records_path=values.get(RECORDS, "") or Platform.records_path, reach=reach)
    if problems := platform.problems():
        raise Unconnected("；".join(problems))
    return platform


def address_problem(address: str, reach: Reach) -> str:
    """Say why an address leads where it may not; "" where it may, or where it is no address at all: `connected` says so."""
    try:
        host = make_url(address).host if address else None
    except (ArgumentError, ValueError):
        return ""
    return reach.problem(host) if host else ""


def renamed(values: Mapping[str, str]) -> dict[str, str]:
    """Return which field of the department's system is which column."""
    pairs = (pair.partition("=") for pair in PAIR.split(values.get(FIELDS, "")) if pair)
    found = {field: column for field, sign, column in pairs if sign and field and column}
    if any("=" not in pair for pair in PAIR.split(values.get(FIELDS, "")) if pair):
        raise Unconnected("“字段对应”须写成 字段=列名，用顿号隔开")
    return found


def _joined(base: str, path: str) -> str:
    return f"{base}/{path.lstrip('/')}" if path else ""
