"""Departments see what they were asked, those who help what they carry while it is carried, administrators nothing."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from fanpin.models.cases import Case, CaseAct
from fanpin.models.county import AT_PROVINCE, AnyInquiry, CoverageRow, DirectRequest, FactRow, Inquiry, Question
from fanpin.models.deliberation import VillageList
from fanpin.models.households import Household, Member
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.scoped import OutOfScope, Scope, Scoped, ScopeKind, set_scope
from fanpin.rules.risks import MeasureCategory
from fanpin.rules.stages import Stage
from tests.conftest import StandingClock
from tests.models.neighbours import SCOPED, Two, look
from tests.world import World

NOT_FOR_DEPARTMENTS = {cls for cls in SCOPED
                       if cls.seen_by_department(Scope(ScopeKind.DEPARTMENT, department="education")) is None}
NOT_FOR_ASSIGNED = {cls for cls in SCOPED if cls.seen_by_assigned(Scope(ScopeKind.ASSIGNED, user_id=1)) is None}


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


def test_the_tables_that_a_department_sees_are_exactly_the_joint_review_s_and_its_own_deliveries() -> None:
    seen = {cls.__name__ for cls in set(SCOPED) - NOT_FOR_DEPARTMENTS}
    assert seen >= {cls.__name__ for cls in (Inquiry, Question, FactRow, CoverageRow)}
    assert seen <= {"AnyInquiry", "Inquiry", "Question", "Batch", "FactRow", "CoverageRow", "MonthlyAnalysis", "AnalysisSignature",
                    "Event", "EventArea", "EventAct", "EventPlan", "EventResponse", "Rectification", "Community", "CommunityName",
                    "CommunityFigure", "AdapterApproval", "AdapterFailure", "AdapterSetting", "AdapterTrial",
                    "AdapterPlan", "AdapterFetch", "SystemCall", "Reminder", "LastAnswer",
                    "Delivery", "RefusedMember", "UnmatchedRow", "HouseholdFinding", "ColumnPart", "ColumnQuestion"}


def test_a_provincial_department_sees_requests_put_to_it_and_nothing_else_at_all(
        session: Session, world: World, two: Two) -> None:
    an_inquiry(session, two.case, "education")
    for department in ("education", "housing"):
        row = DirectRequest(case_id=two.case.id, area_path=two.case.area_path, department=department, case_code="", head_name="",
                            place="彝良县", procedure=two.case.procedure, round=1, asked_on=date(2026, 3, 2),
                            due_on=date(2026, 3, 9), asked_by="赵县办", blocking=False, ground="省外就读")
        row.questions = [Question(area_path=two.case.area_path, department=department, level=AT_PROVINCE, kind="vehicle",
                                  token=f"p-{department}"[:14], subject_name="测试")]
        session.add(row)
    look(session, world, "sheng.ting")
    assert [row.department for row in session.scalars(select(DirectRequest))] == ["education"]
    assert [row.token for row in session.scalars(select(Question))] == ["p-education"]
    assert {cls.__name__ for cls in set(SCOPED) - refused(session, SCOPED)} == {
        "AnyInquiry", "DirectRequest", "Question", "Batch", "FactRow", "CoverageRow"}
    assert [type(row) for row in session.scalars(select(AnyInquiry))] == [DirectRequest]
    look(session, world, "bm.education")
    assert [type(row) for row in session.scalars(select(AnyInquiry))] == [Inquiry]
    assert len(session.scalars(select(Question)).all()) == 1
    with pytest.raises(OutOfScope):
        session.scalars(select(DirectRequest)).all()


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
