"""A sheet's households beside the register: whom each is, what differs, and what cannot be written and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.register import ChangeKind
from fanpin.models.scoped import within
from fanpin.rules import place_names
from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.refusals import Invalid
from fanpin.steps.households import check_people, id_index, member_values
from fanpin.steps.register import AT_ONCE, known_among
from fanpin.steps.register_record import OnRecord, PersonOnRecord, on_record
from fanpin.steps.register_sheet import SheetHousehold, SheetPerson
from fanpin.steps.register_values import merged, person_of

# These follow from the rows themselves and are not compared.
FOLLOWING = frozenset({"head_name", "head_id", "size"})
FROM_NUMBER = frozenset({"sex", "born_on"})
PLACE_TITLES = {"township": "乡", "village": "村", "group": "村民小组"}
ELSEWHERE = "{}的证件号码已登记在{}，请先核对户籍；属实的先办理迁移、分户或并户，再导入"


@dataclass(frozen=True)
class Difference:
    """One thing that differs; `written` says whether accepting it changes the file, or whether it is only told."""

    person: str
    code: str
    old: str
    new: str
    written: bool


@dataclass
class Compared:
    """One household of the sheet: whom it is, the people's ids, its differences, or why it cannot be written."""

    sheet: SheetHousehold
    record: OnRecord | None = None
    group: Area | None = None
    members: list[int | None] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    blocked: str = ""

    @property
    def kind(self) -> ChangeKind | None:
        """Return the sort of difference that comes first, None where nothing differs."""
        if self.blocked:
            return ChangeKind.BLOCKED
        if self.record is None:
            return ChangeKind.NEW
        if None in self.members:
            return ChangeKind.MEMBERS
        if any(difference.written for difference in self.differences):
            return ChangeKind.CHANGED
        return ChangeKind.TOLD if self.differences else None


class Places:
    """The villages and groups of an area, found by the names that sheets give them."""

    def __init__(self, session: Session, area: Area) -> None:
        below = session.scalars(select(Area).where(within(Area.path, (area.path,)), Area.valid_to.is_(None))).all()
        line = session.scalars(select(Area).where(Area.id.in_([int(part) for part in area.path.strip("/").split("/")]))).all()
        self.by_id = {row.id: row for row in (*below, *line)}
        self._villages: dict[str, list[Area]] = {}
        self._groups: dict[int, list[Area]] = {}
        for row in below:
            if row.kind is AreaLevel.VILLAGE:
                self._villages.setdefault(place_names.village(row.name), []).append(row)
            elif row.kind is AreaLevel.GROUP and row.parent_id:
                self._groups.setdefault(row.parent_id, []).append(row)

    def group_of(self, place: Mapping[str, str]) -> tuple[Area | None, str]:
        """Return the group that a row's names mean, or why none can be told."""
        villages = self._villages.get(place_names.village(place.get("village", "")), [])
        told = place_names.township(place.get("township", ""))
        if told:
            villages = [row for row in villages if place_names.township(self.by_id[row.parent_id].name) == told]
        if not villages:
            return None, "本辖区没有这个行政村，请核对乡、村的名称"
        if len(villages) > 1:
            return None, "本辖区有几个同名的行政村，请在“乡”一列写明乡镇"
        groups = self._groups.get(villages[0].id, [])
        wanted = place.get("group", "")
        fitting = [row for row in groups if place_names.group(row.name) == place_names.group(wanted)] if wanted else groups
        if len(fitting) == 1:
            return fitting[0], ""
        return None, "这个村没有该村民小组，请核对小组名称" if wanted else "没有写明村民小组"

    def names_of(self, path: str) -> dict[str, str]:
        """Return the names of a group's township, village and itself."""
        line = [self.by_id[int(part)].name for part in path.strip("/").split("/") if int(part) in self.by_id]
        return dict(zip(("township", "village", "group"), line[-3:], strict=False))


def compare(session: Session, households: Sequence[SheetHousehold], area: Area, *, today: date) -> Iterable[Compared]:
    """Compare in chunks; the session sees everything, and what lies outside the area is named only as being elsewhere."""
    places = Places(session, area)
    for first in range(0, len(households), AT_ONCE):
        for made in _chunk(session, households[first:first + AT_ONCE], area, places):
            if made.kind not in (None, ChangeKind.BLOCKED, ChangeKind.TOLD):
                try:
                    people_after(made, today)
                except Invalid as refusal:
                    made.blocked = refusal.message
            yield made


def _chunk(session: Session, households: Sequence[SheetHousehold], area: Area, places: Places) -> list[Compared]:
    indexes = {person.values["id_number"]: id_index(person.values["id_number"])
               for household in households for person in household.people if "id_number" in person.values}
    known = known_among(session, list(indexes.values()))
    codes = _by_code(session, [household.values.get("household_code", "") for household in households], area)
    homes = {household_id for _, household_id in known.values()} | {number for numbers in codes.values() for number in numbers}
    records = {number: record for number, record in on_record(session, homes).items() if contains(area.path, record.area_path)}
    return [_compared(household, {number: known[index] for number, index in indexes.items() if index in known}, codes,
                      records, places) for household in households]


def _by_code(session: Session, codes: Iterable[str], area: Area) -> dict[str, list[int]]:
    wanted = sorted({code for code in codes if code})
    found: dict[str, list[int]] = {}
    if wanted:
        for code, number in session.execute(select(Household.national_code, Household.id).where(
                Household.national_code.in_(wanted), Household.departed_on.is_(None),
                within(Household.area_path, (area.path,)))):
            found.setdefault(code, []).append(number)
    return found


