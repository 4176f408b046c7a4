"""What a self-declaration channel subclasses (三(一)): a platform's export in, leads in the house's words out, purely."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from fanpin.adapters.base import Plugin, Row
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.versions import PluginRole
from fanpin.rules.intake import Channel as Platform
from fanpin.rules.intake import DifficultyCategory

# A method named `date` hides the type from the signatures of a row.
Day = date


@dataclass(frozen=True, kw_only=True)
class ToldLead:
    """One declaration as its platform tells it; who declared, for whom and where are keys that a plugin never sees.

    `number` is the platform's own, by which the same declaration is known again; `statement` a cell word for word;
    `relation` the declarer's to the head of the household, "" for the head.
    """

    subject: str
    number: str
    declared_on: Day | None
    statement: str
    categories: tuple[str, ...] = ()
    relation: str = ""


class LeadRow(Row):
    """One row of a platform's export without its keys."""

    __slots__ = ()

    def lead(self, *, number: str, declared_on: Day | None, statement: str,
             categories: Collection[DifficultyCategory | str] = (), relation: str = "") -> ToldLead:
        """Return the declaration that this row is."""
        return ToldLead(subject=self.token, number=number, declared_on=declared_on, statement=statement, relation=relation,
                        categories=tuple(dict.fromkeys(str(category) for category in categories if category)))


class Channel(Plugin, ABC):
    """One of the three platforms of 三(一): class attributes declare it, `of_row` says which column is what."""

    platform: Platform

    def leads(self, rows: Iterable[LeadRow]) -> Iterable[ToldLead]:
        """Return the declarations of the rows; each one's subject is its row's token."""
        for row in rows:
            yield from self.of_row(row)

    @abstractmethod
    def of_row(self, row: LeadRow) -> Iterable[ToldLead]:
        """Return the declaration of one row, nothing where the row is none (a test entry, a consultation)."""

    def manifest(self) -> Manifest:
        """Return the declaration as a value."""
        return replace(super().manifest(), role=PluginRole.CHANNEL, channel=Platform(self.platform).value, declarative=False)
