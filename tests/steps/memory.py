"""A second, simple account of the procedure, written by hand: what each act needs, where it leads, what it voids."""

from dataclasses import dataclass, field
from datetime import date

from fanpin.models.cases import Case
from fanpin.models.deliberation import VillageList
from fanpin.models.households import Household
from fanpin.models.notices import Objection
from fanpin.rules.actions import Action as A
from fanpin.rules.roles import Role
from fanpin.rules.stages import Procedure, Stage

FRESH_DAYS = 90
E, L, S = Procedure.ENTERING, Procedure.LEAVING, Stage
BACK = {"reason": "情况有出入", "field": "家庭人口", "rule": "三(三)", "evidence_expected": "户口簿"}
FACTS = BACK | {"result": "included", "document": "〔2026〕1号", "department": "agriculture", "number": "1"}

# The papers of each place, in the order in which people make them.
PAPERS: dict[tuple[Procedure, Stage], tuple[str, ...]] = {
    (E, S.SURVEY): ("survey", "consent"),
    (E, S.DELIBERATION): ("list", "plan", "announced", "meeting", "committee"),
    (E, S.PUBLICITY): ("notice", "posted", "waited", "village report"),
    (E, S.TOWNSHIP): ("spot check", "township meeting", "measures", "township report"),
    (E, S.COUNTY): ("asked", "answered"),
    (E, S.ASSISTANCE): ("started",),
    (E, S.REVIEW): ("review", "list", "review meeting", "exit consent"),
    (L, S.SURVEY): ("survey",),
    (L, S.PUBLICITY): ("list", "notice", "posted", "waited", "village report"),
    (L, S.TOWNSHIP): ("spot check", "township meeting", "township report"),
    (L, S.COUNTY): ("asked", "answered"),
}
AFTER = {"announced": "list", "meeting": "list", "committee": "meeting", "review meeting": "list", "notice": "list",
         "posted": "notice", "waited": "posted", "village report": "waited", "answered": "asked", "exit consent": "review"}
OF_THE_LIST = frozenset({"announced", "meeting", "committee", "notice", "posted", "waited", "village report",
                         "spot check", "township meeting", "township report"})
OUT = {"exit consent", "review meeting"}
NEEDS: dict[tuple[Procedure, A], set[str]] = {
    (E, A.SURVEY_PROPOSE): {"survey", "consent"},
    (E, A.SURVEY_NOT_PROPOSE): {"survey"},
    (E, A.DELIBERATION_SUBMIT): {"plan", "announced", "meeting", "committee"},
    (E, A.PUBLICITY_REPORT): {"notice", "posted", "waited", "village report"},
    (E, A.TOWNSHIP_SUBMIT): {"spot check", "township meeting", "measures", "township report"},
    (E, A.COUNTY_DETERMINE): {"asked", "answered"},
    (E, A.COUNTY_DECLINE): {"asked", "answered"},
    (E, A.COUNTY_REFER): {"asked", "answered"},
    (E, A.COUNTY_REPORT): {"determined"},
    (E, A.COUNTY_ASSIGN): {"determined", "reported"},
    (E, A.COUNTY_NOT_INCLUDE): {"declined", "letter"},
    (E, A.DELIBERATION_DECLINE): {"meeting", "committee"},
    (E, A.ASSISTANCE_ENTER): {"started"},
    (E, A.REVIEW_OPEN): {"entered"},
    (E, A.REVIEW_CONTINUE): {"review"},
    (E, A.REVIEW_LEAVE): {"review", "review meeting", "exit consent"},
    (L, A.SURVEY_CONFIRM): {"survey", "exit consent"},
    (L, A.SURVEY_KEEP): {"survey"},
    (L, A.PUBLICITY_REPORT): {"notice", "posted", "waited", "village report"},
    (L, A.TOWNSHIP_SUBMIT): {"spot check", "township meeting", "township report"},
    (L, A.COUNTY_DETERMINE): {"asked", "answered", *OUT},
    (L, A.COUNTY_KEEP): set(),
    (L, A.ELIMINATION_MARK): {"determined", "exit consent"},
}
# Where each act leads, by hand; None stays.
LEADS: dict[tuple[Procedure, Stage, A], tuple[Procedure, Stage]] = {
    (E, S.SURVEY, A.SURVEY_PROPOSE): (E, S.DELIBERATION), (E, S.SURVEY, A.SURVEY_NOT_PROPOSE): (E, S.NOT_PROPOSED),
    (E, S.DELIBERATION, A.DELIBERATION_SUBMIT): (E, S.PUBLICITY), (E, S.DELIBERATION, A.DELIBERATION_RETURN): (E, S.SURVEY),
    (E, S.DELIBERATION, A.DELIBERATION_DECLINE): (E, S.NOT_PROPOSED),
    (E, S.PUBLICITY, A.PUBLICITY_REPORT): (E, S.TOWNSHIP), (E, S.PUBLICITY, A.PUBLICITY_RETURN): (E, S.DELIBERATION),
    (E, S.TOWNSHIP, A.TOWNSHIP_SUBMIT): (E, S.COUNTY), (E, S.TOWNSHIP, A.TOWNSHIP_RETURN): (E, S.SURVEY),
    (E, S.COUNTY, A.COUNTY_DETERMINE): (E, S.COUNTY), (E, S.COUNTY, A.COUNTY_DECLINE): (E, S.COUNTY),
    (E, S.COUNTY, A.COUNTY_REPORT): (E, S.COUNTY), (E, S.COUNTY, A.COUNTY_ASSIGN): (E, S.ASSISTANCE),
    (E, S.COUNTY, A.COUNTY_NOT_INCLUDE): (E, S.NOT_INCLUDED), (E, S.COUNTY, A.COUNTY_REFER): (E, S.REFERRED),
    (E, S.COUNTY, A.COUNTY_RETURN): (E, S.SURVEY), (E, S.ASSISTANCE, A.ASSISTANCE_ENTER): (E, S.ASSISTANCE),
    (E, S.ASSISTANCE, A.REVIEW_OPEN): (E, S.REVIEW), (E, S.REVIEW, A.REVIEW_CONTINUE): (E, S.ASSISTANCE),
    (E, S.REVIEW, A.REVIEW_LEAVE): (L, S.SURVEY),
    (L, S.SURVEY, A.SURVEY_CONFIRM): (L, S.PUBLICITY), (L, S.SURVEY, A.SURVEY_KEEP): (E, S.ASSISTANCE),
    (L, S.PUBLICITY, A.PUBLICITY_REPORT): (L, S.TOWNSHIP), (L, S.PUBLICITY, A.PUBLICITY_RETURN): (L, S.SURVEY),
    (L, S.TOWNSHIP, A.TOWNSHIP_SUBMIT): (L, S.COUNTY), (L, S.TOWNSHIP, A.TOWNSHIP_RETURN): (L, S.SURVEY),
    (L, S.COUNTY, A.COUNTY_DETERMINE): (L, S.COUNTY), (L, S.COUNTY, A.COUNTY_KEEP): (E, S.ASSISTANCE),
    (L, S.COUNTY, A.COUNTY_RETURN): (L, S.SURVEY), (L, S.COUNTY, A.ELIMINATION_MARK): (L, S.ELIMINATED),
}
LIST_ACTS = frozenset({A.DELIBERATION_SUBMIT, A.PUBLICITY_REPORT, A.TOWNSHIP_SUBMIT})
RETURNS = frozenset({A.DELIBERATION_RETURN, A.PUBLICITY_RETURN, A.TOWNSHIP_RETURN, A.COUNTY_RETURN})
LEAVES_LIST = RETURNS | {A.COUNTY_ASSIGN, A.COUNTY_NOT_INCLUDE, A.COUNTY_REFER, A.COUNTY_KEEP, A.SURVEY_KEEP,
                         A.REVIEW_CONTINUE, A.ELIMINATION_MARK, A.DELIBERATION_DECLINE}
