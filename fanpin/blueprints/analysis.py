"""综合分析研判 (三(二)): rounds and what they found, household warnings on their way to the village and back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints.analysis_forms import QuickForm, RoundForm, VerifyForm, VisitForm, WarningForm
from fanpin.blueprints.analysis_lists import WarningState, from_whom, in_state, rounds, with_households
from fanpin.blueprints.guard import actor, guard, logged_in, may, now, present, today
from fanpin.blueprints.paging import SIZE, asked, page_of
from fanpin.blueprints.places import area_within, children, names_of
from fanpin.blueprints.seeking import sought
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.warnings import Warning
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.intake import LeadSource, RoundOccasion, VisitResult, WarningConclusion
from fanpin.rules.roles import Role
from fanpin.steps import analysis, households

# What one may look for a household for: the words, the act, the page that follows.
PURPOSES = {
    "warning": ("录入预警", Action.ANALYSIS_WARN, "analysis.enter_warning"),
    "key_check": ("提出重点核查对象", Action.ANALYSIS_PROPOSE, "analysis.propose"),
}
FOUND = 20

blueprint = Blueprint("analysis", __name__, url_prefix="/analysis")


@blueprint.get("/")
@logged_in("按岗位打开自己的一页")
def index() -> ResponseReturnValue:
    """Open what the post works with: its rounds, its visits, its warnings, its signatures."""
    who = present()
    role = who.actor.role if who is not None and who.actor is not None else None
    pages = {Role.GROUP_CADRE: "analysis.visits", Role.COUNTY_ANALYST: "analysis.warnings",
             Role.TOWNSHIP_LEADER: "analysis.warnings", Role.DEPARTMENT_OFFICER: "analysis.signing"}
    return redirect(url_for(pages.get(role, "analysis.round_list")))


@blueprint.get("/rounds")
@guard(Action.HOUSEHOLD_READ)
def round_list() -> ResponseReturnValue:
    """List the rounds, each with how many households are still to be seen."""
    page, rows = rounds(today=today())
    return render_template("analysis/rounds.html", page=page, rows=rows)


@blueprint.route("/rounds/new", methods=["GET", "POST"])
@guard(Action.ANALYSIS_ROUND)
def open_round() -> ResponseReturnValue:
    """Begin a round: every 脱贫户 and focus household of the village owes a result."""
    who = actor()
    form = RoundForm(starts_on=today(), visitors=who.name)
    own = db.session.scalars(select(Area).where(Area.id == who.area_id)).one()
    villages = [own] if own.kind is AreaLevel.VILLAGE else list(children(own))
    form.village.choices = [(village.code12, village.name) for village in villages]
    if form.validate_on_submit():
        with form.attempt():
            village = area_within(who, form.village.data or "", AreaLevel.VILLAGE)
            row = analysis.open_round(
                db.session(), village, title=form.title.data or "", occasion=RoundOccasion(form.occasion.data),
                starts_on=form.starts_on.data, ends_on=form.ends_on.data, visitors=form.visitors.data or "", actor=who,
                now=now())
            flash(f"排查已开始，共有{row.households}户脱贫户和重点人群户需要登记结果。", "success")
            return redirect(url_for("analysis.visits", round=row.ref))
    return form.answer("analysis/open_round.html")


@blueprint.get("/visits")
@guard(Action.HOUSEHOLD_READ)
def visits() -> ResponseReturnValue:
    """List the households of a round (or of all rounds) that still owe a result, or those seen."""
    seen = asked("state") == "seen"
    wanted = asked("round")
    chosen = db.session.scalar(select(Round).where(Round.ref == wanted)) if wanted else None
    query = select(RoundVisit).where(RoundVisit.visited_on.is_not(None) if seen else RoundVisit.visited_on.is_(None))
    if wanted:
        query = query.where(RoundVisit.round_id == (chosen.id if chosen else None))
    page = page_of(query, RoundVisit)
    rows = with_households(page.rows)
    looked = sought()
    found = _found(looked.text) if chosen and looked else []
    names = names_of(row.area_path for row in found)
    return render_template("analysis/visits.html", page=page, rows=rows, chosen=chosen, seen=seen, found=found, names=names,
                           wanted=looked.shown, form=QuickForm(visited_on=today()), kept={"round": wanted, "state": asked("state")})


@blueprint.post("/visits/no-problem")
@guard(Action.ANALYSIS_VISIT)
def no_problem() -> ResponseReturnValue:
    """Record “no problem” for all the households that were ticked."""
    form = QuickForm()
    back = url_for("analysis.visits", round=request.form.get("round", "")[:14])
    ticked = request.form.getlist("visit")[:SIZE]
    if not form.validate() or not ticked:
        flash("请先勾选农户，再填写走访日期。" if not ticked else "走访日期不对，请按“2026-03-02”的样子填写。", "error")
        return redirect(back)
    rows = list(db.session.scalars(select(RoundVisit).where(RoundVisit.ref.in_([_plain(ref) for ref in ticked]))))
    count = analysis.record_no_problem(db.session(), rows, visited_on=form.visited_on.data, actor=actor(), now=now(),
                                       today=today())
    flash(f"已登记{count}户“{VisitResult.NO_PROBLEM.title}”。", "success")
    return redirect(back)


def _plain(ref: str) -> str:
    return ref if ref.isascii() and ref.isalnum() else ""


@blueprint.route("/visits/<ref:visit>", methods=["GET", "POST"])
@guard(Action.ANALYSIS_VISIT)
def record_visit(visit: RoundVisit) -> ResponseReturnValue:
    """Record what was found at a household that the round owes a visit."""
    household = _household(visit.household_id)
    form = VisitForm(data={"visited_on": visit.visited_on or today(), "note": visit.note,
                           "result": visit.result.value if visit.result else None})
    if form.validate_on_submit():
        with form.attempt():
            analysis.answer_visit(db.session(), visit, visited_on=form.visited_on.data,
                                  result=VisitResult(form.result.data), note=form.note.data or "", actor=actor(), now=now(),
                                  today=today())
            return _after_visit(household, VisitResult(form.result.data))
    return form.answer("analysis/visit.html", household=household, visit=visit)


@blueprint.route("/rounds/<ref:round>/households/<ref:household>", methods=["GET", "POST"])
@guard(Action.ANALYSIS_VISIT)
def add_visit(round: Round, household: Household) -> ResponseReturnValue:
    """Record a household that the round did not owe."""
    form = VisitForm(visited_on=today())
    if form.validate_on_submit():
        with form.attempt():
            analysis.record_visit(db.session(), round, household, visited_on=form.visited_on.data,
                                  result=VisitResult(form.result.data), note=form.note.data or "", actor=actor(), now=now(),
                                  today=today())
            return _after_visit(household, VisitResult(form.result.data))
    return form.answer("analysis/visit.html", household=household, visit=None)


def _after_visit(household: Household, result: VisitResult) -> ResponseReturnValue:
    if result is VisitResult.AT_RISK and may(Action.ANALYSIS_PROPOSE, household):
        flash("排查结果已登记。发现风险的，请提出为重点核查对象。", "success")
        return redirect(url_for("analysis.propose", household=household.ref))
    flash("排查结果已登记。", "success")
    return redirect(url_for("analysis.visits"))


@blueprint.get("/find")
@guard(Action.HOUSEHOLD_READ)
def find() -> ResponseReturnValue:
    """Find the household for which a warning is entered or a key check proposed."""
    purpose = asked("purpose") if asked("purpose") in PURPOSES else "key_check"
    task, action, endpoint = PURPOSES[purpose]
    looked = sought()
    found = _found(looked.text) if looked else []
    return render_template("analysis/find.html", purpose=purpose, task=task, endpoint=endpoint, found=found, wanted=looked.shown,
                           allowed=may(action), names=names_of(row.area_path for row in found))


def _found(wanted: str) -> list[Household]:
    query = households.search(wanted).where(Household.departed_on.is_(None))
    return list(db.session.scalars(query.order_by(Household.id).limit(FOUND)))


def _household(number: int) -> Household:
    return db.session.scalars(select(Household).where(Household.id == number)).one()


@blueprint.get("/warnings")
@guard(Action.HOUSEHOLD_READ)
def warnings() -> ResponseReturnValue:
    """List the warnings of one state."""
    first = WarningState.ENTERED if may(Action.ANALYSIS_DISPATCH) else WarningState.SENT
    state = next((state for state in WarningState if state.value == asked("state")), first)
    # What weighs most is read first; every warning stays due until it is verified, however far down it stands.
    page = (page_of(in_state(state), Warning, newest=True) if state is WarningState.VERIFIED
            else page_of(in_state(state), Warning, newest=True, by=Warning.score))
    return render_template("analysis/warnings.html", page=page, rows=with_households(page.rows), state=state,
                           states=list(WarningState), from_whom=from_whom)


@blueprint.route("/households/<ref:household>/warning", methods=["GET", "POST"])
@guard(Action.ANALYSIS_WARN)
def enter_warning(household: Household) -> ResponseReturnValue:
    """Enter a household's warning."""
    form = WarningForm(source=LeadSource.DEPARTMENT.value)
    if form.validate_on_submit():
        with form.attempt():
            analysis.enter_warning(db.session(), household, source=LeadSource(form.source.data),
                                   department=form.department.data or "", document=form.document.data or "",
                                   content=form.content.data or "", actor=actor(), now=now(), today=today())
            flash(f"已录入{household.head_name}家的预警，请下发到乡、村。", "success")
            return redirect(url_for("analysis.warnings", state=WarningState.ENTERED.value))
    return form.answer("analysis/enter_warning.html", household=household)


