"""The demo's households: sizes, ages and relations as a mountain county has them, every person invented."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from fanpin.cli.demo_people import Names
from fanpin.rules.identity import DisabilityCategory, focus_of
from fanpin.rules.members import FocusGroup, LabourSkill, Relation, Sex
from fanpin.steps.households import Person

R = Relation
# How often in a hundred households; the shares follow the 2020 census of rural Yunnan only roughly.
MINORITIES = (("01", 80), ("06", 9), ("07", 8), ("03", 2), ("14", 1))
WITH_INTERPUNCT = 0.012
SERIOUS, CHRONIC_OLD, DISABLED = 0.012, 0.25, 0.03
SCHOOLING = {
    **dict.fromkeys(range(3), "toddler"), **dict.fromkeys(range(3, 6), "kindergarten"),
    **dict.fromkeys(range(6, 12), "primary"), 12: "grade_7", 13: "grade_8", 14: "grade_9", 15: "senior_1", 16: "senior_2",
    17: "senior_3",
}
COLLEGES = ("college_1", "college_2", "bachelor_1", "bachelor_2", "bachelor_3", "")
WORK = ("在家务农", "在家务农", "县内零工", "广东省务工", "浙江省务工", "昆明市务工", "保洁公益岗位")
OLD, VERY_OLD = 60, 72


@dataclass(frozen=True)
class Family:
    """A household's people, head first, and who of them belongs to a focus group of 二(一), by position."""

    people: tuple[Person, ...]
    focus: tuple[tuple[int, FocusGroup], ...]
    lifted: bool


@dataclass(frozen=True)
class _Place:
    """A place in a family: relation, age, sex, and whether the person bears the head's surname."""

    relation: Relation
    age: int
    man: bool
    kin: bool = True


class Families:
    """Invent households one after another, the same ones at every run."""

    def __init__(self, names: Names, *, today: date) -> None:
        self.names, self.random, self.year = names, names.random, today.year

    def next(self) -> Family:
        """Return one more household."""
        shape = self.random.choices(SHAPES, SHARES)[0]
        places = shape(self.random)
        surname = self.names.surname()
        ethnicity = self.random.choices([code for code, _ in MINORITIES], [share for _, share in MINORITIES])[0]
        used: set[str] = set()
        people, focus = [], []
        for position, place in enumerate(places):
            person, group = self._person(place, surname, ethnicity, used)
            used.add(person.name)
            people.append(person)
            if group is not None:
                focus.append((position, group))
        return Family(tuple(people), tuple(focus), lifted=self.random.random() < 0.4)

    def village(self, count: int, *, stories: bool) -> list[Family]:
        """Return a village's households; where stories happen, two thirds are small ones that fit most of them."""
        return [self._plain(row) if stories and row % 3 != 2 else self.next() for row in range(count)]

    def _plain(self, row: int) -> Family:
        """Return parents and children, now and then with a wife who is ill, or two old people."""
        ill, weak = row % 7 == 0, row % 19 == 5
        people = self.names.family(head_name=self.names.minority() if row % 15 == 3 else "", ill=ill, without_labour=weak)
        return Family(people, ((1, FocusGroup.SERIOUS_ILLNESS),) if ill else (), lifted=row % 3 == 0)

    def _person(self, place: _Place, surname: str, ethnicity: str,
                used: set[str]) -> tuple[Person, FocusGroup | None]:
        names, chance = self.names, self.random.random
        born = names.born(self.year - place.age - 1, self.year - place.age - 1)
        number = names.id_number(born, man=place.man)
        name = names.unlike(used, surname if place.kin else names.surname(), man=place.man)
        if place.relation in (R.SPOUSE, R.DAUGHTER_IN_LAW, R.HEAD) and chance() < WITH_INTERPUNCT:
            name = names.with_interpunct()
        health, certificate, group = self._health(place.age, number)
        schooling = self._schooling(place)
        labour = _labour(place.age, bool(schooling), health, group)
        working = labour.has_labour
        work = self.random.choice(WORK) if working else ""
        return Person(
            name, place.relation, number, sex=Sex.MALE if place.man else Sex.FEMALE,
            ethnicity=ethnicity if place.kin or chance() < 0.7 else "01", health=health, labour=labour,
            education="" if schooling else _education(place.age), schooling=schooling, work=work,
            work_months=self.random.randint(6, 11) if "务工" in work else None, disability_certificate=certificate,
            insured=chance() < 0.985), group

    def _health(self, age: int, number: str) -> tuple[tuple[str, ...], str, FocusGroup | None]:
        chance = self.random.random()
        if chance < SERIOUS:
            return ("serious",), "", FocusGroup.SERIOUS_ILLNESS
        if chance < SERIOUS + DISABLED:
            category, grade = self.random.choice((1, 2, 4, 4, 4, 5, 6)), self.random.randint(1, 4)
            return ("disabled",), f"{number}{category}{grade}", focus_of(DisabilityCategory(str(category)), grade)
        if age >= OLD and chance < SERIOUS + DISABLED + CHRONIC_OLD:
            burdened = self.random.random() < 0.08
            return ("chronic",), "", FocusGroup.HEAVY_CHRONIC if burdened else None
        return ("healthy",), "", None

    def _schooling(self, place: _Place) -> str:
        if place.age in SCHOOLING:
            return SCHOOLING[place.age]
        young = place.relation in (R.SON, R.DAUGHTER) and place.age < 22
        return self.random.choice(COLLEGES) if young else ""


