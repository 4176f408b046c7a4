"""Rows with behaviour, one module per aggregate; importing the package makes every table known."""

from fanpin.models import (
    areas,
    audit,
    cases,
    county,
    deliberation,
    households,
    keychecks,
    leads,
    lines,
    measures,
    notices,
    outbox,
    papers,
    reviews,
    rounds,
    surveys,
    township,
    users,
    warnings,
)

__all__ = [
    "areas", "audit", "cases", "county", "deliberation", "households", "keychecks", "leads", "lines",
    "measures", "notices", "outbox", "papers", "reviews", "rounds", "surveys", "township", "users", "warnings",
]
