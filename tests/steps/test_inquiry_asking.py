"""A joint review is answered by departments' own systems: who was asked, what came back, what a silence proves, what failed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fanpin.models.adapters import AdapterFailure
from fanpin.models.audit import AuditEvent
from fanpin.models.calls import SystemCall
from fanpin.models.cases import Case
from fanpin.models.county import Batch, CoverageRow, FactRow, Inquiry, Question
from fanpin.models.outbox import OutboxItem
from fanpin.models.surveys import Consent
from fanpin.rules.calls import PAUSES, CallState
from fanpin.rules.refusals import NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.steps import adapters, county, exchange, inquiry_calls
from fanpin.steps.inquiry_asking import Jobs
from fanpin.steps.standing import STANDING
from tests.adapters.platform_server import HERE, SECRET, Desk, a_platform
from tests.builders import an_id
from tests.conftest import POSTGRESQL, TODAY, StandingClock, create_postgresql, drop_postgresql
from tests.county import CHILD, HEAD, SPOUSE, a_case_at_county, all_answered, answered
from tests.registered import certified
from tests.systems import BANK, HOUSING, POLICE, asked, call_of, connect, find, inquiry_of, put, release_of, states
from tests.world import World

CAR_COLUMNS = ("SFZMHM", "JDCSYR", "HPHM", "CLLX", "SYXZ")
CAR_FIELDS = "SFZMHM=身份证明号码、JDCSYR=机动车所有人、HPHM=号牌号码、CLLX=车辆类型、SYXZ=使用性质"
HOUSE_COLUMNS = ("户主身份证号", "户主姓名", "鉴定等级", "鉴定日期")
NUMBER, NAME, LIST, DAY, RESULT = "证件号码", "姓名", "名单类别", "列入日期", "查询结果"
Act = Callable[[], None]


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case_at_county(session, world, clock)
    find(session, clock, POLICE, HOUSING, BANK)
    return row


@pytest.fixture
def inquire(session: Session, world: World, clock: StandingClock, case: Case) -> Act:
    def act() -> None:
        county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
        session.commit()

    return act


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def platform(session: Session, world: World, clock: StandingClock, case: Case, desk: Desk) -> Iterator[str]:
    with a_platform(desk) as address:
        connect(session, world, clock, BANK, {
            "": "platform", "_address": address, "_ask_discipline": "/ask", "_token_address": "/token", "_application": "fanpin",
            "_secret": SECRET})
        yield address


@pytest.fixture
def exchange_database(tmp_path: Path) -> Iterator[str]:
    """A database of the department's own, on a PostgreSQL where the tests have one."""
    if not POSTGRESQL:
        yield f"sqlite:///{tmp_path / 'police.sqlite'}"
        return
    url = create_postgresql()
    yield url
    drop_postgresql(url)


def a_car(person: object, plate: str = "云C测001") -> dict[str, str]:
    return {"SFZMHM": person.id_number, "JDCSYR": person.name, "HPHM": plate, "CLLX": "小型轿车", "SYXZ": "非营运"}


def cars(session: Session, world: World, clock: StandingClock, url: str, *rows: dict[str, str], whole: str = "yes") -> None:
    put(url, "v_jdc", CAR_COLUMNS, rows)
    connect(session, world, clock, POLICE, {"": "database", "_address": url, "_ask_vehicles": "v_jdc", "_whole_vehicles": whole,
                                            "_fields": CAR_FIELDS})


def local(folder: Path) -> str:
    return f"sqlite:///{folder / 'zjk.sqlite'}"


def on_list(person: object) -> dict[str, str]:
    return {NUMBER: person.id_number, NAME: person.name, LIST: "失信被执行人", DAY: "2025-06-01"}


def not_on_list(person: object) -> dict[str, str]:
    return {NUMBER: person.id_number, NAME: person.name, RESULT: "未查到"}


def people(case: Case) -> tuple[object, object, object]:
    return tuple(case.household.members)  # type: ignore[return-value]


# Three departments, end to end.

