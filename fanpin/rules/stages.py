"""The procedure of 三 to 五 as one table: from where, by which act, to where, on what papers."""

from dataclasses import dataclass, field

from fanpin.rules.actions import Action
from fanpin.rules.dossier import Dossier
from fanpin.rules.refusals import Missing
from fanpin.rules.requirements import REQUIREMENTS, Requirement
from fanpin.rules.titles import TitledEnum


class Procedure(TitledEnum):
    """The two procedures: 怎么进、怎么出."""

    ENTERING = ("entering", "纳入")
    LEAVING = ("leaving", "风险消除")


class Stage(TitledEnum):
    """Where a case stands; the last five are its ends."""

    SURVEY = ("survey", "实地调查")
    DELIBERATION = ("deliberation", "评议")
    PUBLICITY = ("publicity", "公示")
    TOWNSHIP = ("township", "乡镇审核")
    COUNTY = ("county", "县级确定")
    ASSISTANCE = ("assistance", "帮扶中")
    REVIEW = ("review", "成效评议")
    NOT_PROPOSED = ("not_proposed", "未提出纳入")
    NOT_INCLUDED = ("not_included", "不予纳入")
    REFERRED = ("referred", "转行业部门解决")
    ELIMINATED = ("eliminated", "风险消除")
    DEPARTED = ("departed", "迁出或整户消亡")

    @property
    def ended(self) -> bool:
        """Say whether a case in this stage is closed."""
        return self in ENDS


ENDS = frozenset({Stage.NOT_PROPOSED, Stage.NOT_INCLUDED, Stage.REFERRED, Stage.ELIMINATED, Stage.DEPARTED})
OPEN = tuple(stage for stage in Stage if stage not in ENDS)
ORDER = {stage: place for place, stage in enumerate(OPEN)}
MONITORED = frozenset({Stage.ASSISTANCE, Stage.REVIEW})


@dataclass(frozen=True)
class Row:
    """One row of the table; `source == target` is an act recorded without moving the case."""

    action: Action
    procedure: Procedure
    source: Stage
    target: Stage
    clause: str
    requires: tuple[Requirement, ...] = ()
    target_procedure: Procedure | None = None
    is_return: bool = False
    facts: tuple[str, ...] = field(default=())

    @property
    def needs(self) -> frozenset[str]:
        """Name the parts of the dossier that the row's requirements read."""
        return frozenset().union(*(requirement.needs for requirement in self.requires))

    def missing(self, dossier: Dossier, *, subject: str = "") -> tuple[Missing, ...]:
        """List every requirement of the row that the dossier does not meet."""
        found = (requirement.missing(dossier, subject=subject) for requirement in self.requires)
        return tuple(item for item in found if item is not None)


def _need(*codes: str) -> tuple[Requirement, ...]:
    return tuple(REQUIREMENTS[code] for code in codes)


_SURVEYED = ("survey.done", "survey.ten_items", "survey.five_judgements", "survey.visitors")
_PUBLISHED = ("publicity.groups", "publicity.platform", "publicity.five_days",
              "publicity.objections", "publicity.no_upheld", "publicity.report")
_REVIEWED_BY_TOWNSHIP = ("township.spot_check", "township.meeting", "township.measures", "township.report")
_LEFT_BY_TOWNSHIP = ("township.spot_check", "township.meeting", "township.report")
_ANSWERED = ("county.inquiries", "county.signed", "county.not_asked")
_E, _L = Procedure.ENTERING, Procedure.LEAVING
_S = Stage
_REASON = ("reason",)
_BACK = ("reason", "field", "rule", "evidence_expected")

