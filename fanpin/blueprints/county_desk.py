"""The county's board: every case before the county with the next thing that somebody has to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case as when
from sqlalchemy import func, select

from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult, FindingRow, Inquiry, Resolution
from fanpin.rules.stages import Procedure


@dataclass(frozen=True)
class Standing:
    """What a case before the county waits for."""

    said: str
    tone: str
    due: date | None = None


@dataclass(frozen=True)
class _Asked:
    total: int
    open: int
    due: date | None


def standings(cases: Sequence[Case]) -> dict[int, Standing]:
    """Say for each case what comes next, in three statements for any number of cases."""
    ids = [row.id for row in cases]
    asked, hits, decided = _asked(ids), _open_hits(ids), _decided(ids)
    return {row.id: _standing(row, asked.get(row.id), hits.get(row.id, 0), decided.get((row.id, row.procedure, row.round)))
            for row in cases}


def _asked(ids: Sequence[int]) -> dict[int, _Asked]:
    unsigned = when((Inquiry.signed_at.is_(None), 1), else_=0)
    due = when((Inquiry.signed_at.is_(None), Inquiry.due_on), else_=None)
    rows = db.session.execute(
        select(Inquiry.case_id, func.count(), func.sum(unsigned), func.min(due))
        .join(Case, (Case.id == Inquiry.case_id) & (Case.round == Inquiry.round) & (Case.procedure == Inquiry.procedure))
        .where(Inquiry.case_id.in_(ids), Inquiry.blocking.is_(True)).group_by(Inquiry.case_id))
    return {case_id: _Asked(total, open_ones, day) for case_id, total, open_ones, day in rows}


def _open_hits(ids: Sequence[int]) -> dict[int, int]:
    resolved = select(Resolution.id).where(
        Resolution.finding_id == FindingRow.id, Resolution.replaced.is_(False),
        Resolution.evidence_digest == FindingRow.evidence_digest).exists()
    rows = db.session.execute(select(FindingRow.case_id, func.count()).where(
        FindingRow.case_id.in_(ids), FindingRow.current.is_(True), ~resolved).group_by(FindingRow.case_id))
    return dict(rows.all())


def _decided(ids: Sequence[int]) -> dict[tuple[int, Procedure, int], Determination]:
    rows = db.session.scalars(select(Determination).where(Determination.case_id.in_(ids)))
    return {(row.case_id, row.procedure, row.round): row for row in rows}


def _standing(case: Case, asked: _Asked | None, hits: int, decided: Determination | None) -> Standing:
    if decided is not None:
        return _after(decided)
    if asked is None:
        return Standing("待发起联审", "warn")
    if hits and case.procedure is Procedure.ENTERING:
        return Standing(f"{hits}项情形待核实处理", "bad", asked.due)
    if asked.open:
        return Standing(f"{asked.open}个部门还没有签字（共{asked.total}个）", "active", asked.due)
    return Standing("待县级确定" if case.procedure is Procedure.ENTERING else "待审定消除", "warn")


def _after(row: Determination) -> Standing:
    if row.result is DeterminationResult.NOT_INCLUDED:
        return Standing("待办结" if row.letter_paper_id else "待出具不予纳入告知书", "warn")
    if row.result is DeterminationResult.ELIMINATED:
        return Standing("待标注“风险消除”", "warn")
    return Standing("待明确帮扶主责部门" if row.reported_on else "待报县领导小组", "warn")
