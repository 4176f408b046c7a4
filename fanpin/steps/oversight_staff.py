"""六(一)(二): responsible persons, work plans, and administrators who hand over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from fanpin.clock import legal_date
from fanpin.models.areas import Area
from fanpin.models.staff import Handover, ResponsiblePerson, WorkPlan
from fanpin.models.users import Grant, User
from fanpin.rules.actions import Action
from fanpin.rules.oversight import PLAN_DUE, ResponsibleKind, responsible_at
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import ADMINISTRATORS, Actor, Role
from fanpin.steps import doing
from fanpin.steps.oversight_reach import own

A_DAY = timedelta(days=1)


def name_person(session: Session, area: Area, *, kind: ResponsibleKind, name: str, post: str, since: date, document: str,
                actor: Actor, now: datetime) -> ResponsiblePerson:
    """Enter who answers for an area from a day on; whoever did so before ends the day before."""
    doing.filled(name=name, post=post, document=document)
    if area.kind is not kind.level:
        raise Invalid({"area": f"“{kind.title}”登记在{kind.level.title}，{area.name}不是。"})
    row = ResponsiblePerson(area_id=area.id, area_path=area.path, kind=kind, name=name.strip(), post=post.strip(), since=since,
                            document=document.strip(), entered_by=actor.name, entered_at=now)
    doing.permit(session, Action.OVERSIGHT_NAME, actor=actor, subject=row)
    before = session.scalar(select(ResponsiblePerson).where(
        ResponsiblePerson.area_id == area.id, ResponsiblePerson.kind == kind, ResponsiblePerson.until.is_(None)))
    if before is not None:
        if since <= before.since:
            raise Invalid({"since": f"{before.name}从{before.since:%Y年%-m月%-d日}起任职，请填写以后的日期。"})
        before.until = since - A_DAY
    session.add(row)
    doing.note(session, Action.OVERSIGHT_NAME, actor=actor, now=now, subject=row,
               facts={"kind": kind.value, "name": row.name, "post": row.post, "since": since.isoformat()})
    return row


def responsible_on(session: Session, area_path: str, on: date) -> dict[ResponsibleKind, ResponsiblePerson]:
    """Return who answers, on a day, for the county and the township on an area's path."""
    above = [int(part) for part in area_path.strip("/").split("/")]
    rows = session.scalars(select(ResponsiblePerson).where(
        ResponsiblePerson.area_id.in_(above), ResponsiblePerson.since <= on,
        or_(ResponsiblePerson.until.is_(None), ResponsiblePerson.until >= on)).order_by(ResponsiblePerson.since))
    return {row.kind: row for row in rows}


def responsible_words(session: Session, area_path: str, on: date) -> tuple[str, ...]:
    """六(一): name who answers for the county, the township and the entry, as papers say it, as far as they are registered."""
    rows = responsible_on(session, area_path, on)
    return tuple(f"{kind.title}{rows[kind].name}" for kind in ResponsibleKind if kind in rows)


@dataclass(frozen=True)
class Seat:
    """A responsibility of an area: who holds it today, and who held it before."""

    area: Area
    kind: ResponsibleKind
    holder: ResponsiblePerson | None
    earlier: tuple[ResponsiblePerson, ...]


def seats(session: Session, areas: Sequence[Area], *, today: date) -> list[Seat]:
    """List every responsibility of the areas, the empty ones included, in one statement."""
    rows = session.scalars(select(ResponsiblePerson).where(ResponsiblePerson.area_id.in_([area.id for area in areas]))
                           .order_by(ResponsiblePerson.since.desc(), ResponsiblePerson.id.desc())).all()
    found = []
    for area in areas:
        for kind in responsible_at(area.kind):
            own_rows = [row for row in rows if row.area_id == area.id and row.kind is kind]
            holder = next((row for row in own_rows if row.held_on(today)), None)
            found.append(Seat(area, kind, holder, tuple(row for row in own_rows if row is not holder)))
    return found


def publish_plan(session: Session, area: Area, *, year: int, document: str, monitored: str, responsibilities: str, method: str,
                 steps: str, published_on: date, actor: Actor, now: datetime, today: date) -> WorkPlan:
    """Publish an area's plan for a year, or a further version of it; what was published stays as it was."""
    doing.filled(document=document, monitored=monitored, responsibilities=responsibilities, method=method, steps=steps)
    doing.not_future(today, published_on=published_on)
    if not today.year - 1 <= year <= today.year + 1:
        raise Invalid({"year": f"请选择{today.year - 1}年至{today.year + 1}年。"})
    last = session.scalar(select(func.max(WorkPlan.number)).where(WorkPlan.area_id == area.id, WorkPlan.year == year)) or 0
    row = WorkPlan(area_id=area.id, area_path=area.path, year=year, number=last + 1, document=document.strip(),
                   monitored=monitored, responsibilities=responsibilities, method=method, steps=steps,
                   published_on=published_on, published_by=actor.name, published_at=now)
    own(session, Action.OVERSIGHT_PLAN, area.id, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.OVERSIGHT_PLAN, actor=actor, now=now, subject=row,
               facts={"year": year, "number": row.number, "document": row.document})
    return row


