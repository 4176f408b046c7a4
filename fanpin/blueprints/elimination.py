"""五(二) 风险消除: marking in the national system, one household or a whole marking list."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from fanpin.blueprints import needs
from fanpin.blueprints.case_forms import VersionForm
from fanpin.blueprints.fields import DayField, LineField, ManyField, TickField
from fanpin.blueprints.forms import required
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.paging import SIZE
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.reviews import Marking
from fanpin.rules.actions import Action
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import doing, elimination, national

LAST_LISTS = 10

blueprint = Blueprint("elimination", __name__)


class MarkForm(VersionForm):
    """What a marking has: day, way, the list it goes with, whom to ask."""

    marked_on = DayField("标注日期", validators=[required("请填写在全国系统中标注的日期。")])
    way = TickField("风险消除方式", validators=[required("请选择风险消除方式。")], choices=[(way, way) for way in elimination.WAYS])
    list_number = LineField("标注清单编号", validators=[required("请填写标注清单编号。")])
    contact = LineField("联系人", validators=[required("请填写联系人。")])


class MarkListForm(MarkForm):
    """A marking list of several households."""

    cases = ManyField("标注的农户", choices=[])


@blueprint.route("/elimination", methods=["GET", "POST"])
@guard(Action.ELIMINATION_MARK)
def index() -> ResponseReturnValue:
    """Mark the households that the county has agreed to eliminate, as one list, all or nothing."""
    waiting = _waiting()
    form = MarkListForm(data=_known() | {"cases": [case.ref for case, _ in waiting]})
    places = names_of([case.area_path for case, _ in waiting])
    form.cases.choices = [
        (case.ref, f"{case.household.head_name}（{places[case.area_path]}，{decided.month}月{decided.day}日审定）")
        for case, decided in waiting]
    if form.validate_on_submit():
        chosen = [case for case, _ in waiting if case.ref in form.cases.data]
        with form.attempt():
            elimination.mark_list(db.session(), chosen, marked_on=form.marked_on.data, way=form.way.data,
                                  list_number=form.list_number.data or "", contact=form.contact.data or "",
                                  actor=actor(), now=now(), today=today())
            flash(f"{len(chosen)}户已标注“风险消除”，监测和帮扶结束。", "success")
            return redirect(url_for("elimination.index"))
    return form.answer("elimination/index.html", waiting=waiting, lists=_lists())


def _waiting() -> list[tuple[Case, object]]:
    """List the cases agreed to be eliminated and not yet marked, with the day of the decision."""
    rows = db.session.execute(
        select(Case, Determination.decided_on)
        .join(Determination, (Determination.case_id == Case.id) & (Determination.round == Case.round)
              & (Determination.procedure == Procedure.LEAVING))
        .where(Case.stage == Stage.COUNTY, Case.procedure == Procedure.LEAVING,
               Determination.result == DeterminationResult.ELIMINATED)
        .options(joinedload(Case.household)).order_by(Determination.decided_on, Case.id).limit(SIZE)).all()
    return [(case, decided) for case, decided in rows]


def _lists() -> list[tuple[str, object, str, int]]:
    """List the latest marking lists: number, day, way, how many households."""
    return list(db.session.execute(
        select(Marking.list_number, Marking.marked_on, Marking.way, func.count())
        .group_by(Marking.list_number, Marking.marked_on, Marking.way)
        .order_by(Marking.marked_on.desc(), Marking.list_number.desc()).limit(LAST_LISTS)).all())


def _known() -> dict[str, object]:
    county = doing.area_of(db.session(), actor().area_id)
    return {"marked_on": today(), "way": elimination.WAYS[0], "contact": actor().name,
            "list_number": f"{county.code12[:6]}-消除-{today():%Y%m%d}"}


@blueprint.route("/cases/<ref:case>/mark", methods=["GET", "POST"])
@guard(Action.ELIMINATION_MARK)
def mark(case: Case) -> ResponseReturnValue:
    """Mark one household."""
    doing.at_stage(case, Action.ELIMINATION_MARK, Stage.COUNTY, procedure=Procedure.LEAVING)
    form = MarkForm(data=_known() | {"version": case.version})
    if form.validate_on_submit():
        with form.attempt():
            elimination.mark(db.session(), case, marked_on=form.marked_on.data, way=form.way.data,
                             list_number=form.list_number.data or "", contact=form.contact.data or "", actor=actor(),
                             now=now(), today=today(), version=form.seen)
            flash(f"{case.household.head_name}户已标注“风险消除”，监测和帮扶结束。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    required_now = needs.of_case(case, Action.ELIMINATION_MARK)
    lacking = tuple(item for item in required_now.missing if item.code != "elimination.marked")
    return form.answer("elimination/mark.html", case=case, missing=lacking, met=required_now.met,
                       national=national.state_of(db.session(), case, county_path=actor().area_path))
