"""No silence ever helps: random vectors of departments' answers, with one clear answer replaced by anything else."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin.adapters.contract import Answer, CoverageItem, Fact, Known, Later, NotFound, Unavailable, derive_check
from fanpin.rules.actions import Action
from fanpin.rules.checks import CheckState
from fanpin.rules.departments import BLOCKING_DEPARTMENTS
from fanpin.rules.dossier import JointReview
from fanpin.rules.review_answers import Answered, unsigned, waiting
from fanpin.rules.stages import TABLE, Procedure, Row
from tests.rules.test_requirements import COMPLETE

LONG = bool(os.environ.get("FANPIN_TEST_LONG"))
VECTORS = 100_000 if LONG else 10_000
PER_EXAMPLE = 200
TODAY = COMPLETE.today
KIND, TOKEN = "vehicle", "t"
DECISIONS = [row for row in TABLE.values() if row.action in (Action.COUNTY_DETERMINE, Action.COUNTY_DECLINE)]

# An answer with the as-of day and the completeness of its coverage.
Told = tuple[Answer | None, date | None, bool]
CAR = Known((Fact(subject=TOKEN, kind=KIND, value="private_car", ref="云C测001"),))
FRESH, OLD = TODAY - timedelta(days=3), TODAY - timedelta(days=91)
CLEAR: Told = (Known(), FRESH, True)
WAITS: tuple[Told, ...] = ((None, None, False), (Later(TODAY + timedelta(days=3)), FRESH, False),
                           (Later(TODAY - timedelta(days=3)), FRESH, False))
UNAVAILABLE: Told = (Unavailable("系统升级"), FRESH, True)
OTHERS: tuple[Told, ...] = (
    *WAITS, UNAVAILABLE, (NotFound(), FRESH, True), (Known(), FRESH, False), (Known(), OLD, True), (Known(), None, True),
    (Known(), TODAY + timedelta(days=1), True), (CAR, FRESH, True), (CAR, OLD, True), (CAR, FRESH, False))
EVERY = (CLEAR, *OTHERS)


def state_of(told: Told) -> CheckState:
    answer, as_of, complete = told
    coverage = [] if as_of is None else [CoverageItem(kind=KIND, subjects=frozenset({TOKEN}), register_scope="本县登记范围",
                                                      covers_to=as_of, complete=complete)]
    return derive_check(answer, subject=TOKEN, kind=KIND, as_of=as_of, coverage=coverage, today=TODAY).state


STATES = {place: state_of(told) for place, told in enumerate(EVERY)}
Vector = list[tuple[list[int], bool]]


def a_vector(random: Random) -> Vector:
    return [([random.choice((0, 0, random.randrange(len(EVERY)))) for _ in range(random.randint(1, 3))], random.random() < 0.8)
            for _ in BLOCKING_DEPARTMENTS]


def missing(vector: Vector, row: Row) -> frozenset[tuple[str, str]]:
    """Return what the decision still lacks, each lack with what it names."""
    answered = [Answered(department.title, tuple(STATES[place] for place in places), signed)
                for department, (places, signed) in zip(BLOCKING_DEPARTMENTS, vector, strict=True)]
    hits = tuple(f"{department.title}{number}" for department, (places, _) in zip(BLOCKING_DEPARTMENTS, vector, strict=True)
                 for number, place in enumerate(places) if STATES[place] is CheckState.HIT)
    review = JointReview(asked=len(answered), waiting=waiting(answered), unsigned=unsigned(answered), not_asked_unaccepted=(),
                         unresolved_hits=hits, not_included_hits=(), special_cases=(), remaining_members=3)
    lacking = row.missing(replace(COMPLETE, joint_review=review))
    return frozenset({(item.code, "") for item in lacking if item.code != "county.signed"}
                     | {("answered", name) for name in review.waiting} | {("hit", name) for name in hits})


def replaced(vector: Vector, department: int, question: int, place: int) -> Vector:
    changed = [(list(places), signed) for places, signed in vector]
    changed[department][0][question] = place
    return changed


def worsened(vector: Vector, random: Random, row: Row) -> Sequence[str]:
    """Replace one clear answer by everything else there is; name what became kinder."""
    clear = [(department, question) for department, (places, _) in enumerate(vector)
             for question, place in enumerate(places) if STATES[place] is CheckState.CLEAR]
    if not clear:
        return ()
    department, question = random.choice(clear)
    before = missing(vector, row)
    kinder = [f"{EVERY[place]}" for place in range(1, len(EVERY))
              if not before <= missing(replaced(vector, department, question, place), row)]
    silent = missing(replaced(vector, department, question, EVERY.index(UNAVAILABLE)), row)
    kinder += ["unavailable beats waiting" for told in WAITS
               if not missing(replaced(vector, department, question, EVERY.index(told)), row) <= silent]
    return kinder


@settings(max_examples=VECTORS // PER_EXAMPLE, deadline=None)
@given(st.integers(0, 2**32))
def test_replacing_a_clear_answer_by_anything_else_never_helps_and_unavailable_never_beats_waiting(seed: int) -> None:
    random = Random(seed)
    for number in range(PER_EXAMPLE):
        row = DECISIONS[number % len(DECISIONS)]
        assert list(worsened(a_vector(random), random, row)) == []


def test_only_a_complete_and_fresh_search_is_clear() -> None:
    assert [place for place, state in STATES.items() if state is CheckState.CLEAR] == [0]


def test_a_decision_waits_for_every_department_that_is_silent() -> None:
    row = TABLE[next(key for key, value in TABLE.items() if value.action is Action.COUNTY_DETERMINE
                     and value.procedure is Procedure.ENTERING)]
    everybody = [([0], True) for _ in BLOCKING_DEPARTMENTS]
    assert missing(everybody, row) == frozenset()
    for place in range(len(BLOCKING_DEPARTMENTS)):
        for told in range(1, len(EVERY)):
            assert missing(replaced(everybody, place, 0, told), row)


@pytest.mark.parametrize("state", [state for state in CheckState if state not in (CheckState.HIT, CheckState.CLEAR)])
def test_no_other_state_passes_for_an_answer(state: CheckState) -> None:
    rows = [Answered("甲", (CheckState.CLEAR, state), signed=True), Answered("乙", (CheckState.CLEAR,), signed=False)]
    assert (waiting(rows), unsigned(rows)) == (("甲",), ("乙",))
