"""Papers of help and of the way out, filled from their records: visits, measures, the assessment of the risks."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.documents import papers_help as papers
from fanpin.models.cases import Case
from fanpin.models.county import Determination
from fanpin.models.deliberation import ListEntry, MeetingKind, MeetingRecord, VillageList
from fanpin.models.households import GuaranteeRecord
from fanpin.models.measures import Measure, Visit
from fanpin.models.reviews import ExitConsent, Review
from fanpin.models.surveys import Survey
from fanpin.models.users import User
from fanpin.rules.income import IncomeStatement, yuan
from fanpin.rules.risks import ANSWERS, Risk
from fanpin.rules.stages import Procedure
from fanpin.rules.survey import GUARANTEE_TITLES
from fanpin.steps import review
from fanpin.steps.paper_data_file import statement_of, survey_of, without_labour
from fanpin.steps.paper_values import PROPOSED, Request, class_of, department_name, entering_decision

WHOLE_HOUSEHOLD = "全户"
BLANK_ROWS = 4
MOST_VISITS = 60


def visit_record(request: Request) -> papers.VisitRecord:
    """Fill the record with measures and visits so far, blank rows behind."""
    case, session = request.the_case(), request.session
    decided = entering_decision(session, case)
    visits = session.scalars(select(Visit).where(Visit.case_id == case.id).order_by(Visit.visited_on.desc(), Visit.id.desc())
                             .limit(MOST_VISITS)).all()
    return papers.VisitRecord(
        place=request.place, issuer=request.issuer(), case_code=case.code, head_name=case.household.head_name,
        size=case.household.size, household_class=class_of(case),
        lead_department=department_name(decided.lead_department) if decided else "",
        risks=_risks(session, case), measures=_measures(session, case, None),
        visits=tuple(papers.VisitMade(
            on=row.visited_on, by=row.visited_by, income=row.income_change, spending=row.spending_change,
            guarantees_safe=row.guarantees_safe, water_safe=row.water_safe, note=row.note) for row in reversed(visits)),
        blank_rows=BLANK_ROWS)


def measures_done(request: Request) -> papers.MeasuresDone:
    """Fill what became of every measure, with the review's judgement."""
    case, session = request.the_case(), request.session
    decided, judged = _decision(request, case), review.current(session, case)
    return papers.MeasuresDone(
        place=request.place, issuer=request.issuer(), case_code=case.code, head_name=case.household.head_name,
        size=case.household.size, household_class=class_of(case), included_on=decided.decided_on,
        lead_department=department_name(decided.lead_department), risks=_risks(session, case),
        measures=_measures(session, case, judged))


def elimination_sheet(request: Request) -> papers.EliminationSheet:
    """Fill what is known for the assessment: then and now, risks and measures, stability; people tick and sign."""
    case, session = request.the_case(), request.session
    decided, judged = _decision(request, case), review.current(session, case)
    if judged is None:
        request.not_yet("还没有登记本年度帮扶成效评议。")
    then, now = (survey_of(session, case, procedure) for procedure in (Procedure.ENTERING, Procedure.LEAVING))
    consent = session.scalar(select(ExitConsent).where(
        ExitConsent.case_id == case.id, ExitConsent.agrees.is_(True), ExitConsent.withdrawn_on.is_(None))
        .order_by(ExitConsent.id.desc()).limit(1))
    return papers.EliminationSheet(
        place=request.place, issuer=request.issuer(), case_code=case.code, head_name=case.household.head_name,
        size=case.household.size, household_class=class_of(case), included_on=decided.decided_on,
        reviewed_on=judged.reviewed_on, meeting_on=_meeting_on(session, case),
        consent_on=consent.signed_on if consent else None, visited_on=now.visited_on if now else None,
        compared=_compared(session, then, now), risks=_resolved(session, case),
        income_stability=judged.income_stability, spending=judged.spending, motivation=judged.motivation,
        no_labour=without_labour(case.household), conclusion=judged.conclusion.title)


def _decision(request: Request, case: Case) -> Determination:
    row = entering_decision(request.session, case)
    if row is None:
        request.not_yet("没有找到本户的纳入决定。")
    return row


def _risks(session: Session, case: Case) -> tuple[str, ...]:
    row = survey_of(session, case, Procedure.ENTERING)
    return tuple(Risk(code).title for code in row.risks) if row else ()


def _rows(session: Session, case: Case) -> Sequence[Measure]:
    return session.scalars(select(Measure).where(
        Measure.case_id == case.id, Measure.category.is_not(None)).order_by(Measure.id)).all()


def _measures(session: Session, case: Case, judged: Review | None) -> tuple[papers.CarriedMeasure, ...]:
    rows = _rows(session, case)
    names = {member.id: member.name for member in case.household.members}
    helpers = dict(session.execute(select(User.id, User.name).where(
        User.id.in_({row.helper_id for row in rows if row.helper_id}))).all())
    told = judged.measures if judged else {}
    return tuple(papers.CarriedMeasure(
        person=names.get(row.member_id, WHOLE_HOUSEHOLD), title=_words(row), risk=row.risk.title if row.risk else "",
        department=department_name(row.department), helper=helpers.get(row.helper_id, ""), status=row.status.title,
        started_on=row.started_on, finished_on=row.finished_on, result=row.result,
        evidence=row.evidence_file_id is not None, fit=told.get(str(row.id), ("", ""))[0],
        effect=told.get(str(row.id), ("", ""))[1]) for row in rows)


def _words(row: Measure) -> str:
    return row.category.title + (f"：{row.detail}" if row.detail else "")


def _meeting_on(session: Session, case: Case) -> object:
    return session.scalar(
        select(MeetingRecord.held_on).join(VillageList, VillageList.id == MeetingRecord.list_id)
        .join(ListEntry, ListEntry.list_id == VillageList.id)
        .where(ListEntry.case_id == case.id, VillageList.procedure == Procedure.LEAVING,
               MeetingRecord.kind == MeetingKind.REVIEW).order_by(MeetingRecord.id.desc()).limit(1))


def _compared(session: Session, then: Survey | None, now: Survey | None) -> tuple[papers.Compared, ...]:
    first, last = _indicators(session, then), _indicators(session, now)
    return tuple(papers.Compared(title=title, then=first[title], now=last[title]) for title in first)


def _indicators(session: Session, row: Survey | None) -> dict[str, str]:
    account = statement_of(session, row)
    kept = session.scalar(select(GuaranteeRecord).where(GuaranteeRecord.id == row.guarantee_record_id)) if row else None
    found = {"人均纯收入（元）": _yuan(account, "per_head"), "合规自付支出（元）": _yuan(account, "compliant_spending"),
             "其他刚性支出（元）": _yuan(account, "other_spending"), "人均收入参考范围（元）": _yuan(account, "reference_per_head")}
    return found | {title: "" if kept is None else "有保障" if getattr(kept, name) else "没有保障"
                    for name, title in GUARANTEE_TITLES.items()}


def _yuan(account: IncomeStatement | None, name: str) -> str:
    amount = getattr(account, name) if account else None
    return "" if amount is None else yuan(amount)


def _resolved(session: Session, case: Case) -> tuple[papers.RiskResolved, ...]:
    row = survey_of(session, case, Procedure.ENTERING)
    measures = [each for each in _rows(session, case) if each.status in PROPOSED]
    return tuple(papers.RiskResolved(
        title=Risk(code).title, measures="；".join(dict.fromkeys(
            f"{_words(each)}（{each.status.title}）" for each in measures
            if each.risk is Risk(code) or (each.risk is None and each.category in ANSWERS.get(Risk(code), ())))))
        for code in (row.risks if row else ()))
