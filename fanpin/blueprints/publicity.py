"""三(四) 公示: the notice, its places and its five working days, objections and complaints, the village's report."""

from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fanpin import sheets
from fanpin.adapters.parcels import Errand
from fanpin.blueprints import filing, list_pages, needs, returns
from fanpin.blueprints.fields import ClockField, DayField, LineField, TickField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.list_forms import ConfirmForm, ReasonForm, ReportForm
from fanpin.clock import SHANGHAI
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import VillageList
from fanpin.models.dossiers import period_of
from fanpin.models.households import Household
from fanpin.models.notices import Notice, NoticePlace, Objection, ObjectionKind, PlaceKind
from fanpin.models.outbox import StoredFile
from fanpin.models.postings import PlatformPosting
from fanpin.rules.actions import Action
from fanpin.rules.privacy import mask_phone
from fanpin.rules.refusals import NotFound
from fanpin.rules.stages import MONITORED, Stage
from fanpin.rules.workdays import BeyondCalendar, Period
from fanpin.steps import doing, posting, publicity

UPHELD, NOT_UPHELD = "yes", "no"
FINDINGS = [(UPHELD, "属实"), (NOT_UPHELD, "不属实")]

blueprint = Blueprint("publicity", __name__)


class IssueForm(HouseForm):
    """Which platform posts the notice besides the groups."""

    platform = LineField("平台", limit=120)


class PostForm(HouseForm):
    """Where the notice hangs since when, with its photo or screenshot."""

    where = LineField("张贴地点", limit=120)
    address = LineField("发布网址", limit=300)
    posted_on = DayField("日期", validators=[required("请填写张贴或发布的日期。")])
    posted_time = ClockField("时间", validators=[required("请填写张贴或发布的时间。")])
    file = FileField("照片")


class DownForm(HouseForm):
    """When a cancelled notice was taken down from the platform."""

    down_on = DayField("撤下日期", validators=[required("请填写从平台撤下的日期。")])


class ObjectionForm(HouseForm):
    """An objection or complaint as it came in."""

    kind = TickField("类型", choices=ObjectionKind.choices(), validators=[required("请选择是异议还是举报。")])
    about_measures = TickField("针对什么", choices=[("", "公示的农户"), ("measures", "公示的帮扶措施")])
    received_on = DayField("受理日期", validators=[required("请填写受理日期。")])
    content = NoteField("反映的问题", validators=[required("请写明反映的问题。"), longest(2000)])
    reporter = LineField("反映人")
    contact = LineField("联系方式")


class FindingForm(HouseForm):
    """What two people found, and the answer given."""

    investigators = LineField("调查人", validators=[required("请填写调查人姓名。")], limit=120)
    finding = NoteField("调查情况", validators=[required("请写明调查了什么、查到什么。"), longest(2000)])
    upheld = TickField("反映的问题", choices=FINDINGS, validators=[required("请选择是否属实。")])
    reply = NoteField("处理和答复", validators=[required("请写明怎样处理、怎样答复。"), longest(2000)])
    answered_on = DayField("答复日期", validators=[required("请填写答复日期。")])


@dataclass(frozen=True)
class Clock:
    """How the five working days stand: the period once it runs, else why it does not."""

    period: Period | None
    posted_on: date | None
    said: str


@blueprint.get("/notice-places")
@guard(Action.PUBLICITY_POST)
def places() -> ResponseReturnValue:
    """Show the places within reach where a notice still has to be put."""
    waiting = publicity.waiting_places(db.session())
    groups = _group_names(waiting)
    return render_template("publicity/places.html", places=waiting, groups=groups)


@blueprint.route("/lists/<ref:village_list>/notice", methods=["GET", "POST"])
@guard(Action.PUBLICITY_NOTICE)
def issue(village_list: VillageList) -> ResponseReturnValue:
    """Make the notice of a list."""
    form = IssueForm(data={"platform": PlaceKind.PLATFORM.title})
    if form.validate_on_submit():
        with form.attempt():
            notice = publicity.issue(db.session(), village_list, platform=form.platform.data or "", actor=actor(),
                                     now=now(), today=today())
            flash("公示已制作。请在各村民小组张贴，并在政府救助平台发布。", "success")
            return redirect(url_for("publicity.show", notice=notice.ref))
    households, more = list_pages.households(village_list)
    return form.answer("publicity/issue.html", village_list=village_list, title=list_pages.title(village_list),
                       households=households, more=more, groups=list_pages.groups(village_list))


