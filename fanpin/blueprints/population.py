"""人口变动: births, deaths, marriages, splits, merges and moves as acts on a household, and a person across households."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import select

from fanpin.blueprints.fields import DayField, LineField, PickField
from fanpin.blueprints.filing import upload
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.households_forms import EMPTY, PersonFields, options
from fanpin.blueprints.links import link
from fanpin.blueprints.paging import asked
from fanpin.blueprints.places import area_within, groups_within, names_of, place_for
from fanpin.blueprints.seeking import sought
from fanpin.extensions import db
from fanpin.models.households import Household, Member, PopulationKind
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.members import Relation
from fanpin.rules.refusals import Invalid
from fanpin.steps import households, population
from fanpin.steps.population import Papers

FOUND = 20
STAYS = ("", "留在原户")
DOCUMENTS = {
    PopulationKind.BIRTH: "出生医学证明或户口簿", PopulationKind.MARRIED_IN: "结婚证或户口簿", PopulationKind.MOVED_IN: "户口迁移证明或村级证明",
    PopulationKind.DEATH: "死亡证明或户口注销证明", PopulationKind.MARRIED_OUT: "结婚证或户口簿", PopulationKind.MOVED_OUT: "户口迁移证明或村级证明",
}

blueprint = Blueprint("population", __name__)


class PapersFields:
    """When it happened, on what document, for what reason."""

    happened_on = DayField("发生日期", [required("请填写发生日期。")])
    document = LineField("依据的材料（名称、编号）", [required("请写明依据的材料。")], limit=100)
    reason = LineField("情况说明", limit=200)
    file = FileField("材料照片或扫描件（可不传）")

    def papers(self, household: Household) -> Papers:
        """Return what was typed, with the file that came along kept."""
        kept = upload(request.files.get("file"), area_path=household.area_path, purpose="人口变动材料", household_id=household.id)
        return Papers(happened_on=self.happened_on.data, document=self.document.data or "", reason=self.reason.data or "",
                      file_id=kept.id if kept else None)


class JoinForm(PapersFields, PersonFields, HouseForm):
    """A person who is born, marries or moves into the household."""

    relation = PickField("与户主关系", [required("请选择与户主关系。")], choices=options(Relation))


class PapersForm(PapersFields, HouseForm):
    """A change that needs no more than its papers."""


class MoveForm(PapersFields, HouseForm):
    """To which group of villagers the whole household goes."""

    group = PickField("迁入的村民小组", [required("请选择村民小组。")], choices=[])


@blueprint.get("/households/<ref:household>/population")
@guard(Action.HOUSEHOLD_READ)
def show(household: Household) -> ResponseReturnValue:
    """List what changed who belongs to the household, and the acts that may be done now."""
    rows = population.events_of(db.session(), household)
    others = {row.id: row for row in db.session.scalars(select(Household).where(Household.id.in_(
        {number for row in rows for number in (row.household_id, row.other_household_id) if number is not None})))}
    return render_template("population/show.html", household=household, rows=rows, others=others,
                           regrouped=population.lately_regrouped(db.session(), household, today=today()),
                           population=may(Action.HOUSEHOLD_POPULATION, household), regroup=may(Action.HOUSEHOLD_REGROUP, household))


def _join(household: Household, kind: PopulationKind) -> ResponseReturnValue:
    form = JoinForm(data={"happened_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            member = population.join(db.session(), household, kind, form.person(Relation(form.relation.data)),
                                     form.papers(household), actor=actor(), now=now(), today=today())
            flash(f"已登记{kind.title}：{member.name}。", "success")
            return redirect(url_for("population.show", household=household.ref))
    return form.answer("population/join.html", household=household, kind=kind, document=DOCUMENTS[kind])


@blueprint.route("/households/<ref:household>/birth", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_POPULATION)
def birth(household: Household) -> ResponseReturnValue:
    """Register a birth."""
    return _join(household, PopulationKind.BIRTH)


@blueprint.route("/households/<ref:household>/marry-in", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_POPULATION)
def marry_in(household: Household) -> ResponseReturnValue:
    """Register who marries into the household."""
    return _join(household, PopulationKind.MARRIED_IN)


@blueprint.route("/households/<ref:household>/move-in", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_POPULATION)
def move_in(household: Household) -> ResponseReturnValue:
    """Register who moves into the household."""
    return _join(household, PopulationKind.MOVED_IN)


def _leave(member: Member, kind: PopulationKind) -> ResponseReturnValue:
    household = member.household
    form = PapersForm(data={"happened_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            population.leave(db.session(), member, kind, form.papers(household), actor=actor(), now=now(), today=today())
            flash(f"已登记{kind.title}：{member.name}。", "success")
            return redirect(url_for("population.show", household=household.ref))
    return form.answer("population/leave.html", household=household, member=member, kind=kind, document=DOCUMENTS[kind])


@blueprint.route("/households/members/<ref:member>/death", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_POPULATION)
def death(member: Member) -> ResponseReturnValue:
    """Register a death."""
    return _leave(member, PopulationKind.DEATH)


@blueprint.route("/households/members/<ref:member>/marry-out", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_POPULATION)
def marry_out(member: Member) -> ResponseReturnValue:
    """Register who marries out of the household."""
    return _leave(member, PopulationKind.MARRIED_OUT)


@blueprint.route("/households/members/<ref:member>/move-out", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_POPULATION)
def move_out(member: Member) -> ResponseReturnValue:
    """Register who moves out of the household."""
    return _leave(member, PopulationKind.MOVED_OUT)


def _relations_form(members: list[Member], *, empty: tuple[str, str], with_head: bool) -> HouseForm:
    """Return the papers' form with one relation per member."""

    class RelationsForm(PapersFields, HouseForm):
        def relations(self) -> Mapping[int, Relation]:
            """Return the relations that were chosen, by member id."""
            typed = {member.id: getattr(self, f"to_{member.ref}").data for member in members}
            return {number: Relation(code) for number, code in typed.items() if code}

    listed = [empty, *((relation.value, relation.title) for relation in Relation if with_head or relation is not Relation.HEAD)]
    for member in members:
        setattr(RelationsForm, f"to_{member.ref}", PickField(f"{member.name}（现为{member.relation.title}）", choices=listed))
    return RelationsForm(data={"happened_on": today()})


