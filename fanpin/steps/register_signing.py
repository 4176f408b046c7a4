"""Departments answer for their data (六(一)): the export split by column, screened, compared, questioned, signed."""

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.extensions import read_only
from fanpin.models.county import FactRow
from fanpin.models.households import Household
from fanpin.models.register import ColumnPart, ColumnQuestion, ExportBatch
from fanpin.rules import national
from fanpin.rules.actions import Action
from fanpin.rules.departments import Department
from fanpin.rules.national_compare import differing
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.steps import doing, outbox
from fanpin.steps.register_export import SPLIT, wanted
from fanpin.steps.register_record import AT_ONCE, OnRecord, on_record

STATEMENT = "经筛查、比对，本部门负责的数据真实、准确。"


@dataclass(frozen=True)
class PartRow:
    """One person of a department's part: who, where, and the department's own columns."""

    household: int
    path: str
    place: str
    head: str
    person: str
    number: str
    values: Mapping[str, str]


@outbox.handles(SPLIT)
def split(session: Session, payload: Mapping[str, object], now: datetime) -> None:
    """Cut one department's columns out of a batch, and hold its own facts against them."""
    read_only(session)
    batch = session.scalars(select(ExportBatch).where(ExportBatch.id == payload["batch"])).one()
    known = session.scalar(select(ColumnPart.id).where(ColumnPart.batch_id == batch.id,
                                                       ColumnPart.department == payload["department"]))
    department, area = Department(payload["department"]), doing.area_of(session, batch.area_id)
    columns = national.columns_of(department)
    numbers = list(session.scalars(wanted(batch).order_by(Household.id)))
    rows: list[PartRow] = []
    differences: list[dict[str, str | int]] = []
    for first in range(0, len(numbers), AT_ONCE):
        chunk = numbers[first:first + AT_ONCE]
        records = on_record(session, chunk)
        facts = _facts(session, chunk, department)
        for number in chunk:
            rows += _rows(records[number], [column.code for column in columns])
            differences += _differences(records[number], department, facts)
        session.expunge_all()
    session.rollback()
    if known is not None:
        return
    filled = {column.code: sum(column.code in row.values for row in rows) for column in columns}
    part = ColumnPart(
        batch_id=batch.id, area_path=batch.area_path, department=department.value, number=batch.number, area_name=area.name,
        columns=[column.code for column in columns], rows=len(rows), filled=filled, content=packed([vars(row) for row in rows]),
        differences=packed(differences), compared=len(differences), made_at=now)
    session.add(part)
    session.flush()
    audit.record(session, "register.split", actor="导出", now=now, stream=audit.user_stream(batch.created_by_id), object=part.ref,
                 area_path=part.area_path, facts={"department": department.value, "rows": len(rows), "differing": len(differences)})


def packed(told: object) -> str:
    """Return JSON as short text."""
    return base64.b64encode(zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())).decode()


