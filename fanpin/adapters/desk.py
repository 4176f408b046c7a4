"""The desk: an officer answers a form made from the kind, and the answer is as any other transport's."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from fanpin.adapters.contract import (
    GREATEST_AMOUNT, LENGTHS, Answer, Batch, CoverageItem, Fact, Key, Known, Later, NotFound, Transport, Unavailable,
    fact_errors,
)
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import Column, Kind, Unit
from fanpin.rules.refusals import Invalid
from fanpin.rules.titles import TitledEnum

FieldType = Literal["choice", "date", "amount", "number", "text"]
DEFAULT_SCOPE = "本县登记范围"
# A person with more than three cars is written on three lines and a note; the form stays short.
ROWS = 3
REASON_LENGTH = 200


class Outcome(TitledEnum):
    """What the officer found; the first question of every desk form."""

    FOUND = ("found", "查到登记（填写下列内容）")
    NONE = ("none", "已查询，未查到")
    NOT_FOUND = ("not_found", "查无此人，无法确认身份")
    LATER = ("later", "需要时间，稍后答复")
    UNAVAILABLE = ("unavailable", "暂时无法查询")


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """One field of a desk form, without a word about how it is drawn."""

    name: str
    label: str
    type: FieldType
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    longest: int | None = None
    default: str = ""


def batch_fields() -> tuple[FieldSpec, ...]:
    """Describe what is asked once for a department's whole answer: as-of day and coverage."""
    return (
        FieldSpec(name="as_of", label="数据截止日期", type="date", required=True),
        FieldSpec(name="register_scope", label="查询范围", type="text", required=True, longest=120, default=DEFAULT_SCOPE),
        FieldSpec(name="complete", label="是否查全该范围", type="choice", required=True, default="yes",
                  choices=(("yes", "已查全"), ("no", "未查全"))),
    )


def form_fields(kind: Kind, *, rows: int = 1) -> tuple[FieldSpec, ...]:
    """Describe the form of a kind: the outcome, up to three registrations, a day and a reason."""
    specs = [FieldSpec(name="outcome", label="查询结果", type="choice", required=True, choices=tuple(Outcome.choices()))]
    for row in range(min(rows, ROWS)):
        specs.extend(_field(column, kind, row) for column in kind.columns)
    specs.append(FieldSpec(name="due", label="预计答复日期（稍后答复时填写）", type="date"))
    specs.append(FieldSpec(name="reason", label="无法查询的原因", type="text", longest=REASON_LENGTH))
    return tuple(specs)


def _name(column: Column, row: int) -> str:
    return column.field if row == 0 else f"{column.field}-{row + 1}"


def _field(column: Column, kind: Kind, row: int) -> FieldSpec:
    name, label = _name(column, row), column.label if row == 0 else f"{column.label}（第{row + 1}条）"
    required = column.required and row == 0
    if column.field == "value":
        return FieldSpec(name=name, label=label, type="choice", required=required, choices=kind.values)
    if column.field == "amount":
        heads = kind.unit is Unit.HEADS
        return FieldSpec(name=name, label=label, type="number" if heads else "amount", required=required,
                         unit=kind.unit.title if kind.unit else "")
    if column.field in ("date", "ended"):
        return FieldSpec(name=name, label=label, type="date", required=required)
    return FieldSpec(name=name, label=label, type="text", required=required, longest=LENGTHS[column.field])


def answer_from_form(kind: Kind, typed: Mapping[str, str], *, subject: str, as_of: date) -> Answer:
    """Read a desk form into an answer; raise `Invalid` with a sentence per field."""
    outcome = typed.get("outcome", "").strip()
    if outcome == Outcome.FOUND:
        return Known(_facts(kind, typed, subject=subject, as_of=as_of))
    if outcome == Outcome.NONE:
        return Known()
    if outcome == Outcome.NOT_FOUND:
        return NotFound()
    if outcome == Outcome.LATER:
        return Later(_later(typed))
    if outcome == Outcome.UNAVAILABLE:
        return Unavailable(_reason(typed))
    raise Invalid({"outcome": "请选择查询结果。"})


