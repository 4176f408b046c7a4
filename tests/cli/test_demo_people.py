"""The demo's invented people: real-looking households, valid numbers, the same at every run."""

from collections import Counter
from datetime import date

import pytest

from fanpin.cli.demo_families import Families, Family
from fanpin.cli.demo_people import OFFICER_DEPARTMENTS, STAFF, VILLAGES, Names
from fanpin.cli.demo_places import COUNTY_TOWNSHIPS
from fanpin.resources import printable
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import BLOCKING_DEPARTMENTS, Department
from fanpin.rules.identity import check, check_certificate
from fanpin.rules.members import Education, FocusGroup, Health, Person, Relation, Schooling, Sex, age_on, household_problems
from fanpin.rules.names import check_name
from fanpin.rules.roles import Role
from fanpin.steps.areas import divisions

BEGUN = date(2025, 1, 6)


@pytest.fixture(scope="module")
def families() -> list[Family]:
    """Invent a township's households."""
    made = Families(Names(), today=BEGUN)
    return [made.next() for _ in range(3000)]


def test_the_same_seed_invents_the_same_people(families: list[Family]) -> None:
    again = Families(Names(), today=BEGUN)
    assert [again.next() for _ in range(50)] == families[:50]
    assert Families(Names(7), today=BEGUN).next() != families[0]


def test_every_number_is_valid_belongs_to_one_person_and_tells_their_sex(families: list[Family]) -> None:
    people = [person for family in families for person in family.people]
    assert len({person.id_number for person in people}) == len(people)
    for person in people:
        verdict = check(person.id_number, today=BEGUN)
        assert verdict.ok and verdict.sex is person.sex, person
        assert not person.disability_certificate or check_certificate(person.disability_certificate).ok


def test_every_name_says_that_it_is_invented_and_can_be_printed(families: list[Family]) -> None:
    names = {person.name for family in families for person in family.people}
    assert all("演" in name and check_name(name).name == name for name in names)
    assert printable("".join(names)) == []
    assert any("·" in name for name in names) and any("𬭎" in name for name in names)


def test_no_household_breaks_a_rule_of_the_register(families: list[Family]) -> None:
    for family in families:
        persons = [Person(one.name, one.relation, one.id_number, check(one.id_number).birth, one.sex,
                          Education(one.education) if one.education else None,
                          Schooling(one.schooling) if one.schooling else None,
                          frozenset(Health(code) for code in one.health), one.labour) for one in family.people]
        assert household_problems(persons, today=BEGUN) == [], family


def test_generations_are_as_old_as_they_must_be(families: list[Family]) -> None:
    for family in families:
        head = _age(family, Relation.HEAD)
        assert all(_age_of(one.id_number) <= head - 18 for one in family.people if one.relation in (Relation.SON, Relation.DAUGHTER))
        assert all(_age_of(one.id_number) >= head + 18 for one in family.people if one.relation in (Relation.FATHER, Relation.MOTHER))


def _age(family: Family, relation: Relation) -> int:
    return next(_age_of(person.id_number) for person in family.people if person.relation is relation)


def _age_of(number: str) -> int:
    return age_on(check(number).birth or BEGUN, BEGUN)


def test_households_are_of_all_sizes_and_their_troubles_too(families: list[Family]) -> None:
    sizes = Counter(len(family.people) for family in families)
    assert set(range(1, 7)) <= set(sizes) and 3 < sum(size * times for size, times in sizes.items()) / len(families) < 4
    groups = {group for family in families for _, group in family.focus}
    assert groups == {FocusGroup.SERIOUS_ILLNESS, FocusGroup.HEAVY_CHRONIC, FocusGroup.SEVERE_DISABILITY, FocusGroup.MIND_DISABILITY}
    assert 0.3 < sum(family.lifted for family in families) / len(families) < 0.5
    assert {person.sex for family in families for person in family.people} == set(Sex)


def test_the_demo_county_is_twelve_townships_and_120_villages_of_the_real_list() -> None:
    rows = {row.code: row for row in divisions()}
    assert len(COUNTY_TOWNSHIPS) == 12 and all(rows[code].level == AreaLevel.TOWNSHIP for code in COUNTY_TOWNSHIPS)
    villages = [row for row in rows.values() if row.parent in COUNTY_TOWNSHIPS]
    assert len(villages) == 120 and set(VILLAGES) <= {row.code for row in villages}


def test_there_is_an_account_for_every_role_and_an_officer_for_eighteen_departments() -> None:
    administrators = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
    assert {post.role for post in STAFF} == set(Role) - administrators
    assert len(set(OFFICER_DEPARTMENTS)) == 18
    assert {Department(code) for code in OFFICER_DEPARTMENTS} >= set(BLOCKING_DEPARTMENTS) | {Department.WATER}
    assert len({post.username for post in STAFF}) == len(STAFF)
