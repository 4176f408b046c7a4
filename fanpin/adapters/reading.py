"""The core's side of a transport: start its child, learn what the file is, take the rows chunk by chunk."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from fanpin.adapters.failures import READING, AdapterFailed, failure_of
from fanpin.adapters.manifest import Table
from fanpin.adapters.wire import (
    FILE, LARGEST_ANSWER, ROWS_AT_A_TIME, Chunk, Lines, Open, Opened, Received, Written, encode,
)
from fanpin.sandbox import Child, ChildFailed, RequestFailed
from fanpin.sheet_grid import LARGEST_FILE

OPEN_SECONDS, CHUNK_SECONDS, CPU_SECONDS, MEMORY_MB = 120, 60, 300, 1024
ENDLESS = 10**9
PIECE = 1 << 20
Message = TypeVar("Message", Received, Opened, Chunk, Written)


class SheetReading:
    """A sheet being read in a confined child; close it, or use it in a `with`."""

    def __init__(self, sheet: Path | bytes, tables: Sequence[Table]) -> None:
        # The child gets the bytes and opens no file: what was decrypted for it lies nowhere in clear.
        self._child = Child(["-m", "fanpin.adapters.transports.sheets"], memory_mb=MEMORY_MB, cpu_seconds=CPU_SECONDS,
                            output_limit=LARGEST_ANSWER, max_requests=ENDLESS, max_rss_mb=MEMORY_MB)
        try:
            content = memoryview(sheet if isinstance(sheet, bytes) else _content(sheet))
            for at in range(0, len(content) or 1, PIECE):
                self._ask(Received, FILE + content[at:at + PIECE], OPEN_SECONDS)
            self.opened = self._ask(Opened, encode(Open(tuple(tables))), OPEN_SECONDS)
        except BaseException:
            self._child.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the chunks; the last one carries the notices about the whole."""
        last = bool(self.opened.refused)
        while not last:
            chunk = self._ask(Chunk, b"", CHUNK_SECONDS)
            last = chunk.last
            yield chunk

    def lines(self, numbers: Collection[int]) -> Written:
        """Return the heading and rows as their sender wrote them, for the sheet of what must be mended."""
        parts = [self._ask(Written, encode(Lines(tuple(some))), CHUNK_SECONDS) for some in _some(sorted(numbers))]
        return Written(parts[0].titles, {number: line for part in parts for number, line in part.lines.items()})

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _ask(self, message: type[Message], payload: bytes, seconds: float) -> Message:
        try:
            return msgspec.json.decode(self._child.ask(payload, wall_seconds=seconds), type=message)
        except (ChildFailed, RequestFailed, msgspec.DecodeError) as error:
            raise AdapterFailed(failure_of(error, READING)) from error


def _content(path: Path) -> bytes:
    """Return a file's bytes, of one that is too large only so many that its size shows."""
    with open(path, "rb") as content:
        return content.read(LARGEST_FILE + 1)


def _some(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, max(len(numbers), 1), ROWS_AT_A_TIME):
        yield numbers[at:at + ROWS_AT_A_TIME]
