"""Build the demo county: accounts, households, and cases at every stage with their stories."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.authorization import scope_for
from fanpin.cli.demo_people import (
    ADMINISTRATOR_NAMES,
    COUNTY,
    GROUPS,
    PASSWORD,
    PHONE,
    STAFF,
    TOWNSHIPS,
    VILLAGES,
    Names,
)
from fanpin.cli.demo_stories import Stories
from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar
from fanpin.clock import at_noon
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.models.users import User
from fanpin.rules.areas import contains
from fanpin.rules.members import FocusGroup
from fanpin.rules.roles import Actor, Role
from fanpin.security import hash_password
from fanpin.steps import accounts, areas, files, households, installation

BY = "演示数据"
PER_VILLAGE = 60


@dataclass
class Staffed:
    """The county's people by user name, its villages, and its households by village."""

    actors: dict[str, Actor]
    villages: list[Area]
    households: dict[int, list[Household]]

    def of_village(self, village: Area) -> dict[Role, Actor]:
        """Return who acts for a village, by role: its own people, those above it, the county's."""
        return {actor.role: actor for actor in self.actors.values()
                if contains(actor.area_path, village.path) and actor.role is not Role.DEPARTMENT_OFFICER
                or contains(village.path, actor.area_path)}

    def officers(self) -> dict[str, Actor]:
        """Return the county's department officers by department."""
        return {actor.department: actor for actor in self.actors.values() if actor.role is Role.DEPARTMENT_OFFICER}


def build(session: Session, store: Path, *, today: date, offset: int) -> str:
    """Fill an empty database with the demo county; return what was made, in words."""
    names, begun = Names(), today - timedelta(days=420)
    set_scope(session, Scope(ScopeKind.SYSTEM, reason=BY))
    installation.install(session, county_code=COUNTY, kind=installation.DEMO, names=ADMINISTRATOR_NAMES, by=BY,
                         now=at_noon(begun), today=begun)
    installation.mark(session, clock_offset_days=str(offset), demo_day=today.isoformat())
    _known_passwords(session)
    staffed = _staff(session, begun=begun)
    publish_phones(session)
    for village in staffed.villages:
        staffed.households[village.id] = _settle(session, staffed, village, names, begun=begun)
    session.commit()
    stories = Stories(session, staffed.households, today=today,
                      procession=lambda village, day: _procession(session, staffed, village, day),
                      screenshot=lambda village, household: _screenshot(session, store, staffed, village, today))
    told = stories.tell(staffed.villages)
    session.commit()
    set_scope(session, Scope(ScopeKind.SYSTEM, reason=BY))
    installation.note(session, told, by=BY, now=at_noon(today))
    session.commit()
    total = sum(len(rows) for rows in staffed.households.values())
    return f"演示县已建立：{len(staffed.villages)}个村、{total}户；{told}。"


def _known_passwords(session: Session) -> None:
    secret = hash_password(PASSWORD)
    for user in session.scalars(select(User)):
        user.password_hash, user.must_change_password = secret, False


def publish_phones(session: Session) -> None:
    """Give the demo's offices the numbers that their papers print."""
    for number, code in enumerate((COUNTY, *TOWNSHIPS, *VILLAGES), start=1):
        area = areas.by_code(session, code)
        area.details = {**area.details, "phone": PHONE.format(number)}


def _staff(session: Session, *, begun: date) -> Staffed:
    villages = [areas.by_code(session, code) for code in VILLAGES]
    for village in villages:
        for name in GROUPS:
            areas.add_group(session, village, name, today=begun)
    actors = {}
    for post in STAFF:
        user, _ = accounts.create(session, username=post.username, name=post.name, organisation="演示", by=BY,
                                  now=at_noon(begun), password=PASSWORD)
        grant = accounts.grant(session, user, role=post.role, area=areas.by_code(session, post.code),
                               department=post.department, valid_from=begun, document="演示任命", by=BY,
                               now=at_noon(begun))
        session.refresh(grant)
        actors[post.username] = grant.actor()
    return Staffed(actors, villages, {})


def _settle(session: Session, staffed: Staffed, village: Area, names: Names, *, begun: date) -> list[Household]:
    groups = session.scalars(select(Area).where(Area.parent_id == village.id).order_by(Area.code12)).all()
    actor = staffed.of_village(village)[Role.VILLAGE_CADRE]
    set_scope(session, scope_for(actor))
    made = []
    for number in range(PER_VILLAGE):
        ill, weak = number % 7 == 0, number % 19 == 5
        head = names.minority() if number % 15 == 3 else ""
        household = households.create(
            session, actor=actor, now=at_noon(begun) + timedelta(seconds=number), today=begun,
            group=groups[number % len(groups)], people=names.family(head_name=head, ill=ill, without_labour=weak),
            lifted=number % 3 == 0, lives_here=True, rural_services=True, hukou_place="本村",
            address=f"演示路{number + 1}号", phone=f"1390000{number:04d}")
        if ill:
            households.add_focus(session, household.members[1], FocusGroup.SERIOUS_ILLNESS, since=begun,
                                 source="村级排查", actor=actor, now=at_noon(begun))
        made.append(household)
    session.flush()
    return made


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


