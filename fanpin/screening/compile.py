"""Compile the book to SQL that sqlite3, DuckDB and Spark read alike: facts, sheet, findings, evidence.

The engines bring the tables that the text reads: `fact_row`, `person_row` (a row for the household itself among them)
and, for a book by household, `household_row` and `limit_row`. Days are ISO text: they compare alike everywhere.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from fanpin.rules.sheet import Book, Measure, Rule

# What a condition may consist of: names, numbers, quoted codes, comparisons, AND, OR, NOT, IN, brackets.
ALLOWED = re.compile(r"\s*(?:[a-z_]+|AND|OR|NOT|IN|\d+|'[a-z0-9_]*'|>=|<=|<>|[=<>(),])")
PERSON_COLUMNS = frozenset({"role", "relation"})
HOUSEHOLD_COLUMNS = frozenset({"lifted"})


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
    names = (frozenset(measure.name for measure in book.measures) | frozenset(f"t_{key}" for key in book.limits)
             | (HOUSEHOLD_COLUMNS if book.by_household else PERSON_COLUMNS))
    for rule in book.rules:
        check_condition(rule.condition, names)
        check_condition(rule.urgent, names)
    sheet = _households(book, asof) if book.by_household else _persons(book, asof)
    tables = (("fact", _fact(asof, by_household=book.by_household)), ("sheet", sheet), ("finding", _finding(book)),
              ("evidence", _evidence(book, asof)))
    return Compiled(tables, "SELECT rule, subject, urgent, fact_id FROM evidence ORDER BY rule, subject, fact_id")


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


def _fact(asof: date, *, by_household: bool) -> str:
    """Say in one place which facts count on the day: begun by then, and not ended; a household's are its people's."""
    day = asof.isoformat()
    counts = f"(r.begun IS NULL OR r.begun <= '{day}') AND (r.ended IS NULL OR r.ended > '{day}')"
    if not by_household:
        return f"SELECT r.id, r.subject, r.kind, r.value, r.begun, r.amount FROM fact_row r\nWHERE {counts}"
    return ("SELECT r.id, p.household AS subject, r.kind, r.value, r.begun, r.amount\n"
            f"FROM fact_row r JOIN person_row p ON p.subject = r.subject\nWHERE p.role <> 'kin' AND {counts}")


def _holds(measure: Measure, asof: date) -> str:
    parts = [f"f.kind = '{measure.kind}'"]
    if measure.values:
        parts.append(f"f.value IN ({', '.join(_quoted(value) for value in measure.values)})")
    after, by = measure.begun_after(asof), measure.begun_by(asof)
    if after is not None:
        parts.append(f"f.begun > '{after.isoformat()}'")
    if by is not None:
        parts.append(f"f.begun <= '{by.isoformat()}'")
    return " AND ".join(parts)


def _quoted(value: str) -> str:
    return f"'{value}'"


def _columns(book: Book, asof: date) -> str:
    return ",\n".join(
        f"  SUM(CASE WHEN {_holds(measure, asof)} THEN {'coalesce(f.amount, 0)' if measure.adds else '1'} ELSE 0 END)"
        f" AS {measure.name}" for measure in book.measures)


def _persons(book: Book, asof: date) -> str:
    return (f"SELECT p.subject, p.role, p.relation,\n{_columns(book, asof)}\n"
            "FROM person_row p LEFT JOIN fact f ON f.subject = p.subject\nGROUP BY p.subject, p.role, p.relation")


def _households(book: Book, asof: date) -> str:
    limits = "".join(f", l.t_{key}" for key in book.limits)
    return (f"SELECT h.household AS subject, h.lifted{limits},\n{_columns(book, asof)}\n"
            "FROM household_row h JOIN limit_row l ON l.area = h.area JOIN fact f ON f.subject = h.household\n"
            f"GROUP BY h.household, h.lifted{limits}")


def _finding(book: Book) -> str:
    return "\nUNION ALL\n".join(
        f"SELECT '{rule.code}' AS rule, subject, {_urgent(rule)} AS urgent FROM sheet WHERE {rule.condition}"
        for rule in book.rules)


def _urgent(rule: Rule) -> str:
    return f"CASE WHEN {rule.urgent} THEN 1 ELSE 0 END" if rule.urgent else "0"


def _evidence(book: Book, asof: date) -> str:
    return "\nUNION ALL\n".join(_evidence_of(book, rule, asof) for rule in book.rules)


def _evidence_of(book: Book, rule: Rule, asof: date) -> str:
    holds = " OR ".join(f"({_holds(book.measure(name), asof)})" for name in rule.evidence)
    return (f"SELECT g.rule, g.subject, g.urgent, f.id AS fact_id FROM finding g JOIN fact f ON f.subject = g.subject\n"
            f"WHERE g.rule = '{rule.code}' AND ({holds})")
