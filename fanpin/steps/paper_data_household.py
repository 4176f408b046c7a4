"""Papers of the household's entry, filled from its records: 三(一)、三(三)、三(六)."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.clock import legal_date
from fanpin.documents import papers_household as papers
from fanpin.documents.papers_common import Answer
from fanpin.models.cases import Case
from fanpin.models.county import DeterminationResult, FindingRow, Resolution
from fanpin.models.dossiers import calendar
from fanpin.models.households import GuaranteeRecord, Household, IncomeRecord, Member
from fanpin.models.keychecks import KeyCheck
from fanpin.models.leads import Lead
from fanpin.models.outbox import StoredFile
from fanpin.models.surveys import Consent, Survey
from fanpin.rules import workdays
from fanpin.rules.areas import AreaLevel
from fanpin.rules.circumstances import CIRCUMSTANCES
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.duty_kinds import ConsentClass
from fanpin.rules.eligibility import judge_residence
from fanpin.rules.income import Branch, IncomeStatement
from fanpin.rules.intake import DifficultyCategory, LeadSource, LeadStatus
from fanpin.rules.members import Health, Schooling, age_on, is_adult
from fanpin.rules.refusals import Invalid
from fanpin.rules.risks import Risk
from fanpin.rules.survey import GUARANTEE_TITLES, Judgement, SurveyItem
from fanpin.steps import county, doing, oversight, survey
from fanpin.steps.paper_values import Request

MONTHS = 12
ENDED = (LeadStatus.CLOSED, LeadStatus.REFERRED)


def leaflet(request: Request) -> papers.Leaflet:
    """Fill the 引导单 with the offices of the place."""
    return papers.Leaflet(place=request.place, contacts=request.contacts())


def lead_sheet(request: Request) -> papers.LeadSheet:
    """Copy the declaration as it came in; it bears the household's own number and phone, for it is their form."""
    lead = request.lead
    if lead is None:
        raise Invalid("“申报登记表”按线索制作，请先选择线索。")
    session, received_on = request.session, legal_date(lead.registered_at)
    household = _household_of(session, lead)
    return papers.LeadSheet(
        place=request.place, channel=(lead.channel or lead.source).title, platform_number=lead.platform_number,
        declared_on=lead.declared_on, declared_by=lead.reporter or lead.head_name,
        relation=lead.reporter_relation or ("" if lead.reporter else "本人"), phone=lead.phone or "",
        head_name=lead.head_name, id_number=lead.head_id_number or "",
        address=household.address or "" if household else "",
        categories=tuple(DifficultyCategory(code).title for code in lead.categories), own_words=lead.statement,
        attachments=_attached(session, lead), received_by=lead.registered_by, received_on=received_on,
        accept_due_on=_accept_by(request, received_on), earlier=_earlier(session, lead),
        referred_to=lead.outcome if lead.status is LeadStatus.REFERRED else "", mode=_mode(lead),
        area_code=_area_code(request), accepted=_by_whom(lead.accepted_by, lead.accepted_at),
        outcome=lead.outcome if lead.closed_at else "")


def _mode(lead: Lead) -> str:
    """Say by whom it was raised: the household, somebody for it, or the government (三(一))."""
    if lead.source is not LeadSource.DECLARATION:
        return "工作人员发现"
    return "他人代为申报" if lead.reporter and lead.reporter != lead.head_name else "本人申报"


def _area_code(request: Request) -> str:
    village = request.areas().get(AreaLevel.VILLAGE)
    return village.code12 if village else ""


def _by_whom(name: str, at: datetime | None) -> str:
    if at is None:
        return ""
    day = legal_date(at)
    return f"{name}，{day.year}年{day.month}月{day.day}日"


def _attached(session: Session, lead: Lead) -> tuple[str, ...]:
    return tuple(session.scalars(select(StoredFile.purpose).where(StoredFile.lead_id == lead.id).order_by(StoredFile.id)))


def _household_of(session: Session, lead: Lead) -> Household | None:
    if lead.household_id is None:
        return None
    return session.scalar(select(Household).where(Household.id == lead.household_id))


def _accept_by(request: Request, received_on: date) -> date | None:
    county_area = request.areas().get(AreaLevel.COUNTY)
    if county_area is None:
        return None
    days = doing.setting(request.session, request.path, "accept_workdays")
    return workdays.add_workdays(received_on, days, calendar=calendar(request.session), area_code=county_area.code12)


