"""Births, deaths, marriages, splits, merges, moves: each dated, on a document, with an event on every household concerned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from fanpin.extensions import Base
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.households import Household, Member, PopulationEvent, PopulationKind
from fanpin.models.scoped import Scoped, system_scope
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.members import DepartureReason, Relation
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.rules.stages import MONITORED, Stage
from fanpin.steps import doing, households
from fanpin.steps.households import Person

LEAVING = {PopulationKind.DEATH: DepartureReason.DEATH, PopulationKind.MARRIED_OUT: DepartureReason.MARRIED_OUT,
           PopulationKind.MOVED_OUT: DepartureReason.MOVED}
JOINING = frozenset({PopulationKind.BIRTH, PopulationKind.MARRIED_IN, PopulationKind.MOVED_IN})
# 附件2 第七项 asks for the intention behind a split or merge; it is shown to those who judge for so long.
LOOKED_AT = timedelta(days=730)
FIELDS = ("name", "id_number", "id_index", "born_on", "sex", "ethnicity", "education", "schooling", "school", "health", "labour",
          "work", "work_months", "disability_certificate", "insured", "extra")


@dataclass(frozen=True, kw_only=True)
class Papers:
    """The day on which something happened, the document that proves it, and the reason in the household's words."""

    happened_on: date
    document: str
    reason: str = ""
    file_id: int | None = None


def join(session: Session, household: Household, kind: PopulationKind, person: Person, papers: Papers, *, actor: Actor,
         now: datetime, today: date) -> Member:
    """出生、婚入、迁入: add a person on a document."""
    if kind not in JOINING:
        raise Invalid({"kind": "请选择出生、婚入或迁入。"})
    _permit(session, household, Action.HOUSEHOLD_POPULATION, papers, actor=actor, today=today)
    if kind is PopulationKind.BIRTH and person.born_on not in (None, papers.happened_on) and not person.id_number:
        raise Invalid({"born_on": "出生日期应与办理的出生日期一致。"})
    member = households.add_member(session, household, person, actor=actor, now=now, today=today)
    _note(session, household, kind, [member.name], papers, actor=actor, now=now)
    return member


def leave(session: Session, member: Member, kind: PopulationKind, papers: Papers, *, actor: Actor, now: datetime,
          today: date) -> None:
    """死亡、婚出、迁出: take a person off the household on a document; the record of the person stays."""
    if kind not in LEAVING:
        raise Invalid({"kind": "请选择死亡、婚出或迁出。"})
    household = member.household
    _permit(session, household, Action.HOUSEHOLD_POPULATION, papers, actor=actor, today=today, over=True)
    if member.left_on is not None:
        raise Invalid(f"{member.name}已经减少，不能重复办理。")
    if len(household.present_members) == 1:
        _refuse_open(session, household, f"{member.name}是本户最后一人：请先在办理页“因迁出或整户消亡终止监测”，再办理减少。")
    households.depart_member(session, member, left_on=papers.happened_on, reason=LEAVING[kind], actor=actor, now=now, today=today)
    if not household.present_members and household.departed_on is None:
        household.departed_on, household.departed_reason = papers.happened_on, kind.title
    _note(session, household, kind, [member.name], papers, actor=actor, now=now)


def split(session: Session, household: Household, relations: Mapping[int, Relation], papers: Papers, *, actor: Actor,
          now: datetime, today: date) -> Household:
    """分户: the persons (by member id, with their relation to the new head) become a household of their own in the same group."""
    _permit(session, household, Action.HOUSEHOLD_REGROUP, papers, actor=actor, today=today)
    _refuse_judged(session, household, "分户")
    chosen = [member for member in household.present_members if member.id in relations]
    _refuse_bad_split(household, chosen)
    for member in chosen:
        member.left_on, member.left_reason = papers.happened_on, DepartureReason.SPLIT.value
    session.flush()
    fresh = Household(
        area_id=household.area_id, area_path=household.area_path, head_name="", lifted=household.lifted,
        lives_here=household.lives_here, rural_services=household.rural_services, hukou_place=household.hukou_place,
        created_at=now, created_by=actor.name)
    fresh.members = [_again(member, relations[member.id], place, household.area_path) for place, member in enumerate(chosen)]
    households.check_set(fresh.members, today=today)
    households.refresh_head(household)
    households.refresh_head(fresh)
    session.add(fresh)
    session.flush()
    names = [member.name for member in chosen]
    _note(session, household, PopulationKind.SPLIT, names, papers, actor=actor, now=now, other=fresh)
    doing.note(session, Action.HOUSEHOLD_REGROUP, actor=actor, now=now, subject=fresh,
               facts={"what": "分户建立", "from": household.ref, "persons": names, "document": papers.document})
    return fresh


