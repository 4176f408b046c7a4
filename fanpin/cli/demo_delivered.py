"""The demo's departments send their sheets as they would: delivery, the worker's children, matching, screening, warnings."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.certify import certify
from fanpin.authorization import scope_for
from fanpin.cli.demo_sheets import Written
from fanpin.cli.village_procession import Calendar
from fanpin.models.areas import Area
from fanpin.models.scoped import set_scope
from fanpin.models.warnings import Warning
from fanpin.rules.departments import Department
from fanpin.rules.intake import WarningConclusion
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_certificates, adapters, analysis, deliveries, files, screening_month
from fanpin.testing import AdapterContract

# Departments of whose adapters complete answers count without a signature each time.
APPROVED = (Department.PUBLIC_SECURITY, Department.CENTRAL_BANK)
APPROVAL = "演示批准〔2026〕1号"
# Of a county's warnings so many are verified on the day; the others wait on the villages' desks.
VERIFIED = 6
FOUND = ((WarningConclusion.AT_RISK, "入户核实属实，刚性支出较大，存在返贫致贫风险。"), (WarningConclusion.NO_RISK, "入户核实，收入稳定，风险可控。"),
         (WarningConclusion.OTHER_POLICY, "已享受临时救助和医疗救助，困难可以解决。"))


class Departments:
    """The county's officers with their sheets; `work` lets the worker carry out, at an instant, what was owed."""

    def __init__(self, session: Session, store: Path, *, county: Area, officers: dict[str, Actor],
                 work: Callable[[datetime], None]) -> None:
        self.session, self.store, self.county, self.officers, self._carry_out = session, store, county, officers, work
        self.sent = 0

    def approve(self, head: Actor, calendar: Calendar) -> None:
        """Let the head of the county's office give the standing approvals, of programs that were tried."""
        self._as(head)
        for department in APPROVED:
            for release in adapters.present_releases(self.session, department=department.value):
                # The samples' own days may lie after the day of the story.
                report = certify(adapters.installed_of(release), as_of=max(calendar.day, AdapterContract.as_of))
                adapter_certificates.store(self.session, release, report, adapter_certificates.printed(report, demo=True),
                                           by=adapters.SYSTEM, now=calendar.now)
                adapters.approve(self.session, release, document=APPROVAL, actor=head, now=calendar.now)
        self.session.commit()

    def send(self, sheets: Iterable[Written], calendar: Calendar) -> None:
        """Send sheets that tell everything up to the day, and let the worker read them."""
        for one in sheets:
            officer = self._as(self.officers[one.sheet.department.value])
            source = next((source for source in deliveries.sources_for(self.session, one.sheet.department)
                           if source.table == one.sheet.table and source.version), None)
            if source is None:
                # A department whose adapter is not installed sends no sheet; what it is asked it answers at its desk.
                continue
            deliveries.send(
                self.session, self.store, files.Upload(one.name, one.content), source,
                deliveries.Sent(as_of=calendar.day, covers_from=None, complete=True, register_scope=source.scope, contact="演示联络员"),
                county=self.county, actor=officer, now=calendar.now, today=calendar.day)
            self.sent += 1
        self._work(calendar)

    def screen(self, analyst: Actor, calendar: Calendar) -> int:
        """Screen the county, send every warning to township and village, and return how many there are."""
        self._as(analyst)
        screening_month.ask(self.session, self.county, actor=analyst, now=calendar.now, today=calendar.day)
        self._work(calendar)
        self._as(analyst)
        fresh = self.session.scalars(select(Warning).where(Warning.dispatched_at.is_(None)).order_by(Warning.id)).all()
        sent = analysis.dispatch(self.session, fresh, actor=analyst, now=calendar.now)
        self.session.commit()
        return sent

    def verify(self, village: Sequence[Actor], calendar: Calendar) -> None:
        """Let the villages' cadres sign for what came, and verify some of it."""
        for cadre in village:
            self._as(cadre)
            waiting = self.session.scalars(select(Warning).where(
                Warning.dispatched_at.is_not(None), Warning.verified_at.is_(None), Warning.village_received_at.is_(None))
                .order_by(Warning.id).limit(VERIFIED)).all()
            for number, row in enumerate(waiting):
                analysis.receive(self.session, row, actor=cadre, now=calendar.now)
                if number < len(FOUND):
                    conclusion, finding = FOUND[number]
                    analysis.verify(self.session, row, conclusion=conclusion, finding=finding, verified_on=calendar.day,
                                    actor=cadre, now=calendar.now, today=calendar.day)
        self.session.commit()

    def _work(self, calendar: Calendar) -> None:
        self.session.commit()
        self._carry_out(calendar.now)
        # The worker's clock went on meanwhile; whoever acts next acts later.
        calendar.rest(minutes=20)
        # The worker has written through a session of its own.
        self.session.expire_all()

    def _as(self, actor: Actor) -> Actor:
        self.session.flush()
        set_scope(self.session, scope_for(actor))
        return actor
