"""Whom a row of a department is about: by ID number through the blind index, a chunk of rows in one statement."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.households import Household, Member
from fanpin.models.scoped import within
from fanpin.rules.areas import AreaLevel
from fanpin.rules.deliveries import UnmatchedReason
from fanpin.rules.members import Relation
from fanpin.rules.names import check_name
from fanpin.steps.households import id_index

CHUNK = 500
T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """A member on file and the household that he or she belongs to."""

    member_id: int
    household_id: int
    name: str
    area_path: str


@dataclass(frozen=True)
class Matched:
    """What came of looking for a row's person: found, or why not; `found` is set, too, where only the name differs."""

    found: Found | None
    reason: UnmatchedReason | None = None


def by_number(session: Session, numbers: Collection[str], *, county_path: str) -> dict[str, Found]:
    """Find the present members of a county by ID number, all in one statement."""
    indexes = {id_index(number): number for number in numbers if number}
    if not indexes:
        return {}
    rows = session.execute(
        select(Member.id_index, Member.id, Member.household_id, Member.name, Member.area_path)
        .join(Household, Household.id == Member.household_id)
        .where(Member.id_index.in_(list(indexes)), Member.left_on.is_(None), Household.departed_on.is_(None),
               within(Member.area_path, (county_path,))))
    return {indexes[bytes(row.id_index)]: Found(row.id, row.household_id, row.name, row.area_path) for row in rows}


def by_head_and_village(session: Session, wanted: Collection[tuple[str, str]], *, county_path: str) -> dict[tuple[str, str], Found]:
    """Find households by their head's name and village, where exactly one answers; all in two statements."""
    villages = villages_of(session, {village for _, village in wanted}, county_path=county_path)
    names = {name for name, village in wanted if village in villages}
    if not names:
        return {}
    homes: dict[str, list[Found]] = defaultdict(list)
    for row in session.execute(
            select(Member.id, Member.household_id, Member.name, Member.area_path)
            .join(Household, Household.id == Member.household_id)
            .where(Household.head_name.in_(names), Member.relation == Relation.HEAD, Member.left_on.is_(None),
                   Household.departed_on.is_(None), within(Household.area_path, (county_path,)))):
        homes[row.name].append(Found(row.id, row.household_id, row.name, row.area_path))
    found = {}
    for name, village in wanted:
        own = [home for home in homes.get(name, ()) if village in villages and home.area_path.startswith(villages[village].path)]
        if len(own) == 1:
            found[name, village] = own[0]
    return found


def villages_of(session: Session, words: Collection[str], *, county_path: str) -> dict[str, Area]:
    """Find villages of a county by name (with or without 村民委员会) or by their twelve digits."""
    wanted = {word for word in words if word}
    if not wanted:
        return {}
    found: dict[str, list[Area]] = defaultdict(list)
    for area in session.scalars(select(Area).where(Area.level == AreaLevel.VILLAGE, within(Area.path, (county_path,)),
                                                   Area.valid_to.is_(None))):
        for word in {area.name, plain_village(area.name), area.code12} & {*wanted, *map(plain_village, wanted)}:
            found[word].append(area)
    return {word: own[0] for word in wanted for own in [found.get(word) or found.get(plain_village(word)) or []] if len(own) == 1}


def plain_village(name: str) -> str:
    """Return a village's name without what offices add to it."""
    for end in ("村民委员会", "居民委员会", "村委会", "社区", "村"):
        if name.endswith(end) and len(name) > len(end):
            return name.removesuffix(end)
    return name


def judge(found: Found | None, name: str) -> Matched:
    """Say whether a person found by number is the one meant: the name must be the same, but for its writing."""
    if found is None:
        return Matched(None, UnmatchedReason.UNKNOWN)
    return Matched(found, None if not name or same_name(found.name, name) else UnmatchedReason.NAME_DIFFERS)


def same_name(one: str, other: str) -> bool:
    """Say whether two ways of writing are one name: width, dots and blanks aside (姓名的写法)."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    mended = check_name(unicodedata.normalize("NFKC", name)).name
    return "".join(char for char in mended if char not in "· ").casefold()


def chunks(rows: Sequence[T]) -> list[Sequence[T]]:
    """Cut rows into chunks."""
    return [rows[start:start + CHUNK] for start in range(0, len(rows), CHUNK)]
