"""三(四) 评议: village lists, making them known, meetings, opinions, measures, the 两委's decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import ListEntry, MeetingKind, MeetingRecord, Opinion, VillageList
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.notices import Objection
from fanpin.rules import risks
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.members import LabourState, Person, household_labour
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.risks import MeasureCategory, PlannedMeasure, Risk
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.verdicts import Problem
from fanpin.steps import doing
from fanpin.steps.advance import Advanced, advance, advance_list
from fanpin.steps.survey import current


@dataclass(frozen=True)
class Attendance:
    """Who came from one villagers' group."""

    group: str
    party_members: int
    household_heads: int
    others: int = 0


@dataclass(frozen=True)
class Meeting:
    """A meeting as typed."""

    kind: MeetingKind
    held_on: date
    place: str
    host: str
    recorder: str
    attendance: tuple[Attendance, ...]
    summary: str
    decided: bool
    decision: str


# Where the list must stand for a meeting to be about it.
HELD_AT = {MeetingKind.DELIBERATION: Stage.DELIBERATION, MeetingKind.COMMITTEE: Stage.DELIBERATION,
           MeetingKind.REVIEW: Stage.REVIEW, MeetingKind.TOWNSHIP: Stage.TOWNSHIP}
MADE_KNOWN_AT = (Stage.DELIBERATION, Stage.REVIEW)


def everybody(village_list: VillageList) -> list[Case]:
    """List the open cases that stand on the list; refuse an empty list."""
    cases = [case for case in doing.cases_on(village_list) if case.open]
    if not cases:
        raise Invalid("这份名单上已经没有农户。")
    return cases


def under_way(village_list: VillageList, action: Action, *stages: Stage) -> None:
    """Raise `NotAllowedHere` unless somebody on the list stands at one of the stages."""
    if not any(case.stage in stages for case in everybody(village_list)):
        places = "、".join(stage.title for stage in stages)
        raise NotAllowedHere(f"“{action.title}”在“{places}”环节办理，这份名单已不在该环节。", action=action.value,
                             clause="三(四)")


def listable(session: Session, village: Area, procedure: Procedure) -> list[Case]:
    """List the village's cases that may go on a new list of the procedure: none of them stands on one already."""
    wanted = ((Case.stage == Stage.DELIBERATION) & (Case.procedure == Procedure.ENTERING)
              if procedure is Procedure.ENTERING
              else (Case.stage == Stage.REVIEW) | ((Case.procedure == Procedure.LEAVING)
                                                   & Case.stage.in_((Stage.SURVEY, Stage.PUBLICITY))))
    on_list = select(ListEntry.case_id).join(VillageList).where(
        ListEntry.left_on.is_(None), VillageList.procedure == procedure)
    return list(session.scalars(
        select(Case).where(wanted, Case.closed_on.is_(None), Case.area_path >= village.path,
                           Case.area_path < village.path + "~", Case.id.not_in(on_list)).order_by(Case.id)))


def form_list(session: Session, village: Area, cases: Sequence[Case], *, procedure: Procedure, actor: Actor,
              now: datetime, today: date) -> VillageList:
    """Put cases on the village's list of the month; its number is village code, month, sequence."""
    if not cases:
        raise Invalid({"cases": "请至少选择一户。"})
    if village.level != AreaLevel.VILLAGE:
        raise Invalid({"cases": "名单以行政村为单元。"})
    may_stand = {case.id for case in listable(session, village, procedure)}
    if any(case.id not in may_stand for case in cases):
        raise NotAllowedHere("所选农户有的已在名单上，或不在可列入名单的环节。", action="deliberation.list", clause="三(四)")
    month = f"{today.year}-{today.month:02d}"
    last = session.scalar(select(func.max(VillageList.sequence)).where(
        VillageList.area_id == village.id, VillageList.procedure == procedure, VillageList.month == month))
    sequence = (last or 0) + 1
    mark = "入" if procedure is Procedure.ENTERING else "出"
    row = VillageList(area_id=village.id, area_path=village.path, procedure=procedure, month=month, sequence=sequence,
                      number=f"{village.code12}-{month.replace('-', '')}-{mark}{sequence}", opened_by=actor.name,
                      opened_at=now)
    doing.permit(session, Action.DELIBERATION_LIST, actor=actor, subject=row)
    row.entries = [ListEntry(case_id=case.id, round=case.round, area_path=case.area_path) for case in cases]
    session.add(row)
    doing.note(session, Action.DELIBERATION_LIST, actor=actor, now=now, subject=_flushed(session, row),
               facts={"number": row.number, "cases": [case.ref for case in cases]})
    return row


