"""The sheets that departments sent are kept for a while after they were read; their digests and figures stay."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from fanpin import audit
from fanpin.models.deliveries import Delivery
from fanpin.models.outbox import StoredFile
from fanpin.rules.privacy import RETENTION
from fanpin.steps import files
from fanpin.steps.deliveries import PURPOSE

DAYS = next(row.days or 0 for row in RETENTION if row.record == "delivery_file")
AT_ONCE = 500


def forget(session: Session, store: Path, *, now: datetime) -> int:
    """Erase sheets thirty days after their reading ended, each with its event; say how many."""
    until = now - timedelta(days=DAYS)
    gone = 0
    for file in session.scalars(select(StoredFile).join(Delivery, Delivery.file_id == StoredFile.id).where(
            Delivery.done_at < until).order_by(StoredFile.id.desc())):
        if gone < AT_ONCE and not _needed(session, file, until) and files.erase(store, file):
            audit.record(session, "file.erase", actor="到期清理", now=now, stream=audit.SYSTEM_STREAM, object=file.ref,
                         area_path=file.area_path, facts={"file": file.ref, "purpose": file.purpose, "digest": file.digest})
            gone += 1
    return gone


def _needed(session: Session, file: StoredFile, until: datetime) -> bool:
    """Say whether the same bytes wait to be read, were read lately, or serve something else."""
    same = aliased(StoredFile)
    return session.scalar(select(same.id).outerjoin(Delivery, Delivery.file_id == same.id).where(
        same.digest == file.digest, or_(same.purpose != PURPOSE, Delivery.done_at.is_(None), Delivery.done_at >= until)).limit(1)) is not None
