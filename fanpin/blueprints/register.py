"""农户表 in and out: upload a sheet, look at rows not taken and at differences, accept or reject, follow the progress."""

import json
from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import func, select

from fanpin import sheet_grid, sheets
from fanpin.blueprints.filing import store
from fanpin.blueprints.forms import HouseForm
from fanpin.blueprints.guard import actor, guard, now
from fanpin.blueprints.links import link
from fanpin.blueprints.paging import SIZE, asked, page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.outbox import OutboxItem, StoredFile
from fanpin.models.register import ChangeKind, ChangeState, ImportBatch, ImportChange, ImportProblem, ImportState
from fanpin.rules import national
from fanpin.rules.actions import Action
from fanpin.rules.privacy import mask_account, mask_id, mask_phone
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.steps import files, register_import
from fanpin.steps.register_sheet import UNKNOWN

MASKS = {"id": mask_id, "phone": mask_phone, "account": mask_account}
PLACES = {"township": "乡（镇）", "village": "行政村", "group": "村民小组"}
SHOWN = 12

blueprint = Blueprint("register", __name__, url_prefix="/register")


class UploadForm(HouseForm):
    """The sheet to be imported."""

    file = FileField("农户表（.xlsx，或UTF-8、GB18030编码的CSV）")


@dataclass(frozen=True)
class DifferenceShown:
    """One difference as the page says it."""

    who: str
    title: str
    old: str
    new: str
    written: bool


@blueprint.route("/", methods=["GET", "POST"])
@guard(Action.REGISTER_IMPORT)
def index() -> ResponseReturnValue:
    """List the imports, and take a new sheet."""
    form = UploadForm()
    if form.validate_on_submit():
        with form.attempt():
            sent = request.files.get("file")
            if sent is None or not sent.filename:
                raise Invalid({"file": "请选择要导入的文件。"})
            area = db.session.scalars(select(Area).where(Area.id == actor().area_id)).one()
            batch = register_import.upload(db.session(), store(), name=sent.filename, content=sent.read(files.MAX_BYTES + 1),
                                           area=area, actor=actor(), now=now())
            return redirect(url_for("register.show", upload=batch.ref))
    page = page_of(select(ImportBatch), ImportBatch, newest=True)
    return form.answer("register/index.html", page=page, ours=national.only_ours(), most=sheet_grid.MOST_ROWS)


@blueprint.get("/template")
@guard(Action.REGISTER_IMPORT)
def template() -> ResponseReturnValue:
    """Send an empty sheet whose columns are text, so that numbers of people keep their digits."""
    columns = [sheets.Column(column.title, 18 if column.type in ("id", "certificate", "account") else 12, column.as_text)
               for column in national.columns()]
    return send_file(BytesIO(sheets.write(columns, (), sheet="农户表")), mimetype=sheets.XLSX, download_name="农户表模板.xlsx",
                     as_attachment=True, etag=False)


@blueprint.get("/imports/<ref:upload>")
@guard(Action.REGISTER_IMPORT, audited=True)
def show(upload: ImportBatch) -> ResponseReturnValue:
    """Show how far an import has come, and the households that differ, filtered by kind and state."""
    kind, state = _asked(ChangeKind, "kind"), _asked(ChangeState, "state")
    counted = {(row[0], row[1]): row[2] for row in db.session.execute(
        select(ImportChange.kind, ImportChange.state, func.count()).where(ImportChange.batch_id == upload.id)
        .group_by(ImportChange.kind, ImportChange.state))}
    query = select(ImportChange).where(ImportChange.batch_id == upload.id)
    query = query.where(ImportChange.kind == kind) if kind else query
    query = query.where(ImportChange.state == state) if state else query
    page = page_of(query, ImportChange)
    refs = dict(db.session.execute(select(Household.id, Household.ref).where(
        Household.id.in_([row.household_id for row in page.rows if row.household_id]))).all())
    rows = [(row, shown(row)[:SHOWN], max(len(shown(row)) - SHOWN, 0),
             link("households.show", household=refs[row.household_id]) if row.household_id in refs else "") for row in page.rows]
    return render_template(
        "register/show.html", upload=upload, page=page, rows=rows, kinds=ChangeKind, states=ChangeState,
        by_kind=_sums(counted, 0), by_state=_sums(counted, 1), kept={"kind": kind or "", "state": state or ""},
        acceptable=register_import.ACCEPTABLE, names=names_of(row.area_path for row in page.rows), form=HouseForm(),
        working=upload.state is ImportState.READING or _sums(counted, 1).get(ChangeState.ACCEPTED, 0) > 0,
        failed=_failure(upload))


