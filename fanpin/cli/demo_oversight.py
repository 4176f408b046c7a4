"""The demo's work of 六: leading groups, joint meetings, tasks with replies, responsible persons, training, plans, findings."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from fanpin.authorization import scope_for
from fanpin.clock import at_noon
from fanpin.models.areas import Area
from fanpin.models.scoped import set_scope
from fanpin.rules.areas import AreaLevel
from fanpin.rules.oversight import ConductKind, ConductSource, Consequence, GroupPost, ResponsibleKind, TaskKind
from fanpin.rules.roles import Actor, Role
from fanpin.steps import doing, oversight_meetings, oversight_reach, oversight_staff, oversight_tasks, oversight_training

DAY = timedelta(days=1)
GROUP = ((GroupPost.HEAD, "鲁演书", "县委主要负责人"), (GroupPost.DEPUTY, "段演副", "县政府分管负责人"),
         (GroupPost.OFFICE, "孙演审", "县乡村振兴部门"), (GroupPost.MEMBER, "何演民", "县民政局"), (GroupPost.MEMBER, "何演保", "县医保局"))
NAMES = (("first_party", "鲁演书", "县委书记"), ("first_government", "段演长", "县长"), ("entry_quality", "孙演审", "县乡村振兴部门负责人"))
DIRECT = (("direct_party", "书", "党委书记"), ("direct_government", "长", "政府主要负责人"))
SURNAMES = "田雷方石袁江秦孟潘汤邱侯邵万段钱"


class Oversight:
    """Write down what the levels steer, each act by whom it belongs to, on its own day."""

    def __init__(self, session: Session, actors: Mapping[str, Actor], village: Area, *, today: date) -> None:
        self.session, self.actors, self.today = session, actors, today
        self.township = doing.ancestor(session, village.path, AreaLevel.TOWNSHIP)
        self.county = doing.ancestor(session, village.path, AreaLevel.COUNTY)

    def tell(self) -> str:
        """Write everything down; return what was made, in words."""
        self._group()
        self._names()
        self._plans()
        self._trainings()
        self._meetings()
        self._tasks()
        self._finding()
        return "联席会议2次、督导任务3项、培训2期"

    def _as(self, username: str, days_ago: int) -> dict[str, object]:
        actor = self.actors[username]
        self.session.flush()
        set_scope(self.session, scope_for(actor))
        day = self.today - days_ago * DAY
        return {"actor": actor, "now": at_noon(day), "today": day}

    def _quietly(self, username: str, days_ago: int) -> dict[str, object]:
        when = self._as(username, days_ago)
        return {"actor": when["actor"], "now": when["now"]}

    def _group(self) -> None:
        when = self._quietly("xian", 390)
        since = self.today - 390 * DAY
        self.members = [oversight_meetings.appoint(self.session, self.county, post=post, name=name, unit=unit, since=since,
                                                   document="演组发〔2025〕1号", **when) for post, name, unit in GROUP]

    def _names(self) -> None:
        when = self._quietly("xian", 380)
        since = self.today - 380 * DAY
        named = [(self.county, kind, name, post) for kind, name, post in NAMES]
        for number, area in enumerate(oversight_reach.below(self.session, self.county)):
            named += [(area, kind, f"{SURNAMES[(2 * number + place) % len(SURNAMES)]}演{mark}", f"{area.name}{post}")
                      for place, (kind, mark, post) in enumerate(DIRECT)]
        for area, kind, name, post in named:
            oversight_staff.name_person(self.session, area, kind=ResponsibleKind(kind), name=name, post=post, since=since,
                                        document="演防返贫〔2025〕2号", **when)

    def _plans(self) -> None:
        plans = [("sheng", 55, "全省"), ("zhou", 48, "全州（市）"), ("xian", 40, "全县")]
        plans += [(username, 33, "本乡镇") for username, actor in self.actors.items() if actor.role is Role.TOWNSHIP_LEADER]
        for username, days_ago, reach in plans:
            when = self._as(username, days_ago)
            oversight_staff.publish_plan(
                self.session, doing.area_of(self.session, self.actors[username].area_id), year=self.today.year,
                document=f"演防返贫〔{self.today.year}〕1号", monitored=f"{reach}农村常住人口，重点是脱贫户和重点人群家庭。",
                responsibilities="县负总责，乡镇直接负责，村组排查，行业部门按职责提供和核准数据。",
                method="干部定期排查、农户自主申报、部门筛查预警相互协同。", steps="每月排查和研判，春秋两次集中排查，年底成效评议。",
                published_on=self.today - days_ago * DAY, **when)

    def _trainings(self) -> None:
        for days_ago, title in ((200, "部门数据报送和核查培训"), (30, "防返贫动态监测政策和程序培训")):
            when = self._as("xian", days_ago)
            training = oversight_training.hold(
                self.session, self.county, held_on=self.today - days_ago * DAY, title=title, content="政策、程序、文书填写和系统操作。",
                trainer="孙演审", place="县委党校", **when)
            self.session.flush()
            staff = oversight_training.staff(self.session, self.county, today=self.today - days_ago * DAY)
            shown = {person.ref for person in staff}
            came = {person.ref for number, person in enumerate(staff) if number % 5}
            oversight_training.attend(self.session, training, shown=shown, came=came, actor=when["actor"], now=when["now"])

    def _meetings(self) -> None:
        for number, days_ago in enumerate((95, 6), start=1):
            when = self._as("xian", days_ago)
            held = self.today - days_ago * DAY
            meeting = oversight_meetings.call(
                self.session, self.county, title=f"第{number}次数据管理和共享联席会议", held_on=held, place="县政府会议室", host="段演副",
                period_from=held - 90 * DAY, period_to=held, **when)
            self.session.flush()
            oversight_meetings.record(self.session, meeting, present=[row.ref for row in self.members[:4]], others="各部门联络员",
                                      minutes="通报部门数据报送、比对和联审答复情况，研究逾期答复问题。", **when)
            decision = oversight_meetings.decide(
                self.session, meeting, content="未按时报送数据的部门一周内补报，联审答复逾期的说明原因。", unit="各有关部门",
                due_on=held + 14 * DAY, actor=when["actor"], now=when["now"])
            if number == 1:
                oversight_meetings.follow(self.session, decision, progress="已补报，答复逾期的已说明原因。", done_on=held + 12 * DAY,
                                          **self._as("xian", days_ago - 12))

    def _tasks(self) -> None:
        when = self._as("zhou", 50)
        asked = {"kind": TaskKind.INSPECT, "content": "核对2025年新识别对象的入户调查和公示材料，抽查不少于三个村。", "document": "昭演督〔2026〕1号"}
        first = oversight_tasks.issue(self.session, [self.county], title="新识别监测对象核查", due_on=self.today - 20 * DAY, **asked, **when)[0]
        oversight_tasks.reply(self.session, first, text="已抽查三个村24户，材料齐全，两户入户照片不清，已补拍。", **self._as("xian", 25))
        oversight_tasks.judge(self.session, first, accepted=True, opinion="情况清楚，同意。", due_on=None, **self._as("zhou", 20))
        when = self._as("zhou", 4)
        oversight_tasks.issue(self.session, [self.county], kind=TaskKind.DISPATCH, title="春节后返岗情况调度", document="昭演督〔2026〕3号",
                              content="报告返岗人数、未返岗原因和帮扶措施。", due_on=self.today + 5 * DAY, **when)
        when = self._as("xian", 10)
        oversight_tasks.issue(self.session, [self.township], kind=TaskKind.GUIDE, title="补齐逾期走访", document="", due_on=self.today - DAY,
                              content="对超过31天没有走访的监测对象逐户走访并登记。", **when)

    def _finding(self) -> None:
        found = oversight_tasks.find(
            self.session, self.township, kind=ConductKind.NEGLECT, source=ConductSource.INSPECTION, found_on=self.today - 35 * DAY,
            facts="两户监测对象连续两个月没有走访记录。", unit="洛泽河镇", consequence=Consequence.RECTIFY, demanded="限期补走访，对驻村工作队谈话提醒。",
            document="昭演查〔2026〕1号", due_on=self.today - 5 * DAY, **self._as("zhou", 35))
        self.session.flush()
        oversight_tasks.follow(self.session, found, result="已补走访，已谈话提醒。", done_on=self.today - 15 * DAY, **self._as("xian", 15))
