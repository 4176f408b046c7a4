"""A platform's export as it lies in a settlement: of a lead that is there, and with one row that was sent back."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.rules.intake import Channel, LeadImportState
from fanpin.rules.roles import Actor
from fanpin.steps import channels, files


def brought(session: Session, store: Path, township: Area, group: Area, *, actor: Actor, now: datetime) -> LeadImport:
    """Leave a township's import of which the group's first lead came."""
    file = files.keep(session, store, f"受理编号,申请人\n{group.code12},\n".encode(), media_type="text/csv", name="导出.csv",
                      area_path=township.path, purpose=channels.PURPOSE, household_id=None, actor=actor, now=now)
    row = LeadImport(
        area_path=township.path, channel=Channel.PROVINCE, adapter="fanpin-channel-province", file_id=file.id, digest=file.digest,
        file_name=file.name, state=LeadImportState.DONE, created_by=actor.name, created_by_id=actor.user_id,
        created_as=actor.role.value, created_at=now, done_at=now, rows=2, taken=1, wrong=1, problems=[["2", "申请人", "没有填写"]])
    session.add(row)
    session.flush()
    session.scalars(select(Lead).where(Lead.area_path == group.path).order_by(Lead.id).limit(1)).one().import_id = row.id
    return row
