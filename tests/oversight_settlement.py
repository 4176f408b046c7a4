"""What the leading group of a county keeps, for the tests that ask every page as everybody."""

from datetime import timedelta

from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import DirectRequest
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.oversight import ConductKind, ConductSource, Consequence, GroupPost, TaskKind
from fanpin.rules.roles import Actor
from fanpin.steps import doing, oversight_direct, oversight_meetings, oversight_staff, oversight_tasks, oversight_training
from tests.conftest import TODAY
from tests.stationery import PLAN

WEEK = timedelta(days=7)


def steered(session: Session, village: Area, *, analyst: Actor, township: Actor, overseer: Actor, when: dict[str, object]) -> dict[str, object]:
    """Return one row of everything that a leading group keeps, by the name that an address gives it."""
    county, town = (doing.ancestor(session, village.path, level) for level in (AreaLevel.COUNTY, AreaLevel.TOWNSHIP))
    now, by = {"now": when["now"]}, {"actor": analyst}
    today = when["today"]
    member = oversight_meetings.appoint(session, county, post=GroupPost.HEAD, name="测组长", unit="县委", since=today,
                                        document="测领〔2026〕1号", **by, **now)
    meeting = oversight_meetings.call(
        session, county, title="测联席会议", held_on=today, place="县政府", host="测组长", period_from=today - 4 * WEEK,
        period_to=today, **by, **when)
    decision = oversight_meetings.decide(session, meeting, content="补报数据", unit="县民政局", due_on=today + WEEK, **by, **now)
    task = oversight_tasks.issue(session, [town], kind=TaskKind.INSPECT, title="测督查", content="查逾期", document="",
                                 due_on=TODAY + WEEK, **by, **when)[0]
    oversight_tasks.reply(session, task, text="已整改", actor=township, **when)
    conduct = oversight_tasks.find(
        session, town, kind=ConductKind.NEGLECT, source=ConductSource.AUDIT, found_on=today, facts="未入户", unit="镇政府",
        consequence=Consequence.RECTIFY, demanded="补查", document="测审〔2026〕1号", due_on=TODAY + WEEK, actor=overseer, **when)
    training = oversight_training.hold(session, county, held_on=today, title="测培训", content="政策", trainer="测讲师", place="", **by,
                                       **when)
    plan = oversight_staff.publish_plan(session, county, year=today.year, published_on=today, **PLAN, **by, **when)
    return {"group_member": member, "meeting": meeting, "decision": decision, "task": task, "conduct": conduct,
            "training": training, "work_plan": plan}


def direct_to(session: Session, case: Case, department: Department, *, analyst: Actor, when: dict[str, object]) -> DirectRequest:
    """Ask the province's department about the first person of a case about whom it may be asked."""
    askable = [row for row in oversight_direct.offered(session, case, department, today=when["today"]) if not row.refused]
    codes = [row.code for row in askable if row.subject == askable[0].subject]
    return oversight_direct.ask(session, case, department, codes=codes, ground="省外就读", due_on=TODAY + WEEK, actor=analyst, **when)
