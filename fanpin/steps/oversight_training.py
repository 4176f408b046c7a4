"""六(二): leading groups keep training those who do the work; whoever was not trained is named."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.scoped import within
from fanpin.models.staff import Training, TrainingAttendance
from fanpin.models.users import Grant, User
from fanpin.rules.actions import Action
from fanpin.rules.roles import ADMINISTRATORS, OVERSEERS, Actor, Role
from fanpin.steps import doing
from fanpin.steps.oversight_reach import own

# 监测帮扶工作人员: everybody who works on cases; who administers, oversees or inspects does not.
TRAINED = tuple(role for role in Role
                if role not in ADMINISTRATORS | OVERSEERS | {Role.INSPECTOR, Role.PROVINCIAL_OFFICER})


@dataclass(frozen=True)
class Staffer:
    """An account of the area's staff: who, in which posts, when last trained."""

    ref: str
    username: str
    name: str
    posts: str
    trained_on: date | None


def hold(session: Session, area: Area, *, held_on: date, title: str, content: str, trainer: str, place: str, actor: Actor,
         now: datetime, today: date) -> Training:
    """Write down a training that was held."""
    doing.filled(title=title, content=content, trainer=trainer)
    doing.not_future(today, held_on=held_on)
    row = Training(area_id=area.id, area_path=area.path, held_on=held_on, title=title.strip(), content=content,
                   trainer=trainer.strip(), place=place.strip(), entered_by=actor.name, entered_at=now)
    own(session, Action.OVERSIGHT_TRAIN, area.id, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.OVERSIGHT_TRAIN, actor=actor, now=now, subject=row,
               facts={"title": row.title, "held_on": held_on.isoformat()})
    return row


def attend(session: Session, training: Training, *, shown: Collection[str], came: Collection[str], actor: Actor,
           now: datetime) -> int:
    """Write who of the accounts shown took part; whoever was not shown stays as he was. Return how many came."""
    own(session, Action.OVERSIGHT_TRAIN, training.area_id, actor=actor, subject=training)
    people = {ref: (user_id, path) for ref, user_id, path in session.execute(
        _posts(training.area_path).where(User.ref.in_(list(shown))).order_by(Area.path.desc()))}
    there = {row.user_id: row for row in training.attendance}
    for ref, (user_id, path) in people.items():
        if ref in came and user_id not in there:
            training.attendance.append(TrainingAttendance(area_path=path, user_id=user_id, held_on=training.held_on))
        elif ref not in came and user_id in there:
            session.delete(there[user_id])
    count = sum(ref in came for ref in people)
    doing.note(session, Action.OVERSIGHT_TRAIN, actor=actor, now=now, subject=training,
               facts={"title": training.title, "shown": len(people), "came": count})
    return count


def _posts(area_path: str) -> Select[tuple[str, int, str]]:
    """Select the staff of an area with the place of each post."""
    return (select(User.ref, User.id, Area.path).join(Grant, Grant.user_id == User.id).join(Area, Area.id == Grant.area_id)
            .where(within(Area.path, (area_path,)), Grant.role.in_(TRAINED), Grant.revoked_at.is_(None)))


def staff(session: Session, area: Area, *, today: date, directly: bool = False, untrained_since: date | None = None,
          most: int = 300) -> list[Staffer]:
    """List the staff of an area: all below it, or only those placed `directly` at it; or those untrained since a day."""
    # Where the training lies does not matter: whoever was trained by the prefecture is trained.
    last = (select(TrainingAttendance.user_id.label("user_id"), func.max(TrainingAttendance.held_on).label("day"))
            .group_by(TrainingAttendance.user_id).subquery())
    place = Grant.area_id == area.id if directly else within(Area.path, (area.path,))
    query = (
        select(User.ref, User.username, User.name, Grant.role, Area.name.label("place"), last.c.day)
        .join(Grant, Grant.user_id == User.id).join(Area, Area.id == Grant.area_id)
        .outerjoin(last, last.c.user_id == User.id)
        .where(place, Grant.role.in_(TRAINED), Grant.revoked_at.is_(None), Grant.valid_from <= today,
               or_(Grant.valid_to.is_(None), Grant.valid_to >= today), User.disabled_at.is_(None))
        .order_by(User.username).limit(2 * most))
    if untrained_since is not None:
        query = query.where(or_(last.c.day.is_(None), last.c.day < untrained_since))
    found: dict[str, Staffer] = {}
    for row in session.execute(query):
        post = f"{row.role.title}·{row.place}"
        known = found.get(row.ref)
        found[row.ref] = Staffer(row.ref, row.username, row.name, f"{known.posts}、{post}" if known else post, row.day)
    return list(found.values())[:most]


def untrained(session: Session, area_path: str, *, today: date) -> int:
    """Count the staff who took part in no training this year."""
    trained = select(TrainingAttendance.user_id).where(TrainingAttendance.held_on >= date(today.year, 1, 1))
    return session.scalar(
        select(func.count(func.distinct(Grant.user_id))).join(Area, Area.id == Grant.area_id).join(User, User.id == Grant.user_id)
        .where(and_(within(Area.path, (area_path,)), Grant.role.in_(TRAINED), Grant.revoked_at.is_(None),
                    Grant.valid_from <= today, or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
                    User.disabled_at.is_(None), Grant.user_id.not_in(trained)))) or 0


def trainings(session: Session, area: Area, *, most: int = 50) -> list[tuple[Training, int]]:
    """List the area's trainings with how many came, the newest first."""
    came = (select(func.count()).select_from(TrainingAttendance).where(TrainingAttendance.training_id == Training.id)
            .correlate(Training).scalar_subquery())
    return [(row, count) for row, count in session.execute(
        select(Training, came).where(Training.area_id == area.id).order_by(Training.held_on.desc(), Training.id.desc()).limit(most))]
