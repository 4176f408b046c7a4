"""The engine for one household: sqlite3 in memory, the same SQL text as for a whole county."""

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from fanpin.rules.book import CIRCUMSTANCE_BOOK, RuleSeverity
from fanpin.rules.book_warnings import WARNING_BOOK, WarningSeverity
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.inquiries import HOUSEHOLD, PersonRole
from fanpin.rules.members import Relation
from fanpin.rules.sheet import Book, Rule
from fanpin.screening.compile import compile_book

SCHEMA = """
CREATE TABLE fact_row (id INTEGER PRIMARY KEY, subject TEXT, kind TEXT, value TEXT, begun TEXT, ended TEXT, amount INTEGER);
CREATE TABLE person_row (subject TEXT PRIMARY KEY, household TEXT, role TEXT, relation TEXT);
CREATE TABLE household_row (household TEXT PRIMARY KEY, lifted INTEGER, area TEXT);
"""
# The household and the area of a screening of one.
ONE = "1"

# A field named `date` would hide the type from the fields below it.
Day = date


@dataclass(frozen=True, kw_only=True)
class FactRow:
    """A fact as it was accepted, with its number in the store."""

    id: int
    subject: str
    kind: str
    value: str = ""
    ref: str = ""
    date: Day | None = None
    ended: Day | None = None
    amount: int | None = None
    other: str = ""
    label: str = ""
    as_of: Day | None = None
    department: str = ""
    batch: int = 0


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """A member, or one of the head's parents, spouse and children outside."""

    subject: str
    name: str
    role: PersonRole
    relation: Relation


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule that holds for a person (or the household, `person` then being "household"), with its evidence."""

    rule: str
    circumstance: int
    person: str
    severity: RuleSeverity
    evidence: tuple[int, ...]
    evidence_digest: str
    explanation: str


def screen_household(facts: Sequence[FactRow], persons: Sequence[PersonRow], asof: date) -> tuple[Finding, ...]:
    """Return the hits and candidates on the ten circumstances that people must resolve (附件2)."""
    return tuple(finding for finding in _screen(facts, persons, asof) if finding.severity.needs_resolution)


def household_notes(facts: Sequence[FactRow], persons: Sequence[PersonRow], asof: date) -> tuple[Finding, ...]:
    """Return what is worth reading and needs no resolution (a sole trader, a move into the village)."""
    return tuple(finding for finding in _screen(facts, persons, asof) if not finding.severity.needs_resolution)


@dataclass(frozen=True, kw_only=True)
class WarningFinding:
    """A rule of the warning book that holds for the household, with the facts behind it."""

    rule: str
    severity: WarningSeverity
    evidence: tuple[int, ...]


def screen_warnings(facts: Sequence[FactRow], persons: Sequence[PersonRow], asof: date, *, lifted: bool,
                    limits: Mapping[str, int]) -> tuple[WarningFinding, ...]:
    """Return what warns of one household (三(二)): the same text as for the whole county."""
    evidence: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for code, _, urgent, fact_id in _run(WARNING_BOOK, facts, persons, asof, lifted=lifted, limits=limits):
        evidence[code, bool(urgent)].append(fact_id)
    return tuple(WarningFinding(rule=code, severity=WarningSeverity.URGENT if urgent else WarningSeverity.ORDINARY,
                                evidence=tuple(ids)) for (code, urgent), ids in sorted(evidence.items()))


def _screen(facts: Sequence[FactRow], persons: Sequence[PersonRow], asof: date) -> list[Finding]:
    by_id = {fact.id: fact for fact in facts}
    named = {person.subject: person for person in persons}
    evidence: dict[tuple[str, str], list[FactRow]] = defaultdict(list)
    for code, subject, _, fact_id in _run(CIRCUMSTANCE_BOOK, facts, persons, asof, lifted=False, limits={}):
        evidence[code, subject].append(by_id[fact_id])
    return [_finding(CIRCUMSTANCE_BOOK.rule(code), subject, named.get(subject), rows)
            for (code, subject), rows in evidence.items()]


def _run(book: Book, facts: Sequence[FactRow], persons: Iterable[PersonRow], asof: date, *, lifted: bool,
         limits: Mapping[str, int]) -> list[tuple[str, str, int, int]]:
    """Fill a database of one household and read its evidence; opening one costs less than emptying one."""
    if len({fact.id for fact in facts}) != len(facts):
        raise ValueError("two facts have one id")
    columns = "".join(f", t_{key} INTEGER" for key in book.limits)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(f"{SCHEMA}CREATE TABLE limit_row (area TEXT PRIMARY KEY{columns});")
        connection.executemany("INSERT INTO person_row VALUES (?, ?, ?, ?)", [
            (HOUSEHOLD, ONE, HOUSEHOLD, ""), *((row.subject, ONE, row.role.value, row.relation.value) for row in persons)])
        connection.execute("INSERT INTO household_row VALUES (?, ?, ?)", (ONE, int(lifted), ONE))
        connection.execute(f"INSERT INTO limit_row VALUES (?{', ?' * len(book.limits)})",
                           (ONE, *(limits[key] for key in book.limits)))
        connection.executemany("INSERT INTO fact_row VALUES (?, ?, ?, ?, ?, ?, ?)", (
            (row.id, row.subject, row.kind, row.value, _iso(row.date), _iso(row.ended), row.amount) for row in facts))
        compiled = compile_book(book, asof)
        for name, select in compiled.tables:
            connection.execute(f"CREATE TABLE {name} AS {select}")
        return connection.execute(compiled.evidence).fetchall()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _finding(rule: Rule, subject: str, person: PersonRow | None, facts: list[FactRow]) -> Finding:
    return Finding(rule=rule.code, circumstance=rule.circumstance, person=subject, severity=rule.severity,
                   evidence=tuple(fact.id for fact in facts), explanation=_explain(rule, person, facts),
                   evidence_digest=evidence_digest(rule.code, subject, facts))


def evidence_digest(rule: str, subject: str, facts: Iterable[FactRow]) -> str:
    """Digest what the evidence says, whatever its numbers: the same facts delivered again reopen nothing."""
    told = sorted([fact.kind, fact.value, fact.ref, _iso(fact.date) or "", _iso(fact.ended) or "",
                   "" if fact.amount is None else str(fact.amount), fact.other, fact.label] for fact in facts)
    return hashlib.sha256(json.dumps([rule, subject, told], ensure_ascii=False).encode()).hexdigest()


def _explain(rule: Rule, person: PersonRow | None, facts: Iterable[FactRow]) -> str:
    return f"{_who(person)}：{'；'.join(_told(fact) for fact in facts)}。{rule.ask}（{rule.clause}）。"


def _who(person: PersonRow | None) -> str:
    if person is None:
        return "本户"
    if person.role is PersonRole.KIN:
        return f"户主{person.relation.title}{person.name}（户外）"
    return person.name


def _told(fact: FactRow) -> str:
    kind = kind_of(fact.kind)
    begun, parts = kind.column("date"), [kind.value_title(fact.value)]
    if fact.label:
        parts.append(kind.label_words(fact.label))
    if fact.date and begun:
        parts.append(f"{begun.label}{fact.date:%Y年%-m月%-d日}")
    return f"{kind.title}——{'，'.join(parts)}"
