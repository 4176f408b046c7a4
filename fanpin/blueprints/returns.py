"""Send one household back by a row of the table, naming the field, the rule and the evidence expected."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fanpin.blueprints.case_forms import VersionForm
from fanpin.blueprints.fields import LineField
from fanpin.blueprints.forms import NoteField, longest, required
from fanpin.blueprints.guard import actor, now, today
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled
from fanpin.steps import advance, deliberation, doing

FACTS = ("field", "rule", "reason", "evidence_expected")


class ReturnForm(VersionForm):
    """A return: the field, the rule and the evidence expected."""

    field = LineField("哪一项内容", validators=[required("请指明是哪一项内容。")], limit=120)
    rule = LineField("依据的条款或规则", validators=[required("请写明依据。")], limit=200)
    reason = NoteField("退回理由", validators=[required("请写明理由。"), longest(500)])
    evidence_expected = LineField("希望补充的材料", validators=[required("请写明希望补充什么材料。")], limit=400)


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
            facts = {name: form[name].data or "" for name in FACTS}
            deliberation.send_back(db.session(), case, action, facts, actor=actor(), now=now(), today=today())
            flash(f"{case.household.head_name}户已退回“{row.target.title}”" + ("，并从名单中移出。" if entry else "。"), "success")
            return redirect(back)
    page = render_template("deliberation/send_back.html", form=form, case=case, action=action, target=row.target,
                           listed=entry is not None, back=back)
    return page, form.status
