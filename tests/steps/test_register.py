"""Many households at once: the same checks as one by one, one event each, and a number of statements that does not grow."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.audit import AuditDetail, AuditEvent
from fanpin.models.households import Household, Member
from fanpin.rules.identity import synthetic_id
from fanpin.rules.members import LabourSkill, Relation
from fanpin.rules.refusals import Invalid, NotPermitted
from fanpin.steps import households, register
from fanpin.steps.households import Person
from fanpin.steps.register import NewHousehold
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.world import World


def when(world: World, clock: StandingClock, who: str = "xian.ban") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def a_family(world: World, number: int, group: str = "group1", **changed: object) -> NewHousehold:
    born = date(1960 + number % 30, 1 + number % 12, 1 + number % 28)
    man, woman = synthetic_id("530628", born, number * 2 % 998 + 1), synthetic_id("530628", born, number * 2 % 998)
    return NewHousehold(group=world.areas[group], lifted=True, people=(
        Person(f"样{chr(0x4e00 + number)}", Relation.HEAD, man, health=("healthy",), labour=LabourSkill.ORDINARY),
        Person(f"例{chr(0x4e00 + number)}", Relation.SPOUSE, woman)), **changed)


def statements(session: Session, work: object) -> int:
    counted = []
    engine = session.get_bind()
    listener = lambda *_given: counted.append(1)  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    return len(counted)


def test_many_files_are_like_files_opened_one_by_one(session: Session, world: World, clock: StandingClock) -> None:
    one = a_family(world, 1, phone="13800000001", extra='{"户编号": "7"}', people_extra=("", '{"政治面貌": "群众"}'))
    made = register.create_many(session, [one, a_family(world, 2, "sibling_group")], **when(world, clock))
    session.commit()
    rows = [session.scalars(select(Household).where(Household.ref == row.ref)).one() for row in made]
    assert [(row.head_name, row.size, row.head_initials, row.phone) for row in rows] == [
        (f"样{chr(0x4e01)}", 2, households.initials(f"样{chr(0x4e01)}"), "13800000001"),
        (f"样{chr(0x4e02)}", 2, households.initials(f"样{chr(0x4e02)}"), None)]
    assert [member.extra for member in rows[0].members] == [None, '{"政治面貌": "群众"}']
    assert {member.area_path for member in rows[1].members} == {world.areas["sibling_group"].path}
    assert rows[0].head.born_on == date(1961, 2, 2)
    assert session.scalars(households.search(one.people[1].id_number)).one().id == rows[0].id


def test_each_file_has_its_event_and_the_trail_is_whole(session: Session, world: World, clock: StandingClock) -> None:
    made = register.create_many(session, [a_family(world, number) for number in range(7)], source="测试表", **when(world, clock))
    again = session.scalars(select(Household).where(Household.id == made[3].id)).one()
    households.edit(session, again, {"hukou_place": "外县"}, actor=world.actors["xian.ban"], now=clock.now())
    session.commit()
    tags = session.execute(select(AuditEvent.stream, AuditEvent.seq, AuditEvent.tag).order_by(AuditEvent.id)).all()
    assert [row.seq for row in tags if row.stream == audit.household_stream(made[3].id)] == [1, 2]
    assert len({row.stream for row in tags if row.stream.startswith("household:")}) == 7
    assert sum("测试表" in payload for payload in session.scalars(select(AuditDetail.payload))) == 7
    assert audit.verify(session).whole


def test_many_events_follow_on_streams_that_have_some(session: Session, world: World, clock: StandingClock) -> None:
    rows = [a_household(session, world, now=clock.now(), today=clock.today())]
    made = register.create_many(session, [a_family(world, 5)], **when(world, clock))
    entries = [audit.Entry(audit.household_stream(number), "x", "/", {"what": "再记一次"}) for number in (rows[0].id, made[0].id, 99)]
    audit.record_many(session, "household.edit", entries, actor="测试", now=clock.now())
    session.commit()
    assert audit.verify(session).whole
    with pytest.raises(ValueError, match="one event per stream"):
        audit.record_many(session, "household.edit", [entries[0], entries[0]], actor="测试", now=clock.now())
    with pytest.raises(KeyError):
        audit.record_many(session, "household.unheard_of", entries, actor="测试", now=clock.now())


def test_statements_do_not_grow_with_the_people(session: Session, world: World, clock: StandingClock) -> None:
    few = statements(session, lambda: register.create_many(session, [a_family(world, 1)], **when(world, clock)))
    many = statements(session, lambda: register.create_many(
        session, [a_family(world, number) for number in range(10, 110)], **when(world, clock)))
    assert many <= few + 4


def test_nobody_is_on_file_twice_and_what_cannot_be_is_named(session: Session, world: World, clock: StandingClock) -> None:
    taken = a_household(session, world, now=clock.now(), today=clock.today())
    number = taken.head.id_number
    double = a_family(world, 3)
    double = replace(double, people=(replace(double.people[0], id_number=number), double.people[1]))
    with pytest.raises(Invalid, match="已登记在另一户"):
        register.create_many(session, [double], **when(world, clock))
    with pytest.raises(Invalid, match="已登记在另一户"):
        register.create_many(session, [a_family(world, 4), a_family(world, 4)], **when(world, clock))
    headless = a_family(world, 6)
    with pytest.raises(Invalid, match="还没有户主"):
        register.create_many(session, [replace(headless, people=headless.people[1:])], **when(world, clock))
    with pytest.raises(Invalid, match="村民小组"):
        register.create_many(session, [replace(headless, group=world.areas["village"])], **when(world, clock))
    assert session.scalars(select(Member).where(Member.name.like("例%"))).all() == []


def test_only_within_ones_own_area(session: Session, world: World, clock: StandingClock) -> None:
    with pytest.raises(NotPermitted):
        register.create_many(session, [a_family(world, 1), a_family(world, 2, "other_group")], **when(world, clock))
    with pytest.raises(NotPermitted):
        register.create_many(session, [a_family(world, 1)], **when(world, clock, "xian.zhang"))
