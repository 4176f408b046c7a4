"""Papers that record what the village did, filled from its records (三(四)); and the county's announcement."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.documents import papers_record as papers
from fanpin.documents.papers_common import SkippedDay
from fanpin.models.cases import Case
from fanpin.models.county import DeterminationResult
from fanpin.models.deliberation import MeetingKind, Opinion, VillageList
from fanpin.models.dossiers import calendar, period_of
from fanpin.models.measures import Measure
from fanpin.models.notices import Notice, Objection
from fanpin.rules import workdays
from fanpin.rules.areas import AreaLevel
from fanpin.steps import doing, publicity
from fanpin.steps.paper_values import (
    CARRIED_OUT, PROPOSED, Request, Row, class_of, meeting_of, month_of, number_of, office_address, public_households,
    reported, rows_of, those_present,
)

WORKDAYS = 5
WEEKEND = ("周六", "周日")
WHOLE_HOUSEHOLD = "全户"
NONE_NEEDED = "经研究不需要单独措施"
BLANK_ROWS = 16


def sign_in(request: Request) -> papers.SignIn:
    """Make the sign-in sheet of the villagers' meeting: for the groups concerned before it, for those present after."""
    listed, session = request.the_list(), request.session
    kind = MeetingKind.REVIEW if request.leaving else MeetingKind.DELIBERATION
    meeting = meeting_of(session, listed, kind)
    rows = [row for row in rows_of(session, listed) if row.standing]
    came = {group: sum(counts) for group, counts in meeting.attendance.items() if sum(counts)} if meeting else {}
    groups = came or dict.fromkeys((row.group for row in rows), BLANK_ROWS)
    return papers.SignIn(
        place=request.place, issuer=request.issuer(), kind=kind.title, leaving=request.leaving,
        month=month_of(listed.month), list_number=listed.number,
        groups=tuple(papers.SignInGroup(group=group, rows=count) for group, count in groups.items()),
        held_on=meeting.held_on if meeting else None, venue=meeting.place if meeting else "")


def committee_record(request: Request) -> papers.CommitteeRecord:
    """Write up what the 两委 studied: the list, and measures for every household and person."""
    listed, session = request.the_list(), request.session
    meeting = meeting_of(session, listed, MeetingKind.COMMITTEE)
    if meeting is None:
        request.not_yet("还没有登记村“两委”研究会议。")
    before = meeting_of(session, listed, MeetingKind.DELIBERATION)
    rows = [row for row in rows_of(session, listed) if row.standing or row.entry.left_on >= meeting.held_on]
    proposed = _proposed(session, [row.case for row in rows])
    return papers.CommitteeRecord(
        place=request.place, issuer=request.issuer(), month=month_of(listed.month), list_number=listed.number,
        deliberated_on=before.held_on if before else None,
        opinions=session.scalar(select(func.count()).select_from(Opinion).where(Opinion.list_id == listed.id)) or 0,
        held_on=meeting.held_on, venue=meeting.place, host=meeting.host, recorder=meeting.recorder,
        present=those_present(meeting), summary=meeting.summary, decision=meeting.decision,
        households=tuple(_studied(row, proposed.get(row.case.id, ()), passed=meeting.decided) for row in rows))


def _proposed(session: Session, cases: Sequence[Case]) -> dict[int, list[Measure]]:
    found: dict[int, list[Measure]] = defaultdict(list)
    for row in session.scalars(select(Measure).where(
            Measure.case_id.in_([case.id for case in cases]), Measure.status.in_(PROPOSED)).order_by(Measure.id)):
        found[row.case_id].append(row)
    return found


def _studied(row: Row, measures: Sequence[Measure], *, passed: bool) -> papers.StudiedHousehold:
    household = row.case.household
    names = {member.id: member.name for member in household.members}
    persons: dict[str, list[str]] = defaultdict(list)
    for each in measures:
        persons[names.get(each.member_id, WHOLE_HOUSEHOLD)].append(_in_words(each))
    left = row.entry.left_on is not None and row.determination is None
    result = f"未提交：{row.entry.left_reason}" if left else "同意" if passed else "未形成意见"
    return papers.StudiedHousehold(
        group=row.group, head_name=household.head_name, size=household.size, household_class=class_of(row.case),
        result=result, persons=tuple(papers.PersonMeasures(person=person, measures=tuple(words))
                                     for person, words in persons.items()))


