"""水利部门: 饮水保障逐户核准，饮水未完全保障的农户成批提供（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, bulk, code, day, head_id, head_name, hookimpl, question, text,
)

BAD = "bad"
JUDGED = {"达标": "", "基本达标": "", "不达标": BAD, "未达标": BAD}
PROBLEMS = {"水量": "quantity", "水质": "quality", "用水方便程度": "distance", "供水保证率": "reliability"}

SUPPLY = Table("supply", "农户饮水安全评价", (
    head_id(), head_name(), text("供水方式", "供水类型"), day("核准日期", "评价日期", required=True),
    code("评价结论", "保障情况", required=True, values={
        "达标": "secure", "基本达标": "secure", "已保障": "secure", "不达标": "partly", "未达标": "partly", "未完全保障": "partly"}),
    code("水量", values=JUDGED), code("水质", values=JUDGED), code("用水方便程度", "取水方便程度", values=JUDGED),
    code("供水保证率", "保证率", values=JUDGED), day("问题开始日期", "断供起始日期"), day("恢复日期"),
), (question("water_supply", value="评价结论", label="供水方式", date="核准日期"), bulk("water_shortage")))


class Water(Adapter):
    """Names each of the four indicators that is not met."""

    name = "fanpin-water"
    title = "水利部门：饮水保障"
    department = Department.WATER
    tables = (SUPPLY,)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return the conclusion, and each shortage with its days."""
        yield from row.declared("water_supply")
        bad = [value for column, value in PROBLEMS.items() if row.code(column) == BAD]
        if not bad and row.code("评价结论") == "partly":
            # Not said which of the four: a supply that is not secure is not reliable.
            bad = ["reliability"]
        for value in bad:
            yield row.fact("water_shortage", value=value, date=row.date("问题开始日期") or row.date("核准日期"),
                           ended=row.date("恢复日期"))


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Water()
