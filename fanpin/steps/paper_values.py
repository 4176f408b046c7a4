"""What several papers say alike: places, full names of offices, telephone numbers, households on a list."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NoReturn, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fanpin.documents.catalogue import Issuer, paper
from fanpin.documents.papers_common import Contact, ListedHousehold, Place, PublicHousehold
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination
from fanpin.models.deliberation import ListEntry, MeetingKind, MeetingRecord, VillageList
from fanpin.models.households import Household, Member
from fanpin.models.leads import Lead
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.papers import Paper
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.members import is_adult
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure

Subject = TypeVar("Subject")
NO_PHONE = "（请登记公布电话）"
NATIONAL = Contact(unit="全国咨询服务电话", phone="12317")
# A name on a public paper must be a name (documents/printing.py): this one needs no brackets to be understood.
CHILD_HEAD = "未成年户主"
LEVELS = {Issuer.HOUSEHOLD: AreaLevel.VILLAGE, Issuer.VILLAGE: AreaLevel.VILLAGE, Issuer.TOWNSHIP: AreaLevel.TOWNSHIP,
          Issuer.COUNTY: AreaLevel.COUNTY, Issuer.DEPARTMENT: AreaLevel.COUNTY}
# How the statistical list writes a village, and how people do; the longer ending is looked for first.
VILLAGE_WORDS = (("村村民委员会", "村"), ("村民委员会", "村"), ("村委会", "村"), ("社区居民委员会", "社区"), ("社区居委会", "社区"))
LEGAL_WORDS = (("村民委员会", "村民委员会"), ("村委会", "村民委员会"), ("居民委员会", "居民委员会"), ("居委会", "居民委员会"))
TOWNSHIP_WORDS = (("乡", "乡人民政府"), ("镇", "镇人民政府"), ("街道", "街道办事处"))
PROPOSED = (MeasureStatus.PLANNED, MeasureStatus.CONFIRMED, MeasureStatus.STARTED, MeasureStatus.DONE)
CONFIRMED = PROPOSED[1:]
CARRIED_OUT = PROPOSED[2:]


@dataclass(frozen=True, kw_only=True)
class Request:
    """Which paper is asked for, about what, by whom, on which day."""

    session: Session
    code: str
    actor: Actor
    now: datetime
    today: date
    case: Case | None = None
    village_list: VillageList | None = None
    lead: Lead | None = None
    about: object | None = None
    month: str = ""
    part: int = 1
    _areas: dict[str, dict[AreaLevel, Area]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Return the path of the area that the paper is about."""
        subject = self.case or self.village_list or self.lead or self.about
        if isinstance(subject, Area):
            return subject.path
        return subject.area_path if subject is not None else self.actor.area_path

    @property
    def leaving(self) -> bool:
        """Say whether the paper belongs to the way out."""
        subject = self.village_list or self.case
        return subject is not None and subject.procedure is Procedure.LEAVING

    def areas(self, path: str | None = None) -> dict[AreaLevel, Area]:
        """Return the areas on the path by level, read once."""
        wanted = path or self.path
        if wanted not in self._areas:
            self._areas[wanted] = areas_on(self.session, wanted)
        return self._areas[wanted]

    @property
    def place(self) -> Place:
        """Return the names of the areas as they are printed."""
        return place_of(self.areas())

    def issuer(self, level: Issuer | None = None) -> str:
        """Return the full name of who issues the paper (or of another office of the place)."""
        areas, kind = self.areas(), level or paper(self.code).issuer
        return full_name(areas, LEVELS[kind])

    def phone(self, level: AreaLevel) -> str:
        """Return the published number of an office of the place."""
        area = self.areas().get(level)
        return _detail(area, "phone") or NO_PHONE

    def contacts(self) -> tuple[Contact, ...]:
        """Return the offices that take questions: village, township, county, and the national number."""
        levels = (AreaLevel.VILLAGE, AreaLevel.TOWNSHIP, AreaLevel.COUNTY)
        return (*(self.contact(level) for level in levels if level in self.areas()), NATIONAL)

    def contact(self, level: AreaLevel) -> Contact:
        """Return one office of the place with its published number."""
        return Contact(unit=full_name(self.areas(), level), phone=self.phone(level))

    def the_case(self) -> Case:
        """Return the case that the paper is about."""
        if self.case is None:
            raise Invalid(f"“{paper(self.code).title}”按户制作，请先选择农户。")
        return self.case

    def the_list(self) -> VillageList:
        """Return the list that the paper is about."""
        if self.village_list is None:
            raise Invalid(f"“{paper(self.code).title}”按名单制作，请先选择名单。")
        return self.village_list

    def the(self, model: type[Subject], what: str) -> Subject:
        """Return what the paper is about, which must be of the model; `what` says it in words."""
        if not isinstance(self.about, model):
            raise Invalid(f"“{paper(self.code).title}”按{what}制作，请先选择{what}。")
        return self.about

    def not_yet(self, sentence: str) -> NoReturn:
        """Refuse: the paper cannot be made before something else is done."""
        kind = paper(self.code)
        raise NotAllowedHere(f"“{kind.title}”还不能制作：{sentence}", action=f"paper.{self.code}", clause=kind.clause)


