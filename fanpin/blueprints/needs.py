"""What an act still requires, as the pages say it: missing, met, by the same predicates as the one door."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fanpin.blueprints.guard import today
from fanpin.blueprints.links import link
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Missing
from fanpin.rules.requirements import Requirement
from fanpin.steps import advance, quality

# The acts by which a household's file goes on to the next desk.
SUBMISSIONS = frozenset({
    Action.SURVEY_PROPOSE, Action.SURVEY_CONFIRM, Action.DELIBERATION_SUBMIT, Action.PUBLICITY_REPORT, Action.TOWNSHIP_SUBMIT,
    Action.REVIEW_LEAVE})


@dataclass(frozen=True)
class DoubtShown:
    """A 疑点 as the component takes it."""

    head_name: str
    person: str
    text: str
    changed: bool
    url: str


@dataclass(frozen=True)
class Needs:
    """The requirements of one act: those not met, with whom they concern, and those met."""

    missing: tuple[Missing, ...] = ()
    met: tuple[Requirement, ...] = ()
    doubts: tuple[DoubtShown, ...] = ()

    @property
    def ready(self) -> bool:
        """Say whether nothing is missing."""
        return not self.missing


def of_case(case: Case, action: Action) -> Needs:
    """Return what the act requires of one case; the page names the household already."""
    missing = advance.missing(db.session(), case, action, today=today())
    lacking = {item.code for item in missing}
    met = tuple(need for need in advance.row_for(case, action).requires if need.code not in lacking)
    return Needs(tuple(replace(item, subject="") for item in missing), met, _doubts([case], action))


def of_cases(cases: Sequence[Case], action: Action) -> Needs:
    """Return what the act requires of a few cases decided together; the same lack of all is named once."""
    if not cases:
        return Needs()
    found: dict[tuple[str, str], list[Missing]] = {}
    for case in cases:
        for item in advance.missing(db.session(), case, action, today=today()):
            found.setdefault((item.code, item.reason), []).append(item)
    missing = tuple(replace(items[0], subject=_whom(items, len(cases))) for items in found.values())
    lacking = {item.code for item in missing}
    met = tuple(need for need in advance.row_for(cases[0], action).requires if need.code not in lacking)
    return Needs(missing, met, _doubts(cases, action))


def _doubts(cases: Sequence[Case], action: Action) -> tuple[DoubtShown, ...]:
    """Before a submission, return what does not fit in the households' files: read, explained or mended, never a block."""
    if action not in SUBMISSIONS:
        return ()
    found = quality.standing(db.session(), {case.household_id for case in cases}, today=today())
    return tuple(DoubtShown(one.household.head_name, one.doubt.person, one.doubt.text, one.changed,
                            link("quality.show", household=one.household.ref)) for one in found if not one.explained)


def _whom(items: list[Missing], everybody: int) -> str:
    return "" if len(items) == everybody else "、".join(item.subject for item in items)
