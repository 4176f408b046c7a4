"""三(四) 政府救助平台, the worker's part: content made by the outlet, sent under a key, counted when the platform confirms."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from fanpin.adapters import connections
from fanpin.adapters.connections import Unconnected
from fanpin.adapters.delivering import deliver
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.parcels import Errand, Parcel
from fanpin.adapters.reach import Reach
from fanpin.adapters.sending import send
from fanpin.adapters.transports.http import Post, Receipt
from fanpin.adapters.transports.remote import Sent
from fanpin.clock import SHANGHAI, legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.adapters import AdapterRelease
from fanpin.models.notices import Notice, NoticePlace
from fanpin.models.postings import PlatformPosting, PostingState
from fanpin.models.types import new_ref
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_health, adapters, doing, files, outbox, outlets, posting, posting_content, publicity
from fanpin.steps.paper_values import Request
from fanpin.steps.posting_content import CODES, Told

MOST_TRIES = 6
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
ASK_AGAIN = timedelta(minutes=10)
PATIENCE = timedelta(days=3)
RECEIPT = "text/plain; charset=utf-8"
SENT_BY = "{}（系统发送）"
GONE = "提出发送的人已没有这个岗位，请由现任人员重新发送或自行发布。"
PAUSED = "平台连续出错，暂停发送"
UNSURE = "平台可能已经收到，请先到平台上查看，没有的再自行发布。"


@dataclass(frozen=True)
class Work:
    """One errand as the worker finds it."""

    place: NoticePlace
    notice: Notice
    release: AdapterRelease
    settings: Mapping[str, str]
    actor: Actor


class Jobs:
    """What the worker does; the store is where receipts lie, `jitter` spreads the tries of many counties."""

    def __init__(self, store: Path, reach: Reach = Reach(), *, jitter: Callable[[], float] = random.random) -> None:
        self._store, self._reach, self._jitter = store, reach, jitter

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {posting.PREPARE: self.prepare, posting.SEND: self.send, posting.WITHDRAW: self.withdraw}

    def prepare(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Let the outlet make what is posted, and keep it for the clerk's page."""
        read_only(session)
        place = session.get_one(NoticePlace, payload["place"])
        work = self._work(session, place, Errand.POST_NOTICE, payload, now)
        if work is None or place.posted_on is not None or place.removed_on is not None:
            session.commit()
            return
        row = posting.posting_of(session, place, Errand.POST_NOTICE)
        if row is not None and row.state.under_way:
            session.commit()
            return
        if _paused(work.release, now):
            self._later(session, posting.PREPARE, payload, now)
            return
        parcel, problem = self._made(session, work, posting_content.to_post(_request(session, work, now), work.notice), now)
        with _writing(session):
            row = _row(session, place, Errand.POST_NOTICE)
            if not row.state.under_way:
                _keep(row, work.release, parcel, problem, connected=self._connected(work), now=now)

    def send(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Send a notice, or ask what became of it; until the platform confirms, the place counts as not posted."""
        read_only(session)
        row = session.get_one(PlatformPosting, payload["posting"])
        place = session.get_one(NoticePlace, row.place_id)
        work = self._work(session, place, Errand.POST_NOTICE, payload, now)
        if not row.state.under_way or place.posted_on is not None or place.removed_on is not None and not row.tries:
            with _writing(session):
                row.state = PostingState.READY if row.state.under_way else row.state
            return
        if work is None:
            self._give_up(session, row, GONE)
            return
        if _paused(work.release, now):
            # Nothing leaves, so nothing is counted.
            self._again(session, row, PAUSED, payload, now)
            return
        asked_anew = row.made_at is None or row.asked_at is not None and row.made_at < row.asked_at
        if asked_anew and not self._freshened(session, row, work, now):
            return
        self._call(session, row, work, payload, now)

    def withdraw(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Take a cancelled notice down where the county is connected; else its clerk finds it on the desk."""
        read_only(session)
        place = session.get_one(NoticePlace, payload["place"])
        work = self._work(session, place, Errand.WITHDRAW_NOTICE, payload, now)
        if work is None or not place.down_due or place.down_on is not None or not self._connected(work, withdraws=True):
            session.commit()
            return
        if _paused(work.release, now):
            self._later(session, posting.WITHDRAW, payload, now)
            return
        row = posting.posting_of(session, place, Errand.WITHDRAW_NOTICE)
        if row is None or not row.tries:
            told = posting_content.to_withdraw(work.notice, posting.posting_of(session, place, Errand.POST_NOTICE))
            parcel, problem = self._made(session, work, told, now)
            with _writing(session):
                row = _row(session, place, Errand.WITHDRAW_NOTICE)
                _keep(row, work.release, parcel, problem, connected=True, now=now)
                if parcel is not None:
                    row.state, row.asked_by, row.asked_at = PostingState.SENDING, work.actor.name, now
            if parcel is None:
                return
        self._call(session, row, work, payload, now)

    def _work(self, session: Session, place: NoticePlace, errand: Errand, payload: Mapping[str, object], now: datetime) -> Work | None:
        release = outlets.outlet_for(session, errand)
        actor = outlets.in_whose_name(session, payload, today=legal_date(now))
        if release is None or actor is None:
            return None
        county = doing.ancestor(session, place.area_path, AreaLevel.COUNTY)
        notice = session.get_one(Notice, place.notice_id)
        return Work(place, notice, release, adapters.settings_of(session, release.declared, county.path), actor)

    def _post(self, work: Work, *, withdraws: bool = False) -> Post | None:
        return connections.posts(work.settings, withdraws=withdraws, reach=self._reach.within(work.release.declared.hosts))

    def _connected(self, work: Work, *, withdraws: bool = False) -> bool:
        try:
            return self._post(work, withdraws=withdraws) is not None
        except Unconnected:
            return False

    def _made(self, session: Session, work: Work, told: Told, now: datetime) -> tuple[Parcel | None, str]:
        """Return the outlet's parcel, or the sentence why there is none."""
        try:
            parcel = adapter_health.call(
                session, work.release, lambda installed, manifest: deliver(installed, manifest, [told.item], settings=work.settings)[0],
                area_path=work.place.area_path, actor=work.actor, now=now)
        except (AdapterFailed, NotAllowedHere) as refused:
            return None, str(refused)
        private = posting_content.refusal_of(parcel, told)
        return (None, private) if private else (parcel, "")

    def _freshened(self, session: Session, row: PlatformPosting, work: Work, now: datetime) -> bool:
        """Make the content of today once more before it leaves for the first time; say whether it may."""
        parcel, problem = self._made(session, work, posting_content.to_post(_request(session, work, now), work.notice), now)
        if parcel is None:
            self._give_up(session, row, problem)
            return False
        with _writing(session):
            _keep(row, work.release, parcel, "", connected=row.connected, now=now)
            row.state = PostingState.SENDING
        return True

    def _call(self, session: Session, row: PlatformPosting, work: Work, payload: Mapping[str, object], now: datetime) -> None:
        try:
            post = self._post(work, withdraws=row.errand is Errand.WITHDRAW_NOTICE)
            if post is None:
                raise Unconnected("已改为由经办人员自己发布")
            if not self._leaves(session, row):
                return
            sent = self._sent(session, row, work, post, now)
        except Unconnected as refused:
            self._give_up(session, row, str(refused))
            return
        except (AdapterFailed, NotAllowedHere) as refused:
            self._again(session, row, str(refused), payload, now)
            return
        with _writing(session):
            if sent.receipt is not None:
                self._confirmed(session, row, sent.receipt, work, now)
            elif sent.waiting is not None:
                self._wait(session, row, sent.waiting.ticket, payload, now)

    def _leaves(self, session: Session, row: PlatformPosting) -> bool:
        """Count a try before anything leaves: from then on nobody can say that the platform has not got it."""
        with _writing(session):
            place = session.get_one(NoticePlace, row.place_id, populate_existing=True)
            session.refresh(row)
            if not row.state.under_way or row.errand is Errand.POST_NOTICE and place.removed_on is not None and not row.tries:
                return False
            row.tries += 1
        return True

    def _sent(self, session: Session, row: PlatformPosting, work: Work, post: Post, now: datetime) -> Sent:
        body, key, ticket, needs = row.post, row.key, row.ticket, row.errand is Errand.POST_NOTICE
        return adapter_health.call(
            session, work.release, lambda _installed, _manifest: send(post, body, key=key, needs=needs, today=legal_date(now), ticket=ticket),
            area_path=work.place.area_path, actor=work.actor, now=now)

    def _again(self, session: Session, row: PlatformPosting, why: str, payload: Mapping[str, object], now: datetime) -> None:
        """Try again after a growing pause, at last leave it to a clerk."""
        tired = row.tries % MOST_TRIES == 0 if row.tries and why != PAUSED else _too_long(row, now)
        if tired:
            self._give_up(session, row, f"{why}。{UNSURE}" if row.tries else f"{why}。请自行发布。")
            return
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (row.tries % MOST_TRIES)) * (0.5 + self._jitter() / 2)
        with _writing(session):
            row.problem = f"{why}。已试{row.tries}次，稍后自动再试"[:300]
            outbox.put(session, _kind(row), payload, now=now).due_at = now + pause

    def _later(self, session: Session, kind: str, payload: Mapping[str, object], now: datetime) -> None:
        with _writing(session):
            outbox.put(session, kind, payload, now=now).due_at = now + adapter_health.PAUSE * (1 + self._jitter())

    def _wait(self, session: Session, row: PlatformPosting, ticket: str, payload: Mapping[str, object], now: datetime) -> None:
        if _too_long(row, now):
            row.state, row.problem = PostingState.FAILED, f"平台{PATIENCE.days}天还没有确认。{UNSURE}"
            return
        row.state, row.ticket, row.problem = PostingState.WAITING, ticket, ""
        outbox.put(session, _kind(row), payload, now=now).due_at = now + ASK_AGAIN * (0.5 + self._jitter())

    def _give_up(self, session: Session, row: PlatformPosting, why: str) -> None:
        with _writing(session):
            row.state, row.problem = PostingState.FAILED, why[:300]
            place = session.get_one(NoticePlace, row.place_id, populate_existing=True)
            # Cancelled meanwhile, and perhaps there: somebody must look.
            place.down_due = place.down_due or place.removed_on is not None and bool(row.tries)

    def _confirmed(self, session: Session, row: PlatformPosting, receipt: Receipt, work: Work, now: datetime) -> None:
        """Keep the platform's word as evidence; the place counts from the platform's own time."""
        place = session.get_one(NoticePlace, row.place_id, populate_existing=True)
        by = SENT_BY.format(row.asked_by)[:60]
        at = _time(receipt.time, earliest=work.notice.issued_on, now=now)
        file = files.keep(session, self._store, _evidence(row, receipt, at, now), media_type=RECEIPT, name="平台回执.txt",
                          area_path=place.area_path, purpose="公示：平台回执", household_id=None, actor=work.actor, now=now)
        row.state, row.problem, row.confirmed_at, row.receipt_file_id = PostingState.CONFIRMED, "", at, file.id
        row.number, row.address = receipt.number, receipt.address
        if row.errand is Errand.WITHDRAW_NOTICE:
            place.down_on, place.down_by = legal_date(at), by
            doing.note(session, Action.PUBLICITY_POST, actor=work.actor, now=now, subject=place,
                       facts={"kind": place.kind.value, "what": "系统从平台撤下", "outlet": row.outlet, "number": receipt.number})
        elif place.removed_on is not None:
            # Cancelled while it was under way: what the platform shows now is to come down.
            posting.cancelled(session, place, actor=work.actor, now=now)
        elif place.posted_on is None:
            publicity.hang(session, place, posted_at=at, posted_on=legal_date(at), where=place.place, address=receipt.address,
                           file_id=file.id, posted_by=by, actor=work.actor, now=now)


