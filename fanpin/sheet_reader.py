"""Read one uploaded sheet (xlsx or CSV) in a confined child: `python -m fanpin.sheet_reader`, file in, JSON lines out.

The first line says what the file is; then one line per row that is not empty: its number and its cells. A cell is text, a
number, true or false, null, or {"day": "2026-03-02"}. Nothing is guessed and nothing repaired here.
"""

import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from fanpin.sheet_files import grids
from fanpin.sheet_grid import Grid, Refused

# More than these are many enough to be told; their places are not kept.
MOST_FORMULAS = 200


def main() -> None:
    """Read the file from stdin; write lines, or one line that says why not."""
    content = sys.stdin.buffer.read()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    try:
        grid, rows = read(content)
        said = {"sheet": grid.name, "hidden_sheets": grid.hidden_sheets, "hidden_rows": grid.hidden_rows,
                "formulas": sorted((row + 1, place) for row, place in grid.formulas)[:MOST_FORMULAS]}
        out.write(json.dumps(said, ensure_ascii=False) + "\n")
        for number, cells in rows:
            out.write(json.dumps([number, cells], ensure_ascii=False, separators=(",", ":")) + "\n")
    except Refused as refusal:
        out.write(json.dumps({"refused": str(refusal)}, ensure_ascii=False) + "\n")
    out.flush()


def read(content: bytes) -> tuple[Grid, list[tuple[int, list[Any]]]]:
    """Return the one sheet that holds something, and its rows."""
    filled = [(grid, rows) for grid in grids(content) if (rows := list(_filled(enumerate(grid.rows, start=1))))]
    if not filled:
        raise Refused("表格里没有内容，请核对是否选错文件。")
    if len(filled) > 1:
        names = "、".join(grid.name for grid, _ in filled)
        raise Refused(f"表格里有{len(filled)}张有内容的工作表（{names}），请只留要导入的一张。")
    grid, rows = filled[0]
    if not grid.name and max(len(cells) for _, cells in rows) < 2:
        raise Refused("没有读出表格的列。请上传.xlsx，或用逗号分隔的CSV。")
    return grid, rows


def _filled(numbered: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, list[Any]]]:
    for number, raw in numbered:
        cells = [_cell(value) for value in raw]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number, cells


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        if value.isascii():
            return value.strip() or None
        # What stands for nothing to the eye is nothing; inside a value it stays, and is judged where the value is.
        return None if all(char.isspace() or unicodedata.category(char) in ("Cf", "Cc") for char in value) else value.strip()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1 << 53 else value
    if isinstance(value, datetime):
        return {"day": value.date().isoformat()} if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return str(value) if isinstance(value, (time, timedelta)) else value


if __name__ == "__main__":
    main()
