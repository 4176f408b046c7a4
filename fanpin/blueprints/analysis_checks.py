"""重点核查对象 (三(二)): proposed by village or township, settled by the county analyst; and the month's analysis."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from fanpin.blueprints import analysis as desk
from fanpin.blueprints.analysis_forms import MonthForm, ProposeForm, SettleForm, SignForm
from fanpin.blueprints.analysis_lists import with_households
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.links import link
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.models.keychecks import KeyCheck
from fanpin.models.warnings import AnalysisSignature, MonthlyAnalysis
from fanpin.rules.actions import Action
from fanpin.rules.departments import Department
from fanpin.rules.intake import KeyCheckStatus
from fanpin.steps import analysis

YEAR = 12
route, get = desk.blueprint.route, desk.blueprint.get


@get("/key-checks")
@guard(Action.HOUSEHOLD_READ)
def key_checks() -> ResponseReturnValue:
    """List the proposals of one status, the longest waiting first."""
    status = next((status for status in KeyCheckStatus if status.value == asked("status")), KeyCheckStatus.PROPOSED)
    counts = dict(db.session.execute(select(KeyCheck.status, func.count()).group_by(KeyCheck.status)).all())
    page = page_of(select(KeyCheck).where(KeyCheck.status == status), KeyCheck, newest=status is not KeyCheckStatus.PROPOSED)
    tabs = [(each.title, url_for("analysis.key_checks", status=each.value), each is status, counts.get(each, 0))
            for each in KeyCheckStatus]
    cases = dict(db.session.execute(select(Case.id, Case.ref).where(
        Case.id.in_([row.case_id for row in page.rows if row.case_id]))).all())
    return render_template("analysis/key_checks.html", page=page, rows=with_households(page.rows), tabs=tabs, status=status,
                           urls={number: link("cases.show", case=ref) for number, ref in cases.items()})


@route("/households/<ref:household>/propose", methods=["GET", "POST"])
@guard(Action.ANALYSIS_PROPOSE)
def propose(household: Household) -> ResponseReturnValue:
    """Propose a household for checking, with the leads, warnings and visits that speak for it."""
    form = ProposeForm()
    if form.validate_on_submit():
        with form.attempt():
            analysis.propose(db.session(), household, reason=form.reason.data or "", actor=actor(), now=now())
            flash(f"已提出{household.head_name}家为重点核查对象，等待县级研判。", "success")
            return redirect(url_for("analysis.key_checks"))
    return form.answer("analysis/propose.html", household=household, place=names_of([household.area_path])[household.area_path],
                       grounds=analysis.grounds_for(db.session(), household))


@route("/key-checks/<ref:key_check>", methods=["GET", "POST"])
@guard(Action.ANALYSIS_SETTLE)
def settle(key_check: KeyCheck) -> ResponseReturnValue:
    """Settle a proposal: the household's case begins, or village and township read why not."""
    household = db.session.scalars(select(Household).where(Household.id == key_check.household_id)).one()
    form = SettleForm()
    if form.validate_on_submit():
        with form.attempt():
            case = analysis.settle(db.session(), key_check, agree=form.agree.data == "1", answer=form.reply.data or "",
                                   actor=actor(), now=now(), today=today())
            if case is None:
                flash(f"{household.head_name}家未列为重点核查对象，理由已反馈。", "success")
            else:
                flash(f"{household.head_name}家已列为重点核查对象，由村、乡入户调查。", "success")
            return redirect(url_for("analysis.key_checks"))
    return form.answer("analysis/settle.html", key_check=key_check, household=household,
                       place=names_of([household.area_path])[household.area_path])


@get("/months")
@guard(Action.ANALYSIS_SETTLE)
def months() -> ResponseReturnValue:
    """List the county's monthly analyses with the departments that have signed."""
    rows = list(db.session.scalars(select(MonthlyAnalysis).order_by(MonthlyAnalysis.month.desc()).limit(YEAR)))
    return render_template("analysis/months.html", rows=rows, signed=_signatures(rows))


def _signatures(rows: list[MonthlyAnalysis]) -> dict[int, list[tuple[str, AnalysisSignature]]]:
    found: dict[int, list[tuple[str, AnalysisSignature]]] = {row.id: [] for row in rows}
    for row in db.session.scalars(select(AnalysisSignature).where(AnalysisSignature.analysis_id.in_(list(found)))
                                  .order_by(AnalysisSignature.id)):
        found[row.analysis_id].append((Department(row.department).title, row))
    return found


@route("/months/new", methods=["GET", "POST"])
@guard(Action.ANALYSIS_SETTLE)
def open_month() -> ResponseReturnValue:
    """Open a month's analysis for the departments' signatures."""
    who = actor()
    form = MonthForm(month=analysis.month_of(today()))
    if form.validate_on_submit():
        with form.attempt():
            county = db.session.scalars(select(Area).where(Area.id == who.area_id)).one()
            analysis.open_month(db.session(), county, month=form.month.data or "", summary=form.summary.data or "",
                                actor=who, now=now())
            flash("月度分析已建立，等待各部门会签。", "success")
            return redirect(url_for("analysis.months"))
    return form.answer("analysis/open_month.html")


@get("/signing")
@guard(Action.ANALYSIS_SIGN)
def signing() -> ResponseReturnValue:
    """List the monthly analyses that the department has signed or is to sign."""
    rows = list(db.session.scalars(select(MonthlyAnalysis).order_by(MonthlyAnalysis.month.desc()).limit(YEAR)))
    return render_template("analysis/signing.html", rows=rows, signed=_signatures(rows))


@route("/months/<ref:analysis>/sign", methods=["GET", "POST"])
@guard(Action.ANALYSIS_SIGN)
def sign(analysis: MonthlyAnalysis) -> ResponseReturnValue:
    """Sign a month's analysis for one's department."""
    form = SignForm()
    if form.validate_on_submit():
        with form.attempt():
            _sign(analysis, form.opinion.data or "")
            flash("已会签。", "success")
            return redirect(url_for("analysis.signing"))
    return form.answer("analysis/sign.html", month=analysis)


def _sign(row: MonthlyAnalysis, opinion: str) -> None:
    analysis.sign_month(db.session(), row, opinion=opinion, actor=actor(), now=now())
