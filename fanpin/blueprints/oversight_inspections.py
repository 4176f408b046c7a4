"""六(三): what inspectors may see until when, and what they read."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from fanpin.blueprints import oversight as desk
from fanpin.blueprints.guard import actor, guard, today
from fanpin.blueprints.paging import SIZE
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.rules.actions import Action
from fanpin.steps import doing, oversight_inspections

LONGEST_NUMBER = 18
get = desk.blueprint.get


@get("/inspections")
@guard(Action.OVERSIGHT_READ)
def inspections() -> ResponseReturnValue:
    """Show the inspectors of the own area and what they read in it."""
    area = doing.area_of(db.session(), actor().area_id)
    typed = request.args.get("before", "")
    before = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER else None
    rows = oversight_inspections.readings(db.session(), area, before=before, most=SIZE + 1)
    shown = rows[:SIZE]
    return render_template(
        "oversight/inspections.html", area=area, grants=oversight_inspections.grants(db.session(), area), rows=shown, today=today(),
        places=names_of(row.area_path for row in shown), first=url_for("oversight.inspections") if before else "",
        following=url_for("oversight.inspections", before=shown[-1].event_id) if len(rows) > SIZE else "")
