"""`fanpin adapter new` and `certify`: made, checked and certified without an instance or a database."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import fanpin
from tests.house import ROOT


def made(folder: Path, *more: str) -> Path:
    target = folder / "fanpin-shuiwu"
    said = fanpin(folder / "none", "adapter", "new", "shuiwu", "--department", "other", "--folder", str(target), *more)
    assert said.exit_code == 0, said.output
    return target


def test_what_new_writes_passes_check_and_certify_at_once(tmp_path: Path) -> None:
    target = made(tmp_path, "--kind", "business_activity", "--title", "税务部门", "--transport", "http", "--transport", "sheets")
    assert fanpin(tmp_path, "adapter", "check", str(target)).output.endswith("检查通过。\n")
    said = fanpin(tmp_path / "none", "adapter", "certify", str(target), "--json", str(tmp_path / "c.json"),
                  "--pdf", str(tmp_path / "c.pdf"), "--as-of", "2026-03-02")
    assert said.exit_code == 0 and "没有未通过的" in said.output
    report = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert (report["ok"], report["title"], report["department"]) == (True, "税务部门", "other")
    assert {"business_activity.load", "walls"} <= {case["code"] for case in report["cases"]}
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF-")
    assert not (tmp_path / "none").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    target = made(tmp_path)
    module = (target / "fanpin_shuiwu.py").read_bytes()
    said = fanpin(tmp_path, "adapter", "new", "shuiwu", "--department", "health", "--folder", str(target))
    assert said.exit_code == 1 and "已有文件，没有写入" in said.stderr
    assert (target / "fanpin_shuiwu.py").read_bytes() == module


@pytest.mark.parametrize(("arguments", "words"), [
    (("shuiwu", "--department", "health", "--kind", "vehicle"), "卫健部门不能申报“vehicle”"),
    (("shuiwu", "--department", "rural_revitalization", "--kind", "vehicle"), "乡村振兴部门不能申报“vehicle”，可以申报：national_entry"),
    (("税务", "--department", "other"), "小写字母"),
])
def test_new_says_what_cannot_be_made(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    said = fanpin(tmp_path, "adapter", "new", *arguments, "--folder", str(tmp_path / "x"))
    assert said.exit_code == 1 and words in said.stderr and not (tmp_path / "x").exists()


def test_a_bad_adapter_is_not_certified_and_the_report_says_why(tmp_path: Path) -> None:
    target = made(tmp_path, "--kind", "credit_discipline")
    module = target / "fanpin_shuiwu.py"
    module.write_text(f"import socket\n{module.read_text(encoding='utf-8')}", encoding="utf-8")
    said = fanpin(tmp_path, "adapter", "certify", str(target), "--json", str(tmp_path / "c.json"), "--pdf", str(tmp_path / "c.pdf"))
    assert said.exit_code == 1 and "1项未通过" in said.stderr and "不能引入：socket" in said.output
    assert not json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["ok"] and (tmp_path / "c.pdf").exists()


def test_certify_names_what_is_installed_when_it_finds_nothing(tmp_path: Path) -> None:
    said = fanpin(tmp_path, "adapter", "certify", "fanpin-nobody")
    assert said.exit_code == 1 and "fanpin-health" in said.stderr


def test_an_installed_adapter_is_certified_by_its_name(tmp_path: Path) -> None:
    said = fanpin(tmp_path, "adapter", "certify", "fanpin-health", "--as-of", "2026-03-02")
    assert said.exit_code == 0 and "fanpin-health 1.0 全部" in said.output
    assert (ROOT / "plugins" / "fanpin-health").is_dir()