def test_three_departments_answer_by_themselves_and_the_county_can_decide_once_they_have_signed(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str,
        exchange_database: str, tmp_path: Path) -> None:
    head, spouse, child = people(case)
    stranger = {**a_car(head, "云C测009"), "SFZMHM": an_id(TODAY.replace(year=1980)), "JDCSYR": "测试邻居"}
    cars(session, world, clock, exchange_database, stranger)
    put(local(tmp_path), "v_nfdj", HOUSE_COLUMNS, [
        {"户主身份证号": head.id_number, "户主姓名": HEAD, "鉴定等级": "B级", "鉴定日期": "2026-01-12"}])
    connect(session, world, clock, HOUSING, {"": "database", "_address": local(tmp_path), "_ask_houses": "v_nfdj"})
    desk.records = [not_on_list(head), not_on_list(spouse)]
    inquire()
    assert asked(session, clock, tmp_path) == 3
    assert states(session, "vehicle") == {HEAD: "clear", SPOUSE: "clear", CHILD: "clear"}
    assert states(session, "house_grade") == {HEAD: "hit"}
    assert states(session, "credit_discipline") == {HEAD: "clear", SPOUSE: "clear"}
    assert session.scalar(select(FactRow.value).where(FactRow.kind == "house_grade")) == "B"
    assert session.scalars(select(FactRow).where(FactRow.kind == "vehicle")).all() == []
    (covered,) = {(row.register_scope, row.complete, row.covers_to) for row in session.scalars(
        select(CoverageRow).where(CoverageRow.kind == "vehicle"))}
    assert covered == (release_of(session, POLICE).declared.scope, True, TODAY - timedelta(days=30))
    decide = {"reason": "", "document": "测〔2026〕1号", "actor": world.actors["xian.zhang"], "now": clock.now(), "today": clock.today()}
    with pytest.raises(RequirementsNotMet) as refused:
        county.determine(session, case, **decide)
    assert "人民银行" in str(refused.value)
    session.rollback()
    by_hand_and_signed(session, world, clock, case)
    county.determine(session, case, **decide)