def _labour(age: int, at_school: bool, health: tuple[str, ...], group: FocusGroup | None) -> LabourSkill:
    if age < 16 or at_school:
        return LabourSkill.NONE
    if "serious" in health or group is FocusGroup.SEVERE_DISABILITY:
        return LabourSkill.LOST
    if age >= VERY_OLD:
        return LabourSkill.NONE
    return LabourSkill.WEAK if age >= OLD or health != ("healthy",) else LabourSkill.ORDINARY


def _education(age: int) -> str:
    return "illiterate" if age > 75 else "primary" if age > 48 else "junior" if age > 26 else "senior"


def _children(random: Random, parent: int, most: int, *, least: int = 1, relations: tuple[Relation, Relation] = (R.SON, R.DAUGHTER),
              oldest: int = 21) -> list[_Place]:
    ages = sorted((age for age in {parent - random.randint(21, 38) for _ in range(random.randint(least, most))}
                   if 0 <= age <= oldest), reverse=True)
    places = []
    for age in ages:
        man = random.random() < 0.52
        places.append(_Place(relations[0 if man else 1], age, man))
    return places


def _pair(random: Random, first: int, last: int) -> list[_Place]:
    age = random.randint(first, last)
    return [_Place(R.HEAD, age, True), _Place(R.SPOUSE, max(20, age - random.randint(-2, 5)), False, kin=False)]


def _couple_with_children(random: Random) -> list[_Place]:
    pair = _pair(random, 26, 52)
    return pair + _children(random, pair[0].age, 3)


def _three_generations(random: Random) -> list[_Place]:
    pair = _pair(random, 30, 54)
    father = pair[0].age + random.randint(23, 30)
    parents = [_Place(R.FATHER, father, True), _Place(R.MOTHER, father - random.randint(0, 4), False, kin=False)]
    living = parents if random.random() < 0.45 else [random.choice(parents)]
    return pair + _children(random, pair[0].age, 3) + living


def _with_grown_son(random: Random) -> list[_Place]:
    pair = _pair(random, 48, 66)
    son = pair[0].age - random.randint(22, 28)
    wife = [_Place(R.DAUGHTER_IN_LAW, max(20, son - random.randint(0, 3)), False, kin=False)]
    grandchildren = _children(random, son, 2, relations=(R.GRANDSON, R.GRANDDAUGHTER), oldest=14)
    return [*pair, _Place(R.SON, son, True), *wife, *grandchildren]


def _old_pair(random: Random) -> list[_Place]:
    return _pair(random, 61, 84)


def _alone(random: Random) -> list[_Place]:
    return [_Place(R.HEAD, random.randint(50, 88), random.random() < 0.6)]


def _single_parent(random: Random) -> list[_Place]:
    parent = random.randint(30, 50)
    return [_Place(R.HEAD, parent, random.random() < 0.55), *_children(random, parent, 3)]


def _brothers(random: Random) -> list[_Place]:
    age = random.randint(44, 63)
    return [_Place(R.HEAD, age, True), _Place(R.SIBLING, age - random.randint(1, 6), True)]


def _grandparents(random: Random) -> list[_Place]:
    pair = _pair(random, 58, 70)
    return pair + _children(random, pair[0].age - 20, 2, relations=(R.GRANDSON, R.GRANDDAUGHTER), oldest=15)


_WEIGHED: tuple[tuple[Callable[[Random], list[_Place]], int], ...] = (
    (_couple_with_children, 36), (_three_generations, 24), (_with_grown_son, 12), (_old_pair, 10), (_alone, 7),
    (_single_parent, 5), (_grandparents, 4), (_brothers, 2),
)
SHAPES, SHARES = [shape for shape, _ in _WEIGHED], [share for _, share in _WEIGHED]
