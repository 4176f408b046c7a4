"""What a row says by its declared claims alone."""

import pytest

from fanpin.adapters import NONE, Adapter, Department, Fact, Row, Table, amount, bulk, code, declaration, id_number, question
from fanpin.adapters.base import Reply
from fanpin.adapters.contract import Known

WORDS = {"结婚": "married", "未婚": NONE, "不详": ""}
MARRIAGE = Table("marriage", "婚姻登记", (id_number(), code("状况", values=WORDS)), (question("marriage", value="状况"),))
RELIEF = Table("relief", "临时救助", (id_number(), amount("金额")), (bulk("temporary_relief", amount="金额"),))


def said(table: Table, **cells: str | int) -> list[Fact | Reply]:
    return list(Row(table, "token", cells, {}).declared())


def test_a_word_is_a_fact_nothing_or_no_answer_as_the_table_says() -> None:
    assert said(MARRIAGE, 状况="married") == [Fact(subject="token", kind="marriage", value="married")]
    assert said(MARRIAGE, 状况=NONE) == [Reply("token", "marriage", Known())]
    assert said(MARRIAGE, 状况="") == said(MARRIAGE) == []


def test_no_money_is_no_relief() -> None:
    assert said(RELIEF, 金额=0) == said(RELIEF) == []
    assert [item.amount for item in said(RELIEF, 金额=100) if isinstance(item, Fact)] == [100]


@pytest.mark.parametrize(("codes", "right"), [({"结婚": "married", "未婚": NONE}, True), ({"结婚": "wed"}, False)])
def test_nothing_is_a_word_that_every_kind_may_use(codes: dict[str, str], right: bool) -> None:
    class Invented(Adapter):
        name, title, department = "fanpin-invented", "民政", Department.CIVIL_AFFAIRS
        tables = (Table("marriage", "婚姻登记", (id_number(), code("状况", values=codes)), (question("marriage", value="状况"),)),)

    assert (declaration.problems(Invented().manifest()) == []) is right
