"""人社部门: 养老保险和务工逐人核查，一个月以上未复工人员成批提供（附件1）."""

from fanpin.adapters import (
    Adapter, Department, NONE, Table, amount, bulk, code, day, hookimpl, id_number, person_name, question, text,
)

INSURANCE = Table("insurance", "养老保险核查", (
    id_number("社会保障号码", "身份证号", "身份证号码", "证件号码"), person_name(), day("首次参保日期", "参保日期"),
    day("停保日期", "终止日期"), amount("月待遇", "月领取金额", "养老金"), text("参保状态", "缴费状态"),
    code("险种", "参保险种", "险种类型", required=True, values={
        "城乡居民基本养老保险": "resident", "城乡居民养老保险": "resident", "城乡居保": "resident", "居民": "resident",
        "企业职工基本养老保险": "employee", "城镇职工养老保险": "employee", "机关事业单位养老保险": "employee", "职工": "employee",
        "未参保": NONE}),
), (question("pension", value="险种", amount="月待遇", date="首次参保日期", ended="停保日期"),))

WORK = Table("work", "务工就业核查", (
    id_number(), person_name(), text("务工单位", "就业单位", "工作单位"), day("外出日期", "务工起始日期", "上岗日期"),
    day("返回日期", "返乡日期", "离岗日期"), amount("月收入", "月工资"),
    code("务工地区", "务工区域", "就业地区", required=True, values={
        "县内": "county", "本县": "county", "乡内": "county", "村内": "county", "市内县外": "prefecture", "州内县外": "prefecture",
        "县外市内": "prefecture", "县外州内": "prefecture", "省内": "province", "县外省内": "province", "市外省内": "province",
        "州外省内": "province", "省外": "outside", "境外": "outside", "公益性岗位": "welfare_post", "公益岗位": "welfare_post",
        "未务工": NONE}),
), (question("labour_outwork", value="务工地区", label="务工单位", date="外出日期", ended="返回日期", amount="月收入"),))

IDLE = Table("idle", "一个月以上未复工人员", (
    id_number(), person_name(), day("未复工起始日期", "停工日期", "返乡日期", required=True), day("复工日期", "重新就业日期"),
    text("原外出务工地", "原务工地"), text("未复工原因", "原因"),
), (bulk("not_back_at_work", date="未复工起始日期", ended="复工日期", label=("原外出务工地", "未复工原因")),))


class HumanResources(Adapter):
    """Hands on what the registers say."""

    name = "fanpin-human-resources"
    title = "人社部门：养老保险、务工、未复工"
    department = Department.HUMAN_RESOURCES
    tables = (INSURANCE, WORK, IDLE)


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return HumanResources()
