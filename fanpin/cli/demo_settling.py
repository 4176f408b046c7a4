"""Settle the demo county: accounts for every role, groups, and households village by village."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fanpin.authorization import scope_for
from fanpin.cli.demo_families import Families, Family
from fanpin.cli.demo_people import COUNTY, PHONE, TOWNSHIPS, VILLAGES, Names, term
from fanpin.cli.demo_places import Place, posts
from fanpin.cli.demo_registers import Registers
from fanpin.cli.demo_sheets import settle
from fanpin.clock import at_noon
from fanpin.models.areas import Area
from fanpin.models.households import Member
from fanpin.models.scoped import set_scope
from fanpin.models.users import User
from fanpin.rules.areas import contains
from fanpin.rules.roles import Actor, Role
from fanpin.steps import accounts, areas, households, register

BY = "演示数据"


@dataclass
class Staffed:
    """The county's people by user name, and its villages."""

    actors: dict[str, Actor]
    places: list[Place]

    @property
    def villages(self) -> list[Area]:
        """List the villages where the stories happen."""
        return [place.village for place in self.places if place.stories]

    def of_village(self, village: Area) -> dict[Role, Actor]:
        """Return who acts for a village, by role: its own people, those above it, the county's."""
        return {actor.role: actor for actor in self.actors.values()
                if contains(actor.area_path, village.path) and actor.role is not Role.DEPARTMENT_OFFICER
                or contains(village.path, actor.area_path)}

    def officers(self) -> dict[str, Actor]:
        """Return the county's department officers by department."""
        return {actor.department: actor for actor in self.actors.values() if actor.role is Role.DEPARTMENT_OFFICER}


def known_passwords(session: Session, secret: str) -> None:
    """Give the three administrators the password that the demo tells."""
    for user in session.scalars(select(User)):
        user.password_hash, user.must_change_password = secret, False


def publish_phones(session: Session) -> None:
    """Give the demo's offices the numbers that their papers print."""
    for number, code in enumerate((COUNTY, *TOWNSHIPS, *VILLAGES), start=1):
        area = areas.by_code(session, code)
        area.details = {**area.details, "phone": PHONE.format(number)}


def staff(session: Session, here: list[Place], secret: str, *, begun: date) -> Staffed:
    """Register the groups, and everybody with an account and a post."""
    for place in here:
        for name in place.groups:
            areas.add_group(session, place.village, name, today=begun)
    actors = {}
    for post in posts(here):
        user, _ = accounts.create(session, username=post.username, name=post.name, organisation="演示", by=BY,
                                  now=at_noon(begun), hashed=secret)
        grant = accounts.grant(session, user, role=post.role, area=areas.by_code(session, post.code),
                               department=post.department, document="演示任命", by=BY, **term(post, begun),
                               now=at_noon(begun))
        session.refresh(grant)
        actors[post.username] = grant.actor()
    return Staffed(actors, here)


def people(session: Session, staffed: Staffed, names: Names, registers: Registers, *, begun: date) -> int:
    """Register every village's households by its own cadre, and let the departments know them; return how many there are."""
    families, number = Families(names, today=begun), 0
    for place in staffed.places:
        actor = staffed.of_village(place.village)[Role.VILLAGE_CADRE]
        set_scope(session, scope_for(actor))
        wanted = families.village(place.households, stories=place.stories)
        settle(registers, place.village.code12, wanted)
        opened = _register(session, place, wanted, number, actor=actor, begun=begun)
        number += len(opened)
        _focus(session, wanted, opened, actor=actor, begun=begun)
        session.commit()
        session.expunge_all()
    return number


def _register(session: Session, place: Place, wanted: Sequence[Family], before: int, *, actor: Actor,
              begun: date) -> list[register.Opened]:
    groups = session.scalars(select(Area).where(Area.parent_id == place.village.id).order_by(Area.code12)).all()
    wanted_files = [register.NewHousehold(
        group=groups[row % len(groups)], people=family.people, lifted=family.lifted, hukou_place="本村",
        address=f"演示路{before + row + 1}号", phone=f"1390{before + row + 1:07d}") for row, family in enumerate(wanted)]
    return register.create_many(session, wanted_files, actor=actor, now=at_noon(begun), today=begun, source=BY)


def _focus(session: Session, wanted: Sequence[Family], opened: list[register.Opened], *, actor: Actor, begun: date) -> None:
    groups = {(row.id, position): group for row, family in zip(opened, wanted, strict=True)
              for position, group in family.focus}
    members = session.scalars(select(Member).where(Member.household_id.in_({number for number, _ in groups}))
                              .options(joinedload(Member.household)))
    for member in members:
        if (member.household_id, member.position) in groups:
            households.add_focus(session, member, groups[member.household_id, member.position], since=begun,
                                 source="村级排查", actor=actor, now=at_noon(begun))