def _asked(titled: type, name: str) -> object | None:
    code = asked(name)
    return titled(code) if code in {member.value for member in titled} else None


def _sums(counted: dict, place: int) -> dict[object, int]:
    found: dict[object, int] = {}
    for key, count in counted.items():
        found[key[place]] = found.get(key[place], 0) + count
    return found


def _failure(upload: ImportBatch) -> bool:
    """Say whether the worker gave the batch up: then an administrator must look, and the page says so."""
    dead = db.session.scalars(select(OutboxItem.payload).where(
        OutboxItem.state == "dead", OutboxItem.kind.in_((register_import.READ, register_import.APPLY))))
    return any(payload.get("batch") == upload.id for payload in dead)


def shown(change: ImportChange) -> list[DifferenceShown]:
    """Return a household's differences in words, numbers of people hidden."""
    return [_words(told) for told in json.loads(change.differences)]


def _words(told: dict) -> DifferenceShown:
    code, who = told["code"], told["person"]
    if code == "+":
        return DifferenceShown(who, "增加成员", "", told["new"], True)
    if code == "-":
        return DifferenceShown(who, "表中没有此人", told["old"], "不会自动减少；确已减少的，请在农户页面办理", False)
    column = national.by_code().get(code)
    title = PLACES.get(code) or (column.title if column else code.removeprefix(UNKNOWN))
    hide = MASKS.get(column.sensitive, str) if column else str
    return DifferenceShown(who, title, hide(told["old"]), hide(told["new"]), told["written"])


@blueprint.post("/imports/<ref:upload>/accept")
@guard(Action.REGISTER_ACCEPT)
def accept(upload: ImportBatch) -> ResponseReturnValue:
    """Accept the ticked households, or all that are open of the kind shown."""
    count = register_import.accept(db.session(), upload, **_chosen(), actor=actor(), now=now())
    flash(f"已接受{count}户，正在写入。", "success")
    return redirect(url_for("register.show", upload=upload.ref))


@blueprint.post("/imports/<ref:upload>/reject")
@guard(Action.REGISTER_ACCEPT)
def reject(upload: ImportBatch) -> ResponseReturnValue:
    """Leave the ticked households, or all that are open of the kind shown, as they are."""
    count = register_import.reject(db.session(), upload, **_chosen(), actor=actor(), now=now())
    there = "已列入“全国系统录入和标注”的更正清单。" if upload.exported_on else ""
    flash(f"{count}户不接受，档案保持不变。{there}", "success")
    return redirect(url_for("register.show", upload=upload.ref))


def _chosen() -> dict[str, object]:
    if request.form.get("all") == "1":
        code = request.form.get("kind", "")
        return {"refs": None, "kind": ChangeKind(code) if code in {kind.value for kind in ChangeKind} else None}
    return {"refs": [ref for ref in request.form.getlist("change")[:SIZE] if ref.isascii() and ref.isalnum()], "kind": None}


@blueprint.post("/imports/<ref:upload>/withdraw")
@guard(Action.REGISTER_ACCEPT)
def withdraw(upload: ImportBatch) -> ResponseReturnValue:
    """End an import of which nothing more is to be written."""
    register_import.withdraw(db.session(), upload, actor=actor(), now=now())
    flash("这次导入已作废，已经写入的不受影响。", "success")
    return redirect(url_for("register.index"))


@blueprint.get("/imports/<ref:upload>/problems")
@guard(Action.REGISTER_IMPORT)
def problems(upload: ImportBatch) -> ResponseReturnValue:
    """List the rows that were not taken, each with its column and reason."""
    after = asked("row")
    query = select(ImportProblem).where(ImportProblem.batch_id == upload.id)
    if after.isascii() and after.isdigit():
        query = query.where(ImportProblem.row > int(after[:9]))
    rows = list(db.session.scalars(query.order_by(ImportProblem.row, ImportProblem.id).limit(200)))
    return render_template("register/problems.html", upload=upload, rows=rows, more=rows[-1].row if len(rows) == 200 else None)


@blueprint.get("/imports/<ref:upload>/report")
@guard(Action.REGISTER_IMPORT, audited=True)
def report(upload: ImportBatch) -> ResponseReturnValue:
    """Send the rows that were not taken in the sender's own columns, with the reasons, to be mended and sent again."""
    file = db.session.scalar(select(StoredFile).where(StoredFile.id == upload.report_file_id))
    if file is None:
        raise NotFound
    return send_file(BytesIO(files.content_of(store(), file)), mimetype=file.media_type, download_name=file.name,
                     as_attachment=True, etag=False)
