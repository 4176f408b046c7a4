"""Sheets that people send and get: read in a confined child, headers found by name, written as text and never as formulas."""

import json
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import xlsxwriter

from fanpin import sandbox
from fanpin.rules.dates import read_day
from fanpin.rules.refusals import Refusal

HEADER_WITHIN = 10
MEMORY_MB, CPU_SECONDS, WALL_SECONDS, OUTPUT = 1024, 60, 120.0, 192 << 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOO_MUCH = "表格过大或结构不正常，没有读完。请删除多余的行列、拆成几份后再上传。"

# Text, a number, true or false, nothing, or a day that the sheet itself holds as a date.
Cell = str | int | float | bool | date | None


class SheetRefused(Refusal):
    """A sheet that cannot be taken, with what its sender should do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Row:
    """One row that is not empty: its number as the sheet shows it, and its cells."""

    number: int
    cells: list[Cell]

    def at(self, column: int) -> Cell:
        """Return a cell; beyond the row's end there is nothing."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True)
class Sheet:
    """What was read: the rows, and what its sender should know (hidden sheets and rows, cells with formulas)."""

    name: str
    rows: list[Row]
    hidden_sheets: tuple[str, ...] = ()
    hidden_rows: int = 0
    formulas: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Header:
    """The row that names the columns: where each known column stands, and the names that nobody knows."""

    number: int
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    unknown: Mapping[str, int]


def read(content: bytes) -> Sheet:
    """Read an xlsx or CSV in a child without network, files or much memory; raise `SheetRefused`."""
    ended = sandbox.run(["-m", "fanpin.sheet_reader"], stdin=content, wall_seconds=WALL_SECONDS,
                        cpu_seconds=CPU_SECONDS, memory_mb=MEMORY_MB, output_limit=OUTPUT)
    if not ended.ok:
        raise SheetRefused(TOO_MUCH)
    lines = iter(ended.stdout.split(b"\n"))
    said = json.loads(next(lines))
    if "refused" in said:
        raise SheetRefused(said["refused"])
    rows = [Row(number, _days(cells) if b'{"day"' in line else cells)
            for line in lines if line for number, cells in (json.loads(line),)]
    return Sheet(said["sheet"], rows, tuple(said["hidden_sheets"]), said["hidden_rows"],
                 frozenset((row, column) for row, column in said["formulas"]))


def _days(cells: list[object]) -> list[Cell]:
    return [date.fromisoformat(cell["day"]) if isinstance(cell, dict) else cell for cell in cells]


def plain_title(text: str) -> str:
    """Return a column's name without blanks, marks of being required and remarks in brackets at its end."""
    name = "".join(char for char in unicodedata.normalize("NFKC", text) if not char.isspace()
                   and unicodedata.category(char) not in ("Cf", "Cc")).strip("*:：、")
    for mark in ("(必填)", "(选填)", "(元)", "(万元)", "(月)", "(平方米)", "(亩)"):
        name = name.removesuffix(mark)
    return name.strip("*")


def find_header(sheet: Sheet, names: Mapping[str, str], required: Iterable[str]) -> Header:
    """Find the row that names the columns, by name and never by position, among the first ten.

    `names` maps every known name (as `plain_title` gives it, synonyms too) to a column's code; the row with most known
    names is the header, and must have all that is required, each once.
    """
    rows = [row for row in sheet.rows if row.number <= HEADER_WITHIN + (sheet.rows[0].number - 1)]
    by_number = {row.number: row for row in rows}
    named = [(row, _titles(row, by_number.get(row.number - 1), names)) for row in rows]
    best, titles = max(named, key=lambda pair: sum(title in names for title in pair[1]))
    columns: dict[str, int] = {}
    unknown: dict[str, int] = {}
    twice = set()
    for place, title in enumerate(titles):
        code = names.get(title)
        known = columns if code else unknown
        if title and (code or title) in known:
            twice.add(title)
        elif title:
            known[code or title] = place
    if twice:
        raise SheetRefused(f"表头里“{'”“'.join(sorted(twice))}”出现了两次（或两列是同一项），请只留一列后再上传。")
    shown = {code: name for name, code in reversed(names.items())}
    missing = [shown[code] for code in required if code not in columns]
    if missing:
        if len(columns) < 2:
            raise SheetRefused(f"前{HEADER_WITHIN}行里没有找到表头。表头要有这些列：{'、'.join(shown[code] for code in required)}。")
        raise SheetRefused(f"第{best.number}行的表头缺少这些列：{'、'.join(missing)}。请补上列名（列的先后不限）后再上传。")
    written = [str(cell) if cell is not None else "" for cell in best.cells]
    shown_titles = tuple((written[place] if place < len(written) else "") or title for place, title in enumerate(titles))
    return Header(best.number, shown_titles, columns, unknown)


