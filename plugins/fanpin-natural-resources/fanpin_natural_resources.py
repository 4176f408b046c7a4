"""自然资源部门: 商品房、门面房等不动产登记逐人提供（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, amount, code, day, hookimpl, id_number, person_name, question,
    text,
)

SHOPS, OFFICES = ("商业", "门面", "商铺", "商服", "店铺"), ("办公", "仓储", "工业", "经营")
GONE = "gone"

PROPERTY = Table("property", "不动产登记查询结果", (
    id_number("证件号码", "身份证号", "身份证号码", "证件号"), person_name("权利人", "权利人姓名", "姓名"),
    text("不动产单元号", "不动产权证号", "不动产证号", required=True), text("坐落", "房屋坐落"), text("规划用途", "房屋用途", "用途"),
    code("城乡", "区位", required=True, values={"城镇": "town", "城市": "town", "农村": "rural", "乡村": "rural"}),
    text("权利性质", "房屋性质", "性质"), amount("建筑面积", "面积"), day("登记日期", "登记时间"), day("注销日期", "注销时间", "转移日期"),
    code("安置房标志", "是否安置房", values={"易地扶贫搬迁": "relocation", "易地扶贫搬迁安置房": "relocation", "拆迁安置": "resettlement",
                                           "拆迁安置房": "resettlement", "否": ""}),
    code("权属状态", "状态", otherwise="", values={"注销": GONE, "历史": GONE, "已转移": GONE}),
), (question("property"),))


class NaturalResources(Adapter):
    """Tells 安置房 and rural houses from what 附件2 第四项 means."""

    name = "fanpin-natural-resources"
    title = "自然资源部门：不动产登记"
    department = Department.NATURAL_RESOURCES
    tables = (PROPERTY,)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return the property by place, use and nature."""
        yield from row.declared()
        if row.text("不动产单元号"):
            gone, ended = row.code("权属状态") == GONE, row.date("注销日期")
            unknown = "（已注销，日期不详）" if gone and not ended else ""
            yield row.fact("property", value=_value(row), ref=row.text("不动产单元号"), date=row.date("登记日期"),
                           ended=ended if gone else None, amount=row.fen("建筑面积"), label=unknown + row.text("坐落"))


def _value(row: Row) -> str:
    use, nature = row.text("规划用途"), row.text("权利性质")
    if resettled := row.code("安置房标志"):
        return resettled
    if row.code("城乡") == "rural":
        return "homestead" if "宅基地" in use + nature else "rural_other"
    if any(word in use for word in SHOPS):
        return "town_shop"
    if any(word in use for word in OFFICES):
        return "town_business"
    if any(word in nature for word in ("自建", "宅基地", "集体")):
        return "town_self_built"
    return "flat" if "商品" in nature else "unknown"


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return NaturalResources()
