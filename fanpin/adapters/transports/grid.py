"""Rows of a sheet into what the contract calls rows: header, blank and repeated lines, problems, one chunk at a time."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, time
from itertools import zip_longest

from fanpin.adapters import cells, headers
from fanpin.adapters.headers import Header, HeaderRefused
from fanpin.adapters.manifest import ColumnType, Mode, Table
from fanpin.adapters.wire import NO_HEADER, ROWS_AT_A_TIME, Chunk, Opened, Problem, ReadRow, Written
from fanpin.rules import identity
from fanpin.rules.duty_kinds import Basis
from fanpin.rules.duty_tables import kind_of
from fanpin.sheet_grid import MOST_ROWS, TOO_MANY_ROWS, Grid, Refused

# What stands below or between the rows of a table and is about nobody.
SUMS = ("合计", "总计", "小计", "注:", "备注:", "说明:", "填表人", "制表人", "审核人", "填报单位", "单位盖章")
SHOWN = 20
NUMBERS_AS_IDS = ("整列身份证号都是数值格式，号码的后几位已经丢失，不能导入。请下载模板（号码列已设为文本格式），"
                  "从原系统重新导出或录入号码后再上传；在原表上改格式找不回丢失的数字")


def choose(grids: Sequence[Grid], tables: Sequence[Table]) -> tuple[Grid, Header]:
    """Return the one sheet that is one of the tables."""
    try:
        found = [(grid, header) for grid in grids if (header := headers.find(grid.rows, tables))]
    except HeaderRefused as refused:
        raise Refused(str(refused)) from None
    if len(found) > 1:
        places = "、".join(grid.place for grid, _ in found)
        raise Refused(f"有{len(found)}张工作表都能读（{places}），请只保留一张，其余另存为单独的文件")
    if not found:
        raise Refused(_no_header(grids, tables))
    grid, header = found[0]
    others = [other.place for other in grids if other is not grid and any(map(_filled, other.rows))]
    if others:
        grid.notices.append(f"没有读取工作表{'、'.join(others[:SHOWN])}")
    return grid, header


def opened(grid: Grid, header: Header) -> Opened:
    """Say what will be read."""
    last = _last(grid.rows)
    if last - header.last > MOST_ROWS:
        raise Refused(TOO_MANY_ROWS)
    confirm = list(grid.confirm)
    if last == header.last:
        # No news this month is news where a department tells by itself; about persons asked an empty sheet says nothing.
        if not header.table.claims or any(
                claim.mode is Mode.QUESTION or kind_of(claim.kind).basis is Basis.CONSENT for claim in header.table.claims):
            raise Refused("表头下面没有内容")
        confirm.append("表头下面一行也没有，请确认本期确实没有要报送的")
    _refuse_numbers(grid, header)
    notices = list(grid.notices)
    if header.unread:
        notices.append(f"不需要的列没有读取：{'、'.join(header.unread)}")
    return Opened(table=header.table.code, place=grid.place, rows=last - header.last, columns=tuple(header.places),
                  unread=header.unread, notices=tuple(notices), confirm=tuple(confirm))


def chunks(grid: Grid, header: Header) -> Iterator[Chunk]:
    """Yield the rows with their problems; memory holds one chunk and a digest per row."""
    reader = _Reader(grid, header)
    for at in range(header.last + 1, _last(grid.rows) + 1):
        reader.read(at)
        if reader.full:
            yield reader.chunk()
    yield reader.chunk(last=True)


def written(grid: Grid, header: Header, numbers: Collection[int]) -> Written:
    """Return the heading and some rows as their sender wrote them."""
    upper, lower = grid.rows[header.row], grid.rows[header.last]
    titles = [_shown(below if headers.plain(below) else above)
              for above, below in zip_longest(upper, lower, fillvalue="")]
    return Written(tuple(titles), {number: tuple(map(_shown, grid.rows[number - 1])) for number in sorted(numbers)
                                   if header.last < number - 1 < len(grid.rows)})


class _Reader:
    def __init__(self, grid: Grid, header: Header) -> None:
        self._grid, self._header = grid, header
        self._rows: list[ReadRow] = []
        self._problems: list[Problem] = []
        self._known: list[ReadRow] = []
        self._refused = 0
        self._seen: set[bytes] = set()
        self._repeated: list[int] = []
        self._sums: list[int] = []

    @property
    def full(self) -> bool:
        return len(self._rows) + self._refused >= ROWS_AT_A_TIME

    def read(self, at: int) -> None:
        line, number = self._grid.rows[at], at + 1
        raw = {name: line[place] for name, place in self._header.places.items() if place < len(line)}
        if all(map(cells.blank, raw.values())):
            return
        if self._is_sum(line, raw):
            self._sums.append(number)
            return
        taken = cells.take(self._header.table, raw, self._header.scales)
        counted = [name for name, place in self._header.places.items() if (at, place) in self._grid.formulas]
        problems = [Problem(number, name, "单元格里是公式，请粘贴为数值后重新保存") for name in counted]
        problems += [Problem(number, problem.column, problem.reason) for problem in taken.problems
                     if problem.column not in counted]
        if problems:
            self._problems += problems
            self._refused += 1
            self._known += [ReadRow(number, taken.keys, {})] if cells.known(taken.keys) and not counted else []
            return
        row = ReadRow(number, taken.keys, taken.cells)
        digest = hashlib.blake2b(repr((taken.keys, taken.cells)).encode(), digest_size=16).digest()
        if digest in self._seen:
            self._repeated.append(number)
            return
        self._seen.add(digest)
        self._rows.append(row)

    def chunk(self, *, last: bool = False) -> Chunk:
        notices = []
        if last and self._repeated:
            notices.append(f"与前面的行完全相同、只读一次的有{len(self._repeated)}行：第{_listed(self._repeated)}行")
        if last and self._sums:
            notices.append(f"当作合计或说明跳过的有{len(self._sums)}行：第{_listed(self._sums)}行")
        chunk = Chunk(tuple(self._rows), tuple(self._problems), tuple(self._known), self._refused, last, tuple(notices))
        self._rows, self._problems, self._known, self._refused = [], [], [], 0
        return chunk

    def _is_sum(self, line: Sequence[object], raw: dict[str, object]) -> bool:
        first = next((cell for cell in line if not cells.blank(cell)), "")
        ids = [column.name for column in self._header.table.columns
               if column.type in (ColumnType.ID_NUMBER, ColumnType.HEAD_ID, ColumnType.CERTIFICATE)]
        keyless = all(cells.blank(raw.get(name)) for name in ids) if ids else True
        return keyless and isinstance(first, str) and headers.plain(first).startswith(tuple(map(headers.plain, SUMS)))


def _shown(cell: object) -> str:
    """Return a cell as text; a whole number without the point that a sheet keeps it with."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time.min else cell.date().isoformat()
    return str(cell)


