"""Departments' own systems, to be asked by themselves: a 中间库 filled with rows, adapters found installed, a worker that asks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert, select
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.models.adapters import AdapterRelease
from fanpin.models.calls import SystemCall
from fanpin.models.county import Inquiry, Question
from fanpin.models.outbox import OutboxItem
from fanpin.steps import adapters
from fanpin.steps.inquiry_asking import Jobs
from tests.adapters.platform_server import HERE
from tests.conftest import StandingClock
from tests.world import World

POLICE, HOUSING, BANK = "public_security", "housing", "central_bank"
ADAPTERS = {POLICE: "fanpin-public-security", HOUSING: "fanpin-housing", BANK: "fanpin-central-bank"}


def put(url: str, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Make a table of texts in a department's database and fill it."""
    table = Table(name, MetaData(), *(Column(title, Text) for title in columns))
    engine = create_engine(url)
    table.create(engine, checkfirst=True)
    if rows:
        with engine.begin() as connection:
            connection.execute(insert(table), [{title: row.get(title) for title in columns} for row in rows])
    engine.dispose()


def release_of(session: Session, department: str) -> AdapterRelease:
    """Return the department's adapter as found installed."""
    return session.scalars(select(AdapterRelease).where(AdapterRelease.name == ADAPTERS[department])).one()


def find(session: Session, clock: StandingClock, *departments: str) -> None:
    """Register the departments' adapters."""
    adapters.refresh(session, [run.declared(distributions.find(ADAPTERS[name])) for name in departments], now=clock.now())
    session.commit()


def connect(session: Session, world: World, clock: StandingClock, department: str, values: Mapping[str, str]) -> None:
    """Set, as the department's officer, where its persons are asked about."""
    adapters.set_settings(session, release_of(session, department), {f"transport{name}": value for name, value in values.items()},
                          actor=world.officer(department), now=clock.now(), reach=HERE)
    session.commit()


def asked(session: Session, clock: StandingClock, folder: Path) -> int:
    """Carry out what is owed to departments' systems now, as the worker does; return how many calls were owed."""
    jobs = Jobs(folder, HERE, jitter=lambda: 0.0)
    items = session.scalars(select(OutboxItem).where(OutboxItem.kind == "inquiry.ask", OutboxItem.state == "waiting")).all()
    payloads = [dict(item.payload) for item in items]
    for item in items:
        item.state = "done"
    session.commit()
    for payload in payloads:
        jobs.ask(session, payload, clock.now())
        session.commit()
    session.expire_all()
    return len(payloads)


def inquiry_of(session: Session, department: str) -> Inquiry:
    """Return the department's inquiry."""
    return session.scalars(select(Inquiry).where(Inquiry.department == department).order_by(Inquiry.id.desc())).first()


def states(session: Session, kind: str) -> dict[str, str]:
    """Return the state of each person's question of a kind."""
    return {row.subject_name: row.state for row in session.scalars(select(Question).where(Question.kind == kind).order_by(Question.id))}


def call_of(session: Session, table: str) -> SystemCall:
    """Return the call to a table."""
    return session.scalars(select(SystemCall).where(SystemCall.table_code == table)).one()
