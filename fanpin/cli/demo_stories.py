"""The demo's stories: households at every stage of the way in and the way out, told through the procession."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Trouble
from fanpin.clock import at_noon
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.households import Household
from fanpin.models.notices import ObjectionKind
from fanpin.models.reviews import ReviewConclusion
from fanpin.rules.departments import Department
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.intake import Channel, DifficultyCategory, LeadSource, RoundOccasion, VisitResult, WarningConclusion
from fanpin.rules.members import LabourState, labour_state
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.roles import Role
from fanpin.rules.stages import Procedure
from fanpin.steps import analysis, county, deliberation, intake, publicity, survey

DAY = timedelta(days=1)
EVERY = 28 * DAY
TROUBLES = (
    Trouble(),
    Trouble(risks=(Risk.EMPLOYMENT,), conclusion="户主外出务工返乡后一个多月未复工，收入不稳，存在返贫风险。",
            measures=((MeasureCategory.EMPLOYMENT, "介绍县内务工岗位", Risk.EMPLOYMENT),)),
    Trouble(risks=(Risk.DISASTER, Risk.INDUSTRY), conclusion="冰雹受灾，烤烟绝收，产业恢复困难。",
            measures=((MeasureCategory.INDUSTRY, "产业恢复奖补", Risk.DISASTER),
                      (MeasureCategory.FINANCE, "小额信贷贴息", Risk.INDUSTRY))),
    Trouble(risks=(Risk.SCHOOLING,), conclusion="子女就读民办高校，教育支出较大。",
            measures=((MeasureCategory.EDUCATION, "雨露计划和助学贷款", Risk.SCHOOLING),
                      (MeasureCategory.PUBLIC_POST, "保洁公益岗位", None))),
)
WITHOUT_LABOUR = Trouble(
    risks=(Risk.LABOUR, Risk.DISABILITY), conclusion="两位老人均无劳动能力，长期患病，收入来源单一。",
    measures=((MeasureCategory.SECURITY, "转民政部门办理农村低保", Risk.LABOUR),
              (MeasureCategory.HEALTH, "家庭医生签约服务", Risk.DISABILITY)))
REASONS = ("妻子患大病住院，自付医疗费较高", "户主务工中断，收入骤减", "遭受冰雹，主要产业绝收", "子女上学花费大，难以承受")


class Stories:
    """Tell every story once; `procession` gives the people of a village on a day."""

    def __init__(self, session: Session, homes: Mapping[int, list[Household]], *, today: date,
                 procession: Callable[[Area, date], Procession],
                 screenshot: Callable[[Area, Household], int]) -> None:
        self.session, self.today = session, today
        self._free = {village: list(rows) for village, rows in homes.items()}
        self._procession, self._screenshot = procession, screenshot
        self.cases = 0

    def tell(self, villages: Sequence[Area]) -> str:
        """Tell all stories and say how many cases they made."""
        first, second, third = villages
        self._the_way_out(first)
        self._at_the_county(second)
        self._at_the_township(third)
        self._on_the_notice(first)
        self._deliberating(second)
        self._surveying(first)
        self._ended_early(third)
        for village in villages:
            self._first_signs(village)
        return f"{self.cases}户进入办理，各环节都有"

    # Building blocks

    def _household(self, village: Area, *, lifted: bool, labour: bool = True) -> Household:
        rows = self._free[village.id]
        for household in rows:
            state = labour_state([member.labour for member in household.members])
            if household.lifted is lifted and state is (LabourState.HAS if labour else LabourState.NONE):
                rows.remove(household)
                return household
        raise LookupError(village.name)

    def _open(self, people: Procession, village: Area, number: int, *, labour: bool = True) -> tuple[Case, Trouble]:
        lifted = number % 2 == 0
        base = TROUBLES[number % len(TROUBLES)] if labour else WITHOUT_LABOUR
        kind = HouseholdClass.UNSTABLE if lifted else HouseholdClass.MARGINAL
        trouble = Trouble(**{**base.__dict__, "household_class": kind})
        case = people.open(self._household(village, lifted=lifted, labour=labour), REASONS[number % len(REASONS)])
        self.cases += 1
        return case, trouble

    def _proposed(self, people: Procession, village: Area, count: int, *, weak: bool = False) -> list[tuple[Case, Trouble]]:
        pairs = [self._open(people, village, number) for number in range(count)]
        if weak:
            pairs.append(self._open(people, village, 0, labour=False))
        people.calendar.to(people.calendar.day + 2 * DAY)
        for number, (case, trouble) in enumerate(pairs):
            people.visit(case, trouble)
            people.sign(case, reason=REASONS[number % len(REASONS)])
            people.propose(case)
        return pairs

    def _listed(self, people: Procession, village: Area, pairs: Sequence[tuple[Case, Trouble]]) -> VillageList:
        listed = people.form_list(village, [case for case, _ in pairs], Procedure.ENTERING)
        people.announce(listed)
        return listed

    def _decided(self, people: Procession, village: Area, pairs: Sequence[tuple[Case, Trouble]]) -> VillageList:
        listed = self._listed(people, village, pairs)
        people.calendar.to(people.calendar.day + DAY)
        people.meet(listed, MeetingKind.DELIBERATION, self._groups(pairs))
        people.hear(listed, pairs[0][0], "希望核实一下这户今年的医疗支出。")
        for case, trouble in pairs:
            people.plan(case, trouble)
        people.meet(listed, MeetingKind.COMMITTEE, ())
        people.decide(listed)
        return listed

    def _groups(self, pairs: Sequence[tuple[Case, Trouble]]) -> list[str]:
        paths = {case.area_path for case, _ in pairs}
        return list(self.session.scalars(select(Area.name).where(Area.path.in_(paths))))

    def _published(self, people: Procession, village: Area, listed: VillageList, household: Household) -> date:
        return people.publish(listed, lambda: self._screenshot(village, household))

    def _through_township(self, people: Procession, village: Area, pairs: Sequence[tuple[Case, Trouble]]) -> VillageList:
        listed = self._decided(people, village, pairs)
        last = self._published(people, village, listed, pairs[0][0].household)
        people.calendar.to(last + DAY)
        people.report_village(listed)
        people.calendar.to(people.calendar.day + 2 * DAY)
        people.review_township(listed, [case for case, _ in pairs])
        return listed

    def _included(self, people: Procession, pairs: Sequence[tuple[Case, Trouble]]) -> None:
        people.calendar.to(people.calendar.day + DAY)
        for case, _ in pairs:
            people.inquire(case)
            people.answer(case)
            people.vouch(case)
            people.determine(case, f"彝防返贫〔{people.calendar.day.year}〕{case.id}号")
            people.follow_up(case, f"彝领办〔{people.calendar.day.year}〕{case.id}号")
            people.start_measures(case)
            people.enter(case, f"530628{people.calendar.day:%Y%m}{case.id:06d}")

    # Stories

    def _the_way_out(self, village: Area) -> None:
        people = self._procession(village, date(self.today.year - 1, 4, 7))
        pairs = self._proposed(people, village, 5, weak=True)
        self._through_township(people, village, pairs)
        self._included(people, pairs)
        people.calendar.to(date(self.today.year - 1, 7, 15))
        for case, _ in pairs:
            people.watch(case)
            people.post_measures(case, village)
        self._watched(people, [case for case, _ in pairs], until=date(self.today.year - 1, 12, 8))
        stable = [case for case, _ in pairs[:3]]
        for case in stable:
            people.review(case)
        people.review(pairs[3][0], ReviewConclusion.UNSTABLE, "继续介绍务工岗位，落实务工奖补")
        people.keep_on(pairs[3][0], "收入仍不稳定，继续帮扶")
        listed = people.form_list(village, stable, Procedure.LEAVING)
        people.announce(listed)
        people.meet(listed, MeetingKind.REVIEW, self._groups(pairs))
        for case in stable[:2]:
            people.consent_to_leave(case)
            people.leave(case)
            people.visit(case, TROUBLES[0])
            people.confirm(case)
        people.take_off(stable[2], "该户外出，知情同意书待签")
        last = self._published(people, village, listed, stable[0].household)
        people.calendar.to(last + DAY)
        people.report_village(listed)
        people.review_township(listed, stable[:2])
        people.calendar.to(people.calendar.day + 2 * DAY)
        self._let_go(people, stable[0], 1)
        people.mark(stable[0], f"彝消〔{people.calendar.day.year}〕1号")
        # The one who is away has been seen by nobody since, which is what the county's task of the month is about.
        self._watched(people, [case for case, _ in pairs[3:]], until=self.today - 6 * DAY)
        self._let_go(people, stable[1], 2)

    def _let_go(self, people: Procession, case: Case, number: int) -> None:
        people.inquire(case)
        people.answer(case)
        people.determine(case, f"彝防返贫〔{people.calendar.day.year}〕消{number}号")

    def _watched(self, people: Procession, cases: Sequence[Case], *, until: date) -> None:
        """Visit households every four weeks up to a day, and go on to that day."""
        while people.calendar.day + EVERY < until:
            people.calendar.to(people.calendar.day + EVERY)
            for case in cases:
                people.watch(case)
                people.finish_measures(case)
        people.calendar.to(until)

    def _at_the_county(self, village: Area) -> None:
        people = self._procession(village, self.today - 34 * DAY)
        pairs = self._proposed(people, village, 5)
        self._through_township(people, village, pairs)
        people.calendar.to(max(people.calendar.day + DAY, self.today - 6 * DAY))
        for case, _ in pairs[:4]:
            people.inquire(case)
        people.answer(pairs[0][0])
        people.answer(pairs[1][0], vehicle="unknown")
        people.answer(pairs[2][0], except_for=("natural_resources", "central_bank"))
        people.calendar.to(self.today)
        people.determine(pairs[0][0], f"彝防返贫〔{self.today.year}〕1号")

    def _at_the_township(self, village: Area) -> None:
        people = self._procession(village, self.today - 26 * DAY)
        pairs = self._proposed(people, village, 2)
        listed = self._decided(people, village, pairs)
        last = self._published(people, village, listed, pairs[0][0].household)
        people.calendar.to(last + DAY)
        people.report_village(listed)

    def _on_the_notice(self, village: Area) -> None:
        people = self._procession(village, self.today - 8 * DAY)
        pairs = self._proposed(people, village, 3)
        listed = self._decided(people, village, pairs)
        self._published(people, village, listed, pairs[0][0].household)
        actor = people.acting(Role.VILLAGE_CADRE)
        publicity.receive(
            self.session, pairs[1][0], publicity.Reported(ObjectionKind.OBJECTION, "听说这户在镇上有门面房，请核实。",
                                                          people.calendar.day, reporter="演示群众"),
            area=village, actor=actor, now=people.calendar.now, today=people.calendar.day)

    def _deliberating(self, village: Area) -> None:
        people = self._procession(village, self.today - 6 * DAY)
        pairs = self._proposed(people, village, 2)
        listed = self._listed(people, village, pairs)
        actor = people.acting(Role.VILLAGE_CADRE)
        deliberation.add_opinion(self.session, listed, content="这户儿子在外务工，收入应该够用吧？", speaker="",
                                 raised_on=people.calendar.day, case=pairs[1][0], actor=actor,
                                 now=people.calendar.now, today=people.calendar.day)

    def _surveying(self, village: Area) -> None:
        people = self._procession(village, self.today - 3 * DAY)
        self._open(people, village, 0)
        case, trouble = self._open(people, village, 1)
        people.visit(case, trouble)

    def _ended_early(self, village: Area) -> None:
        people = self._procession(village, self.today - 40 * DAY)
        case, _ = self._open(people, village, 1)
        people.visit(case, Trouble(risks=(), household_class=HouseholdClass.MARGINAL,
                                   conclusion="务工收入稳定，医疗费用已报销，无返贫致贫风险。"))
        actor = people.acting(Role.VILLAGE_CADRE)
        survey.not_propose(self.session, case, reason="收入稳定，风险已由医保报销解决", actor=actor,
                           now=people.calendar.now, today=people.calendar.day)
        pairs = self._proposed(people, village, 1)
        self._through_township(people, village, pairs)
        people.inquire(pairs[0][0])
        people.answer(pairs[0][0])
        actor = people.acting(Role.COUNTY_DECIDER)
        county.refer(self.session, pairs[0][0], reason="仅住房存在隐患，转住建部门实施危房改造", department=Department.HOUSING,
                     actor=actor, now=people.calendar.now, today=people.calendar.day)

    def _first_signs(self, village: Area) -> None:
        people = self._procession(village, self.today - 5 * DAY)
        now, today = people.calendar.now, people.calendar.day
        homes = self._free[village.id][:6]
        actor = people.acting(Role.VILLAGE_CADRE)
        for number, home in enumerate(homes[:3]):
            # The newest came in today; what is older was accepted within its two days.
            came = today if number else self.today
            lead = intake.register(
                self.session, self._group_of(home), intake.Declaration(
                    LeadSource.DECLARATION, home.head_name, f"家里{REASONS[number]}，请帮助。", came - DAY,
                    channel=Channel.PROVINCE, platform_number=f"YS{came:%Y%m%d}{village.id:05d}{number}",
                    categories=(DifficultyCategory.MEDICAL,)), actor=actor, now=now if number else at_noon(came), today=came)
            if number:
                analyst = people.acting(Role.COUNTY_ANALYST)
                intake.accept(self.session, lead, actor=analyst, now=now)
                if number > 1:
                    intake.merge(self.session, lead, home, actor=analyst, now=now)
                actor = people.acting(Role.VILLAGE_CADRE)
        round_ = analysis.open_round(
            self.session, village, title=f"{today.year}年{today.month}月排查", occasion=RoundOccasion.REGULAR,
            starts_on=today.replace(day=1), ends_on=self.today + 10 * DAY, visitors="村干部、驻村工作队员", actor=actor, now=now)
        analysis.record_visit(self.session, round_, homes[3], visited_on=today, result=VisitResult.AT_RISK,
                              note="户主摔伤，务工中断", actor=actor, now=now, today=today)
        analysis.propose(self.session, homes[3], reason="户主摔伤，务工中断，建议核查", actor=actor, now=now)
        self._warnings(people, homes[4:6])

    def _group_of(self, household: Household) -> Area:
        return self.session.scalars(select(Area).where(Area.id == household.area_id)).one()

    def _warnings(self, people: Procession, homes: Sequence[Household]) -> None:
        now, today = people.calendar.now, people.calendar.day
        analyst = people.acting(Role.COUNTY_ANALYST)
        rows = [analysis.enter_warning(
            self.session, home, source=LeadSource.DEPARTMENT, department="medical_insurance",
            document=f"彝医保函〔{today.year}〕3号", content="家庭成员住院，报销后自付费用2.6万元。", actor=analyst, now=now,
            today=today) for home in homes]
        analysis.dispatch(self.session, rows, actor=analyst, now=now)
        actor = people.acting(Role.VILLAGE_CADRE)
        analysis.receive(self.session, rows[0], actor=actor, now=now)
        analysis.verify(self.session, rows[0], conclusion=WarningConclusion.OTHER_POLICY, finding="已纳入医疗救助，负担可控。",
                        verified_on=today, actor=actor, now=now, today=today)
