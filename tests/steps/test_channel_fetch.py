"""Declarations fetched from a platform's 中间库 go the way of its export: each once, and only the new ones next time."""

from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert, select
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.models.adapters import AdapterFetch, AdapterRelease
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.models.outbox import OutboxItem
from fanpin.rules.intake import LeadImportState
from fanpin.rules.refusals import NotAllowedHere, NotPermitted
from fanpin.steps import adapters, channel_fetch, channel_reading, channels
from tests.conftest import StandingClock
from tests.world import World

CLERK = "xian.ban"


@pytest.fixture
def release(session: Session, clock: StandingClock) -> AdapterRelease:
    installed = distributions.find("fanpin-channel-12317")
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    return channels.offered(session)[0]


def order(number: int, village: str) -> dict[str, str]:
    return {"工单编号": f"GD{number}", "来电时间": f"2026-02-0{number}", "来电人": "测试阿朵", "涉及行政村": village, "诉求类型": "求助",
            "诉求内容": f"第{number}个电话", "gxsj": f"2026-02-0{number}"}


def put(folder: Path, *given: dict[str, str]) -> str:
    address = f"sqlite:///{folder / 'zjk.sqlite'}"
    engine = create_engine(address)
    table = Table("v_gd", MetaData(), *(Column(name, Text) for name in given[0]))
    table.create(engine, checkfirst=True)
    with engine.begin() as connection:
        connection.execute(insert(table), list(given))
    engine.dispose()
    return address


def connect(session: Session, world: World, clock: StandingClock, release: AdapterRelease, address: str) -> None:
    adapters.set_settings(session, release, {"transport": "database", "transport_address": address, "transport_from_orders": "v_gd gxsj"},
                          actor=world.actors[CLERK], now=clock.now())
    session.commit()


def fetched(session: Session, world: World, clock: StandingClock, release: AdapterRelease, folder: Path) -> list[LeadImport]:
    clock.move(minutes=1)
    assert channel_fetch.ask(session, release, actor=world.actors[CLERK], now=clock.now()) == 1
    session.commit()
    item = session.scalars(select(OutboxItem).where(OutboxItem.kind == channel_fetch.FETCH).order_by(OutboxItem.id.desc())).first()
    assert item is not None
    payload, item.state = item.payload, "done"
    session.commit()
    channel_fetch.Jobs(folder / "files", folder).fetch(session, payload, clock.now())
    session.commit()
    for number in session.scalars(select(LeadImport.id).where(LeadImport.state == LeadImportState.WAITING)).all():
        session.commit()
        channel_reading.Jobs(folder / "files").read(session, {"import": number}, clock.now())
        session.commit()
    session.expire_all()
    return list(session.scalars(select(LeadImport).order_by(LeadImport.id)))


def words(session: Session) -> str:
    return session.scalars(select(AdapterFetch.words)).one()


def test_what_is_fetched_becomes_leads_once_and_then_only_what_is_new(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    village = world.areas["village"].name
    connect(session, world, clock, release, put(tmp_path, order(1, village), order(2, village)))
    (first,) = fetched(session, world, clock, release, tmp_path)
    assert (first.state, first.taken, first.created_by) == (LeadImportState.DONE, 2, world.actors[CLERK].name)
    assert len(fetched(session, world, clock, release, tmp_path)) == 1 and words(session) == "没有新的申报"
    put(tmp_path, order(3, village))
    _, later = fetched(session, world, clock, release, tmp_path)
    assert (later.rows, later.taken, later.repeated) == (2, 1, 1)
    assert session.scalars(select(Lead.statement).order_by(Lead.id)).all() == ["第1个电话", "第2个电话", "第3个电话"]


def test_a_platform_that_does_not_answer_is_said_and_nothing_is_imported(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> None:
    connect(session, world, clock, release, f"sqlite:///{tmp_path / 'nothing.sqlite'}")
    assert fetched(session, world, clock, release, tmp_path) == []
    assert "请核对地址、账号和权限" in words(session)


def test_only_the_county_fetches_and_only_where_the_settings_lead_somewhere(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> None:
    with pytest.raises(NotAllowedHere, match="还没有设置"):
        channel_fetch.ask(session, release, actor=world.actors[CLERK], now=clock.now())
    with pytest.raises(NotAllowedHere, match="县级"):
        channel_fetch.ask(session, release, actor=world.actors["xiang.gan"], now=clock.now())
    with pytest.raises(NotPermitted):
        channel_fetch.ask(session, release, actor=world.actors["cun.gan"], now=clock.now())
