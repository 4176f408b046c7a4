"""Papers of the way out, filled from its records: review, informed consent, marking list (五)."""

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.documents import papers_leaving as papers
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.measures import Measure
from fanpin.models.reviews import Marking, Review
from fanpin.models.surveys import Survey
from fanpin.rules.areas import AreaLevel
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.stages import Procedure
from fanpin.steps import review, survey
from fanpin.steps.elimination import WAYS
from fanpin.steps.oversight_staff import responsible_words
from fanpin.steps.paper_values import CARRIED_OUT, Request, Row, class_of, entering_decision, rows_of, village_name

# Help by general policies, with terms of their own: it does not end with the monitoring.
GENERAL = (MeasureCategory.HEALTH, MeasureCategory.COMPULSORY, MeasureCategory.EDUCATION, MeasureCategory.SECURITY)
ENDING = ("作为监测对象的定期走访监测", "只面向监测对象的专门帮扶措施")
NAME_MARKS = re.compile(r"[、，,；;\s]+")


def review_sheet(request: Request) -> papers.ReviewSheet:
    """Copy the year's review with its judgement on every measure."""
    case, session = request.the_case(), request.session
    row, decided = _review(request, case), _decision(request, case)
    return papers.ReviewSheet(
        place=request.place, case_code=case.code, head_name=case.household.head_name, size=case.household.size,
        household_class=class_of(case), included_on=decided.decided_on, year=row.year, reviewed_on=row.reviewed_on,
        guarantees=row.guarantees, measures=_judged(session, row), risk_points=row.risk_points,
        income_stability=row.income_stability, spending=row.spending, motivation=row.motivation,
        conclusion=row.conclusion.title, continued_help=row.continued_help,
        reviewers=tuple(name for name in NAME_MARKS.split(row.reviewers) if name))


def _review(request: Request, case: Case) -> Review:
    row = review.current(request.session, case)
    if row is None:
        request.not_yet("还没有登记本年度帮扶成效评议。")
    return row


def _decision(request: Request, case: Case) -> Determination:
    row = entering_decision(request.session, case)
    if row is None:
        request.not_yet("没有找到本户的纳入决定。")
    return row


def _judged(session: Session, row: Review) -> tuple[papers.MeasureReviewed, ...]:
    found = {str(measure.id): measure for measure in session.scalars(
        select(Measure).where(Measure.case_id == row.case_id, Measure.category.is_not(None)).order_by(Measure.id))}
    return tuple(papers.MeasureReviewed(title=_words(measure), fit=row.measures[key][0], effect=row.measures[key][1])
                 for key, measure in found.items() if key in row.measures)


def _words(measure: Measure) -> str:
    return measure.category.title + (f"：{measure.detail}" if measure.detail else "")


def exit_consent(request: Request) -> papers.ExitConsentForm:
    """Fill the form by which the household is told what ends, what goes on, and agrees or not."""
    case, session = request.the_case(), request.session
    row, decided, consent = _review(request, case), _decision(request, case), survey.consent_of(session, case)
    return papers.ExitConsentForm(
        place=request.place, head_name=case.household.head_name, size=case.household.size,
        household_class=class_of(case), included_on=decided.decided_on, reviewed_on=row.reviewed_on,
        risks_resolved=_risks(session, case), ending=ENDING, continuing=_continuing(session, case),
        contacts=request.contacts(), written_by=consent.written_by if consent else "",
        witness=consent.witness if consent else "")


def _risks(session: Session, case: Case) -> tuple[str, ...]:
    row = session.scalar(select(Survey).where(Survey.case_id == case.id, Survey.procedure == Procedure.ENTERING)
                         .order_by(Survey.round.desc()).limit(1))
    return tuple(Risk(code).title for code in row.risks) if row else ()


def _continuing(session: Session, case: Case) -> tuple[str, ...]:
    rows = session.scalars(select(Measure).where(
        Measure.case_id == case.id, Measure.category.in_(GENERAL), Measure.status.in_(CARRIED_OUT)).order_by(Measure.id))
    kept = dict.fromkeys(f"{_words(row)}（符合条件的，按规定期限继续）" for row in rows)
    return (*kept, "符合条件的各项普惠政策")


def marking_list(request: Request) -> papers.MarkingList:
    """List the households whose elimination the county has agreed to, marked already or still to be marked."""
    listed, session = request.the_list(), request.session
    rows = [row for row in rows_of(session, listed)
            if row.determination is not None and row.determination.result is DeterminationResult.ELIMINATED]
    if not rows:
        request.not_yet("名单上还没有县级审定同意风险消除的农户。")
    markings = {row.case_id: row for row in session.scalars(
        select(Marking).where(Marking.case_id.in_([row.case.id for row in rows])))}
    numbers = _national_numbers(session, rows)
    return papers.MarkingList(
        place=request.place, issuer=request.issuer(), month=f"{request.today.year}年{request.today.month}月",
        households=tuple(_marked(request, row, markings.get(row.case.id), numbers.get(row.case.id, "")) for row in rows),
        prepared_by=request.actor.name, checked_by=rows[-1].determination.decided_by,
        responsible=responsible_words(session, listed.area_path, request.today))


def _national_numbers(session: Session, rows: Sequence[Row]) -> dict[int, str]:
    return {case_id: number for case_id, number in session.execute(
        select(Determination.case_id, Determination.national_number).where(
            Determination.case_id.in_([row.case.id for row in rows]), Determination.procedure == Procedure.ENTERING,
            Determination.national_number != ""))}


def _marked(request: Request, row: Row, marking: Marking | None, national_number: str) -> papers.MarkedHousehold:
    areas, household = request.areas(), row.case.household
    return papers.MarkedHousehold(
        township=areas[AreaLevel.TOWNSHIP].name, village=village_name(areas[AreaLevel.VILLAGE].name), group=row.group,
        head_name=household.head_name, size=household.size, household_class=class_of(row.case),
        way=marking.way if marking else WAYS[0], decided_on=row.determination.decided_on,
        reply_number=row.determination.document, national_number=national_number,
        marked_on=marking.marked_on if marking else None)
