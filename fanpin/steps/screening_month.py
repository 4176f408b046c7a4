"""按月筛查 (三(二), 附件1 乡村振兴部门): every household's facts against the warning book, and what is new becomes a warning.

The month is recomputed whole and compared with the last one. A feed that was not told, or not whole, or too long ago
clears nothing. Warnings name; people verify: nothing here opens a case, and nothing closes a warning.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.clock import legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.areas import Area
from fanpin.models.deliveries import Delivery
from fanpin.models.findings import HouseholdFinding, ScreeningRun
from fanpin.models.households import Household, Member
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.book_warnings import WARNING_BOOK
from fanpin.rules.deliveries import DeliveryState, covered_kinds, left_open
from fanpin.rules.findings import RunState, untold_kinds
from fanpin.rules.inquiries import HOUSEHOLD, PersonRole
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.rules.thresholds import Resolved
from fanpin.screening import county as bulk
from fanpin.steps import deliveries, doing, fact_store, findings, outbox, thresholds
from fanpin.steps.analysis import month_of

# From this day of a month on the worker screens a county whose people have not asked for it.
BY_ITSELF_FROM = 6
# A screening that was not done by then never will be, and keeps nobody from asking again.
STUCK_AFTER = timedelta(hours=2)
KINDS_OF = {rule.code: WARNING_BOOK.kinds_of(rule) for rule in WARNING_BOOK.rules}


@dataclass
class Register:
    """A county's households and members under their keyed numbers, and as the warnings call them."""

    households: dict[int, findings.Home] = field(default_factory=dict)
    persons: list[bulk.BulkPerson] = field(default_factory=list)
    bulk_households: list[bulk.BulkHousehold] = field(default_factory=list)
    members: dict[str, findings.Someone] = field(default_factory=dict)


def ask(session: Session, county: Area, *, actor: Actor, now: datetime, today: date) -> ScreeningRun:
    """Owe the screening of one's county as of today."""
    row = _owe(session, county, asked_by=actor.name, now=now, today=today)
    doing.permit(session, Action.ANALYSIS_SCREEN, actor=actor, subject=row)
    doing.note(session, Action.ANALYSIS_SCREEN, actor=actor, now=now, subject=row, facts={"month": row.month})
    return row


def ask_where_due(session: Session, *, now: datetime) -> int:
    """Owe the month's screening of every county whose departments have delivered and where nobody has asked for it."""
    today = legal_date(now)
    if today.day < BY_ITSELF_FROM:
        return 0
    told = select(Delivery.area_path).where(Delivery.state == DeliveryState.DONE)
    done = select(ScreeningRun.area_id).where(ScreeningRun.month == month_of(today))
    due = session.scalars(select(Area).where(Area.level == AreaLevel.COUNTY, Area.path.in_(told), Area.id.not_in(done))).all()
    for area in due:
        row = _owe(session, area, asked_by="系统", now=now, today=today)
        session.flush()
        audit.record(session, Action.ANALYSIS_SCREEN.value, actor="系统", now=now, stream=audit.SYSTEM_STREAM, object=row.ref,
                     area_path=area.path, facts={"month": row.month})
    return len(due)


def _owe(session: Session, county: Area, *, asked_by: str, now: datetime, today: date) -> ScreeningRun:
    if session.scalar(select(ScreeningRun.id).where(ScreeningRun.area_id == county.id, ScreeningRun.state == RunState.WAITING,
                                                    ScreeningRun.asked_at > now - STUCK_AFTER)):
        raise Invalid("筛查正在进行，请稍后刷新查看结果。")
    row = ScreeningRun(area_id=county.id, area_path=county.path, month=month_of(today), asof=today, asked_by=asked_by, asked_at=now)
    session.add(row)
    session.flush()
    outbox.put(session, "screening.month", {"run": row.id}, now=now)
    return row


