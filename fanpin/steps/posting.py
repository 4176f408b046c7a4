"""三(四) 政府救助平台: what is asked of the worker for a notice's place there; by hand it is posted as ever."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.parcels import Errand
from fanpin.models.notices import NoticePlace, PlaceKind
from fanpin.models.postings import PlatformPosting, PostingState
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import doing, outbox

PREPARE, SEND, WITHDRAW = "posting.prepare", "posting.send", "posting.withdraw"
CLAUSE = "三(四)"


def owe_content(session: Session, place: NoticePlace, *, actor: Actor, now: datetime) -> None:
    """Let the worker make what is posted: title, text and table for a clerk, the document for the platform."""
    session.flush()
    outbox.put_once(session, PREPARE, {"place": place.id, **_in_whose_name(actor)}, now=now)


def make_again(session: Session, place: NoticePlace, *, actor: Actor, now: datetime) -> None:
    """Make the content anew: the days of the notice follow the day on which it is posted."""
    doing.permit(session, Action.PUBLICITY_POST, actor=actor, subject=place)
    _require_unposted(session, place)
    owe_content(session, place, actor=actor, now=now)


def send(session: Session, place: NoticePlace, *, actor: Actor, now: datetime) -> PlatformPosting:
    """Owe the sending of a notice to the platform; asked twice, it is sent once."""
    doing.permit(session, Action.PUBLICITY_POST, actor=actor, subject=place)
    row = _require_unposted(session, place)
    if row is None or not row.connected:
        raise NotAllowedHere("本县没有接通平台，请自行发布后登记。", action=Action.PUBLICITY_POST.value, clause=CLAUSE)
    row.state, row.problem, row.ticket = PostingState.SENDING, "", ""
    row.asked_by, row.asked_at = actor.name, now
    doing.note(session, Action.PUBLICITY_POST, actor=actor, now=now, subject=place,
               facts={"kind": place.kind.value, "what": "由系统发送", "outlet": row.outlet})
    outbox.put(session, SEND, {"posting": row.id, **_in_whose_name(actor)}, now=now)
    return row


def cancelled(session: Session, place: NoticePlace, *, actor: Actor, now: datetime) -> None:
    """A cancelled notice that the platform shows, or may show, is to come down there: by the system or by a clerk."""
    row = posting_of(session, place, Errand.POST_NOTICE)
    place.down_due = place.posted_on is not None or row is not None and bool(row.tries)
    if place.down_due and row is not None and row.tries:
        outbox.put(session, WITHDRAW, {"place": place.id, **_in_whose_name(actor)}, now=now)


def take_down(session: Session, place: NoticePlace, *, down_on: date, actor: Actor, now: datetime, today: date) -> None:
    """Record that a clerk took a cancelled notice down from the platform."""
    doing.permit(session, Action.PUBLICITY_POST, actor=actor, subject=place)
    doing.not_future(today, down_on=down_on)
    if place.down_on is not None:
        raise AlreadyHandled(by=place.down_by)
    if not place.down_due:
        raise NotAllowedHere("平台上没有这份公示，不用撤下。", action=Action.PUBLICITY_POST.value, clause=CLAUSE)
    if place.posted_on is not None and down_on < place.posted_on:
        raise Invalid({"down_on": "日期早于发布日期，请核对。"})
    place.down_on, place.down_by = down_on, actor.name
    doing.note(session, Action.PUBLICITY_POST, actor=actor, now=now, subject=place,
               facts={"kind": place.kind.value, "what": "从平台撤下", "on": down_on.isoformat()})


def posting_of(session: Session, place: NoticePlace, errand: Errand) -> PlatformPosting | None:
    """Return what an outlet made for a place, None where none is installed or it has not begun."""
    return session.scalar(select(PlatformPosting).where(PlatformPosting.place_id == place.id, PlatformPosting.errand == errand))


def _require_unposted(session: Session, place: NoticePlace) -> PlatformPosting | None:
    if place.kind is not PlaceKind.PLATFORM:
        raise NotAllowedHere("这里是村民小组的公开场所，请张贴后登记。", action=Action.PUBLICITY_POST.value, clause=CLAUSE)
    if place.posted_on is not None:
        raise AlreadyHandled(by=place.posted_by, at=place.posted_at)
    if place.removed_on is not None:
        raise NotAllowedHere("这份公示已经撤销，不用再发布。", action=Action.PUBLICITY_POST.value, clause=CLAUSE)
    row = posting_of(session, place, Errand.POST_NOTICE)
    if row is not None and row.state.under_way:
        raise AlreadyHandled(by=row.asked_by, at=row.asked_at)
    return row


def _in_whose_name(actor: Actor) -> dict[str, object]:
    return {"user": actor.user_id, "role": actor.role.value, "area": actor.area_id}
