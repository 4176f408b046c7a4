"""A department's own table through its installed adapter: into the county's facts, and into answers that a standing approval signs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.adapters.run import Usable
from fanpin.models.adapters import AdapterRelease
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.county import CoverageRow, Inquiry
from fanpin.models.deliveries import Delivery
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.departments import Department
from fanpin.steps import adapters, county, deliveries, fact_store, files
from fanpin.steps.delivery_intake import Intake
from fanpin.steps.standing import STANDING
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.county import HEAD, SPOUSE, a_case_at_county
from tests.registered import certified
from tests.world import World

NAME = "fanpin-medical-insurance"
MEDICAL = "medical_insurance"
Deliver = Callable[..., Delivery]


@pytest.fixture(scope="module")
def found() -> Usable:
    installed = distributions.find(NAME)
    assert installed is not None
    return run.declared(installed)


@pytest.fixture
def release(session: Session, clock: StandingClock, found: Usable) -> AdapterRelease:
    adapters.refresh(session, [found], now=clock.now())
    session.commit()
    return session.scalars(select(AdapterRelease)).one()


@pytest.fixture
def deliver(session: Session, world: World, clock: StandingClock, tmp_path: Path, release: AdapterRelease) -> Deliver:
    def act(table: str, text: str, *, complete: bool = True) -> Delivery:
        clock.move(minutes=1)
        source = next(row for row in deliveries.sources_for(session, Department(MEDICAL)) if row.code == f"{NAME}:{table}")
        row = deliveries.send(
            session, tmp_path, files.Upload("导出.csv", text.encode("gb18030")), source,
            deliveries.Sent(as_of=clock.today(), covers_from=None, complete=complete, register_scope=source.scope),
            county=world.areas["county"], actor=world.officer(MEDICAL), now=clock.now(), today=clock.today())
        session.flush()
        number = row.id
        session.commit()
        Intake(tmp_path).handle(session, {"delivery": number}, clock.now())
        session.commit()
        session.refresh(row)
        return row

    return act


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case_at_county(session, world, clock)
    county.inquire(session, row, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    return row


def inquiry(session: Session, case: Case) -> Inquiry:
    return session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == MEDICAL)
                           .execution_options(populate_existing=True)).one()


def twelve_months(case: Case, *members: int) -> str:
    lines = ["身份证号,姓名,近12个月个人自付,最近结算日期,近12个月救助,最近救助日期"]
    lines += [f"{case.household.members[place].id_number},{case.household.members[place].name},26000.00,2026-02-01,3000,2026-02-05"
              for place in members]
    return "\n".join(lines) + "\n"


def test_a_department_may_send_its_own_tables_and_our_forms(session: Session, release: AdapterRelease) -> None:
    codes = [source.code for source in deliveries.sources_for(session, Department(MEDICAL))]
    assert codes[:2] == [f"{NAME}:settlements", f"{NAME}:twelve_months"] and "form:high_medical_cost" in codes
    release.revoked_at = release.first_seen
    session.flush()
    assert all(source.name == "form" for source in deliveries.sources_for(session, Department(MEDICAL)))


def test_its_own_columns_become_facts_and_bad_rows_come_back(
        session: Session, world: World, clock: StandingClock, deliver: Deliver, tmp_path: Path) -> None:
    home = a_household(session, world, now=clock.now(), today=clock.today())
    session.commit()
    head = home.members[0]
    row = deliver("settlements", "身份证号,姓名,就诊类型,出院结算日期,个人负担金额\n"
                  f"{head.id_number},{head.name},住院,2026-01-12,21300.50\n{head.id_number},{head.name},住院,昨天,5\n")
    assert (row.state, row.matched, row.wrong, row.problems[0][:2]) == (DeliveryState.DONE, 1, 1, ["3", "结算日期"])
    assert (row.release_id is not None, row.source) == (True, NAME)
    assert len(fact_store.in_force(tmp_path, area_id=world.areas["county"].id, deliveries=[row.ref])) == 1


def test_a_file_of_another_table_is_sent_back_with_what_it_lacks(deliver: Deliver) -> None:
    row = deliver("settlements", "号牌,车主\n云C1,甲\n云C2,乙\n")
    assert row.state is DeliveryState.REFUSED and "结算日期" in row.refused


def test_answers_wait_for_the_officers_signature_without_a_standing_approval(
        session: Session, case: Case, deliver: Deliver) -> None:
    row = deliver("twelve_months", twelve_months(case, 0))
    asked = inquiry(session, case)
    assert {(question.kind, question.subject_name): question.state for question in asked.questions
            if question.subject_name in (HEAD, SPOUSE)} == {
        ("medical_aid", HEAD): "hit", ("medical_cost", HEAD): "hit", ("medical_aid", SPOUSE): "clear", ("medical_cost", SPOUSE): "clear"}
    assert asked.signed_at is None and row.answered == len(asked.questions)


def test_a_standing_approval_of_this_very_release_signs_complete_answers(
        session: Session, world: World, clock: StandingClock, case: Case, deliver: Deliver, release: AdapterRelease) -> None:
    certified(session, release, now=clock.now())
    adapters.approve(session, release, document="彝防返贫〔2026〕9号", actor=world.actors["xian.zhang"], now=clock.now())
    session.commit()
    deliver("twelve_months", twelve_months(case, 0), complete=False)
    assert inquiry(session, case).signed_at is None
    deliver("twelve_months", twelve_months(case, 0, 1))
    signed = inquiry(session, case)
    assert (signed.signed_by, signed.signature_note) == (STANDING, "依据彝防返贫〔2026〕9号") and signed.signed_at is not None
    assert "exchange.standing" in session.scalars(select(AuditEvent.tag)).all()


def test_an_approval_taken_back_signs_nothing_more(
        session: Session, world: World, clock: StandingClock, case: Case, deliver: Deliver, release: AdapterRelease) -> None:
    decider = world.actors["xian.zhang"]
    certified(session, release, now=clock.now())
    adapters.approve(session, release, document="彝防返贫〔2026〕9号", actor=decider, now=clock.now())
    adapters.withdraw(session, release, reason="数据口径调整", actor=decider, now=clock.now())
    session.commit()
    deliver("twelve_months", twelve_months(case, 0, 1))
    assert inquiry(session, case).signed_at is None


def states(session: Session, case: Case) -> dict[str, set[str]]:
    asked = inquiry(session, case).questions
    return {name: {question.state for question in asked if question.subject_name == name} for name in (HEAD, SPOUSE)}


def test_who_stands_in_a_row_that_was_refused_is_not_clear(session: Session, case: Case, deliver: Deliver) -> None:
    spouse = case.household.members[1]
    row = deliver("twelve_months", twelve_months(case, 0) + f"{spouse.id_number},{spouse.name},很多,2026-02-01,3000,2026-02-05\n")
    assert row.wrong == 1 and states(session, case) == {HEAD: {"hit"}, SPOUSE: {"unavailable"}}


def test_nobody_absent_is_clear_while_a_row_about_nobody_known_was_refused(
        session: Session, case: Case, deliver: Deliver) -> None:
    row = deliver("twelve_months", twelve_months(case, 0) + "5.30102E+17,样样,5,2026-02-01,3000,2026-02-05\n")
    assert states(session, case) == {HEAD: {"hit"}, SPOUSE: {"waiting"}} and "认不出是谁" in row.notices[-1]
    assert not row.proves_absence
    assert set(session.scalars(select(CoverageRow.complete).where(CoverageRow.question_id.is_(None)))) == {False}


def test_rows_that_contradict_each_other_clear_nobody(session: Session, case: Case, deliver: Deliver) -> None:
    head, heading = case.household.members[0], "身份证号,姓名,近12个月个人自付,最近结算日期,近12个月救助,最近救助日期,查询结果\n"
    deliver("twelve_months", heading + f"{head.id_number},{head.name},5,2026-02-01,3000,2026-02-05,\n"
            f"{head.id_number},{head.name},,,,,未查到\n")
    assert states(session, case)[HEAD] == {"unavailable"}
