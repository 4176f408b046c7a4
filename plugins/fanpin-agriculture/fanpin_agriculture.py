"""农业农村部门: 种养殖和合作社逐户核准，村级集体经济和受灾农户成批提供（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, NONE, Reply, Row, Table, amount, bulk, code, count, day, head_id, head_name,
    hookimpl, question, text, village, year,
)

FARMS = Table("farms", "种养殖生产情况核准", (
    head_id(), head_name(), text("作物或畜种", "品种", "作物"), text("数量", "存栏", "存栏量"), amount("面积", "种植面积", "规模"),
    code("生产类型", "产业类型", "项目", required=True, values={
        "种植": "crop", "种植业": "crop", "养殖": "livestock", "畜牧": "livestock", "水产养殖": "aquaculture", "水产": "aquaculture",
        "渔业": "aquaculture", "联结合作社": "cooperative", "合作社": "cooperative"}),
    code("是否达到大户标准", "大户认定", values={"是": "large", "大户": "large", "否": "ordinary", "一般农户": "ordinary"}),
    count("雇工人数"), day("雇工起始日期"), day("核准日期"), day("停止日期"),
    code("用工性质", values={"雇工": "hires", "长期雇工": "hires", "季节性雇工": "hires", "季节性换工": "exchange", "换工": "exchange",
                             "帮工": "exchange", "无": NONE}),
), (question("land_and_herd", value="生产类型", amount="面积", label=("作物或畜种", "数量"), date="核准日期", ended="停止日期"),
    question("large_grower", value="是否达到大户标准", amount="面积", label=("作物或畜种", "数量"), date="核准日期",
             ended="停止日期"),
    question("hired_labour", value="用工性质", amount="雇工人数", label="作物或畜种", date="雇工起始日期")))

DISASTERS = Table("disasters", "种养殖受灾农户", (
    head_id(), head_name(), day("受灾日期", "受灾时间", required=True), amount("受灾面积"), text("作物或畜种", "作物"),
    code("灾种", "灾害类型", required=True, otherwise="other", values={
        "病虫害": "pest", "虫害": "pest", "病害": "pest", "草地贪夜蛾": "pest", "非洲猪瘟": "pest", "动物疫病": "pest", "旱灾": "drought",
        "干旱": "drought", "泥石流": "debris_flow", "山洪泥石流": "debris_flow"}),
), (bulk("farm_disaster", value="灾种", date="受灾日期", amount="受灾面积", label="作物或畜种"),))

VILLAGES = Table("villages", "村级集体经济收入", (
    village(required=True), year("年度", "年份", required=True), amount("村级集体经济收入", "集体经济收入", required=True),
), (bulk("village_income", amount="村级集体经济收入", date="年度"),))


class Agriculture(Adapter):
    """Hands on what was confirmed per household and village; a village without any income is told, too."""

    name = "fanpin-agriculture"
    title = "农业农村部门：种养殖、受灾、村级集体经济"
    department = Department.AGRICULTURE
    tables = (FARMS, DISASTERS, VILLAGES)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return what the row says."""
        if row.table.code == VILLAGES.code:
            yield row.fact("village_income", amount=row.fen("村级集体经济收入"), date=row.date("年度"))
        else:
            yield from row.declared()


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Agriculture()
