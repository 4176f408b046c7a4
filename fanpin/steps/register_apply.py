"""What was accepted is written: files opened, fields changed, people added; nobody is taken off a register by a sheet."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.areas import Area
from fanpin.models.register import ChangeState, ImportBatch, ImportChange
from fanpin.rules.actions import Action
from fanpin.rules.members import Relation
from fanpin.rules.refusals import Invalid, Refusal
from fanpin.rules.roles import Actor
from fanpin.steps import doing, households, register
from fanpin.steps.register import HOUSEHOLDS, MEMBERS, NewHousehold
from fanpin.steps.register_compare import Compared, people_after
from fanpin.steps.register_record import OnRecord, on_record
from fanpin.steps.register_sheet import SheetHousehold, SheetPerson
from fanpin.steps.register_values import household_fields, person_of

CHANGED_MEANWHILE = "档案在比对后有人修改过，请重新导入这份表再比对"
GROUP_GONE = "比对时的村民小组已不存在，请重新导入这份表再比对"
PERSON_COLUMNS = ("name", "relation", "id_number", "id_index", "born_on", "sex", "ethnicity", "education", "schooling", "school",
                  "health", "labour", "work", "work_months", "disability_certificate", "insured", "extra")


def apply(session: Session, batch: ImportBatch, rows: Sequence[ImportChange], *, actor: Actor, now: datetime,
          today: date) -> None:
    """Write the households; one that cannot be written says why and stops none of the others."""
    stored = [(row, _household(row)) for row in rows]
    records = on_record(session, {row.household_id for row in rows if row.household_id is not None})
    groups = _groups(session, [sheet for _, (sheet, _) in stored])
    fresh = [(row, sheet, groups[sheet.key]) for row, (sheet, _) in stored if row.household_id is None]
    known = [(row, sheet, members) for row, (sheet, members) in stored if row.household_id is not None]
    _open(session, batch, fresh, actor=actor, now=now, today=today)
    _change(session, batch, known, records, actor=actor, now=now, today=today)


def _household(row: ImportChange) -> tuple[SheetHousehold, list[int | None]]:
    told = json.loads(row.household)
    sheet = SheetHousehold(str(row.id), told["place"], told["values"], told["told"], told["extra"],
                           [SheetPerson(**person) for person in told["people"]], {"group": told["group"]})
    return sheet, told["members"]


def _groups(session: Session, wanted: Sequence[SheetHousehold]) -> dict[str, Area | None]:
    numbers = {sheet.raw["group"] for sheet in wanted} - {None}
    found = {area.id: area for area in session.scalars(select(Area).where(Area.id.in_(numbers)))} if numbers else {}
    return {sheet.key: found.get(sheet.raw["group"]) for sheet in wanted}


def _open(session: Session, batch: ImportBatch, fresh: Sequence[tuple[ImportChange, SheetHousehold, Area | None]], *,
          actor: Actor, now: datetime, today: date) -> None:
    for row, _, group in fresh:
        if group is None:
            row.state, row.reason = ChangeState.FAILED, GROUP_GONE
    fresh = [one for one in fresh if one[2] is not None]
    if not fresh:
        return
    wanted = [_new_household(sheet, group) for _, sheet, group in fresh]
    try:
        with session.begin_nested():
            made = register.create_many(session, wanted, actor=actor, now=now, today=today, action=Action.REGISTER_ACCEPT,
                                        source=batch.name)
    except Refusal as refusal:
        if len(fresh) == 1:
            fresh[0][0].state, fresh[0][0].reason = ChangeState.FAILED, refusal.message[:400]
            return
        # Somebody among them cannot be written any more: each on its own, so that the others are.
        for one in fresh:
            _open(session, batch, [one], actor=actor, now=now, today=today)
        return
    for (row, _, _), opened in zip(fresh, made, strict=True):
        row.state, row.household_id = ChangeState.APPLIED, opened.id


def _new_household(sheet: SheetHousehold, group: Area) -> NewHousehold:
    fields = {"lifted": False} | household_fields(sheet.values)
    # What the procedure's records will tell one day is kept until they do.
    extra = sheet.extra | {code: value for code, value in sheet.told.items() if not code.startswith("head_") and code != "size"}
    return NewHousehold(
        group=group, people=tuple(person_of(person.values) for person in sheet.people), extra=_json(extra),
        people_extra=tuple(_json(person.extra) for person in sheet.people), **fields)


def _json(extra: Mapping[str, str]) -> str:
    return json.dumps(dict(extra), ensure_ascii=False, sort_keys=True) if extra else ""


def _change(session: Session, batch: ImportBatch, known: Sequence[tuple[ImportChange, SheetHousehold, list[int | None]]],
            records: Mapping[int, OnRecord], *, actor: Actor, now: datetime, today: date) -> None:
    writing = _Writing(session)
    entries = []
    for row, sheet, members in known:
        record = records.get(row.household_id or 0)
        try:
            doing.permit(session, Action.REGISTER_ACCEPT, actor=actor, subject=row)
            if record is None or record.digest != row.before:
                raise Invalid(CHANGED_MEANWHILE)
            added = writing.take(sheet, members, record, today)
        except Refusal as refusal:
            row.state, row.reason = ChangeState.FAILED, refusal.message[:400]
            continue
        row.state = ChangeState.APPLIED
        entries.append(audit.Entry(audit.household_stream(record.id), record.ref, record.area_path, {
            "what": "导入修改", "source": batch.name, "added": added,
            "changed": sorted({told["code"] for told in json.loads(row.differences) if told["written"]})}))
    writing.finish()
    if entries:
        audit.record_many(session, Action.REGISTER_ACCEPT.value, entries, actor=actor, now=now)


class _Writing:
    """Collects what is to be written of many households and writes it by three statements."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._households: list[dict[str, object]] = []
        self._members: list[dict[str, object]] = []
        self._added: list[dict[str, object]] = []

    def take(self, sheet: SheetHousehold, members: list[int | None], record: OnRecord, today: date) -> int:
        """Judge the household as it would be and put it to what is written; return how many people are new."""
        people = people_after(Compared(sheet, record, members=members), today)
        old, new = people[:len(record.people)], people[len(record.people):]
        register.refuse_known(self.session, new)
        extras = {number: person.extra for number, person in zip(members, sheet.people, strict=True) if number is not None}
        for person, columns in zip(record.people, old, strict=True):
            self._members.append({"member": person.id} | columns | {
                "extra": _json(person.extra | extras.get(person.id, {})) or None})
        fresh = [person for number, person in zip(members, sheet.people, strict=True) if number is None]
        for place, (person, columns) in enumerate(zip(fresh, new, strict=True), start=len(record.people)):
            self._added.append(columns | {"household_id": record.id, "area_path": record.area_path, "position": place,
                                          "extra": _json(person.extra) or None})
        head = next((str(columns["name"]) for columns in people if columns["relation"] is Relation.HEAD), "")
        self._households.append(self._fields(sheet, record) | {
            "number": record.id, "head_name": head, "head_initials": households.initials(head), "size": len(people)})
        return len(new)

    def _fields(self, sheet: SheetHousehold, record: OnRecord) -> dict[str, object]:
        fields: dict[str, object] = household_fields(record.values | sheet.values)
        told = {code: value for code, value in sheet.told.items()
                if code not in record.values and not code.startswith("head_") and code != "size"}
        return {"national_code": "", "hukou_place": "", "relocation_community": "", "address": None, "phone": None} | fields | {
            "extra": _json(record.extra | sheet.extra | told) or None}

    def finish(self) -> None:
        """Write."""
        connection = self.session.connection()
        if self._households:
            names = [name for name in self._households[0] if name != "number"]
            connection.execute(update(HOUSEHOLDS).where(HOUSEHOLDS.c.id == bindparam("number")).values(
                {name: bindparam(f"new_{name}") for name in names} | {"version": HOUSEHOLDS.c.version + 1}),
                [{"number": row["number"]} | {f"new_{name}": row[name] for name in names} for row in self._households])
        if self._members:
            connection.execute(update(MEMBERS).where(MEMBERS.c.id == bindparam("member")).values(
                {name: bindparam(f"new_{name}") for name in PERSON_COLUMNS}),
                [{"member": row["member"]} | {f"new_{name}": row[name] for name in PERSON_COLUMNS} for row in self._members])
        if self._added:
            connection.execute(insert(MEMBERS), self._added)