def _earlier(session: Session, lead: Lead) -> str:
    if lead.household_id is None:
        return ""
    days = session.scalars(select(Lead.declared_on).where(
        Lead.household_id == lead.household_id, Lead.id != lead.id, Lead.status.not_in(ENDED))
        .order_by(Lead.declared_on)).all()
    return "、".join(f"{day.year}年{day.month}月{day.day}日" for day in days) + "曾申报，尚未办结" if days else ""


def application(request: Request) -> papers.Application:
    """Fill the application for signing: blank at the signatures before, with their days after."""
    case = request.the_case()
    household, row = case.household, survey.consent_of(request.session, case)
    classes = [item for item in ConsentClass if row is None or item.value in row.classes]
    return papers.Application(
        place=request.place, head_name=household.head_name, address=household.address or household.hukou_place,
        phone=household.phone or "", lifted=household.lifted, members=_signers(household, row, request.today),
        kin=tuple(papers.KinPerson(name=kin.name, relation=kin.relation.title) for kin in household.kin),
        reason=row.application_reason if row else _trouble(request.session, case), classes=tuple(item.title for item in classes),
        valid_from=row.signed_on if row else None,
        valid_until=row.valid_until if row else _months_on(
            request.today, doing.setting(request.session, case.area_path, "consent_months")),
        written_by=row.written_by if row else "", witness=row.witness if row else "")


def _trouble(session: Session, case: Case) -> str:
    """Return what is known of the trouble before the household applies: its own words, else why it was checked."""
    told = session.scalar(select(Lead.statement).where(Lead.household_id == case.household_id)
                          .order_by(Lead.id.desc()).limit(1))
    return told or session.scalar(select(KeyCheck.reason).where(KeyCheck.case_id == case.id).limit(1)) or ""


def _signers(household: Household, row: Consent | None, today: date) -> tuple[papers.ConsentMember, ...]:
    signed = {signature.member_id: signature.signed_on for signature in row.signatures} if row else {}
    ticked = {signature.member_id: _ticked(row, signature.classes) for signature in row.signatures} if row else {}
    return tuple(papers.ConsentMember(
        name=member.name, relation=member.relation.title, id_number=member.id_number or "",
        adult=is_adult(member.born_on, today), signed_on=signed.get(member.id),
        classes=ticked.get(member.id, ""), away=row is not None and is_adult(member.born_on, today) and member.id not in signed)
        for member in household.present_members)


def _ticked(row: Consent, classes: Sequence[str]) -> str:
    """Say which of the paper's classes a person has ticked, by their numbers on it."""
    listed = [item.value for item in ConsentClass if item.value in row.classes]
    if set(listed) <= set(classes):
        return "全部"
    return "、".join(str(listed.index(code) + 1) for code in classes if code in listed) or "无"


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def survey_sheet(request: Request) -> papers.SurveySheet:
    """Copy the survey that counts, with the account, the guarantees and the line as a reference."""
    case, session = request.the_case(), request.session
    row = survey.current(session, case)
    if row is None:
        request.not_yet("还没有本轮实地调查表，请先入户调查并填写。")
    household, statement = case.household, _statement(session, row)
    line = oversight.line_for(session, case.area_path, request.today)
    lives = judge_residence(lives_here=household.lives_here, rural_services=household.rural_services,
                            hukou_place=household.hukou_place)
    return papers.SurveySheet(
        place=request.place, case_code=case.code, leaving=request.leaving, head_name=household.head_name,
        visited_on=row.visited_on, visitors=tuple(row.visitors),
        residence=(Answer(title="常住情况", value=lives.reason),),
        members=tuple(_met(member, row) for member in household.present_members),
        items=tuple(Answer(title=item.title, value=row.items.get(item.value, "")) for item in SurveyItem),
        judgements=tuple(_judged(judgement, row) for judgement in Judgement),
        income_period=_period(statement), income=_account(statement),
        income_per_head=statement.per_head if statement else None, line=line.amount if line else None,
        line_year=line.year if line else None, guarantees=_guarantees(session, row),
        risks=tuple(Risk(code).title for code in row.risks),
        household_class=row.household_class.title if row.household_class else "", class_reason=row.class_reason,
        conclusion=row.conclusion)


