"""What warns of one household: the wording of 附件1, its edges, and the sentence that explains it."""

from datetime import date, timedelta

import pytest

from fanpin.rules.book_warnings import WARNING_BOOK, WarningSeverity
from fanpin.rules.inquiries import HOUSEHOLD, PersonRole
from fanpin.rules.members import Relation
from fanpin.rules.thresholds import THRESHOLDS, LocalThreshold, resolve_all
from fanpin.screening.engines import FactRow, PersonRow, screen_warnings
from fanpin.screening.explain import explain_warning

ASOF = date(2026, 3, 2)
DAY = timedelta(days=1)
LIMITS = {key: row.default for key, row in THRESHOLDS.items()}
HEAD = PersonRow(subject="1", name="李演示", role=PersonRole.MEMBER, relation=Relation.HEAD)
SON = PersonRow(subject="2", name="李小演", role=PersonRole.MEMBER, relation=Relation.SON)
KIN = PersonRow(subject="3", name="李外", role=PersonRole.KIN, relation=Relation.SON)


def fact(kind: str, value: str = "", *, subject: str = "1", id: int = 1, days: int | None = 10, **more: object) -> FactRow:
    begun = None if days is None else ASOF - days * DAY
    return FactRow(**{"id": id, "subject": subject, "kind": kind, "value": value, "date": begun} | more)


def found(*facts: FactRow, lifted: bool = False, limits: dict[str, int] = LIMITS) -> list[tuple[str, WarningSeverity]]:
    return [(row.rule, row.severity) for row in screen_warnings(facts, [HEAD, SON, KIN], ASOF, lifted=lifted, limits=limits)]


def codes(*facts: FactRow, **more: object) -> list[str]:
    return [rule for rule, _ in found(*facts, **more)]


@pytest.mark.parametrize("value", ["injured", "disabled", "dead"])
@pytest.mark.parametrize("kind", ["traffic_injury", "crime_injury"])
def test_any_injury_warns_and_the_gravest_are_looked_at_first(kind: str, value: str) -> None:
    (code, severity), = found(fact(kind, value))
    assert code == {"traffic_injury": "w_traffic", "crime_injury": "w_crime"}[kind]
    assert (severity is WarningSeverity.URGENT) is (value != "injured")


@pytest.mark.parametrize("grade", ["C", "D"])
def test_every_newly_rated_house_of_grade_c_or_d_warns(grade: str) -> None:
    assert codes(fact("dangerous_house", grade, subject=HOUSEHOLD)) == ["w_house"]


@pytest.mark.parametrize(("begun", "warns"), [
    (date(2026, 2, 1), True), (date(2026, 2, 2), True), (date(2026, 2, 3), False),
])
def test_a_month_without_work_warns_and_a_day_less_does_not_yet(begun: date, warns: bool) -> None:
    assert bool(codes(fact("not_back_at_work", date=begun))) is warns


def test_who_is_back_at_work_warns_no_more() -> None:
    assert codes(fact("not_back_at_work", days=60, ended=ASOF)) == []
    assert codes(fact("not_back_at_work", days=60, ended=ASOF + DAY)) == ["w_not_back"]


@pytest.mark.parametrize(("kind", "value", "rule"), [
    ("student_away", "private_province", "w_student"), ("student_away", "coastal", "w_student"), ("temporary_relief", "", "w_relief"),
    ("farm_disaster", "drought", "w_farm"), ("water_shortage", "quality", "w_water"), ("natural_disaster", "earthquake", "w_disaster"),
    ("fire_loss", "", "w_fire"), ("forest_disaster", "pest", "w_forest"), ("disabled_person", "mind", "w_disability"),
])
def test_the_wording_warns_whatever_the_amount(kind: str, value: str, rule: str) -> None:
    assert codes(fact(kind, value)) == [rule]
    assert codes(fact(kind, value, amount=1)) == [rule]


