"""The register in the national column order, as workbooks of text: with its number, who, when, why; by the worker, in parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin import audit, sheets
from fanpin.clock import legal_date
from fanpin.extensions import read_only
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.households import Household
from fanpin.models.register import EXPORT_NAMES, ExportBatch, ExportFile, ExportKind, ImportBatch
from fanpin.models.scoped import within
from fanpin.rules import national
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.national import NationalColumn
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import doing, files, outbox
from fanpin.steps.numbering import next_number
from fanpin.steps.register_record import AT_ONCE, OnRecord, on_record
from fanpin.steps.register_sheet import UNKNOWN

EXPORT, SPLIT = "register.export", "register.split"
# So many households have far fewer than the 50,000 rows that an import takes.
PER_FILE = 8000
CAUTION = "本表含个人信息，只用于上述用途，按规定保管，用后销毁。"


def request(session: Session, *, area: Area, kind: ExportKind, reason: str, for_signing: bool, actor: Actor, now: datetime,
            today: date) -> ExportBatch:
    """Give an export its number and owe it; one for signing is of the county's monitored households (六(一))."""
    batch = ExportBatch(area_id=area.id, area_path=area.path, kind=kind, reason=reason, for_signing=for_signing)
    doing.permit(session, Action.REGISTER_EXPORT, actor=actor, subject=batch)
    doing.filled(reason=reason)
    if for_signing and (kind is not ExportKind.MONITORED or area.kind is not AreaLevel.COUNTY):
        raise Invalid({"for_signing": "部门只核准监测对象的数据：请选全县、监测对象。"})
    batch.number = next_number(session, "导出", area.path, today.year)
    batch.created_at, batch.created_by, batch.created_by_id = now, actor.name, actor.user_id
    batch.households = session.scalar(select(func.count()).select_from(wanted(batch).subquery())) or 0
    session.add(batch)
    doing.note(session, Action.REGISTER_EXPORT, actor=actor, now=now, subject=batch,
               facts={"number": batch.number, "kind": kind.value, "area": area.name, "reason": reason,
                      "households": batch.households, "for_signing": for_signing})
    outbox.put(session, EXPORT, {"batch": batch.id, "place": 1, "after": 0}, now=now)
    return batch


def wanted(batch: ExportBatch) -> object:
    """Return the query for the ids of the households that the batch holds."""
    query = select(Household.id).where(within(Household.area_path, (batch.area_path,)), Household.departed_on.is_(None))
    included = select(Case.household_id).join(Determination, Determination.case_id == Case.id).where(
        Determination.procedure == Procedure.ENTERING, Determination.result == DeterminationResult.INCLUDED,
        Case.stage != Stage.COUNTY)
    if batch.kind is ExportKind.MONITORED:
        return query.where(Household.id.in_(included))
    return query.where(Household.lifted | Household.id.in_(included)) if batch.kind is ExportKind.LIFTED else query


