"""林草部门: 林地、生态补偿、护林员收入逐户核准，林草灾害成批提供（附件1）."""

from fanpin.adapters import (
    Adapter, Department, Table, amount, bulk, code, day, head_id, head_name, hookimpl, question, text,
)

INCOME = Table("income", "林地、生态补偿和护林员收入核准", (
    head_id(), head_name(), amount("年收入", "年补助金额", "年报酬"), text("林地面积或聘期", "林地面积", "聘期"),
    day("起始日期", "聘用日期"), day("结束日期", "到期日期"),
    code("项目", "收入项目", required=True, values={
        "拥有林地": "forest_land", "林地": "forest_land", "林权证面积": "forest_land", "生态补偿": "compensation",
        "集体公益林生态补偿": "compensation", "公益林补偿": "compensation", "天保公益林补偿": "compensation", "退耕还林补助": "compensation",
        "草原生态补奖": "compensation", "护林员": "ranger", "生态护林员": "ranger", "护林员工资": "ranger"}),
), (question("forest_income", value="项目", amount="年收入", label="林地面积或聘期", date="起始日期", ended="结束日期"),))

DISASTERS = Table("disasters", "林草灾害受灾农户", (
    head_id(), head_name(), day("发生日期", "受灾日期", required=True), amount("受灾面积"),
    code("灾种", "灾害类型", required=True, otherwise="pest", values={
        "森林火灾": "fire", "草原火灾": "fire", "火灾": "fire", "山火": "fire", "林业有害生物": "pest", "草原鼠害": "pest"}),
), (bulk("forest_disaster", value="灾种", date="发生日期", amount="受灾面积"),))


class Forestry(Adapter):
    """Hands on what was confirmed."""

    name = "fanpin-forestry"
    title = "林草部门：林地、补偿、护林员、灾害"
    department = Department.FORESTRY
    tables = (INCOME, DISASTERS)


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Forestry()
