"""What a department gets back of a sheet: the rows that were not taken, in its own columns, each with the reason."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.models.deliveries import Delivery
from fanpin.models.outbox import StoredFile
from fanpin.models.scoped import system_scope
from fanpin.rules.refusals import NotFound
from fanpin.steps import deliveries, files

ROW, WHY = "原表行号", "退回原因"
KEPT_NO_LONGER = "原表已过保管期限，没有保留，请按行号在自己的原表中更正。"
KEPT_NOT = "原表含有未询问的授权类信息，没有保留，请按行号在自己的原表中更正。"


def error_sheet(session: Session, store: Path, row: Delivery) -> bytes:
    """Return an xlsx of a delivery's rows that were refused."""
    with system_scope(session, reason="部门取回自己报送的表"):
        file = deliveries.file_of(session, row)
    return refused_rows(store, file, row.problems, unkept=KEPT_NOT if row.quarantined else KEPT_NO_LONGER)


def refused_rows(store: Path, file: StoredFile | None, problems: Sequence[Sequence[str]], *, unkept: str) -> bytes:
    """Return an xlsx of the rows with problems (number, column, reason) as their sender wrote them.

    Where the sheet is no longer kept, numbers and reasons alone, under the sentence that says why.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for number, column, reason in problems:
        reasons[int(number)].append(f"{column}：{reason}" if column else reason)
    try:
        sheet = sheets.read(files.content_of(store, file)) if file is not None else None
    except (NotFound, sheets.SheetRefused):
        sheet = None
    if sheet is None:
        return sheets.write([sheets.Column(ROW), sheets.Column(WHY, width=60)],
                            [(str(number), "；".join(words)) for number, words in sorted(reasons.items())], sheet="退回",
                            above=[unkept])
    first = min(reasons, default=1)
    header = next((line for line in reversed(sheet.rows) if line.number < first and _looks_like_header(line)), None)
    titles = [str(cell) if cell is not None else "" for cell in (header.cells if header else [])]
    width = max([len(titles), *(len(line.cells) for line in sheet.rows if line.number in reasons)])
    columns = [sheets.Column(WHY, width=50), *(sheets.Column(titles[place] if place < len(titles) else "", width=18)
                                               for place in range(width)), sheets.Column(ROW)]
    lines = [["；".join(reasons[line.number]), *(line.at(place) for place in range(width)), str(line.number)]
             for line in sheet.rows if line.number in reasons]
    return sheets.write(columns, lines, sheet="退回的行")


def _looks_like_header(line: sheets.Row) -> bool:
    words = [cell for cell in line.cells if isinstance(cell, str) and cell.strip()]
    return len(words) > 1 and not any(any(char.isdigit() for char in word) for word in words)