# What must be made anew after each of these.
VOIDED = dict.fromkeys((A.DELIBERATION_RETURN, A.TOWNSHIP_RETURN, A.COUNTY_RETURN),
                       {"survey", "measures", "asked", "answered", "determined", "declined", "reported"})
VOIDED |= {A.PUBLICITY_RETURN: {"measures"}, A.REVIEW_OPEN: {"review", *OUT},
           A.REVIEW_LEAVE: {"survey", "asked", "answered", "determined", "reported"}}
GIVES = {A.COUNTY_DETERMINE: "determined", A.COUNTY_DECLINE: "declined", A.COUNTY_REPORT: "reported",
         A.ASSISTANCE_ENTER: "entered"}
ROLE_OF = {"county.determine": Role.COUNTY_DECIDER, "county.decline": Role.COUNTY_DECIDER, "county.keep": Role.COUNTY_DECIDER,
           "county.refer": Role.COUNTY_DECIDER, "county.assign": Role.COUNTY_LEADING_GROUP, "county.report": Role.COUNTY_ANALYST,
           "county.return": Role.COUNTY_ANALYST, "county.not_include": Role.COUNTY_ANALYST,
           "township.submit": Role.TOWNSHIP_LEADER, "township.return": Role.TOWNSHIP_CADRE,
           "assistance.enter": Role.COUNTY_ANALYST, "elimination.mark": Role.COUNTY_ANALYST}


def role_of(action: A) -> Role:
    """Say whose act it is: the village's unless the clause names another."""
    return ROLE_OF.get(action.value, Role.VILLAGE_CADRE)


@dataclass
class Listing:
    """A village list as remembered: its row, its papers, who stands on it, when it was posted everywhere."""

    row: VillageList
    papers: set[str] = field(default_factory=set)
    on_it: list["Told"] = field(default_factory=list)
    posted_on: date | None = None


@dataclass
class Told:
    """A household as remembered."""

    household: Household
    case: Case | None = None
    procedure: Procedure = E
    stage: Stage = S.SURVEY
    round: int = 1
    papers: set[str] = field(default_factory=set)
    listing: Listing | None = None
    acts: list[tuple[A, int]] = field(default_factory=list)
    answered_on: date | None = None
    posted: dict[int, date] = field(default_factory=dict)
    objections: list[Objection] = field(default_factory=list)
    upheld: bool = False
    ever_upheld: bool = False

    @property
    def place(self) -> tuple[Procedure, Stage]:
        """Say where the case stands."""
        return self.procedure, self.stage

    @property
    def have(self) -> set[str]:
        """Name every paper that counts now."""
        return self.papers | (self.listing.papers | {"list"} if self.listing else set())

    @property
    def under_way(self) -> bool:
        """Say whether there is an open case."""
        return self.case is not None and not self.stage.ended
