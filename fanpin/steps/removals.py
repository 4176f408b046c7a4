"""附件2 第八、九项: whoever is taken out of the household by the decision leaves its file by the same act."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import FactRow, FindingRow, Resolution
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.members import DepartureReason, Relation
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.steps import households

# Only these take a person out and leave the household in.
PERSONS = (8, 9)
REASONS = {"dead": DepartureReason.DEATH, "imprisoned": DepartureReason.PRISON, "missing": DepartureReason.MISSING,
           "not_sharing": DepartureReason.NOT_SHARING}


def take_out(session: Session, case: Case, *, actor: Actor, now: datetime, today: date) -> tuple[str, ...]:
    """Record the departure of every person whose removal the decision counts; name them. The head must be changed first."""
    removed = _removed(session, case)
    present = {f"m{member.id}": member for member in case.household.present_members}
    going = [(present[finding.subject], finding) for finding in removed if finding.subject in present]
    for member, finding in going:
        if member.relation is Relation.HEAD:
            raise Invalid(f"户主{member.name}按附件2第{'八' if finding.circumstance == 8 else '九'}项剔除，请先在农户档案里变更户主，再作决定。")
    for member, finding in going:
        left_on, reason = _since(session, finding, today)
        households.leave(session, member, left_on=left_on, reason=reason, actor=actor, now=now)
    return tuple(member.name for member, _ in going)


def _removed(session: Session, case: Case) -> list[FindingRow]:
    """List one finding for each person: 第九项 says why somebody is gone, 第八项 only that nobody lives here."""
    found = session.scalars(
        select(FindingRow).join(Resolution, Resolution.finding_id == FindingRow.id).where(
            FindingRow.case_id == case.id, FindingRow.current.is_(True), FindingRow.circumstance.in_(PERSONS),
            Resolution.kind == ResolutionKind.PERSON_REMOVED.value, Resolution.replaced.is_(False),
            Resolution.evidence_digest == FindingRow.evidence_digest).order_by(FindingRow.circumstance, FindingRow.rule))
    return list({finding.subject: finding for finding in found}.values())


def _since(session: Session, finding: FindingRow, today: date) -> tuple[date, DepartureReason]:
    """Return since when and why, as the department's record has it; without a day it is that of the decision."""
    facts = session.scalars(select(FactRow).where(FactRow.id.in_(finding.evidence)).order_by(FactRow.id)).all()
    days = [fact.date for fact in facts if fact.date is not None and fact.date <= today]
    values = [fact.value or fact.kind for fact in facts]
    reason = next((REASONS[value] for value in values if value in REASONS), DepartureReason.OTHER)
    return (min(days) if days else today), reason
