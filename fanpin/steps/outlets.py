"""Which installed outlet does an errand, and in whose name the worker does what somebody asked for."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.parcels import Errand
from fanpin.adapters.versions import PluginRole
from fanpin.models.adapters import AdapterRelease
from fanpin.models.users import Grant
from fanpin.rules.roles import Actor


def outlet_for(session: Session, errand: Errand) -> AdapterRelease | None:
    """Return the usable outlet that does an errand, the newest where several do; None where none is installed."""
    rows = session.scalars(select(AdapterRelease).where(AdapterRelease.role == PluginRole.OUTLET, AdapterRelease.present)
                           .order_by(AdapterRelease.id.desc()))
    return next((row for row in rows if row.usable and errand.value in row.declared.errands), None)


def in_whose_name(session: Session, payload: Mapping[str, object], *, today: date) -> Actor | None:
    """Return who asked, if the post is still theirs: the worker may do no more than they; None where it is not."""
    grants = session.scalars(select(Grant).where(
        Grant.user_id == payload["user"], Grant.role == payload["role"], Grant.area_id == payload["area"]))
    grant = next((row for row in grants if row.in_force_on(today) and row.user.usable_on(today)), None)
    return grant.actor() if grant is not None else None
