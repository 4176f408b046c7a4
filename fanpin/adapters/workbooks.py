"""Workbooks for departments: the template of a table, persons asked filled in, and the sheet of what must be mended."""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fanpin import sheets
from fanpin.adapters.manifest import RESULT, Column, ColumnType, Manifest, Table
from fanpin.adapters.reading import SheetReading

NOTHING_ACTIVE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
TEMPLATE_ROWS = 2000
WIDTHS = {ColumnType.ID_NUMBER: 22, ColumnType.HEAD_ID: 22, ColumnType.CERTIFICATE: 26, ColumnType.TEXT: 24}
REASONS = "须更正之处"
# A validation list longer than this is no list in Excel.
LONGEST_LIST = 255

Asked = Mapping[ColumnType, str]


def template(manifest: Manifest, table: Table, *, asked: Iterable[Asked] = ()) -> bytes:
    """Return an empty sheet of the table: keys as text, lists of the words that may be filled in, a page that explains.

    `asked` are persons whose keys are filled in, for a table that answers about persons asked.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, NOTHING_ACTIVE) as book:
        heading = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
        needed = book.add_format({"bold": True, "bg_color": "#FBE9E7", "border": 1, "text_wrap": True})
        as_text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("填报")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.all_columns):
            _column(sheet, place, column, needed if column.required else heading, as_text)
        for at, keys in enumerate(asked, start=1):
            for place, column in enumerate(table.all_columns):
                if column.type.is_key and keys.get(column.type):
                    sheet.write_string(at, place, keys[column.type], as_text)
        _explain(book.add_worksheet("填写说明"), manifest, table, heading)
    return content.getvalue()


def error_sheet(original: Path, tables: Sequence[Table], reasons: Mapping[int, Sequence[str]]) -> bytes:
    """Return the rows that must be mended in the sender's own columns, with the reasons behind; the file is read again."""
    with SheetReading(original, tables) as reading:
        kept = reading.lines(reasons)
    lines = [[*line, *[""] * (len(kept.titles) - len(line)), str(number), "；".join(reasons[number])]
             for number, line in sorted(kept.lines.items())]
    titles = [sheets.Column(title or "（无列名）", 18) for title in kept.titles]
    return sheets.write([*titles, sheets.Column("原表行号", 10), sheets.Column(REASONS, 60)], lines, sheet="须更正的行")


def said_of(problems: Iterable[tuple[int, str, str]]) -> dict[int, list[str]]:
    """Gather (row, column, reason) into sentences by row, as `error_sheet` wants them."""
    reasons: dict[int, list[str]] = {}
    for row, column, reason in problems:
        reasons.setdefault(row, []).append(f"{column}：{reason}" if column and column not in reason else reason)
    return reasons


def _column(sheet: Worksheet, place: int, column: Column, heading: Format, as_text: Format) -> None:
    # Text everywhere but in amounts: a sheet turns whatever looks like a number or a day into something else.
    plain = column.type in (ColumnType.AMOUNT, ColumnType.COUNT)
    sheet.set_column(place, place, WIDTHS.get(column.type, 16), None if plain else as_text)
    sheet.write_string(0, place, column.name, heading)
    if column.hint:
        sheet.write_comment(0, place, column.hint)
    words = _words(column)
    if words and len(",".join(words)) <= LONGEST_LIST:
        sheet.data_validation(1, place, TEMPLATE_ROWS, place, {
            "validate": "list", "source": words, "error_title": "请从列表中选择", "error_type": "warning",
            "error_message": "没有列出的写法可能读不出来。"})


def _words(column: Column) -> list[str]:
    """Return one word for each code, the first: the others are for the department's own sheets."""
    first: dict[str, str] = {}
    for word, code in column.values:
        if code or column.name != RESULT:
            first.setdefault(code or word, word)
    return list(first.values())


def _explain(sheet: Worksheet, manifest: Manifest, table: Table, heading: Format) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 3, 36)
    for at, words in enumerate((f"{manifest.owner}：{table.title}", "红底的列必填；列的先后不限，可以有多余的列；日期按 2026-03-02 的样式填写。")):
        sheet.write_string(at, 0, words)
    for place, words in enumerate(("列名", "填什么", "可填的词", "也认得的列名")):
        sheet.write_string(3, place, words, heading)
    for at, column in enumerate(table.all_columns, start=4):
        cells = (column.name + ("（必填）" if column.required else ""), column.hint or column.type.title,
                 "、".join(dict.fromkeys(word for word, _ in column.values)), "、".join(column.synonyms))
        for place, words in enumerate(cells):
            sheet.write_string(at, place, words)
