"""三(二) 综合分析研判: rounds, household warnings, key checks; the only place where a case is opened."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.findings import HouseholdFinding
from fanpin.models.households import FocusRecord, Household
from fanpin.models.keychecks import KeyCheck
from fanpin.models.leads import Lead
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.scoped import within
from fanpin.models.warnings import AnalysisSignature, MonthlyAnalysis, Warning
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.departments import Department
from fanpin.rules.intake import KeyCheckStatus, LeadSource, LeadStatus, RoundOccasion, VisitResult, WarningConclusion
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.rules.regional import ExposureResult
from fanpin.rules.roles import TOWNSHIP, Actor
from fanpin.steps import doing
from fanpin.steps.advance import open_case
from fanpin.steps.regional_numbers import events_of


def month_of(day: date) -> str:
    """Return a day's month as `2026-03`."""
    return f"{day.year}-{day.month:02d}"


def open_round(session: Session, village: Area, *, title: str, occasion: RoundOccasion, starts_on: date, ends_on: date,
               visitors: str, actor: Actor, now: datetime) -> Round:
    """Begin a round: every 脱贫户 and every focus household of the village owes a result."""
    doing.filled(title=title, visitors=visitors)
    if ends_on < starts_on:
        raise Invalid({"ends_on": "结束日期不能早于开始日期。"})
    if village.level != AreaLevel.VILLAGE:
        raise Invalid({"area": "排查以行政村为单元，请选择行政村。"})
    row = Round(area_id=village.id, area_path=village.path, title=title, occasion=occasion, starts_on=starts_on,
                ends_on=ends_on, visitors=visitors, opened_by=actor.name, opened_at=now)
    doing.permit(session, Action.ANALYSIS_ROUND, actor=actor, subject=row)
    session.add(row)
    session.flush()
    focus = select(FocusRecord.household_id).where(FocusRecord.until.is_(None))
    owed = session.execute(select(Household.id, Household.area_path).where(
        within(Household.area_path, (village.path,)), Household.departed_on.is_(None),
        Household.lifted | Household.id.in_(focus))).all()
    session.add_all(RoundVisit(round_id=row.id, household_id=household_id, area_path=path)
                    for household_id, path in owed)
    row.households = len(owed)
    doing.note(session, Action.ANALYSIS_ROUND, actor=actor, now=now, subject=row,
               facts={"title": title, "households": len(owed)})
    return row


def record_visit(session: Session, round_: Round, household: Household, *, visited_on: date, result: VisitResult,
                 note: str, actor: Actor, now: datetime, today: date) -> RoundVisit:
    """Record what a round found at a household; one that was not owed may be added."""
    doing.permit(session, Action.ANALYSIS_VISIT, actor=actor, subject=household)
    if not contains(round_.area_path, household.area_path):
        raise Invalid("这户不在本次排查的行政村，请在它所在村的排查中登记。")
    row = session.scalar(select(RoundVisit).where(RoundVisit.round_id == round_.id,
                                                  RoundVisit.household_id == household.id))
    if row is None:
        row = RoundVisit(round_id=round_.id, household_id=household.id, area_path=household.area_path)
        session.add(row)
        round_.households += 1
    answer_visit(session, row, visited_on=visited_on, result=result, note=note, actor=actor, now=now, today=today)
    return row


def answer_visit(session: Session, row: RoundVisit, *, visited_on: date, result: VisitResult, note: str, actor: Actor,
                 now: datetime, today: date) -> None:
    """Write what was found at a household that a round owes a visit; a later visit replaces the answer."""
    doing.permit(session, Action.ANALYSIS_VISIT, actor=actor, subject=row)
    doing.not_future(today, visited_on=visited_on)
    if result is not VisitResult.NO_PROBLEM:
        doing.filled(note=note)
    row.visited_on, row.result, row.note, row.visited_by = visited_on, result, note, actor.name
    doing.note(session, Action.ANALYSIS_VISIT, actor=actor, now=now, subject=row,
               facts={"round": row.round_id, "result": result.value})


def record_no_problem(session: Session, visits: Sequence[RoundVisit], *, visited_on: date, actor: Actor, now: datetime,
                      today: date) -> int:
    """Record “no problem” for many households at once; those answered meanwhile keep their answer."""
    owed = [row for row in visits if row.visited_on is None]
    for row in owed:
        answer_visit(session, row, visited_on=visited_on, result=VisitResult.NO_PROBLEM, note="", actor=actor, now=now,
                     today=today)
    return len(owed)


