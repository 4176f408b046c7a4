"""How fast a county is screened, and how fast a department's sheet goes in beside the bare library that reads it."""

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.clock import at_noon
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.deliveries import Delivery
from fanpin.models.households import Member
from fanpin.models.scoped import Scope, ScopeKind, set_scope, within
from fanpin.models.users import Grant
from fanpin.rules.areas import AreaLevel
from fanpin.rules.book_warnings import WARNING_MEASURES
from fanpin.rules.departments import Department
from fanpin.rules.duties import KINDS
from fanpin.rules.roles import Role
from fanpin.rules.thresholds import THRESHOLDS
from fanpin.screening.county import BulkFact, BulkHousehold, BulkPerson, keep_facts, screen_county
from fanpin.steps import accounts, deliveries, files
from fanpin.steps.delivery_intake import Intake
from tests.benchmarks.cases import TODAY

FEEDS = sorted({measure.kind for measure in WARNING_MEASURES})
DEPARTMENTS, ROWS_EACH, HOUSEHOLDS, PERSONS_EACH = 18, 10_000, 40_000, 4
BILL = "high_medical_cost"
NOON = at_noon(TODAY)


@dataclass(frozen=True)
class Screening:
    """One county screened whole: how much, how long to keep, how long to screen."""

    households: int
    facts: int
    findings: int
    kept_in: float
    screened_in: float


@dataclass(frozen=True)
class Import:
    """One sheet of so many rows: read by the bare library, and taken in with matching, queue, Parquet and trail."""

    rows: int
    bare: float
    taken: float


def screening(folder: Path, *, rows_each: int = ROWS_EACH, households: int = HOUSEHOLDS) -> Screening:
    """Screen a made-up county of eighteen departments' facts."""
    random = Random(1)
    begun = time.perf_counter()
    paths = []
    for number in range(DEPARTMENTS):
        path = folder / f"{number}.parquet"
        keep_facts(_facts(random, number, rows_each, households), path)
        paths.append(path)
    kept = time.perf_counter() - begun
    begun = time.perf_counter()
    found = screen_county(paths, [], _persons(households), (BulkHousehold(number, number % 3 == 0, "a") for number in range(households)),
                          {"a": {key: row.default for key, row in THRESHOLDS.items()}}, asof=TODAY)
    return Screening(households, found.facts, len(found.findings), kept, time.perf_counter() - begun)


def _facts(random: Random, number: int, rows: int, households: int) -> Iterator[BulkFact]:
    for _ in range(rows):
        kind = KINDS[FEEDS[number % len(FEEDS)]]
        yield BulkFact(
            subject=random.randrange(households * PERSONS_EACH), department=kind.departments[0].value, kind=kind.code, as_of=TODAY,
            batch=number, value=random.choice(sorted(kind.codes)) if kind.codes else "", begun=TODAY - timedelta(random.randrange(700)),
            amount=random.randrange(3_000_000), ref=str(random.randrange(10**9)))


def _persons(households: int) -> Iterator[BulkPerson]:
    for number in range(households * PERSONS_EACH):
        yield BulkPerson(number, number // PERSONS_EACH, "member", "head")


def imports(app: Flask, folder: Path, sizes: Sequence[int]) -> list[Import]:
    """Send sheets about the people of a database, a quarter of the rows about nobody there."""
    with app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="benchmark"))
        path = session.scalars(select(Member.area_path).order_by(Member.id).limit(1)).one()
        county = session.scalars(select(Area).where(Area.level == AreaLevel.COUNTY)).all()
        county = next(area for area in county if path.startswith(area.path))
        here = session.execute(select(Member.id_number, Member.name).where(within(Member.area_path, (county.path,)))).all()
        away = session.execute(select(Member.id_number, Member.name).where(~within(Member.area_path, (county.path,)))
                               .limit(len(here) // 3)).all()
        people = [*here, *away]
        grant = _officer(session, county)
        return [_import(session, folder, county, people, size, grant) for size in sizes]


def _officer(session: Session, county: Area) -> Grant:
    user, _ = accounts.create(session, username="bench.medical", name="测试核查员", by="benchmark", now=NOON, password="Ceshi-mima-2026")
    user.must_change_password = False
    row = accounts.grant(session, user, role=Role.DEPARTMENT_OFFICER, area=county, department="medical_insurance",
                         valid_from=date(2026, 1, 1), document="测试", by="benchmark", now=NOON)
    session.commit()
    session.refresh(row)
    return row


def _import(session: Session, folder: Path, county: Area, people: Sequence[tuple[str, str]], size: int, grant: Grant) -> Import:
    content = _sheet(people, size)
    begun = time.perf_counter()
    sheets.read(content)
    bare = time.perf_counter() - begun
    source = next(source for source in deliveries.sources_for(session, Department.MEDICAL_INSURANCE) if source.table == BILL)
    row: Delivery = deliveries.send(
        session, folder, files.Upload("数据.xlsx", content), source,
        deliveries.Sent(as_of=TODAY, covers_from=None, complete=True, register_scope="本县登记范围"), county=county, actor=grant.actor(),
        now=NOON, today=TODAY)
    session.flush()
    number = row.id
    session.commit()
    begun = time.perf_counter()
    Intake(folder).handle(session, {"delivery": number}, NOON)
    session.commit()
    return Import(size, size / bare, size / (time.perf_counter() - begun))


def _sheet(people: Sequence[tuple[str, str]], size: int) -> bytes:
    rows = [(*people[number % len(people)], f"{number % 40000}.50", (TODAY - timedelta(number % 300)).isoformat())
            for number in range(size)]
    return sheets.write([sheets.Column(title) for title in ("身份证号", "姓名", "自付金额", "结算日期")], rows, sheet="数据")


def table(screened: Screening, imported: Sequence[Import]) -> str:
    """Return both as Markdown."""
    out = io.StringIO()
    out.write("### Screening and deliveries\n\n")
    out.write("| households | facts of 18 departments | findings | kept as Parquet | screened |\n| -- | -- | -- | -- | -- |\n")
    out.write(f"| {screened.households:,} | {screened.facts:,} | {screened.findings:,} | {screened.kept_in:.1f} s | {screened.screened_in:.1f} s |\n\n")
    out.write("| rows in a sheet | read only (confined child) | taken in | share |\n| -- | -- | -- | -- |\n")
    for row in imported:
        out.write(f"| {row.rows:,} | {row.bare:,.0f} rows/s | {row.taken:,.0f} rows/s | {row.taken / row.bare:.0%} |\n")
    return out.getvalue()
