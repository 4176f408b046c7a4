"""Village lists brought to a stage by the steps themselves, for the tests of steps and desks."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from fanpin.clock import Clock
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.notices import Notice, PlaceKind
from fanpin.models.outbox import StoredFile
from fanpin.rules.duties import ConsentClass
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.stages import Procedure
from fanpin.steps import deliberation, publicity, survey
from tests import builders
from tests.world import World

HEADS = ("测试㬹", "测试𠮷", "测试岩·样罕")


@dataclass
class Road:
    """Leads households along the road in the order of the clauses."""

    session: Session
    world: World
    clock: Clock

    @property
    def when(self) -> dict[str, object]:
        """Return now and today."""
        return {"now": self.clock.now(), "today": self.clock.today()}

    def surveyed(self, head: str = HEADS[0], group: str = "group1") -> Case:
        """Return a case with its sheet and its signed consent, still at the survey."""
        household = builders.a_household(self.session, self.world, group=self.world.areas[group],
                                         members=builders.people(head), **self.when)
        case = builders.a_case(self.session, self.world, household=household, **self.when)
        actor, today = self.world.actors["cun.gan"], self.clock.today()
        survey.record(self.session, case, builders.a_visit(case, today), actor=actor, **self.when)
        survey.sign(self.session, case, applied_on=today, reason="医疗自付支出较大", truth_declared=True, authorised=True,
                    classes=tuple(ConsentClass), signed_on=today, signers=survey.adults(case.household.members, today),
                    written_by="", witness="吴驻村", valid_until=today + timedelta(days=700), actor=actor, **self.when)
        return case

    def proposed(self, head: str = HEADS[0], group: str = "group1") -> Case:
        """Return a case that waits for a list."""
        case = self.surveyed(head, group)
        survey.propose(self.session, case, actor=self.world.actors["cun.gan"], **self.when)
        return case

    def listed(self, *places: tuple[str, str]) -> VillageList:
        """Return a list of new cases at the deliberation; places: (head, group)."""
        cases = [self.proposed(head, group) for head, group in places or ((HEADS[0], "group1"),)]
        return deliberation.form_list(self.session, self.world.areas["village"], cases, procedure=Procedure.ENTERING,
                                      actor=self.world.actors["cun.gan"], **self.when)

    def deliberated(self, *places: tuple[str, str]) -> VillageList:
        """Return a list on which everything for the 两委's decision is there."""
        village_list = self.listed(*places)
        actor, today = self.world.actors["cun.gan"], self.clock.today()
        deliberation.announce(self.session, village_list, on=today, place="各组公开栏", actor=actor, **self.when)
        groups = [self.world.areas["group1"].name, self.world.areas["group2"].name]
        self.meet(village_list, MeetingKind.DELIBERATION, *(deliberation.Attendance(name, 3, 8) for name in groups))
        self.meet(village_list, MeetingKind.COMMITTEE, deliberation.Attendance("参会人员", 5, 0))
        for case in cases_of(village_list):
            deliberation.plan(self.session, case, plan_for(case), actor=actor, now=self.clock.now())
        return village_list

    def meet(self, village_list: VillageList, kind: MeetingKind, *came: deliberation.Attendance) -> None:
        """Write the minutes of a meeting that agreed."""
        actor = self.world.actors["xiang.gan" if kind is MeetingKind.TOWNSHIP else "cun.gan"]
        deliberation.meet(self.session, village_list, deliberation.Meeting(
            kind=kind, held_on=self.clock.today(), place="会议室", host="周村干", recorder="吴驻村", attendance=came,
            summary="逐户讨论。", decided=True, decision="同意。"), actor=actor, **self.when)

    def noticed(self, *places: tuple[str, str]) -> Notice:
        """Return the notice of a list, posted nowhere yet."""
        village_list = self.deliberated(*places)
        actor = self.world.actors["cun.gan"]
        deliberation.submit(self.session, village_list, actor=actor, **self.when)
        return publicity.issue(self.session, village_list, platform="", actor=actor, **self.when)

    def posted(self, *places: tuple[str, str]) -> Notice:
        """Return a notice that hangs everywhere since today."""
        notice = self.noticed(*places)
        for place in notice.places:
            platform = place.kind is PlaceKind.PLATFORM
            publicity.post(self.session, place, posted_at=self.clock.now(), posted_on=self.clock.today(),
                           where="" if platform else "公开栏", address="https://zfjz.example.invalid/1" if platform else "",
                           file_id=self.screenshot() if platform else None, actor=self.world.actors["cun.gan"], **self.when)
        return notice

    def screenshot(self) -> int:
        """Return the id of a stored file without bytes."""
        row = StoredFile(digest="none", media_type="image/jpeg", size=1, name="截图.jpg", purpose="公示",
                         area_path=self.world.areas["village"].path, household_id=None, added_by="周村干",
                         added_at=self.clock.now())
        self.session.add(row)
        self.session.flush()
        return row.id

    def reported(self, *places: tuple[str, str]) -> VillageList:
        """Return a list that the village sent to the township after five working days; the clock has moved on."""
        notice = self.posted(*places)
        self.clock.set(self.clock.today() + timedelta(days=8))
        actor = self.world.actors["cun.gan"]
        publicity.sign_report(self.session, notice.village_list, signed_by="周村干", signed_on=self.clock.today(),
                              actor=actor, **self.when)
        publicity.report(self.session, notice.village_list, actor=actor, **self.when)
        return notice.village_list


def cases_of(village_list: VillageList) -> list[Case]:
    """List the cases of a list."""
    return [entry.case for entry in village_list.entries if entry.left_on is None]


def plan_for(case: Case) -> list[deliberation.Planned]:
    """Return a plan that fits a household with an ill member and somebody who can work."""
    return [
        deliberation.Planned(MeasureCategory.HEALTH, "大病救治", risk=Risk.ILLNESS),
        deliberation.Planned(MeasureCategory.EMPLOYMENT, "介绍就近务工"),
        *(deliberation.Planned(None, "", member_id=member.id) for member in case.household.present_members),
    ]


