"""Rows fetched from a department's own system go the way of a sheet: matched, counted, once, and only the new ones next time."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert, select
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.models.adapters import AdapterFailure, AdapterRelease
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.refusals import NotAllowedHere, NotPermitted
from fanpin.steps import adapters, delivery_fetch
from fanpin.steps.delivery_fetch import Jobs
from fanpin.steps.delivery_intake import Intake
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


def fetched(session: Session, world: World, clock: StandingClock, release: AdapterRelease, folder: Path) -> list[Delivery]:
    actor = world.actors[OFFICER]
    assert delivery_fetch.ask(session, release, actor=actor, now=clock.now()) == 1
    session.commit()
    payload = {"adapter": release.name, "table": "relief", "officer": actor.user_id, "area": actor.area_path}
    Jobs(folder / "files", folder).fetch(session, payload, clock.now())
    session.commit()
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
