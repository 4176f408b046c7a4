"""附件1 录入、标注: the sheets for the national system, in the column order that the outlet knows; made by the worker."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit, sheets
from fanpin.adapters.delivering import deliver
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.parcels import Errand, Item, Parcel
from fanpin.clock import legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.areas import Area
from fanpin.models.national import NationalSheet, NationalTask, SheetState, TaskState
from fanpin.models.scoped import within
from fanpin.rules import national
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_health, adapters, doing, files, outbox, outlets
from fanpin.steps.national_tasks import refresh
from fanpin.steps.numbering import next_number
from fanpin.steps.register_record import OnRecord, on_record

SHEET = "national.sheet"
ERRANDS = (Errand.ENTER, Errand.MARK, Errand.CHANGE)
MOST_HOUSEHOLDS = 2000
CLAUSE = "附件1"
WIDE = 14


def ask(session: Session, area: Area, *, actor: Actor, now: datetime, today: date) -> list[NationalSheet]:
    """Find what is to be done there, and owe a sheet for each kind of it."""
    doing.permit(session, Action.REGISTER_EXPORT, actor=actor, subject=NationalSheet(area_path=area.path))
    refresh(session, area, by=actor.name, today=today)
    made = [sheet for errand in ERRANDS if (sheet := _sheet(session, area, errand, actor=actor, now=now, today=today)) is not None]
    if not made:
        raise Invalid("现在没有要录入、标注或更正的农户。")
    return made


def _sheet(session: Session, area: Area, errand: Errand, *, actor: Actor, now: datetime, today: date) -> NationalSheet | None:
    # Whoever stands on no sheet yet comes first.
    tasks = list(session.scalars(select(NationalTask).where(
        NationalTask.state == TaskState.OPEN, NationalTask.errand == errand, within(NationalTask.area_path, (area.path,)))
        .order_by(NationalTask.sheet_id.is_not(None), NationalTask.id).limit(MOST_HOUSEHOLDS)))
    if not tasks:
        return None
    release = outlets.outlet_for(session, errand)
    if release is None:
        raise NotAllowedHere("没有安装全国系统的报送出口，不能生成表格，请联系系统管理员。", action=Action.REGISTER_EXPORT.value, clause=CLAUSE)
    sheet = NationalSheet(
        area_id=area.id, area_path=area.path, errand=errand, number=next_number(session, "全国系统", area.path, today.year),
        state=SheetState.MAKING, outlet=release.name, households=len(tasks), created_at=now, created_by=actor.name,
        created_by_id=actor.user_id)
    session.add(sheet)
    doing.note(session, Action.REGISTER_EXPORT, actor=actor, now=now, subject=sheet,
               facts={"number": sheet.number, "kind": errand.value, "area": area.name, "reason": errand.title, "households": len(tasks)})
    for task in tasks:
        task.sheet_id = sheet.id
    outbox.put(session, SHEET, {"sheet": sheet.id}, now=now)
    return sheet


class Jobs:
    """The worker's part; the store is where files lie, `demo` marks what is invented."""

    def __init__(self, store: Path, *, demo: bool) -> None:
        self.store, self.demo = store, demo
        self.handlers: dict[str, outbox.Handler] = {SHEET: self.make}

    def make(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Let the outlet lay out every household, and keep the workbook; a household in it twice changes nothing."""
        read_only(session)
        sheet = session.get_one(NationalSheet, payload["sheet"])
        if sheet.state is not SheetState.MAKING:
            session.commit()
            return
        release = outlets.outlet_for(session, sheet.errand)
        numbers = list(session.scalars(select(NationalTask.household_id).where(
            NationalTask.sheet_id == sheet.id, NationalTask.state == TaskState.OPEN).order_by(NationalTask.id)))
        items = [_item(record, sheet.errand, legal_date(now)) for record in on_record(session, numbers).values()]
        if release is None or not items:
            self._refuse(session, sheet, "报送出口已卸载，或这些农户已经核对完，请重新生成。")
            return
        county = doing.ancestor(session, sheet.area_path, AreaLevel.COUNTY)
        settings = adapters.settings_of(session, release.declared, county.path)
        try:
            parcels = adapter_health.call(
                session, release, lambda installed, manifest: deliver(installed, manifest, items, settings=settings),
                area_path=sheet.area_path, actor=sheet.created_by, now=now)
            content = _workbook(parcels, sheet.errand)
        except (AdapterFailed, NotAllowedHere, Invalid) as refused:
            self._refuse(session, sheet, str(refused))
            return
        session.commit()
        with writing(session):
            self._keep(session, sheet, content, len(items), sum(len(item.rows) for item in items), now)

    def _refuse(self, session: Session, sheet: NationalSheet, why: str) -> None:
        session.commit()
        with writing(session):
            sheet.state, sheet.problem = SheetState.FAILED, why[:300]

    def _keep(self, session: Session, sheet: NationalSheet, content: bytes, households: int, persons: int, now: datetime) -> None:
        mark = "演示数据-" if self.demo else ""
        file = files.keep(session, self.store, content, media_type=sheets.XLSX, name=f"{mark}{sheet.errand.title}-{households}户.xlsx",
                          area_path=sheet.area_path, purpose=f"导出 {sheet.number}"[:60], household_id=None, actor="导出", now=now)
        sheet.state, sheet.file_id, sheet.households, sheet.persons = SheetState.READY, file.id, households, persons
        audit.record(session, "register.exported", actor="导出", now=now, stream=audit.user_stream(sheet.created_by_id), object=sheet.ref,
                     area_path=sheet.area_path,
                     facts={"number": sheet.number, "households": households, "persons": persons, "files": 1})


def _item(record: OnRecord, errand: Errand, today: date) -> Item:
    """Return a household by the codes of the national table; one to be marked says since when, if nobody said before."""
    values = _known(record.extra | record.values)
    if errand is Errand.MARK:
        values = {"eliminated_on": f"{today:%Y%m}"} | values
    return Item(errand=errand, values=values, rows=tuple(_known(person.extra | person.values) for person in record.people))


def _known(values: Mapping[str, str]) -> dict[str, str]:
    return {code: value for code, value in values.items() if code in national.by_code()}


def _workbook(parcels: Sequence[Parcel], errand: Errand) -> bytes:
    headings = {parcel.headings for parcel in parcels}
    if len(headings) != 1 or not all(parcel.rows for parcel in parcels):
        raise Invalid("报送出口给各户的列不一致或没有给出表，请联系开发人员。")
    columns = [sheets.Column(title, WIDE) for title in headings.pop()]
    return sheets.write(columns, _rows(parcels), sheet=errand.title)


def _rows(parcels: Iterable[Parcel]) -> Iterable[Sequence[str]]:
    for parcel in parcels:
        yield from parcel.rows
