"""Migrations: the newest revision is what the models say, in one transaction, never beyond what is known."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from fanpin.cli import Plain, schema
from fanpin.cli.schema import differences, head, standing, upgrade
from fanpin.config import Settings
from fanpin.extensions import db, prepare_engine
from fanpin.resources import directory
from tests.cli.conftest import Run, fanpin


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    engine = create_engine(empty_url)
    prepare_engine(engine)
    yield engine
    engine.dispose()


def next_revision(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a revision to a copy of ours and use that copy."""
    copied = Path(shutil.copytree(directory("migrations"), folder / "migrations",
                                  ignore=shutil.ignore_patterns("__pycache__")))
    (copied / "9999_next.py").write_text(
        f'"""Next."""\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = "9999"\n'
        f'down_revision = "{head()}"\n\n\ndef upgrade():\n{body}\n', encoding="utf-8")
    monkeypatch.setattr(schema, "directory", lambda _name: copied)


def test_an_empty_database_becomes_what_the_models_say(empty: Engine) -> None:
    assert standing(empty).current is None
    assert upgrade(empty).ready
    assert differences(empty) == []
    assert upgrade(empty).ready


def test_sqlite_is_told_the_same_by_the_revisions_and_by_the_models(tmp_path: Path) -> None:
    told = []
    for name in ("migrated", "created"):
        engine = create_engine(f"sqlite:///{tmp_path / name}.sqlite")
        prepare_engine(engine)
        upgrade(engine) if name == "migrated" else db.metadata.create_all(engine)
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            # Constraints may stand in another order.
            told.append({row.name: sorted(re.findall(r"[^\s(),\"]+", row.sql)) for row in rows})
        engine.dispose()
    assert told[0].pop("alembic_version")
    assert told[0] == told[1]


def test_the_trail_of_a_migrated_database_is_append_only(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("INSERT INTO audit_anchor (at, last_event_id, streams, root, prev, seal) "
                                "VALUES ('2026-03-02 00:00:00', 1, 1, 'r', 'p', 's')"))
    for statement in ("UPDATE audit_anchor SET root = 'x'", "DELETE FROM audit_anchor"):
        with pytest.raises(DBAPIError, match="append-only"), empty.begin() as connection:
            connection.execute(text(statement))


def test_a_failed_upgrade_leaves_the_old_database(
        empty: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(empty)
    next_revision(tmp_path, '    op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True))\n'
                            '    op.execute("INSERT INTO no_such_table VALUES (1)")', monkeypatch)
    with pytest.raises(DBAPIError):
        upgrade(empty)
    assert standing(empty).current != "9999" and not standing(empty).ready
    assert not inspect(empty).has_table("extra")


def test_a_table_that_others_refer_to_can_be_rebuilt(
        empty: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text(
            "INSERT INTO area (id, parent_id, level, name, code12, path, valid_from, details) VALUES "
            "(1, NULL, 1, '云南省', '530000000000', '/1/', '2023-06-30', '{}'),"
            "(2, 1, 2, '昆明市', '530100000000', '/1/2/', '2023-06-30', '{}')"))
    next_revision(tmp_path, '    with op.batch_alter_table("area") as area:\n'
                            '        area.alter_column("name", type_=sa.String(90))', monkeypatch)
    upgrade(empty)
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM area")) == 2
        if empty.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_an_upgrade_that_leaves_orphans_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    prepare_engine(engine)
    upgrade(engine)
    next_revision(tmp_path, '    op.execute("INSERT INTO area (id, parent_id, level, name, code12, path, valid_from, '
                            'details) VALUES (2, 1, 2, \'x\', \'x\', \'/1/2/\', \'2023-06-30\', \'{}\')")', monkeypatch)
    with pytest.raises(Plain, match="全部撤销"):
        upgrade(engine)
    assert not standing(engine).ready
    engine.dispose()


def test_a_newer_database_is_refused_and_left_alone(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Plain, match="9999.*不认识"):
        upgrade(empty)
    assert standing(empty).current == "9999"


def test_nothing_starts_on_an_older_database(run: Run, instance: Path, tmp_path: Path,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    next_revision(tmp_path, "    pass", monkeypatch)
    for arguments in (("serve",), ("worker", "run"), ("user", "list")):
        result = run(*arguments)
        assert result.exit_code == 1 and "fanpin db upgrade" in result.stderr
    assert "9999" in run("db", "upgrade").stdout
    assert "9999" in run("db", "current").stdout
    assert run("user", "list").exit_code == 0


def test_nothing_starts_on_a_newer_or_an_empty_database(run: Run, instance: Path) -> None:
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "不认识" in run("serve").stderr
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database, database:
        database.execute("DELETE FROM alembic_version")
    assert "fanpin init" in run("serve").stderr


def test_check_names_what_differs(run: Run, instance: Path) -> None:
    assert run("db", "check").exit_code == 0
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database, database:
        database.execute("DROP INDEX ix_area_code12")
    result = run("db", "check")
    assert result.exit_code == 1 and "ix_area_code12" in result.stderr


def test_a_current_database_is_not_upgraded_again(run: Run) -> None:
    assert "不用升级" in run("db", "upgrade").stdout


def test_upgrade_makes_no_database_by_mistake(tmp_path: Path) -> None:
    assert fanpin(tmp_path, "db", "upgrade").exit_code == 1
    assert not list(tmp_path.glob("*.sqlite"))


def test_villagers_groups_are_registered_all_or_none(run: Run, instance: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("\ufeff530602001001,一组\r\n530602001001,二组\r\n", encoding="utf-8")
    bad.write_text("530602001001,三组\n530602001001,一组\n", encoding="utf-8")
    assert "2个" in run("db", "groups", str(good)).stdout
    assert "不用再登记" in run("db", "groups", str(bad)).stderr
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database:
        rows = database.execute("SELECT g.code12, g.name, g.path = v.path || g.id || '/' FROM area g "
                                "JOIN area v ON v.id = g.parent_id WHERE g.level = 6 ORDER BY g.code12").fetchall()
    assert rows == [("53060200100101", "一组", 1), ("53060200100102", "二组", 1)]


@pytest.mark.parametrize(("line", "word"), [
    ("530602,一组", "不是行政村"), ("999999999999,一组", "没有代码"), ("530602001001,", "名称"), ("530602001001", "两列"),
])
def test_a_wrong_list_of_groups_is_explained(run: Run, tmp_path: Path, line: str, word: str) -> None:
    (tmp_path / "groups.csv").write_text(f"{line}\n", encoding="utf-8")
    result = run("db", "groups", str(tmp_path / "groups.csv"))
    assert result.exit_code == 1 and word in result.stderr


def test_settings_of_the_test_never_reach_a_real_folder(tmp_path: Path) -> None:
    assert schema.sqlite_file(Settings.load({}, instance=tmp_path)) == tmp_path / "fanpin.sqlite"
