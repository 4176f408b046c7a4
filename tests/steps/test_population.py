"""Who belongs to a household changes: on a document, with a day, with an event on every household, and nobody's past is lost."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.extensions import Base
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.households import Household, Member, PopulationEvent, PopulationKind
from fanpin.models.scoped import Scoped
from fanpin.rules.members import DepartureReason, LabourSkill, Relation
from fanpin.rules.refusals import Invalid, NotPermitted
from fanpin.rules.stages import Stage
from fanpin.steps import elimination, population, survey
from fanpin.steps.households import Person
from fanpin.steps.population import Papers
from tests.builders import a_case, a_household, a_visit, an_id, people
from tests.conftest import StandingClock
from tests.world import World

ON = date(2026, 2, 27)
PAPERS = Papers(happened_on=ON, document="户口簿", reason="儿子成家另过")
K, R = PopulationKind, Relation


def by(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def home(session: Session, world: World, clock: StandingClock, *more: Person, head: str = "测试㬹", group: str = "group1") -> Household:
    row = a_household(session, world, now=clock.now(), today=clock.today(), members=(*people(head), *more),
                      group=None if group == "group1" else world.areas[group])
    session.commit()
    return row


def son(name: str = "测试阿水") -> Person:
    return Person(name, R.SON, an_id(date(1999, 4, 1)), health=("healthy",), labour=LabourSkill.ORDINARY, education="junior")


def names(members: Sequence[Member]) -> list[str]:
    return [member.name for member in members]


def tags(session: Session, household: Household) -> list[str]:
    session.flush()
    return list(session.scalars(select(AuditEvent.tag).where(AuditEvent.stream == f"household:{household.id}").order_by(AuditEvent.id)))


@pytest.mark.parametrize("kind", [K.BIRTH, K.MARRIED_IN, K.MOVED_IN])
def test_somebody_joins_on_a_document(session: Session, world: World, clock: StandingClock, kind: PopulationKind) -> None:
    row = home(session, world, clock)
    fresh = Person("测试新人", R.OTHER, born_on=ON if kind is K.BIRTH else date(1990, 1, 1))
    population.join(session, row, kind, fresh, PAPERS, **by(world, clock))
    event = session.scalars(select(PopulationEvent)).one()
    assert (event.kind, event.happened_on, event.document, event.persons, row.size) == (kind, ON, "户口簿", ["测试新人"], 4)
    assert "household.population" in tags(session, row)


@pytest.mark.parametrize(("kind", "reason"), [(K.DEATH, DepartureReason.DEATH), (K.MARRIED_OUT, DepartureReason.MARRIED_OUT),
                                              (K.MOVED_OUT, DepartureReason.MOVED)])
def test_somebody_leaves_and_stays_on_record(session: Session, world: World, clock: StandingClock, kind: PopulationKind,
                                             reason: DepartureReason) -> None:
    row = home(session, world, clock)
    wife = row.members[1]
    population.leave(session, wife, kind, PAPERS, **by(world, clock))
    assert (wife.left_on, wife.left_reason, row.size, wife in row.members) == (ON, reason.value, 2, True)
    with pytest.raises(Invalid, match="已经减少"):
        population.leave(session, wife, kind, PAPERS, **by(world, clock))
    with pytest.raises(Invalid, match="户主减少前"):
        population.leave(session, row.head, kind, PAPERS, **by(world, clock))


def test_the_last_person_ends_the_household_and_not_over_an_open_case(session: Session, world: World, clock: StandingClock) -> None:
    row = a_household(session, world, now=clock.now(), today=clock.today(), members=people()[:1])
    case = a_case(session, world, now=clock.now(), today=clock.today(), household=row)
    with pytest.raises(Invalid, match="最后一人"):
        population.leave(session, row.head, K.DEATH, PAPERS, **by(world, clock))
    elimination.depart(session, case, reason="整户消亡", **by(world, clock, "xian.ban"))
    population.leave(session, row.head, K.DEATH, PAPERS, **by(world, clock))
    assert row.present_members == [] and row.departed_on is not None
    with pytest.raises(Invalid, match="不能再办理"):
        population.join(session, row, K.MOVED_IN, son(), PAPERS, **by(world, clock))


def test_a_day_and_a_document_are_asked_for(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock)
    for papers, field in ((Papers(happened_on=ON, document=" "), "document"),
                          (Papers(happened_on=clock.today() + timedelta(days=1), document="x"), "happened_on")):
        with pytest.raises(Invalid) as caught:
            population.join(session, row, K.MOVED_IN, son(), papers, **by(world, clock))
        assert field in caught.value.problems
    with pytest.raises(Invalid):
        population.join(session, row, K.DEATH, son(), PAPERS, **by(world, clock))
    with pytest.raises(Invalid):
        population.leave(session, row.members[1], K.BIRTH, PAPERS, **by(world, clock))


# Split and merge.

def test_a_split_makes_a_household_of_its_own_and_keeps_both_pasts(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock, son())
    moved = row.members[3]
    number = moved.id_number
    fresh = population.split(session, row, {moved.id: R.HEAD}, PAPERS, **by(world, clock))
    assert (fresh.head_name, fresh.size, fresh.area_path, row.size, moved.left_reason) == ("测试阿水", 1, row.area_path, 3, "split")
    assert fresh.head.id_number == number and fresh.head.id != moved.id
    assert [home.id for _, home in population.history(session, fresh.head)] == [row.id, fresh.id]
    assert [event.kind for event in population.lately_regrouped(session, fresh, today=clock.today())] == [K.SPLIT]
    assert population.lately_regrouped(session, row, today=clock.today() + timedelta(days=900)) == []
    assert tags(session, fresh) == ["household.regroup"] and tags(session, row)[-1] == "household.regroup"


def test_a_split_that_leaves_no_household_is_refused(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock, son())
    everybody = {member.id: R.OTHER for member in row.members}
    for relations, said in (({}, "勾选"), (everybody, "全部成员"), ({row.head.id: R.HEAD}, "户主留在原户"), ({row.members[3].id: R.SON}, "还没有户主")):
        with pytest.raises(Invalid, match=said), session.begin_nested():
            population.split(session, row, relations, PAPERS, **by(world, clock))


def test_a_merge_takes_everybody_along_and_ends_the_other_file(session: Session, world: World, clock: StandingClock) -> None:
    row, into = home(session, world, clock), home(session, world, clock, head="测试主家")
    relations = {member.id: R.OTHER for member in row.members}
    with pytest.raises(Invalid, match="请填写"):
        population.merge(session, row, into, {}, PAPERS, **by(world, clock))
    population.merge(session, row, into, relations, PAPERS, **by(world, clock))
    assert (into.size, len(into.present_members), row.departed_on, row.departed_reason) == (6, 6, ON, "并入测试主家家")
    assert row.present_members == [] and names(row.members) == names(people())
    assert [event.kind for event in population.lately_regrouped(session, row, today=clock.today())] == [K.MERGE]
    with pytest.raises(Invalid):
        population.merge(session, into, into, relations, PAPERS, **by(world, clock))


def test_while_people_are_judged_their_number_stays_as_it_was_judged(session: Session, world: World, clock: StandingClock) -> None:
    row, other = home(session, world, clock, son()), home(session, world, clock, head="测试主家")
    case = a_case(session, world, now=clock.now(), today=clock.today(), household=row)
    survey.record(session, case, a_visit(case, clock.today()), **by(world, clock))
    # In the survey the file may still change; once it went on, it may not.
    fresh = population.split(session, row, {row.members[3].id: R.HEAD}, PAPERS, **by(world, clock))
    case.stage = Stage.PUBLICITY
    session.flush()
    with pytest.raises(Invalid, match="公示"):
        population.split(session, row, {row.members[1].id: R.HEAD}, PAPERS, **by(world, clock))
    with pytest.raises(Invalid, match="公示"):
        population.merge(session, fresh, row, {fresh.members[0].id: R.SON}, PAPERS, **by(world, clock))
    with pytest.raises(Invalid, match="先办结"):
        population.merge(session, row, other, {member.id: R.OTHER for member in row.present_members}, PAPERS, **by(world, clock))
    case.stage = Stage.ASSISTANCE
    session.flush()
    population.merge(session, fresh, row, {fresh.members[0].id: R.SON}, PAPERS, **by(world, clock))
    assert row.size == 4


# Moving.

def scoped_paths(session: Session, household: Household) -> set[str]:
    found = {household.area_path}
    for mapper in Base.registry.mappers:
        columns = mapper.class_.__table__.c
        if issubclass(mapper.class_, Scoped) and "household_id" in columns:
            found |= set(session.connection().execute(select(columns.area_path).where(columns.household_id == household.id)).scalars())
    return found


def test_a_household_moves_with_all_that_is_under_way(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock)
    case = a_case(session, world, now=clock.now(), today=clock.today(), household=row)
    survey.record(session, case, a_visit(case, clock.today()), **by(world, clock))
    population.move(session, row, world.areas["group2"], PAPERS, **by(world, clock))
    session.commit()
    target = session.get(type(world.areas["group2"]), world.areas["group2"].id).path
    assert scoped_paths(session, row) == {target}
    assert session.scalars(select(Case.area_path)).all() == [target]
    assert session.scalars(select(PopulationEvent.places)).one() == "第一村民小组→第二村民小组"


def test_only_the_county_moves_a_household_between_villages(session: Session, world: World, clock: StandingClock) -> None:
    row = home(session, world, clock)
    with pytest.raises(NotPermitted):
        population.move(session, row, world.areas["sibling_group"], PAPERS, **by(world, clock))
    with pytest.raises(NotPermitted):
        population.move(session, row, world.areas["other_group"], PAPERS, **by(world, clock, "xian.ban"))
    with pytest.raises(Invalid, match="另一个村民小组"):
        population.move(session, row, world.areas["group1"], PAPERS, **by(world, clock, "xian.ban"))
    population.move(session, row, world.areas["sibling_group"], PAPERS, **by(world, clock, "xian.ban"))
    assert row.area_path.startswith(session.get(type(world.areas["group1"]), world.areas["sibling_village"].id).path)


@pytest.mark.parametrize("who", ["zu.zhang", "xian.zhang", "jian.cha", "lin.cun"])
def test_who_may_not_regroup(session: Session, world: World, clock: StandingClock, who: str) -> None:
    row = home(session, world, clock, son())
    with pytest.raises(NotPermitted):
        population.split(session, row, {row.members[3].id: R.HEAD}, PAPERS, **by(world, clock, who))
