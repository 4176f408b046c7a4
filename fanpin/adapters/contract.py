"""What every transport speaks: facts, four answers, coverage, batches, and the check that follows from them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from fanpin.rules.checks import Check, CheckState
from fanpin.rules.departments import Department
from fanpin.rules.duty_tables import KINDS
from fanpin.rules.duty_kinds import Kind
from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Problem

LENGTHS = {"label": 40, "other": 40, "ref": 80}
GREATEST_AMOUNT = 10**15
FRESH_DAYS = 90

Key = tuple[str, str]
# A field named `date` would hide the type from the fields below it.
Day = date


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What a department knows and answers for (design §7); `amount` in hundredths of the kind's unit."""

    subject: str
    kind: str
    ref: str = ""
    date: Day | None = None
    ended: Day | None = None
    amount: int | None = None
    value: str = ""
    other: str = ""
    label: str = ""


@dataclass(frozen=True)
class Known:
    """The register was searched: these facts, or none."""

    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class NotFound:
    """The person could not be identified; no present answer."""


@dataclass(frozen=True)
class Later:
    """The answer comes by the day named."""

    due: date


@dataclass(frozen=True)
class Unavailable:
    """The register could not be searched, and why."""

    reason: str


Answer = Known | NotFound | Later | Unavailable


class Transport(TitledEnum):
    """The way on which a batch came."""

    DESK = ("desk", "部门人员填报")
    SHEET = ("sheet", "表格导入")
    DATABASE = ("database", "中间库")
    PLATFORM = ("platform", "数据共享平台")


@dataclass(frozen=True, kw_only=True)
class CoverageItem:
    """What proves "clear": which register was searched for whom, up to which day, completely or not."""

    kind: str
    subjects: frozenset[str]
    register_scope: str
    covers_to: date
    complete: bool
    covers_from: date | None = None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One delivery of answers by one department; `answers` by (subject token, kind)."""

    department: Department
    source: Transport
    as_of: date
    coverage: tuple[CoverageItem, ...] = ()
    answers: Mapping[Key, Answer] = field(default_factory=dict)


def fact_errors(fact: Fact, *, as_of: date) -> dict[str, str]:
    """Return a sentence per field that does not fit the fact's kind: value, length, day, amount."""
    kind = KINDS.get(fact.kind)
    if kind is None:
        return {"kind": f"没有“{fact.kind}”这一事项"}
    return {**_date_errors(fact, kind, as_of), **_amount_errors(fact, kind), **_column_errors(fact, kind)}


def fact_problems(fact: Fact, *, as_of: date) -> list[Problem]:
    """Return the same as problems about this person and kind."""
    return [Problem(f"fact.{name}", text, subject=f"{fact.subject}/{fact.kind}")
            for name, text in fact_errors(fact, as_of=as_of).items()]


def _column_errors(fact: Fact, kind: Kind) -> dict[str, str]:
    errors = {}
    for name in ("ref", "date", "ended", "amount", "value", "other", "label"):
        column, content = kind.column(name), getattr(fact, name)
        filled = content not in ("", None)
        if column is None and filled:
            errors[name] = f"“{kind.title}”没有“{name}”这一栏，请不要填写"
        elif column is not None and column.required and not filled:
            errors[name] = f"“{kind.title}”缺少“{column.label}”"
        elif column is not None and name in LENGTHS and len(content) > LENGTHS[name]:
            errors[name] = f"“{column.label}”超过{LENGTHS[name]}个字，请精简"
    if fact.value and fact.value not in kind.codes:
        errors["value"] = f"“{kind.title}”的取值“{fact.value}”不在规定范围内"
    return errors


def _date_errors(fact: Fact, kind: Kind, as_of: date) -> dict[str, str]:
    begun = kind.column("date")
    if begun is not None and fact.date is not None and fact.date > as_of:
        return {"date": f"“{begun.label}”晚于数据截止日期"}
    if fact.date is not None and fact.ended is not None and fact.ended < fact.date:
        return {"ended": f"“{kind.title}”的结束日期早于开始日期"}
    return {}


def _amount_errors(fact: Fact, kind: Kind) -> dict[str, str]:
    whole = isinstance(fact.amount, int) and not isinstance(fact.amount, bool)
    if fact.amount is None or whole and 0 <= fact.amount <= GREATEST_AMOUNT:
        return {}
    return {"amount": f"“{kind.title}”的数额须是不小于零的整数（金额以分计）"}


