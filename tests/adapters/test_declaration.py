"""What a department may declare: 附件1 decides, and every refusal says why."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fanpin.adapters import (
    Adapter, Department, Setting, Table, amount, bulk, code, count, day, head_name, id_number, question, text, village,
)
from fanpin.adapters import declaration, distributions
from fanpin.adapters.manifest import Manifest
from fanpin.rules.duties import DUTIES, KINDS

PAID = Table("paid", "住院", (id_number(), amount("自付", required=True), day("日期", required=True)),
             (bulk("high_medical_cost", amount="自付", date="日期"),))


class Fine(Adapter):
    name = "fanpin-fine"
    title = "试验"
    department = Department.MEDICAL_INSURANCE
    tables = (PAID,)


FINE = Fine().manifest()


def table(*columns: object, claims: tuple[object, ...]) -> Manifest:
    return replace(FINE, tables=(Table("t", "表", tuple(columns), tuple(claims)),))  # type: ignore[arg-type]


def test_what_is_fine_is_taken() -> None:
    assert declaration.problems(FINE) == []


@pytest.mark.parametrize(("changed", "words"), [
    (replace(FINE, contract=3), "第3版约定"),
    (replace(FINE, department=None), "哪个部门"),
    (replace(FINE, department=Department.HEALTH), "由医保部门提供，卫健部门不能申报"),
    (replace(FINE, name="Fanpin Fine"), "小写字母"),
    (replace(FINE, title=" "), "中文名称"),
    (replace(FINE, scope=""), "查询范围"),
    (replace(FINE, fresh_days=0), "400天"),
    (replace(FINE, title="试\u202e验"), "看不见的字符"),
    (replace(FINE, title="试" * 300), "过大"),
    (replace(FINE, tables=(PAID,) * 21), "过大"),
    (replace(FINE, tables=(PAID, PAID)), "表“paid”重复"),
    (replace(FINE, settings=(Setting(name="a", title="甲"),) * 2), "设置“a”重复"),
    (table(id_number(), claims=(bulk("nothing"),)), "没有“nothing”这一事项"),
    (table(id_number(), amount("甲", "乙"), day("丙", "乙", required=True), claims=()), "同时指"),
    (table(id_number(), id_number("另一个"), claims=()), "有两列身份证号"),
    (table(amount("自付"), day("日期"), claims=(bulk("high_medical_cost", amount="自付", date="日期"),)), "没有能认定个人的必填列"),
    (table(id_number(), amount("自付"), claims=(bulk("high_medical_cost", amount="自付"),)), "没有说明“结算日期”从哪一列来"),
    (table(id_number(), day("日期"), claims=(bulk("high_medical_cost", amount="自付", date="日期"),)), "没有声明的列“自付”"),
    (table(id_number(), day("日期"), claims=(bulk("high_medical_cost", amount="日期", date="日期"),)), "不能取自“日期”"),
    (table(id_number(), count("数"), day("日期"), claims=(bulk("high_medical_cost", amount="数", date="日期"),)), "不能取自“数”"),
    (table(id_number(), amount("甲"), claims=(bulk("medical_cost", amount="甲"),)), "只能逐人核查，不能批量提供"),
    (table(id_number(), amount("甲"), text("乙"), claims=(question("medical_aid", amount="甲", label="乙"),)), "没有“label”这一栏"),
    (table(id_number(), code("甲", values={}), claims=()), "没有列出可填的词"),
])
def test_what_may_not_be_declared_is_refused_with_the_reason(changed: Manifest, words: str) -> None:
    assert words in "；".join(declaration.problems(changed))


@pytest.mark.parametrize(("values", "refused"), [({"C级": "C"}, False), ({"C级": "C", "其他": ""}, False), ({"危房": "X"}, True)])
def test_a_word_leads_to_a_code_of_the_kind_or_to_nothing(values: dict[str, str], refused: bool) -> None:
    columns = (id_number(), code("等级", values=values), day("日期"))
    changed = replace(FINE, department=Department.HOUSING, tables=(
        Table("t", "表", columns, (bulk("dangerous_house", value="等级", date="日期"),)),))
    assert bool(declaration.problems(changed)) is refused


def test_a_household_may_be_known_by_the_heads_name_and_the_village() -> None:
    columns = (head_name(required=True), village(required=True), amount("损失", required=True), day("日期", required=True))
    changed = replace(FINE, department=Department.EMERGENCY, tables=(
        Table("t", "表", columns, (bulk("fire_loss", amount="损失", date="日期"),)),))
    assert declaration.problems(changed) == []


def test_every_kind_is_for_its_own_departments_and_for_nobody_else() -> None:
    for kind in KINDS.values():
        allowed = {department for department in Department if declaration.may_claim(department, kind)}
        named = {duty.department for duty in DUTIES if kind.code in duty.facts}
        assert allowed == named | set(kind.departments) and allowed, kind.code


def test_any_further_department_claims_under_the_other_departments() -> None:
    columns = (id_number(), code("经营", values={"是": "operating"}), text("代码", required=True))
    taxes = replace(FINE, department=Department.OTHER, tables=(
        Table("t", "纳税", columns, (question("business_activity", value="经营", ref="代码"),)),))
    assert declaration.problems(taxes) == []


@pytest.mark.parametrize("change", [
    lambda folder: (folder / "fanpin_fine.py").write_text("b", encoding="utf-8"),
    lambda folder: (folder / "helper.py").write_text("a", encoding="utf-8"),
    lambda folder: (folder / "fanpin_fine.py").rename(folder / "fanpin_other.py"),
])
def test_the_digest_covers_every_module_and_its_name(tmp_path: Path, change: Callable[[Path], object]) -> None:
    (tmp_path / "fanpin_fine.py").write_text("a", encoding="utf-8")
    before = distributions.in_folder(tmp_path).digest
    assert before == distributions.in_folder(tmp_path).digest
    change(tmp_path)
    assert distributions.in_folder(tmp_path).digest != before
