"""认证 of an adapter (六(一)): tried by the worker where an administrator asks, or by command; the report is kept for its digest."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from fanpin import audit
from fanpin.adapters.cases import WALLS, WHOLE, Case, State
from fanpin.adapters.certify import certify
from fanpin.adapters.report import BAD, Report
from fanpin.clock import legal_date
from fanpin.documents.papers_adapters import AdapterCertificate as CertificatePaper
from fanpin.documents.papers_adapters import CertificateCase, CertificateGroup
from fanpin.documents.papers_common import Imprint
from fanpin.documents.printing import PressFailed, Printer
from fanpin.models.adapters import AdapterCertificate, AdapterRelease
from fanpin.rules.actions import Action
from fanpin.rules.refusals import NotAllowedHere, NotFound, Refusal
from fanpin.rules.roles import Actor
from fanpin.steps import adapters, doing, outbox

PAPER = "adapter_certificate"
CLAUSE = "六(一)"


def ask(session: Session, release: AdapterRelease, *, actor: Actor, now: datetime) -> AdapterCertificate:
    """Owe a trial of the release; one still owed is not owed twice."""
    doing.permit(session, Action.ADAPTER_CERTIFY, actor=actor)
    if not release.present:
        raise NotAllowedHere("这个适配器已经卸载，不能检验。", action=Action.ADAPTER_CERTIFY.value, clause=CLAUSE)
    last = adapters.certificate_of(session, release)
    if last is not None and last.done_at is None:
        raise NotAllowedHere("正在检验，请稍候刷新本页。", action=Action.ADAPTER_CERTIFY.value, clause=CLAUSE)
    row = AdapterCertificate(release_id=release.id, digest=release.digest, asked_by=actor.name, asked_at=now)
    session.add(row)
    doing.note(session, Action.ADAPTER_CERTIFY, actor=actor, now=now, subject=release,
               facts={"adapter": release.name, "version": release.version, "digest": release.digest})
    outbox.put(session, "adapter.certify", {"certificate": row.id}, now=now)
    return row


def latest_of_all(session: Session) -> dict[int, AdapterCertificate]:
    """Return the newest certificate of every release that has one."""
    return {row.release_id: row for row in session.scalars(select(AdapterCertificate).order_by(AdapterCertificate.id))}


def paper_of(session: Session, release: AdapterRelease) -> bytes:
    """Return the printed report of the newest certificate that was made."""
    row = session.scalar(select(AdapterCertificate).options(undefer(AdapterCertificate.pdf)).where(
        AdapterCertificate.release_id == release.id, AdapterCertificate.done_at.is_not(None))
        .order_by(AdapterCertificate.id.desc()).limit(1))
    if row is None or row.pdf is None:
        raise NotFound
    return row.pdf


class Jobs:
    """What the worker does of it; a demo's reports say that they are a demo's."""

    def __init__(self, *, demo: bool) -> None:
        self._demo = demo

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {"adapter.certify": self.carry_out}

    def carry_out(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Try the release in its children, print the report, keep both; what is installed must be what was asked for."""
        row = session.get_one(AdapterCertificate, payload["certificate"])
        if row.done_at is not None:
            return
        release = session.get_one(AdapterRelease, row.release_id)
        try:
            installed = adapters.files_of(release)
            # Nobody waits for the trial: it may take a minute.
            session.commit()
            report = certify(installed, as_of=legal_date(now))
            pdf = printed(report, demo=self._demo)
        except (Refusal, PressFailed) as failed:
            row.done_at, row.problem = now, (str(failed) or "报告没有印出来")[:200]
            return
        _keep(session, row, release, report, pdf, now=now)


def store(session: Session, release: AdapterRelease, report: Report, pdf: bytes, *, by: str, now: datetime) -> AdapterCertificate:
    """Keep a report that a command made of this very release."""
    row = AdapterCertificate(release_id=release.id, digest=release.digest, asked_by=by, asked_at=now)
    session.add(row)
    _keep(session, row, release, report, pdf, now=now)
    return row


def _keep(session: Session, row: AdapterCertificate, release: AdapterRelease, report: Report, pdf: bytes, *, now: datetime) -> None:
    row.done_at, row.ok, row.report, row.pdf = now, report.ok, report.document(), pdf
    session.flush()
    audit.record(session, "adapter.certified", actor=row.asked_by, now=now, stream=audit.SYSTEM_STREAM, object=release.ref,
                 facts={"adapter": release.name, "version": release.version, "digest": release.digest, "ok": report.ok,
                        "failed": len(report.failed)})


def printed(report: Report, *, demo: bool) -> bytes:
    """Return the report as a PDF that an office can file; raise PressFailed where the press gives none."""
    imprint = Imprint(number=report.digest[:12], verify_code="2" * 12, event_hash="0" * 16, issued_on=report.as_of)
    with Printer() as printer:
        return printer.render(PAPER, paper(report), imprint=imprint, demo=demo).pdf


def paper(report: Report) -> CertificatePaper:
    """Return the report as its paper shows it."""
    groups = [(group, tuple(map(_case, cases))) for group, cases in groupby(report.cases, key=lambda case: case.group)]
    return CertificatePaper(
        name=report.name, version=report.version, digest=report.digest, title=report.title,
        department=report.owner, contract=report.contract,
        as_of=report.as_of, machine=report.machine, ok=report.ok, counts=counts(report.cases),
        failed=tuple(CertificateCase(title=f"{case.group}：{case.title}", state=case.state.title, text=case.text,
                                     seconds=f"{case.seconds:.1f}") for case in report.failed),
        groups=tuple(CertificateGroup(title=group if group in (WHOLE, WALLS) else f"表：{group}", cases=cases)
                     for group, cases in groups),
        walled=sum(bool(one.faults) for one in BAD))


def counts(cases: tuple[Case, ...]) -> str:
    """Say how many cases ended how."""
    many = "，".join(f"{state.title}{number}项" for state in State if (number := sum(case.state is state for case in cases)))
    return f"共检验{len(cases)}项：{many}"


def _case(case: Case) -> CertificateCase:
    return CertificateCase(title=case.title, state=case.state.title, text=case.text, seconds=f"{case.seconds:.1f}")
