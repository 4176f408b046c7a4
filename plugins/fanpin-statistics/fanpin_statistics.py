"""统计（调查）部门: 提供乡村人口，指导收入核算；不核查个人（附件1）."""

from fanpin.adapters import (
    Adapter, Department, Table, bulk, code, count, day, head_id, head_name, hookimpl, question, text, village,
)

POPULATION = Table("population", "乡村人口", (
    village(required=True), count("乡村人口", "乡村人口数", "常住人口", required=True), day("统计时点", "时点", required=True),
), (bulk("rural_population", amount="乡村人口", date="统计时点"),))

METHOD = Table("method", "收入核算方法指导", (
    head_id(), head_name(), text("须更正之处", "问题"), day("指导日期"),
    code("指导意见", "核算意见", required=True, values={
        "核算正确": "sound", "核算方法正确": "sound", "正确": "sound", "无误": "sound", "须更正": "to_correct", "需更正": "to_correct",
        "应更正": "to_correct", "有误": "to_correct"}),
), (question("income_method", value="指导意见", label="须更正之处", date="指导日期"),))


class Statistics(Adapter):
    """Hands on figures of villages and advice on method."""

    name = "fanpin-statistics"
    title = "统计（调查）部门：乡村人口、收入核算方法"
    department = Department.STATISTICS
    tables = (POPULATION, METHOD)


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Statistics()
