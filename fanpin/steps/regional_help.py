"""二(四) 制定防范措施，落实帮扶举措: two records, the plan and what was done."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from fanpin.models.events import Event, EventPlan, EventResponse
from fanpin.rules.actions import Action
from fanpin.rules.areas import contains
from fanpin.rules.departments import Department
from fanpin.rules.refusals import AlreadyHandled, Invalid
from fanpin.rules.regional import HelpedWho
from fanpin.rules.roles import Actor
from fanpin.steps import doing
from fanpin.steps.regional import still_open
from fanpin.steps.regional_numbers import numbers


@dataclass(frozen=True)
class Planned:
    """One measure of prevention: what, by whom, by when."""

    measures: str
    unit: str
    person: str
    due_on: date
    unit_department: str = ""
    document: str = ""


def plan(session: Session, event: Event, planned: Planned, *, actor: Actor, now: datetime, today: date) -> EventPlan:
    """Make 防范措施 at one's own level, with the unit and person responsible and the day it is due."""
    doing.permit(session, Action.REGIONAL_PLAN, actor=actor, subject=event)
    doing.filled(measures=planned.measures, unit=planned.unit, person=planned.person)
    still_open(event)
    if planned.due_on < today:
        raise Invalid({"due_on": "完成期限不能早于今天。"})
    row = EventPlan(
        event_id=event.id, area_id=actor.area_id, area_path=actor.area_path, measures=planned.measures, unit=planned.unit,
        unit_department=planned.unit_department, person=planned.person, due_on=planned.due_on, document=planned.document,
        made_by=actor.name, made_on=today, made_at=now)
    session.add(row)
    doing.note(session, Action.REGIONAL_PLAN, actor=actor, now=now, subject=row,
               facts={"event": event.ref, "unit": planned.unit, "due": planned.due_on.isoformat()})
    return row


@dataclass(frozen=True)
class Responded:
    """What was done: when, for whom, on which evidence; `finishes` says that the plan is carried out."""

    done: str
    done_on: date
    helped: HelpedWho
    households: int | None = None
    helped_note: str = ""
    evidence: str = ""
    evidence_file_id: int | None = None
    finishes: bool = False


def respond(session: Session, event: Event, responded: Responded, *, of_plan: EventPlan | None = None, actor: Actor,
            now: datetime, today: date) -> EventResponse:
    """Record 帮扶举措; the number of households is counted from the list wherever the list can say it."""
    doing.permit(session, Action.REGIONAL_RESPOND, actor=actor, subject=event)
    doing.filled(done=responded.done)
    still_open(event)
    doing.not_future(today, done_on=responded.done_on)
    if responded.helped is HelpedWho.OTHERS:
        if responded.households is None:
            raise Invalid({"households": "请填写户数。"})
        doing.filled(helped_note=responded.helped_note)
    if not responded.evidence.strip() and responded.evidence_file_id is None:
        raise Invalid({"evidence": "请写明凭证（文号、发放表、照片编号等），或上传凭证。"})
    if of_plan is not None and of_plan.event_id != event.id:
        raise Invalid("这条防范措施不属于这个事件。")
    row = EventResponse(
        event_id=event.id, plan_id=of_plan.id if of_plan else None, area_id=actor.area_id, area_path=actor.area_path,
        unit=_unit_of(actor), done=responded.done, done_on=responded.done_on, helped=responded.helped,
        helped_note=responded.helped_note, households=_households(session, event, responded, actor), evidence=responded.evidence,
        evidence_file_id=responded.evidence_file_id, recorded_by=actor.name, recorded_at=now)
    session.add(row)
    if responded.finishes:
        _finish(of_plan, responded.done_on, actor)
    doing.note(session, Action.REGIONAL_RESPOND, actor=actor, now=now, subject=row,
               facts={"event": event.ref, "households": row.households, "finishes": responded.finishes})
    return row


def _unit_of(actor: Actor) -> str:
    return actor.area_name + (Department(actor.department).title if actor.department else "")


def _households(session: Session, event: Event, responded: Responded, actor: Actor) -> int:
    if responded.helped is HelpedWho.OTHERS:
        return responded.households or 0
    found = numbers(session, [event.id], path=actor.area_path).get(event.id)
    if found is None:
        return 0
    return {HelpedWho.AT_RISK: found.at_risk, HelpedWho.AFFECTED: found.affected, HelpedWho.EXPOSED: found.exposed}[responded.helped]


def _finish(row: EventPlan | None, done_on: date, actor: Actor) -> None:
    if row is None:
        raise Invalid({"plan": "请选择已经落实完成的防范措施。"})
    if not contains(actor.area_path, row.area_path):
        raise Invalid({"finishes": "这条措施由上级制定，完成与否由上级登记；你的举措照样记录在它下面。"})
    if row.done_on is not None:
        raise AlreadyHandled
    row.done_on = done_on
