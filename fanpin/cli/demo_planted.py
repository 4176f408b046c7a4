"""Tell the planted stories by the real steps: one village's list on its way in, and each household to its own end."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.cli.demo_cast import PLANTED_FIRST, STORIES, Story, invented
from fanpin.cli.demo_endings import Endings, Ending
from fanpin.cli.demo_ledger import Ledger
from fanpin.cli.demo_people import Names
from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar, Trouble
from fanpin.models.areas import Area, Installation
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.households import Household
from fanpin.models.notices import ObjectionKind
from fanpin.rules.actions import Action
from fanpin.rules.departments import Department
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.members import Relation
from fanpin.rules.refusals import Invalid
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Procedure
from fanpin.steps import deliberation, households, installation, publicity

DAY = timedelta(days=1)
KEY = "story."
LONGEST = 400
# Its departments are asked after the others have sent their sheets: one of them is down by then.
LATE = "department_down"
REASON = {"illness": "妻子患大病住院，自付医疗费较高", "employment": "户主务工中断，收入骤减", "labour": "两位老人没有劳动能力，收入来源单一"}
MEASURES = {
    Risk.ILLNESS: ((MeasureCategory.HEALTH, "大病救治和医疗救助", Risk.ILLNESS), (MeasureCategory.EMPLOYMENT, "介绍就近务工", None)),
    Risk.EMPLOYMENT: ((MeasureCategory.EMPLOYMENT, "介绍县内务工岗位", Risk.EMPLOYMENT),),
    Risk.LABOUR: ((MeasureCategory.SECURITY, "转民政部门办理农村低保", Risk.LABOUR),
                  (MeasureCategory.HEALTH, "家庭医生签约服务", Risk.DISABILITY)),
}
WAITING = ("objection_refuted", "objection_upheld")


@dataclass(frozen=True)
class Told:
    """A story as it was told: the household's public reference, the case, and the sentence that explains the end."""

    code: str
    household: str
    case: str
    sentence: str

    @classmethod
    def read(cls, key: str, value: str) -> "Told":
        """Read it back from the words that a demo database keeps about itself."""
        return cls(key.removeprefix(KEY), *value.split("\t", 2))


