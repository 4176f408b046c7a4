"""Ledgers and figures of an area, filled from its open cases (六(二); 政务公开)."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from fanpin.documents import papers_ledger as papers
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.households import Household
from fanpin.models.measures import Visit
from fanpin.models.scoped import within
from fanpin.models.surveys import Survey
from fanpin.rules.areas import AreaLevel
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.refusals import Invalid
from fanpin.rules.risks import Risk
from fanpin.rules.small_numbers import told
from fanpin.rules.stages import MONITORED, Procedure, Stage
from fanpin.steps import oversight
from fanpin.steps.paper_data_analysis import PART
from fanpin.steps.paper_values import CARRIED_OUT, Request, department_name, measures_of, village_name

QUARTERS = {"1": "第一季度", "2": "第二季度", "3": "第三季度", "4": "第四季度"}
MONTHS = 3
LEVEL_OF = {"ledger_village": AreaLevel.VILLAGE, "ledger_township": AreaLevel.TOWNSHIP, "ledger_county": AreaLevel.COUNTY}


def ledger(request: Request) -> papers.Ledger:
    """List who is monitored in the area now, a part of a long ledger at a time."""
    area, session = request.the(Area, "辖区"), request.session
    if area.kind is not LEVEL_OF[request.code]:
        raise Invalid(f"请选择一个{LEVEL_OF[request.code].title}。")
    counts = _counts(session, area)
    total = sum(row.households for row in counts)
    if not total:
        request.not_yet("这里现在没有监测对象。")
    cases = session.scalars(
        select(Case).join(Household, Household.id == Case.household_id).where(_monitored(area))
        .options(selectinload(Case.household)).order_by(Case.area_path, Case.id)
        .offset((request.part - 1) * PART).limit(PART)).all()
    return papers.Ledger(
        place=request.place, issuer=request.issuer(), area=_short(area), as_of=request.today, counts=counts,
        rows=_rows(session, area, cases), first=(request.part - 1) * PART + 1, part=request.part, parts=-(-total // PART))


def monitored(session: Session, area: Area) -> int:
    """Count the households that are monitored in the area now."""
    return session.scalar(select(func.count()).select_from(Case).where(_monitored(area))) or 0


def _monitored(area: Area) -> ColumnElement[bool]:
    return within(Case.area_path, (area.path,)) & Case.closed_on.is_(None) & or_(
        Case.stage.in_(MONITORED), Case.procedure == Procedure.LEAVING)


def _counts(session: Session, area: Area) -> tuple[papers.ClassCount, ...]:
    found = {kind: (count, people) for kind, count, people in session.execute(
        select(Case.household_class, func.count(), func.sum(Household.size))
        .join(Household, Household.id == Case.household_id).where(_monitored(area)).group_by(Case.household_class))}
    return tuple(papers.ClassCount(title=kind.title, households=found[kind][0], people=found[kind][1])
                 for kind in HouseholdClass if kind in found)


def _rows(session: Session, area: Area, cases: Sequence[Case]) -> tuple[papers.LedgerRow, ...]:
    ids = [case.id for case in cases]
    decided = {row.case_id: row for row in session.scalars(select(Determination).where(
        Determination.case_id.in_(ids), Determination.procedure == Procedure.ENTERING,
        Determination.result == DeterminationResult.INCLUDED).order_by(Determination.round))}
    risks = {row.case_id: row.risks for row in session.scalars(select(Survey).where(
        Survey.case_id.in_(ids), Survey.procedure == Procedure.ENTERING).order_by(Survey.round))}
    visited = dict(session.execute(select(Visit.case_id, func.max(Visit.visited_on)).where(Visit.case_id.in_(ids))
                                   .group_by(Visit.case_id)).all())
    measures, where = measures_of(session, cases, CARRIED_OUT), _where(session, area, cases)
    return tuple(papers.LedgerRow(
        where=where[case.area_path], head_name=case.household.head_name, size=case.household.size,
        household_class=case.household_class.title if case.household_class else "", lifted=case.household.lifted,
        risks="、".join(Risk(code).title for code in risks.get(case.id, ())),
        included_on=decided[case.id].decided_on if case.id in decided else None,
        lead_department=department_name(decided[case.id].lead_department) if case.id in decided else "",
        measures="、".join(measures.get(case.id, ())), visited_on=visited.get(case.id),
        standing=case.stage.title if case.procedure is Procedure.ENTERING else f"风险消除{case.stage.title}",
        national_number=decided[case.id].national_number if case.id in decided else "") for case in cases)


def _where(session: Session, area: Area, cases: Sequence[Case]) -> dict[str, str]:
    lines = {path: [int(piece) for piece in path.strip("/").split("/")][area.level:]
             for path in {case.area_path for case in cases}}
    names = dict(session.execute(select(Area.id, Area.name).where(
        Area.id.in_({number for line in lines.values() for number in line}))).all())
    return {path: "".join(village_name(names[number]) for number in line) for path, line in lines.items()}


def _short(area: Area) -> str:
    return village_name(area.name) if area.kind is AreaLevel.VILLAGE else area.name


def figures(request: Request) -> papers.Figures:
    """Count what the public may read of a quarter: numbers of households only, small ones not told."""
    county, session = request.the(Area, "县"), request.session
    if county.kind is not AreaLevel.COUNTY:
        raise Invalid("公开数字按县制作，请选择县级。")
    first, last = quarter_days(request.month)
    townships = session.scalars(select(Area).where(Area.parent_id == county.id, Area.valid_to.is_(None))
                                .order_by(Area.code12)).all()
    now = _by_township(session, select(Case.area_path).where(_monitored(county)))
    came = _by_township(session, _decided(county, DeterminationResult.INCLUDED, first, last))
    went = _by_township(session, select(Case.area_path).where(
        within(Case.area_path, (county.path,)), Case.stage == Stage.ELIMINATED, Case.closed_on.between(first, last)))
    line = oversight.line_for(session, county.path, request.today)
    return papers.Figures(
        place=request.place, issuer=request.issuer(), quarter=quarter_words(request.month), from_day=first, to_day=last,
        as_of=request.today, line=line.amount if line else None, line_year=line.year if line else None,
        total=_told("全县", sum(now.values()), sum(came.values()), sum(went.values())),
        areas=tuple(_told(row.name, now.get(row.id, 0), came.get(row.id, 0), went.get(row.id, 0)) for row in townships))


def _decided(county: Area, result: DeterminationResult, first: date, last: date) -> Select[tuple[str]]:
    return select(Determination.area_path).where(
        within(Determination.area_path, (county.path,)), Determination.result == result,
        Determination.decided_on.between(first, last))


def _by_township(session: Session, query: Select[tuple[str]]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for path in session.scalars(query):
        found[int(path.strip("/").split("/")[AreaLevel.TOWNSHIP - 1])] += 1
    return found


def _told(area: str, now: int, came: int, went: int) -> papers.AreaFigures:
    return papers.AreaFigures(area=area, monitored=told(now, exact=False), included=told(came, exact=False),
                              eliminated=told(went, exact=False))


def quarter_days(quarter: str) -> tuple[date, date]:
    """Return the first and last day of a quarter such as `2026-Q1`."""
    year, _dash, number = quarter.partition("-Q")
    if not year.isdigit() or number not in QUARTERS:
        raise Invalid("请选择季度。")
    last = int(number) * MONTHS
    return date(int(year), last - MONTHS + 1, 1), date(int(year), last, monthrange(int(year), last)[1])


def quarter_words(quarter: str) -> str:
    """Say a quarter in words."""
    year, _dash, number = quarter.partition("-Q")
    return f"{year}年{QUARTERS[number]}"


def quarters_before(today: date) -> tuple[str, ...]:
    """Name the quarter that runs and the two before it, the latest first."""
    index = today.year * 4 + (today.month - 1) // MONTHS
    return tuple(f"{number // 4}-Q{number % 4 + 1}" for number in (index, index - 1, index - 2))
