"""Papers of the way out: yearly review, exit consent, marking list (五)."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import Contact, Place


@dataclass(frozen=True, kw_only=True)
class MeasureReviewed:
    """One measure: does it fit, does it work (针对性、有效性)."""

    title: str
    fit: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class ReviewSheet:
    """帮扶成效评议表 of one household (五(一))."""

    place: Place
    case_code: str
    head_name: str
    size: int
    household_class: str
    included_on: date
    year: int
    reviewed_on: date
    guarantees: str
    measures: tuple[MeasureReviewed, ...]
    risk_points: str
    income_stability: str
    spending: str
    motivation: str
    conclusion: str
    continued_help: str
    reviewers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExitConsentForm:
    """风险消除知情同意书 (五(二))."""

    place: Place
    head_name: str
    size: int
    household_class: str
    included_on: date
    reviewed_on: date
    risks_resolved: tuple[str, ...]
    ending: tuple[str, ...]
    continuing: tuple[str, ...]
    contacts: tuple[Contact, ...]
    written_by: str = ""
    witness: str = ""


@dataclass(frozen=True, kw_only=True)
class MarkedHousehold:
    """One row of the marking list."""

    township: str
    village: str
    group: str
    head_name: str
    size: int
    household_class: str
    way: str
    decided_on: date
    reply_number: str
    national_number: str = ""
    marked_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class MarkingList:
    """风险消除标注名单 for the national system (五(二))."""

    place: Place
    issuer: str
    month: str
    households: tuple[MarkedHousehold, ...]
    prepared_by: str
    checked_by: str
    responsible: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """Count the persons of the marked households."""
        return sum(household.size for household in self.households)
