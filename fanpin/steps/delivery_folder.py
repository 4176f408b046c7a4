"""收表的文件夹 (附件1): sheets that a department lays into its folder are sent in the name of the officer who arranged it.

`exchange/<county's six digits>/<department>/` under the instance, often mounted for SFTP. A sheet is taken when nothing of it has changed
between two looks, or when `<name>.ok` says that it is whole; without that word it never counts as complete. It lies in
`taken/` until it is read, then in `done/` or `refused/` with a sentence beside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.adapters import inbox
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.inbox import Inbox
from fanpin.adapters.reading import SheetReading
from fanpin.clock import legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.adapters import AdapterPlan
from fanpin.models.deliveries import Delivery
from fanpin.rules.areas import AreaLevel
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.fetching import Folder
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapters, deliveries, delivery_adapter, delivery_fetch, doing, fetch_plans, files, outbox
from fanpin.steps.delivery_reading import Source
from fanpin.steps.delivery_retention import DAYS

AT_ONCE = 20
# Under this name the folder stands among the tables of an adapter.
FOLDER = "folder"
CLOSED = "文件夹不能读写，没有收表，请系统管理员核对目录权限"
ENDED = (DeliveryState.DONE, DeliveryState.REFUSED, DeliveryState.WITHDRAWN)


def place_of(session: Session, area_path: str, department: str) -> tuple[str, str]:
    """Return the county's six digits and the department: where the folder lies below `exchange`."""
    return doing.ancestor(session, area_path, AreaLevel.COUNTY).code12[:6], department


@dataclass(frozen=True)
class Found:
    """What a look into a folder found: sheets by name with their state; `closed` where it cannot be read or written."""

    area_path: str
    department: str
    ready: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False


@dataclass(frozen=True)
class Answering:
    """An arrangement whose officer is in office."""

    adapter: str
    folder: Folder
    actor: Actor

    def note(self, session: Session, words: str, *, now: datetime, delivery_id: int | None = None) -> None:
        """Keep what became of the folder's last sheet."""
        delivery_fetch.note(session, self.adapter, self.actor.department, FOLDER, self.actor.area_path, words, now=now,
                            delivery_id=delivery_id)


