"""Departments' own systems and the county's patience: ask once more, and remind (三(六))."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry
from fanpin.rules.actions import Action
from fanpin.rules.departments import Department
from fanpin.steps import inquiry_calls, reminders

blueprint = Blueprint("calls", __name__)


@blueprint.post("/inquiries/<ref:inquiry>/ask-again")
@guard(Action.COUNTY_ASK_AGAIN)
def again(inquiry: Inquiry) -> ResponseReturnValue:
    """Let the worker ask the department's system about whoever has no answer; the page does not wait for it."""
    inquiry_calls.ask_again(db.session(), inquiry, actor=actor(), now=now(), today=today())
    flash("正在向本部门系统查询，过一会儿刷新本页看结果。", "success")
    return redirect(url_for("county.answer", inquiry=inquiry.ref))


@blueprint.post("/inquiries/<ref:inquiry>/remind")
@guard(Action.COUNTY_REMIND)
def remind(inquiry: Inquiry) -> ResponseReturnValue:
    """Remind the department of an inquiry that it has not answered and signed."""
    title = Department(inquiry.department).title
    if reminders.remind(db.session(), inquiry, actor=actor(), now=now(), today=today()):
        flash(f"已催办{title}，对方工作台上会列出。", "success")
    else:
        flash(f"今天已经催办过{title}，不再重复。", "info")
    case_ref = db.session.scalars(select(Case.ref).where(Case.id == inquiry.case_id)).one()
    return redirect(url_for("county.review", case=case_ref))
