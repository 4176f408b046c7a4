"""Many households at once: files opened in chunks, by a number of statements that does not grow with the people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.areas import Area
from fanpin.models.households import Household, Member
from fanpin.models.types import new_ref
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.members import Relation
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.steps import doing, households
from fanpin.steps.households import Person

AT_ONCE = 500
HOUSEHOLDS: Table = Household.__table__
MEMBERS: Table = Member.__table__


@dataclass(frozen=True, kw_only=True)
class NewHousehold:
    """A household to be opened: its villagers' group, its people (the head among them), and its own fields."""

    group: Area
    people: tuple[Person, ...]
    lifted: bool
    lives_here: bool = True
    rural_services: bool = True
    hukou_place: str = ""
    address: str = ""
    phone: str = ""
    relocation_community: str = ""
    national_code: str = ""
    extra: str = ""
    people_extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A file that was opened: its id and public reference."""

    id: int
    ref: str


def create_many(session: Session, wanted: Sequence[NewHousehold], *, actor: Actor, now: datetime, today: date,
                action: Action = Action.HOUSEHOLD_EDIT, source: str = "") -> list[Opened]:
    """Open many files in the caller's transaction, each with its own event; the first that cannot be is named.

    Checks are those of `households.create`. The writer's turn is held until the caller commits: give some hundreds.
    """
    for group in {row.group.path: row.group for row in wanted}.values():
        if group.level != AreaLevel.GROUP:
            raise Invalid({"group": "请选择到村民小组。"})
        doing.permit(session, action, actor=actor, subject=Household(area_path=group.path))
    opened: list[Opened] = []
    for first in range(0, len(wanted), AT_ONCE):
        opened += _create_chunk(session, wanted[first:first + AT_ONCE], actor=actor, now=now, today=today, action=action,
                                source=source)
    return opened


def _create_chunk(session: Session, wanted: Sequence[NewHousehold], *, actor: Actor, now: datetime, today: date,
                  action: Action, source: str) -> list[Opened]:
    people = [_people_of(row, today) for row in wanted]
    refuse_known(session, [person for persons in people for person in persons])
    rows = [_household_values(row, persons, actor=actor, now=now) for row, persons in zip(wanted, people, strict=True)]
    connection = session.connection()
    connection.execute(insert(HOUSEHOLDS), rows)
    numbers = dict(connection.execute(select(HOUSEHOLDS.c.ref, HOUSEHOLDS.c.id).where(
        HOUSEHOLDS.c.ref.in_([row["ref"] for row in rows]))).all())
    opened = [Opened(numbers[row["ref"]], row["ref"]) for row in rows]
    connection.execute(insert(MEMBERS), [
        person | {"household_id": made.id, "area_path": row["area_path"]}
        for made, row, persons in zip(opened, rows, people, strict=True) for person in persons])
    audit.record_many(session, action.value, [
        audit.Entry(audit.household_stream(made.id), made.ref, row["area_path"],
                    {"what": "建立农户档案", "members": len(persons)} | ({"source": source} if source else {}))
        for made, row, persons in zip(opened, rows, people, strict=True)], actor=actor, now=now)
    return opened


def _people_of(row: NewHousehold, today: date) -> list[dict[str, object]]:
    extras = row.people_extra or ("",) * len(row.people)
    people = []
    for position, (person, extra) in enumerate(zip(row.people, extras, strict=True)):
        people.append(households.member_values(person, today=today) | {"position": position, "extra": extra or None})
    try:
        households.check_people(people, today=today)
    except Invalid as refusal:
        name = row.people[0].name if row.people else ""
        raise Invalid({field: f"{name}户：{text}" for field, text in refusal.problems.items()}) from refusal
    return people


def _household_values(row: NewHousehold, people: Sequence[Mapping[str, object]], *, actor: Actor,
                      now: datetime) -> dict[str, object]:
    head = next((str(person["name"]) for person in people if person["relation"] is Relation.HEAD), "")
    return {
        "ref": new_ref(), "area_id": row.group.id, "area_path": row.group.path, "head_name": head, "head_initials": households.initials(head),
        "size": len(people), "lifted": row.lifted, "lives_here": row.lives_here, "rural_services": row.rural_services,
        "hukou_place": row.hukou_place, "address": row.address or None, "phone": row.phone or None,
        "relocation_community": row.relocation_community, "national_code": row.national_code, "extra": row.extra or None,
        "version": 1, "created_at": now, "created_by": actor.name}


def refuse_known(session: Session, people: Sequence[Mapping[str, object]]) -> None:
    """Raise `Invalid` naming whoever has a number that is already on file, or twice among these."""
    numbers = [person["id_index"] for person in people if person["id_index"]]
    known = set(known_among(session, numbers))
    seen: set[object] = set()
    again = {number for number in numbers if number in seen or seen.add(number)}
    names = [str(person["name"]) for person in people if person["id_index"] in known | again]
    if names:
        raise Invalid({"id_number": f"{'、'.join(dict.fromkeys(names))}的身份证号已登记在另一户，请联系县级业务人员核实户籍后再办理。"})


def known_among(session: Session, numbers: Sequence[object]) -> dict[bytes, tuple[int, int]]:
    """Return for each blind index on file the member's and the household's id, one statement per five hundred.

    Asked of the whole register by table: one person must not be on file twice, wherever the first file lies.
    """
    found: dict[bytes, tuple[int, int]] = {}
    for first in range(0, len(numbers), AT_ONCE):
        found |= {bytes(index): (member_id, household_id) for index, member_id, household_id in session.connection().execute(
            select(MEMBERS.c.id_index, MEMBERS.c.id, MEMBERS.c.household_id).where(
                MEMBERS.c.id_index.in_(numbers[first:first + AT_ONCE]), MEMBERS.c.left_on.is_(None)))}
    return found
