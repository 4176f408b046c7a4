"""A whole county in DuckDB: the same findings as one household after the other on sqlite3, and what Parquet holds."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanpin.rules.book_warnings import WarningSeverity
from fanpin.rules.inquiries import HOUSEHOLD
from fanpin.rules.thresholds import THRESHOLDS
from fanpin.screening.county import (
    BulkFact, BulkHousehold, BulkPerson, Covered, Screened, ScreeningFailed, keep_facts, screen_county,
)
from fanpin.screening.engines import FactRow, screen_warnings
from tests.screening.worlds import ASOF, STRANGER, House, houses

LIMITS = {key: row.default for key, row in THRESHOLDS.items()}
STRICT = {key: 1 for key in LIMITS}
AREAS = {"a": LIMITS, "b": STRICT}
DAY = timedelta(days=1)


def in_bulk(worlds: list[House], folder: Path) -> dict[int, set[tuple[str, WarningSeverity, tuple[str, ...]]]]:
    facts, persons, households = [], [], []
    for number, house in enumerate(worlds):
        subjects = {HOUSEHOLD: 1000 * number + 999, STRANGER: 10**9 + number}
        subjects |= {person.subject: 1000 * number + index for index, person in enumerate(house.persons)}
        households.append(BulkHousehold(number, house.lifted, "ab"[number % 2]))
        persons.append(BulkPerson(subjects[HOUSEHOLD], number, HOUSEHOLD))
        persons += [BulkPerson(subjects[row.subject], number, row.role.value, row.relation.value) for row in house.persons]
        facts += [bulk_fact(row, subjects[row.subject]) for row in house.facts]
    keep_facts(facts, folder / "one.parquet")
    found: dict[int, set[tuple[str, WarningSeverity, tuple[str, ...]]]] = {number: set() for number in range(len(worlds))}
    for row in screen_county([folder / "one.parquet"], [], persons, households, AREAS, asof=ASOF).findings:
        found[row.household].add((row.rule, row.severity, tuple(sorted(fact.ref for fact in row.facts))))
    return found


def bulk_fact(row: FactRow, subject: int, **more: object) -> BulkFact:
    return BulkFact(**{"subject": subject, "department": "health", "kind": row.kind, "as_of": ASOF, "batch": 1, "value": row.value,
                       "ref": row.ref, "begun": row.date, "ended": row.ended, "amount": row.amount, "label": row.label} | more)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(houses(), min_size=20, max_size=40))
def test_one_household_and_the_whole_county_find_the_same_in_any_world(
        tmp_path_factory: pytest.TempPathFactory, worlds: list[House]) -> None:
    found = in_bulk(worlds, tmp_path_factory.mktemp("county"))
    for number, house in enumerate(worlds):
        refs = {fact.id: fact.ref for fact in house.facts}
        alone = {(row.rule, row.severity, tuple(sorted(refs[fact] for fact in row.evidence)))
                 for row in screen_warnings(house.facts, house.persons, ASOF, lifted=house.lifted,
                                            limits=AREAS["ab"[number % 2]])}
        assert found[number] == alone


# Deliveries in force.

def screened(folder: Path, *deliveries: list[BulkFact], covered: tuple[Covered, ...] = ()) -> Screened:
    paths = []
    for number, facts in enumerate(deliveries, 1):
        keep_facts([replace(fact, batch=number) for fact in facts], folder / f"{number}.parquet")
        paths.append(folder / f"{number}.parquet")
    return screen_county(paths, covered, [BulkPerson(7, 1, "member", "head"), BulkPerson(8, 1, HOUSEHOLD)],
                         [BulkHousehold(1, False, "a")], {"a": LIMITS}, asof=ASOF)


def told(found: Screened) -> list[tuple[str, list[int | None]]]:
    return [(row.rule, sorted((fact.amount for fact in row.facts), key=str)) for row in found.findings]


def a_bill(amount: int, **more: object) -> BulkFact:
    return BulkFact(**{"subject": 7, "department": "medical_insurance", "kind": "high_medical_cost", "as_of": ASOF, "batch": 1,
                       "begun": ASOF - 30 * DAY, "amount": amount} | more)


def test_a_fact_delivered_twice_counts_once(tmp_path: Path) -> None:
    assert told(screened(tmp_path, [a_bill(1_500_000)], [a_bill(1_500_000)])) == []


def test_two_bills_of_the_same_day_both_count(tmp_path: Path) -> None:
    assert told(screened(tmp_path, [a_bill(1_500_000), a_bill(600_000)])) == [("w_medical", [1_500_000, 600_000])]


def test_a_later_word_with_the_same_reference_replaces_the_earlier_one(tmp_path: Path) -> None:
    first = a_bill(2_500_000, ref="演1", as_of=ASOF - 9 * DAY)
    assert told(screened(tmp_path, [first], [a_bill(100, ref="演1")])) == []


def test_work_taken_up_again_ends_the_fact_that_had_no_end(tmp_path: Path) -> None:
    idle = BulkFact(subject=7, department="human_resources", kind="not_back_at_work", as_of=ASOF - 9 * DAY, batch=1,
                    begun=ASOF - 60 * DAY)
    assert told(screened(tmp_path, [idle])) == [("w_not_back", [None])]
    assert told(screened(tmp_path, [idle], [replace(idle, ended=ASOF - DAY, as_of=ASOF)])) == []


def test_a_complete_delivery_is_the_truth_about_its_period_and_of_no_other(tmp_path: Path) -> None:
    old, fresh = a_bill(2_500_000), a_bill(2_100_000, begun=ASOF - 200 * DAY)
    period = Covered("high_medical_cost", "medical_insurance", 2, ASOF - 60 * DAY, ASOF)
    assert told(screened(tmp_path, [old, fresh], [], covered=(period,))) == [("w_medical", [2_100_000])]
    assert told(screened(tmp_path, [old], [], covered=(replace(period, department="health"),))) == [("w_medical", [2_500_000])]
    assert told(screened(tmp_path, [old], [], covered=(replace(period, batch=1),))) == [("w_medical", [2_500_000])]


def test_a_county_without_deliveries_has_no_findings(tmp_path: Path) -> None:
    assert screened(tmp_path) == Screened((), 0)


def test_what_is_written_is_a_keyed_number_and_no_name(tmp_path: Path) -> None:
    keep_facts([a_bill(5)], tmp_path / "x.parquet")
    assert keep_facts([a_bill(5)], tmp_path / "x.parquet") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]


def test_a_broken_file_is_said_and_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 broken")
    with pytest.raises(ScreeningFailed):
        screen_county([tmp_path / "x.parquet"], [], [], [], {"a": LIMITS}, asof=date(2026, 3, 2))
