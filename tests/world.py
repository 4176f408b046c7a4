"""Put the cast and their areas into a database, and act as one of them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fanpin.models.areas import Area
from fanpin.models.users import Grant, User
from fanpin.rules.roles import Actor, Role
from fanpin.steps import accounts
from tests.cast import CAST, KEEPER, NAMES, OFFICERS, WORLD, Part

PASSWORD = "Ceshi-mima-2026"


@dataclass
class World:
    """The areas by key and the actors by user name."""

    areas: dict[str, Area] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def officer(self, department: str) -> Actor:
        """Return the officer of a department."""
        return self.actors[KEEPER.username if department == KEEPER.department else OFFICERS[department].username]


def build_world(session: Session, *, now: datetime, today: date) -> World:
    """Write areas, accounts and grants."""
    world = World()
    for key, (code, level, parent) in WORLD.items():
        above = world.areas[parent] if parent else None
        area = Area(parent_id=above.id if above else None, level=level, name=NAMES[key], code12=code.ljust(12, "0"),
                    path=f"pending-{key}", valid_from=date(2023, 6, 30), details={})
        session.add(area)
        session.flush()
        area.path = f"{above.path if above else '/'}{area.id}/"
        session.flush()
        world.areas[key] = area
    for part in (*CAST.values(), *OFFICERS.values(), KEEPER):
        world.actors[part.username] = employ(session, world, part, now=now, today=today)
    return world


def load_world(session: Session) -> World:
    """Read the areas and the cast back from a database that `build_world` filled."""
    by_code = {area.code12: area for area in session.scalars(select(Area))}
    world = World(areas={key: by_code[code.ljust(12, "0")] for key, (code, _, _) in WORLD.items()})
    grants = session.scalars(select(Grant).join(User).options(joinedload(Grant.user)).order_by(Grant.id))
    world.actors = {grant.user.username: grant.actor() for grant in grants}
    return world


def employ(session: Session, world: World, part: Part, *, now: datetime, today: date) -> Actor:
    """Write a person's account and post."""
    user, _ = accounts.create(session, username=part.username, name=part.name, by="test", now=now, password=PASSWORD)
    grant = accounts.grant(session, user, role=part.role, area=world.areas[part.place], department=part.department,
                           valid_from=date(2026, 1, 1), document="测试任命", by="test", now=now,
                           valid_to=date(2026, 12, 31) if part.role is Role.INSPECTOR else None)
    session.refresh(grant)
    return grant.actor()


def log_in(app: Flask, username: str) -> FlaskClient:
    """Return a browser in which the person has logged in through the page."""
    client = app.test_client()
    answer = client.post("/login", data={"username": username, "password": PASSWORD})
    assert answer.status_code in (302, 303), answer.get_data(as_text=True)
    return client


def grants_of(session: Session, username: str) -> list[Grant]:
    """List a person's grants."""
    return list(session.scalars(select(Grant).join(User).where(User.username == username)))
