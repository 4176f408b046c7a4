"""A small county of which every department sends a sheet: for the test of kills and the benchmark."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from fanpin.models.households import Household
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import Basis, Kind, SubjectKind
from fanpin.rules.intake import LeadSource
from fanpin.rules.roles import Actor, Role
from fanpin.steps import accounts, analysis
from fanpin.steps.delivery_reading import kinds_of
from fanpin.steps.delivery_template import titles
from tests.builders import a_household, an_id
from tests.sheet_makers import sent
from tests.world import World

DEPARTMENTS = [department for department in Department if department is not Department.OTHER]
WARNED, STRANGERS = 4, 2


def owe_everything(session: Session, world: World, app: Flask, *, rows: int, households: int,
                   departments: Sequence[Department] = DEPARTMENTS) -> None:
    """Enter households and let every department send a sheet about their people, some strangers, and what is wrong."""
    clock, store = app.extensions["fanpin.clock"], app.config["FANPIN_SETTINGS"].files_dir
    homes = [a_household(session, world, now=clock.now(), today=clock.today(), lifted=False) for _ in range(households)]
    for home in homes[:WARNED]:
        analysis.enter_warning(session, home, source=LeadSource.MEDIA, department="", document="", content="妻子住院",
                               actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    for department in departments:
        kind = next((kind for kind in kinds_of(department) if kind.basis is Basis.DUTY), kinds_of(department)[0])
        lines = [line(kind, homes, number, clock.today()) for number in range(rows)]
        sent(session, world, clock, store, kind.code, lines, department=department.value, complete=True,
             actor=officer(session, world, department, now=clock.now()))
    session.commit()


def officer(session: Session, world: World, department: Department, *, now: datetime) -> Actor:
    """Appoint an officer of a department."""
    user, _ = accounts.create(session, username=f"bao.{department.value.replace('_', '-')}", name=f"{department.title}核查员", by="测试", now=now,
                              password="Ceshi-mima-2026")
    user.must_change_password = False
    return accounts.grant(session, user, role=Role.DEPARTMENT_OFFICER, area=world.areas["county"], department=department.value,
                          valid_from=date(2026, 1, 1), document="测试", by="测试", now=now).actor()


def line(kind: Kind, homes: list[Household], number: int, today: date) -> dict[str, object]:
    """Return a row of a kind's form: about a member, the tenth about a stranger, the hundredth wrong."""
    home = homes[number % len(homes)]
    member = home.members[0] if kind.subject is SubjectKind.HOUSEHOLD else home.members[number % len(home.members)]
    who, name = (member.id_number, member.name) if number % 10 else (an_id(today.replace(year=1950 + number % STRANGERS)), "测外县")
    keys: list[object] = [who, name] if kind.subject is not SubjectKind.VILLAGE else ["洛泽河村"]
    day = (today - timedelta(days=1 + number % 200)).isoformat()
    cells = {"date": day, "ended": "", "amount": str(number + 1) if number % 100 != 99 else "许多", "label": f"演示{number}",
             "ref": f"演示{number}", "other": "", "value": kind.values[number % len(kind.values)][1] if kind.values else ""}
    return dict(zip(titles(kind), [*keys, *(cells[column.field] for column in kind.columns)], strict=True))
