"""Papers of township and county: review, report, joint review, reply, special case (三(五)、三(六)、二(三))."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import AboutList, ListReport, ListedHousehold, Place


@dataclass(frozen=True, kw_only=True)
class ReviewedHousehold:
    """A household as the township checked it and what measures it fixed."""

    group: str
    head_name: str
    size: int
    household_class: str
    checked: bool
    finding: str
    measures: tuple[str, ...]
    opinion: str


@dataclass(frozen=True, kw_only=True)
class TownshipReview(AboutList):
    """乡镇审核表: spot check, 专题会议, measures per household (三(五))."""

    households: tuple[ReviewedHousehold, ...]
    checked_on: date
    checkers: str
    meeting_on: date
    meeting_host: str
    meeting_present: str
    decision: str

    @property
    def checked(self) -> int:
        """Count the households that were checked on the spot."""
        return sum(household.checked for household in self.households)

    @property
    def ratio(self) -> int:
        """Return how many in a hundred were checked on the spot."""
        return round(100 * self.checked / len(self.households)) if self.households else 0


@dataclass(frozen=True, kw_only=True)
class TownshipReport(ListReport):
    """乡镇报告: the township asks the county to decide (三(五))."""

    village_report_number: str
    checked: int
    checked_on: date
    check_result: str
    meeting_on: date


@dataclass(frozen=True, kw_only=True)
class DepartmentAnswer:
    """What one department answered and signed for in the joint review."""

    department: str
    facts: str
    answer: str
    scope: str
    as_of: date | None
    officer: str
    signed_on: date | None
    by_hand: bool = False


@dataclass(frozen=True, kw_only=True)
class ResolvedHit:
    """A hit on one of the ten circumstances and what people did with it."""

    circumstance: int
    title: str
    explanation: str
    resolution: str


@dataclass(frozen=True, kw_only=True)
class JointReview:
    """部门联审结果表: every department's answer, 未授权未查询 shown as such (三(六))."""

    place: Place
    issuer: str
    case_code: str
    leaving: bool
    head_name: str
    household_class: str
    answers: tuple[DepartmentAnswer, ...]
    unasked: tuple[str, ...]
    hits: tuple[ResolvedHit, ...]
    opinion: str


@dataclass(frozen=True, kw_only=True)
class RefusedHousehold:
    """A household of the list that the county does not agree to, and why, for the township to explain."""

    group: str
    head_name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CountyReply:
    """县级批复: the county's determination on a township's list (三(六)、五(二))."""

    place: Place
    issuer: str
    to: str
    leaving: bool
    month: str
    request_title: str
    request_number: str
    departments: tuple[str, ...]
    households: tuple[ListedHousehold, ...]
    refused: int
    decided_on: date
    leading_group: str
    copies: tuple[str, ...]
    contact_name: str
    contact_phone: str
    entry_due_on: date | None = None
    responsible: tuple[str, ...] = ()
    refusals: tuple[RefusedHousehold, ...] = ()

    @property
    def people(self) -> int:
        """Count the persons of the determined households."""
        return sum(household.size for household in self.households)


@dataclass(frozen=True, kw_only=True)
class VerifiedFact:
    """One fact of a special case: who found out what, when, by what evidence (查实情况)."""

    by: str
    on: date
    finding: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class SpecialCase:
    """特殊情况专门说明: why a household with a true hit is included all the same (二(三))."""

    place: Place
    issuer: str
    head_name: str
    circumstance: int
    circumstance_title: str
    facts: tuple[VerifiedFact, ...]
    reason: str
    remaining_risk: str
    township_opinion: str
    county_opinion: str
    explained_on: date | None
    explained_how: str
    attendance: int | None
    villagers_opinion: str
    recorder: str
