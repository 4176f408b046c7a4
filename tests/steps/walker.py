"""Hands that do each act and make each paper through the real steps, as the person whose it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar, Trouble
from fanpin.models.deliberation import MeetingKind
from fanpin.models.measures import Measure
from fanpin.models.notices import ObjectionKind, PlaceKind
from fanpin.models.outbox import StoredFile
from fanpin.models.reviews import ReviewConclusion
from fanpin.rules.actions import Action as A
from fanpin.rules.departments import Department
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import county, deliberation, elimination, publicity, review, survey, township
from tests.steps.memory import BACK, OF_THE_LIST, RETURNS, Listing, Told, role_of
from tests.world import World


class Hands:
    """Do each act and each paper by the steps, as the person whose it is."""

    def __init__(self, session: Session, world: World, calendar: Calendar) -> None:
        self.session, self.world, self.calendar = session, world, calendar
        group = world.areas["group1"].path
        self.staff = {actor.role: actor for actor in world.actors.values() if group.startswith(actor.area_path)}
        officers = {actor.department: actor for actor in world.actors.values() if actor.role is Role.DEPARTMENT_OFFICER}
        self.people = Procession(session, self.staff, officers, calendar)

    def acting(self, role: Role) -> dict[str, object]:
        """Take a role; return who and when for a step."""
        return {"actor": self.people.acting(role), **self.people.when()}

    def make(self, told: Told, paper: str) -> None:
        """Make a paper and remember it."""
        getattr(self, "_" + paper.replace(" ", "_"))(told)
        if paper in OF_THE_LIST and told.listing:
            told.listing.papers.add(paper)
        elif paper == "measures" and told.listing:
            for other in told.listing.on_it:
                other.papers.add(paper)
        elif paper != "list":
            told.papers.add(paper)

    def _survey(self, told: Told) -> None:
        self.people.visit(told.case, Trouble())

    def _consent(self, told: Told) -> None:
        self.people.sign(told.case, reason="医疗支出较大")

    def _list(self, told: Told, *others: Told) -> None:
        everybody = [told, *others]
        procedure = Procedure.LEAVING if told.stage is Stage.REVIEW else told.procedure
        row = self.people.form_list(self.world.areas["village"], [one.case for one in everybody], procedure)
        listing = Listing(row, on_it=everybody)
        for one in everybody:
            one.listing = listing

    def _plan(self, told: Told) -> None:
        self.people.plan(told.case, Trouble())

    def _announced(self, told: Told) -> None:
        self.people.announce(told.listing.row)

    def _meeting(self, told: Told) -> None:
        self.people.meet(told.listing.row, MeetingKind.DELIBERATION, [self.world.areas["group1"].name])

    def _committee(self, told: Told) -> None:
        self.people.meet(told.listing.row, MeetingKind.COMMITTEE, ())

    def _review_meeting(self, told: Told) -> None:
        self.people.meet(told.listing.row, MeetingKind.REVIEW, [self.world.areas["group1"].name])

    def _notice(self, told: Told) -> None:
        publicity.issue(self.session, told.listing.row, platform="", **self.acting(Role.VILLAGE_CADRE))
        self.session.flush()

    def _posted(self, told: Told) -> None:
        notice = publicity.current(self.session, told.listing.row)
        for place in notice.places:
            platform = place.kind is PlaceKind.PLATFORM
            publicity.post(self.session, place, posted_at=self.calendar.now, posted_on=self.calendar.day,
                           where="" if platform else "公开栏", address="https://platform.example.invalid/1" if platform else "",
                           file_id=self._screenshot() if platform else None, **self.acting(Role.VILLAGE_CADRE))
        told.listing.posted_on = self.calendar.day

    def _screenshot(self) -> int:
        self.people.acting(Role.VILLAGE_CADRE)
        row = StoredFile(area_path=self.world.areas["village"].path, digest="0", media_type="image/png", size=1, name="1.png",
                         purpose="notice", added_by="周村干", added_at=datetime(2026, 3, 2, tzinfo=UTC))
        self.session.add(row)
        self.session.flush()
        return row.id

    def _waited(self, told: Told) -> None:
        """Let the calendar go on until nobody could doubt that five working days have passed."""
        self.calendar.day = max(self.calendar.day, told.listing.posted_on + timedelta(days=14))

    def _village_report(self, told: Told) -> None:
        publicity.sign_report(self.session, told.listing.row, signed_by="周村干", signed_on=self.calendar.day,
                              **self.acting(Role.VILLAGE_CADRE))

    def _spot_check(self, told: Told) -> None:
        township.check(self.session, told.listing.row, told.case, checked_on=self.calendar.day, checkers="抽查组", agrees=True,
                       finding="一致", **self.acting(Role.TOWNSHIP_CADRE))

    def _township_meeting(self, told: Told) -> None:
        self.people.meet(told.listing.row, MeetingKind.TOWNSHIP, ())

    def _measures(self, told: Told) -> None:
        who = self.acting(Role.TOWNSHIP_CADRE)
        ids = self.session.scalars(select(Measure.id).where(Measure.case_id.in_([one.case.id for one in told.listing.on_it])))
        township.confirm_measures(self.session, told.listing.row, dict.fromkeys(ids, Department.AGRICULTURE.value),
                                  actor=who["actor"], now=self.calendar.now)

    def _township_report(self, told: Told) -> None:
        township.sign_report(self.session, told.listing.row, signed_by="王乡长", signed_on=self.calendar.day,
                             **self.acting(Role.TOWNSHIP_LEADER))

    def _asked(self, told: Told) -> None:
        self.people.inquire(told.case)

    def _answered(self, told: Told) -> None:
        self.people.answer(told.case)
        told.answered_on = self.calendar.day

    def _started(self, told: Told) -> None:
        self.people.start_measures(told.case)

    def _review(self, told: Told) -> None:
        who = self.acting(Role.VILLAGE_CADRE)
        judged = {row.id: ("相符", "明显") for row in review.reviewed_measures(self.session, told.case)}
        review.record(self.session, told.case, review.Judged(
            reviewed_on=self.calendar.day, guarantees="有保障", measures=judged, risk_points="已消除", income_stability="稳定",
            spending="可控", motivation="积极", conclusion=ReviewConclusion.STABLE, continued_help="", reviewers="周村干"), **who)

    def _exit_consent(self, told: Told) -> None:
        self.people.consent_to_leave(told.case)

    def object(self, told: Told) -> None:
        """Bring an objection to the village."""
        told.objections.append(publicity.receive(
            self.session, told.case, publicity.Reported(ObjectionKind.OBJECTION, "收入不实", self.calendar.day),
            area=self.world.areas["village"], **self.acting(Role.VILLAGE_CADRE)))

    def answer(self, told: Told, *, upheld: bool) -> None:
        """Answer the oldest objection."""
        publicity.answer(self.session, told.objections[0], investigators="周村干、吴驻村", finding="已核实", upheld=upheld,
                         answer="已答复", answered_on=self.calendar.day, **self.acting(Role.VILLAGE_CADRE))
        told.objections.pop(0)
        told.upheld, told.ever_upheld = told.upheld or upheld, told.ever_upheld or upheld

    def act(self, told: Told, action: A) -> None:
        """Do an act that the table holds, by its step."""
        who = self.acting(role_of(action))
        case, listed = told.case, told.listing.row if told.listing else None
        by_step: dict[A, Callable[[], object]] = {
            A.SURVEY_PROPOSE: lambda: survey.propose(self.session, case, **who),
            A.SURVEY_NOT_PROPOSE: lambda: survey.not_propose(self.session, case, reason="收入稳定", **who),
            A.SURVEY_CONFIRM: lambda: survey.confirm(self.session, case, **who),
            A.SURVEY_KEEP: lambda: survey.keep(self.session, case, reason="仍有风险", **who),
            A.DELIBERATION_SUBMIT: lambda: deliberation.submit(self.session, listed, **who),
            A.DELIBERATION_DECLINE: lambda: deliberation.decline(self.session, case, reason="评议未通过", **who),
            A.PUBLICITY_REPORT: lambda: publicity.report(self.session, listed, **who),
            A.TOWNSHIP_SUBMIT: lambda: township.submit(self.session, listed, **who),
            A.COUNTY_DETERMINE: lambda: county.determine(self.session, case, reason="符合", document="1号", **who),
            A.COUNTY_DECLINE: lambda: county.decline(self.session, case, reason="不符合", document="1号", **who),
            A.COUNTY_REPORT: lambda: county.report(self.session, case, document="1号", **who),
            A.COUNTY_ASSIGN: lambda: county.assign(self.session, case, department=Department.AGRICULTURE, **who),
            A.COUNTY_NOT_INCLUDE: lambda: county.not_include(self.session, case, reason="不符合", **who),
            A.COUNTY_REFER: lambda: county.refer(self.session, case, reason="可由低保解决", department=Department.CIVIL_AFFAIRS, **who),
            A.COUNTY_KEEP: lambda: county.keep_helping(self.session, case, reason="仍有风险", **who),
            A.ASSISTANCE_ENTER: lambda: self.people.enter(case, "1"),
            A.REVIEW_OPEN: lambda: review.open_review(self.session, case, **who),
            A.REVIEW_CONTINUE: lambda: review.continue_help(self.session, case, reason="继续", **who),
            A.REVIEW_LEAVE: lambda: review.leave(self.session, case, **who),
            A.ELIMINATION_MARK: lambda: elimination.mark(self.session, case, marked_on=self.calendar.day, way="帮扶消除",
                                                         list_number="1", contact="周村干", **who),
        }
        if action in RETURNS:
            deliberation.send_back(self.session, case, action, BACK, **who)
        else:
            by_step[action]()

    def two_hats(self, action: A) -> Actor:
        """Return somebody whose second post would let him approve what he has himself put forward."""
        second = self.staff[role_of(action)]
        first = self.staff[Role.VILLAGE_CADRE]
        return Actor(user_id=first.user_id, name=first.name, role=second.role, area_id=second.area_id,
                     area_path=second.area_path, area_name=second.area_name, level=second.level, department=second.department)
