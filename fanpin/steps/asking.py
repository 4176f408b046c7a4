"""Who of a case may be asked about: members, outside kin, and what each has signed (三(三))."""

from datetime import date

from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import Question
from fanpin.models.dossier_county import unsigned_adults
from fanpin.rules import duties
from fanpin.rules.departments import Department
from fanpin.rules.members import Relation, is_adult
from fanpin.steps import adapters
from fanpin.steps.survey import consent_of

NO_CONSENT = "本人授权已失效或不含此类信息，答复未采用；补签授权承诺书后请重新答复"


def people_to_ask(session: Session, case: Case, *, today: date) -> tuple[duties.PersonToAsk, ...]:
    """List the people of a case as the rules of inquiry know them, with the consent that is valid on the day."""
    consent = consent_of(session, case)
    valid = consent is not None and consent.valid_on(today)
    # Each adult has ticked for himself; the head's ticks speak for children, kin outside and the household.
    signed = {signature.member_id: frozenset(duties.ConsentClass(code) for code in signature.classes)
              for signature in consent.signatures} if valid and consent else {}
    heads = frozenset(duties.ConsentClass(code) for code in consent.classes) if valid and consent else frozenset()
    open_ones = {member_id for member_id, _ in unsigned_adults(session, case, today=today)}
    people = []
    for member in case.household.present_members:
        adult = is_adult(member.born_on, today)
        covered = valid and (member.id in signed if adult else bool(signed)) and member.id not in open_ones
        people.append(duties.PersonToAsk(
            token=f"m{member.id}", role=duties.PersonRole.MEMBER, adult=adult, consented=covered,
            classes=signed.get(member.id, heads) if covered else frozenset(), head=member.relation is Relation.HEAD))
    people += [duties.PersonToAsk(token=f"k{kin.id}", role=duties.PersonRole.KIN, adult=True, consented=valid,
                                  classes=heads) for kin in case.household.kin]
    return tuple(people)


def further(session: Session) -> tuple[duties.Answerer, ...]:
    """三(六) “等部门”: what the adapters of further departments answer; the consent of each person still has to cover it."""
    kinds = adapters.questions_of(session, Department.OTHER)
    return (duties.Answerer(duties.FactOfReview.ASSETS, Department.OTHER, kinds, duties.Source.COUNTY),) if kinds else ()


def subject_of(question: Question) -> str:
    """Return the code by which the rules know whom a question is about."""
    if question.member_id is not None:
        return f"m{question.member_id}"
    return f"k{question.kin_id}" if question.kin_id is not None else duties.HOUSEHOLD


def may_be_asked(session: Session, case: Case, *, today: date) -> frozenset[tuple[str, str]]:
    """Return the (kind, subject) pairs that may be asked, and therefore kept, on the day."""
    plans = duties.inquiries_for(people_to_ask(session, case, today=today), water_is_risk=True, extra=further(session))
    return frozenset((kind, subject) for plan in plans for kind, subject in plan.questions)