def _listed(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers[:SHOWN])) + ("等" if len(numbers) > SHOWN else "")


def _filled(line: Sequence[object]) -> bool:
    return not all(map(cells.blank, line))


def _last(rows: Sequence[Sequence[object]]) -> int:
    return next((at for at in range(len(rows) - 1, -1, -1) if _filled(rows[at])), -1)


def _refuse_numbers(grid: Grid, header: Header) -> None:
    for column in header.table.columns:
        if column.type in (ColumnType.ID_NUMBER, ColumnType.HEAD_ID) and column.name in header.places:
            place = header.places[column.name]
            values = [line[place] for line in grid.rows[header.last + 1:] if place < len(line) and not cells.blank(line[place])]
            if values and all(identity.check(value).problem == identity.TEXT_FORMAT for value in values):
                raise Refused(NUMBERS_AS_IDS)


def _no_header(grids: Sequence[Grid], tables: Sequence[Table]) -> str:
    said = []
    for table in tables:
        lists = [headers.missing(grid.rows, table) for grid in grids]
        names = min(lists, key=len) if lists else ()
        said.append(f"“{table.title}”还缺：{'、'.join(names)}" if names else f"“{table.title}”")
    return (f"前{headers.FIRST_ROWS}行里{NO_HEADER}。{'；'.join(said)}。"
            "请让每列的名称与模板一致（可以用常见的别名），或下载模板填写")
