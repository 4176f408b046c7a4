"""报送数据 (附件1): a department sends a sheet; the worker reads it, matches it, and writes what it says at once or not at all."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, selectinload

from fanpin import audit, crypto
from fanpin.clock import legal_date
from fanpin.models.areas import Area
from fanpin.models.county import Batch, FactRow, Inquiry, Question
from fanpin.models.deliveries import Delivery, RefusedMember
from fanpin.models.findings import HouseholdFinding
from fanpin.models.households import Member
from fanpin.models.outbox import OutboxItem, StoredFile
from fanpin.rules.actions import Action
from fanpin.rules.checks import CheckState
from fanpin.rules.deliveries import DeliveryState, Proof, Told
from fanpin.rules.departments import Department
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import delivery_recognition, doing, files, last_answers, outbox
from fanpin.steps.delivery_reading import Source

PURPOSE = "部门报送数据"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
IN_HAND_OR_IN_FORCE = (DeliveryState.WAITING, DeliveryState.READING, DeliveryState.CONFIRM, DeliveryState.DONE)
MOST_BYTES = files.MAX_BYTES
MOST_AT_ONCE = 30
WITHDRAWN = "部门撤回了数据，请部门重新报送或人工核实"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What comes with a sheet: which table it is, as of which day, how far it reaches, whom to ring."""

    as_of: date
    covers_from: date | None
    complete: bool
    register_scope: str
    contact: str = ""


@dataclass(frozen=True)
class UnderWay:
    """A delivery that waits or is read: how many sheets come before it, None where no worker will take it any more."""

    row: Delivery
    place: int | None

    @property
    def title(self) -> str:
        """Name the sheet, with its department."""
        return f"{Department(self.row.department).title}：{self.row.source_title}（{self.row.file_name}）"

    @property
    def said(self) -> str:
        """Say how far it is."""
        row = self.row
        if self.place is None:
            return "读取多次中断，已停止，请联系系统管理员"
        if row.state is DeliveryState.WAITING:
            return f"排队等待，前面还有{self.place}份" if self.place else "即将读取"
        if row.rows and row.rows_read >= row.rows:
            return f"{row.rows}行已读完，正在核对入库"
        return f"正在读取，{row.rows_read}/{row.rows}行" if row.rows else "正在打开表格"


def sources_for(session: Session, department: Department) -> tuple[Source, ...]:
    """List the tables that a department may send: of its installed adapters, then our own form of each kind."""
    return tuple(known.source for known in delivery_recognition.tables_for(session, department))


def send_all(session: Session, store: Path, uploads: Sequence[files.Upload], source: Source, sent: Sent, *, county: Area, actor: Actor,
             now: datetime, today: date) -> tuple[list[Delivery], list[str]]:
    """Send several sheets at once; return those that were taken, and in words the files that were not and why."""
    if len(uploads) > MOST_AT_ONCE:
        raise Invalid({"file": f"一次最多报送{MOST_AT_ONCE}个文件，请分几次报送。"})
    taken, left = [], []
    for upload in uploads or [files.Upload("", b"")]:
        try:
            taken.append(send(session, store, upload, source, sent, county=county, actor=actor, now=now, today=today))
        except Invalid as refused:
            if set(refused.problems) != {"file"}:
                raise
            left.append(f"{upload.name}：{refused.problems['file']}" if len(uploads) > 1 else refused.problems["file"])
    if not taken:
        raise Invalid({"file": "".join(left)})
    return taken, left


def send(session: Session, store: Path, upload: files.Upload, source: Source, sent: Sent, *, county: Area, actor: Actor,
         now: datetime, today: date) -> Delivery:
    """Keep a department's sheet, encrypted under its digest, and owe its reading; the same sheet is taken once."""
    _judge(upload, sent, today=today)
    digest = crypto.digest(upload.content)
    row = Delivery(
        department=actor.department, area_path=county.path, source=source.name, table=source.table, source_title=source.title,
        version=source.version, kinds=list(source.kinds), file_digest=digest, file_name=upload.name[:120], as_of=sent.as_of,
        covers_from=sent.covers_from, complete=sent.complete, register_scope=sent.register_scope.strip()[:120],
        contact=sent.contact.strip()[:60], sent_by=actor.name, sent_by_id=actor.user_id, sent_at=now)
    doing.permit(session, Action.EXCHANGE_DELIVER, actor=actor, subject=row)
    # Which table a sheet is shows only when it is read: until then the same bytes are the same sheet.
    alike = or_(not source.name, Delivery.source == "", (Delivery.source == row.source) & (Delivery.table == row.table))
    earlier = session.scalar(select(Delivery).where(
        Delivery.department == row.department, Delivery.file_digest == digest, alike, Delivery.as_of == row.as_of, Delivery.complete == row.complete,
        Delivery.state.in_(IN_HAND_OR_IN_FORCE)))
    if earlier is not None:
        raise Invalid({"file": f"这份表已经由{earlier.sent_by}报送过，不用再报。"})
    media = XLSX if upload.content.startswith(b"PK") else CSV
    stored = files.keep(session, store, upload.content, media_type=media, name=upload.name[:120] or "报送数据",
                        area_path=county.path, purpose=PURPOSE, household_id=None, actor=actor, now=now)
    row.file_id = stored.id
    session.add(row)
    doing.note(session, Action.EXCHANGE_DELIVER, actor=actor, now=now, subject=row,
               facts={"department": row.department, "table": source.title, "digest": digest})
    outbox.put(session, "delivery.read", {"delivery": row.id}, now=now)
    return row


