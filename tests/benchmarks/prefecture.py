"""A whole prefecture, made up over its real areas: households, members, their trail, and cases at every stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Table, select

from fanpin import audit, crypto
from fanpin.cli.demo_people import ADMINISTRATOR_NAMES, COUNTY, PASSWORD, STAFF, VILLAGES
from fanpin.clock import at_noon
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.audit import AuditDetail, AuditEvent, AuditStream
from fanpin.models.households import Household, Member
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.identity import synthetic_id
from fanpin.rules.members import LabourSkill, Relation, Sex
from fanpin.rules.roles import Actor, Role
from fanpin.steps import accounts, areas, households, installation
from tests.benchmarks.bulk import Bulk, Row
from tests.benchmarks.cases import Cases, Settled

PREFECTURE = "5306"
GROUP_NAMES = ("第一村民小组", "第二村民小组", "第三村民小组", "第四村民小组")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何罗高林和木岩刀龙陆安禄"
GIVEN = "福秀贵英明芳华兰强珍槟琼发香云学凤春梅德"
BY = "基准数据"
SEED = 20260302
FULL = 24
BEGUN = date(2025, 1, 2)
# First and last birth year and first order number by member; no two persons of a county share a number.
BORN = {Relation.HEAD: (1968, 1985), Relation.SPOUSE: (1970, 1986), Relation.DAUGHTER: (2008, 2015),
        Relation.MOTHER: (1938, 1955)}


@dataclass
class Prefecture:
    """What was made: the staff's actors by user name, and a sample of the households of the measured county."""

    actors: dict[str, Actor] = field(default_factory=dict)
    sample: list[Settled] = field(default_factory=list)
    households: int = 0


def build(apps: Sequence[Flask], *, count: int) -> Prefecture:
    """Fill empty databases with the same prefecture of that many households."""
    made = Prefecture(households=count)
    for app in apps:
        with app.app_context():
            db.metadata.create_all(db.engine)
            session = db.session()
            set_scope(session, Scope(ScopeKind.SYSTEM, reason=BY))
            installation.install(session, county_code=COUNTY, kind=installation.DEMO, names=ADMINISTRATOR_NAMES, by=BY,
                                 now=at_noon(BEGUN), today=BEGUN)
            session.commit()
    bulk = Bulk(apps, seed=SEED)
    groups = list(_groups(apps[0]))
    numbered = [dict(row, id=bulk.next_id(Area.__table__)) for row in groups]
    for row in numbered:
        row["path"] = f"{row['path']}{row['id']}/"
    bulk.write(Area.__table__, numbered)
    bulk.finish([Area.__table__])
    for app in apps:
        with app.app_context():
            made.actors = _employ()
    _People(bulk, numbered, made).settle(count)
    bulk.finish(db.metadata.sorted_tables)
    return made


def _groups(app: Flask) -> Iterator[dict[str, Any]]:
    with app.app_context():
        villages = db.session.scalars(select(Area).where(
            Area.level == int(AreaLevel.VILLAGE), Area.code12.startswith(PREFECTURE)).order_by(Area.code12)).all()
    for village in villages:
        for number, name in enumerate(GROUP_NAMES, start=1):
            yield {"parent_id": village.id, "level": int(AreaLevel.GROUP), "name": name, "path": village.path,
                   "code12": f"{village.code12}{number:02d}", "valid_from": BEGUN, "details": {}}


def _employ() -> dict[str, Actor]:
    session = db.session()
    set_scope(session, Scope(ScopeKind.SYSTEM, reason=BY))
    actors = {}
    for post in STAFF:
        user, _ = accounts.create(session, username=post.username, name=post.name, by=BY, now=at_noon(BEGUN),
                                  password=PASSWORD)
        grant = accounts.grant(session, user, role=post.role, area=areas.by_code(session, post.code),
                               department=post.department, valid_from=BEGUN, document="基准任命", by=BY, now=at_noon(BEGUN),
                               valid_to=BEGUN + timedelta(days=364) if post.role is Role.INSPECTOR else None)
        session.refresh(grant)
        actors[post.username] = grant.actor()
    session.commit()
    return actors


