"""A sheet on its way through its children, part by part: whoever reads it holds one part, however many rows there are."""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Self

from fanpin.adapters import cells
from fanpin.adapters.contract import Unavailable
from fanpin.adapters.manifest import ColumnType, Mode, Table
from fanpin.adapters.run import MappedRow
from fanpin.adapters.wire import Chunk, Problem, ReadRow

ROW_REFUSED = "报送的这一行有误，没有采用，请更正后重新报送"
CONTRADICTED = "同一份表里对此人的答复互相矛盾，请核对后重新报送"
FACTS = b"facts"
Mapper = Callable[[Sequence[ReadRow]], Iterable[MappedRow]]


@dataclass(frozen=True)
class Part:
    """What became of some rows: `mapped` with the refused ones behind, as far as it is known whom these are about.

    `unknown` counts the refused rows of which nobody knows whose they are.
    """

    mapped: tuple[MappedRow, ...]
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    refused_rows: int = 0
    unknown: int = 0

    @property
    def rows(self) -> int:
        """Count the rows."""
        return len({row.row.number for row in self.mapped} | {problem.row for problem in self.problems})


def questions_of(table: Table) -> frozenset[str]:
    """Return the kinds that a table answers about the persons asked."""
    return frozenset(claim.kind for claim in table.claims if claim.mode is Mode.QUESTION)


def parts(chunks: Iterable[Chunk], mapper: Mapper, questions: Collection[str]) -> Iterator[Part]:
    """Map chunk after chunk; a refused row answers its questions by what became of it."""
    for chunk in chunks:
        mapped = tuple(mapper(chunk.rows))
        failed = [row for row in mapped if row.problems]
        problems = [*chunk.problems, *(problem for row in failed for problem in row.problems)]
        known = [*chunk.known, *(row.row for row in failed if cells.known(row.row.keys))]
        refused = chunk.refused_rows + len(failed)
        yield Part((*mapped, *_unanswered(questions, known)), tuple(sorted(problems, key=lambda problem: problem.row)),
                   chunk.notices, refused, refused - len(known))


def _unanswered(questions: Collection[str], rows: Iterable[ReadRow]) -> Iterator[MappedRow]:
    answers = tuple((kind, Unavailable(ROW_REFUSED)) for kind in sorted(questions))
    return (MappedRow(row, answers=answers, refused=True) for row in rows)


class Contradictions:
    """Who is told of in two ways in one sheet: of such a person nothing counts for that question, least of all "nothing".

    All rows are noted before the first is settled. What was said lies as digests under a key of its own in a database
    without a name, which the system takes back when the process ends, however it ends.
    """

    def __init__(self, questions: Collection[str]) -> None:
        self._questions, self._key = frozenset(questions), os.urandom(32)
        self._said = sqlite3.connect("", isolation_level=None)
        self._said.execute("PRAGMA cache_size = -1024")
        self._said.execute("PRAGMA journal_mode = OFF")
        self._said.execute("CREATE TABLE said (whom BLOB, kind TEXT, answer BLOB, refused INTEGER, "
                           "PRIMARY KEY (whom, kind, answer)) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._said.close()

    def note(self, rows: Iterable[MappedRow]) -> None:
        """Take note of what rows say."""
        if self._questions:
            with self._said:
                self._said.execute("BEGIN")
                self._said.executemany("INSERT OR IGNORE INTO said VALUES (?, ?, ?, ?)", (
                    (self._whom(row), kind, answer, refused) for row in rows for kind, answer, refused in self._answers(row)))

    def settled(self, row: MappedRow) -> MappedRow:
        """Return a row without what other rows about the same person contradict."""
        if not self._questions:
            return row
        with closing(self._said.execute("SELECT kind, max(refused) FROM said WHERE whom = ? GROUP BY kind HAVING count(*) > 1",
                                        (self._whom(row),))) as found:
            torn = {kind: ROW_REFUSED if refused else CONTRADICTED for kind, refused in found}
        if not torn:
            return row
        return replace(row, facts=tuple(fact for fact in row.facts if fact.kind not in torn),
                       answers=(*((kind, answer) for kind, answer in row.answers if kind not in torn),
                                *((kind, Unavailable(why)) for kind, why in torn.items())))

    def _answers(self, row: MappedRow) -> Iterator[tuple[str, bytes, bool]]:
        for kind in {fact.kind for fact in row.facts} & self._questions:
            yield kind, FACTS, False
        for kind, answer in row.answers:
            if kind in self._questions:
                yield kind, self._digest(answer), answer == Unavailable(ROW_REFUSED)

    def _whom(self, row: MappedRow) -> bytes:
        keys = row.row.keys
        return self._digest(keys.get(ColumnType.ID_NUMBER.value) or keys.get(ColumnType.HEAD_ID.value)
                            or (keys.get(ColumnType.HEAD_NAME.value), keys.get(ColumnType.VILLAGE.value)))

    def _digest(self, said: object) -> bytes:
        return hashlib.blake2b(repr(said).encode(), digest_size=16, key=self._key).digest()
