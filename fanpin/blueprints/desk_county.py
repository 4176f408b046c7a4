"""What waits in the county: for the analyst, the one who decides, the leading group."""

from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from fanpin.blueprints import desk_regional, desk_register
from fanpin.blueprints.desk_village import objections
from fanpin.blueprints.desk_work import Bench, Group, Item, gist, month_end, page_of_case
from fanpin.blueprints.links import link
from fanpin.clock import legal_date
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult, FindingRow, Inquiry, Resolution, UnaskedStatement
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.findings import ScreeningRun
from fanpin.models.households import Household
from fanpin.models.keychecks import KeyCheck
from fanpin.models.leads import Lead
from fanpin.models.national import NationalTask, TaskState
from fanpin.models.papers import Paper
from fanpin.models.warnings import Warning
from fanpin.rules.deliveries import DeliveryState, UnmatchedState
from fanpin.rules.departments import Department
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.intake import KeyCheckStatus, LeadStatus
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import national

_household = joinedload(Case.household)
_this_round = and_(Inquiry.case_id == Case.id, Inquiry.procedure == Case.procedure, Inquiry.round == Case.round)
_this_decision = and_(Determination.case_id == Case.id, Determination.procedure == Case.procedure,
                      Determination.round == Case.round)


def analyst(bench: Bench) -> list[Group]:
    """List the analyst's work, from leads to markings, and the papers that did not come out."""
    return [
        _leads(bench), _leads_to_merge(bench), *desk_regional.county(bench), _unmatched(bench), _screening(bench), _dispatch(bench),
        _warnings(bench), _key_checks(bench), _to_inquire(bench), _silent(bench),
        _hits(bench), _statements(bench), _to_report(bench), _letters(bench), _entries(bench), _markings(bench), _national(bench),
        objections(bench), *desk_register.county(bench), _failed_papers(bench)]


def decider(bench: Bench) -> list[Group]:
    """List what is to be decided, reported and assigned."""
    return [_to_determine(bench), _to_report(bench), _to_assign(bench), _letters(bench), *desk_regional.county(bench)]


def leading_group(bench: Bench) -> list[Group]:
    """List the reports that came in and wait for a lead department."""
    return [_to_assign(bench), *desk_regional.leading_group(bench)]


def _leads(bench: Bench) -> Group:
    return bench.group("受理线索", "三(一)", select(Lead).where(Lead.status == LeadStatus.RECEIVED), lambda lead: Item(
        f"{lead.head_name}家", lead.area_path, legal_date(lead.registered_at),
        bench.due(legal_date(lead.registered_at), "accept_workdays"), link("intake.show", lead=lead.ref),
        (lead.channel or lead.source).title), oldest=Lead.registered_at, url=link("intake.index"))


def _leads_to_merge(bench: Bench) -> Group:
    return bench.group("把线索归并到户或办结", "三(一)", select(Lead).where(Lead.status == LeadStatus.ACCEPTED), lambda lead: Item(
        f"{lead.head_name}家", lead.area_path, legal_date(lead.accepted_at), url=link("intake.show", lead=lead.ref)),
        oldest=Lead.accepted_at, url=link("intake.index", status=LeadStatus.ACCEPTED.value))


def _warnings(bench: Bench) -> Group:
    query = select(Warning, Household.head_name).join(Household, Household.id == Warning.household_id).where(
        Warning.dispatched_at.is_(None), Warning.verified_at.is_(None))
    return bench.group("下发预警", "三(二)", query, lambda row: Item(
        f"{row[1]}家", row[0].area_path, legal_date(row[0].entered_at), month_end(date.fromisoformat(f"{row[0].month}-01")),
        link("analysis.warnings", state="entered")),
        oldest=Warning.entered_at, url=link("analysis.warnings", state="entered"))


def _dispatch(bench: Bench) -> Group:
    """Return the month's dispatch to the villages (按月反馈到村), due at its end until something was sent."""
    month = f"{bench.today:%Y-%m}"
    sent = bench.session.scalar(select(Warning.id).where(Warning.month == month, Warning.dispatched_at.is_not(None)).limit(1))
    title, url = "本月到户预警反馈到村", link("analysis.warnings", state="entered")
    if sent is not None:
        return Group(title, "三(二)", bench.actor.role.title, 0, url=url)
    due = month_end(bench.today)
    item = Item(f"{bench.today.year}年{bench.today.month}月的预警还没有下发", bench.actor.area_path, bench.today.replace(day=1),
                due, url, left=bench.left(due))
    return Group(title, "三(二)", bench.actor.role.title, 1, (item,), url)


