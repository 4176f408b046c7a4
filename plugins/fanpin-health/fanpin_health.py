"""卫健部门: 疾病救治信息逐人提供；只给类别，不给病名（附件1）."""

from fanpin.adapters import Adapter, Department, NONE, Table, code, day, hookimpl, id_number, person_name, question

TREATMENT = Table("treatment", "疾病救治信息", (
    id_number("身份证件号码", "身份证号", "身份证号码", "证件号码"), person_name(), day("确诊日期", "诊断日期"),
    day("治愈或结束日期", "结束日期", "治愈日期"),
    code("救治类别", "管理类别", "救治类型", required=True, otherwise="other", values={
        "大病专项救治": "serious", "大病": "serious", "重病": "serious", "重大疾病": "serious", "负担较重慢性病": "heavy_chronic",
        "负担较重的慢性病": "heavy_chronic", "家庭医生慢病签约": "chronic", "慢性病签约": "chronic", "慢病管理": "chronic",
        "高血压管理": "chronic", "糖尿病管理": "chronic", "无": NONE}),
), (question("disease_treatment", value="救治类别", date="确诊日期", ended="治愈或结束日期"),))


class Health(Adapter):
    """Hands on the class of treatment and its days."""

    name = "fanpin-health"
    title = "卫健部门：疾病救治"
    department = Department.HEALTH
    tables = (TREATMENT,)


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Health()
