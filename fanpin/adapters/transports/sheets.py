"""Sheets: a confined child that looks at a file by its content, finds the table and hands out its rows in chunks."""

import io
from collections.abc import Iterator, Sequence

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from fanpin import sandbox
from fanpin.adapters.headers import Header
from fanpin.adapters.transports import delimited, workbook
from fanpin.adapters.transports.grid import Grid, Refused, choose, chunks, opened, written
from fanpin.adapters.wire import FILE, LARGEST_FILE, Chunk, Lines, Open, Opened, Received, Written, encode

HEAD = 8192
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
MARKS = (
    (b"%PDF", "这是 PDF，不是表格，请上传 .xlsx 或 CSV"),
    (b"\x89PNG", "这是图片，不是表格，请上传 .xlsx 或 CSV"),
    (b"\xff\xd8\xff", "这是图片，不是表格，请上传 .xlsx 或 CSV"),
    (b"{\\rtf", "这是文档，不是表格，请上传 .xlsx 或 CSV"),
    (b"Rar!", "这是压缩包，请解压后上传里面的表格"),
    (b"7z\xbc\xaf", "这是压缩包，请解压后上传里面的表格"),
    (b"\xff\xfe", "这是 UTF-16 编码的文本，请另存为 .xlsx 或 UTF-8 编码的 CSV 再上传"),
    (b"\xfe\xff", "这是 UTF-16 编码的文本，请另存为 .xlsx 或 UTF-8 编码的 CSV 再上传"),
)
PAGE = (b"<html", b"<table", b"<!doctype", b"<?xml", b"<div", b"<meta", b"<head", b"mime-version")


class Calamine:
    """A workbook as the reading library sees it."""

    def __init__(self, content: bytes) -> None:
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        except CalamineError:
            raise Refused(workbook.DAMAGED) from None
        self.hidden = [sheet.name for sheet in self._book.sheets_metadata
                       if sheet.visible is not SheetVisibleEnum.Visible]

    def rows(self, name: str) -> Sequence[Sequence[object]]:
        """Return a sheet's values from the first row and column on."""
        try:
            return self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except CalamineError:
            raise Refused(workbook.DAMAGED) from None


def grids(content: bytes) -> list[Grid]:
    """Return the sheets of a file, whatever its name says it is."""
    if not content:
        raise Refused("文件是空的")
    if len(content) > LARGEST_FILE:
        raise Refused(f"文件超过{LARGEST_FILE >> 20} MB，请拆成几个文件分别上传")
    head = content[:HEAD]
    if head.startswith(ZIP):
        return workbook.read(content, Calamine)
    if head.startswith(OLD_EXCEL):
        raise Refused("这是旧版 .xls 表格，或有密码保护的表格；请去掉密码并另存为 .xlsx 再上传")
    for mark, words in MARKS:
        if head.startswith(mark):
            raise Refused(words)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(PAGE):
        raise Refused("这是网页改名的表格，请用表格软件打开后另存为 .xlsx 再上传")
    return [delimited.read(content)]


class Reading:
    """One file being read: its bytes come first, piece by piece, then what tables it may be; every further request brings a chunk."""

    def __init__(self) -> None:
        self._content: bytearray | None = None
        self._chunks: Iterator[Chunk] | None = None
        self._sheet: tuple[Grid, Header] | None = None

    def answer(self, payload: bytes) -> bytes:
        """Answer one frame; whoever asks for rows where nothing was opened shall not take silence for the end."""
        if payload.startswith(FILE):
            self._content = bytearray() if self._content is None else self._content
            self._content += payload[len(FILE):]
            return encode(Received(len(self._content)))
        if not payload:
            if self._chunks is None:
                raise ValueError("no sheet was opened")
            return encode(next(self._chunks, Chunk(last=True)))
        wanted = msgspec.json.decode(payload, type=Open | Lines)
        return encode(self._open(wanted) if isinstance(wanted, Open) else self._lines(wanted))

    def _lines(self, wanted: Lines) -> Written:
        if self._sheet is None:
            return Written((), {})
        return written(*self._sheet, wanted.numbers)

    def _open(self, wanted: Open) -> Opened:
        if self._content is None:
            raise ValueError("no file has come")
        try:
            grid, header = choose(grids(bytes(self._content)), wanted.tables)
            found = opened(grid, header)
        except Refused as refused:
            return Opened(table="", place="", rows=0, refused=str(refused))
        finally:
            self._content = None
        self._sheet, self._chunks = (grid, header), chunks(grid, header)
        return found


if __name__ == "__main__":
    sandbox.serve_frames(Reading().answer)
