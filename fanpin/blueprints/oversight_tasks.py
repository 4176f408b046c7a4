"""六(二)(三): tasks given and answered, and falsification or neglect that was found and is followed up."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints import oversight as desk
from fanpin.blueprints.due import dues
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.oversight_forms import ConductForm, JudgeForm, ReplyForm, ResultForm, TaskForm
from fanpin.blueprints.oversight_pages import choices_of, form_page, only_of, own_place
from fanpin.blueprints.paging import page_of
from fanpin.blueprints.places import area_within, names_of
from fanpin.extensions import db
from fanpin.models.scoped import within
from fanpin.models.supervision import ConductFinding, SupervisionTask
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.oversight import TASKED, ConductKind, ConductSource, Consequence, TaskKind, TaskState
from fanpin.steps import oversight_tasks as tasks_step

MOST = 100
route, get = desk.blueprint.route, desk.blueprint.get


@get("/tasks")
@guard(Action.OVERSIGHT_SEE)
def tasks() -> ResponseReturnValue:
    """List the tasks of the own area: those to answer, those given, those of the areas below."""
    rows = tasks_step.tasks_of(db.session(), actor(), most=MOST)
    return render_template("oversight/tasks.html", rows=rows, dues=dues([row.due_on for row in rows]), mine=actor().area_id,
                           today=today(), giving=bool(TASKED.get(actor().level)), most=MOST)


@route("/tasks/new", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_TASK)
def issue() -> ResponseReturnValue:
    """Give a task to one or more areas below."""
    form = TaskForm()
    form.areas.choices = choices_of(tasks_step.addressees(db.session(), actor()))
    if form.validate_on_submit():
        with form.attempt():
            areas = [area_within(actor(), code) for code in form.areas.data or []]
            rows = tasks_step.issue(
                db.session(), areas, kind=TaskKind(form.kind.data), title=form.title.data or "", content=form.content.data or "",
                document=form.document.data or "", due_on=form.due_on.data, actor=actor(), now=now(), today=today())
            flash(f"任务已下达到{len(rows)}个地方。", "success")
            return redirect(url_for("oversight.tasks"))
    return form_page(form, title="下达任务", button="下达任务", back=("任务", url_for("oversight.tasks")),
                     rows=[["kind"], ["title"], ["content"], ["document", "due_on"], ["areas"]],
                     note="每个地方各自回复，逾期在两边的工作台上显示。")


@get("/tasks/<ref:task>")
@guard(Action.OVERSIGHT_SEE)
def task(task: SupervisionTask) -> ResponseReturnValue:
    """Show a task with its replies."""
    return render_template("oversight/task.html", task=task, due=dues([task.due_on])[task.due_on],
                           to_reply=task.area_id == actor().area_id and task.state.waits_for_reply,
                           to_judge=task.issuer_id == actor().area_id and task.state is TaskState.REPLIED)


@route("/tasks/<ref:task>/reply", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_REPLY)
def reply(task: SupervisionTask) -> ResponseReturnValue:
    """Answer a task of the own area."""
    only_of(task.area_id)
    form = ReplyForm()
    if form.validate_on_submit():
        with form.attempt():
            tasks_step.reply(db.session(), task, text=form.text.data or "", actor=actor(), now=now(), today=today())
            flash(f"已回复{task.issuer.name}。", "success")
            return redirect(url_for("oversight.task", task=task.ref))
    return form_page(form, title=f"回复：{task.title}", button="提交回复", rows=[["text"]],
                     back=(task.title, url_for("oversight.task", task=task.ref)), told=[("要求", task.content)])


@route("/tasks/<ref:task>/judge", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_TASK)
def judge(task: SupervisionTask) -> ResponseReturnValue:
    """Accept a reply or return it."""
    only_of(task.issuer_id)
    form = JudgeForm()
    if form.validate_on_submit():
        with form.attempt():
            tasks_step.judge(db.session(), task, accepted=form.verdict.data == "accept", opinion=form.opinion.data or "",
                             due_on=form.due_on.data, actor=actor(), now=now(), today=today())
            flash(f"{task.area.name}的回复：{task.state.title}。", "success")
            return redirect(url_for("oversight.task", task=task.ref))
    told = [("要求", task.content)] + ([("回复", task.replies[-1].text)] if task.replies else [])
    return form_page(form, title=f"认可或退回：{task.title}", button="提交意见", rows=[["verdict"], ["opinion"], ["due_on"]],
                     back=(task.title, url_for("oversight.task", task=task.ref)), told=told)


@get("/conduct")
@guard(Action.OVERSIGHT_SEE)
def conduct() -> ResponseReturnValue:
    """List what was found of falsification and neglect, and what became of it."""
    place, _ = own_place()
    page = page_of(select(ConductFinding).where(within(ConductFinding.area_path, (place.area.path,))), ConductFinding,
                   newest=True)
    return render_template("oversight/conduct.html", place=place, page=page, places=names_of(row.area_path for row in page.rows),
                           dues=dues([row.due_on for row in page.rows]))


@route("/conduct/new", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_FIND)
def find() -> ResponseReturnValue:
    """Write down falsification or neglect and its consequence."""
    place, _ = own_place()
    form = ConductForm(data={"area": place.area.code12, "found_on": today()})
    form.area.choices = place.choices
    if form.validate_on_submit():
        with form.attempt():
            tasks_step.find(
                db.session(), area_within(actor(), form.area.data or ""), kind=ConductKind(form.kind.data),
                source=ConductSource(form.source.data), found_on=form.found_on.data, facts=form.facts.data or "",
                unit=form.unit.data or "", consequence=Consequence(form.consequence.data), demanded=form.demanded.data or "",
                document=form.document.data or "", due_on=form.due_on.data, actor=actor(), now=now(), today=today())
            flash("问题已登记，办结以前一直跟踪。", "success")
            return redirect(url_for("oversight.conduct"))
    return form_page(form, title="登记弄虚作假、失职失责问题", button="登记问题", back=("问题处理", url_for("oversight.conduct")),
                     rows=[["area"], ["kind"], ["source"], ["found_on", "unit"], ["facts"], ["consequence"], ["demanded"],
                           ["document", "due_on"]],
                     hints={"area": "更小的地区，请先在“辖区进度”里点开上一级再登记。" if place.area.level < AreaLevel.COUNTY else ""})


@route("/conduct/<ref:conduct>", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_FOLLOW)
def follow(conduct: ConductFinding) -> ResponseReturnValue:
    """Write what was done about a finding."""
    form = ResultForm(data={"result": conduct.result, "done_on": conduct.done_on})
    if form.validate_on_submit():
        with form.attempt():
            tasks_step.follow(db.session(), conduct, result=form.result.data or "", done_on=form.done_on.data, actor=actor(),
                              now=now(), today=today())
            flash("处理结果已登记。", "success")
            return redirect(url_for("oversight.conduct"))
    return form_page(form, title="登记问题处理结果", button="保存处理结果", back=("问题处理", url_for("oversight.conduct")),
                     rows=[["result"], ["done_on"]],
                     told=[("问题", f"{conduct.kind.title}：{conduct.facts}"), ("责任单位", conduct.unit),
                           ("处理", f"{conduct.consequence.title}：{conduct.demanded}"), ("文号", conduct.document)])
