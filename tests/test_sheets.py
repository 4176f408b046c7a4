"""Sheets as people send them: what is refused and how it is said, headers by name, and text that stays text."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin import sheets
from fanpin.rules.dates import read_day, read_month
from fanpin.sheets import Column, SheetRefused
from tests.sheets import by_hand, workbook

NAMES = {"姓名": "name", "户主姓名": "name", "身份证号": "id", "证件号码": "id", "金额": "amount"}
A1 = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'


def refused(content: bytes) -> str:
    with pytest.raises(SheetRefused) as caught:
        sheets.read(content)
    return caught.value.message


def cells(content: bytes) -> list[list[object]]:
    return [row.cells for row in sheets.read(content).rows]


# What is read.

def test_cells_are_what_they_are_and_nothing_is_guessed() -> None:
    read = sheets.read(workbook([["姓名", "号", "日"], ["测试㬹", 530102199001011234, date(2026, 3, 2)], [], [" 李 ", 1.5, True, "\u200b"]]))
    assert [(row.number, row.cells) for row in read.rows] == [
        (1, ["姓名", "号", "日"]), (2, ["测试㬹", 5.301021990010113e17, date(2026, 3, 2)]), (4, ["李", 1.5, True])]
    assert read.rows[1].at(9) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    text = '姓名,地址\n"测试㬹𬭎","第一行\n第二行"\n'
    assert cells(text.encode(encoding)) == [["姓名", "地址"], ["测试㬹𬭎", "第一行\n第二行"]]


@pytest.mark.parametrize(("content", "said"), [
    (b"", "文件是空的"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "旧版 .xls"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    (b"<html><table><tr><td>1</td></tr></table>", "网页"),
    ("姓名,号\n甲,1".encode("utf-16"), "UTF-16"),
    ("姓名,号\n甲\x00,1".encode(), "空字节"),
    ("姓名,号\n甲\ufffd,1".encode(), "丢失的字符"),
    (b"\xff\xfa\x81", "文字编码"),
    ('姓名,号\n"甲,1'.encode(), "引号不成对"),
    ("只有一列\n甲".encode(), "没有读出表格的列"),
    (b"PK\x03\x04broken", "已损坏"),
    (by_hand(A1, more={"xl/vbaProject.bin": b"x"}), "有宏"),
    (by_hand("<row r=\"1\"></row>"), "没有内容"),
    (by_hand(A1, before="<!DOCTYPE x [<!ENTITY a 'aaaa'>]>"), "外部实体"),
    (by_hand(A1, more={"xl/media/a": b"0" * (210 << 20)}), "过大"),
    (by_hand(A1, more={"xl/media/a": b"0" * (20 << 20)}), "压缩比异常"),
    (by_hand(A1 + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "第1048576行还有内容"),
    (by_hand('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'), "第1行很靠右的列"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_cannot_be_taken_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    begun = time.monotonic()
    assert said in refused(content)
    assert time.monotonic() - begun < 10


def test_blank_cells_far_away_are_nothing() -> None:
    content = by_hand(A1 + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')
    begun = time.monotonic()
    assert cells(content) == [["姓名"]]
    assert time.monotonic() - begun < 5


def test_fifty_thousand_rows_are_taken_and_more_are_to_be_split() -> None:
    rows = "".join(f"甲{number},{number}\n" for number in range(50_000))
    assert len(sheets.read(f"姓名,号\n{rows}".encode()).rows) == 50_001
    assert "超过50000行" in refused(f"姓名,号\n{rows}{rows}".encode())


def test_formulas_hidden_rows_and_hidden_sheets_are_told() -> None:
    def also(book: object, page: object) -> None:
        page.write_formula(1, 1, "=1+1", value=2)
        page.set_row(2, None, None, {"hidden": True})
        other = book.add_worksheet("草稿")
        other.write(0, 0, "x")
        other.hide()

    read = sheets.read(workbook([["姓名", "金额"], ["甲", None], ["乙", 3]], also=also))
    assert (read.formulas, read.hidden_rows, read.hidden_sheets) == (frozenset({(2, 1)}), 1, ("草稿",))


def test_two_filled_sheets_are_not_chosen_between() -> None:
    def also(book: object, _page: object) -> None:
        book.add_worksheet("另一张").write(0, 0, "x")

    assert "只留要导入的一张" in refused(workbook([["姓名", "号"]], also=also))


# The header.

@pytest.mark.parametrize("above", [[], [["某县监测对象表"]], [["某县监测对象表"], ["填报单位：某镇", None, "2026年3月"], []]])
def test_the_header_is_found_by_names_below_titles_and_in_any_order(above: list) -> None:
    sheet = sheets.read(workbook([*above, ["身份证号*", " 户主 姓名 ", "金额（元）", "备注"], ["1", "甲", 2, "x"]]))
    header = sheets.find_header(sheet, NAMES, ["name", "id"])
    assert (dict(header.columns), dict(header.unknown)) == ({"id": 0, "name": 1, "amount": 2}, {"备注": 3})
    assert [row.cells[1] for row in sheets.rows_below(sheet, header)] == ["甲"]


def test_a_header_of_two_rows_lends_its_upper_one() -> None:
    names = NAMES | {"消除后金额": "after"}
    sheet = sheets.read(workbook([["户主姓名", "身份证号", "识别时", "消除后"], [None, None, "金额", "金额"], ["甲", "1", 2, 3]]))
    header = sheets.find_header(sheet, names, ["name", "id"])
    assert (dict(header.columns), header.titles[:2]) == ({"name": 0, "id": 1, "amount": 2, "after": 3}, ("户主姓名", "身份证号"))
    assert [row.cells for row in sheets.rows_below(sheet, header)] == [["甲", "1", 2, 3]]


def test_a_numbering_line_and_a_header_repeated_on_every_page_are_no_rows() -> None:
    head = ["姓名", "身份证号", "金额"]
    sheet = sheets.read(workbook([head, [1, 2, 3], ["甲", "x", 1], head, ["乙", "y", 2]]))
    assert [row.number for row in sheets.rows_below(sheet, sheets.find_header(sheet, NAMES, ["name"]))] == [3, 5]


@pytest.mark.parametrize(("head", "said"), [
    (["甲", "乙"], "没有找到表头"), (["姓名", "金额"], "缺少这些列：身份证号"), (["姓名", "户主姓名", "身份证号"], "出现了两次"),
    (["姓名", "身份证号", "备注", "备注"], "“备注”出现了两次")])
def test_an_unclear_header_is_refused_and_never_taken_by_position(head: list[str], said: str) -> None:
    with pytest.raises(SheetRefused, match=said):
        sheets.find_header(sheets.read(workbook([head, ["a", "b", "c", "d"]])), NAMES, ["name", "id"])


# Days.

@pytest.mark.parametrize("text", ["2024-1-5", "2024/01/05", "2024.1.5", "2024年1月5日", "20240105", "２０２４年１月５日", "2024-01-05 00:00:00"])
def test_days_are_read_as_people_write_them(text: str) -> None:
    assert read_day(text) == sheets.day_of(text) == date(2024, 1, 5)


@pytest.mark.parametrize("text", ["5/1/2024", "24-1-5", "45292", "2024年十月", "2024-13-01", "2023-02-29", "腊月初八", "1024-01-01", ""])
def test_what_could_be_two_days_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="日期要写成"):
        read_day(text)


def test_a_number_is_no_day_and_a_month_is_one() -> None:
    with pytest.raises(ValueError, match="日期"):
        sheets.day_of(45292)
    assert sheets.day_of(None) is None
    assert read_month("202603") == read_month("2026年3月") == read_month("2026-03") == date(2026, 3, 1)
    assert read_month("2026-03-02") == date(2026, 3, 2)
    with pytest.raises(ValueError, match="年月要写成"):
        read_month("202613")


# What is written.

SAID = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn")), min_size=1, max_size=20).map(
    str.strip).filter(bool)


@settings(max_examples=15, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=30))
def test_text_comes_back_as_it_was_and_never_as_a_formula(said: list[str]) -> None:
    said += ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "http://x.y", "\uff1d1", "0012", "1e5", "{=1}"]
    read = sheets.read(sheets.write([Column("序号", text=False), Column("内容")], enumerate(said), sheet="表"))
    assert [row.cells[1] for row in read.rows[1:]] == said
    assert read.formulas == frozenset()


def test_numbers_days_and_long_numbers_are_written_as_what_they_are() -> None:
    content = sheets.write([Column("证件号码"), Column("日期"), Column("金额", text=False), Column("是否")],
                           [("530102199001011234", date(2026, 3, 2), 1.5, True), ("", None, None, False)], sheet="表", above=["标题"])
    assert cells(content) == [["标题"], ["证件号码", "日期", "金额", "是否"], ["530102199001011234", date(2026, 3, 2), 1.5, "是"],
                              [None, None, None, "否"]]