def areas_on(session: Session, path: str) -> dict[AreaLevel, Area]:
    """Return the areas of a path by level."""
    ids = [int(piece) for piece in path.strip("/").split("/") if piece]
    return {row.kind: row for row in session.scalars(select(Area).where(Area.id.in_(ids)))}


def place_of(areas: dict[AreaLevel, Area]) -> Place:
    """Return the names of the areas, a village by its name in speech."""
    names = {level: area.name for level, area in areas.items()}
    return Place(county=names.get(AreaLevel.COUNTY, ""), township=names.get(AreaLevel.TOWNSHIP, ""),
                 village=village_name(names.get(AreaLevel.VILLAGE, "")), group=names.get(AreaLevel.GROUP, ""))


def village_name(name: str) -> str:
    """Return a village as people name it: `洛泽河村民委员会` is 洛泽河村."""
    return _respelt(name.removesuffix("（农村社区）"), VILLAGE_WORDS)


def full_name(areas: dict[AreaLevel, Area], level: AreaLevel) -> str:
    """Return the full name of the office of a level: as registered with the area, else built from the names."""
    area = areas.get(level)
    if area is None:
        raise Invalid(f"这里没有登记所在的{level.title}，不能制作这份文书。")
    if registered := _detail(area, "issuer"):
        return registered
    if level is AreaLevel.VILLAGE:
        township = areas[AreaLevel.TOWNSHIP].name
        return township + _respelt(area.name.removesuffix("（农村社区）"), LEGAL_WORDS)
    return _respelt(area.name, TOWNSHIP_WORDS) if level is AreaLevel.TOWNSHIP else f"{area.name}乡村振兴部门"


def _respelt(name: str, words: Iterable[tuple[str, str]]) -> str:
    for ending, instead in words:
        if name.endswith(ending):
            return name.removesuffix(ending) + instead
    return name


def _detail(area: Area | None, key: str) -> str:
    return str(area.details.get(key) or "") if area is not None else ""


def office_address(areas: dict[AreaLevel, Area]) -> str:
    """Return where one may go or write to: the village's registered address."""
    return _detail(areas.get(AreaLevel.VILLAGE), "address")


def leading_group(areas: dict[AreaLevel, Area]) -> str:
    """Return the name of the county's leading group."""
    county = areas[AreaLevel.COUNTY]
    return _detail(county, "leading_group") or f"{county.name}巩固脱贫攻坚推进乡村振兴领导小组"


def month_of(text: str) -> str:
    """Say a list's month in words: `2026-03` is 2026年3月."""
    year, month = text.split("-")
    return f"{year}年{int(month)}月"


def department_name(code: str) -> str:
    """Return the department's title; what is no code was typed as a name."""
    return Department(code).title if code in {row.value for row in Department} else code


def class_of(case: Case) -> str:
    """Return the household's class, which every list names."""
    if case.household_class is None:
        raise Invalid(f"{case.household.head_name}户还没有填写监测对象类别，请先在调查表中选择。")
    return case.household_class.title


def public_name(household: Household, today: date) -> str:
    """Return the head's name for the public; a child's is never shown: an adult of the household stands in."""
    head = household.head
    if head is None or not _may_be_child(head, today):
        return household.head_name
    grown = [member for member in household.present_members if not _may_be_child(member, today)]
    return grown[0].name if grown else CHILD_HEAD


def _may_be_child(member: Member, today: date) -> bool:
    # Without a birthday, somebody at school is taken for a child: hiding a name too much harms nobody.
    return bool(member.schooling) if member.born_on is None else not is_adult(member.born_on, today)


