"""What imports and exports leave behind is kept for a while only: the files, and the differences with the values in them."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.outbox import StoredFile
from fanpin.models.register import ImportBatch, ImportChange, ImportState
from fanpin.rules.privacy import RETENTION
from fanpin.steps import files

DAYS = {row.record: row.days or 0 for row in RETENTION}
IMPORTED = ("导入的表格", "导入报告")
AT_ONCE = 500


def forget(session: Session, store: Path, *, now: datetime) -> int:
    """Erase imported files and reports after thirty days and exported ones after seven, each with its event; say how many."""
    imported, exported = (now - timedelta(days=DAYS[record]) for record in ("import_file", "export_file"))
    old = select(StoredFile).where(or_(
        StoredFile.purpose.in_(IMPORTED) & (StoredFile.added_at < imported),
        StoredFile.purpose.like("导出 %") & (StoredFile.added_at < exported))).order_by(StoredFile.id.desc())
    gone = 0
    for file in session.scalars(old):
        if gone < AT_ONCE and not _needed(session, file, imported) and files.erase(store, file):
            audit.record(session, "file.erase", actor="到期清理", now=now, stream=audit.SYSTEM_STREAM, object=file.ref,
                         area_path=file.area_path, facts={"file": file.ref, "purpose": file.purpose, "digest": file.digest})
            gone += 1
    batches = select(ImportBatch.id).where(ImportBatch.created_at < imported, ImportBatch.state != ImportState.READING)
    session.execute(delete(ImportChange).where(ImportChange.batch_id.in_(batches)), execution_options={"synchronize_session": False})
    session.execute(update(ImportBatch).where(ImportBatch.created_at < imported, ImportBatch.state == ImportState.COMPARED)
                    .values(state=ImportState.WITHDRAWN), execution_options={"synchronize_session": False})
    return gone


def _needed(session: Session, file: StoredFile, since: datetime) -> bool:
    """Say whether the same bytes came again lately, or serve something else."""
    return session.scalar(select(StoredFile.id).where(
        StoredFile.digest == file.digest, StoredFile.id != file.id, or_(
            StoredFile.added_at >= since, ~StoredFile.purpose.in_(IMPORTED) & ~StoredFile.purpose.like("导出 %"))).limit(1)) is not None
