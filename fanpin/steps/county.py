"""三(六) 县级确定: joint review, persons without consent, hits, determination, report, lead department."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import (
    Determination,
    DeterminationResult,
    FindingRow,
    Inquiry,
    Question,
    Resolution,
    UnaskedStatement,
)
from fanpin.models.dossier_county import unsigned_adults
from fanpin.models.dossiers import calendar
from fanpin.models.papers import Paper
from fanpin.models.surveys import Survey
from fanpin.models.users import Grant
from fanpin.rules import circumstances, duties, workdays
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.rules.risks import Risk
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Stage
from fanpin.steps import asking, doing, inquiry_calls, outbox, recheck, removals
from fanpin.steps.advance import Advanced, advance


def inquire(session: Session, case: Case, *, actor: Actor, now: datetime, today: date) -> list[Inquiry]:
    """Put the joint review's questions to the departments: about named persons, within the signed consent."""
    doing.at_stage(case, Action.COUNTY_INQUIRE, Stage.COUNTY)
    doing.permit(session, Action.COUNTY_INQUIRE, actor=actor, subject=case)
    if session.scalar(select(Inquiry.id).where(Inquiry.case_id == case.id, Inquiry.procedure == case.procedure,
                                               Inquiry.round == case.round)):
        raise NotAllowedHere("本轮联审已经发起。", action="county.inquire", clause="三(六)")
    plans = planned(session, case, today=today)
    _refuse_unaskable(plans)
    days = doing.setting(session, case.area_path, "inquiry_workdays")
    county = doing.ancestor(session, case.area_path, AreaLevel.COUNTY)
    due = workdays.add_workdays(today, days, calendar=calendar(session), area_code=county.code12)
    place = _place(session, case)
    rows = [_inquiry(case, plan, place=place, due=due, actor=actor, today=today) for plan in plans if plan.questions]
    session.add_all(rows)
    inquiry_calls.owe(session, rows, county_path=county.path, by=actor.name, now=now)
    doing.note(session, Action.COUNTY_INQUIRE, actor=actor, now=now, subject=case,
               facts={"departments": [row.department for row in rows], "questions": sum(len(r.questions) for r in rows)})
    # What the visitors marked (空挂、不共享) is known already: the county sees it before any department has answered.
    outbox.put_once(session, "county.screen", {"case": case.id}, now=now)
    return rows


def planned(session: Session, case: Case, *, today: date) -> tuple[duties.InquiryPlan, ...]:
    """Return what each department would be asked, and what nobody may be asked for want of consent."""
    return duties.inquiries_for(asking.people_to_ask(session, case, today=today),
                                water_is_risk=_water_is_risk(session, case), extra=_further(session, case, today=today))


def _further(session: Session, case: Case, *, today: date) -> tuple[duties.Answerer, ...]:
    """三(六) “等部门”: what a further department's adapter answers, where the county has an officer who signs for it."""
    answerers = asking.further(session)
    return answerers if answerers and _has_officer(session, case, Department.OTHER, today=today) else ()


def _has_officer(session: Session, case: Case, department: Department, *, today: date) -> bool:
    county = doing.ancestor(session, case.area_path, AreaLevel.COUNTY)
    return session.scalar(select(Grant.id).where(
        Grant.role == Role.DEPARTMENT_OFFICER, Grant.department == department.value, Grant.area_id == county.id, Grant.revoked_at.is_(None),
        Grant.valid_from <= today, or_(Grant.valid_to.is_(None), Grant.valid_to >= today)).limit(1)) is not None


def _refuse_unaskable(plans: Sequence[duties.InquiryPlan]) -> None:
    silent = [plan for plan in plans if plan.blocking and not plan.questions]
    if silent:
        names = "、".join(plan.department.title for plan in silent)
        reasons = "；".join(dict.fromkeys(item.reason.title for plan in silent for item in plan.not_asked))
        raise Invalid(f"{names}没有可以查询的事项（{reasons}）。请先补签授权承诺书，勾选全部信息类别。")


@dataclass(frozen=True)
class Asked:
    """A person of the case and the rule's view of them."""

    name: str
    relation: str
    id_number: str | None
    member_id: int | None
    kin_id: int | None


def _inquiry(case: Case, plan: duties.InquiryPlan, *, place: str, due: date, actor: Actor, today: date) -> Inquiry:
    row = Inquiry(
        case_id=case.id, area_path=case.area_path, department=plan.department.value, case_code=case.code,
        head_name=case.household.head_name, place=place, procedure=case.procedure, round=case.round,
        blocking=plan.blocking, asked_on=today, due_on=due, asked_by=actor.name)
    asked = people_of(case)
    row.questions = [
        Question(
            department=plan.department.value, area_path=case.area_path, kind=kind, token=secrets.token_hex(7),
            member_id=asked[subject].member_id, kin_id=asked[subject].kin_id, subject_name=asked[subject].name,
            subject_relation=asked[subject].relation, subject_id_number=asked[subject].id_number)
        for kind, subject in plan.questions]
    return row


