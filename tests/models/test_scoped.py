"""Scope by construction: whatever way a query is written, it sees the actor's part or does not run at all."""

from collections.abc import Callable

import pytest
from sqlalchemy import Executable, Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased, joinedload, lazyload, selectinload, subqueryload

from fanpin.authorization import scope_for
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case, CaseAct
from fanpin.models.deliberation import ListEntry
from fanpin.models.events import Event
from fanpin.models.households import Household, Kin, Member
from fanpin.models.scoped import OutOfScope, Scope, ScopeKind, Unscoped, scope_of, set_scope, system_scope
from fanpin.rules.members import Relation
from fanpin.rules.regional import Degree, EventKind, EventSource, ExposedBy
from fanpin.rules.stages import Stage
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.models.neighbours import SCOPED, Two, look
from tests.world import World

STRANGERS = ("wai.xian", "wai.cun", "lin.cun")


def bare() -> Session:
    """Return a session that nobody gave a scope."""
    return Session(db.engine)


# Without a scope.

def test_a_query_without_a_scope_does_not_run(session: Session) -> None:
    for model in SCOPED:
        with bare() as unscoped, pytest.raises(Unscoped, match=model.__mapper__.base_mapper.class_.__name__):
            unscoped.scalars(select(model)).all()


UNSCOPED: dict[str, Callable[[], Executable]] = {
    "one column": lambda: select(Household.head_name),
    "a count": lambda: select(func.count()).select_from(Household),
    "a count of a column": lambda: select(func.count(Household.id)),
    "an alias": lambda: select(aliased(Household)),
    "a join": lambda: select(Area.name).join(Household, Household.area_id == Area.id),
    "an exists": lambda: select(Area).where(exists().where(Household.area_id == Area.id)),
    "a subquery": lambda: select(Area).where(Area.id.in_(select(Household.area_id))),
    "a scalar subquery": lambda: select(Area.name, select(func.count(Household.id)).scalar_subquery()),
    "a union": lambda: select(Household.id).union(select(Case.id)),
    "the table itself": lambda: select(Household.__table__),
    "an update": lambda: update(Household).values(head_name="改"),
    "a delete": lambda: delete(Member),
    "an insert": lambda: insert(CaseAct).values(case_id=1),
}


def test_no_form_of_statement_gets_around_the_scope(session: Session) -> None:
    passed = []
    for form, write in UNSCOPED.items():
        with bare() as unscoped:
            try:
                unscoped.execute(write())
            except Unscoped:
                continue
            passed.append(form)
    assert passed == []


def test_a_row_is_not_written_without_a_scope(session: Session, world: World) -> None:
    with bare() as unscoped:
        unscoped.add(Kin(household_id=1, name="测试", relation=Relation.SON, area_path="/1/"))
        with pytest.raises(Unscoped):
            unscoped.flush()


def test_areas_need_no_scope(session: Session, world: World) -> None:
    with bare() as unscoped:
        assert unscoped.scalar(select(func.count()).select_from(Area)) == len(world.areas)


# On the line: province, prefecture, county, township, village, group.

READS: dict[str, Callable[[Two], Select]] = {
    "a select": lambda two: select(Household).where(Household.id == two.ours.id),
    "one column": lambda two: select(Household.head_name).where(Household.id == two.ours.id),
    "the reference": lambda two: select(Household).where(Household.ref == two.ours.ref),
    "an alias": lambda two: select(aliased(Household)),
    "a join to it": lambda two: select(Area.name).join(Household, Household.area_id == Area.id),
    "a join from it": lambda two: select(Household.head_name).join(Case, Case.household_id == Household.id),
    "an outer join": lambda two: select(Household.id).select_from(Area).outerjoin(
        Household, Household.area_id == Area.id).where(Household.id.is_not(None)),
    "an exists": lambda two: select(Area.name).where(exists().where(Household.area_id == Area.id)),
    "a relationship's any": lambda two: select(Household.id).where(Household.members.any(Member.name != "")),
    "a relationship's has": lambda two: select(Case.id).where(Case.household.has(Household.head_name != "")),
    "a subquery": lambda two: select(Area.name).where(Area.id.in_(select(Household.area_id))),
    "a derived table": lambda two: select(select(Household.id.label("id")).subquery().c.id),
    "a common table expression": lambda two: select(select(Household.id.label("id")).cte("h").c.id),
    "grouped": lambda two: select(Household.area_id).group_by(Household.area_id),
    "its members": lambda two: select(Member.name).where(Member.household_id == two.ours.id),
    "its case": lambda two: select(Case).where(Case.ref == two.case.ref),
    "an or": lambda two: select(Household.id).where((Household.id == two.ours.id) | (Household.id > 0)),
    "a union": lambda two: select(Household.id).union(select(Household.id)),
    "ordered and limited": lambda two: select(Household.id).order_by(Household.id).limit(50).offset(0),
}


