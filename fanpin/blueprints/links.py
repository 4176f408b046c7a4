"""Links between desks: a page links to another only where that other exists."""

from typing import Any

from flask import current_app, url_for


def link(endpoint: str, **values: Any) -> str:
    """Return the address of a page, "" where this installation has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
