"""群众自主申报 (三(一)): take down leads, accept them in time, join them to their household, answer; guide to the platforms."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import func, or_, select
from wtforms import BooleanField

from fanpin.blueprints import filing
from fanpin.blueprints.due import Due, dues
from fanpin.blueprints.fields import DayField, LineField, ManyField, PickField
from fanpin.blueprints.forms import HouseForm, NoteField, required
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.households_forms import phone_number
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import Place, area_within, groups_within, names_of, place_for
from fanpin.blueprints.seeking import sought
from fanpin.clock import legal_date
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.dossiers import calendar
from fanpin.models.households import Household, Member
from fanpin.models.leads import Guidance, Lead
from fanpin.models.outbox import StoredFile
from fanpin.models.scoped import within
from fanpin.rules import workdays
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.intake import Channel, DifficultyCategory, LeadSource, LeadStatus
from fanpin.rules.privacy import mask_id, mask_phone
from fanpin.rules.refusals import Invalid
from fanpin.steps import doing, households, intake, paper_data

OPEN = (LeadStatus.RECEIVED, LeadStatus.ACCEPTED, LeadStatus.MERGED)
MOST_CANDIDATES = 10
RECENT = 20
VILLAGE_PARTS = 5
CHOOSE = ("", "请选择")

blueprint = Blueprint("intake", __name__, url_prefix="/intake")


class LeadForm(HouseForm):
    """A lead as it is received."""

    area = PickField("村民小组", [required("请选择村民小组；不清楚的选全村。")], choices=[])
    source = PickField("线索来源", [required("请选择线索来源。")], choices=[CHOOSE, *LeadSource.choices()])
    channel = PickField("申报渠道（自主申报的填）", choices=[CHOOSE, *Channel.choices()])
    platform_number = LineField("平台流水号", limit=60)
    head_name = LineField("户主姓名", [required("请填写户主姓名。")], limit=60)
    head_id_number = LineField("户主身份证号", limit=40)
    phone = LineField("联系电话", [phone_number], limit=30)
    reporter = LineField("代为申报的人", limit=60)
    reporter_relation = LineField("代为申报的人与户主的关系", limit=40)
    categories = ManyField("困难类别", choices=DifficultyCategory.choices())
    statement = NoteField("申报人说的困难（照原话记）", [required("请记下申报人说的困难。")])
    declared_on = DayField("申报日期", [required("请填写申报日期。")])

    def declaration(self) -> intake.Declaration:
        """Return the lead as typed."""
        return intake.Declaration(
            source=LeadSource(self.source.data), channel=Channel(self.channel.data) if self.channel.data else None,
            head_name=self.head_name.data or "", statement=self.statement.data or "", declared_on=self.declared_on.data,
            platform_number=self.platform_number.data or "", head_id_number=self.head_id_number.data or "",
            phone=self.phone.data or "", reporter=self.reporter.data or "",
            reporter_relation=self.reporter_relation.data or "",
            categories=tuple(DifficultyCategory(code) for code in self.categories.data or ()))


class AttachForm(HouseForm):
    """One photo or scan, and what it is."""

    what = LineField("是什么材料", [required("请写明是什么材料，例如住院发票。")], limit=60)
    file = FileField("照片或扫描件")


class NumberForm(HouseForm):
    """The number under which a platform keeps the declaration."""

    platform_number = LineField("平台流水号", [required("请填写平台流水号。")], limit=60)


class CloseForm(HouseForm):
    """How a lead ends without a key check."""

    outcome = NoteField("办理结果和答复", [required("请写明办理结果和怎样答复申报人。")])
    referred = BooleanField("已转有关部门办理")


class GuideForm(HouseForm):
    """Who was shown which platform."""

    person = LineField("引导对象姓名", [required("请填写被引导人的姓名。")], limit=60)
    channel = PickField("引导使用的平台", [required("请选择平台。")],
                        choices=[CHOOSE, *((channel.value, channel.title) for channel in Channel if channel.is_platform)])
    given_on = DayField("引导日期", [required("请填写日期。")])


@blueprint.get("/")
@guard(Action.INTAKE_REGISTER)
def index() -> ResponseReturnValue:
    """List the leads of one status, the longest waiting first, with the clock of acceptance."""
    status = next((status for status in LeadStatus if status.value == asked("status")), LeadStatus.RECEIVED)
    counts = dict(db.session.execute(select(Lead.status, func.count()).group_by(Lead.status)).all())
    page = page_of(select(Lead).where(Lead.status == status), Lead, newest=status not in OPEN)
    tabs = [(each.title, url_for("intake.index", status=each.value), each is status, counts.get(each, 0))
            for each in LeadStatus]
    return render_template("intake/index.html", page=page, status=status, tabs=tabs,
                           names=names_of(lead.area_path for lead in page.rows), clock=_clocks(page.rows))


def _clocks(leads: list[Lead]) -> dict[int, Due]:
    """Return by when each waiting lead is to be accepted, by the county's setting and the calendar."""
    waiting = [lead for lead in leads if lead.status is LeadStatus.RECEIVED]
    if not waiting:
        return {}
    days = doing.setting(db.session(), waiting[0].area_path, "accept_workdays")
    known = calendar(db.session())
    ends = {lead.id: _end(legal_date(lead.registered_at), days, known) for lead in waiting}
    shown = dues(list(ends.values()))
    return {number: shown[end] for number, end in ends.items() if end is not None}


