"""The desk: forms come from the kinds, and what is typed wrong is answered in Chinese, field by field."""

from datetime import date

import pytest

from fanpin.adapters.contract import Fact, Known, Later, NotFound, Transport, Unavailable, check_batch, derive_check
from fanpin.adapters.desk import ROWS, answer_from_form, batch_fields, desk_batch, form_fields
from fanpin.rules.checks import CheckState
from fanpin.rules.departments import Department
from fanpin.rules.duties import KINDS, Unit
from fanpin.rules.refusals import Invalid

AS_OF = date(2026, 2, 27)
VEHICLE, MEDICAL, HIRED = KINDS["vehicle"], KINDS["medical_cost"], KINDS["hired_labour"]
CAR = {"outcome": "found", "value": "private_car", "ref": " 云X00001 ", "date": "2019-05-01", "label": "演示牌  轿车"}


def _answer(kind=VEHICLE, **typed: str):
    return answer_from_form(kind, typed, subject="T1", as_of=AS_OF)


def _problems(kind=VEHICLE, **typed: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        _answer(kind, **typed)
    return refused.value.problems


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_every_kind_has_a_form_with_words_for_each_field(kind) -> None:
    specs = form_fields(kind)
    names = [spec.name for spec in specs]
    assert names[0] == "outcome" and names[-2:] == ["due", "reason"] and len(names) == len(set(names))
    assert all(spec.label for spec in specs)
    assert all(spec.choices for spec in specs if spec.type == "choice")
    assert all(spec.unit for spec in specs if spec.type in ("amount", "number"))


def test_a_form_offers_the_kinds_own_values() -> None:
    value = next(spec for spec in form_fields(VEHICLE) if spec.name == "value")
    assert value.type == "choice" and value.required and ("freight", "货运车辆") in value.choices


def test_further_registrations_get_fields_of_their_own_and_none_is_required() -> None:
    names = {spec.name: spec for spec in form_fields(VEHICLE, rows=ROWS + 4)}
    assert {"value", "value-2", "value-3"} <= set(names) and "value-4" not in names
    assert not names["value-2"].required and "第2条" in names["value-2"].label


def test_what_was_found_becomes_a_fact() -> None:
    fact = Fact(subject="T1", kind="vehicle", value="private_car", ref="云X00001", date=date(2019, 5, 1), label="演示牌 轿车")
    assert _answer(**CAR) == Known((fact,))


def test_two_cars_become_two_facts() -> None:
    answer = _answer(**CAR, **{"value-2": "farm", "ref-2": "云X00002"})
    assert [fact.value for fact in answer.facts] == ["private_car", "farm"]


def test_the_other_outcomes_become_their_answers() -> None:
    assert _answer(outcome="none") == Known()
    assert _answer(outcome="not_found") == NotFound()
    assert _answer(outcome="later", due="2026-03-10") == Later(date(2026, 3, 10))
    assert _answer(outcome="unavailable", reason="车驾管系统升级") == Unavailable("车驾管系统升级")


def test_fields_left_over_from_another_outcome_are_not_taken() -> None:
    assert _answer(**{**CAR, "outcome": "none"}) == Known()


@pytest.mark.parametrize(("typed", "field", "words"), [
    ({}, "outcome", "请选择"), ({"outcome": "maybe"}, "outcome", "请选择"), ({"outcome": "later"}, "due", "预计答复日期"),
    ({"outcome": "later", "due": "下周"}, "due", "2026-03-02"), ({"outcome": "unavailable"}, "reason", "原因"),
    ({"outcome": "unavailable", "reason": "长" * 201}, "reason", "200"), ({**CAR, "value": ""}, "value", "缺少"),
    ({**CAR, "value": "tank"}, "value", "不在规定范围"), ({**CAR, "ref": ""}, "ref", "号牌号码"),
    ({**CAR, "date": "2019年"}, "date", "2026-03-02"), ({**CAR, "date": "2026-02-28"}, "date", "晚于"),
    ({**CAR, "ended": "2018-01-01"}, "ended", "早于"), ({**CAR, "label": "长" * 41}, "label", "40"),
    ({**CAR, "value-2": "farm"}, "ref-2", "缺少"),
])
def test_what_is_typed_wrong_is_said_at_its_field(typed: dict[str, str], field: str, words: str) -> None:
    problems = _problems(**typed)
    assert list(problems) == [field] and words in problems[field] and problems[field].endswith("。")


def test_all_wrong_fields_are_told_at_once() -> None:
    assert set(_problems(outcome="found", date="x", ended="y")) == {"date", "ended"}
    assert set(_problems(outcome="found")) == {"value", "ref"}


@pytest.mark.parametrize(("typed", "fen"), [("12345.67", 1234567), ("12,345.6", 1234560), ("０", 0), ("１２．５", 1250)])
def test_money_is_typed_in_yuan_and_kept_in_fen(typed: str, fen: int) -> None:
    assert _answer(MEDICAL, outcome="found", amount=typed).facts[0].amount == fen


@pytest.mark.parametrize("typed", ["-1", "1.234", "一千", "NaN", "Infinity", "1e30", "", "--"])
def test_an_amount_that_is_none_is_refused(typed: str) -> None:
    assert set(_problems(MEDICAL, outcome="found", amount=typed)) == {"amount"}


def test_heads_are_counted_whole() -> None:
    assert HIRED.unit is Unit.HEADS
    assert _answer(HIRED, outcome="found", value="hires", amount="3").facts[0].amount == 3
    assert set(_problems(HIRED, outcome="found", value="hires", amount="2.5")) == {"amount"}


def test_a_desk_answer_covers_exactly_those_who_were_looked_up() -> None:
    answers = {("T1", "vehicle"): Known(), ("T2", "vehicle"): NotFound(), ("T3", "vehicle"): Unavailable("停电")}
    batch = desk_batch(Department.PUBLIC_SECURITY, answers, as_of=AS_OF, register_scope=" 本县登记范围 ", complete=True)
    assert batch.source is Transport.DESK and check_batch(batch, set(answers), today=AS_OF) == []
    states = [derive_check(answer, subject=key[0], kind=key[1], as_of=batch.as_of, coverage=batch.coverage,
                           today=AS_OF).state for key, answer in answers.items()]
    assert states == [CheckState.CLEAR, CheckState.NOT_FOUND, CheckState.UNAVAILABLE]


def test_an_officer_who_did_not_search_the_whole_register_proves_nothing() -> None:
    batch = desk_batch(Department.PUBLIC_SECURITY, {("T1", "vehicle"): Known()}, as_of=AS_OF, register_scope="本县登记范围",
                       complete=False)
    check = derive_check(Known(), subject="T1", kind="vehicle", as_of=AS_OF, coverage=batch.coverage, today=AS_OF)
    assert check.state is CheckState.UNAVAILABLE


def test_day_and_scope_are_asked_once_for_the_whole_answer() -> None:
    assert [spec.name for spec in batch_fields()] == ["as_of", "register_scope", "complete"]
    assert all(spec.required for spec in batch_fields())
