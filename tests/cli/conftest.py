"""A real installation made once, copied for each test, and the command line run in this process."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fanpin import crypto, security
from fanpin.cli import commands
from tests.conftest import POSTGRESQL, postgresql_database

COUNTY = "530602"
Run = Callable[..., Result]


def fanpin(instance: Path, *arguments: str, **environment: str) -> Result:
    """Run `fanpin` on an instance, with the cheap passwords of tests."""
    given = {"FANPIN_PASSWORD_PROFILE": "test", "FANPIN_INSTANCE": None, "FANPIN_DATABASE_URL": None, **environment}
    result = CliRunner().invoke(commands, ["--instance", str(instance), *map(str, arguments)], env=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(autouse=True)
def _ambient_keys(keyring: crypto.Keyring) -> Iterator[None]:
    """Give the other tests their keys back: every command loads its instance's own."""
    yield
    crypto.init_keyring(keyring)
    security.set_password_profile("test")


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> Iterator[Path]:
    """Install once: 16,495 areas take a moment."""
    folder = tmp_path_factory.mktemp("pristine") / "instance"
    result = fanpin(folder, "init", "--county", COUNTY)
    assert result.exit_code == 0, result.output
    crypto.init_keyring(keyring)
    yield folder


@pytest.fixture
def instance(pristine: Path, tmp_path: Path) -> Path:
    """Return a copy of the installation."""
    return Path(shutil.copytree(pristine, tmp_path / "instance"))


@pytest.fixture
def run(instance: Path) -> Run:
    """Run a command on the copy."""
    return lambda *arguments, **environment: fanpin(instance, *arguments, **environment)


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        yield from postgresql_database()
