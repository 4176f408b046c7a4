"""二(四) 大中型易地扶贫搬迁集中安置区: register communities, make one of their many spellings, record the two indicators."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.events import Event
from fanpin.models.households import Household
from fanpin.models.relocation import Community, CommunityFigure, CommunityName
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.refusals import Invalid
from fanpin.rules.regional import Indicator, SizeClass, worsened
from fanpin.rules.roles import Actor
from fanpin.steps import doing
from fanpin.steps.regional_numbers import counting


def register(session: Session, place: Area, *, name: str, address: str, size_class: SizeClass, size_source: str, actor: Actor,
             now: datetime) -> Community:
    """Register a community of the county, with the document from which its size class is taken."""
    doing.filled(name=name, size_source=size_source)
    if place.level < AreaLevel.TOWNSHIP or not contains(actor.area_path, place.path):
        raise Invalid({"place": "请选择安置区所在的乡镇或行政村。"})
    county = doing.ancestor(session, place.path, AreaLevel.COUNTY)
    _refuse_known(session, county.path, name, field="name")
    row = Community(area_path=county.path, name=name, place_id=place.id, address=address, size_class=size_class,
                    size_source=size_source, registered_by=actor.name, registered_at=now)
    doing.permit(session, Action.REGIONAL_COMMUNITY, actor=actor, subject=row)
    session.add(row)
    session.flush()
    _add_name(session, row, name, actor=actor, now=now)
    doing.note(session, Action.REGIONAL_COMMUNITY, actor=actor, now=now, subject=row,
               facts={"name": name, "size": size_class.value, "source": size_source})
    return row


def attach(session: Session, community: Community, text: str, *, actor: Actor, now: datetime) -> None:
    """Say that a text in households' files means this community; from now on they belong to it."""
    doing.permit(session, Action.REGIONAL_COMMUNITY, actor=actor, subject=community)
    doing.filled(text=text)
    _refuse_known(session, community.area_path, text, field="text")
    _add_name(session, community, text, actor=actor, now=now)
    doing.note(session, Action.REGIONAL_COMMUNITY, actor=actor, now=now, subject=community, facts={"attached": text})


def detach(session: Session, community: Community, text: str, *, actor: Actor, now: datetime) -> None:
    """Undo an attachment; the community's own name stays."""
    doing.permit(session, Action.REGIONAL_COMMUNITY, actor=actor, subject=community)
    row = session.scalar(select(CommunityName).where(CommunityName.community_id == community.id, CommunityName.text == text))
    if row is None or text == community.name:
        raise Invalid({"text": "这个名称不能移出。"})
    session.delete(row)
    doing.note(session, Action.REGIONAL_COMMUNITY, actor=actor, now=now, subject=community, facts={"detached": text})


def _refuse_known(session: Session, county: str, text: str, *, field: str) -> None:
    owner = session.scalar(select(Community.name).join(CommunityName, CommunityName.community_id == Community.id).where(
        CommunityName.area_path == county, CommunityName.text == text))
    if owner:
        raise Invalid({field: f"这个名称已经归入“{owner}”。"})


def _add_name(session: Session, community: Community, text: str, *, actor: Actor, now: datetime) -> None:
    session.add(CommunityName(community_id=community.id, area_path=community.area_path, text=text[:80], added_by=actor.name,
                              added_at=now))


def record(session: Session, community: Community, *, indicator: Indicator, month: str, part: int, whole: int, source: str,
           note: str, actor: Actor, now: datetime, today: date) -> CommunityFigure:
    """Record an indicator of a month with its source; an earlier figure of the month stays in the history."""
    doing.permit(session, Action.REGIONAL_INDICATOR, actor=actor, subject=community)
    doing.filled(source=source)
    problems: dict[str, str] = {}
    if whole <= 0:
        problems["whole"] = f"请填写{indicator.whole}。"
    elif part > whole:
        problems["part"] = f"{indicator.part}不能多于{indicator.whole}。"
    if month > f"{today.year}-{today.month:02d}":
        problems["month"] = "月份不能晚于本月。"
    if problems:
        raise Invalid(problems)
    row = CommunityFigure(community_id=community.id, area_path=community.area_path, indicator=indicator, month=month, part=part,
                          whole=whole, source=source, note=note, recorded_by=actor.name, recorded_at=now)
    session.add(row)
    doing.note(session, Action.REGIONAL_INDICATOR, actor=actor, now=now, subject=community,
               facts={"indicator": indicator.value, "month": month, "part": part, "whole": whole})
    return row


