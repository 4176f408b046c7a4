"""What a way out subclasses: a plugin that brings the county's record into the form of another system."""

from abc import ABC, abstractmethod
from dataclasses import replace

from fanpin.adapters.base import Plugin
from fanpin.adapters.contract import Transport
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.parcels import Errand, Item, Parcel
from fanpin.adapters.versions import PluginRole


class Outlet(Plugin, ABC):
    """A way out to another system: class attributes declare it, `deliver` maps an item to a parcel, purely.

    With Transport.PLATFORM a county may have its parcels sent; the core sends them, and keeps what comes back.
    """

    errands: tuple[Errand, ...] = ()
    transports: tuple[Transport, ...] = (Transport.SHEET,)

    @abstractmethod
    def deliver(self, item: Item) -> Parcel:
        """Return what the receiver gets of one item; whatever of it is about a person stays sealed."""

    def manifest(self) -> Manifest:
        """Return the declaration as a value."""
        return replace(super().manifest(), role=PluginRole.OUTLET, declarative=False, errands=tuple(errand.value for errand in self.errands))