def _titles(header: Row, above: Row | None, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns' names; a header of two rows lends its upper one where the lower is empty or says a name twice."""
    titles = [plain_title(cell) if isinstance(cell, str) else "" for cell in header.cells]
    if above is None:
        return tuple(titles)
    upper = [plain_title(cell) if isinstance(cell, str) else "" for cell in above.cells]
    width = max(len(titles), len(upper))
    titles, upper = titles + [""] * (width - len(titles)), upper + [""] * (width - len(upper))
    group = ""
    for place in range(width):
        group = upper[place] or group
        if not titles[place] and upper[place] in names:
            titles[place] = upper[place]
        elif titles[place] and titles.count(titles[place]) > 1 and group + titles[place] in names:
            titles[place] = group + titles[place]
    return tuple(titles)


def rows_below(sheet: Sheet, header: Header) -> list[Row]:
    """Return the rows below the header, without the header repeated and without the numbering under it (1, 2, 3 …)."""
    below = [row for row in sheet.rows if row.number > header.number]
    if below and all(str(cell) == str(place) for place, cell in enumerate(below[0].cells, start=1)) and len(below[0].cells) > 2:
        del below[0]
    head = tuple(header.titles)
    return [row for row in below if tuple("" if cell is None else str(cell) for cell in row.cells) != head]


def day_of(cell: Cell) -> date | None:
    """Return the day that a cell means, None for an empty one; raise ValueError with what to do."""
    if cell is None or isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        return read_day(cell)
    raise ValueError("日期要写成2026-03-02这样的格式，或把该列设为日期格式")


@dataclass(frozen=True)
class Column:
    """A column to be written: its title, width, and whether its cells are text whatever they hold."""

    title: str
    width: int = 12
    text: bool = True


def write(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, sheet: str, above: Sequence[str] = ()) -> bytes:
    """Write an xlsx: lines above the header as they are, the header kept in sight, cells of text columns as text.

    Nothing becomes a formula or a link, however it begins. Rows go to the file as they come, so that memory does not grow.
    """
    with tempfile.TemporaryDirectory(prefix="fanpin-sheet-") as folder:
        path = Path(folder) / "sheet.xlsx"
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False,
                                               "strings_to_urls": False, "strings_to_numbers": False})
        page = book.add_worksheet(sheet[:31])
        text = book.add_format({"num_format": "@"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        head = book.add_format({"bold": True, "num_format": "@", "text_wrap": True, "bg_color": "#F2F2F2", "border": 1})
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width, text if column.text else None)
        page.freeze_panes(len(above) + 1, 0)
        for line, words in enumerate(above):
            page.write_string(line, 0, words)
        for place, column in enumerate(columns):
            page.write_string(len(above), place, column.title, head)
        for line, row in enumerate(rows, start=len(above) + 1):
            for place, value in enumerate(row):
                if value is None or value == "":
                    continue
                if isinstance(value, str):
                    page.write_string(line, place, value, text)
                elif isinstance(value, date):
                    page.write_datetime(line, place, value, day)
                elif isinstance(value, bool):
                    page.write_string(line, place, "是" if value else "否", text)
                elif columns[place].text:
                    page.write_string(line, place, str(value), text)
                else:
                    page.write_number(line, place, value)
        book.close()
        return path.read_bytes()
