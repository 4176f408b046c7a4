"""Lists page by page: what was asked for in the address, and pages by key that stay fast at any depth."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, select, tuple_

from fanpin.extensions import db

SIZE = 50
LONGEST_QUESTION = 60


@dataclass(frozen=True)
class Page:
    """One page of rows; `previous` and `next` are the keys before and after it, "" at either end."""

    rows: list[Any]
    previous: str = ""
    next: str = ""


def asked(name: str, *, limit: int = LONGEST_QUESTION) -> str:
    """Return a value of the address as plain text, "" where it is absent."""
    typed = request.args.get(name, "")[:limit]
    return "".join(char for char in typed if char.isprintable()).strip()


def page_of(query: Select[Any], model: Any, *, newest: bool = False, by_place: bool = False, by: Any = None,
            size: int = SIZE) -> Page:
    """Return the page that the address asks for (`after` or `before` a row), in the order of registration.

    `by_place` goes from place to place instead: of a long table an area's rows lie together in no other order; `by` a
    column goes by that column first.
    """
    after, before = asked("after"), asked("before")
    backwards = bool(before) and not after
    descending = newest != backwards
    anchor = after or before
    keys = (model.area_path, model.id) if by_place else (model.id,) if by is None else (by, model.id)
    if anchor:
        here = tuple_(*(select(key).where(model.ref == anchor).scalar_subquery() for key in keys))
        query = query.where(tuple_(*keys) < here if descending else tuple_(*keys) > here)
    order = [key.desc() if descending else key for key in keys]
    found = list(db.session.scalars(query.order_by(*order).limit(size + 1)).unique())
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    earlier = more if backwards else bool(anchor)
    later = True if backwards else more
    return Page(rows, rows[0].ref if earlier else "", rows[-1].ref if later else "")
