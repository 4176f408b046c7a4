"""What departments get: templates that keep numbers as text, and their own rows back with the reasons."""

import zipfile
from pathlib import Path

import pytest

from fanpin.adapters import Adapter, Department, Table, amount, code, id_number, person_name, question
from fanpin.adapters.manifest import ColumnType
from fanpin.adapters.workbooks import error_sheet, said_of, template
from tests.adapters.books import HEADING, IDS, STAYS, book, line, read

ASKED = Table("asked", "救助", (id_number(), person_name(), amount("金额", required=True), code("类别", values={"甲": "a", "乙": "b"})),
              (question("medical_aid", amount="金额"),))


class Invented(Adapter):
    name = "fanpin-invented"
    title = "试验"
    department = Department.MEDICAL_INSURANCE
    tables = (STAYS, ASKED)


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_template_is_read_by_the_reader_that_it_is_made_for(tmp_path: Path) -> None:
    empty = saved(tmp_path / "a.xlsx", template(Invented().manifest(), STAYS))
    assert (read(empty)[0].rows, read(empty)[0].confirm) == (0, ("表头下面一行也没有，请确认本期确实没有要报送的",))
    asked = [{ColumnType.ID_NUMBER: IDS[n], ColumnType.NAME: "样样"} for n in range(3)]
    nobody = saved(tmp_path / "c.xlsx", template(Invented().manifest(), ASKED, asked=[]))
    assert read(nobody, ASKED)[0].refused == "表头下面没有内容"
    filled = saved(tmp_path / "b.xlsx", template(Invented().manifest(), ASKED, asked=asked))
    opened, rows, problems, _ = read(filled, ASKED)
    assert (opened.table, rows, [problem.column for problem in problems]) == ("asked", [], ["金额"] * 3)


def test_a_template_keeps_ids_as_text_and_offers_the_words(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", template(Invented().manifest(), ASKED))
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<formula1>"甲,乙"</formula1>' in sheet and "查到,未查到,查无此人" in sheet and '<col min="1" max="1"' in sheet


def test_the_rows_to_mend_come_back_in_the_senders_own_columns(tmp_path: Path) -> None:
    original = book(tmp_path / "a.xlsx", [("序号", "住院情况"), ("电话", *HEADING), ["1", *line()], ["2", *line(1, 自付="多")],
                                          ["3", *line(2, 身份证号=5.3e17)]])
    _, _, problems, _ = read(original)
    reasons = said_of((problem.row, problem.column, problem.reason) for problem in problems)
    mended = saved(tmp_path / "b.xlsx", error_sheet(original, (STAYS,), reasons))
    opened, rows, problems, _ = read(mended)
    assert opened.unread == ("电话", "原表行号", "须更正之处") and not rows
    assert [(problem.row, problem.column) for problem in problems] == [(2, "自付"), (3, "身份证号")]


@pytest.mark.parametrize("words", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "http://x.cn", "<b>&"])
def test_nothing_that_comes_back_is_a_formula(tmp_path: Path, words: str) -> None:
    original = tmp_path / "a.csv"
    original.write_text(f"{','.join(HEADING)}\n{IDS[0]},{words},2026-01-12,1\n", encoding="utf-8")
    content = error_sheet(original, (STAYS,), {2: ["姓名不对"]})
    with zipfile.ZipFile(saved(tmp_path / "b.xlsx", content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml") and b"<f " not in archive.read("xl/worksheets/sheet1.xml")
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in archive.namelist()
