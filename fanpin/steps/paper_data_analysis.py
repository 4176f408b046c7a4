"""Papers of 三(二), filled from its records: a warning, a village's warnings of a month, a round's sheets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from fanpin.clock import legal_date
from fanpin.documents import papers_analysis as papers
from fanpin.documents.catalogue import Issuer
from fanpin.models.areas import Area
from fanpin.models.findings import HouseholdFinding
from fanpin.models.households import FocusRecord, Household, Member
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.scoped import system_scope, within
from fanpin.models.warnings import Warning
from fanpin.rules.areas import AreaLevel
from fanpin.rules.book_warnings import WARNING_BOOK
from fanpin.rules.departments import Department
from fanpin.rules.findings import FindingState
from fanpin.rules.intake import VisitResult, WarningConclusion
from fanpin.rules.members import Health, age_on
from fanpin.rules.refusals import Invalid
from fanpin.steps.paper_values import Request, group_names, month_of

PART = 300
# What a visitor looks at in every household of a round: 重点监测收支、两不愁三保障及饮水 (二(一)) and what may have changed (三(二)).
QUESTIONS = (
    "近一年家庭收入是否明显减少（失业、产业失败、减产等）", "近一年是否有较大的看病、上学等刚性支出", "是否有人新患大病、慢性病，或新办残疾人证",
    "是否遭受自然灾害、火灾、交通事故等意外", "住房是否漏雨、开裂，有滑坡等隐患", "义务教育阶段孩子是否失学辍学", "是否有人没有参加基本医疗保险",
    "饮水是否有水量、水质、取水不便等问题", "吃饭、穿衣是否有困难", "原有外出务工人员是否一个月以上没有复工", "人口是否有变化（出生、死亡、婚嫁、迁移）",
)


def warning_sheet(request: Request) -> papers.WarningSheet:
    """Fill the check of one warning; its persons bear their numbers, for that is what the visitor compares."""
    row = request.the(Warning, "预警")
    if row.dispatched_at is None:
        request.not_yet("这条预警还没有下发。")
    household = _household(request.session, row.household_id)
    grounds = _grounds(request.session, [row.id]).get(row.id, ())
    return papers.WarningSheet(
        place=request.place, issuer=request.issuer(), number=number_of(row), month=month_of(row.month),
        source=came_from(row), document=row.document, content=_besides(row, grounds), head_name=household.head_name,
        persons=tuple(papers.WarnedPerson(name=member.name, relation=member.relation.title,
                                          id_number=member.id_number or "") for member in household.present_members),
        dispatched_on=legal_date(row.dispatched_at),
        township_received=_received(row.township_received_by, row.township_received_at),
        village_received=_received(row.village_received_by, row.village_received_at),
        conclusions=tuple(item.title for item in WarningConclusion),
        conclusion=row.conclusion.title if row.conclusion else "", finding=row.finding, verified_by=row.verified_by,
        verified_on=row.verified_on, grounds=grounds, remark=row.remark)


def number_of(row: Warning) -> str:
    """Return the number by which people name a warning: its month and sequence."""
    return f"{row.month.replace('-', '')}-{row.id:06d}"


def came_from(row: Warning) -> str:
    """Say where a warning came from, in words."""
    return Department(row.department).title if row.department in set(Department) else row.source.title


def _received(by: str, at: object) -> str:
    if at is None:
        return ""
    day = legal_date(at)
    return f"{by}，{day.year}年{day.month}月{day.day}日"


def _household(session: Session, number: int) -> Household:
    return session.scalars(select(Household).where(Household.id == number)
                           .options(selectinload(Household.members))).one()


def warning_list(request: Request) -> papers.WarningList:
    """List all that was sent to one village in one month; households by their group and head, no numbers."""
    village = request.the(Area, "行政村")
    if village.kind is not AreaLevel.VILLAGE:
        raise Invalid("预警清单按行政村制作，请选择一个行政村。")
    rows = request.session.scalars(select(Warning).where(
        Warning.month == request.month, Warning.dispatched_at.is_not(None), within(Warning.area_path, (village.path,)))
        .order_by(Warning.area_path, Warning.id)).all()
    if not rows:
        request.not_yet("这个月没有下发到本村的预警。")
    heads = _heads(request.session, [row.household_id for row in rows])
    groups = group_names(request.session, [row.area_path for row in rows])
    grounds = _grounds(request.session, [row.id for row in rows])
    return papers.WarningList(
        place=request.place, issuer=request.issuer(), to=(request.issuer(Issuer.TOWNSHIP), request.issuer(Issuer.VILLAGE)),
        month=month_of(request.month),
        warnings=tuple(papers.ListedWarning(
            number=number_of(row), group=groups.get(row.area_path, ""), head_name=heads[row.household_id],
            source=came_from(row), content=_besides(row, grounds.get(row.id, ())), dispatched_on=legal_date(row.dispatched_at),
            conclusion=row.conclusion.title if row.conclusion else "", verified_on=row.verified_on,
            grounds=grounds.get(row.id, ()), remark=row.remark) for row in rows),
        contact_name=request.actor.name, contact_phone=request.phone(AreaLevel.COUNTY))


def _grounds(session: Session, warnings: Sequence[int]) -> dict[int, tuple[papers.WarningGround, ...]]:
    """Return what the screening found behind each warning, as its sentence tells it: value, number in force, whose data, up to when."""
    found: dict[int, list[papers.WarningGround]] = defaultdict(list)
    for row in session.scalars(select(HouseholdFinding).where(HouseholdFinding.warning_id.in_(warnings))
                               .order_by(HouseholdFinding.severity.desc(), HouseholdFinding.id)):
        rule = WARNING_BOOK.rule(row.rule)
        found[row.warning_id or 0].append(papers.WarningGround(
            rule=rule.title, clause=rule.clause, department=Department(row.department).title, sentence=row.explanation,
            state="" if row.state is FindingState.CURRENT else row.state.title))
    return {number: tuple(rows) for number, rows in found.items()}


def _besides(row: Warning, grounds: Sequence[papers.WarningGround]) -> str:
    """Return what the warning says besides its grounds: what people entered, and what was found when it was sent and is told otherwise now."""
    told = {ground.sentence for ground in grounds}
    return "\n".join(line for line in row.content.split("\n") if line not in told)


def _heads(session: Session, ids: Iterable[int]) -> dict[int, str]:
    return dict(session.execute(select(Household.id, Household.head_name).where(Household.id.in_(set(ids)))).all())


def round_sheet(request: Request) -> papers.RoundSheet:
    """Fill the sheet of one household of a round from its file; what is to be asked stays blank."""
    if isinstance(request.about, Round):
        return _blank_sheet(request, request.about)
    visit = request.the(RoundVisit, "排查农户")
    session = request.session
    with system_scope(session, reason="排查批次的名称和起止"):
        # A group's cadre visits in a round of the whole village, which lies above his area.
        row = session.scalars(select(Round).where(Round.id == visit.round_id)).one()
    household = _household(session, visit.household_id)
    names = {member.id: member.name for member in household.present_members}
    waiting = session.scalars(select(Warning).where(
        Warning.household_id == household.id, Warning.verified_at.is_(None), Warning.dispatched_at.is_not(None))
        .order_by(Warning.id)).all()
    return papers.RoundSheet(
        place=request.place, issuer=request.issuer(), round_title=row.title, occasion=row.occasion.title,
        period_from=row.starts_on, period_to=row.ends_on, visitors=row.visitors, head_name=household.head_name,
        lifted=household.lifted,
        focus=tuple(f"{names[record.member_id]}：{record.group.title}" for record in focus_of(session, [household.id])
                    if record.member_id in names),
        members=tuple(_met(member, request) for member in household.present_members),
        warnings=tuple(f"{came_from(each)}：{each.content}" for each in waiting), questions=QUESTIONS,
        results=tuple(item.title for item in VisitResult), result=visit.result.title if visit.result else "",
        note=visit.note, visited_on=visit.visited_on, visited_by=visit.visited_by)


def _blank_sheet(request: Request, row: Round) -> papers.RoundSheet:
    """Return the sheet of a round for a household that is not on file: all to be written by hand."""
    return papers.RoundSheet(
        place=request.place, issuer=request.issuer(), round_title=row.title, occasion=row.occasion.title,
        period_from=row.starts_on, period_to=row.ends_on, visitors=row.visitors, head_name="", lifted=False, focus=(),
        members=(), warnings=(), questions=QUESTIONS, results=tuple(item.title for item in VisitResult), blank=True)


def focus_of(session: Session, household_ids: Iterable[int]) -> list[FocusRecord]:
    """List the focus records of households that are in force."""
    return list(session.scalars(select(FocusRecord).where(
        FocusRecord.household_id.in_(set(household_ids)), FocusRecord.until.is_(None)).order_by(FocusRecord.id)))


def _met(member: Member, request: Request) -> papers.RoundMember:
    return papers.RoundMember(
        name=member.name, relation=member.relation.title,
        age=age_on(member.born_on, request.today) if member.born_on else None,
        health="、".join(Health(code).title for code in member.health),
        labour=member.labour.title if member.labour else "", work=member.work)


def round_register(request: Request) -> papers.RoundRegister:
    """List the households that a round owes a result, with the results so far; a part of a long list at a time."""
    row, session = request.the(Round, "排查"), request.session
    owed, seen = session.execute(select(func.count(), func.count(RoundVisit.visited_on))
                                 .where(RoundVisit.round_id == row.id)).one()
    if not owed:
        request.not_yet("这次排查还没有需要登记的农户。")
    visits = session.scalars(select(RoundVisit).where(RoundVisit.round_id == row.id)
                             .order_by(RoundVisit.area_path, RoundVisit.id)
                             .offset((request.part - 1) * PART).limit(PART)).all()
    ids = [visit.household_id for visit in visits]
    households = {item.id: item for item in session.scalars(select(Household).where(Household.id.in_(ids)))}
    groups = group_names(session, [visit.area_path for visit in visits])
    focus: dict[int, dict[str, None]] = defaultdict(dict)
    for record in focus_of(session, ids):
        focus[record.household_id][record.group.title] = None
    return papers.RoundRegister(
        place=request.place, issuer=request.issuer(), round_title=row.title, occasion=row.occasion.title,
        period_from=row.starts_on, period_to=row.ends_on, visitors=row.visitors, part=request.part,
        parts=parts_of(owed), owed=owed, seen=seen,
        households=tuple(papers.RoundRow(
            group=groups.get(visit.area_path, ""), head_name=households[visit.household_id].head_name,
            size=households[visit.household_id].size, lifted=households[visit.household_id].lifted,
            focus="、".join(focus[visit.household_id]), result=visit.result.title if visit.result else "", note=visit.note,
            visited_on=visit.visited_on, visited_by=visit.visited_by) for visit in visits))


def parts_of(rows: int) -> int:
    """Return in how many papers a list of so many rows is printed."""
    return -(-rows // PART)
