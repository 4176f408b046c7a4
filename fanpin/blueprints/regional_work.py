"""防范措施、帮扶举措、上报和办结 (二(四)): what a level does with an event."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints import filing
from fanpin.blueprints import regional as desk
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.paging import asked
from fanpin.blueprints.places import area_within, names_of, place_for
from fanpin.blueprints.regional_forms import CloseForm, EditForm, EscalateForm, PlanForm, RespondForm
from fanpin.extensions import db
from fanpin.models.events import Event, EventPlan
from fanpin.rules.actions import Action
from fanpin.rules.regional import Degree
from fanpin.rules.small_numbers import told
from fanpin.steps import regional, regional_help

SHORT = 40
route = desk.blueprint.route


@route("/<ref:event>/edit", methods=["GET", "POST"])
@guard(Action.REGIONAL_EDIT)
def edit(event: Event) -> ResponseReturnValue:
    """Correct an event, or let it spread to further areas."""
    regional.still_open(event)
    who, place = actor(), place_for(actor())
    branches = desk.branches(place)
    form = EditForm(data={"title": event.title, "degree": event.degree.value, "document": event.document,
                          "description": event.description})
    form.areas.choices = [(area.code12, area.name) for top, below in branches for area in (top, *below)]
    if form.validate_on_submit():
        with form.attempt():
            found = regional.edit(db.session(), event, regional.Corrected(
                title=form.title.data or "", degree=Degree(form.degree.data), document=form.document.data or "",
                description=form.description.data or "", more=tuple(area_within(who, code) for code in form.areas.data or ())),
                actor=who, now=now())
            flash(f"事件已更正，新找到受影响农户{told(found, exact=desk.exact())}户。" if found else "事件已更正。", "success")
            return redirect(url_for("regional.show", event=event.ref))
    return form.answer("regional/edit.html", event=event, place=place, branches=branches,
                       touched=regional.touched(db.session(), event))


@route("/<ref:event>/plan", methods=["GET", "POST"])
@guard(Action.REGIONAL_PLAN)
def plan(event: Event) -> ResponseReturnValue:
    """Make a measure of prevention."""
    regional.still_open(event)
    form = PlanForm(data={"unit": actor().area_name, "unit_department": actor().department})
    if form.validate_on_submit():
        with form.attempt():
            regional_help.plan(db.session(), event, form.planned(), actor=actor(), now=now(), today=today())
            flash("防范措施已登记，到期以前请登记落实情况。", "success")
            return redirect(url_for("regional.show", event=event.ref))
    return form.answer("regional/plan.html", event=event)


@route("/<ref:event>/respond", methods=["GET", "POST"])
@guard(Action.REGIONAL_RESPOND)
def respond(event: Event) -> ResponseReturnValue:
    """Record what was done."""
    regional.still_open(event)
    who = actor()
    plans = list(db.session.scalars(select(EventPlan).where(EventPlan.event_id == event.id, EventPlan.done_on.is_(None))
                                    .order_by(EventPlan.due_on, EventPlan.id)))
    form = RespondForm(data={"plan": asked("plan"), "done_on": today()})
    form.plan.choices = [("", "不在防范措施之内"), *((row.ref, f"{row.unit}：{row.measures[:SHORT]}") for row in plans)]
    if form.validate_on_submit():
        with form.attempt():
            kept = filing.upload(form.file.data, area_path=who.area_path, purpose="帮扶举措凭证")
            chosen = next((row for row in plans if row.ref == form.plan.data), None)
            row = regional_help.respond(db.session(), event, form.responded(kept.id if kept else None), of_plan=chosen, actor=who,
                                        now=now(), today=today())
            flash(f"帮扶举措已登记，涉及{row.households}户。", "success")
            return redirect(url_for("regional.show", event=event.ref))
    return form.answer("regional/respond.html", event=event)


@route("/<ref:event>/escalate", methods=["GET", "POST"])
@guard(Action.REGIONAL_ESCALATE)
def escalate(event: Event) -> ResponseReturnValue:
    """Report an event to the level above."""
    form = EscalateForm()
    if form.validate_on_submit():
        with form.attempt():
            regional.escalate(db.session(), event, reason=form.reason.data or "", actor=actor(), now=now())
            flash("已报上一级。本级继续排查和落实帮扶，由上级牵头处置和办结。", "success")
            return redirect(url_for("regional.show", event=event.ref))
    return form.answer("regional/escalate.html", event=event, charge=names_of([event.charge_path])[event.charge_path])


@route("/<ref:event>/close", methods=["GET", "POST"])
@guard(Action.REGIONAL_CLOSE)
def close(event: Event) -> ResponseReturnValue:
    """Close an event with a conclusion."""
    form = CloseForm()
    if form.validate_on_submit():
        with form.attempt():
            regional.close(db.session(), event, conclusion=form.conclusion.data or "", unseen_reason=form.unseen_reason.data or "",
                           actor=actor(), now=now(), today=today())
            flash("事件已办结。", "success")
            return redirect(url_for("regional.show", event=event.ref))
    return form.answer("regional/close.html", event=event, left=regional.unfinished(db.session(), event))