def enter_warning(session: Session, household: Household, *, source: LeadSource, department: str, document: str,
                  content: str, actor: Actor, now: datetime, today: date) -> Warning:
    """Enter 到户预警信息 from a department's letter, the media or a petition; one month's join one warning, each with its source."""
    doing.filled(content=content)
    if source is LeadSource.DEPARTMENT and not department:
        raise Invalid({"department": "请选择来函的部门。"})
    month = month_of(today)
    row = session.scalar(select(Warning).where(Warning.household_id == household.id, Warning.month == month,
                                               Warning.dispatched_at.is_(None)))
    if row is None:
        row = Warning(area_path=household.area_path, household_id=household.id, month=month, source=source,
                      department=department, document=document, content=content, entered_by=actor.name, entered_at=now)
        session.add(row)
    else:
        row.content = f"{row.content}\n{_came_from(source, department, document)}：{content}"
    doing.permit(session, Action.ANALYSIS_WARN, actor=actor, subject=row)
    doing.note(session, Action.ANALYSIS_WARN, actor=actor, now=now, subject=row,
               facts={"source": source.value, "department": department, "document": document})
    return row


def _came_from(source: LeadSource, department: str, document: str) -> str:
    known = department in {one.value for one in Department}
    who = Department(department).title if known else department or source.title
    return f"{who}（{document}）" if document else who


def dispatch(session: Session, warnings: Sequence[Warning], *, actor: Actor, now: datetime) -> int:
    """Send warnings to the township's desk and the village's; return how many were sent."""
    sent = 0
    for row in warnings:
        doing.permit(session, Action.ANALYSIS_DISPATCH, actor=actor, subject=row)
        if row.dispatched_at is None:
            row.dispatched_at = now
            sent += 1
            doing.note(session, Action.ANALYSIS_DISPATCH, actor=actor, now=now, subject=row)
    return sent


def receive(session: Session, warning: Warning, *, actor: Actor, now: datetime) -> None:
    """Sign for a warning at the township's or the village's desk."""
    doing.permit(session, Action.ANALYSIS_RECEIVE, actor=actor, subject=warning)
    _dispatched(warning)
    if actor.role in TOWNSHIP:
        if warning.township_received_at is None:
            warning.township_received_at, warning.township_received_by = now, actor.name
    elif warning.village_received_at is None:
        warning.village_received_at, warning.village_received_by = now, actor.name
    doing.note(session, Action.ANALYSIS_RECEIVE, actor=actor, now=now, subject=warning, facts={"at": actor.level.title})


def verify(session: Session, warning: Warning, *, conclusion: WarningConclusion, finding: str, verified_on: date,
           actor: Actor, now: datetime, today: date) -> None:
    """Verify a warning at the household and answer it; it stays due until then."""
    doing.permit(session, Action.ANALYSIS_VERIFY, actor=actor, subject=warning)
    _dispatched(warning)
    doing.filled(finding=finding)
    doing.not_future(today, verified_on=verified_on)
    if warning.verified_at is not None:
        raise AlreadyHandled(by=warning.verified_by, at=warning.verified_at)
    warning.conclusion, warning.finding, warning.verified_on = conclusion, finding, verified_on
    warning.verified_at, warning.verified_by = now, actor.name
    session.execute(update(HouseholdFinding).where(HouseholdFinding.warning_id == warning.id).values(
        conclusion=conclusion, answer=finding, verified_on=verified_on))
    doing.note(session, Action.ANALYSIS_VERIFY, actor=actor, now=now, subject=warning,
               facts={"conclusion": conclusion.value})


def _dispatched(warning: Warning) -> None:
    if warning.dispatched_at is None:
        raise NotAllowedHere("这条预警还没有下发。", action="analysis.receive", clause="三(二)")


