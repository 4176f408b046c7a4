"""Ledgers of an area, a part at a time, and the figures that the public may read (六(二))."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import Place


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """A monitored household as the ledger lists it."""

    where: str
    head_name: str
    size: int
    household_class: str
    lifted: bool
    risks: str
    included_on: date | None
    lead_department: str
    measures: str
    visited_on: date | None
    standing: str
    national_number: str


@dataclass(frozen=True, kw_only=True)
class ClassCount:
    """How many households and persons of one class are monitored."""

    title: str
    households: int
    people: int


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """监测对象台账 of a village, township or county: who is monitored now."""

    place: Place
    issuer: str
    area: str
    as_of: date
    counts: tuple[ClassCount, ...]
    rows: tuple[LedgerRow, ...]
    first: int
    part: int
    parts: int

    @property
    def households(self) -> int:
        """Count the households of the whole ledger."""
        return sum(row.households for row in self.counts)

    @property
    def people(self) -> int:
        """Count the persons of the whole ledger."""
        return sum(row.people for row in self.counts)


@dataclass(frozen=True, kw_only=True)
class AreaFigures:
    """One township's figures in words, small ones not told."""

    area: str
    monitored: str
    included: str
    eliminated: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """防止返贫监测帮扶情况公开: numbers only, of a quarter (政务公开)."""

    place: Place
    issuer: str
    quarter: str
    from_day: date
    to_day: date
    as_of: date
    total: AreaFigures
    areas: tuple[AreaFigures, ...]
    line: int | None
    line_year: int | None
