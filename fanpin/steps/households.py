"""The household's file: create, edit, members, kin, focus records, look-up, unmasking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pypinyin import Style, lazy_pinyin
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.models.areas import Area
from fanpin.models.households import FocusRecord, Household, Kin, Member
from fanpin.models.scoped import system_scope
from fanpin.resources import printable
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.identity import check, check_certificate
from fanpin.rules import members as member_rules
from fanpin.rules.members import DepartureReason, Education, FocusGroup, Health, LabourSkill, Relation, Schooling, Sex
from fanpin.rules.names import check_name
from fanpin.rules.refusals import Invalid
from fanpin.rules.relations import outside_kin_problem
from fanpin.rules.roles import Actor
from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import errors
from fanpin.steps import doing

SURNAMES = {"曾": "z", "单": "s", "仇": "q", "解": "x", "区": "o", "查": "z", "朴": "p", "盖": "g", "缪": "m", "翟": "z",
            "尉": "w", "万": "w", "种": "c", "繁": "p", "乐": "y", "乜": "n", "召": "s", "纪": "j", "晟": "c"}


@dataclass(frozen=True)
class Person:
    """A member as typed or imported; every value but name and relation may be empty."""

    name: str
    relation: Relation
    id_number: str = ""
    born_on: date | None = None
    sex: Sex | None = None
    ethnicity: str = ""
    education: str = ""
    schooling: str = ""
    school: str = ""
    health: tuple[str, ...] = ()
    labour: LabourSkill | None = None
    work: str = ""
    work_months: int | None = None
    disability_certificate: str = ""
    insured: bool | None = None


def initials(name: str) -> str:
    """Return the lower-case pinyin initials of a name, surnames by their reading as surnames."""
    letters = [part[0].lower() if part else "" for part in lazy_pinyin(name, style=Style.NORMAL)]
    joined = "".join(letter for letter in letters if letter.isalnum())
    return (SURNAMES[name[0]] + joined[1:])[:60] if name and name[0] in SURNAMES else joined[:60]


def id_index(id_number: str) -> bytes:
    """Return the blind index under which an ID number is found."""
    return crypto.blind_index(id_number, purpose="id_number")


def create(session: Session, *, actor: Actor, now: datetime, today: date, group: Area, people: Sequence[Person],
           lifted: bool, lives_here: bool, rural_services: bool, hukou_place: str = "", address: str = "",
           phone: str = "", relocation_community: str = "", national_code: str = "") -> Household:
    """Open a household's file at a villagers' group with its members; the first problem of each field is named."""
    if group.level != AreaLevel.GROUP:
        raise Invalid({"group": "请选择到村民小组。"})
    household = Household(
        area_id=group.id, area_path=group.path, head_name="", lifted=lifted, lives_here=lives_here,
        rural_services=rural_services, hukou_place=hukou_place, address=address or None, phone=phone or None,
        relocation_community=relocation_community, national_code=national_code, created_at=now, created_by=actor.name)
    doing.permit(session, Action.HOUSEHOLD_EDIT, actor=actor, subject=household)
    members = [_member(person, position, today=today) for position, person in enumerate(people)]
    check_set(members, today=today)
    _refuse_known(session, members)
    for member in members:
        member.area_path = group.path
    household.members = members
    refresh_head(household)
    session.add(household)
    doing.note(session, Action.HOUSEHOLD_EDIT, actor=actor, now=now, subject=_flushed(session, household),
               facts={"what": "建立农户档案", "members": len(members)})
    return household


def add_member(session: Session, household: Household, person: Person, *, actor: Actor, now: datetime,
               today: date) -> Member:
    """Add a person (birth, marriage, return) to the household."""
    doing.permit(session, Action.HOUSEHOLD_EDIT, actor=actor, subject=household)
    member = _member(person, len(household.members), today=today)
    check_set([*household.present_members, member], today=today)
    _refuse_known(session, [member])
    member.area_path = household.area_path
    household.members.append(member)
    refresh_head(household)
    doing.note(session, Action.HOUSEHOLD_EDIT, actor=actor, now=now, subject=household,
               facts={"what": "增加家庭成员", "member": member.name})
    return member


def edit_member(session: Session, member: Member, person: Person, *, actor: Actor, now: datetime, today: date) -> None:
    """Correct or complete a person's record; an ID or certificate number left empty keeps the one on file."""
    household = member.household
    doing.permit(session, Action.HOUSEHOLD_EDIT, actor=actor, subject=household)
    person = replace(person, id_number=person.id_number or member.id_number or "",
                     disability_certificate=person.disability_certificate or member.disability_certificate or "")
    fresh = _member(person, member.position, today=today)
    if fresh.id_index != member.id_index:
        _refuse_known(session, [fresh])
    changed = []
    for name in ("name", "relation", "id_number", "id_index", "born_on", "sex", "ethnicity", "education", "schooling",
                 "school", "health", "labour", "work", "work_months", "disability_certificate", "insured"):
        if getattr(member, name) != getattr(fresh, name):
            setattr(member, name, getattr(fresh, name))
            changed.append(name)
    check_set(household.present_members, today=today)
    refresh_head(household)
    doing.note(session, Action.HOUSEHOLD_EDIT, actor=actor, now=now, subject=household,
               facts={"what": "修改家庭成员", "member": member.name, "changed": changed})


