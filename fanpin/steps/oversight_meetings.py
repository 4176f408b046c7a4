"""六(一): leading groups and their 数据管理和共享联席会议: members, agenda from the records, minutes, decisions followed up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from fanpin.clock import start_of
from fanpin.models.areas import Area
from fanpin.models.cases import CaseReturn
from fanpin.models.county import Determination, DeterminationResult, Inquiry, Question
from fanpin.models.leading_groups import GroupMember, JointMeeting, MeetingDecision
from fanpin.models.scoped import within
from fanpin.models.types import Json
from fanpin.rules.actions import Action
from fanpin.rules.checks import CheckState
from fanpin.rules.departments import Department
from fanpin.rules.oversight import GroupPost
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Stage
from fanpin.steps import doing
from fanpin.steps.oversight_reach import own

NOT_DECIDED = "还没有决定"


def appoint(session: Session, area: Area, *, post: GroupPost, name: str, unit: str, since: date, document: str,
            actor: Actor, now: datetime) -> GroupMember:
    """Enter a member of the area's leading group."""
    doing.filled(name=name, unit=unit, document=document)
    row = GroupMember(area_id=area.id, area_path=area.path, post=post, name=name.strip(), unit=unit.strip(), since=since,
                      document=document.strip(), entered_by=actor.name, entered_at=now)
    own(session, Action.OVERSIGHT_GROUP, area.id, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.OVERSIGHT_GROUP, actor=actor, now=now, subject=row,
               facts={"post": post.value, "name": row.name, "unit": row.unit, "since": since.isoformat()})
    return row


def dismiss(session: Session, member: GroupMember, *, until: date, actor: Actor, now: datetime) -> None:
    """Write down until when somebody belonged to the group."""
    own(session, Action.OVERSIGHT_GROUP, member.area_id, actor=actor, subject=member)
    if until < member.since:
        raise Invalid({"until": "结束日期不能早于开始日期。"})
    member.until = until
    doing.note(session, Action.OVERSIGHT_GROUP, actor=actor, now=now, subject=member,
               facts={"name": member.name, "until": until.isoformat()})


def members(session: Session, area: Area, *, on: date | None = None) -> list[GroupMember]:
    """List the group's members on a day, or all that ever were, the head first."""
    query = select(GroupMember).where(GroupMember.area_id == area.id)
    if on is not None:
        query = query.where(GroupMember.since <= on, or_(GroupMember.until.is_(None), GroupMember.until >= on))
    order = {post: place for place, post in enumerate(GroupPost)}
    return sorted(session.scalars(query.order_by(GroupMember.since.desc(), GroupMember.id)), key=lambda row: order[row.post])


def call(session: Session, area: Area, *, title: str, held_on: date, place: str, host: str, period_from: date,
         period_to: date, actor: Actor, now: datetime, today: date) -> JointMeeting:
    """Call a joint meeting: the agenda of its period is drawn from the records and kept as it is now."""
    doing.filled(title=title, place=place, host=host)
    doing.not_future(today, period_to=period_to)
    if period_to < period_from:
        raise Invalid({"period_to": "统计期的结束不能早于开始。"})
    row = JointMeeting(area_id=area.id, area_path=area.path, title=title.strip(), held_on=held_on, place=place.strip(),
                       host=host.strip(), period_from=period_from, period_to=period_to, present=[],
                       called_by=actor.name, called_at=now)
    own(session, Action.OVERSIGHT_MEET, area.id, actor=actor, subject=row)
    row.agenda = agenda(session, area, since=period_from, until=period_to, today=today)
    session.add(row)
    doing.note(session, Action.OVERSIGHT_MEET, actor=actor, now=now, subject=row,
               facts={"meeting": row.title, "held_on": held_on.isoformat()})
    return row


def record(session: Session, meeting: JointMeeting, *, present: Sequence[str], others: str, minutes: str, actor: Actor,
           now: datetime, today: date) -> None:
    """Write who was there (references of members) and the minutes, once the meeting was held."""
    own(session, Action.OVERSIGHT_MEET, meeting.area_id, actor=actor, subject=meeting)
    doing.filled(minutes=minutes)
    if meeting.held_on > today:
        raise Invalid({"minutes": f"会议在{meeting.held_on:%Y年%-m月%-d日}召开，开会以后再登记记录。"})
    came = [row for row in members(session, meeting.area, on=meeting.held_on) if row.ref in set(present)]
    names = [f"{row.name}（{row.unit}）" for row in came] + [part for part in others.replace("，", "、").split("、") if part.strip()]
    if not names:
        raise Invalid({"present": "请勾选到会的领导小组成员，或填写其他到会人员。"})
    meeting.present, meeting.minutes = names, minutes
    meeting.recorded_by, meeting.recorded_at = actor.name, now
    doing.note(session, Action.OVERSIGHT_MEET, actor=actor, now=now, subject=meeting,
               facts={"meeting": meeting.title, "present": len(names)})