ENTERING = (
    Row(Action.SURVEY_NOT_PROPOSE, _E, _S.SURVEY, _S.NOT_PROPOSED, "三(三)",
        _need(*_SURVEYED, "survey.conclusion"), facts=_REASON),
    Row(Action.SURVEY_PROPOSE, _E, _S.SURVEY, _S.DELIBERATION, "三(三)",
        _need(*_SURVEYED, "survey.risks", "survey.income", "survey.guarantees", "survey.residence", "survey.class",
              "survey.application", "survey.consent")),
    Row(Action.DELIBERATION_SUBMIT, _E, _S.DELIBERATION, _S.PUBLICITY, "三(四)",
        _need("deliberation.announced", "deliberation.meeting", "deliberation.opinions", "deliberation.committee",
              "deliberation.plan", "plan.fits")),
    Row(Action.DELIBERATION_DECLINE, _E, _S.DELIBERATION, _S.NOT_PROPOSED, "三(四)",
        _need("deliberation.meeting", "deliberation.opinions", "deliberation.committee"), facts=_REASON),
    Row(Action.DELIBERATION_RETURN, _E, _S.DELIBERATION, _S.SURVEY, "三(四)", is_return=True, facts=_BACK),
    Row(Action.PUBLICITY_REPORT, _E, _S.PUBLICITY, _S.TOWNSHIP, "三(四)", _need(*_PUBLISHED)),
    Row(Action.PUBLICITY_RETURN, _E, _S.PUBLICITY, _S.DELIBERATION, "三(四)", is_return=True, facts=_BACK),
    Row(Action.TOWNSHIP_SUBMIT, _E, _S.TOWNSHIP, _S.COUNTY, "三(五)", _need(*_REVIEWED_BY_TOWNSHIP)),
    Row(Action.TOWNSHIP_RETURN, _E, _S.TOWNSHIP, _S.SURVEY, "三(五)", is_return=True, facts=_BACK),
    Row(Action.COUNTY_DETERMINE, _E, _S.COUNTY, _S.COUNTY, "三(六)",
        _need(*_ANSWERED, "survey.residence", "survey.class", "county.hits", "county.no_true_hit",
              "county.members_left"), facts=("result",)),
    Row(Action.COUNTY_DECLINE, _E, _S.COUNTY, _S.COUNTY, "三(六)",
        _need(*_ANSWERED, "county.hits"), facts=("result", "reason")),
    Row(Action.COUNTY_REPORT, _E, _S.COUNTY, _S.COUNTY, "三(六)", _need("county.determined"), facts=("document",)),
    Row(Action.COUNTY_ASSIGN, _E, _S.COUNTY, _S.ASSISTANCE, "三(六)",
        _need("county.determined", "county.reported", "county.lead"), facts=("department",)),
    Row(Action.COUNTY_NOT_INCLUDE, _E, _S.COUNTY, _S.NOT_INCLUDED, "三(六)",
        _need("county.not_included", "county.letter"), facts=_REASON),
    Row(Action.COUNTY_REFER, _E, _S.COUNTY, _S.REFERRED, "三(六)", _need(*_ANSWERED), facts=("reason", "department")),
    Row(Action.COUNTY_RETURN, _E, _S.COUNTY, _S.SURVEY, "三(六)", is_return=True, facts=_BACK),
    Row(Action.ASSISTANCE_ENTER, _E, _S.ASSISTANCE, _S.ASSISTANCE, "三(六)",
        _need("county.determined", "county.reported", "county.lead", "assistance.started"), facts=("number",)),
    Row(Action.REVIEW_OPEN, _E, _S.ASSISTANCE, _S.REVIEW, "五(一)", _need("assistance.entered")),
    Row(Action.REVIEW_CONTINUE, _E, _S.REVIEW, _S.ASSISTANCE, "五(一)",
        _need("review.done", "review.continued"), facts=_REASON),
    Row(Action.REVIEW_LEAVE, _E, _S.REVIEW, _S.SURVEY, "五(二)",
        _need("review.done", "review.stable", "review.meeting", "review.opinions", "elimination.consent"),
        target_procedure=_L),
)

LEAVING = (
    Row(Action.SURVEY_CONFIRM, _L, _S.SURVEY, _S.PUBLICITY, "五(二)",
        _need(*_SURVEYED, "survey.income", "survey.guarantees", "elimination.consent")),
    Row(Action.SURVEY_KEEP, _L, _S.SURVEY, _S.ASSISTANCE, "五(二)", _need("survey.done"),
        target_procedure=_E, facts=_REASON),
    Row(Action.PUBLICITY_REPORT, _L, _S.PUBLICITY, _S.TOWNSHIP, "五(二)", _need(*_PUBLISHED)),
    Row(Action.PUBLICITY_RETURN, _L, _S.PUBLICITY, _S.SURVEY, "五(二)", is_return=True, facts=_BACK),
    Row(Action.TOWNSHIP_SUBMIT, _L, _S.TOWNSHIP, _S.COUNTY, "五(二)", _need(*_LEFT_BY_TOWNSHIP)),
    Row(Action.TOWNSHIP_RETURN, _L, _S.TOWNSHIP, _S.SURVEY, "五(二)", is_return=True, facts=_BACK),
    Row(Action.COUNTY_DETERMINE, _L, _S.COUNTY, _S.COUNTY, "五(二)",
        _need(*_ANSWERED, "elimination.consent", "review.meeting", "elimination.warnings"), facts=("result",)),
    Row(Action.COUNTY_KEEP, _L, _S.COUNTY, _S.ASSISTANCE, "五(二)", target_procedure=_E, facts=_REASON),
    Row(Action.COUNTY_RETURN, _L, _S.COUNTY, _S.SURVEY, "五(二)", is_return=True, facts=_BACK),
    Row(Action.ELIMINATION_MARK, _L, _S.COUNTY, _S.ELIMINATED, "五(二)",
        _need("county.determined_out", "elimination.consent", "elimination.warnings", "elimination.marked")),
)

DEPARTURES = tuple(
    Row(Action.CASE_DEPART, procedure, stage, _S.DEPARTED, "二(三)", facts=_REASON)
    for procedure in Procedure for stage in OPEN
    if not (procedure is _L and stage in (_S.DELIBERATION, _S.ASSISTANCE, _S.REVIEW))
)

TABLE = {(row.procedure, row.source, row.action): row for row in (*ENTERING, *LEAVING, *DEPARTURES)}


def find(procedure: Procedure, stage: Stage, action: Action) -> Row | None:
    """Return the row for an act at a stage, or None where the table has none."""
    return TABLE.get((procedure, stage, action))


def rows_from(procedure: Procedure, stage: Stage) -> tuple[Row, ...]:
    """List the rows that lead on from a stage, in the table's order."""
    return tuple(row for (proc, source, _), row in TABLE.items() if proc is procedure and source is stage)


def clause_of(action: Action) -> str:
    """Return the clause of the first row that names the action ("" where none does)."""
    return next((row.clause for row in TABLE.values() if row.action is action), "")
