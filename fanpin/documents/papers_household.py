"""Papers that the household signs or is handed while entering: 三(一)、三(三)、三(六)."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import Answer, Contact, Place


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One of the three open platforms of 三(一) and how a villager reaches it."""

    name: str
    how: str


PLATFORMS = (
    Platform(name="全国防返贫监测系统手机APP", how="在手机上打开，按提示填写家里的困难。不会用手机的，可以请家人或村干部帮忙。"),
    Platform(name="全国防止返贫监测和乡村振兴咨询服务平台", how="拨打电话12317，把家里的困难说清楚，请接线人员登记。"),
    Platform(name="云南省“政府救助平台”", how="在手机上打开，按提示申请救助。也可以由他人代为申报，或由政府工作人员帮助申报。"),
)


@dataclass(frozen=True, kw_only=True)
class Leaflet:
    """引导单: the three platforms, handed to a household in trouble (三(一))."""

    place: Place
    contacts: tuple[Contact, ...]
    platforms: tuple[Platform, ...] = PLATFORMS


@dataclass(frozen=True, kw_only=True)
class LeadSheet:
    """申报登记表: one declaration as it came in (三(一))."""

    place: Place
    channel: str
    platform_number: str
    declared_on: date
    declared_by: str
    relation: str
    phone: str
    head_name: str
    id_number: str
    address: str
    categories: tuple[str, ...]
    own_words: str
    attachments: tuple[str, ...]
    received_by: str
    received_on: date
    accept_due_on: date | None = None
    earlier: str = ""
    referred_to: str = ""
    mode: str = ""
    area_code: str = ""
    accepted: str = ""
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class ConsentMember:
    """A member named in the application; only adults sign for themselves."""

    name: str
    relation: str
    id_number: str
    adult: bool
    signed_on: date | None = None
    away: bool = False
    classes: str = ""


@dataclass(frozen=True, kw_only=True)
class KinPerson:
    """A parent, spouse or child of the head living elsewhere: asked about 公职 only (附件2第一项)."""

    name: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class Application:
    """纳入监测申请及授权承诺书: application, truth declaration, authorisation (三(三))."""

    place: Place
    head_name: str
    address: str
    phone: str
    lifted: bool
    members: tuple[ConsentMember, ...]
    kin: tuple[KinPerson, ...]
    reason: str
    classes: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    written_by: str = ""
    witness: str = ""


@dataclass(frozen=True, kw_only=True)
class SurveyMember:
    """A member as met on the visit."""

    name: str
    relation: str
    age: int | None
    health: str
    labour: str
    schooling: str
    work: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One of the five judgements of 三(三) with its ground."""

    title: str
    verdict: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class MoneyLine:
    """One line of the account, in fen."""

    title: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Guarantee:
    """One of 两不愁三保障 and drinking water as found."""

    title: str
    safe: bool
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SurveySheet:
    """实地调查表: ten items, five judgements, account, guarantees, risks, conclusion (三(三))."""

    place: Place
    case_code: str
    leaving: bool
    head_name: str
    visited_on: date
    visitors: tuple[str, ...]
    residence: tuple[Answer, ...]
    members: tuple[SurveyMember, ...]
    items: tuple[Answer, ...]
    judgements: tuple[Judgement, ...]
    income_period: str
    income: tuple[MoneyLine, ...]
    income_per_head: int | None
    line: int | None
    line_year: int | None
    guarantees: tuple[Guarantee, ...]
    risks: tuple[str, ...]
    household_class: str
    class_reason: str
    conclusion: str


@dataclass(frozen=True, kw_only=True)
class NotIncluded:
    """不予纳入告知书: reasons, other help, how to come back (三(六); 复核 is not in the policy)."""

    place: Place
    issuer: str
    head_name: str
    applied_on: date
    application_number: str
    decided_on: date
    reasons: tuple[str, ...]
    solutions: tuple[str, ...]
    contact: Contact
    recheck_days: int = 0
    recheck: Contact | None = None
