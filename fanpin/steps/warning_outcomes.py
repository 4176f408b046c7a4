"""What became of a department's warnings in twelve months (三(二)): found, sent, verified, included; numbers, and nobody's name."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.findings import HouseholdFinding
from fanpin.models.scoped import system_scope, within
from fanpin.models.warnings import Warning
from fanpin.rules.book_warnings import WARNING_BOOK
from fanpin.rules.intake import WarningConclusion


@dataclass(frozen=True)
class Outcome:
    """One rule's households: found, sent to the village, verified with which conclusions, and monitored since."""

    title: str
    found: int
    sent: int
    conclusions: tuple[tuple[str, int], ...]
    right: int
    included: int

    @property
    def verified(self) -> int:
        """Count the households of which people have said what they found."""
        return sum(many for _, many in self.conclusions)

    @property
    def rate(self) -> str:
        """Return the share of verified warnings that were right."""
        return f"{100 * self.right // self.verified}%" if self.verified else "还没有核实"


def of_department(session: Session, department: str, *, area_path: str, today: date) -> tuple[Outcome, ...]:
    """Count by rule what was found on the department's facts in an area; whoever reads it sees no household of them."""
    since = f"{today.year - 1}-{today.month:02}"
    included = select(Determination.id).join(Case, Case.id == Determination.case_id).where(
        Case.household_id == HouseholdFinding.household_id, Determination.result == DeterminationResult.INCLUDED,
        cast(Determination.decided_on, String) >= HouseholdFinding.first_month).exists()
    each = select(HouseholdFinding.rule, HouseholdFinding.conclusion, Warning.dispatched_at.is_not(None).label("sent"),
                  included.label("included")).outerjoin(Warning, Warning.id == HouseholdFinding.warning_id).where(
        HouseholdFinding.department == department, within(HouseholdFinding.area_path, (area_path,)),
        HouseholdFinding.last_month > since).subquery()
    query = select(each, func.count()).group_by(*each.c)
    # A department sees neither cases nor other people's warnings: only how many there are.
    with system_scope(session, reason="部门预警成效"):
        rows = session.execute(query).all()
    rules = {rule: [row[1:] for row in rows if row[0] == rule] for rule in dict.fromkeys(row[0] for row in rows)}
    return tuple(sorted((_outcome(rule, told) for rule, told in rules.items()), key=lambda one: -one.found))


def _outcome(rule: str, rows: list[tuple[WarningConclusion | None, bool, bool, int]]) -> Outcome:
    said: Counter[WarningConclusion | None] = Counter()
    for conclusion, _, _, many in rows:
        said[conclusion] += many
    return Outcome(
        WARNING_BOOK.rule(rule).title, said.total(), sum(many for _, sent, _, many in rows if sent),
        tuple((each.title, said[each]) for each in WarningConclusion if said[each]), said[WarningConclusion.AT_RISK],
        sum(many for _, _, included, many in rows if included))