def test_a_neighbour_sees_no_trace_of_a_household_however_he_asks(session: Session, world: World, two: Two) -> None:
    statements = {form: read(two) for form, read in READS.items()}
    session.execute(delete(Member).where(Member.household_id == two.theirs.id))
    session.execute(delete(Household).where(Household.id == two.theirs.id))
    seen = {}
    for username in ("cun.gan", "wai.cun", "lin.cun"):
        look(session, world, username)
        seen[username] = {form for form, statement in statements.items() if session.execute(statement).unique().all()}
    assert seen == {"cun.gan": set(READS), "wai.cun": set(), "lin.cun": set()}


def test_get_by_key_or_reference_finds_nothing_next_door(session: Session, world: World, two: Two) -> None:
    ours, ref, case = two.ours.id, two.ours.ref, two.case.id
    for stranger in STRANGERS:
        look(session, world, stranger)
        assert session.get(Household, ours) is None
        assert session.get(Case, case) is None
        assert session.scalar(select(Household).where(Household.ref == ref)) is None


def test_a_count_counts_one_s_own(session: Session, world: World, two: Two) -> None:
    for username, seen in (("cun.gan", 1), ("lin.cun", 0), ("zu.zhang", 1), ("xian.ban", 1), ("wai.xian", 1),
                           ("zhou.shi", 2), ("sheng.ban", 2)):
        look(session, world, username)
        assert session.scalar(select(func.count()).select_from(Household)) == seen, username
        assert session.scalar(select(func.count(Household.id))) == seen, username


def test_a_group_s_cadre_sees_his_group_and_not_the_next(
        session: Session, world: World, two: Two, clock: StandingClock) -> None:
    a_household(session, world, now=clock.now(), today=clock.today(), group=world.areas["group2"])
    look(session, world, "zu.zhang")
    assert session.scalars(select(Household.id)).all() == [two.ours.id]


def test_a_path_that_only_begins_with_the_same_digits_lies_elsewhere(session: Session, world: World, two: Two) -> None:
    set_scope(session, Scope(ScopeKind.LINE, paths=(two.ours.area_path,)))
    with system_scope(session, reason="test"):
        session.execute(update(Household).where(Household.id == two.theirs.id).values(
            area_path=two.ours.area_path.rstrip("/") + "9/"))
    assert session.scalars(select(Household.id)).all() == [two.ours.id]


def an_event(session: Session, world: World, clock: StandingClock, path: str) -> Event:
    """Write an event of an area, as it stands in the table."""
    county = world.areas["county"]
    row = Event(area_path=path, kind=EventKind.OTHER, title=path, happened_on=clock.today(), source=EventSource.WATCH,
                degree=Degree.UNKNOWN, exposed_by=ExposedBy.NAMED, charge_id=county.id, charge_path=county.path, entered_by="赵县办",
                entered_on=clock.today(), entered_at=clock.now())
    session.add(row)
    session.flush()
    return row


def test_what_is_shared_is_seen_above_and_within_and_by_nobody_beside(
        session: Session, world: World, clock: StandingClock) -> None:
    village, county = world.areas["village"].path, world.areas["county"].path
    for path in (village, county, f"{village.rstrip('/')}9/", f"{county.rstrip('/')}0/"):
        an_event(session, world, clock, path)
    for username, seen in (("cun.gan", {village, county}), ("zu.zhang", {village, county}), ("lin.cun", {county}),
                           ("xian.ban", {village, county, f"{village.rstrip('/')}9/"}), ("wai.xian", set()), ("wai.cun", set()),
                           ("bm.education", {village, county, f"{village.rstrip('/')}9/"})):
        look(session, world, username)
        assert set(session.scalars(select(Event.title))) == seen, username


def test_nobody_below_changes_what_is_shared_from_above(session: Session, world: World, clock: StandingClock) -> None:
    event = an_event(session, world, clock, world.areas["county"].path)
    look(session, world, "cun.gan")
    session.scalars(select(Event).where(Event.id == event.id)).one().title = "改"
    with pytest.raises(OutOfScope):
        session.flush()


def test_a_relationship_shows_only_what_is_within_reach_whenever_it_is_loaded(
        session: Session, world: World, two: Two) -> None:
    session.execute(update(Member).where(Member.household_id == two.ours.id, Member.position == 2)
                    .values(area_path=two.theirs.area_path))
    for load in (joinedload, selectinload, subqueryload, lazyload):
        look(session, world, "cun.gan")
        household = session.scalars(select(Household).options(load(Household.members))).unique().one()
        assert [member.position for member in household.members] == [0, 1], load


