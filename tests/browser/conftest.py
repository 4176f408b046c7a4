"""The application served on a free port of this machine, and people who use it in Chromium."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session
from waitress.server import create_server

from tests.browser.people import ARGUMENTS, CHROMIUM, Person
from tests.conftest import StandingClock
from tests.world import World

WIDE, PHONE = 1100, 390
As = Callable[..., Person]


@dataclass
class Live:
    """The served application: where it is, its clock, its database."""

    app: Flask
    url: str
    clock: StandingClock
    session: Session
    world: World

    def now(self) -> dict[str, object]:
        """Return when it is, as the builders want it."""
        return {"now": self.clock.now(), "today": self.clock.today()}

    def settle(self) -> None:
        """Let go of the database, so that the served application may write."""
        self.session.commit()
        self.session.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def live(app: Flask, session: Session, world: World, clock: StandingClock) -> Iterator[Live]:
    """Serve the cast's world as on a county's server: with CSRF tokens, on the loopback interface."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield Live(app, f"http://127.0.0.1:{server.effective_port}", clock, session, world)
    session.close()
    server.close()
    thread.join(5)


@pytest.fixture
def as_(live: Live, chromium: Browser) -> Iterator[As]:
    """Return a function that seats a person of the cast at a browser of his own and logs him in."""
    seated: dict[tuple[str, int, bool], Person] = {}

    def take(username: str, *, width: int = WIDE, scripts: bool = True) -> Person:
        key = (username, width, scripts)
        if key not in seated:
            context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts,
                                           locale="zh-CN", timezone_id="Asia/Shanghai")
            context.set_default_timeout(float(os.environ.get("FANPIN_BROWSER_TIMEOUT", "10000")))
            seated[key] = Person(context.new_page(), live.url, username)
        return seated[key].at_work()

    yield take
    for person in seated.values():
        person.page.context.close()