def _unmatched(bench: Bench) -> Group:
    return bench.group("核对未匹配的部门数据", "附件1", select(UnmatchedRow).where(UnmatchedRow.state == UnmatchedState.OPEN),
                       lambda row: Item(f"{Department(row.department).title}：{kind_of(row.kind).title}", note=row.reason.title,
                                        url=link("unmatched.show", unmatched=row.ref)),
                       oldest=UnmatchedRow.id, url=link("unmatched.index"))


def _screening(bench: Bench) -> Group:
    """Ask for the month's screening once a department has delivered since the last one."""
    last = select(func.max(ScreeningRun.asked_at)).scalar_subquery()
    query = select(Delivery).where(Delivery.state == DeliveryState.DONE, or_(last.is_(None), Delivery.done_at > last))
    return bench.group("按月筛查部门数据", "三(二)", query, lambda row: Item(
        f"{Department(row.department).title}：{row.source_title}", "", legal_date(row.sent_at), url=link("analysis.screening")),
        oldest=Delivery.id, url=link("analysis.screening"))


def _key_checks(bench: Bench) -> Group:
    query = select(KeyCheck, Household.head_name).join(Household, Household.id == KeyCheck.household_id).where(
        KeyCheck.status == KeyCheckStatus.PROPOSED)
    return bench.group("研判重点核查对象", "三(二)", query, lambda row: Item(
        f"{row[1]}家", row[0].area_path, legal_date(row[0].proposed_at), note=f"{row[0].proposed_by}提出",
        url=link("analysis.settle", key_check=row[0].ref)), oldest=KeyCheck.proposed_at, url=link("analysis.key_checks"))


def _case(case: Case, endpoint: str) -> Item:
    return Item(f"{case.household.head_name}家", case.area_path, case.stage_since, url=page_of_case(endpoint, case.ref),
                note=case.procedure.title)


def _to_inquire(bench: Bench) -> Group:
    query = select(Case).where(Case.stage == Stage.COUNTY, ~select(Inquiry.id).where(_this_round).exists(),
                               ~select(Determination.id).where(_this_decision).exists())
    return bench.group("发起部门联审", "三(六)", query, lambda case: _case(case, "county.inquire"), oldest=Case.stage_since,
                       options=[_household], url=link("county.index"))


def _silent(bench: Bench) -> Group:
    query = select(Inquiry, Case.ref).join(Case, _this_round).where(
        Case.stage == Stage.COUNTY, Inquiry.signed_at.is_(None), Inquiry.due_on < bench.today)
    return bench.group("催办逾期没有答复的部门", "三(六)", query, lambda row: Item(
        f"{Department(row[0].department).title}：{row[0].head_name}家", row[0].area_path, row[0].asked_on, row[0].due_on,
        page_of_case("county.review", row[1])), oldest=Inquiry.due_on, hands="有关部门", url=link("county.index"))


def _hits(bench: Bench) -> Group:
    resolved = select(Resolution.id).where(Resolution.finding_id == FindingRow.id, Resolution.replaced.is_(False)).exists()
    query = select(FindingRow, Case).join(Case, Case.id == FindingRow.case_id).where(
        Case.stage == Stage.COUNTY, FindingRow.current.is_(True), ~resolved)
    return bench.group("处理十类情形", "附件2", query, lambda row: Item(
        f"{row[1].household.head_name}家：第{row[0].circumstance}项", row[0].area_path, row[0].found_on,
        url=link("county.resolve", finding=row[0].ref), note=row[0].subject_name), oldest=FindingRow.found_on,
        options=[_household])


def _statements(bench: Bench) -> Group:
    query = select(UnaskedStatement, Case.ref).join(Case, Case.id == UnaskedStatement.case_id).where(
        UnaskedStatement.accepted_at.is_(None), UnaskedStatement.round == Case.round, Case.stage == Stage.COUNTY)
    return bench.group("采信村级证明", "三(三)", query, lambda row: Item(
        row[0].member_name, row[0].area_path, legal_date(row[0].stated_at), note=f"{row[0].stated_by}出具",
        url=page_of_case("county.review", row[1])), oldest=UnaskedStatement.stated_at)


