"""Lead households through the village's and the township's steps, each act by the person whom the policy names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.authorization import scope_for
from fanpin.clock import at_noon
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.dossiers import period_of
from fanpin.models.households import Household
from fanpin.models.measures import Measure
from fanpin.models.notices import PlaceKind
from fanpin.models.scoped import set_scope
from fanpin.rules import workdays
from fanpin.rules.duties import ConsentClass, Department
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.income import IncomeStatement
from fanpin.rules.members import Relation, is_adult
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Procedure
from fanpin.rules.survey import Guarantees, Judgement, SurveyItem
from fanpin.steps import analysis, deliberation, publicity, survey, township

# Who does what, by role; the department officers by department.
Staff = dict[Role, Actor]


@dataclass
class Calendar:
    """The procession's own clock: it moves only forward."""

    day: date
    seconds: int = 0

    @property
    def now(self) -> datetime:
        """Return an instant of the day, a minute later each time it is asked."""
        self.seconds += 1
        return at_noon(self.day) + timedelta(seconds=self.seconds)

    def rest(self, *, minutes: int) -> None:
        """Let some minutes of the day go by."""
        self.seconds += 60 * minutes

    def to(self, day: date) -> None:
        """Go on to a later day: the first on which people work."""
        while not workdays.NATIONAL.is_workday(day):
            day += timedelta(days=1)
        if day > self.day:
            self.day, self.seconds = day, 0


@dataclass(frozen=True)
class Trouble:
    """What a household is in trouble with, as the survey finds it."""

    risks: tuple[Risk, ...] = (Risk.ILLNESS,)
    household_class: HouseholdClass = HouseholdClass.UNSTABLE
    class_reason: str = ""
    income: IncomeStatement | None = None
    items: dict[str, str] = field(default_factory=dict)
    conclusion: str = "家庭成员患大病，医疗自付支出较大，存在返贫风险，建议提出纳入监测。"
    measures: tuple[tuple[MeasureCategory, str, Risk | None], ...] = ()
    unsafe: frozenset[str] = frozenset()
    # Who of the household only has his hukou here (附件2 第八项).
    empty: frozenset[Relation] = frozenset()


