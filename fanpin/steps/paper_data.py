"""Fill papers from the records and issue them: which paper, at which stage, by whom, with what in it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import authorization
from fanpin.documents import catalogue
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult, Resolution
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.dossiers import list_procedure
from fanpin.models.households import Household
from fanpin.models.leads import Lead
from fanpin.models.papers import Paper
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import county, doing, papers
from fanpin.steps.paper_fillings import FILLINGS, Filling
from fanpin.steps.paper_values import LEVELS, Request, areas_on


def issue(session: Session, code: str, *, actor: Actor, now: datetime, today: date, case: Case | None = None,
          village_list: VillageList | None = None, lead: Lead | None = None, about: object | None = None,
          month: str = "", part: int = 1) -> Paper:
    """Ask the judge, fill the paper from the records and issue it; the letter of non-inclusion is tied to its decision."""
    request = _request(session, code, case=case, village_list=village_list, lead=lead, about=about, month=month,
                       part=part, actor=actor, now=now, today=today)
    subject = request.case or request.village_list or request.lead or request.about
    if subject is None or isinstance(subject, Area):
        authorization.require(actor, _filling(code).action, area_path=request.path)
    else:
        doing.permit(session, _filling(code).action, actor=actor, subject=subject)
    data = _filled(request)
    row = papers.issue(session, code, data, area=_area(request), actor=actor, now=now, today=today, case=request.case,
                       village_list=request.village_list, area_path=_filed_under(request),
                       household_id=_household_id(request.about), about=about_key(request.about or request.lead, month))
    row.issuer = getattr(data, "issuer", row.issuer)[:120]
    if code == "not_included":
        county.record_letter(session, request.the_case(), row)
    return row


def assemble(session: Session, code: str, *, actor: Actor, now: datetime, today: date, case: Case | None = None,
             village_list: VillageList | None = None, lead: Lead | None = None, about: object | None = None,
             month: str = "", part: int = 1) -> object:
    """Return the paper's data filled with all that is known; refuse with what has to be done first.

    A notice (公示) is printed to be posted: until every place has its day, its period is the one that it will have if
    it is posted everywhere on `today`. A paper about a list may be asked for by one of its cases.
    """
    return _filled(_request(session, code, case=case, village_list=village_list, lead=lead, about=about, month=month,
                            part=part, actor=actor, now=now, today=today))


def about_key(about: object | None, month: str = "") -> str:
    """Name what a paper is about where that is neither a case nor a list, so that its page finds the paper again."""
    if about is None:
        return ""
    if isinstance(about, Area):
        return f"area:{about.id}{f'/{month}' if month else ''}"
    return f"{type(about).__tablename__}:{about.id}"


def _household_id(about: object | None) -> int | None:
    return about.id if isinstance(about, Household) else getattr(about, "household_id", None)


def area_for(session: Session, code: str, *, case: Case | None = None, village_list: VillageList | None = None,
             lead: Lead | None = None, actor: Actor | None = None) -> Area:
    """Return who issues the paper: the village, township or county of what it is about (of the actor, where of nothing)."""
    subject = case or village_list or lead or actor
    if subject is None:
        raise Invalid(f"“{catalogue.paper(code).title}”要按农户、名单或线索制作，请先选择。")
    return _area_on(session, code, subject.area_path)


def offered(session: Session, *, case: Case | None = None, village_list: VillageList | None = None) -> tuple[str, ...]:
    """Name the papers that the case's (or the list's) stage calls for, in the catalogue's order."""
    if case is not None:
        return _offered_for_case(session, case)
    return _offered_for_list(session, village_list) if village_list is not None else ()


def _offered_for_case(session: Session, case: Case) -> tuple[str, ...]:
    at_stage = {code: row for code, row in FILLINGS.items() if case.stage in row.stages(case.procedure)
                and (row.of_case or row.decided)}
    results = _results(session, [case.id], case.procedure) if any(row.decided for row in at_stage.values()) else set()
    codes = {code for code, row in at_stage.items() if not row.decided or row.decided & results}
    if "special_case" in codes and not _has_special_case(session, case):
        codes.discard("special_case")
    return _in_order(_announced(session, codes, case.area_path))


