"""疑点: what does not fit in households' files, by area; for one household where to mend it, or why it is kept."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.links import link
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import names_of, place_for
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.models.quality import DoubtRow, DoubtState
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.quality import RULES, rule_of
from fanpin.steps import quality

EXPLANATION = 300

blueprint = Blueprint("quality", __name__, url_prefix="/quality")


class ExplainForm(HouseForm):
    """Why a 疑点 stays as it is."""

    explanation = NoteField("情况说明（为什么属实、看了什么材料）", [required("请写明情况。"), longest(EXPLANATION)])


@blueprint.get("/")
@guard(Action.QUALITY_READ)
def index() -> ResponseReturnValue:
    """List the 疑点 of the area, narrowed by place, rule and state."""
    place, code = place_for(actor()), asked("rule")
    states = {state.value: state for state in DoubtState}
    state = states.get(asked("state"), DoubtState.OPEN)
    here = within(DoubtRow.area_path, (place.area.path,))
    counts = dict(db.session.execute(select(DoubtRow.rule, func.count()).where(here, DoubtRow.state == state)
                                     .group_by(DoubtRow.rule)).all())
    query = select(DoubtRow).where(here, DoubtRow.state == state)
    page = page_of(query.where(DoubtRow.rule == code) if code in RULES else query, DoubtRow, by_place=True)
    households = {row.id: row for row in db.session.scalars(select(Household).where(
        Household.id.in_([row.household_id for row in page.rows])))}
    kept = {"rule": code if code in RULES else "", "state": state.value, "area": place.area.code12 if place.narrowed else ""}
    rules = [(rule, counts.get(rule.code, 0)) for rule in RULES.values() if counts.get(rule.code)]
    return render_template("quality/index.html", page=page, place=place, kept=kept, states=DoubtState, rules=rules,
                           total=sum(counts.values()), names=names_of(row.area_path for row in page.rows),
                           rows=[(row, households[row.household_id], rule_of(row.rule)) for row in page.rows])


@blueprint.get("/households/<ref:household>")
@guard(Action.QUALITY_READ)
def show(household: Household) -> ResponseReturnValue:
    """Show one household's 疑点 as they are now, each with where to mend it."""
    return _page(household, ExplainForm(), 200)


def _page(household: Household, form: ExplainForm, status: int) -> tuple[str, int]:
    case = db.session.scalar(select(Case).where(Case.household_id == household.id).order_by(Case.id.desc()).limit(1))
    found = quality.standing(db.session(), [household.id], today=today())
    mend = {"household": ("修改农户档案", link("households.show", household=household.ref))}
    if case is not None:
        page = link("cases.show", case=case.ref)
        mend |= {"survey": ("打开办理情况，更正调查表", page), "plan": ("打开办理情况，调整帮扶措施", page),
                 "review": ("打开办理情况，核对成效评议", page), "marking": ("打开办理情况，核对标注", page)}
    return render_template("quality/show.html", household=household, found=found, mend=mend, form=form,
                           place=names_of([household.area_path])), status


@blueprint.post("/households/<ref:household>/explain")
@guard(Action.QUALITY_EXPLAIN)
def explain(household: Household) -> ResponseReturnValue:
    """说明并保留."""
    form = ExplainForm()
    if form.validate():
        with form.attempt():
            quality.explain(db.session(), household, rule=request.form.get("rule", "")[:30],
                            person=request.form.get("person", "")[:60], digest=request.form.get("digest", "")[:80],
                            explanation=form.explanation.data or "", actor=actor(), now=now(), today=today())
            flash("已说明并保留。数据有变化时会重新提示。", "success")
            return redirect(url_for("quality.show", household=household.ref))
    return _page(household, form, form.status)
