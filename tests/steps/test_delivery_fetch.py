"""Rows fetched from a department's own system go the way of a sheet: matched, counted, once, and only the new ones next time."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, create_engine, delete, insert, select, update
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.models.adapters import AdapterFailure, AdapterFetch, AdapterRelease
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.outbox import OutboxItem
from fanpin.models.users import Grant
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.fetching import Rhythm
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted
from fanpin.steps import adapter_health, adapters, deliveries, delivery_fetch, fetch_plans
from fanpin.steps.delivery_fetch import Jobs
from fanpin.steps.delivery_intake import Intake
from tests.adapters.platform_server import HERE, SECRET, Desk, a_platform
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.house import ROOT
from tests.world import World

OFFICER, OTHER = "bm.civil-affairs", "bm.health"
SHEET = ROOT / "plugins" / "fanpin-civil-affairs" / "samples" / "relief.csv"


@pytest.fixture
def release(session: Session, clock: StandingClock) -> AdapterRelease:
    installed = distributions.find("fanpin-civil-affairs")
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    return session.scalars(select(AdapterRelease)).one()


def rows(session: Session, world: World, clock: StandingClock) -> list[dict[str, str]]:
    home = a_household(session, world, now=clock.now(), today=clock.today())
    with open(SHEET, encoding="utf-8", newline="") as sheet:
        found = list(csv.DictReader(sheet))[:3]
    found[0] |= {"姓名": home.members[0].name, "身份证号": home.members[0].id_number}
    return [{**row, "gxsj": f"2026-02-0{at + 1}"} for at, row in enumerate(found)]


def put(folder: Path, given: list[dict[str, str]]) -> str:
    address = f"sqlite:///{folder / 'zjk.sqlite'}"
    engine = create_engine(address)
    table = Table("v_lszz", MetaData(), *(Column(name, Text) for name in given[0]))
    table.create(engine, checkfirst=True)
    with engine.begin() as connection:
        connection.execute(insert(table), given)
    engine.dispose()
    return address


def owed(session: Session) -> list[OutboxItem]:
    return list(session.scalars(select(OutboxItem).where(OutboxItem.kind == "delivery.fetch", OutboxItem.state == "waiting")))


def carried_out(session: Session, clock: StandingClock, folder: Path, item: OutboxItem) -> None:
    payload, item.state = item.payload, "done"
    session.commit()
    Jobs(folder / "files", folder).fetch(session, payload, clock.now())
    session.commit()


def fetched(session: Session, world: World, clock: StandingClock, release: AdapterRelease, folder: Path, *,
            anew: bool = False) -> list[Delivery]:
    assert delivery_fetch.ask(session, release, actor=world.actors[OFFICER], now=clock.now(), anew=anew) == 1
    carried_out(session, clock, folder, owed(session)[0])
    return read(session, clock, folder)


def read(session: Session, clock: StandingClock, folder: Path) -> list[Delivery]:
    waiting = session.scalars(select(Delivery.id).where(Delivery.state == DeliveryState.WAITING)).all()
    session.commit()
    for number in waiting:
        Intake(folder / "files").handle(session, {"delivery": number}, clock.now())
        session.commit()
    session.expire_all()
    return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def connect(session: Session, world: World, clock: StandingClock, release: AdapterRelease, address: str) -> None:
    adapters.set_settings(session, release, {"transport": "database", "transport_address": address,
                                             "transport_from_relief": "v_lszz gxsj"}, actor=world.actors[OFFICER], now=clock.now())


def test_rows_are_fetched_matched_and_counted_and_the_next_time_only_the_new_ones(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    given = rows(session, world, clock)
    connect(session, world, clock, release, put(tmp_path, given[:2]))
    (first,) = fetched(session, world, clock, release, tmp_path)
    assert (first.state, first.rows, first.matched, first.queued, first.complete) == (DeliveryState.DONE, 2, 1, 1, True)
    assert len(session.scalars(select(UnmatchedRow)).all()) == 1
    put(tmp_path, given[2:])
    clock.move(days=1)
    _, second = fetched(session, world, clock, release, tmp_path)
    assert (second.state, second.rows, second.complete) == (DeliveryState.DONE, 2, False)
    assert second.repeated == 1


def test_after_its_rest_an_adapter_that_failed_is_tried_again_and_is_well(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    connect(session, world, clock, release, put(tmp_path, rows(session, world, clock)[:2]))
    release.failures, release.open_until = adapter_health.OPENS_AFTER, clock.now()
    (delivery,) = fetched(session, world, clock, release, tmp_path)
    assert delivery.state is DeliveryState.DONE and release.failures == 0 and release.open_until is None


def told(session: Session) -> str:
    return session.scalars(select(AdapterFetch.words)).one()


def two_fetched(session: Session, world: World, clock: StandingClock, release: AdapterRelease, folder: Path) -> list[dict[str, str]]:
    """Fetch the whole, and then what is new."""
    given = rows(session, world, clock)
    connect(session, world, clock, release, put(folder, given[:2]))
    fetched(session, world, clock, release, folder)
    put(folder, given[2:])
    clock.move(days=1)
    fetched(session, world, clock, release, folder)
    return given


def test_a_delivery_that_is_withdrawn_takes_its_mark_back(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    two_fetched(session, world, clock, release, tmp_path)
    first, second = session.scalars(select(Delivery).order_by(Delivery.id))
    assert (second.follows_id, first.mark, second.mark) == (first.id, "s:2026-02-02", "s:2026-02-03")
    deliveries.withdraw(session, second, reason="取错了", actor=world.actors[OFFICER], now=clock.now())
    *_, third = fetched(session, world, clock, release, tmp_path)
    assert (third.follows_id, third.rows, third.mark, third.complete) == (first.id, 2, "s:2026-02-03", False)


def test_a_delivery_that_is_refused_moves_no_mark(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    two_fetched(session, world, clock, release, tmp_path)
    first, second = session.scalars(select(Delivery).order_by(Delivery.id))
    second.state = DeliveryState.REFUSED
    session.flush()
    assert delivery_fetch.standing(session, release, "relief", first.area_path).mark == "s:2026-02-02"


def test_without_its_whole_the_increments_prove_nothing_and_the_whole_is_fetched_again(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    two_fetched(session, world, clock, release, tmp_path)
    first = session.scalars(select(Delivery).order_by(Delivery.id)).first()
    deliveries.withdraw(session, first, reason="取错了", actor=world.actors[OFFICER], now=clock.now())
    assert not any(told.complete for told in deliveries.told_for(session, county_path=first.area_path))
    *_, third = fetched(session, world, clock, release, tmp_path)
    assert (third.follows_id, third.rows, third.complete) == (None, 3, True)


def test_everything_is_fetched_again_when_the_officer_wants_it_or_its_days_are_over(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    two_fetched(session, world, clock, release, tmp_path)
    *_, third = fetched(session, world, clock, release, tmp_path, anew=True)
    assert (third.follows_id, third.rows, third.complete) == (None, 3, True)
    clock.move(days=30)
    *_, fourth = fetched(session, world, clock, release, tmp_path)
    assert (fourth.follows_id, fourth.complete, fourth.as_of) == (None, True, clock.today())


def test_who_is_gone_from_the_register_is_gone_with_the_next_whole_fetching_and_not_before(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    two_fetched(session, world, clock, release, tmp_path)
    engine = create_engine(f"sqlite:///{tmp_path / 'zjk.sqlite'}")
    with engine.begin() as connection:
        connection.execute(delete(Table("v_lszz", MetaData(), autoload_with=engine)).where(Column("gxsj") == "2026-02-01"))
    engine.dispose()
    assert len(fetched(session, world, clock, release, tmp_path)) == 2 and told(session) == "没有新的行"
    clock.move(days=30)
    *_, third = fetched(session, world, clock, release, tmp_path)
    assert (third.rows, third.complete) == (2, True)


def test_another_source_begins_anew(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    given = two_fetched(session, world, clock, release, tmp_path)
    (tmp_path / "other").mkdir()
    connect(session, world, clock, release, put(tmp_path / "other", given[:2]))
    *_, third = fetched(session, world, clock, release, tmp_path)
    assert (third.follows_id, third.rows) == (None, 2)


def test_nothing_is_fetched_while_the_last_one_is_not_read(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    connect(session, world, clock, release, put(tmp_path, rows(session, world, clock)))
    for _ in range(2):
        delivery_fetch.ask(session, release, actor=world.actors[OFFICER], now=clock.now(), anew=True)
        carried_out(session, clock, tmp_path, owed(session)[0])
    assert len(session.scalars(select(Delivery)).all()) == 1 and "还没有读完" in told(session)


def arranged(session: Session, world: World, clock: StandingClock, release: AdapterRelease, rhythm: Rhythm = Rhythm.DAILY,
             **how: int) -> None:
    fetch_plans.arrange(session, release, rhythm=rhythm, hour=how.get("hour", 2), whole_days=how.get("whole_days", 30),
                        actor=world.actors[OFFICER], now=clock.now())
    session.flush()


def owe_what_is_due(session: Session, clock: StandingClock) -> int:
    return fetch_plans.owe(session, fetch_plans.due(session, now=clock.now()), now=clock.now())


def test_what_is_arranged_is_owed_once_in_each_period_from_the_next_on(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    connect(session, world, clock, release, put(tmp_path, rows(session, world, clock)))
    arranged(session, world, clock, release)
    assert owe_what_is_due(session, clock) == 0
    clock.move(days=1)
    assert (owe_what_is_due(session, clock), owe_what_is_due(session, clock)) == (1, 0)
    (item,) = owed(session)
    carried_out(session, clock, tmp_path, item)
    (row,) = read(session, clock, tmp_path)
    assert (row.state, row.sent_by_id, row.complete) == (DeliveryState.DONE, world.actors[OFFICER].user_id, True)
    arranged(session, world, clock, release, Rhythm.NEVER)
    clock.move(days=40)
    assert owe_what_is_due(session, clock) == 0


def test_in_the_name_of_an_officer_who_left_nothing_is_fetched_and_the_department_is_told(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    connect(session, world, clock, release, put(tmp_path, rows(session, world, clock)))
    arranged(session, world, clock, release)
    session.execute(update(Grant).where(Grant.user_id == world.actors[OFFICER].user_id).values(revoked_at=clock.now()))
    clock.move(days=1)
    assert owe_what_is_due(session, clock) == 0 and owed(session) == []
    plan = fetch_plans.plan_of(session, release.name, world.areas["county"].path)
    assert plan is not None and "已不在本部门岗位" in plan.stopped
    clock.move(days=1)
    assert fetch_plans.due(session, now=clock.now()) == []


def test_what_was_arranged_and_failed_is_tried_again_later_and_not_for_ever(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    connect(session, world, clock, release, f"sqlite:///{tmp_path / 'nothing.sqlite'}")
    arranged(session, world, clock, release)
    clock.move(days=1)
    assert owe_what_is_due(session, clock) == 1
    waited = []
    while items := owed(session):
        waited.append(round((items[0].due_at - clock.now()).total_seconds() / 3600))
        clock.move(minutes=waited[-1] * 60)
        carried_out(session, clock, tmp_path, items[0])
    assert waited == [0, 1, 2, 4, 8] and "中间库" in told(session)


@pytest.mark.parametrize(("how", "field"), [({"hour": 24}, "hour"), ({"whole_days": 0}, "whole_days"), ({"whole_days": 61}, "whole_days")])
def test_a_plan_that_would_let_vanished_rows_mislead_is_refused(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, how: dict[str, int], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        arranged(session, world, clock, release, **how)
    assert set(refused.value.problems) == {field}
    with pytest.raises(NotPermitted):
        fetch_plans.arrange(session, release, rhythm=Rhythm.DAILY, hour=2, whole_days=30, actor=world.actors[OTHER], now=clock.now())


@pytest.mark.parametrize(("last", "complete"), [("2025-12-02", True), ("2025-12-01", False)])
def test_a_register_that_nobody_keeps_up_proves_no_absence(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path, last: str, complete: bool) -> None:
    connect(session, world, clock, release, put(tmp_path, [{**row, "gxsj": last} for row in rows(session, world, clock)]))
    (row,) = fetched(session, world, clock, release, tmp_path)
    assert (row.state, row.complete, "太久没有更新" in told(session)) == (DeliveryState.DONE, complete, not complete)


@pytest.mark.parametrize("unpaged", [False, True])
def test_only_a_platform_that_gave_everything_proves_absence(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path, unpaged: bool) -> None:
    with a_platform(Desk(records=list(rows(session, world, clock)), unpaged=unpaged)) as address:
        adapters.set_settings(session, release, {
            "transport": "platform", "transport_address": address, "transport_from_relief": "/data", "transport_token_address": "/token",
            "transport_application": "fanpin", "transport_secret": SECRET}, actor=world.actors[OFFICER], now=clock.now(), reach=HERE)
        delivery_fetch.ask(session, release, actor=world.actors[OFFICER], now=clock.now())
        (item,) = owed(session)
        payload, item.state = item.payload, "done"
        session.commit()
        Jobs(tmp_path / "files", tmp_path, HERE).fetch(session, payload, clock.now())
    (row,) = read(session, clock, tmp_path)
    assert (row.rows, row.complete, "不能证明查全" in told(session)) == (3, not unpaged, unpaged)


def test_nothing_new_sends_nothing(session: Session, world: World, clock: StandingClock, release: AdapterRelease,
                                   tmp_path: Path) -> None:
    connect(session, world, clock, release, put(tmp_path, rows(session, world, clock)))
    assert len(fetched(session, world, clock, release, tmp_path)) == len(fetched(session, world, clock, release, tmp_path)) == 1


def test_a_system_that_is_down_leaves_one_sentence_and_blames_no_adapter(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    connect(session, world, clock, release, f"sqlite:///{tmp_path / 'nothing.sqlite'}")
    assert fetched(session, world, clock, release, tmp_path) == []
    (kept,) = session.scalars(select(AdapterFailure)).all()
    assert "中间库" in kept.text and release.failures == 0


def test_only_the_departments_own_officer_fetches_and_only_where_a_source_is_set(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    with pytest.raises(NotAllowedHere, match="还没有设置"):
        delivery_fetch.ask(session, release, actor=world.actors[OFFICER], now=clock.now())
    with pytest.raises(NotPermitted):
        delivery_fetch.ask(session, release, actor=world.actors[OTHER], now=clock.now())
