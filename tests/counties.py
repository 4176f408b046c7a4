"""Two counties with a case at every stage in three villages: for the tests that ask every page as everybody."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from fanpin import crypto
from fanpin.app import create_app
from fanpin.clock import at_noon
from fanpin.config import Settings
from fanpin.extensions import db
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.roles import Role
from tests import cast
from tests.conftest import TODAY, StandingClock
from tests.settlement import AREAS, BEGUN, Place, Settlement
from tests.world import build_world, employ

L = Role
# Who else is needed so that the neighbours, too, have a case at every stage; and people of another department.
MORE = (
    cast.Part("lin.zhu", "邻驻村", L.RESIDENT_MEMBER, "sibling_village"),
    cast.Part("wai.zhu", "外驻村", L.RESIDENT_MEMBER, "other_village"),
    cast.Part("wai.xiang", "外乡干", L.TOWNSHIP_CADRE, "other_township"),
    cast.Part("wai.zhang", "外乡长", L.TOWNSHIP_LEADER, "other_township"),
    cast.Part("wai.shen", "外县审", L.COUNTY_DECIDER, "other_county"),
    cast.Part("wai.ling", "外领导", L.COUNTY_LEADING_GROUP, "other_county"),
    cast.Part("sheng.wei", "省卫健", L.PROVINCIAL_OFFICER, "province", "health"),
    cast.Part("wai.bang", "外主责", L.LEAD_DEPARTMENT, "other_county", "agriculture"),
    *(cast.Part(f"wai.{part.username}", f"外{part.name}", L.DEPARTMENT_OFFICER, "other_county", part.department)
      for part in cast.OFFICERS.values()),
)
_built: dict[crypto.Keyring, "Counties"] = {}


@dataclass
class Counties:
    """The database as a file to copy, the places in it, and everybody's user name by role."""

    file: Path
    files: Path
    keyring: crypto.Keyring
    places: dict[str, Place]

    def application(self, folder: Path) -> Flask:
        """Open a copy of the database in an application of its own."""
        shutil.copy(self.file, folder / "fanpin.sqlite")
        return application(f"sqlite:///{folder / 'fanpin.sqlite'}", self.files, self.keyring)


def application(url: str, folder: Path, keyring: crypto.Keyring) -> Flask:
    """Build an application whose clock stands and whose forms need no token."""
    crypto.init_keyring(keyring)
    settings = Settings.load({"FANPIN_DATABASE_URL": url, "FANPIN_PASSWORD_PROFILE": "test"}, instance=folder)
    app = create_app(settings, clock=StandingClock(at_noon(TODAY) + timedelta(hours=2)), keyring=keyring)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = FlaskClient
    return app


def once(folder: Path, keyring: crypto.Keyring) -> Counties:
    """Make the two counties at the first call; every test module copies the same file."""
    if keyring not in _built:
        _built[keyring] = build(folder, keyring)
    return _built[keyring]


def build(folder: Path, keyring: crypto.Keyring) -> Counties:
    """Make the two counties in a fresh SQLite file."""
    file = folder / "counties.sqlite"
    app = application(f"sqlite:///{file}", folder, keyring)
    places = fill(app, folder)
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return Counties(file, folder, keyring, places)


def fill(app: Flask, folder: Path) -> dict[str, Place]:
    """Write the cast and every place into an empty database."""
    with app.app_context():
        db.metadata.create_all(db.engine)
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        world = build_world(session, now=at_noon(BEGUN), today=BEGUN)
        for part in MORE:
            world.actors[part.username] = employ(session, world, part, now=at_noon(BEGUN), today=BEGUN)
        session.commit()
        store = app.config["FANPIN_SETTINGS"].files_dir
        places = {key: Settlement(session, world, key, store).place for key in AREAS}
        session.commit()
        db.session.remove()
    return places
