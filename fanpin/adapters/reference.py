"""The contract as a page, generated from the code: what a table may hold, what a row offers, who may claim what."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields

from fanpin import adapters
from fanpin.adapters import manifest as m
from fanpin.adapters import run, wire
from fanpin.adapters.base import Adapter, Plugin, Row
from fanpin.adapters.channel import Channel, LeadRow
from fanpin.adapters.contract import LENGTHS
from fanpin.adapters.leads import LONGEST_NUMBER, LONGEST_RELATION
from fanpin.adapters.outlet import Outlet
from fanpin.adapters.parcels import NOTICE_ROW, NOTICE_VALUES, Errand, Parcel
from fanpin.adapters.report import BAD
from fanpin.adapters.scaffold import claimable
from fanpin.adapters.versions import CONTRACT, OLDEST, SINCE, PluginRole
from fanpin.rules.departments import Department
from fanpin.rules.duties import Basis, Kind
from fanpin.rules.intake import Channel as Platform
from fanpin.rules.intake import DifficultyCategory

COLUMNS = (adapters.id_number, adapters.person_name, adapters.head_id, adapters.head_name, adapters.village,
           adapters.certificate, adapters.phone, adapters.text, adapters.words, adapters.day, adapters.month, adapters.year, adapters.amount,
           adapters.count, adapters.code)
CLAIMS = (adapters.bulk, adapters.question)


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([
        *_head(), *_versions(), *_adapter(), *_calls("列", COLUMNS), *_calls("申报", CLAIMS), *_row(), *_channel(), *_outlet(),
        *_limits(), *_bad(), *_kinds()]) + "\n"


def _head() -> Iterator[str]:
    yield from ("# 适配器约定参考", "",
                f"由 `fanpin adapter reference` 从程序生成（约定第{CONTRACT}版）；请勿手改。写法见 [adapters.md](adapters.md)。", "",
                f"程序只从 `fanpin.adapters` 引入：{'、'.join(f'`{name}`' for name in adapters.__all__)}。", "")


def _versions() -> Iterator[str]:
    yield from (
        "## 约定的版本", "",
        f"现在是第{CONTRACT}版。程序用 `contract = 版本号` 写明自己按哪一版写；不写的，按第{OLDEST}版对待（那时还不要求写）。", "",
        f"- 第{OLDEST}版起按任何一版写的程序都照常能用，不必改。",
        f"- 写着比第{CONTRACT}版更新的，或比第{OLDEST}版更旧的，不启用，并说明原因；`fanpin adapter list` 和页面上都看得到。",
        "- 版本号只在两种情况下提高：原来能用的写法以后不能用了，或者有了新的东西可写。只加不改的，旧程序不受影响。",
        "- 不再支持一个旧版本之前，更新记录（CHANGELOG）至少提前一个发布版写明。", "",
        "| 角色 | 基类 | 从第几版起 |", "|---|---|---|",
        *(f"| {role.title}（`{role.value}`） | `{kind.__name__}` | {SINCE[role]} |" for role, kind in zip(PluginRole, (Adapter, Channel, Outlet))), "")


def _adapter() -> Iterator[str]:
    yield from ("## 部门适配器的属性（`Adapter`）", "", *_attributes(Adapter), "")
    for method in (Adapter.of_row, Adapter.facts):
        yield from _call(method)


def _attributes(kind: type[Plugin]) -> Iterator[str]:
    yield from ("| 属性 | 默认 |", "|---|---|")
    for name in {**Plugin.__annotations__, **kind.__annotations__}:
        value = getattr(kind, name, None)
        yield f"| `{name}` | {'必填' if value is None else f'`{_shown(value)}`'} |"


def _channel() -> Iterator[str]:
    platforms = "、".join(f"`{channel.value}` {channel.title}" for channel in Platform if channel.is_platform)
    categories = "、".join(f"`{category.value}` {category.title}" for category in DifficultyCategory)
    yield from ("## 申报渠道（`Channel`）", "", f"`platform` 是三个平台之一：{platforms}。", f"困难类别：{categories}。", "",
                *_attributes(Channel), "")
    for method in (Channel.of_row, Channel.leads, LeadRow.lead):
        yield from _call(method)


def _outlet() -> Iterator[str]:
    yield from ("## 报送出口（`Outlet`）", "", *_attributes(Outlet), "")
    yield from _call(Outlet.deliver)
    yield from ("", "`errands` 里写能办的事：", "", "| 代码 | 办什么 | 内容 |", "|---|---|---|",
                *(f"| `{errand.value}` | {errand.title} | {'公示' if errand.of_notice else '一户，每人一行'} |" for errand in Errand), "",
                "公示的 `item.values`：", "", "| 名称 | 内容 |", "|---|---|", *(f"| `{name}` | {title} |" for name, title in NOTICE_VALUES.items()), "",
                "公示的 `item.rows`，每户一行：", "", "| 名称 | 内容 |", "|---|---|", *(f"| `{name}` | {title} |" for name, title in NOTICE_ROW.items()), "",
                "全国系统的一户，`item.values` 和 `item.rows`（每人一行）用全国系统列的代码（`fanpin/data/national_columns.csv`）。", "",
                f"`Parcel` 的内容：{'、'.join(f'`{one.name}`' for one in fields(Parcel))}。姓名、号码、电话、住址是替代符，原样放到该放的地方；"
                "平台打开它们，并核对每户、每人正好一行，没有别人，没有公式和看不见的字符。", "")


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return f"({' '.join(f'Transport.{item.name},' for item in value)})" if value else "()"
    return repr(value)


def _calls(title: str, functions: tuple[Callable[..., object], ...]) -> Iterator[str]:
    yield from (f"## {title}", "")
    for function in functions:
        yield from _call(function)


def _call(function: Callable[..., object]) -> Iterator[str]:
    signature = inspect.signature(function)
    shown = signature.replace(return_annotation=inspect.Signature.empty, parameters=[
        one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values() if one.name != "self"])
    yield from (f"- `{function.__name__}{shown}`", f"  {inspect.getdoc(function)}", "")


def _row() -> Iterator[str]:
    yield from ("## 一行（`Row`）", "")
    for name, method in vars(Row).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            yield from _call(method)


def _limits() -> Iterator[str]:
    yield from ("## 限度", "", "| 什么 | 限度 |", "|---|---|")
    rows = {
        "载入": f"{run.LOAD_SECONDS}秒", "一批": f"{wire.ROWS_AT_A_TIME}行，{run.MAP_SECONDS}秒", "内存": f"{run.MEMORY_MB} MB",
        "处理器": f"{run.CPU_SECONDS}秒", "一批的答复": f"{wire.LARGEST_ANSWER >> 20} MB", "一行的事实": f"{wire.MOST_FACTS}条",
        "文字列": f"{m.LONGEST_TEXT}字", "原话列": f"{m.LONGEST_WORDS}字", "申报的流水号": f"{LONGEST_NUMBER}字",
        "申报人与户主的关系": f"{LONGEST_RELATION}字", **{f"事实的 {field}": f"{length}字" for field, length in LENGTHS.items()},
        "网络、文件、进程、环境变量": "没有",
    }
    yield from (f"| {what} | {limit} |" for what, limit in rows.items())
    yield ""


def _kinds() -> Iterator[str]:
    yield from ("## 各部门可以申报的事项", "", "标 * 的栏必须给出；数额一律以百分之一为单位（金额为分）。", "")
    for department in Department:
        kinds = claimable(department)
        if kinds:
            yield from (f"### {department.title}（`{department.value}`）", "", "| 代码 | 事项 | 方式 | 关于 | 栏 | 取值 |", "|---|---|---|---|---|---|",
                        *map(_kind, kinds), "")


def _kind(kind: Kind) -> str:
    fields = "；".join(f"`{column.field}`{'*' if column.required else ''} {column.label}" for column in kind.columns)
    values = "；".join(f"`{code}` {title}" for code, title in kind.values)
    way = "成批提供 `bulk`" if kind.basis is Basis.DUTY else "逐人核查 `question`"
    unit = f"（{kind.unit.title}）" if kind.unit else ""
    return f"| `{kind.code}` | {kind.title} | {way} | {kind.subject.title} | {fields}{unit} | {values} |"


def _bad() -> Iterator[str]:
    yield from ("## 可能出的错，在哪里证明", "",
                "“检验项目”由 `fanpin adapter certify` 对这一个适配器逐项试；“故障适配器”是平台测试里故意写坏的适配器，证明不管装了什么，这一种错都伤不到别处、"
                "不会变成“没有问题”。", "", "| 出的错 | 检验项目 | 故障适配器 |", "|---|---|---|")
    for one in BAD:
        yield f"| {one.title} | {_codes(one.cases)} | {_codes(one.faults)} |"
    yield ""


def _codes(codes: tuple[str, ...]) -> str:
    return "、".join(f"`{code}`" for code in codes) or "不需要：平台每次调用都防住"
