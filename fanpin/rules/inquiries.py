"""Whom each department is asked about, and who is not asked for want of consent (三(三)、三(六))."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fanpin.rules.departments import BLOCKING_DEPARTMENTS, Department
from fanpin.rules.duty_kinds import Basis, ConsentClass, Kind, SubjectKind
from fanpin.rules.duty_tables import FACTS_OF_REVIEW, KINDS, Answerer
from fanpin.rules.titles import TitledEnum

# The subject of a question about the household as a whole.
HOUSEHOLD = "household"


class PersonRole(TitledEnum):
    """A member of the household, or the head's parent, spouse or child who lives elsewhere (附件2 第一项)."""

    MEMBER = ("member", "家庭成员")
    KIN = ("kin", "户外亲属")


class NotAskedReason(TitledEnum):
    """Why a person is not asked about."""

    UNSIGNED = ("unsigned", "未签署授权，未查询")
    HEAD_UNSIGNED = ("head_unsigned", "户主未签署授权，未查询")
    CLASS_MISSING = ("class_missing", "授权书未包含该类信息，未查询")


@dataclass(frozen=True, kw_only=True)
class PersonToAsk:
    """A person whom departments may be asked about, and what he or she has signed.

    The head's signature alone speaks for children, kin outside and the household; their own flags count nothing.
    """

    token: str
    role: PersonRole
    adult: bool
    consented: bool
    classes: frozenset[ConsentClass] = field(default_factory=frozenset)
    head: bool = False


class Question(NamedTuple):
    """One question: this kind of fact about this person, or about the household."""

    kind: str
    subject: str


@dataclass(frozen=True)
class NotAsked:
    """A question that may not be put, printed as 未授权未查询 and never as clear."""

    kind: str
    subject: str
    reason: NotAskedReason


@dataclass(frozen=True)
class InquiryPlan:
    """What one department is asked, whether the case waits for it, and what it is not asked."""

    department: Department
    blocking: bool
    questions: tuple[Question, ...]
    not_asked: tuple[NotAsked, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """List the kinds asked about, each once, in order."""
        return tuple(dict.fromkeys(question.kind for question in self.questions))


def inquiries_for(persons: Sequence[PersonToAsk], *, water_is_risk: bool,
                  extra: Sequence[Answerer] = ()) -> tuple[InquiryPlan, ...]:
    """Plan the joint review: the fifteen of 三(六), 水利 about water, and what the county has added (等)."""
    rows = (*FACTS_OF_REVIEW, *extra)
    added = tuple(dict.fromkeys(row.department for row in extra))
    asked = dict.fromkeys((*BLOCKING_DEPARTMENTS, Department.WATER, *added))
    blocking = {*BLOCKING_DEPARTMENTS, *added} | ({Department.WATER} if water_is_risk else set())
    return tuple(_plan(department, rows, persons, blocking=department in blocking) for department in asked)


def _plan(department: Department, rows: Iterable[Answerer], persons: Sequence[PersonToAsk], *,
          blocking: bool) -> InquiryPlan:
    codes = dict.fromkeys(code for row in rows if row.department is department for code in row.kinds)
    questions: list[Question] = []
    unasked: list[NotAsked] = []
    for kind in (KINDS[code] for code in codes):
        for subject, reason in _subjects(kind, persons):
            if reason is None:
                questions.append(Question(kind.code, subject))
            else:
                unasked.append(NotAsked(kind.code, subject, reason))
    return InquiryPlan(department, blocking, tuple(questions), tuple(unasked))


def _subjects(kind: Kind, persons: Sequence[PersonToAsk]) -> Iterable[tuple[str, NotAskedReason | None]]:
    head = next((person for person in persons if person.head), None)
    if kind.subject is SubjectKind.HOUSEHOLD:
        yield HOUSEHOLD, _covered(kind, head, by_head=True)
        return
    for person in persons:
        if person.role == PersonRole.KIN:
            if kind.asks_kin:
                yield person.token, _covered(kind, head, by_head=True)
        elif person.adult:
            yield person.token, _covered(kind, person, by_head=False)
        elif not kind.adults_only:
            yield person.token, _covered(kind, head, by_head=True)


def _covered(kind: Kind, signer: PersonToAsk | None, *, by_head: bool) -> NotAskedReason | None:
    if kind.basis is Basis.DUTY:
        return None
    if signer is None or not signer.consented:
        return NotAskedReason.HEAD_UNSIGNED if by_head else NotAskedReason.UNSIGNED
    return None if kind.consent_class in signer.classes else NotAskedReason.CLASS_MISSING


def members_to_search(kind: Kind, persons: Sequence[PersonToAsk]) -> tuple[tuple[str, ...], bool]:
    """Return by which members a register may be searched for the household, and whether these are all its members.

    Each adult must have signed for himself; the head's signature speaks for children. Nobody outside is searched for.
    """
    head = next((person for person in persons if person.head), None)
    members = [person for person in persons if person.role == PersonRole.MEMBER]
    covered = tuple(person.token for person in members
                    if _covered(kind, person if person.adult else head, by_head=not person.adult) is None)
    return covered, len(covered) == len(members)
