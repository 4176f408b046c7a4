"""The demo's last twelve months: warnings, cases that came in, help, reviews, households that left, rounds, analyses."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from fanpin.cli.demo_stories import TROUBLES, Stories
from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Trouble
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind
from fanpin.models.households import Household
from fanpin.models.leads import Lead
from fanpin.models.reviews import ReviewConclusion
from fanpin.models.rounds import RoundVisit
from fanpin.models.warnings import Warning
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.intake import LeadSource, RoundOccasion, WarningConclusion
from fanpin.rules.roles import Role
from fanpin.rules.stages import Procedure
from fanpin.steps import analysis, county, doing

DAY = timedelta(days=1)
# Months after whose ends a household is reviewed stable and leaves, or stays.
REVIEW_AFTER, LEAVE_AFTER = 4, 8
CONCLUSIONS = (
    (WarningConclusion.NO_RISK, "入户核实，收入来源稳定，没有返贫致贫风险。"),
    (WarningConclusion.OTHER_POLICY, "已纳入临时救助，困难可以解决。"),
    (WarningConclusion.NOT_HERE, "全家已迁往外地居住，户籍已注销。"),
)
HEARD = (("medical_insurance", "家庭成员住院，报销后自付费用较高。"), ("human_resources", "家庭成员外出务工返乡，一个月以上未复工。"),
         ("agriculture", "烤烟受冰雹影响，损失较大。"), ("education", "子女就读民办高等学校，费用较高。"))


class Year(Stories):
    """Tell what happened before the stories: month after month, each in another village."""

    def tell_year(self, villages: Sequence[Area], *, months: Sequence[int], per_month: int) -> str:
        """Tell the months named (how many ago), oldest first, and say what came of them."""
        self.left = 0
        for number, ago in enumerate(sorted(months, reverse=True)):
            village = villages[number % len(villages)]
            self._free[village.id] = self.untouched(village)
            self._month(village, ago, per_month)
            self.session.commit()
        return f"一年来另有{self.cases}户进入办理，{self.left}户风险消除"

    def open_rounds(self, villages: Sequence[Area]) -> None:
        """Begin this month's round in every village, so that each desk has its visits to make."""
        for village in villages:
            people = self._procession(village, self.today)
            actor = people.acting(Role.VILLAGE_CADRE)
            analysis.open_round(
                self.session, village, title=f"{self.today.year}年{self.today.month}月排查", occasion=RoundOccasion.REGULAR,
                starts_on=self.today.replace(day=1), ends_on=self.today + 21 * DAY, visitors="村干部、驻村工作队员", actor=actor,
                now=people.calendar.now)
        self.session.commit()

    def untouched(self, village: Area) -> list[Household]:
        """List the village's households to which nothing has happened yet."""
        people = self._procession(village, self.today)
        people.acting(Role.COUNTY_ANALYST)
        taken = [select(model.household_id).where(model.household_id.is_not(None)) for model in (Case, Warning, Lead)]
        query = select(Household).where(Household.area_path.startswith(village.path))
        for one in taken:
            query = query.where(Household.id.not_in(one))
        return list(self.session.scalars(query.order_by(Household.id.desc()).options(
            selectinload(Household.members), selectinload(Household.kin))))

    def _month(self, village: Area, ago: int, per_month: int) -> None:
        begins = _months_before(self.today, ago)
        people = self._procession(village, begins + 3 * DAY)
        people.calendar.to(people.calendar.day)
        self._round(people, village)
        self._analyse(people, village)
        chosen = [self._household(village, lifted=number % 2 == 0) for number in range(per_month)]
        self._warned(people, [*chosen, *self._free[village.id][:3]], at_risk=len(chosen))
        self._free[village.id][:0] = chosen
        pairs = self._proposed(people, village, per_month)
        self._through_township(people, village, pairs)
        going_in = self._some_go_elsewhere(people, pairs, ago)
        self._included(people, going_in)
        cases = [case for case, _ in going_in]
        for case in cases:
            people.post_measures(case, village)
        self._helped(people, cases, village, ago)

    def _round(self, people: Procession, village: Area) -> None:
        actor, today = people.acting(Role.VILLAGE_CADRE), people.calendar.day
        row = analysis.open_round(
            self.session, village, title=f"{today.year}年{today.month}月排查", occasion=RoundOccasion.REGULAR,
            starts_on=today.replace(day=1), ends_on=today + 20 * DAY, visitors="村干部、驻村工作队员", actor=actor, now=people.calendar.now)
        self.session.flush()
        owed = self.session.scalars(select(RoundVisit).where(RoundVisit.round_id == row.id)).all()
        analysis.record_no_problem(self.session, owed, visited_on=today, actor=actor, **people.when())

    def _warned(self, people: Procession, homes: Sequence[Household], *, at_risk: int) -> None:
        analyst, now, today = people.acting(Role.COUNTY_ANALYST), people.calendar.now, people.calendar.day
        rows = []
        for number, home in enumerate(homes):
            department, content = HEARD[number % len(HEARD)]
            rows.append(analysis.enter_warning(
                self.session, home, source=LeadSource.DEPARTMENT, department=department,
                document=f"演数据函〔{today.year}〕{today.month}号", content=content, actor=analyst, now=now, today=today))
        analysis.dispatch(self.session, rows, actor=analyst, now=now)
        township = people.acting(Role.TOWNSHIP_CADRE)
        for row in rows:
            analysis.receive(self.session, row, actor=township, now=people.calendar.now)
        village = people.acting(Role.VILLAGE_CADRE)
        for number, row in enumerate(rows):
            analysis.receive(self.session, row, actor=village, now=people.calendar.now)
            said = (WarningConclusion.AT_RISK, "入户核实属实，存在返贫致贫风险。") if number < at_risk else CONCLUSIONS[number % len(CONCLUSIONS)]
            analysis.verify(self.session, row, conclusion=said[0], finding=said[1], verified_on=today, actor=village,
                            **people.when())

    def _analyse(self, people: Procession, village: Area) -> None:
        analyst, today = people.acting(Role.COUNTY_ANALYST), people.calendar.day
        place = doing.ancestor(self.session, village.path, AreaLevel.COUNTY)
        month = analysis.open_month(self.session, place, month=analysis.month_of(today), actor=analyst, now=people.calendar.now,
                                    summary="本月部门数据、排查和申报情况已汇总，预警信息已下发到村核实。")
        for officer in people.officers.values():
            people.as_(officer)
            analysis.sign_month(self.session, month, opinion="数据已核对", actor=officer, now=people.calendar.now)

    def _some_go_elsewhere(self, people: Procession, pairs: Sequence[tuple[Case, Trouble]],
                           ago: int) -> Sequence[tuple[Case, Trouble]]:
        """Every third month one household's trouble is solved by another department without monitoring."""
        if ago % 3 or len(pairs) < 2:
            return pairs
        last = pairs[-1][0]
        people.inquire(last)
        people.answer(last)
        county.refer(self.session, last, reason="仅住房存在隐患，转住建部门实施危房改造", department=Department.HOUSING,
                     actor=people.acting(Role.COUNTY_DECIDER), **people.when())
        return pairs[:-1]

    def _helped(self, people: Procession, cases: Sequence[Case], village: Area, ago: int) -> None:
        """Watch the households month by month; the longest helped are reviewed, and the stable ones leave."""
        reviewed = date(self.today.year - 1, 12, 8)
        while people.calendar.day + 30 * DAY < (reviewed if ago > REVIEW_AFTER else self.today):
            people.calendar.to(people.calendar.day + 28 * DAY)
            for case in cases:
                people.watch(case)
                people.finish_measures(case)
        if ago <= REVIEW_AFTER:
            return
        people.calendar.to(reviewed)
        stays = cases if ago <= LEAVE_AFTER else cases[:1]
        for case in stays:
            people.review(case, ReviewConclusion.UNSTABLE, "继续介绍务工岗位，落实务工奖补")
            people.keep_on(case, "收入仍不稳定，继续帮扶")
        leaving = [case for case in cases if case not in stays]
        if leaving:
            self._leave(people, leaving, village)
        while people.calendar.day + 30 * DAY < self.today:
            people.calendar.to(people.calendar.day + 28 * DAY)
            for case in stays:
                people.watch(case)
                people.finish_measures(case)

    def _leave(self, people: Procession, cases: Sequence[Case], village: Area) -> None:
        for case in cases:
            people.review(case)
        listed = people.form_list(village, cases, Procedure.LEAVING)
        people.announce(listed)
        people.meet(listed, MeetingKind.REVIEW, self._groups([(case, Trouble()) for case in cases]))
        for case in cases:
            people.consent_to_leave(case)
            people.leave(case)
            people.visit(case, TROUBLES[0])
            people.confirm(case)
        last = self._published(people, village, listed, cases[0].household)
        people.calendar.to(last + DAY)
        people.report_village(listed)
        people.review_township(listed, cases)
        people.calendar.to(max(people.calendar.day + 2 * DAY, date(self.today.year, 1, 6)))
        for case in cases:
            people.inquire(case)
            people.answer(case)
            people.vouch(case)
            people.determine(case, f"彝防返贫〔{people.calendar.day.year}〕消{case.id}号")
            people.mark(case, f"彝消〔{people.calendar.day.year}〕{case.id}号")
            self.left += 1


def _months_before(day: date, months: int) -> date:
    """Return the first of the month that lies so many months before."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
