"""A wheel is looked into before it is installed; one that brings more than a module and samples is refused and named."""

import base64
import hashlib
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath

import pytest

from fanpin import sandbox
from fanpin.adapters import distributions
from fanpin.adapters.check import check
from fanpin.adapters.wheels import DAMAGED, WheelRefused, unpacked
from tests.cli.conftest import fanpin
from tests.conftest import TODAY
from tests.house import ROOT

PLUGIN = ROOT / "plugins" / "fanpin-water"
MODULE, ABOUT = "fanpin_water", "fanpin_water-1.0.dist-info"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build one of the eighteen as its department would."""
    folder, made = tmp_path_factory.mktemp("source") / "fanpin-water", tmp_path_factory.mktemp("made")
    shutil.copytree(PLUGIN, folder)
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "-w", made, folder],
                   check=True)
    return next(made.glob("*.whl"))


def recorded(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def changed(wheel: Path, folder: Path, more: Files, *, record: bool = True) -> Path:
    """Write the wheel with other files, its list made anew as a builder would."""
    with zipfile.ZipFile(wheel) as held:
        files = {name: held.read(name) for name in held.namelist()} | more
    if record:
        files[f"{ABOUT}/RECORD"] = "".join(f"{name},{recorded(content)},{len(content)}\n" for name, content in files.items()).encode()
    made = folder / wheel.name
    with zipfile.ZipFile(made, "w") as written:
        for name, content in files.items():
            written.writestr(name, content)
    return made


def test_a_departments_wheel_passes_and_nothing_of_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    findings = check(wheel, as_of=TODAY)
    assert all(finding.good for finding in findings), findings
    assert any("只有模块和样表" in finding.text for finding in findings) and any("的样表：读" in finding.text for finding in findings)
    installed = unpacked(wheel, tmp_path)
    assert installed.digest == distributions.in_folder(PLUGIN).digest and installed.version == "1.0"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fanpin_water.py", "samples"]


@pytest.mark.parametrize(("name", "content", "words"), [
    ("start.pth", b"import os", "随Python启动自动运行的文件（start.pth）"),
    ("__editable__.water.pth", b"import os", "随Python启动"),
    ("sitecustomize.py", b"", "随Python启动"),
    ("fanpin_water-1.0.data/purelib/x.pth", b"import os", "随Python启动"),
    ("fanpin/evil.py", b"", "模块以外的文件（fanpin/evil.py）"),
    ("json.py", b"", "模块以外的文件"),
    ("fanpin_water-1.0.data/scripts/run", b"#!python", "模块以外的文件"),
    ("fanpin_water-1.0.data/data/bin/run", b"#!python", "模块以外的文件"),
    ("fanpin_water-1.0.data/data/etc/cron.d/x", b"", "模块以外的文件"),
    (f"{ABOUT}/entry_points.txt", b"[fanpin.adapters]\nfanpin-water = fanpin_water\n[console_scripts]\nls = fanpin_water:x\n", "命令或别的入口点"),
    (f"{ABOUT}/entry_points.txt", b"", "现在有0个"),
    (f"{ABOUT}/METADATA", b"Metadata-Version: 2.1\nName: fanpin-water\nVersion: 1.0\nRequires-Dist: requests\n", "依赖别的包（requests）"),
    (f"{ABOUT}/METADATA", b"Metadata-Version: 2.1\nName: fanpin-water\nVersion: 1.0\nRequires-Dist: fanpin-evil\n", "依赖别的包"),
    ("../fanpin_water.py", b"", "指向别处"),
    ("/etc/passwd", b"", "指向别处"),
])
def test_what_brings_more_than_a_module_and_samples_is_named(wheel: Path, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    findings = check(changed(wheel, tmp_path, {name: content}), as_of=TODAY)
    assert [finding.good for finding in findings] == [False] * len(findings) and any(words in finding.text for finding in findings)


def test_a_wheel_that_was_changed_after_it_was_built_is_refused(wheel: Path, tmp_path: Path) -> None:
    with pytest.raises(WheelRefused, match="与安装包的清单不符.*fanpin_water.py"):
        unpacked(changed(wheel, tmp_path, {"fanpin_water.py": b"import os\n"}, record=False), tmp_path / "x")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 torn"])
def test_a_torn_file_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.whl").write_bytes(content)
    assert [finding.text for finding in check(tmp_path / "a.whl", as_of=TODAY)] == [DAMAGED]


def test_a_wheel_of_a_gigabyte_is_not_unpacked(wheel: Path, tmp_path: Path) -> None:
    made = tmp_path / "a.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("fanpin_water.py", b"#" * (30 << 20))
    assert "太大" in check(made, as_of=TODAY)[0].text


def test_the_command_says_it_before_pip_does_anything(wheel: Path, tmp_path: Path) -> None:
    assert fanpin(tmp_path, "adapter", "check", str(wheel)).output.endswith("检查通过。\n")
    refused = fanpin(tmp_path, "adapter", "check", str(changed(wheel, tmp_path, {"a.pth": b"import os"})))
    assert refused.exit_code == 1 and "a.pth" in refused.output


@pytest.mark.parametrize("name", ["fanpin_water/__init__.py", "fanpin_water.py", f"{ABOUT}/METADATA", "../../../share/fanpin/fanpin-water/samples/a.csv"])
def test_a_module_and_its_samples_are_nothing_strange(name: str) -> None:
    assert distributions.strange_files([PurePosixPath(name)], MODULE) == ""


def test_no_installed_distribution_of_ours_runs_when_python_starts() -> None:
    assert distributions.starting_by_themselves() == []


def test_a_child_runs_nobodys_start_files(tmp_path: Path) -> None:
    script = tmp_path / "look.py"
    script.write_text("import sys; print(sys.flags.no_site, 'site' in sys.modules, 'sitecustomize' in sys.modules)", encoding="utf-8")
    done = sandbox.run([str(script)], stdin=b"", wall_seconds=20, cpu_seconds=5, memory_mb=512, output_limit=1000)
    assert done.stdout.split() == [b"1", b"False", b"False"], done


def laid(folder: Path, record: str, **more: str) -> metadata.Distribution:
    """Lay down what pip leaves of an installation."""
    about = folder / ABOUT
    about.mkdir()
    (about / "METADATA").write_text(more.pop("METADATA", "Metadata-Version: 2.1\nName: fanpin-water\nVersion: 1.0\n"), encoding="utf-8")
    (about / "RECORD").write_text(f"{MODULE}.py,,\n{ABOUT}/METADATA,,\n{record}", encoding="utf-8")
    for name, content in more.items():
        (about / name.replace("_json", ".json").replace("points_txt", "points.txt")).write_text(content, encoding="utf-8")
    return metadata.Distribution.at(about)


EDITABLE = '{"dir_info": {"editable": true}, "url": "file:///x"}'


@pytest.mark.parametrize(("record", "more", "words"), [
    ("", {}, ""), ("../../../share/fanpin/fanpin-water/samples/supply.csv,,\n", {}, ""),
    ("start.pth,,\n", {}, "随Python启动自动运行的文件（start.pth）"), ("__editable__.x.pth,,\n", {}, "随Python启动"),
    ("__editable__.x.pth,,\n", {"direct_url_json": EDITABLE}, ""), ("__editable__.x.pth,,\n", {"direct_url_json": "no json"}, "随Python启动"),
    ("../../../bin/water,,\n", {}, "模块以外的文件"), ("json.py,,\n", {}, "模块以外的文件（json.py）"),
    ("", {"entry_points_txt": "[console_scripts]\nls = fanpin_water:x\n"}, "有命令"),
    ("", {"METADATA": "Metadata-Version: 2.1\nName: fanpin-water\nVersion: 1.0\nRequires-Dist: requests\n"}, "依赖别的包（requests）"),
    ("", {"METADATA": "Metadata-Version: 2.1\nName: fanpin-water\nVersion: 1.0\nRequires-Dist: fanpin>=0.1\n"}, "")])
def test_what_was_installed_all_the_same_is_not_put_to_use(tmp_path: Path, record: str, more: dict[str, str], words: str) -> None:
    said = distributions.foreign(laid(tmp_path, record, **more), MODULE)
    assert (words in said and "请卸载" in said) if words else said == ""