class Jobs:
    """What the worker does of it."""

    def __init__(self, store: Path, root: Path) -> None:
        self._store, self._root = store, root
        self._seen: dict[tuple[str, str, str], str] = {}

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {"delivery.folder": self.take}

    def look(self, session: Session) -> list[Found]:
        """Look into each folder; return what is to be done, with the state of each sheet that stood still since the last look."""
        found, seen = [], {}
        plans = session.scalars(select(AdapterPlan).where(AdapterPlan.folder != Folder.NONE, AdapterPlan.stopped == "")
                                .order_by(AdapterPlan.area_path, AdapterPlan.department)).all()
        for area_path, department in dict.fromkeys((row.area_path, row.department) for row in plans):
            county, name = place_of(session, area_path, department)
            try:
                with Inbox(self._root, county, name) as folder:
                    states = {sheet: folder.state(sheet) for sheet in folder.names()}
                    ready = {sheet: state for sheet, state in states.items()
                             if folder.is_whole(sheet) or self._seen.get((county, name, sheet)) == state}
                    waiting = bool(folder.names(inbox.TAKEN))
            except OSError:
                found.append(Found(area_path, department, closed=True))
                continue
            seen |= {(county, name, sheet): state for sheet, state in states.items()}
            if ready or waiting:
                found.append(Found(area_path, department, dict(list(ready.items())[:AT_ONCE])))
        self._seen = seen
        return found

    def owe(self, session: Session, found: Sequence[Found], *, now: datetime) -> None:
        """Owe what was found, and say on the department's page where its folder cannot be used."""
        for one in found:
            if one.closed:
                for plan in _answering(session, one.area_path, one.department, now=now)[0]:
                    plan.note(session, CLOSED, now=now)
            else:
                outbox.put_once(session, "delivery.folder", {
                    "area": one.area_path, "department": one.department, "ready": dict(one.ready)}, now=now)

    def take(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Send what stood still, and put away what was read; done twice, it comes to the same."""
        area_path, department = str(payload["area"]), str(payload["department"])
        ready: Mapping[str, str] = payload["ready"]  # type: ignore[assignment]
        read_only(session)
        place = place_of(session, area_path, department)
        with Inbox(self._root, *place) as folder:
            self._put_away(session, folder, department)
            answering, left = _answering(session, area_path, department, now=now)
            session.commit()
            if left:
                with writing(session):
                    for number, words in left.items():
                        session.execute(update(AdapterPlan).where(AdapterPlan.id == number).values(stopped=words))
            present = set(folder.names())
            # Where nobody answers for the folder, the sheets stay where they are.
            for name in [name for name, state in ready.items() if answering and name in present and folder.state(name) == state]:
                self._take(session, folder, name, answering, now=now)

    def forget(self, session: Session, *, now: datetime) -> int:
        """Delete what was put away as long ago as sheets are kept; their figures and sentences are on the pages."""
        gone, before = 0, (now - timedelta(days=DAYS)).timestamp()
        rows = session.execute(select(AdapterPlan.area_path, AdapterPlan.department).distinct()).all()
        for area_path, department in rows:
            with Inbox(self._root, *place_of(session, area_path, department)) as folder:
                gone += folder.forget(before)
        return gone

    def _take(self, session: Session, folder: Inbox, name: str, answering: Sequence[Answering], *, now: datetime) -> None:
        if problem := folder.problem(name, deliveries.MOST_BYTES):
            self._refuse(session, folder, name, answering[0], problem, now=now)
            return
        content, changed = folder.read(name, deliveries.MOST_BYTES)
        known = self._recognised(session, content, answering)
        if isinstance(known, str):
            self._refuse(session, folder, name, answering[0], known, now=now)
            return
        plan, source = known
        today = legal_date(now)
        sent = deliveries.Sent(
            as_of=min(legal_date(datetime.fromtimestamp(changed, UTC)), today), covers_from=None, register_scope=source.scope,
            complete=folder.is_whole(name) and plan.folder is Folder.WHOLE, contact=plan.actor.name)
        try:
            number, ref = self._send(session, files.Upload(name, content), source, sent, actor=plan.actor, now=now)
        except Invalid as refused:
            self._refuse(session, folder, name, plan, "；".join(refused.problems.values()), now=now)
            return
        with writing(session):
            plan.note(session, f"收到“{name}”，已报送", now=now, delivery_id=number)
        folder.move(name, inbox.TAKEN, f"{ref}--{name}")

    def _refuse(self, session: Session, folder: Inbox, name: str, plan: Answering, problem: str, *, now: datetime) -> None:
        folder.move(name, inbox.REFUSED, name, words=problem)
        with writing(session):
            plan.note(session, f"退回“{name}”：{problem}", now=now)

    def _recognised(self, session: Session, content: bytes, answering: Sequence[Answering]) -> tuple[Answering, Source] | str:
        """Say which adapter's table a sheet is, or in one sentence why it is nobody's."""
        refused = "没有可用的接口，请联系系统管理员"
        for plan in answering:
            read_only(session)
            try:
                manifest = adapters.release_named(session, plan.adapter).declared
            except NotAllowedHere:
                continue
            finally:
                session.commit()
            try:
                with SheetReading(content, manifest.tables) as reading:
                    opened = reading.opened
            except AdapterFailed as failed:
                refused = failed.failure.text
                continue
            if not opened.refused:
                return plan, next(one for one in delivery_adapter.sources(manifest) if one.table == opened.table)
            refused = opened.refused
        return refused

    def _send(self, session: Session, upload: files.Upload, source: Source, sent: deliveries.Sent, *, actor: Actor,
              now: datetime) -> tuple[int, str]:
        """Send a sheet and return its delivery's number and reference; one that was sent before keeps its own."""
        try:
            with writing(session):
                row = deliveries.send(session, self._store, upload, source, sent, actor=actor, now=now, today=legal_date(now),
                                      county=doing.ancestor(session, actor.area_path, AreaLevel.COUNTY))
                session.flush()
                return row.id, row.ref
        except Invalid:
            read_only(session)
            # A worker that was killed between sending and moving finds its own delivery again.
            earlier = session.execute(select(Delivery.id, Delivery.ref).where(
                Delivery.department == actor.department, Delivery.file_digest == crypto.digest(upload.content),
                Delivery.state.in_(deliveries.IN_HAND_OR_IN_FORCE)).order_by(Delivery.id).limit(1)).first()
            session.commit()
            if earlier is None:
                raise
            return earlier.id, earlier.ref

    def _put_away(self, session: Session, folder: Inbox, department: str) -> None:
        names = folder.names(inbox.TAKEN)
        rows = {row.ref: row for row in session.scalars(select(Delivery).where(
            Delivery.department == department, Delivery.ref.in_([name.partition("--")[0] for name in names])))}
        for name in names:
            ref, _, own = name.partition("--")
            row = rows.get(ref)
            if row is not None and row.state in ENDED:
                done = row.state is DeliveryState.DONE
                folder.move(name, inbox.DONE if done else inbox.REFUSED, own, source=inbox.TAKEN, words=_words(row))


def _answering(session: Session, area_path: str, department: str, *, now: datetime) -> tuple[list[Answering], dict[int, str]]:
    """Return who answers for a folder, and the plans of those who have left, each with its sentence."""
    found, left = [], {}
    for row in session.scalars(select(AdapterPlan).where(
            AdapterPlan.area_path == area_path, AdapterPlan.department == department, AdapterPlan.folder != Folder.NONE,
            AdapterPlan.stopped == "").order_by(AdapterPlan.id)).all():
        actor = delivery_fetch.in_office(session, row.set_by_id, department, area_path, today=legal_date(now))
        if actor is None:
            left[row.id] = fetch_plans.LEFT.format(row.set_by)
        else:
            found.append(Answering(row.adapter, row.folder, actor))
    return found, left


def _words(row: Delivery) -> str:
    if row.state is DeliveryState.REFUSED:
        return row.refused
    if row.state is DeliveryState.WITHDRAWN:
        return f"{row.withdrawn_by}已撤回：{row.withdrawn_reason}"
    mend = f"，退回{row.wrong}行，请登录平台在“报送数据”里下载退回的行" if row.wrong else ""
    return f"“{row.source_title}”已入库：{row.rows}行，匹配{row.matched}行，待县级核对{row.queued}行{mend}（批次{row.ref}）"
