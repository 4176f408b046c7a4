"""三(三) 实地调查: the visit, application and consent, and the two ways on; also the survey of the way out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.households import GuaranteeRecord, IncomeRecord, Member
from fanpin.models.surveys import Consent, ConsentSignature, Survey
from fanpin.rules.actions import Action
from fanpin.rules.duties import ConsentClass
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.income import IncomeStatement, income_problems
from fanpin.rules.members import Relation, is_adult
from fanpin.rules.refusals import Invalid
from fanpin.rules.risks import Risk
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.survey import Guarantees, Judgement, SurveyItem
from fanpin.rules.verdicts import errors
from fanpin.steps import doing, village_facts
from fanpin.steps.advance import Advanced, advance

NOBODY: Mapping[int, Collection[ConsentClass]] = MappingProxyType({})
GUARANTEE_FIELDS = ("food", "clothing", "housing", "schooling", "medical", "water")


@dataclass(frozen=True)
class Visit:
    """The survey sheet as typed: codes of items and judgements with their text."""

    visited_on: date
    visitors: tuple[str, ...]
    household_signed: bool
    items: Mapping[str, str]
    judgements: Mapping[str, str]
    risks: tuple[Risk, ...]
    household_class: HouseholdClass | None
    class_reason: str
    conclusion: str
    income: IncomeStatement | None
    guarantees: Guarantees | None
    motivation_weak: bool = False
    stable_work_income: bool = False
    no_development_reason: str = ""
    typed_fields: int = 0
    grounds: Mapping[str, str] = field(default_factory=dict)
    empty_registered: tuple[int, ...] = ()
    not_sharing: tuple[int, ...] = ()


@dataclass(frozen=True)
class Known:
    """What is on record before a visit: the last survey (`own`: this round's), account and guarantees."""

    survey: Survey | None
    own: bool
    income: IncomeRecord | None
    guarantees: GuaranteeRecord | None


def known(session: Session, case: Case) -> Known:
    """Return what a visit's page may be filled with: this round's own sheet, else the household's last."""
    last = session.scalar(
        select(Survey).join(Case, Case.id == Survey.case_id).where(Case.household_id == case.household_id)
        .order_by(Survey.id.desc()).limit(1))
    own = last is not None and (last.case_id, last.procedure, last.round) == (case.id, case.procedure, case.round)
    income = select(IncomeRecord).where(IncomeRecord.household_id == case.household_id)
    if own and last.income_record_id:
        income = income.where(IncomeRecord.id == last.income_record_id)
    guarantees = select(GuaranteeRecord).where(GuaranteeRecord.household_id == case.household_id)
    if own and last.guarantee_record_id:
        guarantees = guarantees.where(GuaranteeRecord.id == last.guarantee_record_id)
    return Known(
        last, own,
        session.scalar(income.order_by(IncomeRecord.period_to.desc(), IncomeRecord.id.desc()).limit(1)),
        session.scalar(guarantees.order_by(GuaranteeRecord.seen_on.desc(), GuaranteeRecord.id.desc()).limit(1)))


def current(session: Session, case: Case) -> Survey | None:
    """Return the survey that counts for the case as it stands."""
    return session.scalar(
        select(Survey).where(Survey.case_id == case.id, Survey.procedure == case.procedure,
                             Survey.round >= doing.first_round(session, case, Stage.SURVEY))
        .order_by(Survey.round.desc()).limit(1))


def record(session: Session, case: Case, visit: Visit, *, actor: Actor, now: datetime, today: date) -> Survey:
    """Write or correct this round's survey sheet with its account and guarantees; an unfinished one may be kept."""
    doing.at_stage(case, Action.SURVEY_RECORD, Stage.SURVEY)
    doing.permit(session, Action.SURVEY_RECORD, actor=actor, subject=case)
    doing.not_future(today, visited_on=visit.visited_on)
    _refuse_unknown(visit)
    # Read before the row is begun: a half-filled one must not be written along.
    marks = _of_household(case, visit.empty_registered), _of_household(case, visit.not_sharing)
    row = session.scalar(select(Survey).where(Survey.case_id == case.id, Survey.procedure == case.procedure,
                                              Survey.round == case.round))
    if row is None:
        row = Survey(case_id=case.id, area_path=case.area_path, procedure=case.procedure, round=case.round)
        session.add(row)
    row.visited_on, row.visitors, row.household_signed = visit.visited_on, list(visit.visitors), visit.household_signed
    row.items = {code: text for code, text in visit.items.items() if text.strip()}
    row.judgements = {code: text for code, text in visit.judgements.items() if text.strip()}
    row.grounds = {code: text.strip() for code, text in visit.grounds.items() if text.strip()}
    row.empty_registered, row.not_sharing = marks
    row.risks = [risk.value for risk in visit.risks]
    row.household_class, row.class_reason = visit.household_class, visit.class_reason
    row.motivation_weak, row.stable_work_income = visit.motivation_weak, visit.stable_work_income
    row.no_development_reason = visit.no_development_reason
    row.conclusion = visit.conclusion
    row.typed_fields = (row.typed_fields or 0) + visit.typed_fields
    row.recorded_by, row.recorded_at = actor.name, now
    if visit.income is not None:
        row.income_record_id = _keep_income(session, case, row, visit.income, actor=actor, now=now).id
    if visit.guarantees is not None:
        row.guarantee_record_id = _keep_guarantees(session, case, row, visit, actor=actor).id
    case.household_class = visit.household_class or case.household_class
    if case.procedure is Procedure.ENTERING:
        village_facts.keep(session, case, {"empty_residence": row.empty_registered, "not_sharing": row.not_sharing},
                           seen_on=visit.visited_on, actor=actor, now=now)
    doing.note(session, Action.SURVEY_RECORD, actor=actor, now=now, subject=case,
               facts={"round": case.round, "items": sorted(row.items), "judgements": sorted(row.judgements),
                      "risks": row.risks, "typed_fields": visit.typed_fields})
    return row


def _refuse_unknown(visit: Visit) -> None:
    items, judgements = {item.value for item in SurveyItem}, {judgement.value: judgement for judgement in Judgement}
    if set(visit.items) - items or set(visit.judgements) - set(judgements):
        raise Invalid("调查表的项目不对，请重新打开页面。")
    for code, answer in visit.judgements.items():
        if answer and answer not in {choice.value for choice in judgements[code].answers}:
            raise Invalid({code: "请从给出的选项中选择。"})
    wrong = errors(income_problems(visit.income)) if visit.income is not None else []
    if wrong:
        raise Invalid({"income": "；".join(problem.text for problem in wrong)})
    found = visit.guarantees
    if found is not None and found.missing:
        raise Invalid({f"guarantee_{name}": "六项要一并填写；还没有查清的，请查清后再填。"
                       for name in GUARANTEE_FIELDS if getattr(found, name) is None})
    if len(set(visit.risks)) < len(visit.risks):
        raise Invalid({"risk_1": "同一风险点填了两次，请删去重复的。"})


def _of_household(case: Case, members: Sequence[int]) -> list[int]:
    here = {member.id for member in case.household.present_members}
    if strangers := set(members) - here:
        raise Invalid(f"有{len(strangers)}人不是本户在册成员，请重新打开调查表。")
    return sorted(set(members))


def _keep_income(session: Session, case: Case, survey: Survey, statement: IncomeStatement, *, actor: Actor,
                 now: datetime) -> IncomeRecord:
    kept = session.get(IncomeRecord, survey.income_record_id) if survey.income_record_id else None
    row = kept or IncomeRecord(household_id=case.household_id, case_id=case.id, area_path=case.area_path)
    row.period_from, row.period_to = statement.period_from, statement.period_to
    row.amounts, row.claims = dict(statement.amounts), statement.claims
    row.compliant_spending, row.other_spending = statement.compliant_spending, statement.other_spending
    row.heads_now, row.heads_year = statement.heads_now, statement.heads_year
    row.recorded_at, row.recorded_by = now, actor.name
    session.add(row)
    session.flush()
    return row


def _keep_guarantees(session: Session, case: Case, survey: Survey, visit: Visit, *, actor: Actor) -> GuaranteeRecord:
    kept = session.get(GuaranteeRecord, survey.guarantee_record_id) if survey.guarantee_record_id else None
    row = kept or GuaranteeRecord(household_id=case.household_id, case_id=case.id, area_path=case.area_path)
    found = visit.guarantees
    row.seen_on, row.recorded_by = visit.visited_on, actor.name
    for name in GUARANTEE_FIELDS:
        setattr(row, name, bool(getattr(found, name)))
    session.add(row)
    session.flush()
    return row


def adults(members: Sequence[Member], today: date) -> list[Member]:
    """List the present members of full age; one without a birth date counts as of age."""
    return [member for member in members if member.left_on is None and is_adult(member.born_on, today)]


def consent_of(session: Session, case: Case) -> Consent | None:
    """Return the case's paper of application and consent."""
    return session.scalar(select(Consent).where(Consent.case_id == case.id).order_by(Consent.id.desc()).limit(1))


def sign(session: Session, case: Case, *, applied_on: date, reason: str, truth_declared: bool, authorised: bool,
         classes: Collection[ConsentClass], signed_on: date, signers: Sequence[Member], written_by: str, witness: str,
         valid_until: date, actor: Actor, now: datetime, today: date,
         ticked: Mapping[int, Collection[ConsentClass]] = NOBODY) -> Consent:
    """Record the signed application and 授权承诺书, with the signature of every adult who gave one.

    `classes` are the head's; `ticked` holds, by member, those of another signer who did not tick the same.
    """
    doing.at_stage(case, Action.SURVEY_SIGN, Stage.SURVEY, Stage.DELIBERATION, Stage.PUBLICITY, Stage.TOWNSHIP,
                   Stage.COUNTY)
    doing.permit(session, Action.SURVEY_SIGN, actor=actor, subject=case)
    doing.filled(reason=reason)
    doing.not_future(today, applied_on=applied_on, signed_on=signed_on)
    if valid_until <= signed_on:
        raise Invalid({"valid_until": "授权有效期应晚于签署日期。"})
    if authorised and not classes:
        raise Invalid({"classes": "请勾选同意查询的信息类别。"})
    members = {member.id for member in adults(case.household.members, today)}
    strangers = [member.name for member in signers if member.id not in members]
    if strangers:
        raise Invalid({"signers": f"{'、'.join(strangers)}不是本户在册的成年成员，不能在此签字。"})
    silent = [member.name for member in signers if authorised and not ticked.get(member.id, classes)]
    if silent:
        raise Invalid({"signers": f"请勾选{'、'.join(silent)}本人同意查询的信息类别；一类也不同意的，不登记其签字。"})
    row = consent_of(session, case)
    if row is None:
        row = Consent(case_id=case.id, household_id=case.household_id, area_path=case.area_path)
        session.add(row)
    row.applied_on, row.application_reason = applied_on, reason
    row.truth_declared, row.authorised = truth_declared, authorised
    row.classes = sorted(item.value for item in classes)
    row.signed_on, row.valid_until, row.withdrawn_on = signed_on, valid_until, None
    row.written_by, row.witness, row.recorded_by, row.recorded_at = written_by, witness, actor.name, now
    session.flush()
    signed = {signature.member_id: signature for signature in row.signatures}
    for member in signers:
        if member.id not in signed:
            signed[member.id] = ConsentSignature(member_id=member.id, signed_on=signed_on, area_path=case.area_path)
            row.signatures.append(signed[member.id])
        signed[member.id].classes = sorted(item.value for item in ticked.get(member.id, classes))
    doing.note(session, Action.SURVEY_SIGN, actor=actor, now=now, subject=case,
               facts={"consent": row.ref or "", "classes": row.classes, "signers": [member.name for member in signers],
                      "each": {str(member.id): signed[member.id].classes for member in signers},
                      "truth": truth_declared, "authorised": authorised})
    return row


def head_signed(case: Case, consent: Consent) -> bool:
    """Say whether the 户主 is among the signers."""
    heads = {member.id for member in case.household.present_members if member.relation is Relation.HEAD}
    return bool(heads & {signature.member_id for signature in consent.signatures})


def propose(session: Session, case: Case, *, actor: Actor, now: datetime, today: date,
            version: int | None = None) -> Advanced:
    """Put the household forward for monitoring."""
    return advance(session, case, Action.SURVEY_PROPOSE, actor=actor, now=now, today=today, expected_version=version)


def not_propose(session: Session, case: Case, *, reason: str, actor: Actor, now: datetime, today: date,
                version: int | None = None) -> Advanced:
    """End without proposing, with a reason; no consent is needed for that."""
    return advance(session, case, Action.SURVEY_NOT_PROPOSE, actor=actor, now=now, today=today,
                   expected_version=version, facts={"reason": reason})


def confirm(session: Session, case: Case, *, actor: Actor, now: datetime, today: date,
            version: int | None = None) -> Advanced:
    """On the way out: the survey bears the elimination out; on to the notice."""
    return advance(session, case, Action.SURVEY_CONFIRM, actor=actor, now=now, today=today, expected_version=version)


def keep(session: Session, case: Case, *, reason: str, actor: Actor, now: datetime, today: date,
         version: int | None = None) -> Advanced:
    """On the way out: the survey speaks against it; help goes on."""
    doing.leave_list(session, case, today=today, reason=reason)
    return advance(session, case, Action.SURVEY_KEEP, actor=actor, now=now, today=today, expected_version=version,
                   facts={"reason": reason})
