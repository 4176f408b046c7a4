"""应急管理部门: 自然灾害和火灾受损的农户成批提供（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, amount, bulk, code, day, head_id, head_name, hookimpl, text,
)

FIRE = "fire"

LOSSES = Table("losses", "自然灾害和火灾受灾农户", (
    head_id(), head_name(), day("发生时间", "受灾日期", "发生日期", required=True), amount("经济损失", "损失金额", "直接经济损失"),
    text("损失情况", "受损情况"),
    code("灾害种类", "灾种", "灾害类型", required=True, otherwise="other", values={
        "火灾": FIRE, "房屋火灾": FIRE, "失火": FIRE, "地震": "earthquake", "滑坡": "geological", "泥石流": "geological",
        "崩塌": "geological", "地面塌陷": "geological", "地质灾害": "geological", "山洪": "weather", "洪涝": "weather",
        "暴雨": "weather", "冰雹": "weather", "大风": "weather", "雷击": "weather",
        "低温雨雪冰冻": "weather", "低温冷冻": "weather", "干旱": "weather"}),
), (bulk("natural_disaster"), bulk("fire_loss")))


class Emergency(Adapter):
    """Tells fires from forces of nature."""

    name = "fanpin-emergency"
    title = "应急管理部门：自然灾害和火灾"
    department = Department.EMERGENCY
    tables = (LOSSES,)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return one loss."""
        kind = row.code("灾害种类")
        told = {"date": row.date("发生时间"), "amount": row.fen("经济损失"), "label": row.text("损失情况")}
        yield row.fact("fire_loss", **told) if kind == FIRE else row.fact("natural_disaster", value=kind, **told)


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Emergency()
