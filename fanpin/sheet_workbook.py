"""An .xlsx workbook: judged by its content before it is read, then its visible sheets with formulas and hidden rows."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Protocol
from xml.parsers import expat

from defusedxml import ElementTree

from fanpin.sheet_grid import MOST_ROWS, TOO_MANY_ROWS, Grid, Refused

MOST_ENTRIES, LARGEST_UNPACKED, GREATEST_RATIO, SMALL = 1000, 200 << 20, 100, 1 << 20
MOST_COLUMNS, MOST_SHEETS, MOST_FORMULAS = 200, 30, 200_000
# Titles and headings may stand above the rows.
MOST_LINES = MOST_ROWS + 20
PIECE = 1 << 16
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
DAMAGED = "文件已损坏或不是完整的 .xlsx 文件，请用表格软件打开后另存为 .xlsx 再上传"
BOMB = "文件的压缩比异常，可能是恶意文件，不能上传"
TOO_LARGE = f"文件内容过大（解压后超过{LARGEST_UNPACKED >> 20} MB），请拆成几个文件分别上传"


@dataclass
class Shape:
    """What a sheet's XML says beside its values; rows and columns count from 0."""

    last_row: int = -1
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)


class Book(Protocol):
    """What the reading library makes of a workbook; only the child's own module knows the library."""

    hidden: list[str]

    def rows(self, name: str) -> Sequence[Sequence[object]]:
        """Return a sheet's values from the first row and column on."""


OpenBook = Callable[[bytes], Book]


def read(content: bytes, open_book: OpenBook) -> list[Grid]:
    """Return the visible sheets; refuse macros, bombs, entities, and what only looks like a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _weigh(archive)
            kinds = _text(archive, "[Content_Types].xml")
            _refuse_others(archive, kinds)
            sheets, is_1904 = _sheets(archive)
            shapes = {name: _shape(archive, part) for name, part in sheets.items()}
    except (zipfile.BadZipFile, KeyError, EOFError, zipfile.LargeZipFile, OSError, RuntimeError, ValueError,
            zlib.error, expat.ExpatError, ElementTree.ParseError) as error:
        raise Refused("文件有密码，请去掉密码后再上传" if "encrypted" in str(error) else DAMAGED) from None
    if is_1904:
        raise Refused("这个文件用的是1904年日期系统，日期会差四年，请在表格选项中改为1900年日期系统后再上传")
    return list(_grids(content, shapes, open_book))


def _weigh(archive: zipfile.ZipFile) -> None:
    """Count what really comes out; the sizes written in the archive may lie."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused(BOMB)
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise Refused(TOO_LARGE)
    if len({entry.filename for entry in entries}) < len(entries):
        raise Refused(DAMAGED)
    total = 0
    for entry in entries:
        size = 0
        with archive.open(entry) as content:
            while piece := content.read(PIECE):
                size += len(piece)
                total += len(piece)
                if total > LARGEST_UNPACKED:
                    raise Refused(TOO_LARGE)
                if size > max(SMALL, GREATEST_RATIO * max(entry.compress_size, 1)):
                    raise Refused(BOMB)


