"""农户档案: find a household, look at its file, register and change it; numbers are shown in full only for a reason."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.households_file import file_of, member_row
from fanpin.blueprints.households_forms import (
    DepartForm,
    FocusForm,
    HouseholdForm,
    KinForm,
    NewHouseholdForm,
    PersonForm,
    ReasonForm,
    head_form,
    household_data,
    person_data,
)
from fanpin.blueprints.links import link
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import area_within, groups_within, names_of, place_for
from fanpin.blueprints.seeking import LONGEST, address_of, sought
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.households import Household, Member
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.members import DepartureReason, FocusGroup, Relation
from fanpin.rules.privacy import mask_id, mask_phone
from fanpin.rules.refusals import Invalid
from fanpin.rules.stages import MONITORED
from fanpin.steps import households, relocation
from fanpin.steps.regional_numbers import events_of

KINDS = [("", "全部农户"), ("lifted", "脱贫户"), ("monitored", "监测对象"), ("open", "正在办理")]

# The pages that look for a household, and what else their addresses may say.
LISTS = {
    "households.index": ("kind", "area"), "analysis.find": ("purpose",), "analysis.visits": ("round", "state"),
    "intake.show": ("lead",), "unmatched.show": ("unmatched",), "cases.index": ("stage", "procedure", "kind", "area", "sort", "overdue", "closed"),
    "population.merge": ("household",), "regional.households": ("event", "state", "area"),
}
blueprint = Blueprint("households", __name__, url_prefix="/households")


@blueprint.get("/")
@guard(Action.HOUSEHOLD_READ)
def index() -> ResponseReturnValue:
    """List the households of the area, narrowed by place, kind, and name, initials or full ID number."""
    who, place = actor(), place_for(actor())
    wanted, kind = sought(), asked("kind")
    query = households.search(wanted.text) if wanted else select(Household)
    query = query.where(within(Household.area_path, (place.area.path,)), Household.departed_on.is_(None))
    page = page_of(_of_kind(query, kind), Household, by_place=True)
    cases = {case.household_id: case for case in db.session.scalars(
        select(Case).where(Case.household_id.in_([row.id for row in page.rows]), Case.closed_on.is_(None)))}
    kept = {"q": wanted.kept, "kind": kind, "area": place.area.code12 if place.narrowed else ""}
    rows = [(row, cases.get(row.id), link("cases.show", case=cases[row.id].ref) if row.id in cases else "")
            for row in page.rows]
    return render_template("households/index.html", rows=rows, page=page, place=place, kinds=KINDS, kept=kept, who=who, shown=wanted.shown,
                           names=names_of(row.area_path for row in page.rows))


def _of_kind(query: object, kind: str) -> object:
    under_way = select(Case.household_id).where(Case.closed_on.is_(None))
    if kind == "lifted":
        return query.where(Household.lifted)
    if kind == "monitored":
        return query.where(Household.id.in_(under_way.where(Case.stage.in_(MONITORED))))
    return query.where(Household.id.in_(under_way)) if kind == "open" else query


@blueprint.post("/look-up")
@guard(Action.HOUSEHOLD_READ)
def look_up() -> ResponseReturnValue:
    """Take what is looked for and lead to the list that shows it; an ID number never stands in an address."""
    page = request.form.get("page", "")
    if page not in LISTS:
        raise Invalid("没有这一页，请重新打开后查找。")
    named = {name: value[:LONGEST] for name, value in request.form.items() if value and name in LISTS[page]}
    return redirect(url_for(page, q=address_of(request.form.get("q", "")) or None, **named))


@blueprint.get("/<ref:household>")
@guard(Action.HOUSEHOLD_READ, audited=True)
def show(household: Household) -> ResponseReturnValue:
    """Show the household's file; opening it leaves an event."""
    return render_template("households/show.html", household=household, place=names_of([household.area_path]),
                           phone=mask_phone(household.phone), events=events_of(db.session(), household.id),
                           **file_of(household, today=today()))


@blueprint.route("/new", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_EDIT)
def new() -> ResponseReturnValue:
    """Register a household with its head, in a group that was chosen going down from one's own area."""
    who, place = actor(), place_for(actor())
    village = place.area if place.area.kind is AreaLevel.VILLAGE else None
    if place.area.kind is AreaLevel.GROUP:
        groups = [place.area]
    elif village is not None:
        groups = groups_within(who, village)
    else:
        return render_template("households/where.html", place=place, endpoint="households.new", task="登记农户",
                               home=("农户", url_for("households.index")))
    form = NewHouseholdForm(lives_here="1", rural_services="1", hukou_place=place.area.name)
    form.group.choices = [(group.code12, group.name) for group in groups]
    form.offer_communities(relocation.names(db.session()))
    if form.validate_on_submit():
        with form.attempt():
            values = form.values()
            row = households.create(
                db.session(), actor=who, now=now(), today=today(),
                group=area_within(who, form.group.data or "", AreaLevel.GROUP), people=[form.person(Relation.HEAD)],
                lifted=bool(values["lifted"]), lives_here=bool(values["lives_here"]),
                rural_services=bool(values["rural_services"]), hukou_place=str(values["hukou_place"]),
                address=str(values["address"] or ""), phone=str(values.get("phone", "")),
                relocation_community=str(values["relocation_community"]), national_code=str(values["national_code"]))
            flash("农户档案已建立，请继续登记其他家庭成员。", "success")
            return redirect(url_for("households.show", household=row.ref))
    return form.answer("households/new.html", place=place)


