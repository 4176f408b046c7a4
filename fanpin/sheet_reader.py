"""Read one uploaded sheet (xlsx or CSV) in a confined child: `python -m fanpin.sheet_reader LIMITS`, file in, JSON lines out.

The first line says what the file is; then one line per row that is not empty: its number and its cells. A cell is text, a
number, true or false, null, or {"day": "2026-03-02"}. Nothing is guessed and nothing repaired here.
"""

import csv
import io
import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

CHUNK = 1 << 20
OVERLAP = 4096
MOST_FORMULAS = 200
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=\"(\d+)\"[^>]*>")
HIDDEN = re.compile(rb"\bhidden=\"(?:1|true)\"")
FILLED = re.compile(rb"<(?:\w+:)?(?:v|is|f)\b")
ROW_END = re.compile(rb"</(?:\w+:)?row>|<(?:\w+:)?row\b")
FORMULA = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]+)(\d+)\"(?:[^>]*[^>/])?>\s*<(?:\w+:)?f\b")
FAR_COLUMN = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{3})(\d+)\"(?:[^>]*[^>/])?>\s*<(?:\w+:)?(?:v|is|f)\b")
DEFINITION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


class Refused(Exception):
    """The file is not taken; the text says what to do."""


def main(arguments: list[str]) -> None:
    """Read the file from stdin under the limits given as JSON; write lines, or one line that says why not."""
    limits = json.loads(arguments[0])
    content = sys.stdin.buffer.read()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    try:
        said, rows = read(content, limits)
        out.write(json.dumps(said, ensure_ascii=False) + "\n")
        for number, cells in rows:
            out.write(json.dumps([number, cells], ensure_ascii=False, separators=(",", ":")) + "\n")
    except Refused as refusal:
        out.write(json.dumps({"refused": str(refusal)}, ensure_ascii=False) + "\n")
    out.flush()


def read(content: bytes, limits: dict[str, int]) -> tuple[dict[str, Any], list[tuple[int, list[Any]]]]:
    """Return what the file is and its rows."""
    if not content:
        raise Refused("文件是空的，请重新选择。")
    if content.startswith(OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise Refused("表格设了打开密码，请取消密码后再上传。" if encrypted else
                      "这是旧版Excel（.xls）或WPS表格文件，请另存为“Excel工作簿（.xlsx）”后再上传。")
    if content.startswith(ZIP):
        return _read_xlsx(content, limits)
    return _read_csv(content, limits)


def _read_xlsx(content: bytes, limits: dict[str, int]) -> tuple[dict[str, Any], list[tuple[int, list[Any]]]]:
    scan = _Scan(limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            scan.archive(archive)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError) as error:
        raise Refused("表格打不开，可能没有上传完整或已损坏，请重新保存后再上传。") from error
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        pages = [page for page in book.sheets_metadata if page.typ is SheetTypeEnum.WorkSheet]
        shown = [page.name for page in pages if page.visible is SheetVisibleEnum.Visible]
        filled = []
        for name in shown:
            rows = _rows(enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1), limits)
            if rows:
                filled.append((name, rows))
    except PasswordError as error:
        raise Refused("表格设了打开密码，请取消密码后再上传。") from error
    except CalamineError as error:
        raise Refused("表格打不开，可能不是Excel保存的.xlsx文件，请用Excel或WPS另存为.xlsx后再上传。") from error
    if not filled:
        raise Refused("表格里没有内容，请核对是否选错文件。")
    if len(filled) > 1:
        raise Refused(f"表格里有{len(filled)}张有内容的工作表（{'、'.join(name for name, _ in filled)}），请只留要导入的一张。")
    name, rows = filled[0]
    hidden = [page.name for page in pages if page.name not in shown]
    return {"kind": "xlsx", "sheet": name, "hidden_sheets": hidden, "hidden_rows": scan.hidden, "formulas": scan.formulas}, rows


