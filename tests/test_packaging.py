"""What a stranger installs: the wheel holds everything, the lock names nothing of ours, the scripts run."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OUTSIDE = {"templates": "templates", "migrations": "migrations"}
INSIDE = ("fonts", "data", "static")
SCRIPTS = [*sorted(path for path in (ROOT / "script").iterdir() if path.is_file()), ROOT / ".ci" / "run"]


def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def direct_requirements(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[<>=]", line)[0].lower() for line in lines if line and not line.startswith("#")}


def files_under(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel, without a network, from a copy: an old build/ beside the sources would ship removed files."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("setup.cfg", "pyproject.toml", "requirements.in", "README.md"):
        shutil.copy(ROOT / name, copy)
    for name in ("fanpin", "templates", "migrations"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", "dist", "."]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = (copy / "dist").glob("*.whl")
    return set(zipfile.ZipFile(made).namelist())


def test_the_wheel_holds_every_template_and_migration(wheel: set[str]) -> None:
    expected = {f"fanpin/{package}/{name}" for package, folder in OUTSIDE.items() for name in files_under(ROOT / folder)}
    assert expected - wheel == set()


def test_the_wheel_holds_every_font_datum_and_static_file(wheel: set[str]) -> None:
    expected = {f"fanpin/{folder}/{name}" for folder in INSIDE for name in files_under(ROOT / "fanpin" / folder)}
    assert len(expected) > 10
    assert expected - wheel == set()


def test_the_wheel_holds_every_file_of_the_package(wheel: set[str]) -> None:
    assert {f"fanpin/{name}" for name in files_under(ROOT / "fanpin")} - wheel == set()


def test_the_wheel_holds_nothing_that_is_not_in_the_checkout(wheel: set[str]) -> None:
    known = {f"fanpin/{name}" for name in files_under(ROOT / "fanpin")}
    known |= {f"fanpin/{package}/{name}" for package, folder in OUTSIDE.items() for name in files_under(ROOT / folder)}
    assert {name for name in wheel if ".dist-info/" not in name} - known == set()


def test_setup_cfg_lists_every_package() -> None:
    folders = {path.parent for path in (ROOT / "fanpin").rglob("*.py")}
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    listed = set(setup()["options"]["packages"].split())
    assert listed == found | {f"fanpin.{name}" for name in OUTSIDE}


def test_the_lock_pins_every_direct_requirement_with_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9-]+)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, flags=re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[^#\s]", text, flags=re.MULTILINE))
    wanted = direct_requirements("requirements.in") | direct_requirements("requirements-dev.in")
    assert wanted - set(pins) == set()


def test_the_lock_names_no_address_and_no_path() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host|(?<![\w.])/\w+", text) == []


def test_every_direct_requirement_has_its_reason() -> None:
    reasons = set(re.findall(r"^\| `([^`]+)` \| \S", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"), re.MULTILINE))
    wanted = direct_requirements("requirements.in") | direct_requirements("requirements-dev.in")
    assert wanted == {reason.lower() for reason in reasons}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_executable_and_stops_at_the_first_error(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    if text.startswith("#!/usr/bin/env python3\n"):
        # A Python script stops at the first error by itself; this one must stand alone, without fanpin.
        assert "fanpin." not in text
        return
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_bootstrap_refuses_an_option_that_it_does_not_know() -> None:
    done = subprocess.run([ROOT / "script" / "bootstrap", "--everything"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Unknown option --everything" in done.stderr
