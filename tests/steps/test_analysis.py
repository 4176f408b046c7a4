"""三(二) 综合分析研判: rounds owe every household a result, warnings stay due until verified, the county settles key checks."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.models.keychecks import KeyCheck
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.warnings import AnalysisSignature, Warning
from fanpin.rules.intake import (
    Channel,
    KeyCheckStatus,
    LeadSource,
    RoundOccasion,
    VisitResult,
    WarningConclusion,
)
from fanpin.rules.members import FocusGroup
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import analysis, elimination, households, intake, survey
from tests.builders import a_case, a_household, a_visit, people
from tests.conftest import StandingClock
from tests.world import World


def when(world: World, clock: StandingClock, who: str) -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


def at(world: World, clock: StandingClock, who: str) -> dict:
    return {"actor": world.actors[who], "now": clock.now()}


def home(session: Session, world: World, clock: StandingClock, head: str = "测试㬹", *, lifted: bool = True,
         group: str = "group1") -> Household:
    return a_household(session, world, now=clock.now(), today=clock.today(), group=world.areas[group],
                       members=people(head), lifted=lifted)


def a_round(session: Session, world: World, clock: StandingClock, who: str = "zhu.cun", place: str = "village",
            occasion: RoundOccasion = RoundOccasion.REGULAR, **changed: object) -> Round:
    values = {"title": "三月排查", "starts_on": clock.today(), "ends_on": clock.today() + timedelta(days=20),
              "visitors": "周村干、吴驻村"} | changed
    return analysis.open_round(session, world.areas[place], occasion=occasion, **values, **at(world, clock, who))


def owed(session: Session, round_: Round) -> set[str]:
    return set(session.scalars(select(Household.head_name).join(RoundVisit, RoundVisit.household_id == Household.id).where(
        RoundVisit.round_id == round_.id, RoundVisit.visited_on.is_(None))))


@pytest.mark.parametrize("occasion", list(RoundOccasion))
def test_a_round_owes_every_lifted_and_every_focus_household_of_the_village_a_result(
        session: Session, world: World, clock: StandingClock, occasion: RoundOccasion) -> None:
    home(session, world, clock, "测试脱贫")
    home(session, world, clock, "测试平常", lifted=False)
    weak = home(session, world, clock, "测试重病", lifted=False, group="group2")
    well = home(session, world, clock, "测试康复", lifted=False, group="group2")
    home(session, world, clock, "测试邻村", group="sibling_group")
    gone = home(session, world, clock, "测试迁走")
    gone.departed_on = clock.today()
    for household, until in ((weak, None), (well, clock.today())):
        households.add_focus(session, household.members[1], FocusGroup.SERIOUS_ILLNESS, since=date(2026, 1, 5),
                             source="村级排查", **at(world, clock, "cun.gan")).until = until
    session.flush()
    round_ = a_round(session, world, clock, occasion=occasion)
    assert owed(session, round_) == {"测试脱贫", "测试重病"}
    assert (round_.households, round_.occasion, round_.visitors, round_.starts_on, round_.ends_on) == (
        2, occasion, "周村干、吴驻村", date(2026, 3, 2), date(2026, 3, 22))


def test_no_problem_is_a_result_too_and_a_missed_household_stays_owed(
        session: Session, world: World, clock: StandingClock) -> None:
    seen = home(session, world, clock, "测试看过")
    home(session, world, clock, "测试漏掉")
    round_ = a_round(session, world, clock)
    row = analysis.record_visit(session, round_, seen, visited_on=clock.today(), result=VisitResult.NO_PROBLEM, note="",
                                **when(world, clock, "zu.zhang"))
    clock.move(days=60)
    assert (row.result, row.visited_by) == (VisitResult.NO_PROBLEM, "郑组长")
    assert owed(session, round_) == {"测试漏掉"}


def test_a_result_with_a_problem_says_which_and_no_visit_lies_ahead(
        session: Session, world: World, clock: StandingClock) -> None:
    household = home(session, world, clock)
    round_ = a_round(session, world, clock)
    with pytest.raises(Invalid) as refused:
        analysis.record_visit(session, round_, household, visited_on=clock.today(), result=VisitResult.AT_RISK, note=" ",
                              **when(world, clock, "cun.gan"))
    assert set(refused.value.problems) == {"note"}
    with pytest.raises(Invalid, match="不能晚于今天"):
        analysis.record_visit(session, round_, household, visited_on=date(2026, 3, 3), result=VisitResult.NO_PROBLEM, note="",
                              **when(world, clock, "cun.gan"))


def test_a_round_takes_no_household_of_another_village(session: Session, world: World, clock: StandingClock) -> None:
    neighbour = home(session, world, clock, "测试邻村", group="sibling_group")
    with pytest.raises(Invalid, match="不在本次排查的行政村"):
        analysis.record_visit(session, a_round(session, world, clock), neighbour, visited_on=clock.today(),
                              result=VisitResult.NO_PROBLEM, note="", **when(world, clock, "xiang.gan"))


def test_many_are_recorded_at_once_and_an_answer_given_meanwhile_stays(
        session: Session, world: World, clock: StandingClock) -> None:
    first, _ = home(session, world, clock, "测试甲"), home(session, world, clock, "测试乙")
    round_ = a_round(session, world, clock)
    analysis.record_visit(session, round_, first, visited_on=clock.today(), result=VisitResult.AT_RISK, note="住院",
                          **when(world, clock, "cun.gan"))
    rows = session.scalars(select(RoundVisit).where(RoundVisit.round_id == round_.id)).all()
    assert analysis.record_no_problem(session, rows, visited_on=clock.today(), **when(world, clock, "cun.gan")) == 1
    assert {row.result for row in rows} == {VisitResult.AT_RISK, VisitResult.NO_PROBLEM}


def test_a_household_that_was_not_owed_may_be_added_to_the_round(
        session: Session, world: World, clock: StandingClock) -> None:
    household = home(session, world, clock, lifted=False)
    round_ = a_round(session, world, clock, occasion=RoundOccasion.EMERGENCY)
    assert round_.households == 0
    for result, note in ((VisitResult.AT_RISK, "房屋受损"), (VisitResult.CHANGED, "房屋已修好")):
        analysis.record_visit(session, round_, household, visited_on=clock.today(), result=result, note=note,
                              **when(world, clock, "cun.gan"))
    assert round_.households == 1
    assert session.scalars(select(RoundVisit.note)).all() == ["房屋已修好"]


@pytest.mark.parametrize("who", ["zhu.cun", "cun.gan", "zu.zhang", "xiang.gan"])
def test_the_monitors_of_the_policy_visit(session: Session, world: World, clock: StandingClock, who: str) -> None:
    household = home(session, world, clock)
    round_ = a_round(session, world, clock)
    analysis.record_visit(session, round_, household, visited_on=clock.today(), result=VisitResult.NO_PROBLEM, note="",
                          **when(world, clock, who))
    assert owed(session, round_) == set()


def test_a_round_is_a_villages_and_its_period_runs_forward(session: Session, world: World, clock: StandingClock) -> None:
    with pytest.raises(Invalid, match="行政村"):
        a_round(session, world, clock, "xiang.gan", "township")
    with pytest.raises(Invalid, match="结束日期"):
        a_round(session, world, clock, ends_on=clock.today() - timedelta(days=1))
    for who in ("lin.cun", "xian.ban", "xian.zhang"):
        with pytest.raises(NotPermitted):
            a_round(session, world, clock, who)


def warn(session: Session, world: World, clock: StandingClock, household: Household, *, who: str = "xian.ban",
         source: LeadSource = LeadSource.DEPARTMENT, department: str = "medical_insurance", content: str = "住院自付23000元") -> Warning:
    row = analysis.enter_warning(session, household, source=source, department=department, document="彝医保函〔2026〕3号",
                                 content=content, **when(world, clock, who))
    session.flush()
    return row


def send(session: Session, world: World, clock: StandingClock, *rows: Warning, who: str = "xian.ban") -> int:
    return analysis.dispatch(session, rows, **at(world, clock, who))


def check_up(session: Session, world: World, clock: StandingClock, row: Warning, who: str = "cun.gan",
             conclusion: WarningConclusion = WarningConclusion.AT_RISK, finding: str = "自付属实",
             verified_on: date | None = None) -> None:
    analysis.verify(session, row, conclusion=conclusion, finding=finding, verified_on=verified_on or clock.today(),
                    **when(world, clock, who))


def test_the_signs_of_one_month_join_one_warning_until_it_is_sent(
        session: Session, world: World, clock: StandingClock) -> None:
    household = home(session, world, clock)
    first = warn(session, world, clock, household)
    joined = warn(session, world, clock, household, source=LeadSource.MEDIA, department="", content="网上求助信息")
    warn(session, world, clock, household, department="civil_affairs", content="临时救助3000元")
    assert first is joined
    assert first.content.splitlines() == ["住院自付23000元", "媒体反映（彝医保函〔2026〕3号）：网上求助信息",
                                          "民政部门（彝医保函〔2026〕3号）：临时救助3000元"]
    assert first.month == "2026-03"
    send(session, world, clock, first)
    later = warn(session, world, clock, household, content="又一次住院")
    assert later is not first
    clock.set(date(2026, 4, 1))
    next_month = warn(session, world, clock, household, content="四月住院")
    assert next_month.month == "2026-04" and next_month is not later
    other = warn(session, world, clock, home(session, world, clock, "测试别家"))
    assert other is not next_month


@pytest.mark.parametrize("source", [LeadSource.MEDIA, LeadSource.PETITION, LeadSource.DEPARTMENT])
def test_media_petitions_and_departments_data_become_warnings_of_a_household(
        session: Session, world: World, clock: StandingClock, source: LeadSource) -> None:
    department = "civil_affairs" if source is LeadSource.DEPARTMENT else ""
    household = home(session, world, clock)
    row = warn(session, world, clock, household, source=source, department=department)
    assert (row.household_id, row.source, row.department) == (household.id, source, department)


def test_a_warning_is_the_countys_and_a_departments_names_it(session: Session, world: World, clock: StandingClock) -> None:
    household = home(session, world, clock)
    with pytest.raises(Invalid, match="部门"):
        warn(session, world, clock, household, department="")
    for who in ("cun.gan", "xiang.gan", "wai.xian"):
        with pytest.raises(NotPermitted):
            warn(session, world, clock, household, who=who)


def test_township_and_village_each_sign_for_a_warning_with_their_time(
        session: Session, world: World, clock: StandingClock) -> None:
    row = warn(session, world, clock, home(session, world, clock))
    with pytest.raises(NotAllowedHere, match="还没有下发"):
        analysis.receive(session, row, **at(world, clock, "cun.gan"))
    assert send(session, world, clock, row) == 1
    sent = row.dispatched_at
    clock.move(hours=2)
    assert send(session, world, clock, row) == 0
    assert row.dispatched_at == sent
    analysis.receive(session, row, **at(world, clock, "xiang.gan"))
    assert (row.township_received_by, row.village_received_at) == ("李乡干", None)
    clock.move(hours=2)
    analysis.receive(session, row, **at(world, clock, "zhu.cun"))
    assert row.village_received_by == "吴驻村"
    assert sent < row.township_received_at < row.village_received_at
    analysis.receive(session, row, **at(world, clock, "cun.gan"))
    assert row.village_received_by == "吴驻村"
    with pytest.raises(NotPermitted):
        analysis.receive(session, row, **at(world, clock, "lin.cun"))


def test_a_warning_stays_due_until_it_is_verified_however_long_it_takes(
        session: Session, world: World, clock: StandingClock) -> None:
    row = warn(session, world, clock, home(session, world, clock))
    with pytest.raises(NotAllowedHere):
        check_up(session, world, clock, row)
    send(session, world, clock, row)
    analysis.receive(session, row, **at(world, clock, "cun.gan"))
    clock.move(days=200)
    assert session.scalars(select(Warning).where(Warning.verified_at.is_(None))).all() == [row]
    with pytest.raises(Invalid):
        check_up(session, world, clock, row, finding=" ")
    with pytest.raises(Invalid):
        check_up(session, world, clock, row, verified_on=clock.today() + timedelta(days=1))
    check_up(session, world, clock, row)
    assert (row.verified_by, row.conclusion, row.verified_on) == ("周村干", WarningConclusion.AT_RISK, clock.today())
    with pytest.raises(AlreadyHandled):
        check_up(session, world, clock, row, "xiang.gan")


def propose(session: Session, world: World, clock: StandingClock, household: Household, who: str = "cun.gan") -> KeyCheck:
    row = analysis.propose(session, household, reason="自付医疗费高", **at(world, clock, who))
    session.flush()
    return row


def settle(session: Session, world: World, clock: StandingClock, row: KeyCheck, *, agree: bool = True, answer: str = "",
           who: str = "xian.ban") -> Case | None:
    return analysis.settle(session, row, agree=agree, answer=answer, **when(world, clock, who))


def test_a_proposal_rests_on_declarations_warnings_and_rounds(
        session: Session, world: World, clock: StandingClock) -> None:
    household = home(session, world, clock)
    lead = intake.register(session, world.areas["group1"], intake.Declaration(
        LeadSource.DECLARATION, "测试㬹", "住院", clock.today(), channel=Channel.SPOKEN), **when(world, clock, "cun.gan"))
    intake.accept(session, lead, **at(world, clock, "xian.ban"))
    intake.merge(session, lead, household, **at(world, clock, "xian.ban"))
    true = warn(session, world, clock, household)
    send(session, world, clock, true)
    check_up(session, world, clock, true)
    empty = warn(session, world, clock, household)
    send(session, world, clock, empty)
    check_up(session, world, clock, empty, conclusion=WarningConclusion.NO_RISK)
    for result in (VisitResult.AT_RISK, VisitResult.NO_PROBLEM):
        analysis.record_visit(session, a_round(session, world, clock), household, visited_on=clock.today(), result=result,
                              note="住院", **when(world, clock, "cun.gan"))
    session.flush()
    row = propose(session, world, clock, household)
    assert [ground.split()[0] for ground in row.grounds] == ["线索", "预警", "排查"]
    assert "核实存在风险" in row.grounds[1] and not any(true.ref in ground for ground in row.grounds)


def test_settling_opens_the_case_and_only_the_county_settles(
        session: Session, world: World, clock: StandingClock) -> None:
    row = propose(session, world, clock, home(session, world, clock))
    for who in ("cun.gan", "xiang.zhang", "xian.zhang", "wai.xian"):
        with pytest.raises(NotPermitted):
            settle(session, world, clock, row, who=who)
    case = settle(session, world, clock, row)
    assert case is not None and (case.procedure, case.stage) == (Procedure.ENTERING, Stage.SURVEY)
    assert (row.status, row.case_id, row.settled_by) == (KeyCheckStatus.SETTLED, case.id, "赵县办")
    with pytest.raises(AlreadyHandled):
        settle(session, world, clock, row)


def test_a_declined_proposal_is_answered_and_may_be_made_again(
        session: Session, world: World, clock: StandingClock) -> None:
    household = home(session, world, clock)
    row = propose(session, world, clock, household)
    with pytest.raises(Invalid, match="等待县级"):
        propose(session, world, clock, household, "xiang.gan")
    with pytest.raises(Invalid):
        settle(session, world, clock, row, agree=False, answer=" ")
    session.refresh(row)
    assert settle(session, world, clock, row, agree=False, answer="医保已报销，自付不高") is None
    assert row.status is KeyCheckStatus.DECLINED and session.scalar(select(func.count()).select_from(Case)) == 0
    again = propose(session, world, clock, household)
    assert settle(session, world, clock, again) is not None


def test_a_household_has_one_open_case_at_a_time(session: Session, world: World, clock: StandingClock) -> None:
    household = home(session, world, clock)
    case = settle(session, world, clock, propose(session, world, clock, household))
    with pytest.raises(Invalid, match="同时只能有一个"):
        propose(session, world, clock, household)
    elimination.depart(session, case, reason="迁出", **when(world, clock, "xian.ban"))
    assert settle(session, world, clock, propose(session, world, clock, household)) is not None


def test_a_household_that_was_not_proposed_may_come_again_as_a_new_case(
        session: Session, world: World, clock: StandingClock) -> None:
    first = a_case(session, world, now=clock.now(), today=clock.today())
    survey.record(session, first, a_visit(first, clock.today(), proposed=False), **when(world, clock, "cun.gan"))
    survey.not_propose(session, first, reason="收入稳定", **when(world, clock, "cun.gan"))
    second = settle(session, world, clock, propose(session, world, clock, first.household))
    assert second is not None and second.id != first.id and first.stage is Stage.NOT_PROPOSED


def test_no_number_of_cases_is_too_many_in_a_day(session: Session, world: World, clock: StandingClock) -> None:
    cases = [settle(session, world, clock, propose(session, world, clock, home(session, world, clock, f"测试第{name}户")))
             for name in "一二三四五六七八九十"]
    assert all(case is not None for case in cases)
    assert session.scalar(select(func.count()).select_from(Case).where(Case.closed_on.is_(None))) == len(cases)


def test_departments_sign_the_months_analysis_each_once_and_for_itself(
        session: Session, world: World, clock: StandingClock) -> None:
    month = analysis.open_month(session, world.areas["county"], month="2026-03", summary="三月综合分析", **at(world, clock, "xian.ban"))
    session.flush()
    for department in ("education", "civil_affairs"):
        analysis.sign_month(session, month, opinion="同意", actor=world.officer(department), now=clock.now())
    session.flush()
    rows = session.scalars(select(AnalysisSignature).order_by(AnalysisSignature.id)).all()
    assert [row.department for row in rows] == ["education", "civil_affairs"]
    with pytest.raises(AlreadyHandled):
        analysis.sign_month(session, month, opinion="同意", actor=world.officer("education"), now=clock.now())
    with pytest.raises(NotPermitted):
        analysis.sign_month(session, month, opinion="同意", **at(world, clock, "cun.gan"))
    with pytest.raises(Invalid, match="已经建立"):
        analysis.open_month(session, world.areas["county"], month="2026-03", summary="再来", **at(world, clock, "xian.ban"))


def test_focus_groups_are_dated_attributes_with_a_source_and_decide_nothing(
        session: Session, world: World, clock: StandingClock) -> None:
    plain = home(session, world, clock, "测试平常")
    focus = home(session, world, clock, "测试重点")
    for group in FocusGroup:
        row = households.add_focus(session, focus.members[1], group, since=date(2026, 1, 5), source="残疾人证",
                                   **at(world, clock, "cun.gan"))
        assert (row.group, row.since, row.source) == (group, date(2026, 1, 5), "残疾人证")
    with pytest.raises(Invalid):
        households.add_focus(session, focus.members[1], FocusGroup.SERIOUS_ILLNESS, since=clock.today(), source=" ",
                             **at(world, clock, "cun.gan"))
    session.flush()
    assert session.scalar(select(func.count()).select_from(KeyCheck)) == 0
    assert session.scalar(select(func.count()).select_from(Case)) == 0
    assert analysis.grounds_for(session, focus) == analysis.grounds_for(session, plain) == []
