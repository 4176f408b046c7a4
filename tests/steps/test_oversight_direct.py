"""六(一) 信息筛查直通车: who may be asked about whom, what the province sees, where its answer lands, and what it can never do."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import authorization
from fanpin.adapters.contract import Answer, Fact, Known, Later, NotFound, Unavailable
from fanpin.adapters.desk import desk_batch
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.county import DirectRequest, FactRow, Inquiry, Question
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.models.surveys import Consent
from fanpin.models.users import Grant
from fanpin.rules.checks import CheckState
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import ConsentClass
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted
from fanpin.rules.roles import Role
from fanpin.rules.stages import Stage
from fanpin.steps import county, exchange, oversight_direct, progress, screening
from tests.cast import Part
from tests.conftest import StandingClock
from tests.county import HEAD, a_case_at_county
from tests.later import stand_at
from tests.world import World, employ

D = Department


class Line:
    """The line between a county and the province's traffic police."""

    def __init__(self, session: Session, world: World, clock: StandingClock) -> None:
        self.session, self.world, self.clock = session, world, clock
        self.officer = employ(session, world, Part("sheng.gong", "省公安", Role.PROVINCIAL_OFFICER, "province", "public_security"),
                              now=clock.now(), today=clock.today())
        self.analyst = world.actors["xian.ban"]

    @property
    def when(self) -> dict[str, object]:
        return {"now": self.clock.now(), "today": self.clock.today()}

    def codes(self, case: Case, kind: str = "vehicle", name: str = HEAD, department: Department = D.PUBLIC_SECURITY) -> list[str]:
        return [row.code for row in oversight_direct.offered(self.session, case, department, today=self.clock.today())
                if row.kind == kind and row.name == name]

    def ask(self, case: Case, codes: list[str] | None = None, *, department: Department = D.PUBLIC_SECURITY, who: str = "xian.ban",
            **changed) -> DirectRequest:
        given = {"codes": self.codes(case) if codes is None else codes, "ground": "省外购车，县级查不到",
                 "due_on": self.clock.today() + timedelta(days=7)} | changed
        row = oversight_direct.ask(self.session, case, department, actor=self.world.actors[who], **given, **self.when)
        self.session.flush()
        return row

    def answer(self, request: DirectRequest, answer: Answer) -> exchange.Delivery:
        """Answer as the officer does, seeing what he sees."""
        ref = request.ref
        self.session.commit()
        self.session.expunge_all()
        set_scope(self.session, authorization.scope_for(self.officer))
        row = self.session.scalars(select(DirectRequest).where(DirectRequest.ref == ref)).one()
        question = row.questions[0]
        batch = desk_batch(D(row.department), {(question.token, question.kind): _about(answer, question.token)},
                           as_of=self.clock.today(), register_scope="全省登记范围", complete=True)
        done = exchange.accept_batch(self.session, row, batch, actor=self.officer, **self.when)
        oversight_direct.finish(self.session, row, actor=self.officer, now=self.clock.now())
        self.session.commit()
        self.session.expunge_all()
        set_scope(self.session, Scope(ScopeKind.SYSTEM, reason="test"))
        return done

    def own(self, case_id: int) -> Question:
        """Return the county's own question about the head's car."""
        return self.session.scalars(select(Question).join(Inquiry, Inquiry.id == Question.inquiry_id).where(
            Inquiry.case_id == case_id, Question.kind == "vehicle", Question.subject_name == HEAD)).one()

    def county_says(self, case_id: int, answer: Answer) -> None:
        question = self.own(case_id)
        batch = desk_batch(D.PUBLIC_SECURITY, {(question.token, "vehicle"): _about(answer, question.token)},
                           as_of=self.clock.today(), register_scope="本县登记范围", complete=True)
        exchange.accept_batch(self.session, question.inquiry, batch, actor=self.world.officer("public_security"), **self.when)
        self.session.flush()


CAR = Fact(subject="", kind="vehicle", value="private_car", ref="云A测0001")


def _about(answer: Answer, token: str) -> Answer:
    if not isinstance(answer, Known):
        return answer
    return Known(tuple(Fact(subject=token, kind=fact.kind, value=fact.value, ref=fact.ref) for fact in answer.facts))


@pytest.fixture
def line(session: Session, world: World, clock: StandingClock) -> Line:
    return Line(session, world, clock)


@pytest.fixture
def case(line: Line) -> Case:
    found = a_case_at_county(line.session, line.world, line.clock)
    county.inquire(line.session, found, actor=line.analyst, **line.when)
    line.session.flush()
    return found


# Who may be asked about.

