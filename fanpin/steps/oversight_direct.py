"""六(一) 信息筛查直通车: the county asks the province's department about named persons; its answer lands at the county."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import AT_PROVINCE, DirectRequest, Question
from fanpin.models.users import Grant
from fanpin.rules import duties
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.checks import CheckState
from fanpin.rules.departments import Department
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import asking, county, doing
from fanpin.steps.asking import subject_of

CLAUSE = "六(一)"
UNSIGNED = "没有签署有效的授权承诺书，不能申请查询"
MOST = 200


@dataclass(frozen=True)
class Askable:
    """One thing that may be asked of a department about one person, or why it may not."""

    kind: str
    subject: str
    name: str
    title: str
    refused: str = ""

    @property
    def code(self) -> str:
        """Return how a form names it."""
        return f"{self.kind}.{self.subject}"


def offered(session: Session, case: Case, department: Department, *, today: date) -> list[Askable]:
    """List what the department could be asked about the case's people, each with the reason where it may not."""
    plan = next((plan for plan in county.planned(session, case, today=today) if plan.department is department), None)
    if plan is None:
        return []
    people = county.people_of(case)
    # Named persons are asked about only with their consent, even where 附件1 would let the department tell by itself;
    # for children, kin outside and the whole household the head signs.
    asked = asking.people_to_ask(session, case, today=today)
    by_head = any(person.consented for person in asked if person.head)
    signs = {person.token: person.consented for person in asked if person.adult and person.role is duties.PersonRole.MEMBER}
    rows = [Askable(item.kind, item.subject, people[item.subject].name, duties.kind_of(item.kind).title,
                    "" if signs.get(item.subject, by_head) else UNSIGNED) for item in plan.questions]
    return rows + [Askable(item.kind, item.subject, people[item.subject].name, duties.kind_of(item.kind).title, item.reason.title)
                   for item in plan.not_asked]


def ask(session: Session, case: Case, department: Department, *, codes: Collection[str], ground: str, due_on: date, actor: Actor,
        now: datetime, today: date) -> DirectRequest:
    """Put questions about named persons to the province's department, with the ground and the day by which it answers."""
    doing.permit(session, Action.OVERSIGHT_ASK, actor=actor, subject=case)
    doing.filled(ground=ground)
    if case.stage.ended or (case.procedure is Procedure.ENTERING and case.stage is Stage.SURVEY):
        raise NotAllowedHere("直通车只查询拟纳入和正在监测的农户，本户现在不是。", action=Action.OVERSIGHT_ASK.value, clause=CLAUSE)
    if due_on < today:
        raise Invalid({"due_on": "答复期限不能早于今天。"})
    if not has_officer(session, department, today=today):
        raise Invalid({"department": f"省级{department.title}还没有直通车账号，请联系省级安全管理员开通。"})
    wanted = [row for row in offered(session, case, department, today=today) if row.code in codes]
    if not wanted or len(wanted) < len(set(codes)):
        raise Invalid({"codes": "请选择要查询的人员和事项。"})
    refused = dict.fromkeys(f"{row.name}：{row.refused}" for row in wanted if row.refused)
    if refused:
        raise Invalid({"codes": "；".join(refused) + "。"})
    running = _running(session, case, department)
    if any((row.kind, row.subject) in running for row in wanted):
        raise Invalid({"codes": "其中有的已经申请、还没有答复，请不要重复申请。"})
    request = _request(session, case, department, wanted, ground=ground, due_on=due_on, actor=actor, today=today)
    session.add(request)
    doing.note(session, Action.OVERSIGHT_ASK, actor=actor, now=now, subject=request,
               facts={"department": department.value, "questions": len(wanted), "ground": ground, "due_on": due_on.isoformat()})
    return request


def has_officer(session: Session, department: Department, *, today: date) -> bool:
    """Say whether the province's department has anybody to answer."""
    return session.scalar(select(Grant.id).where(
        Grant.role == Role.PROVINCIAL_OFFICER, Grant.department == department.value, Grant.revoked_at.is_(None),
        Grant.valid_from <= today, or_(Grant.valid_to.is_(None), Grant.valid_to >= today)).limit(1)) is not None


def _running(session: Session, case: Case, department: Department) -> set[tuple[str, str]]:
    rows = session.scalars(select(Question).join(DirectRequest, DirectRequest.id == Question.inquiry_id).where(
        DirectRequest.case_id == case.id, DirectRequest.department == department.value, DirectRequest.signed_at.is_(None),
        Question.state == CheckState.WAITING.value))
    return {(row.kind, subject_of(row)) for row in rows}


def _request(session: Session, case: Case, department: Department, wanted: Collection[Askable], *, ground: str, due_on: date,
             actor: Actor, today: date) -> DirectRequest:
    """Write down names and numbers of those asked about, and of the rest of the case nothing."""
    place = [doing.ancestor(session, case.area_path, level).name for level in (AreaLevel.PREFECTURE, AreaLevel.COUNTY)]
    people = county.people_of(case)
    row = DirectRequest(
        case_id=case.id, area_path=case.area_path, department=department.value, case_code="", head_name="",
        place="".join(place), procedure=case.procedure, round=case.round, blocking=False, asked_on=today, due_on=due_on,
        asked_by=actor.name, ground=ground[:400])
    row.questions = [
        Question(department=department.value, area_path=case.area_path, level=AT_PROVINCE, kind=item.kind,
                 token=secrets.token_hex(7), member_id=people[item.subject].member_id, kin_id=people[item.subject].kin_id,
                 subject_name=item.name, subject_id_number=people[item.subject].id_number)
        for item in wanted]
    return row


def finish(session: Session, request: DirectRequest, *, actor: Actor, now: datetime) -> bool:
    """Sign the request for accuracy and truth once nothing waits any more; say whether it is done."""
    doing.permit(session, Action.OVERSIGHT_ANSWER, actor=actor, subject=request)
    if any(question.state == CheckState.WAITING.value for question in request.questions):
        return False
    request.signed_at, request.signed_by = now, actor.name
    doing.note(session, Action.OVERSIGHT_ANSWER, actor=actor, now=now, subject=request,
               facts={"department": request.department, "questions": len(request.questions)})
    return True


def to_answer(session: Session) -> list[DirectRequest]:
    """List what the officer's scope shows of requests: unanswered first, those due first."""
    return list(session.scalars(
        select(DirectRequest).order_by(DirectRequest.signed_at.is_not(None), DirectRequest.due_on, DirectRequest.id).limit(MOST)
        .options(selectinload(DirectRequest.questions))))


def of_case(session: Session, case: Case) -> list[DirectRequest]:
    """List the requests about a case, the newest first."""
    return list(session.scalars(select(DirectRequest).where(DirectRequest.case_id == case.id)
                                .order_by(DirectRequest.id.desc()).options(selectinload(DirectRequest.questions))))


def of_area(session: Session, area: Area, *, most: int = MOST) -> list[tuple[DirectRequest, Case]]:
    """List an area's requests with their cases: unanswered first, those due first."""
    return [(row, case) for row, case in session.execute(
        select(DirectRequest, Case).join(Case, Case.id == DirectRequest.case_id)
        .order_by(DirectRequest.signed_at.is_not(None), DirectRequest.due_on, DirectRequest.id.desc()).limit(most)
        .options(selectinload(DirectRequest.questions), joinedload(Case.household)))]
