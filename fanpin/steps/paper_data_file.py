"""Papers of the household's file, filled from it: the national collection form and the sheet of changes."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.documents import papers_file as papers
from fanpin.documents.papers_common import Answer
from fanpin.models.cases import Case
from fanpin.models.households import GuaranteeRecord, Household, IncomeRecord, Member, PopulationEvent, PopulationKind
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.reviews import Marking
from fanpin.models.surveys import Survey
from fanpin.rules.income import Branch, IncomeStatement, yuan
from fanpin.rules.members import DepartureReason, Education, Health, Schooling, age_on
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.stages import Procedure
from fanpin.rules.survey import GUARANTEE_TITLES
from fanpin.steps.paper_values import PROPOSED, Request, class_of, entering_decision
from fanpin.steps.population import events_of

UNDER_WAY = (MeasureStatus.STARTED, MeasureStatus.DONE)
KINDS = (*(kind.title for kind in PopulationKind), "服刑", "失踪", "失联", "户主变更", "其他")


def collection(request: Request) -> papers.Collection:
    """Fill blocks A to F from survey, file, measures and marking; what nobody knows yet stays blank."""
    case, session = request.the_case(), request.session
    entering, leaving = (survey_of(session, case, procedure) for procedure in (Procedure.ENTERING, Procedure.LEAVING))
    if entering is None:
        request.not_yet("还没有入户调查，请先填写实地调查表。")
    household, decided = case.household, entering_decision(session, case)
    accounts = statement_of(session, entering), statement_of(session, leaving)
    marking = session.scalar(select(Marking).where(Marking.case_id == case.id).order_by(Marking.round.desc()).limit(1))
    measures = session.scalars(select(Measure).where(
        Measure.case_id == case.id, Measure.category.is_not(None), Measure.status.in_(PROPOSED)).order_by(Measure.id)).all()
    return papers.Collection(
        place=request.place, issuer=request.issuer(), case_code=case.code,
        national_code=household.national_code or (decided.national_number if decided else ""),
        head_name=household.head_name, address=household.address or "", phone=household.phone or "",
        relocation=household.relocation_community, household_class=class_of(case), lifted=household.lifted,
        no_labour=without_labour(household), risks=tuple(Risk(code).title for code in entering.risks),
        members=tuple(_collected(member) for member in household.present_members),
        guarantees=_twice(_guarantees(session, entering), _guarantees(session, leaving)),
        period_entering=_period(accounts[0]), period_leaving=_period(accounts[1]),
        accounts=_twice(_account(accounts[0]), _account(accounts[1])), development=_development(measures),
        measures=tuple(Answer(title=category.title, value=_done(measures, category)) for category in MeasureCategory),
        way=marking.way if marking else "", eliminated_on=marking.marked_on if marking else None,
        contact=marking.contact if marking else "", filled_by=entering.recorded_by)


def survey_of(session: Session, case: Case, procedure: Procedure) -> Survey | None:
    """Return the latest survey of the case in a procedure."""
    return session.scalar(select(Survey).where(Survey.case_id == case.id, Survey.procedure == procedure)
                          .order_by(Survey.round.desc()).limit(1))


def statement_of(session: Session, row: Survey | None) -> IncomeStatement | None:
    """Return the account that a survey rests on."""
    kept = session.scalar(select(IncomeRecord).where(IncomeRecord.id == row.income_record_id)) if row else None
    return kept.statement() if kept else None


def without_labour(household: Household) -> bool:
    """Say whether nobody of the household can work, as far as the file tells for everybody."""
    labour = [member.labour for member in household.present_members]
    return bool(labour) and all(skill is not None and not skill.has_labour for skill in labour)


def _collected(member: Member) -> papers.CollectedMember:
    return papers.CollectedMember(
        name=member.name, sex=member.sex.title if member.sex else "", id_number=member.id_number or "",
        relation=member.relation.title, ethnicity=member.ethnicity,
        education=Education(member.education).title if member.education else "",
        schooling=Schooling(member.schooling).title if member.schooling else "",
        health="、".join(Health(code).title for code in member.health),
        labour=member.labour.title if member.labour else "", work=member.work, work_months=member.work_months,
        insured=member.insured, disability_certificate=member.disability_certificate or "")


def _twice(entering: dict[str, str], leaving: dict[str, str]) -> tuple[papers.Twice, ...]:
    return tuple(papers.Twice(title=title, entering=value, leaving=leaving.get(title, ""))
                 for title, value in entering.items())


def _guarantees(session: Session, row: Survey | None) -> dict[str, str]:
    kept = session.scalar(select(GuaranteeRecord).where(
        GuaranteeRecord.id == row.guarantee_record_id)) if row else None
    return {title: "" if kept is None else "有保障" if getattr(kept, name) else "没有保障"
            for name, title in GUARANTEE_TITLES.items()}


def _period(statement: IncomeStatement | None) -> str:
    if statement is None:
        return ""
    first, last = statement.period_from, statement.period_to
    return f"{first.year}年{first.month}月至{last.year}年{last.month}月"


def _account(statement: IncomeStatement | None) -> dict[str, str]:
    amounts: dict[str, int | None] = {branch.title: statement.total(branch) if statement else None for branch in Branch}
    amounts |= {
        "家庭纯收入": statement.net if statement else None, "家庭人均纯收入": statement.per_head if statement else None,
        "家庭理赔收入": statement.claims if statement else None,
        "合规自付支出": statement.compliant_spending if statement else None,
        "纳入监测对象的收入参考范围": statement.reference if statement else None,
        "纳入监测对象的人均收入参考范围": statement.reference_per_head if statement else None}
    return {title: "" if amount is None else yuan(amount) for title, amount in amounts.items()}


def _development(measures: list[Measure]) -> str:
    started = any(row.category.is_development and row.status in UNDER_WAY for row in measures)
    return "已实施" if started else "尚未实施"


def _done(measures: list[Measure], category: MeasureCategory) -> str:
    rows = [row for row in measures if row.category is category]
    return "；".join(dict.fromkeys(f"{row.detail or category.title}（{row.status.title}）" for row in rows))


def change_sheet(request: Request) -> papers.ChangeSheet:
    """Fill the sheet of changes from the file: everybody who is there, who has left and why, and blanks to go on."""
    household, session = request.the(Household, "农户"), request.session
    case = session.scalar(select(Case).where(Case.household_id == household.id, Case.closed_on.is_(None)))
    return papers.ChangeSheet(
        place=request.place, issuer=request.issuer(), head_name=household.head_name, national_code=household.national_code,
        household_class=case.household_class.title if case and case.household_class else "",
        members=tuple(papers.KnownMember(
            name=member.name, relation=member.relation.title,
            age=age_on(member.born_on, request.today) if member.born_on else None,
            health="、".join(Health(code).title for code in member.health),
            labour=member.labour.title if member.labour else "",
            schooling=Schooling(member.schooling).title if member.schooling else "")
            for member in household.present_members),
        recorded=_recorded(session, household),
        kinds=KINDS, details=(
            Answer(title="住址", value=household.address or ""), Answer(title="联系电话", value=household.phone or ""),
            Answer(title="户籍所在地", value=household.hukou_place),
            Answer(title="实际在农村生产生活", value="是" if household.lives_here else "否"),
            Answer(title="搬迁安置区", value=household.relocation_community or "否")))


def _recorded(session: Session, household: Household) -> tuple[papers.RecordedChange, ...]:
    """List the acts on who belongs to the household, and who left it without one; the oldest first."""
    acts = events_of(session, household)
    others = dict(session.execute(select(Household.id, Household.head_name).where(Household.id.in_(
        {number for act in acts for number in (act.household_id, act.other_household_id) if number is not None}))).all())
    relations = {member.name: member.relation.title for member in household.members}
    told = {(name, act.happened_on) for act in acts for name in act.persons}
    rows = [papers.RecordedChange(
        name="、".join(act.persons) or "全户", relation=relations.get(act.persons[0], "") if len(act.persons) == 1 else "",
        what=_act(act, household, others), on=act.happened_on, document=act.document, reason=act.reason) for act in acts]
    rows += [papers.RecordedChange(name=member.name, relation=member.relation.title, what=_why(member.left_reason), on=member.left_on)
             for member in household.members if member.left_on is not None and (member.name, member.left_on) not in told]
    return tuple(sorted(rows, key=lambda row: row.on))


def _act(act: PopulationEvent, household: Household, others: Mapping[int, str]) -> str:
    """Say an act as this household saw it: where its people went or came from."""
    mine = act.household_id == household.id
    other = others.get((act.other_household_id if mine else act.household_id) or 0, "")
    if act.kind is PopulationKind.SPLIT:
        told = "分出" if mine else "从原户分出"
    elif act.kind is PopulationKind.MERGE:
        told = "并入本户" if mine else "并入对方户"
    else:
        return act.kind.title + (f"（{act.places}）" if act.places else "")
    return f"{act.kind.title}（{told}" + (f"，对方户主{other}）" if other else "）")


def _why(code: str) -> str:
    return DepartureReason(code).title if code in set(DepartureReason) else code
