"""What the page of a department's adapter shows: state, certificate, last sheets, open questions, settings."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select

from fanpin.adapters import connections
from fanpin.adapters.contract import Transport
from fanpin.adapters.manifest import Manifest, Setting
from fanpin.extensions import db
from fanpin.models.adapters import (
    AdapterApproval, AdapterCertificate, AdapterFailure, AdapterRelease, AdapterSetting, AdapterTrial,
)
from fanpin.models.county import Inquiry, Question
from fanpin.models.deliveries import Delivery
from fanpin.rules.departments import Department
from fanpin.rules.duties import KINDS, Kind, duties_of
from fanpin.steps import adapter_health
from fanpin.steps.warning_outcomes import Outcome

CLAUSES = {"bulk": "附件1", "question": "三(六)"}
OWN = ("接口自己的设置", "由接口程序的开发人员说明怎样填。")
WAY = ("数据怎么来", "选“表格导入”的，下面几组都不用填；选“中间库”或“共享平台”的，填写两者都要的一组和自己的一组，不清楚的请问本部门的技术人员。")
BOTH = ("中间库、共享平台都要填", "")
DATABASE = ("只有中间库要填", "")
PLATFORM = ("只有共享平台要填", "")
PARTS = (OWN, WAY, BOTH, DATABASE, PLATFORM)
OF_DATABASE = (connections.SCHEMA,)
OF_PLATFORM = (connections.TOKEN_ADDRESS, connections.APPLICATION, connections.SECRET, connections.RECORDS)
YEAR = timedelta(days=365)
LAST = 5


@dataclass(frozen=True)
class Claimed:
    """A kind that the adapter answers, with the duty in 附件1's own words."""

    kind: Kind
    modes: str
    tables: str
    wording: str


@dataclass(frozen=True)
class Listed:
    """One installed adapter as the list shows it."""

    release: AdapterRelease
    department: str
    kinds: str
    tone: str
    state: str
    approved: bool
    certified: tuple[str, str]


@dataclass(frozen=True)
class Sent:
    """The adapter's sheets of a year in numbers, and the last of them."""

    sheets: int
    rows: int
    matched: int
    queued: int
    refused: int
    last: tuple[Delivery, ...]


@dataclass(frozen=True)
class Asked:
    """What the department is still asked in joint reviews."""

    households: int
    questions: int
    overdue: int
    oldest: date | None


@dataclass(frozen=True)
class InCounty:
    """What of an adapter is the reader's county's own: no administrator sees it."""

    approval: AdapterApproval | None
    failures: list[AdapterFailure]
    trial: AdapterTrial | None
    settings: list[tuple[str, str]]
    sent: Sent
    asked: Asked
    outcomes: tuple[Outcome, ...]


def listed(release: AdapterRelease, certificate: AdapterCertificate | None, *, approved: bool, now: datetime) -> Listed:
    """Return a release with its state in words."""
    known = {department.value: department.title for department in Department}
    kinds = "、".join(KINDS[kind].title for kind in release.declared.kinds if kind in KINDS) if release.manifest else ""
    tone, state = state_of(release, now=now)
    return Listed(release, known.get(release.department, "") or release.role.title, kinds, tone, state, approved, certified(release, certificate))


def state_of(release: AdapterRelease, *, now: datetime) -> tuple[str, str]:
    """Return the tone and the words for how a release stands."""
    if release.revoked_at:
        return "bad", "已停用"
    if release.problems:
        return "bad", "不能启用"
    if not release.present:
        return "neutral", "已卸载"
    if release.known_wrong:
        return "bad", "对已知人员答错，停止调用"
    if release.failures >= adapter_health.OPENS_AFTER:
        waiting = release.open_until is not None and release.open_until > now
        return "warn", "连续出错，暂停调用" if waiting else "连续出错，下次调用时再试"
    return "good", "可用"


def certified(release: AdapterRelease, certificate: AdapterCertificate | None) -> tuple[str, str]:
    """Return the tone and the words for its certificate; one of another digest is none."""
    if certificate is None or certificate.digest != release.digest:
        return "warn", "没有检验"
    if certificate.done_at is None:
        return "active", "正在检验"
    if certificate.problem:
        return "bad", "没有检验成"
    return ("good", "检验通过") if certificate.ok else ("bad", "检验未通过")


def claimed(manifest: Manifest) -> list[Claimed]:
    """List the kinds that it answers."""
    wording = {kind: duty.wording for duty in duties_of(manifest.department) for kind in duty.facts} if manifest.department else {}
    return [Claimed(
        KINDS[kind], "、".join(f"{mode.title}（{CLAUSES[mode.value]}）" for mode in sorted(manifest.modes(kind))),
        "、".join(table.title for table in manifest.tables if kind in table.kinds), wording.get(kind, "县级分工"))
        for kind in manifest.kinds if kind in KINDS]


def settings(release: AdapterRelease, manifest: Manifest) -> list[tuple[str, str]]:
    """List its settings in the reader's county as they may be shown; where sheets are sent, none of the connection."""
    own = {row.key: row for row in db.session.scalars(select(AdapterSetting).where(AdapterSetting.adapter == release.name))}
    connected = connections.CHOICE in own and own[connections.CHOICE].value != Transport.SHEET.value
    return [(one.title, _shown(one, own.get(one.name))) for one in manifest.settings
            if connected or one.name == connections.CHOICE or not connections.is_ours(one.name)]


def grouped(manifest: Manifest) -> list[tuple[str, str, list[Setting]]]:
    """Part the settings by who has to fill them in: (title, what to know, settings), without empty parts."""
    parts: dict[tuple[str, str], list[Setting]] = {part: [] for part in PARTS}
    for one in manifest.settings:
        parts[_part(one.name)].append(one)
    return [(title, note, rows) for (title, note), rows in parts.items() if rows]


def _part(name: str) -> tuple[str, str]:
    if not connections.is_ours(name):
        return OWN
    return WAY if name == connections.CHOICE else DATABASE if name in OF_DATABASE else PLATFORM if name in OF_PLATFORM else BOTH


def _shown(setting: Setting, row: AdapterSetting | None) -> str:
    if setting.secret:
        return "已设置，不显示" if row is not None and row.value else ""
    value = row.value if row is not None else setting.default
    return dict(setting.choices).get(value, value)


def sent(release: AdapterRelease, *, now: datetime) -> Sent:
    """Count the sheets that came through an adapter of this name in twelve months, and list the last."""
    of_adapter = Delivery.source == release.name, Delivery.department == release.department
    many, *rows = db.session.execute(select(
        func.count(), *(func.coalesce(func.sum(column), 0) for column in (Delivery.rows, Delivery.matched, Delivery.queued, Delivery.wrong)))
        .where(*of_adapter, Delivery.sent_at > now - YEAR)).one()
    last = db.session.scalars(select(Delivery).where(*of_adapter).order_by(Delivery.id.desc()).limit(LAST))
    return Sent(many, *rows, tuple(last))


def asked(release: AdapterRelease, *, today: date) -> Asked:
    """Count the inquiries to the department that nobody has signed, and of them those whose day is over."""
    waiting = select(func.count()).where(Question.inquiry_id == Inquiry.id, Question.state == "waiting").scalar_subquery()
    households, questions, overdue, oldest = db.session.execute(select(
        func.count(), func.coalesce(func.sum(waiting), 0), func.coalesce(func.sum(case((Inquiry.due_on < today, 1), else_=0)), 0),
        func.min(Inquiry.due_on)).where(Inquiry.department == release.department, Inquiry.signed_at.is_(None))).one()
    return Asked(households, questions, overdue, oldest)
