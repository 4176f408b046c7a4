"""六(一) 信息筛查直通车: the county asks, the province's department answers named persons and sees nothing else."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fanpin.adapters.desk import ROWS
from fanpin.blueprints import oversight as desk
from fanpin.blueprints.answers import told_by
from fanpin.blueprints.county import by_person, facts_of, take
from fanpin.blueprints.county_forms import answer_form
from fanpin.blueprints.due import dues
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.oversight_forms import DirectForm
from fanpin.blueprints.paging import asked
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.county import DirectRequest
from fanpin.models.dossiers import calendar
from fanpin.rules import workdays
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.checks import CheckState
from fanpin.rules.departments import BLOCKING_DEPARTMENTS, Department
from fanpin.rules.duties import kind_of
from fanpin.steps import doing
from fanpin.steps import oversight_direct as direct_step

ASKED = tuple(dict.fromkeys((*BLOCKING_DEPARTMENTS, Department.WATER)))
DEFAULT_SCOPE = "全省登记范围"
route, get = desk.blueprint.route, desk.blueprint.get


@get("/direct")
@guard(Action.OVERSIGHT_ASK)
def direct_list() -> ResponseReturnValue:
    """List the county's requests: those not answered first."""
    area = doing.area_of(db.session(), actor().area_id)
    rows = direct_step.of_area(db.session(), area)
    return render_template("oversight/direct_list.html", rows=rows, dues=dues([row.due_on for row, _ in rows]),
                           places=names_of(case.area_path for _, case in rows), department_of=Department, waiting=_waiting)


def _waiting(row: DirectRequest) -> int:
    return sum(question.state == CheckState.WAITING.value for question in row.questions)


@route("/cases/<ref:case>/direct", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_ASK)
def ask(case: Case) -> ResponseReturnValue:
    """Ask the province's department about persons of a case."""
    code = request.form.get("department") or asked("department")
    department = next((one for one in ASKED if one.value == code), ASKED[0])
    rows = direct_step.offered(db.session(), case, department, today=today())
    form = DirectForm(data={"due_on": _proposed_due(case)})
    form.codes.choices = [(row.code, f"{row.name}：{row.title}") for row in rows if not row.refused]
    if form.validate_on_submit():
        with form.attempt():
            direct_step.ask(db.session(), case, department, codes=form.codes.data or [], ground=form.ground.data or "",
                            due_on=form.due_on.data, actor=actor(), now=now(), today=today())
            flash(f"已向省级{department.title}申请，请在{form.due_on.data.month}月{form.due_on.data.day}日前答复。", "success")
            return redirect(url_for("county.review", case=case.ref))
    return form.answer("oversight/ask.html", case=case, department=department, departments=ASKED,
                       refused=[row for row in rows if row.refused],
                       has_officer=direct_step.has_officer(db.session(), department, today=today()))


def _proposed_due(case: Case) -> object:
    session, code = db.session(), doing.ancestor(db.session(), case.area_path, AreaLevel.COUNTY).code12
    try:
        return workdays.add_workdays(today(), doing.setting(session, case.area_path, "inquiry_workdays"),
                                     calendar=calendar(session), area_code=code)
    except workdays.BeyondCalendar:
        return None


@get("/requests")
@guard(Action.OVERSIGHT_ANSWER)
def requests() -> ResponseReturnValue:
    """List what counties ask the officer's department: numbers, counties and days, no names."""
    rows = direct_step.to_answer(db.session())
    return render_template("oversight/requests.html", rows=rows, dues=dues([row.due_on for row in rows]), waiting=_waiting)


@route("/requests/<ref:direct>", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_ANSWER, audited=True)
def answer(direct: DirectRequest) -> ResponseReturnValue:
    """Answer about each person named; what is not known may wait."""
    form = answer_form(direct.questions, facts_of(direct.questions), request.form,
                       {"as_of": today(), "register_scope": DEFAULT_SCOPE})
    if not request.form.get("more") and form.validate_on_submit():
        with form.attempt():
            take(form, direct)
            done = direct_step.finish(db.session(), direct, actor=actor(), now=now())
            flash(f"{direct.number}已全部答复。" if done else "答复已保存，还有没有答复的事项。", "success")
            return redirect(url_for("oversight.requests"))
    page = render_template("oversight/answer.html", form=form, direct=direct, people=by_person(direct.questions), kind_of=kind_of,
                           most=ROWS, due=dues([direct.due_on])[direct.due_on], told=told_by(db.session(), [direct], today=today()))
    return page, 200 if request.form.get("more") else form.status
