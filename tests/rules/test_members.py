"""Members: code sets, ages, labour, and the household as one set."""

from datetime import date

import pytest

from fanpin.rules.ethnicities import Ethnicity
from fanpin.rules.members import (
    CIRCUMSTANCE_NINE, DepartureReason, Education, Health, LabourSkill, LabourState, Person, Relation, Schooling, Sex,
    age_on, health_problem, household_labour, household_problems, is_adult, labour_state, member_problems,
)
from fanpin.rules.relations import OUTSIDE_KIN, STANDARD_CODE, outside_kin_problem

TODAY = date(2026, 3, 2)
HEAD = Person("测试户主", Relation.HEAD, sex=Sex.MALE)
WIFE = Person("测试配偶", Relation.SPOUSE, sex=Sex.FEMALE)


def codes_of(*persons: Person) -> list[str]:
    return [problem.code for problem in household_problems(persons, today=TODAY)]


def test_the_national_form_has_twenty_eight_relations_each_with_its_own_title() -> None:
    assert len(Relation) == 28 == len({relation.title for relation in Relation})


def test_every_ethnic_group_has_its_code() -> None:
    assert [Ethnicity(f"{number:02d}") for number in range(1, 57)] == list(Ethnicity)[:56]
    assert Ethnicity("07").title == "彝族" and Ethnicity("56").title == "基诺族"
    assert len({group.title for group in Ethnicity}) == 58


@pytest.mark.parametrize(("born", "day", "age"), [
    (date(2008, 3, 2), TODAY, 18), (date(2008, 3, 3), TODAY, 17), (date(2008, 2, 29), date(2026, 2, 28), 17),
    (date(2008, 2, 29), date(2026, 3, 1), 18), (TODAY, TODAY, 0),
])
def test_age_is_completed_years(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
    assert is_adult(born, day) is (age >= 18)


def test_a_person_without_birthday_signs_for_himself() -> None:
    assert is_adult(None, TODAY)


@pytest.mark.parametrize(("relations", "code"), [
    ([Relation.SPOUSE], "head.none"), ([Relation.HEAD, Relation.HEAD], "head.many"), ([], "head.none"),
    ([Relation.HEAD, Relation.SPOUSE, Relation.SPOUSE], "spouse.many"),
])
def test_a_household_has_one_head_and_at_most_one_spouse(relations: list[Relation], code: str) -> None:
    found = member_problems([(relation, None) for relation in relations])
    assert [(problem.code, problem.is_error) for problem in found] == [(code, True)]


def test_a_couple_of_one_sex_is_a_warning_only() -> None:
    found = member_problems([(Relation.HEAD, Sex.MALE), (Relation.SPOUSE, Sex.MALE)])
    assert [(problem.code, problem.is_error) for problem in found] == [("spouse.sex", False)]
    assert not member_problems([(Relation.HEAD, Sex.MALE), (Relation.SPOUSE, None)])


def test_a_plain_household_has_no_problem() -> None:
    assert codes_of(HEAD, WIFE, Person("测试孩子", Relation.SON, schooling=Schooling.GRADE_7)) == []


@pytest.mark.parametrize(("person", "code"), [
    (Person("甲", Relation.SON, id_number="1", born_on=date(2026, 3, 3)), "birth.future"),
    (Person("甲", Relation.SON, education=Education.JUNIOR, schooling=Schooling.GRADE_9), "school.both"),
    (Person("甲", Relation.SON, health=frozenset({Health.HEALTHY, Health.CHRONIC})), "health.both"),
])
def test_a_members_own_contradictions_are_named(person: Person, code: str) -> None:
    found = household_problems([HEAD, person], today=TODAY)
    assert [(problem.code, problem.subject) for problem in found] == [(code, "甲")]


def test_a_number_used_twice_is_named_for_both() -> None:
    twins = [Person(name, Relation.SON, id_number="x") for name in "甲乙"]
    assert codes_of(HEAD, *twins) == ["id.repeated", "id.repeated"]


def test_ill_and_disabled_go_together() -> None:
    assert not health_problem({Health.CHRONIC, Health.DISABLED}) and not health_problem(set())


S = LabourSkill


@pytest.mark.parametrize(("skills", "state"), [
    ([S.NONE, S.ORDINARY], LabourState.HAS), ([S.SKILLED, None], LabourState.HAS), ([S.WEAK, S.NONE], LabourState.PARTLY),
    ([S.LOST, S.NONE], LabourState.NONE), ([S.NONE, None], LabourState.UNKNOWN), ([], LabourState.UNKNOWN),
    ([None, S.WEAK], LabourState.PARTLY),
])
def test_a_households_labour_is_never_none_while_an_answer_is_missing(
    skills: list[LabourSkill | None], state: LabourState
) -> None:
    assert labour_state(skills) is state


def test_children_do_not_count_as_unknown_labour() -> None:
    child = Person("孩", Relation.SON, born_on=date(2015, 1, 1))
    old = Person("老", Relation.HEAD, born_on=date(1940, 1, 1), labour=S.NONE)
    assert household_labour([old, child], today=TODAY) is LabourState.NONE
    assert household_labour([child], today=TODAY) is LabourState.NONE
    assert household_labour([HEAD, child], today=TODAY) is LabourState.UNKNOWN
    assert household_labour([], today=TODAY) is LabourState.UNKNOWN


def test_only_the_two_words_for_no_labour_have_none() -> None:
    assert [skill for skill in S if not skill.has_labour] == [S.LOST, S.NONE]
    assert [skill for skill in S if skill.is_full] == [S.ORDINARY, S.SKILLED]


def test_four_departures_rest_on_the_ninth_circumstance() -> None:
    assert {reason.title for reason in CIRCUMSTANCE_NINE} == {"死亡", "服刑", "失踪", "与户主不共享开支或收入"}
    assert DepartureReason.MARRIED_OUT not in CIRCUMSTANCE_NINE


@pytest.mark.parametrize("relation", list(Relation))
def test_outside_the_household_only_the_heads_parents_spouse_and_children_are_recorded(relation: Relation) -> None:
    close = relation.title in {"之父", "之母", "配偶", "之子", "之女"}
    assert (outside_kin_problem(relation) == "") is close is (relation in OUTSIDE_KIN)
    assert len(STANDARD_CODE[relation]) == 2
