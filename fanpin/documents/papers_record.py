"""Papers that record what the village did: sign-in, 两委, evidence of the notice, objections; and the announcement."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import AboutList, Contact, Place, PublicHousehold, SkippedDay


@dataclass(frozen=True, kw_only=True)
class SignInGroup:
    """The rows that one villagers' group gets on the sign-in sheet."""

    group: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class SignIn(AboutList):
    """评议会签到表: everybody signs by hand, group by group (三(四))."""

    kind: str
    groups: tuple[SignInGroup, ...]
    held_on: date | None = None
    venue: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonMeasures:
    """What was proposed for one person of the household, or for the whole of it."""

    person: str
    measures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StudiedHousehold:
    """A household as the 两委 studied it: 逐户逐人提出帮扶措施."""

    group: str
    head_name: str
    size: int
    household_class: str
    result: str
    persons: tuple[PersonMeasures, ...]


@dataclass(frozen=True, kw_only=True)
class CommitteeRecord:
    """村“两委”研究记录 of a list (三(四))."""

    place: Place
    issuer: str
    month: str
    list_number: str
    deliberated_on: date | None
    opinions: int
    held_on: date
    venue: str
    host: str
    recorder: str
    present: tuple[str, ...]
    summary: str
    decision: str
    households: tuple[StudiedHousehold, ...]


@dataclass(frozen=True, kw_only=True)
class PostedPlace:
    """One place of a notice: when it was posted and taken down, by whom, what proves it."""

    kind: str
    place: str
    address: str
    posted_on: date | None
    posted_by: str
    removed_on: date | None
    evidence: bool


@dataclass(frozen=True, kw_only=True)
class HandledObjection:
    """One objection or complaint in a word; who raised it is nowhere."""

    kind: str
    received_on: date
    received_unit: str
    result: str
    answered_on: date | None


@dataclass(frozen=True, kw_only=True)
class NoticeRecord(AboutList):
    """公示情况记录: where and how long the notice hung, and what came in (三(四))."""

    notice_number: str
    households: int
    people: int
    first_day: date
    last_day: date
    workdays: int
    skipped: tuple[SkippedDay, ...]
    places: tuple[PostedPlace, ...]
    objections: tuple[HandledObjection, ...]


@dataclass(frozen=True, kw_only=True)
class ObjectionSheet:
    """异议、举报登记与处理单: who raised it is written by hand by the unit that received it, and kept apart."""

    place: Place
    issuer: str
    kind: str
    about: str
    head_name: str
    case_code: str
    notice_number: str
    content: str
    received_on: date
    received_by: str
    due_on: date | None
    investigators: str = ""
    finding: str = ""
    upheld: str = ""
    answer: str = ""
    answered_on: date | None = None
    answered_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """公告 of the result, where the county has chosen to announce it; the policy does not ask for it."""

    place: Place
    issuer: str
    month: str
    leaving: bool
    reply_number: str
    decided_on: date
    households: tuple[PublicHousehold, ...]
    posted_on: date
    days: int
    contacts: tuple[Contact, ...]
    office_address: str = ""

    @property
    def people(self) -> int:
        """Count the persons of the listed households."""
        return sum(household.size for household in self.households)
