"""The language of the book: measures that add facts up to a sheet, and rules that are conditions on it."""

from dataclasses import dataclass
from datetime import date, timedelta

from fanpin.rules.titles import TitledEnum

YEAR_DAYS = 365


@dataclass(frozen=True)
class Measure:
    """A number on the sheet: the facts of a kind that count on the day, counted, or their amounts added up.

    `values` narrows by value (none: every value); `within_days` to facts begun in so many days up to the day;
    `for_months` to facts begun at least so many months before it.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    adds: bool = False
    within_days: int | None = None
    for_months: int | None = None

    def begun_after(self, day: date) -> date | None:
        """Return the day after which a fact must have begun, or None."""
        return None if self.within_days is None else day - timedelta(days=self.within_days)

    def begun_by(self, day: date) -> date | None:
        """Return the last day on which a fact may have begun, or None."""
        return None if self.for_months is None else months_before(day, self.for_months)


@dataclass(frozen=True)
class Rule:
    """A condition on a sheet, in SQL that every engine reads alike; `ask` tells people what to find out.

    `urgent` is a second condition: where it holds, too, the rule asks to be looked at first. `circumstance` is the
    number of 附件2 where the rule looks for one.
    """

    code: str
    clause: str
    severity: TitledEnum
    title: str
    condition: str
    ask: str
    evidence: tuple[str, ...]
    urgent: str = ""
    circumstance: int = 0


@dataclass(frozen=True)
class Book:
    """Measures and rules that are compiled together; by person, or by household with the limits of its area."""

    measures: tuple[Measure, ...]
    rules: tuple[Rule, ...]
    by_household: bool = False
    limits: tuple[str, ...] = ()

    def rule(self, code: str) -> Rule:
        """Return the rule with the code."""
        return next(rule for rule in self.rules if rule.code == code)

    def measure(self, name: str) -> Measure:
        """Return the measure with the name."""
        return next(measure for measure in self.measures if measure.name == name)

    def kinds_of(self, rule: Rule) -> tuple[str, ...]:
        """List the kinds of fact that a rule rests on."""
        return tuple(dict.fromkeys(self.measure(name).kind for name in rule.evidence))


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or that month's last one (民法典 202)."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
