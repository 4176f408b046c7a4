"""A sheet that answers the joint review: those asked with consent, nobody else; and what is taken away is not known."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, url_for
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.county import FactRow, Inquiry, Question
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.outbox import OutboxItem
from fanpin.models.surveys import Consent
from fanpin.rules.refusals import RequirementsNotMet
from fanpin.steps import county, deliveries, exchange, screening
from fanpin.steps.delivery_intake import Intake
from tests.builders import a_household, people
from tests.conftest import StandingClock
from tests.county import CHILD, HEAD, SPOUSE, a_case_at_county, all_answered, question_of
from tests.sheet_makers import ID, NAME, sent
from tests.world import World, log_in

POLICE, CARS = "public_security", "vehicle"
TYPE, PLATE = "车辆类型和使用性质", "号牌号码"
Deliver = Callable[..., Delivery]


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case_at_county(session, world, clock)
    county.inquire(session, row, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    return row


@pytest.fixture
def deliver(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> Deliver:
    def act(kind: str, rows: list[dict[str, object]], *, department: str = POLICE, complete: bool = True) -> Delivery:
        clock.move(minutes=1)
        row = sent(session, world, clock, tmp_path, kind, rows, department=department, complete=complete)
        number = row.id
        session.commit()
        Intake(tmp_path).handle(session, {"delivery": number}, clock.now())
        session.commit()
        session.refresh(row)
        return row

    return act


def a_car(person: object, plate: str = "云C测001", **more: object) -> dict[str, object]:
    return {ID: person.id_number, NAME: person.name, TYPE: "小型载客汽车（非营运）", PLATE: plate} | more


def cars(session: Session, case: Case) -> dict[str, str]:
    rows = session.scalars(select(Question).join(Inquiry).where(Inquiry.case_id == case.id, Question.kind == CARS))
    return {row.subject_name: row.state for row in rows}


def unasked(session: Session, world: World, clock: StandingClock) -> object:
    other = a_household(session, world, now=clock.now(), today=clock.today(), members=people("测试旁户", spouse="测试旁妻"))
    session.commit()
    return other.members[0]


def test_who_was_asked_and_is_in_the_sheet_is_a_hit_and_who_is_not_in_a_complete_one_is_clear(
        session: Session, case: Case, deliver: Deliver) -> None:
    row = deliver(CARS, [a_car(case.household.members[0])])
    assert cars(session, case) == {HEAD: "hit", SPOUSE: "clear", CHILD: "clear"}
    assert (row.answered, row.quarantined, row.queued) == (3, 0, 0)
    assert session.scalars(select(FactRow.ref_no).where(FactRow.question_id.is_not(None))).all() == ["云C测001"]


def test_an_incomplete_sheet_clears_nobody(session: Session, case: Case, deliver: Deliver) -> None:
    deliver(CARS, [a_car(case.household.members[0])], complete=False)
    assert cars(session, case) == {HEAD: "hit", SPOUSE: "waiting", CHILD: "waiting"}


def test_whoever_was_not_asked_is_counted_and_not_stored_and_the_sheet_itself_goes(
        session: Session, world: World, clock: StandingClock, case: Case, deliver: Deliver, tmp_path: Path) -> None:
    row = deliver(CARS, [a_car(unasked(session, world, clock), "云C测777"), a_car(case.household.members[1])])
    assert (row.quarantined, row.answered) == (1, 3)
    assert session.scalars(select(FactRow.ref_no).where(FactRow.question_id.is_not(None))).all() == ["云C测001"]
    assert session.scalar(select(func.count()).select_from(UnmatchedRow)) == 0
    assert list(tmp_path.glob("facts/*/*")) == []
    item = session.scalars(select(OutboxItem).where(OutboxItem.kind == "delivery.forget")).one()
    Intake(tmp_path).forget(session, item.payload, clock.now())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_nothing_is_taken_about_a_person_whose_consent_does_not_hold(
        session: Session, case: Case, deliver: Deliver) -> None:
    session.execute(update(Consent).values(valid_until=case.opened_on.replace(year=2020)))
    session.commit()
    row = deliver(CARS, [a_car(case.household.members[0])])
    assert set(cars(session, case).values()) == {"unavailable"} and row.quarantined == 1
    assert session.scalars(select(FactRow)).all() == []


def test_no_case_is_at_the_review_and_nothing_is_kept(
        session: Session, world: World, clock: StandingClock, deliver: Deliver) -> None:
    row = deliver(CARS, [a_car(unasked(session, world, clock))])
    assert (row.quarantined, row.answered) == (1, 0) and session.scalars(select(FactRow)).all() == []


def test_another_name_is_no_answer_and_blocks_until_somebody_verifies(
        session: Session, case: Case, deliver: Deliver) -> None:
    row = deliver(CARS, [a_car(case.household.members[0], **{NAME: "测同号"})])
    assert cars(session, case)[HEAD] == "not_found" and row.wrong == 1
    assert session.scalars(select(FactRow)).all() == []


def test_what_came_by_sheet_counts_when_the_officer_signs(
        session: Session, world: World, clock: StandingClock, case: Case, deliver: Deliver) -> None:
    all_answered(session, case, world, clock)
    inquiry = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == POLICE)).one()
    inquiry.signed_at = None
    session.commit()
    deliver(CARS, [a_car(case.household.members[0])])
    session.refresh(inquiry)
    assert inquiry.signed_at is None
    exchange.sign(session, inquiry, note="", actor=world.officer(POLICE), now=clock.now(), today=clock.today())
    assert inquiry.signed_at is not None


def test_a_feed_taken_away_turns_clear_into_not_known_and_the_county_cannot_decide(
        session: Session, world: World, clock: StandingClock, case: Case, deliver: Deliver) -> None:
    """End to end: cleared by a complete sheet, signed, then withdrawn by the department."""
    all_answered(session, case, world, clock)
    inquiry = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == POLICE)).one()
    inquiry.signed_at = None
    session.commit()
    row = deliver(CARS, [a_car(unasked(session, world, clock))])
    assert set(cars(session, case).values()) == {"clear"}
    exchange.sign(session, inquiry, note="", actor=world.officer(POLICE), now=clock.now(), today=clock.today())
    session.commit()
    deliveries.withdraw(session, row, reason="少导了一个所", actor=world.officer(POLICE), now=clock.now())
    session.commit()
    assert set(cars(session, case).values()) == {"unavailable"} and inquiry.signed_at is None
    decide = {"actor": world.actors["xian.zhang"], "now": clock.now(), "today": clock.today()}
    with pytest.raises(RequirementsNotMet) as refused:
        county.determine(session, case, reason="", document="测〔2026〕1号", **decide)
    assert "公安部门" in str([missing.reason for missing in refused.value.missing])


def test_a_feed_taken_away_reopens_what_rested_on_it_only_and_tells_the_officer(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case, deliver: Deliver) -> None:
    all_answered(session, case, world, clock)
    inquiry = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == POLICE)).one()
    others = {row.id: row.state for row in inquiry.questions if row.kind != CARS}
    inquiry.signed_at = None
    session.commit()
    row = deliver(CARS, [a_car(case.household.members[0])])
    exchange.sign(session, inquiry, note="", actor=world.officer(POLICE), now=clock.now(), today=clock.today())
    deliveries.withdraw(session, row, reason="少导了一个所", actor=world.officer(POLICE), now=clock.now())
    session.commit()
    assert others and {row.id: row.state for row in inquiry.questions if row.kind != CARS} == others
    assert f"由它得出的3项要重新答复，其余{len(others)}项答复保留。" in inquiry.signature_note
    assert f"{world.officer(POLICE).name}{clock.today():%Y年%-m月%-d日}的签字没有包括这些答复" in inquiry.signature_note
    with app.test_request_context():
        address = url_for("county.answer", inquiry=inquiry.ref)
    page = log_in(app, "bm.public-security").get(address).get_data(as_text=True)
    assert "本部门撤回了数据" in page and "补答后请再签字" in page


def test_what_an_officer_answered_by_hand_since_stays_answered_and_signed(
        session: Session, world: World, clock: StandingClock, case: Case, deliver: Deliver) -> None:
    row = deliver(CARS, [a_car(case.household.members[0])])
    clock.move(minutes=1)
    all_answered(session, case, world, clock)
    before = cars(session, case)
    deliveries.withdraw(session, row, reason="少导了一个所", actor=world.officer(POLICE), now=clock.now())
    session.commit()
    inquiry = session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == POLICE)).one()
    assert cars(session, case) == before and "unavailable" not in before.values()
    assert inquiry.signed_at is not None and inquiry.signed_by == world.officer(POLICE).name


def test_a_car_from_a_sheet_is_a_finding_that_people_must_resolve(
        session: Session, clock: StandingClock, case: Case, deliver: Deliver) -> None:
    deliver(CARS, [a_car(case.household.members[0])])
    found = screening.screen(session, case, actor="系统", now=clock.now(), today=clock.today())
    assert [(row.circumstance, row.subject_name) for row in found] == [(3, HEAD)]
