"""报送出口: the ways out to other systems that are installed, how they fare, and the county's settings of them."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from fanpin.adapters.manifest import Setting
from fanpin.adapters.parcels import Errand
from fanpin.adapters.versions import PluginRole
from fanpin.blueprints.guard import actor, guard, is_administrator
from fanpin.extensions import db
from fanpin.models.adapters import AdapterRelease
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.steps import adapter_health, adapters, doing

blueprint = Blueprint("outlets", __name__, url_prefix="/outlets")


@blueprint.get("/")
@guard(Action.ADAPTER_READ)
def index() -> ResponseReturnValue:
    """List the outlets that are installed; to a department's officer there are none."""
    _require_county()
    releases = adapters.present_releases(db.session(), role=PluginRole.OUTLET)
    return render_template("outlets/index.html", rows=[(row, _errands(row), *_state(row)) for row in releases])


@blueprint.get("/<ref:outlet>")
@guard(Action.ADAPTER_READ)
def show(outlet: AdapterRelease) -> ResponseReturnValue:
    """Show one outlet: what it does, how it fares, the county's settings, its last failures."""
    _require_county()
    if outlet.role is not PluginRole.OUTLET:
        abort(404)
    session = db.session()
    declared = outlet.declared if outlet.manifest else None
    values = adapters.settings_of(session, declared, doing.ancestor(session, actor().area_path, AreaLevel.COUNTY).path) if declared else {}
    return render_template(
        "outlets/show.html", release=outlet, errands=_errands(outlet), state=_state(outlet),
        settings=[(one.title, _shown(one, values[one.name])) for one in declared.settings] if declared else [],
        failures=adapter_health.failures_of(session, outlet))


def _require_county() -> None:
    if actor().department or is_administrator():
        abort(404)


def _errands(release: AdapterRelease) -> str:
    wanted = release.declared.errands if release.manifest else ()
    return "、".join(errand.title for errand in Errand if errand.value in wanted)


def _state(release: AdapterRelease) -> tuple[str, str]:
    if not release.usable:
        return "bad", "不能启用"
    if release.failures >= adapter_health.OPENS_AFTER:
        return "warn", "连续出错，暂停调用"
    return "good", "可用"


def _shown(setting: Setting, value: str) -> str:
    if setting.secret:
        return "已设置，不显示" if value else "没有设置"
    return dict(setting.choices).get(value, value) or "没有设置"
