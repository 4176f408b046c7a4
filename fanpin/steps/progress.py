"""六 Progress and overdue work by area: counts only, in a number of statements that does not grow with the areas."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DirectRequest, Inquiry
from fanpin.models.measures import Visit
from fanpin.models.scoped import BEYOND
from fanpin.rules.areas import AreaLevel
from fanpin.rules.settings import SETTINGS
from fanpin.rules.stages import MONITORED, Procedure, Stage
from fanpin.rules.titles import TitledEnum
from fanpin.steps import doing, review_year


class Column(TitledEnum):
    """What is counted of an area's cases."""

    SURVEY = ("survey", "实地调查")
    DELIBERATION = ("deliberation", "评议")
    PUBLICITY = ("publicity", "公示")
    TOWNSHIP = ("township", "乡镇审核")
    COUNTY = ("county", "县级确定")
    ASSISTANCE = ("assistance", "帮扶中")
    REVIEW = ("review", "成效评议")
    LEAVING = ("leaving", "风险消除办理中")
    ELIMINATED = ("eliminated", "今年消除")


class Overdue(TitledEnum):
    """What is late."""

    ENTRY = ("entry", "录入全国系统")
    INQUIRY = ("inquiry", "部门答复联审")
    DIRECT = ("direct", "省级答复直通车")
    VISIT = ("visit", "日常监测走访")
    REVIEW = ("review", "年度成效评议")


@dataclass
class Counts:
    """One area's numbers."""

    area: Area
    stages: dict[Column, int] = field(default_factory=lambda: dict.fromkeys(Column, 0))
    overdue: dict[Overdue, int] = field(default_factory=lambda: dict.fromkeys(Overdue, 0))

    @property
    def late(self) -> int:
        """Return how much is late in all."""
        return sum(self.overdue.values())

    @property
    def monitored(self) -> int:
        """Return how many households are monitored and helped now."""
        return self.stages[Column.ASSISTANCE] + self.stages[Column.REVIEW] + self.stages[Column.LEAVING]


def progress(session: Session, area: Area, *, today: date) -> tuple[Counts, list[Counts]]:
    """Count what stands where and what is late: in the area, and in each of the areas right below it."""
    below = list(session.scalars(select(Area).where(Area.parent_id == area.id, Area.valid_to.is_(None)).order_by(Area.code12)))
    rows = {row.id: Counts(row) for row in below or [area]}
    for number, column, count in _stages(session, list(rows), today=today):
        rows[number].stages[column] += count
    for kind, query in _late(session, area, today=today).items():
        for number, count in session.execute(_by_area(query, list(rows))):
            rows[number].overdue[kind] += count
    total = Counts(area)
    for row in rows.values():
        for column, count in row.stages.items():
            total.stages[column] += count
        for kind, count in row.overdue.items():
            total.overdue[kind] += count
    return total, list(rows.values()) if below else []


def _in_area() -> object:
    return and_(Case.area_path >= Area.path, Case.area_path < Area.path.concat(BEYOND))


def _stages(session: Session, areas: Sequence[int], *, today: date) -> list[tuple[int, Column, int]]:
    wanted = Case.closed_on.is_(None) | (Case.closed_on >= date(today.year, 1, 1))
    rows = session.execute(
        select(Area.id, Case.procedure, Case.stage, func.count()).join(Case, _in_area())
        .where(Area.id.in_(areas), wanted).group_by(Area.id, Case.procedure, Case.stage)).all()
    return [(number, column, count) for number, procedure, stage, count in rows
            if (column := _column(procedure, stage)) is not None]


def _column(procedure: Procedure, stage: Stage) -> Column | None:
    if stage is Stage.ELIMINATED:
        return Column.ELIMINATED
    if stage.ended:
        return None
    return Column.LEAVING if procedure is Procedure.LEAVING else Column(stage.value)


def _by_area(query: Select[tuple[int]], areas: Sequence[int]) -> Select[tuple[int, int]]:
    """Count the cases that a query of case ids names, by area."""
    late = query.subquery()
    return (select(Area.id, func.count()).join(Case, _in_area()).join(late, late.c.case_id == Case.id)
            .where(Area.id.in_(areas)).group_by(Area.id))


def _late(session: Session, area: Area, *, today: date) -> dict[Overdue, Select[tuple[int]]]:
    """Return for each kind of lateness the query of its cases (a case once for each thing that is late)."""
    days = (doing.setting(session, area.path, "visit_days") if area.level >= AreaLevel.COUNTY
            else SETTINGS["visit_days"].default)
    visited = (select(Visit.case_id.label("case_id"), func.max(Visit.visited_on).label("day"))
               .group_by(Visit.case_id).subquery())
    return {
        Overdue.ENTRY: select(Determination.case_id).join(Case, Case.id == Determination.case_id).where(
            Determination.entered_on.is_(None), Determination.entry_due_on < today, Case.stage == Stage.ASSISTANCE),
        Overdue.INQUIRY: select(Inquiry.case_id).join(Case, Case.id == Inquiry.case_id).where(
            Inquiry.blocking.is_(True), Inquiry.signed_at.is_(None), Inquiry.due_on < today, Case.stage == Stage.COUNTY,
            Inquiry.procedure == Case.procedure, Inquiry.round == Case.round),
        Overdue.DIRECT: select(DirectRequest.case_id).join(Case, Case.id == DirectRequest.case_id).where(
            DirectRequest.signed_at.is_(None), DirectRequest.due_on < today, Case.closed_on.is_(None)),
        Overdue.VISIT: select(Case.id.label("case_id")).outerjoin(visited, visited.c.case_id == Case.id).where(
            Case.stage.in_(MONITORED), func.coalesce(visited.c.day, Case.stage_since) < today - timedelta(days=days)),
        Overdue.REVIEW: review_year.overdue(today=today),
    }
