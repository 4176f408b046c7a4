"""A department's sheet on its way in: matched, queued, refused, kept out, counted; once, whatever happens to the worker."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.models.audit import AuditEvent
from fanpin.models.county import Batch, CoverageRow, FactRow
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.households import Household
from fanpin.models.users import Grant
from fanpin.models.warnings import Warning
from fanpin.rules.deliveries import DeliveryState, UnmatchedReason, UnmatchedState
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.intake import LeadSource
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotFound, NotPermitted
from fanpin.steps import analysis, deliveries, delivery_errors, delivery_retention, delivery_template, fact_store, files, unmatched
from fanpin.steps.delivery_intake import Intake
from tests.builders import a_household, an_id
from tests.conftest import StandingClock
from tests.sheet_makers import ID, NAME, a_sheet, sent
from tests.world import World

MEDICAL, BILL = "medical_insurance", "high_medical_cost"
PAID, SETTLED = "自付金额", "结算日期"


@pytest.fixture
def home(session: Session, world: World, clock: StandingClock) -> Household:
    row = a_household(session, world, now=clock.now(), today=clock.today())
    session.commit()
    return row


def bill(home: Household, *, member: int = 0, paid: str = "21300", **more: object) -> dict[str, object]:
    person = home.members[member]
    return {ID: person.id_number, NAME: person.name, PAID: paid, SETTLED: "2026-01-12"} | more


def stranger() -> dict[str, object]:
    return {ID: an_id(date(1980, 1, 1)), NAME: "测外县", PAID: "100", SETTLED: "2026-01-12"}


def read(session: Session, store: Path, row: Delivery, clock: StandingClock) -> Delivery:
    number = row.id
    session.commit()
    Intake(store).handle(session, {"delivery": number}, clock.now())
    session.commit()
    session.refresh(row)
    return row


def delivered(session: Session, world: World, clock: StandingClock, store: Path, rows: list[dict[str, object]],
              **more: object) -> Delivery:
    row = sent(session, world, clock, store, BILL, rows, department=MEDICAL, **more)
    return read(session, store, row, clock)


def counts(row: Delivery) -> tuple[int, int, int, int]:
    return row.matched, row.queued, row.wrong, row.quarantined


def warned(session: Session, world: World, clock: StandingClock, home: Household) -> Warning:
    return analysis.enter_warning(session, home, source=LeadSource.MEDIA, department="", document="", content="妻子住院",
                                  actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())


def test_a_row_with_the_right_number_and_name_is_matched_and_its_fact_goes_into_parquet(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    row = delivered(session, world, clock, tmp_path, [bill(home)])
    assert (row.state, row.rows, row.rows_read, counts(row)) == (DeliveryState.DONE, 1, 1, (1, 0, 0, 0))
    kept = fact_store.in_force(tmp_path, area_id=world.areas["county"].id, deliveries=[row.ref])
    assert [path.stem for path in kept] == [row.ref]
    assert session.scalar(select(func.count()).select_from(FactRow)) == 0
    told = session.scalars(select(AuditEvent.tag)).all()
    assert "exchange.deliver" in told and told.count("delivery.accept") == 1


def test_neither_name_nor_number_is_in_the_parquet_file(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    delivered(session, world, clock, tmp_path, [bill(home)])
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert home.members[0].id_number.encode() not in content and home.members[0].name.encode() not in content


def test_a_household_with_an_open_warning_has_its_facts_in_sql_once(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    warned(session, world, clock, home)
    delivered(session, world, clock, tmp_path, [bill(home)])
    delivered(session, world, clock, tmp_path, [bill(home), bill(home, member=1, paid="5")])
    facts = session.scalars(select(FactRow).order_by(FactRow.id)).all()
    assert [(fact.household_id, fact.amount, fact.question_id) for fact in facts] == [(home.id, 2_130_000, None), (home.id, 500, None)]


def test_the_same_number_under_another_name_waits_in_the_queue(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    row = delivered(session, world, clock, tmp_path, [bill(home, **{NAME: "测别人"})])
    waiting, = session.scalars(select(UnmatchedRow)).all()
    assert counts(row) == (0, 1, 0, 0)
    assert (waiting.reason, waiting.member_id, waiting.name) == (UnmatchedReason.NAME_DIFFERS, home.members[0].id, "测别人")


@pytest.mark.parametrize("written", ["测试阿依•古丽", "测试阿依 · 古丽", "测试阿依．古丽"])
def test_another_way_of_writing_is_the_same_name(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path, written: str) -> None:
    assert counts(delivered(session, world, clock, tmp_path, [bill(home, member=1, **{NAME: written})])) == (1, 0, 0, 0)


def test_an_unknown_number_waits_in_the_queue_and_is_not_queued_again(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    nobody = stranger()
    first = delivered(session, world, clock, tmp_path, [nobody])
    second = delivered(session, world, clock, tmp_path, [nobody, bill(home)])
    assert (first.queued, second.queued, second.repeated, second.matched) == (1, 0, 1, 1)
    assert session.scalars(select(UnmatchedRow.reason)).all() == [UnmatchedReason.UNKNOWN]


def test_a_neighbouring_countys_person_is_unknown_here(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    other = a_household(session, world, now=clock.now(), today=clock.today())
    path = world.areas["other_group"].path
    session.execute(update(Household).where(Household.id == other.id).values(area_path=path))
    for member in other.members:
        member.area_path = path
    session.commit()
    assert counts(delivered(session, world, clock, tmp_path, [bill(other)])) == (0, 1, 0, 0)


def test_a_bad_row_is_refused_with_column_and_reason_and_the_others_are_taken(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    wrong = bill(home, member=1) | {ID: "530628199001010011"}
    row = delivered(session, world, clock, tmp_path, [bill(home), wrong, bill(home, **{PAID: "很多"}), bill(home, **{SETTLED: "2026-13-1"})])
    assert counts(row) == (1, 0, 3, 0)
    assert [problem[:2] for problem in row.problems] == [["3", ID], ["4", PAID], ["5", SETTLED]]
    assert "530628199001010011" not in str(row.problems) and "很多" not in str(row.problems)


def test_a_number_that_arrives_as_a_number_is_refused_with_the_way_to_mend_the_sheet(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    number = bill(home) | {ID: 530628197605010000}
    row = delivered(session, world, clock, tmp_path, [number, bill(home)])
    assert (row.matched, row.wrong) == (1, 1) and "文本格式" in row.problems[0][2]
    alone = delivered(session, world, clock, tmp_path, [number])
    assert alone.state is DeliveryState.REFUSED and "文本格式" in alone.refused


def test_a_sheet_without_its_columns_is_sent_back_whole(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    row = delivered(session, world, clock, tmp_path, [{"编号": "1", NAME: "测"}])
    assert row.state is DeliveryState.REFUSED and "表头" in row.refused
    assert session.scalar(select(func.count()).select_from(CoverageRow)) == 0


def test_the_same_sheet_is_taken_once(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    delivered(session, world, clock, tmp_path, [bill(home)])
    with pytest.raises(Invalid) as refused:
        sent(session, world, clock, tmp_path, BILL, [], department=MEDICAL, content=_stored(tmp_path, session))
    assert "已经由" in refused.value.message


def _stored(store: Path, session: Session) -> bytes:
    row = session.scalars(select(Delivery)).one()
    return files.content_of(store, deliveries.file_of(session, row))


def test_reading_twice_changes_nothing(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    row = delivered(session, world, clock, tmp_path, [bill(home), stranger()])
    before = (counts(row), session.scalar(select(func.count()).select_from(Batch)))
    read(session, tmp_path, row, clock)
    assert (counts(row), session.scalar(select(func.count()).select_from(Batch))) == before


def test_a_worker_killed_before_the_end_leaves_nothing_and_its_heir_takes_everything_once(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = sent(session, world, clock, tmp_path, BILL, [bill(home), stranger()], department=MEDICAL)
    number = row.id
    session.commit()
    intake = Intake(tmp_path)
    with monkeypatch.context() as killed:
        killed.setattr(intake, "_finish", lambda *args, **more: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            intake.handle(session, {"delivery": number}, clock.now())
    session.rollback()
    session.refresh(row)
    assert row.state is DeliveryState.READING and session.scalar(select(func.count()).select_from(UnmatchedRow)) == 0
    read(session, tmp_path, row, clock)
    assert counts(row) == (1, 1, 0, 0)
    assert len(fact_store.in_force(tmp_path, area_id=world.areas["county"].id, deliveries=[row.ref])) == 1


def test_an_officer_who_left_the_post_delivers_nothing(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    row = sent(session, world, clock, tmp_path, BILL, [bill(home)], department=MEDICAL)
    session.execute(update(Grant).where(Grant.user_id == world.officer(MEDICAL).user_id).values(revoked_at=clock.now()))
    assert read(session, tmp_path, row, clock).state is DeliveryState.REFUSED


def test_a_day_to_come_and_an_unwritten_scope_are_refused(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        sent(session, world, clock, tmp_path, BILL, [bill(home)], department=MEDICAL, as_of=clock.today() + timedelta(days=1))


def test_the_head_speaks_for_the_household_and_a_village_for_itself(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    warned(session, world, clock, home)
    head = home.members[0]
    house = sent(session, world, clock, tmp_path, "dangerous_house", [
        {"户主身份证号": head.id_number, "户主姓名": head.name, "等级": "D级", "认定日期": "2026-02-01"}], department="housing")
    people = sent(session, world, clock, tmp_path, "rural_population", [
        {"行政村": "洛泽河村", "人口数": "1204", "统计时点": "2025-12-31"}, {"行政村": "没有这个村", "人口数": "1", "统计时点": "2025-12-31"}],
        department="statistics")
    assert counts(read(session, tmp_path, house, clock)) == (1, 0, 0, 0)
    assert counts(read(session, tmp_path, people, clock)) == (1, 0, 1, 0)
    facts = {fact.kind: fact for fact in session.scalars(select(FactRow))}
    assert (facts["dangerous_house"].household_id, facts["dangerous_house"].member_id) == (home.id, None)
    assert (facts["rural_population"].area_path, facts["rural_population"].amount) == (world.areas["village"].path, 1204)


# The queue.

def test_a_row_matched_by_hand_counts_and_a_second_decision_comes_too_late(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    warned(session, world, clock, home)
    row = delivered(session, world, clock, tmp_path, [bill(home, **{NAME: "测别人"})])
    waiting = session.scalars(select(UnmatchedRow)).one()
    by = {"actor": world.actors["xian.ban"], "now": clock.now()}
    unmatched.match(session, waiting, home.members[0], **by)
    number = waiting.id
    session.commit()
    Intake(tmp_path).matched(session, {"row": number}, clock.now())
    assert session.scalars(select(FactRow.amount)).all() == [2_130_000]
    kept = fact_store.in_force(tmp_path, area_id=world.areas["county"].id, deliveries=[row.ref])
    assert [path.stem for path in kept] == [f"{row.ref}-{waiting.ref}"]
    with pytest.raises(AlreadyHandled):
        unmatched.match(session, waiting, home.members[0], **by)


def test_rows_are_set_aside_with_a_reason_only(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    delivered(session, world, clock, tmp_path, [stranger()])
    rows = session.scalars(select(UnmatchedRow)).all()
    with pytest.raises(Invalid):
        unmatched.set_aside(session, rows, reason=" ", actor=world.actors["xian.ban"], now=clock.now())
    assert unmatched.set_aside(session, rows, reason="户籍在外县", actor=world.actors["xian.ban"], now=clock.now()) == 1
    assert [row.state for row in rows] == [UnmatchedState.ASIDE]


def test_a_department_decides_about_no_row_and_a_village_sends_nothing(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    delivered(session, world, clock, tmp_path, [stranger()])
    rows = session.scalars(select(UnmatchedRow)).all()
    with pytest.raises(NotPermitted):
        unmatched.set_aside(session, rows, reason="外县", actor=world.officer(MEDICAL), now=clock.now())


def test_the_same_row_in_another_file_doubles_no_fact_and_moves_none_to_another_batch(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    warned(session, world, clock, home)
    first = delivered(session, world, clock, tmp_path, [bill(home)])
    clock.move(days=1)
    second = delivered(session, world, clock, tmp_path, [bill(home, member=1, paid="5"), bill(home)])
    assert (first.matched, second.matched) == (1, 2) and first.file_digest != second.file_digest
    facts = session.execute(select(FactRow.member_id, FactRow.amount, Batch.delivery_id).join(Batch, Batch.id == FactRow.batch_id)
                            .where(FactRow.kind == BILL).order_by(FactRow.id)).all()
    head, spouse = home.members[:2]
    assert [tuple(fact) for fact in facts] == [(head.id, 2_130_000, first.id), (spouse.id, 500, second.id)]
    assert len(set(session.scalars(select(FactRow.number)))) == 2


# Keeping it for a while.

def test_a_sheet_goes_thirty_days_after_it_was_read_and_its_figures_stay(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    row = delivered(session, world, clock, tmp_path, [bill(home), bill(home, paid="许多")])
    clock.move(days=30)
    again = delivered(session, world, clock, tmp_path, [bill(home, paid="7")])
    assert delivery_retention.forget(session, tmp_path, now=clock.now()) == 0
    clock.move(minutes=1)
    assert delivery_retention.forget(session, tmp_path, now=clock.now()) == 1
    assert delivery_retention.forget(session, tmp_path, now=clock.now()) == 0
    with pytest.raises(NotFound):
        files.content_of(tmp_path, deliveries.file_of(session, row))
    assert files.content_of(tmp_path, deliveries.file_of(session, again))
    assert (row.file_digest, row.rows, counts(row)) == (deliveries.file_of(session, row).digest, 2, (1, 0, 1, 0))
    told, = session.scalars(select(AuditEvent).where(AuditEvent.tag == "file.erase")).all()
    assert told.object == deliveries.file_of(session, row).ref
    head = sheets.read(delivery_errors.error_sheet(session, tmp_path, row)).rows[0]
    assert delivery_errors.KEPT_NO_LONGER in head.cells


def test_a_sheet_that_waits_or_came_again_lately_is_kept(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    content = a_sheet([bill(home)])
    first = delivered(session, world, clock, tmp_path, [], content=content)
    deliveries.withdraw(session, first, reason="换一份", actor=world.officer(MEDICAL), now=clock.now())
    clock.move(days=60)
    second = sent(session, world, clock, tmp_path, BILL, [], department=MEDICAL, content=content)
    assert delivery_retention.forget(session, tmp_path, now=clock.now()) == 0
    read(session, tmp_path, second, clock)
    assert second.matched == 1 and delivery_retention.forget(session, tmp_path, now=clock.now()) == 0
    clock.move(days=31)
    assert delivery_retention.forget(session, tmp_path, now=clock.now()) == 1


# Taking it back.

def test_a_delivery_taken_back_counts_no_longer(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    warned(session, world, clock, home)
    row = delivered(session, world, clock, tmp_path, [bill(home)], complete=True)
    assert {told.kind for told in deliveries.told_for(session, county_path=row.area_path)} == {BILL}
    deliveries.withdraw(session, row, reason="统计口径有误", actor=world.officer(MEDICAL), now=clock.now())
    assert deliveries.told_for(session, county_path=row.area_path) == []
    assert session.scalars(select(FactRow.superseded)).all() == [True]
    with pytest.raises(NotAllowedHere):
        deliveries.withdraw(session, row, reason="再撤", actor=world.officer(MEDICAL), now=clock.now())


def test_another_department_takes_nothing_back(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    row = delivered(session, world, clock, tmp_path, [bill(home)])
    with pytest.raises(NotPermitted):
        deliveries.withdraw(session, row, reason="撤回", actor=world.officer("health"), now=clock.now())


def hiding(home: Household) -> bytes:
    """Return a sheet of which somebody filtered a row away before sending it."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as made:
        sheet = made.add_worksheet("数据")
        titles = list(bill(home))
        for at, row in enumerate([dict(zip(titles, titles, strict=True)), bill(home), stranger()]):
            sheet.write_row(at, 0, [row.get(title, "") for title in titles])
        sheet.set_row(2, options={"hidden": True})
    return content.getvalue()