@blueprint.route("/households/<ref:household>/split", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_REGROUP)
def split(household: Household) -> ResponseReturnValue:
    """分户."""
    members = [member for member in household.present_members if member.relation is not Relation.HEAD]
    form = _relations_form(members, empty=STAYS, with_head=True)
    if form.validate_on_submit():
        with form.attempt():
            fresh = population.split(db.session(), household, form.relations(), form.papers(household), actor=actor(), now=now(),
                                     today=today())
            flash(f"已分户，新户的户主是{fresh.head_name}。新户需要监测的，另行识别。", "success")
            return redirect(url_for("households.show", household=fresh.ref))
    return form.answer("population/split.html", household=household, fields=[form[f"to_{member.ref}"] for member in members])


@blueprint.route("/households/<ref:household>/merge", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_REGROUP)
def merge(household: Household) -> ResponseReturnValue:
    """并户: first the other household is found, then everybody's relation to its head."""
    wanted, chosen = sought(), (request.form.get("into") or asked("into"))[:14]
    into = db.session.scalar(select(Household).where(Household.ref == chosen, Household.id != household.id)) if chosen else None
    found = [] if into is not None or not wanted else list(db.session.scalars(households.search(wanted.text).where(
        Household.departed_on.is_(None), Household.id != household.id).order_by(Household.id).limit(FOUND)))
    members = household.present_members
    form = _relations_form(members, empty=EMPTY, with_head=False)
    if form.validate_on_submit():
        with form.attempt():
            if into is None:
                raise Invalid("请先查找并选择要并入的农户。")
            population.merge(db.session(), household, into, form.relations(), form.papers(household), actor=actor(), now=now(),
                             today=today())
            flash(f"已并入{into.head_name}家。", "success")
            return redirect(url_for("households.show", household=into.ref))
    return form.answer("population/merge.html", household=household, into=into, found=found, wanted=wanted.shown,
                       fields=[form[f"to_{member.ref}"] for member in members],
                       names=names_of(row.area_path for row in [*found, *([into] if into else [])]))


@blueprint.route("/households/<ref:household>/move", methods=["GET", "POST"])
@guard(Action.HOUSEHOLD_REGROUP)
def move(household: Household) -> ResponseReturnValue:
    """整户迁移: to another group that lies in one's own area."""
    place = place_for(actor())
    village = place.area if place.area.kind is AreaLevel.VILLAGE else None
    form = MoveForm(data={"happened_on": today()})
    groups = groups_within(actor(), village) if village is not None else []
    form.group.choices = [("", "请选择"), *((group.code12, group.name) for group in groups if group.path != household.area_path)]
    if form.validate_on_submit():
        with form.attempt():
            group = area_within(actor(), form.group.data or "", AreaLevel.GROUP)
            population.move(db.session(), household, group, form.papers(household), actor=actor(), now=now(), today=today())
            flash(f"已迁到{group.name}。", "success")
            return redirect(url_for("households.show", household=household.ref))
    return form.answer("population/move.html", household=household, place=place, village=village)


@blueprint.get("/households/members/<ref:member>/history")
@guard(Action.HOUSEHOLD_READ, audited=True)
def history(member: Member) -> ResponseReturnValue:
    """Show a person's records across the households of the area."""
    rows = [(record, home, link("households.show", household=home.ref)) for record, home in population.history(db.session(), member)]
    return render_template("population/history.html", member=member, rows=rows, names=names_of(home.area_path for _, home, _ in rows))
