"""人民银行: 失信惩戒名单逐人比对；不查存款（三(六)，县级分工）."""

from fanpin.adapters import (
    Adapter, Department, NONE, Table, code, day, hookimpl, id_number, person_name, question, text,
)

DISCIPLINE = Table("discipline", "失信惩戒名单比对", (
    id_number("证件号码", "身份证号", "身份证号码", "证件号"), person_name(), text("案号", "文书号", "执行案号"),
    day("列入日期", "发布日期", "列入时间", required=True), day("退出日期", "屏蔽日期", "移出日期"),
    code("名单类别", "惩戒类别", "名单类型", required=True, values={
        "失信被执行人": "dishonest_debtor", "失信名单": "dishonest_debtor", "失信联合惩戒对象": "joint_discipline",
        "联合惩戒": "joint_discipline", "严重违法失信联合惩戒": "joint_discipline",
        "拖欠农民工工资失信联合惩戒名单": "joint_discipline", "限制消费": "", "无": NONE}),
), (question("credit_discipline", value="名单类别", ref="案号", date="列入日期", ended="退出日期"),))


class CentralBank(Adapter):
    """Hands on the lists of 失信惩戒; 限制消费 alone is none of them."""

    name = "fanpin-central-bank"
    title = "人民银行：失信惩戒"
    department = Department.CENTRAL_BANK
    tables = (DISCIPLINE,)


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return CentralBank()
