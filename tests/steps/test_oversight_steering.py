"""六: leading groups, joint meetings, tasks, responsible persons, training, plans, hand-overs, findings."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import authorization
from fanpin.models.audit import AuditEvent
from fanpin.models.county import Inquiry
from fanpin.models.leading_groups import JointMeeting, MeetingDecision
from fanpin.models.scoped import set_scope
from fanpin.models.staff import ResponsiblePerson
from fanpin.models.supervision import SupervisionTask
from fanpin.models.users import User
from fanpin.rules.checks import CheckState
from fanpin.rules.oversight import ConductKind, ConductSource, Consequence, GroupPost, ResponsibleKind, TaskKind, TaskState
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted
from fanpin.rules.roles import Role
from fanpin.steps import (
    accounts, county, oversight_board, oversight_figures, oversight_meetings, oversight_staff, oversight_tasks, oversight_training,
)
from tests.conftest import StandingClock
from tests.county import a_case_at_county
from tests.counting import statements
from tests.stationery import PLAN
from tests.world import World

WEEK = timedelta(days=7)


class Office:
    """Does the office work of leading groups."""

    def __init__(self, session: Session, world: World, clock: StandingClock) -> None:
        self.session, self.world, self.clock = session, world, clock

    @property
    def when(self) -> dict[str, object]:
        return {"now": self.clock.now(), "today": self.clock.today()}

    def area(self, key: str):
        return self.world.areas[key]

    def actor(self, username: str):
        return self.world.actors[username]

    def appoint(self, name: str = "测组长", *, who: str = "ling.dao", place: str = "county", since: date | None = None):
        return oversight_meetings.appoint(
            self.session, self.area(place), post=GroupPost.HEAD, name=name, unit="县委", since=since or self.clock.today(),
            document="测领〔2026〕1号", actor=self.actor(who), now=self.clock.now())

    def call(self, *, who: str = "xian.ban", place: str = "county", **changed) -> JointMeeting:
        today = self.clock.today()
        given = {"title": "二月联席会议", "held_on": today, "place": "县政府", "host": "测组长", "period_from": today - 4 * WEEK,
                 "period_to": today} | changed
        return oversight_meetings.call(self.session, self.area(place), actor=self.actor(who), **given, **self.when)

    def issue(self, *places: str, who: str = "zhou.shi", days: int = 7) -> list[SupervisionTask]:
        return oversight_tasks.issue(
            self.session, [self.area(place) for place in places], kind=TaskKind.GUIDE, title="春季督导", content="核对逾期",
            document="", due_on=self.clock.today() + timedelta(days=days), actor=self.actor(who), **self.when)

    def name(self, name: str, *, since: date, kind: ResponsibleKind = ResponsibleKind.FIRST_PARTY, place: str = "county",
             who: str = "xian.ban") -> ResponsiblePerson:
        return oversight_staff.name_person(self.session, self.area(place), kind=kind, name=name, post="书记", since=since,
                                           document="测任〔2026〕1号", actor=self.actor(who), now=self.clock.now())

    def plan(self, *, who: str = "xian.ban", place: str = "county", year: int = 2026):
        return oversight_staff.publish_plan(self.session, self.area(place), year=year, published_on=self.clock.today(), **PLAN,
                                            actor=self.actor(who), **self.when)


@pytest.fixture
def office(session: Session, world: World, clock: StandingClock) -> Office:
    session.connection()
    return Office(session, world, clock)


# 六(一): leading groups and their joint meetings.

@pytest.mark.parametrize(("who", "place"), [("sheng.ban", "province"), ("zhou.shi", "prefecture"), ("ling.dao", "county")])
def test_each_of_the_three_levels_keeps_its_leading_group_and_meets(office: Office, who: str, place: str) -> None:
    member = office.appoint(who=who, place=place)
    meeting = office.call(who=who, place=place)
    oversight_meetings.record(office.session, meeting, present=[member.ref], others="", minutes="逐项研究。",
                              actor=office.actor(who), **office.when)
    assert meeting.present == ["测组长（县委）"] and meeting.recorded_at is not None


@pytest.mark.parametrize(("who", "place"), [("zhou.shi", "county"), ("xian.ban", "prefecture"), ("wai.xian", "county")])
def test_no_level_acts_for_another(office: Office, who: str, place: str) -> None:
    for act in (office.appoint, office.call, office.plan):
        with pytest.raises(NotPermitted):
            act(who=who, place=place)


def test_members_serve_from_a_day_until_another_and_stay_in_the_history(office: Office) -> None:
    today, area = office.clock.today(), office.area("county")
    first = office.appoint("前组长", since=date(2025, 1, 1))
    oversight_meetings.dismiss(office.session, first, until=date(2025, 12, 31), actor=office.actor("ling.dao"), now=office.clock.now())
    office.appoint("现组长", since=date(2026, 1, 1))
    assert [row.name for row in oversight_meetings.members(office.session, area, on=today)] == ["现组长"]
    assert {row.name for row in oversight_meetings.members(office.session, area)} == {"前组长", "现组长"}
    with pytest.raises(Invalid, match="不能早于"):
        oversight_meetings.dismiss(office.session, first, until=date(2024, 1, 1), actor=office.actor("ling.dao"),
                                   now=office.clock.now())


def test_the_agenda_is_drawn_from_the_records_and_stays_as_it_was(office: Office) -> None:
    case = a_case_at_county(office.session, office.world, office.clock)
    county.inquire(office.session, case, actor=office.actor("xian.ban"), **office.when)
    office.session.flush()
    meeting = office.call()
    agenda = oversight_meetings.read_agenda(meeting.agenda)
    education = next(row for row in agenda.answers if row.department == "教育部门")
    assert education.counts[CheckState.WAITING] >= 1 and education.counts[CheckState.CLEAR] == 0 and education.decided == ()
    assert agenda.overdue == () and agenda.returned == () and agenda.unfinished == 0
    office.clock.move(days=30)
    assert len(oversight_meetings.read_agenda(office.call(title="三月联席会议").agenda).overdue) >= 15
    assert oversight_meetings.read_agenda(meeting.agenda).overdue == ()


def test_the_agenda_has_one_line_for_a_department_and_no_column_of_noughts() -> None:
    agenda = oversight_meetings.read_agenda({"answers": [
        ["health", "clear", "included", 52], ["health", "clear", "", 13], ["health", "hit", "included", 9], ["health", "hit", "", 1],
        ["education", "clear", "included", 4]]})
    health, education = agenda.answers
    assert health.counts[CheckState.CLEAR] == 65 and health.decided == (("确定为监测对象", 9), ("还没有决定", 1))
    assert education.decided == () and agenda.states == (CheckState.HIT, CheckState.CLEAR)


def test_the_agenda_asks_no_more_for_more_departments(office: Office) -> None:
    asked, area = [], office.area("county")
    for ask in (False, True):
        if ask:
            case = a_case_at_county(office.session, office.world, office.clock)
            county.inquire(office.session, case, actor=office.actor("xian.ban"), **office.when)
            office.session.flush()
        with statements() as found:
            oversight_meetings.agenda(office.session, area, since=date(2026, 1, 1), until=office.clock.today(),
                                      today=office.clock.today())
        asked.append(len(found))
    assert asked[0] == asked[1] == 4


def test_the_neighbours_inquiries_are_on_no_agenda(office: Office) -> None:
    case = a_case_at_county(office.session, office.world, office.clock)
    county.inquire(office.session, case, actor=office.actor("xian.ban"), **office.when)
    office.session.flush()
    set_scope(office.session, authorization.scope_for(office.actor("wai.xian")))
    assert oversight_meetings.read_agenda(office.call(who="wai.xian", place="other_county").agenda).answers == ()


def test_a_decision_is_followed_up_until_it_is_done(office: Office) -> None:
    meeting, actor = office.call(), office.actor("xian.ban")
    decision = oversight_meetings.decide(office.session, meeting, content="民政部门补报", unit="县民政局",
                                         due_on=office.clock.today() + WEEK, actor=actor, now=office.clock.now())
    office.clock.move(days=9)
    board = oversight_board.board(office.session, office.area("county"), today=office.clock.today())
    assert (board.decisions_open, board.decisions_overdue) == (1, 1)
    oversight_meetings.follow(office.session, decision, progress="已补报", done_on=office.clock.today(), actor=actor, **office.when)
    assert office.session.scalars(select(MeetingDecision).where(MeetingDecision.done_on.is_(None))).all() == []


def test_what_a_meeting_lacks_is_named(office: Office) -> None:
    actor, today = office.actor("xian.ban"), office.clock.today()
    with pytest.raises(Invalid) as refused:
        office.call(period_from=today, period_to=today - WEEK)
    assert "period_to" in refused.value.problems
    future = office.call(held_on=today + WEEK)
    with pytest.raises(Invalid, match="开会以后再登记"):
        oversight_meetings.record(office.session, future, present=[], others="甲", minutes="x", actor=actor, **office.when)
    with pytest.raises(Invalid) as refused:
        oversight_meetings.record(office.session, office.call(), present=[], others="", minutes="x", actor=actor, **office.when)
    assert "present" in refused.value.problems
    with pytest.raises(Invalid) as refused:
        oversight_meetings.decide(office.session, future, content="x", unit="x", due_on=today, actor=actor, now=office.clock.now())
    assert "due_on" in refused.value.problems


# 六(一)(二): tasks.

def test_a_task_is_replied_to_returned_and_accepted(office: Office) -> None:
    task, other = office.issue("county", "other_county")
    oversight_tasks.reply(office.session, task, text="已核对", actor=office.actor("xian.ban"), **office.when)
    oversight_tasks.judge(office.session, task, accepted=False, opinion="缺名单", due_on=office.clock.today() + WEEK,
                          actor=office.actor("zhou.shi"), **office.when)
    assert task.state is TaskState.RETURNED and not task.overdue_on(office.clock.today())
    oversight_tasks.reply(office.session, task, text="名单附后", actor=office.actor("ling.dao"), **office.when)
    oversight_tasks.judge(office.session, task, accepted=True, opinion="", due_on=None, actor=office.actor("zhou.shi"), **office.when)
    assert task.state is TaskState.ACCEPTED and [row.accepted for row in task.replies] == [False, True]
    assert other.state is TaskState.OPEN and other.overdue_on(office.clock.today() + 2 * WEEK)
    tags = office.session.scalars(select(AuditEvent.tag).where(AuditEvent.object == task.ref)).all()
    assert tags.count("oversight.reply") == 2 and tags.count("oversight.task") == 3


@pytest.mark.parametrize(("who", "place", "allowed"), [
    ("sheng.ban", "prefecture", True), ("sheng.ban", "county", True), ("zhou.shi", "county", True), ("ling.dao", "township", True),
    ("zhou.shi", "township", False), ("ling.dao", "village", False), ("ling.dao", "county", False), ("sheng.ban", "township", False),
])
def test_each_level_moves_the_one_below(office: Office, who: str, place: str, allowed: bool) -> None:
    if allowed:
        assert office.issue(place, who=who)[0].area.name == office.area(place).name
        return
    with pytest.raises(Invalid, match="任务下达到"):
        office.issue(place, who=who)


def test_nobody_replies_for_another_or_judges_what_he_did_not_give(office: Office) -> None:
    task, = office.issue("county")
    for stranger in ("wai.xian", "xiang.zhang", "zhou.shi"):
        with pytest.raises(NotPermitted):
            oversight_tasks.reply(office.session, task, text="x", actor=office.actor(stranger), **office.when)
    with pytest.raises(NotAllowedHere, match="还没有回复"):
        oversight_tasks.judge(office.session, task, accepted=True, opinion="", due_on=None, actor=office.actor("zhou.shi"),
                              **office.when)
    with pytest.raises(NotAllowedHere, match="由谁认可"):
        oversight_tasks.judge(office.session, task, accepted=True, opinion="", due_on=None, actor=office.actor("sheng.ban"),
                              **office.when)
    oversight_tasks.reply(office.session, task, text="已核对", actor=office.actor("xian.ban"), **office.when)
    with pytest.raises(NotAllowedHere, match="不用回复"):
        oversight_tasks.reply(office.session, task, text="再核对", actor=office.actor("xian.ban"), **office.when)
    oversight_tasks.judge(office.session, task, accepted=True, opinion="", due_on=None, actor=office.actor("zhou.shi"), **office.when)
    with pytest.raises(AlreadyHandled):
        oversight_tasks.judge(office.session, task, accepted=True, opinion="", due_on=None, actor=office.actor("zhou.shi"),
                              **office.when)


def test_a_return_says_what_is_missing_and_until_when(office: Office) -> None:
    task, = office.issue("county")
    oversight_tasks.reply(office.session, task, text="已核对", actor=office.actor("xian.ban"), **office.when)
    for opinion, due_on, field in (("", office.clock.today(), "opinion"), ("缺名单", None, "due_on"),
                                   ("缺名单", office.clock.today() - WEEK, "due_on")):
        with pytest.raises(Invalid) as refused:
            oversight_tasks.judge(office.session, task, accepted=False, opinion=opinion, due_on=due_on,
                                  actor=office.actor("zhou.shi"), **office.when)
        assert field in refused.value.problems


def test_a_county_sees_its_own_tasks_and_the_prefecture_both(office: Office) -> None:
    office.issue("county", "other_county")
    office.session.commit()
    seen = {}
    for username in ("xian.ban", "wai.xian", "zhou.shi", "xiang.zhang"):
        set_scope(office.session, authorization.scope_for(office.actor(username)))
        seen[username] = {row.area.name for row in oversight_tasks.tasks_of(office.session, office.actor(username))}
    assert seen == {"xian.ban": {"彝良县"}, "wai.xian": {"镇雄县"}, "zhou.shi": {"彝良县", "镇雄县"}, "xiang.zhang": set()}


# 六(一): responsible persons.

def test_a_new_responsible_person_ends_the_time_of_the_one_before(office: Office) -> None:
    office.name("前书记", since=date(2024, 1, 1))
    office.name("现书记", since=date(2026, 2, 1))
    path = office.area("village").path
    assert oversight_staff.responsible_on(office.session, path, date(2026, 1, 31))[ResponsibleKind.FIRST_PARTY].name == "前书记"
    assert oversight_staff.responsible_on(office.session, path, date(2026, 2, 1))[ResponsibleKind.FIRST_PARTY].name == "现书记"
    with pytest.raises(Invalid) as refused:
        office.name("早书记", since=date(2025, 1, 1))
    assert "since" in refused.value.problems


def test_empty_seats_of_county_and_townships_are_named(office: Office) -> None:
    office.name("现书记", since=date(2026, 1, 1))
    office.name("镇书记", since=date(2026, 1, 1), kind=ResponsibleKind.DIRECT_PARTY, place="township")
    board = oversight_board.board(office.session, office.area("county"), today=office.clock.today())
    assert [seat.holder.name if seat.holder else "" for seat in board.seats] == ["现书记", "", ""]
    assert [seat.kind for seat in board.empty_below] == [ResponsibleKind.DIRECT_GOVERNMENT]


@pytest.mark.parametrize(("kind", "place"), [(ResponsibleKind.DIRECT_PARTY, "county"), (ResponsibleKind.FIRST_PARTY, "township")])
def test_a_responsibility_belongs_to_its_level(office: Office, kind: ResponsibleKind, place: str) -> None:
    with pytest.raises(Invalid, match="登记在"):
        office.name("某某", since=date(2026, 1, 1), kind=kind, place=place)


@pytest.mark.parametrize("who", ["zhou.shi", "xiang.zhang", "wai.xian", "xian.zhang"])
def test_only_the_county_s_own_office_names_responsible_persons(office: Office, who: str) -> None:
    with pytest.raises(NotPermitted):
        office.name("某某", since=date(2026, 1, 1), who=who)


# 六(二): training, plans, hand-overs.

def user(session: Session, username: str) -> User:
    return session.scalars(select(User).where(User.username == username)).one()


def test_whoever_was_not_trained_this_year_is_named_to_the_leading_group(office: Office) -> None:
    area, today = office.area("county"), office.clock.today()
    everybody = {row.username for row in oversight_training.staff(office.session, area, today=today)}
    assert {"cun.gan", "xiang.gan", "xian.ban", "bm.education"} <= everybody
    assert not everybody & {"xi.tong", "an.quan", "shen.ji", "jian.cha", "zhou.shi", "sheng.ting", "wai.xian"}
    training = oversight_training.hold(office.session, area, held_on=today, title="政策培训", content="识别程序", trainer="测讲师",
                                       place="", actor=office.actor("ling.dao"), **office.when)
    refs = [user(office.session, name).ref for name in ("cun.gan", "xian.ban")]
    oversight_training.attend(office.session, training, shown=[*refs, user(office.session, "wai.xian").ref], came=refs,
                              actor=office.actor("ling.dao"), now=office.clock.now())
    office.session.flush()
    lacking = {row.username for row in oversight_training.staff(office.session, area, today=today, untrained_since=date(2026, 1, 1))}
    assert lacking == everybody - {"cun.gan", "xian.ban"}
    assert oversight_training.untrained(office.session, area.path, today=today) == len(lacking)
    oversight_training.attend(office.session, training, shown=refs[:1], came=[], actor=office.actor("ling.dao"), now=office.clock.now())
    office.session.flush()
    assert oversight_training.trainings(office.session, area)[0][1] == 1
    assert oversight_training.untrained(office.session, area.path, today=date(2027, 1, 1)) == len(everybody)


def test_what_the_prefecture_trained_counts_in_the_countys_own_figures(office: Office) -> None:
    area, today, session = office.area("county"), office.clock.today(), office.session
    training = oversight_training.hold(session, office.area("prefecture"), held_on=today, title="全州培训", content="识别程序", trainer="测讲师",
                                       place="", actor=office.actor("zhou.shi"), **office.when)
    session.flush()
    refs = [user(session, name).ref for name in ("cun.gan", "wai.xian")]
    oversight_training.attend(session, training, shown=refs, came=refs, actor=office.actor("zhou.shi"), now=office.clock.now())
    session.flush()
    set_scope(session, authorization.scope_for(office.actor("xian.ban")))
    session.expire_all()
    lacking = {row.username for row in oversight_training.staff(session, area, today=today, untrained_since=date(2026, 1, 1))}
    assert "cun.gan" not in lacking and "xian.ban" in lacking
    assert oversight_training.untrained(session, area.path, today=today) == len(lacking)
    counted = oversight_figures.figures(session, area, year=today.year)
    assert (counted.trainings, counted.trained) == (1, 1)


def test_a_plan_is_published_in_versions_and_its_absence_shown_from_the_start_of_the_year(office: Office) -> None:
    area = office.area("county")
    assert not oversight_board.board(office.session, area, today=date(2026, 1, 31)).plan_overdue
    assert oversight_board.board(office.session, area, today=date(2026, 2, 1)).plan_overdue
    first, second = office.plan(), office.plan()
    assert (first.number, second.number) == (1, 2)
    board = oversight_board.board(office.session, area, today=office.clock.today())
    assert board.plan is second and not board.plan_overdue and [one.name for one in board.plans_missing] == ["洛泽河镇"]
    office.plan(who="xiang.zhang", place="township")
    assert oversight_board.board(office.session, area, today=office.clock.today()).plans_missing == ()
    with pytest.raises(Invalid) as refused:
        office.plan(year=2030)
    assert "year" in refused.value.problems


def test_an_administrator_who_leaves_hands_over_or_is_named(office: Office) -> None:
    session, area, today = office.session, office.area("county"), office.clock.today()
    leaver = user(session, "xi.tong")
    heir, _ = accounts.create(session, username="xin.tong", name="新系统", by="test", now=office.clock.now(), password="Ceshi-mima-2026")
    accounts.grant(session, heir, role=Role.SYSTEM_ADMIN, area=area, valid_from=today, document="测任", by="test", now=office.clock.now())
    grant = next(row for row in leaver.grants)
    grant.revoked_at = office.clock.now()
    session.flush()
    assert oversight_board.board(session, area, today=today).bare_endings == 1
    given = {"role": Role.SYSTEM_ADMIN, "giver": leaver, "taker": heir, "handed_on": today, "items": "账号、密钥、备份", "open_matters": "",
             "witness": "钱领导", "document": "", "actor": office.actor("ling.dao"), **office.when}
    with pytest.raises(Invalid, match="没有担任过"):
        oversight_staff.hand_over(session, area, **given | {"taker": user(session, "cun.gan")})
    with pytest.raises(Invalid, match="不能是同一人"):
        oversight_staff.hand_over(session, area, **given | {"taker": leaver})
    oversight_staff.hand_over(session, area, **given)
    session.flush()
    rows = {row.grant.user.username: row for row in oversight_staff.tenures(session, area, today=today)}
    assert rows["xi.tong"].until == today and rows["xi.tong"].handover.taker.name == "新系统" and rows["xin.tong"].until is None
    assert oversight_board.board(session, area, today=today).bare_endings == 0


# 六(三): falsification and neglect.

def test_what_an_inspector_finds_has_a_consequence_and_is_followed_to_its_end(office: Office) -> None:
    today = office.clock.today()
    given = {"kind": ConductKind.FALSIFICATION, "source": ConductSource.INSPECTION, "found_on": today, "facts": "走访记录不实",
             "unit": "洛泽河镇", "consequence": Consequence.DEDUCT, "demanded": "扣分并通报", "document": "测督〔2026〕1号",
             "due_on": today + WEEK, **office.when}
    for who in ("xian.ban", "xiang.zhang", "xian.zhang"):
        with pytest.raises(NotPermitted):
            oversight_tasks.find(office.session, office.area("township"), actor=office.actor(who), **given)
    finding = oversight_tasks.find(office.session, office.area("township"), actor=office.actor("jian.cha"), **given)
    with pytest.raises(NotPermitted):
        oversight_tasks.find(office.session, office.area("other_county"), actor=office.actor("jian.cha"), **given)
    office.session.flush()
    assert oversight_board.board(office.session, office.area("county"), today=today).conduct_open == 1
    oversight_tasks.follow(office.session, finding, result="已扣分", done_on=today, actor=office.actor("ling.dao"), **office.when)
    office.session.flush()
    assert oversight_board.board(office.session, office.area("county"), today=today).conduct_open == 0
    assert office.session.scalars(select(Inquiry)).all() == []


def test_the_board_asks_as_much_for_a_county_as_for_a_province(office: Office) -> None:
    asked = []
    for area in [office.area(place) for place in ("county", "prefecture", "province", "township")]:
        with statements() as found:
            oversight_board.board(office.session, area, today=office.clock.today())
        asked.append(len(found))
    assert len(set(asked)) == 1