class Planted:
    """The people of one village with a household of every story; `begun` is when their files were opened."""

    def __init__(self, session: Session, village: Area, *, today: date, begun: date, ledger: Ledger,
                 civil_affairs: Actor, procession: Callable[[Area, date], Procession],
                 screenshot: Callable[[Area, Household], int], answered: Callable[[Calendar], object]) -> None:
        self._answered = answered
        self._civil_affairs = civil_affairs
        self.session, self.village, self.today, self.begun, self.ledger = session, village, today, begun, ledger
        self._procession, self._screenshot = procession, screenshot
        self._invented = invented()
        self.told: list[Told] = []

    def tell(self) -> int:
        """Tell every story and say how many."""
        self._last_years_story()
        self._this_years_stories()
        installation.mark(self.session, **{
            f"{KEY}{told.code}": f"{told.household}\t{told.case}\t{told.sentence}"[:LONGEST] for told in self.told})
        return len(self.told)

    # The way in, for all of them at once

    def _settle(self, people: Procession, stories: list[Story]) -> dict[str, Household]:
        actor = people.acting(Role.VILLAGE_CADRE)
        groups = self.session.scalars(select(Area).where(Area.parent_id == self.village.id).order_by(Area.code12)).all()
        made = {}
        for number, story in enumerate(stories):
            known = self._invented[story.code]
            made[story.code] = household = households.create(
                self.session, actor=actor, now=people.calendar.now, today=self.begun, group=groups[number % len(groups)],
                people=known.people, lifted=number % 2 == 0, lives_here=True, rural_services=True, hukou_place="本村",
                address=f"演示巷{number + 1}号", phone=f"1391{self.village.id:05d}{number:02d}")
            if known.father is not None:
                households.add_kin(self.session, household, name=known.father.name, relation=Relation.FATHER,
                                   id_number=known.father.id_number, actor=actor, now=people.calendar.now, today=self.begun)
            for entry in known.entries:
                self.ledger.add(entry)
        return made

    def _proposed(self, people: Procession, homes: dict[str, Household], stories: list[Story]) -> dict[str, Case]:
        cases = {story.code: people.open(homes[story.code], REASON[story.risks[0]]) for story in stories}
        people.calendar.to(people.calendar.day + 2 * DAY)
        for story in stories:
            case = cases[story.code]
            people.visit(case, _trouble(story, case.household))
            people.sign(case, reason=REASON[story.risks[0]])
            people.propose(case)
        return cases

    def _decided(self, people: Procession, cases: dict[str, Case], stories: list[Story]) -> VillageList:
        listed = people.form_list(self.village, list(cases.values()), Procedure.ENTERING)
        people.announce(listed)
        people.calendar.to(people.calendar.day + DAY)
        people.meet(listed, MeetingKind.DELIBERATION, self._groups(cases.values()))
        if "brother_outside" in cases:
            self._ask_about_the_brother(people, listed, cases["brother_outside"])
        for story in stories:
            people.plan(cases[story.code], _trouble(story, cases[story.code].household))
        people.meet(listed, MeetingKind.COMMITTEE, ())
        people.decide(listed)
        return listed

    def _groups(self, cases: Iterable[Case]) -> list[str]:
        return list(self.session.scalars(select(Area.name).where(Area.path.in_({case.area_path for case in cases}))))

    def _on_to_the_county(self, people: Procession, listed: VillageList, cases: dict[str, Case], last: date) -> None:
        people.calendar.to(last + DAY)
        people.report_village(listed)
        people.calendar.to(people.calendar.day + 2 * DAY)
        people.review_township(listed, list(cases.values()))

    # Two batches

    def _last_years_story(self) -> None:
        stories = [story for story in STORIES if story.code == "no_labour"]
        people = self._procession(self.village, self.today.replace(year=self.today.year - 1, month=4, day=9))
        people.ledger, people.lead = self.ledger, Department.CIVIL_AFFAIRS
        people.staff[Role.LEAD_DEPARTMENT] = self._civil_affairs
        cases = self._proposed(people, self._settle(people, stories), stories)
        listed = self._decided(people, cases, stories)
        self._on_to_the_county(people, listed, cases, self._publish(people, listed, cases))
        self._end(people, stories, cases)

    def _this_years_stories(self) -> None:
        stories = [story for story in STORIES if story.code != "no_labour"]
        people = self._procession(self.village, self.today - 49 * DAY)
        people.ledger = self.ledger
        cases = self._proposed(people, self._settle(people, stories), stories)
        listed = self._decided(people, cases, stories)
        last = self._publish(people, listed, cases)
        people.calendar.to(people.calendar.day + 2 * DAY)
        self._object(people, cases)
        going_on = {code: case for code, case in cases.items() if code != "objection_upheld"}
        self._on_to_the_county(people, listed, going_on, last)
        self._end(people, [story for story in stories if story.code in going_on], going_on, self._answered)

    def _publish(self, people: Procession, listed: VillageList, cases: dict[str, Case]) -> date:
        first = next(iter(cases.values()))
        return people.publish(listed, lambda: self._screenshot(self.village, first.household))

    def _end(self, people: Procession, stories: list[Story], cases: dict[str, Case],
             answered: Callable[[Calendar], object] = lambda calendar: None) -> None:
        people.calendar.to(people.calendar.day + DAY)
        for code, case in cases.items():
            if code != LATE:
                people.inquire(case)
        people.calendar.to(people.calendar.day + DAY)
        answered(people.calendar)
        people.calendar.to(people.calendar.day + 2 * DAY)
        endings = Endings(people, self.village)
        for story in stories:
            case = cases[story.code]
            ending: Ending = getattr(endings, story.code)
            self._keep(story.code, case, ending(case))

    def _keep(self, code: str, case: Case, sentence: str) -> None:
        self.told.append(Told(code, case.household.ref, case.code, sentence))

    # What villagers say

    def _ask_about_the_brother(self, people: Procession, listed: VillageList, case: Case) -> None:
        people.hear(listed, case, "这户的哥哥在县里当公务员，是不是不能纳入？")
        actor = people.acting(Role.VILLAGE_CADRE)
        brother = Names(first=PLANTED_FIRST + 100).person(Relation.SIBLING, born=(1970, 1975), man=True,
                                                          surname=case.household.head_name[0])
        with suppress(Invalid):
            households.add_kin(self.session, case.household, name=brother.name, relation=Relation.SIBLING,
                               id_number=brother.id_number, actor=actor, now=people.calendar.now, today=people.calendar.day)

    def _object(self, people: Procession, cases: dict[str, Case]) -> None:
        actor = people.acting(Role.VILLAGE_CADRE)
        for code, text in zip(WAITING, ("听说这户在镇上有门面房，请核实。", "这户儿子去年在县城开了两家店，收入高得很。"), strict=True):
            row = publicity.receive(
                self.session, cases[code], publicity.Reported(ObjectionKind.OBJECTION, text, people.calendar.day,
                                                              reporter="演示群众"),
                area=self.village, actor=actor, **people.when())
            upheld = code == "objection_upheld"
            finding = "经到县城实地查看、调取营业执照，两家店由本户经营，年收入二十余万元。" if upheld else "门面房是租来的，房主另有其人，不动产登记在他人名下。"
            answer = "异议属实，退回重新评议。" if upheld else "异议不属实，已向反映人说明并出示租房合同。"
            publicity.answer(self.session, row, investigators="周核实、吴核实", finding=finding, upheld=upheld, answer=answer,
                             answered_on=people.calendar.day, actor=actor, **people.when())
        self._send_back(people, cases["objection_upheld"])

    def _send_back(self, people: Procession, case: Case) -> None:
        actor = people.acting(Role.VILLAGE_CADRE)
        facts = {"reason": "公示期间异议查实：家庭经营收入较高", "field": "收入", "rule": "三(四) 对举报或反映的问题组织调查核实",
                 "evidence_expected": "营业执照、实地核实记录"}
        deliberation.send_back(self.session, case, Action.PUBLICITY_RETURN, facts, actor=actor, **people.when())
        again = people.form_list(self.village, [case], Procedure.ENTERING)
        people.announce(again)
        people.meet(again, MeetingKind.DELIBERATION, self._groups([case]))
        people.meet(again, MeetingKind.COMMITTEE, ())
        actor = people.acting(Role.VILLAGE_CADRE)
        reason = "公示异议查实，家庭收入稳定，没有返贫致贫风险"
        deliberation.decline(self.session, case, reason=reason, actor=actor, **people.when())
        self._keep("objection_upheld", case, f"公示异议调查属实，该户退出名单，其余各户照常；村“两委”不再提出：{reason}（三(四)）。")


def _trouble(story: Story, household: Household) -> Trouble:
    risks = tuple(Risk(code) for code in story.risks)
    kind = HouseholdClass.UNSTABLE if household.lifted else HouseholdClass.MARGINAL
    conclusion = f"{REASON[story.risks[0]]}，存在返贫致贫风险，建议纳入监测。"
    return Trouble(risks=risks, household_class=kind, conclusion=conclusion, measures=MEASURES[risks[0]], empty=story.empty)


def told_stories(session: Session) -> list[str]:
    """Say of each planted story where it is and why it ends as it does."""
    rows = session.scalars(select(Installation).where(Installation.key.startswith(KEY)))
    told = {one.code: one for one in (Told.read(row.key, row.value) for row in rows)}
    heads = dict(session.execute(select(Household.ref, Household.head_name).where(
        Household.ref.in_([one.household for one in told.values()]))).all())
    lines = []
    for story in STORIES:
        if story.code in told:
            one = told[story.code]
            lines += [f"{story.code}　{story.title}", f"    {heads[one.household]}户（/households/{one.household}），个案{one.case}；看：{story.look}",
                      f"    {one.sentence}"]
    return lines
