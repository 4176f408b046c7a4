"""二(二) and 六: monitoring lines, progress by area, and a county's settings with their sources."""

import csv
from collections.abc import Sequence
from functools import cache

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms.validators import InputRequired

from fanpin.blueprints.fields import CountField, DayField, LineField, PickField
from fanpin.blueprints.forms import HouseForm, NoteField, YuanField, longest, required
from fanpin.blueprints.guard import actor, guard, logged_in, may, now, today
from fanpin.blueprints.paging import asked
from fanpin.blueprints.places import place_for
from fanpin.extensions import db
from fanpin.models.areas import Area, AreaSetting
from fanpin.models.lines import MonitoringLine
from fanpin.resources import directory
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.lines import LineFactor, national_floor
from fanpin.rules.roles import PERMISSIONS
from fanpin.rules.settings import SETTINGS
from fanpin.rules.small_numbers import drawn, told
from fanpin.steps import doing, oversight
from fanpin.steps.progress import Column, Counts, Overdue, progress

FACTOR_LENGTH = 400

blueprint = Blueprint("oversight", __name__)


class LimitForm(HouseForm):
    """A limit that the county sets itself, with the document that sets it."""

    key = PickField("事项", validators=[required("请选择要调整的事项。")],
                    choices=[("", "请选择"), *((row.key, f"{row.title}（{row.lowest}至{row.highest}{row.unit}）")
                                            for row in SETTINGS.values())])
    value = CountField("新的时限", validators=[InputRequired("请填写数字。")])
    document = LineField("文件名称或文号", validators=[required("请填写文件名称或文号。")], limit=200)


class LineForm(HouseForm):
    """The year's line with its document and the four factors."""

    year = PickField("年度", validators=[required("请选择年度。")], choices=[])
    amount = YuanField("监测底线（每人每年）", validators=[required("请填写金额。")])
    document = LineField("文件名称或文号", validators=[required("请填写文件名称或文号。")], limit=200)
    decided_on = DayField("确定日期", validators=[required("请填写确定日期。")])
    conditions = NoteField(LineFactor.CONDITIONS.title, validators=[required("请写明。"), longest(FACTOR_LENGTH)])
    prices = NoteField(LineFactor.PRICES.title, validators=[required("请写明。"), longest(FACTOR_LENGTH)])
    income = NoteField(LineFactor.INCOME.title, validators=[required("请写明。"), longest(FACTOR_LENGTH)])
    minimum_living = NoteField(LineFactor.MINIMUM_LIVING.title, validators=[required("请写明。"), longest(FACTOR_LENGTH)])

    def factors(self) -> dict[str, str]:
        """Return what was weighed, by the factor's code."""
        return {factor.value: self[factor.value].data or "" for factor in LineFactor}


@blueprint.get("/lines")
@logged_in("监测底线是公布的标准，登录的人都可以看")
def lines() -> ResponseReturnValue:
    """Show this year's lines and every earlier one."""
    standings, rows = oversight.standings(db.session(), actor().area_path, today=today())
    return render_template(
        "oversight/lines.html", standings=standings, rows=rows, names={row.area.id: row.area.name for row in standings},
        in_force=oversight.line_for(db.session(), actor().area_path, today()), year=today().year,
        factors=list(LineFactor), may_set=may(Action.OVERSIGHT_LINE), province=AreaLevel.PROVINCE)


@blueprint.route("/lines/set", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_LINE)
def line() -> ResponseReturnValue:
    """Set the line of one's own area for a year."""
    area = doing.area_of(db.session(), actor().area_id)
    last = db.session.scalar(select(MonitoringLine).where(MonitoringLine.area_id == area.id)
                             .order_by(MonitoringLine.year.desc()).limit(1))
    form = LineForm(data={"year": str(today().year), "amount": last.amount if last else None, "decided_on": today()})
    form.year.choices = [(str(year), f"{year}年") for year in range(today().year - 1, today().year + 2)]
    if form.validate_on_submit():
        with form.attempt():
            row = oversight.set_line(
                db.session(), area, year=int(form.year.data), amount=form.amount.data, document=form.document.data or "",
                decided_on=form.decided_on.data, factors=form.factors(), actor=actor(), now=now(), today=today())
            flash(f"{area.name}{row.year}年监测底线已登记。", "success")
            return redirect(url_for("oversight.lines"))
    return form.answer("oversight/line.html", area=area, last=last, floor=national_floor(),
                       in_force=oversight.line_for(db.session(), area.path, today()))


