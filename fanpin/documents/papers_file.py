"""Papers of the household's file: the national collection form, and the sheet of changes (三(三)、三(六)、六(一))."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import Answer, Place


@dataclass(frozen=True, kw_only=True)
class CollectedMember:
    """A member as the national form asks; None is not known and left blank."""

    name: str
    sex: str
    id_number: str
    relation: str
    ethnicity: str
    education: str
    schooling: str
    health: str
    labour: str
    work: str
    work_months: int | None
    insured: bool | None
    disability_certificate: str


@dataclass(frozen=True, kw_only=True)
class Twice:
    """What the form asks twice: at 识别 and at 风险消除; "" is not yet known."""

    title: str
    entering: str
    leaving: str


@dataclass(frozen=True, kw_only=True)
class Collection:
    """防止返贫监测对象信息采集表, blocks A to F."""

    place: Place
    issuer: str
    case_code: str
    national_code: str
    head_name: str
    address: str
    phone: str
    relocation: str
    household_class: str
    lifted: bool
    no_labour: bool
    risks: tuple[str, ...]
    members: tuple[CollectedMember, ...]
    guarantees: tuple[Twice, ...]
    period_entering: str
    period_leaving: str
    accounts: tuple[Twice, ...]
    development: str
    measures: tuple[Answer, ...]
    way: str
    eliminated_on: date | None
    contact: str
    filled_by: str


@dataclass(frozen=True, kw_only=True)
class KnownMember:
    """A member as the file has it."""

    name: str
    relation: str
    age: int | None
    health: str
    labour: str
    schooling: str


@dataclass(frozen=True, kw_only=True)
class RecordedChange:
    """A change of the members that the file knows already; an act done has its document and reason."""

    name: str
    relation: str
    what: str
    on: date
    document: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeSheet:
    """人口自然变更、信息更新单: what the file says, what has changed, signed at the door."""

    place: Place
    issuer: str
    head_name: str
    national_code: str
    household_class: str
    members: tuple[KnownMember, ...]
    recorded: tuple[RecordedChange, ...]
    kinds: tuple[str, ...]
    details: tuple[Answer, ...]
