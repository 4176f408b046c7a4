"""疑点: what does not fit in a household's file, as warnings with "说明并保留", never a block (domain: checks in real use)."""

from fanpin.rules import quality_household, quality_persons
from fanpin.rules.quality_file import RULES, Doubt, HouseholdFile, MeasureFile, PersonFile, Rule

PARTS = (quality_household, quality_persons)


def doubts_of(file: HouseholdFile) -> list[Doubt]:
    """Judge a household by every rule, in the order in which they were written down."""
    return [Doubt(rule, person, text) for rule in RULES.values() for person, text in rule.judge(file)]


def rule_of(code: str) -> Rule | None:
    """Return the rule with the code, None for one that is no longer."""
    return RULES.get(code)


__all__ = ["RULES", "Doubt", "HouseholdFile", "MeasureFile", "PersonFile", "Rule", "doubts_of", "rule_of"]