class MonthlyScreening:
    """Screens a county: reads, computes in a child, then writes household by household in short transactions."""

    def __init__(self, store: Path) -> None:
        self.store = store

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls."""
        return {"screening.month": self.handle}

    def handle(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Screen once; run again after a break, it goes on where it was."""
        read_only(session)
        run = session.scalars(select(ScreeningRun).where(ScreeningRun.id == payload["run"])).one()
        if run.state is not RunState.WAITING:
            return
        run_id, path, asof, area_id = run.id, run.area_path, run.asof, run.area_id
        told = covered_kinds(deliveries.told_for(session, county_path=path), on=asof)
        limits = thresholds.in_force(session, area_path=path, on=asof)
        parquets, covered = _deliveries(session, self.store, area_id=area_id, path=path)
        opened = left_open(deliveries.proofs_for(session, county_path=path))
        register = register_of(session, path=path)
        session.commit()
        try:
            screened = bulk.screen_county(parquets, covered, register.persons, register.bulk_households,
                                          {path: {key: row.value for key, row in limits.items()}}, asof=asof)
        except bulk.ScreeningFailed:
            # Nothing was found and nothing cleared; the county sees it and may ask again.
            session.execute(update(ScreeningRun).where(ScreeningRun.id == run_id).values(state=RunState.FAILED, done_at=now))
            return
        counts = self._write(session, run_id, screened.findings, register, told=told, left_open=opened, limits=limits,
                             asof=asof, path=path, now=now)
        self._finish(session, run_id, register, screened, counts, told=told, now=now)

    def _write(self, session: Session, run_id: int, found: Sequence[bulk.BulkFinding], register: Register, *,
               told: frozenset[str], left_open: Mapping[int, frozenset[str]], limits: Mapping[str, Resolved], asof: date,
               path: str, now: datetime) -> Counter[str]:
        by_home: dict[int, list[bulk.BulkFinding]] = defaultdict(list)
        for finding in found:
            by_home[register.households[finding.household].id].append(finding)
        read_only(session)
        known = set(session.scalars(select(HouseholdFinding.household_id).where(within(HouseholdFinding.area_path, (path,))).distinct()))
        batches = findings.batches_of(session, path=path)
        session.commit()
        homes = {home.id: home for home in register.households.values()}
        everyone = sorted((set(by_home) | known) & set(homes))
        counts: Counter[str] = Counter()
        for start in range(0, len(everyone), findings.AT_A_TIME):
            chunk = {number: by_home.get(number, []) for number in everyone[start:start + findings.AT_A_TIME]}
            with writing(session):
                counts += findings.write(session, chunk, findings.Ground(
                    homes=homes, members=register.members, batches=batches, told=told, left_open=left_open, limits=limits,
                    asof=asof, month=month_of(asof), kinds_of=KINDS_OF), now=now)
        return counts

    def _finish(self, session: Session, run_id: int, register: Register, screened: bulk.Screened, counts: Counter[str], *,
                told: frozenset[str], now: datetime) -> None:
        values = {name: counts[name] for name in ("fresh", "changed", "gone", "unknown", "warnings")}
        untold = list(untold_kinds(KINDS_OF, told))
        ended = session.execute(update(ScreeningRun).where(ScreeningRun.id == run_id, ScreeningRun.state == RunState.WAITING).values(
            state=RunState.DONE, done_at=now, households=len(register.households), facts=screened.facts,
            found=len(screened.findings), untold=untold, fresh=counts["fresh"], changed=counts["changed"], gone=counts["gone"],
            unknown=counts["unknown"], warnings=counts["warnings"]))
        if ended.rowcount == 0:
            return
        run = session.scalars(select(ScreeningRun).where(ScreeningRun.id == run_id).execution_options(populate_existing=True)).one()
        audit.record(session, "screening.done", actor="系统", now=now, stream=audit.SYSTEM_STREAM, object=run.ref,
                     area_path=run.area_path, facts={"month": run.month, "found": len(screened.findings), "counts": values,
                                                     "untold": untold})


def _deliveries(session: Session, store: Path, *, area_id: int, path: str) -> tuple[list[Path], list[bulk.Covered]]:
    rows = session.scalars(select(Delivery).where(Delivery.area_path == path, Delivery.state == DeliveryState.DONE)
                           .order_by(Delivery.id)).all()
    parquets = fact_store.in_force(store, area_id=area_id, deliveries=[row.ref for row in rows])
    return parquets, [bulk.Covered(kind, row.department, row.id, row.covers_from, row.as_of)
                      for row in rows if row.proves_absence for kind in row.kinds]


def register_of(session: Session, *, path: str) -> Register:
    """Read a county's present households and members, columns only, in two statements."""
    register = Register()
    for row in session.execute(select(Household.id, Household.area_path, Household.lifted, Household.head_name).where(
            within(Household.area_path, (path,)), Household.departed_on.is_(None))):
        number = fact_store.subject_number("h", row.id)
        register.households[number] = findings.Home(row.id, row.area_path, row.lifted, row.head_name)
        register.bulk_households.append(bulk.BulkHousehold(number, row.lifted, path))
        register.persons.append(bulk.BulkPerson(number, number, HOUSEHOLD))
        register.members[str(number)] = findings.Someone(None, f"{row.head_name}家")
    number_of = {home.id: number for number, home in register.households.items()}
    for row in _members(session, path):
        if row.household_id in number_of:
            number = fact_store.subject_number("m", row.id)
            register.persons.append(bulk.BulkPerson(number, number_of[row.household_id], PersonRole.MEMBER.value))
            register.members[str(number)] = findings.Someone(row.id, row.name)
    return register


def _members(session: Session, path: str) -> Iterable[object]:
    return session.execute(select(Member.id, Member.household_id, Member.name).where(
        within(Member.area_path, (path,)), Member.left_on.is_(None)))
