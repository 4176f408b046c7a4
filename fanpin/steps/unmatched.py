"""The queue of rows that match nobody: matched by hand to somebody on file, or set aside with the reason (附件1)."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.contract import Fact
from fanpin.models.county import Batch
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.households import Member
from fanpin.models.scoped import system_scope
from fanpin.rules.actions import Action
from fanpin.rules.deliveries import DeliveryState, UnmatchedState
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import doing, outbox
from fanpin.steps.delivered_facts import fact_row, households_in_hand, keep_in_sql, kept_whole, stored
from fanpin.steps.matching import Found


def match(session: Session, row: UnmatchedRow, member: Member, *, actor: Actor, now: datetime) -> None:
    """Give a row to a person on file: its facts count from the next screening on, as if they had matched at once."""
    doing.permit(session, Action.EXCHANGE_MATCH, actor=actor, subject=row)
    _refuse_decided(row)
    delivery = session.scalars(select(Delivery).where(Delivery.id == row.delivery_id)).one()
    if delivery.state is not DeliveryState.DONE:
        raise NotAllowedHere("这批数据已经撤回，不用再处理。", action=Action.EXCHANGE_MATCH.value, clause="附件1")
    if member.left_on is not None:
        raise Invalid("这位成员已经不在该户，请核对后选择现在的成员。")
    found = Found(member.id, member.household_id, member.name, member.area_path)
    items = [stored(fact, found, department=row.department, as_of=delivery.as_of, batch=delivery.id) for fact in facts_of(row)]
    in_hand = member.household_id in households_in_hand(session, county_path=row.area_path)
    chosen = [item for item in items if in_hand or kept_whole(item)]
    if chosen:
        with system_scope(session, reason="手工匹配的部门数据归入农户"):
            batch_id = session.scalars(select(Batch.id).where(Batch.delivery_id == delivery.id).order_by(Batch.id)).first()
            keep_in_sql(session, [fact_row(item, batch_id=batch_id, department=row.department, as_of=delivery.as_of) for item in chosen])
            if in_hand:
                outbox.put(session, "screening.household", {"household": member.household_id}, now=now)
    row.member_id = member.id
    outbox.put(session, "delivery.matched", {"row": row.id}, now=now)
    _decide(session, row, UnmatchedState.MATCHED, f"匹配到{member.name}", actor=actor, now=now)


def set_aside(session: Session, rows: Sequence[UnmatchedRow], *, reason: str, actor: Actor, now: datetime) -> int:
    """Leave rows out, with the reason; those decided meanwhile keep their decision."""
    doing.filled(reason=reason)
    waiting = [row for row in rows if row.state is UnmatchedState.OPEN]
    for row in waiting:
        doing.permit(session, Action.EXCHANGE_MATCH, actor=actor, subject=row)
        _decide(session, row, UnmatchedState.ASIDE, reason, actor=actor, now=now)
    return len(waiting)


def facts_of(row: UnmatchedRow) -> tuple[Fact, ...]:
    """Return what the row says."""
    return tuple(Fact(subject="", **{name: date.fromisoformat(value) if name in ("date", "ended") else value
                                     for name, value in told.items()}) for told in json.loads(row.facts or "[]"))


def _refuse_decided(row: UnmatchedRow) -> None:
    if row.state is not UnmatchedState.OPEN:
        raise AlreadyHandled(by=row.decided_by, at=row.decided_at)


def _decide(session: Session, row: UnmatchedRow, state: UnmatchedState, words: str, *, actor: Actor, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at, row.decision = state, actor.name, now, words[:200]
    doing.note(session, Action.EXCHANGE_MATCH, actor=actor, now=now, subject=row,
               facts={"department": row.department, "state": state.value, "reason": words[:200]})