@dataclass(frozen=True)
class IndicatorStanding:
    """The latest month of one indicator of a community beside the month before it on record."""

    indicator: Indicator
    latest: CommunityFigure | None = None
    before: CommunityFigure | None = None

    @property
    def worse(self) -> bool:
        """Say whether the share has fallen: an alarm, whatever its size."""
        if self.latest is None or self.before is None:
            return False
        return worsened((self.before.part, self.before.whole), (self.latest.part, self.latest.whole))


@dataclass(frozen=True)
class CommunityStanding:
    """A community with its place, its households on file, its indicators, and whether an event is open for it."""

    community: Community
    place: Area
    households: int
    indicators: tuple[IndicatorStanding, ...]
    event: Event | None

    @property
    def alarm(self) -> bool:
        """Say whether an indicator fell and nobody has made an event of it."""
        return self.event is None and any(row.worse for row in self.indicators)


def standings(session: Session, *, path: str) -> list[CommunityStanding]:
    """Return every community of an area (or of the county above it) with what is known of it, in four statements."""
    rows = session.execute(select(Community, Area).join(Area, Area.id == Community.place_id)
                           .order_by(Community.area_path, Community.id)).all()
    rows = [row for row in rows if contains(path, row[0].area_path) or contains(row[0].area_path, path)]
    ids = [row[0].id for row in rows]
    with counting(session):
        housed = dict(session.execute(
            select(CommunityName.community_id, func.count()).join(Household, Household.relocation_community == CommunityName.text)
            .where(CommunityName.community_id.in_(ids), Household.departed_on.is_(None), within(Household.area_path, (path,)),
                   Household.area_path.startswith(CommunityName.area_path)).group_by(CommunityName.community_id)).all())
    events = {event.community_id: event for event in session.scalars(select(Event).where(
        Event.community_id.in_(ids), Event.closed_on.is_(None)).order_by(Event.id))}
    known = months(session, ids)
    return [CommunityStanding(
        community, place, housed.get(community.id, 0),
        tuple(_standing(indicator, known.get((community.id, indicator), [])) for indicator in Indicator),
        events.get(community.id)) for community, place in rows]


def _standing(indicator: Indicator, figures: list[CommunityFigure]) -> IndicatorStanding:
    return IndicatorStanding(indicator, figures[0] if figures else None, figures[1] if len(figures) > 1 else None)


def months(session: Session, communities: Collection[int]) -> dict[tuple[int, Indicator], list[CommunityFigure]]:
    """Return for each community and indicator the figure that counts of each month, the latest month first."""
    found: dict[tuple[int, Indicator], dict[str, CommunityFigure]] = {}
    for row in session.scalars(select(CommunityFigure).where(CommunityFigure.community_id.in_(communities))
                               .order_by(CommunityFigure.month.desc(), CommunityFigure.id.desc())):
        found.setdefault((row.community_id, row.indicator), {}).setdefault(row.month, row)
    return {key: list(by_month.values()) for key, by_month in found.items()}


def unattached(session: Session, *, path: str) -> list[tuple[str, int]]:
    """List the texts in households' files of an area that mean no registered community yet, with their households."""
    known = select(CommunityName.id).where(CommunityName.text == Household.relocation_community,
                                           Household.area_path.startswith(CommunityName.area_path)).exists()
    return [(text, count) for text, count in session.execute(
        select(Household.relocation_community, func.count()).where(
            Household.relocation_community != "", Household.departed_on.is_(None), within(Household.area_path, (path,)), ~known)
        .group_by(Household.relocation_community).order_by(func.count().desc(), Household.relocation_community))]


def names(session: Session) -> list[str]:
    """List the communities that may be chosen for a household, within the actor's reach."""
    return list(session.scalars(select(Community.name).order_by(Community.id)))