class _People:
    """Make households row by row, and hand each row to the right table."""

    def __init__(self, bulk: Bulk, groups: Sequence[Row], made: Prefecture) -> None:
        self.bulk, self.groups, self.made = bulk, groups, made
        self.rows: dict[Table, list[Row]] = {}
        self._given: dict[tuple[str, Relation], int] = {}
        self.cases = Cases(bulk, self.put)

    def settle(self, count: int) -> None:
        """Spread the households over the groups and write everything."""
        full = [group for group in self.groups if group["code12"].startswith(VILLAGES[0])]
        for number in range(count):
            # The measured village has something at every stage whatever the size, so that pages differ by amount alone.
            group = full[number % len(full)] if number < FULL else self.groups[number * len(self.groups) // count]
            self.household(number, group)
            if number % 10_000 == 9_999:
                self.flush()
        self.flush()

    def put(self, table: Table, **row: Any) -> None:
        """Keep a row until the next flush."""
        self.rows.setdefault(table, []).append(row)

    def flush(self) -> None:
        """Write what was kept, tables that others refer to first."""
        for table in db.metadata.sorted_tables:
            if table in self.rows:
                self.bulk.write(table, self.rows.pop(table))

    def household(self, number: int, group: Row) -> None:
        """Make one household with four members, its first event, and for some a case."""
        household_id, ref, path = self.bulk.next_id(Household.__table__), self.bulk.ref(), group["path"]
        now = at_noon(BEGUN) + timedelta(seconds=number)
        surname = self.bulk.random.choice(SURNAMES)
        members, head = [], ("", "")
        for position, relation in enumerate(BORN):
            name = f"{surname}演{''.join(self.bulk.random.choices(GIVEN, k=1 + number % 2))}"
            member_id, id_number = self._member(position, relation, name, household_id, group)
            members.append(member_id)
            head = head if position else (name, id_number)
        self.put(Household.__table__, id=household_id, ref=ref, area_id=group["id"], area_path=path, head_name=head[0],
                 head_initials=_initials(head[0]), size=len(members), lifted=number % 3 == 0, hukou_place="本村",
                 phone=f"139{number:08d}", address="演示路", created_at=now, created_by=BY)
        settled = Settled(household_id, ref, head[0], head[1], path, group["id"], tuple(members))
        self.trail(f"household:{household_id}", Action.HOUSEHOLD_EDIT.value, now, ref, path,
                   {"what": "建立农户档案", "members": len(members)})
        if number < FULL:
            self.cases.open(settled, kind=number)
        elif number % 33 == 7:
            self.cases.open(settled)
        if group["code12"].startswith(COUNTY) and number % 37 == 0:
            self.made.sample.append(settled)

    def trail(self, stream: str, tag: str, now: datetime, ref: str, path: str, facts: dict[str, object]) -> None:
        """Write the first event of a stream, chained as `audit.record` chains it."""
        payload, salt = audit.canonical(facts), self.bulk.random.randbytes(16)
        values = {"stream": stream, "seq": 1, "at": now, "actor": BY, "actor_id": None, "tag": tag, "object": ref,
                  "area_path": path, "outcome": audit.OUTCOME_DONE, "commitment": crypto.digest(salt + payload),
                  "prev": audit.GENESIS}
        event_id, digest = self.bulk.next_id(AuditEvent.__table__), audit.chained(**values)
        self.put(AuditStream.__table__, stream=stream, seq=1, head=digest)
        self.put(AuditEvent.__table__, id=event_id, hash=digest, **values)
        self.put(AuditDetail.__table__, event_id=event_id, salt=salt, payload=payload.decode())

    def _member(self, position: int, relation: Relation, name: str, household_id: int, group: Row) -> tuple[int, str]:
        man = relation is Relation.HEAD
        born, id_number = self._number(group["code12"][:6], relation, man=man)
        member_id = self.bulk.next_id(Member.__table__)
        self.put(
            Member.__table__, id=member_id, household_id=household_id, area_path=group["path"], position=position, name=name,
            relation=relation, id_number=id_number, id_index=households.id_index(id_number), born_on=born,
            sex=Sex.MALE if man else Sex.FEMALE, ethnicity="01", education="" if position == 2 else "junior",
            schooling="primary" if position == 2 else "", health=["healthy"],
            labour=LabourSkill.NONE if position > 1 else LabourSkill.ORDINARY, insured=True)
        return member_id, id_number

    def _number(self, county: str, relation: Relation, *, man: bool) -> tuple[date, str]:
        first, last = BORN[relation]
        number = self._given[county, relation] = self._given.get((county, relation), -1) + 1
        days = (last - first + 1) * 365
        born = date(first, 1, 1) + timedelta(days=number * 7919 % days)
        return born, synthetic_id(county, born, 2 * (number // days) + (1 if man else 2))


_known_initials: dict[str, str] = {}


def _initials(name: str) -> str:
    """Return the initials as the file does, remembering each character: two hundred thousand names have few."""
    for place, char in enumerate(name):
        key = char if place else f"{char}·"
        if key not in _known_initials:
            _known_initials[key] = households.initials(char) if place == 0 else households.initials(f"王{char}")[1:]
    return "".join(_known_initials[char if place else f"{char}·"] for place, char in enumerate(name))
