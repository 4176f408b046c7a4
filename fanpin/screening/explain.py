"""Say in Chinese why a household is warned of: who, what, how much, when, who says so, and what to find out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from fanpin.rules.book_warnings import WARNING_BOOK, limits_behind
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import Kind, Unit
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.income import yuan
from fanpin.rules.sheet import Rule
from fanpin.rules.thresholds import Resolved
from fanpin.screening.engines import FactRow

# More than so many facts are counted and not told one by one.
MOST_TOLD = 5


def explain_warning(rule: Rule, facts: Sequence[FactRow], *, name_of: Callable[[str], str],
                    limits: Mapping[str, Resolved], lifted: bool) -> str:
    """Return the sentence of a finding, made from its evidence alone."""
    kinds = WARNING_BOOK.kinds_of(rule)
    if len(kinds) > 1:
        # Each of its grounds has a sentence of its own.
        return f"{rule.title}（{'；'.join(kind_of(kind).title for kind in kinds)}）。{rule.ask}（{rule.clause}）。"
    ordered = sorted(facts, key=lambda fact: (fact.date or date.min, fact.id), reverse=True)
    told = [_told(fact, name_of(fact.subject)) for fact in ordered[:MOST_TOLD]]
    if len(ordered) > MOST_TOLD:
        told.append(f"另有{len(ordered) - MOST_TOLD}条")
    parts = ["；".join(told), *_sums(rule, ordered), *_over(rule, limits, lifted=lifted)]
    return f"{'，'.join(parts)}。{rule.ask}（{rule.clause}）。"


def amount_words(kind: Kind, amount: int) -> str:
    """Return an amount in its unit, without the hundredths that are nought."""
    if kind.unit is Unit.HEADS:
        return f"{amount}人"
    return f"{yuan(amount)}{kind.unit.title if kind.unit else ''}"


def _told(fact: FactRow, name: str) -> str:
    kind = kind_of(fact.kind)
    said = kind.title
    if fact.value:
        said += f"（{kind.value_title(fact.value)}）"
    begun, amount, source = kind.column("date"), kind.column("amount"), []
    if fact.amount is not None and amount is not None:
        source.append(f"{amount.label}{amount_words(kind, fact.amount)}")
    if fact.label:
        source.append(kind.label_words(fact.label))
    if fact.date is not None and begun is not None:
        source.append(f"{begun.label}{_day(fact.date)}")
    if fact.department:
        source.append(Department(fact.department).title)
    if fact.as_of is not None:
        source.append(f"数据截至{_day(fact.as_of)}")
    return f"{name}：{said}" + (f"（{'，'.join(source)}）" if source else "")


def _sums(rule: Rule, facts: Sequence[FactRow]) -> list[str]:
    sums = []
    for kind in dict.fromkeys(WARNING_BOOK.measure(name).kind for name in rule.evidence if WARNING_BOOK.measure(name).adds):
        amounts = [fact.amount for fact in facts if fact.kind == kind and fact.amount is not None]
        if len(amounts) > 1:
            sums.append(f"12个月内全户合计{amount_words(kind_of(kind), sum(amounts))}")
    return sums


def _over(rule: Rule, limits: Mapping[str, Resolved], *, lifted: bool) -> list[str]:
    keys = limits_behind(rule)
    if lifted:
        keys = tuple(key for key in keys if f"{key}_lifted" not in keys)
    else:
        keys = tuple(key for key in keys if not key.endswith("_lifted"))
    return [f"达到{limits[key].said}" for key in keys]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
