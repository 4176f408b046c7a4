"""自动取数 (附件1): how far each table has been fetched, when it is fetched by itself, and everything once more."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints.fields import CountField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, now
from fanpin.extensions import db
from fanpin.models.adapters import AdapterFetch, AdapterRelease
from fanpin.models.deliveries import Delivery
from fanpin.rules.actions import Action
from fanpin.rules.fetching import WHOLE_DAYS, Folder, Rhythm
from fanpin.rules.refusals import NotFound
from fanpin.steps import delivery_fetch, delivery_folder, fetch_plans
from fanpin.steps.fetch_chains import Reached

HOURS = [(str(hour), f"{hour}时") for hour in range(24)]

blueprint = Blueprint("fetching", __name__)


class PlanForm(HouseForm):
    """How often, when, and how often as a whole."""

    rhythm = PickField("多久取一次", [required("请选择多久取一次。")], choices=Rhythm.choices())
    hour = PickField("几时取", [required("请选择几时取。")], choices=HOURS)
    folder = TickField("文件夹里的表", [required("请选择收不收文件夹里的表。")], choices=Folder.choices())
    whole_days = CountField("隔几天重取整张表", [required("请填写隔几天重取整张表。")])


@dataclass(frozen=True)
class Fetched:
    """How far one table is."""

    title: str
    reached: Reached
    last: AdapterFetch | None
    delivery: Delivery | None


@blueprint.route("/adapters/<ref:adapter>/fetching", methods=["GET", "POST"])
@guard(Action.EXCHANGE_DELIVER)
def plan(adapter: AdapterRelease) -> ResponseReturnValue:
    """Show how far each table is, and arrange when it is fetched by itself."""
    release = _own(adapter)
    arranged = fetch_plans.plan_of(db.session(), release.name, actor().area_path)
    form = PlanForm(rhythm=arranged.rhythm.value if arranged else Rhythm.NEVER.value, hour=str(arranged.hour if arranged else 2),
                    whole_days=arranged.whole_days if arranged else WHOLE_DAYS,
                    folder=arranged.folder.value if arranged else Folder.NONE.value)
    if form.validate_on_submit():
        with form.attempt():
            fetch_plans.arrange(db.session(), release, rhythm=Rhythm(form.rhythm.data), hour=int(form.hour.data),
                                whole_days=form.whole_days.data, folder=Folder(form.folder.data), actor=actor(), now=now())
            works = form.rhythm.data != Rhythm.NEVER.value or form.folder.data != Folder.NONE.value
            flash("已保存。到时由系统以您的名义取数报送，取到的列在“报送数据”里。" if works else "已保存，不再自动取数。", "success")
            return redirect(url_for("fetching.plan", adapter=release.ref))
    return form.answer("fetching/plan.html", release=release, plan=arranged, rows=_rows(release),
                       folder="/".join(("exchange", *delivery_folder.place_of(db.session(), actor().area_path, release.department))),
                       taken=fetch_plans.fetches_of(db.session(), release.name, actor().area_path).get(delivery_folder.FOLDER))


@blueprint.post("/adapters/<ref:adapter>/fetching/latest")
@guard(Action.EXCHANGE_DELIVER)
def latest(adapter: AdapterRelease) -> ResponseReturnValue:
    """Fetch what is new from the department's 中间库 or platform, in the officer's name."""
    many = delivery_fetch.ask(db.session(), _own(adapter), actor=actor(), now=now())
    flash(f"正在取{many}张表，几秒钟后刷新本页看结果；没有新的就不会有新的一条。", "success")
    return redirect(url_for("fetching.plan", adapter=adapter.ref))


@blueprint.post("/adapters/<ref:adapter>/fetching/anew")
@guard(Action.EXCHANGE_DELIVER)
def anew(adapter: AdapterRelease) -> ResponseReturnValue:
    """Fetch everything once more, as if nothing had been fetched before."""
    many = delivery_fetch.ask(db.session(), _own(adapter), actor=actor(), now=now(), anew=True)
    flash(f"正在从头取{many}张表，取到的会列在“报送数据”里。以前取过的行不会重复。", "success")
    return redirect(url_for("fetching.plan", adapter=adapter.ref))


def _own(release: AdapterRelease) -> AdapterRelease:
    """Return the release; for an officer of another department it does not exist."""
    if actor().department != release.department:
        raise NotFound
    return release


def _rows(release: AdapterRelease) -> list[Fetched]:
    if not release.usable:
        return []
    session, area_path = db.session(), actor().area_path
    last = fetch_plans.fetches_of(session, release.name, area_path)
    sent = {row.id: row for row in session.scalars(select(Delivery).where(
        Delivery.id.in_([row.delivery_id for row in last.values() if row.delivery_id])))}
    return [Fetched(table.title, delivery_fetch.standing(session, release, table.code, area_path), last.get(table.code),
                    sent.get(last[table.code].delivery_id) if table.code in last else None)
            for table in delivery_fetch.fetched_tables(session, release, area_path)]
