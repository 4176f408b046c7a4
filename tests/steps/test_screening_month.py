"""按月筛查: facts in, one warning per household and month; nothing is cleared by silence, and nothing closed by a machine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.extensions import db
from fanpin.documents.catalogue import to_json
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.county import CoverageRow, FactRow
from fanpin.models.deliveries import Delivery
from fanpin.models.findings import HouseholdFinding, ScreeningRun
from fanpin.models.households import FocusRecord, Household
from fanpin.models.scoped import system_scope
from fanpin.models.warnings import Warning
from fanpin.rules.book_warnings import WarningSeverity
from fanpin.rules.findings import FindingState, RunState
from fanpin.rules.intake import WarningConclusion
from fanpin.rules.members import FocusGroup
from fanpin.rules.refusals import Invalid, NotPermitted
from fanpin.steps import analysis, deliveries, paper_data, screening_month, thresholds
from fanpin.steps.delivery_intake import Intake
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.sheet_makers import ID, NAME, sent
from tests.world import World

BILL, MEDICAL = "high_medical_cost", "medical_insurance"
Act = Callable[..., object]


@pytest.fixture
def home(session: Session, world: World, clock: StandingClock) -> Household:
    row = a_household(session, world, now=clock.now(), today=clock.today(), lifted=False)
    session.commit()
    return row


@pytest.fixture
def deliver(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> Act:
    def act(kind: str, rows: list[dict[str, object]], *, department: str = MEDICAL, complete: bool = True, **more: object) -> Delivery:
        clock.move(minutes=1)
        row = sent(session, world, clock, tmp_path, kind, rows, department=department, complete=complete, **more)
        number = row.id
        session.commit()
        Intake(tmp_path).handle(session, {"delivery": number}, clock.now())
        session.commit()
        return row

    return act


@pytest.fixture
def screen(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> Act:
    def act() -> ScreeningRun:
        clock.move(minutes=1)
        run = screening_month.ask(session, world.areas["county"], actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
        number = run.id
        session.commit()
        screening_month.MonthlyScreening(tmp_path).handle(session, {"run": number}, clock.now())
        session.commit()
        session.refresh(run)
        return run

    return act


def bill(home: Household, paid: str = "21300", *, member: int = 0, on: str = "2026-01-12") -> dict[str, object]:
    person = home.members[member]
    return {ID: person.id_number, NAME: person.name, "自付金额": paid, "结算日期": on}


def idle(home: Household, since: str = "2026-01-10", until: str = "") -> dict[str, object]:
    person = home.members[0]
    return {ID: person.id_number, NAME: person.name, "未复工起始日期": since, "复工日期": until}


def finding(session: Session) -> HouseholdFinding:
    return session.scalars(select(HouseholdFinding)).one()


def sent_out(session: Session, world: World, clock: StandingClock) -> Warning:
    row = session.scalars(select(Warning).where(Warning.verified_at.is_(None))).one()
    analysis.dispatch(session, [row], actor=world.actors["xian.ban"], now=clock.now())
    return row


def verified(session: Session, world: World, clock: StandingClock, conclusion: WarningConclusion = WarningConclusion.NO_RISK) -> Warning:
    row = sent_out(session, world, clock)
    analysis.verify(session, row, conclusion=conclusion, finding="已入户，费用已借款付清", verified_on=clock.today(),
                    actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    session.commit()
    return row


def test_what_two_departments_say_of_a_household_becomes_one_warning_that_explains_itself(
        session: Session, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    deliver("not_back_at_work", [idle(home)], department="human_resources")
    run = screen()
    warning, = session.scalars(select(Warning)).all()
    assert (run.state, run.households, run.facts, run.found, run.fresh, run.warnings) == (RunState.DONE, 1, 2, 3, 3, 1)
    assert (warning.household_id, warning.month, warning.severity) == (home.id, "2026-03", WarningSeverity.URGENT)
    assert warning.score >= 3 * WarningSeverity.ORDINARY.weight
    head = home.members[0].name
    assert (f"{head}：住院报销后自付费用较高（自付金额21,300.00元，结算日期2026年1月12日，医保部门，数据截至2026年3月2日），"
            "达到默认标准20,000元") in warning.content
    assert "一个月以上未复工" in warning.content and "收入减少与刚性支出同时出现" in warning.content
    assert warning.dispatched_at is None
    assert session.scalar(select(func.count()).select_from(Case)) == 0


def test_the_villages_papers_tell_the_ground_of_a_warning_and_only_its_own(
        session: Session, world: World, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    screen()
    # What was found later and is in no warning yet is not the village's to read.
    session.add(HouseholdFinding(household_id=home.id, area_path=home.area_path, rule="w_fire", severity=WarningSeverity.ORDINARY,
                                 first_month="2026-03", last_month="2026-03", evidence=[], evidence_digest="", explanation="火灾",
                                 state=FindingState.CURRENT, department="emergency"))
    row = sent_out(session, world, clock)
    row.content += "\n村民反映借款未还"
    when = {"now": clock.now(), "today": clock.today()}
    sheet = paper_data.assemble(session, "warning_sheet", about=row, actor=world.actors["cun.gan"], **when)
    listed = paper_data.assemble(session, "warning_list", about=world.areas["village"], month="2026-03",
                                 actor=world.actors["xian.ban"], **when)
    ground, = sheet.grounds
    assert listed.warnings[0].grounds == sheet.grounds
    assert listed.warnings[0].content == sheet.content == "村民反映借款未还"
    assert (ground.rule, ground.department, ground.state) == ("住院报销后自付费用较高", "医保部门", "")
    assert "自付金额21,300.00元" in ground.sentence and "数据截至2026年3月2日" in ground.sentence and "默认标准20,000元" in ground.sentence
    assert home.members[0].id_number not in to_json(listed)


def test_its_evidence_is_kept_where_people_find_it(
        session: Session, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    assert session.scalars(select(FactRow)).all() == []
    screen()
    fact, = session.scalars(select(FactRow)).all()
    assert (fact.household_id, fact.member_id, fact.amount, str(fact.number)) == (
        home.id, home.members[0].id, 2_130_000, finding(session).evidence[0])


def test_the_same_month_again_makes_no_second_warning(
        session: Session, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    screen()
    again = screen()
    assert (again.fresh, again.warnings) == (0, 0)
    assert session.scalar(select(func.count()).select_from(Warning)) == 1
    assert session.scalars(select(AuditEvent.tag)).all().count("screening.done") == 2


def test_two_workers_with_the_same_month_at_once_make_one_warning_that_says_it_once(
        app: Flask, session: Session, world: World, clock: StandingClock, home: Household, deliver: Act, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(BILL, [bill(home)])
    number = screening_month.ask(session, world.areas["county"], actor=world.actors["xian.ban"], now=clock.now(),
                                 today=clock.today()).id
    session.commit()
    both, real = Barrier(2, timeout=30), screening_month.bulk.screen_county

    def together(*args: object, **more: object) -> object:
        found = real(*args, **more)
        both.wait()
        return found

    def work() -> None:
        with app.app_context(), system_scope(db.session(), reason="test"):
            screening_month.MonthlyScreening(tmp_path).handle(db.session(), {"run": number}, clock.now())
            db.session.commit()

    monkeypatch.setattr(screening_month.bulk, "screen_county", together)
    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(work) for _ in range(2)]:
            job.result(timeout=60)
    session.expire_all()
    warning, = session.scalars(select(Warning)).all()
    assert warning.content.count("住院报销后自付费用较高") == 1
    assert finding(session).warning_id == warning.id
    assert session.scalar(select(func.count()).select_from(FactRow)) == 1
    tags = session.scalars(select(AuditEvent.tag)).all()
    assert (tags.count("screening.done"), tags.count("analysis.warn")) == (1, 1)


def test_what_was_verified_warns_again_only_of_something_new(
        session: Session, world: World, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    screen()
    first = verified(session, world, clock)
    assert (finding(session).conclusion, finding(session).answer) == (WarningConclusion.NO_RISK, "已入户，费用已借款付清")
    clock.move(days=30)
    assert screen().warnings == 0
    deliver(BILL, [bill(home), bill(home, "5000", member=1, on="2026-03-20")])
    assert screen().warnings == 1
    rows = session.scalars(select(Warning).order_by(Warning.id)).all()
    assert [row.month for row in rows] == ["2026-03", "2026-04"] and rows[0].id == first.id
    assert "合计26,300.00元" in rows[1].content and finding(session).conclusion is None


def test_what_comes_while_a_warning_waits_joins_it_and_says_so(
        session: Session, world: World, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    screen()
    sent_out(session, world, clock)
    deliver("not_back_at_work", [idle(home)], department="human_resources")
    screen()
    warning, = session.scalars(select(Warning)).all()
    assert "未复工" in warning.content and "补充了2项预警内容" in warning.remark


def test_a_finding_that_vanished_closes_nothing_and_is_said_on_the_warning(
        session: Session, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    deliver("not_back_at_work", [idle(home)], department="human_resources")
    screen()
    deliver("not_back_at_work", [idle(home, until="2026-02-20")], department="human_resources")
    run = screen()
    assert (run.gone, finding(session).state) == (1, FindingState.GONE)
    warning, = session.scalars(select(Warning)).all()
    assert warning.verified_at is None and "已不成立，仍请核实" in warning.remark


def test_a_feed_taken_away_clears_nothing(
        session: Session, world: World, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    row = deliver(BILL, [bill(home)])
    screen()
    deliveries.withdraw(session, row, reason="口径有误", actor=world.officer(MEDICAL), now=clock.now())
    session.commit()
    run = screen()
    assert (run.gone, run.unknown, finding(session).state) == (0, 1, FindingState.UNKNOWN)
    assert BILL in run.untold
    assert "不能判断是否消除" in session.scalars(select(Warning.remark)).one()


@pytest.mark.parametrize("more", [{"complete": False}, {"as_of": date(2025, 11, 30)}], ids=["incomplete", "stale"])
def test_an_incomplete_or_an_old_feed_clears_nothing(
        session: Session, world: World, clock: StandingClock, home: Household, deliver: Act, screen: Act, more: dict[str, object]) -> None:
    first = deliver(BILL, [bill(home)])
    screen()
    deliveries.withdraw(session, first, reason="换成新表", actor=world.officer(MEDICAL), now=clock.now())
    session.commit()
    deliver(BILL, [bill(home, "1", on="2025-11-01")], **more)
    screen()
    assert finding(session).state is FindingState.UNKNOWN


def test_a_sheet_of_which_a_row_was_refused_clears_nothing(
        session: Session, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    screen()
    row = deliver(BILL, [bill(home, "1"), bill(home) | {ID: "530628"}])
    assert (row.matched, row.wrong, row.complete, row.whole) == (1, 1, True, False) and "不能证明“没有”" in row.notices[-1]
    run = screen()
    assert (run.gone, finding(session).state) == (0, FindingState.CURRENT)
    complete = select(CoverageRow.complete).order_by(CoverageRow.id)
    assert session.scalars(complete).all() == [True, False]


@pytest.mark.parametrize("wrong", [{"自付金额": "许多"}, {NAME: "测别人"}], ids=["unreadable", "another name"])
def test_who_stands_in_a_row_that_was_not_taken_keeps_the_warning_and_others_lose_theirs(
        session: Session, world: World, clock: StandingClock, home: Household, deliver: Act, screen: Act,
        wrong: dict[str, object]) -> None:
    other = a_household(session, world, now=clock.now(), today=clock.today(), lifted=False)
    deliver(BILL, [bill(home), bill(other)])
    screen()
    row = deliver(BILL, [bill(home) | wrong, bill(other, "1")])
    assert row.proves_absence and "有1人的行没有采用" in row.notices[-1]
    run = screen()
    states = {found.household_id: found.state for found in session.scalars(select(HouseholdFinding))}
    assert states == {home.id: FindingState.UNKNOWN, other.id: FindingState.GONE} and (run.unknown, run.gone) == (1, 1)
    remarks = dict(session.execute(select(Warning.household_id, Warning.remark)).all())
    assert "退回了这一户的行" in remarks[home.id] and "已不成立" in remarks[other.id]
    deliver(BILL, [bill(home, "1")])
    screen()
    assert {found.state for found in session.scalars(select(HouseholdFinding))} == {FindingState.GONE}


def test_a_complete_fresh_delivery_of_the_same_feed_does_clear(
        session: Session, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    screen()
    deliver(BILL, [bill(home, "1")])
    assert screen().gone == 1


def test_a_countys_stricter_number_warns_of_more_from_its_day_on(
        session: Session, world: World, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home, "18000")])
    assert screen().found == 0
    thresholds.set_stricter(
        session, world.areas["county"], key="medical_paid", value=1_500_000, document="彝防返贫〔2026〕3号", valid_from=clock.today(),
        actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    assert screen().found == 1
    assert "达到彝良县标准15,000元（彝防返贫〔2026〕3号）" in session.scalars(select(Warning.content)).one()


def test_nobody_sets_a_number_that_makes_fewer_warnings_or_reaches_back(
        session: Session, world: World, clock: StandingClock) -> None:
    when = {"document": "文", "now": clock.now(), "today": clock.today()}
    for value, day in ((2_000_001, clock.today()), (5, clock.today() - timedelta(days=1))):
        with pytest.raises(Invalid):
            thresholds.set_stricter(session, world.areas["county"], key="medical_paid", value=value, valid_from=day,
                                    actor=world.actors["xian.ban"], **when)
    for who in ("xiang.zhang", "xian.zhang", "wai.xian"):
        with pytest.raises(NotPermitted):
            thresholds.set_stricter(session, world.areas["county"], key="medical_paid", value=5, valid_from=clock.today(),
                                    actor=world.actors[who], **when)


def test_a_disabled_person_is_kept_as_focus_with_day_and_source_and_decides_nothing(
        session: Session, home: Household, deliver: Act, screen: Act) -> None:
    person = home.members[1]
    rows = [{ID: person.id_number, NAME: person.name, "类别和等级": "三、四级智力或精神残疾", "发证日期": "2024-05-01"}]
    deliver("disabled_person", rows, department="disabled_federation")
    screen()
    screen()
    focus, = session.scalars(select(FocusRecord)).all()
    assert (focus.member_id, focus.group, focus.since) == (person.id, FocusGroup.MIND_DISABILITY, date(2024, 5, 1))
    assert focus.source == "残联报送，数据截至2026年3月2日"
    assert session.scalar(select(func.count()).select_from(Case)) == 0


def test_a_county_is_screened_by_one_run_at_a_time_and_by_its_own_analyst(
        session: Session, world: World, clock: StandingClock) -> None:
    when = {"now": clock.now(), "today": clock.today()}
    with pytest.raises(NotPermitted):
        screening_month.ask(session, world.areas["county"], actor=world.actors["wai.xian"], **when)
    session.rollback()
    screening_month.ask(session, world.areas["county"], actor=world.actors["xian.ban"], **when)
    with pytest.raises(Invalid):
        screening_month.ask(session, world.areas["county"], actor=world.actors["xian.ban"], **when)


def test_a_screening_that_breaks_clears_nothing_and_may_be_asked_for_again(
        session: Session, home: Household, deliver: Act, screen: Act, tmp_path: Path) -> None:
    deliver(BILL, [bill(home)])
    screen()
    kept, = tmp_path.glob("facts/*/*.parquet")
    whole = kept.read_bytes()
    kept.write_bytes(b"broken")
    assert screen().state is RunState.FAILED
    assert finding(session).state is FindingState.CURRENT
    kept.write_bytes(whole)
    assert screen().state is RunState.DONE


def test_a_screening_that_got_stuck_keeps_nobody_from_asking_again(
        session: Session, world: World, clock: StandingClock) -> None:
    screening_month.ask(session, world.areas["county"], actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.flush()
    clock.move(hours=3)
    screening_month.ask(session, world.areas["county"], actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())


def test_the_worker_screens_a_county_that_nobody_asked_for_once_a_month(
        session: Session, world: World, clock: StandingClock, home: Household, deliver: Act) -> None:
    deliver(BILL, [bill(home)])
    assert screening_month.ask_where_due(session, now=clock.now()) == 0
    clock.move(days=7)
    assert screening_month.ask_where_due(session, now=clock.now()) == 1
    session.flush()
    assert screening_month.ask_where_due(session, now=clock.now()) == 0
    assert session.scalars(select(ScreeningRun.asked_by)).all() == ["系统"]


def test_a_household_that_left_is_warned_of_no_more(
        session: Session, clock: StandingClock, home: Household, deliver: Act, screen: Act) -> None:
    deliver(BILL, [bill(home)])
    home.departed_on = clock.today()
    session.commit()
    assert screen().found == 0
