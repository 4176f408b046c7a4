"""What waits of 二(四): households to look at, plans to make and to carry out, tasks to put right and to verify, alarms."""

from sqlalchemy import func, or_, select

from fanpin.blueprints.desk_work import Bench, Group, Item, gist, page_to_propose
from fanpin.blueprints.links import link
from fanpin.clock import legal_date
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.events import Event, EventPlan, Exposure
from fanpin.models.households import Household
from fanpin.models.keychecks import KeyCheck
from fanpin.models.rectification import Rectification
from fanpin.rules.areas import AreaLevel
from fanpin.rules.regional import ExposureResult, RectificationState
from fanpin.steps import relocation

CLAUSE = "二(四)"


def village(bench: Bench) -> list[Group]:
    """List what waits in a village or a township."""
    return [looks(bench), _signs(bench), _plans_to_make(bench), _plans_due(bench), tasks_to_mend(bench)]


def township(bench: Bench) -> list[Group]:
    """List what waits in a township: it verifies its villages' tasks, too."""
    return [*village(bench), _tasks_to_verify(bench)]


def county(bench: Bench) -> list[Group]:
    """List what waits in the county."""
    return [_alarms(bench), _plans_to_make(bench), _plans_due(bench), tasks_to_mend(bench), _tasks_to_verify(bench),
            _tasks_overdue(bench)]


def leading_group(bench: Bench) -> list[Group]:
    """List the events to plan for and the plans that are due."""
    return [_plans_to_make(bench), _plans_due(bench), _tasks_to_verify(bench)]


def overseer(bench: Bench) -> list[Group]:
    """List the events that were reported on to prefecture or province, and the county's tasks to verify."""
    return [_plans_to_make(bench), _plans_due(bench),
            *([_tasks_to_verify(bench)] if bench.actor.level is AreaLevel.PREFECTURE else [])]


def officer(bench: Bench) -> list[Group]:
    """List the department's own plans and tasks."""
    return [_plans_due(bench), tasks_to_mend(bench)]


def looks(bench: Bench) -> Group:
    """List the events of which exposed households are still to be looked at."""
    owed = (select(func.count()).where(Exposure.event_id == Event.id, Exposure.removed_at.is_(None), Exposure.visited_on.is_(None))
            .correlate(Event).scalar_subquery())
    return bench.group("排查受影响农户", CLAUSE, select(Event, owed).where(Event.closed_on.is_(None), owed > 0), lambda row: Item(
        row[0].title, row[0].area_path, row[0].entered_on, bench.due(row[0].entered_on, "event_visit_workdays"),
        link("regional.households", event=row[0].ref), f"{row[0].kind.title}，还差{row[1]}户"), oldest=Event.entered_on,
        url=link("regional.index"))


def _signs(bench: Bench) -> Group:
    """List the households at which an event left a risk and for which nobody has proposed a key check since."""
    proposed = select(KeyCheck.id).where(KeyCheck.household_id == Exposure.household_id,
                                         KeyCheck.proposed_at >= Exposure.added_at).exists()
    busy = select(Case.household_id).where(Case.closed_on.is_(None))
    query = (select(Exposure, Household, Event.title).join(Household, Household.id == Exposure.household_id)
             .join(Event, Event.id == Exposure.event_id)
             .where(Exposure.result == ExposureResult.AT_RISK, Exposure.removed_at.is_(None), ~proposed, Household.id.not_in(busy)))
    return bench.group("把有风险的受影响农户提出为重点核查对象", "三(二)", query, lambda row: Item(
        f"{row[1].head_name}家", row[1].area_path, row[0].visited_on, url=page_to_propose(bench, row[1].ref),
        note=row[2]), oldest=Exposure.visited_on, url=link("regional.index"))