def _end(begun: date, days: int, known: workdays.Calendar) -> date | None:
    try:
        return workdays.add_workdays(begun, days, calendar=known)
    except workdays.BeyondCalendar:
        return None


@blueprint.route("/new", methods=["GET", "POST"])
@guard(Action.INTAKE_REGISTER)
def register() -> ResponseReturnValue:
    """Take down a lead: told, on paper, by somebody else, or copied from a platform."""
    who, place = actor(), place_for(actor())
    if place.area.level < AreaLevel.VILLAGE:
        return render_template("households/where.html", place=place, endpoint="intake.register", task="登记线索",
                               home=("线索", url_for("intake.index")))
    form = LeadForm(source=LeadSource.DECLARATION.value, declared_on=today())
    form.area.choices = _areas(place)
    if form.validate_on_submit():
        with form.attempt():
            area = area_within(who, form.area.data or "", AreaLevel.VILLAGE, AreaLevel.GROUP)
            lead = intake.register(db.session(), area, form.declaration(), actor=who, now=now(), today=today())
            flash("线索已登记，等待县级受理。", "success")
            return redirect(url_for("intake.show", lead=lead.ref))
    return form.answer("intake/register.html", place=place)


def _areas(place: Place) -> list[tuple[str, str]]:
    if place.area.kind is AreaLevel.GROUP:
        return [(place.area.code12, place.area.name)]
    groups = [(group.code12, group.name) for group in groups_within(actor(), place.area)]
    return [CHOOSE, *groups, (place.area.code12, f"{place.area.name}（不清楚哪个组）")]


@blueprint.get("/<ref:lead>")
@guard(Action.INTAKE_REGISTER, audited=True)
def show(lead: Lead) -> ResponseReturnValue:
    """Show a lead as it was received, what was done with it, and which households it may be about."""
    wanted = sought()
    candidates = _candidates(lead, wanted.text) if lead.status is LeadStatus.ACCEPTED and may(Action.INTAKE_MERGE, lead) else []
    household = _household(lead)
    return render_template(
        "intake/show.html", lead=lead, wanted=wanted, candidates=candidates, household=household, form=CloseForm(),
        names=names_of([lead.area_path, *(row.area_path for row in candidates)]), clock=_clocks([lead]).get(lead.id),
        categories="、".join(DifficultyCategory(code).title for code in lead.categories or ()),
        id_number=mask_id(lead.head_id_number), phone=mask_phone(lead.phone),
        files=list(db.session.scalars(select(StoredFile).where(StoredFile.lead_id == lead.id).order_by(StoredFile.id))))


def _household(lead: Lead) -> Household | None:
    if lead.household_id is None:
        return None
    return db.session.scalar(select(Household).where(Household.id == lead.household_id))


def _candidates(lead: Lead, wanted: str) -> list[Household]:
    """Find the households that a lead may be about: by name or number in its village, or by what was typed."""
    if wanted:
        query = households.search(wanted)
    else:
        village = "/".join(lead.area_path.split("/")[:VILLAGE_PARTS + 1]) + "/"
        same = [Member.name == lead.head_name]
        if lead.head_id_number:
            same.append(Member.id_index == households.id_index(lead.head_id_number))
        query = select(Household).where(
            within(Household.area_path, (village,)),
            Household.id.in_(select(Member.household_id).where(or_(*same), Member.left_on.is_(None))))
    return list(db.session.scalars(query.where(Household.departed_on.is_(None)).order_by(Household.id)
                                   .limit(MOST_CANDIDATES)))


