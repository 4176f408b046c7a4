"""Invented people for the steps that are measured: none of their numbers is among the prefecture's."""

from datetime import date, timedelta
from itertools import count

from fanpin.cli.demo_people import COUNTY
from fanpin.rules.identity import synthetic_id
from fanpin.rules.members import LabourSkill, Relation
from fanpin.steps.households import Person

# Birth years that the made-up prefecture does not use for the relation.
FIRST_YEAR = {Relation.HEAD: 1990, Relation.SPOUSE: 1991, Relation.DAUGHTER: 2017, Relation.MOTHER: 1957}
DAYS = 360
_numbers = count()


def family() -> tuple[Person, ...]:
    """Return a head, a spouse, a mother and a child with numbers that nobody has."""
    number = next(_numbers)
    return tuple(_person(relation, number) for relation in FIRST_YEAR)


def _person(relation: Relation, number: int) -> Person:
    born = date(FIRST_YEAR[relation], 1, 1) + timedelta(days=number % DAYS)
    child = relation is Relation.DAUGHTER
    order = 2 * (number // DAYS) + (1 if relation is Relation.HEAD else 2)
    return Person(
        f"和演{'芳' if child else '香'}", relation, synthetic_id(COUNTY, born, order), ethnicity="01", health=("healthy",),
        labour=LabourSkill.NONE if child else LabourSkill.ORDINARY, education="" if child else "junior",
        schooling="primary" if child else "", insured=True)
