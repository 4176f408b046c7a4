"""财政部门: 国家公职人员、村“三委”任职和薪酬逐人比对（三(六)，县级分工）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, NONE, Reply, Row, Table, amount, code, day, hookimpl, id_number, person_name,
    question, text,
)

# 三委: 村党组织、村民委员会、村务监督委员会.
NOT_COMMITTEE = ("小组", "组长", "妇联", "妇女", "团支部", "民兵")

PAYROLL = Table("payroll", "财政供养人员比对", (
    id_number(), person_name(), text("单位名称", "单位", "工作单位", required=True), day("起始日期", "入职日期", "参加工作日期"),
    day("退休或离职日期", "退休日期", "离职日期"),
    code("人员类别", "身份类别", "编制类型", required=True, otherwise="unknown", values={
        "公务员": "civil_servant", "行政编制": "civil_servant", "参公": "managed_as_civil", "参照公务员法管理": "managed_as_civil",
        "事业编制": "institution", "事业": "institution", "事业单位在编": "institution", "国企中层": "state_enterprise",
        "国有企业管理人员": "state_enterprise", "劳务派遣": "off_staff", "编外": "off_staff", "合同工": "off_staff", "临聘": "off_staff",
        "公益性岗位": "welfare_post", "公益岗": "welfare_post", "村干部": "village_cadre", "无": NONE}),
), (question("public_office", value="人员类别", label="单位名称", date="起始日期", ended="退休或离职日期"),))

COMMITTEE = Table("committee", "村“三委”任职和报酬", (
    id_number(), person_name(), text("职务", "村内职务", required=True), day("任职日期"), day("卸任日期", "离任日期"),
    amount("月报酬", "月补贴", "每月报酬"),
), (question("village_committee_pay"),))


class Finance(Adapter):
    """Tells 公益性岗位 from 公职 and 小组长 from 三委."""

    name = "fanpin-finance"
    title = "财政部门：公职人员、村“三委”薪酬"
    department = Department.FINANCE
    tables = (PAYROLL, COMMITTEE)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return the office, or the seat on a committee with its pay."""
        yield from row.declared()
        if row.table.code == COMMITTEE.code and row.text("职务"):
            yield row.fact("village_committee_pay", value=_seat(row), label=row.text("职务"), date=row.date("任职日期"),
                           ended=row.date("卸任日期"), amount=row.fen("月报酬"))


def _seat(row: Row) -> str:
    if any(word in row.text("职务") for word in NOT_COMMITTEE):
        return "group_leader"
    # Pay that is not stated is no proof of none.
    return "unpaid" if row.fen("月报酬") == 0 else "paid"


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Finance()
