"""The one hook of a plugin."""

import pluggy

from fanpin.adapters.base import Plugin

PROJECT = "fanpin"
GROUP = "fanpin.adapters"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def fanpin_adapter() -> Plugin:  # type: ignore[empty-body]
    """Return the plugin: a department's adapter, a channel or an outlet."""
