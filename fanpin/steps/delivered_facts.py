"""Facts of a delivery on their way into Parquet and, where a case or a warning needs them, into SQL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.adapters.contract import Fact
from fanpin.models.cases import Case
from fanpin.models.county import FactRow
from fanpin.models.scoped import within
from fanpin.models.warnings import Warning
from fanpin.rules.duty_kinds import SubjectKind
from fanpin.rules.duty_tables import kind_of
from fanpin.screening.county import BulkFact
from fanpin.steps import fact_store, matching
from fanpin.steps.matching import Found


# Kept in SQL for every household and anew with each delivery: compared as one list with all our cases, at its own day.
KEPT_WHOLE = frozenset({"national_entry"})
FIELDS = tuple(field.name for field in fields(Fact) if field.name != "subject")


@dataclass(frozen=True)
class Stored:
    """A fact with the row's person or household (or village) on file."""

    fact: Fact
    bulk: BulkFact
    area_path: str
    household_id: int | None
    member_id: int | None


def stored(fact: Fact, found: Found, *, department: str, as_of: date, batch: int) -> Stored:
    """Return a fact of a household or of one of its members as it is kept."""
    whole = kind_of(fact.kind).subject is SubjectKind.HOUSEHOLD
    subject = fact_store.subject_number("h", found.household_id) if whole else fact_store.subject_number("m", found.member_id)
    return Stored(fact, bulk_fact(fact, subject, department, as_of, batch), found.area_path, found.household_id,
                  None if whole else found.member_id)


def bulk_fact(fact: Fact, subject: int, department: str, as_of: date, batch: int) -> BulkFact:
    """Return a fact as Parquet keeps it."""
    return BulkFact(subject=subject, department=department, kind=fact.kind, as_of=as_of, batch=batch, value=fact.value, ref=fact.ref,
                    begun=fact.date, ended=fact.ended, amount=fact.amount, other=fact.other, label=fact.label)


def plain(fact: Fact) -> dict[str, object]:
    """Return a fact as JSON values, without the row that it came from."""
    told = ((name, getattr(fact, name)) for name in FIELDS)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told if value not in ("", None)}


def households_in_hand(session: Session, *, county_path: str) -> set[int]:
    """Return the households with an open case or a warning that waits for verification."""
    cases = select(Case.household_id).where(Case.closed_on.is_(None), within(Case.area_path, (county_path,)))
    warned = select(Warning.household_id).where(Warning.verified_at.is_(None), within(Warning.area_path, (county_path,)))
    return {*session.scalars(cases), *session.scalars(warned)}


def kept_whole(item: Stored) -> bool:
    """Say whether the fact belongs to a list that is kept whole, whoever has a case."""
    return item.fact.kind in KEPT_WHOLE


def fact_row(item: Stored, *, batch_id: int, department: str, as_of: date) -> dict[str, object]:
    """Return a fact as SQL keeps it; one of a list that is kept whole comes again with each delivery and has no number."""
    fact = item.fact
    return {"department": department, "area_path": item.area_path, "batch_id": batch_id, "household_id": item.household_id,
            "member_id": item.member_id, "number": None if kept_whole(item) else item.bulk.id, "kind": fact.kind, "ref_no": fact.ref,
            "date": fact.date, "ended": fact.ended, "amount": fact.amount, "value": fact.value, "other": fact.other, "label": fact.label,
            "as_of": as_of, "raw_digest": crypto.digest(repr(plain(fact)).encode())}


def keep_in_sql(session: Session, rows: Iterable[Mapping[str, object]]) -> set[int]:
    """Write facts unless the very same ones are in force there, and return the numbers of those that were written.

    Whoever writes the same at the same time waits for the other to end, and then skips them: in the order of their
    numbers, so that no two wait for each other.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    unless_there = insert(FactRow).on_conflict_do_nothing(index_elements=[FactRow.number], index_where=text("NOT superseded"))
    written: set[int] = set()
    for chunk in matching.chunks(sorted(rows, key=lambda row: row["number"] or 0)):
        numbers = session.scalars(unless_there.values(chunk).returning(FactRow.number))
        written |= {number for number in numbers if number is not None}
    return written
