"""The reviewed matrix of who may do what, as `authz_matrix.csv` holds it, and the words that each role may read.

A cell has one letter for a page that names no object, else three: for an object of the person's own village, of a
sibling village (of the same township and county), and of another county.

    o  may: the page, a redirect, or the refusal of what was typed (200, 302, 303, 409, 422)
    f  may not, and is told so (403)
    n  nothing of that name (404), exactly as for a name that does not exist
    l  is asked to log in (302 to /login)
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from fanpin.rules.roles import Role
from tests.cast import CAST, OFFICERS

FILE = Path(__file__).parent / "authz_matrix.csv"
ANONYMOUS = "anonymous"
PLACES = ("own", "sibling", "other")
MAY, FORBIDDEN, NOTHING, LOGIN = "ofnl"
R = Role
WHO = {role.value: next(part.username for part in (*CAST.values(), *OFFICERS.values()) if part.role is role) for role in Role}
DEPARTMENTAL = (R.DEPARTMENT_OFFICER, R.PROVINCIAL_OFFICER, R.LEAD_DEPARTMENT, R.HELPER)

VILLAGE = {R.VILLAGE_CADRE, R.RESIDENT_MEMBER, R.GROUP_CADRE}
AROUND = {R.TOWNSHIP_CADRE, R.TOWNSHIP_LEADER, R.COUNTY_ANALYST, R.COUNTY_DECIDER, R.COUNTY_LEADING_GROUP, R.INSPECTOR}
# Whoever handles an objection knows who raised it; nobody else is told.
HANDLERS = {R.VILLAGE_CADRE, R.RESIDENT_MEMBER, R.TOWNSHIP_CADRE, R.TOWNSHIP_LEADER, R.COUNTY_ANALYST}
ON_THE_LINE = frozenset({"name", "address", "said"})


@dataclass(frozen=True)
class Line:
    """One endpoint and method: the object that its address names, what is given besides, and every role's letters."""

    endpoint: str
    method: str
    object: str
    given: str
    other_department: str
    cells: dict[str, str]

    def mark(self, role: str, place: str) -> str:
        """Return the letter for a role and a place."""
        cell = self.cells[role]
        return cell[PLACES.index(place)] if len(cell) == len(PLACES) else cell

    @property
    def places(self) -> tuple[str, ...]:
        """List the places in which the object may lie: one where there is none."""
        return PLACES if self.object else PLACES[:1]


def lines() -> list[Line]:
    """Read the matrix."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Line(row.pop("endpoint"), row.pop("method"), row.pop("object"), row.pop("with"),
                     row.pop("other_department"), row)
                for row in csv.DictReader(file)]


def readable(role: str, place: str, endpoint: str) -> frozenset[str]:
    """Name the classes of data of a place that the role may meet on a page; numbers are masked for everybody."""
    if role == ANONYMOUS:
        return frozenset()
    who = Role(role)
    near = place == "own" or (place == "sibling" and who not in VILLAGE)
    if who is R.PREFECTURE or (who in VILLAGE | AROUND and near):
        return ON_THE_LINE | ({"reporter"} if who in HANDLERS else frozenset())
    if who is R.DEPARTMENT_OFFICER and near:
        # The match key of those asked about, on the one page where they are answered for.
        return frozenset({"asked", "id"}) if endpoint in ("county.answer", "county.sign") else frozenset({"asked"})
    if who is R.PROVINCIAL_OFFICER:
        # 六(一): those whom a county asks about by 直通车, on the one page where they are answered for.
        return frozenset({"requested", "id"}) if endpoint == "oversight.answer" else frozenset()
    if who in (R.LEAD_DEPARTMENT, R.HELPER) and near:
        return frozenset({"helped" if who is R.LEAD_DEPARTMENT else "mine", "address"})
    return frozenset()
