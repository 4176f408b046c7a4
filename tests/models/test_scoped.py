"""Scope by construction: whatever way a query is written, it sees the actor's part or does not run at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Executable, Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased, joinedload, lazyload, selectinload, subqueryload

from fanpin.authorization import scope_for
from fanpin.extensions import Base, db
from fanpin.models.areas import Area
from fanpin.models.cases import Case, CaseAct
from fanpin.models.county import CoverageRow, FactRow, Inquiry, Question
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.households import Household, Kin, Member
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.scoped import OutOfScope, Scope, Scoped, ScopeKind, Unscoped, scope_of, set_scope, system_scope
from fanpin.rules.members import Relation
from fanpin.rules.risks import MeasureCategory
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import households
from tests.builders import a_case, a_household, people
from tests.conftest import StandingClock
from tests.world import World

SCOPED = sorted((mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Scoped)),
                key=lambda cls: cls.__name__)
OWN_TO_DEPARTMENTS = {cls for cls in SCOPED if hasattr(cls, "department")} & {
    cls for cls in SCOPED if cls.seen_by_department(Scope(ScopeKind.DEPARTMENT, department="x")) is not None}
STRANGERS = ("wai.xian", "wai.cun", "lin.cun")


@dataclass(frozen=True)
class Two:
    """A household with a case in the village, and one in the neighbouring county."""

    ours: Household
    case: Case
    theirs: Household


@pytest.fixture
def two(session: Session, world: World, clock: StandingClock) -> Two:
    """Write the two households, the case standing on a village's list."""
    case = a_case(session, world, now=clock.now(), today=clock.today())
    theirs = households.create(
        session, actor=world.actors["wai.xian"], now=clock.now(), today=clock.today(), group=world.areas["other_group"],
        people=people("测试镇雄"), lifted=True, lives_here=True, rural_services=True, hukou_place="本村", phone="13800000000")
    village = world.areas["village"]
    listed = VillageList(area_id=village.id, area_path=village.path, procedure=Procedure.ENTERING, month="2026-03",
                         sequence=1, number="1", opened_by="周村干", opened_at=clock.now())
    listed.entries = [ListEntry(case=case, round=1, area_path=case.area_path)]
    session.add(listed)
    session.commit()
    return Two(case.household, case, theirs)


def look(session: Session, world: World, username: str) -> Session:
    """Let the session see what the person sees, remembering nothing."""
    session.commit()
    session.expunge_all()
    set_scope(session, scope_for(world.actors[username]))
    return session


def bare() -> Session:
    """Return a session that nobody gave a scope."""
    return Session(db.engine)


def an_inquiry(session: Session, case: Case, department: str) -> Inquiry:
    """Ask a department one question about the case."""
    row = Inquiry(case_id=case.id, area_path=case.area_path, department=department, case_code=case.code,
                  head_name=case.household.head_name, place="第一村民小组", procedure=case.procedure, round=case.round,
                  asked_on=date(2026, 3, 2), due_on=date(2026, 3, 9), asked_by="赵县办")
    row.questions = [Question(area_path=case.area_path, department=department, kind="vehicle", token=f"t-{department}"[:14],
                              subject_name=case.household.head_name)]
    session.add(row)
    session.flush()
    return row


def a_measure(session: Session, case: Case, *, department: str = "agriculture",
              status: MeasureStatus = MeasureStatus.CONFIRMED, helper_id: int | None = None) -> Measure:
    """Write a measure that a department carries."""
    row = Measure(case_id=case.id, household_id=case.household_id, area_path=case.area_path,
                  category=MeasureCategory.EMPLOYMENT, detail="介绍就近务工", status=status, department=department,
                  helper_id=helper_id, proposed_by="周村干", proposed_at=datetime(2026, 3, 2, tzinfo=UTC))
    session.add(row)
    session.flush()
    return row


# Without a scope.

def test_a_query_without_a_scope_does_not_run(session: Session) -> None:
    for model in SCOPED:
        with bare() as unscoped, pytest.raises(Unscoped, match=model.__name__):
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


# Departments see what they were asked, assigned departments what they carry, administrators nothing.

def test_the_tables_that_a_department_sees_are_exactly_the_joint_review_s() -> None:
    assert {cls.__name__ for cls in OWN_TO_DEPARTMENTS} >= {
        Inquiry.__name__, Question.__name__, FactRow.__name__, CoverageRow.__name__}
    scope = Scope(ScopeKind.DEPARTMENT, paths=("/1/",), department="education")
    seen = {cls.__name__ for cls in SCOPED if cls.seen_by_department(scope) is not None}
    assert seen <= {"Inquiry", "Question", "Batch", "FactRow", "CoverageRow", "MonthlyAnalysis", "AnalysisSignature"}


def test_a_department_sees_its_own_questions_only(session: Session, world: World, two: Two) -> None:
    an_inquiry(session, two.case, "education")
    an_inquiry(session, two.case, "housing")
    look(session, world, "bm.education")
    assert [row.department for row in session.scalars(select(Inquiry))] == ["education"]
    assert [row.department for row in session.scalars(select(Question))] == ["education"]
    assert session.scalar(select(func.count()).select_from(Question)) == 1
    assert session.scalars(select(Question).where(Question.department == "housing")).all() == []
    assert session.scalars(select(Question).join(Inquiry).where(Inquiry.department == "housing")).all() == []


