"""The plugin's child in which a certificate is made: as confined as the other, and it notes what the plugin reaches for.

It catches carelessness, not malice: what would deceive it still runs against the walls.
"""

import os
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from fanpin import sandbox
from fanpin.adapters.child import Served
from fanpin.adapters.wire import encode

REACHED = b"reached"
NETWORK, PROCESSES, FILES, NATIVE, SURROUNDINGS = "网络", "新的进程或线程", "表格以外的文件", "系统底层的库", "环境变量"
MEANS = {"socket": NETWORK, "urllib": NETWORK, "http": NETWORK, "ftplib": NETWORK, "smtplib": NETWORK, "subprocess": PROCESSES,
         "_thread": PROCESSES, "pty": PROCESSES, "ctypes": NATIVE, "shutil": FILES, "tempfile": FILES, "sqlite3": FILES, "mmap": FILES}
OF_SYSTEM = {**dict.fromkeys(("fork", "forkpty", "exec", "posix_spawn", "spawn", "system", "kill", "killpg", "startfile"), PROCESSES),
             **dict.fromkeys(("chmod", "chown", "link", "mkdir", "remove", "rename", "rmdir", "symlink", "truncate", "utime"), FILES),
             **dict.fromkeys(("putenv", "unsetenv"), SURROUNDINGS)}
CODE = (".py", ".pyc")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Witness:
    """Answers as the plugin's child does, and tells, asked by `REACHED`, what was reached for meanwhile."""

    def __init__(self, served: Served, folder: Path | None) -> None:
        self._served, self._watching, self._reached = served, False, set[str]()
        self._readable = tuple(str(path) for path in (folder, Path(sys.prefix), Path(sys.base_prefix), Path("/usr/share")) if path)
        sys.addaudithook(self._noticed)
        os.environ = Surroundings(self)  # type: ignore[assignment]

    def answer(self, payload: bytes) -> bytes:
        """Answer a frame."""
        if payload == REACHED:
            return encode(sorted(self._reached))
        self._watching = True
        try:
            return self._served.answer(payload)
        finally:
            self._watching = False

    def note(self, what: str) -> None:
        """Keep what was reached for, if the plugin is at work."""
        if self._watching:
            self._reached.add(what)

    def _noticed(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._watching:
            return
        family, _, act = event.partition(".")
        if event == "open":
            if self._foreign(*arguments):
                self.note(FILES)
        elif family == "os":
            if act in OF_SYSTEM:
                self.note(OF_SYSTEM[act])
        elif family in MEANS:
            self.note(MEANS[family])

    def _foreign(self, path: object, mode: object, flags: object) -> bool:
        name = os.fsdecode(path) if isinstance(path, (str, bytes)) else ""
        if isinstance(flags, int) and flags & WRITING:
            return True
        return bool(name) and not name.endswith(CODE) and not name.startswith(self._readable)


class Surroundings(MutableMapping[str, str]):
    """The environment, which is empty, and who looks into it is noted."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness

    def __getitem__(self, key: str) -> str:
        self._witness.note(SURROUNDINGS)
        raise KeyError(key)

    def __setitem__(self, key: str, value: str) -> None:
        self._witness.note(SURROUNDINGS)

    def __delitem__(self, key: str) -> None:
        self._witness.note(SURROUNDINGS)

    def __iter__(self) -> Iterator[str]:
        self._witness.note(SURROUNDINGS)
        return iter(())

    def __len__(self) -> int:
        return 0


if __name__ == "__main__":
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    sandbox.serve_frames(Witness(Served(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""), folder).answer)
