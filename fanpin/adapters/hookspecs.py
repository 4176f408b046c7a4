"""The one hook of a plugin."""

import pluggy

from fanpin.adapters.base import Adapter

PROJECT = "fanpin"
GROUP = "fanpin.adapters"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def fanpin_adapter() -> Adapter:  # type: ignore[empty-body]
    """Return the department's adapter."""
