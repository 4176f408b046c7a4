"""The worker reads a delivery: whom each row is about, what is stored, what waits in the queue, what is only counted.

Reading and placing write nothing but the progress and hold one part of the rows; everything else is one transaction at the
end. A worker that is killed before it leaves nothing behind but a Parquet file that its heir replaces by the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit
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
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.departments import Department
from fanpin.rules.refusals import NotAllowedHere, NotFound
from fanpin.rules.roles import Actor, Role
from fanpin.screening.county import ScreeningFailed
from fanpin.sheets import SheetRefused
from fanpin.steps import (
    adapter_health, adapters, deliveries, delivery_adapter, delivery_recognition, delivery_template, doing, fact_store, files, outbox,
)
from fanpin.steps.delivered_facts import stored
from fanpin.steps.delivery_draft import Draft, Spool
from fanpin.steps.delivery_placing import Ground, Placed, Placing
from fanpin.steps.delivery_questions import answer_all
from fanpin.steps.delivery_reading import Coming
from fanpin.steps.delivery_writing import Writing
from fanpin.steps.matching import Found
from fanpin.steps.unmatched import facts_of

NOT_KEPT = "系统没有存成这份数据，没有入库，请稍后重新报送；再次发生请联系系统管理员。"


class _ToConfirm(Exception):
    """The sheet holds something unseen: its sender must say first that it belongs to it."""

    def __init__(self, words: Sequence[str], rows: int) -> None:
        super().__init__()
        self.words, self.rows = words, rows


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
        if file is not None:
            # Looked at once more while a department's code runs: no transaction may be open then.
            session.expunge(file)
        session.commit()
        if actor is None or file is None:
            self._refuse(session, delivery_id, "报送人已不在本部门岗位，数据没有入库，请在岗的核查员重新报送。", now=now)
            return
        with Draft() as draft, Spool[Placed]() as spool:
            try:
                self._read(session, delivery_id, lambda: files.content_of(self.store, file), draft, confirmed=confirmed, now=now)
            except _ToConfirm as hidden:
                session.rollback()
                deliveries.wait_for_confirmation(session, delivery_id, hidden.words, rows=hidden.rows, now=now)
                return
            except (SheetRefused, NotAllowedHere, NotFound) as refusal:
                self._refuse(session, delivery_id, refusal.message, now=now)
                return
            except AdapterFailed as failed:
                self._refuse(session, delivery_id, failed.failure.text, now=now)
                return
            ground = Ground(county_path=path, department=department, as_of=as_of, delivery_id=delivery_id)
            placing = Placing(draft, spool, ground, draft.troubles)
            try:
                fact_store.keep(self.store, placing.facts(session), area_id=county_id, delivery=ref)
            except ScreeningFailed:
                self._refuse(session, delivery_id, NOT_KEPT, now=now)
                return
            self._finish(session, delivery_id, draft, spool, ground, matched=placing.matched, actor=actor, now=now)

    def _read(self, session: Session, delivery_id: int, load: Callable[[], bytes], draft: Draft, *, confirmed: bool,
              now: datetime) -> None:
        """Read by our own form of a kind, or by the department's adapter, whose health is kept."""
        row = session.scalars(select(Delivery).where(Delivery.id == delivery_id)).one()
        if not row.source:
            self._recognise(session, row, load)
        as_of, table, path = row.as_of, row.table, row.area_path

        def fill(coming: Coming) -> None:
            if coming.confirm and not confirmed:
                raise _ToConfirm(coming.confirm, coming.lines)
            self._say(session, delivery_id, 0, of=coming.lines)
            draft.fill(coming, lambda read: self._say(session, delivery_id, min(read, coming.lines), of=coming.lines))
            self._say(session, delivery_id, draft.total, of=draft.total)

        if row.source == delivery_template.NAME:
            session.commit()
            with delivery_template.reading(load(), as_of, kind_code=table) as coming:
                fill(coming)
            return
        release = adapters.release_named(session, row.source)
        settings = adapters.settings_of(session, release.declared, path)
        row.release_id, row.version = release.id, release.version

        def act(installed: Installed, manifest: Manifest) -> None:
            with delivery_adapter.reading(load(), as_of, installed=installed, manifest=manifest, table=table,
                                          settings=settings) as coming:
                fill(coming)

        adapter_health.call(session, release, act, area_path=path, actor=row.sent_by, now=now)

    def _recognise(self, session: Session, row: Delivery, load: Callable[[], bytes]) -> None:
        """Find out which table it is, where its sender left that to its header."""
        known = delivery_recognition.tables_for(session, Department(row.department))
        session.commit()
        source = delivery_recognition.recognised(load(), known)
        with writing(session):
            row.source, row.table, row.source_title = source.name, source.table, source.title
            row.version, row.kinds = source.version, list(source.kinds)

    def _say(self, session: Session, delivery_id: int, read: int, *, of: int) -> None:
        with writing(session):
            session.execute(update(Delivery).where(Delivery.id == delivery_id).values(
                state=DeliveryState.READING, rows=of, rows_read=read))

    def _refuse(self, session: Session, delivery_id: int, message: str, *, now: datetime) -> None:
        session.rollback()
        deliveries.refuse(session, delivery_id, message, now=now)

    def _finish(self, session: Session, delivery_id: int, draft: Draft, spool: Spool[Placed], ground: Ground, *, matched: int,
                actor: Actor, now: datetime) -> None:
        """Write everything at once; whoever comes second finds the delivery done and writes nothing."""
        taken = session.execute(update(Delivery).where(
            Delivery.id == delivery_id, Delivery.state == DeliveryState.READING).values(state=DeliveryState.DONE, done_at=now))
        if taken.rowcount == 0:
            return
        row = session.scalars(select(Delivery).where(Delivery.id == delivery_id).execution_options(populate_existing=True)).one()
        row.whole = draft.whole
        batch = Batch(department=row.department, area_path=row.area_path, transport="sheet", as_of=row.as_of,
                      digest=row.file_digest, rows=draft.total, received_at=now, received_from=actor.name, delivery_id=row.id)
        session.add(batch)
        session.flush()
        session.add_all(CoverageRow(
            department=row.department, area_path=row.area_path, batch_id=batch.id, kind=kind, register_scope=row.register_scope,
            covers_from=row.covers_from, covers_to=row.as_of, complete=row.proves_absence, digest=row.file_digest) for kind in row.kinds)
        written = Writing(session, row, batch, ground, draft.troubles)
        for group in spool.groups():
            written.take(group)
        written.finish(now=now)
        row.answered, kept_out = answer_all(session, row, written.asked, whole=draft.whole, actor=actor, now=now, today=legal_date(now))
        row.queued, row.repeated, row.quarantined = written.queued, written.repeated, written.unasked + kept_out
        row.rows_read, row.matched, row.wrong = draft.total, matched, draft.troubles.rows
        row.problems = [[str(trouble.row), trouble.column, trouble.reason] for trouble in draft.troubles.told]
        row.notices = [*draft.notices, *_warned(row, refused=written.refused)]
        if row.quarantined:
            outbox.put(session, "delivery.forget", {"delivery": row.id}, now=now)
        audit.record(session, "delivery.accept", actor=actor, now=now, stream=audit.SYSTEM_STREAM, object=row.ref,
                     area_path=row.area_path, facts={
                         "department": row.department, "rows": draft.total, "matched": row.matched, "queued": row.queued,
                         "wrong": row.wrong, "answered": row.answered, "quarantined": row.quarantined})

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


