"""Papers of the village: minutes, notices, report, posted measures (三(四)、四)."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from fanpin.documents.papers_common import AboutList, Contact, ListReport, Place, PublicHousehold, SkippedDay


@dataclass(frozen=True, kw_only=True)
class GroupAttendance:
    """Who came from one villagers' group."""

    group: str
    party_members: int
    household_heads: int
    others: int = 0


@dataclass(frozen=True, kw_only=True)
class DiscussedHousehold:
    """One household as the meeting heard and judged it."""

    group: str
    head_name: str
    size: int
    household_class: str
    report: str
    result: str
    measures: tuple[str, ...] = ()
    votes: str = ""


@dataclass(frozen=True, kw_only=True)
class OpinionAnswered:
    """A villager's opinion or question, what was verified and what was answered."""

    speaker: str
    content: str
    verified: str
    answer: str
    answered_on: date | None


@dataclass(frozen=True, kw_only=True)
class CommitteeDecision:
    """What the village's 两委 decided afterwards."""

    held_on: date
    host: str
    present: tuple[str, ...]
    decision: str


@dataclass(frozen=True, kw_only=True)
class Minutes(AboutList):
    """评议会议记录 of any meeting about a list (三(四); 五(一) for the review meeting)."""

    kind: str
    announced_on: date | None
    announced_place: str
    held_on: date
    venue: str
    host: str
    recorder: str
    attendance: tuple[GroupAttendance, ...]
    households: tuple[DiscussedHousehold, ...]
    opinions: tuple[OpinionAnswered, ...]
    summary: str
    decision: str
    committee: CommitteeDecision | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """纳入公示 and 风险消除公示: only what the public may see (三(四)、五(二))."""

    place: Place
    issuer: str
    month: str
    line: int | None
    line_year: int | None
    households: tuple[PublicHousehold, ...]
    first_day: date
    last_day: date
    workdays: int
    skipped: tuple[SkippedDay, ...]
    places: tuple[str, ...]
    platform: str
    contacts: tuple[Contact, ...]
    office_address: str = ""

    @property
    def people(self) -> int:
        """Count the persons of the listed households."""
        return sum(household.size for household in self.households)

    @property
    def skipped_words(self) -> str:
        """Say which days of the period do not count, days of one reason together."""
        runs = groupby(self.skipped, key=attrgetter("why"))
        return "，".join(
            "、".join(f"{day.on.month}月{day.on.day}日" for day in days) + f"（{why}）" for why, days in runs
        )


@dataclass(frozen=True, kw_only=True)
class MeasuresNotice:
    """帮扶措施公示: measures posted in the village (四)."""

    place: Place
    issuer: str
    households: tuple[PublicHousehold, ...]
    posted_on: date
    places: tuple[str, ...]
    contacts: tuple[Contact, ...]
    platform: str = ""
    office_address: str = ""

    @property
    def people(self) -> int:
        """Count the persons of the listed households."""
        return sum(household.size for household in self.households)


@dataclass(frozen=True, kw_only=True)
class VillageReport(ListReport):
    """村级报告: list, meeting, notice without open objection, to the township (三(四))."""

    meeting_on: date
    attendance: int
    opinions: int
    committee_on: date | None
    notice_number: str
    first_day: date
    last_day: date
    objections: int
    objections_upheld: int


@dataclass(frozen=True, kw_only=True)
class PlannedMeasure:
    """One measure of a household's plan, internal."""

    person: str
    category: str
    detail: str
    risk: str
    department: str
    helper: str
    due_on: date | None
    result: str = ""
    started_on: date | None = None
    evidence: bool = False


@dataclass(frozen=True, kw_only=True)
class MeasuresPlan:
    """帮扶措施明细表: one household, one plan (四)."""

    place: Place
    issuer: str
    head_name: str
    size: int
    household_class: str
    risks: tuple[str, ...]
    lead_department: str
    measures: tuple[PlannedMeasure, ...]
    national_number: str = ""
