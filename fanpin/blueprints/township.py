"""三(五) 乡镇审核: spot check, 专题会议, measures of every household, report to the county."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from fanpin.blueprints import list_pages, needs, returns
from fanpin.blueprints.deliberation import PRESENT
from fanpin.blueprints.fields import DayField, LineField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.list_forms import ConfirmForm, MeetingForm, ReportForm
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import ListEntry, MeetingKind, VillageList
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.rules.actions import Action
from fanpin.rules.departments import Department
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import deliberation, doing, township

AGREES, DIFFERS = "yes", "no"
OUTCOMES = [(AGREES, "与上报情况一致"), (DIFFERS, "发现问题")]
DEPARTMENTS = [("", "请选择"), *Department.choices()]
TITLES = {item.value: item.title for item in Department}

blueprint = Blueprint("township", __name__)


class CheckForm(HouseForm):
    """The spot check of one household."""

    checked_on = DayField("抽查日期", validators=[required("请填写抽查日期。")])
    checkers = LineField("抽查人", validators=[required("请填写抽查人姓名。")], limit=120)
    agrees = TickField("抽查结果", choices=OUTCOMES, validators=[required("请选择抽查结果。")])
    finding = NoteField("抽查情况", validators=[longest(1000)])


class MeasuresForm(HouseForm):
    """Which department carries each measure; one field per measure is added for the list at hand."""


@blueprint.get("/township")
@guard(Action.TOWNSHIP_CHECK)
def index() -> ResponseReturnValue:
    """Show the lists that wait for the township."""
    waiting = select(ListEntry.list_id).join(Case, Case.id == ListEntry.case_id).where(
        ListEntry.left_on.is_(None), Case.stage == Stage.TOWNSHIP)
    rows = db.session.execute(
        select(VillageList, Area.name).join(Area, Area.id == VillageList.area_id)
        .where(VillageList.id.in_(waiting)).order_by(VillageList.id).limit(list_pages.LISTS)).all()
    return render_template("township/index.html", rows=rows, list_title=list_pages.title,
                           standings=list_pages.standings([row[0] for row in rows]))


@blueprint.get("/lists/<ref:village_list>/township")
@guard(Action.TOWNSHIP_CHECK)
def show(village_list: VillageList) -> ResponseReturnValue:
    """Show a list at the township: checks, measures, meeting, report, what is missing."""
    households, more = list_pages.households(village_list, after=request.args.get("after", ""))
    here = [row.case for row in households if row.case.stage is Stage.TOWNSHIP]
    following = url_for("township.show", village_list=village_list.ref, after=households[-1].case.ref) if more else ""
    return render_template(
        "township/show.html", village_list=village_list, title=list_pages.title(village_list),
        village=list_pages.village(village_list), households=households, here=bool(here),
        meetings=list_pages.meetings(village_list, MeetingKind.TOWNSHIP), departments=TITLES,
        needs=needs.of_cases(here, Action.TOWNSHIP_SUBMIT), links=_links(village_list), attended=list_pages.attended,
        entering=village_list.procedure is Procedure.ENTERING, following=following,
        first=url_for("township.show", village_list=village_list.ref) if request.args.get("after") else "",
        may_submit=bool(here) and all(may(Action.TOWNSHIP_SUBMIT, case) for case in here))


def _links(village_list: VillageList) -> dict[str, tuple[str, str]]:
    return {"township.meeting": ("登记会议", url_for("township.meet", village_list=village_list.ref)),
            "township.measures": ("明确措施", url_for("township.measures", village_list=village_list.ref)),
            "township.report": ("登记签署", url_for("township.report", village_list=village_list.ref))}


@blueprint.route("/lists/<ref:village_list>/households/<ref:case>/check", methods=["GET", "POST"])
@guard(Action.TOWNSHIP_CHECK)
def check(village_list: VillageList, case: Case) -> ResponseReturnValue:
    """Record the spot check of one household."""
    doing.at_stage(case, Action.TOWNSHIP_CHECK, Stage.TOWNSHIP)
    form = CheckForm(data={"checked_on": today(), "checkers": actor().name})
    if form.validate_on_submit():
        with form.attempt():
            township.check(
                db.session(), village_list, case, checked_on=form.checked_on.data, checkers=form.checkers.data,
                agrees=form.agrees.data == AGREES, finding=form.finding.data or "", actor=actor(), now=now(),
                today=today())
            flash(f"{case.household.head_name}户的抽查已登记。", "success")
            return _to_list(village_list)
    return form.answer("township/check.html", village_list=village_list, case=case,
                       title=list_pages.title(village_list))


@blueprint.route("/lists/<ref:village_list>/measures", methods=["GET", "POST"])
@guard(Action.TOWNSHIP_MEET)
def measures(village_list: VillageList) -> ResponseReturnValue:
    """Fix the measures of every household, each with the department that carries it."""
    rows, names, people = _planned(village_list)
    fields = {f"department_{row.ref}": PickField("责任部门", choices=DEPARTMENTS) for row in rows if row.category}
    form = type("ListMeasuresForm", (MeasuresForm,), fields)(
        data={f"department_{row.ref}": row.department for row in rows})
    if form.validate_on_submit():
        with form.attempt():
            chosen = {row.id: form[f"department_{row.ref}"].data or "" for row in rows if row.category}
            count = township.confirm_measures(db.session(), village_list, chosen, actor=actor(), now=now())
            flash(f"已逐户明确{count}项帮扶措施。", "success")
            return _to_list(village_list)
    return form.answer("township/measures.html", village_list=village_list, title=list_pages.title(village_list),
                       rows=rows, names=names, people=people)


def _planned(village_list: VillageList) -> tuple[list[Measure], dict[int, str], dict[int, str]]:
    """Return the measures still to be fixed, the heads by case and the persons by member."""
    cases = {case.id: case for case in list_pages.cases(village_list, Stage.TOWNSHIP)}
    rows = list(db.session.scalars(select(Measure).where(
        Measure.case_id.in_(cases), Measure.status == MeasureStatus.PLANNED).order_by(Measure.case_id, Measure.id)))
    names = {case.id: case.household.head_name for case in cases.values()}
    people = {member.id: member.name for case in cases.values() for member in case.household.members}
    return rows, names, people


@blueprint.route("/lists/<ref:village_list>/township-meeting", methods=["GET", "POST"])
@guard(Action.TOWNSHIP_MEET)
def meet(village_list: VillageList) -> ResponseReturnValue:
    """Write the minutes of the 专题会议."""
    form = MeetingForm(data={"held_on": today(), "recorder": actor().name, "decided": True})
    form.seat([PRESENT])
    if form.validate_on_submit():
        with form.attempt():
            deliberation.meet(db.session(), village_list, form.meeting(MeetingKind.TOWNSHIP, [PRESENT]), actor=actor(),
                              now=now(), today=today())
            flash("乡镇专题会议已登记。", "success")
            return _to_list(village_list)
    return form.answer("township/meet.html", village_list=village_list, title=list_pages.title(village_list))


@blueprint.route("/lists/<ref:village_list>/township-report", methods=["GET", "POST"])
@guard(Action.TOWNSHIP_MEET)
def report(village_list: VillageList) -> ResponseReturnValue:
    """Record who signed the township's report."""
    form = ReportForm(data={"signed_on": today(), "signed_by": village_list.township_report_by})
    if form.validate_on_submit():
        with form.attempt():
            township.sign_report(db.session(), village_list, signed_by=form.signed_by.data,
                                 signed_on=form.signed_on.data, actor=actor(), now=now(), today=today())
            flash("乡镇报告的签署已登记。", "success")
            return _to_list(village_list)
    back = list_pages.title(village_list), url_for("township.show", village_list=village_list.ref)
    return form.answer("publicity/sign.html", heading="登记乡镇报告签署", home=("乡镇审核", url_for("township.index")), back=back,
                       lead="专题会议研究后，由乡镇负责人在上报县级的报告上签字盖章（三(五)）。")


@blueprint.route("/lists/<ref:village_list>/township-submit", methods=["GET", "POST"])
@guard(Action.TOWNSHIP_SUBMIT)
def submit(village_list: VillageList) -> ResponseReturnValue:
    """Send the whole list to the county, or nothing of it."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with form.attempt():
            done = township.submit(db.session(), village_list, actor=actor(), now=now(), today=today())
            flash(f"{len(done)}户已上报县级确定。", "success")
            return redirect(url_for("township.index"))
    cases = list_pages.cases(village_list, Stage.TOWNSHIP)
    return form.answer("township/submit.html", village_list=village_list, title=list_pages.title(village_list),
                       cases=cases, needs=needs.of_cases(cases[:list_pages.HOUSEHOLDS], Action.TOWNSHIP_SUBMIT),
                       links=_links(village_list))


@blueprint.route("/cases/<ref:case>/return-from-township", methods=["GET", "POST"])
@guard(Action.TOWNSHIP_RETURN)
def send_back(case: Case) -> ResponseReturnValue:
    """Return one household to the village."""
    return returns.send_back(case, Action.TOWNSHIP_RETURN)


def _to_list(village_list: VillageList) -> Response:
    return redirect(url_for("township.show", village_list=village_list.ref))
