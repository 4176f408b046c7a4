"""五(一) 帮扶成效评议: the yearly review, its three ways on, the meeting of 党员群众, the exit consent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.reviews import ExitConsent, Review, ReviewConclusion
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import Stage
from fanpin.steps import doing
from fanpin.steps.advance import Advanced, advance, advance_list


CONSENTING = (Stage.REVIEW, Stage.SURVEY, Stage.PUBLICITY, Stage.TOWNSHIP, Stage.COUNTY)


@dataclass(frozen=True)
class Judged:
    """A review as typed; `measures` gives (fit, effect) by measure id."""

    reviewed_on: date
    guarantees: str
    measures: Mapping[int, tuple[str, str]]
    risk_points: str
    income_stability: str
    spending: str
    motivation: str
    conclusion: ReviewConclusion
    continued_help: str
    reviewers: str


def open_review(session: Session, case: Case, *, actor: Actor, now: datetime, today: date,
                version: int | None = None) -> Advanced:
    """Begin the household's review; the policy asks for one a year at least."""
    done = advance(session, case, Action.REVIEW_OPEN, actor=actor, now=now, today=today, expected_version=version)
    _close_earlier(session, [case])
    return done


def open_reviews(session: Session, cases: Sequence[Case], *, actor: Actor, now: datetime, today: date) -> list[Advanced]:
    """Begin the reviews of several households of a village at once, or none of them (以行政村为单元)."""
    if not cases:
        raise Invalid({"cases": "请至少选择一户。"})
    done = advance_list(session, cases, Action.REVIEW_OPEN, actor=actor, now=now, today=today)
    _close_earlier(session, cases)
    return done


def _close_earlier(session: Session, cases: Sequence[Case]) -> None:
    # A leaving that was refused has left its review open: it must not stand for the new one.
    for row in session.scalars(select(Review).where(
            Review.case_id.in_([case.id for case in cases]), Review.closed.is_(False))):
        row.closed = True


def current(session: Session, case: Case) -> Review | None:
    """Return the review under way."""
    return session.scalar(select(Review).where(Review.case_id == case.id, Review.closed.is_(False))
                          .order_by(Review.id.desc()).limit(1))


def reviewed_measures(session: Session, case: Case) -> list[Measure]:
    """List the measures that a review judges: those begun or done."""
    return list(session.scalars(select(Measure).where(
        Measure.case_id == case.id, Measure.category.is_not(None),
        Measure.status.in_((MeasureStatus.STARTED, MeasureStatus.DONE))).order_by(Measure.id)))


def record(session: Session, case: Case, judged: Judged, *, actor: Actor, now: datetime, today: date) -> Review:
    """Write or correct the review: every measure's fit and effect, risk points, income, motivation."""
    doing.at_stage(case, Action.REVIEW_RECORD, Stage.REVIEW)
    doing.permit(session, Action.REVIEW_RECORD, actor=actor, subject=case)
    doing.filled(guarantees=judged.guarantees, risk_points=judged.risk_points, motivation=judged.motivation,
                 income_stability=judged.income_stability, reviewers=judged.reviewers)
    doing.not_future(today, reviewed_on=judged.reviewed_on)
    unjudged = [row.category.title for row in reviewed_measures(session, case)
                if not all(text.strip() for text in judged.measures.get(row.id, ("", "")))]
    if unjudged:
        raise Invalid(f"请逐项评议措施的针对性和有效性：{'、'.join(unjudged)}。")
    if judged.conclusion is ReviewConclusion.UNSTABLE and not judged.continued_help.strip():
        raise Invalid({"continued_help": "请写明继续采取的具体措施：促进稳定增收、减轻刚性支出或保障基本生活。"})
    row = current(session, case) or Review(case_id=case.id, area_path=case.area_path)
    row.year, row.reviewed_on, row.guarantees = judged.reviewed_on.year, judged.reviewed_on, judged.guarantees
    row.measures = {str(key): list(value) for key, value in judged.measures.items()}
    row.risk_points, row.income_stability, row.spending = judged.risk_points, judged.income_stability, judged.spending
    row.motivation, row.conclusion, row.continued_help = judged.motivation, judged.conclusion, judged.continued_help
    row.reviewers, row.recorded_by, row.recorded_at = judged.reviewers, actor.name, now
    session.add(row)
    doing.note(session, Action.REVIEW_RECORD, actor=actor, now=now, subject=case,
               facts={"conclusion": judged.conclusion.value, "measures": len(judged.measures)})
    return row


def continue_help(session: Session, case: Case, *, reason: str, actor: Actor, now: datetime, today: date,
                  version: int | None = None) -> Advanced:
    """Unstable, or without labour: help goes on, the review is closed."""
    done = advance(session, case, Action.REVIEW_CONTINUE, actor=actor, now=now, today=today, expected_version=version,
                   facts={"reason": reason})
    row = current(session, case)
    if row is not None:
        row.closed = True
    doing.leave_list(session, case, today=today, reason=reason)
    return done


def sign_exit_consent(session: Session, case: Case, *, informed_of: str, agrees: bool, signed_by: str, signed_on: date,
                      actor: Actor, now: datetime, today: date) -> ExitConsent:
    """Record the household's informed consent to leaving, or its refusal: until the county decides it may take it back."""
    doing.at_stage(case, Action.REVIEW_CONSENT, *CONSENTING)
    doing.permit(session, Action.REVIEW_CONSENT, actor=actor, subject=case)
    doing.filled(informed_of=informed_of, signed_by=signed_by)
    doing.not_future(today, signed_on=signed_on)
    reviewed = current(session, case)
    if reviewed is None:
        raise NotAllowedHere("先登记成效评议，再请农户签署知情同意书。", action="review.consent", clause="五(二)")
    if signed_on < reviewed.reviewed_on:
        raise Invalid({"signed_on": f"签署日期不能早于评议日期（{reviewed.reviewed_on:%Y-%m-%d}）。"})
    row = ExitConsent(case_id=case.id, area_path=case.area_path, informed_of=informed_of, agrees=agrees,
                      signed_by=signed_by, signed_on=signed_on, recorded_by=actor.name)
    session.add(row)
    doing.note(session, Action.REVIEW_CONSENT, actor=actor, now=now, subject=case, facts={"agrees": agrees})
    return row


def leave(session: Session, case: Case, *, actor: Actor, now: datetime, today: date, version: int | None = None) -> Advanced:
    """Stable, heard by the meeting, consented: the household goes the way out, as it came in."""
    return advance(session, case, Action.REVIEW_LEAVE, actor=actor, now=now, today=today, expected_version=version)
