"""What a certificate of an adapter rests on: contract, samples, and every fault that concerns it, tried in its children."""

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fanpin import sandbox
from fanpin.adapters import manifest as m
from fanpin.adapters import known, run
from fanpin.adapters.cases import Case, State, timed
from fanpin.adapters.certify_leads import lead_cases
from fanpin.adapters.contract import Answer, Known, Later, NotFound, Unavailable
from fanpin.adapters.distributions import Installed
from fanpin.adapters.extremes import Extreme, extremes, outcomes
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.run import MappedRow, PluginChild
from fanpin.adapters.trial import Trial, try_sheet
from fanpin.adapters.versions import PluginRole
from fanpin.adapters.wire import ReadRow
from fanpin.rules.duties import KINDS

LOAD_ROWS, LOAD_SECONDS = 20_000, 60.0
SLOW_START = 5.0
# A mapping needs none of these; whoever imports them wants out of the child.
OUTWARD = frozenset({"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "subprocess", "multiprocessing", "threading",
                     "asyncio", "concurrent", "signal", "ctypes", "mmap", "sqlite3", "dbm", "shelve", "pickle", "marshal", "tempfile",
                     "shutil", "importlib", "runpy", "code", "pty", "resource", "gc", "inspect", "os"})
SHOWN = 3


@dataclass(frozen=True)
class Report:
    """The whole certificate as a value; `ok` when no case failed."""

    name: str
    version: str
    digest: str
    title: str
    role: str
    department: str
    owner: str
    contract: int
    as_of: date
    cases: tuple[Case, ...]

    @property
    def ok(self) -> bool:
        """Say whether the adapter may be certified."""
        return bool(self.cases) and all(case.state is not State.FAILED for case in self.cases)

    def document(self) -> dict[str, object]:
        """Return the report as JSON holds it."""
        return {"name": self.name, "version": self.version, "digest": self.digest, "title": self.title,
                "role": self.role, "department": self.department, "owner": self.owner, "contract": self.contract, "as_of": self.as_of.isoformat(), "ok": self.ok,
                "cases": [{"code": case.code, "title": case.title, "state": case.state.value, "text": case.text,
                           "seconds": round(case.seconds, 2)} for case in self.cases]}


def certify(installed: Installed, *, as_of: date, load_rows: int = LOAD_ROWS) -> Report:
    """Try an adapter with everything that concerns it; nothing is stored."""
    began = time.monotonic()
    found = run.declared(installed)
    seconds = time.monotonic() - began
    cases = [_entry(installed), _source(installed), _declared(found.problems, seconds)]
    manifest = found.manifest
    if found.ok and manifest is not None:
        tried = lead_cases if manifest.role is PluginRole.CHANNEL else _table
        for table in manifest.tables:
            cases += tried(installed, manifest, table, as_of, load_rows)
    cases.append(_walls())
    return Report(
        installed.entry, installed.version, installed.digest, manifest.title if manifest else "",
        manifest.role.value if manifest else "", manifest.department.value if manifest and manifest.department else "",
        manifest.owner if manifest else "", manifest.contract if manifest else 0, as_of, tuple(cases))


def _entry(installed: Installed) -> Case:
    good = not installed.problem and installed.origin is not None
    text = f"模块 {installed.module}，摘要 {installed.digest[:16]}" if good else installed.problem or "找不到模块文件"
    return Case("install", "安装方式", State.PASSED if good else State.FAILED, text)


