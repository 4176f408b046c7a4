"""The contract: what a fact may hold, what rejects a batch, and what an answer proves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.adapters.contract import (
    Answer, Batch, CoverageItem, Fact, Known, Later, NotFound, Transport, Unavailable, check_batch, derive_check,
    fact_errors, fact_problems,
)
from fanpin.rules.checks import CheckState
from fanpin.rules.circumstances import Light, light
from fanpin.rules.departments import Department

TODAY = date(2026, 3, 2)
AS_OF = date(2026, 2, 27)
CAR = Fact(subject="T1", kind="vehicle", value="private_car", ref="云X00001", date=date(2019, 5, 1), label="演示牌轿车")
COVER = CoverageItem(kind="vehicle", subjects=frozenset({"T1"}), register_scope="本县登记范围", covers_to=AS_OF,
                     complete=True)
ASKED = {("T1", "vehicle"), ("T2", "vehicle")}


def _batch(answers: dict[tuple[str, str], Answer], *coverage: CoverageItem, as_of: date = AS_OF) -> Batch:
    return Batch(department=Department.PUBLIC_SECURITY, source=Transport.DESK, as_of=as_of, coverage=coverage,
                 answers=answers)


def _state(answer: Answer | None, *coverage: CoverageItem, as_of: date | None = AS_OF) -> CheckState:
    return derive_check(answer, subject="T1", kind="vehicle", as_of=as_of, coverage=coverage, today=TODAY).state


def test_a_well_formed_fact_has_no_problems() -> None:
    assert fact_errors(CAR, as_of=AS_OF) == {}
    assert fact_errors(Fact(subject="T1", kind="medical_cost", amount=1234567), as_of=AS_OF) == {}


@pytest.mark.parametrize(("change", "field"), [
    ({"value": "spaceship"}, "value"), ({"value": ""}, "value"), ({"ref": ""}, "ref"), ({"label": "长" * 41}, "label"),
    ({"ref": "9" * 81}, "ref"), ({"date": AS_OF + timedelta(days=1)}, "date"), ({"ended": date(2019, 4, 30)}, "ended"),
    ({"amount": 1}, "amount"), ({"other": "某人"}, "other"), ({"kind": "deposits"}, "kind"),
])
def test_a_fact_that_does_not_fit_its_kind_is_named_by_field(change: dict[str, object], field: str) -> None:
    assert list(fact_errors(replace(CAR, **change), as_of=AS_OF)) == [field]


@pytest.mark.parametrize("amount", [-1, 1.5, True, 10**16, "12"])
def test_money_is_a_whole_number_of_fen(amount: object) -> None:
    fact = Fact(subject="T1", kind="medical_cost", amount=amount)  # type: ignore[arg-type]
    assert list(fact_errors(fact, as_of=AS_OF)) == ["amount"]


def test_a_label_of_forty_characters_and_a_fact_of_the_as_of_day_pass() -> None:
    assert fact_errors(replace(CAR, label="𠮷" * 40, date=AS_OF, ended=AS_OF), as_of=AS_OF) == {}


def test_a_certificate_may_end_in_the_future() -> None:
    fact = Fact(subject="T1", kind="disability", value="severe", date=date(2020, 1, 1), ended=date(2030, 1, 1))
    assert fact_problems(fact, as_of=AS_OF) == []


def test_a_good_batch_passes() -> None:
    assert check_batch(_batch({("T1", "vehicle"): Known((CAR,)), ("T2", "vehicle"): Later(TODAY)}, COVER), ASKED,
                       today=TODAY) == []


@pytest.mark.parametrize("batch", [
    _batch({("T1", "vehicle"): Known(), ("T9", "vehicle"): Known()}),
    _batch({("T1", "property"): Known()}),
    _batch({("T1", "vehicle"): Known((replace(CAR, subject="T2"),))}),
    _batch({("T1", "vehicle"): Known((Fact(subject="T1", kind="property", value="flat", ref="1"),))}),
    _batch({("T1", "vehicle"): Known()}, replace(COVER, subjects=frozenset({"T1", "T9"}))),
    _batch({("T1", "vehicle"): NotFound(), ("T9", "vehicle"): Unavailable("系统维护")}),
], ids=["other person", "other kind", "fact of another", "fact of another kind", "coverage of another", "no facts"])
def test_an_answer_about_anybody_not_asked_rejects_the_batch(batch: Batch) -> None:
    problems = check_batch(batch, ASKED, today=TODAY)
    assert [problem.code for problem in problems] == ["not_asked"]
    assert "整批退回" in problems[0].text


@pytest.mark.parametrize(("batch", "code"), [
    (_batch({}, as_of=TODAY + timedelta(days=1)), "as_of_future"),
    (_batch({("T1", "vehicle"): Known((replace(CAR, value="x"),))}), "fact.value"),
    (_batch({("T1", "vehicle"): Later(TODAY - timedelta(days=1))}), "due_past"),
    (_batch({("T1", "vehicle"): Unavailable(" ")}), "reason_missing"),
    (_batch({}, replace(COVER, register_scope=" ")), "scope_missing"),
    (_batch({}, replace(COVER, covers_to=TODAY)), "coverage_future"),
    (_batch({}, replace(COVER, covers_from=TODAY)), "coverage_order"),
])
def test_what_is_wrong_with_a_batch_is_named(batch: Batch, code: str) -> None:
    problems = check_batch(batch, ASKED, today=TODAY)
    assert [problem.code for problem in problems] == [code] and problems[0].is_error


def test_no_answer_and_a_later_one_are_waiting() -> None:
    assert _state(None) is CheckState.WAITING
    late = derive_check(Later(date(2026, 2, 1)), subject="T1", kind="vehicle", as_of=AS_OF, coverage=(), today=TODAY)
    assert late.state is CheckState.WAITING and "逾期" in late.reason


def test_not_found_is_never_clear_however_complete_the_register() -> None:
    assert _state(NotFound(), COVER) is CheckState.NOT_FOUND


def test_unavailable_is_never_clear_however_complete_the_register() -> None:
    assert _state(Unavailable("系统维护"), COVER) is CheckState.UNAVAILABLE


def test_facts_on_file_are_a_hit_with_or_without_coverage() -> None:
    assert _state(Known((CAR,))) is CheckState.HIT
    assert _state(Known((CAR,)), COVER) is CheckState.HIT


def test_nothing_found_is_clear_where_the_register_was_searched_whole_and_lately() -> None:
    check = derive_check(Known(), subject="T1", kind="vehicle", as_of=AS_OF, coverage=(COVER,), today=TODAY)
    assert check.state is CheckState.CLEAR
    assert (check.reason, check.scope) == ("本县登记范围内未查到，数据截至2026年2月27日", "本县登记范围")


@pytest.mark.parametrize("coverage", [
    (), (replace(COVER, complete=False),), (replace(COVER, subjects=frozenset({"T2"})),),
    (replace(COVER, kind="property"),), (replace(COVER, register_scope=""),), (replace(COVER, covers_to=TODAY + timedelta(days=1)),),
], ids=["none", "incomplete", "of another", "of another kind", "no scope", "future"])
def test_nothing_found_without_coverage_is_not_clear(coverage: tuple[CoverageItem, ...]) -> None:
    assert _state(Known(), *coverage) is CheckState.UNAVAILABLE


@pytest.mark.parametrize("answer", [Known((CAR,)), Known()])
@pytest.mark.parametrize(("age", "fresh"), [(90, True), (91, False)])
def test_an_answer_older_than_ninety_days_is_stale(answer: Known, age: int, fresh: bool) -> None:
    as_of = TODAY - timedelta(days=age)
    assert (_state(answer, replace(COVER, covers_to=as_of), as_of=as_of) is not CheckState.STALE) is fresh


def test_an_old_coverage_under_a_new_date_is_stale() -> None:
    assert _state(Known(), replace(COVER, covers_to=TODAY - timedelta(days=91))) is CheckState.STALE


@pytest.mark.parametrize("as_of", [None, TODAY + timedelta(days=1)])
def test_an_answer_without_a_valid_day_is_no_answer(as_of: date | None) -> None:
    assert _state(Known((CAR,)), COVER, as_of=as_of) is CheckState.UNAVAILABLE


ANSWERS = st.one_of(
    st.none(), st.just(NotFound()), st.builds(Later, st.dates(date(2026, 1, 1), date(2026, 12, 31))),
    st.builds(Unavailable, st.text(max_size=5)), st.just(Known((CAR,))), st.just(Known()))
COVERAGES = st.lists(st.builds(
    CoverageItem, kind=st.sampled_from(["vehicle", "property"]),
    subjects=st.sampled_from([frozenset({"T1"}), frozenset()]),
    register_scope=st.sampled_from(["本县登记范围", ""]), covers_to=st.dates(date(2025, 11, 1), date(2026, 4, 1)),
    complete=st.booleans()), max_size=3)


@given(ANSWERS, COVERAGES, st.none() | st.dates(date(2025, 11, 1), date(2026, 4, 1)))
def test_clear_is_only_ever_known_empty_complete_and_fresh(answer, coverage, as_of) -> None:
    if _state(answer, *coverage, as_of=as_of) is CheckState.CLEAR:
        assert answer == Known() and as_of is not None and timedelta() <= TODAY - as_of <= timedelta(days=90)
        assert any(item.complete and item.kind == "vehicle" and "T1" in item.subjects and item.register_scope
                   and TODAY - timedelta(days=90) <= item.covers_to <= TODAY for item in coverage)


@given(st.lists(st.tuples(ANSWERS, COVERAGES), min_size=1, max_size=6), st.integers(0, 5))
def test_a_silent_department_never_makes_a_circumstance_clear(replies, place) -> None:
    replies[place % len(replies)] = (Unavailable("没有答复"), [COVER])
    states = [_state(answer, *coverage) for answer, coverage in replies]
    assert light(states, open_hit=False) is Light.UNKNOWN
