"""Workbooks for tests: made by the library that people's programs resemble, and by hand where no program would make them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date

import xlsxwriter

TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>"""
BOOK = f"""<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{RELATIONS}">
<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"""
SHEET = """<?xml version="1.0"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{rows}</sheetData></worksheet>"""


def workbook(rows: Sequence[Sequence[object]], *, also: Callable[[xlsxwriter.Workbook, object], None] | None = None,
             name: str = "Sheet1") -> bytes:
    """Return an xlsx with the rows: text as text, numbers as numbers, days as dates."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, day = book.add_worksheet(name), book.add_format({"num_format": "yyyy-mm-dd"})
    for line, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(line, place, value, day)
            elif value is not None:
                page.write(line, place, value)
    if also is not None:
        also(book, page)
    book.close()
    return out.getvalue()


def by_hand(rows: str, *, before: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """Return an xlsx whose sheet holds the given XML of rows."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", LINKS.format(kind=f"{RELATIONS}/officeDocument", target="xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS.format(kind=f"{RELATIONS}/worksheet", target="worksheets/sheet1.xml"))
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows=rows, before=before))
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return out.getvalue()
