"""Papers of 三(二): a warning's check on the spot, the month's warnings of a village, a round's sheets."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import Place


@dataclass(frozen=True, kw_only=True)
class WarnedPerson:
    """A person of the warned household; the number is the match key that the visitors compare."""

    name: str
    relation: str
    id_number: str


@dataclass(frozen=True, kw_only=True)
class WarningGround:
    """What a rule of the warning book found: by whose data, what about whom, against which number, as of which day."""

    rule: str
    clause: str
    department: str
    sentence: str
    state: str


@dataclass(frozen=True, kw_only=True)
class WarningSheet:
    """预警线索核实单 of one household: what was signalled, and what was found on the spot."""

    place: Place
    issuer: str
    number: str
    month: str
    source: str
    document: str
    content: str
    head_name: str
    persons: tuple[WarnedPerson, ...]
    dispatched_on: date | None
    township_received: str
    village_received: str
    conclusions: tuple[str, ...]
    conclusion: str = ""
    finding: str = ""
    verified_by: str = ""
    verified_on: date | None = None
    grounds: tuple[WarningGround, ...] = ()
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class ListedWarning:
    """One row of a village's warnings of a month."""

    number: str
    group: str
    head_name: str
    source: str
    content: str
    dispatched_on: date
    conclusion: str = ""
    verified_on: date | None = None
    grounds: tuple[WarningGround, ...] = ()
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class WarningList:
    """到户预警信息清单: all that was sent to one village in one month, with its receipt."""

    place: Place
    issuer: str
    to: tuple[str, ...]
    month: str
    warnings: tuple[ListedWarning, ...]
    contact_name: str
    contact_phone: str

    @property
    def households(self) -> int:
        """Count the households that are warned."""
        return len({(row.group, row.head_name) for row in self.warnings})


@dataclass(frozen=True, kw_only=True)
class RoundMember:
    """A member as the file has it, to be compared at the door."""

    name: str
    relation: str
    age: int | None
    health: str
    labour: str
    work: str


@dataclass(frozen=True, kw_only=True)
class RoundSheet:
    """防止返贫动态监测排查表 of one household, filled from the file as far as it goes, blank where it is to be asked."""

    place: Place
    issuer: str
    round_title: str
    occasion: str
    period_from: date
    period_to: date
    visitors: str
    head_name: str
    lifted: bool
    focus: tuple[str, ...]
    members: tuple[RoundMember, ...]
    warnings: tuple[str, ...]
    questions: tuple[str, ...]
    results: tuple[str, ...]
    result: str = ""
    note: str = ""
    visited_on: date | None = None
    visited_by: str = ""
    blank: bool = False


@dataclass(frozen=True, kw_only=True)
class RoundRow:
    """One household of a round: who, why, and what was found."""

    group: str
    head_name: str
    size: int
    lifted: bool
    focus: str
    result: str = ""
    note: str = ""
    visited_on: date | None = None
    visited_by: str = ""


@dataclass(frozen=True, kw_only=True)
class RoundRegister:
    """排查登记册: every household that a round owes a result, a part of at most some hundred."""

    place: Place
    issuer: str
    round_title: str
    occasion: str
    period_from: date
    period_to: date
    visitors: str
    households: tuple[RoundRow, ...]
    part: int
    parts: int
    owed: int
    seen: int