def by_hand_and_signed(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    """Let officers answer what no system did, and sign everything."""
    for inquiry in session.scalars(select(Inquiry).where(Inquiry.case_id == case.id)).all():
        today = {"now": clock.now(), "today": clock.today()}
        if any(question.state == "waiting" for question in inquiry.questions):
            answered(session, inquiry, world, clock)
        exchange.sign(session, inquiry, note="", actor=world.officer(inquiry.department), **today)
    session.commit()


# A 中间库: whom it is asked about, and what its silence proves.

def test_a_car_in_the_database_is_a_hit_and_who_is_not_in_a_whole_register_is_clear_as_of_its_delay(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, tmp_path: Path) -> None:
    head, *_ = people(case)
    cars(session, world, clock, local(tmp_path), a_car(head))
    inquire()
    asked(session, clock, tmp_path)
    assert states(session, "vehicle") == {HEAD: "hit", SPOUSE: "clear", CHILD: "clear"}
    rows = {row.subject_name: row.as_of for row in session.scalars(select(Question).where(Question.kind == "vehicle"))}
    assert rows == {HEAD: TODAY, SPOUSE: TODAY - timedelta(days=30), CHILD: TODAY - timedelta(days=30)}
    batch = session.scalars(select(Batch)).one()
    assert (batch.transport, batch.received_from) == ("database", exchange.BY_SYSTEM)
    assert session.scalar(select(Question.release_id).where(Question.kind == "vehicle").limit(1)) == release_of(session, POLICE).id
    assert call_of(session, "vehicles").state is CallState.DONE
    assert inquiry_of(session, POLICE).signed_at is None


def test_a_table_that_nobody_declares_whole_clears_nobody(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, tmp_path: Path) -> None:
    cars(session, world, clock, local(tmp_path), a_car(people(case)[0]), whole="no")
    inquire()
    asked(session, clock, tmp_path)
    assert states(session, "vehicle") == {HEAD: "hit", SPOUSE: "unavailable", CHILD: "unavailable"}


def test_a_name_that_differs_is_no_answer(session: Session, world: World, clock: StandingClock, case: Case, inquire: Act,
                                          tmp_path: Path) -> None:
    cars(session, world, clock, local(tmp_path), {**a_car(people(case)[0]), "JDCSYR": "测同号"})
    inquire()
    asked(session, clock, tmp_path)
    assert states(session, "vehicle")[HEAD] == "not_found" and session.scalars(select(FactRow)).all() == []


def test_a_household_is_searched_for_by_every_member_and_is_clear_only_where_all_were(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, tmp_path: Path) -> None:
    put(local(tmp_path), "v_nfdj", HOUSE_COLUMNS, [])
    connect(session, world, clock, HOUSING, {"": "database", "_address": local(tmp_path), "_ask_houses": "v_nfdj", "_whole_houses": "yes"})
    case.household.members[2].id_number = None
    inquire()
    asked(session, clock, tmp_path)
    assert states(session, "house_grade") == {HEAD: "unavailable"}


def test_a_house_registered_under_the_spouse_is_the_household_s(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, tmp_path: Path) -> None:
    spouse = people(case)[1]
    put(local(tmp_path), "v_nfdj", HOUSE_COLUMNS, [
        {"户主身份证号": spouse.id_number, "户主姓名": SPOUSE, "鉴定等级": "D级", "鉴定日期": "2026-01-12"}])
    connect(session, world, clock, HOUSING, {"": "database", "_address": local(tmp_path), "_ask_houses": "v_nfdj"})
    inquire()
    asked(session, clock, tmp_path)
    assert states(session, "house_grade") == {HEAD: "hit"}


# Whom anybody is asked about.

def test_only_who_has_signed_for_the_class_of_data_is_asked_about(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    inquire()
    session.execute(update(Consent).values(valid_until=clock.today() - timedelta(days=1)))
    session.commit()
    asked(session, clock, tmp_path)
    assert desk.asked == [] and set(states(session, "credit_discipline").values()) == {"waiting"}
    assert call_of(session, "discipline").state is CallState.DONE and "授权" in call_of(session, "discipline").failure


def test_a_platform_is_asked_about_the_adults_with_number_and_name_and_the_trail_says_so(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    head, spouse, _ = people(case)
    desk.records = [on_list(head), not_on_list(spouse)]
    inquire()
    asked(session, clock, tmp_path)
    assert [sorted(row.items()) for row in desk.asked[0]["persons"]] == [
        sorted({NUMBER: person.id_number, NAME: person.name}.items()) for person in (head, spouse)]
    assert states(session, "credit_discipline") == {HEAD: "hit", SPOUSE: "clear"}
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == "exchange.ask")).one()
    assert event.object == inquiry_of(session, BANK).ref


def test_whoever_the_platform_is_silent_about_is_not_clear(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    connect(session, world, clock, BANK, {"_whole_discipline": "yes"})
    desk.records = [not_on_list(people(case)[0])]
    inquire()
    asked(session, clock, tmp_path)
    assert states(session, "credit_discipline") == {HEAD: "clear", SPOUSE: "unavailable"}


def test_an_answer_about_anybody_else_is_rejected_whole_and_stops_the_adapter(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    head, spouse, _ = people(case)
    other = {**not_on_list(head), NUMBER: an_id(TODAY.replace(year=1980)), NAME: "测试邻居"}
    desk.records = [not_on_list(head), not_on_list(spouse), other]
    inquire()
    asked(session, clock, tmp_path)
    assert set(states(session, "credit_discipline").values()) == {"unavailable"}
    (kept,) = session.scalars(select(AdapterFailure)).all()
    assert (kept.code, kept.security) == ("stranger", True)
    release = release_of(session, BANK)
    assert release.open_until is not None and release.failures >= 5
    assert session.scalars(select(CoverageRow)).all() == [] and "测试邻居" not in str([row.reason for row in inquiry_of(session, BANK).questions])


# Tickets.

def test_a_ticket_is_kept_collected_on_its_day_and_lands_once(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    head, spouse, _ = people(case)
    desk.records, desk.later = [on_list(head), not_on_list(spouse)], 1
    inquire()
    asked(session, clock, tmp_path)
    call = call_of(session, "discipline")
    assert (call.state, call.ticket, call.due_on) == (CallState.TICKET, "ticket-1", TODAY.replace(day=5))
    assert set(states(session, "credit_discipline").values()) == {"waiting"}
    assert "3月5日" in inquiry_of(session, BANK).questions[0].reason
    assert inquiry_calls.owe_due(session, now=clock.now()) == 0
    clock.move(days=3)
    assert inquiry_calls.owe_due(session, now=clock.now()) == 1
    session.commit()
    payload = {"adapter": "fanpin-central-bank", "table": "discipline", "area": world.areas["county"].path}
    asked(session, clock, tmp_path)
    Jobs(tmp_path, HERE).ask(session, payload, clock.now())
    session.commit()
    assert states(session, "credit_discipline") == {HEAD: "hit", SPOUSE: "clear"}
    assert len(desk.asked) == 1 and len(session.scalars(select(FactRow)).all()) == 1
    assert call_of(session, "discipline").state is CallState.DONE


def test_a_ticket_whose_day_has_passed_is_asked_for_after_growing_pauses_and_told_once(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    desk.later = 9
    inquire()
    asked(session, clock, tmp_path)
    clock.move(days=4)
    pauses = []
    for _ in range(3):
        inquiry_calls.owe_due(session, now=clock.now())
        session.commit()
        asked(session, clock, tmp_path)
        call = call_of(session, "discipline")
        pauses.append(call.next_at - clock.now())
        clock.move(minutes=call_minutes(pauses[-1]))
    assert pauses == sorted(pauses) and pauses[0] < pauses[-1]
    assert (call.state, call.due_on) == (CallState.TICKET, TODAY.replace(day=5))
    assert session.scalar(select(func.count()).select_from(Batch)) == 1


def call_minutes(pause: timedelta) -> int:
    return int(pause.total_seconds() // 60) + 1


def test_two_workers_that_collect_at_once_land_it_once(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    head, spouse, _ = people(case)
    desk.records = [on_list(head), not_on_list(spouse)]
    inquire()
    payload = {"adapter": "fanpin-central-bank", "table": "discipline", "area": world.areas["county"].path}
    first, other = Jobs(tmp_path, HERE), Jobs(tmp_path, HERE)
    land = Jobs._land
    raced = []

    def overtaken(self: Jobs, *given: object, **named: object) -> None:
        if self is first and not raced:
            raced.append(True)
            other.ask(session, payload, clock.now())
            session.commit()
        land(self, *given, **named)

    monkeypatch.setattr(Jobs, "_land", overtaken)
    first.ask(session, payload, clock.now())
    session.commit()
    assert raced and len(desk.asked) == 2
    assert len(session.scalars(select(FactRow)).all()) == 1 == session.scalar(select(func.count()).select_from(Batch))


# Failures.

def test_a_system_that_is_down_leaves_one_sentence_and_is_asked_again_after_growing_pauses_and_at_last_no_more(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, tmp_path: Path) -> None:
    connect(session, world, clock, POLICE, {"": "database", "_address": local(tmp_path), "_ask_vehicles": "v_jdc"})
    inquire()
    pauses = []
    for _ in range(len(PAUSES)):
        asked(session, clock, tmp_path)
        call = call_of(session, "vehicles")
        assert call.state is CallState.FAILED
        pauses.append(call.next_at - clock.now())
        assert inquiry_calls.owe_due(session, now=clock.now()) == 0
        clock.move(minutes=call_minutes(pauses[-1]))
        assert inquiry_calls.owe_due(session, now=clock.now()) == 1
        session.commit()
    assert pauses == list(PAUSES)
    asked(session, clock, tmp_path)
    call = call_of(session, "vehicles")
    assert call.state is CallState.STOPPED and "中间库" in call.failure
    assert set(states(session, "vehicle").values()) == {"unavailable"}
    reasons = {row.reason for row in session.scalars(select(Question).where(Question.kind == "vehicle"))}
    assert len(reasons) == 1 and "自动查询没有成功" in reasons.pop()
    put(local(tmp_path), "v_jdc", CAR_COLUMNS, [])
    connect(session, world, clock, POLICE, {"_fields": CAR_FIELDS, "_whole_vehicles": "yes"})
    inquiry_calls.ask_again(session, inquiry_of(session, POLICE), actor=world.officer(POLICE), now=clock.now(), today=clock.today())
    session.commit()
    asked(session, clock, tmp_path)
    assert set(states(session, "vehicle").values()) == {"clear"} and call_of(session, "vehicles").failure == ""


def test_a_review_that_begins_while_the_system_rests_waits_with_it(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    desk.failures, desk.retry_after = [500] * 9, "0"
    inquire()
    asked(session, clock, tmp_path)
    many = len(desk.calls)
    another = a_case_at_county(session, world, clock)
    county.inquire(session, another, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    assert asked(session, clock, tmp_path) == 1 and len(desk.calls) == many
    desk.failures = []
    desk.records = [not_on_list(person) for row in (case, another) for person in row.household.members[:2]]
    clock.move(minutes=6)
    inquiry_calls.owe_due(session, now=clock.now())
    session.commit()
    asked(session, clock, tmp_path)
    assert len(desk.asked) == 1 and len(desk.asked[0]["persons"]) == 4
    assert {row.state for row in session.scalars(select(SystemCall))} == {CallState.DONE}


def test_what_an_officer_has_written_is_not_undone_by_a_system_that_fails_or_finds_nothing(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    inquire()
    inquiry = inquiry_of(session, BANK)
    answered(session, inquiry, world, clock)
    exchange.sign(session, inquiry, note="", actor=world.officer(BANK), now=clock.now(), today=clock.today())
    session.commit()
    asked(session, clock, tmp_path)
    assert desk.asked == [] and inquiry_of(session, BANK).signed_at is not None


def test_a_registration_that_comes_by_ticket_after_an_officer_found_nothing_reopens_the_answer(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    head, spouse, _ = people(case)
    desk.records, desk.later = [on_list(head), not_on_list(spouse)], 1
    inquire()
    asked(session, clock, tmp_path)
    all_answered(session, case, world, clock)
    session.commit()
    clock.move(days=3)
    inquiry_calls.owe_due(session, now=clock.now())
    session.commit()
    asked(session, clock, tmp_path)
    assert states(session, "credit_discipline") == {HEAD: "hit", SPOUSE: "clear"}
    assert inquiry_of(session, BANK).signed_at is None


def test_a_case_that_went_back_is_not_asked_about(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    inquire()
    session.execute(update(Case).where(Case.id == case.id).values(round=2))
    session.commit()
    asked(session, clock, tmp_path)
    assert desk.asked == [] and call_of(session, "discipline").state is CallState.DONE


def test_an_adapter_out_of_use_stops_the_asking_with_the_reason(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    inquire()
    adapters.revoke(session, "fanpin-central-bank", reason="供应商漏洞", now=clock.now())
    session.commit()
    asked(session, clock, tmp_path)
    call = call_of(session, "discipline")
    assert call.state is CallState.STOPPED and "没有可用的部门适配器" in call.failure
    assert set(states(session, "credit_discipline").values()) == {"unavailable"}


# Signature, asking again.

def test_a_standing_approval_signs_for_answers_that_came_by_question(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str, tmp_path: Path) -> None:
    head, spouse, _ = people(case)
    desk.records = [not_on_list(head)]
    certified(session, release_of(session, BANK), now=clock.now())
    adapters.approve(session, release_of(session, BANK), document="测〔2026〕2号", actor=world.actors["xian.zhang"], now=clock.now())
    inquire()
    asked(session, clock, tmp_path)
    assert inquiry_of(session, BANK).signed_at is None
    desk.records = [not_on_list(spouse)]
    clock.move(minutes=1)
    inquiry_calls.ask_again(session, inquiry_of(session, BANK), actor=world.officer(BANK), now=clock.now(), today=clock.today())
    session.commit()
    asked(session, clock, tmp_path)
    inquiry = inquiry_of(session, BANK)
    assert (inquiry.signed_by, inquiry.signature_note) == (STANDING, "依据测〔2026〕2号")
    assert [person[NAME] for person in desk.asked[1]["persons"]] == [SPOUSE]


def test_asking_again_is_the_own_officer_s_and_needs_a_source_and_something_open(
        session: Session, world: World, clock: StandingClock, case: Case, inquire: Act, desk: Desk, platform: str) -> None:
    inquire()
    when = {"now": clock.now(), "today": clock.today()}
    with pytest.raises(NotPermitted):
        inquiry_calls.ask_again(session, inquiry_of(session, BANK), actor=world.officer(POLICE), **when)
    with pytest.raises(NotAllowedHere, match="没有设置"):
        inquiry_calls.ask_again(session, inquiry_of(session, POLICE), actor=world.officer(POLICE), **when)
    all_answered(session, case, world, clock)
    with pytest.raises(NotAllowedHere, match="有效答复"):
        inquiry_calls.ask_again(session, inquiry_of(session, BANK), actor=world.officer(BANK), **when)


def test_nothing_is_owed_where_no_source_is_set(session: Session, case: Case, inquire: Act) -> None:
    inquire()
    assert session.scalars(select(SystemCall)).all() == []
    assert session.scalars(select(OutboxItem).where(OutboxItem.kind == "inquiry.ask")).all() == []