def _text(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > SMALL:
        raise Refused(DAMAGED)
    return archive.read(name)


def _refuse_others(archive: zipfile.ZipFile, kinds: bytes) -> None:
    if b"macroEnabled" in kinds or any(name.endswith("vbaProject.bin") for name in archive.namelist()):
        raise Refused("文件带有宏（.xlsm），不能上传；请另存为不带宏的 .xlsx")
    if b"sheet.binary" in kinds:
        raise Refused("这是 .xlsb 二进制工作簿，请另存为 .xlsx 再上传")
    if b"spreadsheetml.sheet.main" not in kinds:
        raise Refused("这不是 .xlsx 表格（可能是其他文件改了名），请另存为 .xlsx 再上传")


def _sheets(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    try:
        book = ElementTree.fromstring(_text(archive, "xl/workbook.xml"), forbid_dtd=True)
        relations = ElementTree.fromstring(_text(archive, "xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except ValueError:
        raise Refused("文件中夹带外部实体，可能是恶意文件，不能上传") from None
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    found = {}
    for sheet in (*book.iter(f"{{{MAIN}}}sheet"), *book.iter(f"{{{STRICT}}}sheet")):
        target = targets.get(sheet.get(RELATION) or sheet.get(STRICT_RELATION), "")
        if "worksheets/" in target:
            found[sheet.get("name", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    if len(found) > MOST_SHEETS:
        raise Refused(f"工作表超过{MOST_SHEETS}张，请只保留要上传的一张")
    settings = [*book.iter(f"{{{MAIN}}}workbookPr"), *book.iter(f"{{{STRICT}}}workbookPr")]
    return found, any(item.get("date1904") in ("1", "true") for item in settings)


def _shape(archive: zipfile.ZipFile, part: str) -> Shape:
    with archive.open(part) as content:
        return _Scan().scan(content)


class _Scan:
    """One pass over a sheet's XML without building anything."""

    def __init__(self) -> None:
        self._shape, self._row, self._cell, self._column = Shape(), -1, (-1, -1), -1
        self._hidden = False

    def scan(self, content: IO[bytes]) -> Shape:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._doctype
        while piece := content.read(PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
        return self._shape

    def _doctype(self, *_: object) -> None:
        raise Refused("文件中夹带外部实体，可能是恶意文件，不能上传")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "c":
            self._column += 1
            if reference := attributes.get("r"):
                self._cell = _place(reference)
                self._column = self._cell[1]
            else:
                self._cell = (self._row, self._column)
        elif tag in ("v", "is"):
            self._valued()
        elif tag == "f":
            self._formula(attributes)
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 2)) - 1
            self._column = -1
            self._hidden = attributes.get("hidden") in ("1", "true")
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self._shape.hidden_columns += 1

    def _valued(self) -> None:
        row, column = self._cell
        shape = self._shape
        shape.last_row = max(shape.last_row, row)
        if self._hidden:
            shape.hidden_rows.add(row)
        if column >= MOST_COLUMNS:
            raise Refused(f"第{row + 1}行很靠右的列里有内容（超过{MOST_COLUMNS}列），请删去多余的列再上传")
        if row >= MOST_LINES:
            raise Refused(f"第{row + 1}行还有内容，{TOO_MANY_ROWS}；如果只是很靠下的行里有零星内容，请删去")

    def _formula(self, attributes: dict[str, str]) -> None:
        first, _, last = (attributes.get("ref") or "").partition(":")
        places = [self._cell]
        if attributes.get("t") in ("array", "dataTable") and last:
            (top, left), (bottom, right) = _place(first), _place(last)
            if (bottom - top + 1) * (right - left + 1) > MOST_FORMULAS:
                raise Refused("公式过多，请全选后粘贴为数值，再保存上传")
            places = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        self._shape.formulas.update(places)
        if len(self._shape.formulas) > MOST_FORMULAS:
            raise Refused("公式过多，请全选后粘贴为数值，再保存上传")


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter.upper()) - 64
    digits = reference[len(letters):]
    if not digits or not letters.isalpha() or len(letters) > 3 or len(digits) > 7:
        raise Refused(DAMAGED)
    return int(digits) - 1, column - 1


def _grids(content: bytes, shapes: dict[str, Shape], open_book: OpenBook) -> Iterator[Grid]:
    book = open_book(content)
    hidden = [name for name in book.hidden if name in shapes]
    for name, shape in shapes.items():
        if name not in hidden and shape.last_row >= 0:
            yield _grid(book, name, shape, hidden)


def _grid(book: Book, name: str, shape: Shape, hidden: list[str]) -> Grid:
    grid = Grid(f"“{name}”", book.rows(name), shape.formulas, name=name, hidden_rows=len(shape.hidden_rows), hidden_sheets=tuple(hidden))
    if hidden:
        grid.notices.append(f"没有读取隐藏的工作表{len(hidden)}张")
    if shape.hidden_rows:
        grid.confirm.append(f"含{len(shape.hidden_rows)}行隐藏行（可能是筛选造成的），它们也会读入，请确认")
    if shape.hidden_columns:
        grid.confirm.append("含有隐藏的列，它们也会读入，请确认")
    return grid
