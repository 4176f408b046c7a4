"""What the demo's departments have on file about invented people: one ledger for their sheets and for their answers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fanpin.adapters.contract import Fact
from fanpin.rules.departments import Department
from fanpin.rules.duty_tables import kind_of

# A field named `date` would hide the type from the fields below it.
Day = date


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing on file: about whom (a household by its head), and the fields of a fact; `amount` as facts keep it."""

    kind: str
    id_number: str
    name: str
    place: str = ""
    ref: str = ""
    date: Day | None = None
    ended: Day | None = None
    amount: int | None = None
    value: str = ""
    other: str = ""
    label: str = ""

    @property
    def department(self) -> Department:
        """Return the department that keeps it."""
        return kind_of(self.kind).departments[0]

    def fact(self, token: str) -> Fact:
        """Return it as the fact that answers a question about the person."""
        return Fact(subject=token, kind=self.kind, ref=self.ref, date=self.date, ended=self.ended, amount=self.amount,
                    value=self.value, other=self.other, label=self.label)


class Ledger:
    """Everything that the departments know, by person and kind."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], list[Entry]] = defaultdict(list)

    def add(self, entry: Entry) -> None:
        """Put one thing on file."""
        self._entries[entry.kind, entry.id_number].append(entry)

    def facts(self, kind: str, id_number: str | None, token: str) -> tuple[Fact, ...]:
        """Return what is on file about the person, as facts under the question's token."""
        return tuple(entry.fact(token) for entry in self._entries.get((kind, id_number or ""), ()))

    def of_department(self, department: Department) -> Iterator[Entry]:
        """Return what one department keeps, in the order in which it was put on file."""
        return (entry for entries in self._entries.values() for entry in entries if entry.department is department)
