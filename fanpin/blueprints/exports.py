"""导出: the register in the national column order by area, and which departments have signed their columns."""

from io import BytesIO

from flask import Blueprint, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from wtforms import BooleanField

from fanpin.blueprints.fields import LineField, TickField
from fanpin.blueprints.filing import store
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.paging import page_of
from fanpin.blueprints.places import place_for
from fanpin.extensions import db
from fanpin.models.outbox import OutboxItem, StoredFile
from fanpin.models.quality import DoubtRow, DoubtState
from fanpin.models.register import ColumnPart, ColumnQuestion, ExportBatch, ExportFile, ExportKind
from fanpin.models.scoped import within
from fanpin.rules import national
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.refusals import NotFound
from fanpin.steps import files, register_export

blueprint = Blueprint("exports", __name__, url_prefix="/exports")


class ExportForm(HouseForm):
    """Which households are exported, for what."""

    kind = TickField("范围", [required("请选择导出哪些农户。")], choices=ExportKind.choices())
    reason = LineField("用途", [required("请写明用途，会印在表上并记入审计。")], limit=100)
    for_signing = BooleanField("作为上报批次，送各部门核准本部门的列（只限全县监测对象）")


@blueprint.route("/", methods=["GET", "POST"])
@guard(Action.REGISTER_EXPORT)
def index() -> ResponseReturnValue:
    """List the exports, and ask for a new one of the chosen area."""
    place = place_for(actor())
    form = ExportForm(data={"kind": ExportKind.MONITORED.value})
    if form.validate_on_submit():
        with form.attempt():
            batch = register_export.request(
                db.session(), area=place.area, kind=ExportKind(form.kind.data), reason=form.reason.data or "",
                for_signing=form.for_signing.data, actor=actor(), now=now(), today=today())
            return redirect(url_for("exports.show", export=batch.ref))
    page = page_of(select(ExportBatch), ExportBatch, newest=True)
    doubts = db.session.scalar(select(func.count()).select_from(DoubtRow).where(
        within(DoubtRow.area_path, (place.area.path,)), DoubtRow.state == DoubtState.OPEN))
    return form.answer("exports/index.html", page=page, place=place, doubts=doubts, ours=national.only_ours(),
                       whole=place.area.kind is AreaLevel.COUNTY, unsigned=_unsigned([row.id for row in page.rows]))


def _unsigned(numbers: list[int]) -> dict[int, int]:
    return dict(db.session.execute(select(ColumnPart.batch_id, func.count()).where(
        ColumnPart.batch_id.in_(numbers), ColumnPart.signed_at.is_(None)).group_by(ColumnPart.batch_id)).all())


@blueprint.get("/<ref:export>")
@guard(Action.REGISTER_EXPORT)
def show(export: ExportBatch) -> ResponseReturnValue:
    """Show how far an export has come, its workbooks, and who has signed what."""
    columns = (ColumnPart.id, ColumnPart.department, ColumnPart.rows, ColumnPart.compared, ColumnPart.signed_at,
               ColumnPart.signed_by, ColumnPart.statement)
    parts = db.session.execute(select(*columns).where(ColumnPart.batch_id == export.id).order_by(ColumnPart.id)).all()
    asked = dict(db.session.execute(select(ColumnQuestion.part_id, func.count()).where(
        ColumnQuestion.part_id.in_([part.id for part in parts]), ColumnQuestion.answered_at.is_(None))
        .group_by(ColumnQuestion.part_id)).all())
    dead = any(payload.get("batch") == export.id for payload in db.session.scalars(select(OutboxItem.payload).where(
        OutboxItem.state == "dead", OutboxItem.kind.in_((register_export.EXPORT, register_export.SPLIT)))))
    return render_template("exports/show.html", export=export, parts=[(part, Department(part.department).title,
                           asked.get(part.id, 0)) for part in parts], failed=dead)


@blueprint.get("/files/<ref:workbook>")
@guard(Action.REGISTER_EXPORT, audited=True)
def file(workbook: ExportFile) -> ResponseReturnValue:
    """Send one workbook; that it was fetched leaves an event."""
    stored = db.session.scalar(select(StoredFile).where(StoredFile.id == workbook.file_id))
    if stored is None:
        raise NotFound
    return send_file(BytesIO(files.content_of(store(), stored)), mimetype=stored.media_type, download_name=stored.name,
                     as_attachment=True, etag=False)


