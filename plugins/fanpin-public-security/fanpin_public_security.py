"""公安部门: 户籍、同户成员和机动车逐人核准比对，交通事故和刑事案件的伤亡成批提供（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, NONE, Reply, Row, Table, bulk, code, day, hookimpl, id_number, person_name, question,
    text,
)

# First word found in 车辆类型 decides: what works or carries is no 消费型汽车, whatever its 使用性质 says.
TYPES = {"残疾人": "disabled_aid", "拖拉机": "farm", "低速": "farm", "三轮汽车": "farm", "农用": "farm", "收割机": "farm",
         "摩托": "motorcycle", "作业车": "special", "货车": "freight", "牵引车": "freight", "挂车": "freight", "自卸": "freight"}
NOT_OPERATING = ("非营运", "营转非", "出租转非")
GONE = "gone"
HURT = {"死亡": "dead", "致亡": "dead", "当场死亡": "dead", "致残": "disabled", "伤残": "disabled", "残疾": "disabled",
        "未受伤": "", "无伤": "", "无": ""}

PERSONS = Table("persons", "人口户籍核准", (
    id_number("公民身份号码", "身份证号", "身份证号码", "证件号码"), person_name(),
    code("核准结果", "户籍状态", "户口状态", required=True, values={
        "一致": "same", "正常": "same", "不一致": "differs", "姓名不一致": "differs", "迁出": "moved_out", "已迁出": "moved_out",
        "死亡注销": "cancelled", "注销": "cancelled", "已注销": "cancelled"}),
    text("登记姓名"), text("户号"), day("登记日期", "户口登记日期"), day("迁出注销日期", "迁出日期", "注销日期"),
    code("与户主关系核准", "关系核准", values={"一致": "same", "不一致": "differs", "不在同户": "not_in_register",
                                               "不在同一户口": "not_in_register"}),
    text("登记的与户主关系", "与户主关系"), text("登记的户主姓名"),
    code("户口变动", "变动类型", values={"分户": "split", "并户": "merge", "迁入": "moved_in", "无": NONE}),
    day("变动日期"), text("变动原因"),
    code("人员情况", values={"死亡": "dead", "服刑": "imprisoned", "在押服刑": "imprisoned", "失踪": "missing", "正常": NONE,
                             "无": NONE}),
    day("情况发生日期", "死亡日期"), day("情况结束日期", "刑满日期"), text("文书号"),
), (question("household_registration", value="核准结果", label="登记姓名", ref="户号", date="登记日期", ended="迁出注销日期"),
    question("family_relation", value="与户主关系核准", label="登记的与户主关系", other="登记的户主姓名"),
    question("hukou_movement", value="户口变动", date="变动日期", label="变动原因"),
    question("person_status", value="人员情况", date="情况发生日期", ended="情况结束日期", ref="文书号")))

VEHICLES = Table("vehicles", "机动车登记比对", (
    id_number("身份证明号码", "身份证号", "证件号码"), person_name("机动车所有人", "所有人", "姓名"),
    text("号牌号码", "车牌号", "号牌", required=True), text("车辆类型", required=True), text("使用性质"), text("品牌型号", "车辆品牌"),
    day("初次登记日期", "初登日期"), day("状态变更日期", "注销日期"),
    code("机动车状态", "状态", otherwise="", values={"注销": GONE, "报废": GONE, "转出": GONE, "转移登记": GONE, "被盗抢": GONE}),
), (question("vehicle"),))

TRAFFIC = Table("traffic", "交通事故伤亡农户", (
    id_number("受害人身份证号", "伤亡人员身份证号", "身份证号", "证件号码"), person_name("受害人姓名", "伤亡人员姓名", "姓名"),
    code("伤害后果", "伤情", "伤亡情况", values=HURT, otherwise="injured", required=True),
    day("事故时间", "事故日期", "发生日期", required=True), text("事故编号"),
), (bulk("traffic_injury", value="伤害后果", date="事故时间", ref="事故编号"),))

CRIME = Table("crime", "刑事案件伤亡农户", (
    id_number("被害人身份证号", "受害人身份证号", "身份证号"), person_name("被害人姓名", "受害人姓名", "姓名"),
    code("后果", "伤害后果", "伤情", values=HURT, otherwise="injured", required=True),
    day("发案日期", "案发日期", required=True), text("案件编号"), text("是否家庭重要劳动力", "重要劳动力"),
), (bulk("crime_injury", value="后果", date="发案日期", ref="案件编号", label="是否家庭重要劳动力"),))


class PublicSecurity(Adapter):
    """Tells working vehicles from cars."""

    name = "fanpin-public-security"
    title = "公安部门：户籍、机动车、事故和案件伤亡"
    department = Department.PUBLIC_SECURITY
    tables = (PERSONS, VEHICLES, TRAFFIC, CRIME)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return what the register says, a vehicle by type and use."""
        yield from row.declared()
        if row.table.code == VEHICLES.code and row.text("号牌号码"):
            gone, ended = row.code("机动车状态") == GONE, row.date("状态变更日期")
            unknown = "（已注销或转出，日期不详）" if gone and not ended else ""
            yield row.fact("vehicle", value=_use(row.text("车辆类型"), row.text("使用性质")), ref=row.text("号牌号码"),
                           date=row.date("初次登记日期"), ended=ended if gone else None, label=unknown + row.text("品牌型号"))


def _use(kind: str, use: str) -> str:
    known = next((value for word, value in TYPES.items() if word in kind), "")
    if known or "货运" in use:
        return known or "freight"
    if use in NOT_OPERATING:
        return "private_car"
    return "operating" if use else "unknown"


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return PublicSecurity()
