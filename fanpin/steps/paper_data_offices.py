"""Papers of township and county, filled from their records (三(五)、三(六)、二(三))."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.clock import legal_date
from fanpin.documents import papers_offices as papers
from fanpin.documents.catalogue import Issuer, from_json
from fanpin.models.cases import Case
from fanpin.models.county import (
    DeterminationResult, FindingRow, Inquiry, Resolution, UnaskedStatement,
)
from fanpin.models.deliberation import MeetingKind, VillageList
from fanpin.models.dossier_county import inquiries_of, unsigned_adults
from fanpin.models.papers import Paper
from fanpin.models.surveys import Survey
from fanpin.models.township import SpotCheck
from fanpin.rules.areas import AreaLevel
from fanpin.rules.circumstances import CIRCUMSTANCES, ResolutionDetails
from fanpin.rules.clarifications import ResolutionKind, clarification
from fanpin.rules.departments import BLOCKING_DEPARTMENTS
from fanpin.rules.risks import Risk
from fanpin.rules.stages import Stage
from fanpin.steps import county, doing
from fanpin.steps.oversight_staff import responsible_words
from fanpin.steps.paper_data_inquiry import Told
from fanpin.steps.paper_values import (
    CARRIED_OUT, CONFIRMED, PROPOSED, Request, Row, class_of, department_name, leading_group, listed_households,
    measures_of, meeting_of, month_of, number_of, reported, rows_of, those_present, village_name,
)

KEPT_DETAILS = frozenset(ResolutionDetails.__dataclass_fields__) - {"kind", "clarification"}


def township_review(request: Request) -> papers.TownshipReview:
    """Fill the township's sheet: what was checked on the spot, what the 专题会议 decided, measures per household."""
    listed, session = request.the_list(), request.session
    checks = _checks(session, listed)
    meeting = meeting_of(session, listed, MeetingKind.TOWNSHIP)
    if not checks:
        request.not_yet("还没有登记抽查核实。")
    if meeting is None:
        request.not_yet("还没有登记乡镇专题会议。")
    rows = reported(rows_of(session, listed))
    measures = measures_of(session, [row.case for row in rows], CARRIED_OUT if request.leaving else CONFIRMED)
    return papers.TownshipReview(
        place=request.place, issuer=request.issuer(), leaving=request.leaving, month=month_of(listed.month),
        list_number=listed.number,
        households=tuple(_reviewed(row, checks.get(row.case.id), measures, passed=meeting.decided) for row in rows),
        checked_on=max(check.checked_on for check in checks.values()),
        checkers="、".join(dict.fromkeys(check.checkers for check in checks.values())), meeting_on=meeting.held_on,
        meeting_host=meeting.host, meeting_present="、".join(those_present(meeting)), decision=meeting.decision)


def _checks(session: Session, listed: VillageList) -> dict[int, SpotCheck]:
    rows = session.scalars(select(SpotCheck).where(SpotCheck.list_id == listed.id).order_by(SpotCheck.id))
    return {row.case_id: row for row in rows}


def _reviewed(row: Row, check: SpotCheck | None, measures: dict[int, tuple[str, ...]], *,
              passed: bool) -> papers.ReviewedHousehold:
    household = row.case.household
    agreed = passed and (check is None or check.agrees)
    finding = (check.finding or "与上报情况一致") if check else ""
    return papers.ReviewedHousehold(
        group=row.group, head_name=household.head_name, size=household.size, household_class=class_of(row.case),
        checked=check is not None, finding=finding, measures=measures.get(row.case.id, ()),
        opinion="同意上报" if agreed else "暂不上报")


def township_report(request: Request) -> papers.TownshipReport:
    """Fill the township's report to the county."""
    listed, session = request.the_list(), request.session
    checks = _checks(session, listed)
    meeting = meeting_of(session, listed, MeetingKind.TOWNSHIP)
    if not checks or meeting is None:
        request.not_yet("还没有登记抽查核实和乡镇专题会议。")
    rows = reported(rows_of(session, listed))
    here = [checks[row.case.id] for row in rows if row.case.id in checks]
    return papers.TownshipReport(
        place=request.place, issuer=request.issuer(), to=request.issuer(Issuer.COUNTY), leaving=request.leaving,
        month=month_of(listed.month), list_number=listed.number,
        households=listed_households(request, rows, CARRIED_OUT if request.leaving else CONFIRMED),
        village_report_number=number_of(session, listed, "village_report") or listed.number, checked=len(here),
        checked_on=max(check.checked_on for check in checks.values()), check_result=_check_result(here),
        meeting_on=meeting.held_on, contact_name=request.actor.name, contact_phone=request.phone(AreaLevel.TOWNSHIP))


