"""What waits for a level's leading group and its office under 六: tasks, decisions, plans, persons, training, findings."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fanpin.blueprints.desk_work import Bench, Group, Item, page_of_case
from fanpin.blueprints.links import link
from fanpin.models.cases import Case
from fanpin.models.county import DirectRequest
from fanpin.models.leading_groups import JointMeeting, MeetingDecision
from fanpin.models.supervision import ConductFinding, SupervisionTask
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.oversight import TaskState
from fanpin.steps import doing, oversight_reach, oversight_staff, oversight_training

WAITING = (TaskState.OPEN, TaskState.RETURNED)


def tasks_to_reply(bench: Bench) -> Group:
    """List the tasks that the own area has to answer."""
    query = select(SupervisionTask).where(SupervisionTask.area_id == bench.actor.area_id, SupervisionTask.state.in_(WAITING))
    return bench.group("回复督导、督查、调度任务", "六(二)", query, lambda row: Item(
        row.title, "", row.issued_on, row.due_on, link("oversight.task", task=row.ref), f"{row.issuer.name}下达"),
        oldest=SupervisionTask.due_on, url=link("oversight.tasks"))


def tasks_given(bench: Bench) -> list[Group]:
    """List the replies to judge, and the areas that are late."""
    given = select(SupervisionTask).where(SupervisionTask.issuer_id == bench.actor.area_id)

    def item(row: SupervisionTask) -> Item:
        return Item(f"{row.area.name}：{row.title}", "", row.issued_on, row.due_on, link("oversight.task", task=row.ref))

    return [
        bench.group("认可或退回任务回复", "六(二)", given.where(SupervisionTask.state == TaskState.REPLIED), item,
                    oldest=SupervisionTask.due_on, url=link("oversight.tasks")),
        bench.group("催办逾期没有回复的任务", "六(二)", given.where(
            SupervisionTask.state.in_(WAITING), SupervisionTask.due_on < bench.today), item, oldest=SupervisionTask.due_on,
            hands="下级", url=link("oversight.tasks"))]


def decisions(bench: Bench) -> Group:
    """List what the own joint meetings decided and nobody has finished."""
    query = select(MeetingDecision).join(JointMeeting, JointMeeting.id == MeetingDecision.meeting_id).where(
        JointMeeting.area_id == bench.actor.area_id, MeetingDecision.done_on.is_(None))
    return bench.group("落实联席会议决定事项", "六(一)", query, lambda row: Item(
        row.content.splitlines()[0][:30], "", row.meeting.held_on, row.due_on, link("oversight.follow_decision", decision=row.ref),
        row.unit), oldest=MeetingDecision.due_on, hands="责任单位", url=link("oversight.meetings"))


def conduct(bench: Bench) -> Group:
    """List what was found of falsification and neglect and is not ended."""
    return bench.group("处理弄虚作假、失职失责问题", "六(三)", select(ConductFinding).where(ConductFinding.done_on.is_(None)),
                       lambda row: Item(row.kind.title, row.area_path, row.found_on, row.due_on,
                                        link("oversight.follow", conduct=row.ref), row.unit),
                       oldest=ConductFinding.due_on, url=link("oversight.conduct"))


def plan(bench: Bench) -> Group:
    """Say that this year's work plan is not published."""
    year = bench.today.year
    known = oversight_staff.plan_of(bench.session, bench.actor.area_id, year) is not None
    due = oversight_staff.plan_due(year)
    item = Item(f"{year}年工作方案还没有发布", since=date(year, 1, 1), due=due, url=link("oversight.plan"), left=bench.left(due))
    return Group("发布工作方案", "六(二)", bench.actor.role.title, 0 if known else 1, (item,), link("oversight.plans"))


def empty_seats(bench: Bench) -> Group:
    """List the county's and its townships' responsibilities that nobody holds."""
    area = doing.area_of(bench.session, bench.actor.area_id)
    areas = [area, *oversight_reach.below(bench.session, area)]
    empty = [seat for seat in oversight_staff.seats(bench.session, areas, today=bench.today) if seat.holder is None]
    items = tuple(Item(f"{seat.area.name}：{seat.kind.title}",
                       url=link("oversight.name_person", area=seat.area.code12, kind=seat.kind.value)) for seat in empty[:10])
    return Group("登记责任人", "六(一)", bench.actor.role.title, len(empty), items, link("oversight.people"))


def untrained(bench: Bench) -> Group:
    """Say how many of the staff took part in no training this year."""
    count = oversight_training.untrained(bench.session, bench.actor.area_path, today=bench.today)
    item = Item(f"{count}人今年还没有参加培训", since=date(bench.today.year, 1, 1), url=link("oversight.trainings"))
    return Group("培训监测帮扶工作人员", "六(二)", bench.actor.role.title, 1 if count else 0, (item,), link("oversight.trainings"))


def provincial(bench: Bench) -> list[Group]:
    """List what counties ask the officer's department: numbers and counties, no names."""
    return [bench.group("答复信息筛查直通车", "六(一)", select(DirectRequest).where(DirectRequest.signed_at.is_(None)), lambda row: Item(
        row.number, "", row.asked_on, row.due_on, link("oversight.answer", direct=row.ref), row.place),
        oldest=DirectRequest.due_on, url=link("oversight.requests"))]


def direct_late(bench: Bench) -> Group:
    """List the provincial departments that did not answer in time."""
    query = select(DirectRequest, Case).join(Case, Case.id == DirectRequest.case_id).where(
        DirectRequest.signed_at.is_(None), DirectRequest.due_on < bench.today, Case.closed_on.is_(None))
    return bench.group("催办逾期没有答复的省级部门", "六(一)", query, lambda row: Item(
        f"{Department(row[0].department).title}：{row[1].household.head_name}家", row[1].area_path, row[0].asked_on, row[0].due_on,
        page_of_case("county.review", row[1].ref)), oldest=DirectRequest.due_on, hands="省级部门", url=link("oversight.direct_list"),
        options=[joinedload(Case.household)])


def analyst(bench: Bench) -> list[Group]:
    """List the county office's work: the leading group's, and who is late at the province."""
    return [direct_late(bench), *steering(bench)]


def steering(bench: Bench) -> list[Group]:
    """List the work of a leading group: at the county with its responsible persons and its staff."""
    groups = [tasks_to_reply(bench), *tasks_given(bench), decisions(bench), conduct(bench), plan(bench)]
    return groups + ([empty_seats(bench), untrained(bench)] if bench.actor.level is AreaLevel.COUNTY else [])


def township(bench: Bench) -> list[Group]:
    """List what the county asks of the township."""
    return [tasks_to_reply(bench)]


def township_leader(bench: Bench) -> list[Group]:
    """List what the county asks of the township, and its plan."""
    return [tasks_to_reply(bench), plan(bench)]
