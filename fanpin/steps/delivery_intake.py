"""The worker reads a delivery: whom each row is about, what is stored, what waits in the queue, what is only counted.

Reading and matching write nothing but the progress; everything else is one transaction at the end. A worker that is
killed before it leaves nothing behind but a Parquet file that its heir replaces by the same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.adapters.contract import Fact
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.manifest import Manifest
from fanpin.clock import legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.county import Batch, CoverageRow
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.households import Member
from fanpin.models.users import Grant
from fanpin.rules.areas import AreaLevel
from fanpin.rules.deliveries import DeliveryState, UnmatchedReason
from fanpin.rules.duty_kinds import Basis, SubjectKind
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.refusals import NotAllowedHere, NotFound
from fanpin.rules.roles import Actor, Role
from fanpin.screening.county import ScreeningFailed
from fanpin.sheets import SheetRefused
from fanpin.steps import (
    adapter_health, adapters, deliveries, delivery_adapter, delivery_template, doing, fact_store, files, matching, outbox,
)
from fanpin.steps.delivered_facts import Stored, bulk_fact, fact_row, households_in_hand, keep_in_sql, kept_whole, plain, stored
from fanpin.steps.delivery_questions import answer_all, open_questions
from fanpin.steps.delivery_reading import Keys, Reading, ReadRow, Trouble
from fanpin.steps.matching import Found, Matched
from fanpin.steps.unmatched import facts_of

# So many chunks are matched between two words about the progress.
BETWEEN_WORDS = 4
MOST_TOLD = 2000


@dataclass
class Sorted:
    """Where the rows of a delivery have gone so far."""

    stored: list[Stored] = field(default_factory=list)
    queue: list[tuple[ReadRow, Matched, tuple[Fact, ...]]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    matched: int = 0
    whom: dict[int, Found] = field(default_factory=dict)


class Intake:
    """Reads what departments have sent."""

    def __init__(self, store: Path) -> None:
        self.store = store

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {"delivery.read": self.handle, "delivery.matched": self.matched, "delivery.forget": self.forget}

    def handle(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Read one delivery to its end; run again, it comes to the same."""
        read_only(session)
        row = session.scalars(select(Delivery).where(Delivery.id == payload["delivery"])).one()
        if row.state not in (DeliveryState.WAITING, DeliveryState.READING):
            return
        file = deliveries.file_of(session, row)
        actor = officer_of(session, row, today=legal_date(now))
        county_id = doing.ancestor(session, row.area_path, AreaLevel.COUNTY).id
        as_of, path, department, delivery_id, ref = row.as_of, row.area_path, row.department, row.id, row.ref
        confirmed = row.confirmed_at is not None
        session.commit()
        if actor is None or file is None:
            self._refuse(session, delivery_id, "报送人已不在本部门岗位，数据没有入库，请在岗的核查员重新报送。", now=now)
            return
        try:
            reading = self._read(session, delivery_id, files.content_of(self.store, file), now=now)
        except (SheetRefused, NotAllowedHere, NotFound) as refusal:
            self._refuse(session, delivery_id, refusal.message, now=now)
            return
        except AdapterFailed as failed:
            self._refuse(session, delivery_id, failed.failure.text, now=now)
            return
        if reading.confirm and not confirmed:
            session.rollback()
            deliveries.wait_for_confirmation(session, delivery_id, reading.confirm, rows=reading.total, now=now)
            return
        with writing(session):
            session.execute(update(Delivery).where(Delivery.id == delivery_id).values(
                state=DeliveryState.READING, rows=reading.total, rows_read=0))
        done = self._sort(session, reading, county_path=path, department=department, as_of=as_of, delivery_id=delivery_id)
        if done.stored:
            households = (item.bulk for item in done.stored if item.household_id is not None)
            try:
                fact_store.keep(self.store, households, area_id=county_id, delivery=ref)
            except ScreeningFailed:
                self._refuse(session, delivery_id, "系统没有存成这份数据，没有入库，请稍后重新报送；再次发生请联系系统管理员。", now=now)
                return
        self._finish(session, delivery_id, reading, done, actor=actor, now=now)

    def _read(self, session: Session, delivery_id: int, content: bytes, *, now: datetime) -> Reading:
        """Read by our own form of a kind, or by the department's adapter, whose health is kept."""
        row = session.scalars(select(Delivery).where(Delivery.id == delivery_id)).one()
        as_of, table, path = row.as_of, row.table, row.area_path
        if row.source == delivery_template.NAME:
            session.commit()
            return delivery_template.read(content, as_of, kind_code=table)
        release = adapters.release_named(session, row.source)
        settings = adapters.settings_of(session, release.declared, path)
        row.release_id, row.version = release.id, release.version

        def act(installed: Installed, manifest: Manifest) -> Reading:
            return delivery_adapter.read(content, as_of, installed=installed, manifest=manifest, table=table, settings=settings)

        return adapter_health.call(session, release, act, area_path=path, actor=row.sent_by, now=now)

    def _refuse(self, session: Session, delivery_id: int, message: str, *, now: datetime) -> None:
        session.rollback()
        deliveries.refuse(session, delivery_id, message, now=now)

    def _sort(self, session: Session, reading: Reading, *, county_path: str, department: str, as_of: date, delivery_id: int) -> Sorted:
        done = Sorted(troubles=list(reading.troubles))
        for number, chunk in enumerate(matching.chunks(reading.rows), 1):
            read_only(session)
            found = find(session, chunk, county_path=county_path)
            villages = matching.villages_of(session, [row.keys.village for row in chunk if _of_village(row)], county_path=county_path)
            session.commit()
            done.whom.update({number: each.found for number, each in found.items() if each.found is not None})
            for row in chunk:
                if _of_village(row):
                    area = villages.get(row.keys.village)
                    if area is None:
                        done.troubles.append(Trouble(row.number, "行政村", "本县没有这个行政村（或有重名），请填写12位代码"))
                    else:
                        done.matched += 1
                        done.stored += [Stored(fact, bulk_fact(fact, fact_store.subject_number("v", area.id), department, as_of,
                                                           delivery_id), area.path, None, None) for fact in row.facts]
                else:
                    _place(row, found[row.number], done, department=department, as_of=as_of, delivery_id=delivery_id)
            if number % BETWEEN_WORDS == 0:
                with writing(session):
                    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(
                        rows_read=min(reading.total, number * matching.CHUNK)))
        return done

    def _finish(self, session: Session, delivery_id: int, reading: Reading, done: Sorted, *, actor: Actor, now: datetime) -> None:
        """Write everything at once; whoever comes second finds the delivery done and writes nothing."""
        taken = session.execute(update(Delivery).where(
            Delivery.id == delivery_id, Delivery.state == DeliveryState.READING).values(state=DeliveryState.DONE, done_at=now))
        if taken.rowcount == 0:
            return
        row = session.scalars(select(Delivery).where(Delivery.id == delivery_id).execution_options(populate_existing=True)).one()
        row.whole = reading.whole
        batch = Batch(department=row.department, area_path=row.area_path, transport="sheet", as_of=row.as_of,
                      digest=row.file_digest, rows=reading.total, received_at=now, received_from=actor.name, delivery_id=row.id)
        session.add(batch)
        session.flush()
        session.add_all(CoverageRow(
            department=row.department, area_path=row.area_path, batch_id=batch.id, kind=kind, register_scope=row.register_scope,
            covers_from=row.covers_from, covers_to=row.as_of, complete=row.proves_absence, digest=row.file_digest) for kind in row.kinds)
        row.queued, row.repeated = _write_queue(session, row, done.queue)
        _write_facts(session, row, batch, done.stored, now=now)
        row.answered, kept_out, unasked, differing = self._answer(session, row, reading, done, actor=actor, now=now)
        row.quarantined = unasked + kept_out
        troubles = done.troubles + [Trouble(number, "姓名", "与被查询人的登记姓名不一致，没有采用，请人工核实")
                                    for number in differing]
        row.rows_read, row.matched, row.wrong = reading.total, done.matched, len({trouble.row for trouble in troubles})
        row.problems = [[str(trouble.row), trouble.column, trouble.reason] for trouble in troubles[:MOST_TOLD]]
        row.notices = [*(f"报送人已确认：{words}" for words in reading.confirm), *reading.notices]
        if row.complete and not row.whole:
            row.notices = [*row.notices, "有退回的行（认不出是谁，或没有读成）：这份表不能证明“没有”，不在表里的人不算“未查到”，已有预警也不因此消除，请更正后重新报送"]
        if row.quarantined:
            row.notices = [*row.notices, "含有没有询问过的授权类信息：只计数，没有保存，原表也不再保留"]
            outbox.put(session, "delivery.forget", {"delivery": row.id}, now=now)
        audit.record(session, "delivery.accept", actor=actor, now=now, stream=audit.SYSTEM_STREAM, object=row.ref,
                     area_path=row.area_path, facts={
                         "department": row.department, "rows": reading.total, "matched": row.matched, "queued": row.queued,
                         "wrong": row.wrong, "answered": row.answered, "quarantined": row.quarantined})

    def _answer(self, session: Session, row: Delivery, reading: Reading, done: Sorted, *, actor: Actor,
                now: datetime) -> tuple[int, int, int, list[int]]:
        """Answer open questions; return how many, how many were kept out, how many unasked, and rows of other names."""
        asked = open_questions(session, row.department, row.kinds, county_path=row.area_path)
        unasked, differing = 0, []
        for item in reading.rows:
            taken, wrong = asked.take(item, done.whom.get(item.number))
            unasked += sum(kind_of(fact.kind).basis is Basis.CONSENT and fact.kind not in taken for fact in item.facts)
            differing += [item.number] if wrong else []
        given, kept_out = answer_all(session, row, asked, whole=reading.whole, actor=actor, now=now, today=legal_date(now))
        return given, kept_out, unasked, differing

    def matched(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Put what a row said that was matched by hand among the county's facts."""
        read_only(session)
        row = session.scalars(select(UnmatchedRow).where(UnmatchedRow.id == payload["row"])).one()
        delivery = session.scalars(select(Delivery).where(Delivery.id == row.delivery_id)).one()
        member = session.scalars(select(Member).where(Member.id == row.member_id)).one()
        found = Found(member.id, member.household_id, member.name, member.area_path)
        items = [stored(fact, found, department=row.department, as_of=delivery.as_of, batch=delivery.id) for fact in facts_of(row)]
        county_id = doing.ancestor(session, row.area_path, AreaLevel.COUNTY).id
        name = f"{delivery.ref}-{row.ref}"
        session.commit()
        fact_store.keep(self.store, (item.bulk for item in items), area_id=county_id, delivery=name)

    def forget(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Delete a sheet that held what nobody had asked for."""
        row = session.scalars(select(Delivery).where(Delivery.id == payload["delivery"])).one()
        file = deliveries.file_of(session, row)
        if file is not None:
            files.erase(self.store, file)


def find(session: Session, rows: Sequence[ReadRow], *, county_path: str) -> dict[int, Matched]:
    """Say of each row whom it is about, in at most three statements."""
    numbers = matching.by_number(session, {row.keys.id_number for row in rows}, county_path=county_path)
    unnumbered = {(row.keys.name, row.keys.village) for row in rows if not row.keys.id_number and row.keys.name}
    heads = matching.by_head_and_village(session, unnumbered, county_path=county_path) if unnumbered else {}
    return {row.number: _matched(row.keys, numbers, heads) for row in rows}


def _matched(keys: Keys, numbers: Mapping[str, Found], heads: Mapping[tuple[str, str], Found]) -> Matched:
    if keys.id_number:
        return matching.judge(numbers.get(keys.id_number), keys.name)
    found = heads.get((keys.name, keys.village))
    return Matched(found, None if found else UnmatchedReason.NO_HOUSEHOLD)


def officer_of(session: Session, row: Delivery, *, today: date) -> Actor | None:
    """Return the sender as still in office for that department and county, or None."""
    grants = session.scalars(select(Grant).where(
        Grant.user_id == row.sent_by_id, Grant.role == Role.DEPARTMENT_OFFICER, Grant.department == row.department,
        Grant.revoked_at.is_(None), Grant.valid_from <= today)).all()
    fitting = [grant for grant in grants if (grant.valid_to is None or grant.valid_to >= today) and grant.area.path == row.area_path]
    return fitting[0].actor() if fitting and fitting[0].user.usable_on(today) else None


def _of_village(row: ReadRow) -> bool:
    return any(kind_of(fact.kind).subject is SubjectKind.VILLAGE for fact in row.facts)


def _place(row: ReadRow, matched: Matched, done: Sorted, *, department: str, as_of: date, delivery_id: int) -> None:
    """Store or queue the facts that 附件1 has departments provide; all others only answer questions."""
    facts = tuple(fact for fact in row.facts if kind_of(fact.kind).basis is Basis.DUTY)
    if not facts:
        done.matched += matched.found is not None and matched.reason is None
        return
    if matched.reason is not None or matched.found is None:
        done.queue.append((row, matched, facts))
        return
    done.matched += 1
    done.stored += [stored(fact, matched.found, department=department, as_of=as_of, batch=delivery_id) for fact in facts]


def _write_queue(session: Session, row: Delivery, queue: Sequence[tuple[ReadRow, Matched, tuple[Fact, ...]]]) -> tuple[int, int]:
    hashes = [_row_hash(row.department, item, facts) for item, _, facts in queue]
    known: set[bytes] = set()
    for chunk in matching.chunks(hashes):
        known |= {bytes(found) for found in session.scalars(select(UnmatchedRow.row_hash).where(
            UnmatchedRow.department == row.department, UnmatchedRow.row_hash.in_(chunk)))}
    fresh = 0
    for (item, matched, facts), digest in zip(queue, hashes, strict=True):
        if digest in known:
            continue
        known.add(digest)
        fresh += 1
        session.add(UnmatchedRow(
            department=row.department, area_path=row.area_path, delivery_id=row.id, row_number=item.number, row_hash=digest,
            reason=matched.reason, kind=facts[0].kind, name=item.keys.name or None, id_number=item.keys.id_number or None,
            village=item.keys.village[:80], member_id=matched.found.member_id if matched.found else None,
            facts=json.dumps([plain(fact) for fact in facts], ensure_ascii=False)))
    return fresh, len(queue) - fresh


def _row_hash(department: str, row: ReadRow, facts: Iterable[Fact]) -> bytes:
    told = json.dumps([department, row.keys.id_number, row.keys.name, row.keys.village, [plain(fact) for fact in facts]],
                      ensure_ascii=False, sort_keys=True)
    return crypto.blind_index(told, purpose="unmatched_row")


def _write_facts(session: Session, row: Delivery, batch: Batch, items: Sequence[Stored], *, now: datetime) -> None:
    """Write to SQL what a case or an open warning needs, and what villages are told of; the rest stays in Parquet."""
    needed = households_in_hand(session, county_path=row.area_path)
    chosen = {item.bulk.id: item for item in items if item.household_id is None or item.household_id in needed or kept_whole(item)}
    written = keep_in_sql(session, (fact_row(item, batch_id=batch.id, department=row.department, as_of=row.as_of)
                                    for item in chosen.values()))
    for household_id in sorted({chosen[number].household_id for number in written} - {None}):
        outbox.put(session, "screening.household", {"household": household_id}, now=now)
