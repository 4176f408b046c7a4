"""Papers between county and departments: the letter that asks, the sheet that answers (三(六)、附件1)."""

from dataclasses import dataclass
from datetime import date

from fanpin.documents.papers_common import AboutList


@dataclass(frozen=True, kw_only=True)
class AskedPerson:
    """A named person, what the department is asked about, and on what ground."""

    name: str
    relation: str
    id_number: str
    kinds: tuple[str, ...]
    ground: str


@dataclass(frozen=True, kw_only=True)
class AskedHousehold:
    """A household of the list with the persons that the department is asked about."""

    group: str
    head_name: str
    case_code: str
    persons: tuple[AskedPerson, ...]


@dataclass(frozen=True, kw_only=True)
class InquiryLetter(AboutList):
    """部门核查函: what one department is asked about a list, persons by name and number; internal."""

    to: str
    households: tuple[AskedHousehold, ...]
    asked_on: date
    due_on: date
    contact_name: str
    contact_phone: str

    @property
    def people(self) -> int:
        """Count the named persons."""
        return sum(len(household.persons) for household in self.households)


@dataclass(frozen=True, kw_only=True)
class AnsweredQuestion:
    """One fact about one person: what the register says."""

    person: str
    kind: str
    result: str
    content: str
    scope: str
    as_of: date | None
    by_hand: bool


@dataclass(frozen=True, kw_only=True)
class AnsweredHousehold:
    """The department's answers about one household, and who signed for them."""

    group: str
    head_name: str
    case_code: str
    answers: tuple[AnsweredQuestion, ...]
    signed_by: str
    signed_on: date | None


@dataclass(frozen=True, kw_only=True)
class InquiryResult(AboutList):
    """部门核查结果表: one department's answers about a list, signed by its officer."""

    to: str
    households: tuple[AnsweredHousehold, ...]

    @property
    def unsigned(self) -> int:
        """Count the households that the department has not signed for."""
        return sum(household.signed_on is None for household in self.households)
