"""报送数据 (附件1): a department sends its sheets, sees what became of every row, and of the warnings that they made."""

from collections import Counter
from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, Response, flash, make_response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import MultipleFileField
from sqlalchemy import func, select

from fanpin.blueprints.fields import DayField, LineField, PickField, TickField
from fanpin.blueprints.filing import store
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.paging import asked, page_of
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.findings import HouseholdFinding
from fanpin.models.county import Inquiry, Question
from fanpin.rules.actions import Action
from fanpin.rules.book_warnings import WARNING_BOOK
from fanpin.rules.deliveries import DeliveryState, UnmatchedState
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import Basis
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.intake import WarningConclusion
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.steps import deliveries, delivery_errors, delivery_template, files
from fanpin.steps.delivery_reading import Source
from fanpin.steps.delivery_recognition import BY_HEADER

XLSX = deliveries.XLSX
UNDER_WAY = (DeliveryState.WAITING, DeliveryState.READING)
REFRESH_SECONDS = "3"
SHOWN = 200

blueprint = Blueprint("deliveries", __name__, url_prefix="/deliveries")


class DeliveryForm(HouseForm):
    """A sheet with what it covers."""

    source = PickField("报送的表", choices=[])
    file = MultipleFileField("表格文件")
    as_of = DayField("数据截止日期", [required("请填写数据截止日期。")])
    covers_from = DayField("数据起始日期（没有就不填）")
    complete = TickField("是否查全", [required("请选择是否查全。")], choices=[
        ("yes", "已查全：本县范围内这段时间的都在表里，不在表里的就是没有"), ("no", "未查全：只是一部分，不在表里的不能认定没有")])
    register_scope = LineField("查询范围", [required("请写明查询范围。")], limit=120)
    contact = LineField("联系人和电话", limit=60)


class WithdrawForm(HouseForm):
    """Why a delivery is taken back."""

    reason = NoteField("撤回原因", [required("请写明撤回原因。"), longest(200)])


@dataclass(frozen=True)
class Result:
    """One rule's warnings that rest on the department's facts, and what verification found."""

    title: str
    made: int
    verified: int
    conclusions: tuple[tuple[str, int], ...]
    at_risk: int

    @property
    def rate(self) -> str:
        """Return the share of verified warnings that were right."""
        return f"{100 * self.at_risk // self.verified}%" if self.verified else "还没有核实"


@blueprint.get("/")
@guard(Action.EXCHANGE_DELIVER)
def index() -> ResponseReturnValue:
    """List the department's deliveries, its open questions, and what became of its warnings."""
    page = page_of(select(Delivery), Delivery, newest=True, size=20)
    unsigned = Inquiry.signed_at.is_(None)
    waiting = db.session.scalar(select(func.count()).select_from(Question).join(Inquiry, Inquiry.id == Question.inquiry_id).where(
        unsigned, Question.state == "waiting")) or 0
    overdue = db.session.scalar(select(func.count()).select_from(Inquiry).where(unsigned, Inquiry.due_on < today())) or 0
    queued = db.session.scalar(select(func.count()).select_from(UnmatchedRow).where(UnmatchedRow.state == UnmatchedState.OPEN)) or 0
    coming = deliveries.under_way(db.session())
    answer: Response = make_response(render_template(
        "deliveries/index.html", page=page, waiting=waiting, overdue=overdue, queued=queued, results=_results(),
        department=_department().title, coming=coming))
    if coming:
        answer.headers["Refresh"] = REFRESH_SECONDS
    return answer


def _results() -> list[Result]:
    rows = db.session.execute(select(HouseholdFinding.rule, HouseholdFinding.conclusion, func.count()).group_by(
        HouseholdFinding.rule, HouseholdFinding.conclusion)).all()
    counts: dict[str, Counter[WarningConclusion | None]] = {}
    for rule, conclusion, count in rows:
        counts.setdefault(rule, Counter())[conclusion] += count
    return [Result(WARNING_BOOK.rule(rule).title, found.total(), found.total() - found[None],
                   tuple((each.title, found[each]) for each in WarningConclusion if found[each]), found[WarningConclusion.AT_RISK])
            for rule, found in counts.items()]


def _department() -> Department:
    return Department(actor().department)


