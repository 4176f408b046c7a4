"""The contract as a page, generated from the code: what a table may hold, what a row offers, who may claim what."""

import inspect
from collections.abc import Callable, Iterator

from fanpin import adapters
from fanpin.adapters import manifest as m
from fanpin.adapters import run, wire
from fanpin.adapters.base import Adapter, Row
from fanpin.adapters.contract import LENGTHS
from fanpin.adapters.scaffold import claimable
from fanpin.rules.departments import Department
from fanpin.rules.duties import Basis, Kind

COLUMNS = (adapters.id_number, adapters.person_name, adapters.head_id, adapters.head_name, adapters.village,
           adapters.certificate, adapters.text, adapters.day, adapters.month, adapters.year, adapters.amount,
           adapters.count, adapters.code)
CLAIMS = (adapters.bulk, adapters.question)


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([*_head(), *_adapter(), *_calls("列", COLUMNS), *_calls("申报", CLAIMS), *_row(), *_limits(), *_kinds()]) + "\n"


def _head() -> Iterator[str]:
    yield from ("# 适配器约定参考", "",
                f"由 `fanpin adapter reference` 从程序生成（约定第{m.CONTRACT}版）；请勿手改。写法见 [adapters.md](adapters.md)。", "",
                f"适配器只从 `fanpin.adapters` 引入：{'、'.join(f'`{name}`' for name in adapters.__all__)}。", "")


def _adapter() -> Iterator[str]:
    yield from ("## 适配器的属性", "", "| 属性 | 默认 |", "|---|---|")
    for name in Adapter.__annotations__:
        value = getattr(Adapter, name, None)
        shown = "必填" if value is None else f"`{_shown(value)}`"
        yield f"| `{name}` | {shown} |"
    yield ""
    for method in (Adapter.of_row, Adapter.facts):
        yield from _call(method)


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
        "文字列": f"{m.LONGEST_TEXT}字", **{f"事实的 {field}": f"{length}字" for field, length in LENGTHS.items()},
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
