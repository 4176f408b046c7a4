"""The book: each value of each kind is either looked for or known to be harmless."""

import pytest

from fanpin.rules.book import CIRCUMSTANCE_BOOK, MEASURES, RULES, RuleSeverity, kinds_behind
from fanpin.rules.circumstances import CIRCUMSTANCES
from fanpin.rules.duties import KINDS
from fanpin.rules.sheet import Measure, Rule

HARMLESS = {
    "village_committee_pay": {"unpaid", "group_leader"},
    "vehicle": {"freight", "operating", "farm", "special", "motorcycle", "disabled_aid"},
    "property": {"relocation", "resettlement", "homestead", "rural_other"},
    "large_grower": {"ordinary"},
    "hired_labour": {"exchange"},
}


@pytest.mark.parametrize("number", list(CIRCUMSTANCES))
def test_every_circumstance_has_a_rule_that_people_must_resolve(number: int) -> None:
    assert any(rule.circumstance == number and rule.severity.needs_resolution for rule in RULES)


def test_there_is_no_eleventh_circumstance() -> None:
    assert {rule.circumstance for rule in RULES} == set(range(1, 11))


def test_the_two_that_need_two_findings_are_candidates_and_never_hits() -> None:
    found = {rule.circumstance: rule.severity for rule in RULES if CIRCUMSTANCES[rule.circumstance].needs_two}
    assert found == {7: RuleSeverity.CANDIDATE, 10: RuleSeverity.CANDIDATE}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_a_measure_counts_values_of_its_kind(measure: Measure) -> None:
    assert measure.values and set(measure.values) <= KINDS[measure.kind].codes


@pytest.mark.parametrize("kind", sorted({measure.kind for measure in MEASURES}))
def test_each_value_is_counted_once_or_harmless(kind: str) -> None:
    counted = [value for measure in MEASURES if measure.kind == kind for value in measure.values]
    assert len(counted) == len(set(counted))
    assert set(counted) | HARMLESS.get(kind, set()) == KINDS[kind].codes
    assert not set(counted) & HARMLESS.get(kind, set())


def test_every_measure_is_used_by_a_rule() -> None:
    assert {name for rule in RULES for name in rule.evidence} == {measure.name for measure in MEASURES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_names_its_clause_and_tells_people_what_to_do(rule: Rule) -> None:
    assert rule.clause == CIRCUMSTANCES[rule.circumstance].clause
    assert rule.ask and rule.evidence and rule.code.startswith(f"c{rule.circumstance:02}_")


def test_the_kinds_behind_a_circumstance_leave_notes_aside() -> None:
    assert kinds_behind(1) == ("public_office",)
    assert kinds_behind(6) == ("large_grower", "hired_labour")
    assert kinds_behind(8) == ("empty_residence",)
    assert kinds_behind(9) == ("person_status", "not_sharing")


def test_codes_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert CIRCUMSTANCE_BOOK.rule("c03_car").title == "消费型汽车"