@contextmanager
def _writing(session: Session) -> Iterator[None]:
    """End the reading, then write and commit: a session that reads only cannot write."""
    session.commit()
    with writing(session):
        yield


def _request(session: Session, work: Work, now: datetime) -> Request:
    village_list = work.notice.village_list
    return Request(session=session, code=CODES[village_list.procedure], actor=work.actor, now=now, today=legal_date(now),
                   village_list=village_list)


def _row(session: Session, place: NoticePlace, errand: Errand) -> PlatformPosting:
    row = posting.posting_of(session, place, errand)
    if row is None:
        row = PlatformPosting(place_id=place.id, area_path=place.area_path, errand=errand, state=PostingState.UNMADE, key=new_ref())
        session.add(row)
    return row


def _keep(row: PlatformPosting, release: AdapterRelease, parcel: Parcel | None, problem: str, *, connected: bool, now: datetime) -> None:
    row.outlet, row.version, row.connected, row.problem = release.name, release.version, connected, problem[:300]
    row.state = PostingState.UNMADE if parcel is None else PostingState.READY
    if parcel is not None:
        row.title, row.text, row.made_at = parcel.title, parcel.text, now
        row.headings, row.rows, row.post = list(parcel.headings), [list(line) for line in parcel.rows], dict(parcel.post)


