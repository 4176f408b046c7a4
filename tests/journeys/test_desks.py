"""Everybody's first page in the demo: work of the day, and no link to a page that its owner may not open."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fanpin import crypto
from fanpin.app import create_app
from fanpin.cli.demo_people import PASSWORD, STAFF
from fanpin.config import Settings
from fanpin.rules.roles import Role

OFFICERS = ("bm-public-security", "bm-emergency")
DESKS = [post.username for post in STAFF if post.role is not Role.DEPARTMENT_OFFICER or post.username in OFFICERS]
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')


@pytest.fixture(scope="module")
def served(made: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> Iterator[Flask]:
    """Serve a copy of the demo: to log in is to write."""
    folder = Path(shutil.copytree(made[0], tmp_path_factory.mktemp("served") / "instance"))
    own = crypto.Keyring.load(folder / "keys.json")
    crypto.init_keyring(own)
    app = create_app(Settings.load({"FANPIN_PASSWORD_PROFILE": "test"}, instance=folder), keyring=own)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    crypto.init_keyring(keyring)


def at_desk(served: Flask, username: str) -> FlaskClient:
    """Log in as somebody of the demo."""
    client = served.test_client()
    assert client.post("/login", data={"username": username, "password": PASSWORD}).status_code in (302, 303)
    return client


@pytest.mark.parametrize("username", DESKS)
def test_every_link_of_a_desk_opens(served: Flask, username: str) -> None:
    client = at_desk(served, username)
    page = client.get("/").get_data(as_text=True)
    links = {link.replace("&amp;", "&") for link in LINK.findall(page)} - {"/logout"}
    refused = {link: status for link in sorted(links) if (status := client.get(link, follow_redirects=True).status_code) != 200}
    assert links and refused == {}


@pytest.mark.parametrize("username", ["cun", "cun2", "cun3", "xiang", "xiang2", "xian", "xianshen", "bm-education", "zhuze"])
def test_who_works_finds_work(served: Flask, username: str) -> None:
    assert "现在没有待办" not in at_desk(served, username).get("/").get_data(as_text=True)