def depart_member(session: Session, member: Member, *, left_on: date, reason: DepartureReason, actor: Actor,
                  now: datetime, today: date) -> None:
    """Record that a person died, moved or married away; the head must be replaced first."""
    household = member.household
    doing.permit(session, Action.HOUSEHOLD_EDIT, actor=actor, subject=household)
    doing.not_future(today, left_on=left_on)
    if member.relation is Relation.HEAD and len(household.present_members) > 1:
        raise Invalid({"reason": "户主减少前，请先把另一位成员改为户主。"})
    leave(session, member, left_on=left_on, reason=reason, actor=actor, now=now)


def leave(session: Session, member: Member, *, left_on: date, reason: DepartureReason, actor: Actor, now: datetime) -> None:
    """Write down that a person is no longer of the household, whichever act has settled it."""
    household = member.household
    member.left_on, member.left_reason = left_on, reason.value
    refresh_head(household)
    doing.note(session, Action.HOUSEHOLD_EDIT, actor=actor, now=now, subject=household,
               facts={"what": "减少家庭成员", "member": member.name, "reason": reason.value})


def change_head(session: Session, household: Household, member: Member, relations: Mapping[int, Relation], *,
                actor: Actor, now: datetime, today: date) -> None:
    """Make a member the head; `relations` gives the others' relation to the new head by member id."""
    doing.permit(session, Action.HOUSEHOLD_EDIT, actor=actor, subject=household)
    for other in household.present_members:
        other.relation = Relation.HEAD if other.id == member.id else relations.get(other.id, other.relation)
    check_set(household.present_members, today=today)
    refresh_head(household)
    doing.note(session, Action.HOUSEHOLD_EDIT, actor=actor, now=now, subject=household,
               facts={"what": "变更户主", "member": member.name})


def edit(session: Session, household: Household, values: Mapping[str, object], *, actor: Actor, now: datetime) -> None:
    """Change the household's own fields (residence, address, phone, …)."""
    doing.permit(session, Action.HOUSEHOLD_EDIT, actor=actor, subject=household)
    allowed = ("lifted", "lives_here", "rural_services", "hukou_place", "address", "phone", "relocation_community",
               "national_code")
    changed = [name for name in allowed if name in values and getattr(household, name) != values[name]]
    for name in changed:
        setattr(household, name, values[name])
    doing.note(session, Action.HOUSEHOLD_EDIT, actor=actor, now=now, subject=household,
               facts={"what": "修改农户档案", "changed": changed})


def add_kin(session: Session, household: Household, *, name: str, relation: Relation, id_number: str, actor: Actor,
            now: datetime, today: date) -> Kin:
    """Record a parent, spouse or child of the head who lives elsewhere (附件2 第一项)."""
    doing.permit(session, Action.HOUSEHOLD_EDIT, actor=actor, subject=household)
    problem = outside_kin_problem(relation)
    if problem:
        raise Invalid({"relation": problem})
    verdict = check_name(name)
    if verdict.problem:
        raise Invalid({"name": verdict.problem})
    number = _number(id_number, today=today) if id_number else None
    kin = Kin(area_path=household.area_path, name=verdict.name, relation=relation, id_number=number)
    household.kin.append(kin)
    doing.note(session, Action.HOUSEHOLD_EDIT, actor=actor, now=now, subject=household,
               facts={"what": "登记户外亲属", "kin": verdict.name})
    return kin


def add_focus(session: Session, member: Member, group: FocusGroup, *, since: date, source: str, actor: Actor,
              now: datetime) -> FocusRecord:
    """Record that a person belongs to one of 二(一)'s focus groups, with the source."""
    household = member.household
    doing.permit(session, Action.HOUSEHOLD_EDIT, actor=actor, subject=household)
    doing.filled(source=source)
    row = FocusRecord(area_path=household.area_path, household_id=household.id, member_id=member.id, group=group,
                      since=since, source=source)
    session.add(row)
    doing.note(session, Action.HOUSEHOLD_EDIT, actor=actor, now=now, subject=household,
               facts={"what": "登记重点人群", "member": member.name, "group": group.value, "source": source})
    return row


def unmask(session: Session, member: Member, *, reason: str, actor: Actor, now: datetime) -> str:
    """Return the full ID number after a reason was given; leaves an event."""
    doing.permit(session, Action.HOUSEHOLD_UNMASK, actor=actor, subject=member)
    doing.filled(reason=reason)
    doing.note(session, Action.HOUSEHOLD_UNMASK, actor=actor, now=now, subject=member.household,
               facts={"member": member.ref, "reason": reason})
    return member.id_number or ""


