"""医保部门：住院报销后自付费用较高的农户（附件1提供），监测对象近12个月自付和重特大疾病救助（核查）。"""

from fanpin.adapters import (
    Adapter, Department, Table, amount, bulk, code, day, hookimpl, id_number, person_name, question,
)

ID = id_number()
NAME = person_name()
VISITS = {"住院": "inpatient", "普通住院": "inpatient", "门诊": "outpatient", "门诊慢特病": "outpatient", "门诊特病": "outpatient"}


class MedicalInsurance(Adapter):
    """Settlements arrive in bulk; the sums of twelve months answer about persons who have signed."""

    name = "fanpin-medical-insurance"
    title = "医保部门：住院自付费用和医疗救助"
    department = Department.MEDICAL_INSURANCE
    scope = "本县基本医疗保险参保人员"
    delay_days = 10
    tables = (
        Table("settlements", "住院结算自付费用较高人员", (
            ID, NAME,
            code("就诊类型", "医疗类别", "就医类别", values=VISITS),
            day("结算日期", "出院结算日期", "结算时间", required=True),
            amount("个人自付", "自付金额", "个人自付金额", "个人负担金额", required=True),
        ), (
            bulk("high_medical_cost", amount="个人自付", date="结算日期", only={"就诊类型": ("inpatient", "")}),
        )),
        Table("twelve_months", "近12个月医疗费用和救助", (
            ID, NAME,
            amount("近12个月自付", "近12个月个人自付", "12个月累计自付", required=True),
            day("最近结算日期", "最近一次结算日期"),
            amount("近12个月救助", "近12个月医疗救助金额", "重特大疾病救助金额", required=True),
            day("最近救助日期", "最近一次救助日期"),
        ), (
            question("medical_cost", amount="近12个月自付", date="最近结算日期"),
            question("medical_aid", amount="近12个月救助", date="最近救助日期"),
        )),
    )


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return MedicalInsurance()
