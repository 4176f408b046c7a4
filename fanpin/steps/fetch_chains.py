"""How far a department's table has been fetched: from a whole fetching on, each link ended well, or it is fetched again.

A mark belongs to the delivery that reaches up to it. Where that one is refused or withdrawn, the mark before it is in
force again by itself; where the source or the adapter has changed, no earlier mark means anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from fanpin import crypto
from fanpin.adapters import connections
from fanpin.models.adapters import AdapterRelease
from fanpin.models.deliveries import Delivery
from fanpin.rules.deliveries import DeliveryState

UNDER_WAY = (DeliveryState.WAITING, DeliveryState.READING, DeliveryState.CONFIRM)
LOOKED_AT = 200


@dataclass(frozen=True)
class Reached:
    """The last link of an unbroken chain, the whole fetching that it goes back to, and whether a fetching is not ended yet."""

    last: Delivery | None = None
    whole: Delivery | None = None
    under_way: bool = False

    @property
    def mark(self) -> str:
        """Return up to where everything is here, "" where nothing is."""
        return self.last.mark or "" if self.last is not None else ""

    @property
    def whole_on(self) -> date | None:
        """Return as of which day the register was last fetched whole."""
        return self.whole.as_of if self.whole is not None else None


def origin_of(values: Mapping[str, str], release: AdapterRelease, table: str) -> str:
    """Return a digest of where a table comes from and of what reads it."""
    told = [release.digest, table, *(f"{name}={value}" for name, value in sorted(values.items()) if connections.is_ours(name)
                                     and name not in (connections.SECRET, connections.APPLICATION))]
    return crypto.blind_index("\n".join(told), purpose="adapter_origin").hex()[:64]


def reached(session: Session, release: AdapterRelease, table: str, *, area_path: str, origin: str) -> Reached:
    """Find how far a table of the county has been fetched."""
    rows = session.scalars(select(Delivery).where(
        Delivery.area_path == area_path, Delivery.source == release.name, Delivery.table == table, Delivery.origin == origin)
        .order_by(Delivery.id.desc()).limit(LOOKED_AT).options(load_only(
            Delivery.state, Delivery.follows_id, Delivery.mark, Delivery.as_of, Delivery.ref))).all()
    known = {row.id: row for row in rows}
    under_way = any(row.state in UNDER_WAY for row in rows)
    for row in rows:
        whole = _back(row, known)
        if whole is not None:
            return Reached(row, whole, under_way)
    return Reached(under_way=under_way)


def _back(row: Delivery, known: Mapping[int, Delivery]) -> Delivery | None:
    """Go back link by link; return the whole fetching, None where a link did not end well or is not known."""
    link: Delivery | None = row
    while link is not None and link.state is DeliveryState.DONE:
        if link.follows_id is None:
            return link
        link = known.get(link.follows_id)
    return None
