"""Which table a sheet is, by its header: the department's own before our form, and never a guess between two."""

import pytest

from fanpin.adapters.manifest import Table, amount, bulk, day, id_number, person_name
from fanpin.rules.duty_tables import kind_of
from fanpin.sheets import SheetRefused
from fanpin.steps import delivery_template
from fanpin.steps.delivery_reading import Source
from fanpin.steps.delivery_recognition import NOT_KNOWN, KnownTable, recognised
from tests.sheet_makers import ID, NAME, a_sheet

KEYS = (id_number(), person_name(required=False))
BILL = "high_medical_cost"


def own(code: str, *columns: object, name: str = "hospital") -> KnownTable:
    source = Source(name=name, table=code, title=code, kinds=(BILL,), scope="本县参保人员")
    return KnownTable(source, Table(code, code, (*KEYS, *columns), (bulk(BILL),)))


def form(code: str = BILL) -> KnownTable:
    source = Source(name=delivery_template.NAME, table=code, title=code, kinds=(code,), scope="本县登记范围")
    return KnownTable(source, delivery_template.table_of(kind_of(code)))


PAID, SETTLED = amount("自付金额", required=True), day("结算日期", required=True)
SHEET = a_sheet([{ID: "530102199001011234", NAME: "测试甲", "自付金额": "5", "结算日期": "2026-01-12"}])


def refused(sheet: bytes, *known: KnownTable) -> str:
    with pytest.raises(SheetRefused) as caught:
        recognised(sheet, known)
    return caught.value.message


@pytest.mark.parametrize(("known", "code"), [
    ([own("bills", PAID), own("aid", amount("救助金额", required=True)), form()], "hospital:bills"),
    ([own("bills", PAID), own("settled", PAID, SETTLED), form()], "hospital:settled"),
    ([own("aid", amount("救助金额", required=True)), form("medical_aid"), form()], "form:high_medical_cost"),
    ([form()], "form:high_medical_cost"),
], ids=["its own before our form", "the table with most of its columns", "our form where none of its own", "without an adapter"])
def test_a_sheet_is_known_by_its_header(known: list[KnownTable], code: str) -> None:
    assert recognised(SHEET, known).code == code


def test_one_name_of_two_adapters_is_two_tables() -> None:
    known = [own("bills", PAID), own("bills", amount("救助金额", required=True), name="clinic")]
    assert recognised(SHEET, known).code == "hospital:bills"


def test_a_sheet_that_may_be_two_tables_or_none_is_not_guessed() -> None:
    assert "既像" in refused(SHEET, own("bills", PAID), own("costs", PAID), form())
    assert refused(a_sheet([{"号牌": "云C1", "车主": "甲"}]), own("bills", PAID), form()) == NOT_KNOWN
    assert refused(a_sheet([{"号牌": "云C1", "车主": "甲"}])) == NOT_KNOWN


def test_a_file_that_is_no_sheet_is_refused_for_what_it_is() -> None:
    assert "PDF" in refused(b"%PDF-1.7", own("bills", PAID), form())