def plan_of(session: Session, area_id: int, year: int) -> WorkPlan | None:
    """Return the latest version of an area's plan for a year."""
    return session.scalar(select(WorkPlan).where(WorkPlan.area_id == area_id, WorkPlan.year == year)
                          .order_by(WorkPlan.number.desc()).limit(1))


def without_plan(session: Session, areas: Iterable[Area], *, year: int) -> list[Area]:
    """List the areas that have published no plan for the year."""
    areas = list(areas)
    having = set(session.scalars(select(WorkPlan.area_id).where(
        WorkPlan.area_id.in_([area.id for area in areas]), WorkPlan.year == year)))
    return [area for area in areas if area.id not in having]


def plan_due(year: int) -> date:
    """Return the last day on which a year's plan is in time."""
    return date(year, *PLAN_DUE) - A_DAY


@dataclass(frozen=True)
class Tenure:
    """One administrator's time in the post: since when, until when, and the hand-over that ended it."""

    grant: Grant
    until: date | None
    handover: Handover | None

    @property
    def ended_bare(self) -> bool:
        """Say whether the post was left without a hand-over."""
        return self.until is not None and self.handover is None


def tenures(session: Session, area: Area, *, today: date) -> list[Tenure]:
    """List the area's administrators by post, the present ones first."""
    grants = session.scalars(
        select(Grant).where(Grant.area_id == area.id, Grant.role.in_(ADMINISTRATORS)).options(joinedload(Grant.user))
        .order_by(Grant.role, Grant.valid_from.desc(), Grant.id.desc())).all()
    handed = {(row.role, row.from_id): row for row in handovers(session, area)}
    return [Tenure(row, _ended(row, today), handed.get((row.role, row.user_id))) for row in grants]


def _ended(grant: Grant, today: date) -> date | None:
    if grant.revoked_at is not None:
        return legal_date(grant.revoked_at)
    return grant.valid_to if grant.valid_to is not None and grant.valid_to < today else None


def handovers(session: Session, area: Area) -> list[Handover]:
    """List the hand-overs of an area, the newest last."""
    return list(session.scalars(select(Handover).where(Handover.area_id == area.id).order_by(Handover.handed_on, Handover.id)
                                .options(joinedload(Handover.giver), joinedload(Handover.taker))))


def hand_over(session: Session, area: Area, *, role: Role, giver: User, taker: User, handed_on: date, items: str,
              open_matters: str, witness: str, document: str, actor: Actor, now: datetime, today: date) -> Handover:
    """Write down what one administrator handed to another of the same post."""
    doing.filled(items=items, witness=witness)
    doing.not_future(today, handed_on=handed_on)
    if giver.id == taker.id:
        raise Invalid({"taker": "移交人和接收人不能是同一人。"})
    held = set(session.scalars(select(Grant.user_id).where(
        Grant.area_id == area.id, Grant.role == role, Grant.user_id.in_([giver.id, taker.id]))))
    missing = {name: f"{user.name}没有担任过{area.name}的{role.title}，请先由安全管理员授权。"
               for name, user in (("giver", giver), ("taker", taker)) if user.id not in held}
    if missing:
        raise Invalid(missing)
    row = Handover(area_id=area.id, area_path=area.path, role=role, from_id=giver.id, to_id=taker.id, handed_on=handed_on,
                   items=items, open_matters=open_matters, witness=witness.strip(), document=document.strip(),
                   entered_by=actor.name, entered_at=now)
    own(session, Action.OVERSIGHT_HANDOVER, area.id, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.OVERSIGHT_HANDOVER, actor=actor, now=now, subject=row,
               facts={"role": role.value, "from": giver.username, "to": taker.username, "handed_on": handed_on.isoformat()})
    return row


def administrators(session: Session, area: Area) -> list[User]:
    """List the accounts that are or were administrators of the area."""
    return list(session.scalars(select(User).where(User.id.in_(
        select(Grant.user_id).where(and_(Grant.area_id == area.id, Grant.role.in_(ADMINISTRATORS))))).order_by(User.username)))
