"""The core's side of 中间库 and platform: the same rows as from a sheet, whatever the department's transport."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Self

import msgspec

from fanpin.adapters.failures import FETCHING, AdapterFailed, Failure, failure_of
from fanpin.adapters.manifest import Table
from fanpin.adapters.transports.http import CALL_SECONDS, Platform
from fanpin.adapters.transports.remote import Fetched, OpenDatabase, OpenPlatform, Waiting
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import LARGEST_ANSWER, Chunk, Opened, encode
from fanpin.sandbox import Child, ChildFailed, RequestFailed

# The platform's own budget, and what the child needs beside it.
CHUNK_SECONDS, CPU_SECONDS, MEMORY_MB = CALL_SECONDS + 10, 300, 768
ENDLESS = 10**9


class Fetching:
    """Rows being fetched in a child that alone knows address and secret; close it, or use it in a `with`."""

    def __init__(self, table: Table, source: Database | Platform, *, today: date, since: str = "",
                 renamed: Mapping[str, str] | None = None, question: Mapping[str, object] | None = None,
                 ticket: str = "", lines: bool = False, persons: Sequence[str] | None = None) -> None:
        self.mark, self.waiting, self.whole, self._table = since, None, True, table
        self._child = Child(["-m", "fanpin.adapters.transports.remote"], memory_mb=MEMORY_MB, cpu_seconds=CPU_SECONDS,
                            output_limit=LARGEST_ANSWER, files=_files(source), network=True, max_requests=ENDLESS,
                            max_rss_mb=MEMORY_MB,
                            ports=[source.port] if source.port else [])
        names = dict(renamed or {})
        wanted: OpenDatabase | OpenPlatform
        if isinstance(source, Database):
            wanted = OpenDatabase(table, names, since, source, lines, None if persons is None else tuple(persons))
        else:
            asked = None if question is None else dict(question)
            wanted = OpenPlatform(table, names, since, source, today, asked, ticket, lines)
        try:
            self.opened = msgspec.json.decode(self._ask(encode(wanted)), type=Opened)
        except BaseException:
            self._child.close()
            raise

    mark: str
    waiting: Waiting | None
    whole: bool

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the chunks; afterwards `mark` says up to where they reached, `waiting` whether the answer comes later."""
        return (fetched.chunk for fetched in self._coming())

    def sheet(self) -> bytes:
        """Return everything as one sheet in the department's own headings, b"" where nothing came."""
        written = io.StringIO()
        table = csv.writer(written, lineterminator="\n")
        headed = False
        for fetched in self._coming():
            if fetched.lines and not headed:
                table.writerow(fetched.headings)
                headed = True
            table.writerows(fetched.lines)
        return written.getvalue().encode()

    def _coming(self) -> Iterator[Fetched]:
        last = False
        while not last:
            fetched = msgspec.json.decode(self._ask(b""), type=Fetched)
            self.mark, self.waiting = fetched.mark or self.mark, fetched.waiting or self.waiting
            self.whole = self.whole and fetched.whole
            last = fetched.chunk.last
            if fetched.chunk.refused:
                raise AdapterFailed(Failure("unavailable", fetched.chunk.refused, blames=False))
            yield fetched

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _ask(self, payload: bytes) -> bytes:
        try:
            return self._child.ask(payload, wall_seconds=CHUNK_SECONDS)
        except (ChildFailed, RequestFailed) as error:
            raise AdapterFailed(failure_of(error, FETCHING)) from error


def _files(source: Database | Platform) -> list[Path]:
    if isinstance(source, Platform):
        return [Path(source.authority_file)] if source.authority_file else []
    return [path.parent for path in source.files]
