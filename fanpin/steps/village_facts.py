"""附件2 第八、九项: 空挂人口 and 不共享开支, which no department's register knows: the survey's marks become facts of the case."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.models.cases import Case
from fanpin.models.county import Batch, FactRow
from fanpin.rules.departments import Department
from fanpin.rules.duty_tables import KINDS
from fanpin.rules.roles import Actor

TRANSPORT = "village"
VILLAGE_KINDS = tuple(code for code, kind in KINDS.items() if kind.village)
# What a mark at a person's name says; of the whole household people write in the sheet.
SAID = {"empty_residence": "person", "not_sharing": "not_sharing"}
GROUND = "入户调查时核实"


def keep(session: Session, case: Case, marks: Mapping[str, Sequence[int]], *, seen_on: date, actor: Actor, now: datetime) -> None:
    """Let the facts of a case be what is marked now: new marks are added, marks taken away count no longer."""
    known = {(row.kind, row.member_id): row for row in stated(session, case)}
    wanted = {(kind, member_id) for kind, members in marks.items() for member_id in members}
    for key, row in known.items():
        row.superseded = key not in wanted
    for kind, member_id in sorted(wanted - set(known)):
        digest = crypto.digest(audit.canonical({"case": case.ref, "kind": kind, "member": member_id, "on": seen_on.isoformat()}))
        batch = Batch(department=Department.OTHER.value, area_path=case.area_path, transport=TRANSPORT, as_of=seen_on,
                      digest=digest, rows=1, received_at=now, received_from=actor.name)
        session.add(batch)
        session.flush()
        session.add(FactRow(department=Department.OTHER.value, area_path=case.area_path, batch_id=batch.id, kind=kind,
                            household_id=case.household_id, member_id=member_id, value=SAID[kind], date=seen_on, label=GROUND,
                            as_of=seen_on, raw_digest=digest))


def stated(session: Session, case: Case) -> list[FactRow]:
    """List what the visitors' marks say of the case's household since it was opened."""
    return list(session.scalars(select(FactRow).where(
        FactRow.household_id == case.household_id, FactRow.kind.in_(VILLAGE_KINDS), FactRow.question_id.is_(None),
        FactRow.superseded.is_(False), FactRow.as_of >= case.opened_on).order_by(FactRow.id)))
