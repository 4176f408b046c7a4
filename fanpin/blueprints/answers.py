"""What the departments answered about a case, and the ten circumstances as lights: for pages that show them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fanpin.models.calls import Reminder, SystemCall
from fanpin.models.cases import Case
from fanpin.models.county import (
    AnyInquiry, CoverageRow, DirectRequest, FactRow, FindingRow, Inquiry, Question, Resolution, UnaskedStatement,
)
from fanpin.models.dossier_county import inquiries_of, is_present
from fanpin.models.surveys import Survey
from fanpin.rules.book import kinds_behind
from fanpin.rules.calls import CallState
from fanpin.rules.checks import CheckState
from fanpin.rules.circumstances import CIRCUMSTANCES, Circumstance
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.departments import Department
from fanpin.rules.duties import kind_of
from fanpin.rules.duty_kinds import SubjectKind, Unit
from fanpin.rules.income import yuan
from fanpin.rules.stages import Procedure
from fanpin.rules.survey import SurveyItem
from fanpin.steps import last_answers

# 第八项: 空挂户.
EMPTY = 8
GROWN_OLD = "答复已超过90天，须重新查询"
# A check's sentence ends with its day, which is said beside the last good answer already.
UNTIL = "，数据截至"
# The worst of several answers is what a light shows.
WORST = (CheckState.NOT_FOUND, CheckState.UNAVAILABLE, CheckState.STALE, CheckState.WAITING)


@dataclass(frozen=True)
class Last:
    """The last good answer to a question that has none now, in words: shown greyed, counted nowhere."""

    said: str
    as_of: date


@dataclass(frozen=True)
class Answer:
    """One question with what was answered: state today, register searched, facts in words."""

    question: Question
    title: str
    state: CheckState
    scope: str
    facts: tuple[str, ...]
    last: "Last | None" = None

    @property
    def said(self) -> str:
        """Return the facts, or the sentence of the check; what no longer counts is said as the last good answer."""
        if self.last is not None and self.state is CheckState.STALE:
            return GROWN_OLD
        return "；".join(self.facts) if self.facts else self.question.reason


@dataclass(frozen=True)
class DepartmentAnswers:
    """One inquiry with its answers, counted."""

    inquiry: AnyInquiry
    title: str
    answers: tuple[Answer, ...]
    today: date
    calls: tuple[SystemCall, ...] = ()
    reminders: tuple[Reminder, ...] = ()

    @property
    def asking(self) -> tuple[SystemCall, ...]:
        """List the calls to the department's system that have not brought an answer."""
        return tuple(call for call in self.calls if call.state is not CallState.DONE)

    @property
    def lasts(self) -> dict[int, Last]:
        """Return the last good answers by the question that has none now."""
        return {answer.question.id: answer.last for answer in self.answers if answer.last is not None}

    @property
    def open(self) -> int:
        """Count the questions without a present answer."""
        return sum(not answer.state.is_present for answer in self.answers)

    @property
    def hits(self) -> int:
        """Count the questions to which something was found."""
        return sum(answer.state is CheckState.HIT for answer in self.answers)

    @property
    def overdue(self) -> bool:
        """Say whether the limit has passed without a signature."""
        return self.inquiry.signed_at is None and self.inquiry.due_on < self.today


@dataclass(frozen=True)
class Hit:
    """A finding with the resolution that answers it, if any."""

    finding: FindingRow
    law: Circumstance
    resolution: Resolution | None

    @property
    def kind(self) -> ResolutionKind | None:
        """Return what people did with it."""
        return ResolutionKind(self.resolution.kind) if self.resolution else None


@dataclass(frozen=True)
class Lamp:
    """One circumstance as the page shows it; the names are those of the component."""

    number: int
    title: str
    state: str
    said: str
    source: str = ""
    as_of: date | None = None
    url: str = ""


@dataclass(frozen=True)
class Unasked:
    """An adult who has not signed, and the village's statement about them."""

    member_id: int
    name: str
    statement: UnaskedStatement | None


