"""Values that several papers share: places, persons, contacts, the imprint."""

from dataclasses import dataclass
from datetime import date

HASH_SHOWN = 16


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What identifies one issued paper; printed at the foot of every page."""

    number: str
    verify_code: str
    event_hash: str
    issued_on: date
    site: str = ""

    @property
    def shown_hash(self) -> str:
        """Return as much of the event's hash as is printed."""
        return self.event_hash[:HASH_SHOWN]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Names of areas as they are printed, from county down to villagers' group."""

    county: str
    township: str
    village: str = ""
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class AboutList:
    """What every paper about a village's list says of the list, and who issues the paper."""

    place: Place
    issuer: str
    leaving: bool
    month: str
    list_number: str


@dataclass(frozen=True, kw_only=True)
class Contact:
    """An office that takes questions, objections and complaints: its name and its published number."""

    unit: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class PublicHousehold:
    """All that the public may see of a household (5.9: no number, phone, illness, cause or child's name)."""

    group: str
    head_name: str
    size: int
    household_class: str
    measures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ListedHousehold:
    """A household on a list that goes from office to office."""

    group: str
    head_name: str
    size: int
    household_class: str
    measures: tuple[str, ...] = ()
    lead_department: str = ""


@dataclass(frozen=True, kw_only=True)
class ListReport(AboutList):
    """What a report that sends a list on to the next office says, whoever writes it."""

    to: str
    households: tuple[ListedHousehold, ...]
    contact_name: str
    contact_phone: str

    @property
    def people(self) -> int:
        """Count the persons of the listed households."""
        return sum(household.size for household in self.households)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question of a form and what was found."""

    title: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SkippedDay:
    """A day of the notice period that does not count, and why."""

    on: date
    why: str
