"""Lists page by page: what was asked for in the address, and pages by key that stay fast at any depth."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, select

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


def page_of(query: Select[Any], model: Any, *, newest: bool = False, size: int = SIZE) -> Page:
    """Return the page that the address asks for (`after` or `before` a row), in the order of registration."""
    after, before = asked("after"), asked("before")
    backwards = bool(before) and not after
    descending = newest != backwards
    anchor = after or before
    if anchor:
        place = select(model.id).where(model.ref == anchor).scalar_subquery()
        query = query.where(model.id < place if descending else model.id > place)
    found = list(db.session.scalars(query.order_by(model.id.desc() if descending else model.id).limit(size + 1)).unique())
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    earlier = more if backwards else bool(anchor)
    later = True if backwards else more
    return Page(rows, rows[0].ref if earlier else "", rows[-1].ref if later else "")
