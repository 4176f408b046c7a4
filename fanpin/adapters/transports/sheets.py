"""Sheets: a confined child that looks at a file by its content, finds the table and hands out its rows in chunks."""

from collections.abc import Iterator

import msgspec

from fanpin import sandbox
from fanpin.adapters.headers import Header
from fanpin.adapters.transports.grid import choose, chunks, opened, written
from fanpin.adapters.wire import FILE, Chunk, Lines, Open, Opened, Received, Written, encode
from fanpin.sheet_files import grids
from fanpin.sheet_grid import Grid, Refused


class Reading:
    """One file being read: its bytes come first, piece by piece, then what tables it may be; every further request brings a chunk."""

    def __init__(self) -> None:
        self._content: bytearray | None = None
        self._chunks: Iterator[Chunk] | None = None
        self._sheet: tuple[Grid, Header] | None = None

    def answer(self, payload: bytes) -> bytes:
        """Answer one frame; whoever asks for rows where nothing was opened shall not take silence for the end."""
        if payload.startswith(FILE):
            self._content = bytearray() if self._content is None else self._content
            self._content += payload[len(FILE):]
            return encode(Received(len(self._content)))
        if not payload:
            if self._chunks is None:
                raise ValueError("no sheet was opened")
            return encode(next(self._chunks, Chunk(last=True)))
        wanted = msgspec.json.decode(payload, type=Open | Lines)
        return encode(self._open(wanted) if isinstance(wanted, Open) else self._lines(wanted))

    def _lines(self, wanted: Lines) -> Written:
        if self._sheet is None:
            return Written((), {})
        return written(*self._sheet, wanted.numbers)

    def _open(self, wanted: Open) -> Opened:
        if self._content is None:
            raise ValueError("no file has come")
        try:
            grid, header = choose(grids(bytes(self._content)), wanted.tables)
            found = opened(grid, header)
        except Refused as refused:
            return Opened(table="", place="", rows=0, refused=str(refused))
        finally:
            self._content = None
        self._sheet, self._chunks = (grid, header), chunks(grid, header)
        return found


if __name__ == "__main__":
    sandbox.serve_frames(Reading().answer)
