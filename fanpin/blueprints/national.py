"""附件1 录入和标注: the national system's export beside our cases, what is to be done there, and what proved it done."""

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import func, select

from fanpin.adapters.parcels import Errand
from fanpin.blueprints.fields import DayField, LineField, TickField
from fanpin.blueprints.filing import store
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.paging import Page, asked, page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.households import Household
from fanpin.models.national import NationalSheet, NationalTask, TaskState
from fanpin.models.outbox import StoredFile
from fanpin.rules import national as table
from fanpin.rules.actions import Action
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.steps import doing, files, national, national_sheets, national_tasks, register_import
from fanpin.steps.national import Difference

LAST_SHEETS = 9
WHOLE = "whole"
TO_DO = {Errand.ENTER: "在全国系统录入", Errand.MARK: "在全国系统标注“风险消除”", Errand.CHANGE: "在全国系统更正"}

blueprint = Blueprint("national", __name__)


class ExportForm(HouseForm):
    """The national system's own export, as of a day."""

    file = FileField("全国系统的导出表（.xlsx，或CSV）")
    exported_on = DayField("数据截至哪一天", validators=[required("请填写导出表的数据截至哪一天。")])
    whole = TickField("范围", choices=[(WHOLE, "包括全县全部监测对象"), ("part", "只是一部分")], validators=[required("请选择导出表是不是全部监测对象。")])


class ByHandForm(HouseForm):
    """An officer's word, with the reason."""

    reason = LineField("理由", limit=200, validators=[required("请写明为什么不用等导出表核对。")])


@dataclass(frozen=True)
class TaskShown:
    """One task as the page lists it."""

    task: NationalTask
    household: Household
    sheet: NationalSheet | None
    to_do: str
    columns: str


@blueprint.get("/national")
@guard(Action.ASSISTANCE_ENTER)
def index() -> ResponseReturnValue:
    """List the households of which the national system and our cases say different things."""
    session, path = db.session(), actor().area_path
    export = national.latest(session, county_path=path)
    shown = next((one for one in Difference if one.value == asked("list")), Difference.NOT_ENTERED)
    page, told, tabs = Page([]), {}, []
    if export is not None:
        queries = {one: national.differing(export, one, county_path=path) for one in Difference}
        counts = {one: session.scalar(select(func.count()).select_from(query.subquery())) for one, query in queries.items()}
        tabs = [(one.title, url_for("national.index", list=one.value), one is shown, counts[one]) for one in Difference]
        page = page_of(queries[shown], Household)
        told = national.told(session, export, [row.id for row in page.rows])
    return render_template(
        "national/index.html", export=export, shown=shown, page=page, tabs=tabs, told=told,
        places=names_of([row.area_path for row in page.rows]), kind=kind_of(national.KIND))


@blueprint.route("/national/tasks", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_ENTER)
def tasks() -> ResponseReturnValue:
    """List what is to be done there, the sheets made for it, and take the system's export that proves it done."""
    form = ExportForm(data={"exported_on": today(), "whole": WHOLE})
    if form.validate_on_submit():
        with form.attempt():
            sent = request.files.get("file")
            if sent is None or not sent.filename:
                raise Invalid({"file": "请选择全国系统的导出表。"})
            batch = register_import.upload(
                db.session(), store(), name=sent.filename, content=sent.read(files.MAX_BYTES + 1),
                area=doing.area_of(db.session(), actor().area_id), actor=actor(), now=now(), exported_on=form.exported_on.data,
                whole=form.whole.data == WHOLE)
            return redirect(url_for("register.show", upload=batch.ref))
    state = next((one for one in TaskState if one.value == asked("state")), TaskState.OPEN)
    session = db.session()
    counts = dict(session.execute(select(NationalTask.state, func.count()).group_by(NationalTask.state)).all())
    page = page_of(select(NationalTask).where(NationalTask.state == state), NationalTask)
    sheets = list(session.scalars(select(NationalSheet).order_by(NationalSheet.id.desc()).limit(LAST_SHEETS)))
    rows = _shown(page.rows)
    return form.answer(
        "national/tasks.html", rows=rows, page=page, state=state, sheets=sheets, ours=table.only_ours(),
        tabs=[(one.title, url_for("national.tasks", state=one.value), one is state, counts.get(one, 0)) for one in TaskState],
        places=names_of([row.household.area_path for row in rows]))


def _shown(found: list[NationalTask]) -> list[TaskShown]:
    homes = {row.id: row for row in db.session.scalars(select(Household).where(Household.id.in_([task.household_id for task in found])))}
    numbers = [task.sheet_id for task in found if task.sheet_id is not None]
    sheets = {row.id: row for row in db.session.scalars(select(NationalSheet).where(NationalSheet.id.in_(numbers)))}
    return [TaskShown(task, homes[task.household_id], sheets.get(task.sheet_id or 0), TO_DO[task.errand],
                      "、".join(map(_title, task.columns))) for task in found]


def _title(named: str) -> str:
    """Say a differing column in words: the person's name, if it is a person's, and the column's title."""
    person, sign, code = named.rpartition(national_tasks.WHO)
    column = table.by_code().get(code)
    title = {"+": "少了这个人", "-": "多了这个人"}.get(code) or (column.title if column else code)
    return f"{person}的{title}" if sign else title


@blueprint.post("/national/sheets")
@guard(Action.REGISTER_EXPORT)
def make_sheets() -> ResponseReturnValue:
    """Ask for the sheets of what is to be done there now."""
    made = national_sheets.ask(db.session(), doing.area_of(db.session(), actor().area_id), actor=actor(), now=now(), today=today())
    flash(f"正在生成{'、'.join(f'{sheet.errand.title}{sheet.households}户' for sheet in made)}，几秒钟后刷新本页下载。", "success")
    return redirect(url_for("national.tasks"))


@blueprint.get("/national/sheets/<ref:national_sheet>")
@guard(Action.REGISTER_EXPORT, audited=True)
def sheet(national_sheet: NationalSheet) -> ResponseReturnValue:
    """Send a sheet to be entered there."""
    file = db.session.scalar(select(StoredFile).where(StoredFile.id == national_sheet.file_id))
    if file is None:
        raise NotFound
    return send_file(BytesIO(files.content_of(store(), file)), mimetype=file.media_type, download_name=file.name,
                     as_attachment=True, etag=False)


@blueprint.route("/national/tasks/<ref:national_task>/close", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_ENTER)
def close(national_task: NationalTask) -> ResponseReturnValue:
    """Close a task by hand, with the reason."""
    form = ByHandForm()
    if form.validate_on_submit():
        with form.attempt():
            national_tasks.close_by_hand(db.session(), national_task, reason=form.reason.data or "", actor=actor(), now=now(), today=today())
            flash("已登记，不再等导出表核对。", "success")
            return redirect(url_for("national.tasks"))
    return form.answer("national/close.html", row=_shown([national_task])[0])
