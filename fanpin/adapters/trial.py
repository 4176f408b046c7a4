"""Send a sheet through both children and tell what became of every row; nothing is stored."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fanpin.adapters.contract import Unavailable
from fanpin.adapters.distributions import Installed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.manifest import ColumnType, Manifest, Mode, Table
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.run import MappedRow, PluginChild
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import Opened, Problem, ReadRow

ROW_REFUSED = "报送的这一行有误，没有采用，请更正后重新报送"
CONTRADICTED = "同一份表里对此人的答复互相矛盾，请核对后重新报送"
FACTS = "facts"


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
    """Read a sheet and map it; a child that fails raises AdapterFailed."""
    tables = [manifest.table(table)] if table else manifest.tables
    with SheetReading(sheet, tables) as reading:
        opened = reading.opened
        if opened.refused:
            return Trial(opened)
        mapped: list[MappedRow] = []
        problems: list[Problem] = []
        notices, refused_rows, known = list(opened.notices), 0, 0
        wanted = manifest.table(opened.table)
        with PluginChild(installed, manifest, settings=settings) as plugin:
            for chunk in reading:
                mapped += plugin.map(wanted, chunk.rows, as_of=as_of)
                mapped += _unanswered(wanted, chunk.known)
                known += len(chunk.known)
                problems += chunk.problems
                notices += chunk.notices
                refused_rows += chunk.refused_rows
    whole = known == refused_rows
    problems += [problem for row in mapped for problem in row.problems]
    refused_rows += sum(bool(row.problems) for row in mapped)
    mapped += _unanswered(wanted, [row.row for row in mapped if row.problems])
    return Trial(opened, tuple(_settled(wanted, mapped)), tuple(sorted(problems, key=lambda problem: problem.row)),
                 refused_rows, tuple(notices), whole)


def _questions(table: Table) -> set[str]:
    return {claim.kind for claim in table.claims if claim.mode is Mode.QUESTION}


def _unanswered(table: Table, rows: Sequence[ReadRow]) -> list[MappedRow]:
    """Answer the questions about those in refused rows by what became of their rows."""
    answers = tuple((kind, Unavailable(ROW_REFUSED)) for kind in sorted(_questions(table)))
    return [MappedRow(row, answers=answers, refused=True) for row in rows if answers]


def _settled(table: Table, mapped: Sequence[MappedRow]) -> Iterator[MappedRow]:
    """Where rows about one person contradict each other, nothing of it counts for that question, least of all "nothing"."""
    said: dict[tuple[object, str], set[object]] = defaultdict(set)
    for row in mapped:
        for kind in {fact.kind for fact in row.facts}:
            said[_whom(row), kind].add(FACTS)
        for kind, answer in row.answers:
            said[_whom(row), kind].add(answer)
    torn: dict[object, dict[str, str]] = defaultdict(dict)
    for (whom, kind), answers in said.items():
        if len(answers) > 1 and kind in _questions(table):
            torn[whom][kind] = ROW_REFUSED if Unavailable(ROW_REFUSED) in answers else CONTRADICTED
    for row in mapped:
        kinds = torn.get(_whom(row), {})
        yield row if not kinds else replace(
            row, facts=tuple(fact for fact in row.facts if fact.kind not in kinds),
            answers=(*((kind, answer) for kind, answer in row.answers if kind not in kinds),
                     *((kind, Unavailable(why)) for kind, why in kinds.items())))


def _whom(row: MappedRow) -> object:
    keys = row.row.keys
    return (keys.get(ColumnType.ID_NUMBER.value) or keys.get(ColumnType.HEAD_ID.value)
            or (keys.get(ColumnType.HEAD_NAME.value), keys.get(ColumnType.VILLAGE.value)))