@blueprint.post("/<ref:lead>/accept")
@guard(Action.INTAKE_ACCEPT)
def accept(lead: Lead) -> ResponseReturnValue:
    """Accept a lead."""
    intake.accept(db.session(), lead, actor=actor(), now=now())
    flash("线索已受理，请归并到户或办结答复。", "success")
    return redirect(url_for("intake.show", lead=lead.ref))


@blueprint.post("/<ref:lead>/households/<ref:household>")
@guard(Action.INTAKE_MERGE)
def merge(lead: Lead, household: Household) -> ResponseReturnValue:
    """Attach a lead to the household that it is about."""
    intake.merge(db.session(), lead, household, actor=actor(), now=now())
    flash(f"线索已并入{household.head_name}家，村、乡可据此提出重点核查对象。", "success")
    return redirect(url_for("intake.show", lead=lead.ref))


@blueprint.route("/<ref:lead>/close", methods=["GET", "POST"])
@guard(Action.INTAKE_CLOSE)
def close(lead: Lead) -> ResponseReturnValue:
    """End a lead with what was done and answered."""
    form = CloseForm()
    if form.validate_on_submit():
        with form.attempt():
            intake.close(db.session(), lead, outcome=form.outcome.data or "", referred=bool(form.referred.data),
                         actor=actor(), now=now())
            flash("线索已办结，请把结果告诉申报人。", "success")
            return redirect(url_for("intake.show", lead=lead.ref))
    return form.answer("intake/close.html", lead=lead)


@blueprint.route("/<ref:lead>/number", methods=["GET", "POST"])
@guard(Action.INTAKE_REGISTER)
def number(lead: Lead) -> ResponseReturnValue:
    """Add the platform's number once a spoken or paper declaration was filed there."""
    form = NumberForm()
    if form.validate_on_submit():
        with form.attempt():
            intake.add_number(db.session(), lead, platform_number=form.platform_number.data or "", actor=actor(), now=now())
            flash("平台流水号已登记，请告诉申报人。", "success")
            return redirect(url_for("intake.show", lead=lead.ref))
    return form.answer("intake/number.html", lead=lead)


@blueprint.route("/<ref:lead>/files", methods=["GET", "POST"])
@guard(Action.INTAKE_REGISTER)
def attach(lead: Lead) -> ResponseReturnValue:
    """Keep a photo or scan that came with a declaration."""
    form = AttachForm()
    if form.validate_on_submit():
        with form.attempt():
            file = filing.upload(form.file.data, area_path=lead.area_path, purpose=form.what.data or "",
                                 household_id=lead.household_id)
            if file is None:
                raise Invalid({"file": "请选择照片或PDF扫描件。"})
            intake.attach(db.session(), lead, file, actor=actor(), now=now())
            flash(f"“{file.purpose}”已附在线索后面。", "success")
            return redirect(url_for("intake.show", lead=lead.ref))
    return form.answer("intake/attach.html", lead=lead)


@blueprint.post("/<ref:lead>/paper")
@guard(Action.INTAKE_REGISTER)
def print_lead(lead: Lead) -> ResponseReturnValue:
    """Issue the declaration's paper for the household to sign."""
    paper = paper_data.issue(db.session(), "lead", lead=lead, actor=actor(), now=now(), today=today())
    return redirect(url_for("papers.show", paper=paper.ref))


@blueprint.route("/guide", methods=["GET", "POST"])
@guard(Action.INTAKE_GUIDE)
def guide() -> ResponseReturnValue:
    """Record who was shown which of the three platforms."""
    who = actor()
    form = GuideForm(given_on=today())
    if form.validate_on_submit():
        with form.attempt():
            area = db.session.scalars(select(Area).where(Area.id == who.area_id)).one()
            row = intake.guide(db.session(), area, person=form.person.data or "", channel=Channel(form.channel.data),
                               given_on=form.given_on.data, actor=who, now=now(), today=today())
            flash(f"已登记对{row.person}的引导。", "success")
            return redirect(url_for("intake.guide"))
    given = list(db.session.scalars(select(Guidance).order_by(Guidance.id.desc()).limit(RECENT)))
    return form.answer("intake/guide.html", given=given)


@blueprint.post("/leaflet")
@guard(Action.INTAKE_GUIDE)
def leaflet() -> ResponseReturnValue:
    """Issue the leaflet that says how to ask for help."""
    who = actor()
    if who.level < AreaLevel.VILLAGE:
        raise Invalid("申报引导单由村级印发，请用村级账号打印。")
    paper = paper_data.issue(db.session(), "leaflet", actor=who, now=now(), today=today())
    return redirect(url_for("papers.show", paper=paper.ref))
