"""The small demo county, made once by the command itself: every planted story is looked up in it by its name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import crypto, security
from fanpin.app import create_app
from fanpin.cli.demo_planted import KEY, Told
from fanpin.config import Settings
from fanpin.extensions import db, read_only
from fanpin.models.areas import Installation
from fanpin.models.cases import Case
from fanpin.models.county import Determination, FindingRow, Resolution
from fanpin.models.households import Household
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from tests.cli.conftest import fanpin


@dataclass
class Demo:
    """The demo's database, and the stories that it says are in it."""

    folder: Path
    session: Session
    told: dict[str, Told]

    def case(self, code: str) -> Case:
        """Return the case of a story."""
        return self.session.scalars(select(Case).join(Household).where(Household.ref == self.told[code].household)).one()

    def findings(self, case: Case) -> list[int]:
        """List the circumstances that were found on a case."""
        return list(self.session.scalars(select(FindingRow.circumstance).where(FindingRow.case_id == case.id, FindingRow.current)))

    def resolution(self, case: Case) -> Resolution:
        """Return what people did with the one hit of a case."""
        return self.session.scalars(select(Resolution).where(Resolution.case_id == case.id)).one()

    def result(self, case: Case) -> str:
        """Return what the county decided."""
        return self.session.scalars(select(Determination).where(Determination.case_id == case.id)).one().result.value


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> tuple[Path, str]:
    """Make the small county; return its folder and what the command said."""
    folder = tmp_path_factory.mktemp("demo") / "instance"
    result = fanpin(folder, "demo", "make", "--households", "180")
    assert result.exit_code == 0, result.output
    crypto.init_keyring(keyring)
    security.set_password_profile("test")
    return folder, result.output


@pytest.fixture(scope="session")
def opened(made: tuple[Path, str]) -> Iterator[tuple[Demo, crypto.Keyring]]:
    """Open the county's database, all of it; tests reach it through `demo`, under its own keys."""
    folder, _ = made
    own = crypto.Keyring.load(folder / "keys.json")
    crypto.init_keyring(own)
    app = create_app(Settings.load({"FANPIN_PASSWORD_PROFILE": "test"}, instance=folder), keyring=own)
    with app.app_context():
        session = db.session()
        read_only(session)
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        rows = session.scalars(select(Installation).where(Installation.key.startswith(KEY))).all()
        yield Demo(folder, session, {told.code: told for told in (Told.read(row.key, row.value) for row in rows)}), own
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def demo(opened: tuple[Demo, crypto.Keyring], keyring: crypto.Keyring) -> Iterator[Demo]:
    """Give the county under its own keys, for as long as the test: others that run between need theirs."""
    county, own = opened
    crypto.init_keyring(own)
    yield county
    crypto.init_keyring(keyring)
