"""The demo's year: boards and figures have something to show, every stage a case, and the trail holds."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from fanpin import audit
from fanpin.cli.demo_people import COUNTY, OFFICER_DEPARTMENTS
from fanpin.cli.demo_county import SMALL_YEAR
from fanpin.clock import legal_date
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination
from fanpin.models.deliveries import Delivery
from fanpin.models.findings import ScreeningRun
from fanpin.models.leads import Lead
from fanpin.models.measures import Measure, MeasureStatus, Visit
from fanpin.models.reviews import Review
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.warnings import AnalysisSignature, MonthlyAnalysis, Warning
from fanpin.models.leading_groups import JointMeeting
from fanpin.models.supervision import ConductFinding, SupervisionTask
from fanpin.models.staff import TrainingAttendance
from fanpin.rules.oversight import TaskState
from fanpin.rules.intake import LeadStatus
from fanpin.rules.stages import MONITORED, Stage
from fanpin.steps import areas, oversight_reach, oversight_staff, progress
from tests.conftest import TODAY
from tests.journeys.conftest import Demo


def test_every_stage_and_every_end_but_departure_has_a_case(demo: Demo) -> None:
    standing = Counter(demo.session.scalars(select(Case.stage)))
    assert set(Stage) - set(standing) <= {Stage.DEPARTED, Stage.REVIEW}
    assert standing[Stage.ELIMINATED] >= 2 and standing[Stage.ASSISTANCE] >= 10


def test_the_board_of_the_county_counts_help_leavings_and_what_is_late(demo: Demo) -> None:
    county: Area = areas.by_code(demo.session, COUNTY)
    total, townships = progress.progress(demo.session, county, today=TODAY)
    assert total.monitored >= 10 and total.stages[progress.Column.ELIMINATED] >= 1
    assert sum(row.monitored > 0 for row in townships) >= 2


def test_the_months_told_have_warnings_verified_cases_decided_and_an_analysis_that_eighteen_departments_signed(demo: Demo) -> None:
    months = Counter(demo.session.scalars(select(Warning.month).where(Warning.verified_at.is_not(None))))
    assert len(months) >= len(SMALL_YEAR)
    assert len(set(demo.session.scalars(select(Warning.conclusion).where(Warning.verified_at.is_not(None))))) >= 3
    decided = {f"{day:%Y-%m}" for day in demo.session.scalars(select(Determination.decided_on))}
    assert len(decided) >= 4
    signed = demo.session.execute(select(func.count()).select_from(AnalysisSignature).group_by(AnalysisSignature.analysis_id)).scalars().all()
    assert signed == [len(OFFICER_DEPARTMENTS)] * len(SMALL_YEAR)
    assert demo.session.scalar(select(func.count()).select_from(MonthlyAnalysis)) == len(SMALL_YEAR)


def test_monitored_households_were_visited_and_reviewed(demo: Demo) -> None:
    assert demo.session.scalar(select(func.count()).select_from(Visit)) >= 20
    assert {review.year for review in demo.session.scalars(select(Review))} >= {TODAY.year - 1}


def test_every_village_owes_this_months_round_and_earlier_ones_are_done(demo: Demo) -> None:
    rounds = demo.session.scalars(select(Round)).all()
    now = {row.area_id for row in rounds if row.starts_on == TODAY.replace(day=1)}
    assert len(now) == 3
    done = [row.id for row in rounds if row.ends_on < TODAY]
    assert done and demo.session.scalar(select(func.count()).select_from(RoundVisit).where(
        RoundVisit.round_id.in_(done), RoundVisit.visited_on.is_(None))) == 0


def test_the_county_is_in_order_and_has_a_few_real_deadlines(demo: Demo) -> None:
    last = select(func.max(Visit.visited_on)).where(Visit.case_id == Case.id).correlate(Case).scalar_subquery()
    unseen = demo.session.scalars(select(Case.id).where(Case.stage.in_(MONITORED), last < TODAY - timedelta(days=31))).all()
    assert len(unseen) == 1
    assert demo.session.scalars(select(Measure.id).where(Measure.status == MeasureStatus.STARTED, Measure.due_on < TODAY)).all() == []
    county: Area = areas.by_code(demo.session, COUNTY)
    places = [county, *oversight_reach.below(demo.session, county)]
    assert [seat for seat in oversight_staff.seats(demo.session, places, today=TODAY) if seat.holder is None] == []
    waiting = demo.session.scalars(select(Lead).where(Lead.status == LeadStatus.RECEIVED)).all()
    assert waiting and {legal_date(lead.registered_at) for lead in waiting} == {TODAY}
    late = demo.session.scalar(select(func.count()).select_from(Delivery).where(
        Delivery.done_at > select(func.max(ScreeningRun.asked_at)).scalar_subquery()))
    assert late == 0


def test_the_trail_of_the_whole_demo_holds(demo: Demo) -> None:
    report = audit.verify(demo.session)
    assert report.whole and report.events > 1000


def test_the_levels_steer_meetings_tasks_training_and_findings_are_on_record(demo: Demo) -> None:
    meetings = demo.session.scalars(select(JointMeeting)).all()
    assert len(meetings) == 2 and all(meeting.minutes for meeting in meetings)
    assert set(demo.session.scalars(select(SupervisionTask.state))) == {TaskState.OPEN, TaskState.ACCEPTED}
    assert demo.session.scalar(select(func.count()).select_from(TrainingAttendance)) > 10
    assert demo.session.scalars(select(ConductFinding)).one().result
