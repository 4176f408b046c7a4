"""What a channel's certificate rests on besides its source and its declaration: sample, tokens, order, bad rows, load."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from fanpin.adapters.cases import SHOWN, Case, State, misread, timed
from fanpin.adapters.distributions import Installed
from fanpin.adapters.extremes import Extreme, extremes
from fanpin.adapters.lead_trial import LeadTrial, try_leads
from fanpin.adapters.leads import MappedLead, map_leads
from fanpin.adapters.manifest import ColumnType, Manifest, Table
from fanpin.adapters.run import PluginChild
from fanpin.adapters.wire import ReadRow

LOAD_SECONDS = 60.0
Said = Callable[[Sequence[ReadRow]], list[MappedLead]]


def lead_cases(installed: Installed, manifest: Manifest, table: Table, as_of: date, load_rows: int) -> Iterator[Case]:
    """Try one table of a channel with everything that concerns it."""
    path = installed.sample(table.code)
    if path is None:
        yield Case(f"{table.code}.sample", table.title, "样表", State.FAILED, f"没有 samples/{table.code}.csv")
        return
    trial, case = timed(table, "sample", "样表", lambda: _sampled(installed, manifest, table, path, as_of))
    yield case
    if not isinstance(trial, LeadTrial) or case.state is State.FAILED:
        return
    rows = [row.row for row in trial.mapped if row.lead]
    with PluginChild(installed, manifest) as plugin:
        def said(these: Sequence[ReadRow]) -> list[MappedLead]:
            return list(map_leads(plugin, table, these, today=as_of))

        checks: list[tuple[str, str, Callable[[], tuple[object, str]]]] = [
            ("token", "只说问到的行，代号每次都是新的", lambda: _tokens(said, rows)),
            ("order", "与行的顺序和次数无关", lambda: _same(said, rows)),
            *((f"extreme.{one.code}", one.title, lambda one=one: _withstood(said, table, rows, one))  # type: ignore[misc]
              for one in extremes(table, as_of)),
            ("load", f"{load_rows}行以内的负荷", lambda: _load(said, rows, load_rows)),
        ]
        for code, title, act in checks:
            yield timed(table, code, title, act)[1]


def _sampled(installed: Installed, manifest: Manifest, table: Table, path: Path, as_of: date) -> tuple[LeadTrial, str]:
    trial = try_leads(installed, manifest, path, today=as_of)
    if problem := misread(table, trial.opened, trial.problems):
        return trial, problem
    if not trial.told:
        return trial, "没有一行得出申报"
    numbers = [row.lead.number for row in trial.mapped if row.lead]
    if len(set(numbers)) < len(numbers):
        return trial, "样表里有两条申报的流水号相同"
    return trial, ""


def _tokens(said: Said, rows: Sequence[ReadRow]) -> tuple[None, str]:
    asked = [said(rows), said(rows[:1]), said(rows)]
    subjects = [row.lead.subject for told in asked for row in told if row.lead]
    return None, "" if len(set(subjects)) == len(subjects) == 2 * len(rows) + 1 else "有的行没有答复，或沿用了以前的代号"


def _same(said: Said, rows: Sequence[ReadRow]) -> tuple[None, str]:
    forwards, backwards, alone = said(rows), said(rows[::-1])[::-1], [said([row])[0] for row in rows[:SHOWN]]
    same = _plain(forwards) == _plain(backwards) and _plain(forwards[:SHOWN]) == _plain(alone)
    return None, "" if same else "同一行在不同顺序、不同次数下得出不同的申报"


def _plain(rows: Sequence[MappedLead]) -> list[object]:
    return [(replace(row.lead, subject="") if row.lead else None, row.problems) for row in rows]


def _withstood(said: Said, table: Table, rows: Sequence[ReadRow], extreme: Extreme) -> tuple[None, str]:
    told = [column.name for column in table.columns if column.type is ColumnType.WORDS]
    for row in said([replaced for row in rows[:SHOWN] for replaced in extreme.rows(table, row)]):
        if row.problems and not extreme.may_refuse:
            return None, row.problems[0].reason
        if row.lead is not None and told and row.lead.statement not in {row.row.cells.get(name) for name in told}:
            return None, "申报内容不是原话列里的原话"
    return None, ""


def _load(said: Said, rows: Sequence[ReadRow], many: int) -> tuple[None, str]:
    began = time.monotonic()
    told = said([rows[at % len(rows)] for at in range(many)])
    seconds = time.monotonic() - began
    if sum(row.lead is not None for row in told) != many:
        return None, f"{many}行只得出{sum(row.lead is not None for row in told)}条申报"
    return None, f"{many}行用了{seconds:.0f}秒，超过{LOAD_SECONDS:.0f}秒" if seconds > LOAD_SECONDS else ""
