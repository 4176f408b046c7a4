"""The doctor: one line each, what is missing and what to do about it."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from fanpin import sandbox
from fanpin.cli import doctor
from fanpin.config import Settings
from fanpin.rules.workdays import NATIONAL
from tests.cli.conftest import Run, fanpin


def test_a_sound_installation_may_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "calendar", lambda _today: iter(()))
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "可以运行" in result.stdout and "缺少" not in result.stdout
    assert "断电不丢" in result.stdout and "字体7种" in result.stdout


def test_before_the_installation_it_says_what_to_run(tmp_path: Path) -> None:
    result = fanpin(tmp_path, "doctor")
    assert result.exit_code == 1
    assert "没有密钥文件" in result.stdout and "还没有数据库" in result.stdout and "fanpin init" in result.stdout


def test_an_open_key_file_is_told_with_the_command_that_closes_it(instance: Path) -> None:
    settings = Settings.load({}, instance=instance)
    (instance / "keys.json").chmod(0o640)
    assert [str(finding) for finding in doctor.keys(settings)] == [
        f"缺少  密钥文件权限是 0640。请运行 chmod 600 {instance / 'keys.json'}"]


def test_dead_letters_and_an_old_database_are_told(run: Run, instance: Path) -> None:
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database, database:
        database.execute("INSERT INTO outbox_item (kind, payload, state, created_at, due_at, claimed_by, attempts, error) "
                         "VALUES ('x', '{}', 'dead', '2026-03-02', '2026-03-02', '', 5, '')")
    assert "fanpin worker dead" in run("doctor").stdout
    assert "x" in run("worker", "dead").stdout
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    result = run("doctor")
    assert result.exit_code == 1 and "fanpin db upgrade" in result.stdout


@pytest.mark.parametrize(("days", "mark"), [(-200, "正常"), (-45, "正常"), (-44, "注意"), (0, "注意"), (1, "缺少")])
def test_the_calendar_is_told_in_time(days: int, mark: str) -> None:
    today = date.fromordinal(NATIONAL.last_day.toordinal() + days)
    assert [finding.mark for finding in doctor.calendar(today)] == [mark]


def test_missing_libraries_name_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.ctypes.util, "find_library", lambda _name: None)
    found = [str(finding) for finding in doctor.libraries()]
    assert all("apt-get install lib" in line and line.startswith("缺少") for line in found) and len(found) == 3


def test_missing_walls_are_weak_or_bad_by_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "capabilities", lambda: dict.fromkeys(doctor.WALLS, False))
    marks = {finding.mark for finding in doctor.walls()}
    assert marks == {"缺少", "注意"}
    monkeypatch.undo()
    assert set(sandbox.capabilities()) <= set(doctor.WALLS)


def test_a_changed_font_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fonts.json").write_text('[{"file": "a.otf", "sha256": "00"}]', encoding="utf-8")
    monkeypatch.setattr(doctor, "directory", lambda _name: tmp_path)
    assert "a.otf" in str(next(doctor.fonts()))