def _source(installed: Installed) -> Case:
    title = "源代码只做映射"
    files = [installed.origin] if installed.origin else []
    if installed.origin and installed.origin.name == "__init__.py":
        files = sorted(installed.origin.parent.rglob("*.py"))
    try:
        modules = sorted({name for file in files for name in _imported(file)})
    except SyntaxError as error:
        return Case("source", title, State.FAILED, f"第{error.lineno}行有语法错误")
    outward = [name for name in modules if name.split(".")[0] in OUTWARD]
    inward = [name for name in modules if name.split(".")[0] == "fanpin" and name != "fanpin.adapters"]
    if outward or inward:
        return Case("source", title, State.FAILED, f"不能引入：{'、'.join(outward + inward)}")
    return Case("source", title, State.PASSED, f"引入：{'、'.join(modules)}")


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _declared(problems: Sequence[str], seconds: float) -> Case:
    if problems:
        return Case("declaration", "申报符合政策和约定", State.FAILED, "；".join(problems), seconds)
    if seconds > SLOW_START:
        return Case("declaration", "申报符合政策和约定", State.FAILED, f"载入用了{seconds:.1f}秒，超过{SLOW_START:g}秒", seconds)
    return Case("declaration", "申报符合政策和约定", State.PASSED, "没有问题", seconds)


def _table(installed: Installed, manifest: Manifest, table: Table, as_of: date, load_rows: int) -> Iterator[Case]:
    path = installed.sample(table.code)
    if path is None:
        yield Case(f"{table.code}.sample", f"“{table.title}”的样表", State.FAILED, f"没有 samples/{table.code}.csv")
        return
    trial, case = timed(f"{table.code}.sample", f"“{table.title}”的样表", lambda: _sampled(installed, manifest, table, path, as_of))
    yield case
    if not isinstance(trial, Trial) or case.state is State.FAILED or not trial.mapped:
        return
    rows = [row.row for row in trial.mapped]
    with PluginChild(installed, manifest) as plugin:
        def said(these: Sequence[ReadRow]) -> list[MappedRow]:
            return list(plugin.map(table, these, as_of=as_of))

        checks: list[tuple[str, str, Callable[[], tuple[object, str]]]] = [
            ("order", "与行的顺序和次数无关", lambda: _same(said, rows)),
            ("known", "已知人员的答复", lambda: _known(path, trial.mapped)),
            *((f"extreme.{one.code}", one.title, lambda one=one: _withstood(said, table, rows, one))  # type: ignore[misc]
              for one in extremes(table, as_of)),
            *((f"outcome.{code}", f"“{word}”的答复", lambda code=code, word=word: _outcome(said, table, rows, code))  # type: ignore[misc]
              for code, word in outcomes(table)),
            ("load", f"{load_rows}行以内的负荷", lambda: _load(said, rows, load_rows)),
        ]
        for code, title, act in checks:
            yield timed(f"{table.code}.{code}", f"“{table.title}”：{title}", act)[1]


def _sampled(installed: Installed, manifest: Manifest, table: Table, path: Path, as_of: date) -> tuple[Trial, str]:
    trial = try_sheet(installed, manifest, path, as_of=as_of)
    if trial.refused:
        return trial, trial.refused
    if trial.opened.table != table.code:
        return trial, "样表被认成了另一种表"
    if trial.problems:
        shown = "；".join(f"第{problem.row}行{problem.column}：{problem.reason}" for problem in trial.problems[:SHOWN])
        return trial, f"有{len(trial.problems)}个问题：{shown}"
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


def _load(said: Callable[[Sequence[ReadRow]], list[MappedRow]], rows: Sequence[ReadRow], many: int) -> tuple[None, str]:
    began = time.monotonic()
    told_rows = said([rows[at % len(rows)] for at in range(many)])
    seconds = time.monotonic() - began
    if len(told_rows) != many:
        return None, f"{many}行只答复了{len(told_rows)}行"
    return None, f"{many}行用了{seconds:.0f}秒，超过{LOAD_SECONDS:.0f}秒" if seconds > LOAD_SECONDS else ""


def _walls() -> Case:
    walls = sandbox.capabilities()
    missing = [name for name, stands in walls.items() if not stands]
    if not missing:
        return Case("walls", "隔离条件", State.PASSED, f"齐全：{'、'.join(walls)}")
    return Case("walls", "隔离条件", State.DEGRADED, f"本机内核没有：{'、'.join(missing)}；其余隔离照常")
