"""Whoever writes a command wrongly reads one plain sentence, and never a traceback."""

from pathlib import Path

import pytest

from tests.cli.conftest import fanpin
from tests.house import ROOT

PATTERN = str(ROOT / "plugins" / "fanpin-medical-insurance")


@pytest.mark.parametrize(("words", "said"), [
    (("check", "/no/such"), "没有“/no/such”这个文件或目录"),
    (("check", PATTERN, "--as-of", "2026-13-01"), "日期写成 2026-03-02 这样，现在是“2026-13-01”"),
    (("run", PATTERN, "--ask", "/no.csv"), "没有“/no.csv”这个文件"),
    (("run", PATTERN), "还要写 --ask"),
    (("new", "x", "--department", "nosuch"), "只能写education"),
    (("list", "more"), "多写了内容"),
    (("list", "--nope"), "没有 --nope 这个选项"),
    (("nosuch",), "没有“nosuch”这个命令"),
])
def test_a_command_written_wrongly_is_told_in_chinese(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    result = fanpin(tmp_path / "none", "adapter", *words)
    assert result.exit_code == 2 and said in result.stderr and "--help" in result.stderr
    assert not any(english in result.stderr for english in ("Error", "Usage", "Invalid"))


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    result = fanpin(tmp_path / "none", "adapter", "certify", PATTERN, "--as-of", "2026-03-02", "--json", "/no/such/report.json")
    assert result.exit_code == 1 and "没有写成 /no/such/report.json" in result.stderr


def test_nothing_but_refresh_revoke_and_a_stored_report_need_an_instance(tmp_path: Path) -> None:
    """Its commands run where nothing was ever installed, and leave nothing there."""
    instance, new = tmp_path / "none", tmp_path / "fanpin-x"
    for words in (("new", "fanpin-x", "--department", "other", "--kind", "business_activity", "--folder", str(new)), ("check", str(new)),
                  ("run", str(new), "--ask", str(new / "samples" / "business_activity.csv")), ("list",), ("reference",),
                  ("certify", str(new), "--json", str(tmp_path / "report.json"), "--pdf", str(tmp_path / "report.pdf"))):
        result = fanpin(instance, "adapter", *words)
        assert result.exit_code == 0, (words, result.output, result.stderr)
    assert not instance.exists() and (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    for words in (("refresh",), ("revoke", "x", "--reason", "x"), ("certify", "fanpin-medical-insurance", "--as-of", "2026-03-02", "--store")):
        assert "fanpin init" in fanpin(instance, "adapter", *words).stderr
