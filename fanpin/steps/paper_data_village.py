"""Papers of the village, filled from its records: minutes, notices, report, measures (三(四)、四、五)."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.documents import papers_village as papers
from fanpin.documents.catalogue import Issuer
from fanpin.documents.papers_common import SkippedDay
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind, MeetingRecord, Opinion
from fanpin.models.dossiers import calendar, period_of
from fanpin.models.measures import Measure, MeasurePosting
from fanpin.models.notices import Notice, Objection, PlaceKind
from fanpin.models.surveys import Survey
from fanpin.models.users import User
from fanpin.rules import workdays
from fanpin.rules.areas import AreaLevel
from fanpin.rules.risks import Risk
from fanpin.rules.stages import MONITORED, Procedure
from fanpin.steps import oversight, publicity
from fanpin.steps.paper_values import (
    CARRIED_OUT, CONFIRMED, PROPOSED, Request, Row, class_of, department_name, entering_decision, group_names,
    listed_households, measures_of, meeting_of, month_of, number_of, office_address, public_households, reported,
    rows_of, those_present,
)

WORKDAYS = 5
WEEKEND = ("周六", "周日")
WHOLE_HOUSEHOLD = "全户"
NOTICE_BOARD = "村务公开栏"


def minutes(request: Request) -> papers.Minutes:
    """Write up the latest meeting of the villagers about the list, with what the 两委 then decided."""
    listed, session = request.the_list(), request.session
    meeting = meeting_of(session, listed, MeetingKind.REVIEW if request.leaving else MeetingKind.DELIBERATION)
    if meeting is None:
        request.not_yet("还没有登记评议会议，请先登记会议时间、地点和到会人数。")
    rows = [row for row in rows_of(session, listed) if row.standing or row.entry.left_on >= meeting.held_on]
    committee = meeting_of(session, listed, MeetingKind.COMMITTEE)
    return papers.Minutes(
        place=request.place, issuer=request.issuer(), kind=meeting.kind.title, leaving=request.leaving,
        month=month_of(listed.month), list_number=listed.number, announced_on=listed.announced_on,
        announced_place=listed.announced_place, held_on=meeting.held_on, venue=meeting.place, host=meeting.host,
        recorder=meeting.recorder, attendance=_attendance(meeting), households=_discussed(request, rows, meeting),
        opinions=_opinions(session, listed.id), summary=meeting.summary, decision=meeting.decision,
        committee=_committee(committee) if committee else None)


def _attendance(meeting: MeetingRecord) -> tuple[papers.GroupAttendance, ...]:
    return tuple(papers.GroupAttendance(group=group, party_members=party, household_heads=heads, others=others)
                 for group, (party, heads, others) in meeting.attendance.items())


def _discussed(request: Request, rows: Sequence[Row], meeting: MeetingRecord) -> tuple[papers.DiscussedHousehold, ...]:
    measures = measures_of(request.session, [row.case for row in rows], CARRIED_OUT if request.leaving else PROPOSED)
    told = _conclusions(request.session, [row.case for row in rows])
    return tuple(papers.DiscussedHousehold(
        group=row.group, head_name=row.case.household.head_name, size=row.case.household.size,
        household_class=class_of(row.case), report=told.get(row.case.id, ""), result=_result(row, meeting, request),
        measures=measures.get(row.case.id, ())) for row in rows)


def _result(row: Row, meeting: MeetingRecord, request: Request) -> str:
    if row.entry.left_on is not None and row.determination is None:
        return f"未提交：{row.entry.left_reason}"
    if not meeting.decided:
        return "未形成意见"
    return "同意按程序办理风险消除" if request.leaving else "同意提交公示"


def _conclusions(session: Session, cases: Sequence[Case]) -> dict[int, str]:
    rows = session.scalars(select(Survey).where(Survey.case_id.in_([case.id for case in cases])).order_by(Survey.id))
    return {row.case_id: row.conclusion for row in rows}


def _opinions(session: Session, list_id: int) -> tuple[papers.OpinionAnswered, ...]:
    return tuple(papers.OpinionAnswered(
        speaker=row.speaker, content=row.content, verified=row.verified, answer=row.answer, answered_on=row.answered_on)
        for row in session.scalars(select(Opinion).where(Opinion.list_id == list_id).order_by(Opinion.id)))


def _committee(meeting: MeetingRecord) -> papers.CommitteeDecision:
    return papers.CommitteeDecision(held_on=meeting.held_on, host=meeting.host, present=those_present(meeting),
                                    decision=meeting.decision)


def notice(request: Request) -> papers.Notice:
    """Fill the notice for the public.

    A notice is printed to be posted: until every place has its day, the period is the one that it will have if it is
    posted everywhere today (it starts the day after), in the groups that it concerns; afterwards it is the one that runs.
    """
    listed, session = request.the_list(), request.session
    made = publicity.current(session, listed)
    pairs = [(row.case, row.group) for row in rows_of(session, listed) if row.standing]
    period = _period(request, made)
    line = None if request.leaving else oversight.line_for(session, listed.area_path, request.today)
    return papers.Notice(
        place=request.place, issuer=request.issuer(), month=month_of(listed.month), line=line.amount if line else None,
        line_year=line.year if line else None,
        households=public_households(request, pairs, CARRIED_OUT if request.leaving else PROPOSED),
        first_day=period.first_day, last_day=period.last_day, workdays=WORKDAYS,
        skipped=tuple(SkippedDay(on=day, why="周末" if why in WEEKEND else why) for day, why in period.skipped),
        places=_places(made, [group for _, group in pairs]), platform=_platform(made), contacts=request.contacts(),
        office_address=office_address(request.areas()))


def _places(made: Notice | None, groups: Sequence[str]) -> tuple[str, ...]:
    if made is None:
        return tuple(f"{group}公开场所" for group in dict.fromkeys(groups))
    # Before posting a place is only the group's name.
    return tuple(place.place if place.posted_on is not None else f"{place.place}公开场所"
                 for place in made.places if place.kind is PlaceKind.GROUP)


def _platform(made: Notice | None) -> str:
    named = [place.place for place in made.places if place.kind is PlaceKind.PLATFORM] if made else []
    return named[0] if named else PlaceKind.PLATFORM.title


def _period(request: Request, made: Notice | None) -> workdays.Period:
    code = request.areas()[AreaLevel.VILLAGE].code12
    running = period_of(request.session, made, area_code=code) if made else None
    return running or workdays.period(request.today, WORKDAYS, calendar=calendar(request.session), area_code=code)


def village_report(request: Request) -> papers.VillageReport:
    """Fill the report to the township: list, meeting, a notice of five full working days, no open objection."""
    listed, session = request.the_list(), request.session
    meeting = meeting_of(session, listed, MeetingKind.REVIEW if request.leaving else MeetingKind.DELIBERATION)
    committee = meeting_of(session, listed, MeetingKind.COMMITTEE)
    made = publicity.current(session, listed)
    if meeting is None or (committee is None and not request.leaving):
        request.not_yet("还没有登记评议会议或村“两委”研究。")
    period = None if made is None else period_of(session, made, area_code=request.areas()[AreaLevel.VILLAGE].code12)
    if period is None or not period.over_on(request.today):
        request.not_yet("公示还没有满5个工作日。" if period else "公示还没有在各处张贴齐全。")
    received, upheld, waiting = _objections(session, made)
    if waiting:
        request.not_yet(f"还有{waiting}件异议、举报没有答复。")
    rows = reported(rows_of(session, listed))
    return papers.VillageReport(
        place=request.place, issuer=request.issuer(), to=request.issuer(Issuer.TOWNSHIP), leaving=request.leaving,
        month=month_of(listed.month), list_number=listed.number,
        households=listed_households(request, rows, CARRIED_OUT if request.leaving else PROPOSED),
        meeting_on=meeting.held_on, attendance=meeting.party_members + meeting.household_heads + meeting.others,
        opinions=session.scalar(select(func.count()).select_from(Opinion).where(Opinion.list_id == listed.id)) or 0,
        committee_on=committee.held_on if committee else None,
        notice_number=number_of(session, listed, "notice_in", "notice_out") or made.number, first_day=period.first_day,
        last_day=period.last_day, objections=received, objections_upheld=upheld,
        contact_name=listed.village_report_by or request.actor.name, contact_phone=request.phone(AreaLevel.VILLAGE))


def _objections(session: Session, made: Notice) -> tuple[int, int, int]:
    rows = session.scalars(select(Objection).where(Objection.notice_id == made.id)).all()
    return len(rows), sum(bool(row.upheld) for row in rows), sum(row.answered_on is None for row in rows)


def measures_plan(request: Request) -> papers.MeasuresPlan:
    """Fill the household's plan: every measure, for whom, against which risk, by whom, with what result."""
    case, session = request.the_case(), request.session
    rows = session.scalars(select(Measure).where(
        Measure.case_id == case.id, Measure.category.is_not(None), Measure.status.in_(PROPOSED)).order_by(Measure.id)).all()
    if not rows:
        request.not_yet("还没有提出到户帮扶措施。")
    persons = {member.id: member.name for member in case.household.members}
    helpers = _helpers(session, [row.helper_id for row in rows if row.helper_id])
    decided = entering_decision(session, case)
    return papers.MeasuresPlan(
        place=request.place, issuer=request.issuer(), head_name=case.household.head_name, size=case.household.size,
        household_class=class_of(case), risks=_risks(session, case),
        lead_department=department_name(decided.lead_department) if decided else "",
        measures=tuple(papers.PlannedMeasure(
            person=persons.get(row.member_id, WHOLE_HOUSEHOLD), category=row.category.title, detail=row.detail,
            risk=row.risk.title if row.risk else "", department=department_name(row.department),
            helper=helpers.get(row.helper_id, ""), due_on=row.due_on, result=row.result,
            started_on=row.started_on, evidence=row.evidence_file_id is not None) for row in rows),
        national_number=decided.national_number if decided else "")


