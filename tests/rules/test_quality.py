"""疑点 rules: each holds where its text says so and nowhere else; nothing that is not filled in is read as an answer."""

from dataclasses import replace
from datetime import date

import pytest

from fanpin.rules.income import IncomeStatement
from fanpin.rules.members import Education, Health, LabourSkill, Relation, Schooling, Sex
from fanpin.rules.quality import RULES, HouseholdFile, MeasureFile, PersonFile, doubts_of
from fanpin.rules.quality_file import rule
from fanpin.rules.risks import MeasureCategory, Risk

TODAY = date(2026, 3, 2)
M = MeasureCategory
OK = frozenset({Health.HEALTHY})


def account(**amounts: int) -> IncomeStatement:
    given = {"a1": 3_000_000, "d2": 500_000} | {name: value for name, value in amounts.items() if name != "compliant"}
    return IncomeStatement(period_from=date(2025, 3, 1), period_to=date(2026, 2, 28), amounts=given, heads_now=3, heads_year=3,
                           compliant_spending=amounts.get("compliant", 2_000_000))


HEAD = PersonFile(name="甲", relation=Relation.HEAD, born_on=date(1976, 5, 1), sex=Sex.MALE, education=Education.JUNIOR, health=OK,
                  labour=LabourSkill.ORDINARY, work="省内", work_months=8, insured=True, worker_insured=False)
WIFE = PersonFile(name="乙", relation=Relation.SPOUSE, born_on=date(1978, 5, 1), sex=Sex.FEMALE, education=Education.PRIMARY,
                  health=frozenset({Health.SERIOUS}), labour=LabourSkill.LOST, insured=True, worker_insured=False)
CHILD = PersonFile(name="丙", relation=Relation.DAUGHTER, born_on=date(2014, 3, 4), sex=Sex.FEMALE, schooling=Schooling.PRIMARY,
                   health=OK, insured=True, worker_insured=False)
WHOLE = HouseholdFile(
    today=TODAY, head_name="甲", persons=(HEAD, WIFE, CHILD), phone="13800000000", monitored=True, identified_on=date(2026, 1, 5),
    risks=(Risk.ILLNESS,), measures=(MeasureFile(category=M.INDUSTRY, detail="养殖", started=True),), income=account(),
    housing_safe=True, water_safe=True, schooling_safe=True, medical_safe=True, line=800_000)
GONE = replace(WHOLE, monitored=False, eliminated=True, elimination_way="帮扶消除", contact="周村干", after_income=account(),
               after_housing_safe=True, after_water_safe=True)
LEAVING = replace(WHOLE, leaving=True)


def person(number: int, **changed: object) -> tuple[PersonFile, ...]:
    return tuple(replace(row, **changed) if place == number else row for place, row in enumerate(WHOLE.persons))


def measure(category: M, detail: str = "", *, started: bool = True) -> MeasureFile:
    return MeasureFile(category=category, detail=detail, started=started)


