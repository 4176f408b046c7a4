"""Random worlds of households and facts for the tests of the engines: window edges, ended facts, kin, strangers."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from fanpin.rules.book_warnings import WARNING_MEASURES
from fanpin.rules.duties import KINDS
from fanpin.rules.inquiries import HOUSEHOLD, PersonRole
from fanpin.rules.members import Relation
from fanpin.rules.sheet import months_before
from fanpin.screening.engines import FactRow, PersonRow

ASOF = date(2026, 3, 2)
STRANGER = "stranger"
FEEDS = sorted({measure.kind for measure in WARNING_MEASURES})
# A day to either side of every bound that a measure draws.
EDGES = sorted({bound + timedelta(days=step) for bound in (
    ASOF, ASOF - timedelta(days=365), months_before(ASOF, 1), months_before(ASOF, 3)) for step in (-1, 0, 1)})
AMOUNTS = st.none() | st.sampled_from([0, 1, 499_999, 500_000, 1_000_000, 1_999_999, 2_000_000, 5_000_000])


@dataclass(frozen=True)
class House:
    """One household of a world: its people, its facts, whether it is a 脱贫户."""

    persons: tuple[PersonRow, ...]
    facts: tuple[FactRow, ...]
    lifted: bool


@st.composite
def houses(draw: st.DrawFn) -> House:
    """Draw a household, empty ones among them."""
    persons = tuple(PersonRow(subject=str(number), name=f"演示{number}", role=draw(st.sampled_from(PersonRole)),
                              relation=draw(st.sampled_from(Relation))) for number in range(draw(st.integers(0, 4))))
    subjects = st.sampled_from([HOUSEHOLD, STRANGER, *(person.subject for person in persons)])
    facts = []
    for number in range(draw(st.integers(0, 8))):
        kind = KINDS[draw(st.sampled_from(FEEDS))]
        facts.append(FactRow(
            id=number, subject=draw(subjects), kind=kind.code, value=draw(st.sampled_from(sorted(kind.codes))) if kind.codes else "",
            ref=f"演{number}", date=draw(st.none() | st.sampled_from(EDGES)), ended=draw(st.none() | st.sampled_from(EDGES)),
            amount=draw(AMOUNTS), label="演示"))
    return House(persons, tuple(facts), draw(st.booleans()))

