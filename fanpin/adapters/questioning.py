"""Ask a department's own system about named persons: who is sent, whose rows may come back, what each row answers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from fanpin.adapters.connections import ASKED_BY
from fanpin.adapters.contract import Answer, Fact, Known, Unavailable
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed, Failure
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.manifest import Column, ColumnType, Manifest, Mode, Table
from fanpin.adapters.run import MappedRow, PluginChild
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.remote import Waiting
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import ReadRow

MOST_PERSONS = 500
ROW_REFUSED = "部门系统给出的这一行有误，没有采用，请部门更正或人工核实"
CONTRADICTED = "部门系统对此人的答复互相矛盾，请部门核对或人工核实"
STRANGER = Failure("stranger", "部门系统给出了没有询问的人员，这次的答复整批退回", security=True)


@dataclass(frozen=True)
class Person:
    """Whom a department's system is asked about: nothing but these two is sent."""

    id_number: str
    name: str


@dataclass
class Told:
    """What the system said, by ID number and kind; or `waiting`, where it answers later.

    Not `whole` where a row was refused of which nobody knows whom it is about: then nobody's absence means anything.
    """

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    refused_rows: int = 0
    whole: bool = True
    waiting: Waiting | None = None


def question_kinds(table: Table) -> tuple[str, ...]:
    """List the kinds that a table answers about persons asked."""
    return tuple(dict.fromkeys(claim.kind for claim in table.claims if claim.mode is Mode.QUESTION))


def ask(installed: Installed, manifest: Manifest, table: Table, source: Database | Platform, persons: Sequence[Person], *,
        number: str, today: date, renamed: Mapping[str, str], settings: Mapping[str, str], ticket: str = "") -> Told:
    """Ask about the persons, or collect the answer to an earlier question about them; a failure raises AdapterFailed.

    A row about anybody else rejects the whole answer. `number` is the same for both tries of one call.
    """
    if not ticket and len(persons) > MOST_PERSONS:
        raise ValueError(f"{len(persons)} persons are more than {MOST_PERSONS} in one call")
    asked = {person.id_number for person in persons}
    how = ({"persons": sorted(asked)} if isinstance(source, Database) else {"ticket": ticket} if ticket
           else {"question": _question(table, persons, number, renamed)})
    told, rows = Told(), list[MappedRow]()
    with (Fetching(table, source, today=today, renamed=renamed, **how) as fetching,
          PluginChild(installed, manifest, settings=settings) as plugin):
        for chunk in fetching:
            _refuse_strangers((*chunk.rows, *chunk.known), asked)
            rows += plugin.map(table, chunk.rows, as_of=today)
            rows += [MappedRow(row, refused=True) for row in chunk.known]
            told.refused_rows += chunk.refused_rows
            told.whole &= chunk.refused_rows == len(chunk.known)
        told.waiting = fetching.waiting
    told.refused_rows += sum(bool(row.problems) for row in rows)
    _settle(told, rows, question_kinds(table))
    return told


def _question(table: Table, persons: Iterable[Person], number: str, renamed: Mapping[str, str]) -> dict[str, object]:
    """Name the two fields as the department's system does."""
    key = next(column for kind in ASKED_BY for column in table.columns if column.type is kind)
    name = next((column for column in table.columns if column.type in (ColumnType.NAME, ColumnType.HEAD_NAME)), None)
    called = {"id_number": _called(key, renamed)} | ({"name": _called(name, renamed)} if name is not None else {})
    return {"requestId": number, "table": table.code,
            "persons": [{field: getattr(person, attribute) for attribute, field in called.items()} for person in persons]}


def _called(column: Column, renamed: Mapping[str, str]) -> str:
    return next((field for field, name in renamed.items() if name in column.names), column.name)


def _refuse_strangers(rows: Iterable[ReadRow], asked: set[str]) -> None:
    if any(_whom(row) not in asked for row in rows):
        raise AdapterFailed(STRANGER)


def _whom(row: ReadRow) -> str:
    return row.keys.get(ColumnType.ID_NUMBER.value, "") or row.keys.get(ColumnType.HEAD_ID.value, "")


def _settle(told: Told, rows: Iterable[MappedRow], kinds: Sequence[str]) -> None:
    """Put the rows about each person together; a refused row, or two that contradict each other, answer nothing."""
    facts: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    said: dict[tuple[str, str], set[Answer]] = defaultdict(set)
    for mapped in rows:
        person = _whom(mapped.row)
        told.names[person] |= {mapped.row.keys[key.value] for key in (ColumnType.NAME, ColumnType.HEAD_NAME)
                               if key.value in mapped.row.keys}
        if mapped.refused or mapped.problems:
            for kind in kinds:
                said[person, kind].add(Unavailable(ROW_REFUSED))
            continue
        for fact in mapped.facts:
            if fact.kind in kinds:
                facts[person, fact.kind].append(replace(fact, subject=person))
        for kind, answer in mapped.answers:
            if kind in kinds:
                said[person, kind].add(answer)
    for key in {*facts, *said}:
        told.answers[key] = together(facts.get(key, ()), said.get(key, ()))


def together(facts: Iterable[Fact], said: Iterable[Answer]) -> Answer:
    """Return the one answer that facts and answers without a fact come to; where they disagree, none counts."""
    found, answers = tuple(dict.fromkeys(facts)), set(said)
    if Unavailable(ROW_REFUSED) in answers:
        return Unavailable(ROW_REFUSED)
    if len(answers) + bool(found) > 1:
        return Unavailable(CONTRADICTED)
    return Known(found) if found else answers.pop()