def _paused(release: AdapterRelease, now: datetime) -> bool:
    """Say whether the breaker is open: then neither content nor sending is tried."""
    return release.failures >= adapter_health.OPENS_AFTER and release.open_until is not None and release.open_until > now


def _too_long(row: PlatformPosting, now: datetime) -> bool:
    return row.asked_at is not None and now - row.asked_at > PATIENCE


def _kind(row: PlatformPosting) -> str:
    return posting.WITHDRAW if row.errand is Errand.WITHDRAW_NOTICE else posting.SEND


def _time(told: str, *, earliest: date, now: datetime) -> datetime:
    """Return the platform's time as an instant; one that cannot be is replaced by when the confirmation came."""
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return now
    at = (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    return at if at <= now and legal_date(at) >= earliest else now


def _evidence(row: PlatformPosting, receipt: Receipt, at: datetime, now: datetime) -> bytes:
    lines = [f"事项：{row.errand.title}", f"发送的标题：{row.title}", f"平台编号：{receipt.number}", f"网址：{receipt.address}",
             f"平台时间：{receipt.time or '没有给出'}", f"采用的时间：{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
             f"收到确认：{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}", f"发送编号：{row.key}", f"由{row.asked_by}提出，系统用“{row.outlet}”发送",
             "", "平台的答复（原文）：", receipt.content, "", "发送的内容：", json.dumps(row.post, ensure_ascii=False, indent=1)]
    return "\n".join(lines).encode()
