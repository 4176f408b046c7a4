"""A folder into which somebody else writes: no link leads out of it, and nothing half-written is taken for whole."""

import os
import stat
from pathlib import Path

import pytest

from fanpin.adapters.inbox import DONE, REFUSED, TAKEN, Inbox

MB = 1 << 20


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "exchange" / "530628" / "health"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("1\n", encoding="utf-8")
    return folder


def opened(place: Path) -> Inbox:
    return Inbox(place.parents[1], "530628", "health")


def test_what_lies_there_is_listed_without_our_folders_hidden_files_and_words(place: Path) -> None:
    for name in (".part", "a.csv.ok", "note.txt", "b.XLSX", "表\u3000一.csv"):
        (place / name).write_bytes(b"")
    (place / "inner").mkdir()
    Path(os.fsdecode(os.fsencode(place) + b"/\xff.csv")).write_bytes(b"")
    with opened(place) as folder:
        assert folder.names() == ["a.csv", "b.XLSX", "表\u3000一.csv"] and folder.is_whole("a.csv") and not folder.is_whole("b.XLSX")
        assert folder.names(TAKEN) == []


def test_a_file_that_grows_changes_its_state(place: Path) -> None:
    with opened(place) as folder:
        before = folder.state("a.csv")
        assert folder.state("a.csv") == before
        with open(place / "a.csv", "a", encoding="utf-8") as file:
            file.write("2\n")
        assert folder.state("a.csv") != before and folder.state("gone.csv") == ""


def test_links_and_what_is_no_file_are_named_and_never_opened(place: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("geheim", encoding="utf-8")
    os.symlink(tmp_path / "secret.csv", place / "link.csv")
    os.link(tmp_path / "secret.csv", place / "hard.csv")
    os.mkfifo(place / "pipe.csv")
    with opened(place) as folder:
        for name in ("link.csv", "hard.csv", "pipe.csv"):
            assert "不是单独的文件" in folder.problem(name, MB)
        with pytest.raises(OSError):
            folder.read("link.csv", MB)
        folder.move("link.csv", REFUSED, "link.csv", words="是链接")
    assert (tmp_path / "secret.csv").read_text(encoding="utf-8") == "geheim"
    assert stat.S_ISLNK((place / REFUSED / "link.csv").lstat().st_mode)


def test_a_folder_that_is_itself_a_link_is_not_entered(place: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", place.parent / "water")
    with pytest.raises(OSError), Inbox(place.parents[1], "530628", "water"):
        pass
    os.symlink(tmp_path / "elsewhere", place / DONE)
    with opened(place) as folder, pytest.raises(OSError):
        folder.move("a.csv", DONE, "a.csv")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_name_that_is_taken_gets_a_number_and_the_word_goes_with_its_file(place: Path) -> None:
    (place / "a.csv.ok").write_bytes(b"")
    with opened(place) as folder:
        folder.move("a.csv", DONE, "a.csv", words="已入库")
        (place / "a.csv").write_text("2\n", encoding="utf-8")
        folder.move("a.csv", DONE, "a.csv")
    assert sorted(path.name for path in (place / DONE).iterdir()) == ["a-2.csv", "a.csv", "a.csv.txt"]
    assert [path.name for path in place.iterdir()] == [DONE]


@pytest.mark.parametrize(("name", "words"), [("a.xls", "只收"), ("a.exe", "只收"), ("a.csv", "超过1MB")])
def test_other_kinds_and_too_large_ones_are_refused(place: Path, name: str, words: str) -> None:
    (place / name).write_bytes(b"x" * (MB + 1))
    with opened(place) as folder:
        assert words in folder.problem(name, MB)


def test_what_was_put_away_long_ago_is_deleted(place: Path) -> None:
    with opened(place) as folder:
        folder.move("a.csv", DONE, "a.csv", words="已入库")
        put = (place / DONE / "a.csv").lstat().st_ctime
        assert (folder.forget(put - 1), folder.forget(put + 5)) == (0, 2)
