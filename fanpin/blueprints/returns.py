"""Send one household back by a row of the table, naming the field, the rule and the evidence expected."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fanpin.blueprints.guard import actor, now, today
from fanpin.blueprints.list_forms import ReturnForm
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled
from fanpin.steps import advance, deliberation, doing


def send_back(case: Case, action: Action, *, field: str = "", rule: str = "", reason: str = "") -> ResponseReturnValue:
    """Ask for the return's facts and carry it out; the others of the list go on."""
    row = advance.row_for(case, action)
    entry = doing.listed_in(db.session(), case, case.procedure)
    back = (url_for("deliberation.show", village_list=entry.village_list.ref) if entry
            else url_for("cases.show", case=case.ref))
    form = ReturnForm(data={"version": case.version, "field": field, "rule": rule or row.clause, "reason": reason})
    if form.validate_on_submit():
        with form.attempt():
            if form.seen != case.version:
                raise AlreadyHandled
            deliberation.send_back(db.session(), case, action, form.facts(), actor=actor(), now=now(), today=today())
            flash(f"{case.household.head_name}户已退回“{row.target.title}”" + ("，并从名单中移出。" if entry else "。"), "success")
            return redirect(back)
    page = render_template("deliberation/send_back.html", form=form, case=case, action=action, target=row.target,
                           listed=entry is not None, back=back)
    return page, form.status