def _helpers(session: Session, ids: Sequence[int]) -> dict[int, str]:
    return {number: name for number, name in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def _risks(session: Session, case: Case) -> tuple[str, ...]:
    row = session.scalar(select(Survey).where(Survey.case_id == case.id, Survey.procedure == Procedure.ENTERING)
                         .order_by(Survey.round.desc()).limit(1))
    return tuple(Risk(code).title for code in row.risks) if row else ()


def measures_notice(request: Request) -> papers.MeasuresNotice:
    """Fill the notice of measures, of one household or of everybody of a list who is helped now."""
    session = request.session
    if request.case is not None:
        cases = [request.case]
    else:
        cases = [row.case for row in reported(rows_of(session, request.the_list())) if row.case.stage in MONITORED]
    groups = group_names(session, [case.area_path for case in cases])
    postings = session.scalars(select(MeasurePosting).where(
        MeasurePosting.case_id.in_([case.id for case in cases]), MeasurePosting.removed_on.is_(None))
        .order_by(MeasurePosting.posted_on)).all()
    return papers.MeasuresNotice(
        place=request.place, issuer=request.issuer(),
        households=public_households(request, [(case, groups.get(case.area_path, "")) for case in cases], CONFIRMED),
        posted_on=postings[-1].posted_on if postings else request.today,
        places=tuple(dict.fromkeys(row.place for row in postings)) or (NOTICE_BOARD,), contacts=request.contacts(),
        office_address=office_address(request.areas()))
