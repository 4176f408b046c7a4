"""Import of a sheet into the register: taken in, compared, decided by people, written in chunks; resumable at any point."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, undefer

from fanpin import audit, sheets
from fanpin.clock import legal_date
from fanpin.extensions import read_only
from fanpin.models.areas import Area
from fanpin.models.outbox import StoredFile
from fanpin.models.register import ChangeKind, ChangeState, ImportBatch, ImportChange, ImportProblem, ImportState
from fanpin.models.types import new_ref
from fanpin.models.users import Grant
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid, NotPermitted, Refusal
from fanpin.rules.roles import PERMISSIONS, Actor
from fanpin.steps import doing, files, national_tasks, outbox, register_sheet
from fanpin.steps.register_apply import apply
from fanpin.steps.register_compare import Compared, compare

AT_ONCE = 300
READ, APPLY = "register.read", "register.apply"
ACCEPTABLE = (ChangeKind.NEW, ChangeKind.MEMBERS, ChangeKind.CHANGED)


def upload(session: Session, store: Path, *, name: str, content: bytes, area: Area, actor: Actor, now: datetime,
           exported_on: date | None = None, whole: bool = False) -> ImportBatch:
    """Keep the file and owe its reading; the page shows how far it has come.

    `exported_on` says that it is the national system's own export as of that day, `whole` that it names everybody.
    """
    subject = ImportBatch(area_id=area.id, area_path=area.path, exported_on=exported_on, whole=whole)
    doing.permit(session, Action.REGISTER_IMPORT, actor=actor, subject=subject)
    doing.not_future(legal_date(now), exported_on=exported_on)
    if not content:
        raise Invalid({"file": "文件是空的，请重新选择。"})
    if len(content) > files.MAX_BYTES:
        raise Invalid({"file": "文件超过20MB，请拆成几份后再上传。"})
    kind = sheets.XLSX if content.startswith(b"PK") else "text/csv"
    file = files.keep(session, store, content, media_type=kind, name=_plain_name(name, kind), area_path=area.path,
                      purpose="导入的表格", household_id=None, actor=actor, now=now)
    before = session.scalar(select(ImportBatch).where(
        ImportBatch.digest == file.digest, ImportBatch.area_path == area.path, ImportBatch.state == ImportState.COMPARED)
        .order_by(ImportBatch.id.desc()).limit(1))
    subject.file_id, subject.name, subject.digest, subject.state = file.id, file.name, file.digest, ImportState.READING
    subject.notices = [f"同一份文件已由{before.created_by}导入过；没有变化的农户不会重复写入"] if before else []
    subject.created_at, subject.created_by, subject.created_by_id = now, actor.name, actor.user_id
    session.add(subject)
    doing.note(session, Action.REGISTER_IMPORT, actor=actor, now=now, subject=subject,
               facts={"what": "上传导入表", "file": file.ref, "digest": file.digest})
    outbox.put(session, READ, {"batch": subject.id}, now=now)
    return subject


def accept(session: Session, batch: ImportBatch, *, refs: Sequence[str] | None, kind: ChangeKind | None, actor: Actor,
           now: datetime) -> int:
    """Accept the named households, or all that are open (of one kind): they are written from now on; say how many."""
    return _decide(session, batch, ChangeState.ACCEPTED, refs=refs, kind=kind, actor=actor, now=now)


def reject(session: Session, batch: ImportBatch, *, refs: Sequence[str] | None, kind: ChangeKind | None, actor: Actor,
           now: datetime) -> int:
    """Decide that the named households (or all that are open, of one kind) stay as they are on file; say how many."""
    return _decide(session, batch, ChangeState.REJECTED, refs=refs, kind=kind, actor=actor, now=now)


def _decide(session: Session, batch: ImportBatch, state: ChangeState, *, refs: Sequence[str] | None, kind: ChangeKind | None,
            actor: Actor, now: datetime) -> int:
    doing.permit(session, Action.REGISTER_ACCEPT, actor=actor, subject=batch)
    if batch.state is not ImportState.COMPARED:
        raise Invalid(f"这次导入“{batch.state.title}”，现在不能处理差异。")
    chosen = [ImportChange.batch_id == batch.id, ImportChange.state == ChangeState.OPEN]
    if state is ChangeState.ACCEPTED:
        chosen.append(ImportChange.kind.in_(ACCEPTABLE))
    if refs is not None:
        chosen.append(ImportChange.ref.in_(refs))
    if kind is not None:
        chosen.append(ImportChange.kind == kind)
    count = session.execute(update(ImportChange).where(*chosen).values(
        state=state, decided_by=actor.name, decided_by_id=actor.user_id, decided_at=now),
        execution_options={"synchronize_session": False}).rowcount
    if not count:
        raise Invalid("没有选中可以处理的农户，请先勾选。")
    doing.note(session, Action.REGISTER_ACCEPT, actor=actor, now=now, subject=batch,
               facts={"what": "接受差异" if state is ChangeState.ACCEPTED else "不接受差异", "households": count,
                      "kind": kind.value if kind else ""})
    if state is ChangeState.REJECTED:
        national_tasks.correct_there(session, batch, by=actor.name, today=legal_date(now))
    if state is ChangeState.ACCEPTED:
        outbox.put(session, APPLY, {"batch": batch.id, "user": actor.user_id, "role": actor.role.value, "area": actor.area_id},
                   now=now)
    return count


def withdraw(session: Session, batch: ImportBatch, *, actor: Actor, now: datetime) -> None:
    """End a batch of which nothing more is to be written; what was written stays."""
    doing.permit(session, Action.REGISTER_ACCEPT, actor=actor, subject=batch)
    if batch.state not in (ImportState.COMPARED, ImportState.REFUSED):
        raise Invalid(f"这次导入“{batch.state.title}”，现在不能作废。")
    if waiting(session, batch):
        raise Invalid("还有已接受的农户正在写入，请等写完后再作废。")
    batch.state, batch.finished_at = ImportState.WITHDRAWN, now
    doing.note(session, Action.REGISTER_ACCEPT, actor=actor, now=now, subject=batch, facts={"what": "作废导入"})


def waiting(session: Session, batch: ImportBatch) -> int:
    """Count the households that were accepted and are not yet written."""
    return session.scalar(select(func.count()).select_from(ImportChange).where(
        ImportChange.batch_id == batch.id, ImportChange.state == ChangeState.ACCEPTED)) or 0


class Jobs:
    """The worker's part: it reads and compares, and writes what was accepted; the store is where files lie."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.handlers: dict[str, outbox.Handler] = {READ: self.read, APPLY: self.apply}

    def read(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Read the file in its child, compare, and keep differences and problems, all in one transaction at the end."""
        read_only(session)
        batch = _batch(session, payload)
        if batch.state is not ImportState.READING:
            session.rollback()
            return
        file = session.scalars(select(StoredFile).where(StoredFile.id == batch.file_id)).one()
        area = doing.area_of(session, batch.area_id)
        content = files.content_of(self.store, file)
        session.rollback()
        try:
            sheet = sheets.read(content)
            reading = register_sheet.read(sheet)
        except sheets.SheetRefused as refusal:
            batch = _batch(session, payload)
            batch.state, batch.problem, batch.finished_at = ImportState.REFUSED, refusal.message, now
            return
        del content
        today = legal_date(now)
        read_only(session)
        every = list(compare(session, reading.households, area, today=today))
        compared = [made for made in every if made.kind is not None]
        seen = national_tasks.seen_in(every) if batch.exported_on is not None else {}
        del every
        session.rollback()
        report = register_sheet.report(sheet, reading, reading.problems) if reading.problems else b""
        del sheet
        self._keep(session, payload, reading, compared, report, now=now)
        national_tasks.settle(session, _batch(session, payload), seen, now=now, today=today)

    def _keep(self, session: Session, payload: Mapping[str, object], reading: register_sheet.Reading,
              compared: Sequence[Compared], report: bytes, *, now: datetime) -> None:
        batch = _batch(session, payload)
        connection = session.connection()
        for model in (ImportChange, ImportProblem):
            connection.execute(delete(model.__table__).where(model.__table__.c.batch_id == batch.id))
        if compared:
            connection.execute(insert(ImportChange.__table__), [_change(batch, made) for made in compared])
        if reading.problems:
            connection.execute(insert(ImportProblem.__table__), [
                {"batch_id": batch.id, "area_path": batch.area_path, "row": problem.row, "column": problem.column[:80],
                 "text": problem.text[:300]} for problem in reading.problems])
        if report:
            batch.report_file_id = files.keep(
                session, self.store, report, media_type=sheets.XLSX, name="未导入的行.xlsx", area_path=batch.area_path,
                purpose="导入报告", household_id=None, actor="导入", now=now).id
        batch.state, batch.rows = ImportState.COMPARED, reading.rows
        batch.refused_rows = len({problem.row for problem in reading.problems})
        batch.households, batch.same = len(reading.households), len(reading.households) - len(compared)
        batch.notices, batch.unknown = [*batch.notices, *reading.notices], reading.unknown
        audit.record(session, "register.compared", actor="导入", now=now, stream=_stream(batch), object=batch.ref,
                     area_path=batch.area_path,
                     facts={"rows": batch.rows, "refused": batch.refused_rows, "households": batch.households,
                            "differing": len(compared)})

    def apply(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Write the next accepted households in one transaction with the end of this item, and owe the rest."""
        batch = _batch(session, payload)
        rows = list(session.scalars(select(ImportChange).where(
            ImportChange.batch_id == batch.id, ImportChange.state == ChangeState.ACCEPTED).options(undefer(ImportChange.household))
            .order_by(ImportChange.id).limit(AT_ONCE)))
        if not rows:
            return
        try:
            actor = _actor(session, payload, now)
        except Refusal as refusal:
            for row in rows:
                row.state, row.reason = ChangeState.OPEN, refusal.message
            actor = None
        if actor is not None:
            apply(session, batch, rows, actor=actor, now=now, today=legal_date(now))
        batch.done += sum(row.state is ChangeState.APPLIED for row in rows)
        if waiting_after(session, batch):
            outbox.put(session, APPLY, payload, now=now)
        else:
            batch.finished_at = now
            audit.record(session, "register.applied", actor="导入", now=now, stream=_stream(batch), object=batch.ref,
                         area_path=batch.area_path, facts={"households": batch.done})


def waiting_after(session: Session, batch: ImportBatch) -> int:
    """Count what is still to be written once the changes of this transaction are flushed."""
    session.flush()
    return waiting(session, batch)


def _batch(session: Session, payload: Mapping[str, object]) -> ImportBatch:
    return session.scalars(select(ImportBatch).where(ImportBatch.id == payload["batch"])).one()


def _stream(batch: ImportBatch) -> str:
    return audit.user_stream(batch.created_by_id)


def _actor(session: Session, payload: Mapping[str, object], now: datetime) -> Actor:
    """Return the person who accepted, if the post is still his: a job may do no more than its originator."""
    grants = session.scalars(select(Grant).where(
        Grant.user_id == payload["user"], Grant.role == payload["role"], Grant.area_id == payload["area"]))
    grant = next((row for row in grants if row.in_force_on(legal_date(now)) and row.user.disabled_at is None), None)
    if grant is None:
        raise NotPermitted("接受这批差异的人已没有这个岗位，请由现任人员重新接受。", action=Action.REGISTER_ACCEPT.value,
                           clause=PERMISSIONS[Action.REGISTER_ACCEPT].clause)
    return grant.actor()


def _change(batch: ImportBatch, made: Compared) -> dict[str, object]:
    sheet, record = made.sheet, made.record
    return {
        "ref": new_ref(), "batch_id": batch.id, "household_id": record.id if record else None,
        "area_path": record.area_path if record else made.group.path if made.group else batch.area_path,
        "head_name": sheet.head_name[:60], "kind": made.kind, "state": ChangeState.OPEN, "rows": sheet.rows[:40],
        "household": json.dumps({
            "place": sheet.place, "values": sheet.values, "told": sheet.told, "extra": sheet.extra, "members": made.members,
            "people": [{"row": person.row, "values": person.values, "extra": person.extra} for person in sheet.people], "group": made.group.id if made.group else None},
            ensure_ascii=False, separators=(",", ":")),
        "differences": json.dumps([asdict(difference) for difference in made.differences], ensure_ascii=False,
                                  separators=(",", ":")),
        "before": record.digest if record else "", "reason": made.blocked[:400], "decided_by": ""}


def _plain_name(name: str, kind: str) -> str:
    stem = "".join(char for char in Path(name.replace("\\", "/")).stem if char.isalnum() or char in "-_（）()")[:80]
    return (stem or "导入表") + (".xlsx" if kind == sheets.XLSX else ".csv")

