"""The national export's columns: complete, each answered for, and what a cell may hold."""

from datetime import date

import pytest

from fanpin.rules import national
from fanpin.rules.departments import Department
from fanpin.rules.identity import synthetic_id
from fanpin.rules.income import LINES
from fanpin.rules.members import Relation
from fanpin.rules.national import Part, by_code, columns, parse
from fanpin.rules.risks import MeasureCategory

ID = synthetic_id("530628", date(1980, 2, 29), 2)


def test_every_column_is_known_by_one_name_only() -> None:
    names = [name for column in columns() for name in (column.title, *column.synonyms)]
    assert sorted(name for name in names if names.count(name) > 1) == []
    assert {column.source for column in columns()} == {"ours"} and national.only_ours()
    assert [column.code for column in columns() if column.type not in national.PARSERS] == []
    assert [column.code for column in columns() if column.type in ("code", "multi") and column.values not in national.VALUES] == []


def test_the_parts_of_the_form_are_there() -> None:
    measures = {column.code.removeprefix("measure_") for column in columns() if column.part is Part.MEASURES}
    assert {category.value for category in MeasureCategory} - {"motivation"} <= measures
    assert len([column for column in columns() if column.part is Part.AFTER]) == 13
    assert [by_code()[f"risk_{number}"].title for number in (1, 5)] == ["致贫/返贫风险1", "致贫/返贫风险5"]
    assert {"identified_0", "eliminated_0"} <= set(by_code())
    assert {column.field.removeprefix("income.") for column in columns() if column.field.startswith("income.")
            and column.field.removeprefix("income.")[:1] in "abcde" and column.field.removeprefix("income.") in LINES}
    assert national.WRITABLE <= {column.field for column in columns()}
    assert set(national.REQUIRED) <= set(by_code())


def test_every_department_that_confirms_something_answers_for_columns() -> None:
    answering = {column.department for column in columns()}
    assert {Department.PUBLIC_SECURITY, Department.EDUCATION, Department.CIVIL_AFFAIRS, Department.HUMAN_RESOURCES,
            Department.HOUSING, Department.AGRICULTURE, Department.WATER, Department.HEALTH, Department.FORESTRY,
            Department.MEDICAL_INSURANCE, Department.DISABLED_FEDERATION} <= answering
    assert {column.code for column in national.columns_of(Department.WATER)} == {"safe_water", "measure_water", "after_safe_water"}


@pytest.mark.parametrize(("code", "cell", "plain"), [
    ("phone", 13800000000, "13800000000"), ("phone", "0870-5121234", "0870-5121234"), ("id_number", f" {ID.lower()} ", ID),
    ("id_number", ID + "43", ID + "43"), ("name", "阿依•古丽", "阿依·古丽"), ("relation", "之子", "之子"), ("relation", "妻", "配偶"),
    ("health", "残疾,长期慢性病", "长期慢性病,残疾"), ("health", "长期慢性病、残疾", "长期慢性病,残疾"), ("born_on", date(1980, 2, 29), "1980-02-29"),
    ("born_on", 19800229, "1980-02-29"), ("identified", 202203, "202203"), ("identified", "2022年3月", "202203"),
    ("identified", date(2022, 3, 9), "202203"), ("income_a1", 12000, "12000.00"), ("income_a1", 1.1 + 2.2, "3.30"),
    ("income_a1", "1,234.5", "1234.50"), ("net_income", -20, "-20.00"), ("farmland", 3.50, "3.5"), ("size", "5", "5"),
    ("eliminated", "是", "是"), ("eliminated", True, "是"), ("resident_insurance", "无", "否"), ("household_kind", "普通农户", "一般农户"),
    ("risk_1", "因水", "饮水出现安全问题"), ("account", "6217 0012 3456 7890 123", "6217001234567890123"), ("address", 12, "12")])
def test_a_cell_is_kept_in_its_plainest_form(code: str, cell: national.Cell, plain: str) -> None:
    assert parse(by_code()[code], cell) == plain


@pytest.mark.parametrize(("code", "cell", "said"), [
    ("id_number", 5.3062819800229e17, "文本"), ("id_number", "5.30628E+17", "文本"), ("id_number", 530628198002290028, "文本"),
    ("id_number", ID[:-1] + ("0" if ID[-1] != "0" else "1"), "核对"), ("account", 6217001234567890123, "文本"),
    ("disability_certificate", 5.3e19, "文本"), ("name", "张3", "数字"), ("name", 5, "数字"), ("relation", "儿女", "不在规定的选项里"),
    ("health", "健康,头疼", "不在规定的选项里"), ("identified", 45292, "日期"), ("born_on", "5/1/2024", "日期"), ("income_a1", "2.5万", "以元为单位"),
    ("size", 3.5, "整数"), ("size", True, "整数"), ("farmland", "三亩", "数字"), ("eliminated", "或许", "是"), ("phone", "张三13800000000", "电话")])
def test_what_cannot_be_is_said_without_repeating_it(code: str, cell: national.Cell, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        parse(by_code()[code], cell)
    assert str(cell) not in str(caught.value)


def test_every_relation_of_the_form_is_taken() -> None:
    assert [parse(by_code()["relation"], relation.title) for relation in Relation] == [relation.title for relation in Relation]