def check_batch(batch: Batch, asked: Collection[Key], *, today: date) -> list[Problem]:
    """Name what is wrong with a batch; an answer about anybody not asked rejects it whole (design §7)."""
    wanted = set(asked)
    strangers = [key for key in batch.answers if key not in wanted]
    if strangers:
        return [Problem("not_asked", "含有未经查询的人员或事项，整批退回", subject=f"{token}/{kind}")
                for token, kind in strangers]
    problems = [Problem("as_of_future", "数据截止日期晚于今天")] if batch.as_of > today else []
    for key, answer in batch.answers.items():
        problems.extend(_answer_problems(key, answer, batch, today))
    for item in batch.coverage:
        problems.extend(_coverage_problems(item, batch, wanted))
    return problems


def _answer_problems(key: Key, answer: Answer, batch: Batch, today: date) -> Iterable[Problem]:
    where = f"{key[0]}/{key[1]}"
    if isinstance(answer, Known):
        for fact in answer.facts:
            if (fact.subject, fact.kind) != key:
                yield Problem("not_asked", "含有未经查询的人员或事项，整批退回", subject=f"{fact.subject}/{fact.kind}")
            else:
                yield from fact_problems(fact, as_of=batch.as_of)
    elif isinstance(answer, Later) and answer.due < today:
        yield Problem("due_past", "预计答复日期不能早于今天", subject=where)
    elif isinstance(answer, Unavailable) and not answer.reason.strip():
        yield Problem("reason_missing", "请写明无法查询的原因", subject=where)


def _coverage_problems(item: CoverageItem, batch: Batch, wanted: set[Key]) -> Iterable[Problem]:
    kind = KINDS.get(item.kind)
    title = kind.title if kind else item.kind
    if any((subject, item.kind) not in wanted for subject in item.subjects):
        yield Problem("not_asked", "查询范围含有未经查询的人员或事项，整批退回", subject=item.kind)
    if not item.register_scope.strip():
        yield Problem("scope_missing", f"请写明“{title}”的查询范围（如：本县登记范围）", subject=item.kind)
    if item.covers_to > batch.as_of:
        yield Problem("coverage_future", f"“{title}”的查询范围晚于数据截止日期", subject=item.kind)
    if item.covers_from is not None and item.covers_from > item.covers_to:
        yield Problem("coverage_order", f"“{title}”的查询范围起止颠倒", subject=item.kind)


def derive_check(answer: Answer | None, *, subject: str, kind: str, as_of: date | None,
                 coverage: Sequence[CoverageItem], today: date, fresh_days: int = FRESH_DAYS) -> Check:
    """Return the state of one question; clear needs a complete, fresh coverage of this subject (design §1 (5))."""
    if answer is None:
        return Check(CheckState.WAITING, "部门还没有答复")
    if isinstance(answer, Later):
        late = "，已逾期，请催办" if answer.due < today else ""
        return Check(CheckState.WAITING, f"部门预计{answer.due:%Y年%-m月%-d日}前答复{late}")
    if isinstance(answer, NotFound):
        return Check(CheckState.NOT_FOUND, "按姓名和身份证号查无此人，请由该部门人工核实并附依据")
    if isinstance(answer, Unavailable):
        return Check(CheckState.UNAVAILABLE, f"部门无法查询：{answer.reason}")
    if as_of is None or as_of > today:
        return Check(CheckState.UNAVAILABLE, "答复没有有效的数据截止日期，请部门补正")
    oldest = today - timedelta(days=fresh_days)
    if as_of < oldest:
        return Check(CheckState.STALE, f"数据截至{as_of:%Y年%-m月%-d日}，已超过{fresh_days}天，请重新查询")
    if answer.facts:
        return Check(CheckState.HIT, f"查到登记{len(answer.facts)}条，数据截至{as_of:%Y年%-m月%-d日}")
    return _clear(subject, kind, coverage, oldest=oldest, today=today)


def _clear(subject: str, kind: str, coverage: Sequence[CoverageItem], *, oldest: date, today: date) -> Check:
    own = [item for item in coverage if item.kind == kind and subject in item.subjects]
    whole = [item for item in own if item.complete and item.register_scope.strip() and item.covers_to <= today]
    fresh = [item for item in whole if item.covers_to >= oldest]
    if fresh:
        best = max(fresh, key=lambda item: item.covers_to)
        return Check(CheckState.CLEAR, f"{best.register_scope}内未查到，数据截至{best.covers_to:%Y年%-m月%-d日}",
                     best.register_scope)
    if whole:
        return Check(CheckState.STALE, "查询范围的数据已过期，请重新查询")
    return Check(CheckState.UNAVAILABLE, "部门没有查全登记范围，不能认定为未查到")
