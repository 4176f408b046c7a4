"""Sheets as departments send them, made of rows: for the tests of deliveries."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.models.deliveries import Delivery
from fanpin.rules.departments import Department
from fanpin.rules.roles import Actor
from fanpin.steps import deliveries, files
from tests.conftest import StandingClock
from tests.world import World

ID, NAME = "身份证号", "姓名"


def a_sheet(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Write rows as xlsx; the columns are those of all rows, in order."""
    titles = list(dict.fromkeys(title for row in rows for title in row)) or [ID]
    return sheets.write([sheets.Column(title, text=all(isinstance(row.get(title, ""), str) for row in rows)) for title in titles],
                        [[row.get(title) for title in titles] for row in rows], sheet="数据")


def sent(session: Session, world: World, clock: StandingClock, store: object, kind: str, rows: Sequence[Mapping[str, object]], *,
         department: str, complete: bool = False, as_of: date | None = None, covers_from: date | None = None,
         content: bytes | None = None, actor: Actor | None = None) -> Delivery:
    """Send a sheet of a kind as the department's officer."""
    source = next(source for source in deliveries.sources_for(session, Department(department)) if source.table == kind)
    row = deliveries.send(
        session, store, files.Upload("数据.xlsx", a_sheet(rows) if content is None else content), source,
        deliveries.Sent(as_of=as_of or clock.today(), covers_from=covers_from, complete=complete, register_scope="本县登记范围"),
        county=world.areas["county"], actor=actor or world.officer(department), now=clock.now(), today=clock.today())
    session.flush()
    return row
