"""六(三): whoever comes for 考核, 督查巡查 or 审计 reads for a limited time, and the county sees what was read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from fanpin import audit
from fanpin.models.areas import Area
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.models.scoped import within
from fanpin.models.users import Grant
from fanpin.rules.actions import Action
from fanpin.rules.roles import Role

AS_INSPECTOR = f"（{Role.INSPECTOR.title}）"


@dataclass(frozen=True)
class Reading:
    """One page that an inspector opened: when, who, which matter, whose."""

    event_id: int
    at: datetime
    who: str
    matter: str
    about: str
    area_path: str


def grants(session: Session, area: Area) -> list[Grant]:
    """List the inspectors who may or might look into an area, the latest first: placed in it or above it."""
    above = [int(part) for part in area.path.strip("/").split("/")]
    return list(session.scalars(
        select(Grant).join(Area, Area.id == Grant.area_id).options(joinedload(Grant.user))
        .where(Grant.role == Role.INSPECTOR, or_(Area.id.in_(above), within(Area.path, (area.path,))))
        .order_by(Grant.valid_from.desc(), Grant.id.desc()).limit(100)))


def readings(session: Session, area: Area, *, before: int | None, most: int) -> list[Reading]:
    """List what inspectors read in an area, the newest first; the facts of the events stay sealed."""
    query = select(AuditEvent).where(
        AuditEvent.outcome == audit.OUTCOME_SEEN, AuditEvent.actor.endswith(AS_INSPECTOR, autoescape=True),
        AuditEvent.actor_id.in_(select(Grant.user_id).where(Grant.role == Role.INSPECTOR)),
        within(AuditEvent.area_path, (area.path,)))
    if before is not None:
        query = query.where(AuditEvent.id < before)
    events = session.scalars(query.order_by(AuditEvent.id.desc()).limit(most)).all()
    names = _names(session, {event.object for event in events if event.object})
    titles = {action.value: action.title for action in Action} | {"file.read": "查看材料"}
    return [Reading(event.id, event.at, event.actor.removesuffix(AS_INSPECTOR), titles.get(event.tag, event.tag),
                    names.get(event.object, ""), event.area_path) for event in events]


def _names(session: Session, refs: set[str]) -> dict[str, str]:
    """Return whose case or household each reference is."""
    cases = {case.ref: f"{case.household.head_name}户，{case.code}" for case in session.scalars(
        select(Case).where(Case.ref.in_(refs)).options(joinedload(Case.household)))}
    households = dict(session.execute(select(Household.ref, Household.head_name).where(Household.ref.in_(refs))).all())
    return cases | {ref: f"{name}户" for ref, name in households.items()}
