"""Make a certificate of an adapter: contract, samples, and every fault that concerns it, tried in its children."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec

from fanpin import sandbox
from fanpin.adapters import manifest as m
from fanpin.adapters import known, outlet_trial, run
from fanpin.adapters.cases import SHOWN, WALLS, WHOLE, Case, State, misread, timed
from fanpin.adapters.certify_leads import lead_cases
from fanpin.adapters.contract import Answer, Known, Later, NotFound, Unavailable
from fanpin.adapters.distributions import Installed
from fanpin.adapters.extremes import Extreme, extremes, outcomes
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.manifest import ColumnType, Manifest, Table
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.report import WALL_TITLES, Report, machine
from fanpin.adapters.run import MappedRow, PluginChild
from fanpin.adapters.source import look_at
from fanpin.adapters.trial import Trial, try_sheet
from fanpin.adapters.versions import PluginRole
from fanpin.adapters.wire import ReadRow
from fanpin.adapters.witness import REACHED
from fanpin.rules.duties import KINDS
from fanpin.sandbox import ChildFailed, RequestFailed

LOAD_ROWS, LOAD_SECONDS = 20_000, 60.0
SLOW_START = 5.0
# What a child may hold more after the load than after its first tenth: a mapping keeps nothing of its rows.
GROWTH_MB = 32
LONG_ENOUGH = 5
CANARY = "勿外传金丝雀"
WITNESS = "fanpin.adapters.witness"


def certify(installed: Installed, *, as_of: date, load_rows: int | None = None) -> Report:
    """Try an adapter with everything that concerns it; nothing is stored."""
    began = time.monotonic()
    found = run.declared(installed)
    seconds = time.monotonic() - began
    cases = [_entry(installed), _source(installed), _declared(found.problems, seconds)]
    manifest = found.manifest
    if found.ok and manifest is not None:
        tried = lead_cases if manifest.role is PluginRole.CHANNEL else _table
        for table in manifest.tables:
            cases += tried(installed, manifest, table, as_of, LOAD_ROWS if load_rows is None else load_rows)
        cases += _outlet(installed, manifest, as_of)
    cases.append(_walls())
    return Report(
        installed.entry, installed.version, installed.digest, manifest.title if manifest else "",
        manifest.role.value if manifest else "", manifest.department.value if manifest and manifest.department else "",
        manifest.owner if manifest else "", manifest.contract if manifest else 0, as_of, machine(), tuple(cases))


def _entry(installed: Installed) -> Case:
    good = not installed.problem and installed.origin is not None
    text = f"模块 {installed.module}，摘要 {installed.digest[:16]}" if good else installed.problem or "找不到模块文件"
    return Case("install", WHOLE, "安装方式", State.PASSED if good else State.FAILED, text)


def _source(installed: Installed) -> Case:
    seen = look_at(installed)
    if seen.problem:
        return Case("source", WHOLE, "源代码只做映射", State.FAILED, seen.problem)
    return Case("source", WHOLE, "源代码只做映射", State.PASSED, f"引入：{'、'.join(seen.imports)}")


def _declared(problems: Sequence[str], seconds: float) -> Case:
    if problems:
        return Case("declaration", WHOLE, "申报符合政策和约定", State.FAILED, "；".join(problems), seconds)
    if seconds > SLOW_START:
        return Case("declaration", WHOLE, "申报符合政策和约定", State.FAILED, f"载入用了{seconds:.1f}秒，超过{SLOW_START:g}秒", seconds)
    return Case("declaration", WHOLE, "申报符合政策和约定", State.PASSED, "没有问题", seconds)


def _table(installed: Installed, manifest: Manifest, table: Table, as_of: date, load_rows: int) -> Iterator[Case]:
    path = installed.sample(table.code)
    if path is None:
        yield Case(f"{table.code}.sample", table.title, "样表", State.FAILED, f"没有 samples/{table.code}.csv")
        return
    yield timed(table, "reach", "只看给它的行，不找别的", lambda: _reached(installed, manifest, table, path, as_of))[1]
    trial, case = timed(table, "sample", "样表", lambda: _sampled(installed, manifest, table, path, as_of))
    yield case
    if not isinstance(trial, Trial) or case.state is State.FAILED or not trial.mapped:
        return
    rows = [row.row for row in trial.mapped]
    with PluginChild(installed, manifest) as plugin:
        def said(these: Sequence[ReadRow]) -> list[MappedRow]:
            return list(plugin.map(table, these, as_of=as_of))

        checks: list[tuple[str, str, Callable[[], tuple[object, str]]]] = [
            ("order", "与行的顺序和次数无关", lambda: _same(said, rows)),
            ("again", "换一个进程答复不变", lambda: _again(installed, manifest, table, rows, as_of)),
            ("quiet", "不把行里的内容写到输出里", lambda: _quiet(plugin, said, table, rows)),
            ("known", "已知人员的答复", lambda: _known(path, trial.mapped)),
            *((f"extreme.{one.code}", one.title, lambda one=one: _withstood(said, table, rows, one))  # type: ignore[misc]
              for one in extremes(table, as_of)),
            *((f"outcome.{code}", f"“{word}”的答复", lambda code=code, word=word: _outcome(said, table, rows, code))  # type: ignore[misc]
              for code, word in outcomes(table)),
            ("load", f"{load_rows}行的时间和内存", lambda: _load(plugin, said, rows, load_rows)),
        ]
        for code, title, act in checks:
            yield timed(table, code, title, act)[1]


def _reached(installed: Installed, manifest: Manifest, table: Table, path: Path, as_of: date) -> tuple[None, str]:
    """Map the sample under the eyes of a witness: what the walls refuse, and what they let through, is named."""
    with SheetReading(path, [table]) as reading, PluginChild(installed, manifest, program=WITNESS) as plugin:
        rows = [] if reading.opened.refused else [row for chunk in reading for row in chunk.rows]
        try:
            list(plugin.map(table, rows, as_of=as_of))
            failure = ""
        except AdapterFailed as failed:
            failure = failed.failure.text if failed.failure.security else ""
        try:
            reached = msgspec.json.decode(plugin.child.ask(REACHED, wall_seconds=run.LOAD_SECONDS), type=list[str])
        except (ChildFailed, RequestFailed):
            reached = []
    return None, f"处理样表时要用：{'、'.join(reached)}；适配器只能看给它的行" if reached else failure


def _outlet(installed: Installed, manifest: Manifest, as_of: date) -> Iterator[Case]:
    for one in outlet_trial.tried(installed, manifest, as_of):
        yield Case(one.code, one.errand, one.title, State.FAILED if one.problem else State.PASSED, one.problem or "符合")


def _sampled(installed: Installed, manifest: Manifest, table: Table, path: Path, as_of: date) -> tuple[Trial, str]:
    trial = try_sheet(installed, manifest, path, as_of=as_of)
    if problem := misread(table, trial.opened, trial.problems):
        return trial, problem
    silent = [KINDS[kind].title for kind in table.kinds if kind not in trial.facts_by_kind]
    if silent:
        return trial, f"没有一行得出：{'、'.join(silent)}"
    keys = {value for row in trial.mapped for name, value in row.row.keys.items() if name in ("id_number", "head_id")}
    leaks = any(key in words for row in trial.mapped for fact in row.facts for key in keys
                for words in (fact.ref, fact.label, fact.other, fact.value))
    return trial, "答复里有证件号码" if leaks else ""


def _same(said: Callable[[Sequence[ReadRow]], list[MappedRow]], rows: Sequence[ReadRow]) -> tuple[None, str]:
    forwards, backwards, again = said(rows), said(rows[::-1])[::-1], said(rows)
    alone = [said([row])[0] for row in rows[:SHOWN]]
    same = _plain(forwards) == _plain(backwards) == _plain(again) and _plain(forwards[:SHOWN]) == _plain(alone)
    return None, "" if same else "同一行在不同顺序、不同次数下得出不同的答复"


def _again(installed: Installed, manifest: Manifest, table: Table, rows: Sequence[ReadRow], as_of: date) -> tuple[None, str]:
    told_twice = []
    for _ in range(2):
        with PluginChild(installed, manifest) as plugin:
            told_twice.append(_plain(list(plugin.map(table, rows, as_of=as_of))))
    return None, "" if told_twice[0] == told_twice[1] else "同一行在两个进程里得出不同的答复"


def _quiet(plugin: PluginChild, said: Callable[[Sequence[ReadRow]], list[MappedRow]], table: Table,
           rows: Sequence[ReadRow]) -> tuple[str, str]:
    """Look for a canary in every free column in what the adapter prints; printing anything else is only named."""
    free = [column.name for column in table.all_columns if column.type is ColumnType.TEXT]
    said([ReadRow(row.number, row.keys, {**row.cells, **dict.fromkeys(free, CANARY)}) for row in rows])
    cells = {str(value) for row in rows for name, value in row.cells.items() if name not in free and len(str(value)) >= LONG_ENOUGH}
    if any(words in plugin.child.heard for words in (CANARY, *cells)):
        return "", "把行里的内容写到了输出里，请去掉 print 和日志"
    return "有输出，不含行里的内容；请去掉" if plugin.child.heard else "没有输出", ""


def _plain(rows: Sequence[MappedRow]) -> list[object]:
    return [(tuple(replace(fact, subject="") for fact in row.facts), row.answers, row.problems) for row in rows]


def _known(path: Path, mapped: Sequence[MappedRow]) -> tuple[str, str]:
    file = known.beside(path)
    if not file.is_file():
        return f"没有 samples/{file.name}；可用 fanpin adapter run 的输出生成，由部门核对后放入", State.ABSENT
    numbers = known.differing(file, mapped)[1]
    return "", f"第{'、'.join(map(str, numbers[:SHOWN]))}行的答复与已知的不同" if numbers else ""


def _withstood(said: Callable[[Sequence[ReadRow]], list[MappedRow]], table: Table, rows: Sequence[ReadRow],
               extreme: Extreme) -> tuple[None, str]:
    changed = [replaced for row in rows[:SHOWN] for replaced in extreme.rows(table, row)]
    for row in said(changed):
        if row.problems and not extreme.may_refuse:
            return None, f"{row.problems[0].reason}"
    return None, ""


def _outcome(said: Callable[[Sequence[ReadRow]], list[MappedRow]], table: Table, rows: Sequence[ReadRow],
             code: str) -> tuple[None, str]:
    wanted: dict[str, type[Answer]] = {m.NONE: Known, m.NOT_FOUND: NotFound, m.LATER: Later, m.UNAVAILABLE: Unavailable}
    asked = [claim.kind for claim in table.claims if claim.mode is m.Mode.QUESTION]
    row = ReadRow(rows[0].number, rows[0].keys, {m.RESULT: code, m.DUE: "2199-01-01", m.REASON: "系统维护"})
    answers = dict(said([row])[0].answers)
    wrong = [KINDS[kind].title for kind in asked if type(answers.get(kind)) is not wanted[code]]
    return None, f"没有照实答复：{'、'.join(wrong)}" if wrong else ""


def _load(plugin: PluginChild, said: Callable[[Sequence[ReadRow]], list[MappedRow]], rows: Sequence[ReadRow],
          many: int) -> tuple[str, str]:
    first, began = many // 10, time.monotonic()
    told_rows = len(said([rows[at % len(rows)] for at in range(first)]))
    before = plugin.child.rss_mb()
    told_rows += len(said([rows[at % len(rows)] for at in range(first, many)]))
    seconds, grown = time.monotonic() - began, plugin.child.rss_mb() - before
    if told_rows != many:
        return "", f"{many}行只答复了{told_rows}行"
    if grown > GROWTH_MB:
        return "", f"处理{many}行后内存多占{grown}MB，超过{GROWTH_MB}MB：把处理过的行留在了内存里"
    if seconds > LOAD_SECONDS:
        return "", f"{many}行用了{seconds:.0f}秒，超过{LOAD_SECONDS:.0f}秒"
    return f"每行{1000 * seconds / many:.2f}毫秒；内存多占{max(grown, 0)}MB", ""


def _walls() -> Case:
    walls = sandbox.capabilities()
    missing = [WALL_TITLES[name] for name, stands in walls.items() if not stands]
    if not missing:
        return Case("walls", WALLS, "本机的隔离条件", State.PASSED, f"齐全：{'、'.join(WALL_TITLES[name] for name in walls)}")
    return Case("walls", WALLS, "本机的隔离条件", State.DEGRADED, f"本机内核没有：{'、'.join(missing)}；其余隔离照常")