def search(text: str) -> Select[tuple[Household]]:
    """Return the query for a name, pinyin initials or a full ID number: equality on the number, never a part."""
    wanted = text.strip()
    query = select(Household)
    number = check(wanted)
    if number.ok:
        return query.where(Household.id.in_(
            select(Member.household_id).where(Member.id_index == id_index(number.canonical), Member.left_on.is_(None))))
    if wanted.isascii() and wanted.isalpha():
        low = wanted.lower()
        begins, others = and_(Household.head_initials >= low, Household.head_initials < low + "{"), None
        common = len(wanted) <= 2
    else:
        begins = and_(Household.head_name >= wanted, Household.head_name < wanted + "\U0010ffff")
        others = select(Member.household_id).where(Member.name == wanted)
        common = len(wanted) == 1
    if common:
        # A surname or two letters fit many: read in the order of the list until the page is full.
        return query.where(begins)
    # Looked up on their own, each by its index: joined by OR they would be one walk over all households.
    heads = select(Household.id).where(begins)
    return query.where(Household.id.in_(heads if others is None else heads.union(others)))


def member_values(person: Person, *, today: date) -> dict[str, object]:
    """Return a person's columns, numbers in their canonical form; raise `Invalid` naming every field that cannot be taken."""
    problems: dict[str, str] = {}
    name = check_name(person.name)
    if name.problem:
        problems["name"] = name.problem
    else:
        blank = printable(name.name)
        if blank:
            problems["name"] = f"“{'、'.join(blank)}”这个字还不能打印，请核对户口簿或联系管理员补充字库。"
    number, born_on, sex = None, person.born_on, person.sex
    if person.id_number:
        verdict = check(person.id_number, today=today)
        if verdict.ok:
            number, born_on, sex = verdict.canonical, verdict.birth, verdict.sex
        else:
            problems["id_number"] = verdict.problem or "身份证号不对。"
    if person.disability_certificate:
        certificate = check_certificate(person.disability_certificate, today=today)
        if not certificate.ok:
            problems["disability_certificate"] = certificate.problem or "残疾人证号不对。"
    if problems:
        raise Invalid(problems)
    return {
        "name": name.name, "relation": person.relation, "id_number": number, "id_index": id_index(number) if number else None,
        "born_on": born_on, "sex": sex, "ethnicity": person.ethnicity, "education": person.education,
        "schooling": person.schooling, "school": person.school, "health": sorted(person.health), "labour": person.labour,
        "work": person.work, "work_months": person.work_months,
        "disability_certificate": person.disability_certificate or None, "insured": person.insured}


def _member(person: Person, position: int, *, today: date) -> Member:
    return Member(position=position, **member_values(person, today=today))


def _number(text: str, *, today: date) -> str:
    verdict = check(text, today=today)
    if not verdict.ok:
        raise Invalid({"id_number": verdict.problem or "身份证号不对。"})
    return verdict.canonical


def check_set(members: Sequence[Member], *, today: date) -> None:
    """Raise `Invalid` where the members do not make a household (one head, at most one spouse, no number twice)."""
    judged = ("name", "relation", "id_number", "born_on", "sex", "education", "schooling", "health", "labour")
    check_people([{name: getattr(member, name) for name in judged} for member in members], today=today)


def check_people(people: Sequence[Mapping[str, object]], *, today: date) -> None:
    """Raise `Invalid` where the persons, given by their columns, do not make a household."""
    persons = [member_rules.Person(
        name=row["name"], relation=row["relation"], id_number=row["id_number"] or "", born_on=row["born_on"], sex=row["sex"],
        education=_known(Education, row["education"]), schooling=_known(Schooling, row["schooling"]),
        health=frozenset(Health(code) for code in row["health"] or ()), labour=row["labour"]) for row in people]
    wrong = errors(member_rules.household_problems(persons, today=today))
    if wrong:
        raise Invalid("；".join(f"{problem.subject}：{problem.text}" if problem.subject else problem.text
                               for problem in wrong))


def _known(titled: type[TitledEnum], code: str) -> TitledEnum | None:
    """Return the member of the code; texts that came from elsewhere are kept, but no rule knows them."""
    try:
        return titled(code) if code else None
    except ValueError:
        return None


def _refuse_known(session: Session, members: Sequence[Member]) -> None:
    numbers = [member.id_index for member in members if member.id_index]
    if not numbers:
        return
    with system_scope(session, reason="同一身份证号不得登记在两户"):
        known = session.scalars(select(Member.id_index).where(Member.id_index.in_(numbers),
                                                              Member.left_on.is_(None))).all()
    if known:
        names = "、".join(member.name for member in members if member.id_index in {bytes(index) for index in known})
        raise Invalid({"id_number": f"{names}的身份证号已登记在另一户，请联系县级业务人员核实户籍后再办理。"})


def refresh_head(household: Household) -> None:
    """Keep the head's name and the number of people beside the household, for lists."""
    head = household.head
    household.size = len(household.present_members)
    if head is not None:
        household.head_name, household.head_initials = head.name, initials(head.name)


def _flushed(session: Session, household: Household) -> Household:
    session.flush()
    return household
