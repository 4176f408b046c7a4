"""部门数据接口 (附件1): what is installed for which department, templates, settings, the try with the sample, standing approval."""

from io import BytesIO

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import Field, PasswordField

from fanpin import sheets
from fanpin.adapters import distributions
from fanpin.adapters.manifest import Manifest, Setting, SettingType, Table
from fanpin.adapters.reach import Reach
from fanpin.adapters.versions import PluginRole
from fanpin.adapters.workbooks import template
from fanpin.blueprints import adapter_panels as panels
from fanpin.blueprints.fields import LineField, PickField
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, is_administrator, may, now, today
from fanpin.blueprints.paging import asked
from fanpin.extensions import db
from fanpin.models.adapters import AdapterApproval, AdapterRelease
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.steps import adapter_certificates, adapter_health, adapter_trials, adapters, doing, warning_outcomes

REFRESH_SECONDS = "3"

blueprint = Blueprint("adapters", __name__)


class ApproveForm(HouseForm):
    """A standing approval rests on a document."""

    document = LineField("批准依据", validators=[required("请写明批准依据（文件或会议纪要）。")], limit=200)


class WithdrawForm(HouseForm):
    """Taking it back has a reason."""

    reason = LineField("撤回原因", validators=[required("请写明撤回原因。")], limit=200)


@blueprint.get("/adapters")
@guard(Action.ADAPTER_READ)
def index() -> ResponseReturnValue:
    """List what is installed: for an officer the own department's adapters, for everybody else every role."""
    releases = adapters.present_releases(db.session(), department=actor().department)
    certificates, approved = adapter_certificates.latest_of_all(db.session()), _approved()
    # Channels and outlets are the county's own: no department's officer has to do with them.
    others = [] if actor().department else [
        row for role in PluginRole if role is not PluginRole.DEPARTMENT for row in adapters.present_releases(db.session(), role=role)]
    lists = [[panels.listed(row, certificates.get(row.id), approved=row.id in approved, now=now()) for row in rows]
             for rows in (releases, others)]
    return render_template("adapters/index.html", county=not is_administrator(), rows=lists[0], others=lists[1])


@blueprint.get("/adapters/<ref:adapter>")
@guard(Action.ADAPTER_READ)
def show(adapter: AdapterRelease) -> ResponseReturnValue:
    """Show one release: how it fares, its certificate, what came of the department's data, kinds, tables, settings."""
    release, session = _own(adapter), db.session()
    if release.role is PluginRole.OUTLET and not is_administrator():
        return redirect(url_for("outlets.show", outlet=release.ref))
    manifest = release.declared if release.manifest else None
    certificate = adapters.certificate_of(session, release)
    # An administrator looks after the program and sees nothing of a county's data.
    county = None if is_administrator() else _in_county(release, manifest)
    page: Response = make_response(render_template(
        "adapters/show.html", release=release, departmental=release.role is PluginRole.DEPARTMENT,
        listed=panels.listed(release, certificate, approved=False, now=now()), manifest=manifest,
        certificate=certificate, claimed=panels.claimed(manifest) if manifest else [], county=county,
        may_set=may(Action.ADAPTER_SET), may_try=may(Action.ADAPTER_TRY), may_approve=may(Action.ADAPTER_APPROVE),
        may_fetch=may(Action.EXCHANGE_DELIVER), may_certify=may(Action.ADAPTER_CERTIFY)))
    if any(one is not None and one.done_at is None for one in (certificate, county and county.trial)):
        page.headers["Refresh"] = REFRESH_SECONDS
    return page


def _in_county(release: AdapterRelease, manifest: Manifest | None) -> panels.InCounty:
    session, county = db.session(), _county()
    return panels.InCounty(
        approval=adapters.approval_of(session, release, county), failures=adapter_health.failures_of(session, release),
        trial=adapter_trials.latest(session, release), settings=panels.settings(release, manifest) if manifest else [],
        sent=panels.sent(release, now=now()), asked=panels.asked(release, today=today()),
        outcomes=warning_outcomes.of_department(session, release.department, area_path=county, today=today()))


@blueprint.post("/adapters/<ref:adapter>/certify")
@guard(Action.ADAPTER_CERTIFY)
def certify(adapter: AdapterRelease) -> ResponseReturnValue:
    """Ask for a trial of the release by everything that concerns it; the worker makes the report."""
    adapter_certificates.ask(db.session(), adapter, actor=actor(), now=now())
    flash("正在检验，一般不到一分钟，做完这里显示报告。", "success")
    return redirect(url_for("adapters.show", adapter=adapter.ref))


@blueprint.get("/adapters/<ref:adapter>/certificate")
@guard(Action.ADAPTER_READ)
def certificate(adapter: AdapterRelease) -> ResponseReturnValue:
    """Send the printed report of the last trial."""
    content = adapter_certificates.paper_of(db.session(), _own(adapter))
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, etag=False,
                     download_name=f"认证报告-{adapter.name}-{adapter.version}.pdf")


@blueprint.get("/adapters/<ref:adapter>/template", endpoint="template")
@guard(Action.ADAPTER_READ)
def template_view(adapter: AdapterRelease) -> ResponseReturnValue:
    """Send an empty sheet of one of its tables."""
    release = _own(adapter)
    table = _table(release)
    return send_file(BytesIO(template(release.declared, table)), mimetype=sheets.XLSX, as_attachment=True,
                     download_name=f"{table.title}模板.xlsx", etag=False)


