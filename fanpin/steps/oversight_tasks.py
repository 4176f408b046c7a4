"""六(一)(二): 督导、督查、调度 tasks with a reply due, accepted or returned; and what 六(三) finds, followed up to its end."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.scoped import within
from fanpin.models.supervision import ConductFinding, SupervisionTask, TaskReply
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.oversight import TASKED, ConductKind, ConductSource, Consequence, TaskKind, TaskState
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import doing
from fanpin.steps.oversight_reach import own

CLAUSE = "六(二)"


def addressees(session: Session, actor: Actor) -> list[Area]:
    """List the areas to which the actor's level may give tasks."""
    levels = TASKED.get(actor.level, ())
    return list(session.scalars(select(Area).where(Area.level.in_(levels), within(Area.path, (actor.area_path,)),
                                                   Area.valid_to.is_(None)).order_by(Area.code12)))


def issue(session: Session, areas: Sequence[Area], *, kind: TaskKind, title: str, content: str, document: str, due_on: date,
          actor: Actor, now: datetime, today: date) -> list[SupervisionTask]:
    """Give one task to each of the areas, each with its own reply."""
    doing.filled(title=title, content=content)
    if not areas:
        raise Invalid({"areas": "请选择由哪些地方回复。"})
    if due_on < today:
        raise Invalid({"due_on": "回复期限不能早于今天。"})
    rows = []
    for area in areas:
        row = SupervisionTask(
            kind=kind, area_id=area.id, area_path=area.path, issuer_id=actor.area_id, title=title.strip(), content=content,
            document=document.strip(), issued_on=today, due_on=due_on, state=TaskState.OPEN, issued_by=actor.name, issued_at=now)
        doing.permit(session, Action.OVERSIGHT_TASK, actor=actor, subject=row)
        if area.kind not in TASKED.get(actor.level, ()):
            whom = "、".join(level.title for level in TASKED.get(actor.level, ()))
            raise Invalid({"areas": f"{actor.level.title}的任务下达到{whom}，{area.name}不是。"})
        session.add(row)
        doing.note(session, Action.OVERSIGHT_TASK, actor=actor, now=now, subject=row,
                   facts={"kind": kind.value, "title": row.title, "area": area.name, "due_on": due_on.isoformat()})
        rows.append(row)
    return rows


def reply(session: Session, task: SupervisionTask, *, text: str, actor: Actor, now: datetime, today: date) -> TaskReply:
    """Answer a task of one's own area."""
    own(session, Action.OVERSIGHT_REPLY, task.area_id, actor=actor, subject=task)
    doing.filled(text=text)
    if not task.state.waits_for_reply:
        raise NotAllowedHere(f"这项任务现在是“{task.state.title}”，不用回复。", action=Action.OVERSIGHT_REPLY.value, clause=CLAUSE)
    row = TaskReply(task=task, area_path=task.area_path, text=text, replied_on=today, replied_by=actor.name)
    session.add(row)
    task.state = TaskState.REPLIED
    doing.note(session, Action.OVERSIGHT_REPLY, actor=actor, now=now, subject=task, facts={"title": task.title, "reply": text})
    return row


def judge(session: Session, task: SupervisionTask, *, accepted: bool, opinion: str, due_on: date | None, actor: Actor,
          now: datetime, today: date) -> None:
    """Accept the latest reply, or return it with what is missing and a new day."""
    doing.permit(session, Action.OVERSIGHT_TASK, actor=actor, subject=task)
    if task.issuer_id != actor.area_id:
        raise NotAllowedHere("谁下达的任务，由谁认可或退回。", action=Action.OVERSIGHT_TASK.value, clause=CLAUSE)
    if task.state is TaskState.ACCEPTED:
        raise AlreadyHandled
    if task.state is not TaskState.REPLIED:
        raise NotAllowedHere("对方还没有回复。", action=Action.OVERSIGHT_TASK.value, clause=CLAUSE)
    latest = task.replies[-1]
    if not accepted:
        doing.filled(opinion=opinion)
        if due_on is None or due_on < today:
            raise Invalid({"due_on": "退回的，请填写新的回复期限，不早于今天。"})
        task.due_on = due_on
    latest.accepted, latest.opinion, latest.judged_by, latest.judged_on = accepted, opinion, actor.name, today
    task.state = TaskState.ACCEPTED if accepted else TaskState.RETURNED
    doing.note(session, Action.OVERSIGHT_TASK, actor=actor, now=now, subject=task,
               facts={"title": task.title, "accepted": accepted, "opinion": opinion})


def tasks_of(session: Session, actor: Actor, *, open_only: bool = False, most: int = 100) -> list[SupervisionTask]:
    """List the tasks that the actor's area gave or got (and what lies below it), those due first."""
    query = select(SupervisionTask).where(
        or_(SupervisionTask.issuer_id == actor.area_id, within(SupervisionTask.area_path, (actor.area_path,))))
    if open_only:
        query = query.where(SupervisionTask.state != TaskState.ACCEPTED)
    return list(session.scalars(query.order_by(SupervisionTask.state == TaskState.ACCEPTED, SupervisionTask.due_on,
                                               SupervisionTask.id).limit(most)))


def find(session: Session, area: Area, *, kind: ConductKind, source: ConductSource, found_on: date, facts: str, unit: str,
         consequence: Consequence, demanded: str, document: str, due_on: date, actor: Actor, now: datetime,
         today: date) -> ConductFinding:
    """Write down falsification or neglect, and what it leads to (六(三))."""
    doing.filled(facts=facts, unit=unit, demanded=demanded, document=document)
    doing.not_future(today, found_on=found_on)
    if due_on < found_on:
        raise Invalid({"due_on": "办结期限不能早于发现日期。"})
    if area.level > AreaLevel.VILLAGE:
        raise Invalid({"area": "请选择到村为止的地区。"})
    row = ConductFinding(
        area_id=area.id, area_path=area.path, kind=kind, source=source, found_on=found_on, facts=facts, unit=unit.strip(),
        consequence=consequence, demanded=demanded, document=document.strip(), due_on=due_on, entered_by=actor.name,
        entered_at=now)
    doing.permit(session, Action.OVERSIGHT_FIND, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.OVERSIGHT_FIND, actor=actor, now=now, subject=row,
               facts={"kind": kind.value, "source": source.value, "consequence": consequence.value, "facts": facts, "unit": unit})
    return row


def follow(session: Session, finding: ConductFinding, *, result: str, done_on: date | None, actor: Actor, now: datetime,
           today: date) -> None:
    """Write what was done about a finding; a day ends the follow-up."""
    doing.permit(session, Action.OVERSIGHT_FOLLOW, actor=actor, subject=finding)
    doing.filled(result=result)
    doing.not_future(today, done_on=done_on)
    if done_on is not None and done_on < finding.found_on:
        raise Invalid({"done_on": "办结日期不能早于发现日期。"})
    finding.result, finding.done_on, finding.followed_by = result, done_on, actor.name
    doing.note(session, Action.OVERSIGHT_FOLLOW, actor=actor, now=now, subject=finding,
               facts={"result": result, "done_on": done_on.isoformat() if done_on else ""})