def announce(session: Session, village_list: VillageList, *, on: date, place: str, actor: Actor, now: datetime,
             today: date) -> None:
    """Record where and when the list was made known to the villagers."""
    doing.permit(session, Action.DELIBERATION_ANNOUNCE, actor=actor, subject=village_list)
    under_way(village_list, Action.DELIBERATION_ANNOUNCE, *MADE_KNOWN_AT)
    doing.filled(place=place)
    doing.not_future(today, on=on)
    village_list.announced_on, village_list.announced_place = on, place
    doing.note(session, Action.DELIBERATION_ANNOUNCE, actor=actor, now=now, subject=village_list,
               facts={"on": on.isoformat(), "place": place})


ACTION_OF = {MeetingKind.DELIBERATION: Action.DELIBERATION_MEET, MeetingKind.COMMITTEE: Action.DELIBERATION_MEET,
             MeetingKind.REVIEW: Action.REVIEW_MEET, MeetingKind.TOWNSHIP: Action.TOWNSHIP_MEET}


def meet(session: Session, village_list: VillageList, meeting: Meeting, *, actor: Actor, now: datetime,
         today: date) -> MeetingRecord:
    """Write the minutes of a meeting about the list."""
    action = ACTION_OF[meeting.kind]
    doing.permit(session, action, actor=actor, subject=village_list)
    under_way(village_list, action, HELD_AT[meeting.kind])
    doing.filled(place=meeting.place, host=meeting.host, recorder=meeting.recorder)
    doing.not_future(today, held_on=meeting.held_on)
    if any(min(row.party_members, row.household_heads, row.others) < 0 for row in meeting.attendance):
        raise Invalid({"attendance": "到会人数不能是负数。"})
    if meeting.decided:
        doing.filled(decision=meeting.decision)
    if not any(row.party_members + row.household_heads + row.others for row in meeting.attendance):
        raise Invalid({"attendance": "请填写到会人数。"})
    row = MeetingRecord(
        list_id=village_list.id, area_path=village_list.area_path, kind=meeting.kind, held_on=meeting.held_on,
        place=meeting.place, host=meeting.host, recorder=meeting.recorder,
        attendance={item.group: [item.party_members, item.household_heads, item.others] for item in meeting.attendance},
        party_members=sum(item.party_members for item in meeting.attendance),
        household_heads=sum(item.household_heads for item in meeting.attendance),
        others=sum(item.others for item in meeting.attendance), summary=meeting.summary, decided=meeting.decided,
        decision=meeting.decision, recorded_by=actor.name, recorded_at=now)
    session.add(row)
    doing.note(session, action, actor=actor, now=now, subject=village_list,
               facts={"kind": meeting.kind.value, "held_on": meeting.held_on.isoformat(), "decided": meeting.decided})
    return row


def add_opinion(session: Session, village_list: VillageList, *, content: str, speaker: str, raised_on: date,
                case: Case | None, actor: Actor, now: datetime, today: date) -> Opinion:
    """Take down a villager's opinion or question."""
    doing.permit(session, Action.DELIBERATION_OPINION, actor=actor, subject=village_list)
    doing.filled(content=content)
    doing.not_future(today, raised_on=raised_on)
    row = Opinion(list_id=village_list.id, area_path=village_list.area_path, case_id=case.id if case else None,
                  speaker=speaker, content=content, raised_on=raised_on, recorded_by=actor.name)
    session.add(row)
    doing.note(session, Action.DELIBERATION_OPINION, actor=actor, now=now, subject=village_list,
               facts={"opinion": content[:200]})
    return row


def answer_opinion(session: Session, opinion: Opinion, *, verified: str, answer: str, answered_on: date, actor: Actor,
                   now: datetime, today: date) -> None:
    """Record what was verified and how the speaker was answered."""
    doing.permit(session, Action.DELIBERATION_OPINION, actor=actor, subject=opinion)
    doing.filled(verified=verified, answer=answer)
    doing.not_future(today, answered_on=answered_on)
    opinion.verified, opinion.verified_by = verified, actor.name
    opinion.answer, opinion.answered_on = answer, answered_on
    doing.note(session, Action.DELIBERATION_OPINION, actor=actor, now=now, subject=opinion, facts={"answered": True})


@dataclass(frozen=True)
class Planned:
    """A measure as proposed; `member_id` None for the household, `category` None: this person needs none."""

    category: MeasureCategory | None
    detail: str
    member_id: int | None = None
    risk: Risk | None = None
    department: str = ""
    due_on: date | None = None


