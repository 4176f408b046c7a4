"""按月筛查 and 预警标准 (三(二)): the county screens its departments' facts; numbers that may only make more warnings."""

from dataclasses import dataclass
from datetime import date

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms.validators import InputRequired

from fanpin.blueprints import analysis as desk
from fanpin.blueprints.fields import CountField, DayField, LineField, PickField
from fanpin.blueprints.forms import HouseForm, YuanField, required
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.deliveries import Delivery
from fanpin.models.findings import ScreeningRun
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.book_warnings import WARNING_BOOK
from fanpin.rules.deliveries import DeliveryState, covered_kinds
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.findings import RunState
from fanpin.rules.refusals import Invalid
from fanpin.rules.thresholds import THRESHOLDS
from fanpin.steps import deliveries, doing, screening_month, thresholds

RUNS = 12
REFRESH_SECONDS = "3"
route, get, post = desk.blueprint.route, desk.blueprint.get, desk.blueprint.post


class ThresholdForm(HouseForm):
    """A stricter number."""

    key = PickField("标准", [required("请选择标准。")], choices=[("", "请选择"), *((row.key, row.title) for row in THRESHOLDS.values())])
    amount = YuanField("数额（元、亩）")
    count = CountField("次数（只用于临时救助次数）")
    document = LineField("依据的文件名称或文号", [required("请填写依据的文件。")], limit=200)
    valid_from = DayField("生效日期", [InputRequired("请填写生效日期。")])


@dataclass(frozen=True)
class Feed:
    """A kind of fact that warns: which department tells it, when it was last told, and whether absence means anything."""

    title: str
    department: str
    as_of: date | None
    complete: bool
    covered: bool


@get("/screening")
@guard(Action.ANALYSIS_SCREEN)
def screening() -> ResponseReturnValue:
    """Show the county's screenings and how complete its departments' data are."""
    county = _county()
    rows = list(db.session.scalars(select(ScreeningRun).order_by(ScreeningRun.id.desc()).limit(RUNS)))
    under_way = any(row.state is RunState.WAITING for row in rows)
    titles = {code: kind_of(code).title for rule in WARNING_BOOK.rules for code in WARNING_BOOK.kinds_of(rule)}
    coming = deliveries.under_way(db.session())
    answer: Response = make_response(render_template(
        "analysis/screening.html", rows=rows, feeds=_feeds(county), titles=titles, under_way=under_way, coming=coming))
    if coming:
        answer.headers["Refresh"] = REFRESH_SECONDS
    return answer


def _feeds(county: Area) -> list[Feed]:
    told = covered_kinds(deliveries.told_for(db.session(), county_path=county.path), on=today())
    latest: dict[str, tuple[date, bool]] = {}
    for kinds, as_of, complete in db.session.execute(select(Delivery.kinds, Delivery.as_of, Delivery.complete & Delivery.whole).where(
            Delivery.state == DeliveryState.DONE).order_by(Delivery.as_of, Delivery.id)):
        latest.update({kind: (as_of, complete) for kind in kinds})
    codes = dict.fromkeys(code for rule in WARNING_BOOK.rules for code in WARNING_BOOK.kinds_of(rule))
    return [Feed(kind_of(code).title, kind_of(code).departments[0].title, latest.get(code, (None, False))[0],
                 latest.get(code, (None, False))[1], code in told) for code in codes]


def _county() -> Area:
    return doing.ancestor(db.session(), actor().area_path, AreaLevel.COUNTY)


@post("/screening/run")
@guard(Action.ANALYSIS_SCREEN)
def run_screening() -> ResponseReturnValue:
    """Screen the county as of today."""
    try:
        screening_month.ask(db.session(), _county(), actor=actor(), now=now(), today=today())
    except Invalid as refusal:
        flash(refusal.message, "error")
    else:
        flash("筛查已开始，通常一分钟内完成，请稍后刷新。", "success")
    return redirect(url_for("analysis.screening"))


@get("/thresholds", endpoint="thresholds")
@guard(Action.HOUSEHOLD_READ)
def threshold_list() -> ResponseReturnValue:
    """Show the numbers in force here, each with its source, and what the area has set."""
    path = actor().area_path
    return render_template("analysis/thresholds.html", numbers=thresholds.in_force(db.session(), area_path=path, on=today()),
                           known=THRESHOLDS, rows=thresholds.history(db.session(), area_path=path), may_set=may(Action.ANALYSIS_THRESHOLD))


@route("/thresholds/new", methods=["GET", "POST"])
@guard(Action.ANALYSIS_THRESHOLD)
def set_threshold() -> ResponseReturnValue:
    """Set a stricter number for the county."""
    form = ThresholdForm(valid_from=today())
    if form.validate_on_submit():
        with form.attempt():
            row = thresholds.set_stricter(
                db.session(), _county(), key=form.key.data, value=_typed(form), document=form.document.data or "",
                valid_from=form.valid_from.data, actor=actor(), now=now(), today=today())
            flash(f"“{THRESHOLDS[row.key].title}”已改为{THRESHOLDS[row.key].said(row.value)}。", "success")
            return redirect(url_for("analysis.thresholds"))
    return form.answer("analysis/set_threshold.html", known=THRESHOLDS)


def _typed(form: ThresholdForm) -> int:
    threshold = THRESHOLDS[form.key.data]
    typed = form.count.data if threshold.unit is None else form.amount.data
    if not typed:
        raise Invalid({"count" if threshold.unit is None else "amount": "请填写大于0的数。"})
    return typed