def _in_words(row: Measure) -> str:
    if row.category is None:
        return row.detail or NONE_NEEDED
    return f"{row.category.title}（{row.detail}）" if row.detail else row.category.title


def notice_record(request: Request) -> papers.NoticeRecord:
    """Write up where and how long the notice hung and what came in; who objected is told nowhere."""
    listed, session = request.the_list(), request.session
    made = publicity.current(session, listed)
    if made is None:
        request.not_yet("还没有制作公示。")
    period = period_of(session, made, area_code=request.areas()[AreaLevel.VILLAGE].code12)
    if period is None:
        request.not_yet("公示还没有在各处张贴齐全。")
    rows = reported(rows_of(session, listed))
    return papers.NoticeRecord(
        place=request.place, issuer=request.issuer(), leaving=request.leaving, month=month_of(listed.month),
        list_number=listed.number, notice_number=number_of(session, listed, "notice_in", "notice_out") or made.number,
        households=len(rows), people=sum(row.case.household.size for row in rows), first_day=period.first_day,
        last_day=period.last_day, workdays=WORKDAYS,
        skipped=tuple(SkippedDay(on=day, why="周末" if why in WEEKEND else why) for day, why in period.skipped),
        places=tuple(papers.PostedPlace(
            kind=place.kind.title, place=place.place, address=place.address, posted_on=place.posted_on,
            posted_by=place.posted_by, removed_on=place.removed_on, evidence=place.file_id is not None)
            for place in made.places),
        objections=_objections(session, made))


def _objections(session: Session, made: Notice) -> tuple[papers.HandledObjection, ...]:
    rows = session.scalars(select(Objection).where(Objection.notice_id == made.id).order_by(Objection.id))
    return tuple(papers.HandledObjection(
        kind=row.kind.title, received_on=row.received_on, received_unit=row.received_unit, result=_verdict(row) or "调查中",
        answered_on=row.answered_on) for row in rows)


def _verdict(row: Objection) -> str:
    return "" if row.upheld is None else "属实" if row.upheld else "不属实"


def objection_sheet(request: Request) -> papers.ObjectionSheet:
    """Fill the sheet of an objection for its investigators; whoever raised it is not on it."""
    row, session = request.the(Objection, "异议、举报"), request.session
    case = session.scalars(select(Case).where(Case.id == row.case_id)).one()
    made = session.get(Notice, row.notice_id) if row.notice_id else None
    code = request.areas()[AreaLevel.COUNTY].code12
    days = doing.setting(session, request.path, "objection_workdays")
    return papers.ObjectionSheet(
        place=request.place, issuer=row.received_unit, kind=row.kind.title,
        about="公示的帮扶措施" if row.about_measures else "公示的农户", head_name=case.household.head_name, case_code=case.code,
        notice_number=made.number if made else "", content=row.content, received_on=row.received_on,
        received_by=row.received_by,
        due_on=workdays.add_workdays(row.received_on, days, calendar=calendar(session), area_code=code),
        investigators=row.investigators, finding=row.finding, upheld=_verdict(row), answer=row.answer,
        answered_on=row.answered_on, answered_by=row.answered_by)


def announcement(request: Request) -> papers.Announcement:
    """Fill the announcement of a list's result, where the county has chosen to announce (公告 is not in the policy)."""
    listed, session = request.the_list(), request.session
    days = doing.setting(session, listed.area_path, "announcement_days")
    if not days:
        request.not_yet("本县没有设置结果公告（政策没有要求公告，是否公告由县级在“时限设置”里确定）。")
    agreed = [row for row in rows_of(session, listed) if row.determination is not None
              and row.determination.result is not DeterminationResult.NOT_INCLUDED]
    if not agreed:
        request.not_yet("名单上还没有县级同意的农户。")
    return papers.Announcement(
        place=request.place, issuer=request.issuer(), month=month_of(listed.month), leaving=request.leaving,
        reply_number=_reply_number(session, listed), decided_on=max(row.determination.decided_on for row in agreed),
        households=public_households(request, [(row.case, row.group) for row in agreed],
                                     CARRIED_OUT if request.leaving else PROPOSED),
        posted_on=request.today, days=days, contacts=request.contacts(), office_address=office_address(request.areas()))


def _reply_number(session: Session, listed: VillageList) -> str:
    return number_of(session, listed, "county_reply")