def decide(session: Session, meeting: JointMeeting, *, content: str, unit: str, due_on: date, actor: Actor,
           now: datetime) -> MeetingDecision:
    """Write one thing that the meeting decided: what, which unit, by when."""
    own(session, Action.OVERSIGHT_MEET, meeting.area_id, actor=actor, subject=meeting)
    doing.filled(content=content, unit=unit)
    if due_on < meeting.held_on:
        raise Invalid({"due_on": "完成期限不能早于会议日期。"})
    row = MeetingDecision(meeting=meeting, area_path=meeting.area_path, content=content, unit=unit.strip(), due_on=due_on)
    session.add(row)
    doing.note(session, Action.OVERSIGHT_MEET, actor=actor, now=now, subject=row,
               facts={"decision": content, "unit": row.unit, "due_on": due_on.isoformat()})
    return row


def follow(session: Session, decision: MeetingDecision, *, progress: str, done_on: date | None, actor: Actor, now: datetime,
           today: date) -> None:
    """Write how far a decision has come; a day ends the follow-up."""
    own(session, Action.OVERSIGHT_MEET, decision.meeting.area_id, actor=actor, subject=decision)
    doing.filled(progress=progress)
    doing.not_future(today, done_on=done_on)
    if done_on is not None and done_on < decision.meeting.held_on:
        raise Invalid({"done_on": "完成日期不能早于会议日期。"})
    decision.progress, decision.done_on = progress, done_on
    decision.followed_by, decision.followed_at = actor.name, now
    doing.note(session, Action.OVERSIGHT_MEET, actor=actor, now=now, subject=decision,
               facts={"progress": progress, "done_on": done_on.isoformat() if done_on else ""})


def agenda(session: Session, area: Area, *, since: date, until: date, today: date) -> Json:
    """Draw a meeting's agenda from the records of a period: counts only, in four statements."""
    asked = and_(within(Inquiry.area_path, (area.path,)), Inquiry.asked_on >= since, Inquiry.asked_on <= until)
    answers = session.execute(
        select(Inquiry.department, Question.state, Determination.result, func.count())
        .select_from(Inquiry).join(Question, Question.inquiry_id == Inquiry.id)
        .outerjoin(Determination, and_(Determination.case_id == Inquiry.case_id, Determination.round == Inquiry.round,
                                       Determination.procedure == Inquiry.procedure))
        .where(asked).group_by(Inquiry.department, Question.state, Determination.result)).all()
    overdue = session.execute(
        select(Inquiry.department, func.count()).where(within(Inquiry.area_path, (area.path,)), Inquiry.signed_at.is_(None),
                                                       Inquiry.due_on < today).group_by(Inquiry.department)).all()
    returned = session.execute(
        select(CaseReturn.source, func.count()).where(
            within(CaseReturn.area_path, (area.path,)), CaseReturn.returned_at >= start_of(since),
            CaseReturn.returned_at < start_of(until, days=1)).group_by(CaseReturn.source)).all()
    unfinished = session.scalar(
        select(func.count()).select_from(MeetingDecision).join(JointMeeting, JointMeeting.id == MeetingDecision.meeting_id)
        .where(JointMeeting.area_id == area.id, MeetingDecision.done_on.is_(None)))
    return {"answers": sorted([department, state, result.value if result else "", count]
                              for department, state, result, count in answers),
            "overdue": sorted([department, count] for department, count in overdue),
            "returned": [[stage.value, count] for stage, count in sorted(returned, key=lambda row: row[0].value)],
            "unfinished": unfinished or 0}


@dataclass(frozen=True)
class Verdicts:
    """One department's answers of the period, by what was found; of what it found registered, what the county then decided."""

    department: str
    counts: dict[CheckState, int]
    decided: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Agenda:
    """A meeting's agenda as pages and paper show it."""

    answers: tuple[Verdicts, ...]
    overdue: tuple[tuple[str, int], ...]
    returned: tuple[tuple[str, int], ...]
    unfinished: int

    @property
    def states(self) -> tuple[CheckState, ...]:
        """Return the columns of the answers: those in which anything is counted, and what was found and not found in any case."""
        always = (CheckState.HIT, CheckState.CLEAR)
        return tuple(state for state in CheckState if state in always or any(row.counts[state] for row in self.answers))


def read_agenda(kept: Json) -> Agenda:
    """Return the frozen agenda in words."""
    rows: dict[str, dict[CheckState, int]] = {}
    decided: dict[str, dict[str, int]] = {}
    for department, state, result, count in kept.get("answers", []):
        rows.setdefault(department, dict.fromkeys(CheckState, 0))[CheckState(state)] += count
        if CheckState(state) is CheckState.HIT:
            title = DeterminationResult(result).title if result else NOT_DECIDED
            decided.setdefault(department, Counter())[title] += count
    return Agenda(
        answers=tuple(Verdicts(Department(department).title, counts, tuple(decided.get(department, {}).items()))
                      for department, counts in rows.items()),
        overdue=tuple((Department(department).title, count) for department, count in kept.get("overdue", [])),
        returned=tuple((Stage(stage).title, count) for stage, count in kept.get("returned", [])),
        unfinished=kept.get("unfinished", 0))
