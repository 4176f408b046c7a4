"""六 at a glance: what an area's own leading group has to see to, counted in a fixed number of statements."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.leading_groups import GroupMember, JointMeeting, MeetingDecision
from fanpin.models.scoped import within
from fanpin.models.staff import WorkPlan
from fanpin.models.supervision import ConductFinding, SupervisionTask
from fanpin.rules.areas import AreaLevel
from fanpin.rules.oversight import PLANNING, TaskState
from fanpin.steps import oversight_staff as staff
from fanpin.steps import oversight_training as training
from fanpin.steps.oversight_reach import below

WAITING = (TaskState.OPEN, TaskState.RETURNED)


@dataclass(frozen=True)
class Board:
    """The state of an area's oversight on a day."""

    seats: tuple[staff.Seat, ...]
    empty_below: tuple[staff.Seat, ...]
    plan: WorkPlan | None
    plan_overdue: bool
    plans_missing: tuple[Area, ...]
    members: int
    last_meeting: date | None
    decisions_open: int
    decisions_overdue: int
    tasks_to_reply: int
    tasks_late: int
    tasks_given: int
    tasks_given_late: int
    tasks_to_judge: int
    untrained: int
    bare_endings: int
    conduct_open: int


def board(session: Session, area: Area, *, today: date) -> Board:
    """Gather the board of an area."""
    lower = below(session, area)
    seats = staff.seats(session, [area, *(one for one in lower if one.level <= AreaLevel.TOWNSHIP)], today=today)
    planning = [one for one in lower if one.kind in PLANNING]
    plan = staff.plan_of(session, area.id, today.year)
    decisions = session.execute(
        select(func.count(), func.count().filter(MeetingDecision.due_on < today)).select_from(MeetingDecision)
        .join(JointMeeting, JointMeeting.id == MeetingDecision.meeting_id)
        .where(JointMeeting.area_id == area.id, MeetingDecision.done_on.is_(None))).one()
    got, given = SupervisionTask.area_id == area.id, SupervisionTask.issuer_id == area.id
    waits, late = SupervisionTask.state.in_(WAITING), SupervisionTask.due_on < today
    tasks = session.execute(select(
        func.count().filter(and_(got, waits)), func.count().filter(and_(got, waits, late)), func.count().filter(and_(given, waits)),
        func.count().filter(and_(given, waits, late)), func.count().filter(and_(given, SupervisionTask.state == TaskState.REPLIED)),
    ).select_from(SupervisionTask).where(or_(got, given))).one()
    return Board(
        seats=tuple(seat for seat in seats if seat.area.id == area.id),
        empty_below=tuple(seat for seat in seats if seat.area.id != area.id and seat.holder is None),
        plan=plan, plan_overdue=plan is None and today > staff.plan_due(today.year),
        plans_missing=tuple(staff.without_plan(session, planning, year=today.year)),
        members=session.scalar(select(func.count()).select_from(GroupMember).where(
            GroupMember.area_id == area.id, GroupMember.since <= today,
            or_(GroupMember.until.is_(None), GroupMember.until >= today))) or 0,
        last_meeting=session.scalar(select(func.max(JointMeeting.held_on)).where(JointMeeting.area_id == area.id)),
        decisions_open=decisions[0], decisions_overdue=decisions[1], tasks_to_reply=tasks[0], tasks_late=tasks[1],
        tasks_given=tasks[2], tasks_given_late=tasks[3], tasks_to_judge=tasks[4],
        untrained=training.untrained(session, area.path, today=today),
        bare_endings=sum(row.ended_bare for row in staff.tenures(session, area, today=today)),
        conduct_open=session.scalar(select(func.count()).select_from(ConductFinding).where(
            within(ConductFinding.area_path, (area.path,)), ConductFinding.done_on.is_(None))) or 0)
