"""五(一) 帮扶成效评议: the village's year, the review of a household, its ways on, the exit consent."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fanpin.blueprints import needs
from fanpin.blueprints.case_forms import ReasonForm, VersionForm
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.paging import SIZE, asked
from fanpin.blueprints.places import names_of, place_for
from fanpin.blueprints.review_forms import (
    AGREES,
    ENDING,
    GOING_ON,
    SAFE_WORDS,
    ConsentForm,
    OpenForm,
    ReviewForm,
    filled_with,
)
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.measures import Measure, Visit
from fanpin.models.reviews import ExitConsent, Review
from fanpin.models.surveys import Survey
from fanpin.rules.actions import Action
from fanpin.rules.members import LabourState
from fanpin.rules.risks import Risk
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import advance, deliberation, doing, review, review_year
from fanpin.steps.review_year import ReviewState

OPENABLE = (ReviewState.OVERDUE, ReviewState.DUE)

blueprint = Blueprint("review", __name__)


@blueprint.get("/reviews")
@guard(Action.CASE_READ)
def index() -> ResponseReturnValue:
    """Show the year's reviews of an area: overdue, due, under way, done."""
    place = place_for(actor())
    state = next((one for one in ReviewState if one.value == asked("state")), None)
    counts = review_year.counts(db.session(), area_path=place.area.path, today=today())
    rows = review_year.standings(db.session(), area_path=place.area.path, today=today(), state=state,
                                 after=asked("after"), most=SIZE + 1)
    shown, more = rows[:SIZE], len(rows) > SIZE
    form = OpenForm()
    form.cases.choices = _offered(shown)
    address = {"area": place.area.code12, "state": state.value if state else None}
    return render_template(
        "review/index.html", form=form, place=place, state=state, rows=shown, year=today().year, openable=OPENABLE,
        places=names_of([row.case.area_path for row in shown]), may_open=may(Action.REVIEW_OPEN) and bool(form.cases.choices),
        may_record=may(Action.REVIEW_RECORD),
        counts=counts, tabs=_tabs(counts, state, place.area.code12), total=sum(counts.values()),
        first=url_for("review.index", **address) if asked("after") else "",
        following=url_for("review.index", **address, after=shown[-1].case.ref) if more else "")


def _offered(rows: list[review_year.Standing]) -> list[tuple[str, str]]:
    return [(row.case.ref, row.case.household.head_name) for row in rows
            if row.state in OPENABLE and row.case.stage is Stage.ASSISTANCE]


def _tabs(counts: dict[ReviewState, int], shown: ReviewState | None, area: str) -> list[tuple[str, str, bool, int]]:
    entries = [("全部", url_for("review.index", area=area), shown is None, sum(counts.values()))]
    return entries + [(one.title, url_for("review.index", area=area, state=one.value), one is shown, counts[one])
                      for one in ReviewState]


@blueprint.post("/reviews/open")
@guard(Action.REVIEW_OPEN)
def open_all() -> ResponseReturnValue:
    """Begin the reviews of the ticked households, or of none."""
    form = OpenForm()
    wanted = list(dict.fromkeys(form.cases.data or []))[:SIZE]
    cases = db.session.scalars(select(Case).where(Case.ref.in_(wanted)).options(joinedload(Case.household))
                               .order_by(Case.id)).all()
    form.cases.choices = [(case.ref, case.household.head_name) for case in cases]
    if form.validate_on_submit():
        with form.attempt():
            review.open_reviews(db.session(), cases, actor=actor(), now=now(), today=today())
            flash(f"已启动{len(cases)}户的成效评议，请逐户登记评议情况。", "success")
            return redirect(url_for("review.index", state=ReviewState.UNDER_WAY.value))
    return form.answer("review/open_all.html")