def people_of(case: Case) -> dict[str, Asked]:
    """Return whom departments may be asked about, by the code that the rules give each."""
    head = case.household.head
    people = {duties.HOUSEHOLD: Asked(case.household.head_name, "全户", head.id_number if head else None, None, None)}
    for member in case.household.present_members:
        people[f"m{member.id}"] = Asked(member.name, member.relation.title, member.id_number, member.id, None)
    for kin in case.household.kin:
        people[f"k{kin.id}"] = Asked(kin.name, f"户外{kin.relation.title}", kin.id_number, None, kin.id)
    return people


def _water_is_risk(session: Session, case: Case) -> bool:
    risks = session.scalar(select(Survey.risks).where(
        Survey.case_id == case.id, Survey.procedure == case.procedure).order_by(Survey.round.desc()).limit(1))
    return Risk.WATER.value in (risks or [])


def _place(session: Session, case: Case) -> str:
    names = [doing.ancestor(session, case.area_path, level).name
             for level in (AreaLevel.TOWNSHIP, AreaLevel.VILLAGE, AreaLevel.GROUP)]
    return "".join(names)


def state_unasked(session: Session, case: Case, member_id: int, *, statement: str, actor: Actor,
                  now: datetime, today: date) -> UnaskedStatement:
    """The village states what it verified about an adult who has not signed (printed 未授权未查询, never as clear)."""
    doing.at_stage(case, Action.COUNTY_STATE, Stage.TOWNSHIP, Stage.COUNTY)
    doing.permit(session, Action.COUNTY_STATE, actor=actor, subject=case)
    doing.filled(statement=statement)
    names = dict(unsigned_adults(session, case, today=today))
    if member_id not in names:
        raise Invalid({"member": "这位成员已签授权或不是本户成年成员，无需另行证明。"})
    row = session.scalar(select(UnaskedStatement).where(
        UnaskedStatement.case_id == case.id, UnaskedStatement.procedure == case.procedure,
        UnaskedStatement.round == case.round, UnaskedStatement.member_id == member_id))
    row = row or UnaskedStatement(case_id=case.id, area_path=case.area_path, procedure=case.procedure,
                                  round=case.round, member_id=member_id, member_name=names[member_id])
    row.statement, row.stated_by, row.stated_by_id, row.stated_at = statement, actor.name, actor.user_id, now
    row.accepted_at, row.accepted_by = None, ""
    session.add(row)
    doing.note(session, Action.COUNTY_STATE, actor=actor, now=now, subject=case, facts={"member": names[member_id]})
    return row


def accept_unasked(session: Session, case: Case, row: UnaskedStatement, *, actor: Actor, now: datetime) -> None:
    """The county analyst accepts the village's statement; nobody accepts his own."""
    doing.permit(session, Action.COUNTY_ACCEPT, actor=actor, subject=case)
    if row.stated_by_id == actor.user_id:
        raise NotAllowedHere("不能采信自己出具的证明。", action="county.accept", clause="三(三)")
    if row.accepted_at is not None:
        raise AlreadyHandled(by=row.accepted_by, at=row.accepted_at)
    row.accepted_by, row.accepted_at = actor.name, now
    doing.note(session, Action.COUNTY_ACCEPT, actor=actor, now=now, subject=case, facts={"member": row.member_name})


def resolve(session: Session, finding: FindingRow, case: Case, *, kind: circumstances.ResolutionKind, clarification: str,
            details: Mapping[str, str], actor: Actor, now: datetime, today: date) -> Resolution:
    """Write what people did with a hit; it stands for exactly the evidence seen."""
    doing.at_stage(case, Action.COUNTY_RESOLVE, Stage.COUNTY)
    doing.permit(session, Action.COUNTY_RESOLVE, actor=actor, subject=case)
    if finding.case_id != case.id or not finding.current:
        raise NotAllowedHere("这条命中已因证据变化失效，请刷新后处理新的命中。", action="county.resolve", clause="附件2")
    verdict = circumstances.judge_resolution(
        circumstances.Circumstance.of(finding.circumstance),
        circumstances.ResolutionDetails(kind=kind, clarification=clarification, **details),
        about_person=finding.subject != duties.HOUSEHOLD, today=today)
    if not verdict.met:
        raise Invalid(verdict.reason)
    for earlier in session.scalars(select(Resolution).where(Resolution.finding_id == finding.id)):
        earlier.replaced = True
    row = Resolution(case_id=case.id, area_path=case.area_path, finding_id=finding.id,
                     circumstance=finding.circumstance, subject=finding.subject,
                     evidence_digest=finding.evidence_digest, kind=kind.value, clarification=clarification,
                     details=dict(details), resolved_by=actor.name, resolved_at=now)
    session.add(row)
    doing.note(session, Action.COUNTY_RESOLVE, actor=actor, now=now, subject=case,
               facts={"circumstance": finding.circumstance, "kind": kind.value, "clarification": clarification})
    return row