@dataclass(frozen=True)
class Row:
    """A household of a list: its case, its group's name, and the decision on it where there is one."""

    case: Case
    group: str
    entry: ListEntry
    determination: Determination | None

    @property
    def standing(self) -> bool:
        """Say whether the household still stands on the list."""
        return self.entry.left_on is None


def rows_of(session: Session, village_list: VillageList) -> list[Row]:
    """List everybody who was ever put on the list, with the decisions that concern this procedure and round."""
    entries = session.scalars(
        select(ListEntry).where(ListEntry.list_id == village_list.id).order_by(ListEntry.id)
        .options(selectinload(ListEntry.case).selectinload(Case.household).selectinload(Household.members))).all()
    groups = group_names(session, [entry.case.area_path for entry in entries])
    decided = {(row.case_id, row.round): row for row in session.scalars(select(Determination).where(
        Determination.case_id.in_([entry.case_id for entry in entries]),
        Determination.procedure == village_list.procedure))}
    return [Row(entry.case, groups.get(entry.case.area_path, ""), entry, decided.get((entry.case_id, entry.round)))
            for entry in entries]


def reported(rows: Sequence[Row]) -> list[Row]:
    """Keep whom the list was reported with: who stands on it, or left it by the county's decision."""
    return [row for row in rows if row.standing or row.determination is not None]


def group_names(session: Session, paths: Iterable[str]) -> dict[str, str]:
    """Return the names of villagers' groups by path."""
    rows = session.execute(select(Area.path, Area.name).where(Area.path.in_(set(paths))))
    return {path: name for path, name in rows}


def measures_of(session: Session, cases: Collection[Case], statuses: Sequence[MeasureStatus]) -> dict[int, tuple[str, ...]]:
    """Return the titles of the cases' measures by case, each title once."""
    titles: dict[int, dict[str, None]] = defaultdict(dict)
    for row in session.scalars(select(Measure).where(
            Measure.case_id.in_([case.id for case in cases]), Measure.category.is_not(None),
            Measure.status.in_(statuses)).order_by(Measure.id)):
        titles[row.case_id][row.category.title] = None
    return {case_id: tuple(found) for case_id, found in titles.items()}


def public_households(request: Request, pairs: Sequence[tuple[Case, str]],
                      statuses: Sequence[MeasureStatus]) -> tuple[PublicHousehold, ...]:
    """Return (case, group) pairs as the public may see them."""
    measures = measures_of(request.session, [case for case, _ in pairs], statuses)
    return tuple(PublicHousehold(
        group=group, head_name=public_name(case.household, request.today), size=case.household.size,
        household_class=class_of(case), measures=measures.get(case.id, ())) for case, group in pairs)


def listed_households(request: Request, rows: Sequence[Row],
                      statuses: Sequence[MeasureStatus]) -> tuple[ListedHousehold, ...]:
    """Return the households of a list as offices see them, the lead department where it is named."""
    measures = measures_of(request.session, [row.case for row in rows], statuses)
    return tuple(ListedHousehold(
        group=row.group, head_name=row.case.household.head_name, size=row.case.household.size,
        household_class=class_of(row.case), measures=measures.get(row.case.id, ()),
        lead_department=department_name(row.determination.lead_department) if row.determination else "") for row in rows)


def meeting_of(session: Session, village_list: VillageList, *kinds: MeetingKind) -> MeetingRecord | None:
    """Return the list's latest meeting of the kinds."""
    return session.scalar(select(MeetingRecord).where(
        MeetingRecord.list_id == village_list.id, MeetingRecord.kind.in_(kinds)).order_by(MeetingRecord.id.desc()).limit(1))


def those_present(meeting: MeetingRecord) -> tuple[str, ...]:
    """Say who came, group by group, in numbers; the names stand on the attached sheet."""
    return tuple(f"{group}{sum(counts)}人" for group, counts in meeting.attendance.items() if sum(counts))


def number_of(session: Session, village_list: VillageList, *codes: str) -> str:
    """Return the number of the list's latest issued paper of a kind, "" where none was issued here."""
    return session.scalar(select(Paper.number).where(
        Paper.list_id == village_list.id, Paper.code.in_(codes), Paper.state != "failed")
        .order_by(Paper.id.desc()).limit(1)) or ""


def entering_decision(session: Session, case: Case) -> Determination | None:
    """Return the decision by which the household came in."""
    return session.scalar(select(Determination).where(
        Determination.case_id == case.id, Determination.procedure == Procedure.ENTERING)
        .order_by(Determination.round.desc()).limit(1))
