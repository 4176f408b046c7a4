"""From the national columns' words to the fields of our files."""

from collections.abc import Mapping
from datetime import date

from fanpin.rules.members import Education, Health, LabourSkill, Relation, Schooling, Sex
from fanpin.rules.national import HouseholdKind
from fanpin.rules.titles import TitledEnum
from fanpin.steps.households import Person

FIELDS = {"household_code": "national_code", "phone": "phone", "address": "address", "hukou_place": "hukou_place",
          "relocation": "relocation_community"}


def household_fields(values: Mapping[str, str]) -> dict[str, object]:
    """Return the household's own fields that the values say; what they do not say is left as it is."""
    found: dict[str, object] = {field: values[code] for code, field in FIELDS.items() if code in values}
    if "household_kind" in values:
        found["lifted"] = values["household_kind"] == HouseholdKind.LIFTED.title
    return found


def merged(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Return a person's values with the new ones over the old; of 文化程度 and 在校生状况 only one stays."""
    values = {**old, **new}
    for told, other in (("schooling", "education"), ("education", "schooling")):
        if told in new and other not in new:
            values.pop(other, None)
    return values


def person_of(values: Mapping[str, str]) -> Person:
    """Return the person that the values describe."""
    return Person(
        name=values.get("name", ""), relation=_member(Relation, values.get("relation", "")) or Relation.OTHER,
        id_number=values.get("id_number", ""),
        born_on=date.fromisoformat(values["born_on"]) if values.get("born_on") else None,
        sex=_member(Sex, values.get("sex", "")), ethnicity=values.get("ethnicity", "")[:10],
        education=_code(Education, values.get("education", "")), schooling=_code(Schooling, values.get("schooling", "")),
        school=values.get("school", "")[:80],
        health=tuple(_code(Health, title) for title in values.get("health", "").split(",") if title),
        labour=_member(LabourSkill, values.get("labour", "")), work=values.get("work_place", "")[:120],
        work_months=int(values["work_months"]) if values.get("work_months") else None,
        disability_certificate=values.get("disability_certificate", ""),
        insured=None if not values.get("resident_insurance") else values["resident_insurance"] == "是")


def _member(titled: type[TitledEnum], title: str) -> TitledEnum | None:
    return next((member for member in titled if member.title == title), None)


def _code(titled: type[TitledEnum], title: str) -> str:
    member = _member(titled, title)
    return member.value if member is not None else title
