"""受影响农户 (二(四)): the list of an event by village, what was found at each, additions and removals by hand, the paper."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from fanpin.blueprints import regional as desk
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.paging import SIZE, asked, page_of
from fanpin.blueprints.places import Place, names_of
from fanpin.blueprints.regional_forms import LookForm, ReasonForm, UnaffectedForm
from fanpin.blueprints.seeking import sought
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.events import Event, Exposure
from fanpin.models.households import Household
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid
from fanpin.rules.regional import ExposureResult
from fanpin.rules.titles import TitledEnum
from fanpin.steps import households, regional

FOUND = 10
MOST_PRINTED = 2000
route, get, post = desk.blueprint.route, desk.blueprint.get, desk.blueprint.post


class ListState(TitledEnum):
    """Which households of the list are shown."""

    OWED = ("owed", "待排查")
    LOOKED = ("looked", "已排查")
    AT_RISK = ("at_risk", "有风险")
    REMOVED = ("removed", "已移出")


_WHICH = {
    ListState.OWED: (Exposure.removed_at.is_(None), Exposure.visited_on.is_(None)),
    ListState.LOOKED: (Exposure.removed_at.is_(None), Exposure.visited_on.is_not(None)),
    ListState.AT_RISK: (Exposure.removed_at.is_(None), Exposure.result == ExposureResult.AT_RISK),
    ListState.REMOVED: (Exposure.removed_at.is_not(None),),
}


def _listed(event: Event, place: Place, *conditions: object) -> Select[tuple[Household]]:
    return (select(Household).join(Exposure, Exposure.household_id == Household.id)
            .where(Exposure.event_id == event.id, within(Exposure.area_path, (place.area.path,)), *conditions))


@get("/<ref:event>/households", endpoint="households")
@guard(Action.REGIONAL_SEE)
def list_households(event: Event) -> ResponseReturnValue:
    """List the exposed households of one's area in one state, village by village."""
    place = desk.place_of(event)
    state = next((state for state in ListState if state.value == asked("state")), ListState.OWED)
    page = page_of(_listed(event, place, *_WHICH[state]), Household, by_place=True)
    rows = _with_exposures(event, page.rows)
    wanted = sought()
    found = _found(event, wanted.text) if wanted and may(Action.REGIONAL_EXPOSE, event) else []
    kept = {"state": state.value, "area": place.area.code12}
    tabs = [(each.title, url_for("regional.households", event=event.ref, state=each.value, area=place.area.code12),
             each is state, None) for each in ListState]
    return render_template(
        "regional/households.html", event=event, rows=rows, page=page, place=place, state=state, tabs=tabs, kept=kept, wanted=wanted.shown,
        found=found, names=names_of(row.area_path for row in (*page.rows, *(one for one, _ in found))),
        form=UnaffectedForm(visited_on=today()), working=state is ListState.OWED and bool(rows) and may(Action.REGIONAL_VISIT, event)
        and event.closed_on is None, printable=place.area.level >= AreaLevel.VILLAGE)


def _with_exposures(event: Event, rows: list[Household]) -> list[tuple[Household, Exposure, Case | None]]:
    ids = [row.id for row in rows]
    exposures = {row.household_id: row for row in db.session.scalars(
        select(Exposure).where(Exposure.event_id == event.id, Exposure.household_id.in_(ids)))}
    cases = {row.household_id: row for row in db.session.scalars(
        select(Case).where(Case.household_id.in_(ids), Case.closed_on.is_(None)))}
    return [(row, exposures[row.id], cases.get(row.id)) for row in rows]


def _found(event: Event, wanted: str) -> list[tuple[Household, bool]]:
    rows = list(db.session.scalars(households.search(wanted).where(Household.departed_on.is_(None))
                                   .order_by(Household.id).limit(FOUND)))
    listed = set(db.session.scalars(select(Exposure.household_id).where(
        Exposure.event_id == event.id, Exposure.removed_at.is_(None), Exposure.household_id.in_([row.id for row in rows]))))
    return [(row, row.id in listed) for row in rows]


