"""住建部门: 住房面积、等级、配套逐户认定，新认定的C、D级危房成批提供（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, amount, bulk, code, day, head_id, head_name, hookimpl, question,
    text,
)

GRADES = {f"{grade}{end}": grade for grade in "ABCD" for end in ("", "级")}

HOUSES = Table("houses", "农村住房安全等级认定", (
    head_id(), head_name(), amount("建筑面积", "住房面积"), code("鉴定等级", "住房等级", "房屋等级", values=GRADES, required=True),
    day("鉴定日期", "认定日期", required=True), text("鉴定编号", "报告编号"), text("配套设施"), text("唯一住房", "是否唯一住房"),
    code("认定类型", values={"新增": "new", "新认定": "new", "存量": "old", "存量(已改造)": "old"}),
), (question("house_grade", value="鉴定等级", amount="建筑面积", label="配套设施", date="鉴定日期"), bulk("dangerous_house")))


class Housing(Adapter):
    """Tells a newly rated house from one long known."""

    name = "fanpin-housing"
    title = "住建部门：住房等级和新认定危房"
    department = Department.HOUSING
    tables = (HOUSES,)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return the grade, and the C or D that is not known to be old."""
        yield from row.declared("house_grade")
        grade = row.code("鉴定等级")
        if grade in ("C", "D") and row.code("认定类型") != "old":
            yield row.fact("dangerous_house", value=grade, date=row.date("鉴定日期"), ref=row.text("鉴定编号"),
                           label=row.text("唯一住房"))


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Housing()
