"""What a way out subclasses: a plugin that brings the county's record into the form of another system."""

from dataclasses import replace

from fanpin.adapters.base import Plugin
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.versions import PluginRole


class Outlet(Plugin):
    """A way out to another system: class attributes declare it."""

    def manifest(self) -> Manifest:
        """Return the declaration as a value."""
        return replace(super().manifest(), role=PluginRole.OUTLET, declarative=False)
