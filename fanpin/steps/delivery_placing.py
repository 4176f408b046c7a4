"""Whom each row of a delivery is about, chunk by chunk: for the Parquet file at once, for SQL set aside until the end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from fanpin.adapters.contract import Fact, Known
from fanpin.extensions import read_only
from fanpin.rules.deliveries import UnmatchedReason
from fanpin.rules.duty_kinds import Basis, SubjectKind
from fanpin.rules.duty_tables import kind_of
from fanpin.screening.county import BulkFact
from fanpin.steps import fact_store, matching
from fanpin.steps.delivered_facts import Stored, bulk_fact, stored
from fanpin.steps.delivery_draft import Draft, Spool, Troubles
from fanpin.steps.delivery_reading import Keys, ReadRow, Trouble
from fanpin.steps.matching import Found, Matched

NO_VILLAGE = "本县没有这个行政村（或有重名），请填写12位代码"


@dataclass(frozen=True)
class Village:
    """A village on file."""

    id: int
    path: str


@dataclass(frozen=True)
class Placed:
    """A row with whom it is about: somebody on file or why not, or a village."""

    row: ReadRow
    matched: Matched
    village: Village | None = None

    @property
    def duty_facts(self) -> tuple[Fact, ...]:
        """Return the facts that 附件1 has departments provide; all others only answer questions."""
        return tuple(fact for fact in self.row.facts if kind_of(fact.kind).basis is Basis.DUTY)

    @property
    def known(self) -> bool:
        """Say whether the row is about somebody on file, or about a village."""
        return self.village is not None or (self.matched.found is not None and self.matched.reason is None)

    @property
    def leaves_open(self) -> Found | None:
        """Return somebody on file of whom the row was not taken as it stands: whoever is missing for it is not absent."""
        untaken = self.row.refused or self.matched.reason is not None or any(
            not isinstance(answer, Known) for answer in self.row.answers.values())
        return self.matched.found if untaken else None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all rows of one delivery share."""

    county_path: str
    department: str
    as_of: date
    delivery_id: int

    def stored(self, placed: Placed) -> list[Stored]:
        """Return what a row says as it is kept; nothing where it is not known about whom."""
        facts, found = placed.duty_facts, placed.matched.found
        if placed.village is not None:
            number = fact_store.subject_number("v", placed.village.id)
            return [Stored(fact, bulk_fact(fact, number, self.department, self.as_of, self.delivery_id), placed.village.path,
                           None, None) for fact in facts]
        return [stored(fact, found, department=self.department, as_of=self.as_of, batch=self.delivery_id)
                for fact in facts] if found is not None and placed.known else []


class Placing:
    """Places the rows of a draft while its facts of households are taken away, and counts."""

    def __init__(self, draft: Draft, spool: Spool[Placed], ground: Ground, troubles: Troubles) -> None:
        self._draft, self._spool, self._ground, self._troubles = draft, spool, ground, troubles
        self.matched = 0

    def facts(self, session: Session) -> Iterator[BulkFact]:
        """Yield the facts of households; afterwards every row is in the spool. No transaction is open in between."""
        for part in self._draft.rows():
            for chunk in matching.chunks(part):
                placed = self._placed(session, chunk)
                self._spool.put(placed)
                for each in placed:
                    if each.village is None:
                        yield from (item.bulk for item in self._ground.stored(each))

    def _placed(self, session: Session, chunk: Sequence[ReadRow]) -> list[Placed]:
        read_only(session)
        found = find(session, chunk, county_path=self._ground.county_path)
        villages = matching.villages_of(session, [row.keys.village for row in chunk if _of_village(row)],
                                        county_path=self._ground.county_path)
        placed = []
        for row in chunk:
            if _of_village(row):
                area = villages.get(row.keys.village)
                if area is None:
                    self._troubles.add([Trouble(row.number, "行政村", NO_VILLAGE)])
                else:
                    placed.append(Placed(row, Matched(None), Village(area.id, area.path)))
            else:
                placed.append(Placed(row, found[row.number]))
        session.commit()
        self.matched += sum(each.known and not each.row.refused for each in placed)
        return placed


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


def _of_village(row: ReadRow) -> bool:
    return any(kind_of(fact.kind).subject is SubjectKind.VILLAGE for fact in row.facts)