@pytest.mark.parametrize(("amount", "lifted", "warns"), [
    (2_000_000, False, True), (1_999_999, False, False), (500_000, True, True), (499_999, True, False),
])
def test_high_medical_spending_warns_from_its_number_on(amount: int, lifted: bool, warns: bool) -> None:
    assert bool(codes(fact("high_medical_cost", amount=amount), lifted=lifted)) is warns


def test_the_bills_of_a_household_add_up_over_twelve_months_and_those_of_kin_outside_do_not() -> None:
    one, two = fact("high_medical_cost", amount=1_200_000), fact("high_medical_cost", amount=900_000, subject="2", id=2)
    assert codes(one, two) == ["w_medical"]
    assert codes(one, fact("high_medical_cost", amount=900_000, subject="3", id=2)) == []
    assert codes(one, fact("high_medical_cost", amount=900_000, id=2, days=365)) == []
    assert codes(one, fact("high_medical_cost", amount=900_000, id=2, days=364)) == ["w_medical"]


def test_a_countys_stricter_number_warns_more() -> None:
    bill = fact("high_medical_cost", amount=1_600_000)
    assert codes(bill) == [] and codes(bill, limits=LIMITS | {"medical_paid": 1_500_000}) == ["w_medical"]


def test_no_work_and_large_bills_together_are_looked_at_first() -> None:
    both = found(fact("not_back_at_work", days=40), fact("high_medical_cost", amount=2_500_000, id=2))
    assert ("w_both", WarningSeverity.URGENT) in both and {code for code, _ in both} == {"w_not_back", "w_medical", "w_both"}


def test_a_stranger_and_an_empty_household_warn_of_nobody() -> None:
    assert codes(fact("traffic_injury", "dead", subject="99")) == [] == codes()


def test_the_sentence_says_who_what_how_much_when_who_says_so_and_what_to_find_out() -> None:
    bill = fact("high_medical_cost", amount=2_130_000, date=date(2026, 1, 12), as_of=date(2026, 2, 28), department="medical_insurance")
    local = LocalThreshold("medical_paid", "/1/", "演示县", 1_900_000, "演政办〔2026〕1号", date(2026, 1, 1))
    said = explain_warning(WARNING_BOOK.rule("w_medical"), [bill], name_of={"1": "李演示"}.__getitem__, lifted=False,
                           limits=resolve_all([local], area_path="/1/2/", on=ASOF))
    assert said == ("李演示：住院报销后自付费用较高（自付金额21,300.00元，结算日期2026年1月12日，医保部门，数据截至2026年2月28日），"
                    "达到演示县标准19,000元（演政办〔2026〕1号）。请入户核实是否仍需继续治疗、有没有借债、是否还能报销或救助（附件1 医保部门）。")


def test_a_rule_of_two_grounds_tells_neither_twice() -> None:
    both = [fact("not_back_at_work", days=40), fact("high_medical_cost", amount=2_500_000, id=2)]
    said = explain_warning(WARNING_BOOK.rule("w_both"), both, name_of=lambda subject: "李演示", lifted=False,
                           limits=resolve_all([], area_path="/1/", on=ASOF))
    assert said == ("收入减少与刚性支出同时出现（一个月以上未复工；住院报销后自付费用较高）。"
                    "务工收入中断又有大额医疗支出，请优先入户，核实基本生活是否出现严重困难（二(一)）。")


def test_many_facts_are_told_newest_first_and_then_counted_and_added_up() -> None:
    bills = [fact("high_medical_cost", amount=1_000_000, id=number, days=number) for number in range(1, 8)]
    said = explain_warning(WARNING_BOOK.rule("w_medical"), bills, name_of=lambda subject: "李演示", lifted=True,
                           limits=resolve_all([], area_path="/1/", on=ASOF))
    assert "另有2条，12个月内全户合计70,000.00元" in said and "脱贫户" not in said and "5,000元" in said
    assert said.index("3月1日") < said.index("2月25日")
