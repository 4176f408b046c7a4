"""Build the demo county: accounts, households, and cases at every stage with their stories."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from fanpin.authorization import scope_for
from fanpin.cli.demo_families import Families, Family
from fanpin.cli.demo_ledger import Ledger
from fanpin.cli.demo_people import ADMINISTRATOR_NAMES, COUNTY, PASSWORD, PHONE, TOWNSHIPS, VILLAGES, Names, term
from fanpin.cli.demo_planted import Planted
from fanpin.cli.demo_places import Place, places, posts
from fanpin.cli.demo_regional import Regional
from fanpin.cli.demo_stories import Stories
from fanpin.cli.demo_year import Year
from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar
from fanpin.clock import at_noon
from fanpin.models.areas import Area
from fanpin.models.households import Household, Member
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.models.users import User
from fanpin.rules.areas import contains
from fanpin.rules.members import FocusGroup
from fanpin.rules.roles import Actor, Role
from fanpin.security import hash_password
from fanpin.steps import accounts, areas, files, households, installation, register

BY = "演示数据"
BEGUN_BEFORE = timedelta(days=420)
# Of the three villages' year a few months are told, how many ago.
SMALL_YEAR = (2, 6, 10)


@dataclass
class Staffed:
    """The county's people by user name, its villages, and the households of the stories' villages by village."""

    actors: dict[str, Actor]
    places: list[Place]
    households: dict[int, list[Household]]

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


def build(session: Session, store: Path, *, count: int, today: date, offset: int, say: Callable[[str], None]) -> str:
    """Fill an empty database with a demo county of that many households; return what was made, in words."""
    names, begun = Names(), today - BEGUN_BEFORE
    set_scope(session, Scope(ScopeKind.SYSTEM, reason=BY))
    installation.install(session, county_code=COUNTY, kind=installation.DEMO, names=ADMINISTRATOR_NAMES, by=BY,
                         now=at_noon(begun), today=begun)
    installation.mark(session, clock_offset_days=str(offset), demo_day=today.isoformat())
    secret = hash_password(PASSWORD)
    _known_passwords(session, secret)
    staffed = _staff(session, places(session, count), secret, begun=begun)
    publish_phones(session)
    session.commit()
    say(f"账号{len(staffed.actors)}个；正在登记{count}户……")
    settled = _settle(session, staffed, names, begun=begun)
    stories = Stories(session, staffed.households, today=today,
                      procession=lambda village, day: _procession(session, staffed, village, day),
                      screenshot=lambda village, household: _screenshot(session, store, staffed, village, today))
    told = stories.tell(staffed.villages)
    session.commit()
    planted = Planted(session, staffed.villages[-1], today=today, begun=begun, ledger=Ledger(),
                      civil_affairs=staffed.actors["zhuze2"],
                      procession=lambda village, day: _procession(session, staffed, village, day),
                      screenshot=lambda village, household: _screenshot(session, store, staffed, village, today)).tell()
    session.commit()
    year = Year(session, {}, today=today, procession=lambda village, day: _procession(session, staffed, village, day),
                screenshot=lambda village, household: _screenshot(session, store, staffed, village, today))
    whole = any(not place.stories for place in staffed.places)
    villages = [place.village for place in staffed.places if not place.stories][::7] if whole else staffed.villages
    said = year.tell_year(villages, months=range(1, 13) if whole else SMALL_YEAR, per_month=4 if whole else 2)
    year.open_rounds([place.village for place in staffed.places])
    events = Regional(session, staffed.actors, staffed.villages, today=today).tell()
    set_scope(session, Scope(ScopeKind.SYSTEM, reason=BY))
    installation.note(session, told, by=BY, now=at_noon(today))
    session.commit()
    return f"演示县已建立：{len(staffed.places)}个村、{settled}户；{told}；{said}；{events}；{planted}个设定的故事（fanpin demo stories 逐个说明）。"


def _known_passwords(session: Session, secret: str) -> None:
    for user in session.scalars(select(User)):
        user.password_hash, user.must_change_password = secret, False


def publish_phones(session: Session) -> None:
    """Give the demo's offices the numbers that their papers print."""
    for number, code in enumerate((COUNTY, *TOWNSHIPS, *VILLAGES), start=1):
        area = areas.by_code(session, code)
        area.details = {**area.details, "phone": PHONE.format(number)}


def _staff(session: Session, here: list[Place], secret: str, *, begun: date) -> Staffed:
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
    return Staffed(actors, here, {})


def _settle(session: Session, staffed: Staffed, names: Names, *, begun: date) -> int:
    """Register every village's households by its own cadre; what is no story's stays in the database alone."""
    families, number = Families(names, today=begun), 0
    for place in staffed.places:
        actor = staffed.of_village(place.village)[Role.VILLAGE_CADRE]
        set_scope(session, scope_for(actor))
        wanted = families.village(place.households, stories=place.stories)
        opened = _register(session, place, wanted, number, actor=actor, begun=begun)
        number += len(opened)
        _focus(session, wanted, opened, actor=actor, begun=begun)
        session.commit()
        if place.stories:
            staffed.households[place.village.id] = list(session.scalars(
                select(Household).where(Household.id.in_([row.id for row in opened])).order_by(Household.id)
                .options(selectinload(Household.members), selectinload(Household.kin))))
        else:
            session.expunge_all()
    return number


def _register(session: Session, place: Place, wanted: list[Family], before: int, *, actor: Actor,
              begun: date) -> list[register.Opened]:
    groups = session.scalars(select(Area).where(Area.parent_id == place.village.id).order_by(Area.code12)).all()
    wanted_files = [register.NewHousehold(
        group=groups[row % len(groups)], people=family.people, lifted=family.lifted, hukou_place="本村",
        address=f"演示路{before + row + 1}号", phone=f"1390{before + row + 1:07d}") for row, family in enumerate(wanted)]
    return register.create_many(session, wanted_files, actor=actor, now=at_noon(begun), today=begun, source=BY)


def _focus(session: Session, wanted: list[Family], opened: list[register.Opened], *, actor: Actor, begun: date) -> None:
    groups = {(row.id, position): group for row, family in zip(opened, wanted, strict=True)
              for position, group in family.focus}
    members = session.scalars(select(Member).where(Member.household_id.in_({number for number, _ in groups}))
                              .options(joinedload(Member.household)))
    for member in members:
        if (member.household_id, member.position) in groups:
            households.add_focus(session, member, groups[member.household_id, member.position], since=begun,
                                 source="村级排查", actor=actor, now=at_noon(begun))


def _procession(session: Session, staffed: Staffed, village: Area, day: date) -> Procession:
    return Procession(session, staffed.of_village(village), staffed.officers(), Calendar(day))


def _screenshot(session: Session, store: Path, staffed: Staffed, village: Area, today: date) -> int:
    actor = staffed.of_village(village)[Role.VILLAGE_CADRE]
    set_scope(session, scope_for(actor))
    return files.add(session, store, files.Upload("平台截图.png", platform_picture()), area_path=village.path,
                     purpose="政府救助平台发布截图", household_id=None, actor=actor, now=at_noon(today)).id


def platform_picture() -> bytes:
    """Draw an invented screenshot that says what it is."""
    image = Image.new("RGB", (640, 360), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 640, 48), fill=(178, 34, 34))
    pen.text((16, 16), "DEMO - not a real page", fill="white")
    pen.text((16, 80), "Public notice posted on the assistance platform (demonstration)", fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


