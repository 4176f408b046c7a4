"""What a department's system said about the persons asked, as answers to an inquiry's questions; silence proves nothing by itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from fanpin.adapters.contract import Answer, Batch, CoverageItem, Known, Later, NotFound, Transport, Unavailable
from fanpin.adapters.manifest import ColumnType, Table
from fanpin.adapters.questioning import Person, Told, together
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry, Question
from fanpin.models.dossier_county import is_present
from fanpin.rules import inquiries
from fanpin.rules.checks import CheckState
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import SubjectKind
from fanpin.rules.duty_tables import kind_of
from fanpin.steps import asking, exchange
from fanpin.steps.matching import same_name

NO_NUMBER = "没有登记证件号码，不能自动查询，请人工核实"
NOTHING_PROVED = "部门系统没有给出结果，不能认定为未查到，请人工核实"
PAST = "部门系统给出的预计答复日期已过，没有给出结果"


@dataclass(frozen=True)
class Wanted:
    """A question as the system is asked it: by whose numbers, and whether these are all by whom it could be found."""

    question_id: int
    persons: tuple[Person, ...] = ()
    whole: bool = True


@dataclass(frozen=True)
class Proof:
    """What the source of the answers can prove, and how it names its register."""

    transport: Transport
    scope: str
    declared_whole: bool
    delay_days: int

    def searched_to(self, today: date) -> date:
        """Return the day up to which a table that is the whole register knows its facts."""
        return today - timedelta(days=self.delay_days)


def wanted(session: Session, case: Case, inquiry: Inquiry, table: Table, kinds: Iterable[str], *, transport: Transport,
           promised: bool = False, today: date) -> list[Wanted]:
    """List the open questions of an inquiry that may be asked today, each by whose numbers; nobody who has not signed.

    Where the answer was `promised`, what an officer has answered meanwhile is listed, too: a registration may still come.
    """
    allowed = asking.may_be_asked(session, case, today=today)
    people = asking.people_to_ask(session, case, today=today)
    members = {f"m{member.id}": member for member in case.household.present_members}
    by_head = not any(column.type in (ColumnType.ID_NUMBER, ColumnType.CERTIFICATE) for column in table.columns)
    found = []
    for question in inquiry.questions:
        if question.kind not in kinds or (question.kind, asking.subject_of(question)) not in allowed:
            continue
        if is_present(question, today) and not promised:
            continue
        if kind_of(question.kind).subject is not SubjectKind.HOUSEHOLD:
            own = (Person(question.subject_id_number, question.subject_name),) if question.subject_id_number else ()
            found.append(Wanted(question.id, own, whole=bool(own)))
            continue
        if by_head and transport is Transport.PLATFORM:
            # A platform tells of each number what it found: a register kept by heads is asked about the head.
            own = tuple(Person(row.id_number, row.name) for row in members.values() if row.id_number == question.subject_id_number)
            found.append(Wanted(question.id, own, whole=bool(own)))
            continue
        tokens, all_members = inquiries.members_to_search(kind_of(question.kind), people)
        named = tuple(Person(members[token].id_number, members[token].name) for token in tokens if members[token].id_number)
        # Whoever of them is its head in the department's register is found, and nobody is missed.
        found.append(Wanted(question.id, named, all_members and len(named) == len(members)))
    return found


def everybody(case: Case, inquiry: Inquiry) -> list[Person]:
    """List all about whom a question of the inquiry may have been put: whose rows a ticket may bring, whatever holds by now."""
    asked = [Person(row.subject_id_number, row.subject_name) for row in inquiry.questions if row.subject_id_number]
    return [*asked, *(Person(row.id_number, row.name) for row in case.household.members if row.id_number)]


def batch_of(inquiry: Inquiry, asked: Sequence[Wanted], told: Told, proof: Proof, *, today: date) -> Batch:
    """Return the inquiry's batch: an answer for every question that is still open, and hits for those that were clear."""
    answers: dict[tuple[str, str], Answer] = {}
    coverage: list[CoverageItem] = []
    by_id = {question.id: question for question in inquiry.questions}
    for item in asked:
        question = by_id[item.question_id]
        answer, searched_to = _answer(question, item, told, proof, today)
        if not lands(question, answer, today=today):
            continue
        answers[question.token, question.kind] = answer
        if isinstance(answer, Known):
            coverage.append(CoverageItem(kind=question.kind, subjects=frozenset({question.token}), register_scope=proof.scope,
                                         covers_to=searched_to, complete=not answer.facts or proof.declared_whole))
    return Batch(department=Department(inquiry.department), source=proof.transport, as_of=today, coverage=tuple(coverage),
                 answers=answers)


def batch_of_all(inquiry: Inquiry, asked: Sequence[Wanted], answer: Answer, transport: Transport, *, today: date) -> Batch:
    """Return the batch that gives every open question the same answer without a fact: later, or unavailable.

    What an officer wrote is left as it is: a system that fails knows no better.
    """
    ids = {item.question_id for item in asked}
    answers = {(row.token, row.kind): answer for row in inquiry.questions if row.id in ids and not is_present(row, today)
               and (not row.answer or row.answered_by == exchange.BY_SYSTEM)}
    return Batch(department=Department(inquiry.department), source=transport, as_of=today, answers=answers)


def lands(question: Question, answer: Answer, *, today: date) -> bool:
    """Say whether the system's answer counts beside what stands: an open question takes any, a clear one only a registration."""
    if not is_present(question, today):
        return True
    return question.state == CheckState.CLEAR.value and isinstance(answer, Known) and bool(answer.facts)


def _answer(question: Question, item: Wanted, told: Told, proof: Proof, today: date) -> tuple[Answer, date]:
    if not item.persons:
        return Unavailable(NO_NUMBER), today
    said = {person: told.answers[person.id_number, question.kind] for person in item.persons
            if (person.id_number, question.kind) in told.answers}
    if any(_misnamed(person, told.names) for person in item.persons):
        return NotFound(), today
    silent = len(item.persons) - len(said)
    household = kind_of(question.kind).subject is SubjectKind.HOUSEHOLD
    answer = _household(said.values()) if household else next(iter(said.values()), None)
    if isinstance(answer, Later) and answer.due < today:
        return Unavailable(PAST), today
    if isinstance(answer, Known) and answer.facts:
        return Known(tuple(replace(fact, subject=question.token) for fact in answer.facts)), today
    if answer is not None and not isinstance(answer, Known):
        return answer, today
    if silent == 0 and item.whole:
        return Known(), today
    # Only a table that its department declares to be the whole register, read by ourselves, tells by being silent.
    if proof.transport is Transport.DATABASE and proof.declared_whole and told.whole and item.whole:
        return Known(), proof.searched_to(today)
    return Unavailable(NOTHING_PROVED), today


def _household(said: Iterable[Answer]) -> Answer | None:
    """Put what was said of the members together: what is open stays open, a registration of one is the household's."""
    answers = list(said)
    for kind in (Unavailable, Later):
        found = [answer for answer in answers if isinstance(answer, kind)]
        if found:
            return found[0]
    facts = [fact for answer in answers if isinstance(answer, Known) for fact in answer.facts]
    if facts:
        return together(facts, ())
    if any(isinstance(answer, NotFound) for answer in answers):
        return NotFound()
    return Known() if answers else None


def _misnamed(person: Person, names: Mapping[str, set[str]]) -> bool:
    return any(not same_name(person.name, name) for name in names.get(person.id_number, ()))
