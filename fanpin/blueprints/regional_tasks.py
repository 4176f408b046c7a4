"""整改任务 (二(四)): give a task on a case or an event, put it right, have somebody else verify it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from fanpin.blueprints import filing
from fanpin.blueprints import regional as desk
from fanpin.blueprints.due import dues
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.regional_forms import CHOOSE, MendForm, TaskForm, VerifyForm
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.events import Event
from fanpin.models.outbox import StoredFile
from fanpin.models.rectification import Rectification
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel, contains, levels_in
from fanpin.rules.departments import Department
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.regional import Cause, RectificationState
from fanpin.steps import rectification, regional

route, get = desk.blueprint.route, desk.blueprint.get


@get("/tasks")
@guard(Action.REGIONAL_TASKS)
def tasks() -> ResponseReturnValue:
    """List the tasks of one's area in one state, the longest open first."""
    state = next((state for state in RectificationState if state.value == asked("state")), RectificationState.OPEN)
    counts = dict(db.session.execute(select(Rectification.state, func.count()).group_by(Rectification.state)).all())
    page = page_of(select(Rectification).where(Rectification.state == state), Rectification,
                   newest=state is RectificationState.VERIFIED)
    tabs = [(each.title, url_for("regional.tasks", state=each.value), each is state, counts.get(each, 0))
            for each in RectificationState]
    return render_template("regional/tasks.html", page=page, state=state, tabs=tabs, due=dues([row.due_on for row in page.rows]))


@get("/tasks/<ref:rectification>")
@guard(Action.REGIONAL_TASKS)
def task(rectification: Rectification) -> ResponseReturnValue:
    """Show a task."""
    return render_template("regional/task.html", **_about(rectification))


def _about(row: Rectification) -> dict[str, object]:
    case = db.session.scalar(select(Case).where(Case.id == row.case_id)) if row.case_id and may(Action.CASE_READ) else None
    event = db.session.scalar(select(Event).where(Event.id == row.event_id)) if row.event_id else None
    file = (db.session.scalar(select(StoredFile).where(StoredFile.id == row.evidence_file_id))
            if row.evidence_file_id and may(Action.HOUSEHOLD_READ) else None)
    return {"row": row, "case": case, "event": event, "file": file, "due": dues([row.due_on])[row.due_on],
            "mine": rectification.is_unit(row, actor()) and may(Action.REGIONAL_MEND, row),
            "verifying": rectification.may_verify(row, actor()) and may(Action.REGIONAL_VERIFY, row)}


@route("/<ref:event>/rectify", methods=["GET", "POST"])
@guard(Action.REGIONAL_RECTIFY)
def give_on_event(event: Event) -> ResponseReturnValue:
    """Record on an event that something was not carried out."""
    found = regional.touched(db.session(), event)
    return _give(event, [area.path for area in found], url_for("regional.show", event=event.ref), event.title)


@route("/cases/<ref:case>/rectify", methods=["GET", "POST"])
@guard(Action.REGIONAL_RECTIFY)
def give_on_case(case: Case) -> ResponseReturnValue:
    """Record on a case that something was not carried out."""
    return _give(case, [case.area_path], url_for("cases.show", case=case.ref), f"{case.household.head_name}户")


def _give(subject: Case | Event, paths: list[str], back: str, title: str) -> ResponseReturnValue:
    form = TaskForm()
    units = _units(paths)
    form.unit.choices = [CHOOSE, *((code, name) for code, (name, _, _) in units.items())]
    if form.validate_on_submit():
        with form.attempt():
            _, area, department = units[form.unit.data]
            row = rectification.give(
                db.session(), subject, rectification.Task(
                    cause=Cause(form.cause.data), finding=form.finding.data or "", demand=form.demand.data or "", area=area,
                    department=department, person=form.person.data or "", due_on=form.due_on.data),
                actor=actor(), now=now(), today=today())
            flash(f"已交办{row.unit}，完成和核验以前一直在双方的工作台上。", "success")
            return redirect(url_for("regional.task", rectification=row.ref))
    return form.answer("regional/give.html", back=back, title=title)


def _units(paths: list[str]) -> dict[str, tuple[str, Area, str]]:
    """Return the units that may be charged: village, township, county of the places within one's area, and its departments."""
    who = actor()
    ids = {int(number) for path in paths for number in path.strip("/").split("/")[AreaLevel.COUNTY - 1:AreaLevel.VILLAGE]}
    wide = [path for path in paths if levels_in(path) < AreaLevel.VILLAGE]
    areas = [area for area in db.session.scalars(select(Area).where(
        Area.id.in_(ids) | (within(Area.path, tuple(wide)) & (Area.level <= AreaLevel.VILLAGE) & Area.valid_to.is_(None)))
        .order_by(Area.code12)) if AreaLevel.COUNTY <= area.level and contains(who.area_path, area.path)]
    units = {area.code12: ("\u3000" * (area.level - AreaLevel.COUNTY) + area.name, area, "") for area in areas}
    for county in [area for area in areas if area.level == AreaLevel.COUNTY]:
        units |= {f"{county.code12}-{department.value}": (rectification.unit_name(county, department.value), county, department.value)
                  for department in Department}
    return units


@route("/tasks/<ref:rectification>/result", methods=["GET", "POST"])
@guard(Action.REGIONAL_MEND)
def mend(rectification: Rectification) -> ResponseReturnValue:
    """Record what was put right."""
    row = rectification
    _only(row, RectificationState.OPEN)
    form = MendForm(data={"done_on": today(), "result": row.result})
    if form.validate_on_submit():
        with form.attempt():
            kept = filing.upload(form.file.data, area_path=row.area_path, purpose="整改凭证")
            _mend(row, form, kept.id if kept else None)
            flash("整改结果已登记，等待另一人核验。", "success")
            return redirect(url_for("regional.task", rectification=row.ref))
    return form.answer("regional/mend.html", **_about(row))


def _mend(row: Rectification, form: MendForm, file_id: int | None) -> None:
    rectification.mend(db.session(), row, result=form.result.data or "", done_on=form.done_on.data, evidence_file_id=file_id,
                       actor=actor(), now=now(), today=today())


def _only(row: Rectification, state: RectificationState) -> None:
    if not rectification.is_unit(row, actor()):
        raise NotAllowedHere(f"这项整改由{row.unit}办理。", action=Action.REGIONAL_MEND.value, clause="二(四)")
    if row.state is not state:
        raise Invalid(f"这项整改现在是“{row.state.title}”，不用再登记结果。")


@route("/tasks/<ref:rectification>/verify", methods=["GET", "POST"])
@guard(Action.REGIONAL_VERIFY)
def verify(rectification: Rectification) -> ResponseReturnValue:
    """Verify what was put right."""
    row = rectification
    form = VerifyForm()
    if form.validate_on_submit():
        with form.attempt():
            _verify(row, form)
            flash("核验通过。" if form.passed.data == "1" else "已退回继续整改。", "success")
            return redirect(url_for("regional.task", rectification=row.ref))
    return form.answer("regional/verify.html", **_about(row))


def _verify(row: Rectification, form: VerifyForm) -> None:
    rectification.verify(db.session(), row, passed=form.passed.data == "1", verdict=form.verdict.data or "", actor=actor(), now=now(),
                         today=today())
