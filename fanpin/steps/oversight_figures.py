"""六(三): a year's 成效 figures of an area, counted from the records: what was done, how long it took; no target anywhere."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Float, Select, and_, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from fanpin.clock import start_of
from fanpin.models.areas import Area
from fanpin.models.cases import Case, CaseAct, CaseReturn
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.leading_groups import JointMeeting, MeetingDecision
from fanpin.models.notices import Objection
from fanpin.models.scoped import within
from fanpin.models.staff import Training, TrainingAttendance
from fanpin.models.supervision import ConductFinding, SupervisionTask
from fanpin.models.surveys import Survey
from fanpin.rules.oversight import ConductKind, TaskState
from fanpin.rules.stages import Stage
from fanpin.steps import handwork
from fanpin.steps.handwork import Handwork
from fanpin.steps.regional_numbers import YearNumbers, of_year


class days_between(FunctionElement[float]):  # noqa: N801 - it reads as the function of SQL that it is
    """Count the days from the second date to the first, on either database."""

    type = Float()
    inherit_cache = True
    name = "days_between"


@compiles(days_between, "sqlite")
def _on_sqlite(element: days_between, compiler: SQLCompiler, **more: Any) -> str:
    later, earlier = element.clauses
    return f"(julianday({compiler.process(later, **more)}) - julianday({compiler.process(earlier, **more)}))"


@compiles(days_between, "postgresql")
def _on_postgresql(element: days_between, compiler: SQLCompiler, **more: Any) -> str:
    later, earlier = element.clauses
    return f"(({compiler.process(later, **more)}) - ({compiler.process(earlier, **more)}))"


@dataclass(frozen=True)
class StageTime:
    """How long cases stood in one stage before they left it this year: how many, on average, at most, in days."""

    stage: Stage
    cases: int
    average: float
    longest: int


@dataclass(frozen=True)
class Figures:
    """The figures of one area and year."""

    included: int
    not_included: int
    not_proposed: int
    eliminated: int
    re_entered: int
    times: tuple[StageTime, ...]
    returns: tuple[tuple[Stage, int], ...]
    objections: int
    upheld: int
    unanswered: int
    surveys: int
    typed: int
    trainings: int
    trained: int
    meetings: int
    decisions: int
    decisions_done: int
    tasks: int
    tasks_accepted: int
    conduct: tuple[tuple[ConductKind, int, int], ...]
    regional: YearNumbers
    handwork: tuple[Handwork, ...]

    @property
    def typed_on_average(self) -> str:
        """Say how many fields were typed by hand for a survey sheet."""
        return f"{self.typed / self.surveys:.1f}" if self.surveys else ""


def figures(session: Session, area: Area, *, year: int) -> Figures:
    """Count the year; the number of statements does not grow with the cases or the areas."""
    first, last = date(year, 1, 1), date(year, 12, 31)

    def here(model: type, day: ColumnElement[date]) -> ColumnElement[bool]:
        return and_(within(model.area_path, (area.path,)), day >= first, day <= last)

    decided = dict(session.execute(select(Determination.result, func.count()).where(
        here(Determination, Determination.decided_on)).group_by(Determination.result)).all())
    closed = dict(session.execute(select(Case.stage, func.count()).where(here(Case, Case.closed_on)).group_by(Case.stage)).all())
    objections = session.execute(select(
        func.count(), func.count(case((Objection.upheld.is_(True), 1))), func.count(case((Objection.answered_on.is_(None), 1))),
    ).where(here(Objection, Objection.received_on))).one()
    surveys, typed = session.execute(select(func.count(), func.coalesce(func.sum(Survey.typed_fields), 0)).where(
        here(Survey, Survey.visited_on))).one()
    meetings, trainings = (session.scalar(select(func.count()).select_from(model).where(here(model, model.held_on))) or 0
                           for model in (JointMeeting, Training))
    trained, elsewhere = session.execute(select(
        func.count(func.distinct(TrainingAttendance.user_id)), func.count(func.distinct(case((
            TrainingAttendance.training_id.not_in(select(Training.id).where(within(Training.area_path, (area.path,)))),
            TrainingAttendance.training_id)))),
    ).where(here(TrainingAttendance, TrainingAttendance.held_on))).one()
    decisions, done = session.execute(
        select(func.count(), func.count(MeetingDecision.done_on)).select_from(MeetingDecision)
        .join(JointMeeting, JointMeeting.id == MeetingDecision.meeting_id).where(here(JointMeeting, JointMeeting.held_on))).one()
    tasks, accepted = session.execute(select(
        func.count(), func.count(case((SupervisionTask.state == TaskState.ACCEPTED, 1)))).where(
            here(SupervisionTask, SupervisionTask.issued_on))).one()
    conduct = session.execute(select(ConductFinding.kind, func.count(), func.count(ConductFinding.done_on)).where(
        here(ConductFinding, ConductFinding.found_on)).group_by(ConductFinding.kind)).all()
    return Figures(
        included=decided.get(DeterminationResult.INCLUDED, 0), not_included=decided.get(DeterminationResult.NOT_INCLUDED, 0),
        not_proposed=closed.get(Stage.NOT_PROPOSED, 0), eliminated=closed.get(Stage.ELIMINATED, 0),
        re_entered=_re_entered(session, here(Determination, Determination.decided_on)),
        times=_times(session, area, first, last), returns=_returns(session, area, first, last), objections=objections[0],
        upheld=objections[1], unanswered=objections[2], surveys=surveys, typed=int(typed), trainings=trainings + elsewhere,
        trained=trained, meetings=meetings, decisions=decisions, decisions_done=done, tasks=tasks, tasks_accepted=accepted,
        conduct=tuple((kind, count, ended) for kind, count, ended in conduct),
        regional=of_year(session, area, first=first, last=last), handwork=handwork.of_year(session, area, first=first, last=last))


def _re_entered(session: Session, decided: ColumnElement[bool]) -> int:
    """Count the households included this year that were eliminated once before: 返贫."""
    before = aliased(Case)
    return session.scalar(
        select(func.count(func.distinct(Case.id))).select_from(Determination).join(Case, Case.id == Determination.case_id)
        .join(before, and_(before.household_id == Case.household_id, before.id < Case.id, before.stage == Stage.ELIMINATED))
        .where(decided, Determination.result == DeterminationResult.INCLUDED)) or 0


def _times(session: Session, area: Area, first: date, last: date) -> tuple[StageTime, ...]:
    """Measure, for each move of the year, the days since the move before it (or since the case was opened)."""
    moves = _moves(area)
    days = days_between(moves.c.on, moves.c.since)
    rows = session.execute(
        select(moves.c.source, func.count(), func.avg(days), func.max(days)).where(moves.c.on >= first, moves.c.on <= last)
        .group_by(moves.c.source)).all()
    order = list(Stage)
    return tuple(sorted((StageTime(stage, count, round(float(average), 1), int(longest))
                         for stage, count, average, longest in rows), key=lambda row: order.index(row.stage)))


def _moves(area: Area) -> Any:
    before = func.lag(CaseAct.on, type_=Date()).over(partition_by=CaseAct.case_id, order_by=CaseAct.id)
    query: Select[Any] = (
        select(CaseAct.source.label("source"), CaseAct.on.label("on"), func.coalesce(before, Case.opened_on).label("since"))
        .join(Case, Case.id == CaseAct.case_id)
        .where(within(CaseAct.area_path, (area.path,)), CaseAct.source != CaseAct.target))
    return query.subquery()


def _returns(session: Session, area: Area, first: date, last: date) -> tuple[tuple[Stage, int], ...]:
    rows = session.execute(select(CaseReturn.source, func.count()).where(
        within(CaseReturn.area_path, (area.path,)), CaseReturn.returned_at >= start_of(first),
        CaseReturn.returned_at < start_of(last, days=1)).group_by(CaseReturn.source)).all()
    order = list(Stage)
    return tuple(sorted(rows, key=lambda row: order.index(row[0])))
