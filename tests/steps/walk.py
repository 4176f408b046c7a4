"""Two households, led in any order by anybody; what is remembered by hand and what is on record must agree."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.cli.village_procession import Calendar
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case, CaseAct
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.actions import Action as A
from fanpin.rules.refusals import NotPermitted, Refusal
from fanpin.rules.roles import PERMISSIONS, Actor
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import households
from fanpin.steps.advance import advance
from tests.builders import people
from tests.conftest import TODAY
from tests.steps.memory import (
    AFTER,
    FACTS,
    FRESH_DAYS,
    GIVES,
    LEADS,
    LEAVES_LIST,
    LIST_ACTS,
    NEEDS,
    PAPERS,
    RETURNS,
    VOIDED,
    Told,
    role_of,
)
from tests.steps.walker import Hands
from tests.world import World

LAST_DAY = date(2026, 11, 20)
PROPOSING = {A.SURVEY_PROPOSE, A.DELIBERATION_SUBMIT, A.PUBLICITY_REPORT, A.SURVEY_CONFIRM}
MEMBERS = (people("测试甲"), people("测试乙"))
# The straight road, along which an example may begin anywhere.
ROAD = (A.SURVEY_PROPOSE, A.DELIBERATION_SUBMIT, A.PUBLICITY_REPORT, A.TOWNSHIP_SUBMIT, A.COUNTY_DETERMINE, A.COUNTY_REPORT,
        A.COUNTY_ASSIGN, A.ASSISTANCE_ENTER, A.REVIEW_OPEN, A.REVIEW_LEAVE, A.SURVEY_CONFIRM, A.PUBLICITY_REPORT,
        A.TOWNSHIP_SUBMIT, A.COUNTY_DETERMINE, A.ELIMINATION_MARK)
# 2026, as the State Council's notice of 2025-11-04 has it, written down once more.
HOLIDAYS = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5), date(2026, 6, 19), date(2026, 9, 25),
            *(date(2026, 10, day) for day in (1, 2, 5, 6, 7))}
MADE_UP = {date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)}
ACTIONS = sorted({action for _, _, action in LEADS})
which = st.integers(0, 1)


def workdays_between(first: date, last: date) -> int:
    """Count the working days after the first day and before the last."""
    days = (first + timedelta(days=number) for number in range(1, (last - first).days))
    return sum(day in MADE_UP or (day.weekday() < 5 and day not in HOLIDAYS) for day in days)


class Walk(RuleBasedStateMachine):
    """Two households of one village, led by whoever comes, in whatever order."""

    session: Session
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.calendar = Calendar(TODAY)
        self.session.rollback()
        self.session.expunge_all()
        self.see_all()
        self.hands = Hands(self.session, self.world, self.calendar)
        self.told = [Told(households.create(
            self.session, actor=self.world.actors["cun.gan"], now=self.calendar.now, today=TODAY, group=self.world.areas["group1"],
            people=members, lifted=True, lives_here=True, rural_services=True, hukou_place="本村", phone="13800000000"))
            for members in MEMBERS]
        self.session.flush()

    def teardown(self) -> None:
        """Look at the trail once more, then forget everything: an example is one transaction."""
        for told in self.told:
            if told.case is not None:
                assert audit.verify(self.session, stream=audit.case_stream(told.case.id)).whole
        self.session.rollback()

    def see_all(self) -> None:
        set_scope(self.session, Scope(ScopeKind.SYSTEM, reason="test"))

    def tried(self, act: Callable[[], object]) -> Refusal | None:
        """Do something as one transaction; return why it was refused."""
        try:
            with self.session.begin_nested():
                act()
        except Refusal as refusal:
            self.session.expire_all()
            return refusal
        finally:
            self.see_all()
        return None

    def ready(self, told: Told, action: A) -> bool:
        """Say from memory alone whether an act is due: the place is right and every paper is there."""
        if not told.under_way or (*told.place, action) not in LEADS:
            return False
        if action in RETURNS:
            return action is not A.PUBLICITY_RETURN or told.ever_upheld
        together = told.listing.on_it if action in LIST_ACTS and told.listing else [told]
        return all(self._complete(one, action) for one in together)

    def _complete(self, told: Told, action: A) -> bool:
        if not NEEDS[(told.procedure, action)] <= told.have:
            return False
        if "answered" in NEEDS[(told.procedure, action)] and self.calendar.day - told.answered_on > timedelta(FRESH_DAYS):
            return False
        if action in (A.COUNTY_DETERMINE, A.COUNTY_DECLINE):
            return not {"determined", "declined"} & told.papers
        return action is not A.PUBLICITY_REPORT or not (told.objections or told.upheld)

    def done(self, told: Told, action: A) -> None:
        """Remember an act."""
        who = self.hands.staff[role_of(action)].user_id
        together = list(told.listing.on_it) if action in LIST_ACTS else [told]
        for one in together:
            if action is A.PUBLICITY_REPORT:
                assert workdays_between(one.listing.posted_on, self.calendar.day) >= 5
            one.procedure, one.stage = LEADS[(*one.place, action)]
            one.acts.append((action, who))
            one.papers -= VOIDED.get(action, set())
            one.papers |= {GIVES[action]} if action in GIVES else set()
            if action in RETURNS:
                one.objections, one.upheld = [], False
            one.round += 1 if action in RETURNS or action is A.REVIEW_OPEN else 0
            if action in LEAVES_LIST and one.listing:
                one.listing.on_it.remove(one)
                one.listing = None

    def attempt(self, told: Told, action: A) -> None:
        """Try an act by its step; it succeeds exactly when memory says that it is due."""
        due = self.ready(told, action)
        if action in LIST_ACTS and told.listing is None:
            return
        refused = self.tried(lambda: self.hands.act(told, action))
        assert (refused is None) is due, f"{action} at {told.place} with {sorted(told.have)}: {refused}"
        if due:
            self.done(told, action)

    def prepare(self, told: Told, without: str = "") -> None:
        """Make the papers of the place, except one and what hangs on it."""
        for paper in PAPERS.get(told.place, ()):
            if paper in told.have or paper == without or AFTER.get(paper, paper) not in (*told.have, paper):
                continue
            if paper == "waited" and self.calendar.day > LAST_DAY - timedelta(days=14):
                continue
            self.hands.make(told, paper)
        self.see_all()

    def open(self, told: Told) -> None:
        assert self.tried(lambda: self._begin(told)) is None

    def _begin(self, told: Told) -> None:
        case = self.hands.people.open(told.household, "医疗支出较大")
        fresh = Told(told.household, case)
        vars(told).update(vars(fresh))

    @initialize(far=st.integers(0, len(ROAD)), both=st.booleans())
    def begin_somewhere(self, far: int, both: bool) -> None:
        """Lead the first household along the road as it should be, then let go."""
        self.open(self.told[0])
        if both:
            self.open(self.told[1])
        for action in ROAD[:far]:
            self.prepare(self.told[0])
            self.attempt(self.told[0], action)

    @rule(n=which)
    def open_a_case(self, n: int) -> None:
        told = self.told[n]
        if told.under_way:
            assert self.tried(lambda: self.hands.people.open(told.household, "再次提出")) is not None
        else:
            self.open(told)

    @rule(n=which, without=st.sampled_from(["", *sorted({paper for papers in PAPERS.values() for paper in papers})]))
    def make_papers(self, n: int, without: str) -> None:
        assume(self.told[n].under_way)
        self.prepare(self.told[n], without)

    @precondition(lambda self: all(told.under_way and told.place == (Procedure.ENTERING, Stage.DELIBERATION)
                                   and told.listing is None for told in self.told))
    @rule()
    def list_both(self) -> None:
        self.hands._list(*self.told)
        self.see_all()

    @rule(n=which, data=st.data())
    def go_on(self, n: int, data: st.DataObject) -> None:
        """Try an act that belongs to the place, whether its papers are there or not."""
        told = self.told[n]
        assume(told.under_way)
        self.attempt(told, data.draw(st.sampled_from([action for *place, action in LEADS if tuple(place) == told.place])))

    @rule(n=which, without=st.sampled_from(["", "consent", "plan", "posted", "measures", "answered", "exit consent"]),
          data=st.data())
    def prepare_and_go_on(self, n: int, without: str, data: st.DataObject) -> None:
        self.make_papers(n, without)
        self.go_on(n, data)

    @rule(n=which, data=st.data())
    def lack_one_paper(self, n: int, data: st.DataObject) -> None:
        """Make all papers of the place but one; whatever is then not due is tried and refused."""
        told = self.told[n]
        lacking = [paper for paper in PAPERS.get(told.place, ()) if told.under_way and paper not in told.have]
        assume(lacking)
        self.prepare(told, data.draw(st.sampled_from(lacking)))
        self.try_what_is_not_due(told)

    def try_what_is_not_due(self, told: Told) -> None:
        """Try every act of the place that memory says is not due."""
        for *place, action in LEADS:
            if tuple(place) == told.place and not self.ready(told, action):
                self.attempt(told, action)

    @rule(n=which, action=st.sampled_from(ACTIONS))
    def try_anything(self, n: int, action: A) -> None:
        """Knock at the one door with an act that is not due."""
        told = self.told[n]
        assume(told.case is not None and not self.ready(told, action))
        assume(action not in (A.COUNTY_DETERMINE, A.COUNTY_DECLINE) or not {"determined", "declined"} & told.papers)
        assume(action not in RETURNS or (*told.place, action) not in LEADS)
        assume(action not in LIST_ACTS or told.listing is None or not self._complete(told, action)
               or (*told.place, action) not in LEADS)
        assert self._knock(told, action, self.hands.staff[role_of(action)]) is not None

    def _knock(self, told: Told, action: A, actor: Actor, version: int | None = None) -> Refusal | None:
        self.hands.people.as_(actor)
        self.see_all()
        return self.tried(lambda: advance(self.session, told.case, action, actor=actor, now=self.calendar.now,
                                          today=self.calendar.day, expected_version=version, facts=FACTS))

    @rule(n=which, data=st.data(), who=st.sampled_from(["lin.cun", "wai.cun", "wai.xian", "xi.tong", "bm.education", "bang.fu"]))
    def wrong_hands(self, n: int, data: st.DataObject, who: str) -> None:
        """A neighbour, an administrator, another department: refused whatever is on record."""
        told = self.told[n]
        assume(told.under_way)
        action = data.draw(st.sampled_from([action for *place, action in LEADS if tuple(place) == told.place]))
        assert isinstance(self._knock(told, action, self.world.actors[who]), NotPermitted)

    @rule(n=which, action=st.sampled_from([A.TOWNSHIP_SUBMIT, A.COUNTY_DETERMINE, A.COUNTY_DECLINE]))
    def approve_one_s_own(self, n: int, action: A) -> None:
        told = self.told[n]
        assume(told.under_way and (*told.place, action) in LEADS)
        assert isinstance(self._knock(told, action, self.hands.two_hats(action)), NotPermitted)

    @rule(n=which, data=st.data())
    def two_at_once(self, n: int, data: st.DataObject) -> None:
        """Two people read the same page; the slower one is refused."""
        told = self.told[n]
        due = [action for action in ACTIONS if self.ready(told, action) and action not in LIST_ACTS]
        assume(due)
        action = data.draw(st.sampled_from(due))
        version = told.case.version
        self.attempt(told, action)
        assert self._knock(told, action, self.hands.staff[role_of(action)], version) is not None

    @rule(n=which, days=st.integers(1, 9))
    def wait(self, n: int, days: int) -> None:
        assume(self.calendar.day + timedelta(days=days) <= LAST_DAY)
        self.calendar.day += timedelta(days=days)

    @rule(n=which)
    def report_too_early(self, n: int) -> None:
        """The village signs and reports as soon as the notice hangs."""
        told = self.told[n]
        assume(told.stage is Stage.PUBLICITY and told.listing and "posted" in told.have and "waited" not in told.have)
        assume(workdays_between(told.listing.posted_on, self.calendar.day) < 5)
        assert self.tried(lambda: self.hands._village_report(told)) is not None
        assert self.tried(lambda: self.hands.act(told, A.PUBLICITY_REPORT)) is not None

    @rule(n=which, then=st.sampled_from(["", "dismissed", "upheld"]))
    def object_to_the_notice(self, n: int, then: str) -> None:
        told = self.told[n]
        assume(told.under_way and told.stage is Stage.PUBLICITY)
        self.prepare(told)
        self.hands.object(told)
        self.session.flush()
        self.try_what_is_not_due(told)
        if then:
            self.hands.answer(told, upheld=then == "upheld")
        self.see_all()
        self.try_what_is_not_due(told)

    @invariant()
    def memory_and_record_agree(self) -> None:
        self.session.flush()
        for told in self.told:
            if told.case is None:
                continue
            row = self.session.execute(select(Case.procedure, Case.stage, Case.round, Case.version, Case.closed_on).where(
                Case.id == told.case.id)).one()
            assert (row.procedure, row.stage, row.round, row.version) == (
                told.procedure, told.stage, told.round, 1 + len(told.acts))
            assert (row.closed_on is not None) is told.stage.ended

    @invariant()
    def every_act_is_a_row_of_the_table_with_its_own_event(self) -> None:
        for told in self.told:
            if told.case is None:
                continue
            acts = self.session.scalars(select(CaseAct).where(CaseAct.case_id == told.case.id).order_by(CaseAct.id)).all()
            assert [(act.action, act.actor_id) for act in acts] == [(action.value, who) for action, who in told.acts]
            place = (Procedure.ENTERING, Stage.SURVEY)
            for act in acts:
                assert (act.procedure, act.source) == place
                place = LEADS[(*place, A(act.action))]
                assert act.target is place[1]
            stream = audit.case_stream(told.case.id)
            events = self.session.scalars(select(AuditEvent.tag).where(
                AuditEvent.stream == stream, AuditEvent.tag.in_([action.value for action in ACTIONS])).order_by(AuditEvent.seq)).all()
            assert list(events) == [act.action for act in acts]

    @invariant()
    def nobody_approved_his_own_proposal(self) -> None:
        for told in self.told:
            for place, (action, who) in enumerate(told.acts):
                barred = {earlier.value for earlier in PERMISSIONS[action].not_same_as} & {one.value for one in PROPOSING}
                assert not any(earlier.value in barred and by == who for earlier, by in told.acts[:place])

    @invariant()
    def a_household_has_one_open_case(self) -> None:
        counted = self.session.execute(select(func.count()).where(Case.closed_on.is_(None)).group_by(Case.household_id)).scalars()
        assert max(counted, default=0) <= 1