class Jobs:
    """The worker's part of exports; the store is where files lie, `demo` marks what is invented."""

    def __init__(self, store: Path, *, demo: bool) -> None:
        self.store, self.demo = store, demo
        self.handlers: dict[str, outbox.Handler] = {EXPORT: self.export}

    def export(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Write one workbook, keep it together with the end of this item, and owe the next."""
        read_only(session)
        batch = session.scalars(select(ExportBatch).where(ExportBatch.id == payload["batch"])).one()
        area = doing.area_of(session, batch.area_id)
        query = wanted(batch).where(Household.id > payload["after"]).order_by(Household.id).limit(PER_FILE)
        numbers = list(session.scalars(query))
        unknown = _unknown(session, batch)
        writing = _Writing(session, numbers, [*national.columns()], unknown)
        content = sheets.write(writing.columns, writing.rows(), sheet="农户表", above=self._above(batch, area, int(payload["place"])))
        session.rollback()
        batch = session.scalars(select(ExportBatch).where(ExportBatch.id == payload["batch"])).one()
        self._keep(session, batch, area, int(payload["place"]), content, numbers, writing.persons, now=now)

    def _above(self, batch: ExportBatch, area: Area, place: int) -> list[str]:
        mark = "【演示数据，人员均为虚构】" if self.demo else ""
        return [f"{mark}{area.name}{batch.kind.title} 第{place}份 {batch.number} 导出人：{batch.created_by} "
                f"{legal_date(batch.created_at):%Y-%m-%d} 用途：{batch.reason}。{CAUTION}"]

    def _keep(self, session: Session, batch: ExportBatch, area: Area, place: int, content: bytes, numbers: Sequence[int],
              persons: int, *, now: datetime) -> None:
        file = files.keep(session, self.store, content, media_type=sheets.XLSX, name=f"{area.name}{EXPORT_NAMES[batch.kind]}-{place}.xlsx",
                          area_path=batch.area_path, purpose=f"导出 {batch.number}"[:60], household_id=None, actor="导出", now=now)
        session.add(ExportFile(batch_id=batch.id, area_path=batch.area_path, place=place, file_id=file.id,
                               households=len(numbers), persons=persons))
        batch.done, batch.persons = batch.done + len(numbers), batch.persons + persons
        if len(numbers) == PER_FILE:
            outbox.put(session, EXPORT, {"batch": batch.id, "place": place + 1, "after": numbers[-1]}, now=now)
            return
        batch.households, batch.finished_at = batch.done, now
        audit.record(session, "register.exported", actor="导出", now=now, stream=audit.user_stream(batch.created_by_id),
                     object=batch.ref, area_path=batch.area_path,
                     facts={"number": batch.number, "households": batch.done, "persons": batch.persons, "files": place})
        if batch.for_signing:
            for department in dict.fromkeys(column.department for column in national.columns()):
                outbox.put(session, SPLIT, {"batch": batch.id, "department": department.value}, now=now)


def _unknown(session: Session, batch: ExportBatch) -> list[str]:
    """List the columns that imports brought and nobody knows: they go out again behind the others."""
    county = doing.ancestor(session, batch.area_path, AreaLevel.COUNTY)
    brought = session.scalars(select(ImportBatch.unknown).where(within(ImportBatch.area_path, (county.path,)), ImportBatch.done > 0)
                              .order_by(ImportBatch.id))
    return list(dict.fromkeys(title for titles in brought for title in titles))


class _Writing:
    """The rows of some households, read five hundred at a time while they are written."""

    def __init__(self, session: Session, numbers: Sequence[int], columns: Sequence[NationalColumn], unknown: Sequence[str]) -> None:
        self.session, self.numbers, self.national, self.unknown, self.persons = session, numbers, columns, unknown, 0
        wide = {"id": 20, "certificate": 24, "account": 22}
        self.columns = [*(sheets.Column(column.title, wide.get(column.type, 12), column.as_text) for column in columns),
                        *(sheets.Column(title) for title in unknown)]

    def rows(self) -> Iterator[list[sheets.Cell]]:
        """Yield a row per person, the household's columns repeated."""
        for first in range(0, len(self.numbers), AT_ONCE):
            chunk = self.numbers[first:first + AT_ONCE]
            records = on_record(self.session, chunk)
            for number in chunk:
                yield from self._household(records[number])
            self.session.expunge_all()

    def _household(self, record: OnRecord) -> Iterable[list[sheets.Cell]]:
        shared = {**record.extra, **record.values}
        for person in record.people:
            self.persons += 1
            values = {**shared, **person.extra, **person.values}
            yield [*(cell_of(column, values.get(column.code, "")) for column in self.national),
                   *(values.get(UNKNOWN + title) for title in self.unknown)]


def cell_of(column: NationalColumn, text: str) -> sheets.Cell:
    """Return a value as the cell that reads back the same: amounts and counts as numbers, all else as text."""
    if not text or column.as_text:
        return text or None
    try:
        return float(text) if column.type != "int" else int(text)
    except ValueError:
        return text
