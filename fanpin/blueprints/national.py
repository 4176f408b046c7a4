"""附件1 录入和标注: the national system's export beside our cases, difference by difference."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from fanpin.blueprints.guard import actor, guard
from fanpin.blueprints.paging import Page, asked, page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.households import Household
from fanpin.rules.actions import Action
from fanpin.rules.duty_tables import kind_of
from fanpin.steps import national
from fanpin.steps.national import Difference

blueprint = Blueprint("national", __name__)


@blueprint.get("/national")
@guard(Action.ASSISTANCE_ENTER)
def index() -> ResponseReturnValue:
    """List the households of which the national system and our cases say different things."""
    session, path = db.session(), actor().area_path
    export = national.latest(session, county_path=path)
    shown = next((one for one in Difference if one.value == asked("list")), Difference.NOT_ENTERED)
    page, told, tabs = Page([]), {}, []
    if export is not None:
        queries = {one: national.differing(export, one, county_path=path) for one in Difference}
        counts = {one: session.scalar(select(func.count()).select_from(query.subquery())) for one, query in queries.items()}
        tabs = [(one.title, url_for("national.index", list=one.value), one is shown, counts[one]) for one in Difference]
        page = page_of(queries[shown], Household)
        told = national.told(session, export, [row.id for row in page.rows])
    return render_template(
        "national/index.html", export=export, shown=shown, page=page, tabs=tabs, told=told,
        places=names_of([row.area_path for row in page.rows]), kind=kind_of(national.KIND))
