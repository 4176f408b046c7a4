"""Areas on pages: their names beside rows, and going down from one's own area to the one that is meant."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from fanpin.blueprints.guard import present
from fanpin.blueprints.paging import asked
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.refusals import NotFound
from fanpin.rules.roles import Actor

NAMED = 3


@dataclass(frozen=True)
class Place:
    """The area that is looked at, the areas above it up to the actor's own, and those right below."""

    area: Area
    above: tuple[Area, ...]
    below: tuple[Area, ...]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return (code, name) from the actor's area down to what lies below, indented by level."""
        line = [*self.above, self.area]
        shown = [(area.code12, "\u3000" * depth + area.name) for depth, area in enumerate(line)]
        return shown + [(area.code12, "\u3000" * len(line) + area.name) for area in self.below]

    @property
    def narrowed(self) -> bool:
        """Say whether it is not the actor's whole area."""
        return bool(self.above)


def place_for(actor: Actor, code: str | None = None) -> Place:
    """Return the area with the code (from the address unless given) within the actor's, else the actor's own."""
    code = asked("area") if code is None else code
    area = db.session.scalar(select(Area).where(Area.code12 == code, Area.valid_to.is_(None))) if code else None
    if area is None or not contains(actor.area_path, area.path):
        area = db.session.scalars(select(Area).where(Area.path == actor.area_path)).one()
    ids = [int(part) for part in area.path.strip("/").split("/")]
    line = {row.id: row for row in db.session.scalars(select(Area).where(Area.id.in_(ids)))}
    above = tuple(line[number] for number in ids[:-1] if contains(actor.area_path, line[number].path))
    return Place(area, above, children(area))


def children(area: Area) -> tuple[Area, ...]:
    """List the areas right below, in the order of their codes."""
    return tuple(db.session.scalars(select(Area).where(Area.parent_id == area.id, Area.valid_to.is_(None))
                                    .order_by(Area.code12)))


def area_within(actor: Actor, code: str, *levels: AreaLevel) -> Area:
    """Return the area with the code if it lies in the actor's and has one of the levels; raise `NotFound`."""
    area = db.session.scalar(select(Area).where(Area.code12 == code[:14], Area.valid_to.is_(None)))
    if area is None or not contains(actor.area_path, area.path) or (levels and area.kind not in levels):
        raise NotFound
    return area


def groups_within(actor: Actor, village: Area) -> list[Area]:
    """List the villagers' groups of a village that lie in the actor's area."""
    return [group for group in children(village) if contains(actor.area_path, group.path)]


def names_of(paths: Iterable[str]) -> dict[str, str]:
    """Return for each path the names of the areas below the actor's own (at least the last), by one statement."""
    lines = {path: [int(part) for part in path.strip("/").split("/")] for path in set(paths)}
    who = present()
    own = who.actor.level if who is not None and who.actor is not None else NAMED
    shown = {path: line[min(max(own, NAMED), len(line) - 1):] for path, line in lines.items()}
    wanted = {number for line in shown.values() for number in line}
    names = dict(db.session.execute(select(Area.id, Area.name).where(Area.id.in_(wanted))).all()) if wanted else {}
    return {path: "".join(names.get(number, "") for number in line) for path, line in shown.items()}
