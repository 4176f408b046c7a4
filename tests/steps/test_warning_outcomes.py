"""What became of a department's warnings: found, sent, verified, included, of twelve months and of its own county only."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.findings import HouseholdFinding
from fanpin.models.households import Household
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.models.warnings import Warning
from fanpin.rules.book_warnings import WARNING_BOOK, WarningSeverity
from fanpin.rules.findings import FindingState
from fanpin.rules.intake import LeadSource, WarningConclusion
from fanpin.rules.stages import Procedure
from fanpin.steps import warning_outcomes
from tests.builders import a_household, an_id, people
from tests.conftest import StandingClock
from tests.county import a_case_at_county
from tests.world import World

RULE, OTHER = (rule.code for rule in WARNING_BOOK.rules[:2])
TODAY = date(2026, 3, 2)


def found(session: Session, household: Household, clock: StandingClock, *, month: str = "2026-02", dispatched: bool = True,
          conclusion: WarningConclusion | None = None, department: str = "health",
          rule: str = RULE) -> None:
    warning = Warning(household_id=household.id, area_path=household.area_path, month=month, source=LeadSource.DEPARTMENT, content="x",
                      entered_by="系统", entered_at=clock.now(), dispatched_at=clock.now() if dispatched else None)
    session.add(warning)
    session.flush()
    session.add(HouseholdFinding(
        household_id=household.id, area_path=household.area_path, department=department, rule=rule, severity=WarningSeverity.ORDINARY,
        first_month=month, last_month=month, evidence_digest="x", explanation="x", state=FindingState.CURRENT, warning_id=warning.id,
        conclusion=conclusion))
    session.flush()


def test_each_rule_is_counted_from_finding_to_monitoring(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    session.add(Determination(case_id=case.id, area_path=case.area_path, procedure=Procedure.ENTERING, round=1,
                              result=DeterminationResult.INCLUDED, decided_on=TODAY, decided_by="赵样样"))
    found(session, case.household, clock, conclusion=WarningConclusion.AT_RISK)
    found(session, case.household, clock, conclusion=WarningConclusion.AT_RISK, rule=OTHER, month="2026-03", dispatched=False)
    quiet = [a_household(session, world, now=clock.now(), today=clock.today(), members=[replace(
        people(f"测试{name}")[0], id_number=an_id(date(1970, 1, day)))]) for day, name in enumerate("甲乙", 1)]
    found(session, quiet[0], clock, conclusion=WarningConclusion.NO_RISK)
    found(session, quiet[1], clock, dispatched=False)
    first, second = counted(session, world)
    assert (first.title, first.found, first.sent, first.verified, first.right, first.included) == (
        WARNING_BOOK.rule(RULE).title, 3, 2, 2, 1, 1)
    assert first.conclusions == (("存在风险，启动识别", 1), ("无风险", 1)) and first.rate == "50%"
    assert (second.found, second.sent, second.included) == (1, 0, 1)


def test_what_is_older_another_departments_or_another_countys_is_not_counted(
        session: Session, world: World, clock: StandingClock) -> None:
    one = a_household(session, world, now=clock.now(), today=clock.today())
    found(session, one, clock, month="2025-03")
    found(session, one, clock, rule=OTHER, department="water")
    assert counted(session, world) == ()
    assert warning_outcomes.of_department(session, "water", area_path=world.areas["other_county"].path, today=TODAY) == ()
    assert warning_outcomes.of_department(session, "water", area_path=world.areas["county"].path, today=TODAY)[0].rate == "还没有核实"


def test_a_determination_before_the_finding_is_none_of_its_doing(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock)
    session.add(Determination(case_id=case.id, area_path=case.area_path, procedure=Procedure.ENTERING, round=1,
                              result=DeterminationResult.INCLUDED, decided_on=date(2026, 1, 30), decided_by="赵样样"))
    found(session, case.household, clock)
    assert counted(session, world)[0].included == 0


def counted(session: Session, world: World) -> tuple[warning_outcomes.Outcome, ...]:
    """Count as the department's officer does, who sees neither cases nor warnings."""
    session.flush()
    county = world.areas["county"].path
    set_scope(session, Scope(ScopeKind.DEPARTMENT, paths=(county,), department="health"))
    return warning_outcomes.of_department(session, "health", area_path=county, today=TODAY)
