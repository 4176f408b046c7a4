"""Find a table's header by name within the first rows, in the department's own words; never by position."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fanpin.adapters.manifest import Column, ColumnType, Table
from fanpin.rules.identity import IGNORED

FIRST_ROWS = 10
# A unit behind a name says what the column holds; ten thousands are counted in, every other word is part of the name.
UNITS = {"元": 1, "万元": 10_000, "亩": 1, "平方米": 1, "㎡": 1, "m2": 1, "人": 1, "户": 1, "必填": 1, "选填": 1,
         "文本格式": 1, "18位": 1}
BEHIND = re.compile(r"(.*)\(([^()]*)\)")
ENOUGH = 20


class HeaderRefused(Exception):
    """The sheet's header cannot be read without guessing; the words say what to do."""


@dataclass(frozen=True)
class Header:
    """Where a table's columns stand: `row` counts from 0, `last` is the header's last row."""

    table: Table
    row: int
    last: int
    places: Mapping[str, int]
    scales: Mapping[str, int]
    unread: tuple[str, ...] = ()


def plain(name: object) -> str:
    """Return a heading without what differs from sheet to sheet: width, spaces, stars."""
    if not isinstance(name, str):
        return ""
    kept = unicodedata.normalize("NFKC", name)
    return "".join(c for c in kept if not c.isspace() and c not in IGNORED and c not in "*:_").lower()


def find(rows: Sequence[Sequence[object]], tables: Sequence[Table]) -> Header | None:
    """Return the header of the table that the sheet is, or None; refuse where two readings are possible."""
    found = [header for table in tables if (header := _find(rows[:FIRST_ROWS], table))]
    if not found:
        return None
    most = max(len(header.places) for header in found)
    best = [header for header in found if len(header.places) == most]
    if len(best) > 1:
        titles = "、".join(f"“{header.table.title}”" for header in best)
        raise HeaderRefused(f"这张表既像{titles}，请在上传时选定是哪一种表")
    return best[0]


def missing(rows: Sequence[Sequence[object]], table: Table) -> tuple[str, ...]:
    """Name the required columns that the likeliest row lacks."""
    best: set[str] = set()
    for row in rows[:FIRST_ROWS]:
        here = {name for name, places in _match(row, table)[0].items() if places}
        best = here if len(here) > len(best) else best
    return tuple(column.name for column in table.columns if column.required and column.name not in best)


def _find(rows: Sequence[Sequence[object]], table: Table) -> Header | None:
    for first, cells in enumerate(rows):
        for last, line in ((first, cells), (first + 1, _two(rows, first))):
            header = _read(line, table, first, last)
            if header:
                return _only(rows, header)
    return None


def _two(rows: Sequence[Sequence[object]], first: int) -> list[object]:
    """Lay two heading rows over each other: the lower name counts where it has one."""
    if first + 1 >= len(rows):
        return []
    upper, lower = list(rows[first]), list(rows[first + 1])
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    return [below if plain(below) else above for above, below in zip(upper, lower, strict=True)]


def _read(cells: Sequence[object], table: Table, first: int, last: int) -> Header | None:
    places, scales, unread = _match(cells, table)
    if any(column.required and not places[column.name] for column in table.columns):
        return None
    for name, at in places.items():
        if len(at) > 1:
            where = "、".join(column_letter(place) for place in at)
            raise HeaderRefused(f"有{len(at)}列都是“{name}”（{where}列），请只保留一列")
    return Header(table, first, last, {name: at[0] for name, at in places.items() if at}, scales, tuple(unread[:ENOUGH]))


def _match(cells: Sequence[object], table: Table) -> tuple[dict[str, list[int]], dict[str, int], list[str]]:
    known = {plain(name): column for column in table.all_columns for name in column.names}
    places: dict[str, list[int]] = {column.name: [] for column in table.all_columns}
    scales: dict[str, int] = {}
    unread = []
    for place, cell in enumerate(cells):
        heading = plain(cell)
        column, scale = _column(heading, known)
        if column is not None:
            places[column.name].append(place)
            scales[column.name] = scale
        elif heading:
            unread.append(str(cell).strip()[:ENOUGH])
    return places, scales, unread


def _column(heading: str, known: Mapping[str, Column]) -> tuple[Column | None, int]:
    scale = 1
    while heading not in known:
        parts = BEHIND.fullmatch(heading)
        if not parts or parts[2] not in UNITS:
            return None, 1
        heading, scale = parts[1], scale * UNITS[parts[2]]
    column = known[heading]
    return (column, scale) if scale == 1 or column.type is ColumnType.AMOUNT else (None, 1)


def _only(rows: Sequence[Sequence[object]], header: Header) -> Header:
    for later in range(header.last + 1, len(rows)):
        places, _, _ = _match(rows[later], header.table)
        if all(places[column.name] for column in header.table.columns if column.required):
            raise HeaderRefused(f"第{header.row + 1}行和第{later + 1}行都是表头，请只保留一个")
    return header


def column_letter(place: int) -> str:
    """Return the letters that a spreadsheet shows above the column."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
