"""The sheets of a file that somebody sent, told by its content whatever its name says; only confined children import it."""

import io
from collections.abc import Sequence

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from fanpin import sheet_text, sheet_workbook
from fanpin.sheet_grid import LARGEST_FILE, Grid, Refused

HEAD = 8192
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
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
            raise Refused(sheet_workbook.DAMAGED) from None
        self.hidden = [sheet.name for sheet in self._book.sheets_metadata
                       if sheet.visible is not SheetVisibleEnum.Visible]

    def rows(self, name: str) -> Sequence[Sequence[object]]:
        """Return a sheet's values from the first row and column on."""
        try:
            return self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except CalamineError:
            raise Refused(sheet_workbook.DAMAGED) from None


def grids(content: bytes) -> list[Grid]:
    """Return the sheets of a file, whatever its name says it is."""
    if not content:
        raise Refused("文件是空的")
    if len(content) > LARGEST_FILE:
        raise Refused(f"文件超过{LARGEST_FILE >> 20} MB，请拆成几个文件分别上传")
    head = content[:HEAD]
    if head.startswith(ZIP):
        return sheet_workbook.read(content, Calamine)
    if head.startswith(OLD_EXCEL):
        raise Refused("表格设了打开密码，请取消密码后再上传" if ENCRYPTED in content else "这是旧版 .xls 表格，请另存为 .xlsx 再上传")
    for mark, words in MARKS:
        if head.startswith(mark):
            raise Refused(words)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(PAGE):
        raise Refused("这是网页改名的表格，请用表格软件打开后另存为 .xlsx 再上传")
    return [sheet_text.read(content)]