def _judge(upload: files.Upload, sent: Sent, *, today: date) -> None:
    wrong = {}
    if not upload.content:
        wrong["file"] = "请选择要报送的表（xlsx或CSV）。"
    elif len(upload.content) > MOST_BYTES:
        wrong["file"] = "文件超过20MB，请拆成几份后再报送。"
    if sent.as_of > today:
        wrong["as_of"] = "数据截止日期不能晚于今天。"
    if sent.covers_from is not None and sent.covers_from > sent.as_of:
        wrong["covers_from"] = "起始日期不能晚于数据截止日期。"
    if not sent.register_scope.strip():
        wrong["register_scope"] = "请写明查询范围（如：本县登记范围）。"
    if wrong:
        raise Invalid(wrong)


def wait_for_confirmation(session: Session, delivery_id: int, words: Sequence[str], *, rows: int, now: datetime) -> None:
    """Let a sheet wait until its sender has confirmed what it holds unseen, or that it holds nothing; nothing of it is stored before."""
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(
        state=DeliveryState.CONFIRM, notices=list(words), rows=rows, done_at=now))


def confirm(session: Session, row: Delivery, *, actor: Actor, now: datetime) -> None:
    """Say that the sheet is meant as it is: now it is read to its end."""
    doing.permit(session, Action.EXCHANGE_DELIVER, actor=actor, subject=row)
    if row.state is not DeliveryState.CONFIRM:
        raise NotAllowedHere("这份数据没有要确认的内容。", action=Action.EXCHANGE_DELIVER.value, clause="附件1")
    row.state, row.done_at, row.confirmed_by, row.confirmed_at = DeliveryState.WAITING, None, actor.name, now
    doing.note(session, Action.EXCHANGE_DELIVER, actor=actor, now=now, subject=row,
               facts={"department": row.department, "table": row.source_title, "confirmed": "；".join(row.notices)[:400]})
    outbox.put(session, "delivery.read", {"delivery": row.id}, now=now)