class VillageProcession:
    """The acts up to the township's report, and the surveys; `tell` hears of each act."""

    # Which department carries the measures.
    lead = Department.AGRICULTURE

    def __init__(self, session: Session, staff: Staff, officers: dict[str, Actor], calendar: Calendar,
                 tell: Callable[[str, Actor | None], None] = lambda act, actor: None) -> None:
        self.session, self.staff, self.officers, self.calendar = session, staff, officers, calendar
        self.tell = tell

    def acting(self, role: Role) -> Actor:
        """Take a role: the session sees what that person sees."""
        return self.as_(self.staff[role])

    def as_(self, actor: Actor) -> Actor:
        """Act as a person: the session's scope becomes theirs."""
        self.session.flush()
        set_scope(self.session, scope_for(actor))
        return actor

    def when(self) -> dict[str, object]:
        return {"now": self.calendar.now, "today": self.calendar.day}

    # 三(二)
    def open(self, household: Household, reason: str) -> Case:
        """Propose the household and settle it: the case is opened."""
        actor = self.acting(Role.VILLAGE_CADRE)
        check = analysis.propose(self.session, household, reason=reason, actor=actor, now=self.calendar.now)
        self.tell("提出为重点核查对象", actor)
        actor = self.acting(Role.COUNTY_ANALYST)
        case = analysis.settle(self.session, check, agree=True, answer="", actor=actor, **self.when())
        self.tell("确定为重点核查对象，开始办理", actor)
        return case

    # 三(三), 五(二)
    def visit(self, case: Case, trouble: Trouble) -> None:
        """Visit the household and fill the survey sheet."""
        actor = self.acting(Role.RESIDENT_MEMBER)
        survey.record(self.session, case, self._sheet(case, trouble), actor=actor, **self.when())
        self.tell("入户调查，填写实地调查表", actor)

    def _sheet(self, case: Case, trouble: Trouble) -> survey.Visit:
        leaving = case.procedure is Procedure.LEAVING
        answers = {judgement.value: next(iter(judgement.answers)).value for judgement in Judgement}
        if not leaving:
            answers[Judgement.RIGID_SPENDING.value] = "large"
        if trouble.unsafe:
            answers[Judgement.GUARANTEES.value] = "unsafe"
        today = self.calendar.day
        first = date(today.year - 1, today.month, 1)
        income = trouble.income or IncomeStatement(
            period_from=first, period_to=date(today.year, today.month, 1) - timedelta(days=1),
            amounts={"a1": 4_200_000 if leaving else 1_800_000, "b1": 600_000, "d4": 240_000, "e1": 200_000},
            compliant_spending=0 if leaving else 2_400_000, heads_now=case.household.size, heads_year=case.household.size)
        names = ("food", "clothing", "housing", "schooling", "medical", "water")
        said = {item.value: trouble.items.get(item.value, f"{item.title}：已逐项核实") for item in SurveyItem}
        return survey.Visit(
            visited_on=today, visitors=(self.staff[Role.RESIDENT_MEMBER].name, self.staff[Role.VILLAGE_CADRE].name),
            household_signed=True, items=said, judgements=answers, risks=trouble.risks,
            household_class=trouble.household_class, class_reason=trouble.class_reason,
            conclusion="风险已消除，收入稳定，“两不愁三保障”及饮水安全有保障。" if leaving else trouble.conclusion,
            income=income, guarantees=Guarantees(**{name: leaving or name not in trouble.unsafe for name in names}),
            stable_work_income=leaving, empty_registered=tuple(
                member.id for member in case.household.present_members if not leaving and member.relation in trouble.empty))

    def sign(self, case: Case, *, reason: str, away: frozenset[str] = frozenset()) -> None:
        """Take the application and the consent; adults named in `away` have not signed."""
        actor = self.acting(Role.VILLAGE_CADRE)
        today = self.calendar.day
        signers = [member for member in case.household.present_members
                   if is_adult(member.born_on, today) and member.name not in away]
        survey.sign(self.session, case, applied_on=today, reason=reason, truth_declared=True, authorised=True,
                    classes=tuple(ConsentClass), signed_on=today, signers=signers, written_by="", witness="",
                    valid_until=today + timedelta(days=730), actor=actor, **self.when())
        self.tell("农户签署申请及授权承诺书", actor)

    def propose(self, case: Case) -> None:
        """Put the household forward."""
        actor = self.acting(Role.VILLAGE_CADRE)
        survey.propose(self.session, case, actor=actor, **self.when())
        self.tell("提出纳入监测", actor)

    # 三(四)
    def form_list(self, village: Area, cases: Sequence[Case], procedure: Procedure) -> VillageList:
        """Put cases on the village's list."""
        actor = self.acting(Role.VILLAGE_CADRE)
        row = deliberation.form_list(self.session, village, cases, procedure=procedure, actor=actor, **self.when())
        self.tell("提出名单", actor)
        return row

    def announce(self, listed: VillageList) -> None:
        """Make the list known to the villagers."""
        actor = self.acting(Role.VILLAGE_CADRE)
        deliberation.announce(self.session, listed, on=self.calendar.day, place="各村民小组公开栏、村民微信群", actor=actor,
                              **self.when())
        self.tell("把名单向群众公布", actor)

    def meet(self, listed: VillageList, kind: MeetingKind, groups: Sequence[str]) -> None:
        """Hold a meeting about the list and write its minutes."""
        role = Role.TOWNSHIP_CADRE if kind is MeetingKind.TOWNSHIP else Role.VILLAGE_CADRE
        actor = self.acting(role)
        seats = [deliberation.Attendance(group, 3, 9, 2) for group in groups]
        if kind in (MeetingKind.COMMITTEE, MeetingKind.TOWNSHIP):
            seats = [deliberation.Attendance("参会人员", 5, 0, 2)]
        deliberation.meet(self.session, listed, deliberation.Meeting(
            kind=kind, held_on=self.calendar.day, place="村委会会议室" if role is Role.VILLAGE_CADRE else "乡镇会议室",
            host=actor.name, recorder=self.staff[Role.RESIDENT_MEMBER].name, attendance=tuple(seats),
            summary="逐户通报情况，听取意见。", decided=True, decision="同意名单所列农户。"), actor=actor, **self.when())
        self.tell(kind.title, actor)

    def hear(self, listed: VillageList, case: Case, content: str) -> None:
        """Take down an opinion, verify it and answer."""
        actor = self.acting(Role.VILLAGE_CADRE)
        row = deliberation.add_opinion(self.session, listed, content=content, speaker="到会群众",
                                       raised_on=self.calendar.day, case=case, actor=actor, **self.when())
        deliberation.answer_opinion(self.session, row, verified="两名村干部入户核实，情况与调查表一致。",
                                    answer="已当面答复反映人。", answered_on=self.calendar.day, actor=actor, **self.when())
        self.tell("核实并答复群众意见", actor)

    def plan(self, case: Case, trouble: Trouble) -> None:
        """Propose measures per household and per person."""
        actor = self.acting(Role.VILLAGE_CADRE)
        wanted = trouble.measures or ((MeasureCategory.HEALTH, "大病救治和医疗救助", Risk.ILLNESS),
                                      (MeasureCategory.EMPLOYMENT, "介绍就近务工", None))
        rows = [deliberation.Planned(category, detail, risk=risk, due_on=self.calendar.day + timedelta(days=60))
                for category, detail, risk in wanted]
        rows += [deliberation.Planned(None, "本人无需单独措施", member_id=member.id)
                 for member in case.household.present_members]
        deliberation.plan(self.session, case, rows, actor=actor, now=self.calendar.now)
        self.tell("逐户逐人提出帮扶措施", actor)

    def decide(self, listed: VillageList) -> None:
        """The 两委 passes the list."""
        actor = self.acting(Role.VILLAGE_CADRE)
        deliberation.submit(self.session, listed, actor=actor, **self.when())
        self.tell("村“两委”研究通过，进入公示", actor)

    def publish(self, listed: VillageList, screenshot: Callable[[], int],
                print_it: Callable[[], None] = lambda: None) -> date:
        """Make the notice, print it, hang it everywhere and return its last day; `screenshot` keeps the platform's page."""
        actor = self.acting(Role.VILLAGE_CADRE)
        notice = publicity.issue(self.session, listed, platform="", actor=actor, **self.when())
        self.tell("制作公示", actor)
        print_it()
        actor = self.acting(Role.VILLAGE_CADRE)
        for place in notice.places:
            platform = place.kind is PlaceKind.PLATFORM
            publicity.post(
                self.session, place, posted_at=self.calendar.now, posted_on=self.calendar.day,
                where="" if platform else f"{place.place}公开栏",
                address="https://zfjz.example.invalid/notice/1" if platform else "",
                file_id=screenshot() if platform else None, actor=actor, **self.when())
        self.tell("在各村民小组公开场所和政府救助平台公示", actor)
        code = self.session.scalars(select(Area.code12).where(Area.id == listed.area_id)).one()
        return period_of(self.session, notice, area_code=code).last_day

    def report_village(self, listed: VillageList) -> None:
        """The period is over: sign the report and send the list on."""
        actor = self.acting(Role.VILLAGE_CADRE)
        publicity.sign_report(self.session, listed, signed_by=actor.name, signed_on=self.calendar.day, actor=actor,
                              **self.when())
        publicity.report(self.session, listed, actor=actor, **self.when())
        self.tell("公示期满无异议，上报乡镇", actor)

    # 三(五)
    def review_township(self, listed: VillageList, cases: Sequence[Case]) -> None:
        """Check on the spot, meet, fix measures, report to the county."""
        actor = self.acting(Role.TOWNSHIP_CADRE)
        for case in cases:
            township.check(self.session, listed, case, checked_on=self.calendar.day, checkers="乡镇抽查组（两人）",
                           agrees=True, finding="抽查情况与上报一致", actor=actor, **self.when())
        self.tell("抽查核实", actor)
        self.meet(listed, MeetingKind.TOWNSHIP, ())
        if listed.procedure is Procedure.ENTERING:
            ids = [case.id for case in cases]
            rows = self.session.scalars(select(Measure).where(Measure.case_id.in_(ids))).all()
            township.confirm_measures(self.session, listed, {row.id: self.lead.value for row in rows},
                                      actor=actor, now=self.calendar.now)
            self.tell("逐户明确帮扶措施", actor)
        leader = self.acting(Role.TOWNSHIP_LEADER)
        township.sign_report(self.session, listed, signed_by=leader.name, signed_on=self.calendar.day, actor=leader,
                             **self.when())
        township.submit(self.session, listed, actor=leader, **self.when())
        self.tell("专题会议审核通过，报县级确定", leader)