def merge(session: Session, household: Household, into: Household, relations: Mapping[int, Relation], papers: Papers, *,
          actor: Actor, now: datetime, today: date) -> None:
    """并户: everybody joins the other household, with the relation to its head; the household that ends keeps its history."""
    _permit(session, household, Action.HOUSEHOLD_REGROUP, papers, actor=actor, today=today)
    doing.permit(session, Action.HOUSEHOLD_REGROUP, actor=actor, subject=into)
    if into.id == household.id or into.departed_on is not None:
        raise Invalid({"into": "请选择另一户在册的农户。"})
    _refuse_open(session, household, "本户正在办理或帮扶中，不能并入别的户：请先办结，或把对方并入本户。")
    _refuse_judged(session, into, "并户")
    moving = household.present_members
    lacking = [member.name for member in moving if member.id not in relations]
    if lacking or Relation.HEAD in relations.values():
        raise Invalid({"relations": f"请填写{'、'.join(lacking)}与对方户主的关系。" if lacking else "并入后仍以对方户主为户主，请改选关系。"})
    for member in moving:
        member.left_on, member.left_reason = papers.happened_on, DepartureReason.MERGED.value
    session.flush()
    names = [member.name for member in moving]
    into.members.extend(_again(member, relations[member.id], len(into.members) + place, into.area_path)
                        for place, member in enumerate(moving))
    households.check_set(into.present_members, today=today)
    households.refresh_head(into)
    household.departed_on, household.departed_reason, household.size = papers.happened_on, f"并入{into.head_name}家"[:200], 0
    _note(session, into, PopulationKind.MERGE, names, papers, actor=actor, now=now, other=household)
    doing.note(session, Action.HOUSEHOLD_REGROUP, actor=actor, now=now, subject=household,
               facts={"what": "并户终止", "into": into.ref, "persons": names, "document": papers.document})


def move(session: Session, household: Household, group: Area, papers: Papers, *, actor: Actor, now: datetime, today: date) -> None:
    """整户迁移: the household and what is under way about it go to another villagers' group; what is closed stays where it was."""
    _permit(session, household, Action.HOUSEHOLD_REGROUP, papers, actor=actor, today=today)
    if group.kind is not AreaLevel.GROUP or group.path == household.area_path:
        raise Invalid({"group": "请选择另一个村民小组。"})
    doing.permit(session, Action.HOUSEHOLD_REGROUP, actor=actor, subject=Household(area_path=group.path))
    _refuse_judged(session, household, "迁移")
    before = household.area_path
    case = session.scalar(select(Case).where(Case.household_id == household.id, Case.closed_on.is_(None)))
    household.area_id, household.area_path = group.id, group.path
    session.flush()
    with system_scope(session, reason="整户迁移：随户的记录一起迁"):
        _carry(session, household, before, group.path, case)
    session.expire_all()
    places = f"{doing.area_of(session, int(before.strip('/').split('/')[-1])).name}→{group.name}"
    _note(session, household, PopulationKind.MOVE, [], papers, actor=actor, now=now, places=places)


def _carry(session: Session, household: Household, before: str, after: str, case: Case | None) -> None:
    """Give the new path to every row of the household and of its open case, whatever its table."""
    for mapper in Base.registry.mappers:
        model = mapper.class_
        if not issubclass(model, Scoped) or model is Household:
            continue
        columns = model.__table__.c
        mine = []
        if "household_id" in columns:
            free = columns.case_id.is_(None) if "case_id" in columns else True
            mine.append((columns.household_id == household.id) & free)
        if case is not None and "case_id" in columns:
            mine.append(columns.case_id == case.id)
        if case is not None and model is Case:
            mine = [columns.id == case.id]
        elif model is Case:
            continue
        if mine:
            session.connection().execute(update(model.__table__).where(or_(*mine), columns.area_path == before)
                                         .values(area_path=after))