def plan(session: Session, case: Case, measures: Sequence[Planned], *, actor: Actor, now: datetime) -> list[Measure]:
    """Replace the village's proposed measures of the case (逐户逐人提出帮扶措施)."""
    doing.at_stage(case, Action.DELIBERATION_PLAN, Stage.DELIBERATION)
    doing.permit(session, Action.DELIBERATION_PLAN, actor=actor, subject=case)
    members = {member.id for member in case.household.members}
    if any(item.member_id is not None and item.member_id not in members for item in measures):
        raise Invalid({"measures": "措施对象不是本户成员。"})
    for row in session.scalars(select(Measure).where(Measure.case_id == case.id,
                                                     Measure.status == MeasureStatus.PLANNED)):
        session.delete(row)
    rows = [Measure(case_id=case.id, household_id=case.household_id, area_path=case.area_path,
                    member_id=item.member_id, category=item.category, detail=item.detail, risk=item.risk,
                    department=item.department, due_on=item.due_on, status=MeasureStatus.PLANNED,
                    proposed_by=actor.name, proposed_at=now) for item in measures]
    session.add_all(rows)
    doing.note(session, Action.DELIBERATION_PLAN, actor=actor, now=now, subject=case,
               facts={"measures": [f"{row.category.title if row.category else '无需措施'}" for row in rows]})
    return rows


def plan_problems(session: Session, case: Case, *, today: date) -> list[Problem]:
    """Say where the plan misses a risk, the household's labour or its motivation; warnings included (四)."""
    rows = measures_of(session, case)
    names = {member.id: member.name for member in case.household.members}
    seen = current(session, case)
    return risks.plan_problems(
        [Risk(code) for code in seen.risks] if seen else [], labour_of(case, today=today),
        [PlannedMeasure(row.category, row.detail, row.risk, names.get(row.member_id, ""))
         for row in rows if row.category is not None],
        seen.motivation_weak if seen else False, stable_work_income=seen.stable_work_income if seen else False,
        no_development_reason=seen.no_development_reason if seen else "")


def labour_of(case: Case, *, today: date) -> LabourState:
    """Sum up whether the household can work (四)."""
    return household_labour(
        [Person(name=member.name, relation=member.relation, born_on=member.born_on, labour=member.labour)
         for member in case.household.present_members], today=today)


def measures_of(session: Session, case: Case) -> list[Measure]:
    """List the case's measures that were not stopped, in the order of their proposal."""
    return list(session.scalars(select(Measure).where(
        Measure.case_id == case.id, Measure.status != MeasureStatus.STOPPED).order_by(Measure.id)))


def submit(session: Session, village_list: VillageList, *, actor: Actor, now: datetime, today: date) -> list[Advanced]:
    """The 两委 has decided: the whole list goes on to the notice, or nothing of it."""
    return advance_list(session, everybody(village_list), Action.DELIBERATION_SUBMIT, actor=actor, now=now, today=today)


def decline(session: Session, case: Case, *, reason: str, actor: Actor, now: datetime, today: date) -> Advanced:
    """The meeting and the 两委 do not put this household forward."""
    done = advance(session, case, Action.DELIBERATION_DECLINE, actor=actor, now=now, today=today,
                   facts={"reason": reason})
    doing.leave_list(session, case, today=today, reason=reason)
    return done


def send_back(session: Session, case: Case, action: Action, facts: Mapping[str, str], *, actor: Actor, now: datetime,
              today: date) -> Advanced:
    """Return one case by the given row of the table; it leaves its list, the others go on."""
    if action is Action.PUBLICITY_RETURN and not _objection_was_right(session, case):
        raise NotAllowedHere("本户没有查实的异议或举报，不能从公示退回。", action=action.value, clause="三(四)")
    done = advance(session, case, action, actor=actor, now=now, today=today, facts=facts)
    doing.leave_list(session, case, today=today, reason=facts.get("reason", ""))
    if case.procedure is Procedure.ENTERING:
        for row in session.scalars(select(Measure).where(Measure.case_id == case.id,
                                                         Measure.status == MeasureStatus.CONFIRMED)):
            row.status = MeasureStatus.PLANNED
    return done


def _objection_was_right(session: Session, case: Case) -> bool:
    found = select(Objection.id).where(Objection.case_id == case.id, Objection.upheld.is_(True),
                                       Objection.about_measures.is_(False)).limit(1)
    return session.scalar(found) is not None


def _flushed(session: Session, row: VillageList) -> VillageList:
    session.flush()
    return row