@blueprint.route("/<ref:household>/edit", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_EDIT)
def edit(household: Household) -> ResponseReturnValue:
    """Change the household's own fields."""
    form = HouseholdForm(data=household_data(household))
    form.offer_communities(relocation.names(db.session()))
    if form.validate_on_submit():
        with form.attempt():
            households.edit(db.session(), household, form.values(), actor=actor(), now=now())
            flash("农户档案已保存。", "success")
            return redirect(url_for("households.show", household=household.ref))
    return form.answer("households/edit.html", household=household, phone=mask_phone(household.phone))


@blueprint.route("/<ref:household>/members/new", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_EDIT)
def add_member(household: Household) -> ResponseReturnValue:
    """Add a person to the household."""
    form = PersonForm()
    if form.validate_on_submit():
        with form.attempt():
            added = households.add_member(db.session(), household, form.person(Relation(form.relation.data)), actor=actor(),
                                          now=now(), today=today())
            flash(f"已增加家庭成员{added.name}。", "success")
            return redirect(url_for("households.show", household=household.ref))
    return form.answer("households/person.html", household=household, member=None, id_hint="", certificate_hint="")


@blueprint.route("/members/<ref:member>/edit", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_EDIT)
def edit_member(member: Member) -> ResponseReturnValue:
    """Correct or complete a person's record."""
    form = PersonForm(data=person_data(member))
    if form.validate_on_submit():
        with form.attempt():
            households.edit_member(db.session(), member, form.person(Relation(form.relation.data)), actor=actor(),
                                   now=now(), today=today())
            flash(f"{member.name}的信息已保存。", "success")
            return redirect(url_for("households.show", household=member.household.ref))
    hints = (f"已登记 {mask_id(number)}，不改就留空" if number else ""
             for number in (member.id_number, member.disability_certificate))
    return form.answer("households/person.html", household=member.household, member=member, id_hint=next(hints),
                       certificate_hint=next(hints))


@blueprint.route("/members/<ref:member>/depart", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_EDIT)
def depart_member(member: Member) -> ResponseReturnValue:
    """Record that a person left the household."""
    form = DepartForm(data={"left_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            households.depart_member(db.session(), member, left_on=form.left_on.data,
                                     reason=DepartureReason(form.reason.data), actor=actor(), now=now(), today=today())
            flash(f"已登记{member.name}减少。", "success")
            return redirect(url_for("households.show", household=member.household.ref))
    return form.answer("households/depart.html", household=member.household, member=member)


@blueprint.route("/<ref:household>/head", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_EDIT)
def change_head(household: Household) -> ResponseReturnValue:
    """Make another member the head, with everybody's relation to the new head."""
    form = head_form(household)
    if form.validate_on_submit():
        with form.attempt():
            chosen = form.chosen()
            households.change_head(db.session(), household, chosen, form.relations(), actor=actor(), now=now(),
                                   today=today())
            flash(f"户主已变更为{chosen.name}。", "success")
            return redirect(url_for("households.show", household=household.ref))
    return form.answer("households/head.html", household=household)


@blueprint.route("/<ref:household>/kin/new", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_EDIT)
def add_kin(household: Household) -> ResponseReturnValue:
    """Record a parent, spouse or child of the head who lives elsewhere (附件2 第一项)."""
    form = KinForm()
    if form.validate_on_submit():
        with form.attempt():
            kin = households.add_kin(db.session(), household, name=form.name.data or "", relation=Relation(form.relation.data),
                                     id_number=form.id_number.data or "", actor=actor(), now=now(), today=today())
            flash(f"已登记户外亲属{kin.name}。", "success")
            return redirect(url_for("households.show", household=household.ref))
    return form.answer("households/kin.html", household=household)


@blueprint.route("/members/<ref:member>/focus", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_EDIT)
def add_focus(member: Member) -> ResponseReturnValue:
    """Record that a person belongs to a focus group (二(一))."""
    form = FocusForm(data={"since": today()})
    if form.validate_on_submit():
        with form.attempt():
            households.add_focus(db.session(), member, FocusGroup(form.group.data), since=form.since.data,
                                 source=form.source.data or "", actor=actor(), now=now())
            flash(f"已登记{member.name}为重点人群。", "success")
            return redirect(url_for("households.show", household=member.household.ref))
    return form.answer("households/focus.html", household=member.household, member=member)


@blueprint.route("/members/<ref:member>/unmask", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_UNMASK, shows_once=True)
def unmask(member: Member) -> ResponseReturnValue:
    """Show a person's full number once, after the reason was given; the reason stays on record."""
    form = ReasonForm()
    if form.validate_on_submit():
        with form.attempt():
            number = households.unmask(db.session(), member, reason=form.reason.data or "", actor=actor(), now=now())
            return render_template("households/unmasked.html", household=member.household, member=member,
                                   number=number, reason=form.reason.data)
    return form.answer("households/unmask.html", household=member.household, member=member,
                       row=member_row(member, today=today()))
