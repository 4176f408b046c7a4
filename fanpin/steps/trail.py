"""六(三) The trail as the audit administrator searches it: who did or saw what, and when; never the facts themselves."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.clock import start_of
from fanpin.models.areas import Area
from fanpin.models.audit import AuditAnchor, AuditEvent
from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.models.scoped import system_scope, within
from fanpin.models.users import Grant, User
from fanpin.rules.actions import Action
from fanpin.rules.roles import Actor
from fanpin.steps import doing, housekeeping

CASE_CODE = re.compile(r"\d{4}-(\d{6,12})")
LONGEST_ID = 15


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for; an empty value narrows nothing."""

    about: str = ""
    who: str = ""
    tag: str = ""
    day_from: date | None = None
    day_to: date | None = None


def streams_about(session: Session, about: str) -> list[str] | None:
    """Name the chains of the household that a case number, a national number or a reference means; None for no such thing.

    Only the names of chains leave this function: who searches the trail sees no household and no case.
    """
    with system_scope(session, reason="按编号查审计记录"):
        household = _household_id(session, about)
        if household is not None:
            cases = session.scalars(select(Case.id).where(Case.household_id == household).order_by(Case.id)).all()
            return [audit.household_stream(household), *map(audit.case_stream, cases)]
        user = session.scalar(select(User.id).where(or_(User.ref == about, User.username == about)))
    return None if user is None else [audit.user_stream(user)]


def _household_id(session: Session, about: str) -> int | None:
    code = CASE_CODE.fullmatch(about)
    if code and len(code[1]) <= LONGEST_ID:
        return session.scalar(select(Case.household_id).where(Case.id == int(code[1])))
    found = session.scalar(select(Case.household_id).where(Case.ref == about))
    if found is None and about:
        found = session.scalar(select(Household.id).where(
            or_(Household.ref == about, Household.national_code == about)).limit(1))
    return found


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the events that lie in the administrator's area; those without an area go by who acted."""
    here = select(Grant.user_id).join(Area, Area.id == Grant.area_id).where(within(Area.path, (actor.area_path,)))
    return or_(within(AuditEvent.area_path, (actor.area_path,)),
               and_(AuditEvent.area_path == "", or_(AuditEvent.actor_id.is_(None), AuditEvent.actor_id.in_(here))))


def search(session: Session, wanted: Search, *, actor: Actor, before: int | None, most: int) -> list[AuditEvent]:
    """List the newest events that match, older than the one numbered `before`."""
    query = select(AuditEvent).where(visible(actor)).order_by(AuditEvent.id.desc()).limit(most)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    if wanted.about:
        streams = streams_about(session, wanted.about)
        if streams is None:
            return []
        query = query.where(AuditEvent.stream.in_(streams))
    if wanted.who:
        people = select(User.id).where(or_(User.username == wanted.who, User.name == wanted.who))
        query = query.where(AuditEvent.actor_id.in_(people))
    if wanted.tag:
        query = query.where(AuditEvent.tag == wanted.tag)
    if wanted.day_from:
        query = query.where(AuditEvent.at >= start_of(wanted.day_from))
    if wanted.day_to:
        query = query.where(AuditEvent.at < start_of(wanted.day_to, days=1))
    return list(session.scalars(query))


def anchors(session: Session, *, most: int) -> list[AuditAnchor]:
    """List the latest anchors."""
    return list(session.scalars(select(AuditAnchor).order_by(AuditAnchor.id.desc()).limit(most)))


def seal(session: Session, *, actor: Actor, now: datetime) -> AuditAnchor:
    """Seal the trail now, by hand."""
    doing.permit(session, Action.AUDIT_READ, actor=actor)
    row = housekeeping.seal_trail(session, now=now)
    audit.record(session, "audit.anchor", actor=actor, now=now, stream=audit.SYSTEM_STREAM, object=str(row.id),
                 area_path=actor.area_path, facts={"root": row.root})
    return row