def grounds_for(session: Session, household: Household) -> list[str]:
    """List what speaks for checking the household: merged leads, verified warnings, visits and events with a problem."""
    leads = session.scalars(select(Lead).where(Lead.household_id == household.id, Lead.status == LeadStatus.MERGED))
    warnings = session.scalars(select(Warning).where(Warning.household_id == household.id,
                                                     Warning.conclusion == WarningConclusion.AT_RISK))
    visits = session.scalars(select(RoundVisit).where(RoundVisit.household_id == household.id,
                                                      RoundVisit.result.is_not(None),
                                                      RoundVisit.result != VisitResult.NO_PROBLEM))
    return [*(f"线索 {row.source.title}（{_said(row.declared_on)}）" for row in leads),
            *(f"预警 {row.month[:4]}年{int(row.month[5:])}月{row.source.title}，核实存在风险" for row in warnings),
            *(f"排查 {row.result.title}（{_said(row.visited_on)}）" for row in visits if row.result and row.visited_on),
            *(f"事件“{event.title}”，{row.result.title}（{_said(row.visited_on)}）"
              for event, row in events_of(session, household.id)
              if row.visited_on and row.result in (ExposureResult.AT_RISK, ExposureResult.AFFECTED))]


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def propose(session: Session, household: Household, *, reason: str, actor: Actor, now: datetime) -> KeyCheck:
    """Propose a household as 重点核查对象 of its village."""
    doing.permit(session, Action.ANALYSIS_PROPOSE, actor=actor, subject=household)
    doing.filled(reason=reason)
    waiting = session.scalar(select(KeyCheck).where(KeyCheck.household_id == household.id,
                                                    KeyCheck.status == KeyCheckStatus.PROPOSED))
    if waiting is not None:
        raise Invalid("该户已经提出为重点核查对象，正等待县级确定。")
    _refuse_open_case(session, household)
    row = KeyCheck(area_path=household.area_path, household_id=household.id, reason=reason,
                   grounds=grounds_for(session, household), status=KeyCheckStatus.PROPOSED, proposed_by=actor.name,
                   proposed_at=now)
    session.add(row)
    doing.note(session, Action.ANALYSIS_PROPOSE, actor=actor, now=now, subject=row, facts={"grounds": row.grounds})
    return row


def settle(session: Session, key_check: KeyCheck, *, agree: bool, answer: str, actor: Actor, now: datetime,
           today: date) -> Case | None:
    """Settle a proposal: open the household's case, or answer why not. No list has a quota."""
    doing.permit(session, Action.ANALYSIS_SETTLE, actor=actor, subject=key_check)
    if key_check.status is not KeyCheckStatus.PROPOSED:
        raise AlreadyHandled(by=key_check.settled_by, at=key_check.settled_at)
    if not agree:
        doing.filled(answer=answer)
    key_check.status = KeyCheckStatus.SETTLED if agree else KeyCheckStatus.DECLINED
    key_check.settled_by, key_check.settled_at, key_check.answer = actor.name, now, answer[:400]
    case = None
    if agree:
        household = session.scalars(select(Household).where(Household.id == key_check.household_id)).one()
        _refuse_open_case(session, household)
        case = Case(household_id=household.id, area_path=household.area_path, opened_on=today, stage_since=today)
        case.household = household
        open_case(session, case, actor=actor, now=now, grounds=key_check.grounds, key_check=key_check.ref)
        key_check.case_id = case.id
    doing.note(session, Action.ANALYSIS_SETTLE, actor=actor, now=now, subject=key_check,
               facts={"agree": agree, "answer": answer})
    return case


def _refuse_open_case(session: Session, household: Household) -> None:
    if session.scalar(select(Case.id).where(Case.household_id == household.id, Case.closed_on.is_(None))):
        raise Invalid("该户正在办理中，一户同时只能有一个办理流程。")


def open_month(session: Session, county: Area, *, month: str, summary: str, actor: Actor, now: datetime) -> MonthlyAnalysis:
    """Open the county's monthly analysis for the departments' signatures."""
    doing.filled(summary=summary)
    if session.scalar(select(MonthlyAnalysis.id).where(MonthlyAnalysis.area_id == county.id,
                                                       MonthlyAnalysis.month == month)):
        raise Invalid({"month": "这个月的分析已经建立。"})
    row = MonthlyAnalysis(area_id=county.id, area_path=county.path, month=month, summary=summary,
                          opened_by=actor.name, opened_at=now)
    doing.permit(session, Action.ANALYSIS_SETTLE, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.ANALYSIS_SETTLE, actor=actor, now=now, subject=row, facts={"month": month})
    return row


def sign_month(session: Session, analysis: MonthlyAnalysis, *, opinion: str, actor: Actor, now: datetime) -> AnalysisSignature:
    """Sign the monthly analysis for one's department."""
    doing.permit(session, Action.ANALYSIS_SIGN, actor=actor, subject=analysis)
    if session.scalar(select(func.count()).select_from(AnalysisSignature).where(
            AnalysisSignature.analysis_id == analysis.id, AnalysisSignature.department == actor.department)):
        raise AlreadyHandled
    row = AnalysisSignature(area_path=analysis.area_path, analysis_id=analysis.id, department=actor.department,
                            opinion=opinion[:400], signed_by=actor.name, signed_at=now)
    session.add(row)
    doing.note(session, Action.ANALYSIS_SIGN, actor=actor, now=now, subject=analysis, facts={"department": actor.department})
    return row
