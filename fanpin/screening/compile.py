"""Compile the book to SQL that sqlite3, DuckDB and Spark read alike: facts, sheet, findings, evidence."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from fanpin.rules.book import Book, Measure, Rule

# What a condition may consist of: names, numbers, quoted codes, comparisons, AND, OR, NOT, IN, brackets.
ALLOWED = re.compile(r"\s*(?:[a-z_]+|AND|OR|NOT|IN|\d+|'[a-z0-9_]*'|>=|<=|<>|[=<>(),])")
FIXED_COLUMNS = frozenset({"role", "relation"})


class ConditionRefused(ValueError):
    """A condition holds something else than comparisons of known columns."""


@dataclass(frozen=True)
class Compiled:
    """Tables to make in order, each (name, SELECT), and the statement that reads the evidence of every finding.

    Tables and not one nested statement: engines that fold subqueries in compute the sheet once per rule.
    """

    tables: tuple[tuple[str, str], ...]
    evidence: str


@lru_cache(maxsize=64)
def compile_book(book: Book, asof: date) -> Compiled:
    """Return the SQL of the book for the day; the text depends on nothing else."""
    for rule in book.rules:
        check_condition(rule.condition, frozenset(measure.name for measure in book.measures) | FIXED_COLUMNS)
    tables = (("fact", _fact(asof)), ("sheet", _sheet(book)), ("finding", _finding(book)),
              ("evidence", _evidence(book)))
    return Compiled(tables, "SELECT rule, subject, fact_id FROM evidence ORDER BY rule, subject, fact_id")


def check_condition(condition: str, names: frozenset[str]) -> None:
    """Refuse a condition that is more than comparisons of the columns named."""
    position = 0
    while position < len(condition.rstrip()):
        found = ALLOWED.match(condition, position)
        if found is None:
            raise ConditionRefused(f"not allowed in a condition: {condition[position:]!r}")
        word = found.group().strip()
        if re.fullmatch("[a-z_]+", word) and word not in names:
            raise ConditionRefused(f"no such column on the sheet: {word}")
        position = found.end()


def _fact(asof: date) -> str:
    """Say in one place which facts count on the day: begun by then, and not ended."""
    day = asof.isoformat()
    return ("SELECT id, subject, kind, value FROM fact_row\n"
            f"WHERE (begun IS NULL OR begun <= '{day}') AND (ended IS NULL OR ended > '{day}')")


def _holds(measure: Measure) -> str:
    values = ", ".join(f"'{value}'" for value in measure.values)
    return f"f.kind = '{measure.kind}' AND f.value IN ({values})"


def _sheet(book: Book) -> str:
    counts = ",\n".join(f"  SUM(CASE WHEN {_holds(measure)} THEN 1 ELSE 0 END) AS {measure.name}"
                        for measure in book.measures)
    return (f"SELECT p.subject, p.role, p.relation,\n{counts}\n"
            "FROM person_row p LEFT JOIN fact f ON f.subject = p.subject\nGROUP BY p.subject, p.role, p.relation")


def _finding(book: Book) -> str:
    return "\nUNION ALL\n".join(f"SELECT '{rule.code}' AS rule, subject FROM sheet WHERE {rule.condition}"
                                for rule in book.rules)


def _evidence(book: Book) -> str:
    return "\nUNION ALL\n".join(_evidence_of(book, rule) for rule in book.rules)


def _evidence_of(book: Book, rule: Rule) -> str:
    holds = " OR ".join(f"({_holds(book.measure(name))})" for name in rule.evidence)
    return (f"SELECT g.rule, g.subject, f.id AS fact_id FROM finding g JOIN fact f ON f.subject = g.subject\n"
            f"WHERE g.rule = '{rule.code}' AND ({holds})")