def test_a_request_names_persons_and_numbers_and_nothing_else_of_the_case(line: Line, case: Case) -> None:
    row = line.ask(case)
    assert (row.head_name, row.case_code, row.place, row.blocking) == ("", "", "昭通市彝良县", False)
    assert [(question.subject_name, question.subject_relation) for question in row.questions] == [(HEAD, "")]
    assert row.questions[0].subject_id_number == case.household.head.id_number
    assert line.session.scalars(select(AuditEvent.tag).where(AuditEvent.object == row.ref)).all() == ["oversight.ask"]


def test_whoever_has_not_signed_is_not_asked_about_and_the_reason_is_said(line: Line) -> None:
    found = a_case_at_county(line.session, line.world, line.clock, signers=(HEAD,))
    rows = oversight_direct.offered(line.session, found, D.PUBLIC_SECURITY, today=line.clock.today())
    spouse = [row for row in rows if row.name == "测试阿依·古丽"]
    assert spouse and all("未" in row.refused or "没有签署" in row.refused for row in spouse)
    with pytest.raises(Invalid, match="测试阿依·古丽"):
        line.ask(found, [spouse[0].code])


def test_a_class_that_was_not_ticked_is_refused(line: Line, case: Case) -> None:
    consent = line.session.scalars(select(Consent).where(Consent.case_id == case.id)).one()
    ticked = [one.value for one in ConsentClass if one is not ConsentClass.VEHICLE]
    for signature in consent.signatures:
        signature.classes = ticked
    line.session.flush()
    with pytest.raises(Invalid, match="授权书未包含该类信息"):
        line.ask(case)


def test_without_a_valid_consent_nobody_is_asked_about_at_all(line: Line, case: Case) -> None:
    line.session.execute(update(Consent).where(Consent.case_id == case.id).values(valid_until=line.clock.today() - timedelta(days=1)))
    line.session.expire_all()
    for department in (D.PUBLIC_SECURITY, D.EDUCATION, D.HEALTH):
        rows = oversight_direct.offered(line.session, case, department, today=line.clock.today())
        assert rows and all(row.refused for row in rows)


def test_only_proposed_and_monitored_households(line: Line, case: Case) -> None:
    stand_at(line.session, case, Stage.SURVEY)
    with pytest.raises(NotAllowedHere, match="拟纳入和正在监测"):
        line.ask(case, ["x"])
    for stage in (Stage.NOT_INCLUDED, Stage.ELIMINATED):
        stand_at(line.session, case, stage)
        with pytest.raises(NotAllowedHere):
            line.ask(case, ["x"])
    for stage, kind in ((Stage.PUBLICITY, "vehicle"), (Stage.ASSISTANCE, "person_status")):
        stand_at(line.session, case, stage)
        assert line.ask(case, line.codes(case, kind)).questions


@pytest.mark.parametrize("who", ["xian.zhang", "ling.dao", "cun.gan", "wai.xian", "zhou.shi"])
def test_the_county_s_own_analyst_asks(line: Line, case: Case, who: str) -> None:
    with pytest.raises(NotPermitted):
        line.ask(case, who=who)


@pytest.mark.parametrize(("changed", "field"), [
    ({"ground": " "}, "ground"), ({"due_on": None}, "due_on"), ({"codes": []}, "codes"), ({"codes": ["vehicle.m0"]}, "codes"),
])
def test_what_a_request_lacks_is_named(line: Line, case: Case, changed: dict[str, object], field: str) -> None:
    if "due_on" in changed:
        changed = {"due_on": line.clock.today() - timedelta(days=1)}
    with pytest.raises(Invalid) as refused:
        line.ask(case, **changed)
    assert field in refused.value.problems


def test_a_department_without_an_officer_at_the_province_is_not_asked_into_the_void(line: Line, case: Case) -> None:
    codes = line.codes(case, "public_office", department=D.FINANCE)
    with pytest.raises(Invalid, match="还没有直通车账号"):
        line.ask(case, codes, department=D.FINANCE)
    line.session.execute(update(Grant).where(Grant.user_id == line.officer.user_id).values(valid_to=line.clock.today() - timedelta(days=1)))
    with pytest.raises(Invalid, match="还没有直通车账号"):
        line.ask(case)


def test_the_same_is_not_asked_twice_while_it_waits(line: Line, case: Case) -> None:
    line.ask(case)
    with pytest.raises(Invalid, match="不要重复申请"):
        line.ask(case)


# Where the answer lands.