@dataclass(frozen=True)
class JointReview:
    """Everything of 三(六) that a page shows of one case."""

    departments: tuple[DepartmentAnswers, ...] = ()
    hits: tuple[Hit, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    direct: tuple[DepartmentAnswers, ...] = ()

    @cached_property
    def open_hits(self) -> tuple[Hit, ...]:
        """List the hits that nobody has resolved."""
        return tuple(hit for hit in self.hits if hit.resolution is None)

    @cached_property
    def waiting(self) -> tuple[DepartmentAnswers, ...]:
        """List the departments that have not signed."""
        return tuple(row for row in self.departments if row.inquiry.signed_at is None)

    def facts(self, kind: str) -> tuple[str, ...]:
        """List what was found of a kind, with whose it is."""
        return tuple(f"{answer.question.subject_name}：{text}" for row in self.departments for answer in row.answers
                     if answer.question.kind == kind for text in answer.facts)


def read(session: Session, case: Case, *, first_round: int, unsigned: Sequence[tuple[int, str]], today: date) -> JointReview:
    """Read the answers, findings and statements of a case in eight statements."""
    inquiries = inquiries_of(session, case, first_round=first_round)
    direct = session.scalars(select(DirectRequest).where(DirectRequest.case_id == case.id).order_by(DirectRequest.id.desc())
                             .options(selectinload(DirectRequest.questions))).all()
    if not inquiries and not direct:
        return JointReview(unasked=_unasked(session, case, unsigned, first_round))
    told = told_by(session, [*inquiries, *direct], today=today)
    return JointReview(told[:len(inquiries)], hits(session, case) if inquiries else (),
                       _unasked(session, case, unsigned, first_round), told[len(inquiries):])


def told_by(session: Session, inquiries: Sequence[AnyInquiry], *, today: date) -> tuple[DepartmentAnswers, ...]:
    """Return what each department answered, in a constant number of statements."""
    ids = [question.id for row in inquiries for question in row.questions]
    scopes = _scopes(session, ids)
    facts = defaultdict(list)
    for row in session.scalars(select(FactRow).where(FactRow.question_id.in_(ids), FactRow.superseded.is_(False))
                               .order_by(FactRow.id)):
        facts[row.question_id].append(fact_words(row))
    # Of the province's requests there are neither calls nor reminders, and its officers never see the county's.
    county = [row for row in inquiries if isinstance(row, Inquiry)]
    last = last_of(session, county, today=today)
    calls, reminders = (_by_inquiry(session, table, county) for table in (SystemCall, Reminder))
    return tuple(DepartmentAnswers(
        row, Department(row.department).title + ("（省级）" if isinstance(row, DirectRequest) else ""),
        tuple(_answer(question, scopes, facts, last, today) for question in row.questions), today,
        tuple(calls[row.id]), tuple(reminders[row.id])) for row in inquiries)


def last_of(session: Session, inquiries: Sequence[Inquiry], *, today: date) -> dict[int, Last]:
    """Return the last good answers, in words, by the question that has none now."""
    return {number: Last("；".join(map(fact_words, row.facts)) or row.reason.partition(UNTIL)[0], row.as_of)
            for number, row in last_answers.beside(session, inquiries, today=today).items()}


def _by_inquiry(session: Session, table: type[SystemCall] | type[Reminder], inquiries: Sequence[Inquiry]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    if inquiries:
        for row in session.scalars(select(table).where(table.inquiry_id.in_([row.id for row in inquiries])).order_by(table.id)):
            found[row.inquiry_id].append(row)
    return found


def _scopes(session: Session, ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(CoverageRow.question_id, CoverageRow.register_scope).where(
        CoverageRow.question_id.in_(ids)).order_by(CoverageRow.id))
    return {row.question_id: row.register_scope for row in rows}


def _answer(question: Question, scopes: Mapping[int, str], facts: Mapping[int, Sequence[str]], last: Mapping[int, Last],
            today: date) -> Answer:
    state = CheckState(question.state)
    if state.is_present and not is_present(question, today):
        state = CheckState.STALE
    return Answer(question, kind_of(question.kind).title, state, scopes.get(question.id, ""),
                  tuple(facts.get(question.id, ())), last.get(question.id))


def fact_words(row: FactRow) -> str:
    """Say a fact in words: its value, label, amount and day."""
    kind = kind_of(row.kind)
    parts = [kind.value_title(row.value)] if row.value else []
    parts += [text for text in (kind.label_words(row.label), row.other, row.ref_no) if text]
    column = kind.column("amount")
    if row.amount is not None and column and kind.unit:
        shown = str(row.amount) if kind.unit is Unit.HEADS else yuan(row.amount)
        parts.append(f"{column.label}{shown}{kind.unit.title}")
    for name in ("date", "ended"):
        day, column = getattr(row, name), kind.column(name)
        if day and column:
            parts.append(f"{column.label}{day:%Y年%-m月%-d日}")
    return "，".join(parts)


def hits(session: Session, case: Case) -> tuple[Hit, ...]:
    """List the current findings of an entering case, each with its resolution."""
    if case.procedure is not Procedure.ENTERING:
        return ()
    rows = session.execute(
        select(FindingRow, Resolution)
        .outerjoin(Resolution, (Resolution.finding_id == FindingRow.id) & Resolution.replaced.is_(False)
                   & (Resolution.evidence_digest == FindingRow.evidence_digest))
        .where(FindingRow.case_id == case.id, FindingRow.current.is_(True))
        .order_by(FindingRow.circumstance, FindingRow.id)).all()
    return tuple(Hit(finding, CIRCUMSTANCES[finding.circumstance], resolution) for finding, resolution in rows)


def _unasked(session: Session, case: Case, unsigned: Sequence[tuple[int, str]], first_round: int) -> tuple[Unasked, ...]:
    if not unsigned:
        return ()
    rows = {row.member_id: row for row in session.scalars(select(UnaskedStatement).where(
        UnaskedStatement.case_id == case.id, UnaskedStatement.procedure == case.procedure,
        UnaskedStatement.round >= first_round).order_by(UnaskedStatement.round))}
    return tuple(Unasked(member_id, name, rows.get(member_id)) for member_id, name in unsigned)


def lamps(joint: JointReview, survey: Survey | None, *, lives_here: bool, urls: Mapping[int, str]) -> tuple[Lamp, ...]:
    """Show each of the ten circumstances; `urls` leads from a finding (by id) to where it is resolved."""
    shown = tuple(_lamp(law, joint, survey, urls) for law in CIRCUMSTANCES.values())
    if lives_here:
        return shown
    away = "登记为不在本村生产生活，请核实是否空挂户"
    return tuple(replace(lamp, state="hit", said=away) if lamp.number == EMPTY and lamp.state != "resolved" else lamp
                 for lamp in shown)


def _lamp(law: Circumstance, joint: JointReview, survey: Survey | None, urls: Mapping[int, str]) -> Lamp:
    own = [hit for hit in joint.hits if hit.law.number == law.number]
    codes = kinds_behind(law.number)
    answers = [answer for row in joint.departments for answer in row.answers if answer.question.kind in codes]
    sources = dict.fromkeys(row.title for row in joint.departments
                            if any(answer.question.kind in codes for answer in row.answers))
    village = any(kind_of(code).village for code in codes)
    seen = survey is not None and bool(survey.items.get(SurveyItem.POPULATION.value, "").strip())
    if village and seen:
        sources["村级入户调查"] = None
    days = [answer.question.as_of for answer in answers if answer.question.as_of]
    if village and seen and survey is not None:
        days.append(survey.visited_on)
    state, said = _state(law, own, answers, joint.unasked, village=village, seen=seen)
    url = next((urls[hit.finding.id] for hit in own if hit.finding.id in urls), "")
    return Lamp(law.number, law.title, state, said, "、".join(sources), min(days, default=None), url)


def _state(law: Circumstance, own: Sequence[Hit], answers: Sequence[Answer], unasked: Sequence[Unasked], *,
           village: bool, seen: bool) -> tuple[str, str]:
    if own:
        standing = [hit for hit in own if hit.resolution is None or hit.kind is ResolutionKind.NOT_INCLUDED]
        told = "；".join(_told(hit) for hit in standing or own)
        return ("hit" if standing else "resolved"), told
    if not answers and not (village and seen):
        return "", ""
    for state in WORST:
        found = [answer for answer in answers if answer.state is state]
        if found:
            names = "、".join(dict.fromkeys(answer.question.subject_name for answer in found))
            return state.value, f"{names}：{found[0].question.reason or state.title}"
    if unasked and any(kind_of(code).subject is SubjectKind.PERSON and not kind_of(code).village
                       for code in kinds_behind(law.number)):
        return "", "；".join(_barred(row) for row in unasked)
    if village and not seen:
        return "", "还要由村级入户核实"
    if any(answer.state is CheckState.HIT for answer in answers):
        return CheckState.CLEAR.value, "查到的登记不属于本项所指"
    return CheckState.CLEAR.value, _cleared(answers)


def _barred(row: Unasked) -> str:
    accepted = row.statement is not None and row.statement.accepted_at is not None
    return f"{row.name}未授权未查询" + ("（已采信村级证明）" if accepted else "")


def _told(hit: Hit) -> str:
    return f"{hit.finding.explanation}处理：{hit.kind.title}。" if hit.kind else hit.finding.explanation


def _cleared(answers: Sequence[Answer]) -> str:
    scopes = "、".join(dict.fromkeys(answer.scope for answer in answers if answer.scope))
    return f"{scopes}内未查到" if scopes else "入户核实未发现"