def test_an_object_carried_over_from_a_wider_scope_opens_nothing(session: Session, world: World, two: Two) -> None:
    session.expunge_all()
    household = session.scalars(select(Household).where(Household.id == two.ours.id)).one()
    set_scope(session, scope_for(world.actors["wai.cun"]))
    assert household.members == []


def test_a_many_to_one_leads_nowhere_outside(session: Session, world: World, two: Two) -> None:
    session.execute(update(Case).where(Case.id == two.case.id).values(area_path=two.theirs.area_path))
    look(session, world, "wai.cun")
    assert session.scalars(select(Case)).one().household is None


def test_a_bulk_change_touches_nothing_outside(session: Session, world: World, two: Two) -> None:
    changes = (update(Household).values(head_name="改"), delete(Member), delete(ListEntry),
               update(Household).where(Household.id == two.ours.id).values(lifted=False))
    for stranger in STRANGERS:
        look(session, world, stranger)
        for wide in changes:
            session.execute(wide.execution_options(synchronize_session=False))
    session.commit()
    set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
    session.expire_all()
    ours = session.get(Household, two.ours.id)
    assert (ours.head_name, ours.lifted, len(ours.members)) == ("测试㬹", True, 3)
    assert session.scalar(select(func.count()).select_from(ListEntry)) == 1


# Writing.

def test_nobody_writes_a_row_into_another_area(session: Session, world: World, two: Two) -> None:
    household, path = two.ours.id, two.ours.area_path
    for stranger in (*STRANGERS, "bm.education", "xi.tong"):
        look(session, world, stranger)
        if stranger == "bm.education":
            path = two.theirs.area_path
        session.add(Kin(household_id=household, name="测试", relation=Relation.SON, area_path=path))
        with pytest.raises(OutOfScope):
            session.flush()
        session.rollback()


def test_nobody_changes_or_deletes_a_row_of_another_area(session: Session, world: World, two: Two) -> None:
    for change in (lambda row: setattr(row, "head_name", "改"), session.delete):
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        session.expunge_all()
        household = session.scalars(select(Household).where(Household.id == two.ours.id)
                                    .options(selectinload(Household.members), selectinload(Household.kin))).one()
        set_scope(session, scope_for(world.actors["wai.cun"]))
        change(household)
        with pytest.raises(OutOfScope):
            session.flush()
        session.rollback()


def test_nobody_moves_his_own_row_into_another_area(session: Session, world: World, two: Two) -> None:
    elsewhere = two.theirs.area_path
    look(session, world, "cun.gan")
    household = session.scalars(select(Household)).one()
    household.area_path = elsewhere
    with pytest.raises(OutOfScope):
        session.flush()


def test_a_bulk_insert_cannot_put_a_row_next_door(session: Session, world: World, two: Two) -> None:
    look(session, world, "wai.cun")
    with pytest.raises(Unscoped):
        session.execute(insert(Kin).values(household_id=two.ours.id, name="测试", relation=Relation.SON,
                                           area_path=two.ours.area_path))


def test_one_s_own_rows_can_be_written(session: Session, world: World, two: Two) -> None:
    look(session, world, "cun.gan")
    household = session.scalars(select(Household)).one()
    household.relocation_community = "某安置点"
    session.commit()
    assert session.scalar(select(Household.relocation_community)) == "某安置点"


def test_seeing_everything_for_a_while_ends_even_when_it_fails(session: Session, world: World, two: Two) -> None:
    look(session, world, "wai.cun")
    before = scope_of(session)
    with pytest.raises(ZeroDivisionError), system_scope(session, reason="test"):
        assert session.scalar(select(func.count()).select_from(Household)) == 2
        raise ZeroDivisionError
    assert scope_of(session) is before
    assert session.scalar(select(func.count()).select_from(Household)) == 1


def test_a_changed_scope_is_not_answered_from_the_one_before(session: Session, world: World, two: Two) -> None:
    statement = select(Household.head_name).where(and_(Household.id > 0, Household.departed_on.is_(None)))
    answers = []
    for username in ("cun.gan", "wai.cun", "lin.cun", "cun.gan"):
        set_scope(session, scope_for(world.actors[username]))
        answers.append(session.scalars(statement).all())
    assert answers == [["测试㬹"], ["测试镇雄"], [], ["测试㬹"]]


def test_stage_filters_and_scope_go_together(session: Session, world: World, two: Two) -> None:
    look(session, world, "cun.gan")
    assert session.scalars(select(Case.id).where(Case.stage == Stage.SURVEY)).all() == [two.case.id]
    look(session, world, "lin.cun")
    assert session.scalars(select(Case.id).where(Case.stage == Stage.SURVEY)).all() == []
