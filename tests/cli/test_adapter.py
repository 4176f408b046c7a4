"""`fanpin adapter`: list, check and run work without a database, and say nobody's number or name."""

import json
from pathlib import Path

import pytest

from tests.adapters.books import IDS
from tests.adapters.samples import written
from tests.cli.conftest import Run, fanpin
from tests.house import ROOT

PATTERN = ROOT / "plugins" / "fanpin-medical-insurance"
SAMPLE = "身份证号,姓名,结算日期,自付,备注\n"


def sampled(folder: Path, *rows: str) -> Path:
    (folder / "samples").mkdir()
    sheet = folder / "samples" / "stays.csv"
    sheet.write_text(SAMPLE + "\n".join(rows), encoding="utf-8")
    return sheet


def test_list_names_what_is_installed(tmp_path: Path) -> None:
    said = fanpin(tmp_path / "none", "adapter", "list")
    assert said.exit_code == 0 and "fanpin-medical-insurance 1.0" in said.output and "医保部门" in said.output
    assert not (tmp_path / "none").exists()


def test_check_passes_the_pattern(tmp_path: Path) -> None:
    said = fanpin(tmp_path, "adapter", "check", str(PATTERN))
    assert said.exit_code == 0 and said.output.endswith("检查通过。\n")


@pytest.mark.parametrize(("body", "change", "words"), [
    ("return row.declared()", ("import os", "import fanpin.models, os"), "不能引入：fanpin.models"),
    ("return row.declared()", ("def of_row", "def of row"), "语法错误"),
    ("return row.declared()", ("MEDICAL_INSURANCE", "WATER"), "水利部门不能申报"),
    ("return []", ("invented", "invented"), "没有一行得出"),
    ("raise ValueError(row.token)", ("invented", "invented"), "处理数据时出错"),
])
def test_check_names_what_is_wrong(tmp_path: Path, body: str, change: tuple[str, str], words: str) -> None:
    written(tmp_path, body, change)
    sampled(tmp_path, f"{IDS[0]},样样,2026-01-12,5,")
    said = fanpin(tmp_path / "none", "adapter", "check", str(tmp_path), "--as-of", "2026-03-02")
    assert said.exit_code == 1 and words in said.output and "个问题" in said.stderr


def test_check_asks_for_the_sample_and_for_one_module(tmp_path: Path) -> None:
    assert "须有且只有一个" in fanpin(tmp_path, "adapter", "check", str(tmp_path)).output
    written(tmp_path)
    assert "没有样表 samples/stays.csv" in fanpin(tmp_path, "adapter", "check", str(tmp_path)).output


def test_run_tells_row_by_row_without_saying_who(tmp_path: Path) -> None:
    written(tmp_path)
    sheet = sampled(tmp_path, f"{IDS[0]},样甲,2026-01-12,5,", f"{IDS[1]},样乙,昨天,5,")
    said = fanpin(tmp_path, "adapter", "run", str(tmp_path), "--ask", str(sheet), "--as-of", "2026-03-02")
    rows = [json.loads(line) for line in said.stdout.splitlines()]
    assert rows[0] == {"row": 2, "answers": {}, "facts": [{"kind": "high_medical_cost", "date": "2026-01-12", "amount": 500}]}
    assert rows[1]["row"] == 3 and rows[1]["column"] == "结算日期"
    assert not any(word in said.output for word in (IDS[0], IDS[1], "样甲", "样乙"))


def test_run_says_plainly_what_it_cannot_do(tmp_path: Path) -> None:
    sheet = tmp_path / "a.csv"
    sheet.write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert "没有装名叫" in fanpin(tmp_path, "adapter", "run", "fanpin-nobody", "--ask", str(sheet)).output
    installed = ("adapter", "run", "fanpin-medical-insurance", "--ask", str(sheet))
    assert "没有找到表头" in fanpin(tmp_path, *installed).output
    assert "没有“x”这种表" in fanpin(tmp_path, *installed, "--table", "x").output


def test_refresh_registers_and_revoke_puts_out_of_use(run: Run) -> None:
    assert "新增  fanpin-medical-insurance 1.0" in run("adapter", "refresh").output
    assert "新增" not in run("adapter", "refresh").output
    revoked = run("adapter", "revoke", "fanpin-medical-insurance", "--reason", "数据有误")
    assert revoked.exit_code == 0 and "1个版本" in revoked.output
    assert run("adapter", "revoke", "fanpin-medical-insurance", "--reason", "数据有误").exit_code == 1
