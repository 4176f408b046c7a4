"""What a department's system says, or leaves unsaid, as answers: no failure and no silence ever does better than waiting."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin.adapters.contract import Answer, Batch, Fact, Known, Later, NotFound, Transport, Unavailable, derive_check
from fanpin.adapters.questioning import CONTRADICTED, ROW_REFUSED, Person, Told, together
from fanpin.models.county import Inquiry, Question
from fanpin.rules.checks import CheckState
from fanpin.rules.review_answers import Answered, unsigned, waiting
from fanpin.steps import inquiry_answers
from fanpin.steps.inquiry_answers import Proof, Wanted
from tests.conftest import TODAY

HEAD, SPOUSE = Person("530102196003011020", "测试甲"), Person("530102196003011039", "测试乙")
CAR = Known((Fact(subject=HEAD.id_number, kind="vehicle", value="private_car", ref="云C测001"),))
HOUSE = Known((Fact(subject=SPOUSE.id_number, kind="house_grade", value="B", date=TODAY - timedelta(days=30)),))
DATABASE, PLATFORM = Transport.DATABASE, Transport.PLATFORM
SAID: tuple[Answer | None, ...] = (None, Known(), NotFound(), Later(TODAY), Later(TODAY - timedelta(days=1)), Unavailable("停机"), CAR)


def an_inquiry(kind: str = "vehicle", state: str = "waiting") -> Inquiry:
    question = Question(id=1, kind=kind, token="t1", state=state, as_of=TODAY if state in ("hit", "clear") else None)
    return Inquiry(department="public_security" if kind == "vehicle" else "housing", questions=[question])


def a_proof(transport: Transport = DATABASE, *, whole: bool = True, delay: int = 30) -> Proof:
    return Proof(transport, "本县登记范围", whole, delay)


def batch_of(told: Told, proof: Proof, wanted: Wanted = Wanted(1, (HEAD,)), *, kind: str = "vehicle", state: str = "waiting") -> Batch:
    return inquiry_answers.batch_of(an_inquiry(kind, state), [wanted], told, proof, today=TODAY)


def answer_of(*given: object, **named: object) -> Answer | None:
    return next(iter(batch_of(*given, **named).answers.values()), None)  # type: ignore[arg-type]


def state_of(batch: Batch, kind: str = "vehicle") -> CheckState:
    return derive_check(batch.answers.get(("t1", kind)), subject="t1", kind=kind, as_of=batch.as_of, coverage=batch.coverage,
                        today=TODAY).state


# One person.

@pytest.mark.parametrize(("proof", "told", "state"), [
    (a_proof(), Told(), "clear"), (a_proof(whole=False), Told(), "unavailable"), (a_proof(PLATFORM), Told(), "unavailable"),
    (a_proof(), Told(whole=False), "unavailable"), (a_proof(delay=91), Told(), "stale"),
    (a_proof(PLATFORM, whole=False), Told({(HEAD.id_number, "vehicle"): Known()}), "clear"),
    (a_proof(PLATFORM, whole=False), Told({(HEAD.id_number, "vehicle"): CAR}), "hit"),
    (a_proof(), Told({(HEAD.id_number, "vehicle"): CAR}, {HEAD.id_number: {"测同号"}}), "not_found"),
    (a_proof(), Told({(HEAD.id_number, "vehicle"): Later(TODAY - timedelta(days=1))}), "unavailable"),
    (a_proof(), Told({(SPOUSE.id_number, "vehicle"): CAR}), "clear"),
])
def test_what_a_source_proves(proof: Proof, told: Told, state: str) -> None:
    assert state_of(batch_of(told, proof)).value == state


def test_whoever_has_no_number_is_never_found_clear() -> None:
    assert answer_of(Told(), a_proof(), Wanted(1, (), whole=False)) == Unavailable(inquiry_answers.NO_NUMBER)


@pytest.mark.parametrize("state", ["waiting", "not_found", "unavailable", "hit", "clear"])
def test_beside_what_stands_only_an_open_question_is_answered_and_a_clear_one_by_a_registration(state: str) -> None:
    assert (answer_of(Told({(HEAD.id_number, "vehicle"): Known()}), a_proof(), state=state) is not None) == (state not in ("hit", "clear"))
    assert (answer_of(Told({(HEAD.id_number, "vehicle"): CAR}), a_proof(), state=state) is not None) == (state != "hit")


# A household, searched for by its members.

def household(*said: Answer | None, proof: Proof, whole: bool = True) -> CheckState:
    told = Told({(person.id_number, "house_grade"): answer for person, answer in zip((HEAD, SPOUSE), said, strict=True)
                 if answer is not None})
    return state_of(batch_of(told, proof, Wanted(1, (HEAD, SPOUSE), whole), kind="house_grade"), "house_grade")


@pytest.mark.parametrize(("said", "transport", "whole", "state"), [
    ((None, HOUSE), DATABASE, True, "hit"), ((Known(), HOUSE), PLATFORM, True, "hit"), ((None, HOUSE), PLATFORM, False, "hit"),
    ((None, None), DATABASE, True, "clear"), ((None, None), DATABASE, False, "unavailable"), ((Known(), None), PLATFORM, True, "unavailable"),
    ((Known(), Known()), PLATFORM, True, "clear"), ((Known(), Known()), PLATFORM, False, "unavailable"),
    ((Known(), NotFound()), PLATFORM, True, "not_found"), ((HOUSE, Unavailable("停机")), DATABASE, True, "unavailable"),
    ((HOUSE, Later(TODAY)), PLATFORM, True, "waiting"),
])
def test_a_household_is_clear_only_where_every_member_was_searched_for(
        said: tuple[Answer | None, ...], transport: Transport, whole: bool, state: str) -> None:
    assert household(*said, proof=a_proof(transport), whole=whole).value == state


@pytest.mark.parametrize(("facts", "said", "answer"), [
    (CAR.facts, [], CAR), (CAR.facts * 2, [], CAR), ([], [Known()], Known()), (CAR.facts, [Known()], Unavailable(CONTRADICTED)),
    ([], [Known(), NotFound()], Unavailable(CONTRADICTED)), (CAR.facts, [Unavailable(ROW_REFUSED)], Unavailable(ROW_REFUSED)),
])
def test_rows_about_one_person_add_up_or_answer_nothing(facts: list[Fact], said: list[Answer], answer: Answer) -> None:
    assert together(facts, said) == answer


# Nothing that fails helps.

def everything() -> Iterator[tuple[CheckState, bool]]:
    """Yield what every answer, or none, comes to, and whether the source has shown that it searched."""
    for said, transport, declared, read_whole, asked_whole in product(SAID, (DATABASE, PLATFORM), *[(True, False)] * 3):
        told = Told({} if said is None else {(HEAD.id_number, "vehicle"): said}, whole=read_whole)
        state = state_of(batch_of(told, a_proof(transport, whole=declared), Wanted(1, (HEAD,), asked_whole)))
        yield state, said == Known() and asked_whole or said is None and transport is DATABASE and declared and read_whole and asked_whole


def test_only_a_search_that_is_shown_is_clear() -> None:
    assert {shown for state, shown in everything() if state is CheckState.CLEAR} == {True}
    assert {state for state, shown in everything() if not shown} == {
        CheckState.HIT, CheckState.WAITING, CheckState.NOT_FOUND, CheckState.UNAVAILABLE}


FAILURES = tuple({state for state, _ in everything() if not state.is_present})


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_a_review_in_which_systems_fail_never_does_better_than_one_in_which_they_have_not_answered(seed: int) -> None:
    random = Random(seed)
    for _ in range(50):
        rows = [([random.choice(list(CheckState)) for _ in range(random.randint(1, 4))], random.random() < 0.8) for _ in range(15)]
        asked = [(at, number) for at, (states, _) in enumerate(rows) for number in range(len(states)) if random.random() < 0.3]
        waits, fails = ([Answered(str(at), tuple(
            random_state(random) if (at, number) in asked else state for number, state in enumerate(states)), signed)
            for at, (states, signed) in enumerate(rows)] for random_state in (lambda _: CheckState.WAITING, lambda r: r.choice(FAILURES)))
        assert set(waiting(waits)) <= set(waiting(fails))
        assert set(unsigned(fails)) == set(unsigned(waits))
