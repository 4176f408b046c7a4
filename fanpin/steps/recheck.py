"""Before each decision the household is screened again with the facts of the day (三(六), 五(二)).

Circumstances of an entering case are looked for anew; and what the department's facts now say of the household becomes
a warning at once, which a leaving then waits for. Old answers do not count by themselves: see `state_on`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.clock import legal_date
from fanpin.models.cases import Case
from fanpin.models.county import FactRow
from fanpin.models.households import Household
from fanpin.models.scoped import system_scope
from fanpin.rules.areas import AreaLevel
from fanpin.rules.inquiries import HOUSEHOLD
from fanpin.rules.roles import Actor
from fanpin.screening import engines
from fanpin.screening.county import BulkFinding
from fanpin.steps import doing, findings, outbox, screening, thresholds
from fanpin.steps.analysis import month_of
from fanpin.steps.screening_month import KINDS_OF


def recheck(session: Session, cases: Iterable[Case], *, actor: Actor, now: datetime, today: date) -> None:
    """Screen the households of cases once more; nothing is cleared by it."""
    for case in cases:
        screening.screen(session, case, actor=actor, now=now, today=today)
        warn_again(session, case.household, now=now, today=today)


def warn_again(session: Session, household: Household, *, now: datetime, today: date) -> None:
    """Make a warning of what the facts on file say of a household and nobody was warned of yet."""
    with system_scope(session, reason="决定前按现有部门数据重新筛查"):
        facts = {row.number: row for row in session.scalars(select(FactRow).where(
            FactRow.household_id == household.id, FactRow.number.is_not(None), FactRow.superseded.is_(False)))}
        if not facts:
            return
        limits = thresholds.in_force(session, area_path=household.area_path, on=today)
        rows = [_fact(number, row) for number, row in facts.items()]
        found = engines.screen_warnings(rows, screening.persons_of(household), today, lifted=household.lifted,
                                        limits={key: row.value for key, row in limits.items()})
        by_number = {row.id: row for row in rows}
        items = [BulkFinding(household=household.id, rule=item.rule, severity=item.severity,
                             facts=tuple(by_number[number] for number in item.evidence)) for item in found]
        members = {f"m{member.id}": findings.Someone(member.id, member.name) for member in household.present_members}
        county = doing.ancestor(session, household.area_path, AreaLevel.COUNTY)
        findings.write(session, {household.id: items}, findings.Ground(
            homes={household.id: findings.Home(household.id, household.area_path, household.lifted, household.head_name)},
            members=members | {HOUSEHOLD: findings.Someone(None, f"{household.head_name}家")},
            batches=findings.batches_of(session, path=county.path), told=frozenset(), limits=limits, asof=today,
            month=month_of(today), kinds_of=KINDS_OF, clears=False), now=now)


@outbox.handles("screening.household")
def warn_at_once(session: Session, payload: Mapping[str, object], now: datetime) -> None:
    """Look at a household with an open case or warning as soon as a department says something new of it."""
    household = session.scalars(select(Household).where(Household.id == payload["household"])).one()
    warn_again(session, household, now=now, today=legal_date(now))


def _fact(number: int, row: FactRow) -> engines.FactRow:
    subject = f"m{row.member_id}" if row.member_id is not None else HOUSEHOLD
    return engines.FactRow(id=number, subject=subject, kind=row.kind, value=row.value, ref=row.ref_no, date=row.date, ended=row.ended,
                           amount=row.amount, other=row.other, label=row.label, as_of=row.as_of, department=row.department)
