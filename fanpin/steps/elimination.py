"""五(二) 风险消除: marking in the national system ends measures and monitoring."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import Determination
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.reviews import Marking
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled, Invalid, Missing, RequirementsNotMet
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import doing
from fanpin.steps.advance import Advanced, advance
from fanpin.steps.recheck import recheck

WAYS = ("帮扶消除", "自然消除")
RUNNING = (MeasureStatus.PLANNED, MeasureStatus.CONFIRMED, MeasureStatus.STARTED)


def mark(session: Session, case: Case, *, marked_on: date, way: str, list_number: str, contact: str, actor: Actor,
         now: datetime, today: date, version: int | None = None) -> Advanced:
    """Record the marking and close the case; every measure still running ends with it."""
    doing.at_stage(case, Action.ELIMINATION_MARK, Stage.COUNTY, procedure=Procedure.LEAVING)
    doing.permit(session, Action.ELIMINATION_MARK, actor=actor, subject=case)
    doing.filled(list_number=list_number, contact=contact)
    doing.not_future(today, marked_on=marked_on)
    if way not in WAYS:
        raise Invalid({"way": "请选择风险消除方式。"})
    decided_on = session.scalar(select(func.max(Determination.decided_on)).where(
        Determination.case_id == case.id, Determination.procedure == Procedure.LEAVING))
    if decided_on is not None and marked_on < decided_on:
        raise Invalid({"marked_on": f"标注日期不能早于县级审定日期（{decided_on:%Y-%m-%d}）。"})
    if version is not None and version != case.version:
        raise AlreadyHandled
    recheck(session, [case], actor=actor, now=now, today=today)
    session.add(Marking(case_id=case.id, area_path=case.area_path, round=case.round, marked_on=marked_on, way=way,
                        list_number=list_number, contact=contact, marked_by=actor.name))
    done = advance(session, case, Action.ELIMINATION_MARK, actor=actor, now=now, today=today)
    _stop_measures(session, case, today=today)
    doing.leave_list(session, case, today=today, reason=way)
    return done


def mark_list(session: Session, cases: Sequence[Case], *, marked_on: date, way: str, list_number: str, contact: str,
              actor: Actor, now: datetime, today: date) -> list[Advanced]:
    """Mark several households as one marking list, all or nothing, naming every household that blocks it."""
    if not cases:
        raise Invalid({"cases": "请至少选择一户。"})
    blocking: list[Missing] = []
    done = []
    for case in cases:
        try:
            done.append(mark(session, case, marked_on=marked_on, way=way, list_number=list_number, contact=contact,
                             actor=actor, now=now, today=today))
        except RequirementsNotMet as refusal:
            blocking.extend(replace(item, subject=case.household.head_name) for item in refusal.missing)
    if blocking:
        raise RequirementsNotMet(blocking)
    return done


def _stop_measures(session: Session, case: Case, *, today: date) -> None:
    for row in session.scalars(select(Measure).where(
            Measure.case_id == case.id, Measure.status.in_(RUNNING))):
        row.status, row.finished_on = MeasureStatus.STOPPED, today


def depart(session: Session, case: Case, *, reason: str, actor: Actor, now: datetime, today: date,
           version: int | None = None) -> Advanced:
    """End a case because the household moved away or died out."""
    done = advance(session, case, Action.CASE_DEPART, actor=actor, now=now, today=today, expected_version=version,
                   facts={"reason": reason})
    _stop_measures(session, case, today=today)
    case.household.departed_on, case.household.departed_reason = today, reason[:200]
    doing.leave_list(session, case, today=today, reason=reason)
    return done
