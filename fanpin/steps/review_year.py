"""五(一) 每年至少组织开展一次: which monitored households are still to be reviewed this year."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, select
from sqlalchemy.orm import Session, joinedload

from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.reviews import Review
from fanpin.models.scoped import within
from fanpin.rules.stages import MONITORED, Stage
from fanpin.rules.titles import TitledEnum


class ReviewState(TitledEnum):
    """How a monitored household stands to the yearly review."""

    OVERDUE = ("overdue", "逾期未评议")
    DUE = ("due", "今年待评议")
    UNDER_WAY = ("under_way", "正在评议")
    DONE = ("done", "今年已评议")
    LATER = ("later", "今年新纳入，明年评议")


@dataclass(frozen=True)
class Standing:
    """One household in the year's reviews: last reviewed, due again."""

    case: Case
    state: ReviewState
    last: date | None
    due_on: date


_last = (select(Review.case_id.label("case_id"), func.max(Review.reviewed_on).label("day"))
         .group_by(Review.case_id).subquery())
_included = (select(Determination.case_id.label("case_id"), func.max(Determination.decided_on).label("day"))
             .where(Determination.result == DeterminationResult.INCLUDED).group_by(Determination.case_id).subquery())
_since = func.coalesce(_last.c.day, _included.c.day, Case.opened_on)


def year_after(day: date) -> date:
    """Return the same day of the next year; 29 February becomes 1 March."""
    return date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def _state(today: date) -> ColumnElement[str]:
    new_year = date(today.year, 1, 1)
    a_year_ago = today.replace(year=today.year - 1, day=min(today.day, 28) if today.month == 2 else today.day)
    return case(
        (Case.stage == Stage.REVIEW, ReviewState.UNDER_WAY.value),
        (and_(_last.c.day.is_not(None), _last.c.day >= new_year), ReviewState.DONE.value),
        (_since < a_year_ago, ReviewState.OVERDUE.value),
        (not_(_since >= new_year), ReviewState.DUE.value),
        else_=ReviewState.LATER.value)


def counts(session: Session, *, area_path: str, today: date) -> dict[ReviewState, int]:
    """Count the area's monitored households by their standing, in one statement."""
    state = _state(today)
    rows = session.execute(
        select(state, func.count()).select_from(Case).outerjoin(_last, _last.c.case_id == Case.id)
        .outerjoin(_included, _included.c.case_id == Case.id)
        .where(Case.stage.in_(MONITORED), within(Case.area_path, (area_path,))).group_by(state))
    found = {ReviewState(code): number for code, number in rows}
    return {one: found.get(one, 0) for one in ReviewState}


def standings(session: Session, *, area_path: str, today: date, state: ReviewState | None, after: str = "",
              most: int = 50) -> list[Standing]:
    """List a page of the area's monitored households, of one standing or of all, after the case of a reference."""
    standing = _state(today)
    query = (
        select(Case, standing, _last.c.day, _since).outerjoin(_last, _last.c.case_id == Case.id)
        .outerjoin(_included, _included.c.case_id == Case.id).options(joinedload(Case.household))
        .where(Case.stage.in_(MONITORED), within(Case.area_path, (area_path,)))
        .order_by(Case.id).limit(most))
    if after:
        query = query.where(Case.id > select(Case.id).where(Case.ref == after).scalar_subquery())
    if state is not None:
        query = query.where(standing == state.value)
    return [Standing(row, ReviewState(code), last, year_after(since)) for row, code, last, since in session.execute(query)]


def overdue(*, today: date) -> Select[tuple[int]]:
    """Return the query of the cases whose yearly review is overdue."""
    return (select(Case.id.label("case_id")).outerjoin(_last, _last.c.case_id == Case.id)
            .outerjoin(_included, _included.c.case_id == Case.id)
            .where(Case.stage.in_(MONITORED), _state(today) == ReviewState.OVERDUE.value))
