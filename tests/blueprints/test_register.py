"""The pages of the register's sheets: upload, progress, differences before they are accepted, rows to be mended."""

import io

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.extensions import db
from fanpin.models.households import Household
from fanpin.models.register import ImportBatch, ImportChange
from fanpin.rules import national
from fanpin.worker import drain
from tests.conftest import Browser
from tests.register import a_number, family, name_of, sheet
from tests.world import World, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def analyst(app: Flask, world: World) -> Browser:
    return log_in(app, "xian.ban")


def send(client: Browser, content: bytes, name: str = "全国系统导出.xlsx") -> str:
    answer = client.post("/register/", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
    assert answer.status_code == 302, words(answer)
    return answer.location


def test_a_sheet_goes_through_the_browser_from_file_to_households(app: Flask, analyst: Browser, session: Session):
    place = send(analyst, sheet([*family(1, people=3), *family(2)]))
    assert "正在读取和比对" in words(analyst.get(place))
    drain(app)
    page = words(analyst.get(place))
    assert name_of(1) in page and "新的农户（2）" in page and "网格员备注" in page
    assert a_number(1) not in page and "13800000001" not in page
    assert analyst.post(f"{place}/accept", data={"all": "1"}).status_code == 302
    assert "正在写入" in words(analyst.get(place))
    drain(app)
    page = words(analyst.get(place))
    assert "已写入（2）" in page and "正在写入" not in page
    assert session.scalars(select(Household.head_name).order_by(Household.id)).all() == [name_of(1), name_of(2)]


def test_old_stands_beside_new_and_numbers_are_hidden(app: Flask, analyst: Browser, session: Session):
    first = send(analyst, sheet(family(1)))
    drain(app)
    analyst.post(f"{first}/accept", data={"all": "1"})
    drain(app)
    rows = family(1, 户联系电话="13911112222", 银行卡号="6217000000000000009")
    rows[0]["劳动技能"] = "技能劳动力"
    place = send(analyst, sheet(rows))
    drain(app)
    page = words(analyst.get(place))
    assert "普通劳动力 → 技能劳动力" in page and "户联系电话：138******01 → 139******22" in page
    assert "6217000000000000009" not in page and "0009" in page
    ref = session.scalars(select(ImportChange.ref).order_by(ImportChange.id.desc())).first()
    assert "请先勾选" in words(analyst.post(f"{place}/accept", data={"all": "0"}))
    assert analyst.post(f"{place}/reject", data={"all": "0", "change": ref}).status_code == 302
    assert "不接受（1）" in words(analyst.get(place))


def test_rows_that_were_not_taken_come_back_in_the_senders_columns(app: Flask, analyst: Browser):
    rows = [*family(1), *family(2)]
    rows[0]["证件号码"] = int(a_number(1)[:17] + "0")
    place = send(analyst, sheet(rows))
    drain(app)
    assert "2行没有导入" in words(analyst.get(place))
    page = words(analyst.get(f"{place}/problems"))
    assert "第2行" in page and "证件号码" in page and "设为“文本”" in page
    answer = analyst.get(f"{place}/report")
    assert answer.mimetype == sheets.XLSX and "attachment" in answer.headers["Content-Disposition"]
    assert "未导入的原因" in sheets.read(answer.get_data()).rows[0].cells


def test_a_file_is_asked_for_and_a_wrong_one_says_why(app: Flask, analyst: Browser, session: Session):
    answer = analyst.post("/register/", data={"file": (io.BytesIO(b""), "")}, content_type="multipart/form-data")
    assert answer.status_code == 422 and "请选择要导入的文件" in words(answer)
    place = send(analyst, b"<html><table></table></html>", "名单.xls")
    drain(app)
    page = words(analyst.get(place))
    assert "网页改名" in page and "作废这次导入" in page
    assert analyst.post(f"{place}/withdraw").status_code == 302
    assert session.scalars(select(ImportBatch)).one().state.value == "withdrawn"


def test_the_template_keeps_the_digits_of_numbers(analyst: Browser):
    answer = analyst.get("/register/template")
    assert sheets.read(answer.get_data()).rows[0].cells == [column.title for column in national.columns()]


def test_the_pages_say_that_the_columns_are_ours_and_take_a_constant_number_of_statements(app: Flask, analyst: Browser):
    assert "表头没有公开文件" in words(analyst.get("/register/"))
    few, many = (send(analyst, sheet([row for number in range(first, last) for row in family(number)])) for first, last in ((1, 3), (10, 60)))
    drain(app)
    counts = []
    for place in (few, many):
        seen: list[str] = []
        listener = lambda *given: seen.append(given[2])  # noqa: B023, E731
        event.listen(db.engine, "before_cursor_execute", listener)
        assert len(words(analyst.get(place))) < 100_000
        event.remove(db.engine, "before_cursor_execute", listener)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_villages_do_not_import(app: Flask, world: World):
    assert log_in(app, "cun.gan").get("/register/").status_code == 403
