"""The tutorial of docs/adapters.md, command by command, in a fresh environment with the built wheel alone."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fanpin.cli.demo_people import PASSWORD
from tests.house import ROOT
from tests.visitor import Visitor, free_port, listening, plain, wait_until

TUTORIAL = (ROOT / "docs" / "adapters.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(console|python|csv)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PACKAGES = Path(sysconfig.get_path("purelib"))
NEW_PASSWORD = "Shuiwu-2026-lianxi-mima"
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

    @contextmanager
    def served(self, line: str) -> Iterator[str]:
        """Run the line that serves, at a port that is free here; yield the address, and end it."""
        port = free_port()
        process = subprocess.Popen(line.replace("8200", str(port)).split(), cwd=self.folder, env=self.variables, executable=str(
            self.environment / "bin" / "fanpin"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: listening(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


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


def test_the_fact_appears_in_the_joint_review_of_a_case(fresh: Fresh, said: dict[str, str]) -> None:
    """What the last section tells: asked, answered by the department's own sheet, signed, read by the county."""
    line = next(line for line in said if " serve " in line)
    secret = re.search(r"\b[A-Za-z0-9-]{12,}\b", next(out for line, out in said.items() if "user create" in line).split("密码")[-1])
    assert secret is not None
    with fresh.served(line) as address:
        analyst = Visitor(address)
        analyst.log_in("xian", PASSWORD)
        case = next(path for path in analyst.links("/county", r"/cases/\w+/county$") if "发起联审" in analyst.get(path))
        assert "其他部门" in analyst.get(f"{case}/inquire")
        analyst.post(f"{case}/inquire")
        officer = Visitor(address)
        officer.log_in("bm-shuiwu", secret[0])
        officer.post("/password", current=secret[0], new=NEW_PASSWORD, repeat=NEW_PASSWORD)
        (inquiry,) = set(officer.links("/inquiries", r"/inquiries/\w+$"))
        asked = re.findall(r"<h2>(\S+) .*?(\d{17}[\dX])", officer.get(inquiry), re.DOTALL)
        rows = [f"{name},{number},91539999MA6K0A1B2U,正常,356000.50,41,2026-02-27," if at == 0 else f"{name},{number},,,,,,未查到"
                for at, (name, number) in enumerate(asked)]
        sheet = "\n".join(["法定代表人,法定代表人证件号码,纳税人识别号,登记状态,销售额,开票份数,查询日期,查询结果", *rows])
        sent = officer.post("/deliveries/new", source="fanpin-shuiwu:taxes", file=("税务.csv", sheet.encode()), as_of="2026-03-02",
                            covers_from="", complete="yes", register_scope="本县登记的纳税人", contact="")
        wait_until(lambda: 'name="confirmed"' in officer.get(inquiry), lambda: plain(officer.get(sent)) + plain(officer.get(inquiry)))
        officer.post(f"{inquiry}/sign", page=inquiry, note="", confirmed="y")
        review = analyst.get(case)
        assert "其他部门" in review and "实际经营情况" in review and asked[0][0] in review


def test_the_adapter_of_the_tutorial_is_forty_lines_at_most() -> None:
    module = next(body for kind, target, body in blocks() if target.endswith("fanpin_shuiwu.py"))
    assert len([line for line in module.splitlines() if line.strip()]) <= 40