def _plans_to_make(bench: Bench) -> Group:
    """List the events that are one's own level's to handle and for which it has no plan."""
    own = select(EventPlan.id).where(EventPlan.event_id == Event.id, EventPlan.area_path == Event.charge_path).exists()
    query = select(Event).where(Event.closed_on.is_(None), Event.charge_path == bench.actor.area_path, ~own)
    return bench.group("制定防范措施", CLAUSE, query, lambda row: Item(
        row.title, row.area_path, row.entered_on, bench.due(row.entered_on, "event_plan_workdays"),
        link("regional.plan", event=row.ref), row.kind.title), oldest=Event.entered_on, url=link("regional.index"))


def _plans_due(bench: Bench) -> Group:
    """List the plans of one's own level, or of one's department, that nobody has carried out."""
    query = select(EventPlan, Event).join(Event, Event.id == EventPlan.event_id).where(
        EventPlan.done_on.is_(None), Event.closed_on.is_(None), EventPlan.area_path == bench.actor.area_path)
    if bench.actor.department:
        query = query.where(EventPlan.unit_department == bench.actor.department)
    return bench.group("落实防范措施", CLAUSE, query, lambda row: Item(
        gist(row[0].measures), "", row[0].made_on, row[0].due_on,
        link("regional.respond", event=row[1].ref, plan=row[0].ref), f"{row[1].title}，{row[0].unit}"), oldest=EventPlan.due_on,
        url=link("regional.index"))


def _task(row: Rectification, endpoint: str) -> Item:
    return Item(gist(row.finding), "", row.opened_on, row.due_on, link(endpoint, rectification=row.ref),
                f"{row.unit}，{row.cause.title}")


def tasks_to_mend(bench: Bench) -> Group:
    """List the tasks that one's own unit is to put right."""
    query = select(Rectification).where(
        Rectification.state == RectificationState.OPEN, Rectification.area_path == bench.actor.area_path,
        Rectification.department == bench.actor.department)
    return bench.group("整改落实不到位的问题", CLAUSE, query, lambda row: _task(row, "regional.mend"), oldest=Rectification.due_on,
                       url=link("regional.tasks"))


def _tasks_to_verify(bench: Bench) -> Group:
    """List the mended tasks of the units right below, and the county's own, that somebody else did."""
    below = select(Area.id).where(Area.parent_id == bench.actor.area_id)
    units = Rectification.area_id.in_(below)
    if bench.actor.level is AreaLevel.COUNTY:
        units = or_(units, Rectification.area_id == bench.actor.area_id)
    query = select(Rectification).where(Rectification.state == RectificationState.DONE, units,
                                        Rectification.done_by_id != bench.actor.user_id)
    return bench.group("核验整改", CLAUSE, query, lambda row: _task(row, "regional.verify"), oldest=Rectification.done_on,
                       url=link("regional.tasks", state=RectificationState.DONE.value))


def _tasks_overdue(bench: Bench) -> Group:
    query = select(Rectification).where(
        Rectification.state == RectificationState.OPEN, Rectification.due_on < bench.today,
        or_(Rectification.area_path != bench.actor.area_path, Rectification.department != ""))
    return bench.group("催办逾期的整改", CLAUSE, query, lambda row: _task(row, "regional.task"), oldest=Rectification.due_on,
                       hands="责任单位", url=link("regional.tasks"))


def _alarms(bench: Bench) -> Group:
    """List the relocation communities of which an indicator fell and nobody has made an event."""
    rows = [row for row in relocation.standings(bench.session, path=bench.actor.area_path) if row.alarm]
    items = tuple(Item(
        row.community.name, "", legal_date(max(one.latest.recorded_at for one in row.indicators if one.worse and one.latest)),
        url=link("regional.community", community=row.community.ref),
        note="、".join(one.indicator.title for one in row.indicators if one.worse) + "比上次下降") for row in rows[:10])
    return Group("核实安置区下降的情况", CLAUSE, bench.actor.role.title, len(rows), items, link("regional.communities"))
