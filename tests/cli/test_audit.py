"""The trail from outside: verified, sealed, exported, and verified again without fanpin."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run

VERIFIER = Path(__file__).parents[2] / "script" / "verify-audit"
Line = dict[str, object]


def change(instance: Path, statement: str) -> None:
    """Change the database as its administrator could: triggers do not stop who owns the file."""
    with closing(sqlite3.connect(instance / "fanpin.sqlite")) as database, database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(statement)


def alone(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", str(VERIFIER), *map(str, arguments)], capture_output=True, text=True,
                          check=False)


@pytest.fixture
def export(run: Run, tmp_path: Path) -> Path:
    run("audit", "anchor")
    run("user", "reset", "audit")
    run("audit", "anchor")
    run("user", "reset", "system")
    target = tmp_path / "trail.jsonl"
    assert run("audit", "verify", "--export", str(target)).exit_code == 0
    return target


def rewritten(export: Path, edit: Callable[[list[Line]], object]) -> Path:
    lines = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    edit(lines)
    export.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return export


def events(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["type"] == "event"]


def test_a_whole_trail_is_verified_with_its_counts(run: Run) -> None:
    run("audit", "anchor")
    result = run("audit", "verify")
    assert result.exit_code == 0 and "1次封存" in result.stdout and "没有发现改动" in result.stdout
    assert "1条链" in run("audit", "verify", "--stream", "system").stdout


@pytest.mark.parametrize("statement", [
    "UPDATE audit_event SET actor = '别人' WHERE id = 2",
    "UPDATE audit_event SET at = '2026-01-01 00:00:00.000000' WHERE id = 2",
    "DELETE FROM audit_detail WHERE event_id IN (SELECT id FROM audit_event WHERE id = 2); ",
    "DELETE FROM audit_event WHERE id = 3",
    "UPDATE audit_event SET stream = 'system', seq = 2 WHERE id = 2",
    "UPDATE audit_stream SET seq = seq + 1 WHERE stream = 'system'",
    "UPDATE audit_anchor SET root = 'sm3:00'",
    "UPDATE audit_detail SET salt = x'00000000000000000000000000000000' WHERE event_id = 2",
])
def test_a_changed_trail_is_told_with_its_place(run: Run, instance: Path, statement: str) -> None:
    run("audit", "anchor")
    change(instance, statement)
    result = run("audit", "verify")
    if statement.startswith("DELETE FROM audit_detail"):
        # Erasing the facts is allowed: the chain holds only their commitment.
        assert result.exit_code == 0
    else:
        assert result.exit_code == 1 and "改动过" in result.stderr


def test_an_export_is_never_written_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("kept", encoding="utf-8")
    with pytest.raises(FileExistsError):
        run("audit", "verify", "--export", str(tmp_path / "there"))
    assert (tmp_path / "there").read_text(encoding="utf-8") == "kept"


def test_an_export_verifies_without_fanpin(run: Run, export: Path) -> None:
    told = alone(export)
    assert told.returncode == 0 and "2 anchors: nothing was changed" in told.stdout
    root = run("audit", "anchor").stdout.split("封存值：")[1].strip()
    older = alone(export, root)
    assert older.returncode == 1 and root in older.stderr


def test_an_export_holds_no_facts(export: Path) -> None:
    assert "payload" not in export.read_text(encoding="utf-8")


@pytest.mark.parametrize("edit", [
    lambda lines: events(lines)[1].update(actor="别人"),
    lambda lines: events(lines)[1].update(at="2026-01-01T00:00:00.000000+00:00"),
    lambda lines: events(lines)[1].update(hash=str(events(lines)[1]["hash"]).replace("sm3:", "sha256:")),
    lambda lines: lines.remove(events(lines)[0]),
    lambda lines: lines.remove(events(lines)[-1]),
    lambda lines: lines.insert(2, lines.pop(1)),
    lambda lines: lines.remove(next(line for line in lines if line["type"] == "head")),
    lambda lines: next(line for line in lines if line["type"] == "anchor").update(root="sm3:00"),
    lambda lines: lines.remove(next(line for line in lines if line["type"] == "anchor")),
    lambda lines: events(lines)[0].update(note="added"),
    lambda lines: lines[0].update(format="other"),
    lambda lines: lines.clear(),
])
def test_a_changed_export_is_told(export: Path, edit: Callable[[list[Line]], object]) -> None:
    told = alone(rewritten(export, edit))
    assert told.returncode == 1 and "BROKEN" in told.stdout and told.stderr
    assert "Traceback" not in told.stderr


def test_every_flipped_letter_of_an_export_is_told(export: Path) -> None:
    content = export.read_bytes()
    start = content.index(b'{"type": "event"')
    line = content[start:content.index(b"\n", start)]
    passed = []
    for place in range(0, len(line), 37):
        flipped = bytearray(content)
        flipped[start + place] ^= 1
        export.write_bytes(bytes(flipped))
        if alone(export).returncode == 0:
            passed.append(line[max(0, place - 10):place + 10])
    assert not passed


def test_the_verifier_stands_alone_and_is_short() -> None:
    source = VERIFIER.read_text(encoding="utf-8")
    assert "fanpin." not in source.replace("fanpin-audit", "") and len(source.splitlines()) <= 200
    assert alone().returncode == 2
