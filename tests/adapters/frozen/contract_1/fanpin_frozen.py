"""医保部门：按第1版约定写的适配器，一字不改地留着."""

from collections.abc import Iterable

from fanpin.adapters import (
    NONE, Adapter, Department, Fact, Reply, Row, Setting, SettingType, Table, Transport, amount, bulk, certificate, code, count,
    day, head_id, head_name, hookimpl, id_number, month, person_name, question, text, village, year,
)

COST = Table("cost", "医疗费用", (
    id_number(), person_name(required=False), amount("自付金额", required=True), day("结算日期", "结算时间", required=True),
    text("病种"), month("费用所属月"), year("年度"), count("住院次数"), head_id(required=False), head_name(), village(),
), (bulk("high_medical_cost", amount="自付金额", date="结算日期"),))

BILLS = Table("bills", "医疗费用核查", (
    id_number(), person_name(required=False), amount("自付", required=True), certificate(required=False),
    code("结算状态", values={"已结算": "settled", "未结算": NONE}, otherwise=""),
), (question("medical_cost", amount="自付"),))


class Frozen(Adapter):
    """Uses what the first version offered."""

    name = "fanpin-frozen"
    title = "医保部门（第1版约定）"
    department = Department.MEDICAL_INSURANCE
    tables = (COST, BILLS)
    scope = "本县参保登记"
    delay_days = 10
    fresh_days = 60
    settings = (Setting(name="line", title="起付线", type=SettingType.NUMBER, default="5000"),)
    transports = (Transport.SHEET, Transport.DATABASE)

    def facts(self, rows: Iterable[Row]) -> Iterable[Fact | Reply]:
        """Take costs above the line, as the county sets it."""
        for row in rows:
            if row.table.code == "bills":
                yield from row.declared()
            elif (row.fen("自付金额") or 0) >= int(row.settings["line"]) * 100:
                yield row.fact("high_medical_cost", amount=row.fen("自付金额"), date=row.date("结算日期"))


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Frozen()
