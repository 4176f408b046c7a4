"""残联: 残疾人口和证件逐人核查，重度和三、四级智力、精神残疾人成批提供（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, bulk, certificate, code, day, hookimpl, person_name, question,
    text,
)

MIND, MULTIPLE = ("5", "6"), "7"

CERTIFICATES = Table("certificates", "残疾人证核查", (
    certificate(), person_name(), text("残疾类别", "类别"), text("残疾等级", "等级"), day("发证日期", "批准日期", required=True),
    day("有效期至", "有效期止"), code("证件状态", "状态", otherwise="", values={"注销": "gone", "冻结": "gone"}), day("注销日期"),
), (question("disability"), bulk("disabled_person")))


class DisabledFederation(Adapter):
    """Reads category and grade from the certificate's own digits; the written words only say what 多重 consists of."""

    name = "fanpin-disabled-federation"
    title = "残联：残疾人口和证件"
    department = Department.DISABLED_FEDERATION
    tables = (CERTIFICATES,)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return the certificate, and again in bulk where 附件1 names its grade and it is valid."""
        yield from row.declared()
        if not (digits := row.text("残疾人证号")):
            return
        gone = row.code("证件状态") == "gone"
        value, day, ended = _value(digits, row.text("残疾类别")), row.date("发证日期"), row.date("有效期至")
        yield row.fact("disability", value=value, date=day, ended=row.date("注销日期") or ended if gone else ended)
        if value != "other" and not gone:
            yield row.fact("disabled_person", value=value, date=day, ended=ended)


def _value(digits: str, words: str) -> str:
    category, grade = digits[0], digits[1]
    if grade in "12":
        return "severe"
    of_mind = category in MIND or category == MULTIPLE and ("智力" in words or "精神" in words)
    return "mind" if of_mind else "other"


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return DisabledFederation()
