"""Backups: whole under load, verified, without the keys, restored only where nothing is lost."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fanpin.cli import Plain
from fanpin.cli.backup import check_sqlite
from tests.cli.conftest import COUNTY, Run, fanpin
from tests.conftest import POSTGRESQL, postgresql_database


@pytest.fixture
def saved(run: Run, instance: Path, tmp_path: Path) -> Path:
    (instance / "files" / "ab").mkdir()
    (instance / "files" / "ab" / "abcd").write_bytes(b"encrypted")
    (instance / "files" / "ab" / "half.new").write_bytes(b"half")
    result = run("backup", str(tmp_path / "saved"))
    assert result.exit_code == 0, result.output
    return tmp_path / "saved"


def with_keys(instance: Path, folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    shutil.copy2(instance / "keys.json", folder / "keys.json")
    return folder


def test_a_backup_holds_database_and_files_but_no_keys(saved: Path, instance: Path) -> None:
    names = sorted(str(path.relative_to(saved)) for path in saved.rglob("*") if path.is_file())
    assert names == ["backup.json", "fanpin.sqlite", "files/ab/abcd"]
    secrets = [entry["secret"] for entry in json.loads((instance / "keys.json").read_text(encoding="utf-8"))["keys"]]
    for path in saved.rglob("*"):
        if path.is_file():
            assert not any(secret.encode() in path.read_bytes() for secret in secrets)


def test_a_restored_backup_is_the_installation(saved: Path, instance: Path, tmp_path: Path) -> None:
    target = with_keys(instance, tmp_path / "new")
    result = fanpin(target, "restore", str(saved))
    assert result.exit_code == 0 and "核验无误" in result.stdout
    assert (target / "files" / "ab" / "abcd").read_bytes() == b"encrypted"
    assert fanpin(target, "db", "check").exit_code == 0
    assert "系统管理员·昭阳区" in fanpin(target, "user", "list").stdout


def test_a_backup_under_writing_is_one_moment(run: Run, instance: Path, tmp_path: Path) -> None:
    stop, wrote = threading.Event(), []

    def write() -> None:
        with closing(sqlite3.connect(instance / "fanpin.sqlite", timeout=30, isolation_level=None)) as database:
            while not stop.is_set():
                number = len(wrote)
                database.execute("BEGIN IMMEDIATE")
                for half in ("a", "b"):
                    database.execute("INSERT INTO installation VALUES (?, '')", (f"{half}{number}",))
                database.execute("COMMIT")
                wrote.append(number)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        result = run("backup", str(tmp_path / "saved"))
    finally:
        stop.set()
        thread.join()
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(tmp_path / "saved" / "fanpin.sqlite")) as copy:
        halves = copy.execute("SELECT sum(key GLOB 'a[0-9]*'), sum(key GLOB 'b[0-9]*') FROM installation").fetchone()
    assert halves[0] == halves[1] and 0 < halves[0] <= len(wrote)


def test_without_the_keys_nothing_is_restored(saved: Path, tmp_path: Path) -> None:
    result = fanpin(tmp_path / "new", "restore", str(saved))
    assert result.exit_code == 1 and "keys.json" in result.stderr
    assert not (tmp_path / "new" / "fanpin.sqlite").exists()


def test_with_other_keys_the_trail_does_not_verify(saved: Path, tmp_path: Path) -> None:
    assert fanpin(tmp_path / "other", "init", "--county", COUNTY).exit_code == 0
    (tmp_path / "other" / "fanpin.sqlite").unlink()
    result = fanpin(tmp_path / "other", "restore", str(saved))
    assert result.exit_code == 1


def test_a_living_database_is_never_restored_over(saved: Path, run: Run, instance: Path) -> None:
    before = (instance / "fanpin.sqlite").read_bytes()
    result = run("restore", str(saved))
    assert result.exit_code == 1 and "没有恢复" in result.stderr
    assert (instance / "fanpin.sqlite").read_bytes() == before


@pytest.mark.parametrize("damage", ["byte", "missing", "manifest"])
def test_a_damaged_backup_is_refused(saved: Path, instance: Path, tmp_path: Path, damage: str) -> None:
    target = with_keys(instance, tmp_path / "new")
    if damage == "byte":
        with (saved / "fanpin.sqlite").open("r+b") as file:
            file.seek(50_000)
            file.write(b"\xff")
    elif damage == "missing":
        (saved / "fanpin.sqlite").unlink()
    else:
        (saved / "backup.json").write_text("{", encoding="utf-8")
    result = fanpin(target, "restore", str(saved))
    assert result.exit_code == 1 and "另一份备份" in result.stderr
    assert not (target / "fanpin.sqlite").exists()


def test_a_backup_goes_to_an_empty_place_only(saved: Path, run: Run) -> None:
    result = run("backup", str(saved))
    assert result.exit_code == 1 and "不是空目录" in result.stderr


def test_a_changed_trail_is_not_backed_up_as_good(run: Run, instance: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database, database:
        database.execute("DROP TRIGGER audit_event_no_update")
        database.execute("UPDATE audit_event SET actor = '别人' WHERE id = 1")
    result = run("backup", str(tmp_path / "saved"))
    assert result.exit_code == 1 and not (tmp_path / "saved" / "backup.json").exists()


def test_a_torn_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "torn.sqlite").write_bytes(b"SQLite format 3\0" + bytes(5000))
    with pytest.raises(Plain, match="已损坏"):
        check_sqlite(tmp_path / "torn.sqlite")


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'other.sqlite'}"
    else:
        yield from postgresql_database()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def test_each_kind_of_database_is_restored_into_an_empty_one(kind: str, tmp_path: Path) -> None:
    here, there, saved = tmp_path / "here", tmp_path / "there", tmp_path / "saved"
    with empty_database(kind, here) as old:
        assert fanpin(here, "init", "--county", COUNTY, FANPIN_DATABASE_URL=old).exit_code == 0
        assert fanpin(here, "backup", str(saved), FANPIN_DATABASE_URL=old).exit_code == 0
    with_keys(here, there)
    with empty_database(kind, there) as new:
        result = fanpin(there, "restore", str(saved), FANPIN_DATABASE_URL=new)
        assert result.exit_code == 0, result.output
        assert fanpin(there, "db", "check", FANPIN_DATABASE_URL=new).exit_code == 0
        again = fanpin(there, "restore", str(saved), FANPIN_DATABASE_URL=new)
        assert again.exit_code == 1 and "没有恢复" in again.stderr
