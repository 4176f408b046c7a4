"""A county tries whether its settings lead to the department's system: what comes is told and not kept."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, create_engine, func, insert, select
from sqlalchemy.orm import Session

import fanpin_civil_affairs
from fanpin.adapters import distributions, run
from fanpin.models.adapters import AdapterRelease
from fanpin.models.audit import AuditDetail
from fanpin.models.county import Batch, FactRow
from fanpin.models.types import Json
from fanpin.steps import adapter_trials, adapters
from fanpin.steps.adapter_connections import Jobs
from tests.adapters.platform_server import HERE, SECRET, Desk, a_platform
from tests.conftest import StandingClock
from tests.world import World

OFFICER = "bm.civil-affairs"
SHEET = Path(str(fanpin_civil_affairs.__file__)).parent / "samples" / "relief.csv"


@pytest.fixture
def release(session: Session, clock: StandingClock) -> AdapterRelease:
    installed = distributions.find("fanpin-civil-affairs")
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    return session.scalars(select(AdapterRelease)).one()


@pytest.fixture
def rows() -> list[dict[str, str]]:
    with open(SHEET, encoding="utf-8", newline="") as sheet:
        return list(csv.DictReader(sheet))


@pytest.fixture
def platform(rows: list[dict[str, str]]) -> Iterator[str]:
    with a_platform(Desk(records=list(rows))) as address:
        yield address


def tried(session: Session, world: World, clock: StandingClock, release: AdapterRelease, folder: Path,
          **settings: str) -> dict[str, Json]:
    actor = world.actors[OFFICER]
    adapters.set_settings(session, release, {f"transport_{name}" if name else "transport": value for name, value in
                                             {"": settings.pop("way"), **settings}.items()}, actor=actor, now=clock.now(), reach=HERE)
    row = adapter_trials.ask(session, release, actor=actor, now=clock.now(), connection=True)
    number = row.id
    session.commit()
    Jobs(folder, HERE).carry_out(session, {"trial": number}, clock.now())
    session.commit()
    session.expire_all()
    return {part["title"]: part for part in adapter_trials.latest(session, release).result}


def test_the_first_rows_of_a_database_are_told_and_nothing_is_kept(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, rows: list[dict[str, str]],
        tmp_path: Path) -> None:
    table = Table("v_lszz", MetaData(), *(Column(name, Text) for name in rows[0]))
    engine = create_engine(f"sqlite:///{tmp_path / 'zjk.sqlite'}")
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [*rows, {**rows[0], "发放日期": "昨天"}])
    engine.dispose()
    told = tried(session, world, clock, release, tmp_path, way="database", address=f"sqlite:///{tmp_path / 'zjk.sqlite'}",
                 from_relief="v_lszz")
    assert list(told) == ["临时救助发放（试取）"]
    assert (told["临时救助发放（试取）"]["rows"], told["临时救助发放（试取）"]["mapped"]) == (9, 8)
    assert told["临时救助发放（试取）"]["facts"] == [["临时救助", 8]]
    assert session.scalar(select(func.count()).select_from(FactRow)) == session.scalar(select(func.count()).select_from(Batch)) == 0


def test_a_platform_is_reached_with_its_token_and_no_secret_is_told(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, platform: str, tmp_path: Path) -> None:
    told = tried(session, world, clock, release, tmp_path, way="platform", address=platform, from_relief="/data",
                 token_address="/token", application="fanpin", secret=SECRET)
    assert told["临时救助发放（试取）"]["mapped"] == 8
    told = tried(session, world, clock, release, tmp_path, way="platform", address=platform, from_relief="/data", secret="falsch")
    assert "核对应用编号和密钥" in told["临时救助发放（试取）"]["refused"]
    assert not any(SECRET in payload or "falsch" in payload for payload in session.scalars(select(AuditDetail.payload)))
    assert release.failures == 0


def test_without_a_source_nothing_is_fetched_and_the_page_says_what_to_do(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    told = tried(session, world, clock, release, tmp_path, way="database")
    assert [part["refused"] for part in told.values()] == ["还没有设置从哪里取，请先填写设置"]
    told = tried(session, world, clock, release, tmp_path, way="sheet", from_relief="v_lszz")
    assert [part["refused"] for part in told.values()] == ["设置的是按表格报送，没有取"]


def test_a_setting_that_leads_to_the_platforms_own_files_is_refused(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    (tmp_path / "exchange").mkdir()
    told = tried(session, world, clock, release, tmp_path / "exchange", way="database",
                 address=f"sqlite:///{tmp_path / 'fanpin.sqlite'}", from_relief="member")
    assert "exchange" in told["临时救助发放（试取）"]["refused"]
