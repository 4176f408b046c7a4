"""The warning book: every feed of 附件1 has its rule, in the policy's wording, and no number takes a warning away."""

import re

import pytest

from fanpin.rules.book_warnings import (
    FOCUS_OF, LIMITS, OF_OUR_OWN_WORK, OF_VILLAGES, WARNING_BOOK, WARNING_MEASURES, WARNING_RULES, limits_behind,
)
from fanpin.rules.duties import KINDS
from fanpin.rules.duty_feeds import FEED_KINDS
from fanpin.rules.duty_kinds import Basis, SubjectKind
from fanpin.rules.members import FocusGroup
from fanpin.rules.sheet import Measure, Rule
from fanpin.rules.thresholds import THRESHOLDS


def test_every_feed_about_households_or_persons_has_a_rule() -> None:
    # What the county wrote into the national system repeats its own determinations: no sign of a risk, no warning.
    ruled = {kind for rule in WARNING_RULES for kind in WARNING_BOOK.kinds_of(rule)}
    assert ruled == {kind.code for kind in FEED_KINDS} - set(OF_VILLAGES) - set(OF_OUR_OWN_WORK)
    assert {code for code in OF_VILLAGES} == {kind.code for kind in FEED_KINDS if kind.subject is SubjectKind.VILLAGE}


def test_nothing_but_what_annex_one_has_departments_provide_is_screened_over_all_households() -> None:
    assert {KINDS[measure.kind].basis for measure in WARNING_MEASURES} == {Basis.DUTY}
    assert {rule.circumstance for rule in WARNING_RULES} == {0}


@pytest.mark.parametrize("measure", WARNING_MEASURES, ids=lambda measure: measure.name)
def test_a_measure_reads_values_of_its_kind_and_adds_amounts_where_there_are_some(measure: Measure) -> None:
    kind = KINDS[measure.kind]
    assert set(measure.values) <= kind.codes
    assert not measure.adds or kind.column("amount") is not None


def test_every_measure_is_used() -> None:
    words = {word for rule in WARNING_RULES for word in re.findall(r"[a-z_]+", f"{rule.condition} {rule.urgent}")}
    assert {measure.name for measure in WARNING_MEASURES} - words == set()
    assert {f"t_{key}" for key in LIMITS} - words == set()


@pytest.mark.parametrize("rule", WARNING_RULES, ids=lambda rule: rule.code)
def test_a_rule_names_its_clause_and_tells_people_what_to_find_out(rule: Rule) -> None:
    assert rule.clause.startswith(("附件1", "二(一)")) and rule.ask.startswith(("请", "务工")) and rule.evidence


def test_a_number_decides_only_where_the_policy_leaves_it_open() -> None:
    """致伤致残致亡, C and D, a month without work, every disaster: the wording itself, whatever the amounts."""
    deciding = {rule.code: set(limits_behind(rule)) for rule in WARNING_RULES if limits_behind(rule)}
    assert deciding == {"w_medical": {"medical_paid", "medical_paid_lifted"}, "w_both": {"medical_paid", "medical_paid_lifted"}}
    assert {key for key, row in THRESHOLDS.items() if row.gates} == {"medical_paid", "medical_paid_lifted"}


def test_one_number_for_one_threshold() -> None:
    assert set(LIMITS) == set(THRESHOLDS)


def test_no_condition_takes_a_warning_away() -> None:
    """More facts and larger amounts never make fewer warnings: nothing is compared downwards or denied."""
    for rule in WARNING_RULES:
        assert not re.search(r"NOT|<|= 0", f"{rule.condition} {rule.urgent}"), rule.code


def test_a_feed_that_names_a_focus_group_names_one_that_there_is() -> None:
    assert {value for _, value in FOCUS_OF} <= KINDS["disabled_person"].codes
    assert set(FOCUS_OF.values()) <= {group.value for group in FocusGroup}
