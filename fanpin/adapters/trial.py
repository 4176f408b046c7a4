"""Send a sheet through both children and tell what became of every row; nothing is stored."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from fanpin.adapters.distributions import Installed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.flow import Contradictions, parts, questions_of
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.run import MappedRow, PluginChild
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import Opened, Problem


@dataclass(frozen=True)
class Trial:
    """What a sheet gave: rows mapped, problems by row, notices; `refused` where the whole could not be read.

    `whole` is false where somebody's row could not be taken and nobody knows whose: then no absent person is clear.
    """

    opened: Opened
    mapped: tuple[MappedRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused_rows: int = 0
    notices: tuple[str, ...] = ()
    whole: bool = True

    @property
    def taken(self) -> int:
        """Count the rows that were taken."""
        return sum(not row.refused and not row.problems for row in self.mapped)

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
    """Read a sheet and map it, and hold all of it: for samples. A child that fails raises AdapterFailed."""
    with SheetReading(sheet, [manifest.table(table)] if table else manifest.tables) as reading:
        opened = reading.opened
        if opened.refused:
            return Trial(opened)
        wanted = manifest.table(opened.table)
        with PluginChild(installed, manifest, settings=settings) as plugin:
            told = list(parts(reading, partial(plugin.map, wanted, as_of=as_of), questions_of(wanted)))
    mapped = [row for part in told for row in part.mapped if row.answers or not row.refused]
    with Contradictions(questions_of(wanted)) as contradictions:
        contradictions.note(mapped)
        settled = tuple(contradictions.settled(row) for row in mapped)
    return Trial(opened, settled, tuple(problem for part in told for problem in part.problems),
                 sum(part.refused_rows for part in told), (*opened.notices, *(words for part in told for words in part.notices)),
                 not any(part.unknown for part in told))