@blueprint.post("/warnings/dispatch")
@guard(Action.ANALYSIS_DISPATCH)
def dispatch() -> ResponseReturnValue:
    """Send the ticked warnings to the desks of township and village."""
    refs = [_plain(ref) for ref in request.form.getlist("warning")[:SIZE]]
    rows = list(db.session.scalars(select(Warning).where(Warning.ref.in_(refs)))) if refs else []
    sent = analysis.dispatch(db.session(), rows, actor=actor(), now=now())
    if sent:
        flash(f"已下发{sent}条预警到乡镇和行政村。", "success")
    else:
        flash("请先勾选要下发的预警。", "error")
    return redirect(url_for("analysis.warnings", state=WarningState.ENTERED.value))


@blueprint.post("/warnings/<ref:warning>/receive")
@guard(Action.ANALYSIS_RECEIVE)
def receive(warning: Warning) -> ResponseReturnValue:
    """Sign for a warning."""
    analysis.receive(db.session(), warning, actor=actor(), now=now())
    flash("预警已签收，请入户核实。", "success")
    state = WarningState.RECEIVED if warning.village_received_at else WarningState.SENT
    return redirect(url_for("analysis.warnings", state=state.value))


@blueprint.route("/warnings/<ref:warning>/verify", methods=["GET", "POST"])
@guard(Action.ANALYSIS_VERIFY)
def verify(warning: Warning) -> ResponseReturnValue:
    """Answer a warning with what was found on the spot."""
    household = _household(warning.household_id)
    form = VerifyForm(verified_on=today())
    if form.validate_on_submit():
        with form.attempt():
            conclusion = WarningConclusion(form.conclusion.data)
            analysis.verify(db.session(), warning, conclusion=conclusion, finding=form.finding.data or "",
                            verified_on=form.verified_on.data, actor=actor(), now=now(), today=today())
            flash("核实结果已反馈县级。", "success")
            if conclusion is WarningConclusion.AT_RISK and may(Action.ANALYSIS_PROPOSE, household):
                return redirect(url_for("analysis.propose", household=household.ref))
            return redirect(url_for("analysis.warnings", state=WarningState.RECEIVED.value))
    return form.answer("analysis/verify.html", warning=warning, household=household, came_from=from_whom(warning),
                       place=names_of([warning.area_path])[warning.area_path])
