"""A whole county's screening as values: what goes into the child, and the findings that come out of it."""

import csv
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from fanpin import sandbox
from fanpin.rules.book_warnings import LIMITS, WarningSeverity
from fanpin.screening.engines import FactRow

CHILD = ("-m", "fanpin.screening.bulk")
WALL_SECONDS = 300.0
CPU_SECONDS = 600
# Address space, of which DuckDB is told to fill a part only.
MEMORY_MB = 6144
# DuckDB asks these how much of the machine is its own.
MACHINE = (Path("/proc/self/cgroup"), Path("/proc/self/mountinfo"), Path("/sys/fs/cgroup"))
NULL = "\\N"
BITS = 63


@dataclass(frozen=True, kw_only=True)
class BulkFact:
    """A fact as it goes into Parquet: subject and identity are keyed numbers."""

    subject: int
    department: str
    kind: str
    as_of: date
    batch: int
    value: str = ""
    ref: str = ""
    begun: date | None = None
    ended: date | None = None
    amount: int | None = None
    other: str = ""
    label: str = ""

    @property
    def ident(self) -> int:
        """Return the number under which the same fact comes again: its reference, or all but its end."""
        told = self.ref or "|".join((self.value, _iso(self.begun), str(self.amount), self.other, self.label))
        return number_of(f"{self.department}|{self.kind}|{self.subject}|{told}")

    @property
    def id(self) -> int:
        """Return the number of exactly this content, whenever and however often it is delivered."""
        return number_of("|".join((self.department, self.kind, str(self.subject), self.ref, self.value, _iso(self.begun),
                                   _iso(self.ended), str(self.amount), self.other, self.label)))


@dataclass(frozen=True)
class BulkPerson:
    """A person, or the household itself as a subject, under keyed numbers."""

    subject: int
    household: int
    role: str
    relation: str = ""


@dataclass(frozen=True)
class BulkHousehold:
    """A household under its keyed number, and the area whose limits hold for it."""

    household: int
    lifted: bool
    area: str


@dataclass(frozen=True)
class Covered:
    """A complete delivery of a kind: for its period it replaces what the department said before."""

    kind: str
    department: str
    batch: int
    first: date | None
    last: date


@dataclass(frozen=True, kw_only=True)
class BulkFinding:
    """A rule that holds for a household, with the facts behind it."""

    household: int
    rule: str
    severity: WarningSeverity
    facts: tuple[FactRow, ...]

    @property
    def evidence(self) -> tuple[int, ...]:
        """List the numbers of the facts."""
        return tuple(fact.id for fact in self.facts)


@dataclass(frozen=True)
class Screened:
    """What the child found, and how much it read."""

    findings: tuple[BulkFinding, ...]
    facts: int


class ScreeningFailed(Exception):
    """The child gave no answer: a technical fault for the system administrator."""


def number_of(text: str) -> int:
    """Return a positive 63-bit number that stands for the text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> (64 - BITS)


def keep_facts(facts: Iterable[BulkFact], parquet: Path) -> int:
    """Write a delivery's facts as Parquet in one move; the same delivery written again replaces its file."""
    parquet.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fanpin-facts-") as folder:
        room = Path(folder)
        _write(room / "facts.csv", FACT_HEAD, (_fact_row(fact) for fact in facts))
        answer = _ask({"task": "keep", "room": folder, "facts": str(room / "facts.csv"), "parquet": str(room / "facts.parquet")},
                      writable=[room])
        fresh = parquet.with_suffix(".new")
        fresh.write_bytes((room / "facts.parquet").read_bytes())
        fresh.replace(parquet)
    return int(answer["rows"])


def screen_county(parquets: Sequence[Path], covered: Iterable[Covered], persons: Iterable[BulkPerson],
                  households: Iterable[BulkHousehold], limits: Mapping[str, Mapping[str, int]], *, asof: date) -> Screened:
    """Screen every household of the county; `limits` by area, each with every number of the book."""
    with tempfile.TemporaryDirectory(prefix="fanpin-screening-") as folder:
        room = Path(folder)
        _write(room / "persons.csv", ("subject", "household", "role", "relation"),
               ((row.subject, row.household, row.role, row.relation) for row in persons))
        _write(room / "households.csv", ("household", "lifted", "area"),
               ((row.household, int(row.lifted), row.area) for row in households))
        _write(room / "coverage.csv", ("kind", "department", "batch", "first", "last"),
               ((row.kind, row.department, row.batch, _iso(row.first) or None, row.last.isoformat()) for row in covered))
        _write(room / "limits.csv", ("area", *(f"t_{key}" for key in LIMITS)),
               ((area, *(values[key] for key in LIMITS)) for area, values in limits.items()))
        task = {"task": "screen", "room": folder, "asof": asof.isoformat(), "parquets": [str(path) for path in parquets],
                **{name: str(room / f"{name}.csv") for name in ("persons", "households", "coverage", "limits", "findings")}}
        answer = _ask(task, writable=[room], files=parquets)
        return Screened(tuple(_findings(room / "findings.csv")), int(answer["facts"]))


FACT_HEAD = ("id", "ident", "subject", "kind", "value", "ref", "begun", "ended", "amount", "other", "label", "as_of",
             "department", "batch")


def _fact_row(fact: BulkFact) -> tuple[object, ...]:
    return (fact.id, fact.ident, fact.subject, fact.kind, fact.value, fact.ref, _iso(fact.begun) or None,
            _iso(fact.ended) or None, fact.amount, fact.other, fact.label, fact.as_of.isoformat(), fact.department, fact.batch)


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([NULL if value is None else value for value in row] for row in rows)


def _findings(path: Path) -> Iterator[BulkFinding]:
    with path.open(encoding="utf-8", newline="") as file:
        for (household, rule, urgent), rows in groupby(csv.DictReader(file), lambda row: (
                row["household"], row["rule"], row["urgent"])):
            severity = WarningSeverity.URGENT if urgent == "1" else WarningSeverity.ORDINARY
            yield BulkFinding(household=int(household), rule=rule, severity=severity,
                              facts=tuple(_fact_of(row) for row in rows))


def _fact_of(row: Mapping[str, str]) -> FactRow:
    return FactRow(
        id=int(row["id"]), subject=row["subject"], kind=row["kind"], value=row["value"], ref=row["ref"],
        date=_day(row["begun"]), ended=_day(row["ended"]), amount=int(row["amount"]) if row["amount"] else None,
        other=row["other"], label=row["label"], as_of=_day(row["as_of"]), department=row["department"],
        batch=int(row["batch"]))


def _ask(task: Mapping[str, object], *, writable: Sequence[Path], files: Sequence[Path] = ()) -> dict[str, int]:
    done = sandbox.run(CHILD, stdin=json.dumps(task).encode(), wall_seconds=WALL_SECONDS, cpu_seconds=CPU_SECONDS,
                       memory_mb=MEMORY_MB, output_limit=1 << 20, files=[*MACHINE, *files], writable=writable)
    if not done.ok:
        raise ScreeningFailed(f"{done.reason}: {done.stderr_tail[-400:]}")
    return json.loads(done.stdout)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
