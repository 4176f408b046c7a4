"""Papers of an area, a warning, a round: issued where a clerk looks for them; those of cases and lists are in `papers`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select

from fanpin.blueprints.guard import actor, guard, may_in, now, today
from fanpin.blueprints.papers import shown
from fanpin.blueprints.places import Place, area_within, place_for
from fanpin.documents import catalogue
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.county import Inquiry
from fanpin.models.households import Household
from fanpin.models.notices import Objection
from fanpin.models.papers import Paper
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.scoped import within
from fanpin.models.warnings import Warning
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid
from fanpin.steps import paper_data
from fanpin.steps.paper_data_analysis import parts_of
from fanpin.steps.paper_data_ledger import monitored, quarter_words, quarters_before

MOST = 50
MONTHS_BACK = 12
# Which papers are made of an area, by its level; those of a month need one.
OF_AREA = {AreaLevel.VILLAGE: ("warning_list", "ledger_village"), AreaLevel.TOWNSHIP: ("ledger_township",),
           AreaLevel.COUNTY: ("ledger_county", "figures")}

blueprint = Blueprint("paper_desk", __name__, url_prefix="/paper-desk")


@dataclass(frozen=True)
class Offer:
    """A paper that may be issued of the area now: of which month, of how much."""

    code: str
    title: str
    month: str = ""
    note: str = ""


@blueprint.get("/")
@guard(Action.CASE_READ)
def index() -> ResponseReturnValue:
    """Show the ledgers and lists that were issued of an area, and what may be issued of it."""
    place = place_for(actor())
    mine = paper_data.about_key(place.area)
    rows = db.session.scalars(select(Paper).where(or_(Paper.about == mine, Paper.about.startswith(f"{mine}/")))
                              .order_by(Paper.id.desc()).limit(MOST))
    return render_template("paper_desk/index.html", place=place, papers=[shown(row) for row in rows],
                           offers=list(_offers(place)))


def _offers(place: Place) -> Iterator[Offer]:
    for code in OF_AREA.get(place.area.kind, ()):
        if may_in(paper_data.FILLINGS[code].action, place.area.path):
            title = catalogue.paper(code).title
            yield from (Offer(code, title, month, note) for month, note in _spans(code, place.area))


def _spans(code: str, area: Area) -> list[tuple[str, str]]:
    """Return of which months or quarters the paper may be issued, with a word on how much it holds."""
    if code == "warning_list":
        return [(month, f"{count}条") for month, count in _warned(area)]
    if code == "figures":
        return [(quarter, quarter_words(quarter)) for quarter in quarters_before(today())]
    count = monitored(db.session(), area)
    return [("", f"{count}户" + (f"，分{parts_of(count)}册" if parts_of(count) > 1 else ""))] if count else []


def _warned(village: Area) -> list[tuple[str, int]]:
    return [(month, count) for month, count in db.session.execute(
        select(Warning.month, func.count()).where(Warning.dispatched_at.is_not(None),
                                                  within(Warning.area_path, (village.path,)))
        .group_by(Warning.month).order_by(Warning.month.desc()).limit(MONTHS_BACK))]


@blueprint.post("/issue")
@guard(Action.CASE_READ)
def issue() -> ResponseReturnValue:
    """Issue a paper of an area; the step asks who may."""
    code = request.form.get("code", "")
    if not any(code in codes for codes in OF_AREA.values()):
        raise Invalid("没有这种文书，请重新打开页面选择。")
    area = area_within(actor(), request.form.get("area", ""), AreaLevel.COUNTY, AreaLevel.TOWNSHIP, AreaLevel.VILLAGE)
    parts = parts_of(monitored(db.session(), area)) if code.startswith("ledger") else 1
    month = request.form.get("month", "")[:7]
    return _shown([_issue(code, area, month=month, part=part) for part in range(1, max(1, parts) + 1)])


@blueprint.post("/households/<ref:household>")
@guard(Action.HOUSEHOLD_EDIT)
def of_household(household: Household) -> ResponseReturnValue:
    """Issue the sheet on which changes of a household are taken down."""
    return _issued("change_sheet", household)


@blueprint.post("/warnings/<ref:warning>")
@guard(Action.ANALYSIS_VERIFY)
def of_warning(warning: Warning) -> ResponseReturnValue:
    """Issue the sheet on which a warning is checked."""
    return _issued("warning_sheet", warning)


@blueprint.post("/visits/<ref:visit>")
@guard(Action.ANALYSIS_VISIT)
def of_visit(visit: RoundVisit) -> ResponseReturnValue:
    """Issue the sheet of one household of a round."""
    return _issued("round_sheet", visit)


@blueprint.post("/rounds/<ref:round>")
@guard(Action.ANALYSIS_VISIT)
def of_round(round: Round) -> ResponseReturnValue:
    """Issue the register of a round, a long one in parts, or a blank sheet for a household that is not on file."""
    if request.form.get("code") == "round_sheet":
        return _issued("round_sheet", round)
    parts = max(1, parts_of(round.households))
    rows = [_issue("round_register", round, part=part) for part in range(1, parts + 1)]
    return _shown(rows)


@blueprint.post("/objections/<ref:objection>")
@guard(Action.PUBLICITY_ANSWER)
def of_objection(objection: Objection) -> ResponseReturnValue:
    """Issue the sheet on which an objection is investigated."""
    return _issued("objection_sheet", objection)


@blueprint.post("/inquiries/<ref:inquiry>")
@guard(Action.COUNTY_INQUIRE)
def of_inquiry(inquiry: Inquiry) -> ResponseReturnValue:
    """Issue the letter to a department about a list, or the sheet of what it answered."""
    code = request.form.get("code", "")
    if code not in ("inquiry_letter", "inquiry_result"):
        raise Invalid("没有这种文书，请重新打开页面选择。")
    return _issued(code, inquiry)


def _issued(code: str, about: Any) -> ResponseReturnValue:
    return _shown([_issue(code, about)])


def _issue(code: str, about: Any, *, month: str = "", part: int = 1) -> Paper:
    return paper_data.issue(db.session(), code, about=about, month=month, part=part, actor=actor(), now=now(),
                            today=today())


def _shown(rows: list[Paper]) -> ResponseReturnValue:
    numbers = "、".join(row.number for row in rows)
    flash(f"{rows[0].title}已出具，编号{numbers}，正在印制。", "success")
    return redirect(url_for("papers.show", paper=rows[0].ref))
