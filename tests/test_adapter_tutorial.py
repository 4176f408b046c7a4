"""The tutorial of docs/adapters.md, command by command, in a fresh environment with the built wheel alone."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house import ROOT

TUTORIAL = (ROOT / "docs" / "adapters.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(console|python|csv)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PACKAGES = Path(sysconfig.get_path("purelib"))
# Ours in the checkout: the environment gets fanpin from its wheel, and no plugin.
OURS = re.compile(r"fanpin|__editable__|__pycache__", re.IGNORECASE)


@dataclass(frozen=True)
class Fresh:
    """An environment of its own and the folder in which the reader works."""

    environment: Path
    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        """Return the reader's surroundings; passwords are hashed as cheaply as in all tests."""
        path = f"{self.environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", "FANPIN_PASSWORD_PROFILE": "test"}

    def run(self, line: str) -> str:
        """Run a line of the tutorial as the reader would; it must succeed."""
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, capture_output=True, text=True, check=False, env=self.variables)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Make the environment: the locked libraries, and fanpin from a wheel built of a copy."""
    environment, copy = tmp_path_factory.mktemp("fresh") / "env", tmp_path_factory.mktemp("copy")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    packages = environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for item in PACKAGES.iterdir():
        if not OURS.search(item.name):
            (shutil.copytree if item.is_dir() else shutil.copy)(item, packages / item.name, **_linked(item))
    for name in ("setup.cfg", "pyproject.toml", "requirements.in", "README.md"):
        shutil.copy(ROOT / name, copy)
    for name in ("fanpin", "templates", "migrations"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    found = Fresh(environment, tmp_path_factory.mktemp("reader"))
    found.run(f"python -m pip wheel --quiet --no-deps --no-build-isolation --no-index -w {copy}/dist {copy}")
    found.run(f"python -m pip install --quiet --no-deps --no-index {copy}/dist/*.whl")
    return found


def _linked(item: Path) -> dict[str, object]:
    # Linked, not copied: the libraries are large, and the confined children may read below their own prefix only.
    return {"copy_function": os.link, "symlinks": True} if item.is_dir() else {}


def blocks() -> Iterator[tuple[str, str, str]]:
    return ((kind, target, body) for kind, target, body in BLOCK.findall(TUTORIAL))


@pytest.fixture(scope="module")
def said(fresh: Fresh) -> dict[str, str]:
    """Do all that the tutorial says up to the last command, which serves; return what each command said."""
    told: dict[str, str] = {}
    for kind, target, body in blocks():
        if kind == "console":
            for line in body.splitlines():
                assert line.startswith("$ "), line
                told[line[2:]] = fresh.run(line[2:]) if " serve " not in line else ""
        elif target:
            (fresh.folder / target).write_text(body, encoding="utf-8")
    return told


def test_every_command_of_the_tutorial_does_what_it_says(fresh: Fresh, said: dict[str, str]) -> None:
    assert len(said) == 14
    assert said["fanpin adapter check fanpin-shuiwu"].endswith("检查通过。\n")
    assert "没有未通过的" in next(out for line, out in said.items() if "certify" in line)
    assert (fresh.folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert '"value": "operating"' in next(out for line, out in said.items() if "adapter run" in line)
    assert "fanpin-shuiwu 1.0" in said["fanpin adapter list"] and said["fanpin adapter list"].endswith("共1个，可用1个。\n")
    assert fresh.run("cd fanpin-shuiwu && python -m pytest -q -p no:cacheprovider").count("7 passed") == 1


def test_the_adapter_of_the_tutorial_is_forty_lines_at_most() -> None:
    module = next(body for kind, target, body in blocks() if target.endswith("fanpin_shuiwu.py"))
    assert len([line for line in module.splitlines() if line.strip()]) <= 40
