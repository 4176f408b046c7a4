"""The worker's commands: drain what is due, show what was given up, try it again."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Run


def owe(instance: Path, state: str) -> None:
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database, database:
        database.execute("INSERT INTO outbox_item (kind, payload, state, created_at, due_at, claimed_by, attempts, error) "
                         "VALUES ('no.handler', '{}', ?, '2026-03-02', '2026-03-02', '', 5, '平台没有回执。')", (state,))


def state(instance: Path) -> tuple[str, int]:
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database:
        return database.execute("SELECT state, attempts FROM outbox_item").fetchone()


def test_dead_letters_are_shown_with_their_error_and_tried_again_on_demand(run: Run, instance: Path) -> None:
    owe(instance, "dead")
    shown = run("worker", "dead").stdout
    assert "1  no.handler" in shown and "平台没有回执。" in shown and "--retry" in shown
    assert run("worker", "dead", "--retry", "1").exit_code == 0
    assert state(instance) == ("waiting", 0)
    assert "做完了1件" in run("worker", "drain").stdout
    assert state(instance) == ("waiting", 1)


def test_only_dead_letters_are_tried_again(run: Run, instance: Path) -> None:
    owe(instance, "done")
    result = run("worker", "dead", "--retry", "1")
    assert result.exit_code == 1 and "没有编号为 1" in result.stderr
    assert state(instance) == ("done", 5)