def determine(session: Session, case: Case, *, reason: str, document: str, actor: Actor, now: datetime, today: date,
              version: int | None = None) -> Determination:
    """Decide to include (or, on the way out, to eliminate), after the household was screened once more."""
    doing.at_stage(case, Action.COUNTY_DETERMINE, Stage.COUNTY)
    _refuse_second(session, case)
    recheck.recheck(session, [case], actor=actor, now=now, today=today)
    entering = case.procedure.value == "entering"
    result = DeterminationResult.INCLUDED if entering else DeterminationResult.ELIMINATED
    advance(session, case, Action.COUNTY_DETERMINE, actor=actor, now=now, today=today, expected_version=version,
            facts={"result": result.value})
    if entering:
        removals.take_out(session, case, actor=actor, now=now, today=today)
    return _keep(session, case, result, reason=reason, document=document, actor=actor, today=today)


def decline(session: Session, case: Case, *, reason: str, document: str, actor: Actor, now: datetime, today: date,
            version: int | None = None) -> Determination:
    """Decide not to include, with the reason that the household will be told."""
    doing.at_stage(case, Action.COUNTY_DECLINE, Stage.COUNTY)
    _refuse_second(session, case)
    recheck.recheck(session, [case], actor=actor, now=now, today=today)
    advance(session, case, Action.COUNTY_DECLINE, actor=actor, now=now, today=today, expected_version=version,
            facts={"result": DeterminationResult.NOT_INCLUDED.value, "reason": reason})
    return _keep(session, case, DeterminationResult.NOT_INCLUDED, reason=reason, document=document, actor=actor, today=today)


def _refuse_second(session: Session, case: Case) -> None:
    row = current_determination(session, case)
    if row is not None:
        raise AlreadyHandled(by=row.decided_by)


def current_determination(session: Session, case: Case) -> Determination | None:
    """Return the decision of the case's present round."""
    return session.scalar(select(Determination).where(
        Determination.case_id == case.id, Determination.procedure == case.procedure, Determination.round == case.round))


def _keep(session: Session, case: Case, result: DeterminationResult, *, reason: str, document: str, actor: Actor,
          today: date) -> Determination:
    row = Determination(case_id=case.id, area_path=case.area_path, procedure=case.procedure, round=case.round,
                        result=result, household_class=case.household_class, reason=reason, decided_on=today,
                        decided_by=actor.name, document=document)
    session.add(row)
    session.flush()
    return row


def report(session: Session, case: Case, *, document: str, actor: Actor, now: datetime, today: date,
           version: int | None = None) -> Advanced:
    """Report the determination to the leading group."""
    done = advance(session, case, Action.COUNTY_REPORT, actor=actor, now=now, today=today, expected_version=version,
                   facts={"document": document})
    row = current_determination(session, case)
    row.reported_on, row.report_document = today, document
    return done


def assign(session: Session, case: Case, *, department: duties.Department, actor: Actor, now: datetime, today: date,
           version: int | None = None) -> Advanced:
    """Name the 帮扶主责部门; the case moves to assistance and the entry clock runs from the determination."""
    row = current_determination(session, case)
    if row is not None:
        row.lead_department, row.lead_named_on = department.value, today
        days = doing.setting(session, case.area_path, "entry_workdays")
        code = doing.ancestor(session, case.area_path, AreaLevel.COUNTY).code12
        row.entry_due_on = workdays.add_workdays(row.decided_on, days, calendar=calendar(session), area_code=code)
    done = advance(session, case, Action.COUNTY_ASSIGN, actor=actor, now=now, today=today, expected_version=version,
                   facts={"department": department.value})
    doing.leave_list(session, case, today=today, reason="县级已确定")
    return done


def record_letter(session: Session, case: Case, paper: Paper) -> None:
    """Tie the letter of non-inclusion to its determination."""
    row = current_determination(session, case)
    if row is None or row.result is not DeterminationResult.NOT_INCLUDED:
        raise NotAllowedHere("先作出不予纳入决定，再出具告知书。", action="county.not_include", clause="三(六)")
    row.letter_paper_id = paper.id


def not_include(session: Session, case: Case, *, reason: str, actor: Actor, now: datetime, today: date,
                version: int | None = None) -> Advanced:
    """End the case: the household was told, in writing, why it is not included."""
    done = advance(session, case, Action.COUNTY_NOT_INCLUDE, actor=actor, now=now, today=today,
                   expected_version=version, facts={"reason": reason})
    doing.leave_list(session, case, today=today, reason=reason)
    return done


def refer(session: Session, case: Case, *, reason: str, department: duties.Department, actor: Actor, now: datetime,
          today: date, version: int | None = None) -> Advanced:
    """End an entering case whose trouble another department resolves without monitoring."""
    done = advance(session, case, Action.COUNTY_REFER, actor=actor, now=now, today=today, expected_version=version,
                   facts={"reason": reason, "department": department.value})
    doing.leave_list(session, case, today=today, reason=reason)
    return done


def keep_helping(session: Session, case: Case, *, reason: str, actor: Actor, now: datetime, today: date,
                 version: int | None = None) -> Advanced:
    """Refuse an elimination: back to assistance."""
    done = advance(session, case, Action.COUNTY_KEEP, actor=actor, now=now, today=today, expected_version=version,
                   facts={"reason": reason})
    doing.leave_list(session, case, today=today, reason=reason)
    return done


