"""The first page of every role: what waits, since when, due when, in whose hands."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fanpin.blueprints.guard import logged_in, present

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
@logged_in("自己的工作台")
def index() -> ResponseReturnValue:
    """Show the work that waits for the person's present post."""
    return render_template("desk/index.html", groups=(), who=present())
