"""What is on record of one case, as plain frozen values: all that a requirement may look at."""

from dataclasses import dataclass, field
from datetime import date

from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.risks import Risk


@dataclass(frozen=True)
class Survey:
    """The visit of 三(三): which of the ten items and five judgements were answered."""

    visited_on: date
    items: frozenset[str]
    judgements: frozenset[str]
    visitors: tuple[str, ...]
    household_signed: bool
    risks: tuple[Risk, ...]
    household_class: HouseholdClass | None
    class_problem: str
    residence_problem: str
    has_income: bool
    has_guarantees: bool
    conclusion: str


@dataclass(frozen=True)
class Consent:
    """The paper of 三(三): application, truth of statements, authorisation, and who signed."""

    application_signed: bool
    truth_declared: bool
    authorised: bool
    head_signed: bool
    adults: tuple[str, ...]
    signed_adults: tuple[str, ...]
    valid_until: date | None

    @property
    def unsigned_adults(self) -> tuple[str, ...]:
        """Name the adult members about whom no consent kind may be asked."""
        return tuple(name for name in self.adults if name not in self.signed_adults)


@dataclass(frozen=True)
class Meeting:
    """A meeting on record: when, who presided and wrote, and who came from which group."""

    held_on: date
    place: str
    host: str
    recorder: str
    party_members: int
    household_heads: int
    groups_present: frozenset[str]
    decided: bool
    decision: str


@dataclass(frozen=True)
class Opinions:
    """Villagers' opinions on the list or this household: how many, and how many stay unanswered."""

    total: int
    unverified: int
    unanswered: int


@dataclass(frozen=True)
class Plan:
    """Measures proposed per household and per person; persons without any are named."""

    household_measures: int
    persons_without: tuple[str, ...]
    problems: tuple[str, ...]
    confirmed_by_township: bool
    started: int


@dataclass(frozen=True)
class Publicity:
    """The notice: places owed, places posted, the day it ends, objections."""

    number: str
    groups_owed: frozenset[str]
    groups_posted: frozenset[str]
    platform_posted: bool
    ended: bool
    last_day: date | None
    clock_problem: str
    open_objections: int
    upheld_objections: int
    report_signed: bool


@dataclass(frozen=True)
class Township:
    """What the township did before it reports: spot check, 专题会议, report."""

    spot_checks: int
    spot_check_problems: tuple[str, ...]
    meeting: Meeting | None
    report_signed: bool


@dataclass(frozen=True)
class JointReview:
    """The departments' part of 三(六): what was asked, what is still open, what was hit."""

    asked: int
    waiting: tuple[str, ...]
    unsigned: tuple[str, ...]
    not_asked_unaccepted: tuple[str, ...]
    unresolved_hits: tuple[str, ...]
    not_included_hits: tuple[str, ...]
    special_cases: tuple[str, ...]
    remaining_members: int


@dataclass(frozen=True)
class Determination:
    """The county's decision and what followed, each with its day."""

    result: str
    decided_on: date
    reported_on: date | None
    lead_department: str
    measures_started_on: date | None
    entered_on: date | None
    letter_issued: bool


@dataclass(frozen=True)
class Review:
    """The yearly review of 五(一) and what leaving needs from it."""

    reviewed_on: date
    complete: bool
    conclusion: str
    named_measure: bool
    no_labour: bool
    meeting: Meeting | None
    exit_consent_signed: bool
    marked: bool


@dataclass(frozen=True)
class Dossier:
    """One case as a requirement sees it; a part that was not asked for stays None."""

    case_code: str
    head_name: str
    procedure: str
    stage: str
    round: int
    today: date
    groups: frozenset[str] = frozenset()
    survey: Survey | None = None
    consent: Consent | None = None
    announced_on: date | None = None
    announced_place: str = ""
    meeting: Meeting | None = None
    committee: Meeting | None = None
    opinions: Opinions | None = None
    plan: Plan | None = None
    publicity: Publicity | None = None
    township: Township | None = None
    joint_review: JointReview | None = None
    determination: Determination | None = None
    review: Review | None = None
    unverified_warnings: tuple[str, ...] | None = None
    facts: dict[str, str] = field(default_factory=dict)
