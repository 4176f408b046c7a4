"""The demo's events of 二(四): a frost with plan and response, a landslide reported on, a relocation community, tasks to put right."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.authorization import scope_for
from fanpin.clock import at_noon
from fanpin.models.areas import Area
from fanpin.models.events import Event, Exposure
from fanpin.models.households import Household
from fanpin.models.scoped import set_scope
from fanpin.rules.areas import AreaLevel
from fanpin.rules.regional import (
    Cause,
    Degree,
    EventKind,
    EventSource,
    ExposedBy,
    ExposureResult,
    HelpedWho,
    Indicator,
    SizeClass,
)
from fanpin.rules.roles import Actor, Role
from fanpin.steps import doing, rectification, regional, regional_help, relocation

DAY = timedelta(days=1)
# What was found at the first households of each village; the others are still to be looked at.
FOUND = ((ExposureResult.UNAFFECTED, ""), (ExposureResult.AFFECTED, "蔬菜冻坏1亩多，家里有人务工，收入没有大的影响"),
         (ExposureResult.AT_RISK, "8亩砂仁绝收，家里没有别的收入"))
COMMUNITY = "洛泽新居安置区"


class Regional:
    """Enter the events and lead them on, each act by whom it belongs to."""

    def __init__(self, session: Session, actors: Mapping[str, Actor], villages: Sequence[Area], *, today: date) -> None:
        self.session, self.actors, self.villages, self.today = session, actors, villages, today

    def tell(self) -> str:
        """Write everything down; return what was made, in words."""
        frost = self._frost()
        self._landslide()
        self._community()
        self._tasks(frost)
        return "区域性风险事件2件、集中安置区1个、整改任务2项"

    def _as(self, username: str, days_ago: int) -> dict[str, object]:
        actor = self.actors[username]
        set_scope(self.session, scope_for(actor))
        return {"actor": actor, "now": at_noon(self.today - days_ago * DAY), "today": self.today - days_ago * DAY}

    def _cadre_of(self, village: Area) -> str:
        return next(name for name, actor in self.actors.items()
                    if actor.role is Role.VILLAGE_CADRE and actor.area_path == village.path)

    def _frost(self) -> Event:
        when = self._as("bm-agriculture", 12)
        event = regional.enter(self.session, self.villages[:2], regional.Reported(
            EventKind.WEATHER, "2月中旬霜冻", when["today"], EventSource.DEPARTMENT, ExposedBy.AREA, Degree.LARGE,
            "演农通〔2026〕2号", "连续三夜低温，砂仁、蔬菜受冻。"), **when)
        when = self._as("xian", 11)
        plans = [regional_help.plan(self.session, event, regional_help.Planned(
            measures, "县农业农村局", "何演08", self.today + days * DAY, "agriculture", "演防返贫〔2026〕3号"), **when)
            for measures, days in (("三日内核损到户，通知保险公司查勘", -8), ("调运种苗，组织受灾农户补种", 8))]
        for village in self.villages[:2]:
            self._look(event, village)
        regional_help.respond(self.session, event, regional_help.Responded(
            "完成核损，协调保险预赔付", self.today - 8 * DAY, HelpedWho.AFFECTED, evidence="核损表和赔付清单", finishes=True),
            of_plan=plans[0], **self._as("bm-agriculture", 8))
        return event

    def _look(self, event: Event, village: Area) -> None:
        when = self._as(self._cadre_of(village), 9)
        rows = self.session.scalars(select(Household).join(Exposure, Exposure.household_id == Household.id).where(
            Exposure.event_id == event.id).order_by(Household.id.desc()).limit(len(FOUND))).all()
        for household, (result, note) in zip(rows, FOUND, strict=False):
            regional.look(self.session, event, household, visited_on=when["today"], result=result, note=note, **when)

    def _landslide(self) -> None:
        when = self._as(self._cadre_of(self.villages[0]), 3)
        event = regional.enter(self.session, self.villages[:1], regional.Reported(
            EventKind.GEOLOGICAL, "公路边坡滑塌", when["today"], EventSource.VILLAGERS, ExposedBy.NAMED), **when)
        household = self.session.scalars(select(Household).order_by(Household.id.desc()).limit(1)).one()
        known = {"actor": when["actor"], "now": when["now"]}
        regional.expose(self.session, event, household, reason="屋后边坡开裂", **known)
        regional.escalate(self.session, event, reason="需要镇里安排避险和监测", **known)

    def _community(self) -> None:
        when = self._as("xian", 60)
        township = doing.ancestor(self.session, self.villages[0].path, AreaLevel.TOWNSHIP)
        community = relocation.register(
            self.session, township, name=COMMUNITY, address="镇区东侧", size_class=SizeClass.LARGE,
            size_source="演易地搬迁〔2018〕5号", actor=when["actor"], now=when["now"])
        self.session.flush()
        for days_ago, employed, settled in ((32, 1130, 512), (4, 1087, 515)):
            when = self._as("bm-human-resources", days_ago)
            month = when["today"].replace(day=1) - DAY
            for indicator, part, whole in ((Indicator.EMPLOYMENT, employed, 1204), (Indicator.INTEGRATION, settled, 540)):
                relocation.record(self.session, community, indicator=indicator, month=f"{month.year}-{month.month:02d}",
                                  part=part, whole=whole, source="安置区就业和社区服务月报", note="", **when)

    def _tasks(self, event: Event) -> None:
        for number, village in enumerate(self.villages[:2]):
            task = rectification.give(self.session, event, rectification.Task(
                Cause.WORK, "霜冻预警没有通知到组", "补上到组到户的通知办法，排查受冻农户", village, self.today + 5 * DAY),
                **self._as("xian", 6))
            self.session.flush()
            if number == 0:
                rectification.mend(self.session, task, result="已建立组级微信群和喇叭通知，排查受冻农户", evidence_file_id=None,
                                   done_on=self.today - 2 * DAY, **self._as(self._cadre_of(village), 2))
