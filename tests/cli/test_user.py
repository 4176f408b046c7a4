"""Accounts from the machine: made and reset with an event, nothing stored is shown."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CREATE = ("user", "create", "audit2", "--name", "木测试丁", "--role", "audit_admin", "--area", "530602", "--document",
          "昭阳发〔2026〕1号")


def rows(instance: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database:
        return database.execute(query).fetchall()


def test_an_account_is_made_granted_and_listed(run: Run, instance: Path) -> None:
    result = run(*CREATE)
    assert result.exit_code == 0 and "一次性密码" in result.stdout
    assert "audit2  木测试丁  审计管理员·昭阳区" in run("user", "list").stdout
    events = rows(instance, "SELECT tag, actor FROM audit_event WHERE stream = 'user:4' ORDER BY seq")
    assert events == [("account.create", "服务器管理员（命令行）"), ("account.grant", "服务器管理员（命令行）")]


def test_a_reset_gives_a_new_password_ends_sessions_and_is_recorded(run: Run, instance: Path) -> None:
    before = rows(instance, "SELECT password_hash FROM user_account WHERE username = 'audit'")
    result = run("user", "reset", "audit")
    after = rows(instance, "SELECT password_hash, must_change_password FROM user_account WHERE username = 'audit'")
    assert result.exit_code == 0 and before[0][0] != after[0][0] and after[0][1] == 1
    assert rows(instance, "SELECT count(*) FROM audit_event WHERE tag = 'account.reset'") == [(1,)]


def test_the_list_shows_no_secret(run: Run, instance: Path) -> None:
    shown = run("user", "list").stdout
    for (stored,) in rows(instance, "SELECT password_hash FROM user_account"):
        assert stored not in shown
    assert "argon2" not in shown


@pytest.mark.parametrize(("change", "word"), [
    ({"audit2": "audit"}, "用过了"), ({"audit2": "Audit 2"}, "小写字母"), ({"530602": "999999"}, "没有代码"),
    ({"audit_admin": "village_cadre"}, "行政村"),
])
def test_a_wrong_account_is_explained_and_not_made(run: Run, instance: Path, change: dict[str, str], word: str) -> None:
    result = run(*(change.get(argument, argument) for argument in CREATE))
    assert result.exit_code == 1 and word in result.stderr
    assert rows(instance, "SELECT count(*) FROM user_account") == [(3,)]


def test_resetting_nobody_is_explained(run: Run) -> None:
    assert "fanpin user list" in run("user", "reset", "nobody").stderr