def _decided(*conditions: object) -> object:
    return select(Determination, Case).join(Case, _this_decision).where(*conditions)


def _decision(endpoint: str) -> object:
    def make(row: object) -> Item:
        decision, case = row
        return Item(f"{case.household.head_name}家", case.area_path, decision.decided_on, decision.entry_due_on,
                    page_of_case(endpoint, case.ref), decision.result.title)

    return make


def _to_determine(bench: Bench) -> Group:
    asked = select(Inquiry.id).where(_this_round)
    query = select(Case).where(
        Case.stage == Stage.COUNTY, asked.exists(), ~asked.where(Inquiry.blocking.is_(True), Inquiry.signed_at.is_(None)).exists(),
        ~select(Determination.id).where(_this_decision).exists())
    return bench.group("县级确定", "三(六)", query, lambda case: _case(case, "county.review"), oldest=Case.stage_since,
                       options=[_household], url=link("county.index"))


def _to_report(bench: Bench) -> Group:
    query = _decided(Case.stage == Stage.COUNTY, Determination.result == DeterminationResult.INCLUDED,
                     Determination.reported_on.is_(None))
    return bench.group("报县领导小组", "三(六)", query, _decision("county.report"), oldest=Determination.decided_on,
                       options=[_household])


def _to_assign(bench: Bench) -> Group:
    query = _decided(Case.stage == Stage.COUNTY, Determination.result == DeterminationResult.INCLUDED,
                     Determination.reported_on.is_not(None), Determination.lead_department == "")
    return bench.group("明确帮扶主责部门", "三(六)", query, _decision("county.assign"), oldest=Determination.reported_on,
                       options=[_household], hands="县领导小组")


def _letters(bench: Bench) -> Group:
    query = _decided(Case.stage == Stage.COUNTY, Determination.result == DeterminationResult.NOT_INCLUDED)
    return bench.group("送达不予纳入告知书", "三(四)", query, _decision("county.not_include"), oldest=Determination.decided_on,
                       options=[_household])


def _entries(bench: Bench) -> Group:
    query = _decided(Case.stage == Stage.ASSISTANCE, Determination.entered_on.is_(None),
                     Determination.result == DeterminationResult.INCLUDED)
    return bench.group("录入全国防返贫监测信息系统", "三(六)", query, _decision("assistance.enter"),
                       oldest=Determination.decided_on, options=[_household])


def _markings(bench: Bench) -> Group:
    query = _decided(Case.stage == Stage.COUNTY, Case.procedure == Procedure.LEAVING,
                     Determination.result == DeterminationResult.ELIMINATED)
    return bench.group("标注“风险消除”", "五(二)", query, _decision("elimination.mark"), oldest=Determination.decided_on,
                       options=[_household], url=link("elimination.index"))


def _national(bench: Bench) -> Group:
    """Name in which ways the national system and our cases differ, and what its export has not yet proved done (附件1)."""
    path = bench.actor.area_path
    export = national.latest(bench.session, county_path=path)
    items = []
    for one in national.Difference if export is not None else ():
        found = national.differing(export, one, county_path=path)
        if count := bench.session.scalar(select(func.count()).select_from(found.subquery())):
            items.append(Item(one.title, "", export.as_of, url=link("national.index", list=one.value), note=f"{count}户"))
    waiting = bench.session.execute(select(NationalTask.errand, func.count(), func.min(NationalTask.opened_on)).where(
        NationalTask.state == TaskState.OPEN).group_by(NationalTask.errand).order_by(NationalTask.errand))
    items += [Item(f"{errand.title}，等导出表核对", "", since, url=link("national.tasks"), note=f"{count}户") for errand, count, since in waiting]
    return Group("核对全国系统", "附件1", bench.actor.role.title, len(items), tuple(items), link("national.index"))


def _failed_papers(bench: Bench) -> Group:
    return bench.group("处理没有印成的文书", "", select(Paper).where(Paper.state == "failed"), lambda row: Item(
        row.title, row.area_path, legal_date(row.issued_at), url=link("papers.show", paper=row.ref), note=gist(row.problem, 60)),
        oldest=Paper.issued_at)
