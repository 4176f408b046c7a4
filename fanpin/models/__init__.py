"""Rows with behaviour, one module per aggregate; importing the package makes every table known."""

from fanpin.models import (
    adapters,
    areas,
    audit,
    cases,
    county,
    deliberation,
    events,
    households,
    keychecks,
    leading_groups,
    leads,
    lines,
    measures,
    notices,
    outbox,
    papers,
    quality,
    rectification,
    register,
    relocation,
    reviews,
    rounds,
    staff,
    supervision,
    surveys,
    township,
    users,
    warnings,
)

__all__ = [
    "adapters", "areas", "audit", "cases", "county", "deliberation", "events", "households", "keychecks", "leading_groups",
    "leads", "lines", "measures", "notices", "outbox", "papers", "quality", "rectification", "register", "relocation", "reviews",
    "rounds", "staff", "supervision", "surveys", "township", "users", "warnings",
]
