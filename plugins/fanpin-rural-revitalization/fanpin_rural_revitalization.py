"""乡村振兴部门: what the national system's own export says of entries and markings (附件1)."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, bulk, code, head_id, head_name, hookimpl, month, text,
)

ENTRIES = Table("entries", "全国系统监测对象导出表", (
    text("户编号", "家庭编号", "户编码"), head_name("户主姓名"), head_id("户主证件号码", "户主身份证号"),
    code("监测对象类别", required=True, values={
        "脱贫不稳定户": "脱贫不稳定户", "边缘易致贫户": "边缘易致贫户", "突发严重困难户": "突发严重困难户",
    }),
    month("识别监测时间", "识别时间", "纳入监测时间", required=True, hint="如 202603"),
    code("风险是否已消除", "是否已消除风险", required=True, values={"是": "eliminated", "否": "monitored"}),
    month("风险消除时间", hint="如 202603"),
), (bulk("national_entry", value="风险是否已消除", date="识别监测时间", label="监测对象类别", ref="户编号"),))


class RuralRevitalization(Adapter):
    """Dates an entry by its identification, a marking by its elimination."""

    name = "fanpin-rural-revitalization"
    title = "乡村振兴部门：全国系统录入和标注"
    department = Department.RURAL_REVITALIZATION
    tables = (ENTRIES,)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return that the household is entered, or that its risk is marked as eliminated."""
        value, identified = row.code("风险是否已消除"), row.date("识别监测时间")
        day = row.date("风险消除时间") or identified if value == "eliminated" else identified
        yield row.fact("national_entry", value=value, date=day, label=row.code("监测对象类别"), ref=row.text("户编号"))


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return RuralRevitalization()