def _shown() -> dict[str, object]:
    place = place_for(actor())
    total, rows = progress(db.session(), place.area, today=today())
    exact = actor().role in PERMISSIONS[Action.CASE_READ].roles
    return {
        "place": place, "columns": list(Column), "kinds": list(Overdue), "exact": exact, "any_late": total.late > 0,
        "monitored": told(total.monitored, exact=exact), "tiles": _tiles(rows, exact=exact) if place.area.level == AreaLevel.PROVINCE else [],
        "bars": [(column.title, drawn(total.stages[column], exact=exact), f"{told(total.stages[column], exact=exact)}户")
                 for column in Column],
        "late": [(kind.title, drawn(total.overdue[kind], exact=exact), f"{told(total.overdue[kind], exact=exact)}件")
                 for kind in Overdue],
        "table": [(row.area, [told(row.stages[column], exact=exact) for column in Column], told(row.late, exact=exact),
                   row.area.level < AreaLevel.GROUP) for row in rows],
        "late_table": [(row.area, [told(row.overdue[kind], exact=exact) for kind in Overdue]) for row in rows if row.late]}


@blueprint.get("/progress", endpoint="progress")
@guard(Action.OVERSIGHT_SEE)
def progress_view() -> ResponseReturnValue:
    """Show how many households stand where and what is late, area by area."""
    return render_template("oversight/progress.html", **_shown())


@blueprint.get("/progress/print")
@guard(Action.OVERSIGHT_SEE)
def progress_print() -> ResponseReturnValue:
    """Print the same."""
    return render_template("oversight/progress_print.html", unit=actor().area_name, **_shown())


@cache
def _grid() -> dict[str, tuple[str, int, int]]:
    """Read where each prefecture's tile lies: a grid of ours, without a border."""
    with (directory("data") / "tiles.csv").open(encoding="utf-8", newline="") as rows:
        return {row["code"]: (row["name"], int(row["column"]), int(row["row"])) for row in csv.DictReader(rows)}


def _tiles(rows: Sequence[Counts], *, exact: bool) -> list[tuple[str, int, int, float, str, str]]:
    """Place the prefectures on the grid, each as dark as it has monitored households."""
    shown = {row.area.code12[:4]: drawn(row.monitored, exact=exact) for row in rows}
    most = max(shown.values(), default=0)
    return [(*_grid()[row.area.code12[:4]], shown[row.area.code12[:4]] / most if most else 0.0,
             f"{told(row.monitored, exact=exact)}户", url_for("oversight.progress", area=row.area.code12))
            for row in rows if row.area.code12[:4] in _grid()]


@blueprint.get("/settings")
@guard(Action.OVERSIGHT_SEE)
def settings() -> ResponseReturnValue:
    """Show the limits that the policy leaves to a county: its own value with the document, else the default with its source."""
    county: Area | None = None
    own: dict[str, AreaSetting] = {}
    if actor().level >= AreaLevel.COUNTY:
        county = doing.ancestor(db.session(), actor().area_path, AreaLevel.COUNTY)
        own = {row.key: row for row in db.session.scalars(select(AreaSetting).where(AreaSetting.area_id == county.id))}
    return render_template("oversight/settings.html", county=county, settings=list(SETTINGS.values()), own=own)


@blueprint.route("/settings/limit", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_LIMIT)
def limit() -> ResponseReturnValue:
    """Set one of the county's limits."""
    who = actor()
    county = db.session.scalars(select(Area).where(Area.id == who.area_id)).one()
    form = LimitForm(key=asked("key") if asked("key") in SETTINGS else "")
    if form.validate_on_submit():
        with form.attempt():
            row = oversight.set_limit(db.session(), county, key=form.key.data, value=form.value.data,
                                      document=form.document.data, actor=who, now=now())
            setting = SETTINGS[row.key]
            flash(f"“{setting.title}”已调整为{row.value}{setting.unit}，以后办理按新的执行。", "success")
            return redirect(url_for("oversight.settings"))
    return form.answer("oversight/limit.html", county=county)
