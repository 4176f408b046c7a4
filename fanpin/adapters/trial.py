"""Send a sheet through both children and tell what became of every row; nothing is stored."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fanpin.adapters.distributions import Installed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.run import MappedRow, PluginChild
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import Opened, Problem


@dataclass(frozen=True)
class Trial:
    """What a sheet gave: rows mapped, problems by row, notices; `refused` where the whole could not be read."""

    opened: Opened
    mapped: tuple[MappedRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused_rows: int = 0
    notices: tuple[str, ...] = ()

    @property
    def refused(self) -> str:
        """Return why the whole was refused, "" where it was read."""
        return self.opened.refused

    @property
    def facts_by_kind(self) -> dict[str, int]:
        """Count the facts."""
        return dict(Counter(fact.kind for row in self.mapped for fact in row.facts))

    @property
    def answers_by_kind(self) -> dict[str, int]:
        """Count the answers without a fact: searched and nothing, not found, later, unavailable."""
        return dict(Counter(kind for row in self.mapped for kind, _ in row.answers))


def try_source(installed: Installed, manifest: Manifest, table: Table, source: Database | Platform, *, today: date,
               renamed: Mapping[str, str], settings: Mapping[str, str] | None = None) -> Trial:
    """Fetch the first rows of a table and map them, to see whether the settings are right; nothing is kept."""
    with (Fetching(table, source, today=today, renamed=renamed) as fetching,
          PluginChild(installed, manifest, settings=settings) as plugin):
        for chunk in fetching:
            mapped = tuple(plugin.map(table, chunk.rows, as_of=today))
            problems = [*chunk.problems, *(problem for row in mapped for problem in row.problems)]
            if mapped or problems:
                refused = chunk.refused_rows + sum(bool(row.problems) for row in mapped)
                return Trial(fetching.opened, mapped, tuple(problems), refused, ("只取了最前面的一批",))
        return Trial(fetching.opened, notices=("接通了，没有取到行",))


def try_sheet(installed: Installed, manifest: Manifest, sheet: Path, *, as_of: date, table: str = "",
              settings: Mapping[str, str] | None = None) -> Trial:
    """Read a sheet and map it; a child that fails raises AdapterFailed."""
    tables = [manifest.table(table)] if table else manifest.tables
    with SheetReading(sheet, tables) as reading:
        opened = reading.opened
        if opened.refused:
            return Trial(opened)
        mapped: list[MappedRow] = []
        problems: list[Problem] = []
        notices, refused_rows = list(opened.notices), 0
        with PluginChild(installed, manifest, settings=settings) as plugin:
            for chunk in reading:
                mapped += plugin.map(manifest.table(opened.table), chunk.rows, as_of=as_of)
                problems += chunk.problems
                notices += chunk.notices
                refused_rows += chunk.refused_rows
    problems += [problem for row in mapped for problem in row.problems]
    refused_rows += sum(bool(row.problems) for row in mapped)
    return Trial(opened, tuple(mapped), tuple(sorted(problems, key=lambda problem: problem.row)), refused_rows,
                 tuple(notices))
