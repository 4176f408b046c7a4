"""A delivery's rows into SQL, chunk by chunk in one transaction: queue, facts in hand, answers, and who was refused."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.adapters.contract import Fact
from fanpin.models.county import Batch
from fanpin.models.deliveries import Delivery, RefusedMember, UnmatchedRow
from fanpin.rules.duty_kinds import Basis
from fanpin.rules.duty_tables import kind_of
from fanpin.steps import outbox
from fanpin.steps.delivered_facts import (
    KEPT_WHOLE, Stored, fact_row, households_in_hand, keep_in_sql, kept_whole, plain,
)
from fanpin.steps.delivery_draft import Troubles
from fanpin.steps.delivery_placing import Ground, Placed
from fanpin.steps.delivery_questions import open_questions
from fanpin.steps.delivery_reading import ReadRow, Trouble

OTHER_NAME = "与被查询人的登记姓名不一致，没有采用，请人工核实"


class Writing:
    """Writes placed rows; the session holds no more than one chunk of them."""

    def __init__(self, session: Session, row: Delivery, batch: Batch, ground: Ground, troubles: Troubles) -> None:
        self._session, self._row, self._batch, self._ground, self._troubles = session, row, batch, ground, troubles
        self._needed = households_in_hand(session, county_path=row.area_path)
        self._told: set[int] = set()
        # Facts of a list that is kept whole have no number in the database that would tell one that comes twice.
        self._listed: set[int] = set()
        self._screened = any(kind_of(kind).basis is Basis.DUTY for kind in row.kinds)
        self.asked = open_questions(session, row.department, row.kinds, county_path=row.area_path)
        self.queued = self.repeated = self.unasked = self.refused = 0

    def take(self, chunk: Sequence[Placed]) -> None:
        """Write what some rows say, and give the questions what answers them."""
        self._queue([each for each in chunk if each.duty_facts and not each.known])
        self._facts([item for each in chunk if self._in_hand(each) for item in self._ground.stored(each)])
        if self._screened:
            self._refusals({found.member_id for each in chunk if (found := each.leaves_open) is not None})
        for each in chunk:
            taken, wrong = self.asked.take(each.row, each.matched.found)
            self.unasked += sum(kind_of(fact.kind).basis is Basis.CONSENT and fact.kind not in taken for fact in each.row.facts)
            self._troubles.add(Trouble(each.row.number, "姓名", OTHER_NAME) for _ in wrong[:1])
        self._session.flush()

    def finish(self, *, now: datetime) -> None:
        """Owe a second look at every household in hand of which something new was told."""
        for household_id in sorted(self._told):
            outbox.put(self._session, "screening.household", {"household": household_id}, now=now)

    def _queue(self, placed: Sequence[Placed]) -> None:
        hashes = [_row_hash(self._row.department, each.row, each.duty_facts) for each in placed]
        known = {bytes(found) for found in self._session.scalars(select(UnmatchedRow.row_hash).where(
            UnmatchedRow.department == self._row.department, UnmatchedRow.row_hash.in_(hashes)))} if hashes else set()
        for each, digest in zip(placed, hashes, strict=True):
            if digest in known:
                self.repeated += 1
                continue
            known.add(digest)
            self.queued += 1
            self._session.add(self._unmatched(each, digest))

    def _unmatched(self, each: Placed, digest: bytes) -> UnmatchedRow:
        keys, found = each.row.keys, each.matched.found
        return UnmatchedRow(
            department=self._row.department, area_path=self._row.area_path, delivery_id=self._row.id, row_number=each.row.number,
            row_hash=digest, reason=each.matched.reason, kind=each.duty_facts[0].kind, name=keys.name or None,
            id_number=keys.id_number or None, village=keys.village[:80], member_id=found.member_id if found else None,
            facts=json.dumps([plain(fact) for fact in each.duty_facts], ensure_ascii=False))

    def _in_hand(self, each: Placed) -> bool:
        """Say whether a case or an open warning needs the row, or a village is told of; the rest stays in Parquet."""
        found = each.matched.found
        return each.village is not None or (found is not None and found.household_id in self._needed) or any(
            fact.kind in KEPT_WHOLE for fact in each.row.facts)

    def _facts(self, items: Sequence[Stored]) -> None:
        # Facts are written in the order of their numbers within a chunk: should two that tell the same ever meet crosswise,
        # PostgreSQL ends one of them, and its delivery is read again.
        chosen = {item.bulk.id: item for item in items if item.bulk.id not in self._listed and (
            item.household_id is None or item.household_id in self._needed or kept_whole(item))}
        self._listed |= {number for number, item in chosen.items() if kept_whole(item)}
        written = keep_in_sql(self._session, [fact_row(item, batch_id=self._batch.id, department=self._row.department,
                                                       as_of=self._row.as_of) for item in chosen.values()])
        self._told |= {home for number in written if (home := chosen[number].household_id) is not None}

    def _refusals(self, members: set[int]) -> None:
        known = set(self._session.scalars(select(RefusedMember.member_id).where(
            RefusedMember.delivery_id == self._row.id, RefusedMember.member_id.in_(members)))) if members else set()
        for member_id in sorted(members - known):
            self.refused += 1
            self._session.add(RefusedMember(department=self._row.department, area_path=self._row.area_path,
                                            delivery_id=self._row.id, member_id=member_id))


def _row_hash(department: str, row: ReadRow, facts: Iterable[Fact]) -> bytes:
    told = json.dumps([department, row.keys.id_number, row.keys.name, row.keys.village, [plain(fact) for fact in facts]],
                      ensure_ascii=False, sort_keys=True)
    return crypto.blind_index(told, purpose="unmatched_row")
