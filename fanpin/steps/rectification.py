"""二(四) 发现解决因工作、责任、政策落实不到位造成的返贫: give a task, put it right, have somebody else verify it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.events import Event
from fanpin.models.rectification import Rectification
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.departments import Department
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted
from fanpin.rules.regional import Cause, RectificationState
from fanpin.rules.roles import Actor
from fanpin.steps import doing

CLAUSE = "二(四)"


@dataclass(frozen=True)
class Task:
    """What was not carried out, what is asked, of which unit, by when."""

    cause: Cause
    finding: str
    demand: str
    area: Area
    due_on: date
    department: str = ""
    person: str = ""


def give(session: Session, subject: Case | Event, task: Task, *, actor: Actor, now: datetime, today: date) -> Rectification:
    """Record on a case or an event that work, responsibility or policy was not carried out, and give the task to mend it."""
    doing.permit(session, Action.REGIONAL_RECTIFY, actor=actor, subject=subject)
    doing.filled(finding=task.finding, demand=task.demand)
    if task.due_on < today:
        raise Invalid({"due_on": "完成期限不能早于今天。"})
    if not contains(actor.area_path, task.area.path):
        raise Invalid({"unit": "只能交办给本辖区内的单位。"})
    level = AreaLevel(task.area.level)
    if level > AreaLevel.VILLAGE or (task.department and level is not AreaLevel.COUNTY):
        raise Invalid({"unit": "请选择村、乡镇、县或县级部门。"})
    on_case = isinstance(subject, Case)
    row = Rectification(
        case_id=subject.id if on_case else None, event_id=None if on_case else subject.id,
        about=f"{subject.household.head_name}户（{subject.code}）" if on_case else subject.title, cause=task.cause,
        finding=task.finding, demand=task.demand, area_id=task.area.id, area_path=task.area.path, department=task.department,
        unit=unit_name(task.area, task.department), person=task.person, due_on=task.due_on, state=RectificationState.OPEN,
        opened_by=_who(actor), opened_on=today, opened_at=now)
    session.add(row)
    doing.note(session, Action.REGIONAL_RECTIFY, actor=actor, now=now, subject=row,
               facts={"cause": task.cause.value, "unit": row.unit, "due": task.due_on.isoformat()})
    return row


def mend(session: Session, row: Rectification, *, result: str, done_on: date, evidence_file_id: int | None, actor: Actor,
         now: datetime, today: date) -> None:
    """Record what the unit responsible has put right; it waits for verification."""
    doing.permit(session, Action.REGIONAL_MEND, actor=actor, subject=row)
    if not is_unit(row, actor):
        raise NotAllowedHere(f"这项整改由{row.unit}办理。", action=Action.REGIONAL_MEND.value, clause=CLAUSE)
    doing.filled(result=result)
    doing.not_future(today, done_on=done_on)
    _in_state(row, RectificationState.OPEN)
    if done_on < row.opened_on:
        raise Invalid({"done_on": "完成日期不能早于交办日期。"})
    row.state, row.result, row.done_on = RectificationState.DONE, result, done_on
    row.done_by, row.done_by_id, row.evidence_file_id = actor.name, actor.user_id, evidence_file_id
    doing.note(session, Action.REGIONAL_MEND, actor=actor, now=now, subject=row, facts={"result": result})


def verify(session: Session, row: Rectification, *, passed: bool, verdict: str, actor: Actor, now: datetime, today: date) -> None:
    """Verify what was put right: never who did it, and for a township somebody above it; else it goes back."""
    doing.permit(session, Action.REGIONAL_VERIFY, actor=actor, subject=row)
    doing.filled(verdict=verdict)
    _in_state(row, RectificationState.DONE)
    if row.done_by_id == actor.user_id:
        raise NotPermitted("整改结果是你登记的，须由另一人核验。", action=Action.REGIONAL_VERIFY.value, clause=CLAUSE)
    if actor.area_path == row.area_path and actor.level > AreaLevel.COUNTY:
        raise NotPermitted("本单位的整改由上一级核验。", action=Action.REGIONAL_VERIFY.value, clause=CLAUSE)
    row.verdict, row.verified_on, row.verified_by = verdict, today, _who(actor)
    row.state = RectificationState.VERIFIED if passed else RectificationState.OPEN
    row.returns += 0 if passed else 1
    doing.note(session, Action.REGIONAL_VERIFY, actor=actor, now=now, subject=row, facts={"passed": passed, "verdict": verdict})


def is_unit(row: Rectification, actor: Actor) -> bool:
    """Say whether the task is the actor's own unit's: the area's, or that of its department."""
    return actor.area_path == row.area_path and actor.department == row.department


def may_verify(row: Rectification, actor: Actor) -> bool:
    """Say whether the actor could verify the task: for buttons; `verify` says why not."""
    below = actor.area_path != row.area_path or actor.level <= AreaLevel.COUNTY
    return row.state is RectificationState.DONE and row.done_by_id != actor.user_id and below


def unit_name(area: Area, department: str) -> str:
    """Name the unit responsible."""
    return f"{area.name}{Department(department).title}"[:80] if department else area.name


def _who(actor: Actor) -> str:
    return f"{actor.area_name} {actor.name}"[:120]


def _in_state(row: Rectification, state: RectificationState) -> None:
    if row.state is state:
        return
    if row.state is RectificationState.OPEN:
        raise NotAllowedHere("这项整改还没有登记结果。", action=Action.REGIONAL_VERIFY.value, clause=CLAUSE)
    raise AlreadyHandled(by=row.verified_by if row.state is RectificationState.VERIFIED else row.done_by)