def test_the_province_s_clear_stands_for_a_county_question_that_has_no_answer(line: Line, case: Case) -> None:
    number, request = case.id, line.ask(case)
    assert line.answer(request, Known()).problems == ()
    own = line.own(number)
    assert (own.state, own.by_province, own.answered_by) == (CheckState.CLEAR.value, True, "省公安")
    assert own.inquiry.signed_at is None
    again = line.session.scalars(select(DirectRequest)).one()
    assert again.signed_by == "省公安" and again.questions[0].state == CheckState.CLEAR.value


def test_what_the_province_finds_stands_even_against_the_county_s_clear(line: Line, case: Case) -> None:
    number, request = case.id, line.ask(case)
    line.county_says(number, Known())
    line.clock.move(hours=1)
    line.answer(request, Known((CAR,)))
    own = line.own(number)
    assert (own.state, own.by_province) == (CheckState.HIT.value, True)
    found = screening.screen(line.session, line.session.get(Case, number), actor="系统", **line.when)
    assert [row.circumstance for row in found] == [3]
    # Told twice, it is one fact of the evidence; and the county's officer cannot talk it away.
    assert len(found[0].evidence) == 1
    line.county_says(number, Known())
    assert line.own(number).state == CheckState.CLEAR.value and not line.own(number).by_province
    assert [row.circumstance for row in screening.screen(line.session, line.session.get(Case, number), actor="系统", **line.when)] == [3]


@pytest.mark.parametrize("answer", [Known(), NotFound(), Unavailable("系统维护")])
def test_nothing_from_above_clears_what_the_county_found(line: Line, case: Case, answer: Answer) -> None:
    number, request = case.id, line.ask(case)
    line.county_says(number, Known((CAR,)))
    line.answer(request, answer)
    own = line.own(number)
    assert (own.state, own.by_province) == (CheckState.HIT.value, False)


@pytest.mark.parametrize("answer", ["not_found", "unavailable", "later"])
def test_silence_from_above_is_no_answer(line: Line, case: Case, answer: str) -> None:
    given = {"not_found": NotFound(), "unavailable": Unavailable("系统维护"),
             "later": Later(line.clock.today() + timedelta(days=3))}[answer]
    number, request = case.id, line.ask(case)
    line.answer(request, given)
    assert line.own(number).state == CheckState.WAITING.value
    assert (line.session.scalars(select(DirectRequest)).one().signed_at is None) is (answer == "later")


def test_an_answer_about_a_monitored_household_is_kept_on_its_request(line: Line) -> None:
    helped = a_case_at_county(line.session, line.world, line.clock)
    stand_at(line.session, helped, Stage.ASSISTANCE)
    line.answer(line.ask(helped), Known((CAR,)))
    assert [(row.value, row.level) for row in line.session.scalars(select(FactRow))] == [("private_car", "province")]


def test_of_whoever_s_consent_has_lapsed_nothing_is_kept(line: Line, case: Case) -> None:
    request = line.ask(case)
    line.session.execute(update(Consent).where(Consent.case_id == case.id).values(valid_until=line.clock.today() - timedelta(days=1)))
    done = line.answer(request, Known((CAR,)))
    assert done.quarantined == (HEAD,) and line.session.scalars(select(FactRow)).all() == []


def test_only_the_province_s_officer_of_that_department_answers(line: Line, case: Case) -> None:
    request = line.ask(case)
    batch = desk_batch(D.PUBLIC_SECURITY, {(request.questions[0].token, "vehicle"): Known()}, as_of=line.clock.today(),
                       register_scope="全省", complete=True)
    for actor in (line.world.actors["sheng.ting"], line.world.officer("public_security"), line.analyst):
        with pytest.raises(NotPermitted):
            exchange.accept_batch(line.session, request, batch, actor=actor, **line.when)
    with pytest.raises(NotPermitted):
        exchange.accept_batch(line.session, line.own(case.id).inquiry, batch, actor=line.officer, **line.when)


def test_a_case_that_has_ended_takes_no_more_answers(line: Line, case: Case) -> None:
    request = line.ask(case)
    stand_at(line.session, case, Stage.NOT_INCLUDED)
    with pytest.raises(NotAllowedHere, match="已经办结"):
        line.answer(request, Known())


def test_a_request_that_is_late_counts_as_late(line: Line, case: Case) -> None:
    line.ask(case)
    total, _ = progress.progress(line.session, line.world.areas["county"], today=line.clock.today() + timedelta(days=8))
    assert total.overdue[progress.Overdue.DIRECT] == 1
    total, _ = progress.progress(line.session, line.world.areas["county"], today=line.clock.today() + timedelta(days=7))
    assert total.overdue[progress.Overdue.DIRECT] == 0
