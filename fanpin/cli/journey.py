"""The main job from a terminal: one household enters and leaves, each step told with clause, actor, papers, event."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.cli.demo_county import platform_picture
from fanpin.cli.demo_people import ADMINISTRATOR_NAMES, COUNTY, PASSWORD, STAFF, VILLAGES, Names, term
from fanpin.cli.demo_settling import publish_phones
from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar, Trouble
from fanpin.clock import at_noon
from fanpin.config import Settings
from fanpin.documents.catalogue import PAPERS
from fanpin.extensions import db
from fanpin.models.audit import AuditDetail, AuditEvent
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.households import Household
from fanpin.models.leads import Lead
from fanpin.models.outbox import StoredFile
from fanpin.models.papers import Paper
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.actions import Action
from fanpin.rules.areas import contains
from fanpin.rules.intake import Channel, DifficultyCategory, LeadSource
from fanpin.rules.requirements import REQUIREMENTS
from fanpin.rules.roles import PERMISSIONS, Actor, Role
from fanpin.rules.stages import Procedure
from fanpin.steps import accounts, areas, files, households, installation, intake, paper_data

BY = "演示历程"
DAY = timedelta(days=1)
ACTIONS = {action.value: action for action in Action}
SAYS = Callable[[str], None]


def travel(app: Flask, settings: Settings, out: Path, *, today: date, say: SAYS,
           print_papers: Callable[[Flask], int]) -> bool:
    """Drive one household in and out, write every paper to `out`, verify the trail; say whether it is whole."""
    clock = app.extensions["fanpin.clock"]
    with app.app_context():
        session = db.session()
        guide = _Guide(session, settings.files_dir, today=today, say=say)
        guide.prepare()
        guide.enter()
        guide.help()
        guide.leave()
        session.commit()
        # Past the last act, whatever the hour: the worker prints what is due.
        clock.offset += guide.people.calendar.day - clock.today() + DAY
        db.session.remove()
    print_papers(app)
    with app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason=BY))
        papers = _save_papers(session, settings.files_dir, out)
        say(f"\n文书{len(papers)}份，在 {out}：")
        for name in papers:
            say(f"  {name}")
        report = audit.verify(session)
        anchor = audit.anchor(session, now=guide.people.calendar.now)
        session.commit()
        say(f"\nfanpin audit verify：{report.streams}条链、{report.events}个事件，"
            + ("全部完整。" if report.whole else "有损坏：" + "；".join(report.broken)) + f" 锚点 {anchor.root[:20]}")
    return report.whole and len(papers) >= len(guide.issued)


class _Guide:
    """Walk with the household and tell each step."""

    def __init__(self, session: Session, store: Path, *, today: date, say: SAYS) -> None:
        self.session, self.store, self.start, self._say = session, store, today, say
        self.issued: list[str] = []
        self._told = 0
        self._number = 0

    def prepare(self) -> None:
        """Make the county's areas and people, and the household."""
        begun = self.start - 30 * DAY
        set_scope(self.session, Scope(ScopeKind.SYSTEM, reason=BY))
        installation.install(self.session, county_code=COUNTY, kind=installation.DEMO, names=ADMINISTRATOR_NAMES, by=BY,
                             now=at_noon(begun), today=begun)
        publish_phones(self.session)
        self.village = areas.by_code(self.session, VILLAGES[0])
        self.group = areas.add_group(self.session, self.village, "第一村民小组", today=begun)
        actors = [self._employ(post, begun) for post in STAFF if post.code[:12] not in VILLAGES[1:]]
        staff = {actor.role: actor for actor in actors if actor.role is not Role.DEPARTMENT_OFFICER
                 and (contains(actor.area_path, self.village.path) or contains(self.village.path, actor.area_path))}
        officers = {actor.department: actor for actor in actors if actor.role is Role.DEPARTMENT_OFFICER}
        self.people = Procession(self.session, staff, officers, Calendar(self.start), self._tell)
        self.session.commit()
        self._say(f"云巩固振兴组〔2021〕1号：一户人家的全程（演示，{self.start:%Y-%m-%d}起）\n")

    def _employ(self, post: object, begun: date) -> Actor:
        user, _ = accounts.create(self.session, username=post.username, name=post.name, by=BY, now=at_noon(begun),
                                  password=PASSWORD)
        grant = accounts.grant(self.session, user, role=post.role, area=areas.by_code(self.session, post.code),
                               department=post.department, document="演示任命", by=BY, now=at_noon(begun),
                               **term(post, begun))
        self.session.refresh(grant)
        return grant.actor()

    def enter(self) -> None:
        """三: from the declaration to the entry list."""
        people, names = self.people, Names()
        household = self._household(names)
        self._declare(household)
        self.case = people.open(household, "妻子患大病，自付医疗费较高，收入下降")
        people.calendar.to(self.start + DAY)
        people.visit(self.case, Trouble())
        people.sign(self.case, reason="妻子患大病，家庭医疗支出大，生活困难")
        self._paper("application", "survey")
        people.propose(self.case)
        self.listed = people.form_list(self.village, [self.case], Procedure.ENTERING)
        people.announce(self.listed)
        people.calendar.to(self.start + 2 * DAY)
        people.meet(self.listed, MeetingKind.DELIBERATION, [self.group.name])
        people.hear(self.listed, self.case, "这户有一辆小货车，请核实是不是跑运输的。")
        people.plan(self.case, Trouble())
        people.meet(self.listed, MeetingKind.COMMITTEE, ())
        self._paper_of_list("minutes")
        people.decide(self.listed)
        last = people.publish(self.listed, self._screenshot, lambda: self._paper_of_list("notice_in"))
        self._say(f"        公示至{last:%Y年%-m月%-d日}满5个工作日")
        people.calendar.to(last + DAY)
        people.report_village(self.listed)
        self._paper_of_list("village_report")
        people.review_township(self.listed, [self.case])
        self._paper_of_list("township_review", "township_report")
        people.calendar.to(people.calendar.day + 2 * DAY)
        people.inquire(self.case)
        people.answer(self.case, vehicle="unknown")
        people.resolve_vehicle(self.case)
        self._paper("joint_review")
        people.determine(self.case, f"彝防返贫〔{people.calendar.day.year}〕1号")
        people.follow_up(self.case, f"彝领办〔{people.calendar.day.year}〕1号")
        self._paper("county_reply", "measures_plan")
        people.start_measures(self.case)
        people.enter(self.case, "530628202600000001")

    def help(self) -> None:
        """四: measures posted, household watched."""
        people = self.people
        self._paper("measures_notice")
        people.post_measures(self.case, self.village)
        for _ in range(2):
            people.calendar.to(people.calendar.day + 30 * DAY)
            people.watch(self.case)

    def leave(self) -> None:
        """五: review, meeting, consent, and the way in once more, backwards."""
        people = self.people
        people.calendar.to(max(people.calendar.day, date(self.start.year, 9, 21)))
        people.review(self.case)
        self._paper("review_sheet")
        self.listed = people.form_list(self.village, [self.case], Procedure.LEAVING)
        people.announce(self.listed)
        people.meet(self.listed, MeetingKind.REVIEW, [self.group.name])
        people.consent_to_leave(self.case)
        self._paper("exit_consent")
        people.leave(self.case)
        people.calendar.to(people.calendar.day + DAY)
        people.visit(self.case, Trouble())
        people.confirm(self.case)
        last = people.publish(self.listed, self._screenshot, lambda: self._paper_of_list("notice_out"))
        self._say(f"        公示至{last:%Y年%-m月%-d日}满5个工作日")
        people.calendar.to(last + DAY)
        people.report_village(self.listed)
        people.review_township(self.listed, [self.case])
        people.calendar.to(people.calendar.day + 2 * DAY)
        people.inquire(self.case)
        people.answer(self.case)
        people.determine(self.case, f"彝防返贫〔{people.calendar.day.year}〕消1号")
        people.mark(self.case, f"彝消〔{people.calendar.day.year}〕1号")
        self._paper("marking_list")

    def _household(self, names: Names) -> Household:
        actor = self.people.acting(Role.VILLAGE_CADRE)
        return households.create(
            self.session, actor=actor, now=self.people.calendar.now, today=self.start, group=self.group,
            people=names.family(head_name="和演㬹", ill=True), lifted=True, lives_here=True, rural_services=True,
            hukou_place="本村", address="演示路1号", phone="13900000001")

    def _declare(self, household: Household) -> None:
        actor = self.people.acting(Role.VILLAGE_CADRE)
        lead = intake.register(
            self.session, self.group, intake.Declaration(
                LeadSource.DECLARATION, household.head_name, "我妻子住院花了两万多，家里周转不开，请帮助。", self.start,
                channel=Channel.PROVINCE, platform_number="YS20260302000001",
                categories=(DifficultyCategory.MEDICAL,)), actor=actor, now=self.people.calendar.now, today=self.start)
        self._lines("三(一)", "登记群众自主申报", actor)
        analyst = self.people.acting(Role.COUNTY_ANALYST)
        intake.accept(self.session, lead, actor=analyst, now=self.people.calendar.now)
        intake.merge(self.session, lead, household, actor=analyst, now=self.people.calendar.now)
        self._lines("三(一)", "受理并归并到户", analyst)
        self._lead_paper(lead)

    def _lead_paper(self, lead: Lead) -> None:
        analyst = self.people.acting(Role.COUNTY_ANALYST)
        paper_data.issue(self.session, "lead", lead=lead, actor=analyst, now=self.people.calendar.now,
                         today=self.people.calendar.day)
        self._issued("lead")

    def _screenshot(self) -> int:
        actor = self.people.acting(Role.VILLAGE_CADRE)
        return files.add(self.session, self.store, files.Upload("平台截图.png", platform_picture()),
                         area_path=self.village.path, purpose="政府救助平台发布截图", household_id=None, actor=actor,
                         now=self.people.calendar.now).id

    def _paper(self, *codes: str) -> None:
        for code in codes:
            self._issue(code, case=self.case)

    def _paper_of_list(self, *codes: str) -> None:
        for code in codes:
            self._issue(code, village_list=self.listed)

    def _issue(self, code: str, **about: Case | VillageList) -> None:
        actor = self.people.acting(self._issuer(code))
        paper_data.issue(self.session, code, actor=actor, now=self.people.calendar.now, today=self.people.calendar.day,
                         **about)
        self._issued(code)

    def _issuer(self, code: str) -> Role:
        level = PAPERS[code].issuer.value
        if level == "county":
            return Role.COUNTY_ANALYST
        return Role.TOWNSHIP_CADRE if level == "township" and code != "measures_plan" else Role.VILLAGE_CADRE

    def _issued(self, code: str) -> None:
        self.issued.append(code)
        self._say(f"        文书：{PAPERS[code].title}（{PAPERS[code].clause}）")

    def _tell(self, act: str, actor: Actor | None) -> None:
        self.session.flush()
        event, facts = self._latest()
        action = ACTIONS.get(event.tag) if event is not None else None
        clause = PERMISSIONS[action].clause if action is not None else "三(二)"
        self._lines(clause, act, actor, event, facts)

    def _latest(self) -> tuple[AuditEvent | None, str]:
        set_scope(self.session, Scope(ScopeKind.SYSTEM, reason=BY))
        row = self.session.scalar(select(AuditEvent).where(AuditEvent.id > self._told).order_by(AuditEvent.id.desc()).limit(1))
        if row is None:
            return None, ""
        self._told = row.id
        return row, self.session.get(AuditDetail, row.id).payload

    def _lines(self, clause: str, act: str, actor: Actor | None, event: AuditEvent | None = None, facts: str = "") -> None:
        self._number += 1
        if event is None:
            event, facts = self._latest()
        who = f"{actor.name}（{actor.role.title}）" if actor else ""
        self._say(f"{self._number:>3}. {self.people.calendar.day:%Y-%m-%d} {clause:<6} {act}　{who}")
        met = [REQUIREMENTS[code].title for code in REQUIREMENTS if f'"{code}"' in facts]
        if met:
            self._say(f"        满足要求：{'；'.join(met)}")
        if event is not None:
            self._say(f"        审计事件：{event.stream}#{event.seq} {event.tag} {event.hash[:20]}")


def _save_papers(session: Session, store: Path, out: Path) -> list[str]:
    names = []
    rows = session.execute(select(Paper, StoredFile).join(StoredFile, StoredFile.id == Paper.file_id).order_by(Paper.id))
    for number, (paper, file) in enumerate(rows, start=1):
        name = f"{number:02d}-{paper.title}.pdf"
        (out / name).write_bytes(files.content_of(store, file))
        names.append(f"{name}　{paper.number}")
    return names


