"""三(五) 乡镇审核: spot check, 专题会议, measures per household, report to the county."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.deliberation import VillageList
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.township import SpotCheck
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Stage
from fanpin.steps import doing
from fanpin.steps.advance import Advanced, advance_list
from fanpin.steps.deliberation import everybody, under_way
from fanpin.steps.recheck import recheck


def check(session: Session, village_list: VillageList, case: Case, *, checked_on: date, checkers: str, agrees: bool,
          finding: str, actor: Actor, now: datetime, today: date) -> SpotCheck:
    """Record the spot check of one household of the list."""
    doing.at_stage(case, Action.TOWNSHIP_CHECK, Stage.TOWNSHIP)
    doing.permit(session, Action.TOWNSHIP_CHECK, actor=actor, subject=village_list)
    if case not in doing.cases_on(village_list):
        raise NotAllowedHere("本户不在这份名单上。", action="township.check", clause="三(五)")
    doing.filled(checkers=checkers)
    doing.not_future(today, checked_on=checked_on)
    if not agrees:
        doing.filled(finding=finding)
    row = SpotCheck(list_id=village_list.id, case_id=case.id, area_path=case.area_path, round=case.round,
                    checked_on=checked_on, checkers=checkers, agrees=agrees, finding=finding, recorded_by=actor.name)
    session.add(row)
    doing.note(session, Action.TOWNSHIP_CHECK, actor=actor, now=now, subject=case, facts={"agrees": agrees})
    return row


def confirm_measures(session: Session, village_list: VillageList, departments: Mapping[int, str], *, actor: Actor,
                     now: datetime) -> int:
    """Fix the measures of every household on the list; `departments` may set who carries which (by measure id)."""
    doing.permit(session, Action.TOWNSHIP_MEET, actor=actor, subject=village_list)
    under_way(village_list, Action.TOWNSHIP_MEET, Stage.TOWNSHIP)
    cases = [case.id for case in doing.cases_on(village_list)]
    rows = session.scalars(select(Measure).where(Measure.case_id.in_(cases),
                                                 Measure.status == MeasureStatus.PLANNED)).all()
    if not rows:
        raise Invalid("名单上的农户没有待明确的帮扶措施。")
    for row in rows:
        row.status = MeasureStatus.CONFIRMED
        row.department = departments.get(row.id, row.department)
    doing.note(session, Action.TOWNSHIP_MEET, actor=actor, now=now, subject=village_list,
               facts={"measures_confirmed": len(rows)})
    return len(rows)


def sign_report(session: Session, village_list: VillageList, *, signed_by: str, signed_on: date, actor: Actor,
                now: datetime, today: date) -> None:
    """Record the signed township report."""
    doing.permit(session, Action.TOWNSHIP_MEET, actor=actor, subject=village_list)
    under_way(village_list, Action.TOWNSHIP_MEET, Stage.TOWNSHIP)
    doing.filled(signed_by=signed_by)
    doing.not_future(today, signed_on=signed_on)
    village_list.township_report_by, village_list.township_report_on = signed_by, signed_on
    doing.note(session, Action.TOWNSHIP_MEET, actor=actor, now=now, subject=village_list,
               facts={"report_signed_by": signed_by, "on": signed_on.isoformat()})


def submit(session: Session, village_list: VillageList, *, actor: Actor, now: datetime, today: date) -> list[Advanced]:
    """Send the whole list to the county, or nothing of it; every household is screened again first."""
    recheck(session, everybody(village_list), actor=actor, now=now, today=today)
    return advance_list(session, everybody(village_list), Action.TOWNSHIP_SUBMIT, actor=actor, now=now, today=today)
