"""教育部门: 民办高校和沿海公办高校的学生成批提供，就学和资助逐人核准（附件1）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, amount, bulk, code, day, hookimpl, id_number, month, person_name,
    question, text,
)

# The policy does not list 沿海发达地区; a province too many only shows a student more.
COAST = ("北京", "天津", "河北", "辽宁", "上海", "江苏", "浙江", "福建", "山东", "广东", "海南")
PRIVATE, PUBLIC = "private", "public"

STUDENTS = Table("students", "民办高校和沿海公办高校在读学生", (
    id_number("身份证件号", "身份证号", "身份证号码", "证件号码", "公民身份号码"), person_name("学生姓名", "姓名"),
    text("院校名称", "学校名称", "就读院校", "就读学校", required=True),
    code("办学性质", "办学类型", "公办民办", required=True,
         values={"民办": PRIVATE, "民办高等学校": PRIVATE, "独立学院": PRIVATE, "公办": PUBLIC, "公办高等学校": PUBLIC}),
    text("院校所在省", "院校所在省(市、区)", "院校所在地", "学校所在地", required=True),
    month("入学年月", "入学日期"), month("离校年月", "毕业年月", "离校日期"), amount("学年自付费用", "个人自付", "自付费用"),
), (bulk("student_away"),))

SCHOOLING = Table("schooling", "就学和资助核准", (
    id_number("证件号码", "身份证号", "身份证件号", "公民身份号码"), person_name("姓名", "学生姓名"), text("学校名称", "就读学校"),
    text("学校所在地", "学校所在省"), text("学段"), text("年级", "就读年级"),
    code("就读状态", "就学状态", "学籍状态", required=True, values={
        "在读": "enrolled", "在校": "enrolled", "在籍在校": "enrolled", "正常": "enrolled", "休学": "suspended",
        "失学": "dropped_out", "辍学": "dropped_out", "疑似辍学": "dropped_out", "毕业": "graduated", "已毕业": "graduated",
        "结业": "graduated"}),
    month("入学年月", "入学日期"), month("离校年月", "离校日期"), text("资助项目"),
    amount("本学年资助金额", "资助金额"), day("发放日期"),
), (question("schooling", value="就读状态", label=("学校名称", "年级", "学校所在地"), date="入学年月", ended="离校年月"),
    question("student_aid")))


class Education(Adapter):
    """Tells by school and province which students 附件1 means."""

    name = "fanpin-education"
    title = "教育部门：民办和沿海高校学生、就学、资助"
    department = Department.EDUCATION
    tables = (STUDENTS, SCHOOLING)

    def of_row(self, row: Row) -> Iterable[Fact | Reply]:
        """Return the student of 附件1, or schooling and grants."""
        if row.table.code == SCHOOLING.code:
            yield from row.declared()
            if (paid := row.fen("本学年资助金额")) == 0:
                yield row.nothing("student_aid")
            elif paid:
                yield row.fact("student_aid", amount=paid, value=_place(row.text("学校所在地")), label=row.text("资助项目"),
                               date=row.date("发放日期"))
            return
        place, private = _place(row.text("院校所在省")), row.code("办学性质") == PRIVATE
        if private or place == "coastal":
            yield row.fact("student_away", value=f"private_{place}" if private else place,
                           label=f"{row.text('院校名称')} {row.text('院校所在省')}", date=row.date("入学年月"),
                           ended=row.date("离校年月"), amount=row.fen("学年自付费用"))


def _place(words: str) -> str:
    if words.startswith(COAST):
        return "coastal"
    return "province" if words.startswith("云南") else "elsewhere"


@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return Education()