def _warned(row: Delivery, *, refused: int) -> Iterator[str]:
    """Say what the sheet does not prove, and what was not kept."""
    if row.complete and not row.whole:
        yield "有退回的行（认不出是谁，或没有读成）：这份表不能证明“没有”，不在表里的人不算“未查到”，已有预警也不因此消除，请更正后重新报送"
    elif row.complete and refused:
        yield f"有{refused}人的行没有采用（退回、姓名不一致或没有查到结果）：对这些人不作“没有”的结论，已有预警也不因此消除，请更正后重新报送"
    if row.quarantined:
        yield "含有没有询问过的授权类信息：只计数，没有保存，原表也不再保留"


def officer_of(session: Session, row: Delivery, *, today: date) -> Actor | None:
    """Return the sender as still in office for that department and county, or None."""
    grants = session.scalars(select(Grant).where(
        Grant.user_id == row.sent_by_id, Grant.role == Role.DEPARTMENT_OFFICER, Grant.department == row.department,
        Grant.revoked_at.is_(None), Grant.valid_from <= today)).all()
    fitting = [grant for grant in grants if (grant.valid_to is None or grant.valid_to >= today) and grant.area.path == row.area_path]
    return fitting[0].actor() if fitting and fitting[0].user.usable_on(today) else None
