"""The child that holds network and secrets: reads a 中间库 or a platform in chunks of rows, or posts what an outlet made.

Its first frame carries address and secret; no argument and no environment does, and nothing is ever written here.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec
from msgspec import Struct

from fanpin import sandbox
from fanpin.adapters.connections import ASKED_BY
from fanpin.adapters.manifest import ColumnType, Table
from fanpin.adapters.transports import sql
from fanpin.adapters.transports.http import ASKING_ATTEMPTS, ATTEMPTS, Client, Pending, Platform, PlatformFailed, Post, Receipt
from fanpin.adapters.transports.records import Record, Records, RecordsRefused
from fanpin.adapters.transports.sql import Database, DatabaseFailed
from fanpin.adapters.wire import ROWS_AT_A_TIME, Chunk, Opened, encode

FAILURES = (PlatformFailed, DatabaseFailed, RecordsRefused)


class OpenDatabase(Struct, frozen=True, tag="database"):
    """Read rows of a 中间库 that are at or after the mark, or those about the persons asked."""

    table: Table
    renamed: dict[str, str]
    since: str
    database: Database
    lines: bool = False
    persons: tuple[str, ...] | None = None


class OpenPlatform(Struct, frozen=True, tag="platform"):
    """Read a platform's records since the mark, put a question, or collect the answer to an earlier one."""

    table: Table
    renamed: dict[str, str]
    since: str
    platform: Platform
    today: date
    question: dict[str, object] | None = None
    ticket: str = ""
    lines: bool = False


class SendOut(Struct, frozen=True, tag="send"):
    """Post a document under its key, or ask with the ticket what became of it."""

    post: Post
    body: dict[str, str | int | list[dict[str, str | int]]]
    key: str
    needs: bool
    today: date
    ticket: str = ""


class Waiting(Struct, frozen=True):
    """The platform answers later."""

    ticket: str
    due: date


class Fetched(Struct, frozen=True):
    """Some rows, or lines of a sheet under headings; the mark up to which they reach; whether they may be all; or why nothing more comes."""

    chunk: Chunk
    headings: tuple[str, ...] = ()
    lines: list[tuple[str, ...]] = []
    mark: str = ""
    waiting: Waiting | None = None
    whole: bool = True


class Sent(Struct, frozen=True):
    """What came of it: the platform's confirmation, a ticket to ask with later, or why neither."""

    receipt: Receipt | None = None
    waiting: Waiting | None = None
    refused: str = ""


class Reading:
    """One source being read: the first request opens it, every further one brings rows."""

    def __init__(self) -> None:
        self._coming: Iterator[Fetched] | None = None

    def answer(self, payload: bytes) -> bytes:
        """Answer one frame; whoever asks for rows where nothing was opened shall not take silence for the end."""
        if payload:
            wanted = msgspec.json.decode(payload, type=OpenDatabase | OpenPlatform | SendOut)
            if isinstance(wanted, SendOut):
                return encode(_sent(wanted))
            self._coming = _safely(_database(wanted) if isinstance(wanted, OpenDatabase) else _platform(wanted))
            return encode(Opened(wanted.table.code, wanted.table.title, 0))
        if self._coming is None:
            raise ValueError("no source was opened")
        return encode(next(self._coming, Fetched(Chunk(last=True))))


def _sent(wanted: SendOut) -> Sent:
    try:
        client = Client(wanted.post.platform)
        if wanted.ticket:
            found = client.confirmation(wanted.post, wanted.ticket, needs=wanted.needs, today=wanted.today)
        else:
            found = client.post(wanted.post, wanted.body, key=wanted.key, needs=wanted.needs, today=wanted.today)
    except PlatformFailed as failed:
        return Sent(refused=str(failed))
    return Sent(waiting=Waiting(found.ticket, found.due)) if isinstance(found, Pending) else Sent(receipt=found)


def _safely(coming: Iterator[Fetched]) -> Iterator[Fetched]:
    try:
        yield from coming
    except FAILURES as failed:
        yield Fetched(Chunk(last=True, refused=str(failed)))


def _database(wanted: OpenDatabase) -> Iterator[Fetched]:
    records = Records(wanted.table, wanted.renamed)
    if wanted.persons is not None:
        for rows in sql.about(wanted.database, wanted.persons, lambda names: _asked_by(records, wanted.table, names)):
            yield from _told(records, rows, wanted.lines)
        return
    for page in sql.pages(wanted.database, since=wanted.since):
        yield from _told(records, page.rows, wanted.lines, mark=page.watermark)


def _platform(wanted: OpenPlatform) -> Iterator[Fetched]:
    asking = wanted.question is not None or bool(wanted.ticket)
    client = Client(wanted.platform, attempts=ASKING_ATTEMPTS if asking else ATTEMPTS)
    records = Records(wanted.table, wanted.renamed, asked=asking)
    for page in _asked(client, wanted) if asking else client.pages(wanted.since):
        if isinstance(page, Pending):
            yield Fetched(Chunk(last=True), waiting=Waiting(page.ticket, page.due))
        else:
            yield from _told(records, page, wanted.lines)
    yield Fetched(Chunk(last=True), whole=client.whole)


def _asked_by(records: Records, table: Table, names: Sequence[str]) -> sql.AskedBy:
    fields = records.recognise(names)
    key = next((column for kind in ASKED_BY for column in table.columns if column.type is kind and column.name in fields), None)
    if key is None:
        raise RecordsRefused(f"“{table.title}”没有证件号码一列，不能逐人查询；请在设置的“字段对应”里写明")
    return sql.AskedBy(fields[key.name], tuple(fields.values()), certificate=key.type is ColumnType.CERTIFICATE)


def _told(records: Records, page: list[Record], lines: bool, *, mark: str = "") -> Iterator[Fetched]:
    if lines:
        told = list(records.lines(page))
        yield from (Fetched(Chunk(), records.headings, told[at:at + ROWS_AT_A_TIME], mark)
                    for at in range(0, len(told), ROWS_AT_A_TIME))
    else:
        yield from (Fetched(chunk, mark=mark) for chunk in records.chunks(page))


def _asked(client: Client, wanted: OpenPlatform) -> Iterator[list[Record] | Pending]:
    if wanted.ticket:
        yield client.collect(wanted.ticket, today=wanted.today)
    else:
        yield client.ask(wanted.question or {}, today=wanted.today)


if __name__ == "__main__":
    sandbox.serve_frames(Reading().answer)
