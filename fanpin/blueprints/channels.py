"""导入平台申报 (三(一)): upload a platform's export, follow its reading, see which leads came of it and which rows did not."""

from io import BytesIO

from flask import Blueprint, Response, flash, make_response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import select

from fanpin import sheets
from fanpin.adapters.connections import fetched_tables
from fanpin.blueprints.fields import PickField
from fanpin.blueprints.filing import store
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, now
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.adapters import AdapterRelease
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.intake import Channel
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.steps import adapters, channel_fetch, channels, delivery_errors, doing, files

blueprint = Blueprint("channels", __name__, url_prefix="/channels")

REFRESH_SECONDS = "3"
SHOWN = 50
UNKEPT = "没有留存原表，请按行号在平台导出的表中更正。"


class ExportForm(HouseForm):
    """A platform's export, and which platform it is."""

    channel = PickField("从哪个平台导出", [required("请选择从哪个平台导出。")], choices=[])
    file = FileField("平台导出的表")


@blueprint.route("/", methods=["GET", "POST"])
@guard(Action.INTAKE_IMPORT)
def index() -> ResponseReturnValue:
    """List the imports, and take a new export."""
    known = {release.name: release for release in channels.offered(db.session())}
    form = ExportForm(channel=asked("channel") if asked("channel") in known else "")
    form.channel.choices = [("", "请选择"), *((name, _title(release)) for name, release in known.items())]
    if form.validate_on_submit():
        with form.attempt():
            row = _upload(form, known)
            flash("已收到，正在读取。读完后本页说明每一行的去向。", "success")
            return redirect(url_for("channels.show", lead_import=row.ref))
    page = page_of(select(LeadImport), LeadImport, newest=True, size=20)
    connected = _connected(list(known.values()))
    fetched = channel_fetch.outcomes(db.session(), connected, actor().area_path) if connected else {}
    return form.answer("channels/index.html", page=page, known=bool(known),
                       connected=[(release, _title(release), fetched.get(release.name)) for release in connected])


def _title(release: AdapterRelease) -> str:
    return Channel(release.declared.channel).title


def _upload(form: ExportForm, known: dict[str, AdapterRelease]) -> LeadImport:
    sent = form.file.data
    if sent is None or not getattr(sent, "filename", ""):
        raise Invalid({"file": "请选择平台导出的表（xlsx或CSV）。"})
    area = db.session.scalars(select(Area).where(Area.id == actor().area_id)).one()
    return channels.upload(db.session(), store(), files.Upload(sent.filename, sent.read(files.MAX_BYTES + 1)), known[form.channel.data],
                           area=area, actor=actor(), now=now())


def _connected(known: list[AdapterRelease]) -> list[AdapterRelease]:
    """List the channels that this county fetches by its settings; a township's clerk brings files."""
    if actor().level is not AreaLevel.COUNTY:
        return []
    return [release for release in known
            if fetched_tables(release.declared.tables, adapters.settings_of(db.session(), release.declared, actor().area_path))]


@blueprint.post("/fetch/<ref:adapter>")
@guard(Action.INTAKE_IMPORT)
def fetch(adapter: AdapterRelease) -> ResponseReturnValue:
    """Fetch what is new from the platform, by the county's settings."""
    channel_fetch.ask(db.session(), adapter, actor=actor(), now=now())
    flash("正在从平台取数，取到的会列在下面；没有新的就不会有新的一条。", "success")
    return redirect(url_for("channels.index"))


@blueprint.get("/<ref:lead_import>")
@guard(Action.INTAKE_IMPORT, audited=True)
def show(lead_import: LeadImport) -> ResponseReturnValue:
    """Show how far an import is, the leads that came of it with the households that they may be about, and refused rows."""
    county = doing.ancestor(db.session(), lead_import.area_path, AreaLevel.COUNTY).path
    page = page_of(select(Lead).where(Lead.import_id == lead_import.id), Lead, size=SHOWN)
    found = channels.households_of(db.session(), page.rows, county_path=county)
    homes = {home.id: home for home in db.session.scalars(
        select(Household).where(Household.id.in_(set(found.values()))))} if found else {}
    rows = [(lead, homes.get(found[lead]) if lead in found else None) for lead in page.rows]
    given_up = channels.given_up(db.session(), lead_import)
    answer: Response = make_response(render_template(
        "channels/show.html", lead_import=lead_import, given_up=given_up, page=page, rows=rows, problems=lead_import.problems[:SHOWN],
        names=names_of([*(lead.area_path for lead in page.rows), lead_import.area_path]),
        file=channels.file_of(db.session(), lead_import)))
    if lead_import.under_way and not given_up:
        answer.headers["Refresh"] = REFRESH_SECONDS
    return answer


@blueprint.get("/<ref:lead_import>/errors")
@guard(Action.INTAKE_IMPORT, audited=True)
def errors(lead_import: LeadImport) -> ResponseReturnValue:
    """Send the refused rows in the platform's own columns, each with the reason."""
    if not lead_import.problems:
        raise NotFound
    content = delivery_errors.refused_rows(store(), channels.file_of(db.session(), lead_import), lead_import.problems, unkept=UNKEPT)
    return send_file(BytesIO(content), mimetype=sheets.XLSX, as_attachment=True, download_name="没有导入的申报.xlsx", etag=False)
