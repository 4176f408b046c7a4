"""Send a platform's export through both children and tell what became of every row; nothing is stored."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fanpin.adapters.distributions import Installed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.leads import MappedLead, map_leads
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.run import ENDLESS, PluginChild
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import Opened, Problem


@dataclass(frozen=True)
class LeadTrial:
    """What an export gave: rows with their declarations, problems by row; `opened.refused` where it could not be read."""

    opened: Opened
    mapped: tuple[MappedLead, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused_rows: int = 0
    notices: tuple[str, ...] = ()

    @property
    def refused(self) -> str:
        """Return why the whole was refused, "" where it was read."""
        return self.opened.refused

    @property
    def rows(self) -> int:
        """Count the rows that were read, refused ones too."""
        return sum(not row.problems for row in self.mapped) + self.refused_rows

    @property
    def told(self) -> int:
        """Count the declarations."""
        return sum(row.lead is not None for row in self.mapped)

    @property
    def by_category(self) -> dict[str, int]:
        """Count the declarations of each category of difficulty."""
        return dict(Counter(category for row in self.mapped if row.lead for category in row.lead.categories))


def try_lead_source(installed: Installed, manifest: Manifest, table: Table, source: Database | Platform, *, today: date,
                    renamed: Mapping[str, str], settings: Mapping[str, str] | None = None) -> LeadTrial:
    """Fetch the first rows of a table and map them, to see whether the settings are right; nothing is kept."""
    with (Fetching(table, source, today=today, renamed=renamed) as fetching,
          PluginChild(installed, manifest, settings=settings) as plugin):
        for chunk in fetching:
            mapped = tuple(map_leads(plugin, table, chunk.rows, today=today))
            problems = [*chunk.problems, *(problem for row in mapped for problem in row.problems)]
            if mapped or problems:
                refused = chunk.refused_rows + sum(bool(row.problems) for row in mapped)
                return LeadTrial(fetching.opened, mapped, tuple(problems), refused, ("只取了最前面的一批",))
        return LeadTrial(fetching.opened, notices=("接通了，没有取到行",))


def try_leads(installed: Installed, manifest: Manifest, sheet: Path | bytes, *, today: date, table: str = "",
              settings: Mapping[str, str] | None = None, progress: Callable[[int, int], None] | None = None,
              most: int = ENDLESS) -> LeadTrial:
    """Read an export and map it, saying how many of how many rows are read; a child that fails raises AdapterFailed.

    One of more rows than `most` is opened and not read.
    """
    tables = [manifest.table(table)] if table else manifest.tables
    with SheetReading(sheet, tables) as reading:
        opened = reading.opened
        if opened.refused or opened.rows > most:
            return LeadTrial(opened)
        mapped: list[MappedLead] = []
        problems: list[Problem] = []
        notices, refused = list(opened.notices), 0
        with PluginChild(installed, manifest, settings=settings) as plugin:
            for chunk in reading:
                mapped += map_leads(plugin, manifest.table(opened.table), chunk.rows, today=today)
                problems += chunk.problems
                notices += chunk.notices
                refused += chunk.refused_rows
                if progress is not None:
                    progress(len(mapped) + refused, opened.rows)
    problems += [problem for row in mapped for problem in row.problems]
    refused += sum(bool(row.problems) for row in mapped)
    return LeadTrial(opened, tuple(mapped), tuple(sorted(problems, key=lambda problem: problem.row)), refused, tuple(notices))
