"""Measure writing: households with their members and their trail, decisions by one door, each durable on its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fanpin.authorization import scope_for
from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar, Trouble
from fanpin.clock import at_noon
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.measures import Measure
from fanpin.models.outbox import StoredFile
from fanpin.models.scoped import set_scope
from fanpin.rules.areas import contains
from fanpin.rules.duties import Department
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import households, survey, township
from tests.benchmarks.cases import TODAY
from tests.benchmarks.measures import Rate, counting, rate
from tests.benchmarks.people import family
from tests.benchmarks.prefecture import Prefecture

BEFORE = TODAY - timedelta(days=40)
IN_A_BATCH = 50


@dataclass(frozen=True)
class Rates:
    """How many per second, and how many statements one takes."""

    households: Rate
    households_batched: Rate
    decisions: Rate
    submissions: Rate
    household_statements: int
    decision_statements: int


@dataclass(frozen=True)
class Amounts:
    """How many of each are done."""

    households: int = 150
    batches: int = 4
    decisions: int = 100
    submissions: int = 25


class Steps:
    """The steps that are measured, on one database."""

    def __init__(self, app: Flask, made: Prefecture) -> None:
        self.app, self.actors = app, made.actors
        self.village_id = made.actors["cun"].area_id

    def measure(self, amounts: Amounts) -> Rates:
        """Do everything once to get warm, then measure."""
        self._register()
        undecided = self._surveyed(amounts.decisions + 2)
        waiting = self._at_township(amounts.submissions + 1)
        with self.app.app_context():
            engine = db.engine
        self._decide(undecided.pop())
        self._submit(waiting.pop())
        with counting(engine) as household:
            self._register()
        with counting(engine) as decision:
            self._decide(undecided.pop())
        return Rates(
            households=rate([self._register] * amounts.households),
            households_batched=rate([self._register_many] * amounts.batches, each=IN_A_BATCH),
            decisions=rate(_each(self._decide, undecided)), submissions=rate(_each(self._submit, waiting)),
            household_statements=household.statements, decision_statements=decision.statements)

    @contextmanager
    def acting(self, username: str) -> Iterator[tuple[Session, Actor]]:
        """Work as a request does: a fresh session with the person's reach, one commit."""
        with self.app.app_context():
            session, actor = db.session(), self.actors[username]
            set_scope(session, scope_for(actor))
            yield session, actor
            session.commit()

    def _register(self) -> None:
        with self.acting("cun") as (session, actor):
            self._household(session, actor)

    def _register_many(self) -> None:
        with self.acting("cun") as (session, actor):
            for _ in range(IN_A_BATCH):
                self._household(session, actor)

    def _household(self, session: Session, actor: Actor) -> object:
        group = session.scalars(select(Area).where(Area.parent_id == self.village_id).order_by(Area.code12).limit(1)).one()
        return households.create(
            session, actor=actor, now=at_noon(BEFORE), today=BEFORE, group=group, people=family(), lifted=True,
            lives_here=True, rural_services=True, hukou_place="本村", address="演示路1号", phone="13900000000")

    def _decide(self, ref: str) -> None:
        with self.acting("cun") as (session, actor):
            case = session.scalars(select(Case).where(Case.ref == ref).options(joinedload(Case.household))).one()
            survey.not_propose(session, case, reason="收入稳定，没有返贫致贫风险", actor=actor, now=at_noon(TODAY), today=TODAY)

    def _submit(self, ref: str) -> None:
        with self.acting("xiangzhang") as (session, actor):
            listed = session.scalars(select(VillageList).where(VillageList.ref == ref)).one()
            township.submit(session, listed, actor=actor, now=at_noon(TODAY), today=TODAY)

    def _surveyed(self, number: int) -> list[str]:
        refs = []
        for _ in range(number):
            with self.leading() as (people, _village):
                case = people.open(self._new(people), "医疗支出较大")
                people.visit(case, Trouble())
                refs.append(case.ref)
        return refs

    def _at_township(self, number: int) -> list[str]:
        refs = []
        for _ in range(number):
            with self.leading() as (people, village):
                refs.append(self._ready(people, village).ref)
        return refs

    def _new(self, people: Procession) -> object:
        return self._household(people.session, people.acting(Role.VILLAGE_CADRE))

    @contextmanager
    def leading(self) -> Iterator[tuple[Procession, Area]]:
        """Lead households through the procedure as the staff of the first village and those above it."""
        with self.app.app_context():
            session = db.session()
            village = session.scalars(select(Area).where(Area.id == self.village_id)).one()
            staff = {actor.role: actor for actor in self.actors.values() if actor.role is not Role.DEPARTMENT_OFFICER
                     and (contains(actor.area_path, village.path) or contains(village.path, actor.area_path))}
            officers = {actor.department: actor for actor in self.actors.values() if actor.role is Role.DEPARTMENT_OFFICER}
            yield Procession(session, staff, officers, Calendar(BEFORE)), village
            session.commit()

    def to_publicity(self, people: Procession, village: Area) -> tuple[Case, VillageList]:
        """Lead a new household up to the hanging notice."""
        case = people.open(self._new(people), "妻子患大病，自付医疗费较高")
        people.visit(case, Trouble())
        people.sign(case, reason="妻子患大病，家庭医疗支出大")
        people.propose(case)
        listed = people.form_list(village, [case], Procedure.ENTERING)
        people.announce(listed)
        people.meet(listed, MeetingKind.DELIBERATION, ["第一村民小组"])
        people.plan(case, Trouble())
        people.meet(listed, MeetingKind.COMMITTEE, ())
        people.decide(listed)
        people.calendar.to(people.publish(listed, lambda: self._screenshot(people)) + timedelta(days=1))
        return case, listed

    def _ready(self, people: Procession, village: Area) -> VillageList:
        case, listed = self.to_publicity(people, village)
        people.report_village(listed)
        session, when = people.session, {"now": people.calendar.now, "today": people.calendar.day}
        cadre = people.acting(Role.TOWNSHIP_CADRE)
        township.check(session, listed, case, checked_on=people.calendar.day, checkers="抽查组", agrees=True, finding="一致",
                       actor=cadre, **when)
        people.meet(listed, MeetingKind.TOWNSHIP, ())
        ids = session.scalars(select(Measure.id).where(Measure.case_id == case.id)).all()
        township.confirm_measures(session, listed, dict.fromkeys(ids, Department.AGRICULTURE.value), actor=cadre,
                                  now=people.calendar.now)
        leader = people.acting(Role.TOWNSHIP_LEADER)
        township.sign_report(session, listed, signed_by=leader.name, signed_on=people.calendar.day, actor=leader, **when)
        return listed

    def _screenshot(self, people: Procession) -> int:
        session = people.session
        row = StoredFile(area_path=people.staff[Role.VILLAGE_CADRE].area_path, digest="sm3:0", media_type="image/jpeg",
                         size=1, name="截图.jpg", purpose="基准数据", household_id=None, added_by="基准数据",
                         added_at=people.calendar.now)
        session.add(row)
        session.flush()
        return row.id

    def cases_for_pages(self) -> list[tuple[str, str]]:
        """Lead a household to each of three stages: notice, joint review, help; return the references of case and household."""
        refs = []
        for goal in (Stage.PUBLICITY, Stage.COUNTY, Stage.ASSISTANCE):
            with self.leading() as (people, village):
                case, listed = self.to_publicity(people, village)
                if goal is not Stage.PUBLICITY:
                    people.report_village(listed)
                    people.review_township(listed, [case])
                    people.inquire(case)
                    people.answer(case, except_for=("market",) if goal is Stage.COUNTY else ())
                if goal is Stage.ASSISTANCE:
                    people.determine(case, "彝防返贫〔2026〕1号")
                    people.follow_up(case, "彝领办〔2026〕1号")
                    people.start_measures(case)
                    people.enter(case, "53062820260001")
                refs.append((case.ref, case.household.ref))
        return refs


def _each(work: Callable[[str], None], refs: Sequence[str]) -> list[Callable[[], None]]:
    return [lambda ref=ref: work(ref) for ref in refs]
