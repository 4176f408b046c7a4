"""Cases far along the road, put there by hand: for tests of a late step, which are not about the road to it."""

from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.deliberation import ListEntry, MeetingKind, MeetingRecord, VillageList
from fanpin.models.households import Household
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.reviews import ReviewConclusion
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import review, survey
from fanpin.steps.review import Judged
from tests.builders import a_case, a_visit
from tests.world import World


def stand_at(session: Session, case: Case, stage: Stage, *, procedure: Procedure = Procedure.ENTERING) -> Case:
    """Put a case at a stage past the one door."""
    session.flush()
    session.execute(update(Case).where(Case.id == case.id).values(stage=stage, procedure=procedure)
                    .execution_options(synchronize_session=False))
    session.refresh(case)
    return case


def a_helped_case(session: Session, world: World, *, now: datetime, today: date, entered: bool = False,
                  days_ago: int = 30, household: Household | None = None) -> tuple[Case, Measure]:
    """Return a case in assistance with one confirmed measure of the agriculture department."""
    case = a_case(session, world, now=now, today=today, household=household)
    survey.record(session, case, a_visit(case, today), actor=world.actors["cun.gan"], now=now, today=today)
    decided = today - timedelta(days=days_ago)
    session.add(Determination(
        case_id=case.id, area_path=case.area_path, procedure=Procedure.ENTERING, round=1,
        result=DeterminationResult.INCLUDED, household_class=HouseholdClass.UNSTABLE, decided_on=decided,
        decided_by="孙县审", reported_on=decided, lead_department="agriculture", lead_named_on=decided,
        entry_due_on=decided + timedelta(days=14), entered_on=decided if entered else None,
        national_number="YN-TEST-1" if entered else ""))
    measure = Measure(
        case_id=case.id, household_id=case.household_id, area_path=case.area_path, category=MeasureCategory.INDUSTRY,
        detail="发展生态养鸡200只", risk=Risk.ILLNESS, department="agriculture", due_on=today + timedelta(days=90),
        status=MeasureStatus.CONFIRMED, proposed_by="周村干", proposed_at=now)
    session.add(measure)
    if entered:
        measure.status, measure.started_on, measure.result = MeasureStatus.STARTED, decided, "鸡苗已发放"
    stand_at(session, case, Stage.ASSISTANCE)
    return case, measure


def judged(measure: Measure, today: date, *, conclusion: ReviewConclusion = ReviewConclusion.STABLE,
           continued_help: str = "") -> Judged:
    """Return a complete review of a household with one measure."""
    return Judged(
        reviewed_on=today, guarantees="“两不愁三保障”和饮水均有保障", measures={measure.id: ("针对性强", "成效明显")},
        risk_points="因病风险已消除，大病已治愈", income_stability="养鸡和务工收入稳定", spending="医疗支出已回落",
        motivation="主动发展产业", conclusion=conclusion, continued_help=continued_help, reviewers="周村干、吴驻村")


def a_reviewed_case(session: Session, world: World, *, now: datetime, today: date,
                    conclusion: ReviewConclusion = ReviewConclusion.STABLE) -> tuple[Case, Measure]:
    """Return a case at review whose review is recorded."""
    case, measure = a_helped_case(session, world, now=now, today=today, entered=True)
    actor = world.actors["cun.gan"]
    review.open_review(session, case, actor=actor, now=now, today=today)
    review.record(session, case, judged(measure, today, conclusion=conclusion, continued_help="继续技术指导"),
                  actor=actor, now=now, today=today)
    return case, measure


def heard(session: Session, world: World, case: Case, *, now: datetime, today: date) -> VillageList:
    """Put the case on a leaving list whose meeting of 党员群众 has agreed."""
    village = world.areas["village"]
    row = VillageList(area_id=village.id, area_path=village.path, procedure=Procedure.LEAVING, month="2026-03",
                      sequence=case.id, number=f"测试-出{case.id}", opened_by="周村干", opened_at=now)
    row.entries = [ListEntry(case_id=case.id, round=case.round, area_path=case.area_path)]
    session.add(row)
    session.flush()
    session.add(MeetingRecord(
        list_id=row.id, area_path=village.path, kind=MeetingKind.REVIEW, held_on=today, place="村委会", host="周村干",
        recorder="吴驻村", attendance={"第一村民小组": [3, 10, 5]}, party_members=3, household_heads=10, others=5,
        decided=True, decision="同意消除", recorded_by="周村干", recorded_at=now))
    session.flush()
    return row


def to_be_marked(session: Session, world: World, *, now: datetime, today: date,
                 household: Household | None = None) -> Case:
    """Return a case on the way out that the county has agreed to eliminate."""
    case, measure = a_helped_case(session, world, now=now, today=today, entered=True, household=household)
    actor = world.actors["cun.gan"]
    review.open_review(session, case, actor=actor, now=now, today=today)
    review.record(session, case, judged(measure, today), actor=actor, now=now, today=today)
    heard(session, world, case, now=now, today=today)
    review.sign_exit_consent(session, case, informed_of="监测帮扶停止", agrees=True, signed_by=case.household.head_name,
                             signed_on=today, actor=actor, now=now, today=today)
    stand_at(session, case, Stage.COUNTY, procedure=Procedure.LEAVING)
    session.add(Determination(
        case_id=case.id, area_path=case.area_path, procedure=Procedure.LEAVING, round=case.round,
        result=DeterminationResult.ELIMINATED, decided_on=today, decided_by="孙县审"))
    session.flush()
    return case
