"""民政部门: 低保和特困供养、婚姻、失能老年逐人核查，临时救助成批提供（附件1）."""

from collections.abc import Iterable
from dataclasses import replace

from fanpin.adapters import (
    Adapter, Department, Fact, NONE, Reply, Row, Table, amount, bulk, code, day, hookimpl, id_number, person_name,
    question, text,
)

AID = Table("aid", "低保和特困供养核查", (
    id_number(), person_name("姓名", "对象姓名", "保障对象"),
    code("救助类别", "救助类型", "保障类别", required=True, values={
        "低保": "dibao", "最低生活保障": "dibao", "农村低保": "dibao", "城市低保": "urban_dibao", "特困": "destitute",
        "特困供养": "destitute", "特困人员供养": "destitute", "农村分散特困": "destitute", "农村集中特困": "destitute",
        "低保边缘": NONE, "低保边缘家庭": NONE, "无": NONE}),
    code("城乡类别", "城乡", values={"农村": "rural", "城镇": "urban", "城市": "urban"}),
    amount("月发放金额", "月补助金额", "月保障金额"), day("起始年月", "享受起始日期", "起始日期"), day("停发日期", "停保日期"),
    text("停发原因"),
), (question("dibao", value="救助类别", amount="月发放金额", date="起始年月", ended="停发日期", label="停发原因"),))

RELIEF = Table("relief", "临时救助发放", (
    id_number(), person_name(), amount("救助金额", "发放金额", required=True), day("发放日期", "救助日期", "救助时间", required=True),
    text("救助事由", "救助原因", "困难原因"),
), (bulk("temporary_relief", amount="救助金额", date="发放日期", label="救助事由"),))

MARRIAGE = Table("marriage", "婚姻登记核查", (
    id_number(), person_name(), text("配偶姓名"), day("登记日期"),
    code("婚姻状况", "婚姻状态", "登记类型", required=True, values={
        "已婚": "married", "结婚": "married", "结婚登记": "married", "复婚": "married", "离婚": "divorced", "离婚登记": "divorced",
        "离异": "divorced", "丧偶": "widowed", "未婚": NONE, "无登记": NONE}),
), (question("marriage", value="婚姻状况", other="配偶姓名", date="登记日期"),))

ELDERS = Table("elders", "失能老年评估", (
    id_number(), person_name(), day("评估日期"), day("有效期至", "有效期止"),
    code("评估结论", "能力等级", "评估等级", required=True, values={
        "完全失能": "disabled", "重度失能": "disabled", "中度失能": "disabled", "失能": "disabled", "轻度失能": "partly",
        "半失能": "partly", "能力完好": "able", "基本完好": "able"}),
), (question("elder_care", value="评估结论", date="评估日期", ended="有效期至"),))


class CivilAffairs(Adapter):
    """Tells urban from rural 低保 by a column of its own."""

    name = "fanpin-civil-affairs"
    title = "民政部门：低保特困、临时救助、婚姻、失能老年"
    department = Department.CIVIL_AFFAIRS
    tables = (AID, RELIEF, MARRIAGE, ELDERS)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return what the row says."""
        urban = row.table.code == AID.code and row.code("城乡类别") == "urban"
        for item in row.declared():
            rural = isinstance(item, Fact) and item.value == "dibao"
            yield replace(item, value="urban_dibao") if urban and rural else item


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return CivilAffairs()