@blueprint.get("/notices/<ref:notice>")
@guard(Action.CASE_READ)
def show(notice: Notice) -> ResponseReturnValue:
    """Show a notice: its places, its days, what came in, what is missing for the report."""
    village_list = notice.village_list
    households, more = list_pages.households(village_list)
    cases = [row.case for row in households if row.case.stage is Stage.PUBLICITY]
    objections = _objections(notice)
    return render_template(
        "publicity/show.html", notice=notice, village_list=village_list, title=list_pages.title(village_list),
        places=notice.places, groups=_group_names(notice.places), files=_files(notice.places),
        clock=_clock(notice, list_pages.village(village_list)), households=households, more=more, cases=cases,
        posting=_posting(notice.places[-1]), objections=objections, names=_head_names([row.case_id for row in objections]),
        needs=needs.of_cases(cases, Action.PUBLICITY_REPORT), unit=actor().area_id)


def _clock(notice: Notice, village: Area) -> Clock:
    open_places = sum(place.posted_on is None for place in notice.places)
    if open_places:
        return Clock(None, None, f"还有{open_places}处没有张贴或发布，全部齐了以后从次日起计算5个工作日。")
    try:
        period = period_of(db.session(), notice, area_code=village.code12)
    except BeyondCalendar as beyond:
        return Clock(None, None, beyond.message)
    return Clock(period, max(place.posted_on for place in notice.places), "")


def _group_names(shown: list[NoticePlace]) -> dict[int, str]:
    ids = [place.group_id for place in shown if place.group_id is not None]
    return dict(db.session.execute(select(Area.id, Area.name).where(Area.id.in_(ids))).all())


def _files(shown: list[NoticePlace]) -> dict[int, StoredFile]:
    ids = [place.file_id for place in shown if place.file_id is not None]
    return {file.id: file for file in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}


def _objections(notice: Notice) -> list[Objection]:
    return list(db.session.scalars(
        select(Objection).where(Objection.notice_id == notice.id).order_by(Objection.id).limit(100)))