def _check_result(checks: Sequence[SpotCheck]) -> str:
    wrong = [check.finding for check in checks if not check.agrees]
    return "抽查情况与村级上报一致。" if not wrong else f"其中{len(wrong)}户与上报情况不一致：{'；'.join(wrong)}。"


def joint_review(request: Request) -> papers.JointReview:
    """Fill the departments' answers, hits and what became of them, and who was not asked; decide nothing."""
    case, session = request.the_case(), request.session
    inquiries = inquiries_of(session, case, first_round=doing.first_round(session, case, Stage.COUNTY))
    if not inquiries:
        request.not_yet("还没有发起部门联审。")
    told = Told(session, inquiries)
    hits = _hits(session, case)
    return papers.JointReview(
        place=request.place, issuer=request.issuer(), case_code=case.code, leaving=request.leaving,
        head_name=case.household.head_name, household_class=class_of(case),
        answers=tuple(told.answer(row) for row in inquiries), unasked=_unasked(session, case, request.today),
        hits=tuple(hit for hit, _ in hits), opinion=_opinion(request, case, inquiries, hits))


def _unasked(session: Session, case: Case, today: date) -> tuple[str, ...]:
    """Name the adults who have not signed, each with what the village has stated: never as clear."""
    stated = {row.member_id: row.statement for row in session.scalars(select(UnaskedStatement).where(
        UnaskedStatement.case_id == case.id, UnaskedStatement.procedure == case.procedure)
        .order_by(UnaskedStatement.round))}
    return tuple(f"{name}（{'村里核实：' + stated[member] if member in stated else '村里尚未出具核实说明'}）"
                 for member, name in unsigned_adults(session, case, today=today))


def _hits(session: Session, case: Case) -> list[tuple[papers.ResolvedHit, bool]]:
    findings = session.scalars(select(FindingRow).where(
        FindingRow.case_id == case.id, FindingRow.current.is_(True)).order_by(FindingRow.circumstance, FindingRow.id)).all()
    resolved = {(row.finding_id, row.evidence_digest): row for row in session.scalars(select(Resolution).where(
        Resolution.case_id == case.id, Resolution.replaced.is_(False)))}
    return [_hit(finding, resolved.get((finding.id, finding.evidence_digest))) for finding in findings]


def _hit(finding: FindingRow, resolution: Resolution | None) -> tuple[papers.ResolvedHit, bool]:
    return papers.ResolvedHit(
        circumstance=finding.circumstance, title=CIRCUMSTANCES[finding.circumstance].wording.rstrip("。"),
        explanation=finding.explanation, resolution=_resolution_words(resolution) if resolution else "尚未核实处理",
    ), resolution is not None


def _resolution_words(row: Resolution) -> str:
    details = _details(row)
    typical = clarification(row.circumstance, row.clarification)
    words = (typical.title if typical else "", details.reasoning, details.verified, details.evidence)
    return "；".join((details.kind.title, *(text.strip().rstrip("。；") for text in words if text.strip())))


def _details(row: Resolution) -> ResolutionDetails:
    kept = {name: str(text) for name, text in row.details.items() if name in KEPT_DETAILS}
    return ResolutionDetails(kind=ResolutionKind(row.kind), clarification=row.clarification, **kept)


def _opinion(request: Request, case: Case, inquiries: Sequence[Inquiry],
             hits: Sequence[tuple[papers.ResolvedHit, bool]]) -> str:
    signed = sum(row.signed_at is not None for row in inquiries)
    parts = [f"联审询问{len(inquiries)}个部门，{signed}个已答复并签字。" if signed < len(inquiries)
             else f"联审询问的{len(inquiries)}个部门全部答复并签字。"]
    if hits:
        waiting = sum(not done for _, done in hits)
        parts.append(f"命中附件2情形{len(hits)}项，" + (f"{waiting}项尚未核实处理。" if waiting else "已逐项核实处理。"))
    decided = county.current_determination(request.session, case)
    if decided is not None:
        parts.append(f"{decided.decided_on.year}年{decided.decided_on.month}月{decided.decided_on.day}日"
                     f"{decided.result.title}：{decided.reason}")
    return "".join(parts)