FARM = WHOLE.measures[0]
CASES: list[tuple[str, HouseholdFile, dict]] = [
    ("1_11_001", WHOLE, {"risks": ()}), ("1_11_002", WHOLE, {"identified_on": None}), ("1_11_002", WHOLE, {"water_safe": None}),
    ("1_11_004", GONE, {"after_income": None}), ("1_11_004", GONE, {"after_housing_safe": None}),
    ("1_11_006", GONE, {"after_housing_safe": False}), ("1_11_006", LEAVING, {"housing_safe": False}),
    ("1_11_007", GONE, {"after_water_safe": False}), ("1_11_008", LEAVING, {"persons": person(1, insured=False, worker_insured=None)}),
    ("1_11_009", LEAVING, {"measures": ()}), ("1_11_009", GONE, {"measures": (measure(M.INDUSTRY, started=False),)}),
    ("1_11_010", WHOLE, {"measures": (measure(M.INDUSTRY, started=False),)}), ("1_11_011", GONE, {"contact": ""}),
    ("1_11_011", GONE, {"phone": ""}), ("3_11_008", GONE, {"risks": (Risk.ILLNESS, Risk.WATER)}),
    ("4_11_006", WHOLE, {"water_safe": False}), ("4_11_006", WHOLE, {"risks": (Risk.ILLNESS, Risk.WATER)}),
    ("4_11_007", WHOLE, {"medical_safe": False, "risks": (Risk.SCHOOLING,)}),
    ("4_11_008", WHOLE, {"schooling_safe": False, "persons": WHOLE.persons[:2]}),
    ("4_11_009", WHOLE, {"risks": (Risk.LABOUR,), "persons": (HEAD,)}),
    ("4_11_009", WHOLE, {"risks": (Risk.LABOUR,), "persons": (HEAD, WIFE, CHILD, replace(HEAD, name="丁", relation=Relation.SIBLING))}),
    ("4_11_010", GONE, {"line": 2_000_000}), ("4_11_010", LEAVING, {"line": 2_000_000}),
    ("4_11_011", LEAVING, {"persons": person(0, labour=LabourSkill.NONE, health=frozenset({Health.DISABLED}))}),
    ("4_11_012", GONE, {"measures": (FARM, measure(M.EMPLOYMENT)), "after_income": account(a1=0)}),
    ("4_11_013", GONE, {"measures": (FARM, measure(M.SECURITY, "农村低保")), "after_income": account(d2=0)}),
    ("4_11_015", WHOLE, {"measures": (FARM, measure(M.SECURITY, "农村低保")), "persons": person(0, minimum_living="不享受")}),
    ("4_11_016", WHOLE, {"measures": (FARM, measure(M.SECURITY, "残疾人两项补贴"))}),
    ("5_11_032", WHOLE, {"measures": (measure(M.SECURITY, "临时救助"),), "identified_on": date(2026, 2, 20)}),
    ("5_12_007", WHOLE, {"measures": (measure(M.HEALTH, started=False),), "identified_on": date(2025, 8, 1)}),
    ("5_12_008", WHOLE, {"persons": person(0, labour=LabourSkill.WEAK)}), ("5_14", WHOLE, {"land": {"farmland": 150.0}}),
    ("5_14", WHOLE, {"land": {"forest": -1.0}}),
    ("5_15_012", WHOLE, {"measures": (FARM, measure(M.EDUCATION, "雨露计划"))}),
    ("1111_2", WHOLE, {"persons": person(2, schooling=Schooling.VOCATIONAL_1, born_on=date(2009, 3, 4))}),
    ("5_15_013", WHOLE, {"risks": (Risk.EMPLOYMENT,), "persons": person(0, labour=LabourSkill.LOST, health=frozenset({Health.DISABLED}))}),
    ("5_15_014", WHOLE, {"risks": (Risk.EMPLOYMENT,), "persons": person(0, work="", work_months=None)}),
    ("5_15_015", WHOLE, {"persons": person(1, health=OK)}), ("5_15_020", WHOLE, {"income": account(compliant=0)}),
    ("5_15_016", WHOLE, {"persons": person(2, schooling=None)}), ("5_15_019", WHOLE, {"persons": person(0, destitute="农村特困")}),
    ("5_15_023", WHOLE, {"income": account(a1=3000)}), ("phone", WHOLE, {"phone": "1380000"}),
    ("member.number", WHOLE, {"persons": person(2, has_number=False)}), ("member.head", WHOLE, {"persons": WHOLE.persons[1:]}),
    ("member.spouse", WHOLE, {"persons": (*WHOLE.persons, replace(WIFE, name="戊"))}),
    ("member.spouse_sex", WHOLE, {"persons": person(1, sex=Sex.MALE)}),
    ("member.schooling", WHOLE, {"persons": person(0, schooling=Schooling.PRIMARY)}),
    ("member.schooling", WHOLE, {"persons": person(1, education=None)}), ("member.work", WHOLE, {"persons": person(0, work_months=None)}),
    ("member.insurance", WHOLE, {"persons": person(0, worker_insured=True)}),
]


@pytest.mark.parametrize("file", [WHOLE, GONE, LEAVING], ids=["monitored", "eliminated", "leaving"])
def test_a_file_that_fits_has_no_doubts(file: HouseholdFile) -> None:
    assert doubts_of(file) == []


@pytest.mark.parametrize(("code", "file", "changed"), CASES, ids=[f"{code}-{place}" for place, (code, _, _) in enumerate(CASES)])
def test_each_rule_holds_where_its_text_says(code: str, file: HouseholdFile, changed: dict) -> None:
    found = {doubt.rule.code: doubt for doubt in doubts_of(replace(file, **changed))}
    assert code in found
    assert found[code].text and found[code].rule.title and found[code].rule.source


def test_every_rule_has_its_case_and_the_table_of_the_checks_in_use_is_there() -> None:
    assert {code for code, _, _ in CASES} == set(RULES)
    assert len(RULES) >= 40


def test_nothing_that_is_not_filled_in_raises_a_doubt_about_its_value() -> None:
    bare = PersonFile(name="甲", relation=Relation.HEAD)
    empty = HouseholdFile(today=TODAY, head_name="甲", persons=(bare,))
    assert doubts_of(empty) == []
    told = {doubt.rule.code for doubt in doubts_of(replace(empty, monitored=True, risks=(Risk.ILLNESS, Risk.EMPLOYMENT)))}
    assert told <= {"1_11_002", "member.schooling", "5_15_014"}


def test_water_not_safe_is_no_doubt_before_the_way_out_where_the_risk_says_so() -> None:
    thirsty = replace(WHOLE, risks=(Risk.WATER, Risk.ILLNESS), water_safe=False)
    assert doubts_of(thirsty) == []


def test_a_code_is_written_down_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        rule("phone", "x", mend="household")(lambda _file: ())