@post("/<ref:event>/unaffected")
@guard(Action.REGIONAL_VISIT)
def unaffected(event: Event) -> ResponseReturnValue:
    """Record “not affected” for the ticked households."""
    form = UnaffectedForm()
    back = url_for("regional.households", event=event.ref, area=asked_area())
    if not form.validate():
        flash("；".join(error for field in form for error in field.errors), "error")
        return redirect(back)
    refs = [ref for ref in request.form.getlist("household")[:SIZE] if ref.isascii() and ref.isalnum()]
    rows = list(db.session.scalars(select(Household).where(Household.ref.in_(refs)))) if refs else []
    if not rows:
        flash("请先勾选农户。", "error")
        return redirect(back)
    count = regional.look_unaffected(db.session(), event, rows, visited_on=form.visited_on.data, actor=actor(), now=now(),
                                     today=today())
    flash(f"已登记{count}户“{ExposureResult.UNAFFECTED.title}”。", "success")
    return redirect(back)


def asked_area() -> str:
    """Return the area that a form came from, as a code."""
    code = request.form.get("area", "")[:14]
    return code if code.isascii() and code.isdigit() else ""


@route("/<ref:event>/households/<ref:household>", methods=["GET", "POST"])
@guard(Action.REGIONAL_VISIT)
def look(event: Event, household: Household) -> ResponseReturnValue:
    """Record what was found at an exposed household."""
    row = regional.exposure_of(db.session(), event, household)
    form = LookForm(data={"visited_on": row.visited_on if row and row.visited_on else today(), "note": row.note if row else "",
                          "result": row.result.value if row and row.result else None})
    if form.validate_on_submit():
        with form.attempt():
            result = ExposureResult(form.result.data)
            regional.look(db.session(), event, household, visited_on=form.visited_on.data, result=result,
                          note=form.note.data or "", actor=actor(), now=now(), today=today())
            if result is ExposureResult.AT_RISK and may(Action.ANALYSIS_PROPOSE, household):
                flash("排查结果已登记。发现风险的，请提出为重点核查对象。", "success")
                return redirect(url_for("analysis.propose", household=household.ref))
            flash("排查结果已登记。", "success")
            return redirect(url_for("regional.households", event=event.ref))
    return form.answer("regional/look.html", event=event, household=household, row=row, place=names_of([household.area_path]))


def _by_hand(event: Event, household: Household, *, adding: bool) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit():
        with form.attempt():
            change, said = (regional.expose, "已加入名单，请入户排查。") if adding else (regional.take_out, "已移出名单，理由已记录。")
            change(db.session(), event, household, reason=form.reason.data or "", actor=actor(), now=now())
            flash(f"{household.head_name}家{said}", "success")
            return redirect(url_for("regional.households", event=event.ref))
    return form.answer("regional/by_hand.html", event=event, household=household, adding=adding, place=names_of([household.area_path]))


@route("/<ref:event>/households/<ref:household>/add", methods=["GET", "POST"])
@guard(Action.REGIONAL_EXPOSE)
def add(event: Event, household: Household) -> ResponseReturnValue:
    """Add a household by hand."""
    return _by_hand(event, household, adding=True)


@route("/<ref:event>/households/<ref:household>/remove", methods=["GET", "POST"])
@guard(Action.REGIONAL_EXPOSE)
def remove(event: Event, household: Household) -> ResponseReturnValue:
    """Take a household out by hand."""
    return _by_hand(event, household, adding=False)


@post("/<ref:event>/search")
@guard(Action.REGIONAL_EXPOSE)
def search_again(event: Event) -> ResponseReturnValue:
    """Look for exposed households once more, after data came in."""
    found = regional.search_again(db.session(), event, actor=actor(), now=now())
    flash(f"重新查找完成，新找到{found}户。" if found else "重新查找完成，没有新的农户。", "success")
    return redirect(url_for("regional.households", event=event.ref))


@get("/<ref:event>/households/print")
@guard(Action.REGIONAL_SEE, audited=True)
def list_paper(event: Event) -> ResponseReturnValue:
    """Print a village's list of exposed households, to be looked at on the spot."""
    place = desk.place_of(event)
    if place.area.level < AreaLevel.VILLAGE:
        raise Invalid("名单按行政村打印，请先在名单页选择一个行政村。")
    rows = list(db.session.scalars(_listed(event, place, Exposure.removed_at.is_(None))
                                   .order_by(Household.area_path, Household.id).limit(MOST_PRINTED)))
    return render_template("regional/list_paper.html", event=event, rows=_with_exposures(event, rows), place=place,
                           names=names_of(row.area_path for row in rows))
