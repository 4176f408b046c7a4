"""Which paper is filled from what, under which permission, at which stages."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fanpin.models.areas import Area
from fanpin.models.county import DeterminationResult, Inquiry
from fanpin.models.households import Household
from fanpin.models.notices import Objection
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.warnings import Warning
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import paper_data_analysis as analysis
from fanpin.steps import paper_data_file as file
from fanpin.steps import paper_data_help as help_
from fanpin.steps import paper_data_household as household
from fanpin.steps import paper_data_inquiry as inquiry
from fanpin.steps import paper_data_leaving as leaving
from fanpin.steps import paper_data_ledger as ledger
from fanpin.steps import paper_data_offices as offices
from fanpin.steps import paper_data_record as record
from fanpin.steps import paper_data_village as village
from fanpin.steps.paper_values import Request

_E, _S = Procedure.ENTERING, Stage
_TO_COUNTY = (_S.SURVEY, _S.DELIBERATION, _S.PUBLICITY, _S.TOWNSHIP, _S.COUNTY)
_HELPED = (_S.ASSISTANCE, _S.REVIEW)


@dataclass(frozen=True, kw_only=True)
class Filling:
    """How one paper is filled: from what, under which permission, at which stages of which procedure.

    `of_list`: from a list (a case then stands for the list that it is on); `about`: from another record, a warning
    or a round, say; `filed_at`: kept there, out of sight of those below; `decided`: only after such a decision.
    """

    fill: Callable[[Request], object]
    action: Action
    entering: tuple[Stage, ...] = ()
    leaving: tuple[Stage, ...] = ()
    of_case: bool = False
    of_list: bool = False
    about: type | None = None
    filed_at: AreaLevel | None = None
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
    "collection": Filling(fill=file.collection, action=A.SURVEY_RECORD, entering=(*_TO_COUNTY, *_HELPED),
                          leaving=(_S.SURVEY, _S.PUBLICITY, _S.TOWNSHIP, _S.COUNTY, _S.ELIMINATED), of_case=True),
    "change_sheet": Filling(fill=file.change_sheet, action=A.HOUSEHOLD_EDIT, about=Household),
    "minutes": Filling(fill=village.minutes, action=A.DELIBERATION_MEET, entering=(_S.DELIBERATION, _S.PUBLICITY),
                       leaving=(_S.REVIEW, _S.SURVEY, _S.PUBLICITY), of_list=True),
    "sign_in": Filling(fill=record.sign_in, action=A.DELIBERATION_MEET, entering=(_S.DELIBERATION, _S.PUBLICITY),
                       leaving=(_S.REVIEW, _S.SURVEY, _S.PUBLICITY), of_list=True),
    "committee_record": Filling(fill=record.committee_record, action=A.DELIBERATION_MEET,
                                entering=(_S.DELIBERATION, _S.PUBLICITY, _S.TOWNSHIP), of_list=True),
    "notice_in": Filling(fill=village.notice, action=A.PUBLICITY_NOTICE, entering=(_S.PUBLICITY,), of_list=True),
    "notice_out": Filling(fill=village.notice, action=A.PUBLICITY_NOTICE, leaving=(_S.PUBLICITY,), of_list=True),
    "notice_record": Filling(fill=record.notice_record, action=A.PUBLICITY_NOTICE, entering=(_S.PUBLICITY, _S.TOWNSHIP),
                             leaving=(_S.PUBLICITY, _S.TOWNSHIP), of_list=True),
    "objection_sheet": Filling(fill=record.objection_sheet, action=A.PUBLICITY_ANSWER, about=Objection),
    "village_report": Filling(fill=village.village_report, action=A.PUBLICITY_NOTICE,
                              entering=(_S.PUBLICITY, _S.TOWNSHIP), leaving=(_S.PUBLICITY, _S.TOWNSHIP), of_list=True),
    "township_review": Filling(fill=offices.township_review, action=A.TOWNSHIP_MEET, entering=(_S.TOWNSHIP, _S.COUNTY),
                               leaving=(_S.TOWNSHIP, _S.COUNTY), of_list=True),
    "township_report": Filling(fill=offices.township_report, action=A.TOWNSHIP_MEET, entering=(_S.TOWNSHIP, _S.COUNTY),
                               leaving=(_S.TOWNSHIP, _S.COUNTY), of_list=True),
    "inquiry_letter": Filling(fill=inquiry.inquiry_letter, action=A.COUNTY_INQUIRE, about=Inquiry,
                              filed_at=AreaLevel.COUNTY),
    "inquiry_result": Filling(fill=inquiry.inquiry_result, action=A.COUNTY_INQUIRE, about=Inquiry,
                              filed_at=AreaLevel.COUNTY),
    "joint_review": Filling(fill=offices.joint_review, action=A.COUNTY_REPORT, entering=(_S.COUNTY, _S.ASSISTANCE),
                            leaving=(_S.COUNTY, _S.ELIMINATED), of_case=True),
    "county_reply": Filling(fill=offices.county_reply, action=A.COUNTY_REPORT, entering=(_S.COUNTY, _S.ASSISTANCE),
                            leaving=(_S.COUNTY, _S.ELIMINATED), of_list=True, decided=_AGREED),
    "announcement": Filling(fill=record.announcement, action=A.COUNTY_REPORT, entering=(_S.COUNTY, _S.ASSISTANCE),
                            leaving=(_S.COUNTY, _S.ELIMINATED), of_list=True, decided=_AGREED),
    "not_included": Filling(fill=household.not_included, action=A.COUNTY_NOT_INCLUDE, entering=(_S.COUNTY,),
                            of_case=True, decided=frozenset({_NOT})),
    "special_case": Filling(fill=offices.special_case, action=A.COUNTY_RESOLVE, entering=(_S.COUNTY,), of_case=True),
    "measures_plan": Filling(fill=village.measures_plan, action=A.ASSISTANCE_PLAN,
                             entering=(_S.TOWNSHIP, _S.COUNTY, *_HELPED), of_case=True),
    "measures_notice": Filling(fill=village.measures_notice, action=A.ASSISTANCE_POST, entering=_HELPED, of_case=True,
                               of_list=True),
    "visit_record": Filling(fill=help_.visit_record, action=A.ASSISTANCE_VISIT, entering=_HELPED, leaving=(_S.SURVEY,),
                            of_case=True),
    "measures_done": Filling(fill=help_.measures_done, action=A.ASSISTANCE_PLAN, entering=(_S.REVIEW,),
                             leaving=(_S.SURVEY, _S.PUBLICITY, _S.TOWNSHIP), of_case=True),
    "elimination_sheet": Filling(fill=help_.elimination_sheet, action=A.SURVEY_RECORD, entering=(_S.REVIEW,),
                                 leaving=(_S.SURVEY, _S.PUBLICITY), of_case=True),
    "review_sheet": Filling(fill=leaving.review_sheet, action=A.REVIEW_RECORD, entering=(_S.REVIEW,),
                            leaving=(_S.SURVEY,), of_case=True),
    "exit_consent": Filling(fill=leaving.exit_consent, action=A.REVIEW_CONSENT, entering=(_S.REVIEW,),
                            leaving=(_S.SURVEY,), of_case=True),
    "marking_list": Filling(fill=leaving.marking_list, action=A.ELIMINATION_MARK, leaving=(_S.COUNTY, _S.ELIMINATED),
                            of_list=True, decided=frozenset({_OUT})),
    "ledger_village": Filling(fill=ledger.ledger, action=A.ANALYSIS_ROUND, about=Area),
    "ledger_township": Filling(fill=ledger.ledger, action=A.TOWNSHIP_CHECK, about=Area),
    "ledger_county": Filling(fill=ledger.ledger, action=A.COUNTY_REPORT, about=Area),
    "figures": Filling(fill=ledger.figures, action=A.COUNTY_REPORT, about=Area),
}
