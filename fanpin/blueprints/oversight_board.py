"""六 at a glance, and the year's figures of 六(三): the board, and the pages for paper."""

from flask import render_template
from flask.typing import ResponseReturnValue

from fanpin.blueprints import oversight as desk
from fanpin.blueprints.guard import actor, guard, today
from fanpin.blueprints.oversight_pages import own_place
from fanpin.blueprints.paging import asked
from fanpin.extensions import db
from fanpin.rules.actions import Action
from fanpin.rules.roles import PERMISSIONS
from fanpin.rules.small_numbers import drawn, told
from fanpin.steps import oversight_board, oversight_figures

FIRST_YEAR = 2021
get = desk.blueprint.get


@get("/oversight")
@guard(Action.OVERSIGHT_SEE)
def board() -> ResponseReturnValue:
    """Show what the area's leading group has to see to."""
    place, mine = own_place()
    return render_template("oversight/board.html", place=place, mine=mine, year=today().year,
                           board=oversight_board.board(db.session(), place.area, today=today()))


def _figures() -> dict[str, object]:
    place, _ = own_place()
    typed = asked("year")
    years = [year for year in range(today().year, max(FIRST_YEAR, today().year - 5) - 1, -1)]
    year = int(typed) if typed in map(str, years) else today().year
    exact = actor().role in PERMISSIONS[Action.CASE_READ].roles
    return {"place": place, "year": year, "years": years, "exact": exact,
            "told": lambda count: told(count, exact=exact), "drawn": lambda count: drawn(count, exact=exact),
            "figures": oversight_figures.figures(db.session(), place.area, year=year)}


@get("/figures")
@guard(Action.OVERSIGHT_SEE)
def figures() -> ResponseReturnValue:
    """Show a year's figures of an area."""
    return render_template("oversight/figures.html", **_figures())


@get("/figures/print")
@guard(Action.OVERSIGHT_SEE)
def figures_print() -> ResponseReturnValue:
    """Print a year's figures."""
    return render_template("oversight/figures_print.html", **_figures())
