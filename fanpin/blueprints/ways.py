"""Where one does what: the address of the page for an act or a missing paper, if the actor may open it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from fanpin import authorization
from fanpin.models.cases import Case
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Missing
from fanpin.rules.requirements import Requirement
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure, Row, Stage

# Acts whose page does not bear the act's own name.
PAGES: dict[Action, tuple[str, ...]] = {
    Action.DELIBERATION_RETURN: ("deliberation.send_back",),
    Action.PUBLICITY_RETURN: ("publicity.send_back",),
    Action.TOWNSHIP_RETURN: ("township.send_back",),
    Action.COUNTY_RETURN: ("county.send_back",),
}
# Where what a requirement misses is recorded, by the code or by what stands before its point.
PLACES: dict[str, tuple[str, ...]] = {
    "survey": ("survey.record",), "survey.application": ("survey.sign",), "survey.consent": ("survey.sign",),
    "deliberation": ("deliberation.show", "deliberation.new"), "deliberation.plan": ("deliberation.plan",),
    "plan": ("deliberation.plan",), "publicity": ("publicity.show", "publicity.issue"),
    "publicity.report": ("publicity.sign",), "township": ("township.show",), "township.meeting": ("township.meet",),
    "township.measures": ("township.measures",), "township.report": ("township.report",), "county": ("county.review",),
    "county.determined": ("county.determine",), "county.reported": ("county.report",), "county.lead": ("county.assign",),
    "county.letter": ("papers.of_case",), "assistance": ("assistance.show",), "assistance.entered": ("assistance.enter",),
    "review": ("review.record",), "review.meeting": ("review.meet",), "review.opinions": ("deliberation.show",),
    "elimination.consent": ("review.consent",), "elimination": ("elimination.mark",),
}
WORK: dict[Stage, tuple[tuple[str, tuple[str, ...]], ...]] = {
    Stage.SURVEY: (("填写实地调查表", ("survey.record",)), ("登记申请与授权承诺书", ("survey.sign",))),
    Stage.DELIBERATION: (("打开村级名单", ("deliberation.show",)), ("列入村级名单", ("deliberation.new",)),
                         ("提出帮扶措施", ("deliberation.plan",))),
    Stage.PUBLICITY: (("打开公示", ("publicity.show", "publicity.issue", "deliberation.show")),
                      ("登记异议或举报", ("publicity.object",))),
    Stage.TOWNSHIP: (("打开乡镇审核", ("township.show",)), ("登记异议或举报", ("publicity.object",))),
    Stage.COUNTY: (("打开部门联审", ("county.review",)),),
    Stage.ASSISTANCE: (("打开帮扶措施", ("assistance.show",)), ("登记走访", ("assistance.visit",))),
    Stage.REVIEW: (("打开成效评议", ("review.show",)), ("登记成效评议", ("review.record",)),
                   ("登记知情同意", ("review.consent",))),
}


@dataclass(frozen=True)
class Way:
    """One way on from where a case stands."""

    row: Row
    missing: tuple[Missing, ...]
    met: tuple[Requirement, ...]
    allowed: bool
    url: str

    @property
    def action(self) -> Action:
        """Return the act."""
        return self.row.action


class Finder:
    """Finds pages about one case for one actor; asks the database nothing."""

    def __init__(self, case: Case, actor: Actor, earlier: Sequence[tuple[str, int]], refs: Mapping[str, str]) -> None:
        self.case, self.actor, self.earlier, self.refs = case, actor, earlier, dict(refs) | {"case": case.ref}

    def may(self, action: Action) -> bool:
        """Say whether the actor may do the act on the case."""
        return authorization.may(self.actor, action, area_path=self.case.area_path, earlier=self.earlier)

    def first(self, endpoints: Iterable[str]) -> str:
        """Return the address of the first of the pages that exists, fits the case and opens for the actor, or ""."""
        return next((url for url in map(self._address, endpoints) if url), "")

    def _address(self, endpoint: str) -> str:
        view: Any = current_app.view_functions.get(endpoint)
        if view is None:
            return ""
        rule = next(current_app.url_map.iter_rules(endpoint))
        guarded = getattr(view, "guard", None)
        if not rule.arguments <= set(self.refs) or "GET" not in (rule.methods or ()):
            return ""
        if guarded is not None and guarded.action is not None and not self.may(guarded.action):
            return ""
        return url_for(endpoint, **{name: self.refs[name] for name in rule.arguments})

    def way(self, row: Row, missing: tuple[Missing, ...]) -> Way:
        """Describe a row of the table as a way on."""
        lacking = {item.code for item in missing}
        allowed = self.may(row.action)
        url = self.first(PAGES.get(row.action, (row.action.value,))) if allowed else ""
        return Way(row, missing, tuple(need for need in row.requires if need.code not in lacking), allowed, url)

    def links(self, ways: Iterable[Way]) -> dict[str, tuple[str, str]]:
        """Say for each missing requirement where it is recorded."""
        found = {}
        for code in dict.fromkeys(item.code for way in ways for item in way.missing):
            url = self.first(PLACES.get(code, ()) or PLACES.get(code.split(".")[0], ()))
            if url:
                found[code] = ("去办理", url)
        return found

    def work(self) -> list[tuple[str, str]]:
        """List the pages on which the case's present step is recorded."""
        pages = ((title, self.first(endpoints)) for title, endpoints in WORK.get(self.case.stage, ()))
        return [(title, url) for title, url in pages if url]


ROADS: dict[Procedure, tuple[Stage, ...]] = {
    Procedure.ENTERING: (Stage.SURVEY, Stage.DELIBERATION, Stage.PUBLICITY, Stage.TOWNSHIP, Stage.COUNTY,
                         Stage.ASSISTANCE, Stage.REVIEW),
    Procedure.LEAVING: (Stage.SURVEY, Stage.PUBLICITY, Stage.TOWNSHIP, Stage.COUNTY, Stage.ELIMINATED),
}