def _head_names(case_ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(select(Case.id, Household.head_name).join(Household, Household.id == Case.household_id)
                              .where(Case.id.in_(case_ids)))
    return dict(rows.all())


@blueprint.route("/notice-places/<ref:place>", methods=["GET", "POST"])
@guard(Action.PUBLICITY_POST)
def post(place: NoticePlace) -> ResponseReturnValue:
    """Record that the notice hangs at one place, with its photo or screenshot."""
    clock = now().astimezone(SHANGHAI)
    platform = place.kind is PlaceKind.PLATFORM
    form = PostForm(data={"where": place.place, "posted_on": today(), "posted_time": clock.time()})
    form.file.label.text = "发布页面截图" if platform else "张贴照片"
    if form.validate_on_submit():
        with form.attempt():
            kept = filing.upload(form.file.data, area_path=place.area_path, purpose=f"公示：{place.place}"[:60])
            posted_at = datetime.combine(form.posted_on.data, form.posted_time.data or time(), SHANGHAI)
            publicity.post(
                db.session(), place, posted_at=posted_at, posted_on=form.posted_on.data, where=form.where.data or "",
                address=form.address.data or "", file_id=kept.id if kept else None, actor=actor(), now=now(),
                today=today())
            flash("已登记。", "success")
            seen = _notice_of(place)
            return redirect(url_for("publicity.show", notice=seen.ref) if seen else url_for("publicity.places"))
    made = _posting(place)
    return form.answer("publicity/post.html", place=place, platform=platform, posting=made,
                       columns=[(title, "", "") for title in made.headings] if made else [],
                       group=_group_names([place]).get(place.group_id or 0, ""), notice=_notice_of(place),
                       households=publicity.heads_at(db.session(), place))


def _posting(place: NoticePlace) -> PlatformPosting | None:
    return posting.posting_of(db.session(), place, Errand.POST_NOTICE) if place.kind is PlaceKind.PLATFORM else None


@blueprint.get("/notice-places/<ref:place>/sheet")
@guard(Action.PUBLICITY_POST)
def sheet(place: NoticePlace) -> ResponseReturnValue:
    """Send the table of what is posted on the platform, as a workbook to be put there by hand."""
    row = _posting(place)
    if row is None or not row.headings:
        raise NotFound
    content = sheets.write([sheets.Column(title, 16) for title in row.headings], row.rows, sheet="公示")
    return send_file(BytesIO(content), mimetype=sheets.XLSX, as_attachment=True, download_name="平台公示.xlsx", etag=False)


@blueprint.post("/notice-places/<ref:place>/send")
@guard(Action.PUBLICITY_POST)
def send(place: NoticePlace) -> ResponseReturnValue:
    """Let the worker send the notice to the platform; it counts when the platform confirms."""
    posting.send(db.session(), place, actor=actor(), now=now())
    flash("正在发送到平台。平台确认后才算发布，发布时间以平台为准。", "success")
    return redirect(url_for("publicity.post", place=place.ref))


@blueprint.post("/notice-places/<ref:place>/content")
@guard(Action.PUBLICITY_POST)
def make_content(place: NoticePlace) -> ResponseReturnValue:
    """Have the content for the platform made anew, with the days of today."""
    posting.make_again(db.session(), place, actor=actor(), now=now())
    flash("正在重新生成，几秒钟后刷新本页。", "success")
    return redirect(url_for("publicity.post", place=place.ref))


@blueprint.route("/notice-places/<ref:place>/down", methods=["GET", "POST"])
@guard(Action.PUBLICITY_POST)
def take_down(place: NoticePlace) -> ResponseReturnValue:
    """Record that a cancelled notice was taken down from the platform."""
    form = DownForm(data={"down_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            posting.take_down(db.session(), place, down_on=form.down_on.data, actor=actor(), now=now(), today=today())
            flash("已登记从平台撤下。", "success")
            seen = _notice_of(place)
            return redirect(url_for("publicity.show", notice=seen.ref) if seen else url_for("publicity.places"))
    return form.answer("publicity/take_down.html", place=place, notice=_notice_of(place),
                       sent=posting.posting_of(db.session(), place, Errand.WITHDRAW_NOTICE))


def _notice_of(place: NoticePlace) -> Notice | None:
    """Return the place's notice; none for a group's cadre, whose reach ends with the group."""
    return db.session.scalar(select(Notice).where(Notice.id == place.notice_id))


@blueprint.route("/notices/<ref:notice>/cancel", methods=["GET", "POST"])
@guard(Action.PUBLICITY_NOTICE)
def cancel(notice: Notice) -> ResponseReturnValue:
    """Take a wrong notice back."""
    form = ReasonForm()
    if form.validate_on_submit():
        with form.attempt():
            publicity.cancel(db.session(), notice, reason=form.reason.data, actor=actor(), now=now(), today=today())
            flash("公示已撤销。改正后请重新制作公示，公示期重新计算。", "success")
            return redirect(url_for("deliberation.show", village_list=notice.village_list.ref))
    return form.answer("publicity/cancel.html", notice=notice, title=list_pages.title(notice.village_list))


@blueprint.route("/cases/<ref:case>/objections/new", methods=["GET", "POST"])
@guard(Action.PUBLICITY_OBJECT)
def object(case: Case) -> ResponseReturnValue:
    """Receive an objection or complaint; it may come without a name."""
    form = ObjectionForm(data={"received_on": today(), "about_measures": "measures" if case.stage in MONITORED else ""})
    if form.validate_on_submit():
        with form.attempt():
            reported = publicity.Reported(
                kind=ObjectionKind(form.kind.data), content=form.content.data, received_on=form.received_on.data,
                reporter=form.reporter.data or "", contact=form.contact.data or "",
                about_measures=form.about_measures.data == "measures")
            row = publicity.receive(db.session(), case, reported, area=doing.area_of(db.session(), actor().area_id),
                                    actor=actor(), now=now(), today=today())
            flash("已受理，请两人以上调查后答复。", "success")
            return redirect(url_for("publicity.answer", objection=row.ref))
    return form.answer("publicity/object.html", case=case, monitored=case.stage in MONITORED)


@blueprint.route("/objections/<ref:objection>", methods=["GET", "POST"])
@guard(Action.PUBLICITY_ANSWER, audited=True)
def answer(objection: Objection) -> ResponseReturnValue:
    """Show an objection; its receiving unit investigates, two together, and answers."""
    form = FindingForm(data={"answered_on": today()})
    if form.validate_on_submit():
        with form.attempt():
            publicity.answer(
                db.session(), objection, investigators=form.investigators.data, finding=form.finding.data,
                upheld=form.upheld.data == UPHELD, answer=form.reply.data, answered_on=form.answered_on.data,
                actor=actor(), now=now(), today=today())
            flash("已登记调查和答复。", "success")
            return redirect(url_for("publicity.answer", objection=objection.ref))
    case = db.session.scalars(
        select(Case).where(Case.id == objection.case_id).options(joinedload(Case.household))).one()
    notice = db.session.scalar(select(Notice).where(Notice.id == objection.notice_id)) if objection.notice_id else None
    # Who reported is for the unit that received it alone.
    return form.answer("publicity/answer.html", objection=objection, case=case, notice=notice,
                       ours=objection.received_area_id == actor().area_id,
                       contact=mask_phone(objection.contact) if objection.contact else "")


@blueprint.route("/lists/<ref:village_list>/report/sign", methods=["GET", "POST"])
@guard(Action.PUBLICITY_REPORT)
def sign(village_list: VillageList) -> ResponseReturnValue:
    """Record who signed the village's report."""
    form = ReportForm(data={"signed_on": today(), "signed_by": village_list.village_report_by})
    if form.validate_on_submit():
        with form.attempt():
            publicity.sign_report(db.session(), village_list, signed_by=form.signed_by.data,
                                  signed_on=form.signed_on.data, actor=actor(), now=now(), today=today())
            flash("村级报告的签署已登记。", "success")
            return redirect(url_for("publicity.report", village_list=village_list.ref))
    back = list_pages.title(village_list), url_for("deliberation.show", village_list=village_list.ref)
    return form.answer("publicity/sign.html", heading="登记村级报告签署", home=("村级名单", url_for("deliberation.index")), back=back,
                       lead="公示满5个工作日以后，由村里负责人在上报报告上签字盖章（三(四)）。")


@blueprint.route("/lists/<ref:village_list>/report", methods=["GET", "POST"])
@guard(Action.PUBLICITY_REPORT)
def report(village_list: VillageList) -> ResponseReturnValue:
    """Send the whole list to the township, or nothing of it."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with form.attempt():
            done = publicity.report(db.session(), village_list, actor=actor(), now=now(), today=today())
            flash(f"{len(done)}户已上报乡镇审核。", "success")
            return redirect(url_for("deliberation.show", village_list=village_list.ref))
    cases = list_pages.cases(village_list, Stage.PUBLICITY)
    return form.answer(
        "publicity/report.html", village_list=village_list, cases=cases, title=list_pages.title(village_list),
        notice=publicity.current(db.session(), village_list),
        needs=needs.of_cases(cases[:list_pages.HOUSEHOLDS], Action.PUBLICITY_REPORT),
        links={"publicity.report": ("登记签署", url_for("publicity.sign", village_list=village_list.ref))})


@blueprint.route("/cases/<ref:case>/return-from-notice", methods=["GET", "POST"])
@guard(Action.PUBLICITY_RETURN)
def send_back(case: Case) -> ResponseReturnValue:
    """Return a household whose objection was right."""
    upheld = db.session.scalar(
        select(Objection).where(Objection.case_id == case.id, Objection.upheld.is_(True),
                                Objection.about_measures.is_(False)).order_by(Objection.id.desc()).limit(1))
    return returns.send_back(case, Action.PUBLICITY_RETURN, field="公示内容", reason=upheld.finding if upheld else "")
