"""A sheet that answers: open questions of the joint review are answered from it, and nobody else is told of (三(三), 三(六))."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from fanpin.adapters.contract import Answer, Batch, CoverageItem, Fact, Known, NotFound, Transport
from fanpin.models.cases import Case
from fanpin.models.county import Batch as BatchRow
from fanpin.models.county import Inquiry, Question
from fanpin.models.deliveries import Delivery
from fanpin.models.scoped import within
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import SubjectKind
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Stage
from fanpin.steps import exchange, standing
from fanpin.steps.delivery_reading import ReadRow
from fanpin.steps.matching import Found, same_name

Subject = tuple[str, object]


@dataclass
class Asked:
    """The open questions of a department by whom they are about, and what the sheet has said of them so far."""

    inquiries: list[Inquiry] = field(default_factory=list)
    by_subject: dict[tuple[str, Subject], list[Question]] = field(default_factory=dict)
    facts: dict[int, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[int, Answer] = field(default_factory=dict)

    def take(self, row: ReadRow, found: Found | None) -> tuple[set[str], list[str]]:
        """Give a row's facts to the questions that they answer; return the kinds that did, and names that differ."""
        taken: set[str] = set()
        differing = []
        for kind in dict.fromkeys([*(fact.kind for fact in row.facts), *row.answers]):
            questions = [question for subject in _subjects(kind, row, found)
                         for question in self.by_subject.get((kind, subject), ())]
            for question in questions:
                taken.add(kind)
                if kind_of(kind).subject is SubjectKind.PERSON and row.keys.name and not same_name(
                        question.subject_name, row.keys.name):
                    self.answers[question.id] = NotFound()
                    differing.append(question.subject_name)
                    continue
                self.facts[question.id] += [replace(fact, subject=question.token) for fact in row.facts if fact.kind == kind]
                if kind in row.answers:
                    self.answers[question.id] = row.answers[kind]
        return taken, differing

    def answer_of(self, question: Question, *, complete: bool) -> Answer | None:
        """Return what the sheet says of a question; who is not in it is clear only where it is complete."""
        if question.id in self.answers:
            return self.answers[question.id]
        if self.facts.get(question.id):
            return Known(tuple(self.facts[question.id]))
        return Known() if complete else None


def _subjects(kind: str, row: ReadRow, found: Found | None) -> Iterable[Subject]:
    if found is not None:
        yield ("h", found.household_id) if kind_of(kind).subject is SubjectKind.HOUSEHOLD else ("m", found.member_id)
    if kind_of(kind).asks_kin and row.keys.id_number:
        yield ("n", row.keys.id_number)


def open_questions(session: Session, department: str, kinds: Iterable[str], *, county_path: str) -> Asked:
    """Return the unsigned inquiries of the running reviews that the kinds can answer."""
    asked = Asked()
    rows = session.execute(
        select(Inquiry, Case.household_id).join(Case, Case.id == Inquiry.case_id)
        .where(Inquiry.department == department, within(Inquiry.area_path, (county_path,)), Inquiry.signed_at.is_(None),
               Case.stage == Stage.COUNTY, Case.round == Inquiry.round, Case.procedure == Inquiry.procedure)
        .options(selectinload(Inquiry.questions)).order_by(Inquiry.id)).all()
    wanted = set(kinds)
    for inquiry, household_id in rows:
        own = [question for question in inquiry.questions if question.kind in wanted]
        if own:
            asked.inquiries.append(inquiry)
        for question in own:
            subject: Subject = (("m", question.member_id) if question.member_id is not None
                                else ("n", question.subject_id_number) if question.kin_id is not None else ("h", household_id))
            asked.by_subject.setdefault((question.kind, subject), []).append(question)
    return asked


def answer_all(session: Session, delivery: Delivery, asked: Asked, *, whole: bool, actor: Actor, now: datetime,
               today: date) -> tuple[int, int]:
    """Answer each inquiry through the one function that accepts answers; return how many were given, how many kept out.

    Unless the sheet was read whole, whoever is not in it may stand in a row that was refused, and is not clear.
    """
    given = kept_out = 0
    wanted = set(delivery.kinds)
    for inquiry in asked.inquiries:
        questions = [question for question in inquiry.questions if question.kind in wanted]
        answers = {(question.token, question.kind): answer for question in questions
                   if (answer := asked.answer_of(question, complete=delivery.complete and whole)) is not None}
        if not answers:
            continue
        batch = Batch(department=Department(delivery.department), source=Transport.SHEET, as_of=delivery.as_of,
                      coverage=_coverage(delivery, answers), answers=answers)
        done = exchange.accept_batch(session, inquiry, batch, actor=actor, now=now, today=today)
        if done.batch is not None:
            session.execute(update(BatchRow).where(BatchRow.id == done.batch.id).values(delivery_id=delivery.id))
            tokens = {token for token, _ in answers}
            for question in questions:
                if question.token in tokens:
                    question.delivery_id = delivery.id
            given += len(answers)
            standing.sign(session, inquiry, today=today, now=now)
            kept_out += sum(bool(asked.facts.get(question.id)) for question in questions
                            if question.reason == exchange.NO_CONSENT)
    return given, kept_out


def _coverage(delivery: Delivery, answers: dict[tuple[str, str], Answer]) -> tuple[CoverageItem, ...]:
    searched: dict[str, set[str]] = defaultdict(set)
    for (token, kind), answer in answers.items():
        if isinstance(answer, Known):
            searched[kind].add(token)
    return tuple(CoverageItem(kind=kind, subjects=frozenset(tokens), register_scope=delivery.register_scope,
                              covers_from=delivery.covers_from, covers_to=delivery.as_of, complete=delivery.complete)
                 for kind, tokens in searched.items())
