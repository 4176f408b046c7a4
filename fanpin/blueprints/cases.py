"""办理: the list of cases, the page of a case, and the end of a household that left."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField

from fanpin.blueprints import case_list, case_page, papers
from fanpin.blueprints.case_forms import VersionForm
from fanpin.blueprints.fields import LineField, PickField
from fanpin.blueprints.forms import NoteField, longest, required
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.seeking import sought
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.quality import DoubtRow, DoubtState
from fanpin.models.rectification import Rectification
from fanpin.rules.actions import Action
from fanpin.rules.departments import Department
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.privacy import mask_phone
from fanpin.rules.stages import OPEN, Procedure, Stage
from fanpin.steps import doing, elimination, population

blueprint = Blueprint("cases", __name__)

ANY = ("", "不限")
DOUBTS = 8
SORTS = [("since", "在本环节最久的在前"), ("-since", "刚到本环节的在前"), ("head", "户主姓名"), ("-head", "户主姓名倒序"),
         ("opened", "最早开始的在前"), ("-opened", "最近开始的在前")]
NARROWING = ("q", "stage", "procedure", "kind", "area", "overdue", "closed", "sort")


class CaseFilter(FlaskForm):
    """What narrows the list of cases; sent as GET."""

    class Meta:
        csrf = False

    q = LineField("姓名、拼音首字母、证件号")
    stage = PickField("环节", choices=[ANY, *((stage.value, stage.title) for stage in OPEN)])
    procedure = PickField("程序", choices=[ANY, *Procedure.choices()])
    kind = PickField("类别", choices=[ANY, *HouseholdClass.choices()])
    area = PickField("地区")
    sort = PickField("排列", choices=SORTS)
    overdue = BooleanField("只看逾期")
    closed = BooleanField("看已办结的")


class DepartForm(VersionForm):
    """Why a household's case ends without a decision."""

    reason = NoteField("迁出或整户消亡的情况和依据", validators=[required("请写明情况和依据。"), longest(200)])


@blueprint.get("/cases")
@guard(Action.CASE_READ)
def index() -> ResponseReturnValue:
    """List the cases of one's area, with who is late."""
    form, areas, wanted = CaseFilter(request.args), case_list.places_below(actor()), sought()
    form.q.data = wanted.shown
    form.area.choices = [ANY, *((area.code12, area.name) for area in areas)]
    if not form.sort.data:
        form.sort.data = SORTS[0][0]
    wrong = not form.validate()
    found = case_list.Page((), "", "") if wrong else case_list.page(_wanted(form, areas, wanted.text), actor=actor(), today=today())
    return _list_page(form, found), 422 if wrong else 200


def _list_page(form: CaseFilter, found: case_list.Page) -> str:
    kept = {name: request.args[name] for name in NARROWING if request.args.get(name)}
    kept.pop("q", None)
    if looked := sought():
        kept["q"] = looked.kept
    sort = form.sort.data or SORTS[0][0]
    by = {key: url_for("cases.index", **kept | {"sort": f"-{key}" if sort == key else key}) for key in case_list.SORTS}
    return render_template(
        "cases/index.html", form=form, found=found, sort=sort, sort_urls=by, narrowed=bool(set(kept) - {"sort"}),
        previous=url_for("cases.index", **kept, before=found.previous) if found.previous else "",
        next=url_for("cases.index", **kept, after=found.next) if found.next else "")


def _wanted(form: CaseFilter, areas: list[Area], text: str) -> case_list.Wanted:
    return case_list.Wanted(
        stage=Stage(form.stage.data) if form.stage.data else None,
        procedure=Procedure(form.procedure.data) if form.procedure.data else None,
        household_class=HouseholdClass(form.kind.data) if form.kind.data else None,
        area=next((area for area in areas if area.code12 == form.area.data), None), text=text,
        overdue=form.overdue.data, closed=form.closed.data, sort=form.sort.data or SORTS[0][0],
        after=request.args.get("after", ""), before=request.args.get("before", ""))


@blueprint.get("/cases/<ref:case>")
@guard(Action.CASE_READ, audited=True)
def show(case: Case) -> ResponseReturnValue:
    """Show where a case stands, what is missing, and all that is known."""
    page = case_page.read(db.session(), case, actor=actor(), today=today(), household_url="")
    doubts = list(db.session.scalars(select(DoubtRow).where(
        DoubtRow.household_id == case.household_id, DoubtRow.state == DoubtState.OPEN).order_by(DoubtRow.id).limit(DOUBTS)))
    regrouped = population.lately_regrouped(db.session(), page.household, today=today())
    return render_template("cases/show.html", page=page, case=case, doubts=doubts, regrouped=regrouped, papers=[papers.shown(row) for row in page.papers],
                           phone=mask_phone(page.household.phone), tasks=_tasks(case))


def _tasks(case: Case) -> list[Rectification]:
    """List what was not carried out on a case and is put right or was."""
    return list(db.session.scalars(select(Rectification).where(Rectification.case_id == case.id).order_by(Rectification.id)))


@blueprint.app_template_filter("department")
def department(code: str) -> str:
    """Return a department's name."""
    return Department(code).title


@blueprint.route("/cases/<ref:case>/depart", methods=["GET", "POST"])
@guard(Action.CASE_DEPART)
def depart(case: Case) -> ResponseReturnValue:
    """End the case of a household that moved away or died out."""
    doing.at_stage(case, Action.CASE_DEPART, *OPEN)
    form = DepartForm(version=case.version)
    if form.validate_on_submit():
        with form.attempt():
            elimination.depart(db.session(), case, reason=form.reason.data or "", actor=actor(), now=now(), today=today(),
                               version=form.seen)
            flash(f"{case.household.head_name}户的办理已终止。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return form.answer("cases/depart.html", case=case)