class _Scan:
    """Look through the parts of an xlsx before any library does: real sizes, definitions, formulas, far cells, macros."""

    def __init__(self, limits: dict[str, int]) -> None:
        self.limits, self.hidden, self.unpacked = limits, 0, 0
        self.formulas: list[list[int]] = []

    def archive(self, archive: zipfile.ZipFile) -> None:
        """Scan every part; raise `Refused`."""
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/vbaProject.bin" in names or any(name.endswith("vbaProject.bin") for name in names):
            raise Refused("表格里有宏（.xlsm），请另存为不含宏的.xlsx后再上传。")
        if "xl/workbook.bin" in names:
            raise Refused("这是.xlsb格式，请另存为.xlsx后再上传。")
        if "xl/workbook.xml" not in names:
            raise Refused("这不是Excel工作簿，请用Excel或WPS另存为.xlsx后再上传。")
        if len(parts) > self.limits["entries"] or len(names) < len(parts):
            raise Refused("表格文件的结构不正常，请用Excel或WPS重新另存为.xlsx后再上传。")
        if sum(part.file_size for part in parts) > self.limits["unpacked"]:
            raise Refused("表格解开后过大，请拆成几份后再上传。")
        for part in parts:
            self._part(archive, part)

    def _part(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
        before, packed = b"", max(part.compress_size, 1)
        size = 0
        with archive.open(part) as source:
            while piece := source.read(CHUNK):
                size += len(piece)
                self.unpacked += len(piece)
                # Counted, for what the file says of its own sizes may be a lie.
                if self.unpacked > self.limits["unpacked"] or (size > 8 * CHUNK and size > packed * self.limits["ratio"]):
                    raise Refused("表格解开后过大，请拆成几份后再上传。")
                if DEFINITION.search(before[-OVERLAP:] + piece):
                    raise Refused("表格文件里有不允许的定义，请用Excel或WPS重新另存为.xlsx后再上传。")
                if is_sheet:
                    self._cells(before[-OVERLAP:], piece)
                before = piece

    def _cells(self, before: bytes, piece: bytes) -> None:
        text, seen = before + piece, len(before)
        for found in ROW.finditer(text):
            if found.end() <= seen:
                continue
            if int(found[1]) > self.limits["rows"] + self.limits["header"] and _filled_row(text, found):
                raise Refused(f"第{int(found[1])}行还有内容。每次最多导入{self.limits['rows']}行，请拆成几份，"
                              "或删除表格下方多余的行后再上传。")
            self.hidden += bool(HIDDEN.search(found[0]))
        far = FAR_COLUMN.search(text)
        if far:
            raise Refused(f"第{int(far[2])}行{far[1].decode()}列有一个远离表格的单元格，请删除右侧多余的列后再上传。")
        if len(self.formulas) < MOST_FORMULAS:
            self.formulas += [[int(found[2]), _column(found[1])] for found in FORMULA.finditer(text) if found.end() > seen]


def _filled_row(text: bytes, row: re.Match[bytes]) -> bool:
    end = ROW_END.search(text, row.end())
    return not row[0].endswith(b"/>") and FILLED.search(text, row.end(), end.start() if end else len(text)) is not None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _read_csv(content: bytes, limits: dict[str, int]) -> tuple[dict[str, Any], list[tuple[int, list[Any]]]]:
    head = content[:2048].lstrip().lower()
    if head.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")):
        raise Refused("这是网页或XML文件，只是改了扩展名。请用Excel或WPS打开后另存为.xlsx再上传。")
    if content[:2] in BOMS or b"\x00" in content:
        raise Refused("文件的编码不对。请用Excel或WPS打开后另存为.xlsx，或另存为UTF-8编码的CSV。")
    text, encoding = _decoded(content)
    if "\ufffd" in text:
        raise Refused("文件里有已经变成乱码的字，请从原来的系统重新导出。")
    try:
        csv.field_size_limit(100_000)
        parsed = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Refused("CSV的引号不成对或一格太长，请用Excel或WPS打开核对后另存为.xlsx再上传。") from error
    rows = _rows(enumerate(parsed, start=1), limits)
    if not rows:
        raise Refused("文件里没有内容，请核对是否选错文件。")
    if max(len(cells) for _, cells in rows) < 2:
        raise Refused("没有读出表格的列。请上传.xlsx，或用逗号分隔的CSV。")
    return {"kind": "csv", "sheet": "", "hidden_sheets": [], "hidden_rows": 0, "formulas": [], "encoding": encoding}, rows


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Refused("文件的编码不对：既不是UTF-8也不是GB18030。请用Excel或WPS打开后另存为.xlsx。")


def _rows(numbered: Iterable[tuple[int, list[Any]]], limits: dict[str, int]) -> list[tuple[int, list[Any]]]:
    rows = list(_filled(numbered))
    if len(rows) > limits["rows"] + limits["header"]:
        raise Refused(f"表格有{len(rows)}行，每次最多导入{limits['rows']}行，请拆成几份后再上传。")
    return rows


def _filled(numbered: Iterable[tuple[int, list[Any]]]) -> Iterator[tuple[int, list[Any]]]:
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
    main(sys.argv[1:])