def test_a_sheet_with_hidden_rows_is_stored_only_once_its_sender_has_confirmed_them(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    row = sent(session, world, clock, tmp_path, BILL, [], department=MEDICAL, complete=True, content=hiding(home))
    read(session, tmp_path, row, clock)
    assert (row.state, row.rows, row.notices[0][:6]) == (DeliveryState.CONFIRM, 2, "含1行隐藏行")
    stored = [session.scalar(select(func.count()).select_from(kept)) for kept in (Batch, CoverageRow, FactRow, UnmatchedRow)]
    assert stored == [0, 0, 0, 0] and deliveries.told_for(session, county_path=row.area_path) == []
    read(session, tmp_path, row, clock)
    assert row.state is DeliveryState.CONFIRM
    with pytest.raises(NotPermitted):
        deliveries.confirm(session, row, actor=world.officer("civil_affairs"), now=clock.now())
    deliveries.confirm(session, row, actor=world.officer(MEDICAL), now=clock.now())
    session.flush()
    read(session, tmp_path, row, clock)
    assert (row.state, counts(row), row.confirmed_by) == (DeliveryState.DONE, (1, 1, 0, 0), world.officer(MEDICAL).name)
    assert "报送人已确认：含1行隐藏行" in row.notices[0]
    with pytest.raises(NotAllowedHere):
        deliveries.confirm(session, row, actor=world.officer(MEDICAL), now=clock.now())


def test_a_sheet_that_is_not_confirmed_can_be_withdrawn_and_sent_again(
        session: Session, world: World, clock: StandingClock, home: Household, tmp_path: Path) -> None:
    content = hiding(home)
    row = sent(session, world, clock, tmp_path, BILL, [], department=MEDICAL, content=content)
    read(session, tmp_path, row, clock)
    with pytest.raises(Invalid, match="已经由"):
        sent(session, world, clock, tmp_path, BILL, [], department=MEDICAL, content=content)
    deliveries.withdraw(session, row, reason="筛选忘了取消", actor=world.officer(MEDICAL), now=clock.now())
    assert row.state is DeliveryState.WITHDRAWN and session.scalar(select(func.count()).select_from(Batch)) == 0


def test_an_empty_form_of_what_needs_consent_says_nothing_about_anybody(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    row = sent(session, world, clock, tmp_path, "vehicle", [], department="public_security", complete=True,
               content=delivery_template.blank(kind_of("vehicle")))
    assert read(session, tmp_path, row, clock).state is DeliveryState.REFUSED and "没有内容" in row.refused
