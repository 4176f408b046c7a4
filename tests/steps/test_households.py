"""The household's file: who is in it, who left and why, kin, focus groups, looking up, a full number only for a reason."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.audit import AuditEvent
from fanpin.models.households import Household, Kin, Member
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.members import DepartureReason, FocusGroup, LabourSkill, Relation, Sex
from fanpin.rules.refusals import Invalid, NotPermitted
from fanpin.steps import households
from fanpin.steps.households import Person
from tests.builders import a_household, an_id, people
from tests.conftest import StandingClock
from tests.world import World


def when(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def at(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now()}


def home(session: Session, world: World, clock: StandingClock, head: str = "测试㬹", group: str = "group1") -> Household:
    return a_household(session, world, now=clock.now(), today=clock.today(), group=world.areas[group], members=people(head))


def make(session: Session, world: World, clock: StandingClock, *persons: Person, place: str = "group1", who: str = "cun.gan",
         **changed: object) -> Household:
    values = {"lifted": True, "lives_here": True, "rural_services": True} | changed
    return households.create(session, group=world.areas[place], people=persons, **values, **when(world, clock, who))


def named(household: Household, relation: Relation) -> Member:
    return next(member for member in household.members if member.relation is relation)


def test_a_file_says_whether_a_household_lives_here_has_rural_services_and_where_its_hukou_is(
        session: Session, world: World, clock: StandingClock) -> None:
    row = make(session, world, clock, *people(), lives_here=True, rural_services=False, hukou_place="外省某县")
    assert (row.lives_here, row.rural_services, row.hukou_place, row.size, row.head_name) == (True, False, "外省某县", 3, "测试㬹")
    households.edit(session, row, {"rural_services": True, "hukou_place": "本村", "created_by": "别人"}, **at(world, clock))
    assert (row.rural_services, row.hukou_place, row.created_by) == (True, "本村", "周村干")
    session.flush()
    events = session.scalars(select(AuditEvent).where(AuditEvent.stream == audit.household_stream(row.id))).all()
    assert [event.tag for event in events] == ["household.edit", "household.edit"]


def test_the_birthday_comes_from_the_number_and_is_not_typed(session: Session, world: World, clock: StandingClock) -> None:
    row = make(session, world, clock, Person("测试甲", Relation.HEAD, an_id(date(1980, 2, 29), man=False).lower()))
    assert (row.head.born_on, row.head.sex) == (date(1980, 2, 29), Sex.FEMALE)
    assert row.head.id_number == row.head.id_number.upper()


WRONG = {
    "no head": ([Person("测试甲", Relation.SON)], "户主"),
    "two heads": ([Person("测试甲", Relation.HEAD), Person("测试乙", Relation.HEAD)], "户主"),
    "a name that is none": ([Person("1", Relation.HEAD)], "姓名"),
    "a wrong number": ([Person("测试甲", Relation.HEAD, "530628197605011112")], "身份证"),
    "a wrong certificate": ([Person("测试甲", Relation.HEAD, disability_certificate="123")], "残疾人证"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_a_household_is_refused_with_a_sentence(
        session: Session, world: World, clock: StandingClock, case: str) -> None:
    persons, words = WRONG[case]
    with pytest.raises(Invalid, match=words):
        make(session, world, clock, *persons)


def test_a_file_hangs_on_a_group_within_reach(session: Session, world: World, clock: StandingClock) -> None:
    with pytest.raises(Invalid, match="村民小组"):
        make(session, world, clock, *people(), place="village")
    for who in ("lin.cun", "wai.xian", "xian.zhang", "bm.education", "xi.tong"):
        with pytest.raises(NotPermitted):
            make(session, world, clock, *people(), who=who)


def test_one_number_is_in_one_household_even_where_the_other_cannot_be_seen(
        session: Session, world: World, clock: StandingClock) -> None:
    theirs = make(session, world, clock, *people("测试邻村"), place="sibling_group", who="lin.cun")
    session.flush()
    number = theirs.head.id_number
    set_scope(session, Scope(ScopeKind.LINE, paths=(world.areas["village"].path,), user_id=1))
    with pytest.raises(Invalid, match="已登记在另一户") as refused:
        make(session, world, clock, Person("测试甲", Relation.HEAD, number))
    assert "测试邻村" not in refused.value.message and number not in refused.value.message
    set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
    own = home(session, world, clock)
    with pytest.raises(Invalid):
        households.add_member(session, own, Person("测试乙", Relation.SON, number), **when(world, clock))


def test_a_birth_and_a_marriage_add_members(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock)
    households.add_member(session, row, Person("测试小草", Relation.SON, born_on=date(2026, 2, 1)), **when(world, clock))
    assert row.size == 4 and [member.name for member in row.present_members][-1] == "测试小草"
    with pytest.raises(Invalid):
        households.add_member(session, row, Person("测试又一", Relation.SPOUSE), **when(world, clock))


@pytest.mark.parametrize("reason", list(DepartureReason))
def test_who_left_stays_on_file_with_day_and_reason_and_counts_no_more(
        session: Session, world: World, clock: StandingClock, reason: DepartureReason) -> None:
    row = home(session, world, clock)
    child = named(row, Relation.DAUGHTER)
    households.depart_member(session, child, left_on=clock.today(), reason=reason, **when(world, clock))
    assert (child.left_on, child.left_reason, row.size) == (clock.today(), reason.value, 2)
    assert child in row.members and child not in row.present_members
    assert row.departed_on is None
    with pytest.raises(Invalid):
        households.depart_member(session, named(row, Relation.SPOUSE), left_on=clock.today() + timedelta(days=1), reason=reason,
                                 **when(world, clock))


def test_a_head_leaves_after_another_has_become_head(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock)
    head, spouse, child = row.members
    with pytest.raises(Invalid, match="户主减少前"):
        households.depart_member(session, head, left_on=clock.today(), reason=DepartureReason.DEATH, **when(world, clock))
    households.change_head(session, row, spouse, {head.id: Relation.SPOUSE}, **when(world, clock))
    assert (row.head, row.head_name, child.relation) == (spouse, spouse.name, Relation.DAUGHTER)
    households.depart_member(session, head, left_on=clock.today(), reason=DepartureReason.DEATH, **when(world, clock))
    assert row.size == 2


def test_numbers_left_empty_stay_when_a_person_is_edited(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock)
    spouse, number = named(row, Relation.SPOUSE), named(row, Relation.SPOUSE).id_number
    households.edit_member(session, spouse, Person(spouse.name, Relation.SPOUSE, labour=LabourSkill.WEAK, health=("healthy",)),
                           **when(world, clock))
    assert (spouse.id_number, spouse.labour, spouse.health, spouse.born_on) == (
        number, LabourSkill.WEAK, ["healthy"], date(1978, 8, 9))
    households.edit_member(session, row.head, replace(people("测试新名")[0], id_number=""), **when(world, clock))
    assert row.head_name == "测试新名" and row.head_initials.startswith("csxm")


@pytest.mark.parametrize("relation", [Relation.FATHER, Relation.MOTHER, Relation.SPOUSE, Relation.SON, Relation.DAUGHTER])
def test_parents_spouse_and_children_of_the_head_elsewhere_are_recorded(
        session: Session, world: World, clock: StandingClock, relation: Relation) -> None:
    row = home(session, world, clock)
    households.add_kin(session, row, name="测试远方", relation=relation, id_number="", **when(world, clock))
    session.flush()
    assert session.scalars(select(Kin.relation)).all() == [relation] and row.size == 3


def test_a_brother_elsewhere_is_not_recorded_and_a_brother_inside_is_a_member(
        session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock)
    with pytest.raises(Invalid, match="户外亲属只登记"):
        households.add_kin(session, row, name="测试兄弟", relation=Relation.SIBLING, id_number="", **when(world, clock))
    households.add_member(session, row, Person("测试兄弟", Relation.SIBLING), **when(world, clock))
    assert named(row, Relation.SIBLING) in row.present_members


def test_a_focus_group_is_kept_with_person_day_and_source(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock)
    record = households.add_focus(session, row.members[1], FocusGroup.DISABLED_ELDERLY, since=date(2026, 2, 1),
                                  source="民政部门函告", **at(world, clock))
    session.flush()
    assert (record.member_id, record.household_id, record.group, record.since, record.until, record.source) == (
        row.members[1].id, row.id, FocusGroup.DISABLED_ELDERLY, date(2026, 2, 1), None, "民政部门函告")
    with pytest.raises(NotPermitted):
        households.add_focus(session, row.members[1], FocusGroup.HEAVY_CHRONIC, since=clock.today(), source="x",
                             **at(world, clock, "lin.cun"))


def test_a_full_number_is_shown_for_a_reason_that_stays_on_record(
        session: Session, world: World, clock: StandingClock) -> None:
    head = home(session, world, clock).head
    for reason in ("", " \n"):
        with pytest.raises(Invalid):
            households.unmask(session, head, reason=reason, **at(world, clock))
    for who in ("lin.cun", "xian.zhang", "jian.cha", "bm.public-security"):
        with pytest.raises(NotPermitted):
            households.unmask(session, head, reason="核对", **at(world, clock, who))
    assert households.unmask(session, head, reason="核对户口簿", **at(world, clock)) == head.id_number
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == "household.unmask")).one()
    assert event.actor.startswith("周村干")


def found(session: Session, text: str) -> set[str]:
    return set(session.scalars(households.search(text).with_only_columns(Household.head_name)))


def test_a_household_is_found_by_name_initials_or_the_whole_number_of_any_member(
        session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock, "测试曾·阿普")
    home(session, world, clock, "测试𠮷")
    session.flush()
    spouse = named(row, Relation.SPOUSE)
    assert found(session, " 测试曾 ") == {"测试曾·阿普"}
    assert found(session, "CSC") == {"测试曾·阿普"}
    assert found(session, spouse.name) == {"测试曾·阿普", "测试𠮷"}
    assert found(session, spouse.id_number) == {"测试曾·阿普"}
    assert found(session, spouse.id_number[:17]) == found(session, spouse.id_number[-4:]) == set()
    assert found(session, "%") == found(session, "_") == set()
    households.depart_member(session, spouse, left_on=clock.today(), reason=DepartureReason.MARRIED_OUT, **when(world, clock))
    session.flush()
    assert found(session, spouse.id_number) == set()


@pytest.mark.parametrize(("name", "letters"), [("曾小花", "zxh"), ("单雄", "sx"), ("仇大", "qd"), ("罕·罕", "hh"), ("㬹", "")])
def test_initials_read_surnames_as_surnames(name: str, letters: str) -> None:
    assert households.initials(name).startswith(letters)
