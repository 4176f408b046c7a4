"""The page on which a department's officer sees how far each table has been fetched, and arranges the rest."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.models.adapters import AdapterPlan, AdapterRelease
from fanpin.steps import adapters, fetch_plans
from fanpin.worker import Worker, drain
from tests.conftest import StandingClock
from tests.counting import statements
from tests.steps.test_delivery_fetch import OFFICER, OTHER, connect, put, rows
from tests.world import World, log_in


@pytest.fixture
def page(app: Flask, session: Session, world: World, clock: StandingClock, tmp_path: Path) -> str:
    """Connect an adapter to a database and return the address of its page."""
    installed = distributions.find("fanpin-civil-affairs")
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    release = session.scalars(select(AdapterRelease)).one()
    exchange = app.config["FANPIN_SETTINGS"].files_dir.parent / "exchange" / tmp_path.name
    exchange.mkdir(parents=True)
    connect(session, world, clock, release, put(exchange, rows(session, world, clock)))
    session.commit()
    return f"/adapters/{release.ref}/fetching"


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def test_an_officer_fetches_sees_how_far_it_went_and_fetches_everything_once_more(app: Flask, session: Session, page: str) -> None:
    officer = log_in(app, OFFICER)
    assert "还没有" in text(officer, page)
    assert officer.post(f"{page}/latest").status_code == 302
    session.rollback()
    drain(app)
    said = text(officer, page)
    assert said.count("2026-03-02") >= 3 and "取到整张表，已报送" in said
    assert officer.post(f"{page}/latest").status_code == 302
    session.rollback()
    drain(app)
    assert "没有新的行" in text(officer, page)
    officer.post(f"{page}/anew")
    session.rollback()
    drain(app)
    assert "已经由" in text(officer, page)


def test_what_is_arranged_on_the_page_is_owed_by_the_worker(
        app: Flask, session: Session, world: World, clock: StandingClock, page: str) -> None:
    officer = log_in(app, OFFICER)
    refused = officer.post(page, data={"rhythm": "daily", "hour": "2", "whole_days": "90", "folder": "none"})
    assert refused.status_code == 422 and "1到60天" in refused.get_data(as_text=True)
    assert officer.post(page, data={"rhythm": "daily", "hour": "2", "whole_days": "30", "folder": "none"}).status_code == 302
    assert "的名义报送" in text(officer, page)
    session.rollback()
    clock.move(days=1)
    with Worker(app) as worker:
        worker.fetch_where_due()
        worker.drain()
    assert "取到整张表，已报送" in text(log_in(app, OFFICER), page)


def test_whoever_follows_is_told_that_the_fetching_stopped(
        app: Flask, session: Session, world: World, clock: StandingClock, page: str) -> None:
    officer = log_in(app, OFFICER)
    officer.post(page, data={"rhythm": "daily", "hour": "2", "whole_days": "30", "folder": "none"})
    session.rollback()
    session.execute(update(AdapterPlan).values(set_by_id=world.actors[OTHER].user_id))
    fetch_plans.owe(session, list(session.scalars(select(AdapterPlan.id))), now=clock.now())
    session.commit()
    assert "恢复自动取数" in text(officer, "/") and "自动取数已停" in text(officer, page)
    officer.post(page, data={"rhythm": "weekly", "hour": "3", "whole_days": "30", "folder": "none"})
    assert "恢复自动取数" not in text(officer, "/") and "自动取数已停" not in text(officer, page)


def test_another_departments_officer_finds_no_such_page(app: Flask, page: str) -> None:
    stranger = log_in(app, OTHER)
    assert [stranger.get(page).status_code, stranger.post(f"{page}/anew").status_code] == [404, 404]


def test_the_page_asks_the_database_as_often_however_much_was_fetched(app: Flask, session: Session, page: str) -> None:
    officer = log_in(app, OFFICER)
    with statements() as before:
        text(officer, page)
    officer.post(f"{page}/latest")
    session.rollback()
    drain(app)
    with statements() as after:
        text(officer, page)
    assert len(after) <= len(before) + 1


def test_the_page_stands_under_the_departments_adapters(app: Flask, page: str) -> None:
    said = text(log_in(app, OFFICER), page)
    assert '<a href="/adapters" aria-current="page">部门数据接口</a>' in said