def _compared(sheet: SheetHousehold, known: Mapping[str, tuple[int, int]], codes: Mapping[str, Sequence[int]],
              records: Mapping[int, OnRecord], places: Places) -> Compared:
    made = Compared(sheet)
    homes = {known[person.values["id_number"]][1] for person in sheet.people if person.values.get("id_number") in known}
    homes |= set(codes.get(sheet.values.get("household_code", ""), ()))
    if len(homes) > 1 or homes - set(records):
        made.blocked = _elsewhere(sheet, known, records)
        return made
    if homes:
        made.record = records[homes.pop()]
        _differ(made, known, places)
    else:
        made.group, made.blocked = places.group_of(sheet.place)
        made.members = [None] * len(sheet.people)
        if not made.blocked and not any(person.values.get("relation") == "户主" for person in sheet.people):
            made.blocked = "这户还没有户主，请指定一名成员为户主"
    return made


def people_after(made: Compared, today: date) -> list[dict[str, object]]:
    """Return the columns of everybody in the household once the sheet is taken; raise `Invalid` where they cannot be."""
    old = {person.id: person.values for person in made.record.people} if made.record else {}
    new = dict(zip(made.members, made.sheet.people, strict=True)) if made.record else {}
    kept = [member_values(person_of(merged(values, new[number].values if number in new else {})), today=today)
            for number, values in old.items()]
    fresh = [member_values(person_of(person.values), today=today)
             for number, person in zip(made.members, made.sheet.people, strict=True) if number is None]
    check_people([*kept, *fresh], today=today)
    return [*kept, *fresh]


def _elsewhere(sheet: SheetHousehold, known: Mapping[str, tuple[int, int]], records: Mapping[int, OnRecord]) -> str:
    inside = [person.values.get("name", "") for person in sheet.people if known.get(person.values.get("id_number", ""), (0, 0))[1]
              in records]
    outside = [person.values.get("name", "") for person in sheet.people if person.values.get("id_number") in known
               and known[person.values["id_number"]][1] not in records]
    if outside:
        return ELSEWHERE.format("、".join(outside), "本辖区外的另一户")
    return ELSEWHERE.format("、".join(inside), "本辖区的不同户") if inside else "户编号在本系统属于不同的户，请核对"


def _differ(made: Compared, known: Mapping[str, tuple[int, int]], places: Places) -> None:
    sheet, record = made.sheet, made.record
    found = made.differences
    for code, new in sheet.values.items():
        if new != record.values.get(code, ""):
            found.append(Difference("", code, record.values.get(code, ""), new, written=True))
    for code, new in (sheet.told | sheet.extra).items():
        if code in FOLLOWING:
            continue
        if code in record.values:
            if new != record.values[code]:
                found.append(Difference("", code, record.values[code], new, written=False))
        elif new != record.extra.get(code, ""):
            found.append(Difference("", code, record.extra.get(code, ""), new, written=True))
    found.extend(_moved(sheet, record, places))
    present = {person.id: person for person in record.people}
    taken: set[int] = set()
    for person in sheet.people:
        matched = _match(person, known, present, taken)
        made.members.append(matched.id if matched else None)
        if matched is None:
            found.append(Difference(person.values.get("name", ""), "+", "", person.values.get("relation", ""), written=True))
            continue
        taken.add(matched.id)
        found.extend(_differ_person(person, matched))
    found.extend(Difference(person.values.get("name", ""), "-", person.values.get("relation", ""), "", written=False)
                 for person in record.people if person.id not in taken)


def _moved(sheet: SheetHousehold, record: OnRecord, places: Places) -> Iterable[Difference]:
    ours = places.names_of(record.area_path)
    same = {"township": place_names.township, "village": place_names.village, "group": place_names.group}
    for code in PLACE_TITLES:
        new = sheet.place.get(code, "")
        if new and same[code](new) != same[code](ours.get(code, "")):
            yield Difference("", code, ours.get(code, ""), new, written=False)


def _match(person: SheetPerson, known: Mapping[str, tuple[int, int]], present: Mapping[int, PersonOnRecord],
           taken: set[int]) -> PersonOnRecord | None:
    number = person.values.get("id_number", "")
    if number in known and known[number][0] in present:
        return present[known[number][0]]
    # Without a number on one of the sides, the same name in the same household is the same person if only one bears it.
    named = [row for row in present.values() if row.id not in taken and row.values.get("name") == person.values.get("name")
             and not (number and row.values.get("id_number"))]
    return named[0] if len(named) == 1 else None


def _differ_person(person: SheetPerson, record: PersonOnRecord) -> Iterable[Difference]:
    name = person.values.get("name") or record.values.get("name", "")
    for code, new in person.values.items():
        old = record.values.get(code, "")
        if new != old:
            follows = code in FROM_NUMBER and bool(record.values.get("id_number") or person.values.get("id_number"))
            yield Difference(name, code, old, new, written=not follows)
    for told, other in (("schooling", "education"), ("education", "schooling")):
        if told in person.values and other not in person.values and record.values.get(other):
            yield Difference(name, other, record.values[other], "", written=True)
    for code, new in person.extra.items():
        if new != record.extra.get(code, ""):
            yield Difference(name, code, record.extra.get(code, ""), new, written=True)
