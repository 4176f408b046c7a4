"""A sound way out, and what its faulty sisters beside it need."""

import os
import struct

from fanpin.adapters import Errand, Item, Outlet, Parcel, hookimpl
from fanpin.confine import FRAMES_OUT

__all__ = ["Errand", "Item", "Parcel", "Way", "answer", "os", "raw"]


class Way(Outlet):
    """Says what the item says."""

    name = "fanpin-fault"
    title = "有毛病的报送出口"
    contract = 2
    errands = (Errand.POST_NOTICE, Errand.ENTER)

    def rows(self, item: Item) -> list[tuple[str, ...]]:
        """Return the rows of the sheet."""
        return [(row.get("number", ""), row.get("head_name") or row.get("name", "")) for row in item.rows]

    def deliver(self, item: Item) -> Parcel:
        """Return a small sheet with its title."""
        return Parcel(title=item.text("title") or "表", headings=("序号", "姓名"), rows=tuple(self.rows(item)))


def answer(kind: type[Outlet]):
    """Return the hook that hands out the outlet."""
    return hookimpl(lambda: kind())


def raw(content: bytes) -> None:
    """Write a frame past the core's code, as whoever means harm would."""
    os.write(FRAMES_OUT, struct.pack(">IB", len(content), 0) + content)
