"""Fill papers from the records and issue them: which paper, at which stage, by whom, with what in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
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
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.warnings import Warning
from fanpin.rules.actions import Action
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import county, doing, papers
from fanpin.steps import paper_data_analysis as analysis
from fanpin.steps import paper_data_household as household
from fanpin.steps import paper_data_leaving as leaving
from fanpin.steps import paper_data_offices as offices
from fanpin.steps import paper_data_village as village
from fanpin.steps.paper_values import LEVELS, Request, areas_on

_E, _L, _S = Procedure.ENTERING, Procedure.LEAVING, Stage
_TO_COUNTY = (_S.SURVEY, _S.DELIBERATION, _S.PUBLICITY, _S.TOWNSHIP, _S.COUNTY)
_HELPED = (_S.ASSISTANCE, _S.REVIEW)


@dataclass(frozen=True, kw_only=True)
class Filling:
    """How one paper is filled: from what, under which permission, at which stages of which procedure.

    `of_list`: from a list (a case then stands for the list that it is on); `about`: from another record, a warning
    or a round, say; `decided`: only after such a decision.
    """

    fill: Callable[[Request], object]
    action: Action
    entering: tuple[Stage, ...] = ()
    leaving: tuple[Stage, ...] = ()
    of_case: bool = False
    of_list: bool = False
    about: type | None = None
    decided: frozenset[DeterminationResult] = field(default_factory=frozenset)

    def stages(self, procedure: Procedure) -> tuple[Stage, ...]:
        """Return the stages of the procedure at which the paper is made."""
        return self.entering if procedure is _E else self.leaving


_IN, _NOT, _OUT = DeterminationResult.INCLUDED, DeterminationResult.NOT_INCLUDED, DeterminationResult.ELIMINATED
_AGREED = frozenset({_IN, _OUT})
A = Action

FILLINGS: dict[str, Filling] = {
    "leaflet": Filling(fill=household.leaflet, action=A.INTAKE_GUIDE, entering=(_S.SURVEY,), of_case=True),
    "lead": Filling(fill=household.lead_sheet, action=A.INTAKE_REGISTER),
    "warning_sheet": Filling(fill=analysis.warning_sheet, action=A.ANALYSIS_VERIFY, about=Warning),
    "warning_list": Filling(fill=analysis.warning_list, action=A.ANALYSIS_DISPATCH, about=Area),
    "round_sheet": Filling(fill=analysis.round_sheet, action=A.ANALYSIS_VISIT, about=RoundVisit),
    "round_register": Filling(fill=analysis.round_register, action=A.ANALYSIS_VISIT, about=Round),
    "application": Filling(fill=household.application, action=A.SURVEY_SIGN, entering=_TO_COUNTY, of_case=True),
    "survey": Filling(fill=household.survey_sheet, action=A.SURVEY_SIGN, entering=_TO_COUNTY,
                      leaving=(_S.SURVEY, _S.PUBLICITY, _S.TOWNSHIP, _S.COUNTY), of_case=True),
    "minutes": Filling(fill=village.minutes, action=A.DELIBERATION_MEET, entering=(_S.DELIBERATION, _S.PUBLICITY),
                       leaving=(_S.REVIEW, _S.SURVEY, _S.PUBLICITY), of_list=True),
    "notice_in": Filling(fill=village.notice, action=A.PUBLICITY_NOTICE, entering=(_S.PUBLICITY,), of_list=True),
    "notice_out": Filling(fill=village.notice, action=A.PUBLICITY_NOTICE, leaving=(_S.PUBLICITY,), of_list=True),
    "village_report": Filling(fill=village.village_report, action=A.PUBLICITY_NOTICE,
                              entering=(_S.PUBLICITY, _S.TOWNSHIP), leaving=(_S.PUBLICITY, _S.TOWNSHIP), of_list=True),
    "township_review": Filling(fill=offices.township_review, action=A.TOWNSHIP_MEET, entering=(_S.TOWNSHIP, _S.COUNTY),
                               leaving=(_S.TOWNSHIP, _S.COUNTY), of_list=True),
    "township_report": Filling(fill=offices.township_report, action=A.TOWNSHIP_MEET, entering=(_S.TOWNSHIP, _S.COUNTY),
                               leaving=(_S.TOWNSHIP, _S.COUNTY), of_list=True),
    "joint_review": Filling(fill=offices.joint_review, action=A.COUNTY_REPORT, entering=(_S.COUNTY, _S.ASSISTANCE),
                            leaving=(_S.COUNTY, _S.ELIMINATED), of_case=True),
    "county_reply": Filling(fill=offices.county_reply, action=A.COUNTY_REPORT, entering=(_S.COUNTY, _S.ASSISTANCE),
                            leaving=(_S.COUNTY, _S.ELIMINATED), of_list=True, decided=_AGREED),
    "not_included": Filling(fill=household.not_included, action=A.COUNTY_NOT_INCLUDE, entering=(_S.COUNTY,),
                            of_case=True, decided=frozenset({_NOT})),
    "special_case": Filling(fill=offices.special_case, action=A.COUNTY_RESOLVE, entering=(_S.COUNTY,), of_case=True),
    "measures_plan": Filling(fill=village.measures_plan, action=A.ASSISTANCE_PLAN,
                             entering=(_S.TOWNSHIP, _S.COUNTY, *_HELPED), of_case=True),
    "measures_notice": Filling(fill=village.measures_notice, action=A.ASSISTANCE_POST, entering=_HELPED, of_case=True,
                               of_list=True),
    "review_sheet": Filling(fill=leaving.review_sheet, action=A.REVIEW_RECORD, entering=(_S.REVIEW,),
                            leaving=(_S.SURVEY,), of_case=True),
    "exit_consent": Filling(fill=leaving.exit_consent, action=A.REVIEW_CONSENT, entering=(_S.REVIEW,),
                            leaving=(_S.SURVEY,), of_case=True),
    "marking_list": Filling(fill=leaving.marking_list, action=A.ELIMINATION_MARK, leaving=(_S.COUNTY, _S.ELIMINATED),
                            of_list=True, decided=frozenset({_OUT})),
}


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
                       village_list=request.village_list, area_path=request.path,
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
    return _in_order(codes)


def _offered_for_list(session: Session, village_list: VillageList) -> tuple[str, ...]:
    stages = _stages_of(session, village_list)
    results = _results(session, [entry.case_id for entry in village_list.entries], village_list.procedure)
    return _in_order(code for code, row in FILLINGS.items() if row.of_list
                     and stages & set(row.stages(village_list.procedure)) and (not row.decided or row.decided & results))


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


def _area(request: Request) -> Area:
    return _area_on(request.session, request.code, request.path)


def _area_on(session: Session, code: str, path: str) -> Area:
    level = LEVELS[catalogue.paper(code).issuer]
    area = areas_on(session, path).get(level)
    if area is None:
        raise Invalid(f"没有确定所在的{level.title}，不能制作“{catalogue.paper(code).title}”。")
    return area