def test_a_department_of_another_county_sees_none_of_them(session: Session, world: World, two: Two) -> None:
    an_inquiry(session, two.case, "education")
    session.commit()
    session.expunge_all()
    set_scope(session, Scope(ScopeKind.DEPARTMENT, paths=(world.areas["other_county"].path,), department="education"))
    assert session.scalars(select(Inquiry)).all() == []


NOT_FOR_DEPARTMENTS = {cls for cls in SCOPED
                       if cls.seen_by_department(Scope(ScopeKind.DEPARTMENT, department="education")) is None}
NOT_FOR_ASSIGNED = {cls for cls in SCOPED if cls.seen_by_assigned(Scope(ScopeKind.ASSIGNED, user_id=1)) is None}


def refused(session: Session, models: Iterable[type[Scoped]]) -> set[type[Scoped]]:
    """Return the models that the session may not even ask for."""
    found = set()
    for model in models:
        try:
            session.scalars(select(model)).all()
        except OutOfScope:
            found.add(model)
    return found


def test_a_department_never_asks_for_the_rest_of_a_case(session: Session, world: World) -> None:
    look(session, world, "bm.education")
    assert refused(session, SCOPED) == NOT_FOR_DEPARTMENTS
    assert NOT_FOR_DEPARTMENTS >= {Household, Member, Case, Measure, CaseAct, VillageList}


def test_a_department_gets_nothing_through_a_join_or_a_subquery(session: Session, world: World, two: Two) -> None:
    an_inquiry(session, two.case, "education")
    look(session, world, "bm.education")
    with pytest.raises(OutOfScope):
        session.execute(select(Inquiry.id, Case.stage).join(Case, Case.id == Inquiry.case_id)).all()
    for sneaky in (select(Inquiry.id).where(Inquiry.case_id.in_(select(Case.id))),
                   select(Inquiry.id).where(exists().where(Case.id == Inquiry.case_id)),
                   select(Inquiry.id, select(Household.head_name).limit(1).scalar_subquery())):
        try:
            rows = session.execute(sneaky).all()
        except OutOfScope:
            continue
        assert all(value is None for row in rows for value in row[1:])
        assert rows == [] or len(rows[0]) == 2


def stand(session: Session, case: Case, stage: Stage, *, closed_on: date | None = None) -> None:
    """Put the case somewhere, past the one door, which is tested elsewhere."""
    session.execute(update(Case).where(Case.id == case.id).values(stage=stage, closed_on=closed_on))
    session.commit()


def test_who_carries_a_measure_sees_it_and_its_household_and_no_more(session: Session, world: World, two: Two) -> None:
    stand(session, two.case, Stage.ASSISTANCE)
    a_measure(session, two.case)
    a_measure(session, two.case, department="housing")
    a_measure(session, two.case, status=MeasureStatus.PLANNED)
    look(session, world, "bang.fu")
    assert [(row.department, row.status) for row in session.scalars(select(Measure))] == [
        ("agriculture", MeasureStatus.CONFIRMED)]
    assert session.scalars(select(Household.id)).all() == [two.ours.id]
    assert session.scalar(select(func.count()).select_from(Member)) == 3


def test_who_carries_nothing_sees_no_household(session: Session, world: World, two: Two) -> None:
    a_measure(session, two.case, department="housing")
    a_measure(session, two.case, status=MeasureStatus.PLANNED)
    look(session, world, "bang.fu")
    assert session.scalars(select(Measure)).all() == []
    assert session.scalars(select(Household)).all() == []
    assert session.scalars(select(Member)).all() == []


def test_a_household_is_seen_by_who_helps_it_only_while_it_is_helped(
        session: Session, world: World, two: Two, clock: StandingClock) -> None:
    a_measure(session, two.case)
    seen = {}
    for stage in (Stage.DELIBERATION, Stage.COUNTY, Stage.ASSISTANCE, Stage.REVIEW, Stage.ELIMINATED):
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        stand(session, two.case, stage, closed_on=clock.today() if stage.ended else None)
        look(session, world, "bang.fu")
        seen[stage] = session.scalar(select(func.count()).select_from(Household))
    assert seen == {Stage.DELIBERATION: 0, Stage.COUNTY: 0, Stage.ASSISTANCE: 1, Stage.REVIEW: 1, Stage.ELIMINATED: 0}


def test_a_helper_without_a_department_sees_what_names_him(session: Session, world: World, two: Two) -> None:
    stand(session, two.case, Stage.ASSISTANCE)
    helper = world.actors["ze.ren"]
    a_measure(session, two.case, department="", helper_id=helper.user_id)
    a_measure(session, two.case, department="")
    session.commit()
    session.expunge_all()
    set_scope(session, Scope(ScopeKind.ASSIGNED, paths=(helper.area_path,), user_id=helper.user_id))
    assert [row.helper_id for row in session.scalars(select(Measure))] == [helper.user_id]


def test_who_carries_measures_never_asks_for_the_case(session: Session, world: World) -> None:
    look(session, world, "bang.fu")
    assert refused(session, SCOPED) == NOT_FOR_ASSIGNED
    assert NOT_FOR_ASSIGNED >= {Case, CaseAct, Inquiry, Question, VillageList}


def test_an_administrator_sees_no_household_and_no_case(session: Session, world: World, two: Two) -> None:
    for username in ("xi.tong", "an.quan", "shen.ji"):
        look(session, world, username)
        assert refused(session, SCOPED) == set(SCOPED)


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
