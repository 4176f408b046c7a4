"""Papers of help and of the way out: visits, measures carried out, the assessment of the risks (四、五)."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import Place


@dataclass(frozen=True, kw_only=True)
class CarriedMeasure:
    """A measure with how far it has come, and how the review judged it."""

    person: str
    title: str
    risk: str
    department: str
    helper: str
    status: str
    started_on: date | None
    finished_on: date | None
    result: str
    evidence: bool
    fit: str = ""
    effect: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitMade:
    """A monitoring visit as it was recorded."""

    on: date
    by: str
    income: str
    spending: str
    guarantees_safe: bool
    water_safe: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class VisitRecord:
    """走访、帮扶落实记录 of a household, with blank rows to go on with."""

    place: Place
    issuer: str
    case_code: str
    head_name: str
    size: int
    household_class: str
    lead_department: str
    risks: tuple[str, ...]
    measures: tuple[CarriedMeasure, ...]
    visits: tuple[VisitMade, ...]
    blank_rows: int


@dataclass(frozen=True, kw_only=True)
class MeasuresDone:
    """帮扶措施落实情况表: every measure that was proposed, and what became of it."""

    place: Place
    issuer: str
    case_code: str
    head_name: str
    size: int
    household_class: str
    included_on: date
    lead_department: str
    risks: tuple[str, ...]
    measures: tuple[CarriedMeasure, ...]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One indicator when the household came in, and now."""

    title: str
    then: str
    now: str


@dataclass(frozen=True, kw_only=True)
class RiskResolved:
    """One risk with the measures against it."""

    title: str
    measures: str


@dataclass(frozen=True, kw_only=True)
class EliminationSheet:
    """风险消除评估表: is the risk gone, and gone for good (五)."""

    place: Place
    issuer: str
    case_code: str
    head_name: str
    size: int
    household_class: str
    included_on: date
    reviewed_on: date
    meeting_on: date | None
    consent_on: date | None
    visited_on: date | None
    compared: tuple[Compared, ...]
    risks: tuple[RiskResolved, ...]
    income_stability: str
    spending: str
    motivation: str
    no_labour: bool
    conclusion: str