def _statement(session: Session, row: Survey) -> IncomeStatement | None:
    kept = session.scalar(select(IncomeRecord).where(IncomeRecord.id == row.income_record_id))
    return kept.statement() if kept else None


def _met(member: Member, row: Survey) -> papers.SurveyMember:
    day = row.visited_on
    notes = (member.id in row.empty_registered and "空挂人口", member.id in row.not_sharing and "不共享开支或收入")
    return papers.SurveyMember(
        name=member.name, relation=member.relation.title,
        age=age_on(member.born_on, day) if member.born_on else None,
        health="、".join(Health(code).title for code in member.health), labour=member.labour.title if member.labour else "",
        schooling=Schooling(member.schooling).title if member.schooling else "非在校", work=member.work or "—", note="；".join(filter(None, notes)))


def _judged(judgement: Judgement, row: Survey) -> papers.Judgement:
    code = row.judgements.get(judgement.value)
    return papers.Judgement(title=judgement.title, verdict=judgement.answers(code).title if code else "",
                            ground=row.grounds.get(judgement.value, ""))


def _period(statement: IncomeStatement | None) -> str:
    if statement is None:
        return "未核算"
    first, last = statement.period_from, statement.period_to
    return f"{first.year}年{first.month}月至{last.year}年{last.month}月"


def _account(statement: IncomeStatement | None) -> tuple[papers.MoneyLine, ...]:
    if statement is None:
        return ()
    lines = [papers.MoneyLine(title=branch.title, amount=(-1 if branch is Branch.COSTS else 1) * statement.total(branch))
             for branch in Branch]
    lines += [papers.MoneyLine(title=title, amount=amount) for title, amount in (
        ("家庭纯收入", statement.net), ("理赔收入", statement.claims), ("合规自付支出", statement.compliant_spending),
        ("其他刚性支出", statement.other_spending), ("收入参考范围", statement.reference))]
    if statement.reference_per_head is not None:
        lines.append(papers.MoneyLine(title="人均收入参考范围", amount=statement.reference_per_head))
    return tuple(lines)


def _guarantees(session: Session, row: Survey) -> tuple[papers.Guarantee, ...]:
    kept = session.scalar(select(GuaranteeRecord).where(GuaranteeRecord.id == row.guarantee_record_id))
    if kept is None:
        return ()
    return tuple(papers.Guarantee(title=title, safe=getattr(kept, name)) for name, title in GUARANTEE_TITLES.items())


def not_included(request: Request) -> papers.NotIncluded:
    """Tell the household why it is not included; of a circumstance only the policy's own words are repeated."""
    case, session = request.the_case(), request.session
    decided = county.current_determination(session, case)
    if decided is None or decided.result is not DeterminationResult.NOT_INCLUDED:
        request.not_yet("县级还没有作出不予纳入决定。")
    consent, days = survey.consent_of(session, case), doing.setting(session, case.area_path, "recheck_days")
    return papers.NotIncluded(
        place=request.place, issuer=request.issuer(), head_name=case.household.head_name,
        applied_on=consent.applied_on if consent and consent.applied_on else case.opened_on,
        application_number=case.code, decided_on=decided.decided_on,
        reasons=tuple(filter(None, (decided.reason, *_true_hits(session, case)))), solutions=_solutions(session, case),
        contact=request.contact(AreaLevel.COUNTY), recheck_days=days,
        recheck=request.contact(AreaLevel.TOWNSHIP) if days else None)


def _solutions(session: Session, case: Case) -> tuple[str, ...]:
    """Tell what other help is under way: what the household's leads were referred to."""
    rows = session.scalars(select(Lead.outcome).where(
        Lead.household_id == case.household_id, Lead.status == LeadStatus.REFERRED, Lead.outcome != "").order_by(Lead.id))
    return tuple(dict.fromkeys(rows))


def _true_hits(session: Session, case: Case) -> list[str]:
    numbers = session.scalars(
        select(Resolution.circumstance).join(FindingRow, FindingRow.id == Resolution.finding_id)
        .where(Resolution.case_id == case.id, Resolution.kind == ResolutionKind.NOT_INCLUDED.value,
               Resolution.replaced.is_(False), FindingRow.current.is_(True))).all()
    return [f"{CIRCUMSTANCES[number].clause}：{CIRCUMSTANCES[number].wording}" for number in sorted(set(numbers))]
