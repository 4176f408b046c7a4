"""六(一)(二): responsible persons, training, work plans and administrators' hand-overs on the screen."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints import oversight as desk
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.oversight_forms import CHOOSE, AttendanceForm, HandoverForm, PersonForm, PlanForm, TrainingForm
from fanpin.blueprints.oversight_pages import choices_of, form_page, only_of, own_place
from fanpin.blueprints.paging import asked
from fanpin.blueprints.places import area_within, children, place_for
from fanpin.extensions import db
from fanpin.models.staff import Training, WorkPlan
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.oversight import PLANNING, ResponsibleKind, responsible_at
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Role
from fanpin.steps import doing
from fanpin.steps import oversight_staff as staff_step
from fanpin.steps import oversight_training as training_step

route, get = desk.blueprint.route, desk.blueprint.get


@get("/responsible")
@guard(Action.OVERSIGHT_SEE)
def people() -> ResponseReturnValue:
    """Show who answers for an area and the areas right below, empty seats included, with their history."""
    place, _ = own_place()
    areas = [place.area, *(area for area in place.below if area.level <= AreaLevel.TOWNSHIP)]
    return render_template("oversight/people.html", place=place, seats=staff_step.seats(db.session(), areas, today=today()))


@route("/responsible/new", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_NAME)
def name_person() -> ResponseReturnValue:
    """Enter who answers for the county or one of its townships."""
    county = doing.area_of(db.session(), actor().area_id)
    areas = [county, *children(county)]
    form = PersonForm(data={"area": asked("area") or county.code12, "kind": asked("kind"), "since": today()})
    form.area.choices = choices_of(areas)
    form.kind.choices = [CHOOSE, *((kind.value, kind.title) for kind in ResponsibleKind if responsible_at(kind.level))]
    if form.validate_on_submit():
        with form.attempt():
            row = staff_step.name_person(
                db.session(), area_within(actor(), form.area.data or ""), kind=ResponsibleKind(form.kind.data),
                name=form.name.data or "", post=form.post.data or "", since=form.since.data, document=form.document.data or "",
                actor=actor(), now=now())
            flash(f"{row.name}已登记：{row.kind.title}。", "success")
            return redirect(url_for("oversight.people"))
    return form_page(form, title="登记责任人", button="登记责任人", back=("责任人", url_for("oversight.people")),
                     rows=[["area", "kind"], ["name", "post"], ["since", "document"]],
                     note="原来的责任人到前一天为止，自动保留在历史里。")


@get("/training")
@guard(Action.OVERSIGHT_SEE)
def trainings() -> ResponseReturnValue:
    """List the trainings of an area and the staff who took part in none this year."""
    place, mine = own_place()
    rows = training_step.trainings(db.session(), place.area)
    first = today().replace(month=1, day=1)
    lacking = [] if actor().level > AreaLevel.COUNTY else training_step.staff(
        db.session(), place.area, today=today(), untrained_since=first, most=100)
    count = training_step.untrained(db.session(), place.area.path, today=today())
    return render_template("oversight/trainings.html", place=place, mine=mine, rows=rows, lacking=lacking, count=count)


@route("/training/new", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_TRAIN)
def train() -> ResponseReturnValue:
    """Write down a training."""
    area = doing.area_of(db.session(), actor().area_id)
    form = TrainingForm(data={"held_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            row = training_step.hold(
                db.session(), area, held_on=form.held_on.data, title=form.title.data or "", content=form.content.data or "",
                trainer=form.trainer.data or "", place=form.place.data or "", actor=actor(), now=now(), today=today())
            flash("培训已登记，请勾选参加的人。", "success")
            return redirect(url_for("oversight.attend", training=row.ref))
    return form_page(form, title="登记培训", button="登记培训", back=("培训", url_for("oversight.trainings")),
                     rows=[["title"], ["held_on", "trainer", "place"], ["content"]])


@route("/training/<ref:training>", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_TRAIN)
def attend(training: Training) -> ResponseReturnValue:
    """Tick who took part: first the own level's staff, then area by area."""
    only_of(training.area_id)
    place = place_for(actor(), (request.form.get("area") or asked("area"))[:14])
    own_level = place.area.id == actor().area_id
    rows = training_step.staff(db.session(), place.area, today=today(), directly=own_level)
    there = {row.user.ref for row in training.attendance}
    form = AttendanceForm(data={"came": [row.ref for row in rows if row.ref in there]})
    form.came.choices = [(row.ref, f"{row.name}（{row.posts}）") for row in rows]
    if form.validate_on_submit():
        with form.attempt():
            count = training_step.attend(db.session(), training, shown=[row.ref for row in rows], came=form.came.data or [],
                                         actor=actor(), now=now())
            flash(f"{place.area.name}{'本级' if own_level else ''}参加{count}人，已登记。", "success")
            return redirect(url_for("oversight.attend", training=training.ref, area=place.area.code12))
    return form.answer("oversight/attend.html", training=training, place=place, own_level=own_level, total=len(there))