def _offered_for_list(session: Session, village_list: VillageList) -> tuple[str, ...]:
    stages = _stages_of(session, village_list)
    results = _results(session, [entry.case_id for entry in village_list.entries], village_list.procedure)
    codes = {code for code, row in FILLINGS.items() if row.of_list and stages & set(row.stages(village_list.procedure))
             and (not row.decided or row.decided & results)}
    return _in_order(_announced(session, codes, village_list.area_path))


def _announced(session: Session, codes: set[str], path: str) -> set[str]:
    """Leave the announcement out where the county has not chosen to make any."""
    if "announcement" in codes and not doing.setting(session, path, "announcement_days"):
        return codes - {"announcement"}
    return codes


def _stages_of(session: Session, village_list: VillageList) -> set[Stage]:
    """Return where the list's households are, as far as this procedure (not a later one of theirs) is concerned."""
    rows = session.execute(select(Case.stage, Case.procedure, ListEntry.left_on).join(
        ListEntry, ListEntry.case_id == Case.id).where(ListEntry.list_id == village_list.id)).all()
    return {stage for stage, procedure, left_on in rows if left_on is None or procedure is village_list.procedure}


def _results(session: Session, case_ids: Iterable[int], procedure: Procedure) -> set[DeterminationResult]:
    return set(session.scalars(select(Determination.result).where(
        Determination.case_id.in_(list(case_ids)), Determination.procedure == procedure)))


def _has_special_case(session: Session, case: Case) -> bool:
    return session.scalar(select(Resolution.id).where(
        Resolution.case_id == case.id, Resolution.kind == ResolutionKind.SPECIAL_CASE.value,
        Resolution.replaced.is_(False)).limit(1)) is not None


def _in_order(codes: Iterable[str]) -> tuple[str, ...]:
    wanted = set(codes)
    return tuple(code for code in catalogue.PAPERS if code in wanted)


def _request(session: Session, code: str, *, case: Case | None, village_list: VillageList | None, lead: Lead | None,
             about: object | None, month: str, part: int, actor: Actor, now: datetime, today: date) -> Request:
    filling = _filling(code)
    request = Request(session=session, code=code, actor=actor, now=now, today=today, lead=lead, month=month, part=part)
    if filling.about is not None:
        return replace(request, about=about)
    if filling.of_case and case is not None:
        return replace(request, case=case)
    if filling.of_list and village_list is not None:
        return replace(request, village_list=village_list)
    return replace(request, village_list=_list_of(session, request, case)) if filling.of_list and case else request


def _list_of(session: Session, request: Request, case: Case) -> VillageList:
    """Return the list on which the case stands, or last stood, in the procedure that the paper belongs to."""
    listed = session.scalar(
        select(VillageList).join(ListEntry, ListEntry.list_id == VillageList.id)
        .where(ListEntry.case_id == case.id, VillageList.procedure == list_procedure(case))
        .order_by(ListEntry.id.desc()).limit(1))
    if listed is None:
        request.not_yet("本户还没有列入名单。")
    return listed


def _filled(request: Request) -> object:
    _at_stage(request)
    return _filling(request.code).fill(request)


def _at_stage(request: Request) -> None:
    filling = _filling(request.code)
    if request.village_list is not None:
        allowed = filling.stages(request.village_list.procedure)
        here = _stages_of(request.session, request.village_list)
    elif request.case is not None:
        allowed, here = filling.stages(request.case.procedure), {request.case.stage}
    else:
        return
    if not here & set(allowed):
        kind = catalogue.paper(request.code)
        at = "、".join(stage.title for stage in here) or "名单为空"
        raise NotAllowedHere(f"“{kind.title}”不在这一环节制作（现在处于“{at}”）。", action=f"paper.{request.code}",
                             clause=kind.clause)


def _filling(code: str) -> Filling:
    catalogue.paper(code)
    return FILLINGS[code]


def _filed_under(request: Request) -> str:
    level = _filling(request.code).filed_at
    return request.areas()[level].path if level else request.path


def _area(request: Request) -> Area:
    return _area_on(request.session, request.code, request.path)


def _area_on(session: Session, code: str, path: str) -> Area:
    level = LEVELS[catalogue.paper(code).issuer]
    area = areas_on(session, path).get(level)
    if area is None:
        raise Invalid(f"没有确定所在的{level.title}，不能制作“{catalogue.paper(code).title}”。")
    return area
