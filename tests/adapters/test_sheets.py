"""Sheets: good ones read, messy ones refused or mended as the tables of B1–B13 say, never with a value echoed."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from fanpin.adapters import Table, amount, bulk, day, id_number
from tests.adapters.books import HEADING, IDS, STAYS, altered, book, delimited, line, read

SHEET = "xl/worksheets/sheet1.xml"


def only_problem(path: Path, *changes: dict[str, object]) -> tuple[str, str]:
    _, rows, problems, _ = read(book(path, [HEADING, line(), *(line(1, **change) for change in changes)]))
    assert [row.number for row in rows] == [2] and [problem.row for problem in problems] == [3]
    return problems[0].column, problems[0].reason


def refused(path: Path, *tables: Table) -> str:
    opened, rows, problems, _ = read(path, *tables)
    assert opened.refused and not rows and not problems
    return opened.refused


def test_a_workbook_is_read_row_by_row(tmp_path: Path) -> None:
    opened, rows, problems, notices = read(book(tmp_path / "a.xlsx", [HEADING, line(), line(1, 结算日期=date(2026, 2, 3))]))
    assert (opened.table, opened.rows, problems, notices) == ("stays", 2, [], [])
    assert rows[0].keys == {"id_number": IDS[0], "name": "样样"}
    assert rows[1].cells == {"结算日期": "2026-02-03", "自付": 10_050} and rows[1].number == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_csv_is_read_in_both_encodings(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = delimited(tmp_path / "a.csv", [HEADING, line(姓名="样𠮷·阿㑊")], encoding=encoding, delimiter=delimiter)
    _, rows, problems, _ = read(path)
    assert problems == [] and rows[0].keys["name"] == "样𠮷·阿㑊"


@pytest.mark.parametrize("written", [
    IDS[0].lower(), f" {IDS[0][:6]} {IDS[0][6:]} ", "".join(chr(ord(c) + 0xFEE0) for c in IDS[0]), f"'{IDS[0]}", f"\u200b{IDS[0]}\ufeff",
])
def test_ids_are_put_into_one_form(tmp_path: Path, written: str) -> None:
    _, rows, _, _ = read(book(tmp_path / "a.xlsx", [HEADING, line(身份证号=written)]))
    assert rows[0].keys["id_number"] == IDS[0]


@pytest.mark.parametrize("value", [5.30102196003e17, 530102196003010017, "5.30102E+17", "530102196003010017.0"])
def test_an_id_that_is_a_number_is_refused_with_the_way_to_mend_it(tmp_path: Path, value: object) -> None:
    column, reason = only_problem(tmp_path / "a.xlsx", {"身份证号": value})
    assert column == "身份证号" and "文本格式" in reason


def test_a_whole_column_of_numbers_is_refused_and_the_template_named(tmp_path: Path) -> None:
    rows = [line(n, 身份证号=float(IDS[n][:15] + "000")) for n in range(5)]
    assert "下载模板" in refused(book(tmp_path / "a.xlsx", [HEADING, *rows]))


@pytest.mark.parametrize(("change", "column", "words"), [
    ({"身份证号": "53010219600301"}, "身份证号", "18位"),
    ({"身份证号": "530102600301001"}, "身份证号", "15位旧身份证号"),
    ({"身份证号": None}, "身份证号", "没有填写"),
    ({"姓名": "样\u202e样"}, "姓名", "只能有汉字"),
    ({"姓名": 3}, "姓名", "须为文字"),
    ({"结算日期": 45292}, "结算日期", "数值而不是日期格式"),
    ({"结算日期": "农历正月初五"}, "结算日期", "日期看不懂"),
    ({"结算日期": "3/4/2026"}, "结算日期", "日期看不懂"),
    ({"结算日期": "26-03-04"}, "结算日期", "日期看不懂"),
    ({"结算日期": "2026-02-30"}, "结算日期", "没有这一天"),
    ({"自付": "约一千"}, "自付", "须是数字"),
    ({"自付": -1}, "自付", "不能是负数"),
    ({"自付": "1.005"}, "自付", "小数超过两位"),
    ({"自付": "#N/A"}, "自付", "公式错误"),
    ({"自付": "=1+1"}, "自付", "公式"),
    ({"姓名": '=HYPERLINK("http://x.cn")'}, "姓名", "公式"),
])
def test_what_cannot_be_read_is_named_by_row_and_column(tmp_path: Path, change: dict[str, object], column: str,
                                                        words: str) -> None:
    found, reason = only_problem(tmp_path / "a.xlsx", change)
    assert found == column and words in reason
    (value,) = change.values()
    assert not (isinstance(value, str) and len(value) > 3 and value in reason)


@pytest.mark.parametrize("written", ["2026-01-05", "2026/1/5", "2026.1.5", "2026年1月5日", "20260105", 20260105,
                                     date(2026, 1, 5), "２０２６－０１－０５", "2026-01-05 13:20:00"])
def test_the_accepted_forms_of_a_day(tmp_path: Path, written: object) -> None:
    _, rows, _, _ = read(book(tmp_path / "a.xlsx", [HEADING, line(结算日期=written)]))
    assert rows[0].cells["结算日期"] == "2026-01-05"


def test_the_header_is_found_below_a_title_and_by_other_names(tmp_path: Path) -> None:
    rows = [("某县医保局住院自付情况表",), ("填报日期：2026年3月",),
            ("序号", " 姓 名 ", "公民身份号码*", "出院日期", "个人自付（元）", "电话"), (1, "样样", IDS[0], "2026-01-12", 7, "1"),
            (None, None, None, None, None), ("合计", None, None, None, 7)]
    opened, found, problems, notices = read(book(tmp_path / "a.xlsx", rows))
    assert problems == [] and found[0].cells["自付"] == 700 and found[0].number == 4
    assert opened.unread == ("序号", "电话") and "第6行" in notices[-1]


def test_a_heading_of_two_rows_is_laid_together(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.merge_range("A1:A2", "身份证号")
        sheet.merge_range("B1:B2", "姓名")
        sheet.merge_range("C1:D1", "住院")
        sheet.write_row("C2", ["结算日期", "自付"])
        sheet.write_row("A3", line())
    assert [row.number for row in read(path)[1]] == [3]


def test_ten_thousands_are_counted_in(tmp_path: Path) -> None:
    _, rows, _, _ = read(book(tmp_path / "a.xlsx", [("身份证号", "姓名", "结算日期", "自付（万元）"), line(自付=1.2)]))
    assert rows[0].cells["自付"] == 1_200_000


@pytest.mark.parametrize(("heading", "words"), [
    (("身份证号", "姓名", "结算日期"), "还缺：自付"),
    (("甲", "乙", "丙", "丁"), "没有找到表头"),
    (("身份证号", "姓名", "结算日期", "自付", "个人自付"), "有2列都是“自付”（D、E列）"),
    (("身份证号", "姓名", "结算日期", "自付（美元）"), "还缺：自付"),
])
def test_a_header_that_is_missing_or_ambiguous_refuses_the_whole(tmp_path: Path, heading: tuple[str, ...],
                                                                 words: str) -> None:
    assert words in refused(book(tmp_path / "a.xlsx", [heading, line()]))


def test_two_headers_and_two_readable_sheets_are_refused(tmp_path: Path) -> None:
    assert "都是表头" in refused(book(tmp_path / "a.xlsx", [HEADING, line(), HEADING, line(1)]))
    assert "只保留一张" in refused(book(tmp_path / "b.xlsx", [HEADING, line()], sheets=("一月", "二月")))


def test_a_sheet_that_fits_two_tables_is_not_guessed_at(tmp_path: Path) -> None:
    twin = Table("twin", "门诊", STAYS.columns, STAYS.claims)
    assert "选定是哪一种表" in refused(book(tmp_path / "a.xlsx", [HEADING, line()]), STAYS, twin)
    wider = Table("wider", "住院明细", (*STAYS.columns, amount("总费用")), STAYS.claims)
    path = book(tmp_path / "b.xlsx", [(*HEADING, "总费用"), [*line(), 9]])
    assert read(path, STAYS, wider)[0].table == "wider"


def test_hidden_rows_and_sheets_are_counted_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("表")
        for at, row in enumerate([HEADING, line(), line(1), line(2)]):
            sheet.write_row(at, 0, row)
        sheet.set_row(2, options={"hidden": True})
        sheet.set_column(5, 5, options={"hidden": True})
        hidden = made.add_worksheet("旧")
        hidden.write_row(0, 0, HEADING)
        hidden.hide()
    opened, rows, _, _ = read(path)
    assert len(rows) == 3 and "含1行隐藏行" in opened.confirm[0] and "隐藏的列" in opened.confirm[1]
    assert "没有读取隐藏的工作表1张" in opened.notices


def test_the_same_row_twice_is_read_once_and_said(tmp_path: Path) -> None:
    _, rows, _, notices = read(book(tmp_path / "a.xlsx", [HEADING, line(), line(), line(自付=3)]))
    assert [row.number for row in rows] == [2, 4] and "第3行" in notices[0]


@pytest.mark.parametrize(("content", "words"), [
    (b"", "空的"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"), (b"%PDF-1.7", "PDF"),
    ("<html><table><tr><td>身份证号".encode(), "网页"), (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook>", "网页"),
    ("身份证号,姓名".encode("utf-16"), "UTF-16"), (b"PK\x03\x04 not really", "损坏"), (b"\x89PNG\r\n", "图片"),
    ("身份证号,姓名,结算日期,自付\n\x00".encode(), "空字节"), ("身份证号,\ufffd".encode(), "丢失的字符"),
    (b"\xc3\x28\xff\xff\xfe", "编码"), ('身份证号,姓名,结算日期,自付\n"不成对,a,b,c\n'.encode(), "引号不成对"),
])
def test_what_is_no_sheet_is_refused_by_its_content(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert words in refused(path)


@pytest.mark.parametrize(("part", "old", "new", "words"), [
    ("[Content_Types].xml", b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main", ".xlsm"),
    ("[Content_Types].xml", b"spreadsheetml.sheet.main", b"ms-excel.sheet.binary.macroless", ".xlsb"),
    ("[Content_Types].xml", b"spreadsheetml.sheet.main", b"wordprocessingml.document.main", "不是 .xlsx"),
    ("xl/workbook.xml", b"<workbookPr ", b'<workbookPr date1904="1" ', "1904"),
    (SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><worksheet', "外部实体"),
    ("xl/workbook.xml", b"<workbook", b'<!DOCTYPE x [<!ENTITY e "e">]><workbook', "外部实体"),
    (SHEET, b"<sheetData>", b"<sheetData><row", "损坏"),
])
def test_a_workbook_with_something_inside_is_refused(tmp_path: Path, part: str, old: bytes, new: bytes,
                                                     words: str) -> None:
    assert words in refused(altered(book(tmp_path / "a.xlsx", [HEADING, line()]), part, old, new))


def test_a_lone_cell_far_away_is_refused_quickly(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, line())
        sheet.write_blank(1_048_575, 16_383, None, made.add_format({"bold": True}))
    assert len(read(path)[1]) == 1
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write(1_048_575, 16_383, "x")
    assert "很靠右" in refused(path)


def test_other_tables_tell_what_the_sheet_lacks(tmp_path: Path) -> None:
    other = Table("other", "门诊", (id_number(), day("就诊日期", required=True)), (bulk("high_medical_cost"),))
    words = refused(book(tmp_path / "a.xlsx", [("身份证号", "姓名"), line()]), STAYS, other)
    assert "“住院”还缺：结算日期、自付" in words and "“门诊”还缺：就诊日期" in words