def withdraw(session: Session, row: Delivery, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a delivery back: nothing that it said, and nothing that it cleared, counts any longer."""
    doing.permit(session, Action.EXCHANGE_DELIVER, actor=actor, subject=row)
    doing.filled(reason=reason)
    if row.state not in (DeliveryState.DONE, DeliveryState.CONFIRM):
        raise NotAllowedHere("只有已入库或待确认的数据可以撤回。", action=Action.EXCHANGE_DELIVER.value, clause="附件1")
    row.state, row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = DeliveryState.WITHDRAWN, actor.name, now, reason[:200]
    batches = select(Batch.id).where(Batch.delivery_id == row.id)
    session.execute(update(FactRow).where(FactRow.batch_id.in_(batches)).values(superseded=True))
    reopened = _unanswer(session, row, now=now)
    last_answers.forget_delivery(session, row.id)
    doing.note(session, Action.EXCHANGE_DELIVER, actor=actor, now=now, subject=row,
               facts={"department": row.department, "withdrawn": reason, "reopened": reopened})


def _unanswer(session: Session, row: Delivery, *, now: datetime) -> int:
    """Let every question whose present answer came of the delivery be unanswered again, and its inquiry unsigned and told why; other answers stay."""
    answered = session.execute(
        select(Question, Inquiry).join(Inquiry, Inquiry.id == Question.inquiry_id)
        .where(Question.delivery_id == row.id).options(selectinload(Inquiry.questions))).all()
    reopened: dict[int, int] = Counter(inquiry.id for _, inquiry in answered)
    for question, _ in answered:
        question.state, question.answer, question.reason = CheckState.UNAVAILABLE.value, "", WITHDRAWN
        question.as_of, question.later_due, question.delivery_id = None, None, None
    for inquiry in {inquiry.id: inquiry for _, inquiry in answered}.values():
        note = _told_officer(row, inquiry, reopened=reopened[inquiry.id])
        inquiry.signed_at, inquiry.signed_by, inquiry.signature_note = None, "", note
    for case_id in dict.fromkeys(inquiry.case_id for _, inquiry in answered):
        outbox.put(session, "county.screen", {"case": case_id}, now=now)
    return len(answered)


def _told_officer(row: Delivery, inquiry: Inquiry, *, reopened: int) -> str:
    """Say on the officer's page what is open again, what stays answered, and whose signature has to be given anew."""
    words = f"{row.withdrawn_by}撤回了数据截至{row.as_of:%Y年%-m月%-d日}的“{row.source_title}”：由它得出的{reopened}项要重新答复"
    kept = len(inquiry.questions) - reopened
    words += f"，其余{kept}项答复保留。" if kept else "。"
    if inquiry.signed_at is not None:
        words += f"{inquiry.signed_by}{legal_date(inquiry.signed_at):%Y年%-m月%-d日}的签字没有包括这些答复，补答后请再签字。"
    return words[:400]


def told_for(session: Session, *, county_path: str) -> list[Told]:
    """List what the deliveries in force say of their coverage."""
    rows = session.execute(select(Delivery.kinds, Delivery.as_of, Delivery.complete & Delivery.whole).where(
        Delivery.area_path == county_path, Delivery.state == DeliveryState.DONE))
    return [Told(kind, as_of, complete) for kinds, as_of, complete in rows for kind in kinds]


def under_way(session: Session) -> list[UnderWay]:
    """List the deliveries in sight that wait or are read, each with how many sheets of any department come before it."""
    owed = session.execute(select(OutboxItem.payload, OutboxItem.state).where(
        OutboxItem.kind == "delivery.read", OutboxItem.state.in_(("waiting", "claimed"))).order_by(OutboxItem.due_at, OutboxItem.id))
    places = {payload["delivery"]: place for place, (payload, _) in enumerate(
        sorted(owed, key=lambda item: item.state != "claimed"))}
    rows = session.scalars(select(Delivery).where(Delivery.state.in_((DeliveryState.WAITING, DeliveryState.READING))))
    return sorted((UnderWay(row, places.get(row.id)) for row in rows),
                  key=lambda each: (each.place is None, each.place or 0, each.row.id))


def proofs_for(session: Session, *, county_path: str) -> list[Proof]:
    """List the deliveries in force that prove absence, each with the households now of those whose rows it did not take."""
    in_force = (Delivery.area_path == county_path, Delivery.state == DeliveryState.DONE, Delivery.complete, Delivery.whole)
    refused: dict[int, set[int]] = defaultdict(set)
    for delivery_id, household_id in session.execute(
            select(RefusedMember.delivery_id, Member.household_id).join(Member, Member.id == RefusedMember.member_id)
            .join(Delivery, Delivery.id == RefusedMember.delivery_id).where(*in_force)):
        refused[delivery_id].add(household_id)
    rows = session.execute(select(Delivery.id, Delivery.department, Delivery.kinds, Delivery.covers_from, Delivery.as_of).where(*in_force))
    return [Proof(number=row.id, department=row.department, kinds=frozenset(row.kinds), covers_from=row.covers_from,
                  as_of=row.as_of, refused=frozenset(refused[row.id])) for row in rows]


def file_of(session: Session, row: Delivery) -> StoredFile | None:
    """Return the sheet as it was sent."""
    return session.scalar(select(StoredFile).where(StoredFile.id == row.file_id))


def results_of(session: Session, department: str) -> Sequence[HouseholdFinding]:
    """List the warnings that a department's facts made, with what became of them."""
    return session.scalars(select(HouseholdFinding).where(HouseholdFinding.department == department)
                           .order_by(HouseholdFinding.id.desc())).all()


def refuse(session: Session, delivery_id: int, message: str, *, now: datetime) -> None:
    """Send a sheet back whole, with what its sender should do."""
    row = session.scalars(select(Delivery).where(Delivery.id == delivery_id)).one()
    row.state, row.refused, row.done_at = DeliveryState.REFUSED, message[:400], now
    audit.record(session, "delivery.refuse", actor="系统", now=now, stream=audit.SYSTEM_STREAM, object=row.ref,
                 area_path=row.area_path, facts={"department": row.department, "problem": message[:400]})
