"""The page of the 政府救助平台: content to copy and download, sending by the system, taking a cancelled notice down."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.adapters import distributions, run
from fanpin.adapters.reach import Reach
from fanpin.models.adapters import AdapterRelease
from fanpin.models.notices import NoticePlace
from fanpin.steps import adapters, publicity
from fanpin.worker import drain
from tests.adapters.platform_server import SECRET, Desk, a_platform
from tests.conftest import StandingClock
from tests.lists import HEADS, Road
from tests.world import World, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    installed = distributions.find("fanpin-outlet-rescue-platform")
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    return Road(session, world, clock)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with a_platform(desk) as where:
        yield where


def made(app: Flask, session: Session, road: Road) -> NoticePlace:
    place = road.noticed((HEADS[0], "group1"), (HEADS[2], "group2")).places[-1]
    session.commit()
    drain(app)
    session.expire_all()
    return place


def test_the_clerk_copies_downloads_and_posts_by_hand(app: Flask, session: Session, road: Road) -> None:
    place = made(app, session, road)
    client = log_in(app, "cun.gan")
    page = words(client.get(f"/notice-places/{place.ref}"))
    assert "要发布的内容" in page and HEADS[2] in page and "由系统发送到平台" not in page and "登记发布" in page
    answer = client.get(f"/notice-places/{place.ref}/sheet")
    rows = [row.cells for row in sheets.read(answer.data).rows]
    assert rows[0][2] == "户主姓名" and [row[2] for row in rows[1:]] == [HEADS[0], HEADS[2]]
    answer = client.post(f"/notice-places/{place.ref}/content", follow_redirects=True)
    assert "正在重新生成" in words(answer)
    assert client.post(f"/notice-places/{place.ref}/send").status_code in (403, 409, 422)


def test_a_group_cadre_neither_reads_nor_sends_what_goes_to_the_platform(app: Flask, session: Session, road: Road) -> None:
    place = made(app, session, road)
    client = log_in(app, "zu.zhang")
    assert client.get(f"/notice-places/{place.ref}/sheet").status_code == 404
    assert client.post(f"/notice-places/{place.ref}/send").status_code == 404


def test_sent_by_the_system_it_counts_when_the_platform_confirms(
        app: Flask, session: Session, road: Road, clock: StandingClock, world: World, desk: Desk, address: str) -> None:
    app.config["FANPIN_SETTINGS"] = replace(app.config["FANPIN_SETTINGS"], exchange_hosts=("127.0.0.1",))
    release = session.scalars(select(AdapterRelease)).one()
    adapters.set_settings(session, release, {
        "transport": "platform", "transport_address": address, "transport_post": "/notices", "transport_token_address": "/token",
        "transport_application": "fanpin", "transport_secret": SECRET}, actor=world.actors["xian.ban"], now=clock.now(),
        reach=Reach(listed=("127.0.0.1",)))
    place = made(app, session, road)
    client = log_in(app, "cun.gan")
    assert "由系统发送到平台" in words(client.get(f"/notice-places/{place.ref}"))
    page = words(client.post(f"/notice-places/{place.ref}/send", follow_redirects=True))
    assert "正在发送" in page and "确认以前不算已发布" in page and "登记发布</button>" not in page
    drain(app)
    session.expire_all()
    page = words(client.get(f"/notices/{place.notice.ref}"))
    assert "系统发送" in page and "https://zfjz.example.invalid/1" in page and "平台回执.txt" in page


def test_a_cancelled_notice_is_on_the_desk_until_it_is_down(app: Flask, session: Session, road: Road, world: World, clock: StandingClock) -> None:
    place = made(app, session, road)
    publicity.post(session, place, posted_at=clock.now(), posted_on=clock.today(), where="", address="https://zfjz.example.invalid/x",
                   file_id=road.screenshot(), actor=world.actors["cun.gan"], **road.when)
    publicity.cancel(session, place.notice, reason="写错了", actor=world.actors["cun.gan"], **road.when)
    session.commit()
    client = log_in(app, "cun.gan")
    assert "从平台撤下已撤销的公示" in words(client.get("/"))
    page = words(client.get(f"/notice-places/{place.ref}/down"))
    assert "https://zfjz.example.invalid/x" in page
    answer = client.post(f"/notice-places/{place.ref}/down", data={"down_on": clock.today().isoformat()}, follow_redirects=True)
    assert "已登记从平台撤下" in words(answer)
    assert "从平台撤下已撤销的公示" not in words(client.get("/"))


def test_the_county_sees_the_outlets_and_sets_them_and_a_department_does_not(app: Flask, session: Session, road: Road) -> None:
    release = session.scalars(select(AdapterRelease)).one()
    session.commit()
    client = log_in(app, "xian.ban")
    assert "政府救助平台" in words(client.get("/outlets/")) and "公示发布" in words(client.get("/adapters"))
    assert "怎么发布" in words(client.get(f"/adapters/{release.ref}", follow_redirects=True))
    answer = client.post(f"/adapters/{release.ref}/settings", data={"set_column": "村务公开", "set_transport": "hand"}, follow_redirects=True)
    assert "已保存" in words(answer) and "村务公开" in words(answer)
    officer = log_in(app, "bm.health")
    assert officer.get("/outlets/").status_code == 404 and officer.get(f"/outlets/{release.ref}").status_code == 404
