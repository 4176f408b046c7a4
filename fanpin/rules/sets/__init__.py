"""Released rule sets; each is a module that never changes once it has judged a case."""

from importlib import import_module
from functools import cache

from fanpin.rules.sets.ruleset import RuleSet

CURRENT = "yn2021_1"


@cache
def load(code: str = CURRENT) -> RuleSet:
    """Return the rule set with the code; raise LookupError for one that was never released."""
    if not code.isidentifier():
        raise LookupError(code)
    try:
        module = import_module(f"{__name__}.{code}")
    except ModuleNotFoundError as error:
        raise LookupError(code) from error
    return module.RULES
