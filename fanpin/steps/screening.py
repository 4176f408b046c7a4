"""附件2 on one case: find the circumstances in its facts, keep the findings, reopen what changed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.clock import legal_date
from fanpin.models.cases import Case
from fanpin.models.county import AT_COUNTY, AnyInquiry, FactRow, FindingRow, Question
from fanpin.models.households import Household
from fanpin.rules.inquiries import HOUSEHOLD, PersonRole
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure
from fanpin.screening import engines
from fanpin.steps import outbox, village_facts


def screen(session: Session, case: Case, *, actor: Actor | str, now: datetime, today: date) -> list[FindingRow]:
    """Recompute the case's findings whole and diff: new ones appear, untrue ones go, changed evidence starts anew."""
    if case.procedure is not Procedure.ENTERING:
        return []
    persons = persons_of(case.household)
    found = {(item.rule, item.person, item.evidence_digest): item
             for item in engines.screen_household(facts_of(session, case), persons, today)}
    names = {person.subject: person.name for person in persons}
    known = {(row.rule, row.subject, row.evidence_digest): row
             for row in session.scalars(select(FindingRow).where(FindingRow.case_id == case.id))}
    changed = [row for key, row in known.items() if row.current is not (key in found)]
    for key, row in known.items():
        row.current = key in found
        if row.current:
            row.evidence, row.explanation = list(found[key].evidence), found[key].explanation
    fresh = [FindingRow(
        case_id=case.id, area_path=case.area_path, rule=item.rule, circumstance=item.circumstance, subject=item.person,
        subject_name=names.get(item.person, ""), evidence=list(item.evidence), evidence_digest=item.evidence_digest,
        explanation=item.explanation, found_on=today) for key, item in found.items() if key not in known]
    session.add_all(fresh)
    session.flush()
    if fresh or changed:
        audit.record(session, "county.screen", actor=actor, now=now, stream=audit.case_stream(case.id), object=case.ref,
                     area_path=case.area_path,
                     facts={"findings": len(found), "fresh": len(fresh), "changed": len(changed)})
    return [*(row for row in known.values() if row.current), *fresh]


def persons_of(household: Household) -> list[engines.PersonRow]:
    """List members and outside kin as the rules know them."""
    members = [engines.PersonRow(subject=f"m{row.id}", name=row.name, role=PersonRole.MEMBER, relation=row.relation)
               for row in household.present_members]
    kin = [engines.PersonRow(subject=f"k{row.id}", name=row.name, role=PersonRole.KIN, relation=row.relation)
           for row in household.kin]
    return members + kin


def facts_of(session: Session, case: Case) -> list[engines.FactRow]:
    """List the facts that count for the case as it stands: answered in its present round, not superseded."""
    found = session.scalars(
        select(FactRow).join(Question, Question.id == FactRow.question_id).join(AnyInquiry, AnyInquiry.id == Question.inquiry_id)
        .where(AnyInquiry.case_id == case.id, AnyInquiry.procedure == case.procedure, AnyInquiry.round == case.round,
               FactRow.superseded.is_(False)).order_by(FactRow.level, FactRow.id))
    return [engines.FactRow(
        id=row.id, subject=_subject(row), kind=row.kind, value=row.value, ref=row.ref_no, date=row.date, ended=row.ended,
        amount=row.amount, other=row.other, label=row.label) for row in [*_once(found), *village_facts.stated(session, case)]]


def _once(rows: Iterable[FactRow]) -> list[FactRow]:
    """Leave out what the province's department told by 直通车 where the county's told the same (its rows come first)."""
    kept: list[FactRow] = []
    told: set[tuple[object, ...]] = set()
    for row in rows:
        content = (row.kind, _subject(row), row.value, row.ref_no, row.date, row.ended, row.amount, row.other, row.label)
        if row.level == AT_COUNTY or content not in told:
            kept.append(row)
        told.add(content)
    return sorted(kept, key=lambda row: row.id)


def _subject(row: FactRow) -> str:
    if row.member_id is not None:
        return f"m{row.member_id}"
    return f"k{row.kin_id}" if row.kin_id is not None else HOUSEHOLD


@outbox.handles("county.screen")
def screen_again(session: Session, payload: Mapping[str, object], now: datetime) -> None:
    """Screen a case after a department answered."""
    case = session.scalars(select(Case).where(Case.id == payload["case"])).one()
    if case.open:
        screen(session, case, actor="系统", now=now, today=legal_date(now))