@blueprint.get("/cases/<ref:case>/review")
@guard(Action.CASE_READ, audited=True)
def show(case: Case) -> ResponseReturnValue:
    """Show the household's review, what it lacks, and the ways on."""
    row = review.current(db.session(), case)
    measures = _titles(case)
    entry = doing.listed_in(db.session(), case, Procedure.LEAVING)
    ways = []
    if case.stage is Stage.REVIEW:
        ways = [(action.title, url_for(f"review.{name}", case=case.ref), needs.of_case(case, action), may(action, case))
                for name, action in (("continue", Action.REVIEW_CONTINUE), ("leave", Action.REVIEW_LEAVE))]
    earlier = db.session.scalars(select(Review).where(Review.case_id == case.id, Review.closed.is_(True))
                                 .order_by(Review.id.desc()).limit(SIZE)).all()
    return render_template(
        "review/show.html", case=case, review=row, measures=measures, ways=ways, links=_links(case), earlier=earlier,
        village_list=entry.village_list if entry else None, consent=_consent(case), no_labour=_no_labour(case),
        at_review=case.stage is Stage.REVIEW)


def _titles(case: Case) -> dict[str, str]:
    rows = db.session.scalars(select(Measure).where(Measure.case_id == case.id, Measure.category.is_not(None)))
    return {str(row.id): f"{row.category.title}：{row.detail}" for row in rows}


def _links(case: Case) -> dict[str, tuple[str, str]]:
    """Say where what the ways on still lack is recorded, to whom may record it."""
    pages = {"review.done": ("登记评议", "record", Action.REVIEW_RECORD),
             "review.continued": ("补写措施", "record", Action.REVIEW_RECORD),
             "review.meeting": ("登记会议", "meet", Action.REVIEW_MEET),
             "review.opinions": ("打开名单", "meet", Action.REVIEW_MEET),
             "elimination.consent": ("登记知情同意", "consent", Action.REVIEW_CONSENT)}
    return {code: (title, url_for(f"review.{page}", case=case.ref))
            for code, (title, page, action) in pages.items() if may(action, case)}


def _consent(case: Case) -> ExitConsent | None:
    return db.session.scalar(select(ExitConsent).where(ExitConsent.case_id == case.id)
                             .order_by(ExitConsent.id.desc()).limit(1))


def _no_labour(case: Case) -> bool:
    return deliberation.labour_of(case, today=today()) is LabourState.NONE


@blueprint.route("/cases/<ref:case>/review/open", methods=["GET", "POST"], endpoint="open")
@guard(Action.REVIEW_OPEN)
def begin(case: Case) -> ResponseReturnValue:
    """Begin the yearly review of one household."""
    form = VersionForm(data={"version": case.version})
    if form.validate_on_submit():
        with form.attempt():
            review.open_review(db.session(), case, actor=actor(), now=now(), today=today(), version=form.seen)
            flash(f"{case.household.head_name}户的成效评议已启动。", "success")
            return redirect(url_for("review.record", case=case.ref))
    return _decide(form, case, Action.REVIEW_OPEN, ["本户进入成效评议，由村里逐项登记。", "评议期间帮扶措施照常落实。"])


@blueprint.route("/cases/<ref:case>/review/record", methods=["GET", "POST"])
@guard(Action.REVIEW_RECORD, audited=True)
def record(case: Case) -> ResponseReturnValue:
    """Write or correct the review of one household."""
    doing.at_stage(case, Action.REVIEW_RECORD, Stage.REVIEW)
    measures = review.reviewed_measures(db.session(), case)
    known = review.current(db.session(), case)
    form = ReviewForm(data=filled_with(known, measures, reviewed_on=today(), reviewers=actor().name,
                                       guarantees=_guarantees(case)))
    form.seat(len(measures))
    if form.validate_on_submit():
        with form.attempt():
            review.record(db.session(), case, form.judged(measures), actor=actor(), now=now(), today=today())
            flash("成效评议已登记。", "success")
            return redirect(url_for("review.show", case=case.ref))
    codes = db.session.scalar(select(Survey.risks).where(Survey.case_id == case.id).order_by(Survey.id.desc()).limit(1))
    return form.answer("review/record.html", case=case, measures=measures, risks=[Risk(code).title for code in codes or []],
                       no_labour=_no_labour(case))


