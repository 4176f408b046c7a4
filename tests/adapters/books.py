"""Sheets as departments send them, made for a test."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from fanpin.adapters import Table, amount, bulk, day, id_number, person_name
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.wire import Chunk, Opened, Problem, ReadRow
from fanpin.rules.identity import synthetic_id

IDS = [synthetic_id("530102", date(1960, 3, 1 + n % 28), n) for n in range(1, 999)]
HEADING = ("身份证号", "姓名", "结算日期", "自付")
STAYS = Table("stays", "住院", (
    id_number(), person_name(), day("结算日期", "出院日期", required=True), amount("自付", "个人自付", required=True),
), (bulk("high_medical_cost", amount="自付", date="结算日期"),))


def line(n: int = 0, **changes: object) -> list[object]:
    """Return a good row with changes by column."""
    row: dict[str, object] = {"身份证号": IDS[n], "姓名": "样样", "结算日期": "2026-01-12", "自付": "100.50", **changes}
    return [row[name] for name in HEADING]


def book(path: Path, rows: Iterable[Sequence[object]], *, sheets: Sequence[str] = ("Sheet1",)) -> Path:
    """Write rows as they are into every sheet named; a date is a date cell."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": True}) as made:
        days = made.add_format({"num_format": "yyyy-mm-dd"})
        kept = [list(row) for row in rows]
        for name in sheets:
            sheet = made.add_worksheet(name)
            for at, row in enumerate(kept):
                for place, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(at, place, value, days)
                    elif value is not None:
                        sheet.write(at, place, value)
    return path


def delimited(path: Path, rows: Iterable[Sequence[object]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write rows as a CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read(path: Path, *tables: Table) -> tuple[Opened, list[ReadRow], list[Problem], list[str]]:
    """Read a file in a child, whole."""
    with SheetReading(path, tables or (STAYS,)) as reading:
        chunks: list[Chunk] = list(reading)
        opened = reading.opened
    return (opened, [row for chunk in chunks for row in chunk.rows],
            [problem for chunk in chunks for problem in chunk.problems],
            [*opened.notices, *(notice for chunk in chunks for notice in chunk.notices)])


def altered(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """Change the bytes of one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