def unpacked(text: str) -> list[dict]:
    """Return what `packed` took."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def _rows(record: OnRecord, codes: Sequence[str]) -> list[PartRow]:
    shared = {**record.extra, **record.values}
    place = "".join(record.values.get(code, "") for code in ("township", "village", "group"))
    rows = []
    for person in record.people:
        values = {**shared, **person.extra, **person.values}
        rows.append(PartRow(record.id, record.area_path, place, record.values.get("head_name", ""), person.values.get("name", ""),
                            person.values.get("id_number", ""), {code: values[code] for code in codes if values.get(code)}))
    return rows


def _facts(session: Session, numbers: Sequence[int], department: Department) -> dict[tuple[int, int | None], dict[str, set[str]]]:
    found: dict[tuple[int, int | None], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in session.execute(select(FactRow.household_id, FactRow.member_id, FactRow.kind, FactRow.value).where(
            FactRow.household_id.in_(numbers), FactRow.department == department.value, FactRow.superseded.is_(False),
            FactRow.ended.is_(None), FactRow.kin_id.is_(None))):
        found[row.household_id, row.member_id][row.kind].add(row.value)
        if row.member_id is not None:
            found[row.household_id, None][row.kind].add(row.value)
    return found


def _differences(record: OnRecord, department: Department,
                 facts: Mapping[tuple[int, int | None], Mapping[str, set[str]]]) -> list[dict[str, str | int]]:
    shared, found = {**record.extra, **record.values}, []
    told = {"household": record.id, "path": record.area_path, "head": record.values.get("head_name", "")}
    for column, text in differing(department, facts.get((record.id, None), {}), shared, of_person=False):
        found.append(told | {"person": "", "column": column, "ours": shared.get(column, ""), "text": text})
    for person in record.people:
        values = {**shared, **person.extra, **person.values}
        for column, text in differing(department, facts.get((record.id, person.id), {}), values, of_person=True):
            found.append(told | {"person": person.values.get("name", ""), "column": column, "ours": values.get(column, ""),
                                 "text": text})
    return found


def ask(session: Session, part: ColumnPart, *, household: int, person: str, column: str, text: str, actor: Actor,
        now: datetime) -> ColumnQuestion:
    """Raise a difference in the department's own columns as a question; it must be answered before the part is signed."""
    doing.permit(session, Action.REGISTER_SIGN, actor=actor, subject=part)
    doing.filled(text=text)
    if part.signed_at is not None:
        raise Invalid("这一批已经签字，不能再提疑问。")
    if column not in part.columns:
        raise Invalid({"column": "只能对本部门负责的列提出疑问。"})
    row = next((row for row in unpacked(part.content) if row["household"] == household and person in ("", row["person"])), None)
    if row is None:
        raise Invalid({"person": "这一批里没有这个人，请重新选择。"})
    known = session.scalar(select(ColumnQuestion).where(
        ColumnQuestion.part_id == part.id, ColumnQuestion.household_id == household, ColumnQuestion.person == person,
        ColumnQuestion.column == column))
    if known is not None:
        raise Invalid("这一项已经提过疑问。")
    question = ColumnQuestion(
        part_id=part.id, department=part.department, area_path=row["path"], household_id=household, head_name=row["head"],
        person=person, column=column, ours=row["values"].get(column), text=text[:300], asked_at=now, asked_by=actor.name)
    session.add(question)
    doing.note(session, Action.REGISTER_SIGN, actor=actor, now=now, subject=question,
               facts={"what": "提出疑问", "batch": part.number, "column": column, "person": person})
    return question


def answer(session: Session, question: ColumnQuestion, *, text: str, corrected: bool, actor: Actor, now: datetime) -> None:
    """Say what became of a department's question: corrected in the file, or right as it stands and why."""
    doing.permit(session, Action.REGISTER_ANSWER, actor=actor, subject=question)
    doing.filled(reply=text)
    if question.answered_at is not None:
        raise Invalid("这个疑问已经答复过。")
    question.answer, question.corrected, question.answered_at, question.answered_by = text[:300], corrected, now, actor.name
    doing.note(session, Action.REGISTER_ANSWER, actor=actor, now=now, subject=question,
               facts={"column": question.column, "corrected": corrected, "answer": question.answer})


def open_questions(session: Session, part: ColumnPart) -> int:
    """Count the questions of a part that nobody has answered."""
    return session.scalar(select(func.count()).select_from(ColumnQuestion).where(
        ColumnQuestion.part_id == part.id, ColumnQuestion.answered_at.is_(None))) or 0


def sign(session: Session, part: ColumnPart, *, statement: str, actor: Actor, now: datetime) -> None:
    """核准: the department answers for the truth and accuracy of its columns in this batch."""
    doing.permit(session, Action.REGISTER_SIGN, actor=actor, subject=part)
    doing.filled(statement=statement)
    if part.signed_at is not None:
        raise Invalid("这一批已经签字。")
    if open_questions(session, part):
        raise Invalid("还有提出的疑问没有答复，请等县、村答复后再签字。")
    part.signed_at, part.signed_by, part.statement = now, actor.name, statement[:300]
    doing.note(session, Action.REGISTER_SIGN, actor=actor, now=now, subject=part,
               facts={"what": "签字核准", "batch": part.number, "rows": part.rows, "statement": part.statement})