@blueprint.route("/new", methods=["GET", "POST"])
@guard(Action.EXCHANGE_DELIVER)
def new() -> ResponseReturnValue:
    """Send a sheet."""
    known = {source.code: source for source in deliveries.sources_for(db.session(), _department())}
    chosen = known.get(asked("source", limit=120))
    form = DeliveryForm(as_of=today(), register_scope=chosen.scope if chosen else delivery_template.DEFAULT_SCOPE,
                        source=chosen.code if chosen else "")
    form.source.choices = [("", "按表头自动识别（可以一次选几个文件）"), *((code, source.title) for code, source in known.items())]
    if form.validate_on_submit():
        with form.attempt():
            rows, left = _send(form, known)
            for words in left:
                flash(f"没有收：{words}", "warning")
            if len(rows) == 1 and not left:
                flash("已收到，正在读取。读取完成后这里会显示每一行的去向。", "success")
                return redirect(url_for("deliveries.show", delivery=rows[0].ref))
            flash(f"已收到{len(rows)}份，按先后逐份读取。", "success")
            return redirect(url_for("deliveries.index"))
    return form.answer("deliveries/new.html", sources=list(known.values()), chosen=chosen)


def _send(form: DeliveryForm, known: dict[str, Source]) -> tuple[list[Delivery], list[str]]:
    uploads = [files.Upload(sent.filename, sent.read(deliveries.MOST_BYTES + 1)) for sent in form.file.data or []
               if getattr(sent, "filename", "")]
    county = db.session.scalars(select(Area).where(Area.path == actor().area_path)).one()
    return deliveries.send_all(
        db.session(), store(), uploads, known.get(form.source.data, BY_HEADER),
        deliveries.Sent(as_of=form.as_of.data, covers_from=form.covers_from.data, complete=form.complete.data == "yes",
                        register_scope=form.register_scope.data or "", contact=form.contact.data or ""),
        county=county, actor=actor(), now=now(), today=today())


@blueprint.get("/form")
@guard(Action.EXCHANGE_DELIVER)
def blank() -> ResponseReturnValue:
    """Send an empty form of a kind."""
    source = next((source for source in deliveries.sources_for(db.session(), _department()) if source.code == asked("source", limit=120)
                   and source.name == delivery_template.NAME), None)
    if source is None:
        raise NotFound
    kind = kind_of(source.table)
    return send_file(BytesIO(delivery_template.blank(kind)), mimetype=XLSX, as_attachment=True, download_name=f"{kind.title}.xlsx",
                     etag=False)


@blueprint.get("/<ref:delivery>")
@guard(Action.EXCHANGE_DELIVER)
def show(delivery: Delivery) -> ResponseReturnValue:
    """Show how far a delivery is, and where its rows went."""
    asks = [kind_of(kind).title for kind in delivery.kinds if kind_of(kind).basis is Basis.CONSENT]
    page: Response = make_response(render_template(
        "deliveries/show.html", delivery=delivery, under_way=delivery.state in UNDER_WAY, problems=delivery.problems[:SHOWN],
        kinds=[kind_of(kind).title for kind in delivery.kinds], asks=asks, may_withdraw=delivery.state in (DeliveryState.DONE, DeliveryState.CONFIRM),
        to_confirm=delivery.state is DeliveryState.CONFIRM))
    if delivery.state in UNDER_WAY:
        page.headers["Refresh"] = REFRESH_SECONDS
    return page


@blueprint.get("/<ref:delivery>/errors")
@guard(Action.EXCHANGE_DELIVER)
def errors(delivery: Delivery) -> ResponseReturnValue:
    """Send the refused rows in the department's own columns."""
    content = delivery_errors.error_sheet(db.session(), store(), delivery)
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"退回的行-{delivery.as_of}.xlsx", etag=False)


@blueprint.post("/<ref:delivery>/confirm")
@guard(Action.EXCHANGE_DELIVER)
def confirm(delivery: Delivery) -> ResponseReturnValue:
    """Confirm that what the sheet holds unseen belongs to it."""
    deliveries.confirm(db.session(), delivery, actor=actor(), now=now())
    flash("已确认，正在读取。", "success")
    return redirect(url_for("deliveries.show", delivery=delivery.ref))


@blueprint.route("/<ref:delivery>/withdraw", methods=["GET", "POST"])
@guard(Action.EXCHANGE_DELIVER)
def withdraw(delivery: Delivery) -> ResponseReturnValue:
    """Take a delivery back."""
    form, stored = WithdrawForm(), delivery.state is DeliveryState.DONE
    if form.validate_on_submit():
        with form.attempt():
            deliveries.withdraw(db.session(), delivery, reason=form.reason.data or "", actor=actor(), now=now())
            flash("已撤回。由它得出的“未查到”不再算数，请尽快重新报送。" if stored else "已撤回，没有入库。", "success")
            return redirect(url_for("deliveries.show", delivery=delivery.ref))
    return form.answer("deliveries/withdraw.html", delivery=delivery)
