"""One village led through the procedure, with a case at every stage and words that only its people may read."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar, Trouble
from fanpin.models.cases import Case
from fanpin.models.county import FindingRow, Inquiry
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.deliveries import UnmatchedRow
from fanpin.models.households import Household
from fanpin.models.measures import Measure
from fanpin.models.notices import ObjectionKind
from fanpin.models.papers import Paper
from fanpin.models.register import ChangeKind, ChangeState, ImportChange, ImportState
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.models.users import Grant, User
from fanpin.rules.deliveries import UnmatchedReason
from fanpin.rules.departments import Department
from fanpin.rules.intake import Channel, DifficultyCategory, LeadSource, RoundOccasion
from fanpin.rules.members import LabourSkill, Relation
from fanpin.rules.regional import Cause, EventKind, EventSource, ExposedBy, ExposureResult, SizeClass
from fanpin.rules.roles import Role
from fanpin.rules.stages import Procedure
from fanpin.rules.survey import SurveyItem
from fanpin.steps import (
    analysis,
    county,
    deliberation,
    deliveries,
    files,
    households,
    intake,
    paper_data,
    publicity,
    rectification,
    regional,
    regional_help,
    register_import,
    relocation,
    screening,
)
from fanpin.steps.households import Person
from tests import cast
from tests.brought import brought
from tests.builders import an_id
from tests.conftest import TODAY
from tests.oversight_settlement import direct_to, steered
from tests.register import exported
from tests.registered import certified, registered
from tests.ways_out import POSTING, installed_outlet, owed_there, ready
from tests.world import World

DAY = timedelta(days=1)
BEGUN = date(2026, 1, 5)
L = Role
VILLAGE_STAFF = {
    "own": {L.VILLAGE_CADRE: "cun.gan", L.RESIDENT_MEMBER: "zhu.cun"},
    "sibling": {L.VILLAGE_CADRE: "lin.cun", L.RESIDENT_MEMBER: "lin.zhu"},
    "other": {L.VILLAGE_CADRE: "wai.cun", L.RESIDENT_MEMBER: "wai.zhu"},
}
HERE = {L.TOWNSHIP_CADRE: "xiang.gan", L.TOWNSHIP_LEADER: "xiang.zhang", L.COUNTY_ANALYST: "xian.ban",
        L.COUNTY_DECIDER: "xian.zhang", L.COUNTY_LEADING_GROUP: "ling.dao", L.LEAD_DEPARTMENT: "bang.fu"}
THERE = {L.TOWNSHIP_CADRE: "wai.xiang", L.TOWNSHIP_LEADER: "wai.zhang", L.COUNTY_ANALYST: "wai.xian",
         L.COUNTY_DECIDER: "wai.shen", L.COUNTY_LEADING_GROUP: "wai.ling", L.LEAD_DEPARTMENT: "wai.bang"}
AREAS = {"own": ("village", "group1"), "sibling": ("sibling_village", "sibling_group"),
         "other": ("other_village", "other_group")}
# Rare characters, each of one place only: whoever reads one has read something of that place.
SIGNS = {"own": ("𬭎", "㬹"), "sibling": ("𡒄", "䢺"), "other": ("𪤗", "㙦")}
CASES = ("open", "surveyed", "listed", "drafted", "noticed", "reported", "waiting", "decided", "helped", "watered", "reviewed",
         "leaving", "marking")
# What the neighbours need: something of every sort that a reference names.
FEWER = ("surveyed", "listed", "drafted", "noticed", "reported", "waiting", "decided", "helped")


@dataclass
class Place:
    """One village of the tests: public references by name, and the words that only its own may read."""

    key: str
    refs: dict[str, str] = field(default_factory=dict)
    canaries: dict[str, set[str]] = field(default_factory=dict)


class Settlement:
    """Lead one village's households through the procedure, and remember what they are called."""

    def __init__(self, session: Session, world: World, key: str, store: Path) -> None:
        self.session, self.world, self.key, self.store = session, world, key, store
        self.place = Place(key)
        self.village, self.group = (world.areas[name] for name in AREAS[key])
        staff = {**VILLAGE_STAFF[key], **(THERE if key == "other" else HERE)}
        prefix = "wai." if key == "other" else ""
        officers = {department: world.actors[prefix + part.username] for department, part in cast.OFFICERS.items()}
        self.people = Procession(session, {role: world.actors[name] for role, name in staff.items()}, officers, Calendar(BEGUN))
        self.said = f"{SIGNS[key][1]}陈述"
        self.reporter = f"{SIGNS[key][1]}举报人"
        self._cases: dict[str, Case] = {}
        self._names = CASES if key == "own" else FEWER
        self._settle()

    def _settle(self) -> None:
        for name in self._names:
            self._cases[name] = self._begin(name)
        self._first_signs()
        self._go_far()
        self._go_halfway()
        self._issue_papers()
        self._steer()
        self._import()
        self._bring_leads()
        self._name()

    def _person(self, name: str, relation: Relation, born: date, *, man: bool, **more: object) -> Person:
        number = an_id(born, man=man)
        self._forbid("id", number)
        self._forbid("name", name)
        given = {"health": ("healthy",), "labour": LabourSkill.ORDINARY, "education": "junior"} | more
        return Person(name, relation, number, **given)

    def _home(self, number: int) -> Household:
        sign = SIGNS[self.key][0]
        phone, address = f"13{list(AREAS).index(self.key)}7{number:02d}46{number:02d}1", f"{sign}家巷{number}号"
        self._forbid("phone", phone)
        self._forbid("address", address)
        actor = self.people.acting(L.VILLAGE_CADRE)
        return households.create(
            self.session, actor=actor, now=self.people.calendar.now, today=self.people.calendar.day, group=self.group,
            people=(self._person(f"测{sign}{chr(0x4e00 + number)}", Relation.HEAD, date(1976, 5, 1 + number % 27), man=True),
                    self._person(f"试{sign}·{chr(0x4e00 + number)}", Relation.SPOUSE, date(1978, 8, 1 + number % 27), man=False,
                                 health=("serious",), labour=LabourSkill.LOST),
                    self._person(f"小{sign}{chr(0x4e00 + number)}", Relation.DAUGHTER, date(2014, 3, 1 + number % 27), man=False,
                                 labour=LabourSkill.NONE, education="", schooling="primary")),
            lifted=True, lives_here=True, rural_services=True, hukou_place="本村", address=address, phone=phone)

    def _forbid(self, kind: str, word: str) -> None:
        self.place.canaries.setdefault(kind, set()).add(word)

    def _begin(self, name: str) -> Case:
        case = self.people.open(self._home(CASES.index(name)), f"{self.said}：妻子患大病，自付医疗费较高")
        self._forbid("said", self.said)
        if name != "open":
            self.people.visit(case, Trouble(items={SurveyItem.HEALTH.value: f"{self.said}：妻子住院"},
                                            conclusion=f"{self.said}：存在返贫风险，建议提出纳入监测。"))
            away = frozenset({case.household.members[1].name}) if name == "waiting" else frozenset()
            self.people.sign(case, reason=f"{self.said}：生活困难", away=away)
        if name not in ("open", "surveyed"):
            self.people.propose(case)
        return case

    # 三(一), 三(二)
    def _first_signs(self) -> None:
        now, today = self.people.calendar.now, self.people.calendar.day
        home, other = self._home(40), self._home(41)
        actor = self.people.acting(L.VILLAGE_CADRE)
        lead = intake.register(self.session, self.group, intake.Declaration(
            LeadSource.DECLARATION, home.head_name, f"{self.said}：请帮助。", today, channel=Channel.PROVINCE,
            platform_number=f"YS{self.key}1", categories=(DifficultyCategory.MEDICAL,)), actor=actor, now=now, today=today)
        round_ = analysis.open_round(
            self.session, self.village, title=f"{SIGNS[self.key][1]}排查", occasion=RoundOccasion.REGULAR, starts_on=today,
            ends_on=TODAY + 10 * DAY, visitors="村干部、驻村工作队员", actor=actor, now=now)
        self.session.flush()
        check = analysis.propose(self.session, other, reason=f"{self.said}：户主摔伤", actor=actor, now=now)
        analyst = self.people.acting(L.COUNTY_ANALYST)
        warning = analysis.enter_warning(
            self.session, home, source=LeadSource.DEPARTMENT, department="medical_insurance", document="测函〔2026〕3号",
            content=f"{self.said}：自付费用2.6万元。", actor=analyst, now=now, today=today)
        self.session.flush()
        analysis.dispatch(self.session, [warning], actor=analyst, now=now)
        if self.key != "sibling":
            at = self.world.areas["county" if self.key == "own" else "other_county"]
            month = analysis.open_month(self.session, at, month="2026-01", summary="本月研判", actor=analyst, now=now)
            self._keep(analysis=month)
        self._deliver()
        self._keep(lead=lead, round=round_, visit=self._visit(round_), key_check=check, warning=warning, household=home,
                   member=home.members[0])
        self._event(home)

    # 二(四)
    def _event(self, home: Household) -> None:
        now, today = self.people.calendar.now, self.people.calendar.day
        when = {"now": now, "today": today}
        cadre = self.people.acting(L.VILLAGE_CADRE)
        # Departments read events: what only the line may read stands at the household and in the tasks.
        event = regional.enter(self.session, [self.village], regional.Reported(
            EventKind.WEATHER, "一月霜冻", today, EventSource.WATCH, ExposedBy.AREA), actor=cadre, **when)
        regional.look(self.session, event, home, visited_on=today, result=ExposureResult.AFFECTED, note=f"{self.said}：减产",
                      actor=cadre, **when)
        due = TODAY + 10 * DAY
        regional_help.plan(self.session, event, regional_help.Planned("核损到户", "村委会", "村干部", due), actor=cadre, **when)
        township = self.people.acting(L.TOWNSHIP_CADRE)
        tasks = [rectification.give(self.session, event, rectification.Task(
            Cause.WORK, f"{self.said}：没有排查到户", "补做排查", self.village, due), actor=township, **when) for _ in "12"]
        rectification.mend(self.session, tasks[1], result=f"{self.said}：已补做", done_on=today, evidence_file_id=None,
                           actor=self.people.acting(L.VILLAGE_CADRE), **when)
        self._keep(event=event, rectification=tasks[0], rectification_done=tasks[1])
        if self.key != "sibling":
            place = self.world.areas["township" if self.key == "own" else "other_township"]
            community = relocation.register(
                self.session, place, name="测试家园", address="镇上", size_class=SizeClass.LARGE, size_source="测搬〔2019〕1号",
                actor=self.people.acting(L.COUNTY_ANALYST), now=now)
            self._keep(community=community)

    def _deliver(self) -> None:
        """Let two departments of the county send a sheet each, one with a row about nobody."""
        if self.key == "sibling":
            return
        county_area = self.world.areas["county" if self.key == "own" else "other_county"]
        for department, name in (("education", "delivery"), ("health", "delivery_health")):
            source = deliveries.sources_for(self.session, Department(department))[0]
            row = deliveries.send(
                self.session, self.store, files.Upload("数据.csv", f"{self.key}{department}".encode()), source,
                deliveries.Sent(as_of=self.people.calendar.day, covers_from=None, complete=True, register_scope="本县登记范围"),
                county=county_area, actor=self.people.officers[department], now=self.people.calendar.now,
                today=self.people.calendar.day)
            self.session.flush()
            self._keep(**{name: row})
        row = UnmatchedRow(department="health", area_path=county_area.path, delivery_id=row.id, row_number=2, row_hash=bytes(32),
                           reason=UnmatchedReason.UNKNOWN, kind="disease_treatment", name="测无此人", facts="[]")
        self.session.add(row)
        self._keep(unmatched=row)

    def _visit(self, round_: Round) -> RoundVisit:
        return self.session.scalars(select(RoundVisit).where(RoundVisit.round_id == round_.id).order_by(RoundVisit.id)).first()

    def _keep(self, **rows: object) -> None:
        self.session.flush()
        self.place.refs.update({name: row.ref for name, row in rows.items()})

    # 三(四) to 五(二)
    def _decide(self, names: tuple[str, ...]) -> VillageList:
        people, cases = self.people, [self._cases[name] for name in names]
        listed = people.form_list(self.village, cases, Procedure.ENTERING)
        people.announce(listed)
        people.meet(listed, MeetingKind.DELIBERATION, [self.group.name])
        for case in cases:
            people.plan(case, Trouble())
        people.meet(listed, MeetingKind.COMMITTEE, ())
        people.decide(listed)
        return listed

    def _publish(self, listed: VillageList) -> None:
        last = self.people.publish(listed, self._screenshot)
        self.people.calendar.to(last + DAY)
        self.people.report_village(listed)

    def _screenshot(self) -> int:
        actor = self.people.acting(L.VILLAGE_CADRE)
        row = files.keep(self.session, self.store, f"%PDF-1.4 {self.said}".encode(), media_type="application/pdf", name="截图.pdf",
                         area_path=self.village.path, purpose="政府救助平台发布截图", household_id=None, actor=actor,
                         now=self.people.calendar.now)
        self._keep(file=row)
        return row.id

    def _go_far(self) -> None:
        names, people = self._names[self._names.index("waiting"):], self.people
        listed = self._decide(names)
        self._publish(listed)
        people.review_township(listed, [self._cases[name] for name in names])
        for name in names:
            people.inquire(self._cases[name])
        waiting = self._cases["waiting"]
        people.answer(waiting, vehicle="private_car", except_for=("education", "health"))
        unsigned = waiting.household.members[1]
        county.state_unasked(self.session, waiting, unsigned.id, statement=f"{self.said}：外出务工，村里核实无车无房",
                             actor=people.acting(L.VILLAGE_CADRE), **people.when())
        people.acting(L.COUNTY_ANALYST)
        screening.screen(self.session, waiting, actor=people.staff[L.COUNTY_ANALYST], **people.when())
        for number, name in enumerate(names[1:]):
            people.answer(self._cases[name])
            people.determine(self._cases[name], f"测防返贫〔2026〕{number}号")
        for number, name in enumerate(names[2:]):
            people.follow_up(self._cases[name], f"测领办〔2026〕{number}号")
            people.start_measures(self._cases[name])
            people.enter(self._cases[name], f"TEST{self.key}{number}")
        if "leaving" in names:
            self._leave()

    def _leave(self) -> None:
        people, leavers = self.people, [self._cases["leaving"], self._cases["marking"]]
        for case in (self._cases["reviewed"], *leavers):
            people.review(case)
        listed = people.form_list(self.village, leavers, Procedure.LEAVING)
        people.announce(listed)
        people.meet(listed, MeetingKind.REVIEW, [self.group.name])
        for case in leavers:
            people.consent_to_leave(case)
            people.leave(case)
            people.visit(case, Trouble())
        people.confirm(leavers[1])
        people.take_off(leavers[0], "该户外出")
        self._publish(listed)
        people.review_township(listed, leavers[1:])
        people.inquire(leavers[1])
        people.answer(leavers[1])
        people.determine(leavers[1], "测防返贫〔2026〕消1号")

    def _go_halfway(self) -> None:
        people = self.people
        reported = self._decide(("reported",))
        self._publish(reported)
        people.calendar.to(TODAY - 3 * DAY)
        noticed, drafted = self._decide(("noticed",)), self._decide(("drafted",))
        people.publish(noticed, self._screenshot)
        actor = people.acting(L.VILLAGE_CADRE)
        objection = publicity.receive(
            self.session, self._cases["noticed"], publicity.Reported(
                ObjectionKind.OBJECTION, f"{self.said}：镇上有门面房", people.calendar.day, reporter=self.reporter),
            area=self.village, actor=actor, **people.when())
        self._forbid("reporter", self.reporter)
        notice = publicity.issue(self.session, drafted, platform="", actor=actor, **people.when())
        listed = people.form_list(self.village, [self._cases["listed"]], Procedure.ENTERING)
        people.announce(listed)
        actor = people.acting(L.VILLAGE_CADRE)
        opinion = deliberation.add_opinion(
            self.session, listed, content=f"{self.said}：收入够用", speaker="到会群众", raised_on=people.calendar.day,
            case=self._cases["listed"], actor=actor, **people.when())
        self._keep(list_reported=reported, list_noticed=noticed, list_drafted=drafted, list_listed=listed, notice=notice,
                   place=notice.places[0], place_platform=ready(self.session, notice.places[-1], head=self._cases["drafted"].household.head_name),
                   objection=objection, opinion=opinion)

    def _issue_papers(self) -> None:
        actor = self.people.acting(L.VILLAGE_CADRE)
        for name, code, about in (("paper", "application", {"case": self._cases["surveyed"]}),
                                  ("list_paper", "minutes", {"village_list": self._list("list_noticed")})):
            row = paper_data.issue(self.session, code, actor=actor, now=self.people.calendar.now,
                                   today=self.people.calendar.day, **about)
            self._keep(**{name: row})
            stored = files.keep(self.session, self.store, f"%PDF-1.4 {self.said} {name}".encode(), media_type="application/pdf",
                                name="文书.pdf", area_path=row.area_path, purpose="文书", household_id=None, actor=actor,
                                now=self.people.calendar.now)
            self.session.execute(update(Paper).where(Paper.id == row.id).values(state="ready", file_id=stored.id))

    def _steer(self) -> None:
        """六: what the county keeps, the sibling village in the same one, and what it asks the province about persons."""
        set_scope(self.session, Scope(ScopeKind.SYSTEM, reason="test"))
        staff, when = self.people.staff, {"now": self.people.calendar.now, "today": self.people.calendar.day}
        for name, department in (("direct", Department.EDUCATION), ("direct_health", Department.HEALTH)):
            row = direct_to(self.session, self._cases["helped"], department, analyst=staff[L.COUNTY_ANALYST], when=when)
            self._keep(**{name: row})
            for question in row.questions:
                self._forbid("requested" if name == "direct" else "unrequested", question.subject_name)
        if self.key == "sibling":
            return
        self._keep(**steered(
            self.session, self.village, analyst=staff[L.COUNTY_ANALYST], township=staff[L.TOWNSHIP_CADRE],
            overseer=self.world.actors["zhou.shi"], when=when))

    def _import(self) -> None:
        """Leave a county's sheet with one household that differs, to be decided about."""
        county = self.world.areas["other_county" if self.key == "other" else "county"]
        actor, now = self.people.acting(L.COUNTY_ANALYST), self.people.calendar.now
        upload = register_import.upload(self.session, self.store, name="导出表.xlsx", content=b"PK", area=county, actor=actor, now=now)
        report = files.keep(self.session, self.store, f"PK{self.key}".encode(), media_type="text/csv", name="未导入的行.csv",
                            area_path=county.path, purpose="导入报告", household_id=None, actor=actor, now=now)
        upload.state, upload.report_file_id = ImportState.COMPARED, report.id
        self.session.flush()
        self.session.add(ImportChange(
            batch_id=upload.id, area_path=self.group.path, head_name=f"测{SIGNS[self.key][0]}", kind=ChangeKind.NEW,
            state=ChangeState.OPEN, household="{}", differences="[]"))
        home = self._cases["waiting"].household
        self._keep(upload=upload, **exported(self.session, self.store, county, home, actor=actor, now=now),
                   **owed_there(self.session, self.store, county, home, actor=actor, now=now))

    def _bring_leads(self) -> None:
        township = self.world.areas["other_township" if self.key == "other" else "township"]
        self._keep(lead_import=brought(self.session, self.store, township, self.group, actor=self.people.acting(L.TOWNSHIP_CADRE),
                                       now=self.people.calendar.now))

    def _list(self, name: str) -> VillageList:
        return self.session.scalars(select(VillageList).where(VillageList.ref == self.place.refs[name])).one()

    def _name(self) -> None:
        self.session.flush()
        set_scope(self.session, Scope(ScopeKind.SYSTEM, reason="test"))
        for name, case in self._cases.items():
            self._keep(**{f"case_{name}": case, f"household_{name}": case.household})
        waiting = self._cases["waiting"]
        for department in ("education", "health", "housing"):
            inquiry = self.session.scalars(select(Inquiry).where(
                Inquiry.case_id == waiting.id, Inquiry.department == department)).one()
            self._keep(**{f"inquiry_{department}": inquiry})
        self._keep(finding=self.session.scalars(select(FindingRow).where(FindingRow.case_id == waiting.id)).first(),
                   member_waiting=waiting.household.members[1])
        for name in [name for name in ("helped", "watered") if name in self._cases]:
            rows = self.session.scalars(select(Measure).where(Measure.case_id == self._cases[name].id,
                                                              Measure.category.is_not(None)).order_by(Measure.id)).all()
            if name == "watered":
                self.session.execute(update(Measure).where(Measure.case_id == self._cases[name].id).values(department="water"))
            elif self.key != "other":
                for row in rows:
                    row.helper_id = self.world.actors["ze.ren"].user_id
            self._keep(**{f"measure_{name}": rows[0]})
        self._sort_names()
        self.place.refs["code"] = self.session.scalars(select(Paper.verify_code).where(
            Paper.ref == self.place.refs["list_paper"])).one()
        self.place.refs["grant"] = str(self.session.scalars(select(Grant.id).where(
            Grant.user_id == self.people.staff[L.VILLAGE_CADRE].user_id)).one())
        cadre = self.people.staff[L.VILLAGE_CADRE]
        if self.key == "own":
            self._keep(outlet=installed_outlet(self.session, POSTING, now=self.people.calendar.now))
            release = registered(self.session, department="education", now=self.people.calendar.now)
            certified(self.session, release, now=self.people.calendar.now)
            self._keep(adapter=release)
        self._keep(account=self.session.scalars(select(User).where(User.id == cadre.user_id)).one())

    def _sort_names(self) -> None:
        """Say which persons departments are asked about, the agriculture department helps, its helper looks after."""
        asked = select(Inquiry.case_id)
        helped = select(Measure.case_id).where(Measure.department == "agriculture")
        mine = select(Measure.case_id).where(Measure.helper_id.is_not(None))
        for kind, ids in (("asked", asked), ("helped", helped), ("mine", mine)):
            for case in self.session.scalars(select(Case).where(Case.id.in_(ids), Case.area_path == self.group.path)):
                for member in case.household.members:
                    self._forbid(kind, member.name)
