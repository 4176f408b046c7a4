"""What the pages of 六 share: the form page, and keeping each act to the level whose it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort

from fanpin.blueprints.forms import HouseForm
from fanpin.blueprints.guard import actor
from fanpin.blueprints.places import Place, place_for
from fanpin.models.areas import Area


def form_page(form: HouseForm, *, title: str, button: str, back: tuple[str, str], rows: Sequence[Sequence[str]], lead: str = "",
              hints: Mapping[str, str] | None = None, note: str = "", told: Sequence[tuple[str, str]] = ()) -> tuple[str, int]:
    """Render a form: its fields in rows; `back` is (title, url); `told` are facts shown above it."""
    return form.answer("oversight/form.html", title=title, button=button, back=back, rows=rows, lead=lead, hints=hints or {},
                       note=note, told=told)


def only_of(area_id: int) -> None:
    """Answer 404 for what another level does: it may be looked at elsewhere, but here is nothing to do."""
    if area_id != actor().area_id:
        abort(404)


def own_place() -> tuple[Place, bool]:
    """Return the area that the address asks for, and whether it is the actor's own."""
    place = place_for(actor())
    return place, place.area.id == actor().area_id


def choices_of(areas: Sequence[Area]) -> list[tuple[str, str]]:
    """Return areas as a field offers them."""
    return [(area.code12, area.name) for area in areas]
