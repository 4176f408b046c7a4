"""四 分类精准帮扶: measures by who carries them and by household, visits, posting, entry in the national system."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from fanpin.blueprints import needs
from fanpin.blueprints.assistance_forms import (
    UNCHANGED,
    AddForm,
    EnterForm,
    FinishForm,
    HelperForm,
    PostForm,
    StartForm,
    VisitForm,
)
from fanpin.blueprints.due import Due, dues
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.links import link
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.county import Determination
from fanpin.models.households import Household, Member
from fanpin.models.measures import Measure, MeasurePosting, MeasureStatus, Visit
from fanpin.models.notices import Objection
from fanpin.models.surveys import Survey
from fanpin.models.users import User
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.members import Relation
from fanpin.rules.privacy import mask_phone
from fanpin.rules.refusals import NotFound
from fanpin.rules.risks import Risk
from fanpin.rules.stages import Procedure
from fanpin.steps import advance, assistance, doing, national

TABS = (MeasureStatus.CONFIRMED, MeasureStatus.STARTED, MeasureStatus.DONE)
TAB_TITLES = {MeasureStatus.CONFIRMED: "待落实", MeasureStatus.STARTED: "落实中", MeasureStatus.DONE: "已完成"}
LAST_VISITS = 12

blueprint = Blueprint("assistance", __name__)


@blueprint.get("/assistance")
@guard(Action.ASSISTANCE_READ)
def index() -> ResponseReturnValue:
    """Show a lead department or helper the measures that it carries."""
    shown = next((status for status in TABS if status.value == asked("status")), MeasureStatus.CONFIRMED)
    counts = dict(db.session.execute(
        select(Measure.status, func.count()).where(Measure.category.is_not(None)).group_by(Measure.status)).all())
    page = page_of(select(Measure).where(Measure.status == shown, Measure.category.is_not(None)), Measure)
    households = _households(page.rows)
    return render_template(
        "assistance/index.html", page=page, shown=shown, households=households,
        tabs=[(TAB_TITLES[status], url_for("assistance.index", status=status.value), status is shown,
               counts.get(status, 0)) for status in TABS],
        members=_member_names(page.rows), places=names_of([row.area_path for row in households.values()]),
        due=dues([row.due_on for row in page.rows]), helpers=_user_names(page.rows))


@blueprint.get("/assistance/households/<ref:household>")
@guard(Action.ASSISTANCE_READ, audited=True)
def household(household: Household) -> ResponseReturnValue:
    """Show who lives in a household that one helps, how to reach it, and one's own measures for it."""
    measures = db.session.scalars(select(Measure).where(
        Measure.household_id == household.id, Measure.category.is_not(None)).order_by(Measure.id)).all()
    members = [row for row in household.members if row.left_on is None]
    return render_template(
        "assistance/household.html", household=household, members=members, measures=measures,
        place=names_of([household.area_path])[household.area_path], phone=mask_phone(household.phone),
        names={row.id: row.name for row in household.members}, due=dues([row.due_on for row in measures]),
        head=Relation.HEAD)


