"""三(四) 政府救助平台: content that a clerk can post by hand, or sent by the worker and counted when the platform confirms."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.adapters.parcels import Errand
from fanpin.adapters.reach import Reach
from fanpin.clock import legal_date
from fanpin.models.adapters import AdapterFailure, AdapterRelease
from fanpin.models.audit import AuditEvent
from fanpin.models.notices import Notice, NoticePlace
from fanpin.models.outbox import OutboxItem, StoredFile
from fanpin.models.postings import PlatformPosting, PostingState
from fanpin.models.scoped import system_scope
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.steps import adapter_health, adapters, files, outbox, posting, posting_jobs, publicity
from fanpin.steps.paper_values import NO_PHONE
from fanpin.steps.posting_jobs import Jobs
from tests.adapters.platform_server import SECRET, Desk, a_platform
from tests.conftest import StandingClock
from tests.lists import HEADS, Road
from tests.world import World

NAME = "fanpin-outlet-rescue-platform"
HERE = Reach(listed=("127.0.0.1",))
TWO = ((HEADS[0], "group1"), (HEADS[2], "group2"))


@pytest.fixture
def release(session: Session, clock: StandingClock) -> AdapterRelease:
    installed = distributions.find(NAME)
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    return session.scalars(select(AdapterRelease)).one()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with a_platform(desk) as where:
        yield where


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> Road:
    return Road(session, world, clock)


def connect(session: Session, world: World, clock: StandingClock, release: AdapterRelease, address: str, **more: str) -> None:
    adapters.set_settings(session, release, {
        "transport": "platform", "transport_address": address, "transport_post": "/notices", "transport_withdraw": "/notices/withdraw",
        "transport_token_address": "/token", "transport_application": "fanpin", "transport_secret": SECRET, **more},
        actor=world.actors["xian.ban"], now=clock.now(), reach=HERE)


def work(session: Session, clock: StandingClock, store: Path, *, most: int = 9) -> int:
    """Carry out what the outbox owes now, as the worker does; return how much it was."""
    jobs = Jobs(store, HERE, jitter=lambda: 0.5).handlers
    for done in range(most):
        session.commit()
        item = session.scalar(select(OutboxItem).where(
            OutboxItem.state == "waiting", OutboxItem.kind.in_(jobs), OutboxItem.due_at <= clock.now()).order_by(OutboxItem.id).limit(1))
        if item is None:
            return done
        kind, payload, number = item.kind, item.payload, item.id
        session.commit()
        with system_scope(session, reason="test"):
            jobs[kind](session, payload, clock.now())
            session.get_one(OutboxItem, number).state = "done"
            session.commit()
        session.expire_all()
    return most


def platform_of(notice: Notice) -> NoticePlace:
    return notice.places[-1]


def posting_of(session: Session, place: NoticePlace, errand: Errand = Errand.POST_NOTICE) -> PlatformPosting:
    row = posting.posting_of(session, place, errand)
    assert row is not None
    return row


def test_without_connection_the_clerk_finds_title_text_and_table(session: Session, clock: StandingClock, road: Road, tmp_path: Path) -> None:
    place = platform_of(road.noticed(*TWO))
    assert work(session, clock, tmp_path) == 1
    row = posting_of(session, place)
    assert (row.state, row.connected, row.problem) == (PostingState.READY, False, "")
    assert [line[2] for line in row.rows] == [HEADS[0], HEADS[2]] and all(head in row.text for head in (HEADS[0], HEADS[2]))
    assert "拟纳入" in row.title and "5个工作日" in row.text
    assert place.posted_on is None
    with pytest.raises(NotAllowedHere, match="没有接通平台"):
        posting.send(session, place, actor=road.world.actors["cun.gan"], now=clock.now())


def test_only_what_the_public_may_see_is_in_it(session: Session, clock: StandingClock, road: Road, tmp_path: Path) -> None:
    notice = road.noticed(*TWO)
    work(session, clock, tmp_path)
    row = posting_of(session, platform_of(notice))
    said = json.dumps([row.title, row.text, row.rows, row.post], ensure_ascii=False)
    for case in (entry.case for entry in notice.village_list.entries):
        for member in case.household.members:
            assert (member.id_number or "无") not in said
            if member.name != case.household.head_name:
                assert member.name not in said
    assert "因病" not in said and set(row.post["households"][0]) == {"number", "group", "head_name", "size", "household_class", "measures"}


def test_nothing_is_owed_where_no_outlet_is_installed(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    place = platform_of(Road(session, world, clock).noticed())
    work(session, clock, tmp_path)
    assert posting.posting_of(session, place, Errand.POST_NOTICE) is None


def sent(session: Session, clock: StandingClock, road: Road, release: AdapterRelease, address: str, store: Path) -> NoticePlace:
    connect(session, road.world, clock, release, address)
    place = platform_of(road.noticed(*TWO))
    work(session, clock, store)
    posting.send(session, place, actor=road.world.actors["cun.gan"], now=clock.now())
    return place


def test_sent_it_counts_from_the_platforms_time_with_its_receipt_as_evidence(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    assert place.posted_on is None
    desk.posted_at = (clock.now() - timedelta(minutes=3)).isoformat()
    work(session, clock, tmp_path)
    row = posting_of(session, place)
    assert (row.state, row.number) == (PostingState.CONFIRMED, "GS1")
    assert place.posted_at == clock.now() - timedelta(minutes=3) and place.posted_on == legal_date(place.posted_at)
    assert place.address == "https://zfjz.example.invalid/1" and "系统发送" in place.posted_by
    kept = session.scalars(select(StoredFile).where(StoredFile.id == place.file_id)).one()
    assert "GS1" in files.content_of(tmp_path, kept).decode()
    assert session.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "publicity.post", AuditEvent.object == place.ref)).all()


def test_a_time_that_cannot_be_is_replaced_by_the_confirmations(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    desk.posted_at = "2099-01-01T00:00:00+08:00"
    work(session, clock, tmp_path)
    assert place.posted_at == clock.now()


def test_posted_twice_is_posted_once(session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk,
                                     address: str, tmp_path: Path) -> None:
    """The answer is lost after the platform took it: the next try bears the same key."""
    place = sent(session, clock, road, release, address, tmp_path)
    desk.silent = True
    work(session, clock, tmp_path)
    row = posting_of(session, place)
    assert row.state is PostingState.SENDING and "稍后自动再试" in row.problem and place.posted_on is None and len(desk.posted) == 1
    desk.silent = False
    clock.move(minutes=31)
    work(session, clock, tmp_path)
    assert row.state is PostingState.CONFIRMED and len(desk.posted) == 1 and place.posted_on is not None


def test_a_worker_that_dies_after_sending_sends_the_same_again(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    session.commit()
    payload = session.scalars(select(OutboxItem.payload).where(OutboxItem.kind == posting.SEND)).one()
    session.commit()
    jobs = Jobs(tmp_path, HERE)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt), system_scope(session, reason="test"):
        patched.setattr(Jobs, "_confirmed", lambda *_arguments: (_ for _ in ()).throw(KeyboardInterrupt))
        jobs.send(session, payload, clock.now())
    session.rollback()
    session.expire_all()
    assert len(desk.posted) == 1 and place.posted_on is None
    work(session, clock, tmp_path)
    assert len(desk.posted) == 1 and place.posted_on is not None


def test_a_platform_that_answers_later_is_asked_until_it_confirms(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    desk.later = 2
    for state in (PostingState.WAITING, PostingState.WAITING, PostingState.CONFIRMED):
        work(session, clock, tmp_path)
        assert posting_of(session, place).state is state
        assert (place.posted_on is not None) is (state is PostingState.CONFIRMED)
        clock.move(minutes=20)
    assert len(desk.posted) == 1


def test_after_too_many_tries_a_clerk_posts_by_hand(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    desk.failures = [500] * 100
    for _ in range(posting_jobs.MOST_TRIES + 6):
        work(session, clock, tmp_path)
        clock.move(minutes=40)
    row = posting_of(session, place)
    assert row.state is PostingState.FAILED and "先到平台上查看" in row.problem and row.tries == posting_jobs.MOST_TRIES
    assert session.scalars(select(AdapterFailure)).all()
    publicity.post(session, place, posted_at=clock.now(), posted_on=clock.today(), where="", address="https://zfjz.example.invalid/x",
                   file_id=road.screenshot(), actor=road.world.actors["cun.gan"], **road.when)
    assert place.posted_by == "周村干"


def test_while_the_platform_is_given_a_rest_nothing_leaves_and_nothing_counts_as_tried(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    release.failures, release.open_until = adapter_health.OPENS_AFTER, clock.now() + adapter_health.PAUSE
    work(session, clock, tmp_path)
    row = posting_of(session, place)
    assert (row.state, row.tries, desk.posted) == (PostingState.SENDING, 0, {}) and "暂停发送" in row.problem
    clock.move(minutes=10)
    work(session, clock, tmp_path)
    assert row.state is PostingState.CONFIRMED and place.posted_on is not None


def test_no_placeholder_for_a_missing_phone_is_published(session: Session, clock: StandingClock, road: Road, tmp_path: Path) -> None:
    place = platform_of(road.noticed())
    work(session, clock, tmp_path)
    row = posting_of(session, place)
    assert NO_PHONE not in row.text and "12317" in row.text


def test_an_answer_without_number_or_address_is_no_confirmation(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    adapters.set_settings(session, release, {"transport_page": "data.nowhere"}, actor=road.world.actors["xian.ban"], now=clock.now(), reach=HERE)
    work(session, clock, tmp_path)
    assert place.posted_on is None and "不能当作已经发布" in posting_of(session, place).problem


def test_asked_twice_it_is_refused_and_so_is_what_was_posted_by_hand(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    with pytest.raises(AlreadyHandled):
        posting.send(session, place, actor=road.world.actors["cun.gan"], now=clock.now())
    work(session, clock, tmp_path)
    with pytest.raises(AlreadyHandled):
        posting.make_again(session, place, actor=road.world.actors["cun.gan"], now=clock.now())


def cancel(session: Session, road: Road, place: NoticePlace) -> None:
    publicity.cancel(session, place.notice, reason="写错了", actor=road.world.actors["cun.gan"], **road.when)


def test_a_cancelled_notice_is_taken_down_where_it_was_sent(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    work(session, clock, tmp_path)
    cancel(session, road, place)
    assert place.down_due
    work(session, clock, tmp_path)
    assert [told["id"] for told in desk.withdrawn] == ["GS1"] and place.down_on == clock.today()
    assert not any(head in json.dumps(desk.withdrawn, ensure_ascii=False) for head in HEADS)


def test_a_cancelled_notice_that_was_posted_by_hand_is_a_clerks_to_take_down(
        session: Session, clock: StandingClock, road: Road, tmp_path: Path) -> None:
    place = platform_of(road.noticed())
    publicity.post(session, place, posted_at=clock.now(), posted_on=clock.today(), where="", address="https://zfjz.example.invalid/x",
                   file_id=road.screenshot(), actor=road.world.actors["cun.gan"], **road.when)
    cancel(session, road, place)
    work(session, clock, tmp_path)
    assert place.down_due and place.down_on is None
    with pytest.raises(Invalid, match="早于发布日期"):
        posting.take_down(session, place, down_on=clock.today() - timedelta(days=1), actor=road.world.actors["cun.gan"], **road.when)
    posting.take_down(session, place, down_on=clock.today(), actor=road.world.actors["cun.gan"], **road.when)
    with pytest.raises(AlreadyHandled):
        posting.take_down(session, place, down_on=clock.today(), actor=road.world.actors["cun.gan"], **road.when)


def test_cancelled_before_it_left_it_is_never_sent(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    cancel(session, road, place)
    work(session, clock, tmp_path)
    assert not desk.posted and not place.down_due
    with pytest.raises(NotAllowedHere, match="不用撤下"):
        posting.take_down(session, place, down_on=clock.today(), actor=road.world.actors["cun.gan"], **road.when)


def test_cancelled_while_nobody_knew_whether_it_arrived_it_is_taken_down(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    desk.silent = True
    work(session, clock, tmp_path)
    cancel(session, road, place)
    desk.silent = False
    clock.move(minutes=40)
    work(session, clock, tmp_path)
    assert place.down_on == clock.today() and place.posted_on is None and desk.withdrawn


def test_who_left_the_post_sends_nothing(
        session: Session, clock: StandingClock, road: Road, release: AdapterRelease, desk: Desk, address: str, tmp_path: Path) -> None:
    place = sent(session, clock, road, release, address, tmp_path)
    item = session.scalars(select(OutboxItem).where(OutboxItem.kind == posting.SEND)).one()
    item.payload = dict(item.payload) | {"area": road.world.areas["group1"].id}
    work(session, clock, tmp_path)
    row = posting_of(session, place)
    assert row.state is PostingState.FAILED and row.problem == posting_jobs.GONE and not desk.posted


def test_what_is_owed_is_named() -> None:
    assert {posting.PREPARE, posting.SEND, posting.WITHDRAW} == set(Jobs(Path()).handlers) and not set(outbox.HANDLERS) & set(Jobs(Path()).handlers)
