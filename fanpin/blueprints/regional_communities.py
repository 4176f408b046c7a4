"""集中安置区 (二(四)): communities, the spellings of their names, employment and integration month by month."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints import regional as desk
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.places import area_within
from fanpin.blueprints.regional_forms import CHOOSE, AttachForm, CommunityForm, FigureForm, recent_months
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.relocation import Community, CommunityFigure, CommunityName
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.regional import Indicator, SizeClass, share_in_tenths, worsened
from fanpin.rules.small_numbers import told
from fanpin.steps import relocation

MOST_SPELLINGS = 50
route, get, post = desk.blueprint.route, desk.blueprint.get, desk.blueprint.post


def share(figure: CommunityFigure | None) -> str:
    """Return a figure as a share with the numbers behind it."""
    if figure is None:
        return "还没有登记"
    tenths = share_in_tenths(figure.part, figure.whole)
    return f"{figure.part}/{figure.whole}" if tenths is None else f"{tenths / 10:.1f}%（{figure.part}/{figure.whole}）"


@get("/communities")
@guard(Action.REGIONAL_READ)
def communities() -> ResponseReturnValue:
    """List the communities with both indicators; a fall is an alarm."""
    who = actor()
    rows = relocation.standings(db.session(), path=who.area_path)
    loose = relocation.unattached(db.session(), path=who.area_path)[:MOST_SPELLINGS] if may(Action.REGIONAL_COMMUNITY) else []
    return render_template("regional/communities.html", rows=[(row, told(row.households, exact=desk.exact())) for row in rows],
                           loose=loose, share=share)


@route("/communities/new", methods=["GET", "POST"])
@guard(Action.REGIONAL_COMMUNITY)
def community_new() -> ResponseReturnValue:
    """Register a community."""
    who = actor()
    form = CommunityForm(size_class=SizeClass.LARGE.value)
    places = db.session.scalars(select(Area).where(
        within(Area.path, (who.area_path,)), Area.level.in_((AreaLevel.TOWNSHIP, AreaLevel.VILLAGE)), Area.valid_to.is_(None))
        .order_by(Area.code12)).all()
    form.place.choices = [CHOOSE, *((area.code12, ("\u3000" if area.level == AreaLevel.VILLAGE else "") + area.name)
                                    for area in places)]
    if form.validate_on_submit():
        with form.attempt():
            row = relocation.register(
                db.session(), area_within(who, form.place.data or "", AreaLevel.TOWNSHIP, AreaLevel.VILLAGE),
                name=form.name.data or "", address=form.address.data or "", size_class=SizeClass(form.size_class.data),
                size_source=form.size_source.data or "", actor=who, now=now())
            flash("集中安置区已登记。", "success")
            return redirect(url_for("regional.community", community=row.ref))
    return form.answer("regional/community_new.html")


@get("/communities/<ref:community>")
@guard(Action.REGIONAL_READ)
def community(community: Community) -> ResponseReturnValue:
    """Show a community: its spellings, both indicators with their history."""
    standing = next(row for row in relocation.standings(db.session(), path=actor().area_path) if row.community.id == community.id)
    history = [(indicator, _falls(relocation.months(db.session(), [community.id]).get((community.id, indicator), [])))
               for indicator in Indicator]
    spellings = list(db.session.scalars(select(CommunityName.text).where(CommunityName.community_id == community.id)
                                        .order_by(CommunityName.id)))
    editing = may(Action.REGIONAL_COMMUNITY, community)
    loose = relocation.unattached(db.session(), path=community.area_path)[:MOST_SPELLINGS] if editing else []
    return render_template("regional/community.html", community=community, standing=standing, history=history, share=share,
                           spellings=spellings, loose=loose, editing=editing, households=told(standing.households, exact=desk.exact()))


def _falls(figures: list[CommunityFigure]) -> list[tuple[CommunityFigure, bool, int]]:
    """Return each month's figure, whether it fell against the month before on record, and its share in tenths of a percent."""
    pairs = zip(figures, [*figures[1:], None])
    return [(row, before is not None and worsened((before.part, before.whole), (row.part, row.whole)),
             share_in_tenths(row.part, row.whole) or 0) for row, before in pairs]


@post("/communities/<ref:community>/attach")
@guard(Action.REGIONAL_COMMUNITY)
def attach(community: Community) -> ResponseReturnValue:
    """Say that a text in households' files means this community."""
    form = AttachForm()
    if form.validate_on_submit():
        relocation.attach(db.session(), community, form.text.data or "", actor=actor(), now=now())
        flash(f"“{form.text.data}”已归入{community.name}。", "success")
    else:
        flash("请选择要归入的名称。", "error")
    return redirect(url_for("regional.community", community=community.ref))


@post("/communities/<ref:community>/detach")
@guard(Action.REGIONAL_COMMUNITY)
def detach(community: Community) -> ResponseReturnValue:
    """Undo an attachment."""
    form = AttachForm()
    if form.validate_on_submit():
        relocation.detach(db.session(), community, form.text.data or "", actor=actor(), now=now())
        flash(f"“{form.text.data}”已移出{community.name}。", "success")
    else:
        flash("请选择要移出的名称。", "error")
    return redirect(url_for("regional.community", community=community.ref))


@route("/communities/<ref:community>/figures", methods=["GET", "POST"])
@guard(Action.REGIONAL_INDICATOR)
def figure(community: Community) -> ResponseReturnValue:
    """Record an indicator of a month."""
    form = FigureForm(data={"indicator": Indicator.EMPLOYMENT.value})
    form.month.choices = recent_months(today())
    if form.validate_on_submit():
        with form.attempt():
            relocation.record(
                db.session(), community, indicator=Indicator(form.indicator.data), month=form.month.data or "",
                part=form.part.data or 0, whole=form.whole.data or 0, source=form.source.data or "", note=form.note.data or "",
                actor=actor(), now=now(), today=today())
            flash("已登记。比上次下降的，会在工作台和安置区页面提示。", "success")
            return redirect(url_for("regional.community", community=community.ref))
    return form.answer("regional/figure.html", community=community, indicators=list(Indicator))