@blueprint.route("/measures/<ref:measure>/start", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_START)
def start(measure: Measure) -> ResponseReturnValue:
    """Record that a measure has begun."""
    about = _about(measure)
    form = StartForm(data={"started_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            assistance.start(db.session(), measure, started_on=form.started_on.data, note=form.note.data or "",
                             actor=actor(), now=now(), today=today())
            flash(f"“{measure.category.title}”已登记开始落实。", "success")
            return redirect(url_for("assistance.index", status=MeasureStatus.STARTED.value))
    return form.answer("assistance/start.html", **about)


@blueprint.route("/measures/<ref:measure>/finish", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_START)
def finish(measure: Measure) -> ResponseReturnValue:
    """Record that a measure is completed, and what it brought."""
    about = _about(measure)
    form = FinishForm(data={"finished_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            assistance.finish(db.session(), measure, finished_on=form.finished_on.data, result=form.result.data or "",
                              actor=actor(), now=now(), today=today())
            flash(f"“{measure.category.title}”已登记完成。", "success")
            return redirect(url_for("assistance.index", status=MeasureStatus.DONE.value))
    return form.answer("assistance/finish.html", **about)


@blueprint.get("/cases/<ref:case>/measures")
@guard(Action.CASE_READ, audited=True)
def show(case: Case) -> ResponseReturnValue:
    """Show all that is done for one household: measures, postings, objections to them, visits, entry."""
    rows = db.session.scalars(select(Measure).where(
        Measure.case_id == case.id, Measure.category.is_not(None)).order_by(Measure.id)).all()
    postings = db.session.scalars(select(MeasurePosting).where(MeasurePosting.case_id == case.id)
                                  .order_by(MeasurePosting.id.desc()).limit(LAST_VISITS)).all()
    objections = db.session.scalars(select(Objection).where(
        Objection.case_id == case.id, Objection.about_measures.is_(True)).order_by(Objection.id)).all()
    visits, entry = _visits(case), _entry(case)
    return render_template(
        "assistance/show.html", case=case, measures=rows, postings=postings, objections=objections, visits=visits,
        names={row.id: row.name for row in case.household.members}, helpers=_user_names(rows),
        due=dues([row.due_on for row in rows], area_code=_county_code(case)), entry=entry,
        entry_due=_entry_due(case, entry),
        helped=case.stage in assistance.HELPED, under_way=assistance.UNDER_WAY, departments=_titles(),
        next_visit=_next_visit(case, visits), safe_words={True: "有保障", False: "出现问题"},
        objection_url=link("publicity.object", case=case.ref))


@blueprint.route("/cases/<ref:case>/measures/add", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_PLAN)
def plan(case: Case) -> ResponseReturnValue:
    """Add a measure while help goes on."""
    doing.at_stage(case, Action.ASSISTANCE_PLAN, *assistance.HELPED)
    entry = _entry(case)
    form = AddForm(data={"department": entry.lead_department if entry else ""})
    members = case.household.present_members
    form.offer(members)
    if form.validate_on_submit():
        with form.attempt():
            assistance.add_measure(
                db.session(), case, category=form.chosen_category, detail=form.detail.data or "", risk=form.chosen_risk,
                department=form.department.data, due_on=form.due_on.data,
                member_id=next((row.id for row in members if row.ref == form.member.data), None),
                actor=actor(), now=now())
            flash("帮扶措施已增加，请及时在村内公示。", "success")
            return redirect(url_for("assistance.show", case=case.ref))
    return form.answer("assistance/plan.html", case=case, risks=_risks(case))


@blueprint.route("/measures/<ref:measure>/helper", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_PLAN)
def helper(measure: Measure) -> ResponseReturnValue:
    """Name the person who carries a measure out."""
    case = db.session.scalars(select(Case).where(Case.id == measure.case_id)).one()
    offered = {user.ref: user for user in assistance.helpers_for(db.session(), measure, today=today())}
    form = HelperForm(data={"helper": next((ref for ref, user in offered.items() if user.id == measure.helper_id), None)})
    form.helper.choices = [(ref, f"{user.name}（{user.organisation or Department(measure.department).title}）")
                           for ref, user in offered.items()]
    if form.validate_on_submit():
        with form.attempt():
            assistance.name_helper(db.session(), measure, offered[form.helper.data].id, actor=actor(), now=now(),
                                   today=today())
            flash(f"责任人已确定为{offered[form.helper.data].name}。", "success")
            return redirect(url_for("assistance.show", case=case.ref))
    return form.answer("assistance/helper.html", case=case, measure=measure, offered=offered,
                       department=_titles().get(measure.department, "未明确部门"))


@blueprint.route("/cases/<ref:case>/measures/post", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_POST)
def post(case: Case) -> ResponseReturnValue:
    """Record that the household's measures hang in the village."""
    doing.at_stage(case, Action.ASSISTANCE_POST, *assistance.HELPED)
    village = doing.ancestor(db.session(), case.area_path, AreaLevel.VILLAGE)
    last = db.session.scalar(select(MeasurePosting.place).where(MeasurePosting.area_id == village.id)
                             .order_by(MeasurePosting.id.desc()).limit(1))
    form = PostForm(data={"place": last or f"{village.name}公示栏", "posted_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            assistance.post(db.session(), case, village, place=form.place.data or "", posted_on=form.posted_on.data,
                            actor=actor(), now=now(), today=today())
            flash("已登记帮扶措施在村内公示。", "success")
            return redirect(url_for("assistance.show", case=case.ref))
    return form.answer("assistance/post.html", case=case)


@blueprint.route("/cases/<ref:case>/visits", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_VISIT, audited=True)
def visit(case: Case) -> ResponseReturnValue:
    """Record a monitoring visit; without a change it is one tap."""
    doing.at_stage(case, Action.ASSISTANCE_VISIT, *assistance.HELPED)
    form = VisitForm(data={"visited_on": today(), **UNCHANGED})
    if form.validate_on_submit():
        with form.attempt():
            assistance.visit(
                db.session(), case, visited_on=form.visited_on.data, income_change=form.income_change.data or "",
                spending_change=form.spending_change.data or "", guarantees_safe=form.safe(form.guarantees),
                water_safe=form.safe(form.water), note=form.note.data or "", actor=actor(), now=now(), today=today())
            flash(f"{case.household.head_name}户的走访已登记。", "success")
            return redirect(url_for("assistance.show", case=case.ref))
    visits = _visits(case)
    return form.answer("assistance/visit.html", case=case, visits=visits, next_visit=_next_visit(case, visits),
                       unchanged={"visited_on": today().isoformat(), **UNCHANGED, "_key": form.once.data})


@blueprint.route("/cases/<ref:case>/enter", methods=["GET", "POST"])
@guard(Action.ASSISTANCE_ENTER)
def enter(case: Case) -> ResponseReturnValue:
    """Record the entry in the national system, under its clock."""
    row = advance.row_for(case, Action.ASSISTANCE_ENTER)
    form = EnterForm(data={"number": case.household.national_code, "entered_on": today(), "version": case.version})
    if form.validate_on_submit():
        with form.attempt():
            assistance.enter(db.session(), case, number=form.number.data or "", entered_on=form.entered_on.data,
                             actor=actor(), now=now(), today=today(), version=form.seen)
            flash("已登记录入全国防返贫监测信息系统。", "success")
            return redirect(url_for("assistance.show", case=case.ref))
    entry = _entry(case)
    return form.answer("assistance/enter.html", case=case, entry=entry, due=_entry_due(case, entry), clause=row.clause,
                       national=national.state_of(db.session(), case, county_path=actor().area_path),
                       missing=needs.of_case(case, Action.ASSISTANCE_ENTER).missing)


def _about(measure: Measure) -> dict[str, object]:
    """Return what a form about one measure shows of it, to somebody who sees no case."""
    if measure.category is None:
        raise NotFound
    house = _households([measure]).get(measure.household_id)
    return {"measure": measure, "household": house, "member": _member_names([measure]).get(measure.member_id, "全户"),
            "due": dues([measure.due_on]), "place": names_of([measure.area_path])[measure.area_path]}


def _households(rows: list[Measure]) -> dict[int, Household]:
    found = db.session.scalars(select(Household).where(Household.id.in_({row.household_id for row in rows})))
    return {row.id: row for row in found}


def _member_names(rows: list[Measure]) -> dict[int, str]:
    wanted = {row.member_id for row in rows if row.member_id is not None}
    return dict(db.session.execute(select(Member.id, Member.name).where(Member.id.in_(wanted))).all())


def _user_names(rows: list[Measure]) -> dict[int, str]:
    wanted = {row.helper_id for row in rows if row.helper_id is not None}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(wanted))).all())


