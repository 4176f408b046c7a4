"""A folder into which somebody else writes: opened, read and emptied without ever following a link out of it."""

import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

TAKEN, DONE, REFUSED = "taken", "done", "refused"
OURS = frozenset({TAKEN, DONE, REFUSED})
ENDINGS = (".xlsx", ".csv")
WHOLE = ".ok"
NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class Inbox:
    """The folder `root/part/part…`, made where it is missing; use it in a `with`."""

    def __init__(self, root: Path, *parts: str) -> None:
        self._root, self._parts, self._fd = root, parts, -1

    def __enter__(self) -> Self:
        self._root.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in self._parts:
                inner = _inside(self._fd, part)
                os.close(self._fd)
                self._fd = inner
        except OSError:
            os.close(self._fd)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def names(self, folder: str = "") -> list[str]:
        """List what lies here, or in one of our folders, in order; hidden files and words about other files are none."""
        if folder:
            with _opened(self._fd, folder) as inner:
                found = os.listdir(inner)
        else:
            found = [name for name in os.listdir(self._fd) if name not in OURS and self.state(name)]
        return sorted(name for name in found if _written(name) and not name.startswith(".") and not name.endswith((WHOLE, ".txt")))

    def state(self, name: str) -> str:
        """Return what changes when a file is still being written; "" where it is a folder, or gone meanwhile."""
        try:
            found = os.stat(name, dir_fd=self._fd, follow_symlinks=False)
        except FileNotFoundError:
            return ""
        return "" if stat.S_ISDIR(found.st_mode) else f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"

    def is_whole(self, name: str) -> bool:
        """Say whether its sender says that the file is whole."""
        try:
            return stat.S_ISREG(os.stat(name + WHOLE, dir_fd=self._fd, follow_symlinks=False).st_mode)
        except FileNotFoundError:
            return False

    def problem(self, name: str, most_bytes: int) -> str:
        """Say why a file is not even opened; "" where it is."""
        found = os.stat(name, dir_fd=self._fd, follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            return "不是单独的文件（是链接或特殊文件），没有打开；请放入文件本身"
        if not name.lower().endswith(ENDINGS):
            return "只收 .xlsx 和 .csv 文件，请另存后重新放入"
        return f"文件超过{most_bytes >> 20}MB，请拆成几份" if found.st_size > most_bytes else ""

    def read(self, name: str, most_bytes: int) -> tuple[bytes, float]:
        """Return a file's bytes and when it was last changed, in seconds."""
        with os.fdopen(os.open(name, NO_LINK | os.O_NONBLOCK, dir_fd=self._fd), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise OSError(f"{name} is no file")
            return file.read(most_bytes + 1), found.st_mtime

    def move(self, name: str, target: str, new: str, *, source: str = "", words: str = "") -> None:
        """Move a file from here or one of our folders into another, under a name that is free there, with a sentence beside."""
        with _opened(self._fd, target) as there, _opened(self._fd, source) as here:
            free = _free(there, new)
            os.rename(name, free, src_dir_fd=here, dst_dir_fd=there)
            if words:
                handle = os.open(f"{free}.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o640, dir_fd=there)
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(f"{words}\n")
        if not source and self.is_whole(name):
            os.unlink(name + WHOLE, dir_fd=self._fd)

    def forget(self, before: float) -> int:
        """Delete what was put away before a moment (seconds); return how many."""
        gone = 0
        for folder in (DONE, REFUSED):
            with _opened(self._fd, folder) as inner:
                for name in os.listdir(inner):
                    found = os.stat(name, dir_fd=inner, follow_symlinks=False)
                    if found.st_ctime < before and not stat.S_ISDIR(found.st_mode):
                        os.unlink(name, dir_fd=inner)
                        gone += 1
        return gone


@contextmanager
def _opened(outer: int, name: str) -> Iterator[int]:
    """Open a folder within a folder, made where it is missing; "" is the folder itself."""
    inner = _inside(outer, name) if name else os.dup(outer)
    try:
        yield inner
    finally:
        os.close(inner)


def _inside(outer: int, name: str) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, 0o770, dir_fd=outer)
    return os.open(name, NO_LINK | os.O_DIRECTORY, dir_fd=outer)


def _written(name: str) -> bool:
    """Say whether a name can be written down: one that is no UTF-8 cannot, and its file is left where it is."""
    return not {unicodedata.category(letter) for letter in name} & {"Cc", "Cs"}


def _free(folder: int, name: str) -> str:
    there = set(os.listdir(folder))
    return next(one for one in _numbered(name) if one not in there)


def _numbered(name: str) -> Iterator[str]:
    yield name
    stem, dot, ending = name.rpartition(".")
    number = 2
    while True:
        yield f"{stem}-{number}{dot}{ending}" if dot else f"{name}-{number}"
        number += 1