def history(session: Session, member: Member) -> list[tuple[Member, Household]]:
    """List the person's records across the households that the session may see, the oldest first."""
    query = select(Member, Household).join(Household, Household.id == Member.household_id)
    query = query.where(Member.id_index == member.id_index) if member.id_index else query.where(Member.id == member.id)
    return [(row[0], row[1]) for row in session.execute(query.order_by(Member.id))]


def events_of(session: Session, household: Household) -> list[PopulationEvent]:
    """List what changed who belongs to the household, the newest first."""
    return list(session.scalars(select(PopulationEvent).where(or_(
        PopulationEvent.household_id == household.id, PopulationEvent.other_household_id == household.id))
        .order_by(PopulationEvent.happened_on.desc(), PopulationEvent.id.desc())))


def lately_regrouped(session: Session, household: Household, *, today: date) -> list[PopulationEvent]:
    """List the splits and merges of the last two years: 附件2 第七项 has people look at the intention."""
    return [row for row in events_of(session, household)
            if row.kind in (PopulationKind.SPLIT, PopulationKind.MERGE) and row.happened_on >= today - LOOKED_AT]


def _permit(session: Session, household: Household, action: Action, papers: Papers, *, actor: Actor, today: date,
            over: bool = False) -> None:
    doing.permit(session, action, actor=actor, subject=household)
    doing.filled(document=papers.document)
    doing.not_future(today, happened_on=papers.happened_on)
    if household.departed_on is not None and not over:
        raise Invalid(f"本户已于{household.departed_on:%Y-%m-%d}{household.departed_reason or '减少'}，不能再办理。")


def _open_case(session: Session, household: Household) -> Case | None:
    return session.scalar(select(Case).where(Case.household_id == household.id, Case.closed_on.is_(None)))


def _refuse_open(session: Session, household: Household, words: str) -> None:
    if _open_case(session, household) is not None:
        raise Invalid(words)


def _refuse_judged(session: Session, household: Household, what: str) -> None:
    """While a household is being judged, its people are what is judged: they change in the survey, or after the decision."""
    case = _open_case(session, household)
    if case is not None and case.stage not in MONITORED | {Stage.SURVEY}:
        raise Invalid(f"{household.head_name}家正在“{case.stage.title}”环节，{what}会改变已经调查、评议的人口和收入。"
                      "请等办结，或退回调查后再办理。")


def _refuse_bad_split(household: Household, chosen: Sequence[Member]) -> None:
    if not chosen:
        raise Invalid({"members": "请勾选分出去的成员。"})
    if len(chosen) == len(household.present_members):
        raise Invalid({"members": "不能把全部成员都分出去。"})
    if any(member.relation is Relation.HEAD for member in chosen):
        raise Invalid({"members": "户主留在原户；户主要分出去的，请先变更户主。"})


def _again(member: Member, relation: Relation, place: int, path: str) -> Member:
    """Return a new record of the same person; the old one stays with the papers that name it."""
    return Member(area_path=path, position=place, relation=relation, **{name: getattr(member, name) for name in FIELDS})


def _note(session: Session, household: Household, kind: PopulationKind, persons: Sequence[str], papers: Papers, *, actor: Actor,
          now: datetime, other: Household | None = None, places: str = "") -> None:
    session.add(PopulationEvent(
        household_id=household.id, area_path=household.area_path, other_household_id=other.id if other else None, kind=kind,
        happened_on=papers.happened_on, persons=list(persons), document=papers.document, reason=papers.reason, places=places,
        file_id=papers.file_id, recorded_by=actor.name, recorded_at=now))
    action = Action.HOUSEHOLD_POPULATION if kind in JOINING or kind in LEAVING else Action.HOUSEHOLD_REGROUP
    doing.note(session, action, actor=actor, now=now, subject=household,
               facts={"what": kind.title, "persons": list(persons), "document": papers.document, "reason": papers.reason,
                      "other": other.ref if other else "", "places": places})
