"""The county's parts of a dossier: departments' answers, hits and what was done with them, the determination."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from fanpin.models.cases import Case
from fanpin.models.county import Determination, FindingRow, Inquiry, Question, Resolution, UnaskedStatement
from fanpin.models.measures import Measure
from fanpin.models.surveys import Consent
from fanpin.rules import dossier as parts
from fanpin.rules import review_answers
from fanpin.rules.checks import CheckState
from fanpin.rules.duties import Department
from fanpin.rules.members import is_adult
from fanpin.rules.review_answers import Answered
from fanpin.rules.stages import Procedure

FRESH_DAYS = 90
PRESENT = tuple(state.value for state in CheckState if state.is_present)


def inquiries_of(session: Session, case: Case, *, first_round: int) -> list[Inquiry]:
    """List the inquiries that count for the case as it stands, with their questions."""
    return list(session.scalars(
        select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.procedure == case.procedure,
                              Inquiry.round >= first_round)
        .options(selectinload(Inquiry.questions)).order_by(Inquiry.id)))


def state_on(question: Question, today: date) -> CheckState:
    """Return the state of a question on a day: an answer older than ninety days, or of no day, is stale."""
    state = CheckState(question.state)
    fresh = question.as_of is not None and today - question.as_of <= timedelta(days=FRESH_DAYS)
    return CheckState.STALE if state.is_present and not fresh else state


def is_present(question: Question, today: date) -> bool:
    """Say whether a question has an answer that counts: given, and no older than ninety days."""
    return state_on(question, today).is_present


def joint_review_part(session: Session, case: Case, *, first_round: int, today: date) -> parts.JointReview:
    """Return what the requirements of 三(六) and 附件2 read."""
    blocking = [row for row in inquiries_of(session, case, first_round=first_round) if row.blocking]
    answered = [Answered(Department(row.department).title, tuple(state_on(question, today) for question in row.questions),
                         row.signed_at is not None) for row in blocking]
    members = case.household.present_members
    unresolved, refused, special, removed = _hits(session, case)
    return parts.JointReview(
        asked=len(blocking), waiting=review_answers.waiting(answered), unsigned=review_answers.unsigned(answered),
        not_asked_unaccepted=_unaccepted(session, case, first_round=first_round, today=today),
        unresolved_hits=unresolved, not_included_hits=refused, special_cases=special,
        remaining_members=len({f"m{member.id}" for member in members} - removed))


def unsigned_adults(session: Session, case: Case, *, today: date) -> list[tuple[int, str]]:
    """List (member id, name) of the adults about whom no consent kind may be asked."""
    consent = session.scalar(select(Consent).where(Consent.case_id == case.id).order_by(Consent.id.desc()).limit(1))
    valid = consent is not None and consent.valid_on(today)
    signed = {signature.member_id for signature in consent.signatures} if valid else set()
    return [(member.id, member.name) for member in case.household.present_members
            if is_adult(member.born_on, today) and member.id not in signed]


def _unaccepted(session: Session, case: Case, *, first_round: int, today: date) -> tuple[str, ...]:
    open_ones = unsigned_adults(session, case, today=today)
    if not open_ones:
        return ()
    accepted = set(session.scalars(select(UnaskedStatement.member_id).where(
        UnaskedStatement.case_id == case.id, UnaskedStatement.procedure == case.procedure,
        UnaskedStatement.round >= first_round, UnaskedStatement.accepted_at.is_not(None))))
    return tuple(name for member_id, name in open_ones if member_id not in accepted)


def _hits(session: Session, case: Case) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], set[str]]:
    if case.procedure is not Procedure.ENTERING:
        return (), (), (), set()
    findings = session.scalars(select(FindingRow).where(FindingRow.case_id == case.id, FindingRow.current.is_(True))).all()
    if not findings:
        return (), (), (), set()
    resolutions = {(row.finding_id, row.evidence_digest): row for row in session.scalars(
        select(Resolution).where(Resolution.case_id == case.id, Resolution.replaced.is_(False)))}
    unresolved, refused, special, removed = [], [], [], set()
    for finding in findings:
        label = f"第{finding.circumstance}项" + (f"（{finding.subject_name}）" if finding.subject_name else "")
        resolution = resolutions.get((finding.id, finding.evidence_digest))
        if resolution is None:
            unresolved.append(label)
        elif resolution.kind == "not_included":
            refused.append(label)
        elif resolution.kind == "special_case":
            special.append(label)
        elif resolution.kind == "person_removed":
            removed.add(finding.subject)
    return tuple(unresolved), tuple(refused), tuple(special), removed


def determination_part(session: Session, case: Case, *, first_round: int) -> parts.Determination | None:
    """Return the decision that counts and the dates that followed it."""
    query = select(Determination).where(Determination.case_id == case.id, Determination.procedure == case.procedure)
    if case.procedure is Procedure.ENTERING and case.stage.value == "county" or case.procedure is Procedure.LEAVING:
        query = query.where(Determination.round >= first_round)
    row = session.scalar(query.order_by(Determination.round.desc()).limit(1))
    if row is None:
        return None
    started = session.scalar(select(func.min(Measure.started_on)).where(Measure.case_id == case.id))
    return parts.Determination(
        result=row.result.value, decided_on=row.decided_on, reported_on=row.reported_on,
        lead_department=row.lead_department, measures_started_on=started, entered_on=row.entered_on,
        letter_issued=row.letter_paper_id is not None)
