"""市场监管部门: 公司、企业等登记和经营情况逐人核准（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, code, day, hookimpl, id_number, person_name, question, text,
)

GONE, OTHER = "gone", "other"
REGISTERED = ("91", "92", "93")

ENTITIES = Table("entities", "市场主体登记核准", (
    id_number("证件号码", "身份证号", "身份证号码", "证件号"), person_name(), text("统一社会信用代码", "信用代码", "注册号", required=True),
    code("主体类型", "市场主体类型", "企业类型", otherwise="91", values={
        "个体工商户": "92", "个体": "92", "农民专业合作社": "93", "合作社": "93", "事业单位": OTHER, "社会团体": OTHER}),
    text("职务", "角色", "担任职务"), day("成立日期", "设立日期", "注册日期"), day("注销吊销日期", "注销日期", "吊销日期"),
    code("登记状态", "企业状态", otherwise="", values={"注销": GONE, "已注销": GONE, "吊销": GONE, "吊销未注销": GONE}),
    code("经营情况", "实际经营", values={"实际经营": "operating", "在营": "operating", "正常经营": "operating", "未实际经营": "idle",
                                        "停业": "idle", "歇业": "idle"}),
    day("核实日期"), text("核实依据", "年报情况"),
), (question("company"), question("business_activity", value="经营情况", ref="统一社会信用代码", date="核实日期", label="核实依据")))


class Market(Adapter):
    """Tells companies from traders and cooperatives by the credit code's second digit."""

    name = "fanpin-market"
    title = "市场监管部门：公司、企业登记和经营"
    department = Department.MARKET
    tables = (ENTITIES,)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return the registration and whether business is done."""
        yield from row.declared()
        number = row.text("统一社会信用代码").upper()
        value = _kind(number, row.code("主体类型"))
        if number and value != OTHER:
            gone, ended = row.code("登记状态") == GONE, row.date("注销吊销日期")
            unknown = "（已注销或吊销，日期不详）" if gone and not ended else ""
            yield row.fact("company", value=value, ref=number, label=row.text("职务") + unknown,
                           date=row.date("成立日期"), ended=ended if gone else None)


def _kind(number: str, written: str) -> str:
    if len(number) != 18:
        return written or REGISTERED[0]
    return number[:2] if number.startswith(REGISTERED) else OTHER


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Market()