def _guarantees(case: Case) -> str:
    """Return what the last visit says of the guarantees, to start from; nothing where it found trouble."""
    last = db.session.scalar(select(Visit).where(Visit.case_id == case.id)
                             .order_by(Visit.visited_on.desc(), Visit.id.desc()).limit(1))
    if last is None or not (last.guarantees_safe and last.water_safe):
        return ""
    return f"{last.visited_on.year}年{last.visited_on.month}月{last.visited_on.day}日走访，{SAFE_WORDS}。"


@blueprint.get("/cases/<ref:case>/review/meeting")
@guard(Action.REVIEW_MEET)
def meet(case: Case) -> ResponseReturnValue:
    """Lead to the minutes of the meeting of 党员群众: on the leaving list, or to the making of one."""
    entry = doing.listed_in(db.session(), case, Procedure.LEAVING)
    if entry is None:
        return redirect(url_for("deliberation.new", procedure=Procedure.LEAVING.value))
    return redirect(url_for("deliberation.show", village_list=entry.village_list.ref))


@blueprint.route("/cases/<ref:case>/review/consent", methods=["GET", "POST"])
@guard(Action.REVIEW_CONSENT)
def consent(case: Case) -> ResponseReturnValue:
    """Record the household's informed consent to leaving, or its refusal."""
    doing.at_stage(case, Action.REVIEW_CONSENT, *review.CONSENTING)
    told = "不再继续的：" + "；".join(ENDING) + "。\n照样享受的：" + "；".join(GOING_ON) + "。"
    form = ConsentForm(data={"informed_of": told, "signed_by": case.household.head_name, "signed_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            review.sign_exit_consent(
                db.session(), case, informed_of=form.informed_of.data or "", agrees=form.agreement.data == AGREES,
                signed_by=form.signed_by.data or "", signed_on=form.signed_on.data, actor=actor(), now=now(), today=today())
            flash("农户的意见已登记。" if form.agreement.data == AGREES else "已登记农户不同意，请研究后继续帮扶。", "success")
            return redirect(url_for("review.show", case=case.ref))
    return form.answer("review/consent.html", case=case, last=_consent(case), ending=ENDING, going_on=GOING_ON)


@blueprint.route("/cases/<ref:case>/review/continue", methods=["GET", "POST"], endpoint="continue")
@guard(Action.REVIEW_CONTINUE)
def go_on(case: Case) -> ResponseReturnValue:
    """Help goes on: weak stability, or no labour."""
    row = review.current(db.session(), case)
    reason = (row.continued_help or row.conclusion.title) if row else ""
    form = ReasonForm(data={"version": case.version, "reason": reason})
    if form.validate_on_submit():
        with form.attempt():
            review.continue_help(db.session(), case, reason=form.reason.data or "", actor=actor(), now=now(),
                                 today=today(), version=form.seen)
            flash(f"{case.household.head_name}户继续帮扶。需要新措施的，请在这里增加。", "success")
            return redirect(url_for("assistance.show", case=case.ref))
    return _decide(form, case, Action.REVIEW_CONTINUE, ["本户回到帮扶中，继续监测和帮扶。", "本次评议办结，理由留在记录中。"])


@blueprint.route("/cases/<ref:case>/review/leave", methods=["GET", "POST"])
@guard(Action.REVIEW_LEAVE)
def leave(case: Case) -> ResponseReturnValue:
    """The household goes the way out, as it came in."""
    form = VersionForm(data={"version": case.version})
    if form.validate_on_submit():
        with form.attempt():
            review.leave(db.session(), case, actor=actor(), now=now(), today=today(), version=form.seen)
            flash(f"{case.household.head_name}户进入风险消除程序，下一步实地调查。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return _decide(form, case, Action.REVIEW_LEAVE, [
        "本户按“怎么进、怎么出”办理：实地调查、公示、乡镇审核、县级审定、标注。", "标注以前，监测和帮扶照常进行。"])


def _decide(form: VersionForm, case: Case, action: Action, consequences: list[str]) -> ResponseReturnValue:
    clause = advance.row_for(case, action).clause
    return form.answer(
        "review/decide.html", case=case, action=action, clause=clause, consequences=consequences,
        needs=needs.of_case(case, action), links=_links(case), reason=form.reason if isinstance(form, ReasonForm) else None)