@blueprint.get("/adapters/<ref:adapter>/sample")
@guard(Action.ADAPTER_READ)
def sample(adapter: AdapterRelease) -> ResponseReturnValue:
    """Send the sample sheet that came with the adapter: invented people in the department's format."""
    release = _own(adapter)
    table, installed = _table(release), distributions.find(release.name)
    path = installed.sample(table.code) if installed is not None else None
    if path is None:
        raise NotFound
    return send_file(BytesIO(path.read_bytes()), mimetype="text/csv", as_attachment=True,
                     download_name=f"{table.title}样表.csv", etag=False)


@blueprint.post("/adapters/<ref:adapter>/try")
@guard(Action.ADAPTER_TRY)
def try_sample(adapter: AdapterRelease) -> ResponseReturnValue:
    """Ask for a try with the samples; the worker carries it out, and the page of the adapter shows what came of it."""
    release = _own(adapter)
    adapter_trials.ask(db.session(), release, actor=actor(), now=now())
    flash("正在用样表试运行，几秒钟后这里显示结果。", "success")
    return redirect(url_for("adapters.show", adapter=release.ref, _anchor="trial"))


@blueprint.post("/adapters/<ref:adapter>/connect")
@guard(Action.ADAPTER_TRY)
def try_connection(adapter: AdapterRelease) -> ResponseReturnValue:
    """Ask for the first rows of the department's 中间库 or platform, to see whether the settings are right."""
    release = _own(adapter)
    adapter_trials.ask(db.session(), release, actor=actor(), now=now(), connection=True)
    flash("正在按设置试取，几秒钟后这里显示结果。", "success")
    return redirect(url_for("adapters.show", adapter=release.ref))


@blueprint.route("/adapters/<ref:adapter>/settings", methods=["GET", "POST"])
@guard(Action.ADAPTER_SET)
def settings(adapter: AdapterRelease) -> ResponseReturnValue:
    """Fill in the adapter's settings for the county; a secret can be replaced and never read."""
    release = _own(adapter)
    manifest = release.declared
    now_set = adapters.settings_of(db.session(), manifest, _county())
    form = _form(manifest)(data={_field(one): now_set[one.name] for one in manifest.settings if not one.secret})
    if form.validate_on_submit():
        with form.attempt():
            typed = {one.name: form[_field(one)].data or "" for one in manifest.settings}
            try:
                changed = adapters.set_settings(db.session(), release, typed, actor=actor(), now=now(), reach=_reach())
            except Invalid as refused:
                raise Invalid({f"set_{name}": text for name, text in refused.problems.items()}) from refused
            flash(f"已保存{len(changed)}项设置。" if changed else "没有改动。", "success")
            return redirect(url_for("adapters.show", adapter=release.ref))
    return form.answer("adapters/settings.html", release=release,
                       groups=[(title, note, [(form[_field(one)], one, bool(one.secret and now_set[one.name])) for one in rows])
                               for title, note, rows in panels.grouped(manifest)])


@blueprint.route("/adapters/<ref:adapter>/approve", methods=["GET", "POST"])
@guard(Action.ADAPTER_APPROVE)
def approve(adapter: AdapterRelease) -> ResponseReturnValue:
    """Approve this release: its answers count without a signature each time."""
    form = ApproveForm()
    if form.validate_on_submit():
        with form.attempt():
            adapters.approve(db.session(), adapter, document=form.document.data or "", actor=actor(), now=now())
            flash(f"已批准{adapter.title}（{adapter.version}）的自动答复常设有效。", "success")
            return redirect(url_for("adapters.show", adapter=adapter.ref))
    return form.answer("adapters/approve.html", release=adapter, certificate=adapters.certificate_of(db.session(), adapter))


@blueprint.route("/adapters/<ref:adapter>/withdraw", methods=["GET", "POST"])
@guard(Action.ADAPTER_APPROVE)
def withdraw(adapter: AdapterRelease) -> ResponseReturnValue:
    """Take the standing approval back."""
    form = WithdrawForm()
    if form.validate_on_submit():
        with form.attempt():
            adapters.withdraw(db.session(), adapter, reason=form.reason.data or "", actor=actor(), now=now())
            flash("已撤回常设批准，此后每次答复由部门核查员签字确认。", "success")
            return redirect(url_for("adapters.show", adapter=adapter.ref))
    return form.answer("adapters/withdraw.html", release=adapter)


def _own(release: AdapterRelease) -> AdapterRelease:
    """Return the release; for an officer of another department it does not exist."""
    if actor().department and actor().department != release.department:
        raise NotFound
    return release


def _county() -> str:
    return doing.ancestor(db.session(), actor().area_path, AreaLevel.COUNTY).path


def _approved() -> set[int]:
    """Return the releases that the reader's county has approved."""
    if is_administrator():
        return set()
    return set(db.session.scalars(select(AdapterApproval.release_id).where(AdapterApproval.withdrawn_at.is_(None))))


def _table(release: AdapterRelease) -> Table:
    wanted = asked("table")
    tables = release.declared.tables if release.manifest else ()
    table = next((table for table in tables if table.code == wanted or not wanted), None)
    if table is None:
        raise NotFound
    return table


def _reach() -> Reach:
    settings = current_app.config["FANPIN_SETTINGS"]
    return Reach.of(settings.exchange_hosts, settings.database_url)


def _field(setting: Setting) -> str:
    return f"set_{setting.name}"


def _form(manifest: Manifest) -> type[HouseForm]:
    return type("SettingsForm", (HouseForm,), {_field(one): _input(one) for one in manifest.settings})


def _input(setting: Setting) -> Field:
    if setting.secret:
        return PasswordField(setting.title)
    if setting.type is SettingType.CHOICE:
        return PickField(setting.title, choices=[("", "未设置"), *setting.choices])
    return LineField(setting.title, limit=adapters.LONGEST_VALUE)
