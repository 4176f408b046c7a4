"""Files made to hurt: however they are made, the answer is one sentence, soon, and the memory of one child."""

import struct
import time
import zipfile
from pathlib import Path

import pytest

from fanpin.adapters.reading import SheetReading
from fanpin.sheet_grid import MOST_ROWS
from tests.adapters.books import HEADING, STAYS, book, line, read

SHEET = "xl/worksheets/sheet1.xml"


def refused(path: Path) -> str:
    began = time.monotonic()
    opened, rows, problems, _ = read(path)
    assert opened.refused and not rows and not problems and time.monotonic() - began < 30
    return opened.refused


def with_part(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def good(path: Path) -> Path:
    return book(path, [HEADING, line()])


def test_a_zip_bomb_is_refused_by_its_ratio_and_by_its_size(tmp_path: Path) -> None:
    assert "压缩比异常" in refused(with_part(good(tmp_path / "a.xlsx"), "xl/media/image1.png", bytes(30 << 20)))
    path = good(tmp_path / "b.xlsx")
    for number in range(8):
        with_part(path, f"xl/media/{number}.bin", bytes(30 << 20))
    assert "解压后超过" in refused(path)


def test_a_bomb_whose_headers_lie_is_refused_by_counting(tmp_path: Path) -> None:
    path = with_part(good(tmp_path / "a.xlsx"), "xl/media/image1.png", bytes(30 << 20))
    content = bytearray(path.read_bytes())
    lie = struct.pack("<I", 100)
    at = 0
    while (at := content.find(struct.pack("<I", 30 << 20), at)) >= 0:
        content[at:at + 4] = lie
    path.write_bytes(content)
    assert "损坏" in refused(path) or "压缩比异常" in refused(path)


def test_a_thousand_parts_are_too_many(tmp_path: Path) -> None:
    path = good(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(1001):
            archive.writestr(f"xl/{number}.xml", b"")
    assert "不能上传" in refused(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "损坏" in refused(with_part(good(tmp_path / "a.xlsx"), SHEET, b"<worksheet/>"))


@pytest.mark.parametrize("declaration", [
    b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_refused_wherever_they_stand(tmp_path: Path, part: str, declaration: bytes) -> None:
    path = good(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head, _, body = parts[part].partition(b"?>")
    parts[part] = head + b"?>" + declaration + body
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert "外部实体" in refused(path)


@pytest.mark.parametrize("cells", [
    b'<row r="1"><c r="ZZZZZ1"><v>1</v></c></row>', b'<row r="1"><c r="A99999999"><v>1</v></c></row>',
    b'<row r="x"><c r="A1"><v>1</v></c></row>', b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
    b'<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c></row>',
])
def test_cells_that_lie_about_their_place_are_refused(tmp_path: Path, cells: bytes) -> None:
    path = good(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head, _, _ = parts[SHEET].partition(b"<sheetData>")
    parts[SHEET] = head + b"<sheetData>" + cells + b"</sheetData></worksheet>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert refused(path)


def test_fifty_thousand_rows_are_read_and_one_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    heading = ",".join(HEADING) + "\n"
    rows = "".join(f"{line()[0]},样样,2026-01-12,{n}\n" for n in range(MOST_ROWS))
    path.write_text(heading + rows, encoding="utf-8")
    with SheetReading(path, (STAYS,)) as reading:
        assert reading.opened.rows == MOST_ROWS
        assert sum(len(chunk.rows) for chunk in reading) == MOST_ROWS
    path.write_text(heading + rows + rows[:40], encoding="utf-8")
    assert "超过50000行" in refused(path)


def test_a_million_rows_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(HEADING) + "\n" + f"{line()[0]},样样,2026-01-12,1\n" * 1_000_000, encoding="utf-8")
    began = time.monotonic()
    assert "超过50000行" in refused(path) and time.monotonic() - began < 10