def county_reply(request: Request) -> papers.CountyReply:
    """Fill the county's reply on a list with the households decided so far, lead departments where named."""
    listed, session = request.the_list(), request.session
    rows = [row for row in rows_of(session, listed) if row.determination is not None]
    agreed = [row for row in rows if row.determination.result is not DeterminationResult.NOT_INCLUDED]
    if not agreed:
        request.not_yet("名单上还没有县级同意的农户。")
    named = dict.fromkeys(row.determination.lead_department for row in agreed if row.determination.lead_department)
    due = [row.determination.entry_due_on for row in agreed if row.determination.entry_due_on]
    return papers.CountyReply(
        place=request.place, issuer=request.issuer(), to=request.issuer(Issuer.TOWNSHIP), leaving=request.leaving,
        month=month_of(listed.month), request_title=_request_title(request, listed),
        request_number=number_of(session, listed, "township_report") or listed.number,
        departments=_departments(session, listed, [row.case for row in rows]),
        households=listed_households(request, agreed, CARRIED_OUT if request.leaving else PROPOSED),
        refused=len(rows) - len(agreed), refusals=tuple(papers.RefusedHousehold(
            group=row.group, head_name=row.case.household.head_name, reason=row.determination.reason)
            for row in rows if row not in agreed), decided_on=max(row.determination.decided_on for row in agreed),
        leading_group=leading_group(request.areas()), copies=tuple(department_name(code) for code in named),
        contact_name=request.actor.name, contact_phone=request.phone(AreaLevel.COUNTY),
        entry_due_on=max(due) if due else None, responsible=responsible_words(session, listed.area_path, request.today))


def _request_title(request: Request, listed: VillageList) -> str:
    village = village_name(request.areas()[AreaLevel.VILLAGE].name)
    what = "拟风险消除" if request.leaving else "拟纳入防止返贫"
    return f"{request.issuer(Issuer.TOWNSHIP)}关于{village}{month_of(listed.month)}{what}监测对象名单审核情况的报告"


def _departments(session: Session, listed: VillageList, cases: Sequence[Case]) -> tuple[str, ...]:
    asked = session.scalars(select(Inquiry.department).distinct().where(
        Inquiry.case_id.in_([case.id for case in cases]), Inquiry.procedure == listed.procedure)).all()
    return tuple(row.title for row in BLOCKING_DEPARTMENTS if row.value in asked or not asked)


def special_case(request: Request) -> papers.SpecialCase:
    """Fill the 专门说明 of a true hit that is included all the same; one paper for each circumstance."""
    case, session = request.the_case(), request.session
    rows = session.scalars(select(Resolution).join(FindingRow, FindingRow.id == Resolution.finding_id).where(
        Resolution.case_id == case.id, Resolution.kind == ResolutionKind.SPECIAL_CASE.value,
        Resolution.replaced.is_(False), FindingRow.current.is_(True)).order_by(Resolution.id)).all()
    if not rows:
        request.not_yet("没有按“特殊情况确需纳入”处理的情形。")
    told = _told_already(session, case)
    row = next((row for row in rows if row.circumstance not in told), rows[-1])
    details = _details(row)
    typical = clarification(row.circumstance, row.clarification)
    decided = county.current_determination(session, case)
    return papers.SpecialCase(
        place=request.place, issuer=request.issuer(), head_name=case.household.head_name, circumstance=row.circumstance,
        circumstance_title=CIRCUMSTANCES[row.circumstance].wording.rstrip("。"),
        facts=(papers.VerifiedFact(by=details.verifier, on=legal_date(row.resolved_at), finding=details.verified,
                                   evidence=details.evidence),),
        reason=details.reasoning or (typical.title if typical else ""), remaining_risk=_remaining(session, case),
        township_opinion="", county_opinion=decided.reason if decided else "",
        explained_on=date.fromisoformat(details.explained_on) if details.explained_on else None,
        explained_how="，".join(filter(None, (details.explained_how, details.explained_where))), attendance=None,
        villagers_opinion=details.feedback, recorder=row.resolved_by)


def _told_already(session: Session, case: Case) -> set[int]:
    rows = session.scalars(select(Paper).where(
        Paper.case_id == case.id, Paper.code == "special_case", Paper.state != "failed"))
    return {from_json(row.code, row.data).circumstance for row in rows}


def _remaining(session: Session, case: Case) -> str:
    row = session.scalar(select(Survey).where(Survey.case_id == case.id, Survey.procedure == case.procedure)
                         .order_by(Survey.round.desc()).limit(1))
    return f"{'、'.join(Risk(code).title for code in row.risks)}。{row.conclusion}" if row else ""