@get("/plans")
@guard(Action.OVERSIGHT_SEE)
def plans() -> ResponseReturnValue:
    """Show an area's plans, every version, and whoever below has none this year."""
    place, mine = own_place()
    rows = db.session.scalars(select(WorkPlan).where(WorkPlan.area_id == place.area.id)
                              .order_by(WorkPlan.year.desc(), WorkPlan.number.desc()).limit(50)).all()
    owing = [area for area in (place.area, *place.below) if area.kind in PLANNING]
    return render_template("oversight/plans.html", place=place, mine=mine, rows=rows, year=today().year,
                           missing=staff_step.without_plan(db.session(), owing, year=today().year),
                           overdue=today() > staff_step.plan_due(today().year))


@route("/plans/new", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_PLAN)
def plan() -> ResponseReturnValue:
    """Publish the own plan for a year, or its next version, filled with the last one."""
    area = doing.area_of(db.session(), actor().area_id)
    last = staff_step.plan_of(db.session(), area.id, today().year) or staff_step.plan_of(db.session(), area.id, today().year - 1)
    form = PlanForm(data={"year": str(today().year), "published_on": today()} | (
        {name: getattr(last, name) for name in ("monitored", "responsibilities", "method", "steps")} if last else {}))
    form.year.choices = [(str(year), f"{year}年") for year in range(today().year - 1, today().year + 2)]
    if form.validate_on_submit():
        with form.attempt():
            row = staff_step.publish_plan(
                db.session(), area, year=int(form.year.data), document=form.document.data or "",
                monitored=form.monitored.data or "", responsibilities=form.responsibilities.data or "",
                method=form.method.data or "", steps=form.steps.data or "", published_on=form.published_on.data, actor=actor(),
                now=now(), today=today())
            flash(f"{row.year}年工作方案（第{row.number}版）已发布。", "success")
            return redirect(url_for("oversight.plans"))
    return form_page(form, title=f"发布{area.name}工作方案", button="发布工作方案", back=("工作方案", url_for("oversight.plans")),
                     rows=[["year", "published_on"], ["document"], ["monitored"], ["responsibilities"], ["method"], ["steps"]],
                     lead=f"已填入{last.year}年第{last.number}版的内容，请修改。" if last and not form.is_submitted() else "",
                     note="发布后不能修改；有变动的再发布一版，以前的版本保留。")


@get("/plans/<ref:work_plan>")
@guard(Action.OVERSIGHT_SEE)
def plan_print(work_plan: WorkPlan) -> ResponseReturnValue:
    """Print one version of a plan."""
    return render_template("oversight/plan_print.html", plan=work_plan)


@get("/administrators")
@guard(Action.OVERSIGHT_SEE)
def tenure() -> ResponseReturnValue:
    """Show who administered the area's system since when, and what was handed over."""
    place, mine = own_place()
    return render_template("oversight/tenure.html", place=place, mine=mine,
                           rows=staff_step.tenures(db.session(), place.area, today=today()),
                           handed=staff_step.handovers(db.session(), place.area)[::-1])


@route("/administrators/hand-over", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_HANDOVER)
def hand_over() -> ResponseReturnValue:
    """Write down a hand-over from one administrator to the next."""
    area = doing.area_of(db.session(), actor().area_id)
    users = {user.ref: user for user in staff_step.administrators(db.session(), area)}
    form = HandoverForm(data={"handed_on": today()})
    form.giver.choices = form.taker.choices = [CHOOSE, *((ref, f"{user.name}（{user.username}）") for ref, user in users.items())]
    if form.validate_on_submit():
        with form.attempt():
            if form.giver.data not in users or form.taker.data not in users:
                raise Invalid({"giver": "请选择移交人和接收人。"})
            row = staff_step.hand_over(
                db.session(), area, role=Role(form.role.data), giver=users[form.giver.data], taker=users[form.taker.data],
                handed_on=form.handed_on.data, items=form.items.data or "", open_matters=form.open_matters.data or "",
                witness=form.witness.data or "", document=form.document.data or "", actor=actor(), now=now(), today=today())
            flash(f"{row.role.title}的交接已登记。", "success")
            return redirect(url_for("oversight.tenure"))
    return form_page(form, title="登记管理员交接", button="登记交接", back=("管理员", url_for("oversight.tenure")),
                     rows=[["role"], ["giver", "taker"], ["handed_on", "witness"], ["items"], ["open_matters"], ["document"]],
                     note="接收人要先由安全管理员授权。")