def _titles() -> dict[str, str]:
    return {department.value: department.title for department in Department}


def _visits(case: Case) -> list[Visit]:
    return list(db.session.scalars(select(Visit).where(Visit.case_id == case.id)
                                   .order_by(Visit.visited_on.desc(), Visit.id.desc()).limit(LAST_VISITS)))


def _next_visit(case: Case, visits: list[Visit]) -> date | None:
    """Return the day by which the next monitoring visit is due (the county's rhythm)."""
    if case.stage not in assistance.HELPED:
        return None
    return assistance.next_visit(db.session(), case, last=visits[0].visited_on if visits else None)


def _entry(case: Case) -> Determination | None:
    return db.session.scalar(
        select(Determination).where(Determination.case_id == case.id, Determination.procedure == Procedure.ENTERING)
        .order_by(Determination.round.desc()).limit(1))


def _entry_due(case: Case, entry: Determination | None) -> Due | None:
    if entry is None or entry.entry_due_on is None:
        return None
    return dues([entry.entry_due_on], area_code=_county_code(case))[entry.entry_due_on]


def _county_code(case: Case) -> str:
    return doing.ancestor(db.session(), case.area_path, AreaLevel.COUNTY).code12


def _risks(case: Case) -> list[str]:
    codes = db.session.scalar(select(Survey.risks).where(Survey.case_id == case.id).order_by(Survey.id.desc()).limit(1))
    return [Risk(code).title for code in codes or []]