def desk_batch(department: Department, answers: Mapping[Key, Answer], *, as_of: date, register_scope: str,
               complete: bool) -> Batch:
    """Put an officer's answers together; the searched register covers exactly those who were looked up in it."""
    searched: dict[str, set[str]] = defaultdict(set)
    for (subject, kind), answer in answers.items():
        if isinstance(answer, Known):
            searched[kind].add(subject)
    coverage = tuple(
        CoverageItem(kind=kind, subjects=frozenset(subjects), register_scope=register_scope.strip(), covers_to=as_of,
                     complete=complete)
        for kind, subjects in searched.items())
    return Batch(department=department, source=Transport.DESK, as_of=as_of, coverage=coverage, answers=dict(answers))


def _facts(kind: Kind, typed: Mapping[str, str], *, subject: str, as_of: date) -> tuple[Fact, ...]:
    errors: dict[str, str] = {}
    rows = [row for row in range(ROWS) if row == 0 or _filled(kind, typed, row)]
    facts = [_fact(kind, typed, row, subject, as_of, errors) for row in rows]
    if errors:
        raise Invalid(errors)
    return tuple(facts)


def _filled(kind: Kind, typed: Mapping[str, str], row: int) -> bool:
    return any(typed.get(_name(column, row), "").strip() for column in kind.columns)


def _fact(kind: Kind, typed: Mapping[str, str], row: int, subject: str, as_of: date, errors: dict[str, str]) -> Fact:
    values: dict[str, str | int | date | None] = {}
    wrong = False
    for column in kind.columns:
        name, text = _name(column, row), _clean(typed.get(_name(column, row), ""))
        try:
            values[column.field] = _read(column, kind, text)
        except ValueError as error:
            errors[name], wrong = str(error), True
    fact = Fact(subject=subject, kind=kind.code, **values)  # type: ignore[arg-type]
    if not wrong:
        for field, text in fact_errors(fact, as_of=as_of).items():
            errors[field if row == 0 else f"{field}-{row + 1}"] = text + "。"
    return fact


def _clean(text: str) -> str:
    return " ".join(text.split())


def _read(column: Column, kind: Kind, text: str) -> str | int | date | None:
    if column.field in ("date", "ended"):
        return _date(text, column.label) if text else None
    if column.field == "amount":
        return _amount(text, column.label, kind.unit) if text else None
    return text


def _date(text: str, label: str) -> date:
    try:
        return date.fromisoformat(unicodedata.normalize("NFKC", text))
    except ValueError:
        raise ValueError(f"“{label}”请按 2026-03-02 的样式填写日期。") from None


def _amount(text: str, label: str, unit: Unit | None) -> int:
    scale = unit.scale if unit else 1
    shown = unit.title if unit else ""
    try:
        number = Decimal(unicodedata.normalize("NFKC", text).replace(",", "")) * scale
    except InvalidOperation:
        raise ValueError(f"“{label}”请填写数字（单位：{shown}）。") from None
    if not number.is_finite() or number < 0:
        raise ValueError(f"“{label}”请填写不小于零的数字（单位：{shown}）。")
    if number > GREATEST_AMOUNT or number != number.to_integral_value():
        raise ValueError(f"“{label}”数额过大或小数过多，请核对（单位：{shown}）。")
    return int(number)


def _later(typed: Mapping[str, str]) -> date:
    text = _clean(typed.get("due", ""))
    if not text:
        raise Invalid({"due": "请填写预计答复日期。"})
    try:
        return _date(text, "预计答复日期")
    except ValueError as error:
        raise Invalid({"due": str(error)}) from None


def _reason(typed: Mapping[str, str]) -> str:
    text = _clean(typed.get("reason", ""))
    if not text:
        raise Invalid({"reason": "请写明无法查询的原因。"})
    if len(text) > REASON_LENGTH:
        raise Invalid({"reason": f"原因请控制在{REASON_LENGTH}字以内。"})
    return text
