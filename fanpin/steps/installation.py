"""Make an empty database an installation: areas, known lines, the three administrators."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.areas import Area, Installation
from fanpin.models.lines import MonitoringLine
from fanpin.rules.areas import AreaLevel
from fanpin.rules.lines import KNOWN_LINES
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Role
from fanpin.steps import accounts, areas

KIND, COUNTY = "kind", "county"
PRODUCTION, DEMO = "production", "demo"
# Three persons, none of whom can do another's part; the names are the accounts'.
ADMINISTRATORS = (
    ("system", Role.SYSTEM_ADMIN), ("security", Role.SECURITY_ADMIN), ("audit", Role.AUDIT_ADMIN),
)


@dataclass(frozen=True)
class Installed:
    """What was made: the county, the numbers, and the three secrets to hand over."""

    county: str
    areas: int
    lines: int
    secrets: tuple[accounts.Secret, ...]


def mark(session: Session, **values: str) -> None:
    """Write words about this database: its kind, its county, its clock."""
    for key, value in values.items():
        session.merge(Installation(key=key, value=value))
    session.flush()


def note(session: Session, what: str, *, by: str, now: datetime) -> None:
    """Write in the system's trail what was set up from the command line."""
    audit.record(session, "system.init", actor=by, now=now, stream=audit.SYSTEM_STREAM, facts={"what": what})


def load_known_lines(session: Session, *, by: str, now: datetime) -> int:
    """Enter the lines that were published, at the province; none is invented."""
    province = areas.by_code(session, areas.PROVINCE.code)
    for known in KNOWN_LINES:
        session.add(MonitoringLine(area_id=province.id, area_path=province.path, year=known.year,
                                   amount=known.amount, document=f"{known.whose}：{known.document}", decided_on=None,
                                   factors={}, entered_by=by, entered_at=now))
    session.flush()
    return len(KNOWN_LINES)


def install(session: Session, *, county_code: str, kind: str, names: tuple[str, ...], by: str, now: datetime,
            today: date) -> Installed:
    """Fill the empty database; everything in the caller's one transaction."""
    loaded = areas.load_areas(session, areas.divisions())
    county = county_of(session, county_code)
    mark(session, kind=kind, county=county.county_code)
    lines = load_known_lines(session, by=by, now=now)
    audit.record(session, "system.init", actor=by, now=now, stream=audit.SYSTEM_STREAM, object=county.county_code,
                 area_path=county.path, facts={"what": f"{kind} {county.name}"})
    secrets = tuple(_administrator(session, county, username, role, name, by=by, now=now, today=today)
                    for (username, role), name in zip(ADMINISTRATORS, names, strict=True))
    return Installed(county.name, loaded, lines, secrets)


def county_of(session: Session, code: str) -> Area:
    """Return the county of a six-digit code."""
    county = areas.by_code(session, code) if len(code) == 6 and code.isdigit() else None
    if county is None or county.level != AreaLevel.COUNTY:
        raise Invalid(f"{code} 不是县（市、区）代码。请写六位代码，例如昭阳区 530602。")
    return county


def _administrator(session: Session, county: Area, username: str, role: Role, name: str, *, by: str, now: datetime,
                   today: date) -> accounts.Secret:
    user, secret = accounts.create(session, username=username, name=name, organisation=county.name, by=by, now=now)
    accounts.grant(session, user, role=role, area=county, valid_from=today, document="安装时设立", by=by, now=now)
    return secret
