"""Three households led through the procedure, with every paper of the catalogue filled on the way."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask
from PIL import Image
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.app import create_app
from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar, Trouble
from fanpin.clock import at_noon
from fanpin.config import Settings
from fanpin.extensions import db
from fanpin.models.areas import AreaSetting
from fanpin.models.cases import Case
from fanpin.models.county import Determination, FindingRow, Inquiry
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.households import Household
from fanpin.models.leads import Lead
from fanpin.models.notices import ObjectionKind
from fanpin.models.papers import Paper
from fanpin.models.rounds import RoundVisit
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.intake import Channel, DifficultyCategory, LeadSource, RoundOccasion, WarningConclusion
from fanpin.rules.lines import LineFactor
from fanpin.rules.oversight import ResponsibleKind
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Procedure
from fanpin.steps import analysis, county, files, intake, oversight, oversight_staff, paper_data, publicity, screening
from tests.builders import a_household, people
from tests.conftest import TODAY, StandingClock
from tests.world import World, build_world

DAY = timedelta(days=1)
SPECIAL = {"reasoning": "车辆老旧，没有使用价值。", "verified": "现场查看，车辆不能行驶。", "verifier": "王核实", "evidence": "现场照片两张",
           "explained_how": "户主会", "explained_on": "2026-03-10", "explained_where": "村委会", "feedback": "没有意见"}
NOT_SIGNED = "测试未签"
REPORTER = "测试举报人"
HEADS = ("测试㬹", "测试特殊", "测试不纳入")
LINE, LINE_YEAR = 870_000, 2025


@dataclass
class Led:
    """What was filled on the way: data and issued row by code, what was offered where and with how many statements."""

    data: dict[str, object] = field(default_factory=dict)
    issued: dict[str, Paper] = field(default_factory=dict)
    offered: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    statements: list[int] = field(default_factory=list)
    letter_id: int | None = None


@contextmanager
def founded(folder: Path, keyring: crypto.Keyring) -> Iterator[Flask]:
    """Build an application on an empty database."""
    settings = Settings.load({"FANPIN_DATABASE_URL": f"sqlite:///{folder / 'fanpin.sqlite'}",
                              "FANPIN_PASSWORD_PROFILE": "test"}, instance=folder)
    application = create_app(settings, clock=StandingClock(at_noon(TODAY)), keyring=keyring)
    with application.app_context():
        db.metadata.create_all(db.engine)
        yield application
        db.session.remove()
        db.engine.dispose()


class Guide:
    """Lead one household in and out, one in as a special case, one to its letter of non-inclusion."""

    def __init__(self, session: Session, store: Path) -> None:
        self.session, self.store, self.led = session, store, Led()
        self.world: World = build_world(session, now=at_noon(TODAY), today=TODAY)
        self._register_phones()
        group, actors = self.world.areas["group1"].path, self.world.actors.values()
        staff = {actor.role: actor for actor in actors if group.startswith(actor.area_path)}
        officers = {actor.department: actor for actor in actors if actor.role is Role.DEPARTMENT_OFFICER}
        self.people = Procession(session, staff, officers, Calendar(TODAY))

    def _register_phones(self) -> None:
        self.world.areas["village"].details = {"phone": "0870-5550001", "address": "洛泽河村便民服务站"}
        self.world.areas["county"].details = {"phone": "0870-5550003", "issuer": "彝良县农业农村局"}

    def walk(self) -> Led:
        """Go the whole way."""
        self._set_line()
        households = [self._household(name) for name in HEADS]
        self._declare(households[0])
        self._signal(households[0])
        self.cases = [self.people.open(household, "医疗支出较大") for household in households]
        self._survey()
        self._deliberate()
        self._decide()
        self._help_and_leave()
        self.session.flush()
        return self.led

    def when(self) -> dict[str, object]:
        """Return the moment as the steps take it."""
        return {"now": self.people.calendar.now, "today": self.people.calendar.day}

    def issue(self, code: str, role: Role, **about: object) -> None:
        """Fill and issue a paper as the role would, and keep what it says."""
        actor = self.people.acting(role)
        self.led.data[code] = paper_data.assemble(self.session, code, actor=actor, **self.when(), **about)
        self.led.issued[code] = paper_data.issue(self.session, code, actor=actor, **self.when(), **about)

    def note_offered(self, **about: Case | VillageList) -> None:
        """Keep what is offered now, and how many statements it took."""
        self.session.flush()
        asked: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        codes = paper_data.offered(self.session, **about)
        event.remove(db.engine, "before_cursor_execute", count)
        (kind, subject), = about.items()
        case = subject if isinstance(subject, Case) else subject.entries[0].case
        self.led.offered[kind, case.procedure.value, case.stage.value] = codes
        self.led.statements.append(len(asked))

    def _set_line(self) -> None:
        province = self.people.as_(self.world.actors["sheng.ban"])
        oversight.set_line(self.session, self.world.areas["province"], year=LINE_YEAR, amount=LINE, document="测试文号",
                           decided_on=TODAY, factors={item.value: "已综合考虑" for item in LineFactor}, actor=province,
                           **self.when())

    def _household(self, head: str) -> Household:
        members = people(head, spouse=NOT_SIGNED if head == HEADS[1] else "测试阿依·古丽")
        self.people.acting(Role.COUNTY_ANALYST)
        return a_household(self.session, self.world, now=self.people.calendar.now, today=TODAY, members=members)

    def _declare(self, household: Household) -> None:
        actor = self.people.acting(Role.VILLAGE_CADRE)
        lead = intake.register(
            self.session, self.world.areas["group1"], intake.Declaration(
                LeadSource.DECLARATION, household.head_name, "住院自己出了两万多。", TODAY, channel=Channel.PROVINCE,
                platform_number=f"YS20260302{household.id:02d}", phone="13900000000", head_id_number=household.head.id_number,
                categories=(DifficultyCategory.MEDICAL,)), actor=actor, **self.when())
        self.issue("lead", Role.VILLAGE_CADRE, lead=lead)

    def _signal(self, household: Household) -> None:
        village, month = self.world.areas["village"], self.people.calendar.day.isoformat()[:7]
        analyst = self.people.acting(Role.COUNTY_ANALYST)
        warning = analysis.enter_warning(
            self.session, household, source=LeadSource.DEPARTMENT, department="medical_insurance", document="彝医保函〔2026〕3号",
            content="住院自付2.6万元", actor=analyst, **self.when())
        self.session.flush()
        analysis.dispatch(self.session, [warning], actor=analyst, now=self.people.calendar.now)
        self.issue("warning_list", Role.COUNTY_ANALYST, about=village, month=month)
        cadre = self.people.acting(Role.VILLAGE_CADRE)
        analysis.receive(self.session, warning, actor=cadre, now=self.people.calendar.now)
        row = analysis.open_round(self.session, village, title="三月排查", occasion=RoundOccasion.REGULAR, starts_on=TODAY,
                                  ends_on=TODAY + 30 * DAY, visitors="村干部", actor=cadre, now=self.people.calendar.now)
        self.session.flush()
        visit = self.session.scalars(select(RoundVisit).where(RoundVisit.household_id == household.id)).one()
        self.issue("warning_sheet", Role.VILLAGE_CADRE, about=warning)
        analysis.verify(self.session, warning, conclusion=WarningConclusion.AT_RISK, finding="住院费用属实，有返贫风险。", verified_on=TODAY,
                        actor=cadre, **self.when())
        self.issue("round_sheet", Role.VILLAGE_CADRE, about=visit)
        self.issue("round_register", Role.VILLAGE_CADRE, about=row)

    def _survey(self) -> None:
        self.people.calendar.to(TODAY + DAY)
        self.note_offered(case=self.cases[0])
        self.issue("leaflet", Role.VILLAGE_CADRE, case=self.cases[0])
        self.issue("application", Role.VILLAGE_CADRE, case=self.cases[0])
        self.led.data["application before signing"] = self.led.data["application"]
        for case in self.cases:
            self.people.visit(case, Trouble())
            self.people.sign(case, reason="妻子患大病，自付费用多", away=frozenset({NOT_SIGNED}))
            self.people.propose(case)
        for code in ("application", "survey", "collection"):
            self.issue(code, Role.VILLAGE_CADRE, case=self.cases[0])

    def _deliberate(self) -> None:
        people, group = self.people, self.world.areas["group1"].name
        listed = self.listed = people.form_list(self.world.areas["village"], self.cases, Procedure.ENTERING)
        people.announce(listed)
        people.meet(listed, MeetingKind.DELIBERATION, [group])
        people.hear(listed, self.cases[1], "这户有一辆小汽车，请核实。")
        for case in self.cases:
            people.plan(case, Trouble())
        people.meet(listed, MeetingKind.COMMITTEE, ())
        for code in ("minutes", "sign_in", "committee_record"):
            self.issue(code, Role.VILLAGE_CADRE, village_list=listed)
        people.decide(listed)
        self.note_offered(village_list=listed)
        self.issue("notice_in", Role.VILLAGE_CADRE, village_list=listed)
        self.led.data["notice before posting"] = self.led.data["notice_in"]
        people.calendar.to(TODAY + 4 * DAY)
        last = people.publish(listed, self.screenshot)
        self.issue("notice_in", Role.VILLAGE_CADRE, village_list=listed)
        self._object(listed)
        people.calendar.to(last + DAY)
        self.issue("notice_record", Role.VILLAGE_CADRE, village_list=listed)
        people.report_village(listed)
        self.issue("village_report", Role.VILLAGE_CADRE, case=self.cases[0])
        people.review_township(listed, self.cases)
        for code in ("township_review", "township_report"):
            self.issue(code, Role.TOWNSHIP_CADRE, village_list=listed)

    def _object(self, listed: VillageList) -> None:
        cadre, village = self.people.acting(Role.VILLAGE_CADRE), self.world.areas["village"]
        told = publicity.Reported(ObjectionKind.COMPLAINT, "这户在镇上有门面房", self.people.calendar.day, reporter=REPORTER)
        row = publicity.receive(self.session, self.cases[1], told, area=village, actor=cadre, **self.when())
        self.session.flush()
        publicity.answer(self.session, row, investigators="王核实、李核实", finding="门面房是租用的。", upheld=False,
                         answer="已当面说明。", answered_on=self.people.calendar.day, actor=cadre, **self.when())
        self.issue("objection_sheet", Role.VILLAGE_CADRE, about=row)

    def _decide(self) -> None:
        people, (plain, special, refused) = self.people, self.cases
        self._vouch(special)
        for case in self.cases:
            people.inquire(case)
            people.answer(case, vehicle="" if case is plain else "private_car")
        people.acting(Role.COUNTY_ANALYST)
        asked = self.session.scalars(select(Inquiry).where(
            Inquiry.case_id == special.id, Inquiry.department == "public_security")).one()
        for code in ("inquiry_letter", "inquiry_result"):
            self.issue(code, Role.COUNTY_ANALYST, about=asked)
        self._resolve(special, ResolutionKind.SPECIAL_CASE, SPECIAL, typical="old_car")
        self._resolve(refused, ResolutionKind.NOT_INCLUDED, {"reasoning": "本户购买家用小汽车，情况属实。"})
        self.note_offered(case=special)
        self.issue("special_case", Role.COUNTY_ANALYST, case=special)
        self.issue("joint_review", Role.COUNTY_ANALYST, case=special)
        people.determine(special, "彝防返贫〔2026〕2号")
        people.determine(plain, "彝防返贫〔2026〕1号")
        decider = people.acting(Role.COUNTY_DECIDER)
        county.decline(self.session, refused, reason="家庭情况不符合条件", document="彝防返贫〔2026〕3号", actor=decider,
                       **self.when())
        self.issue("not_included", Role.COUNTY_ANALYST, case=refused)
        self.led.letter_id = self.session.scalars(select(Determination.letter_paper_id).where(
            Determination.case_id == refused.id)).one()
        county.not_include(self.session, refused, reason="已送达", actor=people.acting(Role.COUNTY_ANALYST), **self.when())
        for case in (plain, special):
            people.follow_up(case, "彝领办〔2026〕1号")
        oversight_staff.name_person(
            self.session, self.world.areas["county"], kind=ResponsibleKind.FIRST_PARTY, name="测书记", post="县委书记",
            since=TODAY, document="测任〔2026〕1号", actor=people.acting(Role.COUNTY_ANALYST), now=self.when()["now"])
        self.issue("county_reply", Role.COUNTY_ANALYST, case=plain)
        self.session.add(AreaSetting(area_id=self.world.areas["county"].id, key="announcement_days", value=5, document="测试文号"))
        self.session.flush()
        self.issue("announcement", Role.COUNTY_ANALYST, village_list=self.listed)

    def _vouch(self, case: Case) -> None:
        village = self.people.acting(Role.VILLAGE_CADRE)
        member = next(member for member in case.household.members if member.name == NOT_SIGNED)
        row = county.state_unasked(self.session, case, member.id, statement="在外务工，村里了解没有公职", actor=village,
                                   **self.when())
        self.session.flush()
        analyst = self.people.acting(Role.COUNTY_ANALYST)
        county.accept_unasked(self.session, case, row, actor=analyst, now=self.people.calendar.now)

    def _resolve(self, case: Case, kind: ResolutionKind, details: dict[str, str], *, typical: str = "") -> None:
        analyst: Actor = self.people.acting(Role.COUNTY_ANALYST)
        found: list[FindingRow] = screening.screen(self.session, case, actor=analyst, **self.when())
        for finding in found:
            county.resolve(self.session, finding, case, kind=kind, clarification=typical, details=details, actor=analyst,
                           **self.when())

    def _help_and_leave(self) -> None:
        people, plain = self.people, self.cases[0]
        for case in self.cases[:2]:
            people.start_measures(case)
        people.enter(plain, "QG2026-000001")
        for code in ("measures_plan", "visit_record"):
            self.issue(code, Role.VILLAGE_CADRE, case=plain)
        self._keep_books()
        self.note_offered(village_list=self.listed)
        people.post_measures(plain, self.world.areas["village"])
        self.issue("measures_notice", Role.VILLAGE_CADRE, village_list=self.listed)
        people.calendar.to(TODAY.replace(month=9, day=21))
        people.review(plain)
        listed = people.form_list(self.world.areas["village"], [plain], Procedure.LEAVING)
        people.announce(listed)
        people.meet(listed, MeetingKind.REVIEW, [self.world.areas["group1"].name])
        self.note_offered(case=plain)
        for code in ("review_sheet", "exit_consent"):
            self.issue(code, Role.VILLAGE_CADRE, case=plain)
        people.consent_to_leave(plain)
        people.leave(plain)
        people.visit(plain, Trouble())
        people.confirm(plain)
        for code in ("measures_done", "elimination_sheet"):
            self.issue(code, Role.VILLAGE_CADRE, case=plain)
        self.issue("notice_out", Role.VILLAGE_CADRE, village_list=listed)
        people.calendar.to(people.publish(listed, self.screenshot) + DAY)
        people.report_village(listed)
        self.issue("village_report", Role.VILLAGE_CADRE, village_list=listed)
        self.led.data["village_report out"] = self.led.data["village_report"]
        people.review_township(listed, [plain])
        people.inquire(plain)
        people.answer(plain)
        people.determine(plain, "彝防返贫〔2026〕消1号")
        self.issue("marking_list", Role.COUNTY_ANALYST, case=plain)
        people.mark(plain, "彝消〔2026〕1号")

    def _keep_books(self) -> None:
        areas = self.world.areas
        self.issue("change_sheet", Role.VILLAGE_CADRE, about=self.cases[0].household)
        for code, role in (("ledger_village", Role.VILLAGE_CADRE), ("ledger_township", Role.TOWNSHIP_CADRE),
                           ("ledger_county", Role.COUNTY_ANALYST)):
            self.issue(code, role, about=areas[code.removeprefix("ledger_")])
        self.issue("figures", Role.COUNTY_ANALYST, about=areas["county"], month="2026-Q1")

    def screenshot(self) -> int:
        """Store the picture of the platform's page."""
        picture = io.BytesIO()
        Image.new("RGB", (60, 40), "white").save(picture, "PNG")
        actor = self.people.acting(Role.VILLAGE_CADRE)
        return files.add(self.session, self.store, files.Upload("平台.png", picture.getvalue()),
                         area_path=self.world.areas["village"].path, purpose="截图", household_id=None, actor=actor,
                         now=self.people.calendar.now).id
