"""部门数据接口 (附件1): what is installed for which department, templates, settings, the try with the sample, standing approval."""

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import Field, PasswordField

from fanpin import sheets
from fanpin.adapters import distributions
from fanpin.adapters.manifest import Manifest, Setting, SettingType, Table
from fanpin.adapters.reach import Reach
from fanpin.adapters.versions import PluginRole
from fanpin.adapters.workbooks import template
from fanpin.blueprints.fields import LineField, PickField
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, may, now
from fanpin.blueprints.paging import asked
from fanpin.extensions import db
from fanpin.models.adapters import AdapterApproval, AdapterRelease, AdapterSetting
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.duties import KINDS, Kind, duties_of
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.steps import adapter_health, adapter_trials, adapters, doing

blueprint = Blueprint("adapters", __name__)

CLAUSES = {"bulk": "附件1", "question": "三(六)"}


class ApproveForm(HouseForm):
    """A standing approval rests on a document."""

    document = LineField("批准依据", validators=[required("请写明批准依据（文件或会议纪要）。")], limit=200)


class WithdrawForm(HouseForm):
    """Taking it back has a reason."""

    reason = LineField("撤回原因", validators=[required("请写明撤回原因。")], limit=200)


@dataclass(frozen=True)
class Claimed:
    """A kind that the adapter answers, with the duty in 附件1's own words."""

    kind: Kind
    modes: str
    tables: str
    wording: str


@dataclass(frozen=True)
class Listed:
    """One installed adapter as the list shows it."""

    release: AdapterRelease
    department: str
    kinds: str
    tone: str
    state: str
    approved: bool


@blueprint.get("/adapters")
@guard(Action.ADAPTER_READ)
def index() -> ResponseReturnValue:
    """List the adapters that are installed: an officer's own department's, else all."""
    releases = adapters.present_releases(db.session(), department=actor().department)
    approved = set(db.session.scalars(select(AdapterApproval.release_id).where(AdapterApproval.withdrawn_at.is_(None))))
    # Channels and outlets are the county's own: no department's officer has to do with them.
    others = [] if actor().department else [
        row for role in PluginRole if role is not PluginRole.DEPARTMENT for row in adapters.present_releases(db.session(), role=role)]
    return render_template("adapters/index.html", rows=[_listed(row, row.id in approved) for row in releases],
                           others=[_listed(row, False) for row in others])


@blueprint.get("/adapters/<ref:adapter>")
@guard(Action.ADAPTER_READ)
def show(adapter: AdapterRelease) -> ResponseReturnValue:
    """Show one release: kinds with their clause, tables, health, settings, approval, last failures, the last try."""
    release, session = _own(adapter), db.session()
    manifest = release.declared if release.manifest else None
    return render_template(
        "adapters/show.html", release=release, departmental=release.role is PluginRole.DEPARTMENT, listed=_listed(release, False), manifest=manifest,
        claimed=_claimed(manifest) if manifest else [], settings=_settings(release, manifest) if manifest else [],
        approval=adapters.approval_of(session, release, _county()), failures=adapter_health.failures_of(session, release),
        trial=adapter_trials.latest(session, release), may_set=may(Action.ADAPTER_SET), may_try=may(Action.ADAPTER_TRY),
        may_approve=may(Action.ADAPTER_APPROVE), may_fetch=may(Action.EXCHANGE_DELIVER))


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
    flash("正在用样表试运行，几秒钟后刷新本页看结果。", "success")
    return redirect(url_for("adapters.show", adapter=release.ref, _anchor="trial"))


@blueprint.post("/adapters/<ref:adapter>/connect")
@guard(Action.ADAPTER_TRY)
def try_connection(adapter: AdapterRelease) -> ResponseReturnValue:
    """Ask for the first rows of the department's 中间库 or platform, to see whether the settings are right."""
    release = _own(adapter)
    adapter_trials.ask(db.session(), release, actor=actor(), now=now(), connection=True)
    flash("正在按设置试取，几秒钟后刷新本页看结果。", "success")
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
                       fields=[(form[_field(one)], one, bool(one.secret and now_set[one.name])) for one in manifest.settings])


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
    return form.answer("adapters/approve.html", release=adapter)


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


def _table(release: AdapterRelease) -> Table:
    wanted = asked("table")
    tables = release.declared.tables if release.manifest else ()
    table = next((table for table in tables if table.code == wanted or not wanted), None)
    if table is None:
        raise NotFound
    return table


def _listed(release: AdapterRelease, approved: bool) -> Listed:
    known = {department.value: department.title for department in Department}
    kinds = "、".join(KINDS[kind].title for kind in release.declared.kinds if kind in KINDS) if release.manifest else ""
    if release.revoked_at:
        tone, state = "bad", "已停用"
    elif release.problems:
        tone, state = "bad", "不能启用"
    elif not release.present:
        tone, state = "neutral", "已卸载"
    elif release.known_wrong:
        tone, state = "bad", "对已知人员答错，停止调用"
    elif release.failures >= adapter_health.OPENS_AFTER:
        tone, state = "warn", "连续出错，暂停调用"
    else:
        tone, state = "good", "可用"
    return Listed(release, known.get(release.department, release.role.title), kinds, tone, state, approved)


def _claimed(manifest: Manifest) -> list[Claimed]:
    wording = {kind: duty.wording for duty in duties_of(manifest.department) for kind in duty.facts} if manifest.department else {}
    return [Claimed(
        KINDS[kind], "、".join(f"{mode.title}（{CLAUSES[mode.value]}）" for mode in sorted(manifest.modes(kind))),
        "、".join(table.title for table in manifest.tables if kind in table.kinds), wording.get(kind, "县级分工"))
        for kind in manifest.kinds if kind in KINDS]


def _settings(release: AdapterRelease, manifest: Manifest) -> list[tuple[str, str]]:
    own = {row.key: row for row in db.session.scalars(select(AdapterSetting).where(AdapterSetting.adapter == release.name))}
    return [(one.title, _shown(one, own.get(one.name))) for one in manifest.settings]


def _shown(setting: Setting, row: AdapterSetting | None) -> str:
    if setting.secret:
        return "已设置，不显示" if row is not None and row.value else ""
    value = row.value if row is not None else setting.default
    return dict(setting.choices).get(value, value)


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
