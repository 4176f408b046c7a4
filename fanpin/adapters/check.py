"""What `fanpin adapter check` says of a folder: its module, its declaration, its samples; fast, nothing stored."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fanpin.adapters import known, outlet_trial, run
from fanpin.adapters.distributions import Installed, in_folder
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.lead_trial import try_leads
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.source import look_at
from fanpin.adapters.trial import try_sheet
from fanpin.adapters.versions import PluginRole
from fanpin.adapters.wheels import WheelRefused, unpacked
from fanpin.adapters.wire import Opened, Problem
from fanpin.rules.duties import KINDS
from fanpin.rules.intake import Channel, DifficultyCategory

MOST_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    good: bool
    text: str


def check(place: Path, *, as_of: date) -> list[Finding]:
    """Judge the plugin in a folder, or in a wheel file that nobody has installed yet."""
    if place.is_file():
        return _wheel(place, as_of)
    try:
        installed = in_folder(place)
    except FileNotFoundError as error:
        return [Finding(False, str(error))]
    return [*_source(installed), *_declared(installed, as_of)]


def _wheel(wheel: Path, as_of: date) -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="fanpin-wheel-") as folder:
        try:
            installed = unpacked(wheel, Path(folder))
        except WheelRefused as refused:
            return [Finding(False, problem) for problem in refused.problems]
        return [Finding(True, f"{wheel.name}：只有模块和样表，没有随Python启动的文件、命令和别的依赖"),
                Finding(True, f"程序文件摘要（SHA-256）{installed.digest}"), *_source(installed), *_declared(installed, as_of)]


def _source(installed: Installed) -> Iterator[Finding]:
    seen = look_at(installed)
    yield Finding(not seen.problem, seen.problem or f"只引入{'、'.join(seen.imports)}")
    if not seen.problem:
        yield Finding(True, f"{installed.module}.py 共{seen.lines}行（不计空行）")


def _declared(installed: Installed, as_of: date) -> Iterator[Finding]:
    found = run.declared(installed)
    if not found.ok or found.manifest is None:
        yield from (Finding(False, problem) for problem in found.problems)
        return
    manifest = found.manifest
    yield Finding(True, _said(manifest))
    if manifest.role is PluginRole.OUTLET:
        yield from (Finding(not one.problem, f"“{one.errand}”的{one.title}：{one.problem or '符合'}") for one in outlet_trial.tried(installed, manifest, as_of))
    act = _lead_sample if manifest.role is PluginRole.CHANNEL else _sample
    for table in manifest.tables:
        path = installed.sample(table.code)
        if path is None:
            yield Finding(False, f"“{table.title}”没有样表 samples/{table.code}.csv")
            continue
        try:
            yield from act(installed, manifest, table, path, as_of)
        except AdapterFailed as failed:
            yield Finding(False, f"“{table.title}”的样表：{failed.failure.text}{_detail(failed.failure.detail)}")


def _said(manifest: Manifest) -> str:
    if manifest.role is PluginRole.CHANNEL:
        return f"{manifest.owner}：{Channel(manifest.channel).title}"
    if manifest.role is PluginRole.OUTLET:
        return f"{manifest.owner}：{manifest.title}"
    kinds = "、".join(f"{KINDS[kind].title}（{'、'.join(sorted(mode.title for mode in manifest.modes(kind)))}）"
                     for kind in manifest.kinds)
    return f"{manifest.owner}申报：{kinds or '没有事项'}"


def _sample(installed: Installed, manifest: Manifest, table: Table, path: Path, as_of: date) -> Iterator[Finding]:
    trial = try_sheet(installed, manifest, path, as_of=as_of)
    if stopped := _misread(table, trial.opened):
        yield stopped
        return
    yield from _problems(table, trial.problems)
    facts = "、".join(f"{KINDS[kind].title}{many}条" for kind, many in trial.facts_by_kind.items())
    yield Finding(not trial.problems, f"“{table.title}”的样表：读{trial.taken}行，得出{facts or '0条事实'}")
    silent = [KINDS[kind].title for kind in table.kinds if kind not in trial.facts_by_kind]
    if silent:
        yield Finding(False, f"“{table.title}”的样表没有一行得出：{'、'.join(silent)}")
    if known.beside(path).is_file():
        many, wrong = known.differing(known.beside(path), trial.mapped)
        rows = "、".join(map(str, wrong))
        yield Finding(not wrong, f"“{table.title}”的已知人员{many}行，" + (f"第{rows}行的答复与已知的不同" if wrong else "答复都对"))


def _lead_sample(installed: Installed, manifest: Manifest, table: Table, path: Path, as_of: date) -> Iterator[Finding]:
    trial = try_leads(installed, manifest, path, today=as_of)
    if stopped := _misread(table, trial.opened):
        yield stopped
        return
    yield from _problems(table, trial.problems)
    categories = "、".join(f"{DifficultyCategory(code).title}{many}条" for code, many in trial.by_category.items())
    yield Finding(bool(trial.told) and not trial.problems,
                  f"“{table.title}”的样表：读{len(trial.mapped)}行，得出申报{trial.told}条（{categories or '没有困难类别'}）")


def _misread(table: Table, opened: Opened) -> Finding | None:
    if opened.refused:
        return Finding(False, f"“{table.title}”的样表：{opened.refused}")
    if opened.table != table.code:
        return Finding(False, f"“{table.title}”的样表被认成了另一种表，请让必填列能区分两种表")
    return None


def _problems(table: Table, problems: Sequence[Problem]) -> Iterator[Finding]:
    for problem in problems[:MOST_SHOWN]:
        yield Finding(False, f"“{table.title}”的样表第{problem.row}行“{problem.column}”：{problem.reason}")


def _detail(detail: str) -> str:
    return f"（{detail}）" if detail else ""
